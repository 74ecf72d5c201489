// SPDX-License-Identifier: Apache-2.0
// The ward's operations over HTTP, against the real program.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from './server.mjs';
import { putSwitchboard } from './care.mjs';

let server;
const HW = 'https://fhir.homeward.example/';

before(async () => {
	server = await startServer();
	await server.put('Organization/ward-1', {
		resourceType: 'Organization', id: 'ward-1', name: 'Test ward',
		type: [{ coding: [{ system: `${HW}CodeSystem/organization-type`, code: 'virtual-ward' }] }],
		extension: [{ url: `${HW}StructureDefinition/ward-policy`, valueCanonical: `${HW}PlanDefinition/childrens-cancer|1` }],
	});
	await putSwitchboard(server, 'ward-1');
});
after(() => server?.stop());

const parameters = (values) => ({ resourceType: 'Parameters', parameter: Object.entries(values).map(([name, value]) => ({ name, ...value })) });

async function patient(id) {
	const answer = await server.put(`Patient/${id}`, { resourceType: 'Patient', id, birthDate: '2023-06-01', name: [{ text: `Synthetic ${id}` }] });
	assert.ok([200, 201].includes(answer.status));
}
const admit = (id, more = {}) => server.post('EpisodeOfCare/$admit', parameters({
	patient: { valueReference: { reference: `Patient/${id}` } }, ward: { valueReference: { reference: 'Organization/ward-1' } }, ...more,
}));

test('an admission makes the stay and its plan in one commit', async () => {
	await patient('op-1');
	const answer = await admit('op-1');
	assert.equal(answer.status, 201, JSON.stringify(answer.body));
	const [episode, plan] = answer.body.entry.map((entry) => entry.resource);
	assert.equal(episode.resourceType, 'EpisodeOfCare');
	assert.equal(episode.status, 'active');
	assert.equal(plan.supportingInfo[0].reference, `EpisodeOfCare/${episode.id}`);
	assert.deepEqual(plan.instantiatesCanonical, [`${HW}PlanDefinition/childrens-cancer|1`]);
	const read = await server.get(`EpisodeOfCare/${episode.id}`);
	assert.equal(read.status, 200);
});

test('a patient cannot have two open stays', async () => {
	await patient('op-2');
	assert.equal((await admit('op-2')).status, 201);
	const second = await admit('op-2');
	assert.equal(second.status, 409);
	assert.equal(second.body.resourceType, 'OperationOutcome');
});

test('of ten admissions of one patient at once exactly one succeeds', async () => {
	await patient('op-3');
	const answers = await Promise.all(Array.from({ length: 10 }, () => admit('op-3')));
	assert.equal(answers.filter((answer) => answer.status === 201).length, 1);
	assert.equal(answers.filter((answer) => answer.status === 409).length, 9);
});

test('admission refuses what it cannot stand for', async () => {
	await patient('op-4');
	assert.equal((await admit('nobody')).status, 404);
	assert.equal((await admit('op-4', { policy: { valueCanonical: `${HW}PlanDefinition/none|1` } })).status, 422);
	assert.equal((await admit('op-4', { start: { valueDateTime: '2999-01-01T00:00:00Z' } })).status, 422);
	assert.equal((await admit('op-4', { periodHours: { valueDecimal: 0 } })).status, 422);
	assert.equal((await server.post('EpisodeOfCare/$admit', { resourceType: 'Patient' })).status, 400);
});

test('a discharge ends stay and plan, once', async () => {
	await patient('op-5');
	const admitted = await admit('op-5');
	const [episode, plan] = admitted.body.entry.map((entry) => entry.resource);
	const without = await server.post(`EpisodeOfCare/${episode.id}/$discharge`, parameters({ note: { valueString: 'x' } }));
	assert.equal(without.status, 400);
	const reason = parameters({ reason: { valueString: 'Well again' } });
	const answer = await server.post(`EpisodeOfCare/${episode.id}/$discharge`, reason);
	assert.equal(answer.status, 200, JSON.stringify(answer.body));
	assert.equal(answer.body.status, 'finished');
	assert.ok(answer.body.period.end);
	assert.equal((await server.get(`CarePlan/${plan.id}`)).body.status, 'completed');
	assert.equal((await server.post(`EpisodeOfCare/${episode.id}/$discharge`, reason)).status, 409);
	assert.equal((await admit('op-5')).status, 201);
});

async function feverAlert(id) {
	await patient(id);
	const admitted = await admit(id);
	assert.equal(admitted.status, 201);
	await server.post('Observation', {
		resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${id}` },
		code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] },
		effectiveDateTime: await server.now(),
		valueQuantity: { value: 38.4, unit: 'Cel', system: 'http://unitsofmeasure.org', code: 'Cel' },
	});
	return server.until(async () => {
		const found = await server.get(`Task?patient=Patient/${id}&code=fever`);
		return found.body.entry?.[0]?.resource;
	});
}

test('an alert is acknowledged with who, plan, time and next review', async () => {
	const task = await feverAlert('op-6');
	const path = `Task/${task.id}/$acknowledge`;
	assert.equal((await server.post(path, parameters({ plan: { valueString: 'Call' } }))).status, 400);
	assert.equal((await server.post(path, parameters({ by: { valueString: 'Nurse A' } }))).status, 400);
	const long = parameters({ by: { valueString: 'Nurse A' }, plan: { valueString: 'Call' }, reviewMinutes: { valueInteger: 600 } });
	assert.equal((await server.post(path, long)).status, 422);
	const answer = await server.post(path, parameters({
		by: { valueString: 'Nurse A' }, plan: { valueString: 'Call the family now' }, reviewMinutes: { valueInteger: 10 },
	}));
	assert.equal(answer.status, 200, JSON.stringify(answer.body));
	assert.equal(answer.body.status, 'accepted');
	assert.equal(answer.body.note.at(-1).text, 'Call the family now');
	assert.equal(answer.body.note.at(-1).authorString, 'Nurse A');
	const minutes = (Date.parse(answer.body.restriction.period.end) - Date.parse(answer.body.executionPeriod.start)) / 60000;
	assert.ok(Math.abs(minutes - 10) < 0.1);
});

test('a resolved alert stays resolved and cannot be answered again', async () => {
	const task = await feverAlert('op-7');
	const values = parameters({ by: { valueString: 'Nurse B' }, reason: { valueString: 'Seen in hospital' } });
	const answer = await server.post(`Task/${task.id}/$resolve`, values);
	assert.equal(answer.status, 200, JSON.stringify(answer.body));
	assert.equal(answer.body.status, 'completed');
	assert.equal((await server.post(`Task/${task.id}/$resolve`, values)).status, 409);
	assert.equal((await server.post('Task/none/$resolve', values)).status, 404);
});

test('giants are refused, and those of which only whose and when is read do not stop the ward', async () => {
	const giant = (size) => ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, note: Array.from({ length: size }, () => ({ text: 'y'.repeat(1000000) })) });
	const answers = await Promise.all([12, 12, 12, 2].map((size) => server.post('Observation', giant(size))));
	assert.deepEqual(answers.map((answer) => answer.status), [413, 413, 413, 201]);
	const photograph = { resourceType: 'Media', status: 'completed', subject: { reference: 'Patient/op-8' }, content: { contentType: 'image/jpeg', data: 'QUJD'.repeat(3_000_000) } };
	const taken = await Promise.all([1, 2, 3].map(() => server.post('Media', photograph)));
	assert.deepEqual(taken.map((answer) => answer.status), [201, 201, 201]);
	const task = await feverAlert('op-8');
	assert.equal(task.priority, 'asap');
});
