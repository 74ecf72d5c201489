/* SPDX-License-Identifier: Apache-2.0
 * What a resource says, in lines a nurse can read: signs, answers and photographs, wherever they stand within it, as they were
 * sent. Nothing is judged here. A resource that has none of them is told value by value. */
import { conceptText, signNameOf, textOf, type Concept, type Observation, type Part } from './reading';
import { signLabel } from './sign';

export const LINES_MAX = 200;

export interface ToldLine {
	what: string;
	value: string;
	at: number | null;
	from: string;
	whose: string; /* a reference; empty: nobody is named */
	withdrawn: boolean;
}
export interface ToldPicture {
	type: string;
	data: string; /* base64 */
	at: number | null;
	note: string;
}
export interface Told {
	lines: ToldLine[];
	left: number; /* lines beyond LINES_MAX */
	pictures: ToldPicture[];
}

type Tree = Record<string, unknown>;
interface Named {
	reference?: string;
	display?: string;
	identifier?: { value?: string };
}
interface Answer {
	valueCoding?: { display?: string; code?: string };
	[value: string]: unknown;
}
interface Item {
	linkId?: string;
	text?: string;
	answer?: Answer[];
	item?: Item[];
}
interface Response {
	status?: string;
	authored?: string;
	source?: Named;
	author?: Named;
	item?: Item[];
}
interface Media {
	content?: { contentType?: string; data?: string };
	createdDateTime?: string;
	note?: { text?: string }[];
}

function isTree(value: unknown): value is Tree {
	return typeof value === 'object' && value !== null;
}

/* A reading that says on whom it was measured is theirs. */
function whoseOf(resource: Tree): string {
	const [measured] = resource.resourceType === 'Observation' ? (resource.focus ?? []) as Named[] : [];
	return measured?.reference ?? ((resource.subject ?? resource.patient) as Named | undefined)?.reference ?? '';
}
/* All resources in it, itself among them, in the order in which they stand. Where one names nobody, it is told of whom the
 * resource around it speaks. */
function resourcesWithin(root: Tree): { resource: Tree; whose: string }[] {
	const found: { resource: Tree; whose: string }[] = [], open = [{ tree: root, holder: '' }];
	for (let at = open.pop(); at; at = open.pop()) {
		const { tree } = at, isResource = typeof tree.resourceType === 'string';
		const holder = isResource ? whoseOf(tree) || at.holder : at.holder;
		if (isResource)
			found.push({ resource: tree, whose: holder });
		for (const value of Object.values(tree).reverse())
			if (isTree(value))
				open.push({ tree: value, holder });
	}
	return found;
}

function instantOf(text: string | undefined): number | null {
	const at = Date.parse(text ?? '');
	return Number.isFinite(at) ? at : null;
}
function nameOf(named: Named | undefined): string {
	return named?.display ?? named?.identifier?.value ?? named?.reference ?? '';
}
function isWithdrawn(status: string | undefined): boolean {
	return status === 'entered-in-error' || status === 'cancelled';
}

function valueText(part: Part & Tree, observation: Observation): string {
	const known = textOf(signNameOf(part.code) ?? '', part, observation);
	if (known !== '')
		return known;
	const value = Object.entries(part).find(([name, one]) => /^value[A-Z]/.test(name) && one !== undefined)?.[1];
	return value === undefined ? '' : isTree(value) ? leavesOf(value).map((leaf) => leaf.value).join(' ') : String(value);
}
function partLabel(concept: Concept | undefined): string {
	const name = signNameOf(concept);
	return name && name !== 'score' ? signLabel(name) : conceptText(concept ?? {});
}

interface Observed extends Observation {
	effectivePeriod?: { end?: string };
	performer?: Named[];
	device?: Named;
}
function observationLines(observation: Observed, whose: string): ToldLine[] {
	const at = instantOf(observation.effectiveDateTime ?? observation.effectiveInstant ?? observation.effectivePeriod?.end);
	const from = [nameOf(observation.performer?.[0]), nameOf(observation.device)].filter((one) => one !== '').join(', ');
	return [observation, ...observation.component ?? []]
		.map((part) => ({ what: partLabel(part.code), value: valueText(part as Part & Tree, observation), at, from, whose, withdrawn: isWithdrawn(observation.status) }))
		.filter((line, index) => line.value !== '' || (index === 0 && (observation.component ?? []).length === 0));
}

function answerText(answer: Answer): string {
	if (answer.valueCoding)
		return answer.valueCoding.display ?? answer.valueCoding.code ?? '';
	if (typeof answer.valueBoolean === 'boolean')
		return answer.valueBoolean ? 'yes' : 'no';
	return leavesOf(answer).map((leaf) => leaf.value).join(' ');
}
function responseLines(response: Response, whose: string): ToldLine[] {
	const lines: ToldLine[] = [], open = (response.item ?? []).slice().reverse();
	for (let item = open.pop(); item; item = open.pop()) {
		if (item.answer)
			lines.push({ what: item.text ?? item.linkId ?? '', value: item.answer.map(answerText).join(', '), at: instantOf(response.authored),
				from: nameOf(response.source ?? response.author), whose, withdrawn: isWithdrawn(response.status) });
		open.push(...(item.item ?? []).slice().reverse());
	}
	return lines;
}

/* Every plain value with the names that lead to it; what only the record needs is left out. */
function leavesOf(root: Tree): { what: string; value: string }[] {
	const found: { what: string; value: string }[] = [], open: { what: string; value: unknown }[] = [{ what: '', value: root }];
	for (let at = open.pop(); at; at = open.pop()) {
		const { what, value } = at;
		if (isTree(value))
			open.push(...Object.entries(value).filter(([name]) => !['meta', 'resourceType', 'div', 'data', 'system'].includes(name)).reverse()
				.map(([name, inner]) => ({ what: Array.isArray(value) ? what : what === '' ? name : `${what} ${name}`, value: inner })));
		else if (value !== null)
			found.push({ what, value: String(value) });
	}
	return found;
}

const PICTURES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
export function pictureOf(media: Media): ToldPicture | null {
	const { contentType, data } = media.content ?? {};
	if (!contentType || !data || !PICTURES.includes(contentType))
		return null;
	return { type: contentType, data, at: instantOf(media.createdDateTime), note: (media.note ?? []).map((note) => note.text ?? '').join(' ') };
}

export function tell(root: Tree): Told {
	const within = resourcesWithin(root);
	const lines = within.flatMap(({ resource, whose }) => resource.resourceType === 'Observation' ? observationLines(resource as unknown as Observed, whose)
		: resource.resourceType === 'QuestionnaireResponse' ? responseLines(resource as Response, whose) : []);
	const pictures = within.flatMap(({ resource }) => resource.resourceType === 'Media' ? pictureOf(resource as Media) ?? [] : []);
	const shown = lines.length + pictures.length > 0 ? lines
		: leavesOf(root).map((leaf) => ({ ...leaf, at: null, from: '', whose: '', withdrawn: false }));
	return { lines: shown.slice(0, LINES_MAX), left: Math.max(0, shown.length - LINES_MAX), pictures };
}
