/* SPDX-License-Identifier: Apache-2.0
 * The family's page, /home?patient=ID: when readings are due, sending them, saying "I am worried", and what the hospital
 * has received. It says "received" only when the hospital has answered, and says loudly when it cannot be reached. */
import { render } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { bundleOf, flush, HW, identifier, put, unsent, type Fate, type Resource, type Unsent } from './home_queue';
import { observation, ReadingsForm } from './home_readings';
import { hospitalNow, LOST_AFTER_MS, useHome, type Home } from './home_state';
import { LANGUAGES, languageOf, say, signWord } from './home_words';
import { photograph } from './home_photo';
import { Worry } from './home_worry';
import { QuestionList } from './home_questions';
import { clockText } from './time';

const LANGUAGE = 'homeward-language';
const FLUSH_MS = 5000;

function useTick(every: number): void {
	const [, setTick] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => setTick((before) => before + 1), every);
		return () => clearInterval(timer);
	}, []);
}

function Due({ home, language, now }: { home: Home; language: string; now: number }) {
	if (home.stay !== 'active')
		return <p class="due">{say(language, 'paused')}</p>;
	const due = Date.parse(home.nextDue ?? '');
	if (!Number.isFinite(due))
		return null;
	return due > now
		? <p class="due">{say(language, 'due', { time: clockText(due, now) })}</p>
		: <p class="due late">{say(language, 'overdue', { time: clockText(due, now) })}</p>;
}

function Received({ home, language, now }: { home: Home; language: string; now: number }) {
	const values = (home.values ?? []).filter((value) => value.text !== '');
	return (
		<section class="card">
			<h2>{say(language, 'received')}</h2>
			<p role="status">{home.answer ? say(language, 'answered', { who: home.answer.by, time: clockText(Date.parse(home.answer.at), now) })
				: (home.waiting ?? 0) > 0 ? say(language, 'waiting') : say(language, 'calm')}</p>
			<ul class="values">
				{values.map((value) => (
					<li key={value.name} class={value.state === 'stale' ? 'old' : ''}>
						<span>{signWord(language, value.name, value.label)}</span> <b>{value.text} {value.unit}</b>{' '}
						<span class="quiet">{say(language, 'measured', { time: clockText(Date.parse(value.measuredAt ?? ''), now) })}</span>
					</li>
				))}
			</ul>
		</section>
	);
}

function Phones({ home, language }: { home: Home | null; language: string }) {
	const phone = home?.ward?.phone ?? localStorage.getItem('homeward-phone');
	const second = home?.secondOpinion?.phone;
	return (
		<nav class="phones" aria-label={say(language, 'call')}>
			<a class="call" href="tel:999">{say(language, 'emergency')}</a>
			{phone ? <a class="call" href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{say(language, 'call')}: {phone}</a> : null}
			{second ? <a class="call quiet-call" href={`tel:${second.replace(/[^+\d]/g, '')}`}>{say(language, 'second')}: {second}</a> : null}
		</nav>
	);
}

