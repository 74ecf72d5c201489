/* SPDX-License-Identifier: Apache-2.0
 * The ward's questions: any Questionnaire of the patient's policy, with yes/no, one choice, a number or a few words. What is
 * not answered is left out of the answer, so that nobody takes it for "no". */
import { useEffect, useState } from 'preact/hooks';
import type { Resource } from './home_queue';
import { resources } from './home_state';
import { say } from './home_words';

interface Coding {
	system?: string;
	code?: string;
	display?: string;
}
interface Item {
	linkId: string;
	text?: string;
	type: string;
	answerOption?: { valueCoding?: Coding; valueString?: string }[];
	item?: Item[];
}
interface Questionnaire {
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

type Answers = Record<string, object>;

function Question({ item, language, value, onAnswer }: { item: Item; language: string; value: object | undefined; onAnswer(value: object | undefined): void }) {
	const id = `question-${item.linkId}`;
	const options: { label: string; value: object }[] = item.type === 'boolean'
		? [{ label: say(language, 'yes'), value: { valueBoolean: true } }, { label: say(language, 'no'), value: { valueBoolean: false } }]
		: (item.answerOption ?? []).map((option) => option.valueCoding
			? { label: option.valueCoding.display ?? option.valueCoding.code ?? '', value: { valueCoding: option.valueCoding } }
			: { label: option.valueString ?? '', value: { valueString: option.valueString ?? '' } });
	if (options.length > 0)
		return (
			<fieldset class="question"><legend>{item.text ?? item.linkId}</legend>
				{options.map((option) => (
					<label key={option.label} class="choice">
						<input type="radio" name={id} checked={JSON.stringify(value) === JSON.stringify(option.value)} onChange={() => onAnswer(option.value)} /> {option.label}
					</label>
				))}
			</fieldset>
		);
	const numeric = item.type === 'integer' || item.type === 'decimal';
	return (
		<label class="field" for={id}><span>{item.text ?? item.linkId}</span>
			<input id={id} inputMode={numeric ? 'decimal' : 'text'} maxLength={500} onInput={(event) => {
				const text = event.currentTarget.value.trim();
				const number = Number(text.replace(',', '.'));
				onAnswer(text === '' ? undefined : !numeric ? { valueString: text }
					: item.type === 'integer' ? { valueInteger: Math.round(number) } : { valueDecimal: number });
			}} />
		</label>
	);
}

function flat(items: readonly Item[]): Item[] {
	return items.flatMap((item) => item.type === 'group' ? flat(item.item ?? []) : item.type === 'display' ? [] : [item]);
}

function Form({ questionnaire, language, patient, now, onSend }: {
	questionnaire: Questionnaire; language: string; patient: string; now(): number; onSend(resources: Resource[]): void;
}) {
	const [answers, setAnswers] = useState<Answers>({});
	const [done, setDone] = useState(false);
	const items = flat(questionnaire.item ?? []);
	const send = (event: Event) => {
		event.preventDefault();
		const given = items.filter((item) => answers[item.linkId] !== undefined);
		if (given.length === 0)
			return;
		onSend([{
			resourceType: 'QuestionnaireResponse', status: given.length === items.length ? 'completed' : 'in-progress',
			questionnaire: `${questionnaire.url ?? ''}${questionnaire.version ? `|${questionnaire.version}` : ''}`,
			subject: { reference: `Patient/${patient}` }, authored: new Date(now()).toISOString(),
			item: given.map((item) => ({ linkId: item.linkId, answer: [answers[item.linkId]] })),
		}]);
		setAnswers({});
		setDone(true);
	};
	return (
		<details class="card" open={!done}>
			<summary><h2>{questionnaire.title ?? say(language, 'questions')}</h2></summary>
			<form onSubmit={send}>
				{items.map((item) => (
					<Question key={`${item.linkId}${done}`} item={item} language={language} value={answers[item.linkId]} onAnswer={(value) => {
						const { [item.linkId]: _, ...rest } = answers;
						setAnswers(value === undefined ? rest : { ...rest, [item.linkId]: value });
					}} />
				))}
				<button type="submit" class="big">{say(language, 'sendNow')}</button>
			</form>
		</details>
	);
}

export function QuestionList({ language, patient, now, onSend }: {
	language: string; patient: string; now(): number; onSend(resources: Resource[]): void;
}) {
	const [found, setFound] = useState<Questionnaire[]>([]);
	useEffect(() => {
		questionnaires(patient).then(setFound).catch(() => setFound([]));
	}, [patient]);
	return <>{found.map((one) => <Form key={one.id} questionnaire={one} language={language} patient={patient} now={now} onSend={onSend} />)}</>;
}
