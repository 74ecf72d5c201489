// SPDX-License-Identifier: Apache-2.0
// batch and transaction.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, idOf, outcomeProblem, patient, shared } from './server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(async () => { await server.stop(); });
const refused = (answer, status, code) => assert.equal(outcomeProblem(answer, status, code), '');
const bundle = (type, entry) => ({ resourceType: 'Bundle', type, entry });
const post = (resource, more = {}) => ({ resource, request: { method: 'POST', url: resource.resourceType, ...more.request }, ...(more.fullUrl ? { fullUrl: more.fullUrl } : {}) });
const send = (type, entry, headers) => server.post('', bundle(type, entry), headers);
const observation = (more) => ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, ...more });
const system = 'http://example.org/numbers';
const total = async (query) => (await server.get(query)).json.total;
const statuses = (answer) => answer.json.entry.map((one) => one.response.status);

test('a transaction works in its order and answers in the order of its entries', async () => {
	const old = idOf(await server.post('Patient', patient()));
	const answer = await send('transaction', [
		{ request: { method: 'GET', url: 'Patient/t-put' } },
		{ resource: patient({ id: 't-put' }), request: { method: 'PUT', url: 'Patient/t-put' } },
		post(patient()),
		{ request: { method: 'DELETE', url: `Patient/${old}` } },
	]);
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.json.type, 'transaction-response');
	assert.deepEqual(statuses(answer), ['200', '201', '201', '204']);
	assert.equal(answer.json.entry[0].resource.id, 't-put');
	assert.match(answer.json.entry[2].response.location, new RegExp(`^${server.base}/Patient/[^/]+/_history/1$`));
	assert.equal(answer.json.entry[1].response.etag, 'W/"1"');
	assert.ok(Date.parse(answer.json.entry[1].response.lastModified));
	refused(await server.get(`Patient/${old}`), 410);
});

test('links between entries become the identities they got, wherever they stand', async () => {
	const [a, b, c] = ['urn:uuid:0a0a0a0a-0000-4000-8000-000000000001', 'urn:uuid:0a0a0a0a-0000-4000-8000-000000000002', 'http://elsewhere.example/fhir/Practitioner/77'];
	const answer = await send('transaction', [
		post(observation({ subject: { reference: a }, performer: [{ reference: c }],
			contained: [{ resourceType: 'Device', id: 'd', patient: { reference: a } }], device: { reference: '#d' },
			derivedFrom: [{ reference: b }],
			text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${a}">who</a></div>` },
			extension: [{ url: 'http://example.org/e', valueUri: a }, { url: 'http://example.org/f', valueReference: { reference: b } }] })),
		post(patient(), { fullUrl: a }),
		post(observation({ subject: { reference: a }, hasMember: [{ reference: `${b}` }] }), { fullUrl: b }),
		post({ resourceType: 'Practitioner' }, { fullUrl: c }),
		{ fullUrl: 'http://elsewhere.example/fhir/Basic/1', resource: { resourceType: 'Basic', code: { text: 'x' }, author: { reference: 'Practitioner/77' } }, request: { method: 'POST', url: 'Basic' } },
	]);
	assert.equal(answer.status, 200, answer.text);
	const where = answer.json.entry.map((one) => one.response.location.slice(server.base.length + 1).split('/_history')[0]);
	const stored = (await server.get(where[0])).json;
	assert.equal(stored.subject.reference, where[1]);
	assert.equal(stored.contained[0].patient.reference, where[1]);
	assert.equal(stored.device.reference, '#d');
	assert.equal(stored.performer[0].reference, where[3]);
	assert.equal(stored.derivedFrom[0].reference, where[2]);
	assert.equal(stored.extension[0].valueUri, where[1]);
	assert.equal(stored.extension[1].valueReference.reference, where[2]);
	assert.ok(stored.text.div.includes(`href="${where[1]}"`));
	assert.equal((await server.get(where[2])).json.hasMember[0].reference, where[2]);
	assert.equal((await server.get(where[4])).json.author.reference, where[3]);
});

