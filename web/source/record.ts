/* SPDX-License-Identifier: Apache-2.0
 * Reads the record and acts on alerts through the public FHIR API. */
import type { Communication, Task } from './alert_history';
import type { Staff } from './contract';
import { request } from './http';
import type { Observation } from './reading';

interface Bundle<T> {
	entry?: { resource?: T }[];
	link?: { relation: string; url: string }[];
}

const PAGE_COUNT_MAX = 20;

interface Page<T> {
	found: T[];
	next: string | undefined;
}
async function searchPage<T extends { resourceType: string }>(path: string, type: T['resourceType']): Promise<Page<T>> {
	const bundle = await request(path) as Bundle<T>;
	const link = bundle.link?.find((one) => one.relation === 'next');
	const url = link ? new URL(link.url, location.href) : undefined;
	return { found: (bundle.entry ?? []).flatMap((entry) => entry.resource?.resourceType === type ? entry.resource : []), next: url ? url.pathname + url.search : undefined };
}

/* All pages of a search, at most PAGE_COUNT_MAX of them. Links may name another host of this server: only their path counts. */
async function search<T extends { resourceType: string }>(path: string, type: T['resourceType']): Promise<T[]> {
	const found: T[] = [];
	let next: string | undefined = path;
	for (let page = 0; next !== undefined && page < PAGE_COUNT_MAX; page++) {
		const one: Page<T> = await searchPage<T>(next, type);
		found.push(...one.found);
		next = one.next;
	}
	return found;
}

const id = encodeURIComponent;

export function observationsSince(patient: string, since: number): Promise<Observation[]> {
	return search<Observation>(`/fhir/Observation?patient=${id(patient)}`
		+ `&date=ge${new Date(since).toISOString()}&_sort=date&_count=200`, 'Observation');
}

export function tasksSince(patient: string, since: number): Promise<Task[]> {
	return search<Task>(`/fhir/Task?patient=${id(patient)}`
		+ `&authored-on=ge${new Date(since).toISOString()}&_count=100`, 'Task');
}

export function taskVersions(task: string): Promise<Task[]> {
	return search<Task>(`/fhir/Task/${id(task)}/_history?_count=100`, 'Task');
}

export async function pagesAbout(patient: string | null, task: string, since: number): Promise<Communication[]> {
	const all = await search<Communication>(`/fhir/Communication?${patient === null ? 'subject:missing=true' : `patient=${id(patient)}`}`
		+ `&sent=ge${new Date(since).toISOString()}&_count=100`, 'Communication');
	return all.filter((page) => page.about?.some((one) => one.reference === `Task/${task}`));
}

export async function readResource(reference: string): Promise<Record<string, unknown>> {
	return await request(`/fhir/${reference}`) as Record<string, unknown>;
}

interface DetectedIssue {
	resourceType: 'DetectedIssue';
	detail?: string;
}
/* What the ward did with a resource that it did not score, in its own words; the same of several patients once. */
export async function dispositionsOf(reference: string): Promise<string[]> {
	const found = await search<DetectedIssue>(`/fhir/DetectedIssue?implicated=${id(reference)}&_count=20`, 'DetectedIssue');
	return [...new Set(found.flatMap((one) => one.detail ?? []))];
}

interface Media {
	resourceType: 'Media';
	content?: { contentType?: string; data?: string };
	createdDateTime?: string;
	note?: { text?: string }[];
}
/* One at a time, for each may be large: the newest, or what a page before said comes next. */
export function photograph(patient: string, next?: string): Promise<Page<Media>> {
	return searchPage<Media>(next ?? `/fhir/Media?patient=${id(patient)}&_sort=-created&_count=1`, 'Media');
}

interface PractitionerRole {
	resourceType: 'PractitionerRole';
	telecom?: { system?: string; value?: string }[];
}
const ROLE = 'https://fhir.homeward.example/CodeSystem/ward-role';

/* The number to call when this page cannot be relied on; null when the rota names none. */
export async function switchboardPhone(ward: string): Promise<string | null> {
	const roles = await search<PractitionerRole>(
		`/fhir/PractitionerRole?organization=${id(ward)}&role=${id(`${ROLE}|switchboard`)}`, 'PractitionerRole');
	for (const role of roles)
		for (const telecom of role.telecom ?? [])
			if (telecom.system === 'phone' && telecom.value)
				return telecom.value;
	return null;
}

function parameters(by: Staff, more: object[]): object {
	return { resourceType: 'Parameters', parameter: [
		{ name: 'by', valueReference: { reference: `PractitionerRole/${by.id}`, display: by.name } }, ...more] };
}

/* Done only when the answer says so: the Task comes back accepted, or this throws. */
export async function acknowledge(task: string, version: string, by: Staff, plan: string, minutes: number): Promise<Task> {
	const answer = await request(`/fhir/Task/${id(task)}/$acknowledge`, parameters(by, [
		{ name: 'plan', valueString: plan },
		{ name: 'reviewMinutes', valueInteger: minutes },
	]), 'POST', version) as Task;
	if (answer.resourceType !== 'Task' || answer.status !== 'accepted')
		throw new Error('not accepted');
	return answer;
}

export async function resolve(task: string, version: string, by: Staff, reason: string): Promise<Task> {
	const answer = await request(`/fhir/Task/${id(task)}/$resolve`, parameters(by, [
		{ name: 'reason', valueString: reason },
	]), 'POST', version) as Task;
	if (answer.resourceType !== 'Task' || answer.status !== 'completed')
		throw new Error('not completed');
	return answer;
}

