/* SPDX-License-Identifier: Apache-2.0
 * FHIR Observations as series for the chart and the table: codes of docs/decisions/0002-ward-in-fhir.md. */
import { SIGNS } from './sign';
import { isTemperatureBySite, siteText } from './site';

interface Coding {
	system?: string;
	code?: string;
	display?: string;
}
export interface Concept {
	coding?: Coding[];
	text?: string;
}
export interface Part {
	code?: Concept;
	valueQuantity?: { value?: number; comparator?: string; unit?: string; code?: string };
	valueCodeableConcept?: Concept;
	valueBoolean?: boolean;
	dataAbsentReason?: Concept;
}
export interface Observation extends Part {
	resourceType: 'Observation';
	id: string;
	status?: string;
	effectiveDateTime?: string;
	effectiveInstant?: string;
	component?: Part[];
	method?: Concept;
	bodySite?: Concept;
	extension?: { url: string; valueInteger?: number; valueBoolean?: boolean; valueCode?: string }[];
}

export interface Point {
	at: number;
	value: number | null; /* null: words only */
	text: string;
	observation: string;
}
export type Series = Map<string, Point[]>;

const NAMES: Record<string, string> = {
	'9279-1': 'respiratoryRate', '86290005': 'respiratoryRate',
	'8867-4': 'heartRate', '364075005': 'heartRate', '444981005': 'heartRate', '78564009': 'heartRate',
	'2708-6': 'spo2', '59408-5': 'spo2', '431314004': 'spo2', '103228002': 'spo2',
	'8310-5': 'temperature', '276885007': 'temperature', '386725007': 'temperature',
	'8480-6': 'systolic', '72313002': 'systolic',
	'44963-7': 'capillaryRefill',
	'3151-8': 'oxygen', '3150-6': 'oxygen', '722742002': 'oxygen',
	'1364081000000103': 'respiratoryDistress',
	'1104441000000107': 'consciousness',
	'1364121000000100': 'worried', 'worried': 'worried',
	'1363261000000104': 'score', '1104051000000101': 'score',
};
const SYSTEMS = /^(http:\/\/loinc\.org|http:\/\/snomed\.info\/sct|https:\/\/fhir\.homeward\.example\/CodeSystem\/)/;
/* UCUM's codes in the words of a ward. */
const UNITS: Record<string, string> = { Cel: '°C', '[degF]': '°F', 'mm[Hg]': 'mmHg' };
const CARER: Record<string, string> =
	{ W: 'worse', S: 'same', B: 'better', A: 'asleep', U: 'unavailable' };

export function signNameOf(concept: Concept | undefined): string | null {
	for (const coding of concept?.coding ?? []) {
		const name = SYSTEMS.test(coding.system ?? '') ? NAMES[coding.code ?? ''] : undefined;
		if (name)
			return name;
	}
	return isTemperatureBySite(concept) ? 'temperature' : null;
}

export function conceptText(concept: Concept): string {
	const coding = concept.coding?.[0];
	return coding?.display ?? concept.text ?? coding?.code ?? '';
}

export function textOf(name: string, part: Part, observation: Observation): string {
	const { method } = observation;
	const device = method ? `${method.coding?.[0]?.code ?? method.text ?? ''} ` : '';
	if (part.valueQuantity?.value !== undefined) {
		const sent = part.valueQuantity.unit ?? part.valueQuantity.code ?? '', unit = UNITS[sent] ?? sent;
		const site = name === 'temperature' ? siteText(part === observation ? observation.bodySite : undefined, part.code) : '';
		return `${name === 'oxygen' ? device : ''}${part.valueQuantity.comparator ?? ''}${part.valueQuantity.value}${unit === '' || name === 'score' ? '' : ` ${unit}`}${site === '' ? '' : `, ${site}`}`;
	}
	if (part.valueCodeableConcept) {
		const code = part.valueCodeableConcept.coding?.[0]?.code ?? '';
		return name === 'worried' ? CARER[code] ?? conceptText(part.valueCodeableConcept)
			: conceptText(part.valueCodeableConcept);
	}
	if (part.valueBoolean !== undefined)
		return name === 'worried' ? (part.valueBoolean ? 'worried' : 'not worried') : String(part.valueBoolean);
	if (part.dataAbsentReason)
		return `not done (${conceptText(part.dataAbsentReason)})`;
	return name === 'oxygen' ? (device.trim() || 'air') : '';
}

/* Degrees Fahrenheit are drawn as Celsius; any other value stands as it was sent. */
function valueOf(name: string, part: Part): number | null {
	const value = part.valueQuantity?.value;
	if (value === undefined || !Number.isFinite(value))
		return null;
	if (name === 'temperature' && part.valueQuantity?.code === '[degF]')
		return Math.round((value - 32) * 50 / 9) / 10;
	return value;
}

/* Sorted by time; readings entered in error are left out. */
export function series(observations: readonly Observation[]): Series {
	const found: Series = new Map();
	for (const observation of observations) {
		const at = Date.parse(observation.effectiveDateTime ?? observation.effectiveInstant ?? '');
		if (!Number.isFinite(at) || observation.status === 'entered-in-error')
			continue;
		const own = signNameOf(observation.code);
		/* The components of a score are its parts, not readings. */
		const parts: Part[] = own === 'score' ? [observation] : [observation, ...observation.component ?? []];
		for (const part of parts) {
			const name = signNameOf(part.code);
			const text = name ? textOf(name, part, observation) : '';
			if (!name || text === '')
				continue;
			const points = found.get(name) ?? [];
			points.push({ at, value: valueOf(name, part), text, observation: observation.id });
			found.set(name, points);
		}
	}
	for (const points of found.values())
		points.sort((a, b) => a.at - b.at);
	return found;
}

/* Points as the two columns of a chart, with a gap wherever readings lie further apart than `gap` ms.
 * Instants in seconds, as uPlot wants them. */
export function columns(points: readonly Point[], gap: number): [number[], (number | null)[]] {
	const at: number[] = [], value: (number | null)[] = [];
	let last = NaN;
	for (const point of points) {
		if (point.value === null)
			continue;
		if (point.at - last > gap) {
			at.push((last + point.at) / 2000);
			value.push(null);
		}
		at.push(point.at / 1000);
		value.push(point.value);
		last = point.at;
	}
	return [at, value];
}

/* One line a time, newest first: what the table under the chart shows. */
export function lines(all: Series): { at: number; cells: Map<string, string> }[] {
	const found = new Map<number, Map<string, string>>();
	const known = new Set(['score', ...SIGNS.map((sign) => sign.name)]);
	for (const [name, points] of all) {
		if (!known.has(name))
			continue;
		for (const point of points) {
			const minute = Math.floor(point.at / 60_000) * 60_000;
			const cells = found.get(minute) ?? new Map<string, string>();
			const before = cells.get(name);
			cells.set(name, before === undefined || before === point.text ? point.text : `${before}, ${point.text}`);
			found.set(minute, cells);
		}
	}
	return [...found].map(([at, cells]) => ({ at, cells })).sort((a, b) => b.at - a.at);
}
