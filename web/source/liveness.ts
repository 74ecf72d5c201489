/* SPDX-License-Identifier: Apache-2.0
 * Is what stands on the screen still true? Decided from the real time since anything was last heard.
 * The server beats every 5 s. The promise is red within 60 s; 45 s leaves room for a sleeping timer. */

export type Liveness = 'waiting' | 'live' | 'late' | 'dead';

export const LATE_AFTER = 12_000;
export const DEAD_AFTER = 45_000;

/* Two clocks of this machine: the wall clock goes on while the machine sleeps, the steady one cannot be set back. */
export interface Moment {
	wall: number;
	steady: number;
}
export function elapsed(since: Moment, now: Moment): number {
	return Math.max(now.wall - since.wall, now.steady - since.steady);
}

/* `heard` is null until the first message; then `since` is when the page began to wait. */
export function liveness(heard: Moment | null, since: Moment, now: Moment): Liveness {
	const silent = elapsed(heard ?? since, now);
	if (silent >= DEAD_AFTER)
		return 'dead';
	if (!heard)
		return 'waiting';
	return silent >= LATE_AFTER ? 'late' : 'live';
}
