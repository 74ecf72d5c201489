/* SPDX-License-Identifier: Apache-2.0
 * `/?policies`: every policy with its status, who signed it and what it says; a draft is tried here on stored history and
 * then signed by two people, or withdrawn, and a policy in force is retired when nothing uses it any more. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ActionForm } from './action_form';
import { DevelopmentRibbon } from './banners';
import type { Board, Staff, WardSummary } from './contract';
import { Failure, failureText, request } from './http';
import { TrialPanel, TrialProgress, useTrial } from './policy_trial';
import { policyName, settingsText } from './policy_words';
import { operate, policies, type Policy, type PolicyPart } from './record';
import { rowName } from './summary';
import { at, Table } from './table';
import { readTrial, trialShort, type TrialReport } from './trial';

const SIGNATURES = 2;
const EVERY_MS = 30_000;
const WARDS_MAX = 30;

interface Signature {
	by: string;
	at: string;
	kind: string;
}
const partOf = (one: PolicyPart, name: string) => one.extension?.find((each) => each.url === name);
function byOf(one: PolicyPart): string {
	const by = partOf(one, 'by');
	return by?.valueReference?.display ?? by?.valueReference?.reference ?? by?.valueString ?? 'somebody';
}
function signaturesOf(policy: Policy): Signature[] {
	return (policy.extension ?? []).filter((one) => one.url.endsWith('/StructureDefinition/signature'))
		.map((one) => ({ by: byOf(one), at: partOf(one, 'at')?.valueInstant ?? '', kind: partOf(one, 'kind')?.valueCode ?? '' }));
}
function Status({ policy }: { policy: Policy }) {
	const retired = policy.extension?.find((one) => one.url.endsWith('/StructureDefinition/retired'));
	if (!retired)
		return <>{policy.status}</>;
	return <>{partOf(retired, 'was')?.valueCode === 'draft' ? 'withdrawn' : 'retired'} by {byOf(retired)}, {at(partOf(retired, 'at')?.valueInstant)}: {partOf(retired, 'reason')?.valueString}</>;
}
interface Wards {
	board: Board | null; /* of one of them */
	staff: Staff[];
	wards: ReadonlyMap<string, string>; /* names by id */
	stays: ReadonlyMap<string, { ward: string; name: string }>; /* by the id of the EpisodeOfCare */
}
/* Everybody who works, and every patient, on a ward of this server. */
async function everybody(): Promise<Wards> {
	const wards = (await request('/ward/list') as WardSummary[]).slice(0, WARDS_MAX);
	const boards = await Promise.all(wards.map((ward) => request(`/ward/board?ward=${encodeURIComponent(ward.id)}`) as Promise<Board>));
	return { board: boards[0] ?? null, staff: [...new Map(boards.flatMap((board) => board.staff).map((one) => [one.id, one])).values()], wards: new Map(wards.map((one) => [one.id, one.name])),
		stays: new Map(boards.flatMap((board) => board.rows.filter((row) => row.patient !== null).map((row) => [row.episode, { ward: board.ward.id, name: rowName(row) }]))) };
}

/* A signature is for what was read: not for a draft that has changed since this page showed it, nor for another trial. */
async function sign(policy: Policy, report: TrialReport, person: Staff): Promise<string> {
	const now = await request(`/fhir/PlanDefinition/${encodeURIComponent(policy.id)}`) as Policy;
	if (now.meta?.versionId !== policy.meta?.versionId)
		throw new Failure('This draft has been changed since it was shown here. Cancel, and read it again.', 409, false);
	const answer = await operate(`PlanDefinition/${encodeURIComponent(policy.id)}/$sign`, person, [{ name: 'report', valueReference: { reference: `MeasureReport/${report.id}` } }]) as Policy;
	return answer.status === 'active' ? `Signed by ${person.name}: ${policyName(policy)} is active.` : `Signed by ${person.name}: ${policyName(policy)}. A second person must sign it.`;
}

