/* SPDX-License-Identifier: Apache-2.0
 * The head of the board: ward, counts, how live it is, and the few switches. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Liveness } from './liveness';
import { useNow } from './now';
import { soundOn, switchSound } from './sound';
import type { Counts } from './summary';
import { clockSecondsText, clockText } from './time';

function plural(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}

export function CountLine({ counts }: { counts: Counts }) {
	return (
		<ul class="counts" aria-label="Summary">
			<li class="count">{plural(counts.patients, 'patient', 'patients')}</li>
			{counts.emergency > 0 ? <li class="count count-emergency">{counts.emergency} emergency</li> : null}
			{counts.high > 0 ? <li class="count count-high">{counts.high} high</li> : null}
			{counts.medium > 0 ? <li class="count count-medium">{counts.medium} medium</li> : null}
			{counts.other > 0 ? <li class="count">{counts.other} other</li> : null}
			{counts.waiting === 0 ? <li class="count count-calm">no alert waiting</li> : null}
			{counts.overdue > 0 ? <li class="count count-overdue">{counts.overdue} overdue</li> : null}
		</ul>
	);
}

export function LiveMark({ live, heardAt }: { live: Liveness; heardAt: number | null }) {
	const now = useNow((at) => clockText(at, at));
	const last = heardAt === null ? '' : clockSecondsText(heardAt);
	const words: Record<Liveness, string> = {
		waiting: 'Connecting…', live: `Live, last update ${last}`,
		late: `Reconnecting, last update ${last}`, dead: heardAt === null ? 'Not live' : `Not live, last update ${last}`,
	};
	return (
		<div class={`live live-${live}`}>
			<span class="live-dot" aria-hidden="true" />
			<span class="live-text">{words[live]}</span>
			<span class="live-clock" title="Time by the server's clock"><span class="nhsuk-u-visually-hidden">Time </span>{now}</span>
		</div>
	);
}

export function SoundSwitch() {
	const [on, setOn] = useState(soundOn());
	const toggle = () => {
		switchSound(!on).then(() => setOn(soundOn()), () => setOn(false));
	};
	return (
		<button type="button" class="top-button" aria-pressed={on} onClick={toggle}
			title="A tone for a new alert and when this page is not live">
			Sound {on ? 'on' : 'off'}
		</button>
	);
}

export interface TopProps {
	ward: string;
	counts: Counts | null;
	live: Liveness;
	heardAt: number | null;
	onHelp(): void;
	children?: ComponentChildren;
}

export function Top({ ward, counts, live, heardAt, onHelp, children }: TopProps) {
	return (
		<header class="top">
			<div class="top-ward">
				<a class="top-home" href="/?list">Homeward</a>
				<h1 class="top-name">{ward}</h1>
			</div>
			{counts ? <CountLine counts={counts} /> : <span class="counts" />}
			<LiveMark live={live} heardAt={heardAt} />
			<div class="top-tools">
				{children}
				<SoundSwitch />
				<button type="button" class="top-button top-less" onClick={() => window.print()}>Print</button>
				<button type="button" class="top-button top-less" onClick={onHelp}>Keys <kbd>?</kbd></button>
			</div>
		</header>
	);
}
