// SPDX-License-Identifier: Apache-2.0
// A stay that somebody writes by hand, past the operations.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HW, extension } from './hospital.mjs';
import { Refusal } from './refusal.mjs';

let hospital, refusal;
before(async () => ({ hospital, refusal } = await Refusal.open()));
after(() => hospital?.close());

test('a stay does not end by hand while a High alert has had no answer', async () => {
	const { episode, task } = await refusal.fever('g-stay');
	assert.ok(['high', 'emergency'].includes(extension(task, 'alert-level')));
	const stay = await hospital.get(`EpisodeOfCare/${episode}`);
	await hospital.put({ resourceType: 'Patient', id: 'g-other' });
	for (const status of ['finished', 'cancelled', 'entered-in-error', 'planned'])
		await refusal.of(409, { ...stay, status }, /had no answer/);
	await refusal.of(409, { ...stay, type: undefined }, /had no answer/);
	await refusal.of(409, { ...stay, managingOrganization: undefined }, /had no answer/);
	await refusal.of(409, { ...stay, patient: { reference: 'Patient/g-other' } }, /had no answer/);
	await refusal.ofDelete(`EpisodeOfCare/${episode}`, /had no answer/);
	await hospital.acknowledge(task);
	assert.equal((await refusal.put({ ...stay, status: 'finished' })).status, 200);
	await hospital.settle();
	assert.equal((await hospital.get(`Task/${task.id}`)).status, 'completed');
	// A worry holds it whatever its level (S45).
	const calm = await hospital.bed('g-calm');
	await hospital.send('g-calm', { worried: true });
	assert.equal(extension(await hospital.alert('g-calm', 'concern'), 'alert-level'), 'medium');
	await refusal.ofDelete(`EpisodeOfCare/${calm}`, /or a concern, of this patient has had no answer/);
	await hospital.acknowledge(await hospital.alert('g-calm', 'concern'));
	assert.equal((await refusal.remove(`EpisodeOfCare/${calm}`)).status, 204);
});

test('a stay is paused by hand with a reason', async () => {
	const episode = await hospital.bed('g-pause');
	const stay = await hospital.get(`EpisodeOfCare/${episode}`);
	const step = (reason) => ({ url: `${HW}StructureDefinition/step`, extension: [{ url: 'at', valueDateTime: '2026-06-01T09:30:00Z' }, { url: 'by', valueReference: { display: 'Nora' } },
		...(reason === undefined ? [] : [{ url: 'reason', valueString: reason }])] });
	await refusal.of(422, { ...stay, status: 'onhold' }, /step-up/);
	await refusal.of(422, { ...stay, status: 'onhold', extension: [...stay.extension ?? [], step()] }, /step-up/);
	const paused = { ...stay, status: 'onhold', extension: [...stay.extension ?? [], step('Line infection')] };
	assert.equal((await refusal.put(paused)).status, 200);
	assert.equal((await refusal.put({ ...paused, status: 'active' })).status, 200);
	await refusal.of(422, paused, /step-up/);
});

test('a stay keeps its patient: what was charted for one is never shown as another’s', async () => {
	const episode = await hospital.bed('g-given');
	await hospital.send('g-given', { temp: 36.8 });
	await hospital.put({ resourceType: 'Patient', id: 'g-receiver', birthDate: '2012-05-10' });
	const stay = await hospital.get(`EpisodeOfCare/${episode}`);
	await refusal.of(409, { ...stay, patient: { reference: 'Patient/g-receiver' } }, /another patient/);
	await hospital.settle();
	assert.equal((await hospital.row(episode)).patient.id, 'g-given');
});

test('a patient has one open stay, whichever way it is written', async () => {
	const episode = await hospital.bed('g-twice');
	await hospital.advance(60);
	const { id, meta, ...stay } = await hospital.get(`EpisodeOfCare/${episode}`);
	assert.ok(id && meta);
	const second = { ...stay, managingOrganization: { reference: 'Organization/adults' } };
	const made = await hospital.server.post('EpisodeOfCare', second);
	assert.equal(made.status, 409, made.text);
	const named = await hospital.server.put('EpisodeOfCare/g-twice-2', { ...second, id: 'g-twice-2' });
	assert.equal(named.status, 409, named.text);
	assert.match(named.text, /open stay/);
	assert.equal((await refusal.put({ ...second, id: 'g-twice-3', status: 'planned' })).status, 201);
	await refusal.of(409, { ...second, id: 'g-twice-3' }, /open stay/);
	await hospital.send('g-twice', { temp: 39.5 });
	assert.equal(extension(await hospital.alert('g-twice', 'fever'), 'episode').reference, `EpisodeOfCare/${episode}`);
});
