/* SPDX-License-Identifier: Apache-2.0
 * `/?policies`: every policy with its status, who signed it and what it says; a draft is signed here by two people. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ActionForm } from './action_form';
import type { Board, Staff, WardSummary } from './contract';
import { Failure, failureText, request } from './http';
import { operate, policies, type Policy, type PolicyAction, type PolicyPart } from './record';
import { at, Table } from './table';

const SIGNATURES = 2;
const EVERY_MS = 30_000;
const WARDS_MAX = 30;

interface Signature {
	by: string;
	at: string;
	kind: string;
}
function signaturesOf(policy: Policy): Signature[] {
	return (policy.extension ?? []).filter((one) => one.url.endsWith('/StructureDefinition/signature')).map((one) => {
		const part = (name: string) => one.extension?.find((each) => each.url === name);
		const by = part('by');
		return { by: by?.valueReference?.display ?? by?.valueReference?.reference ?? by?.valueString ?? 'somebody', at: part('at')?.valueInstant ?? '', kind: part('kind')?.valueCode ?? '' };
	});
}
function nameOf(policy: Policy): string {
	return `${policy.title ?? policy.id}, version ${policy.version ?? 'without a number'}`;
}

/* Everybody who works on a ward of this server. */
async function everybody(): Promise<Staff[]> {
	const wards = await request('/ward/list') as WardSummary[];
	const boards = await Promise.all(wards.slice(0, WARDS_MAX).map((ward) => request(`/ward/board?ward=${encodeURIComponent(ward.id)}`) as Promise<Board>));
	return [...new Map(boards.flatMap((board) => board.staff).map((one) => [one.id, one])).values()];
}

/* A signature is for what was read: not for a draft that has changed since this page showed it. */
async function sign(policy: Policy, person: Staff): Promise<string> {
	const now = await request(`/fhir/PlanDefinition/${encodeURIComponent(policy.id)}`) as Policy;
	if (now.meta?.versionId !== policy.meta?.versionId)
		throw new Failure('This draft has been changed since it was shown here. Cancel, and read it again.', 409, false);
	const answer = await operate(`PlanDefinition/${encodeURIComponent(policy.id)}/$sign`, person, []) as Policy;
	return answer.status === 'active' ? `Signed by ${person.name}: ${nameOf(policy)} is active.` : `Signed by ${person.name}: ${nameOf(policy)}. A second person must sign it.`;
}

function Signing({ policy, staff, onDone }: { policy: Policy; staff: readonly Staff[]; onDone(text: string): void }) {
	const [shown, setShown] = useState<Policy | null>(null); /* as it stood when Sign was pressed */
	if (policy.status !== 'draft')
		return <>–</>;
	if (!shown)
		return <button type="button" class="quick-choice" data-action="sign" aria-label={`Sign ${nameOf(policy)}`} onClick={() => setShown(policy)}>Sign</button>;
	const left = SIGNATURES - signaturesOf(shown).length - 1;
	return <ActionForm id={`sign-${policy.id}`} button="Sign" fields={[]} staff={staff} onCancel={() => setShown(null)}
		about={`I have read ${nameOf(shown)}, and it may be used for patients. ${left > 0 ? 'A second person signs after you; one of the two leads clinically (a consultant).' : 'With this signature it is active, and never changes again.'}`}
		onSend={(person) => sign(shown, person)} onDone={(text) => { setShown(null); onDone(text); }} />;
}

/* The numbers and codes that the rules read, by their names: what is signed is these, not the titles. */
function valueText(part: PolicyPart | undefined): string {
	const value = Object.entries(part ?? {}).find(([key]) => key.startsWith('value'))?.[1];
	if (value !== null && typeof value === 'object') {
		const quantity = value as { value?: number; unit?: string; code?: string };
		return quantity.value === undefined ? JSON.stringify(value) : `${quantity.value} ${quantity.unit ?? quantity.code ?? ''}`.trim();
	}
	return String(value ?? '');
}
function settingsText(action: PolicyAction): string {
	const found = new Map<string, string[]>();
	const repeat = action.timingTiming?.repeat;
	if (repeat?.timeOfDay?.length)
		found.set('at', repeat.timeOfDay.map((time) => time.slice(0, 5)));
	else if (repeat?.period !== undefined)
		found.set('every', [`${repeat.period} ${repeat.periodUnit ?? ''}`]);
	for (const one of action.extension ?? []) {
		const name = valueText(one.extension?.find((part) => part.url === 'name'));
		if (one.url.endsWith('/StructureDefinition/setting') && name !== '')
			found.set(name, [...found.get(name) ?? [], valueText(one.extension?.find((part) => part.url === 'value'))]);
	}
	return [...found].map(([name, values]) => `${name}: ${values.join(', ')}`).join('; ');
}

function Words({ policy }: { policy: Policy }) {
	return (
		<details class="handover-words"><summary>Read it<span class="nhsuk-u-visually-hidden">: {nameOf(policy)}</span></summary>
			<p>{policy.description}</p>
			<ul>{(policy.action ?? []).map((one, index) => <li key={index}><b>{one.title ?? one.id}</b>. {one.description} <span class="quiet">{settingsText(one)}</span>
				{one.action?.length ? <ul class="sub">{one.action.map((part, place) => <li key={place}>{part.title ?? part.description} <span class="quiet">{settingsText(part)}</span></li>)}</ul> : null}</li>)}</ul>
			<p><a href={`/fhir/PlanDefinition/${encodeURIComponent(policy.id)}`}>The whole of it, as it stands in the record</a></p>
		</details>
	);
}

export function PoliciesPage() {
	const [list, setList] = useState<Policy[] | null>(null);
	const [staff, setStaff] = useState<Staff[]>([]);
	const [problem, setProblem] = useState<string | null>(null);
	const [said, setSaid] = useState<string | null>(null);
	const told = useRef<HTMLDivElement>(null);
	useEffect(() => {
		document.title = 'Policies: Homeward';
		const load = () => {
			policies().then((found) => { setList(found); setProblem(null); }, (error: unknown) => setProblem(failureText(error)));
			everybody().then(setStaff, (error: unknown) => setProblem(failureText(error)));
		};
		load();
		const timer = window.setInterval(load, EVERY_MS);
		return () => window.clearInterval(timer);
	}, [said]);
	const done = (text: string) => {
		setSaid(text);
		told.current?.focus();
	};
	return (
		<div class="page">
			<header class="top"><div class="top-ward"><a class="top-home" href="/?list">Homeward</a><h1 class="top-name">Policies</h1></div></header>
			<main class="ward-page" id="main">
				{problem ? <p class="problem" role="alert">{problem} What stands below may be old.</p> : null}
				<div class="said" role="status" tabIndex={-1} ref={told}>{said ? <p class="said-text">{said}</p> : null}</div>
				{list === null ? <p class="page-wait" role="status">Loading…</p> : (
					<Table label="Policies" empty="No policy in the record." heads={['Policy', 'Status', 'Signed by', 'What it says', 'What to do']} rows={list.map((policy) => ({
						key: policy.id, cells: [nameOf(policy), policy.status,
							signaturesOf(policy).length === 0 ? 'nobody' : <ul>{signaturesOf(policy).map((one, index) => <li key={index}>{one.by}{one.kind === 'person' ? <>, {at(one.at)}</> : one.by.includes(one.kind) ? '' : ` (${one.kind})`}</li>)}</ul>,
							<Words policy={policy} />, <Signing policy={policy} staff={staff} onDone={done} />] }))} />
				)}
			</main>
		</div>
	);
}
