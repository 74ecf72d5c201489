// SPDX-License-Identifier: Apache-2.0
// A value that a device gives as a bound.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, MIN, quantity } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('a bound on the good side or in doubt is unusable, and that is said', async () => {
	for (const [sign, value, unit, comparator] of [['spo2', 99, '%', '>'], ['hr', 100, '/min', '<'], ['temp', 37, 'Cel', '>']]) {
		await hospital.bed(`doubt-${sign}`);
		await hospital.server.post('Observation', {
			...hospital.observation(`doubt-${sign}`, sign, value, { effectiveDateTime: await hospital.now() }), valueQuantity: { ...quantity(value, unit), comparator },
		});
		await hospital.settle();
		assert.equal(await hospital.score(`doubt-${sign}`), undefined, `${sign} ${comparator} ${value} is not scored`);
		await hospital.advance(16 * MIN);
		await hospital.settle();
		assert.match((await hospital.alert(`doubt-${sign}`, 'implausible')).description, /no repeat/);
	}
});

test('a bound on the bad side is as bad as its limit, at once', async () => {
	for (const [sign, value, unit, comparator] of [['spo2', 70, '%', '<'], ['temp', 42, 'Cel', '>']]) {
		await hospital.bed(`bound-${sign}`);
		const made = await hospital.server.post('Observation', {
			...hospital.observation(`bound-${sign}`, sign, value, { effectiveDateTime: await hospital.now() }), valueQuantity: { ...quantity(value, unit), comparator },
		});
		assert.equal(made.status, 201, made.text);
		await hospital.settle();
		assert.notDeepEqual((await hospital.open(`bound-${sign}`)).map((task) => task.description), [], `${sign} ${comparator} ${value}`);
	}
});
