// SPDX-License-Identifier: Apache-2.0
// Search as HTTP sees it: Bundles, links, forms, compartments, paging under writes. (What matches what is the store's.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, outcomeProblem, patient } from './server.mjs';

let server;
const refused = (answer, status, code) => assert.equal(outcomeProblem(answer, status, code), '');
const link = (answer, relation) => answer.json.link.find((one) => one.relation === relation)?.url;
const follow = (url) => server.ask('GET', `//${url.slice(server.address.length + 1)}`);
const ids = (answer) => (answer.json.entry ?? []).map((one) => one.resource.id);

before(async () => {
	server = await Server.start();
	for (const [id, family] of [['a', 'Le\u00f3n'], ['b', 'Leonard'], ['c', 'M\u00fcller & Co+']])
		await server.put(`Patient/${id}`, patient({ id, name: [{ family }] }));
	for (let i = 0; i < 9; i++)
		await server.put(`Observation/o-${i}`, { resourceType: 'Observation', id: `o-${i}`, status: 'final', code: { coding: [{ system: 'http://loinc.org', code: i % 2 ? '8867-4' : '9279-1' }] },
			subject: { reference: `Patient/${i < 6 ? 'a' : 'b'}` }, effectiveDateTime: `2026-01-0${i + 1}T08:00:00Z`, valueQuantity: { value: i, unit: '/min' } });
	await server.put('Observation/by-a', { resourceType: 'Observation', id: 'by-a', status: 'final', code: { text: 'x' }, performer: [{ reference: 'Patient/a' }] });
});
after(async () => { await server.stop(); });

test('a search answers a searchset with whole addresses and true links', async () => {
	const answer = await server.get('Patient?name=leon&_sort=_id');
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.json.resourceType, 'Bundle');
	assert.equal(answer.json.type, 'searchset');
	assert.equal(answer.json.total, 2);
	assert.deepEqual(ids(answer), ['a', 'b']);
	assert.deepEqual(answer.json.entry.map((one) => one.fullUrl), [`${server.base}/Patient/a`, `${server.base}/Patient/b`]);
	assert.ok(answer.json.entry.every((one) => one.search.mode === 'match'));
	assert.ok(link(answer, 'self').startsWith(`${server.base}/Patient?`));
	assert.deepEqual(ids(await follow(link(answer, 'self'))), ['a', 'b']);
	assert.deepEqual(ids(await follow(link(answer, 'first'))), ['a', 'b']);
	assert.equal(link(answer, 'next'), undefined);
});

test('no match is an empty searchset, not an error', async () => {
	const answer = await server.get('Patient?name=nobody');
	assert.equal(answer.status, 200);
	assert.equal(answer.json.total, 0);
	assert.equal(answer.json.entry, undefined);
});

test('GET, POST _search, and both at once, give the same', async () => {
	const got = ids(await server.get('Observation?subject=Patient/a&code=http://loinc.org|8867-4&_sort=-date'));
	assert.deepEqual(got, ['o-5', 'o-3', 'o-1']);
	const form = await server.form('Observation/_search', { subject: 'Patient/a', code: 'http://loinc.org|8867-4', _sort: '-date' });
	assert.equal(form.status, 200, form.text);
	assert.deepEqual(ids(form), got);
	assert.deepEqual(ids(await server.form('Observation/_search?subject=Patient/a', { code: 'http://loinc.org|8867-4', _sort: '-date' })), got);
	refused(await server.post('Observation/_search', { subject: 'Patient/a' }), 415);
});

test('special characters survive the way there and back', async () => {
	const answer = await server.get(`Patient?name:exact=${encodeURIComponent('M\u00fcller & Co+')}`);
	assert.deepEqual(ids(answer), ['c'], answer.text);
	assert.deepEqual(ids(await follow(link(answer, 'self'))), ['c']);
	assert.deepEqual(ids(await server.form('Patient/_search', { 'name:exact': 'M\u00fcller & Co+' })), ['c']);
	assert.match(link(await server.get('Patient?name=Le%C3%B3n'), 'self'), /Le%C3%B3n/);
});

