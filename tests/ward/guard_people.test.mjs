// SPDX-License-Identifier: Apache-2.0
// Nobody takes away the patient or the ward of an open stay.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Refusal } from './refusal.mjs';

let hospital, refusal;
before(async () => ({ hospital, refusal } = await Refusal.open()));
after(() => hospital?.close());

test('a patient with an open stay is neither deleted nor put out of use', async () => {
	const episode = await hospital.bed('p-here');
	const patient = await hospital.get('Patient/p-here');
	await refusal.of(409, { ...patient, active: false }, /open stay.*\$discharge/);
	await refusal.ofDelete('Patient/p-here', /open stay.*\$discharge/);
	assert.equal((await refusal.put({ ...patient, active: true, gender: 'female' })).status, 200);
	await refusal.ofDelete('Patient/p-here', /open stay/);
	await hospital.send('p-here', { temp: 39.4 });
	assert.ok(await hospital.alert('p-here', 'fever'));
	await hospital.acknowledge(await hospital.alert('p-here', 'fever'));
	await hospital.discharge(episode);
	assert.equal((await refusal.put({ ...patient, active: false })).status, 200);
	assert.equal((await refusal.remove('Patient/p-here')).status, 204);
});

test('a patient who was never on a ward may go', async () => {
	await hospital.put({ resourceType: 'Patient', id: 'p-never', active: true });
	assert.equal((await refusal.put({ resourceType: 'Patient', id: 'p-never', active: false })).status, 200);
	assert.equal((await refusal.remove('Patient/p-never')).status, 204);
});

test('a merge may put the old record out of use, and the fever under the new one is heard', async () => {
	await hospital.bed('p-old');
	await hospital.put({ resourceType: 'Patient', id: 'p-new', active: true, birthDate: '2023-05-10' });
	const old = await hospital.get('Patient/p-old');
	const merged = { ...old, active: false, link: [{ other: { reference: 'Patient/p-new' }, type: 'replaced-by' }] };
	assert.equal((await refusal.put(merged)).status, 200);
	await hospital.settle();
	const told = await hospital.alert('p-old', 'merged');
	assert.match(told.description, /Patient\/p-new/);
	await hospital.send('p-new', { temp: 39.4 });
	assert.ok(await hospital.alert('p-old', 'fever'));
	// The family's page knows the stay under either id.
	const { patient } = await hospital.home('p-new');
	assert.equal(patient.id, 'p-old');
	await hospital.crash(10);
	await hospital.send('p-new', { temp: 40.4 });
	assert.match((await hospital.alert('p-old', 'fever')).description, /40\.4/);
	await refusal.ofDelete('Patient/p-old', /open stay/);
});

test('the family’s page under the old id shows the stay under the new one, and no other child’s', async () => {
	await hospital.bed('p-goes-on');
	await hospital.put({ resourceType: 'Patient', id: 'p-went', active: false, link: [{ other: { reference: 'Patient/p-goes-on' }, type: 'replaced-by' }] });
	await hospital.put({ resourceType: 'Patient', id: 'p-sibling', link: [{ other: { reference: 'Patient/p-goes-on' }, type: 'seealso' }] });
	assert.equal((await hospital.home('p-went')).patient.id, 'p-goes-on');
	assert.equal((await hospital.home('p-sibling')).stay, 'none');
});

test('a ward with open stays is neither deleted nor put out of use nor made no ward', async () => {
	await hospital.ward('going', 'https://fhir.homeward.example/PlanDefinition/childrens-cancer');
	const episode = await hospital.bed('p-on-ward', { ward: 'going' });
	const ward = await hospital.get('Organization/going');
	const pattern = /open stays.*\$discharge/;
	await refusal.of(409, { ...ward, active: false }, pattern);
	await refusal.of(409, { ...ward, type: undefined }, pattern);
	await refusal.ofDelete('Organization/going', pattern);
	assert.equal((await refusal.put({ ...ward, name: 'Renamed' })).status, 200);
	await hospital.settle();
	await hospital.discharge(episode);
	assert.equal((await refusal.put({ ...ward, active: false })).status, 200);
	assert.equal((await refusal.remove('Organization/going')).status, 204);
});
