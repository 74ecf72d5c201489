/* SPDX-License-Identifier: Apache-2.0
 * Parts of the family's page that say what the hospital knows, and the head with its language and its view. */
import type { ComponentChildren } from 'preact';
import type { Home, Message } from './home_state';
import { isRightToLeft, LANGUAGES, languageTag, say, signWord, timeText, valueWord } from './home_words';

export function Due({ home, language, now }: { home: Home; language: string; now: number }) {
	if (home.stay !== 'active')
		return <p class="due">{say(language, 'paused')}</p>;
	const due = Date.parse(home.nextDue ?? '');
	if (!Number.isFinite(due))
		return null;
	return due > now
		? <p class="due">{say(language, 'due', { time: timeText(language, due, now) })}</p>
		: <p class="due late">{say(language, 'overdue', { time: timeText(language, due, now) })}</p>;
}

export function Received({ home, language, now }: { home: Home; language: string; now: number }) {
	const values = (home.values ?? []).filter((value) => value.text !== '');
	return (
		<>
			<p role="status">{home.answer ? say(language, 'answered', { who: home.answer.by, time: timeText(language, Date.parse(home.answer.at), now) })
				: (home.waiting ?? 0) > 0 ? say(language, 'waiting') : say(language, 'calm')}</p>
			<ul class="values">
				{values.map((value) => {
					const text = valueWord(language, value.name, value.text);
					return (
						<li key={value.name} class={value.state === 'stale' ? 'old' : ''}>
							<span>{signWord(language, value.name, value.label)}</span> <b>{text === value.text ? <bdi dir="ltr">{text} {value.unit}</bdi> : text}</b>{' '}
							<span class="quiet">{say(language, 'measured', { time: timeText(language, Date.parse(value.measuredAt ?? ''), now) })}</span>
						</li>
					);
				})}
			</ul>
		</>
	);
}

/* A message came in the family's language, with the English below it while nobody has approved the translation. */
export function Messages({ messages, language, now }: { messages: readonly Message[]; language: string; now: number }) {
	if (messages.length === 0)
		return null;
	return (
		<section class="card"><h2>{say(language, 'messages')}</h2><ul class="said">
			{messages.map((one) => <li key={one.sent + one.text}><span class="quiet">{timeText(language, Date.parse(one.sent), now)}</span> <Lines text={one.text} /></li>)}
		</ul></section>
	);
}
export function Lines({ text }: { text: string }) {
	return <>{text.split('\n').map((line, index) => <span key={index} class="line" dir="auto">{line}</span>)}</>;
}

export function Head({ home, language, english, onLanguage, onEnglish, children }: {
	home: Home | null; language: string; english: boolean; onLanguage(language: string): void; onEnglish(on: boolean): void; children: ComponentChildren;
}) {
	const shown = english ? 'en' : language;
	const own = LANGUAGES[language]?.own ?? '';
	return (
		<header>
			<h1 dir="auto">{home?.patient?.name ?? say(shown, 'title')}</h1>
			{home?.ward ? <p class="quiet" dir="auto">{home.ward.name}</p> : null}
			<div class="switches">
				<label class="language"><span class="hidden">{say(shown, 'language')}</span>
					<select value={language} onChange={(event) => onLanguage(event.currentTarget.value)}>
						{Object.values(LANGUAGES).map((one) => <option key={one.language} value={one.language} lang={languageTag(one.language)}>{one.own}</option>)}
					</select>
				</label>
				{language === 'en' ? null : english
					? <button type="button" class="switch" lang={languageTag(language)} dir={isRightToLeft(language) ? 'rtl' : 'ltr'} onClick={() => onEnglish(false)}>{own}</button>
					: <button type="button" class="switch" lang="en-GB" dir="ltr" onClick={() => onEnglish(true)}>English</button>}
				{children}
			</div>
			{LANGUAGES[shown]?.approved === false ? <p class="draft">{say(shown, 'draft')}</p> : null}
		</header>
	);
}
