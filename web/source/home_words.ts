/* SPDX-License-Identifier: Apache-2.0
 * What a family reads, in their language: the texts of data/home, which all travel with the page, so that a change of
 * language needs no network. English is the original; a language that is not approved says on the page that it is a draft. */
import arabic from '../../data/home/ar.json';
import bengali from '../../data/home/bn.json';
import english from '../../data/home/en.json';
import easy from '../../data/home/en-x-easy.json';
import polish from '../../data/home/pl.json';
import urdu from '../../data/home/ur.json';
import welsh from '../../data/home/cy.json';
import { clockText } from './time';

export type Word = keyof typeof english.texts;
export interface Language {
	language: string;
	own: string; /* its name for itself */
	direction: string;
	approved: boolean;
	texts: Record<Word, string>;
}

const ISOLATE_START = '\u2068', ISOLATE_END = '\u2069';

export const LANGUAGES: Readonly<Record<string, Language>> = Object.fromEntries(
	[english, easy, arabic, bengali, welsh, polish, urdu].map((one: Language) => [one.language, one]));

/* "pl-PL" finds "pl", "en-x-easy" itself; English for a language that is not here. */
export function languageOf(tag: string): string {
	const whole = tag.toLowerCase(), short = whole.split('-')[0] ?? 'en';
	return whole in LANGUAGES ? whole : short in LANGUAGES ? short : 'en';
}
export function isRightToLeft(language: string): boolean {
	return LANGUAGES[language]?.direction === 'rtl';
}
/* For the attribute `lang`. */
export function languageTag(language: string): string {
	return language === 'en' ? 'en-GB' : language;
}

/* What is put into a text keeps its own direction (Unicode UAX #9: FSI and PDI). */
export function say(language: string, word: Word, values: Record<string, string> = {}): string {
	const { texts } = LANGUAGES[language] ?? english, apart = isRightToLeft(language);
	return texts[word].replace(/\{(\w+)\}/g, (whole, name: string) => {
		const value = values[name] ?? whole;
		return apart ? ISOLATE_START + value + ISOLATE_END : value;
	});
}

const SIGNS: Readonly<Record<string, Word>> = {
	temperature: 'temperature', heartRate: 'heartRate', respiratoryRate: 'respiratoryRate', spo2: 'spo2', systolic: 'systolic', diastolic: 'diastolic', weight: 'weight',
	oxygen: 'oxygen', respiratoryDistress: 'respiratoryDistress', consciousness: 'consciousness', capillaryRefill: 'capillaryRefill', worried: 'concern',
};
/* The family's word for a sign; the ward's own label for one that families have no word for. */
export function signWord(language: string, name: string, label: string): string {
	const word = SIGNS[name];
	return word ? say(language, word) : label;
}

const VALUES: Readonly<Record<string, Word>> = {
	'worried/worried': 'yes', 'worried/not worried': 'no', 'oxygen/air': 'air', 'consciousness/A': 'awake', 'consciousness/asleep': 'asleep',
	'respiratoryDistress/none': 'nothingHard', 'respiratoryDistress/mild': 'mild', 'respiratoryDistress/moderate': 'moderate', 'respiratoryDistress/severe': 'severe',
};
/* A value that is a word of the ward, in the family's; a number as it is. */
export function valueWord(language: string, name: string, text: string): string {
	const word = VALUES[`${name}/${text}`];
	return word ? say(language, word) : text;
}

/* "03:02"; with the day in the family's language when that is not today. */
export function timeText(language: string, at: number, now: number): string {
	if (!Number.isFinite(at))
		return '–';
	const text = clockText(at, now);
	const time = /\d\d:\d\d.*$/.exec(text)?.[0] ?? text;
	if (time === text || language.startsWith('en'))
		return text;
	const day = new Intl.DateTimeFormat(`${language}-u-nu-latn`, { timeZone: 'Europe/London', weekday: 'short', day: 'numeric', month: 'short' });
	return `${day.format(at)} ${time}`;
}
