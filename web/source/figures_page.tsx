/* SPDX-License-Identifier: Apache-2.0
 * Figures of a ward: the beds now, and either the last 28 days, counted as the page opens, or the report of a past week,
 * which the server made by itself. Each figure opens to what was counted. */
import { useEffect, useState } from 'preact/hooks';
import { Failure, failureText, request, requestWithin } from './http';
import { at, Table } from './table';
import { dateText } from './time';

interface Occupancy {
	beds: number;
	occupied: number;
	percent: number | null;
	at: string;
}
interface Group {
	code?: { text?: string };
	population?: { code?: { text?: string }; count?: number; subjectResults?: { reference?: string } }[];
	measureScore?: { value?: number; unit?: string };
}
interface Report {
	contained?: { id: string; entry?: { item: { reference: string } }[] }[];
	group?: Group[];
	date?: string;
}
interface Week {
	start: string;
	end: string;
}
interface Weekly {
	weeks: Week[];
	week: Week | null;
	reports: { measure: string; title: string; report: Report }[];
}

interface Measure {
	id: string;
	title?: string;
	group?: { population?: { criteria?: { language?: string } }[] }[];
}

/* Other Measures are made another way, such as the trial of a policy. */
function isCountable(measure: Measure): boolean {
	return measure.group?.every((group) => group.population?.every((one) => one.criteria?.language === 'text/x-homeward-figure')) ?? false;
}

/* Days of the ward's own calendar: the figures of the last 28 full days. */
const DAYS = 28;
/* Of a thousand patients a month of readings takes some seconds a report, and they are counted one after another. */
const COUNT_LIMIT_MS = 120_000;
const BUSY_TRIES = 1200; /* twice a second */
const SHOWN = 200;
function day(offset: number): string {
	return new Date(Date.now() - offset * 86_400_000).toISOString().slice(0, 10);
}

function Counted({ report, reference }: { report: Report; reference: string | undefined }) {
	const list = report.contained?.find((one) => `#${one.id}` === reference);
	const items = list?.entry ?? [];
	if (items.length === 0)
		return null;
	return (
		<details class="counted"><summary>show</summary>
			<ul>{items.slice(0, SHOWN).map((one) => <li key={one.item.reference}><a href={`/fhir/${one.item.reference}`}>{one.item.reference}</a></li>)}</ul>
			{items.length > SHOWN ? <p class="quiet">And {items.length - SHOWN} more, in the report itself.</p> : null}
		</details>
	);
}

function scoreText(group: Group): string {
	const { value, unit } = group.measureScore ?? {};
	return value === undefined ? '–' : `${Math.round(value * 100) / 100} ${unit ?? ''}`.trim();
}

function ReportTable({ title, report }: { title: string; report: Report }) {
	return (
		<section class="panel-section figures"><h2>{title}</h2>
			<Table label={title} empty="Nothing to count." heads={['Figure', 'Value', 'Counted']} rows={(report.group ?? []).map((group, index) => ({
				key: String(index), cells: [group.code?.text ?? '', scoreText(group),
					<ul>{(group.population ?? []).map((one, place) => <li key={place}>{one.code?.text?.replaceAll('-', ' ')}: <b>{one.count ?? 0}</b> <Counted report={report} reference={one.subjectResults?.reference} /></li>)}</ul>],
			}))} />
		</section>
	);
}

function MeasureTable({ ward, id, title }: { ward: string; id: string; title: string }) {
	const [report, setReport] = useState<Report | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	useEffect(() => {
		let current = true;
		const count = (tries: number) => void requestWithin(`/fhir/Measure/${id}/$evaluate-measure?periodStart=${day(DAYS)}&periodEnd=${day(0)}&subject=Organization/${encodeURIComponent(ward)}`, COUNT_LIMIT_MS)
			.then((found) => { if (current) setReport(found as Report); }, (error: unknown) => {
				if (!current)
					return;
				if (tries > 0 && error instanceof Failure && error.status === 503) /* the server counts a few reports at a time */
					window.setTimeout(() => count(tries - 1), 500);
				else
					setProblem(failureText(error));
			});
		count(BUSY_TRIES);
		return () => { current = false; };
	}, [ward, id]);
	if (problem)
		return <p class="problem">{title}: {problem}</p>;
	return report ? <ReportTable title={title} report={report} /> : <p class="quiet">{title}: counting…</p>;
}

