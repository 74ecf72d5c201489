/* SPDX-License-Identifier: Apache-2.0
 * The family's page, /home?patient=ID: when readings are due, sending them, saying "I am worried", and what the hospital
 * has received. It says "received" only when the hospital has answered, and says loudly when it cannot be reached. */
import { render } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { Due, Head, Lines, Messages, Received } from './home_page';
import { Phones, rememberedNumbers, rememberNumbers } from './home_phones';
import { photograph } from './home_photo';
import { Picture } from './home_picture';
import { Pictures } from './home_pictures';
import { QuestionList, useQuestions } from './home_questions';
import { HW, type Resource } from './home_queue';
import { observation, ReadingsForm } from './home_readings';
import { useSender, type Sender } from './home_send';
import { hospitalNow, LOST_AFTER_MS, useHome, type Heard } from './home_state';
import { isRightToLeft, languageOf, languageTag, say, timeText } from './home_words';
import { Worry } from './home_worry';

const LANGUAGE = 'homeward-language', RECORDED = 'homeward-recorded-', VIEW = 'homeward-view';

function keep(key: string, value: string): void {
	try {
		localStorage.setItem(key, value);
	} catch {
		/* no room on the phone: it holds as long as the page is open */
	}
}

function useTick(every: number): void {
	const [, setTick] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => setTick((before) => before + 1), every);
		return () => clearInterval(timer);
	}, []);
}

/* The language chosen on this phone; else the one that the record has for this family, which is kept for a start without a
 * network; else the phone's. */
function useLanguage(patient: string, recorded: string | null | undefined): [string, (language: string) => void] {
	const [chosen, setChosen] = useState(() => localStorage.getItem(LANGUAGE));
	const [kept, setKept] = useState(() => localStorage.getItem(RECORDED + patient));
	useEffect(() => {
		if (recorded === undefined)
			return;
		setKept(recorded);
		localStorage.removeItem(RECORDED + patient);
		if (recorded !== null)
			keep(RECORDED + patient, recorded);
	}, [patient, recorded]);
	return [languageOf(chosen ?? kept ?? navigator.language), (language) => {
		keep(LANGUAGE, language);
		setChosen(language);
	}];
}

/* Everything that must not be overlooked; the same in both views. */
function Notices({ heard, sender, language, now }: { heard: Heard; sender: Sender; language: string; now: number }) {
	const { home } = heard;
	/* Until somebody of the ward has answered, what an emergency asks for stands above all else. */
	const urgent = heard.messages.find((one) => one.urgent && (!one.silence || home?.overdue === 'emergency') && !(home?.answer && Date.parse(home.answer.at) > Date.parse(one.sent)));
	const silent = heard.at === null ? performance.now() : performance.now() - heard.at;
	const since = timeText(language, now - silent, now);
	const sent = sender.sent ? timeText(language, sender.sent.at, now) : '';
	return (
		<>
			{urgent ? <p class="alarm urgent" role="alert"><Lines text={urgent.text} /> <span class="quiet">{timeText(language, Date.parse(urgent.sent), now)}</span></p> : null}
			{silent > LOST_AFTER_MS || !navigator.onLine ? <p class="alarm" role="alert">{say(language, 'lost', { time: since })}</p>
				: heard.at === null ? null : <p class="heard">{say(language, 'heard', { time: since })}</p>}
			{sender.waiting > 0 ? <p class="alarm" role="alert">{say(language, 'unsent', { count: String(sender.waiting) })}</p> : null}
			{sender.problem ? <p class="alarm" role="alert">{say(language, sender.problem)}</p> : null}
			{sender.sent ? <p class="good" role="status">{say(language, sender.sent.kind === 'photo' ? 'photoSent' : 'sent', { time: sent })}</p> : null}
			{home?.stay === 'none' ? <p class="card">{say(language, 'none')}</p> : null}
			{home && home.stay !== 'none' ? <Due home={home} language={language} now={now} /> : null}
		</>
	);
}

function Photo({ language, pictures, onFile }: { language: string; pictures: boolean; onFile(file: File | undefined): void }) {
	return (
		<label class={pictures ? 'tile photo' : 'tile small photo'}><Picture name="photo" /><span>{say(language, 'photo')}</span>
			<input type="file" accept="image/*" capture="environment" class="hidden" onChange={(event) => onFile(event.currentTarget.files?.[0])} />
		</label>
	);
}

