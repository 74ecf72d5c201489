/* SPDX-License-Identifier: Apache-2.0
 * The ward's other pages: the daily round, referrals, equipment, people and figures. Each is a table of what the record says now, with
 * what can be done about it; each figure opens to what was counted. `/?ward=ID&view=round` and so on. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { DevelopmentRibbon } from './banners';
import type { Board } from './contract';
import { Equipment, type Kit } from './equipment_page';
import { Figures } from './figures_page';
import { failureText, request } from './http';
import { levelOf } from './level';
import { People, type PeopleData } from './people_page';
import { Referrals, type Referral } from './referrals_page';
import { LevelTag } from './shape';
import { at, Table } from './table';
import { instant, isOld } from './time';

export type View = 'round' | 'referrals' | 'equipment' | 'people' | 'figures';
export const VIEWS: readonly { view: View; label: string }[] = [
	{ view: 'round', label: 'Round' }, { view: 'referrals', label: 'Referrals' }, { view: 'equipment', label: 'Equipment' },
	{ view: 'people', label: 'People' }, { view: 'figures', label: 'Figures' },
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
	scores: { min: number; max: number; now: number; nowAt: string; level: string; complete: boolean; high: number } | null;
	openAlerts: { id: string; title: string; level: string }[];
	alerts24h: number;
	missed24h: number;
	plan: { text: string } | null;
	lastReview: { by: string; at: string } | null;
	reviewDue: boolean;
	criteria: { text: string; state?: string; answer?: string }[];
}
/* The score of the last set is said with its time, and called old when the board would grey it. */
function LastScore({ scores }: { scores: RoundRow['scores'] }) {
	if (!scores)
		return <>none yet</>;
	const { min, max, now: last, nowAt } = scores;
	return <>{min === max ? '' : `${min}–${max}, `}<b>{last}</b>{scores.complete ? '' : ` or more (up to ${scores.high})`}<span class="quiet"> at {at(nowAt)}</span>
		{isOld(instant(nowAt), Date.now()) ? <strong> old</strong> : null}</>;
}

function Round({ ward, rows }: { ward: string; rows: RoundRow[] }) {
	return <Table label="Round" empty="Nobody is on this ward." heads={['Patient', 'Day', 'Score, 24 h', 'Open alerts', 'Alerts / missed, 24 h', 'Plan', 'Last review']} rows={rows.map((row) => ({
		key: row.episode, cells: [
			<><a href={`${wardAddress(ward)}&stay=${encodeURIComponent(row.episode)}`}>{row.patient.name}</a><span class="quiet"> {row.patient.age}{row.stay === 'active' ? '' : `, ${row.stay}`}</span></>, row.day,
			<LastScore scores={row.scores} />,
			row.openAlerts.length === 0 ? 'none' : <ul>{[...row.openAlerts].sort((a, b) => levelOf(b.level).rank - levelOf(a.level).rank).map((one) => <li key={one.id}><LevelTag level={one.level} /> {one.title}</li>)}</ul>,
			`${row.alerts24h} / ${row.missed24h}`, row.plan?.text ?? '–',
			row.lastReview ? `${row.lastReview.by}, ${at(row.lastReview.at)}${row.reviewDue ? ' (due)' : ''}` : 'not yet',
		] }))} />;
}

const PATHS: Record<Exclude<View, 'figures'>, string> = { round: '/flow/round', referrals: '/flow/referrals', equipment: '/ward/equipment', people: '/ward/people' };
const EVERY_MS = 30_000;

export function WardPage({ ward, view }: { ward: string; view: View }) {
	const [data, setData] = useState<unknown>(null);
	const [board, setBoard] = useState<Board | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const [said, setSaid] = useState<string | null>(null);
	const label = VIEWS.find((one) => one.view === view)?.label ?? '';
	const told = useRef<HTMLDivElement>(null);
	const done = (text: string) => { /* the row of the form may be gone: the focus goes to what was done */
		setSaid(text);
		told.current?.focus();
	};
	const acts = view === 'referrals' || view === 'equipment' || view === 'people';
	useEffect(() => {
		/* The board's answer dates the page, names the ward and its people: both are read at once, or neither is new. */
		const load = () => {
			const asked = encodeURIComponent(ward);
			void Promise.all([view === 'figures' ? null : request(`${PATHS[view]}?ward=${asked}`), request(`/ward/board?ward=${asked}`)])
				.then(([found, answer]) => { setData(found); setBoard(answer as Board); setProblem(null); }, (error: unknown) => setProblem(failureText(error)));
		};
		load();
		const timer = setInterval(load, EVERY_MS);
		return () => clearInterval(timer);
	}, [ward, view, said]);
	const name = board?.ward.name ?? ward, staff = board?.staff ?? [], rows = board?.rows ?? [];
	useEffect(() => {
		document.title = `${label}: ${name}`;
	}, [label, name]);
	return (
		<div class="page">
			<DevelopmentRibbon board={board} />
			<header class="top"><div class="top-ward"><a class="top-home" href="/?list">Homeward</a><h1 class="top-name">{label}: {name}</h1></div><Tabs ward={ward} view={view} />
				{board && view !== 'figures' ? <p class="top-time">As at {at(board.serverTime)}</p> : null}</header>
			<main class="ward-page" id="main">
				{problem ? <p class="problem" role="alert">{problem}{board ? ` What stands below is of ${at(board.serverTime)}.` : ''} The page tries again by itself.</p> : null}
				{acts ? <div class="said" role="status" tabIndex={-1} ref={told}>{said ? <p class="said-text">{said}</p> : null}</div> : null}
				{view === 'figures' ? <Figures ward={ward} /> : data === null ? problem ? null : <p class="page-wait" role="status">Loading…</p>
					: view === 'round' ? <Round ward={ward} rows={data as RoundRow[]} />
						: view === 'referrals' ? <Referrals ward={ward} rows={data as Referral[]} staff={staff} onDone={done} />
							: view === 'people' ? <People data={data as PeopleData} staff={staff} rows={rows} onDone={done} />
							: <Equipment ward={ward} rows={(data as { equipment: Kit[] }).equipment} patients={rows} staff={staff} onDone={done} />}
			</main>
		</div>
	);
}
