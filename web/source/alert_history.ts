/* SPDX-License-Identifier: Apache-2.0
 * The story of one alert, told from the versions of its Task and the pages that went out about it. */

interface Reference {
	reference?: string;
	display?: string;
}
export interface Task {
	resourceType: 'Task';
	id: string;
	status?: string;
	description?: string;
	priority?: string;
	authoredOn?: string;
	lastModified?: string;
	meta?: { lastUpdated?: string; versionId?: string };
	businessStatus?: { text?: string };
	statusReason?: { text?: string; coding?: { display?: string; code?: string }[] };
	owner?: Reference;
	executionPeriod?: { start?: string; end?: string };
	restriction?: { period?: { end?: string } };
	note?: { text?: string; time?: string; authorString?: string; authorReference?: Reference }[];
	extension?: { url: string; valueInteger?: number; valueCode?: string; valueString?: string }[];
}
export interface Communication {
	resourceType: 'Communication';
	id: string;
	status?: string;
	about?: Reference[];
	recipient?: Reference[];
	medium?: { text?: string; coding?: { display?: string; code?: string }[] }[];
	sent?: string;
	received?: string;
}
export interface Step {
	at: number;
	text: string;
	detail: string;
}

export function alertLevel(task: Task): string {
	const stated = task.extension?.find((one) => one.url.endsWith('/alert-level'));
	const byPriority: Record<string, string> = { stat: 'emergency', asap: 'high', urgent: 'medium', routine: 'low' };
	return stated?.valueCode ?? stated?.valueString ?? byPriority[task.priority ?? ''] ?? 'high';
}

function person(reference: Reference | undefined, names: ReadonlyMap<string, string>): string {
	const id = reference?.reference?.split('/')[1] ?? '';
	return reference?.display ?? names.get(id) ?? '';
}

function reason(task: Task): string {
	return task.statusReason?.text ?? task.statusReason?.coding?.[0]?.display
		?? task.statusReason?.coding?.[0]?.code ?? '';
}

function changed(at: number, before: Task, task: Task, names: ReadonlyMap<string, string>): Step[] {
	const steps: Step[] = [];
	const who = person(task.owner, names);
	if (alertLevel(task) !== alertLevel(before))
		steps.push({ at, text: `Level changed to ${alertLevel(task)}`, detail: task.description ?? '' });
	if (task.status !== before.status) {
		if (task.status === 'received')
			steps.push({ at, text: 'Delivered', detail: who });
		else if (task.status === 'accepted')
			steps.push({ at, text: `Acknowledged${who === '' ? '' : ` by ${who}`}`, detail: '' });
		else if (task.status === 'completed')
			steps.push({ at, text: 'Resolved', detail: reason(task) });
		else if (task.status === 'cancelled')
			steps.push({ at, text: 'Cancelled: raised in error', detail: reason(task) });
		else if (task.status === 'requested')
			steps.push({ at, text: 'Raised again', detail: reason(task) });
	}
	const rung = task.businessStatus?.text ?? '';
	if (rung !== (before.businessStatus?.text ?? '') && task.status !== 'completed')
		steps.push({ at, text: `Passed on to ${rung}`, detail: task.status === 'accepted' ? '' : who });
	for (const note of (task.note ?? []).slice(before.note?.length ?? 0)) {
		const by = note.authorString ?? person(note.authorReference, names);
		steps.push({ at: Date.parse(note.time ?? '') || at, text: `Plan${by === '' ? '' : ` (${by})`}`, detail: note.text ?? '' });
	}
	return steps;
}

/* `versions` in any order; `names` by id of a PractitionerRole or Practitioner. Oldest step first. */
export function story(versions: readonly Task[], pages: readonly Communication[],
	names: ReadonlyMap<string, string>): Step[] {
	const sorted = versions.slice().sort((a, b) => Number(a.meta?.versionId ?? 0) - Number(b.meta?.versionId ?? 0));
	const steps: Step[] = [];
	let before: Task | null = null;
	for (const task of sorted) {
		const at = Date.parse(task.lastModified ?? task.meta?.lastUpdated ?? '');
		if (before) {
			steps.push(...changed(at, before, task, names));
		} else {
			const first = { ...task, status: 'requested', note: [] };
			steps.push({ at: Date.parse(task.authoredOn ?? '') || at, text: 'Raised', detail: task.description ?? '' });
			steps.push(...changed(at, first, task, names));
		}
		before = task;
	}
	for (const page of pages) {
		const medium = page.medium?.[0]?.text ?? page.medium?.[0]?.coding?.[0]?.display
			?? page.medium?.[0]?.coding?.[0]?.code ?? 'page';
		const to = person(page.recipient?.[0], names);
		const target = to === '' ? '' : ` to ${to}`;
		if (page.sent)
			steps.push({ at: Date.parse(page.sent), text: `Sent${target}`, detail: medium });
		if (page.received)
			steps.push({ at: Date.parse(page.received), text: `Received${target === '' ? '' : ` by ${to}`}`, detail: medium });
		if (page.status === 'stopped')
			steps.push({ at: Date.parse(page.sent ?? ''), text: `Could not be delivered${target}`, detail: medium });
	}
	return steps.sort((a, b) => a.at - b.at);
}