test('of a transaction that fails nothing stays', async () => {
	const kept = idOf(await server.post('Patient', patient()));
	const before = await server.versions();
	const good = [post(patient()), { request: { method: 'DELETE', url: `Patient/${kept}` } }];
	const bad = [
		[post(observation({ status: 'nonsense' })), 422],
		[post({ resourceType: 'Patient', nmae: 1 }), 400],
		[{ resource: patient({ id: 'x' }), request: { method: 'PUT', url: 'Patient/y' } }, 400],
		[{ resource: patient({ id: kept }), request: { method: 'PUT', url: `Patient/${kept}`, ifMatch: 'W/"9"' } }, 400],
		[{ resource: patient({ id: 'nobody' }), request: { method: 'PUT', url: 'Patient/nobody', ifMatch: 'W/"1"' } }, 412],
		[post(observation({ subject: { reference: 'Patient?identifier=none-has-this' } })), 412],
		[{ resource: patient(), request: { method: 'PATCH', url: 'Patient/1' } }, undefined],
		[{ request: { method: 'POST', url: 'Patient' } }, 400],
		[post(patient(), { request: { url: 'Nonsense' } }), 404],
		[{ resource: patient() }, undefined],
	];
	for (const [entry, status] of bad) {
		const answer = await send('transaction', [...good, entry]);
		assert.ok(status ? answer.status === status : answer.status >= 400, `${JSON.stringify(entry)}: ${answer.status} ${answer.text}`);
		refused(answer, answer.status);
	}
	assert.equal(await server.versions(), before);
	assert.equal((await server.get(`Patient/${kept}`)).status, 200);
});

test('the entry that fails is named', async () => {
	const answer = await send('transaction', [post(patient()), post(observation({ status: 'nonsense' }))]);
	refused(answer, 422);
	assert.ok(answer.json.issue.some((one) => one.expression?.[0].startsWith('Bundle.entry[1]')), answer.text);
});

test('the same identity twice fails, in any guise', async () => {
	const condition = `identifier=${system}|same`;
	const twice = [
		[{ resource: patient({ id: 'd' }), request: { method: 'PUT', url: 'Patient/d' } }, { request: { method: 'DELETE', url: 'Patient/d' } }],
		[{ resource: patient({ id: 'd' }), request: { method: 'PUT', url: 'Patient/d' } }, { resource: patient({ id: 'd', active: true }), request: { method: 'PUT', url: 'Patient/d' } }],
		[post(patient(), { request: { ifNoneExist: condition } }), post(patient(), { request: { ifNoneExist: condition } })],
		[post(patient(), { fullUrl: 'urn:uuid:0a0a0a0a-0000-4000-8000-000000000009' }), post(patient(), { fullUrl: 'urn:uuid:0a0a0a0a-0000-4000-8000-000000000009' })],
	];
	const before = await server.versions();
	for (const entry of twice)
		refused(await send('transaction', entry), 400);
	assert.equal(await server.versions(), before);
});

test('conditions of entries hold: ifNoneExist, conditional references, updates and deletes', async () => {
	const family = (value) => ({ identifier: [{ system, value }] });
	const first = await send('transaction', [
		post(patient(family('c-1')), { request: { ifNoneExist: `identifier=${system}|c-1` }, fullUrl: 'urn:uuid:0a0a0a0a-0000-4000-8000-00000000000a' }),
		post(observation({ subject: { reference: 'urn:uuid:0a0a0a0a-0000-4000-8000-00000000000a' } })),
	]);
	assert.deepEqual(statuses(first), ['201', '201'], first.text);
	const second = await send('transaction', [
		post(patient(family('c-1')), { request: { ifNoneExist: `identifier=${system}|c-1` }, fullUrl: 'urn:uuid:0a0a0a0a-0000-4000-8000-00000000000b' }),
		post(observation({ subject: { reference: 'urn:uuid:0a0a0a0a-0000-4000-8000-00000000000b' } })),
		post(observation({ subject: { reference: `Patient?identifier=${system}|c-1` } })),
		post(observation({ performer: [{ reference: `Practitioner?identifier=${system}|new` }] })),
		post({ resourceType: 'Practitioner', ...family('new') }),
		{ resource: { resourceType: 'Device', ...family('dev') }, request: { method: 'PUT', url: `Device?identifier=${system}|dev` } },
		{ request: { method: 'DELETE', url: `Basic?identifier=${system}|none` } },
	]);
	assert.deepEqual(statuses(second), ['200', '201', '201', '201', '201', '201', '204'], second.text);
	const where = (answer, i) => answer.json.entry[i].response.location.slice(server.base.length + 1).split('/_history')[0];
	assert.equal(where(second, 0), where(first, 0));
	assert.equal((await server.get(where(second, 1))).json.subject.reference, where(first, 0));
	assert.equal((await server.get(where(second, 2))).json.subject.reference, where(first, 0));
	assert.equal((await server.get(where(second, 3))).json.performer[0].reference, where(second, 4));
	assert.equal(await total(`Patient?identifier=${system}|c-1&_summary=count`), 1);
});

