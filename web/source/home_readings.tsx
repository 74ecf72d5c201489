/* SPDX-License-Identifier: Apache-2.0
 * The form for a set of readings. A number that cannot be is asked for again before it is sent; one that is only alarming
 * is sent at once. Limits: those beyond which the ward does not score a value (docs/reference/ward.md, section 4). */
import { useState } from 'preact/hooks';
import { HW, type Resource } from './home_queue';
import { say } from './home_words';

export type Sign = 'temperature' | 'heartRate' | 'respiratoryRate' | 'spo2' | 'systolic' | 'weight';
export interface Field {
	word: Sign;
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
const ALWAYS: readonly Sign[] = ['temperature', 'heartRate', 'respiratoryRate', 'spo2'];

/* The fields this ward asks for: the usual four, and others that it has had before. */
export function fieldsFor(names: readonly string[]): readonly Field[] {
	return FIELDS.filter((field) => ALWAYS.includes(field.word) || names.includes(field.word));
}

/* "38,4" is what many a keyboard writes, and "٣٨٫٤" or "৩৮.৪" what an Arabic, Urdu or Bengali one does. */
export function plainDigits(text: string): string {
	return text.replace(/[٠-٩۰-۹০-৯]/g, (digit) => String((digit.codePointAt(0) ?? 0) - (digit < '۰' ? 0x660 : digit < '০' ? 0x6f0 : 0x9e6))).replace(/[,٫،]/g, '.');
}
export function numberOf(text: string): number {
	const plain = plainDigits(text).trim();
	return /^\d{1,4}(\.\d{1,2})?$/.test(plain) ? Number(plain) : NaN;
}
export function isPossible(field: Field, text: string): boolean {
	const value = numberOf(text);
	return value >= field.low && value <= field.high;
}

export function observation(patient: string, code: object, value: object, at: string): Resource {
	return {
		resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${patient}` }, code, effectiveDateTime: at,
		extension: [{ url: `${HW}StructureDefinition/source`, valueCode: 'app' }], ...value,
	};
}
/* What was written, as the record takes it: each of it is possible. */
export function readingsOf(patient: string, fields: readonly Field[], texts: Record<string, string>, at: string): Resource[] {
	return fields.filter((field) => isPossible(field, texts[field.word] ?? ''))
		.map((field) => observation(patient, { coding: [{ system: 'http://loinc.org', code: field.code }] },
			{ valueQuantity: { value: numberOf(texts[field.word] ?? ''), unit: field.unit, system: 'http://unitsofmeasure.org', code: field.unit } }, at));
}

export function ReadingsForm({ language, patient, names, now, onSend }: {
	language: string; patient: string; names: readonly string[]; now(): number; onSend(resources: Resource[]): void;
}) {
	const [texts, setTexts] = useState<Record<string, string>>({});
	const [problem, setProblem] = useState<Field | 'nothing' | null>(null); /* said in the language of the moment */
	const fields = fieldsFor(names);
	const send = (event: Event) => {
		event.preventDefault();
		const written = fields.filter((field) => (texts[field.word] ?? '').trim() !== '');
		const wrong = written.find((field) => !isPossible(field, texts[field.word] ?? ''));
		setProblem(wrong ?? (written.length === 0 ? 'nothing' : null));
		if (wrong || written.length === 0) {
			document.getElementById(`field-${(wrong ?? fields[0])?.word}`)?.focus();
			return;
		}
		onSend(readingsOf(patient, written, texts, new Date(now()).toISOString()));
		setTexts({});
	};
	const wrong = (field: Field) => problem === field;
	return (
		<form class="card" noValidate onSubmit={send}>
			<h2>{say(language, 'send')}</h2>
			<p class="quiet">{say(language, 'skip')}</p>
			{fields.map((field) => (
				<label key={field.word} class="field" for={`field-${field.word}`}>
					<span>{say(language, field.word)}</span>
					<input id={`field-${field.word}`} inputMode="decimal" autocomplete="off" dir="ltr" value={texts[field.word] ?? ''}
						aria-invalid={wrong(field)} aria-describedby={wrong(field) ? 'readings-problem' : undefined}
						onInput={(event) => setTexts({ ...texts, [field.word]: event.currentTarget.value })} />
				</label>
			))}
			{problem ? <p class="problem" id="readings-problem" role="alert">{problem === 'nothing' ? say(language, 'nothing')
				: say(language, 'wrong', { label: say(language, problem.word), value: texts[problem.word] ?? '' })}</p> : null}
			<button type="submit" class="big">{say(language, 'sendNow')}</button>
		</form>
	);
}
