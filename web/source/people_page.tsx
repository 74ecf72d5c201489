/* SPDX-License-Identifier: Apache-2.0
 * People of a ward: who is on shift until when, how each is reached and when that was last proved, where the rota has gaps;
 * and what a nurse in charge does about it: publish the rota, end a shift, hand the ward over, test the telephones. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Row, Staff } from './contract';
import { failureText } from './http';
import { channelTests, testChannels, type TestPage } from './record';
import { RowActions, type RowAction } from './row_actions';
import { rowName } from './summary';
import { Table } from './table';
import { clockText, fieldInstant, fieldText } from './time';

interface Shift {
	slot: string;
	start: string;
	end: string;
}
interface Channel {
	channel: string;
	setUp: boolean;
}
interface Person {
	id: string;
	name: string;
	roles: string[];
	channels: Channel[];
	always: boolean;
	away: { until?: string } | null; /* leave or sickness now */
	shift: Shift | null;
	next: Shift | null;
}
interface Gap {
	roles: string;
	from: string;
	until: string;
	covered: boolean;
}
export interface PeopleData {
	serverTime: string;
	ward: { id: string; name: string };
	people: Person[];
	gaps: Gap[] | null;
	published: { start?: string; end?: string; at?: string; by?: string } | null;
}

const HOUR = 3_600_000, DAY = 24 * HOUR;
const GAPS_MAX = 6; /* more would push the people off the screen */
const TESTS_DAYS = 30;
const ASK_MS = 2000, REST_MS = 30_000;
const NOTHING_MS = 10_000; /* by then the ward has written what it sends */
const WORDS: Record<string, string> = { sms: 'mobile (text)', voice: 'phone call', email: 'e-mail', 'web-push': 'pages in a browser', webhook: 'pager system', board: 'the board' };
const channelWord = (channel: string) => WORDS[channel] ?? channel;

/* --- tests of telephones ---------------------------------------------------------------------- */

const waits = (page: TestPage) => page.status === 'preparation' || page.status === 'in-progress';
const personOf = (page: TestPage) => page.recipient?.[0]?.reference?.replace('PractitionerRole/', '') ?? '';
const channelOf = (page: TestPage) => page.medium?.[0]?.coding?.[0]?.code ?? '';

function Proof({ page, now }: { page: TestPage; now: number }) {
	const sent = clockText(Date.parse(page.sent ?? ''), now);
	if (page.status === 'completed')
		return <>{channelWord(channelOf(page))}: delivered {clockText(Date.parse(page.received ?? page.sent ?? ''), now)}</>;
	if (page.status === 'preparation')
		return <>{channelWord(channelOf(page))}: asked for at {sent}, not sent yet</>;
	if (page.status === 'in-progress')
		return <>{channelWord(channelOf(page))}: sent {sent}, no proof yet</>;
	return <><strong>{channelWord(channelOf(page))}: no proof</strong> that it arrived, sent {sent}</>;
}

/* The newest test of each channel of a person; a way that is set up and was never tested is said beside them. */
function LastTests({ channels, pages, now }: { channels: readonly Channel[]; pages: readonly TestPage[]; now: number }) {
	const newest = new Map<string, TestPage>();
	for (const page of pages) {
		if (!newest.has(channelOf(page)))
			newest.set(channelOf(page), page);
	}
	const untested = channels.filter((one) => one.setUp && !newest.has(one.channel));
	return newest.size === 0 ? <>not in the last {TESTS_DAYS} days</> : (
		<ul>{[...newest.values()].map((page) => <li key={page.id}><Proof page={page} now={now} /></li>)}
			{untested.map((one) => <li key={one.channel}>{channelWord(one.channel)}: not in the last {TESTS_DAYS} days</li>)}</ul>
	);
}

interface Test {
	at: number; /* the server's time of the request */
	asked: number; /* this browser's */
	whom: string;
}

function testText(test: Test, pages: readonly TestPage[], now: number): string {
	const these = pages.filter((page) => Date.parse(page.sent ?? '') >= test.at);
	const count = (wanted: (page: TestPage) => boolean) => these.filter(wanted).length;
	const head = `Test of the telephones of ${test.whom}, asked for at ${clockText(test.at, now)}`;
	if (these.length === 0)
		return Date.now() - test.asked < NOTHING_MS ? `${head}: nothing is sent yet.` : `${head}: nothing was sent. Nobody who was asked has a way to be reached that is set up on this server.`;
	const waiting = count(waits), proved = count((page) => page.status === 'completed'), failed = these.length - waiting - proved;
	return `${head}: ${proved} of ${these.length} proved to arrive${waiting > 0 ? `, ${waiting} without proof yet` : ''}${failed > 0 ? `, ${failed} without proof: check the number or the address, and test again` : ''}.`;
}

/* --- the rota --------------------------------------------------------------------------------- */

