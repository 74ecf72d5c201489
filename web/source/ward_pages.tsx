/* SPDX-License-Identifier: Apache-2.0
 * The ward's other pages: the daily round, referrals, equipment and figures. Each is a table of what the record says now; each
 * figure opens to what was counted. `/?ward=ID&view=round` and so on. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { failureText, request } from './http';
import { clockText, dateText, lengthText } from './time';

export type View = 'round' | 'referrals' | 'equipment' | 'figures';
export const VIEWS: readonly { view: View; label: string }[] = [
	{ view: 'round', label: 'Round' }, { view: 'referrals', label: 'Referrals' }, { view: 'equipment', label: 'Equipment' }, { view: 'figures', label: 'Figures' },
];
export function viewOf(text: string | null): View | null {
	return VIEWS.find((one) => one.view === text)?.view ?? null;
}
export function wardAddress(ward: string, view?: View): string {
	return `/?ward=${encodeURIComponent(ward)}${view ? `&view=${view}` : ''}`;
}

export function Tabs({ ward, view }: { ward: string; view: View | null }) {
	return (
		<nav class="tabs" aria-label="Pages of this ward">
			<a class="tab" href={wardAddress(ward)} aria-current={view === null ? 'page' : undefined}>Board</a>
			{VIEWS.map((one) => <a key={one.view} class="tab" href={wardAddress(ward, one.view)} aria-current={view === one.view ? 'page' : undefined}>{one.label}</a>)}
			<a class="tab" href={`/ward/print?ward=${encodeURIComponent(ward)}`}>On paper</a>
		</nav>
	);
}

interface Person {
	id: string;
	name: string;
	age?: string;
}
interface RoundRow {
	episode: string;
	patient: Person;
	stay: string;
	day: number;
	scores: { min: number; max: number; now: number; level: string; complete: boolean; high: number } | null;
	openAlerts: { id: string; title: string; level: string }[];
	alerts24h: number;
	missed24h: number;
	plan: { text: string } | null;
	lastReview: { by: string; at: string } | null;
	reviewDue: boolean;
	criteria: { text: string; state?: string; answer?: string }[];
}
interface Referral {
	id: string;
	patient: Person;
	state: string;
	source: string | null;
	reason: string | null;
	waitingMinutes: number;
	authored: string;
}
interface Part {
	device: string;
	type: string;
	name: string | null;
	battery: number | null;
	lastSeen: string | null;
	state: string;
}
interface Kit extends Part {
	patient: (Person & { episode: string }) | null;
	location: { name: string } | null;
	parts: Part[];
}
interface Occupancy {
	beds: number;
	occupied: number;
	free: number;
	percent: number | null;
	at: string;
	stays: { episode: string; patient: Person }[];
}
interface Group {
	code?: { text?: string };
	population?: { code?: { text?: string }; count?: number; subjectResults?: { reference?: string } }[];
	measureScore?: { value?: number; unit?: string };
}
interface Report {
	contained?: { id: string; entry?: { item: { reference: string } }[] }[];
	group?: Group[];
}

function Table({ label, heads, rows, empty }: { label: string; heads: readonly string[]; rows: readonly { key: string; cells: ComponentChildren[] }[]; empty: string }) {
	if (rows.length === 0)
		return <p class="empty">{empty}</p>;
	return (
		<div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
			<table class="plain-table"><thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
				<tbody>{rows.map((row) => <tr key={row.key}>{row.cells.map((cell, index) => index === 0 ? <th key={index} scope="row">{cell}</th> : <td key={index}>{cell}</td>)}</tr>)}</tbody>
			</table>
		</div>
	);
}
const at = (text: string | null | undefined) => text ? clockText(Date.parse(text), Date.now()) : '–';

function Round({ rows }: { rows: RoundRow[] }) {
	return <Table label="Round" empty="Nobody is on this ward." heads={['Patient', 'Day', 'Score, 24 h', 'Open alerts', 'Alerts / missed, 24 h', 'Plan', 'Last review']} rows={rows.map((row) => ({
		key: row.episode, cells: [
			<>{row.patient.name}<span class="quiet"> {row.patient.age}{row.stay === 'active' ? '' : `, ${row.stay}`}</span></>, row.day,
			row.scores ? <>{row.scores.min}–{row.scores.max}, now <b>{row.scores.now}</b>{row.scores.complete ? '' : ` or more (up to ${row.scores.high})`}</> : 'none yet',
			row.openAlerts.length === 0 ? 'none' : <ul>{row.openAlerts.map((one) => <li key={one.id}><b>{one.level}</b>: {one.title}</li>)}</ul>,
			`${row.alerts24h} / ${row.missed24h}`, row.plan?.text ?? '–',
			row.lastReview ? `${row.lastReview.by}, ${at(row.lastReview.at)}${row.reviewDue ? ' (due)' : ''}` : 'not yet',
		] }))} />;
}

function Referrals({ rows }: { rows: Referral[] }) {
	return <Table label="Referrals" empty="No referral waits." heads={['Patient', 'State', 'From', 'Why', 'Since', 'Waiting']} rows={rows.map((row) => ({
		key: row.id, cells: [<>{row.patient.name}<span class="quiet"> {row.patient.age}</span></>, row.state, row.source ?? '–', row.reason ?? '–', at(row.authored), lengthText(row.waitingMinutes * 60_000)] }))} />;
}

function partText(part: Part): string {
	const battery = part.battery === null ? '' : `, battery ${part.battery} %`;
	return `${part.name ?? part.type}${battery}${part.state === 'current' ? '' : `, ${part.state}`}`;
}
function Equipment({ rows }: { rows: Kit[] }) {
	return <Table label="Equipment" empty="This ward has no equipment in the record." heads={['Kit', 'With', 'Parts', 'Last sign of life', 'State']} rows={rows.map((row) => ({
		key: row.device, cells: [row.name ?? `${row.type} ${row.device}`, row.patient ? row.patient.name : row.location?.name ?? 'nobody', row.parts.map(partText).join('; ') || '–', at(row.lastSeen), row.state] }))} />;
}

/* Days of the ward's own calendar: the figures of the last 28 full days. */
const DAYS = 28;
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
			<ul>{items.slice(0, 200).map((one) => <li key={one.item.reference}><a href={`/fhir/${one.item.reference}`}>{one.item.reference}</a></li>)}</ul>
		</details>
	);
}

