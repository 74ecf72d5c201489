/* SPDX-License-Identifier: Apache-2.0
 * The one clock of the page: the server's, with a tick that small pieces of text can follow on their own. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { heard, serverNow, unheard } from './server_clock';

let clock = unheard;
const followers = new Set<() => void>();

export function now(): number {
	return serverNow(clock, Date.now());
}
export function hear(serverTime: string, rate: number): void {
	clock = heard(serverTime, rate, Date.now());
	tick();
}
function tick(): void {
	for (const follower of [...followers])
		follower();
}
window.setInterval(tick, 1000);
document.addEventListener('visibilitychange', tick);
window.addEventListener('pageshow', tick);

/* What `compute` makes of the time now; the component renders again only when that changes. */
export function useNow<T extends string | number | boolean>(compute: (now: number) => T): T {
	const latest = useRef(compute);
	latest.current = compute;
	const [, set] = useState<T>(() => compute(now()));
	useEffect(() => {
		const follow = () => set(latest.current(now()));
		followers.add(follow);
		return () => {
			followers.delete(follow);
		};
	}, []);
	return compute(now());
}
