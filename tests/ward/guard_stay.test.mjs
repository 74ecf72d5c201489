// SPDX-License-Identifier: Apache-2.0
// A stay that somebody writes by hand, past the operations.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HW, Hospital, extension } from './hospital.mjs';
import { Refusal } from './refusal.mjs';

let hospital, refusal;
before(async () => {
	hospital = await Hospital.open({ start: '2026-06-01T09:00:00Z' });
	refusal = new Refusal(hospital);
});
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
	// A Medium alert keeps nobody.
	const calm = await hospital.bed('g-calm');
	await hospital.send('g-calm', { worried: true });
	assert.equal(extension(await hospital.alert('g-calm', 'concern'), 'alert-level'), 'medium');
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
