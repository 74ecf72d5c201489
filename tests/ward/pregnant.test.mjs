// SPDX-License-Identifier: Apache-2.0
// Pregnancy that is recorded in the middle of a stay under NEWS2.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADULT_WELL, extension, Hospital, MIN, snomed } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('a value far out calls somebody though NEWS2 is refused', async () => {
	await hospital.bed('pregnant', { ward: 'adults', birthDate: '1996-01-01' });
	await hospital.send('pregnant', ADULT_WELL);
	await hospital.put({ resourceType: 'Condition', id: 'pregnant-now', subject: { reference: 'Patient/pregnant' }, code: snomed('77386006') });
	await hospital.settle();
	await hospital.acknowledge(await hospital.alert('pregnant', 'technical'));
	await hospital.advance(12 * MIN);
	await hospital.send('pregnant', { rr: 34, spo2: 78, sbp: 78, hr: 92 });
	const waiting = (await hospital.open('pregnant')).filter((task) => task.status !== 'accepted' && extension(task, 'alert-level') !== 'technical');
	assert.notDeepEqual(waiting, [], 'nobody is called about breaths 34, SpO2 78 and systolic 78');
});
