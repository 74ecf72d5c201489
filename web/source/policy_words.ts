/* SPDX-License-Identifier: Apache-2.0
 * What a policy says, in words: the numbers and codes that the rules read, by their names, because those are what is signed
 * and not the titles; and what differs between two of them. */
import type { Policy, PolicyAction, PolicyPart } from './record';

export function policyName(policy: Policy): string {
	return `${policy.title ?? policy.id}, version ${policy.version ?? 'without a number'}`;
}
export function canonicalOf(policy: Policy): string {
	return `${policy.url ?? ''}|${policy.version ?? ''}`;
}

function valueText(part: PolicyPart | undefined): string {
	const value = Object.entries(part ?? {}).find(([key]) => key.startsWith('value'))?.[1];
	if (value !== null && typeof value === 'object') {
		const quantity = value as { value?: number; unit?: string; code?: string };
		return quantity.value === undefined ? JSON.stringify(value) : `${quantity.value} ${quantity.unit ?? quantity.code ?? ''}`.trim();
	}
	return String(value ?? '');
}
function settingsOf(action: PolicyAction): Map<string, string> {
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
	return new Map([...found].map(([name, values]) => [name, values.join(', ')]));
}
export function settingsText(action: PolicyAction): string {
	return [...settingsOf(action)].map(([name, value]) => `${name}: ${value}`).join('; ');
}

/* --- what differs ----------------------------------------------------------------------------- */

export interface PolicyDifference {
	title: string;
	kind: 'new' | 'gone' | 'other';
	text: string;
}
/* A rung, a criterion: its words with what it reads. */
const partText = (part: PolicyAction) => [part.title ?? part.description ?? '', settingsText(part)].filter((one) => one !== '').join(' ');

function otherText(before: PolicyAction, after: PolicyAction): string {
	const was = settingsOf(before), is = settingsOf(after);
	const lines = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name))
		.map((name) => was.has(name) && is.has(name) ? `${name}: ${is.get(name) ?? ''} (now ${was.get(name) ?? ''})` : is.has(name) ? `${name}: ${is.get(name) ?? ''} (now none)` : `${name}: none (now ${was.get(name) ?? ''})`);
	const parts = [before, after].map((one) => (one.action ?? []).map(partText).join(', '));
	if (parts[0] !== parts[1])
		lines.push(`${parts[1] === '' ? 'nothing' : parts[1]} (now ${parts[0] === '' ? 'nothing' : parts[0]})`);
	return lines.join('; ');
}

/* What a patient who is under `before` would meet under `after`, in the order of `after`; what is gone last. */
export function policyDifferences(before: Policy, after: Policy): PolicyDifference[] {
	const key = (action: PolicyAction) => action.id ?? action.title ?? '';
	const had = new Map((before.action ?? []).map((one) => [key(one), one]));
	const has = new Set((after.action ?? []).map(key));
	const found = (after.action ?? []).map((action): PolicyDifference => {
		const old = had.get(key(action)), title = action.title ?? action.id ?? '';
		return old ? { title, kind: 'other', text: otherText(old, action) } : { title, kind: 'new', text: settingsText(action) };
	}).filter((one) => one.kind === 'new' || one.text !== '');
	const gone = (before.action ?? []).filter((one) => !has.has(key(one)))
		.map((one): PolicyDifference => ({ title: one.title ?? one.id ?? '', kind: 'gone', text: settingsText(one) }));
	return [...found, ...gone];
}
