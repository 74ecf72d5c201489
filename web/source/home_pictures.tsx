/* SPDX-License-Identifier: Apache-2.0
 * The page in pictures, for who reads little: large, one thing on a screen, a picture for each sign. It sends exactly what the
 * whole page sends, and what must not be overlooked stands above it in both. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Picture } from './home_picture';
import { answered, flat, Question, questionsTitle, responseOf, type Answers, type Questionnaire } from './home_questions';
import type { Resource } from './home_queue';
import { fieldsFor, isPossible, readingsOf, type Field } from './home_readings';
import { say } from './home_words';
import { WorryQuestion, WorryTold, type Worried } from './home_worry';

/* One thing: its picture, its words, what to do, and the way back. The words take the focus when the screen changes. */
function Screen({ id, picture, title, note, children, language, onBack }: {
	id: string; picture: string; title: string; note?: string; children: ComponentChildren; language: string; onBack(): void;
}) {
	const heading = useRef<HTMLHeadingElement>(null);
	useLayoutEffect(() => heading.current?.focus(), [id]);
	return (
		<section class="card screen" aria-labelledby="screen-title">
			{note ? <p class="quiet">{note}</p> : null}
			<Picture name={picture} />
			<h2 id="screen-title" tabIndex={-1} ref={heading}>{title}</h2>
			{children}
			<button type="button" class="big plain" onClick={onBack}>{say(language, 'back')}</button>
		</section>
	);
}

function Tile({ picture, text, danger = false, onPress }: { picture: string; text: string; danger?: boolean; onPress(): void }) {
	return <button type="button" class={danger ? 'tile danger' : 'tile'} onClick={onPress}><Picture name={picture} /><span>{text}</span></button>;
}

interface Sending {
	language: string;
	patient: string;
	now(): number;
	onSend(resources: Resource[]): void;
	onBack(): void;
}

function Measure({ field, text, onText, onNext, language }: { field: Field; text: string; onText(text: string): void; onNext(): void; language: string }) {
	const [wrong, setWrong] = useState(false);
	const empty = text.trim() === '';
	const next = (event: Event) => {
		event.preventDefault();
		setWrong(!empty && !isPossible(field, text));
		if (empty || isPossible(field, text))
			onNext();
	};
	return (
		<form class="field" noValidate onSubmit={next}>
			<input id={`field-${field.word}`} inputMode="decimal" autocomplete="off" dir="ltr" aria-labelledby="screen-title" value={text}
				aria-invalid={wrong} aria-describedby={wrong ? 'readings-problem' : undefined} onInput={(event) => { setWrong(false); onText(event.currentTarget.value); }} />
			{wrong ? <p class="problem" id="readings-problem" role="alert">{say(language, 'wrong', { label: say(language, field.word), value: text })}</p> : null}
			<button type="submit" class="big">{say(language, empty ? 'cannot' : 'next')}</button>
		</form>
	);
}

function Readings({ fields, ...to }: Sending & { fields: readonly Field[] }) {
	const { language } = to;
	const [texts, setTexts] = useState<Record<string, string>>({});
	const [step, setStep] = useState(0);
	const field = fields[step];
	const back = () => step === 0 ? to.onBack() : setStep(step - 1);
	if (field)
		return (
			<Screen id={field.word} picture={field.word} title={say(language, field.word)} language={language} onBack={back}
				note={say(language, 'step', { number: String(step + 1), count: String(fields.length) })}>
				<Measure key={field.word} field={field} text={texts[field.word] ?? ''} language={language}
					onText={(text) => setTexts({ ...texts, [field.word]: text })} onNext={() => setStep(step + 1)} />
			</Screen>
		);
	const written = fields.filter((one) => isPossible(one, texts[one.word] ?? ''));
	return (
		<Screen id="check" picture="readings" title={say(language, written.length === 0 ? 'nothing' : 'check')} language={language} onBack={back}>
			<ul class="checked">{written.map((one) => <li key={one.word}><Picture name={one.word} /> <span>{say(language, one.word)}</span> <b><bdi dir="ltr">{texts[one.word]}</bdi></b></li>)}</ul>
			{written.length === 0 ? null : (
				<button type="button" class="big" onClick={() => { to.onSend(readingsOf(to.patient, written, texts, new Date(to.now()).toISOString())); to.onBack(); }}>{say(language, 'sendNow')}</button>
			)}
		</Screen>
	);
}