/* The last 28 days, as they are counted now. */
function Lately({ ward }: { ward: string }) {
	const [measures, setMeasures] = useState<{ id: string; title: string }[]>([]);
	useEffect(() => {
		request('/fhir/Measure?status=active&_count=50').then((found) => setMeasures(((found as { entry?: { resource: Measure }[] }).entry ?? [])
			.filter((entry) => isCountable(entry.resource)).map((entry) => ({ id: entry.resource.id, title: entry.resource.title ?? entry.resource.id })))).catch(() => setMeasures([]));
	}, [ward]);
	return (
		<>
			<p class="quiet">The last {DAYS} days, {dateText(day(DAYS))} to {dateText(day(0))}, counted now. <a href={`/flow/sitrep?ward=${encodeURIComponent(ward)}&date=${day(0)}`}>Daily SitRep (CSV)</a></p>
			{measures.map((one) => <MeasureTable key={one.id} ward={ward} id={one.id} title={one.title} />)}
		</>
	);
}

function weekText({ start, end }: Week): string {
	return `${dateText(start)} to ${dateText(end)}`;
}

function PastWeek({ ward, start }: { ward: string; start: string }) {
	const [found, setFound] = useState<Weekly | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	useEffect(() => {
		let current = true;
		setFound(null);
		setProblem(null);
		request(`/flow/weekly?ward=${encodeURIComponent(ward)}&start=${start}`)
			.then((weekly) => { if (current) setFound(weekly as Weekly); }, (error: unknown) => { if (current) setProblem(failureText(error)); });
		return () => { current = false; };
	}, [ward, start]);
	if (problem)
		return <p class="problem" role="alert">{problem}</p>;
	if (!found?.week)
		return <p class="quiet" role="status">Loading…</p>;
	const made = found.reports.map((one) => one.report.date ?? '').sort()[0];
	return (
		<>
			<p class="quiet">The week {weekText(found.week)}{made ? <>, as it was counted {at(made)}. What was still undecided then may have been decided since.</> : '.'}</p>
			{found.reports.map((one) => <ReportTable key={one.measure} title={one.title} report={one.report} />)}
		</>
	);
}

export function Figures({ ward }: { ward: string }) {
	const [now, setNow] = useState<Occupancy | null>(null);
	const [weeks, setWeeks] = useState<Week[]>([]);
	const [start, setStart] = useState(''); /* empty: the last 28 days */
	useEffect(() => {
		request(`/flow/occupancy?ward=${encodeURIComponent(ward)}`).then((found) => setNow(found as Occupancy)).catch(() => setNow(null));
		request(`/flow/weekly?ward=${encodeURIComponent(ward)}`).then((found) => setWeeks((found as Weekly).weeks)).catch(() => setWeeks([]));
	}, [ward]);
	return (
		<>
			{now ? <p class="figure-now"><b>{now.occupied}</b> of <b>{now.beds}</b> beds filled{now.percent === null ? '' : ` (${Math.round(now.percent)} %)`} at {at(now.at)}{now.beds === 0 ? '. This ward has no beds in the record: add Locations.' : '.'}</p> : null}
			<p class="figure-period"><label class="nhsuk-label" for="period">Period</label>
				<select class="nhsuk-select" id="period" value={start} onChange={(event) => setStart(event.currentTarget.value)}>
					<option value="">The last {DAYS} days, counted now</option>
					{weeks.map((one) => <option key={one.start} value={one.start}>Week {weekText(one)}</option>)}
				</select>{' '}
				{weeks.length === 0 ? <span class="quiet">The first report of a week is made after it has ended.</span> : null}</p>
			{start === '' ? <Lately ward={ward} /> : <PastWeek ward={ward} start={start} />}
		</>
	);
}
