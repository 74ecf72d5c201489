/* SPDX-License-Identifier: Apache-2.0
 * What a family sends, kept on the phone until the hospital has answered that it is stored. Each thing has an identifier
 * made once, and is created only if the record does not hold it yet: sent twice, it is there once. */

const KEY = 'homeward-unsent';
const TIME_LIMIT_MS = 15_000;
export const HW = 'https://fhir.homeward.example/';

export interface Unsent {
	id: string;
	kind: 'readings' | 'worried' | 'photo' | 'answers';
	patient: string;
	since: string;
	bundle: unknown;
}
export interface Resource {
	resourceType: string;
	[name: string]: unknown;
}

export function identifier(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/* A transaction in which every resource is created once, whatever happens to the answer. */
export function bundleOf(resources: readonly Resource[]): unknown {
	return {
		resourceType: 'Bundle', type: 'transaction',
		entry: resources.map((resource) => {
			const value = identifier();
			const system = `${HW}identifier/home`;
			const key = { system, value };
			return {
				request: { method: 'POST', url: resource.resourceType, ifNoneExist: `identifier=${encodeURIComponent(`${system}|${value}`)}` },
				resource: { ...resource, identifier: resource.resourceType === 'QuestionnaireResponse' ? key : [key] },
			};
		}),
	};
}

export function unsent(): Unsent[] {
	try {
		const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
		return Array.isArray(found) ? found as Unsent[] : [];
	} catch {
		return [];
	}
}
function keep(all: readonly Unsent[]): void {
	localStorage.setItem(KEY, JSON.stringify(all));
}

/* False: the phone has no room; then it must be said, not forgotten. */
export function put(one: Unsent): boolean {
	try {
		keep([...unsent(), one]);
		return true;
	} catch {
		return false;
	}
}
function remove(id: string): void {
	keep(unsent().filter((one) => one.id !== id));
}

export type Fate = 'stored' | 'refused' | 'later' | 'silent';
/* `later`: the hospital answered, and cannot take it now; `silent`: it did not answer. */
async function post(bundle: unknown): Promise<Fate> {
	const stop = new AbortController();
	const timer = setTimeout(() => stop.abort(), TIME_LIMIT_MS);
	try {
		const answer = await fetch('/fhir', {
			method: 'POST', headers: { 'Content-Type': 'application/fhir+json', Accept: 'application/fhir+json' },
			body: JSON.stringify(bundle), cache: 'no-store', credentials: 'same-origin', signal: stop.signal,
		});
		if (answer.ok)
			return 'stored';
		return answer.status === 400 || answer.status === 422 || answer.status === 413 ? 'refused' : 'later';
	} catch {
		return 'silent';
	} finally {
		clearTimeout(timer);
	}
}

/* A photograph may need minutes on a poor line: worry and readings never wait behind one, nor worry behind readings. */
const LANES: readonly (readonly Unsent['kind'][])[] = [['worried'], ['readings', 'answers'], ['photo']];
const running: (Promise<void> | null)[] = LANES.map(() => null);

/* Oldest first, with what comes while it runs. One that the hospital cannot take now holds up no other; its silence does. */
async function flushLane(kinds: readonly Unsent['kind'][], told: (one: Unsent, fate: Fate) => void): Promise<void> {
	const tried = new Set<string>();
	const next = () => unsent().find((each) => kinds.includes(each.kind) && !tried.has(each.id));
	for (let one = next(); one !== undefined; one = next()) {
		tried.add(one.id);
		const fate = await post(one.bundle);
		if (fate === 'silent')
			break;
		if (fate === 'later')
			continue;
		remove(one.id);
		told(one, fate);
	}
}

/* Tries what is unsent; `told` hears of each that is stored or refused. */
export async function flush(told: (one: Unsent, fate: Fate) => void): Promise<void> {
	await Promise.all(LANES.map((kinds, lane) => running[lane] ??= flushLane(kinds, told).finally(() => { running[lane] = null; })));
}
