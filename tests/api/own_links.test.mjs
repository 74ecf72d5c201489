// SPDX-License-Identifier: Apache-2.0
// A reference with this server's own address before it means the same as one without, wherever it comes from: a
// reading that names its patient so must be found by that patient.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, idOf, outcomeProblem, patient } from './server.mjs';

let server;
before(async () => {
	server = await Server.start();
	await server.put('Patient/p1', patient({ id: 'p1' }));
});
after(async () => { await server.stop(); });

const observation = (reference) => ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference } });
const isFound = async (id) => {
	const { json } = await server.get('Observation?patient=p1&_count=100');
	return json.entry.some((one) => one.resource.id === id);
};

test('with the address of the base, by every kind of write', async () => {
	const own = observation(`${server.base}/Patient/p1`);
	const ids = [idOf(await server.post('Observation', own)), idOf(await server.put('Observation/put', { ...own, id: 'put' })),
		idOf(await server.put('Observation?identifier=http://example.org/i|1', { ...own, identifier: [{ system: 'http://example.org/i', value: '1' }] }))];
	for (const type of ['batch', 'transaction']) {
		const id = `in-${type}`;
		const answer = await server.post('', { resourceType: 'Bundle', type, entry: [{ resource: { ...own, id }, request: { method: 'PUT', url: `Observation/${id}` } }] });
		assert.match(answer.json.entry[0].response.status, /^201/);
		ids.push(id);
	}
	for (const id of ids) {
		assert.ok(await isFound(id), id);
		assert.equal((await server.get(`Observation/${id}`)).json.subject.reference, 'Patient/p1');
	}
	assert.equal((await server.get(`Patient/p1/Observation?_count=0`)).json.total, ids.length);
	assert.equal((await server.get('Patient?_id=p1&_revinclude=Observation:patient')).json.entry.length, ids.length + 1);
});

test('with the address that the client knows the server by', async () => {
	const made = await server.post('Observation', observation(`http://localhost:${server.port}/fhir/Patient/p1`), { Host: `localhost:${server.port}` });
	const direct = await (await fetch(`http://localhost:${server.port}/fhir/Observation`, { method: 'POST', headers: { 'Content-Type': 'application/fhir+json' },
		body: JSON.stringify(observation(`http://localhost:${server.port}/fhir/Patient/p1`)) })).json();
	assert.ok(made.status === 201 && await isFound(direct.id));
});

test('an old version stays named, another server stays another', async () => {
	const versioned = await server.post('Observation', observation(`${server.base}/Patient/p1/_history/1`));
	assert.equal(versioned.json.subject.reference, 'Patient/p1/_history/1');
	assert.ok(await isFound(idOf(versioned)));
	for (const other of ['http://other.example/fhir/Patient/p1', `${server.base}x/Patient/p1`, `${server.base}/Patient`]) {
		const made = await server.post('Observation', observation(other));
		assert.equal(made.json.subject.reference, other);
		assert.ok(!await isFound(idOf(made)), other);
	}
});

test('criteria that differ in spelling only are the same criteria', async () => {
	const one = patient({ identifier: [{ system: 'http://a.example', value: 'twice' }] });
	const answer = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry: ['identifier=http://a.example|twice', 'identifier=http%3A%2F%2Fa.example%7Ctwice']
		.map((ifNoneExist) => ({ resource: one, request: { method: 'POST', url: 'Patient', ifNoneExist } })) });
	assert.equal(answer.status, 400);
	assert.equal((await server.get('Patient?identifier=twice')).json.total, 0);
});

test('a reference by criteria outside a transaction is refused, for nobody would ever resolve it', async () => {
	const wrong = observation('Patient?identifier=http://a.example|1');
	for (const answer of [await server.post('Observation', wrong), await server.put('Observation/criteria', { ...wrong, id: 'criteria' }),
		await server.post('Observation', JSON.stringify(wrong).replace('?', '\\u003f'))]) {
		assert.equal(outcomeProblem(answer, 422), '');
		assert.match(answer.text, /transaction/);
	}
	const batch = await server.post('', { resourceType: 'Bundle', type: 'batch', entry: [{ resource: wrong, request: { method: 'POST', url: 'Observation' } }] });
	assert.match(batch.json.entry[0].response.status, /^422/);
	assert.equal((await server.post('Observation', observation('http://other.example/Patient?identifier=1'))).status, 201);
	assert.equal((await server.post('Observation', { ...observation('Patient/p1'), note: [{ text: 'Is this Patient? Yes' }] })).status, 201);
});
