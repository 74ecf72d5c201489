/* SPDX-License-Identifier: Apache-2.0
 * An answer to an alert is an answer to what was shown: it is sent with the version that stood there when the form was
 * opened, and an alert that has changed since is shown anew before anything is recorded. */
import { useEffect, useRef } from 'preact/hooks';
import { alertLevel, type Task } from './alert_history';
import type { Alert } from './contract';
import { Failure, request } from './http';

const TRIES = 5;

async function readTask(id: string): Promise<Task> {
	const task = await request(`/fhir/Task/${encodeURIComponent(id)}`) as Task;
	if (task.resourceType !== 'Task')
		throw new Failure('The server gave an answer that cannot be read.', 200, false);
	return task;
}

/* What a person answers: not whom it is on its way to, nor by when. */
function said(task: Task): string {
	return JSON.stringify([task.status, alertLevel(task), task.description, task.note ?? [], task.statusReason ?? null]);
}

function stateText(task: Task): string {
	const states: Record<string, string> = { accepted: 'acknowledged', completed: 'resolved', cancelled: 'cancelled' };
	const by = task.owner?.display ? ` by ${task.owner.display}` : '';
	const state = states[task.status ?? ''] ? `, ${states[task.status ?? '']}${by}` : '';
	const note = task.note?.[task.note.length - 1]?.text;
	return `It is now ${alertLevel(task)}${state}: `
		+ `${task.description ?? ''}.${note ? ` Last note: “${note}”.` : ''} Read it, then send again if your answer still holds.`;
}
const CHANGED = 'This alert has changed since you opened the form, and nothing was recorded.';
const UNREAD = 'What this alert says could not be read when you opened the form, and nothing was recorded.';

/* Sends the answer to one alert with the version that was shown; `send` is given that version. */
export type SendShown = <T>(alert: Alert, send: (version: string) => Promise<T>) => Promise<T>;

export function useShownAlerts(alerts: readonly Alert[]): SendShown {
	const shown = useRef(new Map<string, Promise<Task>>());
	const ids = alerts.map((one) => one.id).join(' ');
	useEffect(() => {
		for (const one of alerts)
			if (!shown.current.has(one.id)) {
				const read = readTask(one.id);
				read.catch(() => undefined); /* told when an answer is sent */
				shown.current.set(one.id, read);
			}
	}, [ids]);
	return async (alert, send) => {
		const hold = (task: Task) => shown.current.set(alert.id, Promise.resolve(task));
		let task = await (shown.current.get(alert.id) ?? readTask(alert.id)).catch(async () => {
			const now = await readTask(alert.id);
			hold(now);
			throw new Failure(`${UNREAD} ${stateText(now)}`, 412, false);
		});
		for (let tries = 0; ; tries++) {
			try {
				return await send(task.meta?.versionId ?? '');
			} catch (error) {
				if (!(error instanceof Failure) || error.status !== 412)
					throw error;
			}
			const now = await readTask(alert.id);
			hold(now);
			if (said(now) !== said(task) || tries >= TRIES)
				throw new Failure(`${CHANGED} ${stateText(now)}`, 412, false);
			task = now; /* only its rung or its pages went on */
		}
	};
}