function MeasureTable({ ward, id, title }: { ward: string; id: string; title: string }) {
	const [report, setReport] = useState<Report | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	useEffect(() => {
		request(`/fhir/Measure/${id}/$evaluate-measure?periodStart=${day(DAYS)}&periodEnd=${day(0)}&subject=Organization/${encodeURIComponent(ward)}`)
			.then((found) => setReport(found as Report)).catch((error: unknown) => setProblem(failureText(error)));
	}, [ward, id]);
	if (problem)
		return <p class="problem">{title}: {problem}</p>;
	if (!report)
		return <p class="quiet">{title}: counting…</p>;
	return (
		<section class="panel-section"><h2>{title}</h2>
			<Table label={title} empty="Nothing to count." heads={['Figure', 'Value', 'Counted']} rows={(report.group ?? []).map((group, index) => ({
				key: String(index), cells: [group.code?.text ?? '', group.measureScore?.value === undefined ? '–' : `${Math.round(group.measureScore.value * 100) / 100} ${group.measureScore.unit ?? ''}`,
					<ul>{(group.population ?? []).map((one, place) => <li key={place}>{one.code?.text}: <b>{one.count ?? 0}</b> <Counted report={report} reference={one.subjectResults?.reference} /></li>)}</ul>],
			}))} />
		</section>
	);
}

function Figures({ ward }: { ward: string }) {
	const [now, setNow] = useState<Occupancy | null>(null);
	const [measures, setMeasures] = useState<{ id: string; title: string }[]>([]);
	useEffect(() => {
		request(`/flow/occupancy?ward=${encodeURIComponent(ward)}`).then((found) => setNow(found as Occupancy)).catch(() => setNow(null));
		request('/fhir/Measure?status=active&_count=50').then((found) => setMeasures(((found as { entry?: { resource: { id: string; title?: string } }[] }).entry ?? [])
			.map((entry) => ({ id: entry.resource.id, title: entry.resource.title ?? entry.resource.id })))).catch(() => setMeasures([]));
	}, [ward]);
	return (
		<>
			{now ? <p class="figure-now"><b>{now.occupied}</b> of <b>{now.beds}</b> beds filled{now.percent === null ? '' : ` (${Math.round(now.percent)} %)`} at {at(now.at)}{now.beds === 0 ? '. This ward has no beds in the record: add Locations.' : '.'}</p> : null}
			<p class="quiet">The last {DAYS} days, {dateText(day(DAYS))} to {dateText(day(0))}. <a href={`/flow/sitrep?ward=${encodeURIComponent(ward)}&date=${day(0)}`}>Daily SitRep (CSV)</a></p>
			{measures.map((one) => <MeasureTable key={one.id} ward={ward} id={one.id} title={one.title} />)}
		</>
	);
}

const PATHS: Record<Exclude<View, 'figures'>, string> = { round: '/flow/round', referrals: '/flow/referrals', equipment: '/ward/equipment' };
const EVERY_MS = 30_000;

export function WardPage({ ward, view }: { ward: string; view: View }) {
	const [data, setData] = useState<unknown>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const label = VIEWS.find((one) => one.view === view)?.label ?? '';
	useEffect(() => {
		document.title = `${label}: ward ${ward}`;
		if (view === 'figures')
			return undefined;
		const load = () => void request(`${PATHS[view]}?ward=${encodeURIComponent(ward)}`)
			.then((found) => { setData(found); setProblem(null); }).catch((error: unknown) => setProblem(failureText(error)));
		load();
		const timer = setInterval(load, EVERY_MS);
		return () => clearInterval(timer);
	}, [ward, view]);
	return (
		<div class="page">
			<header class="top"><div class="top-ward"><a class="top-home" href="/?list">Homeward</a><h1 class="top-name">{label}</h1></div><Tabs ward={ward} view={view} /></header>
			<main class="ward-page" id="main">
				{problem ? <p class="problem" role="alert">{problem} What stands below may be old.</p> : null}
				{view === 'figures' ? <Figures ward={ward} /> : data === null ? <p class="page-wait" role="status">Loading…</p>
					: view === 'round' ? <Round rows={data as RoundRow[]} /> : view === 'referrals' ? <Referrals rows={data as Referral[]} />
						: <Equipment rows={(data as { equipment: Kit[] }).equipment} />}
			</main>
		</div>
	);
}
