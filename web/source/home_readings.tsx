/* SPDX-License-Identifier: Apache-2.0
 * The form for a set of readings. A number that cannot be is asked for again before it is sent; one that is only alarming
 * is sent at once. Limits: those beyond which the ward does not score a value (docs/reference/ward.md, section 4). */
import { useState } from 'preact/hooks';
import { HW, type Resource } from './home_queue';
import { say, type Word } from './home_words';

interface Field {
	word: Word;
	code: string;
	unit: string;
	low: number;
	high: number;
}
const FIELDS: readonly Field[] = [
	{ word: 'temperature', code: '8310-5', unit: 'Cel', low: 25, high: 45 },
	{ word: 'heartRate', code: '8867-4', unit: '/min', low: 15, high: 320 },
	{ word: 'respiratoryRate', code: '9279-1', unit: '/min', low: 1, high: 150 },
	{ word: 'spo2', code: '2708-6', unit: '%', low: 30, high: 100 },
	{ word: 'systolic', code: '8480-6', unit: 'mm[Hg]', low: 30, high: 300 },
	{ word: 'weight', code: '29463-7', unit: 'kg', low: 0.2, high: 500 },
];
const ALWAYS: readonly Word[] = ['temperature', 'heartRate', 'respiratoryRate', 'spo2'];

/* The fields this ward asks for: the usual four, and others that it has had before. */
export function fieldsFor(names: readonly string[]): readonly Field[] {
	return FIELDS.filter((field) => ALWAYS.includes(field.word) || names.includes(field.word));
}

/* "38,4" is what many a keyboard writes. */
export function numberOf(text: string): number {
	return /^\s*\d{1,4}([.,]\d{1,2})?\s*$/.test(text) ? Number(text.trim().replace(',', '.')) : NaN;
}

export function observation(patient: string, code: object, value: object, at: string): Resource {
	return {
		resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${patient}` }, code, effectiveDateTime: at,
		extension: [{ url: `${HW}StructureDefinition/source`, valueCode: 'app' }], ...value,
	};
}

export function ReadingsForm({ language, patient, names, now, onSend }: {
	language: string; patient: string; names: readonly string[]; now(): number; onSend(resources: Resource[]): void;
}) {
	const [texts, setTexts] = useState<Record<string, string>>({});
	const [problem, setProblem] = useState<string | null>(null);
	const fields = fieldsFor(names);
	const send = (event: Event) => {
		event.preventDefault();
		const at = new Date(now()).toISOString();
		const found: Resource[] = [];
		for (const field of fields) {
			const text = texts[field.word] ?? '';
			if (text.trim() === '')
				continue;
			const value = numberOf(text);
			if (!(value >= field.low && value <= field.high)) {
				setProblem(say(language, 'wrong', { label: say(language, field.word), value: text }));
				document.getElementById(`field-${field.word}`)?.focus();
				return;
			}
			found.push(observation(patient, { coding: [{ system: 'http://loinc.org', code: field.code }] },
				{ valueQuantity: { value, unit: field.unit, system: 'http://unitsofmeasure.org', code: field.unit } }, at));
		}
		if (found.length === 0) {
			setProblem(say(language, 'nothing'));
			return;
		}
		setProblem(null);
		setTexts({});
		onSend(found);
	};
	return (
		<form class="card" noValidate onSubmit={send}>
			<h2>{say(language, 'send')}</h2>
			<p class="quiet">{say(language, 'skip')}</p>
			{fields.map((field) => (
				<label key={field.word} class="field" for={`field-${field.word}`}>
					<span>{say(language, field.word)}</span>
					<input id={`field-${field.word}`} inputMode="decimal" autocomplete="off" value={texts[field.word] ?? ''}
						onInput={(event) => setTexts({ ...texts, [field.word]: event.currentTarget.value })} />
				</label>
			))}
			{problem ? <p class="problem" role="alert">{problem}</p> : null}
			<button type="submit" class="big">{say(language, 'sendNow')}</button>
		</form>
	);
}
