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

const openStays = (id) => hospital.list(`EpisodeOfCare?patient=Patient/${id}&status=active,onhold`);
let like; /* what an open stay looks like */
async function twin(id, ward, more = {}) {
	like ??= await hospital.get(`EpisodeOfCare/${await hospital.bed('g-like')}`);
	await hospital.put({ resourceType: 'Patient', id, birthDate: '2023-05-10', name: [{ text: `Synthetic ${id}` }] });
	const { id: of, meta, ...stay } = like;
	assert.ok(of && meta);
	return { ...stay, patient: { reference: `Patient/${id}` }, managingOrganization: { reference: `Organization/${ward}` }, ...more };
}

test('two stays of one patient in one transaction are refused together', async () => {
	const [first, second] = [await twin('g-bundle', 'children'), await twin('g-bundle', 'adults')];
	const bundle = (entries) => hospital.server.post('', { resourceType: 'Bundle', type: 'transaction', entry: entries });
	for (const [name, entries] of Object.entries({
		'two that are made': [first, second].map((resource) => ({ request: { method: 'POST', url: 'EpisodeOfCare' }, resource })),
		'two that are put': [first, second].map((resource, i) => ({ request: { method: 'PUT', url: `EpisodeOfCare/g-bundle-${i}` }, resource: { ...resource, id: `g-bundle-${i}` } })),
		'one of each': [{ request: { method: 'POST', url: 'EpisodeOfCare' }, resource: first }, { request: { method: 'PUT', url: 'EpisodeOfCare/g-bundle-2' }, resource: { ...second, id: 'g-bundle-2' } }],
	})) {
		const answer = await bundle(entries);
		assert.equal(answer.status, 409, `${name}: ${answer.text}`);
		assert.match(answer.text, /open stay/);
		assert.equal((await openStays('g-bundle')).length, 0, `${name}: nothing of it is kept`);
	}
	const planned = await bundle([first, { ...second, status: 'planned' }].map((resource, i) => ({ request: { method: 'PUT', url: `EpisodeOfCare/g-bundle-ok-${i}` }, resource: { ...resource, id: `g-bundle-ok-${i}` } })));
	assert.equal(planned.status, 200, planned.text);
	assert.deepEqual((await openStays('g-bundle')).map((one) => one.id), ['g-bundle-ok-0']);
	/* A patient that the same transaction makes, and one named by the server's whole address. */
	const made = { fullUrl: 'urn:uuid:00000000-0000-4000-8000-00000000beef', request: { method: 'POST', url: 'Patient' }, resource: { resourceType: 'Patient', birthDate: '2023-05-10' } };
	const stays = (reference, ...of) => of.map((resource) => ({ request: { method: 'POST', url: 'EpisodeOfCare' }, resource: { ...resource, patient: { reference } } }));
	const newcomer = await bundle([made, ...stays(made.fullUrl, first, second)]);
	assert.equal(newcomer.status, 409, newcomer.text);
	assert.equal((await bundle([made, ...stays(made.fullUrl, first)])).status, 200, 'one is no conflict');
	for (const reference of [`${hospital.server.address}/fhir/Patient/g-bundle`, 'Patient?_id=g-bundle']) {
		const answer = await bundle(stays(reference, second));
		assert.ok([409, 422].includes(answer.status), `${reference}: ${answer.text}`);
	}
	assert.equal((await openStays('g-bundle')).length, 1);
});

test('of stays of one patient that are written at the same time exactly one stands', async () => {
	for (let round = 0; round < 8; round++) {
		const id = `g-race-${round}`;
		const resources = [await twin(id, 'children'), await twin(id, 'adults')];
		const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => i % 2 === 0
			? hospital.server.put(`EpisodeOfCare/${id}-${i}`, { ...resources[i % 4 / 2], id: `${id}-${i}` })
			: hospital.server.post('EpisodeOfCare', resources[(i - 1) % 4 / 2])));
		const made = answers.filter((one) => one.status === 201);
		assert.deepEqual([made.length, [...new Set(answers.map((one) => one.status))].sort()], [1, [201, 409]], answers.map((one) => one.status).join());
		assert.equal((await openStays(id)).length, 1);
	}
});

test('two planned stays that are made active at the same time: exactly one becomes it', async () => {
	const id = 'g-both';
	for (const [i, ward] of ['children', 'adults'].entries())
		assert.equal((await refusal.put({ ...await twin(id, ward, { status: 'planned' }), id: `${id}-${i}` })).status, 201);
	const stays = await Promise.all([0, 1].map((i) => hospital.get(`EpisodeOfCare/${id}-${i}`)));
	const answers = await Promise.all(stays.map((stay) => hospital.server.put(`EpisodeOfCare/${stay.id}`, { ...stay, status: 'active' })));
	assert.deepEqual(answers.map((one) => one.status).sort(), [200, 409], answers.map((one) => one.text.slice(0, 200)).join());
	assert.equal((await openStays(id)).length, 1);
});
