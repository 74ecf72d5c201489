/* SPDX-License-Identifier: Apache-2.0
 * The ward's questions: any Questionnaire of the patient's policy, with yes/no, one choice, a number or a few words. What is
 * not answered is left out of the answer, so that nobody takes it for "no". */
import { useEffect, useState } from 'preact/hooks';
import type { Resource } from './home_queue';
import { resources } from './home_state';
import { plainDigits } from './home_readings';
import { languageTag, say } from './home_words';

/* http://hl7.org/fhir/StructureDefinition/translation of a text. */
interface Translations {
	extension?: { url: string; extension?: { url: string; valueCode?: string; valueString?: string }[] }[];
}
interface Coding {
	system?: string;
	code?: string;
	display?: string;
	_display?: Translations;
}
export interface Item {
	linkId: string;
	text?: string;
	_text?: Translations;
	type: string;
	answerOption?: { valueCoding?: Coding; valueString?: string }[];
	item?: Item[];
}
export interface Questionnaire {
	id: string;
	url?: string;
	version?: string;
	title?: string;
	item?: Item[];
}
interface PlanDefinition {
	action?: { id?: string; definitionCanonical?: string; action?: { definitionCanonical?: string }[] }[];
}
interface CarePlan {
	instantiatesCanonical?: string[];
}

async function questionnaires(patient: string): Promise<Questionnaire[]> {
	const [plan] = await resources<CarePlan>(`CarePlan?subject=Patient/${patient}&status=active&_count=1`);
	const [url, version] = (plan?.instantiatesCanonical?.[0] ?? '').split('|');
	if (!url)
		return [];
	const [policy] = await resources<PlanDefinition>(`PlanDefinition?url=${encodeURIComponent(url)}&version=${encodeURIComponent(version ?? '')}`);
	const named = (policy?.action ?? []).filter((action) => action.id?.startsWith('questions'))
		.flatMap((action) => [action.definitionCanonical, ...(action.action ?? []).map((one) => one.definitionCanonical)]);
	const found = await Promise.all(named.filter((one): one is string => one !== undefined)
		.map((one) => resources<Questionnaire>(`Questionnaire?url=${encodeURIComponent(one.split('|')[0] ?? '')}`)));
	return found.flatMap((list) => list.slice(0, 1));
}

/* In the family's language with the English below it, which is what a clinician has approved. */
function Words({ text, translations, language }: { text: string; translations: Translations | undefined; language: string }) {
	const found = (translations?.extension ?? []).filter((one) => one.url.endsWith('/translation'))
		.find((one) => one.extension?.some((part) => part.url === 'lang' && part.valueCode === language));
	const own = found?.extension?.find((part) => part.url === 'content')?.valueString;
	if (!own || own === text)
		return <>{text}</>;
	return <><span lang={languageTag(language)}>{own}</span><span class="quiet english" lang="en-GB" dir="ltr">{text}</span></>;
}

export type Answers = Record<string, object>;

export function Question({ item, language, value, onAnswer }: { item: Item; language: string; value: object | undefined; onAnswer(value: object | undefined): void }) {
	const id = `question-${item.linkId}`;
	const options: { label: string; translations?: Translations | undefined; value: object }[] = item.type === 'boolean'
		? [{ label: say(language, 'yes'), value: { valueBoolean: true } }, { label: say(language, 'no'), value: { valueBoolean: false } }]
		: (item.answerOption ?? []).map((option) => {
			if (!option.valueCoding)
				return { label: option.valueString ?? '', value: { valueString: option.valueString ?? '' } };
			const { _display: translations, ...coding } = option.valueCoding;
			return { label: coding.display ?? coding.code ?? '', translations, value: { valueCoding: coding } };
		});
	if (options.length > 0)
		return (
			<fieldset class="question"><legend><Words text={item.text ?? item.linkId} translations={item._text} language={language} /></legend>
				{options.map((option) => (
					<label key={option.label} class="choice">
						<input type="radio" name={id} checked={JSON.stringify(value) === JSON.stringify(option.value)} onChange={() => onAnswer(option.value)} /> <span><Words text={option.label} translations={option.translations} language={language} /></span>
					</label>
				))}
			</fieldset>
		);
	const numeric = item.type === 'integer' || item.type === 'decimal';
	return (
		<label class="field" for={id}><span><Words text={item.text ?? item.linkId} translations={item._text} language={language} /></span>
			<input id={id} inputMode={numeric ? 'decimal' : 'text'} maxLength={500} onInput={(event) => {
				const text = event.currentTarget.value.trim();
				const number = Number(plainDigits(text));
				onAnswer(text === '' || numeric && !Number.isFinite(number) ? undefined : !numeric ? { valueString: text }
					: item.type === 'integer' ? { valueInteger: Math.round(number) } : { valueDecimal: number });
			}} />
		</label>
	);
}

