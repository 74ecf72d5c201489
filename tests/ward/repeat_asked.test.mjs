// SPDX-License-Identifier: Apache-2.0
// How often a family is asked to measure again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, later, MIN } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('a family that has been asked to measure again is not asked with every value', async () => {
	await hospital.bed('asked');
	await hospital.relative('asked-mother', 'asked');
	await hospital.advance(MIN);
	const now = await hospital.now();
	for (let i = 0; i < 10; i++)
		await hospital.post('asked', { spo2: 65 }, { at: later(now, i - 10) });
	await hospital.settle();
	const asked = (await hospital.said('asked')).filter((page) => page.payload[0].contentString.includes('measure again'));
	assert.equal(asked.length, 1);
});
