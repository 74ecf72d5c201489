/* SPDX-License-Identifier: Apache-2.0
 * What the page says about a value. It greys an old one by itself: a server that said "current" hours ago must not
 * be believed. */
import type { Value } from './contract';
import { instant, isOld } from './time';

export function shownState(value: Value, now: number): Value['state'] {
	if (value.state === 'current' && isOld(instant(value.measuredAt), now))
		return 'stale';
	return value.state;
}