export function flat(items: readonly Item[]): Item[] {
	return items.flatMap((item) => item.type === 'group' ? flat(item.item ?? []) : item.type === 'display' ? [] : [item]);
}

/* What was answered, as the record takes it; null: nothing was. */
export function responseOf(questionnaire: Questionnaire, answers: Answers, patient: string, at: string): Resource | null {
	const items = flat(questionnaire.item ?? []);
	const given = items.filter((item) => answers[item.linkId] !== undefined);
	return given.length === 0 ? null : {
		resourceType: 'QuestionnaireResponse', status: given.length === items.length ? 'completed' : 'in-progress',
		questionnaire: `${questionnaire.url ?? ''}${questionnaire.version ? `|${questionnaire.version}` : ''}`,
		subject: { reference: `Patient/${patient}` }, authored: at,
		item: given.map((item) => ({ linkId: item.linkId, answer: [answers[item.linkId]] })),
	};
}
export function answered(answers: Answers, linkId: string, value: object | undefined): Answers {
	const { [linkId]: _, ...rest } = answers;
	return value === undefined ? rest : { ...rest, [linkId]: value };
}
export function questionsTitle(questionnaire: Questionnaire, language: string): string {
	return language === 'en' ? questionnaire.title ?? say(language, 'questions') : say(language, 'questions');
}

function Form({ questionnaire, language, patient, now, onSend }: {
	questionnaire: Questionnaire; language: string; patient: string; now(): number; onSend(resources: Resource[]): void;
}) {
	const [answers, setAnswers] = useState<Answers>({});
	const [done, setDone] = useState(0);
	const send = (event: Event) => {
		event.preventDefault();
		const response = responseOf(questionnaire, answers, patient, new Date(now()).toISOString());
		if (response === null)
			return;
		onSend([response]);
		setAnswers({});
		setDone(done + 1);
	};
	return (
		<details class="card" open={done === 0}>
			<summary><h2>{questionsTitle(questionnaire, language)}</h2></summary>
			<form onSubmit={send}>
				{flat(questionnaire.item ?? []).map((item) => (
					<Question key={`${item.linkId}${done}`} item={item} language={language} value={answers[item.linkId]}
						onAnswer={(value) => setAnswers((before) => answered(before, item.linkId, value))} />
				))}
				<button type="submit" class="big">{say(language, 'sendNow')}</button>
			</form>
		</details>
	);
}

const AGAIN_MS = 15_000;

/* The questionnaires of the patient's policy; asked for again until they are there. */
export function useQuestions(patient: string, reached: boolean): Questionnaire[] {
	const [found, setFound] = useState<Questionnaire[] | null>(null);
	useEffect(() => {
		let timer = 0, current = true;
		const ask = () => void questionnaires(patient).then((list) => { if (current) setFound(list); })
			.catch(() => { if (current) timer = window.setTimeout(ask, AGAIN_MS); });
		if (found === null && reached)
			ask();
		return () => {
			current = false;
			window.clearTimeout(timer);
		};
	}, [patient, reached]);
	return found ?? [];
}

export function QuestionList({ questions, ...rest }: {
	questions: readonly Questionnaire[]; language: string; patient: string; now(): number; onSend(resources: Resource[]): void;
}) {
	return <>{questions.map((one) => <Form key={one.id} questionnaire={one} {...rest} />)}</>;
}