function GapText({ gap, now, end }: { gap: Gap; now: number; end: number }) {
	const from = Date.parse(gap.from), until = Date.parse(gap.until);
	return <>Nobody is on shift as <b>{gap.roles}</b> {from <= now + 1000 ? 'from now' : `from ${clockText(from, now)}`} {until >= end ? 'on, as far as this looks ahead' : `to ${clockText(until, now)}`}.{' '}
		{gap.covered ? 'An alert goes on to the next who is there.' : <strong>In some of these hours an alert may reach nobody.</strong>}</>;
}

function Rota({ data, now }: { data: PeopleData; now: number }) {
	const published = data.published, gaps = data.gaps ?? [];
	const ends = Date.parse(published?.end ?? '');
	const by = data.people.find((one) => published?.by === `PractitionerRole/${one.id}`)?.name ?? (published?.by?.includes('/') ? null : published?.by);
	const items = (some: readonly Gap[]) => some.map((gap) => <li key={gap.roles + gap.from}><GapText gap={gap} now={now} end={now + 7 * DAY - 1000} /></li>);
	return (
		<section class="panel-section" aria-labelledby="rota-title">
			<h2 id="rota-title">Rota of {data.ward.name}</h2>
			{published ? <p>Published at {clockText(Date.parse(published.at ?? ''), now)}{by ? ` by ${by}` : ''}, from {clockText(Date.parse(published.start ?? ''), now)} to {clockText(ends, now)}.
				{ends < now ? <strong> It has run out.</strong> : null}</p> : <p><strong>No rota has been published</strong> for this ward.</p>}
			{data.gaps === null ? <p>This ward has no policy in the record, so nobody can say whom an alert would call, or where the rota has gaps.</p>
				: gaps.length === 0 ? <p>No gaps in the next 7 days: somebody is on shift for every step of an alert.</p>
					: <>
						<p>Gaps in the next 7 days:</p>
						<ul class="sub">{items(gaps.slice(0, GAPS_MAX))}</ul>
						{gaps.length > GAPS_MAX ? <details class="handover-words"><summary>{gaps.length - GAPS_MAX} more gaps</summary><ul class="sub">{items(gaps.slice(GAPS_MAX))}</ul></details> : null}
					</>}
		</section>
	);
}

/* --- what can be done ------------------------------------------------------------------------- */

const reference = (name: string, id: string | undefined) => ({ name, valueReference: { reference: `PractitionerRole/${id ?? ''}` } });
const dateTime = (name: string, text: string | undefined) => ({ name, valueDateTime: new Date(fieldInstant(text)).toISOString() });
const canBeTested = (person: Person) => person.channels.some((one) => one.setUp);

/* "Nobody as Nurse from 2026-06-11 02:00 to 2026-06-11 03:00 (Europe/London), and …": as the page says it. */
function uncovered(text: string, now: number): ComponentChildren {
	const found = /^Nobody as (.+) from (\S+ \S+(?: BST| GMT)?) to (\S+ \S+(?: BST| GMT)?) \(Europe\/London\)/.exec(text);
	const time = (local: string | undefined) => clockText(fieldInstant(local?.replace(' ', 'T')), now);
	return found ? <>Nobody as <b>{found[1]}</b> from {time(found[2])} to {time(found[3])}, and nobody behind them for all of it.</> : text;
}

function wardActions(data: PeopleData, now: number, onTest: (test: Test) => void): RowAction[] {
	const ward = encodeURIComponent(data.ward.id);
	const last = Date.parse(data.published?.end ?? '');
	const start = last > now ? last : Math.ceil(now / HOUR) * HOUR;
	return [
		{ key: 'publish-rota', button: 'Publish rota', about: `Publish the rota of ${data.ward.name} as it stands in the record. It is refused while there is an hour in which an alert would reach nobody.`,
			path: `Organization/${ward}/$publish-rota`, said: `The rota of ${data.ward.name} is published.`,
			fields: [{ name: 'start', label: 'From', kind: 'time', initial: fieldText(start) }, { name: 'end', label: 'To', kind: 'time', initial: fieldText(start + 7 * DAY) }],
			parameters: (values) => [dateTime('start', values.start), dateTime('end', values.end)], reason: (text) => uncovered(text, now) },
		{ key: 'hand-over', button: 'Hand over the whole ward', about: `Ask somebody to take over every patient of ${data.ward.name}. It counts when they accept it, on the board. Not accepted within 15 minutes, the nurse in charge is told.`,
			path: `Organization/${ward}/$hand-over`, said: 'Handover of the whole ward asked for; it counts when it is accepted on the board.',
			fields: [{ name: 'from', label: 'From whom', kind: 'staff' }, { name: 'to', label: 'To whom', kind: 'staff' }],
			parameters: (values) => [reference('from', values.from), reference('to', values.to)] },
		{ key: 'test', button: 'Test telephones', about: 'A test message goes to every telephone, address and browser of those you choose. It asks nothing of them.', path: '', said: '',
			fields: [{ name: 'whom', label: 'Whom to test', kind: 'choice', initial: 'all', options: [{ value: 'all', label: 'Everybody on shift now' },
				...data.people.filter(canBeTested).map((one) => ({ value: one.id, label: one.name }))] }],
			parameters: () => [],
			send: async (person, values) => {
				const whom = data.people.find((one) => one.id === values.whom);
				const at = await testChannels(data.ward.id, person, whom ? whom.id : null);
				onTest({ at, asked: Date.now(), whom: whom?.name ?? 'everybody on shift' });
				return 'The test is asked for; what was proved to arrive stands below.';
			} },
	];
}