export interface HandoverTask {
	resourceType: 'Task';
	id: string;
	authoredOn?: string;
	requester?: { reference?: string; display?: string };
	owner?: { reference?: string; display?: string };
	note?: { text?: string }[];
	extension?: { url: string; valueReference?: { reference?: string } }[];
}
const WARD_TASK = 'https://fhir.homeward.example/CodeSystem/ward-task';

/* Of all wards: a Task of a handover names its stay, not its ward. */
export function handoversWaiting(): Promise<HandoverTask[]> {
	return search<HandoverTask>(`/fhir/Task?code=${id(`${WARD_TASK}|hand-over`)}&status=requested&_count=200`, 'Task');
}

export interface Location {
	resourceType: 'Location';
	id: string;
	name?: string;
	physicalType?: { coding?: { code?: string }[] };
}

/* Where a ward's equipment can be; its beds last, for equipment seldom stands there. */
export async function locationsOf(ward: string): Promise<Location[]> {
	const found = await search<Location>(`/fhir/Location?organization=${id(ward)}&status=active&_count=200`, 'Location');
	const isBed = (one: Location) => one.physicalType?.coding?.some((coding) => coding.code === 'bd') === true;
	return found.sort((a, b) => Number(isBed(a)) - Number(isBed(b)) || (a.name ?? a.id).localeCompare(b.name ?? b.id));
}

export interface PlanOfCare {
	resourceType: 'CarePlan';
	id: string;
	supportingInfo?: { reference?: string }[];
	activity?: { detail?: { scheduledTiming?: { repeat?: { period?: number; periodUnit?: string; timeOfDay?: string[] } } } }[];
	note?: { authorString?: string; authorReference?: { reference?: string; display?: string }; time?: string; text?: string }[];
	extension?: PolicyPart[];
}

/* Of this stay; null when it has none. */
export async function planOfCare(patient: string, episode: string): Promise<PlanOfCare | null> {
	const found = await search<PlanOfCare>(`/fhir/CarePlan?subject=Patient/${id(patient)}&status=active,on-hold&_count=20`, 'CarePlan');
	return found.find((one) => one.supportingInfo?.some((about) => about.reference === `EpisodeOfCare/${episode}`)) ?? null;
}

export interface TestPage {
	resourceType: 'Communication';
	id: string;
	status: string;
	sent?: string;
	received?: string;
	recipient?: { reference?: string }[];
	medium?: { coding?: { code?: string }[] }[];
}

/* Test pages to these people (PractitionerRole ids) since a time, newest first. */
export async function channelTests(people: readonly string[], since: number): Promise<TestPage[]> {
	if (people.length === 0)
		return [];
	const found = await search<TestPage>(`/fhir/Communication?category=${id(`${WARD_TASK}|channel-test`)}&sent=ge${new Date(since).toISOString()}`
		+ `&recipient=${people.map((one) => id(`PractitionerRole/${one}`)).join(',')}&_count=200`, 'Communication');
	return found.sort((a, b) => (b.sent ?? '').localeCompare(a.sent ?? ''));
}

/* Asks for a test of the ways to one person, or to everybody on shift; the server's time of it. */
export async function testChannels(ward: string, by: Staff, to: string | null): Promise<number> {
	const answer = await request('/fhir/CommunicationRequest', { resourceType: 'CommunicationRequest', status: 'active',
		category: [{ coding: [{ system: WARD_TASK, code: 'channel-test' }] }], about: [{ reference: `Organization/${ward}` }],
		requester: { reference: `PractitionerRole/${by.id}`, display: by.name },
		...(to === null ? {} : { recipient: [{ reference: `PractitionerRole/${to}` }] }) }) as { meta?: { lastUpdated?: string } };
	return Date.parse(answer.meta?.lastUpdated ?? '');
}

export interface PolicyPart {
	url: string;
	extension?: PolicyPart[];
	valueReference?: { reference?: string; display?: string };
	valueString?: string;
	valueInstant?: string;
	valueCode?: string;
	valueInteger?: number;
	[value: `value${string}`]: unknown;
}
export interface PolicyAction {
	timingTiming?: { repeat?: { period?: number; periodUnit?: string; timeOfDay?: string[] } };
	extension?: PolicyPart[];
	id?: string;
	title?: string;
	description?: string;
	action?: PolicyAction[];
}
export interface Policy {
	resourceType: 'PlanDefinition';
	id: string;
	url?: string;
	meta?: { versionId?: string };
	title?: string;
	version?: string;
	status: string;
	description?: string;
	extension?: PolicyPart[];
	action?: PolicyAction[];
}

/* Drafts first: they wait for somebody. */
export async function policies(): Promise<Policy[]> {
	const found = await search<Policy>('/fhir/PlanDefinition?_count=100', 'PlanDefinition');
	const name = (one: Policy) => `${one.status === 'draft' ? 0 : one.status === 'active' ? 1 : 2}${one.title ?? one.id} ${one.version ?? ''}`;
	return found.sort((a, b) => name(a).localeCompare(name(b), undefined, { numeric: true }));
}

/* Any operation by a person on a resource; the answer is what it changed. */
export async function operate(path: string, by: Staff, more: object[], version?: string): Promise<unknown> {
	return await request(`/fhir/${path}`, parameters(by, more), 'POST', version);
}

/* The page of an alert on the board was displayed to this person: no more than a mark, so a failure is not told. */
export function seen(task: string, by: string): void {
	void request('/ward/seen', { task, by: `PractitionerRole/${by}` }).catch(() => undefined);
}