async function retire(policy: Policy, person: Staff, reason: string): Promise<string> {
	await operate(`PlanDefinition/${encodeURIComponent(policy.id)}/$retire`, person, [{ name: 'reason', valueString: reason.trim() }]);
	return `${policyName(policy)} is ${policy.status === 'draft' ? 'withdrawn' : 'retired'}.`;
}

/* "EpisodeOfCare/ID is an open stay under it." and "Organization/ID (name) admits under it.": by name, and to the board. */
function userOf(text: string, known: Wards): ComponentChildren {
	const found = /^(EpisodeOfCare|Organization)\/([A-Za-z0-9.-]+) /.exec(text);
	const id = found?.[2] ?? '';
	const stay = known.stays.get(id);
	if (found?.[1] === 'EpisodeOfCare' && stay)
		return <><a href={`/?ward=${encodeURIComponent(stay.ward)}&stay=${id}`}>{stay.name}</a>, {known.wards.get(stay.ward) ?? stay.ward}, is under it.</>;
	if (found?.[1] === 'Organization' && known.wards.has(id))
		return <>The ward <a href={`/?ward=${encodeURIComponent(id)}`}>{known.wards.get(id)}</a> admits under it.</>;
	return text;
}

type Act = 'sign' | 'retire';
interface Shown {
	policy: Policy;
	report: TrialReport;
	focus: boolean; /* whoever asked for it waits for it there, and is not in the middle of something else */
	again(ward: string): void; /* tries it on a ward */
}
interface DeedsProps {
	policy: Policy;
	known: Wards;
	onDone(text: string): void;
	onSay(text: string): void;
	onShow(shown: Shown): void; /* the result of a trial */
}

/* The focus goes back to where the form was opened. */
function useOpened<T extends { act: Act }>(): { open: T | null; setOpen(next: T | null): void; group: { current: HTMLDivElement | null } } {
	const [open, setOpen] = useState<T | null>(null);
	const group = useRef<HTMLDivElement>(null);
	const last = useRef<Act | null>(null);
	useEffect(() => {
		if (open === null && last.current !== null)
			group.current?.querySelector<HTMLElement>(`[data-action="${last.current}"]`)?.focus();
		last.current = open?.act ?? null;
	}, [open]);
	return { open, setOpen, group };
}

function RetireForm({ policy, known, onDone, onCancel }: { policy: Policy; known: Wards; onDone(text: string): void; onCancel(): void }) {
	const draft = policy.status === 'draft';
	return <ActionForm id={`retire-${policy.id}`} button={draft ? 'Withdraw' : 'Retire'} fields={[{ name: 'reason', label: 'Why', kind: 'text' }]} staff={known.staff} onCancel={onCancel}
		about={draft ? `Withdraw the draft ${policyName(policy)}: nobody can sign it any more. It stays in the record.`
			: `Retire ${policyName(policy)}: nobody is admitted under it any more, and this cannot be taken back. It is refused while a patient or a ward uses it. What was raised under it stays as it is.`}
		onSend={(person, values) => retire(policy, person, values.reason ?? '')} onDone={onDone} reason={(text) => userOf(text, known)} />;
}

/* Whether the focus is on the row of this policy, or nowhere. */
function waits(policy: string): boolean {
	const at = document.activeElement;
	return at === null || at === document.body || at.closest<HTMLElement>('[data-policy]')?.dataset.policy === policy;
}

