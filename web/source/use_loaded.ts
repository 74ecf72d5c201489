/* SPDX-License-Identifier: Apache-2.0
 * What a part of a page reads from the record when it is opened, and again when what it is about changes. */
import { useEffect, useState } from 'preact/hooks';
import { failureText } from './http';

export interface Loaded<T> {
	found: T | null; /* the last that was read */
	problem: string | null; /* why the newest reading failed, in words */
	again(): void;
}

/* `about`: what decides what is read; an answer for what it was before is not taken. */
export function useLoaded<T>(read: () => Promise<T>, about: readonly unknown[]): Loaded<T> {
	const [found, setFound] = useState<T | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		let current = true;
		read().then((one) => {
			if (current) {
				setFound(one);
				setProblem(null);
			}
		}).catch((error: unknown) => {
			if (current)
				setProblem(failureText(error));
		});
		return () => {
			current = false;
		};
	}, [...about, attempt]);
	return { found, problem, again: () => setAttempt(attempt + 1) };
}
