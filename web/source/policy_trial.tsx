/* SPDX-License-Identifier: Apache-2.0
 * A draft tried on stored history: the button, how far it is, and the result in words and a table. What the draft would have
 * missed opens to its stay. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Failure, failureText } from './http';
import { levelOf } from './level';
import { at, Table } from './table';
import { askTrial, daysText, percentOf, readTrial, startTrial, stopTrial, trialToSign, type Trial, type TrialAlert, type TrialReport } from './trial';

const ASK_MS = 1_000;

export interface TrialState {
	trial: Trial | null; /* null: not known yet */
	problem: string | null;
	start(ward: string | null): void;
	stop(): void;
}

/* The trial that a signature of this version would stand on, and a trial that runs; `onEnd` gets the report of one that was
 * started or found running here, null when it was stopped. */
export function useTrial(policy: string, version: string | undefined, onEnd: (report: TrialReport | null) => void): TrialState {
	const [trial, setTrial] = useState<Trial | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const ended = useRef(onEnd);
	ended.current = onEnd;
	const stopped = useRef(false);
	const failed = (error: unknown) => setProblem(failureText(error));
	useEffect(() => {
		let left = false;
		setTrial(null);
		trialToSign(policy).then((found) => { if (!left) setTrial(found); }, (error: unknown) => { if (!left) failed(error); });
		return () => { left = true; };
	}, [policy, version]);
	useEffect(() => {
		if (trial?.state !== 'running')
			return undefined;
		const timer = window.setTimeout(() => {
			askTrial(trial.where).then(async (now) => {
				if (now.state === 'running') {
					setTrial(now);
					return;
				}
				const toSign = await trialToSign(policy); /* one that leaves something out is shown, and carries no signature */
				setProblem(now.state === 'none' ? `The trial did not end: ${now.why}` : null);
				setTrial(toSign);
				if (now.state === 'done')
					ended.current(now.report);
			}).catch((error: unknown) => {
				if (stopped.current && error instanceof Failure && error.status === 404)
					ended.current(null);
				else
					failed(error);
				trialToSign(policy).then(setTrial, () => setTrial({ ...trial })); /* asks on when the server is away */
			});
		}, ASK_MS);
		return () => window.clearTimeout(timer);
	}, [trial]);
	const start = (ward: string | null) => {
		setProblem(null);
		stopped.current = false;
		startTrial(policy, ward).then(setTrial, failed);
	};
	const stop = () => {
		if (trial?.state !== 'running')
			return;
		stopped.current = true;
		stopTrial(trial.where).catch(failed);
	};
	return { trial, problem, start, stop };
}

/* How far it is; the page says aloud that it begins and ends. */
export function TrialProgress({ name, progress }: { name: string; progress: string }) {
	const percent = percentOf(progress);
	return (
		<div class="trial-progress">
			<p class="quiet">Trying it on stored history…</p>
			<progress max={100} value={percent} aria-label={`Trial of ${name}`}>{percent} %</progress> <span aria-hidden="true">{percent} %</span>
		</div>
	);
}

const perDay = (value: number | null) => value === null ? '–' : value.toFixed(2);
const words = (code: string) => code.replaceAll('-', ' ');
export interface StayOf { ward: string; name: string }

function Alerts({ list, stays }: { list: { count: number; named: TrialAlert[] }; stays: ReadonlyMap<string, StayOf> }) {
	const link = (alert: TrialAlert): ComponentChildren => {
		const stay = stays.get(alert.stay);
		return stay ? <a href={`/?ward=${encodeURIComponent(stay.ward)}&stay=${encodeURIComponent(alert.stay)}`}>{stay.name}</a>
			: <a href={`/fhir/EpisodeOfCare/${encodeURIComponent(alert.stay)}`}>a stay that is not open</a>;
	};
	return (
		<>
			<ul class="sub">{list.named.map((alert, index) => <li key={index}>{levelOf(alert.level).word}, {words(alert.rule)}, {at(alert.at)}: {link(alert)}</li>)}</ul>
			{list.count > list.named.length ? <p>The first {list.named.length} of {list.count} are named.</p> : null}
		</>
	);
}

/* The result in words, then as a table, then what would have been missed and added. */
export function TrialPanel({ name, report, focus, wards, stays, onTry, onClose }: {
	name: string; report: TrialReport; focus: boolean; wards: ReadonlyMap<string, string>; stays: ReadonlyMap<string, StayOf>; onTry(ward: string): void; onClose(): void;
}) {
	const head = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		if (focus)
			head.current?.focus();
	}, [report.id]);
	const result = readTrial(report);
	const count = (value: number, one: string) => `${value} ${one}${value === 1 ? '' : 's'}`;
	return (
		<section class="panel-section trial" aria-labelledby="trial-head">
			<h2 id="trial-head" tabIndex={-1} ref={head}>{name}: tried on stored history</h2>
			{result.stays === 0 ? (
				<>
					<p><b>0 patient days.</b> {result.leftOut > 0 ? 'Nobody was on the wards that were chosen' : 'No patient has been under this policy'} in that time, so nothing could be tried, and no alert was counted.</p>
					{wards.size > 0 ? <div role="group" aria-label="Try it on a ward" class="card-actions"><span>See what it would do for the patients of a ward:</span>
						{[...wards].map(([id, ward]) => <button key={id} type="button" class="quick-choice" onClick={() => onTry(id)}>Try on {ward}</button>)}</div> : null}
				</>
			) : (
				<>
					<p>Played over <b>{daysText(result.days)} patient days</b> of {count(result.stays, 'stay')}, {at(result.from)} to {at(result.to)}: {result.wards.map((id) => wards.get(id) ?? id).join(', ')}.{' '}
						<b>{count(result.before, 'alert')}</b> as it was, <b>{result.after}</b> under the draft{result.beforePerDay === null ? '' : <>: {perDay(result.beforePerDay)} and {perDay(result.afterPerDay)} per patient day</>}.</p>
					{result.leftOut > 0 ? <p><b>{daysText(result.leftOut)} patient days on other wards are left out</b>: this trial is no ground for a signature.</p> : null}
					<Table label="Alerts by level and rule" empty="No alert, neither as it was nor under the draft." heads={['Level', 'Rule', 'Before', 'Before, per patient day', 'After', 'After, per patient day', 'Missed', 'Added']}
						rows={result.rows.map((row) => ({ key: `${row.level} ${row.rule}`, cells: [levelOf(row.level).word, words(row.rule), row.before, perDay(row.beforePerDay), row.after, perDay(row.afterPerDay), row.missed, row.added] }))} />
					<h3>Missed: {result.missed.count === 0 ? 'nothing' : count(result.missed.count, 'alert')}</h3>
					<p>{result.missed.count === 0 ? 'Every High or Emergency alert has one as urgent under the draft.' : 'High or Emergency as it was, and nothing as urgent under the draft within 15 minutes.'}</p>
					{result.missed.count > 0 ? <Alerts list={result.missed} stays={stays} /> : null}
					<h3>Added: {result.added.count === 0 ? 'nothing' : count(result.added.count, 'alert')}</h3>
					{result.added.count > 0 ? <Alerts list={result.added} stays={stays} /> : null}
				</>
			)}
			<p class="card-actions"><a href={`/fhir/MeasureReport/${encodeURIComponent(report.id)}`}>The report, as it stands in the record</a>
				<button type="button" class="quick-choice" data-action="close-trial" onClick={onClose}>Close</button></p>
		</section>
	);
}