/* A draft: tried first; what the trial says stands beside the name of who signs. */
function DraftDeeds({ policy, known, onDone, onSay, onShow }: DeedsProps) {
	const { open, setOpen, group } = useOpened<{ act: Act; policy: Policy; report: TrialReport | null }>(); /* as they stood when the button was pressed */
	const name = policyName(policy);
	const { trial, problem, start, stop } = useTrial(policy.id, policy.meta?.versionId, (report) => {
		onSay(report ? `${name} has been tried on stored history.` : `The trial of ${name} was stopped.`);
		if (report)
			onShow({ policy, report, focus: waits(policy.id), again });
	});
	const again = (ward: string | null) => { onSay(`Trying ${name} on stored history.`); start(ward); };
	const running = trial?.state === 'running', before = useRef(running);
	useEffect(() => { /* the button that was pressed is gone: the one in its place has the focus */
		if (running !== before.current && document.activeElement === document.body)
			group.current?.querySelector<HTMLElement>(running ? '[data-action=stop]' : '[data-action=try]')?.focus();
		before.current = running;
	}, [running]);
	const done = (text: string) => { setOpen(null); onDone(text); };
	const report = trial?.state === 'done' ? trial.report : null;
	if (open?.act === 'sign' && open.report) {
		const tried = open.report, left = SIGNATURES - signaturesOf(open.policy).length - 1;
		return <ActionForm id={`sign-${policy.id}`} button="Sign" fields={[]} staff={known.staff} onCancel={() => setOpen(null)}
			about={`I have read ${policyName(open.policy)} and what came of its trial (${trialShort(readTrial(tried))}), and it may be used for patients. ${left > 0 ? 'A second person signs after you; one of the two leads clinically (a consultant).' : 'With this signature it is active, and never changes again.'}`}
			onSend={(person) => sign(open.policy, tried, person)} onDone={done} />;
	}
	if (open)
		return <RetireForm policy={open.policy} known={known} onDone={done} onCancel={() => setOpen(null)} />;
	return (
		<div role="group" aria-label={`Actions for ${name}`} ref={group}>
			{trial?.state === 'running' ? <TrialProgress name={name} progress={trial.progress} /> : null}
			{trial?.state === 'none' ? <p class="quiet">{/has not been tried/.test(trial.why) ? 'Not tried yet: it is signed on a trial.' : /changed since/.test(trial.why) ? 'Changed since it was tried: it is signed on a new trial.' : 'It is signed on a new trial of the last 28 days.'}</p> : null}
			{report ? <p class="quiet">{at(report.date)}, {trialShort(readTrial(report))}.</p> : null}
			{problem ? <p class="problem" role="alert">{problem}</p> : null}
			<div class="card-actions row-actions">
				{report ? <button type="button" class="quick-choice" data-action="sign" aria-label={`Sign ${name}`} onClick={() => setOpen({ act: 'sign', policy, report })}>Sign</button> : null}
				{report ? <button type="button" class="quick-choice" data-action="show" aria-label={`See the trial of ${name}`} onClick={() => onShow({ policy, report, focus: true, again })}>See the trial</button> : null}
				{running ? <button type="button" class="quick-choice" data-action="stop" aria-label={`Stop the trial of ${name}`} onClick={stop}>Stop</button>
					: <button type="button" class="quick-choice" data-action="try" aria-label={`Try ${name} on the last 28 days`} onClick={() => again(null)}>{report ? 'Try again' : 'Try on the last 28 days'}</button>}
				<button type="button" class="quick-choice" data-action="retire" aria-label={`Withdraw ${name}`} onClick={() => setOpen({ act: 'retire', policy, report })}>Withdraw</button>
			</div>
		</div>
	);
}

function ActiveDeeds({ policy, known, onDone }: DeedsProps) {
	const { open, setOpen, group } = useOpened<{ act: Act; policy: Policy }>();
	if (open)
		return <RetireForm policy={open.policy} known={known} onDone={(text) => { setOpen(null); onDone(text); }} onCancel={() => setOpen(null)} />;
	return (
		<div class="card-actions row-actions" role="group" aria-label={`Actions for ${policyName(policy)}`} ref={group}>
			<button type="button" class="quick-choice" data-action="retire" aria-label={`Retire ${policyName(policy)}`} onClick={() => setOpen({ act: 'retire', policy })}>Retire</button>
		</div>
	);
}

function Deeds(props: DeedsProps) {
	if (props.policy.status === 'draft')
		return <DraftDeeds {...props} />;
	return props.policy.status === 'active' ? <ActiveDeeds {...props} /> : <>–</>;
}

