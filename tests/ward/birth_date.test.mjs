// SPDX-License-Identifier: Apache-2.0
// A birth date that is corrected or completed while a child is on the ward.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, Hospital, WELL } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-11-22T11:00:00Z' }); });
after(async () => { await hospital?.close(); });

/* Calm at thirteen; at three, breaths and pulse are too slow. */
const CALM_AT_THIRTEEN = { ...WELL, rr: 18, hr: 75, sbp: 105 };
const born = (id, birthDate) => hospital.put({ resourceType: 'Patient', id, ...(birthDate ? { birthDate } : {}), name: [{ text: `Synthetic ${id}` }] });

test('a corrected birth date scores the newest set anew, and calls when the right chart says so', async () => {
	const episode = await hospital.bed('corrected', { birthDate: '2013-05-10', policy: `${CHILD}|3` });
	await hospital.send('corrected', CALM_AT_THIRTEEN);
	const before = (await hospital.row(episode)).score;
	assert.deepEqual([before.total, before.band], [0, '13 years and over']);
	await hospital.none('corrected');
	await born('corrected', '2023-05-10');
	await hospital.settle();
	const after = (await hospital.row(episode)).score;
	assert.equal(after.band, '1-4 years');
	assert.ok(after.total > 0, `scored ${after.total} on the chart of a child of three`);
	const alerts = await hospital.open('corrected');
	assert.equal(alerts.length, 1, 'the score, and no word of a birthday');
	assert.equal(alerts[0].code.coding[0].code, 'score');
	assert.equal((await hospital.score('corrected')).id, before.observation, 'the same score, amended');
});

test('a birth date that was missing is made up for at once', async () => {
	const episode = await hospital.bed('completed', { birthDate: undefined, policy: `${CHILD}|3` });
	await born('completed');
	await hospital.send('completed', CALM_AT_THIRTEEN);
	await born('completed', '2023-05-10');
	await hospital.settle();
	assert.equal((await hospital.row(episode)).score?.band, '1-4 years');
});

test('a corrected birth date that changes no chart says nothing', async () => {
	const episode = await hospital.bed('same', { birthDate: '2022-05-10', policy: `${CHILD}|3` });
	await hospital.send('same', WELL);
	await born('same', '2023-05-10');
	await hospital.settle();
	assert.equal((await hospital.row(episode)).score.total, 0);
	await hospital.none('same');
});
