/* SPDX-License-Identifier: Apache-2.0
 * One value of a row with its age, its points, and what is wrong with it. */
import type { Value } from './contract';
import { Age } from './clock';
import { useNow } from './now';
import { signLabel } from './sign';
import { instant, isOld } from './time';
import { shownState } from './value_state';

/* `quiet`: no points are said, not shown, for "0 9 min" would be read as a number. */
export function Points({ part, quiet = false }: { part: number | null; quiet?: boolean }) {
	if (part === null)
		return null;
	if (part === 0 && quiet)
		return <span class="nhsuk-u-visually-hidden">0 points, </span>;
	return (
		<span class={`points points-${part}`}>
			{part > 0 ? `+${part}` : '0'}<span class="nhsuk-u-visually-hidden"> points</span>
		</span>
	);
}

const MARK: Record<Value['state'], string> = {
	current: '', stale: 'old', implausible: 'invalid', suspect: 'check', missing: '',
};

export interface ValueCellProps {
	name: string;
	value: Value | null;
	unscored: boolean; /* the score wants it and does not have it */
}

export function ValueCell({ name, value, unscored }: ValueCellProps) {
	const state = useNow((now) => value ? shownState(value, now) : 'missing');
	const old = useNow((now) => value !== null && isOld(instant(value.measuredAt), now));
	if (!value || state === 'missing')
		return (
			<li class="value value-missing">
				<span class="value-label">{signLabel(name, value?.label)}</span>
				<span class="value-text"><span aria-hidden="true">–</span><span class="nhsuk-u-visually-hidden">not measured</span></span>
				<span class="value-age">{value?.note ?? (unscored ? 'missing' : '')}</span>
			</li>
		);
	return (
		<li class={`value value-${state}`} title={value.note ?? undefined}>
			<span class="value-label">{signLabel(name, value.label)}</span>
			<span class="value-text">
				<span class={value.text.length > 6 ? 'value-word' : 'value-number'}>{value.text}</span>
				{value.unit === '' ? null : <span class="value-unit">{value.unit}{value.site ? `, ${value.site}` : ''}</span>}
			</span>
			<span class="value-age">
				{unscored ? null : <Points part={value.part} quiet />}
				{MARK[state] === '' ? null : <span class="value-mark">{MARK[state]}</span>}
				{old && state !== 'stale' ? <span class="value-mark">old</span> : null}
				{unscored && !old && state === 'current' ? <span class="value-mark">earlier</span> : null}
				{value.source === 'telephone' ? <span class="value-mark" title="Keyed in from a telephone call"><span aria-hidden="true">☎</span><span class="nhsuk-u-visually-hidden">by telephone</span></span> : null}
				<Age at={value.measuredAt} />
			</span>
		</li>
	);
}