function Questions({ questionnaire, ...to }: Sending & { questionnaire: Questionnaire }) {
	const { language } = to;
	const [answers, setAnswers] = useState<Answers>({});
	const [step, setStep] = useState(0);
	const items = flat(questionnaire.item ?? []), item = items[step], last = step === items.length - 1;
	const next = () => {
		const response = last ? responseOf(questionnaire, answers, to.patient, new Date(to.now()).toISOString()) : null;
		if (response)
			to.onSend([response]);
		if (last)
			to.onBack();
		else
			setStep(step + 1);
	};
	if (!item)
		return null;
	return (
		<Screen id={item.linkId} picture={item.linkId} title={questionsTitle(questionnaire, language)} language={language} onBack={() => step === 0 ? to.onBack() : setStep(step - 1)}
			note={say(language, 'step', { number: String(step + 1), count: String(items.length) })}>
			<Question key={item.linkId} item={item} language={language} value={answers[item.linkId]} onAnswer={(value) => setAnswers((before) => answered(before, item.linkId, value))} />
			<button type="button" class="big" onClick={next}>{say(language, last ? 'sendNow' : 'next')}</button>
		</Screen>
	);
}

export interface PicturesProps {
	language: string;
	patient: string;
	names: readonly string[];
	stay: boolean; /* somebody of the ward looks at what is sent */
	questions: readonly Questionnaire[];
	worried: Worried;
	received: ComponentChildren;
	phones: ComponentChildren;
	photo: ComponentChildren;
	now(): number;
	onReadings(resources: Resource[]): void;
	onAnswers(resources: Resource[]): void;
	onWorried(): void;
}

export function Pictures({ language, questions, worried, received, phones, photo, ...page }: PicturesProps) {
	const [screen, setScreen] = useState<string>('start');
	const start = () => setScreen('start');
	const to = { language, patient: page.patient, now: page.now, onBack: start };
	const asked = questions.find((one) => one.id === screen);
	if (screen === 'worried')
		return <div class="pictures"><WorryQuestion language={language} onYes={() => { start(); page.onWorried(); }} onBack={start} /></div>;
	if (screen === 'readings')
		return <div class="pictures"><Readings {...to} fields={fieldsFor(page.names)} onSend={page.onReadings} /></div>;
	if (asked)
		return <div class="pictures"><Questions {...to} questionnaire={asked} onSend={page.onAnswers} /></div>;
	if (screen === 'received')
		return <div class="pictures"><Screen id="received" picture="received" title={say(language, 'received')} language={language} onBack={start}>{received}</Screen></div>;
	if (screen === 'phone')
		return <div class="pictures"><Screen id="phone" picture="phone" title={say(language, 'call')} language={language} onBack={start}>{phones}</Screen></div>;
	return (
		<div class="pictures tiles">
			<Tile picture="worried" text={say(language, 'worried')} danger onPress={() => setScreen('worried')} />
			<WorryTold language={language} worried={worried} />
			{page.stay ? <Tile picture="readings" text={say(language, 'send')} onPress={() => setScreen('readings')} /> : null}
			{questions.map((one) => <Tile key={one.id} picture="questions" text={questionsTitle(one, language)} onPress={() => setScreen(one.id)} />)}
			{page.stay ? <Tile picture="received" text={say(language, 'received')} onPress={() => setScreen('received')} /> : null}
			{page.stay ? photo : null}
			<Tile picture="phone" text={say(language, 'call')} onPress={() => setScreen('phone')} />
		</div>
	);
}
