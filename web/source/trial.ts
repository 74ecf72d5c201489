/* SPDX-License-Identifier: Apache-2.0
 * A policy tried on stored history (docs/decisions/0015): how to start it, ask how far it is, and read its report. */
import { exchange } from './http';
import type { PolicyPart } from './record';

interface Figure {
	code?: { coding?: { code?: string }[] };
	population?: { count?: number }[];
	measureScore?: { value?: number };
	stratifier?: { stratum?: { component?: { value?: { text?: string } }[]; population?: { count?: number }[]; measureScore?: { value?: number } }[] }[];
}
interface Entry {
	date?: string;
	item?: { reference?: string };
	flag?: { coding?: { code?: string }[] };
}
export interface TrialReport {
	resourceType: 'MeasureReport';
	id: string;
	date?: string;
	period?: { start?: string; end?: string };
	extension?: PolicyPart[];
	group?: Figure[];
	contained?: { id?: string; entry?: Entry[] }[];
}
export type Trial =
	| { state: 'running'; where: string; progress: string }
	| { state: 'done'; report: TrialReport }
	| { state: 'none'; why: string };

const id = encodeURIComponent;

function trialOf(answer: { status: number; headers: Headers; body: unknown }): Trial {
	if (answer.status === 202) {
		const where = answer.headers.get('Content-Location');
		return { state: 'running', where: where ? new URL(where, location.href).pathname : '', progress: answer.headers.get('X-Progress') ?? '' };
	}
	const bundle = answer.body as { entry?: { resource?: TrialReport; response?: { outcome?: { issue?: { diagnostics?: string }[] } } }[] };
	const entry = bundle.entry?.[0];
	if (entry?.resource?.resourceType === 'MeasureReport')
		return { state: 'done', report: entry.resource };
	return { state: 'none', why: entry?.response?.outcome?.issue?.[0]?.diagnostics ?? 'There is no result.' };
}

/* What a signature would stand on now, or what is lacking; a trial that runs comes first. */
export async function trialToSign(policy: string): Promise<Trial> {
	return trialOf(await exchange(`/fhir/PlanDefinition/${id(policy)}/$try`));
}
/* Without a ward: all patients under the policy's url. */
export async function startTrial(policy: string, ward: string | null): Promise<Trial> {
	return trialOf(await exchange(`/fhir/PlanDefinition/${id(policy)}/$try`, { resourceType: 'Parameters',
		...(ward === null ? {} : { parameter: [{ name: 'ward', valueReference: { reference: `Organization/${ward}` } }] }) }));
}
export async function askTrial(where: string): Promise<Trial> {
	return trialOf(await exchange(where));
}
export async function stopTrial(where: string): Promise<void> {
	await exchange(where, undefined, 'DELETE');
}
export const percentOf = (progress: string) => Number(/^\d+/.exec(progress)?.[0] ?? 0);

/* --- the report ------------------------------------------------------------------------------ */

export interface TrialRow {
	level: string;
	rule: string;
	before: number;
	after: number;
	beforePerDay: number | null; /* null: no patient day to divide by */
	afterPerDay: number | null;
	missed: number; /* of High and more */
	added: number;
}
export interface TrialAlert {
	stay: string;
	at: string;
	level: string;
	rule: string;
}
export interface TrialResult {
	at: string;
	from: string;
	to: string;
	stays: number;
	days: number;
	leftOut: number;
	wards: string[];
	before: number;
	after: number;
	beforePerDay: number | null;
	afterPerDay: number | null;
	rows: TrialRow[];
	missed: { count: number; named: TrialAlert[] };
	added: { count: number; named: TrialAlert[] };
}

const figureOf = (report: TrialReport, code: string) => report.group?.find((one) => one.code?.coding?.[0]?.code === code);
const countOf = (figure: { population?: { count?: number }[] } | undefined) => figure?.population?.[0]?.count ?? 0;
const scoreOf = (figure: { measureScore?: { value?: number } } | undefined) => figure?.measureScore?.value ?? null;

function lacking(report: TrialReport, name: string): { count: number; named: TrialAlert[] } {
	const entries = report.contained?.find((one) => one.id === name)?.entry ?? [];
	return { count: countOf(figureOf(report, `trial-${name}`)), named: entries.map((one) => ({ stay: (one.item?.reference ?? '').replace('EpisodeOfCare/', ''), at: one.date ?? '',
		level: one.flag?.coding?.[0]?.code ?? '', rule: one.flag?.coding?.[1]?.code ?? '' })) };
}

export function readTrial(report: TrialReport): TrialResult {
	const parts = report.extension?.find((one) => one.url.endsWith('/StructureDefinition/policy-trial'))?.extension ?? [];
	const before = figureOf(report, 'trial-before'), after = figureOf(report, 'trial-after');
	const strata = (code: string) => figureOf(report, code)?.stratifier?.[0]?.stratum ?? []; /* the same rows in each */
	const afterwards = strata('trial-after'), missed = strata('trial-missed'), added = strata('trial-added');
	const number = (name: string) => Number(parts.find((one) => one.url === name)?.valueDecimal ?? 0);
	return {
		at: report.date ?? '', from: report.period?.start ?? '', to: report.period?.end ?? '',
		stays: countOf(figureOf(report, 'patient-days')), days: number('patient-days'), leftOut: number('left-out'),
		wards: parts.filter((one) => one.url === 'ward').map((one) => (one.valueReference?.reference ?? '').replace('Organization/', '')),
		before: countOf(before), after: countOf(after), beforePerDay: scoreOf(before), afterPerDay: scoreOf(after),
		rows: strata('trial-before').map((one, index) => ({
			level: one.component?.[0]?.value?.text ?? '', rule: one.component?.[1]?.value?.text ?? '',
			before: countOf(one), after: countOf(afterwards[index]), beforePerDay: scoreOf(one), afterPerDay: scoreOf(afterwards[index]),
			missed: countOf(missed[index]), added: countOf(added[index]),
		})),
		missed: lacking(report, 'missed'), added: lacking(report, 'added'),
	};
}

const many = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

export const daysText = (days: number) => days < 10 ? days.toFixed(2) : days.toFixed(0);

/* What a person who signs must have read. */
export function trialShort(result: TrialResult): string {
	if (result.stays === 0)
		return 'tried on nobody: no patient was under this policy';
	return `tried on ${many(result.stays, 'stay')}, ${daysText(result.days)} patient days: ${result.missed.count} High or Emergency missed, ${result.added.count} added`;
}
