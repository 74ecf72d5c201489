/* SPDX-License-Identifier: Apache-2.0
 * The words of the family's page, data/home: complete in every language, drafts marked as such, the emergency numbers right,
 * the same terms as the messages, and plain enough to be read by a child of nine. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '../kill/server.mjs';
import { load } from './module.mjs';

const read = (folder) => Object.fromEntries(readdirSync(join(root, 'data', folder)).map((file) => [file.replace('.json', ''), JSON.parse(readFileSync(join(root, 'data', folder, file), 'utf8'))]));
const page = read('home'), messages = read('message');
const languages = Object.keys(page);
const holes = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
const questionnaires = Object.values(read('questionnaire'));

test('the page speaks every language in which families are told things, and every text of the original', () => {
	assert.deepEqual(languages.sort(), Object.keys(messages).sort());
	for (const language of languages) {
		const { texts, direction } = page[language];
		assert.deepEqual(Object.keys(texts), Object.keys(page.en.texts), language);
		assert.equal(direction, messages[language].direction, language);
		for (const [word, text] of Object.entries(texts)) {
			assert.ok(text.trim() === text && text !== '', `${language} ${word}`);
			assert.deepEqual(holes(text), holes(page.en.texts[word]), `${language} ${word}`);
			assert.doesNotMatch(text, /[٠-٩۰-۹০-৯]/, `${language} ${word}: figures as they stand on a telephone`);
		}
	}
});
test('what no clinician has approved is marked as a draft, in the data and on the page', () => {
	for (const language of languages) {
		assert.equal(page[language].approved, language === 'en', language);
		assert.match(page[language].review, language === 'en' ? /original/ : /must be .*approved/, language);
	}
});
test('every language of the page is in the daily questions', () => {
	for (const language of languages.filter((one) => one !== 'en')) {
		for (const questionnaire of questionnaires) {
			for (const item of questionnaire.item)
				assert.ok(item._text.extension.some((one) => one.extension.some((part) => part.valueCode === language)), `${questionnaire.id} ${item.linkId} ${language}`);
		}
	}
});
test('999 is said in every language as the emergency message says it, and 18000 by text relay', () => {
	for (const language of languages) {
		const { emergency, emergencyRelay, worried999 } = page[language].texts;
		assert.deepEqual([...emergency.matchAll(/\d+/g)].map(String), ['999'], language);
		assert.deepEqual([...worried999.matchAll(/\d+/g)].map(String), ['999'], language);
		assert.deepEqual([...emergencyRelay.matchAll(/\d+/g)].map(String), ['18000'], language);
		assert.ok(messages[language].texts.emergency.includes(emergency), `${language}: ${emergency}`);
		assert.ok(worried999.startsWith(emergency.replace(/ (nawr|now)$/, '')), `${language}: ${worried999}`);
	}
});
/* The noun of the language for what is measured, for the ward and for the hospital, as in the messages. */
const TERMS = {
	ar: ['قياسات', 'الجناح', 'المستشفى'], bn: ['মাপ', 'ওয়ার্ড', 'হাসপাতাল'], cy: ['mesuriadau', 'ward', 'ysbyty'], en: ['readings', 'ward', 'hospital'],
	'en-x-easy': ['numbers', 'ward', 'hospital'], pl: ['pomiar', 'oddział', 'szpital'], ur: ['ریڈنگز', 'وارڈ', 'ہسپتال'],
};
test('the page uses the terms of the messages, and says who has not got what waits', () => {
	for (const language of languages) {
		const [measured, ward, hospital] = TERMS[language], { texts } = page[language], said = messages[language].texts;
		const has = (text, term) => text.toLowerCase().replaceAll('للجناح', 'الجناح').replaceAll('بالجناح', 'الجناح').replaceAll('بالمستشفى', 'المستشفى').includes(term);
		for (const text of [said['readings-due'], texts.title, texts.send, texts.due])
			assert.ok(has(text, measured), `${language}: ${measured} in ${text}`);
		for (const text of [said['readings-missing'], texts.call, texts.worriedTold, texts.unsent, texts.lost])
			assert.ok(has(text, ward), `${language}: ${ward} in ${text}`);
		for (const text of [said['after-stay'], texts.unsent, texts.refused, texts.received])
			assert.ok(has(text, hospital), `${language}: ${hospital} in ${text}`);
	}
});