function Words({ policy }: { policy: Policy }) {
	return (
		<details class="handover-words"><summary>Read it<span class="nhsuk-u-visually-hidden">: {policyName(policy)}</span></summary>
			<p>{policy.description}</p>
			<ul>{(policy.action ?? []).map((one, index) => <li key={index}><b>{one.title ?? one.id}</b>. {one.description} <span class="quiet">{settingsText(one)}</span>
				{one.action?.length ? <ul class="sub">{one.action.map((part, place) => <li key={place}>{part.title ?? part.description} <span class="quiet">{settingsText(part)}</span></li>)}</ul> : null}</li>)}</ul>
			<p><a href={`/fhir/PlanDefinition/${encodeURIComponent(policy.id)}`}>The whole of it, as it stands in the record</a></p>
		</details>
	);
}

export function PoliciesPage() {
	const [list, setList] = useState<Policy[] | null>(null);
	const [known, setKnown] = useState<Wards>({ board: null, staff: [], wards: new Map(), stays: new Map() });
	const [problem, setProblem] = useState<string | null>(null);
	const [said, setSaid] = useState<string | null>(null);
	const [shown, setShown] = useState<Shown | null>(null);
	const told = useRef<HTMLDivElement>(null);
	useEffect(() => {
		document.title = 'Policies: Homeward';
		const load = () => {
			policies().then((found) => { setList(found); setProblem(null); }, (error: unknown) => setProblem(failureText(error)));
			everybody().then(setKnown, (error: unknown) => setProblem(failureText(error)));
		};
		load();
		const timer = window.setInterval(load, EVERY_MS);
		return () => window.clearInterval(timer);
	}, [said]);
	const done = (text: string) => {
		setSaid(text);
		setShown(null);
		told.current?.focus();
	};
	const close = () => {
		setShown(null);
		document.querySelector<HTMLElement>(`[data-policy="${CSS.escape(shown?.policy.id ?? '')}"] [data-action=show], [data-policy="${CSS.escape(shown?.policy.id ?? '')}"] [data-action=try]`)?.focus();
	};
	return (
		<div class="page">
			<DevelopmentRibbon board={known.board} />
			<header class="top"><div class="top-ward"><a class="top-home" href="/?list">Homeward</a><h1 class="top-name">Policies</h1></div>
				{known.board ? <p class="top-time">As at {at(known.board.serverTime)}</p> : null}</header>
			<main class="ward-page" id="main">
				{problem ? <p class="problem" role="alert">{problem}{list === null ? ' The page tries again by itself.' : ' What stands below may be old: see its time.'}</p> : null}
				<div class="said" role="status" tabIndex={-1} ref={told}>{said ? <p class="said-text">{said}</p> : null}</div>
				{shown ? <TrialPanel name={policyName(shown.policy)} report={shown.report} focus={shown.focus} wards={known.wards} stays={known.stays} onTry={shown.again} onClose={close} /> : null}
				{list === null ? problem ? null : <p class="page-wait" role="status">Loading…</p> : (
					<Table label="Policies" empty="No policy in the record." heads={['Policy', 'Status', 'Signed by', 'What it says', 'What to do']} rows={list.map((policy) => ({
						key: policy.id, cells: [policyName(policy), <Status policy={policy} />,
							signaturesOf(policy).length === 0 ? 'nobody' : <ul>{signaturesOf(policy).map((one, index) => <li key={index}>{one.by}{one.kind === 'person' ? <>, {at(one.at)}</> : one.by.includes(one.kind) ? '' : ` (${one.kind})`}</li>)}</ul>,
							<Words policy={policy} />, <div data-policy={policy.id}><Deeds key={`${policy.id}-${policy.status}`} policy={policy} known={known} onDone={done} onSay={setSaid} onShow={setShown} /></div>] }))} />
				)}
			</main>
		</div>
	);
}
