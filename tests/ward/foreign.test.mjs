// SPDX-License-Identifier: Apache-2.0
// A reading about a patient of another server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('a reading about a patient of another server is not charted for ours of the same id', async () => {
	await hospital.bed('foreign');
	const answer = await hospital.server.post('Observation', {
		...hospital.observation('foreign', 'temp', 39.9, { effectiveDateTime: await hospital.now() }),
		subject: { reference: 'https://other-hospital.example/fhir/Patient/foreign' },
	});
	assert.ok([201, 422].includes(answer.status), answer.text);
	await hospital.settle();
	await hospital.none('foreign');
});