/* Flesch-Kincaid grade (Kincaid et al. 1975): a school year of the United States, which begins at the age of five. */
function syllables(word) {
	const found = word.toLowerCase().replace(/[^a-z]/g, '').replace(/(?<=[^aeiouy].*[^aeiouyl])e$/, '').replace(/(?<=[aeiouy].*[^td])ed$/, 'd').match(/[aeiouy]+/g);
	return Math.max(1, found?.length ?? 1);
}
function grade(texts) {
	const sentences = texts.flatMap((text) => text.replace(/\{\w+\}/g, 'one').split(/[.?!:](?:\s|$)/)).filter((one) => /[a-z]/i.test(one));
	const words = sentences.flatMap((one) => one.match(/[A-Za-z']+/g) ?? []);
	return 0.39 * words.length / sentences.length + 11.8 * words.reduce((sum, word) => sum + syllables(word), 0) / words.length - 15.59;
}
test('the original is plain: a child of nine can read it, and easy read is easier', () => {
	for (const [language, most] of [['en', 4], ['en-x-easy', 3]]) {
		const texts = Object.values(page[language].texts);
		assert.ok(grade(texts) <= most, `${language} has grade ${grade(texts).toFixed(1)}`);
		for (const text of texts) {
			for (const sentence of text.split(/[.?!:](?:\s|$)/))
				assert.ok((sentence.match(/\S+/g)?.length ?? 0) <= 24, `${language}: a long sentence: ${sentence}`);
		}
	}
});

test('a number is dialled as it stands; by relay with 18001 before the national number, once', async () => {
	const { dialled } = await load('home_phones.tsx');
	assert.deepEqual(['020 7946 0123', '+44 20 7946 0123', '+44 (0)20 7946 0123'].map((one) => dialled(one, false)), ['02079460123', '+442079460123', '+442079460123']);
	for (const phone of ['020 7946 0123', '+44 20 7946 0123', '+44 (0)20 7946 0123', '0044 20 7946 0123', '18001 020 7946 0123'])
		assert.equal(dialled(phone, true), '1800102079460123', phone);
	assert.equal(dialled('+353 1 234 5678', true), '180010035312345678');
});
test('a number is read in the figures of every keyboard, and nothing else is a number', async () => {
	const { numberOf } = await load('home_readings.tsx');
	for (const text of ['38.4', '38,4', ' 38.4 ', '٣٨٫٤', '۳۸٫۴', '৩৮.৪'])
		assert.equal(numberOf(text), 38.4, text);
	for (const text of ['', 'x', '38.4.1', '3 8', '-3', '38.444', '12345', '1e2'])
		assert.ok(Number.isNaN(numberOf(text)), text);
});
test('language: the record’s tag finds ours; the day is in it, the time in figures of a clock', async () => {
	const { languageOf, timeText, say } = await load('home_words.ts');
	assert.deepEqual(['pl-PL', 'en-x-easy', 'EN-GB', 'ur', 'ar-SY', 'fr', ''].map(languageOf), ['pl', 'en-x-easy', 'en', 'ur', 'ar', 'en', 'en']);
	const now = Date.parse('2026-06-10T12:00:00Z'), yesterday = now - 20 * 3_600_000;
	assert.equal(timeText('ar', now, now), '13:00');
	assert.equal(timeText('en', yesterday, now), 'Tue 9 Jun 17:00');
	for (const language of ['ar', 'bn', 'cy', 'pl', 'ur'])
		assert.match(timeText(language, yesterday, now), /^(?!.*Tue).*9.* 17:00$/, language);
	assert.equal(timeText('pl', NaN, now), '–');
	assert.equal(say('ur', 'sent', { time: '13:00' }).includes('\u206813:00\u2069'), true);
	assert.equal(say('pl', 'sent', { time: '13:00' }), 'Szpital otrzymał o 13:00');
});
