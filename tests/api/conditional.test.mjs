// SPDX-License-Identifier: Apache-2.0
// Conditional create, update and delete: who is meant is found by a search, and stays right under races.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, idOf, outcomeProblem, patient } from './server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(async () => { await server.stop(); });
const refused = (answer, status, code) => assert.equal(outcomeProblem(answer, status, code), '');
const system = 'http://example.org/numbers';
const numbered = (value, more = {}) => patient({ identifier: [{ system, value }], ...more });
const criteria = (value) => `identifier=${encodeURIComponent(`${system}|${value}`)}`;
const create = (value, more) => server.post('Patient', numbered(value, more), { 'If-None-Exist': criteria(value) });

test('If-None-Exist creates once and then answers with what is there', async () => {
	const first = await create('once');
	assert.equal(first.status, 201);
	const second = await create('once', { active: true });
	assert.equal(second.status, 200);
	assert.equal(idOf(second), idOf(first));
	assert.equal(second.json.active, undefined);
	assert.equal(second.headers.get('location'), first.headers.get('location'));
	assert.equal(second.headers.get('etag'), 'W/"1"');
	assert.equal((await server.get(`Patient/${idOf(first)}/_history`)).json.total, 1);
});

test('of many racing conditional creates exactly one makes the resource', async () => {
	for (let round = 0; round < 5; round++) {
		const answers = await Promise.all(Array.from({ length: 32 }, () => create(`race-${round}`)));
		assert.equal(answers.filter((one) => one.status === 201).length, 1, answers.map((one) => one.status).join());
		assert.ok(answers.every((one) => [200, 201].includes(one.status)), answers.map((one) => one.status).join());
		assert.equal(new Set(answers.map(idOf)).size, 1);
		assert.equal((await server.get(`Patient?${criteria(`race-${round}`)}&_summary=count`)).json.total, 1);
	}
});

test('criteria that match many are 412 and change nothing', async () => {
	await server.post('Patient', numbered('twins'));
	await server.post('Patient', numbered('twins'));
	refused(await create('twins'), 412, 'multiple-matches');
	refused(await server.put(`Patient?${criteria('twins')}`, numbered('twins')), 412, 'multiple-matches');
	refused(await server.delete(`Patient?${criteria('twins')}`), 412, 'multiple-matches');
	assert.equal((await server.get(`Patient?${criteria('twins')}&_summary=count`)).json.total, 2);
});

test('criteria that say nothing never mean everything', async () => {
	const before = (await server.get('Patient?_summary=count')).json.total;
	assert.ok(before > 0);
	for (const query of ['', '?', '?bogus=1', '?_format=json', '?_sort=name', '?identifier=']) {
		const answers = [await server.delete(`Patient${query}`), await server.put(`Patient${query}`, patient()),
			await server.post('Patient', patient(), { 'If-None-Exist': query.slice(1) || '&' })];
		for (const answer of answers) {
			assert.ok([400, 412].includes(answer.status), `${query}: ${answer.status}`);
			refused(answer, answer.status);
		}
	}
	assert.equal((await server.get('Patient?_summary=count')).json.total, before);
});

test('a conditional update creates, then updates, and minds the id', async () => {
	const made = await server.put(`Patient?${criteria('update')}`, numbered('update'));
	assert.equal(made.status, 201);
	const changed = await server.put(`Patient?${criteria('update')}`, numbered('update', { active: true }));
	assert.equal(changed.status, 200);
	assert.equal(idOf(changed), idOf(made));
	assert.equal(changed.json.meta.versionId, '2');
	assert.equal((await server.put(`Patient?${criteria('update')}`, numbered('update', { active: false, id: idOf(made) }))).status, 200);
	refused(await server.put(`Patient?${criteria('update')}`, numbered('update', { id: 'another' })), 400);
	const chosen = await server.put(`Patient?${criteria('with-id')}`, numbered('with-id', { id: 'chosen-id' }));
	assert.equal(chosen.status, 201);
	assert.equal(idOf(chosen), 'chosen-id');
	refused(await server.put(`Patient?${criteria('unmatched')}`, numbered('unmatched', { id: 'chosen-id' })), 409);
});

test('racing conditional updates make one resource', async () => {
	const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => server.put(`Patient?${criteria('update-race')}`, numbered('update-race', { multipleBirthInteger: i }))));
	assert.ok(answers.every((one) => [200, 201, 409].includes(one.status)), answers.map((one) => one.status).join());
	assert.equal(answers.filter((one) => one.status === 201).length, 1);
	assert.equal((await server.get(`Patient?${criteria('update-race')}&_summary=count`)).json.total, 1);
});

test('a conditional delete removes the one match, and none is well too', async () => {
	const id = idOf(await create('delete'));
	assert.equal((await server.delete(`Patient?${criteria('delete')}`)).status, 204);
	refused(await server.get(`Patient/${id}`), 410);
	assert.equal((await server.delete(`Patient?${criteria('delete')}`)).status, 204);
	assert.equal((await create('delete')).status, 201);
});
