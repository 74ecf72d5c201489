/* SPDX-License-Identifier: Apache-2.0
 * The board as a pure function of what the server sent: a snapshot, then events. */
import type { Beat, Board, Row, SystemMessage } from './contract';

export type Message =
	| { kind: 'snapshot'; board: Board }
	| { kind: 'row'; version: number; row: Row }
	| { kind: 'remove'; version: number; episode: string }
	| { kind: 'system'; version: number; system: SystemMessage[] }
	| { kind: 'beat'; beat: Beat };

/* Most urgent first. Rows of one urgency keep the order they had: a row that did not change does not move. */
function ordered(rows: Row[]): Row[] {
	return rows.slice().sort((a, b) => b.urgency - a.urgency);
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

/* A version of NaN (an event without id) is always applied: rows come whole, so applying one twice is harmless.
 * An event older than the board is dropped, because the board already holds what followed it. */
export function apply(board: Board | null, message: Message): Board | null {
	if (message.kind === 'snapshot')
		return message.board;
	if (!board)
		return null;
	if (message.kind === 'beat')
		return { ...board, clockRate: message.beat.clockRate, serverTime: message.beat.serverTime };
	if (message.version < board.version)
		return board;
	const version = Number.isNaN(message.version) ? board.version : message.version;
	switch (message.kind) {
	case 'row':
		return { ...board, version, rows: withRow(board.rows, message.row) };
	case 'remove':
		return { ...board, version, rows: board.rows.filter((row) => row.episode !== message.episode) };
	case 'system':
		return { ...board, version, system: message.system };
	}
}

export function isRow(value: unknown): value is Row {
	const row = value as Partial<Row> | null;
	return typeof row === 'object' && row !== null && typeof row.episode === 'string'
		&& typeof row.urgency === 'number' && typeof row.patient?.name === 'string' && typeof row.policy === 'object' && row.policy !== null
		&& Array.isArray(row.values) && Array.isArray(row.alerts) && Array.isArray(row.contacts);
}

export function isBoard(value: unknown): value is Board {
	const board = value as Partial<Board> | null;
	return typeof board === 'object' && board !== null && typeof board.serverTime === 'string'
		&& Array.isArray(board.rows) && board.rows.every(isRow) && Array.isArray(board.staff)
		&& Array.isArray(board.system);
}

/* Reads one server-sent event; null when it is not one of ours or is broken. */
export function readEvent(kind: string, data: string, id: string): Message | null {
	let value: unknown;
	try {
		value = JSON.parse(data);
	} catch {
		return null;
	}
	if (typeof value !== 'object' || value === null)
		return null;
	const version = id === '' ? NaN : Number(id);
	const record = value as Record<string, unknown>;
	if (kind === 'row')
		return isRow(value) ? { kind, version, row: value } : null;
	if (kind === 'remove')
		return typeof record.episode === 'string' ? { kind, version, episode: record.episode } : null;
	if (kind === 'system')
		return Array.isArray(record.system) ? { kind, version, system: record.system as SystemMessage[] } : null;
	if (kind === 'beat')
		return typeof record.serverTime === 'string' ? { kind, beat: value as Beat } : null;
	return null;
}
