/* SPDX-License-Identifier: Apache-2.0
 * Counts over the board: for the header, the title of the window and what is read aloud. */
import type { Alert, Row } from './contract';
import { levelOf } from './level';

export interface Counts {
	patients: number;
	emergency: number;
	high: number;
	medium: number;
	other: number;
	waiting: number; /* alerts that nobody has acknowledged */
	overdue: number; /* patients whose readings are late */
}

/* What is said of a row: a patient's name, or that it concerns the ward itself. */
export function rowName(row: Row): string {
	return row.patient?.name ?? 'This ward';
}

/* Snoozed is silent as well: it waits again when that ends. */
export function isWaiting(alert: Alert): boolean {
	return alert.status !== 'acknowledged' && !alert.snooze;
}

/* Alerts by level count only those that still wait for an answer. */
export function count(rows: readonly Row[]): Counts {
	const counts: Counts =
		{ patients: rows.filter((row) => row.patient !== null).length, emergency: 0, high: 0, medium: 0, other: 0, waiting: 0, overdue: 0 };
	for (const row of rows) {
		if (row.overdue !== null && row.overdue !== 'due')
			counts.overdue++;
		for (const alert of row.alerts.filter(isWaiting)) {
			counts.waiting++;
			const rank = levelOf(alert.level).rank;
			if (rank >= 6)
				counts.emergency++;
			else if (rank === 5)
				counts.high++;
			else if (rank === 4)
				counts.medium++;
			else
				counts.other++;
		}
	}
	return counts;
}

export function titleText(ward: string, counts: Counts | null, dead: boolean): string {
	if (dead)
		return `NOT LIVE: ${ward}`;
	if (!counts || counts.waiting === 0)
		return `${ward}: Homeward`;
	const parts: string[] = [];
	if (counts.emergency > 0)
		parts.push(`${counts.emergency} EMERGENCY`);
	if (counts.high > 0)
		parts.push(`${counts.high} high`);
	if (parts.length === 0)
		parts.push(`${counts.waiting} alert${counts.waiting === 1 ? '' : 's'}`);
	return `(${parts.join(', ')}) ${ward}`;
}

/* Outside office hours a technical alert stands on the board and calls nobody, by sound neither. */
function isCalling(alert: Alert): boolean {
	return isWaiting(alert) && !alert.callAt;
}

/* Alerts of `after` that call and in `before` did not (new, raised again, their snooze ended, their hours began), or stood
 * there at a lower level. */
export function newAlerts(before: readonly Row[], after: readonly Row[]): { row: Row; alert: Alert }[] {
	const known = new Map<string, number>();
	for (const row of before)
		for (const alert of row.alerts.filter(isCalling))
			known.set(alert.id, levelOf(alert.level).rank);
	const found: { row: Row; alert: Alert }[] = [];
	for (const row of after)
		for (const alert of row.alerts)
			if (isCalling(alert) && (known.get(alert.id) ?? -1) < levelOf(alert.level).rank)
				found.push({ row, alert });
	return found;
}

/* The alert a nurse should answer first: worst level, then nearest deadline. */
export function firstWaiting(row: Row): Alert | null {
	const waiting = row.alerts.filter(isWaiting);
	waiting.sort((a, b) => levelOf(b.level).rank - levelOf(a.level).rank
		|| Date.parse(a.deadline ?? a.raisedAt) - Date.parse(b.deadline ?? b.raisedAt));
	return waiting[0] ?? null;
}

/* The worst thing that stands open about a patient colours the row: a waiting alert, else the score. */
export function rowLevel(row: Row): string {
	let worst = 'none';
	for (const alert of row.alerts)
		if (isWaiting(alert) && levelOf(alert.level).rank > levelOf(worst).rank)
			worst = alert.level;
	if (row.score && levelOf(row.score.level).rank > levelOf(worst).rank)
		worst = row.score.level;
	return worst;
}

export function matches(row: Row, filter: string): boolean {
	const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== '');
	const text = [rowName(row), row.patient?.age ?? '', row.policy.title, row.overdue ? 'overdue' : '',
		row.score ? levelOf(row.score.level).word : '',
		...row.alerts.map((alert) => `${alert.title} ${levelOf(alert.level).word}`),
	].join(' ').toLowerCase();
	return words.every((word) => text.includes(word));
}