/* "Task/ID of Patient/ID: what is wrong": to the alert on the board, by the patient's name. */
function leftOpen(ward: string, rows: readonly Row[], text: string): ComponentChildren {
	const found = /^Task\/([A-Za-z0-9.-]+) of [^:]*: (.*)$/s.exec(text);
	if (!found)
		return text.replace(/ \(\$[a-z-]+\)/, '');
	const row = rows.find((one) => one.alerts.some((alert) => alert.id === found[1]));
	return <>{row ? `${rowName(row)}: ` : ''}<a href={`/?ward=${encodeURIComponent(ward)}&alert=${found[1] ?? ''}`}>{found[2]}</a></>;
}

function personActions(data: PeopleData, person: Person, rows: readonly Row[]): RowAction[] {
	if (!person.shift)
		return [];
	const others = data.people.filter((one) => one.id !== person.id);
	return [{ key: 'end-shift', button: 'End shift', about: `End the shift of ${person.name} now. Every open alert of theirs must have been taken over.`, path: `Slot/${encodeURIComponent(person.shift.slot)}/$close`,
		said: `The shift of ${person.name} has ended.`, reason: (text) => leftOpen(data.ward.id, rows, text),
		fields: [{ name: 'to', label: 'Who takes over', kind: 'choice', options: others.map((one) => ({ value: one.id, label: `${one.name}, ${one.roles.join(', ')}` })) }],
		parameters: (values) => [reference('to', values.to)] }];
}

/* --- the page --------------------------------------------------------------------------------- */

function ShiftNow({ person, now }: { person: Person; now: number }) {
	if (person.away)
		return <>away{person.away.until ? ` until ${clockText(Date.parse(person.away.until), now)}` : ''}</>;
	if (person.always)
		return <>always there</>;
	return person.shift ? <><strong>on shift</strong> until {clockText(Date.parse(person.shift.end), now)}</> : <>not on shift</>;
}
function reachText(person: Person): ComponentChildren {
	if (person.channels.length === 0)
		return <>the board only</>;
	return person.channels.map((one) => `${channelWord(one.channel)}${one.setUp ? '' : ' (not set up here)'}`).join(', ');
}
const order = (person: Person) => person.shift ? 0 : person.always && !person.away ? 1 : 2;

export function People({ data, staff, rows, onDone }: { data: PeopleData; staff: readonly Staff[]; rows: readonly Row[]; onDone(text: string): void }) {
	const [pages, setPages] = useState<TestPage[] | null>(null);
	const [test, setTest] = useState<Test | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	const now = Date.parse(data.serverTime);
	const ids = data.people.map((one) => one.id).join();
	useEffect(() => { /* often while something is on its way, else seldom */
		let current = true, timer = 0;
		const load = async () => {
			let next = REST_MS;
			try {
				const found = await channelTests(ids === '' ? [] : ids.split(','), now - TESTS_DAYS * DAY);
				if (!current)
					return;
				setPages(found);
				setProblem(null);
				if (found.some(waits) || test && Date.now() - test.asked < 2 * NOTHING_MS)
					next = ASK_MS;
			} catch (error) {
				if (current)
					setProblem(failureText(error));
			}
			if (current)
				timer = window.setTimeout(() => void load(), next);
		};
		void load();
		return () => {
			current = false;
			window.clearTimeout(timer);
		};
	}, [ids, test]);
	const people = [...data.people].sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name));
	return (
		<>
			<RowActions id={data.ward.id} name={data.ward.name} actions={wardActions(data, now, setTest)} staff={staff} onDone={onDone} />
			<p class="test-said" role="status">{test && pages ? testText(test, pages, now) : ''}</p>
			<Rota data={data} now={now} />
			<section class="panel-section" aria-labelledby="people-title">
				<h2 id="people-title">Who works here</h2>
				{problem ? <p class="problem">Tests of telephones cannot be read: {problem}</p> : null}
				<Table label="People" empty="Nobody works on this ward yet: add a PractitionerRole for each person." heads={['Name', 'Role', 'On shift', 'Next shift', 'Reached by', 'Last test', 'What to do']} rows={people.map((person) => ({
					key: person.id, cells: [person.name, person.roles.join(', ') || 'no role', <ShiftNow person={person} now={now} />,
						person.always ? '–' : person.next ? `${clockText(Date.parse(person.next.start), now)} to ${clockText(Date.parse(person.next.end), now)}` : 'none in the rota',
						reachText(person), pages === null ? '…' : person.channels.length === 0 ? '–' : <LastTests channels={person.channels} pages={pages.filter((page) => personOf(page) === person.id)} now={now} />,
						person.shift ? <RowActions key={person.shift.slot} id={person.id} name={person.name} actions={personActions(data, person, rows)} staff={staff} onDone={onDone} /> : ''] }))} />
			</section>
		</>
	);
}
