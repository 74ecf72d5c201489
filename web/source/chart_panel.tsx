/* SPDX-License-Identifier: Apache-2.0
 * The last 48 hours of one patient: a small chart for each sign, the score, the alerts, and the same as a table. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { alertLevel, type Task } from './alert_history';
import { shades } from './band';
import { Chart } from './chart';
import { At } from './clock';
import type { Patient, Row } from './contract';
import { failureText } from './http';
import { now } from './now';
import { columns, lines, series, type Series } from './reading';
import { observationsSince, tasksSince } from './record';
import { LevelTag } from './shape';
import { axisRange, inOrder, isBelievable, signLabel, signOf, SIGNS, years } from './sign';

const HOURS = 48;
const PAUSE_MS = 3000; /* readings that come one by one are fetched together */
const GAP_MS = 5 * 3_600_000; /* four-hourly readings with an hour of patience: further apart is a gap */

interface Loaded {
	patient: string;
	at: number;
	all: Series;
	tasks: Task[];
}

function Table({ all }: { all: Series }) {
	const names = inOrder([...all.keys()].filter((name) => name !== 'score'));
	const scored = all.has('score');
	return (
		<div class="table-scroll" tabIndex={0} role="region" aria-label="Readings of the last 48 hours">
			<table class="plain-table">
				<caption class="nhsuk-u-visually-hidden">Readings of the last 48 hours, newest first</caption>
				<thead><tr><th scope="col">Time</th>{scored ? <th scope="col">Score</th> : null}
					{names.map((name) => <th scope="col" key={name}>{signLabel(name)}</th>)}</tr></thead>
				<tbody>
					{lines(all).map((line) => (
						<tr key={line.at}><th scope="row"><At at={line.at} /></th>
							{scored ? <td>{line.cells.get('score') ?? ''}</td> : null}
							{names.map((name) => <td key={name}>{line.cells.get(name) ?? ''}</td>)}</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

function Charts({ loaded, row, birthDate }: { loaded: Loaded; row: Row; birthDate: string | null }) {
	const span: [number, number] = [loaded.at / 1000 - HOURS * 3600, loaded.at / 1000];
	const marks = loaded.tasks.map((task) => ({ at: Date.parse(task.authoredOn ?? '') / 1000, level: alertLevel(task) }))
		.filter((mark) => Number.isFinite(mark.at));
	const age = years(birthDate, loaded.at);
	const drawn = SIGNS.filter((sign) => sign.charted).map((sign) => ({ name: sign.name, label: sign.label, unit: sign.unit }))
		.filter((sign) => (loaded.all.get(sign.name) ?? []).some((point) => point.value !== null));
	const score = loaded.all.get('score') ?? [];
	if (score.length > 0)
		drawn.unshift({ name: 'score', label: 'Score', unit: '' });
	const left = [...loaded.all].flatMap(([name, points]) => points
		.filter((point) => point.value !== null && !isBelievable(signOf(name), point.value))).length;
	return (
		<div class="charts">
			{drawn.map((sign, index) => {
				const data = columns((loaded.all.get(sign.name) ?? [])
					.filter((point) => point.value === null || isBelievable(signOf(sign.name), point.value)), GAP_MS);
				const values = data[1].filter((value): value is number => value !== null);
				return (
					<Chart key={sign.name} label={sign.label} unit={sign.unit} data={data} span={span} marks={marks}
						shades={row.score ? shades(row.score.scale, row.score.band, sign.name) : []}
						range={axisRange(sign.name, age, values)} times={index === drawn.length - 1} steps={sign.name === 'score'} />
				);
			})}
			{left === 0 ? null : <p class="chart-alerts">{left} invalid value{left === 1 ? ' is' : 's are'} not drawn; the table has {left === 1 ? 'it' : 'them'}.</p>}
		</div>
	);
}

/* Read again when the row changes, because then there is something new to draw. */
export function ChartPanel({ row, patient: person }: { row: Row; patient: Patient }) {
	const [loaded, setLoaded] = useState<Loaded | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const [table, setTable] = useState(false);
	const [attempt, setAttempt] = useState(0);
	const began = useRef(0);
	const patient = person.id;
	useEffect(() => {
		let current = true;
		const load = () => {
			const at = now(), since = at - HOURS * 3_600_000;
			began.current = Date.now();
			Promise.all([observationsSince(patient, since), tasksSince(patient, since)])
				.then(([observations, tasks]) => {
					if (current) {
						setLoaded({ patient, at, all: series(observations), tasks });
						setProblem(null);
					}
				})
				.catch((error: unknown) => {
					if (current)
						setProblem(failureText(error));
				});
		};
		const timer = window.setTimeout(load, Math.max(0, began.current + PAUSE_MS - Date.now()));
		return () => {
			current = false;
			window.clearTimeout(timer);
		};
	}, [row, attempt]);
	const shown = loaded?.patient === patient ? loaded : null;
	return (
		<section class="panel-section panel-charts" aria-labelledby="chart-title">
			<div class="panel-head">
				<h3 id="chart-title">Last 48 hours</h3>
				<a class="link-button" href={`/fhir/EpisodeOfCare/${encodeURIComponent(row.episode)}/$chart-pdf`} target="_blank" rel="noreferrer">Whole chart on paper (PDF)</a>
				{shown && shown.all.size > 0 ? (
					<button type="button" class="link-button" aria-pressed={table} onClick={() => setTable(!table)}>
						{table ? 'Show as charts' : 'Show as table'}
					</button>
				) : null}
			</div>
			{problem ? <p class="problem" role="alert">The chart could not be {shown ? 'brought up to date' : 'loaded'}. {problem}{' '}
				<button type="button" class="link-button" onClick={() => setAttempt(attempt + 1)}>Try again</button></p> : null}
			{!shown ? (problem ? null : <p class="quiet">Loading the chart…</p>)
				: shown.all.size === 0 ? <p>No readings in the last 48 hours.</p>
				: table ? <Table all={shown.all} /> : <Charts loaded={shown} row={row} birthDate={person.birthDate} />}
			{shown && shown.all.size > 0 && row.score && !table ? (
				<p class="chart-alerts">Shading: what a value there scores <span class="key key-1">+1</span> <span class="key key-2">+2</span>{' '}
					<span class="key key-4">+3, +4</span></p>
			) : null}
			{shown && shown.tasks.length > 0 && !table ? (
				<p class="chart-alerts">Dashed lines, alerts:{' '}
					{shown.tasks.slice(0, 12).map((task) => (
						<span key={task.id} class="chart-alert"><LevelTag level={alertLevel(task)} /> <At at={task.authoredOn ?? null} /> {(task.description ?? '').split(/[:;] /)[0]}
							{task.status === 'completed' ? ' (resolved)' : ''}</span>
					))}</p>
			) : null}
		</section>
	);
}