test('pages show each match once though others write, and their links can be followed with GET', async () => {
	for (const first of [() => server.get('Observation?subject=Patient/a&_count=2&_sort=date'), () => server.form('Observation/_search', { subject: 'Patient/a', _count: '2', _sort: 'date' })]) {
		const seen = [];
		let page = await first();
		for (let i = 0; ; i++) {
			assert.equal(page.status, 200, page.text);
			seen.push(...ids(page));
			await server.put(`Observation/early-${i}`, { resourceType: 'Observation', id: `early-${i}`, status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/a' }, effectiveDateTime: `2025-01-0${i + 1}` });
			const next = link(page, 'next');
			if (!next)
				break;
			assert.ok(i < 20);
			page = await follow(next);
		}
		assert.deepEqual(seen.filter((id) => id.startsWith('o-')), ['o-0', 'o-1', 'o-2', 'o-3', 'o-4', 'o-5']);
		assert.equal(new Set(seen).size, seen.length);
		for (let i = 0; i < 9; i++)
			await server.delete(`Observation/early-${i}`);
	}
});

test('a cursor of another search is refused', async () => {
	const next = link(await server.get('Observation?subject=Patient/a&_count=2'), 'next');
	const cursor = new URL(next).searchParams.get('_cursor');
	refused(await server.get(`Patient?_cursor=${encodeURIComponent(cursor)}`), 400);
	refused(await server.get('Patient?_cursor=nonsense'), 400);
});

test('a compartment holds what refers to its patient by any parameter of it', async () => {
	const answer = await server.get('Patient/a/Observation?_count=50');
	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(ids(answer).sort(), ['by-a', 'o-0', 'o-1', 'o-2', 'o-3', 'o-4', 'o-5']);
	assert.ok(link(answer, 'self').startsWith(`${server.base}/Patient/a/Observation`));
	assert.deepEqual(ids(await server.get('Patient/a/Observation?code=http://loinc.org|8867-4')).sort(), ['o-1', 'o-3', 'o-5']);
	assert.deepEqual(ids(await server.form('Patient/a/Observation/_search', { code: 'http://loinc.org|8867-4' })).sort(), ['o-1', 'o-3', 'o-5']);
	refused(await server.get('Patient/a/Nonsense'), 404);
});

test('the system level searches over types', async () => {
	const answer = await server.get('?_type=Patient,Observation&_id=a,o-1');
	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(ids(answer).sort(), ['a', 'o-1']);
	assert.deepEqual(ids(await server.form('_search', { _type: 'Patient', _id: 'a' })), ['a']);
});

test('includes are marked as such and do not count', async () => {
	const answer = await server.get('Observation?_id=o-0&_include=Observation:subject');
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.json.total, 1);
	assert.deepEqual(answer.json.entry.map((one) => [one.resource.id, one.search.mode]), [['o-0', 'match'], ['a', 'include']]);
	const back = await server.get('Patient?_id=b&_revinclude=Observation:subject');
	assert.deepEqual(back.json.entry.filter((one) => one.search.mode === 'include').map((one) => one.resource.id).sort(), ['o-6', 'o-7', 'o-8']);
});

test('_summary and _elements trim each entry and mark it', async () => {
	const count = await server.get('Observation?_summary=count');
	assert.equal(count.json.total, 10);
	assert.equal(count.json.entry, undefined);
	const trimmed = await server.get('Observation?_id=o-1&_elements=code');
	assert.deepEqual(Object.keys(trimmed.json.entry[0].resource).sort(), ['code', 'id', 'meta', 'resourceType', 'status']);
	assert.ok(trimmed.json.entry[0].resource.meta.tag.some((one) => one.code === 'SUBSETTED'));
});

test('unknown parameters and modifiers are refused, unless asked to be lenient, and then left out of self', async () => {
	for (const query of ['colour=red', 'name:colour=red', 'birthdate=tomorrow', '_sort=colour', '_include=Nonsense:x', 'Name=x', '_count=many']) {
		const answer = await server.get(`Patient?${query}`);
		refused(answer, 400);
	}
	const lenient = await server.get('Patient?colour=red&_id=a', { Prefer: 'handling=lenient' });
	assert.equal(lenient.status, 200, lenient.text);
	assert.equal(lenient.json.total, 1);
	assert.doesNotMatch(link(lenient, 'self'), /colour/);
	refused(await server.get('Patient?colour=red', { Prefer: 'handling=strict' }), 400);
});

test('HEAD of a search has no body', async () => {
	const head = await server.ask('HEAD', 'Patient?name=leon');
	assert.equal(head.status, 200);
	assert.equal(head.text, '');
});
