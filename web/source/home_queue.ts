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

export type Fate = 'stored' | 'refused' | 'later';
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
		return 'later';
	} finally {
		clearTimeout(timer);
	}
}

let running: Promise<void> | null = null;
/* Tries what is unsent, oldest first; `told` hears of each that is stored or refused. */
export function flush(told: (one: Unsent, fate: Fate) => void): Promise<void> {
	running ??= (async () => {
		for (const one of unsent()) {
			const fate = await post(one.bundle);
			if (fate === 'later')
				break;
			remove(one.id);
			told(one, fate);
		}
	})().finally(() => { running = null; });
	return running;
}
