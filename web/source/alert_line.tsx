/* SPDX-License-Identifier: Apache-2.0
 * One open alert in a line: what, since when, who must answer and how long they have. */
import type { Alert } from './contract';
import { At, Countdown, Since } from './clock';
import { LevelTag } from './shape';

/* Who must answer now, and whether it has reached them. */
function rungText(alert: Alert): string {
	if (!alert.rung)
		return alert.status === 'delivered' ? 'delivered' : 'not delivered yet';
	const { index, name, person } = alert.rung;
	const to = `${name}${person ? `: ${person}` : ', nobody named on shift'}`;
	if (index > 0)
		return `passed on to ${to} (step ${index + 1})${alert.status === 'delivered' ? ', delivered' : ''}`;
	return alert.status === 'delivered' ? `delivered to ${to}` : `calling ${to}`;
}

/* Outside office hours nobody is called; the words must not sound as if somebody were. */
export function Reached({ alert }: { alert: Alert }) {
	if (!alert.callAt)
		return <>{rungText(alert)}</>;
	return <>waits for office hours: {alert.rung?.name ?? 'the first step'} is called <At at={alert.callAt} /></>;
}

/* Who asked for silence, and whether it is not the first time. */
export function snoozeText(alert: Alert): string {
	if (!alert.snooze)
		return '';
	const { by, count } = alert.snooze;
	return `snoozed${by ? ` by ${by}` : ''}${count > 1 ? `, ${count} times in a row` : ''}`;
}

/* A title "Head: the rest" or "Head; the rest": the head is what one reads across the room. */
export function AlertTitle({ title }: { title: string }) {
	const at = title.search(/[:;] /);
	if (at < 0)
		return <span class="alert-title">{title}</span>;
	return <><span class="alert-title">{title.slice(0, at)}</span><span class="alert-rest">{title.slice(at + 2)}</span></>;
}

export function AlertLine({ alert }: { alert: Alert }) {
	const done = alert.acknowledgement;
	if (done && alert.status === 'acknowledged')
		return (
			<li class="alert alert-acknowledged">
				<LevelTag level={alert.level} />
				<AlertTitle title={alert.title} />
				<span class="alert-who">
					<span class="tick" aria-hidden="true">✓</span> {done.by} <At at={done.at} />
					{done.plan === '' ? '' : `: ${done.plan}`}
				</span>
				{done.reviewAt ? <Countdown at={done.reviewAt} before="review in" after="review late by" /> : null}
			</li>
		);
	if (alert.snooze)
		return (
			<li class="alert alert-acknowledged">
				<LevelTag level={alert.level} />
				<AlertTitle title={alert.title} />
				<span class="alert-who">{snoozeText(alert)}</span>
				<Countdown at={alert.snooze.until} before="paged again in" after="paged again" />
			</li>
		);
	return (
		<li class={`alert alert-waiting alert-${alert.level}`}>
			<LevelTag level={alert.level} />
			<AlertTitle title={alert.title} />
			<span class="alert-since"><span class="screen-only">for</span><span class="print-only">since</span> <Since at={alert.raisedAt} /></span>
			<span class="alert-who"><Reached alert={alert} /></span>
			{alert.deadline ? <Countdown at={alert.deadline} before="answer in" after="late by" /> : null}
		</li>
	);
}