function Page({ patient }: { patient: string }) {
	const heard = useHome(patient);
	const { home } = heard;
	const [language, setLanguage] = useLanguage(patient, home ? home.family?.language ?? null : undefined);
	const [english, setEnglish] = useState(false);
	const [view, setView] = useState(() => localStorage.getItem(VIEW));
	const [numbers, setNumbers] = useState(() => rememberedNumbers(patient));
	const hospitalTime = () => hospitalNow(heard);
	const sender = useSender(patient, hospitalTime, heard.refresh);
	const stay = home?.stay !== 'none';
	const questions = useQuestions(patient, home !== null && stay);
	useTick(1000);
	const now = hospitalTime();
	const shown = english ? 'en' : language;
	const pictures = view === null ? language === 'en-x-easy' : view === 'pictures';

	useLayoutEffect(() => {
		document.documentElement.lang = languageTag(shown);
		document.documentElement.dir = isRightToLeft(shown) ? 'rtl' : 'ltr';
		document.title = say(shown, 'title');
	}, [shown]);
	useEffect(() => {
		if (home && home.stay !== 'none')
			setNumbers(rememberNumbers(patient, home));
	}, [home]);

	const choose = (chosen: string) => {
		setEnglish(false);
		setLanguage(chosen);
		if (chosen !== 'en-x-easy')
			setView(pictures ? 'pictures' : 'page'); /* a language changes the words, not what they stand on */
	};
	const at = () => new Date(hospitalTime()).toISOString();
	const worry = () => void sender.send('worried', [observation(patient, { coding: [{ system: `${HW}CodeSystem/observation`, code: 'worried' }] }, { valueBoolean: true }, at())]);
	const photo = async (file: File | undefined) => {
		if (file)
			await sender.send('photo', [await photograph(file, patient, at())]);
	};
	const readings = (resources: Resource[]) => void sender.send('readings', resources);
	const answers = (resources: Resource[]) => void sender.send('answers', resources);
	const worried = { told: sender.worry.at === null ? null : timeText(shown, sender.worry.at, now), failed: sender.worry.failed };
	const names = (home?.values ?? []).map((value) => value.name);
	const phones = <Phones numbers={numbers} language={shown} />;
	const received = home && stay ? <Received home={home} language={shown} now={now} /> : null;
	const messages = <Messages messages={heard.messages} language={shown} now={now} />;
	const photoField = <Photo language={shown} pictures={pictures} onFile={(file) => void photo(file).catch(sender.cannotKeep)} />;
	return (
		<main class={pictures ? 'in-pictures' : ''}>
			{home?.dev ? <p class="ribbon">{say(shown, 'dev')}</p> : null}
			<Head home={home} language={language} english={english} onEnglish={setEnglish} onLanguage={choose}>
				<button type="button" class="switch" onClick={() => { const next = pictures ? 'page' : 'pictures'; keep(VIEW, next); setView(next); }}>
					{say(shown, pictures ? 'page' : 'pictures')}</button>
			</Head>
			<Notices heard={heard} sender={sender} language={shown} now={now} />
			{pictures ? (
				<>
					<Pictures language={shown} patient={patient} names={names} stay={stay} questions={questions} worried={worried} now={hospitalTime}
						received={<>{received}{messages}</>} phones={phones} photo={photoField} onReadings={readings} onAnswers={answers} onWorried={worry} />
					<Phones numbers={{ ...numbers, ward: null, second: null }} language={shown} />
				</>
			) : (
				<>
					<Worry language={shown} worried={worried} onWorried={worry} />
					{stay ? <ReadingsForm language={shown} patient={patient} names={names} now={hospitalTime} onSend={readings} /> : null}
					{home && stay ? <QuestionList questions={questions} language={shown} patient={patient} now={hospitalTime} onSend={answers} /> : null}
					{received ? <section class="card"><h2>{say(shown, 'received')}</h2>{received}</section> : null}
					{messages}
					{stay ? photoField : null}
					{phones}
				</>
			)}
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
