// SPDX-License-Identifier: Apache-2.0
// Who may answer an alert: staff who are in the record, or a name; never the family, a device or a reference to nobody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, Hospital } from './hospital.mjs';
import { parameters } from './care.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(async () => { await hospital?.close(); });

const answer = (task, verb, reference) => hospital.server.post(`Task/${task.id}/$${verb}`, parameters({
	by: { valueReference: { reference } }, plan: { valueString: 'Wait and see' }, reason: { valueString: 'Seen' },
}));

test('an alert is not silenced by the family, the patient, a device or somebody who is not in the record', async () => {
	await hospital.bed('own', { policy: `${CHILD}|3` });
	await hospital.relative('own-mother', 'own');
	await hospital.send('own', { temp: 39.4 });
	const task = await hospital.alert('own', 'fever');
	for (const verb of ['acknowledge', 'resolve']) {
		for (const nobody of ['RelatedPerson/own-mother', 'Patient/own', 'Device/own-kit', 'Organization/children', 'https://elsewhere.example/fhir/Practitioner/1',
			'Practitioner/not-there', 'PractitionerRole/not-there']) {
			const { status, text } = await answer(task, verb, nobody);
			assert.ok([400, 404, 422].includes(status), `${verb} by ${nobody}: ${status} ${text}`);
		}
	}
	assert.deepEqual(await hospital.alert('own', 'fever'), task, 'nothing was changed');
});

test('writing the Task does not let a family answer either', async () => {
	await hospital.bed('put', { policy: `${CHILD}|3` });
	await hospital.relative('put-mother', 'put');
	await hospital.send('put', { temp: 39.4 });
	const task = await hospital.alert('put', 'fever');
	for (const change of [{ status: 'accepted' }, { status: 'completed', statusReason: { text: 'Better' } }]) {
		const { status } = await hospital.server.put(`Task/${task.id}`, { ...task, ...change, owner: { reference: 'RelatedPerson/put-mother' } });
		assert.equal(status, 422);
	}
	assert.equal((await hospital.alert('put', 'fever')).status, task.status);
});

test('a nurse by role, by person and by name answers', async () => {
	await hospital.put({ resourceType: 'Practitioner', id: 'nora', name: [{ text: 'Nora Day' }] });
	for (const [patient, reference] of [['by-role', 'PractitionerRole/children-nurse'], ['by-person', 'Practitioner/nora']]) {
		await hospital.bed(patient, { policy: `${CHILD}|3` });
		await hospital.send(patient, { temp: 39.4 });
		assert.equal((await answer(await hospital.alert(patient, 'fever'), 'acknowledge', reference)).status, 200);
		await hospital.settle();
		assert.equal((await hospital.alert(patient, 'fever')).status, 'accepted');
	}
	await hospital.bed('by-name', { policy: `${CHILD}|3` });
	await hospital.send('by-name', { temp: 39.4 });
	assert.equal((await hospital.acknowledge(await hospital.alert('by-name', 'fever'))).status, 200);
});
