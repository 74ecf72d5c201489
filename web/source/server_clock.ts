/* SPDX-License-Identifier: Apache-2.0
 * The server's clock, as last heard, carried on by this machine's. The server may run fast (development). */

export interface ServerClock {
	server: number; /* ms, at the moment it was heard */
	local: number;  /* ms of this machine at that moment */
	rate: number;   /* server seconds a local second */
}

export const unheard: ServerClock = { server: NaN, local: 0, rate: 1 };

export function heard(serverTime: string, rate: number, local: number): ServerClock {
	return { server: Date.parse(serverTime), local, rate: Number.isFinite(rate) ? rate : 1 };
}

/* Now by the server; by this machine as long as nothing was heard. */
export function serverNow(clock: ServerClock, local: number): number {
	return Number.isFinite(clock.server) ? clock.server + (local - clock.local) * clock.rate : local;
}