test('racing transactions with the same ifNoneExist make one resource', async () => {
	const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => send('transaction', [
		post(patient({ identifier: [{ system, value: 'race' }] }), { request: { ifNoneExist: `identifier=${system}|race` }, fullUrl: 'urn:uuid:0a0a0a0a-0000-4000-8000-00000000000c' }),
		post(observation({ valueInteger: i, subject: { reference: 'urn:uuid:0a0a0a0a-0000-4000-8000-00000000000c' } })),
	])));
	const good = answers.filter((one) => one.status === 200);
	assert.ok(answers.every((one) => [200, 409].includes(one.status)), answers.map((one) => one.status).join());
	assert.equal(good.filter((one) => statuses(one)[0] === '201').length, 1);
	assert.equal(await total(`Patient?identifier=${system}|race&_summary=count`), 1);
	const id = good[0].json.entry[0].response.location.split('/').at(-3);
	assert.equal(await total(`Observation?subject=Patient/${id}&_summary=count`), good.length);
});

test('entries of a batch stand each for itself', async () => {
	const answer = await send('batch', [
		post(patient()),
		post({ resourceType: 'Patient', nmae: 1 }),
		{ request: { method: 'GET', url: 'Patient/nobody' } },
		{ resource: patient({ id: 'b-1' }), request: { method: 'PUT', url: 'Patient/b-1' } },
		{ resource: patient({ id: 'b-2' }), request: { method: 'PUT', url: 'Patient/b-2', ifMatch: 'W/"4"' } },
		{ request: { method: 'GET', url: 'Patient?_id=b-1' } },
		{ request: { method: 'GET', url: 'metadata?_elements=fhirVersion' } },
		{ resource: patient({ id: 'b-3' }), request: { method: 'PUT', url: 'Patient/b-3', ifNoneMatch: '*' } },
		{ request: { method: 'DELETE', url: 'Patient/never' } },
	]);
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.json.type, 'batch-response');
	assert.deepEqual(statuses(answer), ['201', '400', '404', '201', '412', '200', '200', '201', '204']);
	for (const i of [1, 2, 4])
		assert.equal(answer.json.entry[i].response.outcome.resourceType, 'OperationOutcome');
	assert.equal(answer.json.entry[5].resource.total, 1);
	assert.equal(answer.json.entry[6].resource.fhirVersion, '4.0.1');
});

test('a batch larger than the writer takes at once goes through whole', async () => {
	const answer = await send('batch', Array.from({ length: 700 }, () => post(patient())));
	assert.equal(answer.status, 200);
	assert.equal(statuses(answer).filter((one) => one === '201').length, 700);
});

test('Prefer counts for each entry', async () => {
	const minimal = await send('transaction', [post(patient())]);
	assert.equal(minimal.json.entry[0].resource, undefined);
	const whole = await send('transaction', [post(patient())], { Prefer: 'return=representation' });
	assert.equal(whole.json.entry[0].resource.resourceType, 'Patient');
	assert.equal(whole.json.entry[0].resource.meta.versionId, '1');
	const outcome = await send('batch', [post(patient())], { Prefer: 'return=OperationOutcome' });
	assert.equal(outcome.json.entry[0].response.outcome.resourceType, 'OperationOutcome');
});

test('the base address takes batches and transactions only; a document is stored at its type', async () => {
	const document = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: patient() }] };
	const answer = await server.post('', document);
	refused(answer, 400);
	assert.match(answer.text, /Readings are sent in a batch or transaction/, 'what to do');
	refused(await server.post('', patient()), 400);
	refused(await server.post('', { resourceType: 'Bundle', type: 'transaction', entry: [{ colour: 'red' }] }), 400);
	const stored = await server.post('Bundle', document);
	assert.equal(stored.status, 201, stored.text);
	assert.deepEqual(statuses({ json: { entry: [] } }), []);
	assert.equal((await send('transaction', undefined)).status, 200);
});

test('Synthea transactions go in whole, links and all', { skip: !fs.existsSync(path.join(shared, 'data/synthea')) && 'shared data absent' }, async () => {
	const folder = path.join(shared, 'data/synthea');
	const files = fs.readdirSync(folder).sort();
	const chosen = [...files.filter((name) => /^0-(hospital|practitioner)/.test(name)), ...files.filter((name) => /^[0-9a-f]{8}-/.test(name)).slice(0, 2)];
	for (const name of chosen) {
		const text = execFileSync('bzip2', ['-dc', path.join(folder, name)], { maxBuffer: 1 << 28 });
		const answer = await server.ask('POST', '', { body: text });
		assert.equal(answer.status, 200, `${name}: ${answer.text.slice(0, 800)}`);
		const sent = JSON.parse(text);
		assert.equal(answer.json.entry.length, sent.entry.length);
		for (const [i, one] of answer.json.entry.entries()) {
			assert.ok(['200', '201'].includes(one.response.status));
			assert.match(one.response.location, new RegExp(`/${sent.entry[i].resource.resourceType}/`));
		}
		const read = await server.get(answer.json.entry.at(-1).response.location.slice(server.base.length + 1));
		assert.doesNotMatch(read.text, /urn:uuid:|"reference":"[A-Za-z]+\?/);
	}
});
