// SPDX-License-Identifier: Apache-2.0
// A client that others wrote (npm fhir-kit-client) finds what it expects.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { Server, patient } from './server.mjs';

const Client = createRequire(import.meta.url)('fhir-kit-client');
let server;
let client;
before(async () => {
	server = await Server.start();
	client = new Client({ baseUrl: server.base });
});
after(async () => { await server.stop(); });

test('capability statement, and the support it reads out of it', async () => {
	const statement = await client.capabilityStatement();
	assert.equal(statement.resourceType, 'CapabilityStatement');
	const { CapabilityTool } = createRequire(import.meta.url)('fhir-kit-client');
	if (CapabilityTool)
		assert.ok(new CapabilityTool(statement).resourceCan('Patient', 'read'));
});

test('create, read, vread, update, history, delete', async () => {
	const made = await client.create({ resourceType: 'Patient', body: patient() });
	assert.equal(made.meta.versionId, '1');
	const read = await client.read({ resourceType: 'Patient', id: made.id });
	assert.deepEqual(read, made);
	const updated = await client.update({ resourceType: 'Patient', id: made.id, body: { ...read, active: true } });
	assert.equal(updated.meta.versionId, '2');
	assert.deepEqual(await client.vread({ resourceType: 'Patient', id: made.id, version: '1' }), made);
	const history = await client.history({ resourceType: 'Patient', id: made.id });
	assert.equal(history.total, 2);
	assert.equal((await client.history({ resourceType: 'Patient' })).type, 'history');
	assert.equal((await client.history()).type, 'history');
	await client.delete({ resourceType: 'Patient', id: made.id });
	await assert.rejects(client.read({ resourceType: 'Patient', id: made.id }), (error) => error.response.status === 410
		&& error.response.data.resourceType === 'OperationOutcome');
});

test('search, its pages, compartments, POST _search, references', async () => {
	const made = await client.create({ resourceType: 'Patient', body: patient({ name: [{ family: 'Kit' }] }) });
	for (let i = 0; i < 5; i++)
		await client.create({ resourceType: 'Observation', body: { resourceType: 'Observation', status: 'final', code: { text: `o${i}` }, subject: { reference: `Patient/${made.id}` } } });
	let page = await client.resourceSearch({ resourceType: 'Observation', searchParams: { subject: `Patient/${made.id}`, _count: 2 } });
	const seen = [];
	while (page) {
		seen.push(...page.entry.map((one) => one.resource.id));
		page = await client.nextPage({ bundle: page });
	}
	assert.equal(new Set(seen).size, 5);
	const compartment = await client.compartmentSearch({ resourceType: 'Observation', compartment: { resourceType: 'Patient', id: made.id } });
	assert.equal(compartment.total, 5);
	const form = await client.resourceSearch({ resourceType: 'Patient', searchParams: { name: 'kit' }, options: { postSearch: true } });
	assert.equal(form.total, 1);
	assert.equal((await client.resolve({ reference: `Patient/${made.id}` })).id, made.id);
});

test('batch and transaction', async () => {
	const entry = [{ resource: patient(), request: { method: 'POST', url: 'Patient' } }];
	for (const type of ['batch', 'transaction']) {
		const answer = await client[type]({ body: { resourceType: 'Bundle', type, entry } });
		assert.equal(answer.type, `${type}-response`);
		assert.equal(answer.entry[0].response.status, '201');
	}
});
