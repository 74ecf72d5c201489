/* SPDX-License-Identifier: Apache-2.0
 * Pieces of text that run with the clock. None of them is announced as it runs. */
import { useMemo } from 'preact/hooks';
import { now, useNow } from './now';
import { ageText, clockText, instant, londonDay, runningText } from './time';

export function Age({ at }: { at: string | null }) {
	const text = useNow((now) => ageText(instant(at), now));
	if (!at)
		return <span>{text}</span>;
	return <><time dateTime={at} class="screen-only">{text}</time><span class="print-only"><At at={at} /></span></>;
}

/* "03:02", with the day when that is not today. */
export function At({ at }: { at: string | number | null }) {
	const ms = typeof at === 'number' ? at : instant(at);
	const day = useNow(londonDay);
	const text = useMemo(() => clockText(ms, now()), [ms, day]);
	return Number.isFinite(ms) ? <time dateTime={new Date(ms).toISOString()}>{text}</time> : <span>{text}</span>;
}

/* How long ago `at` was; on paper the time itself. */
export function Since({ at }: { at: string }) {
	const text = useNow((now) => runningText(now - instant(at)));
	return <><span class="running screen-only">{text}</span><span class="print-only"><At at={at} /></span></>;
}

/* Time left until `at`, or how late it is; on paper the time itself. */
export function Countdown({ at, before, after }: { at: string; before: string; after: string }) {
	const ms = instant(at);
	const late = useNow((now) => now >= ms);
	const text = useNow((now) => runningText(Math.abs(now - ms)));
	return (
		<span class={late ? 'countdown countdown-late' : 'countdown'}>
			<span class="screen-only">{late ? after : before} <span class="running">{text}</span></span>
			<span class="print-only">{before.replace(/ in$/, '')} by <At at={at} /></span>
		</span>
	);
}
