// SPDX-License-Identifier: Apache-2.0
// Pregnancy that is recorded in the middle of a stay under NEWS2.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { ADULT_WELL, extension, Hospital, HW, MIN, snomed } from './hospital.mjs';

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

const admit = (id, policy) => hospital.server.post('EpisodeOfCare/$admit', parameters({
	patient: { valueReference: { reference: `Patient/${id}` } }, ward: { valueReference: { reference: 'Organization/adults' } },
	policy: { valueCanonical: `${HW}PlanDefinition/${policy}` },
}));
const replaces = (id, other) => hospital.put({
	resourceType: 'Patient', id, birthDate: '1996-01-01', link: other && [{ other: { reference: `Patient/${other}` }, type: 'replaces' }],
});

test('pregnancy that is recorded under an id that was merged counts at the door, however many merges lie between', async () => {
	await replaces('first');
	await replaces('second', 'first');
	await replaces('third', 'second');
	await hospital.put({ resourceType: 'Patient', id: 'sister', birthDate: '1996-01-01', link: [{ other: { reference: 'Patient/first' }, type: 'seealso' }] });
	await hospital.put({ resourceType: 'Condition', id: 'merged-pregnancy', subject: { reference: 'Patient/first' }, code: snomed('77386006') });
	for (const id of ['first', 'second', 'third'])
		assert.equal((await admit(id, 'adult-acute|1')).status, 422, id);
	assert.equal((await admit('sister', 'adult-acute|1')).status, 201, 'a sister is not the same woman');
	assert.equal((await admit('third', 'maternity|1')).status, 201);
	await hospital.settle();
	assert.equal((await hospital.home('first')).patient.id, 'third', 'the family\'s page under the oldest id');
});
