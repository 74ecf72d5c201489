/* SPDX-License-Identifier: Apache-2.0
 * What the family's page knows of the hospital: asked every 15 s, and how long ago it answered. */
import { useEffect, useState } from 'preact/hooks';

export interface HomeValue {
	name: string;
	label: string;
	text: string;
	unit: string;
	measuredAt: string | null;
	receivedAt: string | null;
	state: string;
}
export interface Home {
	serverTime: string;
	dev: boolean;
	stay: string;
	quiet?: boolean; /* nothing that was said before is shown again */
	patient?: { id: string; name: string };
	ward?: { id: string; name: string; phone: string | null };
	family?: { language: string | null; relay: boolean }; /* of the first contact, else of the patient */
	nextDue?: string | null;
	overdue?: string | null;
	values?: HomeValue[];
	waiting?: number;
	answer?: { by: string; at: string } | null;
	secondOpinion?: { phone: string | null; text: string | null } | null;
}
export interface Message {
	sent: string;
	text: string;
	urgent: boolean; /* an emergency */
	silence: boolean; /* of silence, which ends with the next readings */
}

const EVERY_MS = 15_000;
const SOON_MS = 2000;
const TIME_LIMIT_MS = 10_000;
/* The promise to a family is the ward's own: red within a minute (docs/reference/ward.md, section 4). */
export const LOST_AFTER_MS = 45_000;

async function ask(path: string): Promise<unknown> {
	const stop = new AbortController();
	const timer = setTimeout(() => stop.abort(), TIME_LIMIT_MS);
	try {
		const answer = await fetch(path, { cache: 'no-store', credentials: 'same-origin', signal: stop.signal, headers: { Accept: 'application/json, application/fhir+json' } });
		if (!answer.ok)
			throw new Error(String(answer.status));
		return await answer.json() as unknown;
	} finally {
		clearTimeout(timer);
	}
}

interface Bundle<T> {
	entry?: { resource: T }[];
}
export async function resources<T>(query: string): Promise<T[]> {
	return ((await ask(`/fhir/${query}`) as Bundle<T>).entry ?? []).map((entry) => entry.resource);
}

interface Communication {
	sent?: string;
	priority?: string;
	recipient?: { reference?: string }[];
	payload?: { contentString?: string; extension?: { url: string; valueString?: string }[] }[];
}
/* What the ward said to this family in the last day, newest first. */
async function messages(patient: string, now: number): Promise<Message[]> {
	const since = new Date(now - 24 * 3_600_000).toISOString();
	const found = await resources<Communication>(`Communication?subject=Patient/${patient}&sent=ge${since}&_sort=-sent&_count=50`);
	const told = new Map<string, Message>();
	for (const one of found) {
		const text = one.payload?.[0]?.contentString;
		const english = one.payload?.[0]?.extension?.find((part) => part.url.endsWith('/original'))?.valueString ?? text ?? '';
		if (text && one.sent && /^(RelatedPerson|Patient)\//.test(one.recipient?.[0]?.reference ?? ''))
			told.set(`${one.sent.slice(0, 16)}${text}`, { sent: one.sent, text, urgent: one.priority === 'stat', silence: english.startsWith('We have had no readings') });
	}
	const all = [...told.values()];
	/* Whatever came after it, the last emergency is among them. */
	return [...new Set([...all.filter((one) => one.urgent).slice(0, 1), ...all.slice(0, 5)])].sort((a, b) => b.sent.localeCompare(a.sent));
}

export interface Heard {
	home: Home | null;
	messages: Message[];
	at: number | null; /* performance.now() of the last answer */
}

export function useHome(patient: string): Heard & { refresh(): void } {
	const [heard, setHeard] = useState<Heard>({ home: null, messages: [], at: null });
	const [round, setRound] = useState(0);
	useEffect(() => {
		let ended = false, heardOnce = false, soon = 0;
		const look = async () => {
			try {
				const home = await ask(`/ward/home?patient=${encodeURIComponent(patient)}`) as Home;
				const said = home.stay === 'none' || home.quiet ? [] : await messages(patient, Date.parse(home.serverTime)).catch(() => null);
				heardOnce = true;
				if (!ended)
					setHeard((before) => ({ home, messages: said ?? before.messages, at: performance.now() }));
			} catch {
				/* what was heard before stands, with its age; with nothing to show it asks sooner */
				clearTimeout(soon);
				if (!ended && !heardOnce)
					soon = window.setTimeout(() => void look(), SOON_MS);
			}
		};
		void look();
		const timer = setInterval(() => void look(), EVERY_MS);
		const again = () => void look();
		addEventListener('online', again);
		document.addEventListener('visibilitychange', again);
		return () => {
			ended = true;
			clearTimeout(soon);
			clearInterval(timer);
			removeEventListener('online', again);
			document.removeEventListener('visibilitychange', again);
		};
	}, [patient, round]);
	return { ...heard, refresh: () => setRound((before) => before + 1) };
}

/* The hospital's time now, by its last answer. */
export function hospitalNow(heard: Heard): number {
	return heard.home && heard.at !== null ? Date.parse(heard.home.serverTime) + (performance.now() - heard.at) : Date.now();
}
