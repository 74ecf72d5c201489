/* SPDX-License-Identifier: Apache-2.0
 * The board as a pure function of what the server sent: a snapshot, then events. */
import type { Beat, Board, Row, SystemMessage } from './contract';

export type Message =
	| { kind: 'snapshot'; board: Board }
	| { kind: 'row'; row: Row }
	| { kind: 'remove'; episode: string }
	| { kind: 'system'; system: SystemMessage[] }
	| { kind: 'beat'; beat: Beat };

/* Most urgent first, then by id: the server's order, so that a row only moves when it changed. */
function ordered(rows: Row[]): Row[] {
	return rows.slice().sort((a, b) => b.urgency - a.urgency || (a.episode < b.episode ? -1 : a.episode > b.episode ? 1 : 0));
}

function withRow(rows: Row[], row: Row): Row[] {
	const at = rows.findIndex((one) => one.episode === row.episode);
	const next = rows.slice();
	if (at < 0)
		next.push(row);
	else
		next[at] = row;
	return ordered(next);
}

/* No event is ever dropped: rows come whole, as they are when they are sent, so one that comes twice does no harm, and one
 * that a snapshot has overtaken is followed by its successor. */
export function apply(board: Board | null, message: Message): Board | null {
	if (message.kind === 'snapshot')
		return message.board;
	if (!board)
		return null;
	if (message.kind === 'beat')
		return { ...board, clockRate: message.beat.clockRate, serverTime: message.beat.serverTime };
	switch (message.kind) {
	case 'row':
		return { ...board, rows: withRow(board.rows, message.row) };
	case 'remove':
		return { ...board, rows: board.rows.filter((row) => row.episode !== message.episode) };
	case 'system':
		return { ...board, system: message.system };
	}
}

export function isRow(value: unknown): value is Row {
	const row = value as Partial<Row> | null;
	return typeof row === 'object' && row !== null && typeof row.episode === 'string'
		&& typeof row.urgency === 'number' && (row.patient === null || typeof row.patient?.name === 'string') && typeof row.policy === 'object' && row.policy !== null
		&& Array.isArray(row.values) && Array.isArray(row.alerts) && Array.isArray(row.contacts);
}

export function isBoard(value: unknown): value is Board {
	const board = value as Partial<Board> | null;
	return typeof board === 'object' && board !== null && typeof board.serverTime === 'string'
		&& Array.isArray(board.rows) && board.rows.every(isRow) && Array.isArray(board.staff)
		&& Array.isArray(board.system);
}

/* Reads one server-sent event; null when it is not one of ours or is broken. */
export function readEvent(kind: string, data: string): Message | null {
	let value: unknown;
	try {
		value = JSON.parse(data);
	} catch {
		return null;
	}
	if (typeof value !== 'object' || value === null)
		return null;
	const record = value as Record<string, unknown>;
	if (kind === 'row')
		return isRow(value) ? { kind, row: value } : null;
	if (kind === 'remove')
		return typeof record.episode === 'string' ? { kind, episode: record.episode } : null;
	if (kind === 'system')
		return Array.isArray(record.system) ? { kind, system: record.system as SystemMessage[] } : null;
	if (kind === 'beat')
		return typeof record.serverTime === 'string' ? { kind, beat: value as Beat } : null;
	return null;
}
