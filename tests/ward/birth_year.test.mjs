// SPDX-License-Identifier: Apache-2.0
// A birth date of which only the year is known.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { extension, Hospital, WELL } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('of two charts that the age may mean the higher score counts, or the ward is told', async () => {
	await hospital.bed('birth-year', { birthDate: '2021' });
	await hospital.send('birth-year', { ...WELL, rr: 45, hr: 142 });
	const score = await hospital.score('birth-year');
	const told = (await hospital.open('birth-year')).some((task) => /birth/.test(task.description));
	assert.ok(told || score.valueQuantity.value >= 4, `PEWS ${score.valueQuantity.value}, complete: ${extension(score, 'score-complete')}`);
});

test('that two charts are possible is said once, and a day ends it', async () => {
	const told = async () => (await hospital.open('birth-year')).filter((task) => /Birth date without a day/.test(task.description)).length;
	assert.equal(await told(), 1);
	await hospital.send('birth-year', { ...WELL, rr: 45, hr: 142 });
	assert.equal(await told(), 1);
	await hospital.bed('birth-month', { birthDate: '2021-11' });
	await hospital.send('birth-month', { ...WELL, rr: 45, hr: 142 });
	assert.equal((await hospital.open('birth-month')).filter((task) => /Birth date/.test(task.description)).length, 0, 'four in any case');
	assert.equal((await hospital.score('birth-month')).valueQuantity.value, 2);
});
