// SPDX-License-Identifier: Apache-2.0
// The kill test itself can fail: a store that loses, halves or doubles is found out. A small pretended record stands
// in for the server here, and only here; kill.test.mjs runs the real one.
import assert from 'node:assert';
import { test } from 'node:test';
import { Random } from './random.mjs';
import { RecordLoad } from './record_load.mjs';
import { WardLoad } from './ward_load.mjs';

class PretendedRecord {
	constructor() {
		this.versions = new Map(); // "Type/id/_history/n" -> resource
		this.ids = 0;
	}

	add(resource) {
		const id = `p${++this.ids}`;
		this.versions.set(`${resource.resourceType}/${id}/_history/1`, { ...resource, id, meta: { versionId: '1' } });
		return `http://x/fhir/${resource.resourceType}/${id}/_history/1`;
	}

	answer(status, body = null, headers = {}) {
		return { status, body, headers, text: JSON.stringify(body) };
	}

	async request(method, where, body) {
		if (method === 'POST' && where === '/fhir') {
			const first = this.add(body.entry[0].resource);
			const patient = /fhir\/(Patient\/\w+)/.exec(first)[1];
			const rest = body.entry.slice(1)
				.map((entry) => this.add({ ...entry.resource, subject: { reference: patient } }));
			return this.answer(200, { entry: [first, ...rest].map((location) => ({ response: { location } })) });
		}
		if (method === 'POST')
			return this.answer(201, null, { location: this.add(body) });
		const name = where.replace('/fhir/', '');
		if (name.includes('_history'))
			return this.versions.has(name) ? this.answer(200, this.versions.get(name)) : this.answer(404);
		const [type, query] = name.split('?');
		const mark = decodeURIComponent(query).replace(/^.*\|/, '').replace(/&.*$/, '');
		const entry = [...this.versions.values()]
			.filter((one) => one.resourceType === type && one.identifier?.[0]?.value === mark)
			.map((resource) => ({ resource }));
		return this.answer(200, { entry });
	}
}

async function loaded() {
	const server = new PretendedRecord();
	const problems = [];
	const load = new RecordLoad(server, problems, new Random(1));
	await load.create();
	await load.transact();
	return { server, problems, load, kinds: () => problems.map((problem) => problem.kind) };
}

test('a record that keeps everything passes', async () => {
	const { load, kinds } = await loaded();
	await load.check(true);
	await load.checkAll();
	assert.deepStrictEqual(kinds(), []);
	assert.equal(load.figures.acknowledgedWrites, 6);
});

test('a lost write is found', async () => {
	const { server, load, kinds } = await loaded();
	server.versions.delete('Observation/p1/_history/1');
	await load.check(true);
	assert.deepStrictEqual(kinds(), ['lost']);
});

test('a changed body and a changed version are found', async () => {
	const { server, load, kinds } = await loaded();
	server.versions.get('Observation/p1/_history/1').valueString += 'x';
	server.versions.get('Patient/p2/_history/1').meta.versionId = '2';
	await load.check(true);
	assert.deepStrictEqual(kinds(), ['half', 'half']);
});

test('a transaction that is half there is found, though nobody was told that it was done', async () => {
	const { server, load, kinds } = await loaded();
	const mark = server.versions.get('Patient/p2/_history/1').identifier[0].value;
	load.acknowledged = [];
	server.versions.delete('Observation/p4/_history/1');
	load.inFlight.push({ kind: 'transaction', mark });
	await load.check(true);
	assert.deepStrictEqual(kinds(), ['half']);
});

test('a doubled create is found', async () => {
	const { server, load, kinds } = await loaded();
	const { meta: _meta, id: _id, ...sent } = server.versions.get('Observation/p1/_history/1');
	server.add(sent);
	load.inFlight.push({ kind: 'create', mark: sent.identifier[0].value, sent });
	await load.check(true);
	assert.deepStrictEqual(kinds(), ['doubled']);
});

function ward(rules) {
	const problems = [];
	const entry = rules.map((code) => ({
		resource: {
			resourceType: 'Task', code: { coding: [{ system: 'https://fhir.homeward.example/CodeSystem/ward-rule', code }] },
		},
	}));
	const load = new WardLoad({ request: async () => ({ status: 200, body: { entry } }) }, problems, new Random(1));
	const kinds = async (expect) => {
		await load.checkPlant({ id: 'a', kind: { name: 'a', expect }, checked: false }, false);
		return problems.map((problem) => problem.kind);
	};
	return kinds;
}

test('exactly the planted alerts pass, whatever else the clock has raised', async () => {
	assert.deepStrictEqual(await ward(['fever', 'overdue', 'overdue'])({ fever: 1 }), []);
	assert.deepStrictEqual(await ward([])({}), []);
});
test('a lost, a doubled and an unfounded alert are found', async () => {
	assert.deepStrictEqual(await ward(['overdue'])({ fever: 1 }), ['alert lost or wrong']);
	assert.deepStrictEqual(await ward(['fever', 'fever'])({ fever: 1 }), ['alert doubled']);
	assert.deepStrictEqual(await ward(['fever'])({}), ['alert lost or wrong']);
});

test('the generator of choices gives the same choices for the same seed', () => {
	const draw = (seed) => { const random = new Random(seed); return [random.below(100), random.below(100), random.next()]; };
	assert.deepStrictEqual(draw(7), draw(7));
	assert.notDeepStrictEqual(draw(7), draw(8));
});
