/* SPDX-License-Identifier: Apache-2.0
 * Sending from the page: what is put into the queue, what became of it, and what still waits. It tells facts; the page puts them
 * into the language of the moment. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { bundleOf, flush, identifier, put, unsent, type Fate, type Resource, type Unsent } from './home_queue';

const FLUSH_MS = 5000;

export interface Sender {
	waiting: number; /* kept on this phone, not at the hospital */
	sent: { kind: Unsent['kind']; at: number } | null;
	problem: 'refused' | 'notKept' | null;
	worry: { at: number | null; failed: boolean };
	send(kind: Unsent['kind'], resources: Resource[]): Promise<void>;
	cannotKeep(): void;
}

/* `now`: the hospital's time. `refresh`: asks what the hospital has. */
export function useSender(patient: string, now: () => number, refresh: () => void): Sender {
	const [waiting, setWaiting] = useState(() => unsent().length);
	const [sent, setSent] = useState<Sender['sent']>(null);
	const [problem, setProblem] = useState<Sender['problem']>(null);
	const [worry, setWorry] = useState<Sender['worry']>({ at: null, failed: false });
	/* The timer below must outlive every drawing of the page: what it needs of the newest one stands here. */
	const newest = useRef(now);
	newest.current = now;

	const told = useCallback((one: Unsent, fate: Fate) => {
		const at = newest.current();
		setWaiting(unsent().length);
		if (fate === 'refused')
			setProblem('refused');
		if (one.kind === 'worried')
			setWorry(fate === 'refused' ? { at: null, failed: true } : { at, failed: false });
		else if (fate === 'stored')
			setSent({ kind: one.kind, at });
	}, []);
	const push = useCallback(async () => {
		await flush(told);
		setWaiting(unsent().length);
	}, [told]);
	useEffect(() => {
		const again = () => { if (unsent().length > 0) void push(); };
		const timer = setInterval(again, FLUSH_MS);
		addEventListener('online', again);
		return () => {
			clearInterval(timer);
			removeEventListener('online', again);
		};
	}, [push]);

	const send = async (kind: Unsent['kind'], resources: Resource[]) => {
		setSent(null);
		setProblem(null);
		const one = { id: identifier(), kind, patient, since: new Date(now()).toISOString(), bundle: bundleOf(resources) };
		const kept = put(one);
		if (!kept)
			setProblem('notKept');
		setWaiting(unsent().length);
		await push();
		if (kind === 'worried' && (!kept || unsent().some((left) => left.id === one.id)))
			setWorry({ at: null, failed: true });
		refresh();
	};
	return { waiting, sent, problem, worry, send, cannotKeep: () => setProblem('notKept') };
}
