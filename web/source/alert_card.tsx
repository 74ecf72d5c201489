/* SPDX-License-Identifier: Apache-2.0
 * One open alert in the detail panel: clocks, who must answer, the two actions, the whole history. */
import { useState } from 'preact/hooks';
import { AboutPanel, canOpen } from './about_panel';
import { AcknowledgeForm } from './acknowledge_form';
import { AlertTitle, Reached, snoozeText } from './alert_line';
import { canSnooze, MoreForm, type More } from './alert_more';
import { AlertSteps } from './alert_steps';
import { At, Countdown, Since } from './clock';
import type { Alert, Row, Staff } from './contract';
import { levelOf } from './level';
import { ResolveForm } from './resolve_form';
import { LevelTag } from './shape';
import { isWaiting, rowName } from './summary';

/* Why the level was chosen: National PEWS, specific concern, carer question, clinical intuition. */
const REASONS: Record<string, string> = { PEWS: 'by the score', SC: 'specific concern', CQ: 'carer question', CI: 'clinical intuition' };

export interface AlertCardProps {
	alert: Alert;
	row: Row;
	staff: readonly Staff[];
	names: ReadonlyMap<string, string>;
	acknowledging: boolean;
	onAcknowledging(alert: string | null): void;
	onDone(text: string): void;
}

export function AlertCard({ alert, row, staff, names, acknowledging, onAcknowledging, onDone }: AlertCardProps) {
	const [resolving, setResolving] = useState(false);
	const [history, setHistory] = useState(false);
	const [about, setAbout] = useState(false);
	const [more, setMore] = useState<More | null>(null);
	const waiting = isWaiting(alert);
	const done = alert.acknowledgement;
	const finish = (text: string) => {
		onAcknowledging(null);
		setResolving(false);
		setMore(null);
		onDone(text);
	};
	return (
		<li class={`card ${waiting ? `card-waiting card-${levelOf(alert.level).key}` : 'card-acknowledged'}`} data-alert={alert.id}>
			<h4 class="card-title"><LevelTag level={alert.level} /> <AlertTitle title={alert.title} />{alert.reason ? <abbr class="reason" title={REASONS[alert.reason] ?? alert.reason}>{alert.reason}</abbr> : null}</h4>
			<p class="card-line">
				Raised <At at={alert.raisedAt} /><span class="screen-only">, <Since at={alert.raisedAt} /> ago</span>.{' '}
				{waiting ? <>Now <Reached alert={alert} />.{' '}
					{alert.deadline ? <Countdown at={alert.deadline} before="Answer in" after="Answer late by" /> : null}</> : null}
			</p>
			{alert.snooze ? (
				<p class="card-line">
					{snoozeText(alert).replace(/^s/, 'S')} until <At at={alert.snooze.until} />.{' '}
					<Countdown at={alert.snooze.until} before="Paged again in" after="Paged again" />
				</p>
			) : null}
			{done ? (
				<p class="card-line">
					<span class="tick" aria-hidden="true">✓</span> Acknowledged by <strong>{done.by}</strong> at <At at={done.at} />.{' '}
					{done.plan === '' ? 'No plan was given.' : <>Plan: {done.plan}</>}{' '}
					{done.reviewAt ? <Countdown at={done.reviewAt} before="Look again in" after="Review late by" /> : null}
				</p>
			) : null}
			{acknowledging || resolving || more ? null : (
				<p class="card-actions">
					<button type="button" class={`nhsuk-button${waiting ? '' : ' nhsuk-button--secondary'}`} data-action="acknowledge"
						onClick={() => onAcknowledging(alert.id)}>{waiting ? 'Acknowledge' : 'New plan'}</button>
					<button type="button" class="nhsuk-button nhsuk-button--secondary" onClick={() => setResolving(true)}>Resolve</button>
					{row.patient && waiting && canSnooze(alert) ? <button type="button" class="link-button" data-action="snooze" onClick={() => setMore('snooze')}>Snooze</button> : null}
					{row.patient ? <button type="button" class="link-button" data-action="second-opinion" onClick={() => setMore('second-opinion')}>Second opinion</button> : null}
					{canOpen(alert.about) ? <button type="button" class="link-button" data-action="about" aria-expanded={about} onClick={() => setAbout(!about)}>
						{about ? 'Hide what it is about' : 'What it is about'}
					</button> : null}
					<button type="button" class="link-button" aria-expanded={history} onClick={() => setHistory(!history)}>
						{history ? 'Hide history' : 'History'}
					</button>
				</p>
			)}
			{acknowledging
				? <AcknowledgeForm alert={alert} others={row.alerts.filter((one) => one.id !== alert.id && isWaiting(one))} patient={rowName(row)} staff={staff} focus
					onDone={finish} onCancel={() => onAcknowledging(null)} /> : null}
			{resolving && !acknowledging
				? <ResolveForm alert={alert} patient={rowName(row)} staff={staff}
					onDone={finish} onCancel={() => setResolving(false)} /> : null}
			{more && !acknowledging ? <MoreForm more={more} alert={alert} patient={rowName(row)} staff={staff} onDone={finish} onCancel={() => setMore(null)} /> : null}
			{about && canOpen(alert.about) ? <AboutPanel about={alert.about} patient={row.patient?.id ?? null} stamp={`${alert.title} ${alert.status}`} /> : null}
			{history
				? <AlertSteps task={alert.id} patient={row.patient?.id ?? null} since={Date.parse(alert.raisedAt)} names={names}
					stamp={`${alert.status} ${alert.level} ${alert.rung?.index ?? ''} ${alert.deadline ?? ''}`} /> : null}
		</li>
	);
}
