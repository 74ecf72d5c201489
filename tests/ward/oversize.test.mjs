// SPDX-License-Identifier: Apache-2.0
// What is stored and too large for the ward engine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, HW } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('worry in a form that holds a large photograph is heard, or refused', async () => {
	await hospital.bed('oversize');
	const answer = await hospital.server.post('QuestionnaireResponse', {
		resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: `${HW}Questionnaire/childrens-daily|1`, subject: { reference: 'Patient/oversize' },
		item: [{ linkId: 'worried', answer: [{ valueBoolean: true }] }, { linkId: 'rash', answer: [{ valueAttachment: { contentType: 'image/jpeg', data: 'QUJD'.repeat(2_100_000) } }] }],
	});
	await hospital.settle();
	assert.ok(answer.status >= 400 || (await hospital.open('oversize')).length > 0, `${answer.status}, and nobody is told`);
});

test('a fever in an Observation of nine megabytes is heard, or refused', async () => {
	await hospital.bed('oversize-fever');
	const answer = await hospital.server.post('Observation', {
		...hospital.observation('oversize-fever', 'temp', 39.9, { effectiveDateTime: await hospital.now() }), note: Array.from({ length: 9 }, () => ({ text: 'x'.repeat(1_000_000) })),
	});
	await hospital.settle();
	assert.ok(answer.status >= 400 || (await hospital.open('oversize-fever')).length > 0, `${answer.status}, and nobody is told`);
});