function Page({ patient }: { patient: string }) {
	const [language, setLanguage] = useState(() => languageOf(localStorage.getItem(LANGUAGE) ?? navigator.language));
	const heard = useHome(patient);
	const [waiting, setWaiting] = useState<Unsent[]>(() => unsent());
	const [sent, setSent] = useState<string | null>(null);
	const [worried, setWorried] = useState<{ told: string | null; failed: boolean }>({ told: null, failed: false });
	const [problem, setProblem] = useState<string | null>(null);
	useTick(1000);
	const { home } = heard;
	const now = hospitalNow(heard);
	/* Until somebody of the ward has answered, what an emergency asks for stands above all else. */
	const urgent = heard.messages.find((one) => one.urgent && (!one.silence || home?.overdue === 'emergency') && !(home?.answer && Date.parse(home.answer.at) > Date.parse(one.sent)));
	const silent = heard.at === null ? performance.now() : performance.now() - heard.at;
	const lost = silent > LOST_AFTER_MS;

	useLayoutEffect(() => {
		const known = LANGUAGES[language];
		document.documentElement.lang = language === 'en' ? 'en-GB' : language;
		document.documentElement.dir = known?.rtl ? 'rtl' : 'ltr';
		document.title = say(language, 'title');
	}, [language]);
	useEffect(() => {
		if (home?.ward?.phone)
			localStorage.setItem('homeward-phone', home.ward.phone);
	}, [home?.ward?.phone]);

	/* The timer below must outlive every drawing of the page: what it needs of the newest one stands here. */
	const newest = useRef({ heard, language });
	newest.current = { heard, language };
	const told = useCallback((one: Unsent, fate: Fate) => {
		const { heard, language } = newest.current;
		const time = clockText(hospitalNow(heard), hospitalNow(heard));
		if (fate === 'refused')
			setProblem(say(language, 'unsent', { count: '1' }));
		else if (one.kind === 'worried')
			setWorried({ told: time, failed: false });
		else
			setSent(say(language, one.kind === 'photo' ? 'photoSent' : 'sent', { time }));
	}, []);
	const push = useCallback(async () => {
		await flush(told);
		setWaiting(unsent());
	}, [told]);
	useEffect(() => {
		const timer = setInterval(() => { if (unsent().length > 0) void push(); }, FLUSH_MS);
		return () => clearInterval(timer);
	}, [push]);

	const send = async (kind: Unsent['kind'], resources: Resource[]) => {
		setSent(null);
		setProblem(null);
		const one = { id: identifier(), kind, patient, since: new Date(now).toISOString(), bundle: bundleOf(resources) };
		if (!put(one))
			setProblem(say(language, 'worriedNot'));
		setWaiting(unsent());
		await push();
		if (kind === 'worried' && unsent().some((left) => left.id === one.id))
			setWorried({ told: null, failed: true });
		heard.refresh();
	};
	const worry = () => void send('worried', [observation(patient, { coding: [{ system: `${HW}CodeSystem/observation`, code: 'worried' }] },
		{ valueBoolean: true }, new Date(now).toISOString())]);
	const photo = async (file: File | undefined) => {
		if (file)
			await send('photo', [await photograph(file, patient, new Date(now).toISOString())]);
	};

	return (
		<main>
			{home?.dev ? <p class="ribbon">{say(language, 'dev')}</p> : null}
			<header>
				<h1>{home?.patient?.name ?? say(language, 'title')}</h1>
				<p class="quiet">{home?.ward?.name ?? ''}</p>
				<label class="language"><span class="hidden">{say(language, 'language')}</span>
					<select value={language} onChange={(event) => { localStorage.setItem(LANGUAGE, event.currentTarget.value); setLanguage(event.currentTarget.value); }}>
						{Object.entries(LANGUAGES).map(([tag, one]) => <option key={tag} value={tag}>{one.name}</option>)}
					</select>
				</label>
			</header>
			{urgent ? <p class="alarm urgent" role="alert">{urgent.text} <span class="quiet">{clockText(Date.parse(urgent.sent), now)}</span></p> : null}
			{lost ? <p class="alarm" role="alert">{say(language, 'lost', { time: clockText(now - silent, now) })}</p>
				: heard.at === null ? null : <p class="heard">{say(language, 'heard', { time: clockText(now - silent, now) })}</p>}
			{waiting.length > 0 ? <p class="alarm" role="alert">{say(language, 'unsent', { count: String(waiting.length) })}</p> : null}
			{problem ? <p class="alarm" role="alert">{problem}</p> : null}
			{sent ? <p class="good" role="status">{sent}</p> : null}
			{home?.stay === 'none' ? <p class="card">{say(language, 'none')}</p> : null}
			{home && home.stay !== 'none' ? <Due home={home} language={language} now={now} /> : null}
			<Worry language={language} told={worried.told} failed={worried.failed} onWorried={worry} />
			{home?.stay === 'none' ? null : (
				<ReadingsForm language={language} patient={patient} names={(home?.values ?? []).map((value) => value.name)} now={() => hospitalNow(heard)}
					onSend={(resources) => void send('readings', resources)} />
			)}
			{home && home.stay !== 'none' ? <QuestionList language={language} patient={patient} now={() => hospitalNow(heard)}
				onSend={(resources) => void send('answers', resources)} /> : null}
			{home && home.stay !== 'none' ? <Received home={home} language={language} now={now} /> : null}
			{heard.messages.length > 0 ? (
				<section class="card"><h2>{say(language, 'messages')}</h2><ul>
					{heard.messages.map((one) => <li key={one.sent + one.text}><span class="quiet">{clockText(Date.parse(one.sent), now)}</span> {one.text}</li>)}
				</ul></section>
			) : null}
			{home?.stay === 'none' ? null : (
				<label class="card photo">{say(language, 'photo')}
					<input type="file" accept="image/*" capture="environment" onChange={(event) => void photo(event.currentTarget.files?.[0]).catch(() => setProblem(say(language, 'worriedNot')))} />
				</label>
			)}
			<Phones home={home} language={language} />
		</main>
	);
}

const root = document.getElementById('home');
const patient = new URLSearchParams(location.search).get('patient') ?? '';
if (root) {
	root.textContent = '';
	render(<Page patient={patient} />, root);
}
if ('serviceWorker' in navigator)
	navigator.serviceWorker.register('/home_worker.js').catch(() => undefined);
