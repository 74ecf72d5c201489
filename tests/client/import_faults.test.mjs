// SPDX-License-Identifier: Apache-2.0
// `homeward import` against servers that fail: nothing is sent twice that may not be, nothing is lost in silence.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { accept, fake, outcome, search } from './fake.mjs';

const binary = process.env.HOMEWARD_BINARY ?? 'build/homeward';
const folder = (t) => {
	const path = mkdtempSync(join(tmpdir(), 'homeward-import-'));
	t.after(() => rmSync(path, { recursive: true, force: true }));
	return path;
};
const run = (...words) => new Promise((resolve) => {
	const child = spawn(binary, ['import', ...words]);
	let out = '', err = '';
	child.stdout.on('data', (part) => { out += part; });
	child.stderr.on('data', (part) => { err += part; });
	child.on('close', (code) => resolve({ code, out, err }));
});
const patient = (id) => ({ resourceType: 'Patient', id });
const posted = (name) => ({
	fullUrl: `urn:uuid:${name}`,
	resource: { resourceType: 'Patient', identifier: [{ system: 'urn:x', value: name }] },
	request: { method: 'POST', url: 'Patient' },
});
const bundle = (type, entry) => ({ resourceType: 'Bundle', type, entry });
const put = (path, value) => writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
const row = (out, type) => out.split('\n').find((line) => line.startsWith(`${type} `))?.trim().split(/\s+/).slice(1, 5).map(Number);

test('a busy server is asked again as Retry-After says, and the file arrives once', async (t) => {
	const path = folder(t);
	const times = [];
	let busy = 2;
	const server = await fake((request, body) => {
		if (request.method === 'GET')
			return search(request);
		times.push(Date.now());
		return busy-- > 0 ? { status: 503, headers: { 'retry-after': '1' }, body: outcome('busy') } : accept(body);
	});
	t.after(server.stop);
	put(join(path, 'a.json'), bundle('transaction', [posted('one')]));
	const done = await run('--url', server.url, path);
	assert.equal(done.code, 0, done.err);
	assert.equal(times.length, 3);
	assert.ok(times[1] - times[0] >= 990 && times[2] - times[1] >= 990, 'it waited as told');
	assert.deepEqual(row(done.out, 'Patient'), [1, 1, 0, 0]);
});

test('a transaction whose connection broke is never sent again blindly', async (t) => {
	const path = folder(t);
	let stored = false;
	const server = await fake((request, body) => {
		if (request.method === 'GET')
			return search(request, stored);
		stored = true;
		return 'cut';
	});
	t.after(server.stop);
	put(join(path, 'a.json'), bundle('transaction', [posted('one')]));
	const first = await run('--url', server.url, path);
	assert.equal(first.code, 1);
	assert.match(first.err, /may or may not be stored.*Run the same command again/);
	assert.equal(server.writes().length, 1);
	const second = await run('--url', server.url, path);
	assert.equal(second.code, 0, second.err);
	assert.equal(server.writes().length, 1, 'found in the record, not sent again');
	assert.deepEqual(row(second.out, 'Patient'), [1, 0, 1, 0]);
});

test('a kept connection that dies takes no request with it twice', async (t) => {
	for (const parallel of ['1', '2']) {
		const path = folder(t);
		const server = await fake((request, body) => {
			if (request.method === 'GET')
				return search(request);
			return body.includes('urn:uuid:b"') ? 'cut' : accept(body);
		});
		t.after(server.stop);
		for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
			put(join(path, `${name}.json`), bundle('transaction', [posted(name)]));
		const done = await run('--url', server.url, '--parallel', parallel, path);
		const sent = (name) => server.writes().filter(({ body }) => body.includes(`urn:uuid:${name}"`)).length;
		assert.equal(done.code, 1);
		assert.equal(sent('b'), 1);
		for (const name of ['c', 'd', 'e', 'f'])
			assert.ok(sent(name) <= (parallel === '1' ? 0 : 1), 'it stopped there, what was on its way went once');
	}
});

test('a batch of PUTs may be repeated after a broken connection', async (t) => {
	const path = folder(t);
	const server = await fake((request, body) => {
		if (request.method === 'GET')
			return search(request);
		return server.writes().length === 1 ? 'cut' : accept(body);
	});
	t.after(server.stop);
	put(join(path, 'a.ndjson'), `${JSON.stringify(patient('one'))}\n\n${JSON.stringify(patient('two'))}\n`);
	const done = await run('--url', server.url, path);
	assert.equal(done.code, 0, done.err);
	assert.equal(server.writes().length, 2);
	assert.deepEqual(JSON.parse(server.writes()[1].body).entry.map(({ request }) => request),
		[{ method: 'PUT', url: 'Patient/one' }, { method: 'PUT', url: 'Patient/two' }]);
});

test('whatever is sent has a key of its content, the same the next time', async (t) => {
	const path = folder(t);
	const server = await fake((request, body) => (request.method === 'GET' ? search(request) : accept(body)));
	t.after(server.stop);
	const nameless = { resourceType: 'Patient', active: true };
	const lines = (count) => `${Array.from({ length: count }, () => JSON.stringify(nameless)).join('\n')}\n`;
	put(join(path, 'a.ndjson'), lines(1000)); // two parts of equal lines
	put(join(path, 'b.json'), bundle('transaction', [posted('one')]));
	put(join(path, 'c.json'), { ...bundle('transaction', [posted('two')]), identifier: { system: 'urn:x', value: 'upload' } });
	put(join(path, 'd.json'), nameless);
	const keys = async () => {
		const before = server.writes().length;
		const done = await run('--url', server.url, '--parallel', '1', '--state', join(path, `state-${before}`), path);
		assert.equal(done.code, 0, done.err);
		return server.writes().slice(before).map(({ headers }) => headers['idempotency-key']);
	};
	const first = await keys();
	assert.equal(first.length, 5);
	assert.equal(first[3], undefined, 'a Bundle with an identifier has its key');
	assert.ok([0, 1, 2, 4].every((i) => /^import-[0-9]+-[0-9a-f]{64}$/.test(first[i])));
	assert.equal(new Set(first).size, 5);
	assert.deepEqual(await keys(), first);
});

test('finished files are not sent again, changed ones and refused ones are', async (t) => {
	const path = folder(t), state = join(path, 'state');
	let refuse = true;
	const server = await fake((request, body) => {
		if (request.method === 'GET')
			return search(request);
		return refuse && body.includes('"bad"') ?
			{ status: 422, body: outcome('name: too many', 'Bundle.entry[1].resource.name') } : accept(body);
	});
	t.after(server.stop);
	put(join(path, 'a.json'), bundle('transaction', [posted('good')]));
	put(join(path, 'b.json'), bundle('transaction', [posted('fine'), posted('bad')]));
	const first = await run('--url', server.url, '--state', state, path);
	assert.equal(first.code, 1);
	assert.match(first.err, /b\.json: entry 1 Patient refused: name: too many/);
	assert.deepEqual(row(first.out, 'Patient'), [3, 1, 0, 2]);
	refuse = false;
	const second = await run('--url', server.url, '--state', state, path);
	assert.equal(second.code, 0, second.err);
	assert.match(second.out, /1 of them finished by an earlier run/);
	assert.deepEqual(row(second.out, 'Patient'), [3, 3, 0, 0]);
	assert.equal(server.writes().filter(({ body }) => body.includes('good')).length, 1);
	put(join(path, 'a.json'), bundle('transaction', [posted('good'), posted('more')]));
	await run('--url', server.url, '--state', state, path);
	assert.equal(server.writes().filter(({ body }) => body.includes('more')).length, 1);
});

test('the state file survives a line cut off in the middle', async (t) => {
	const path = folder(t), state = join(path, 'state');
	const server = await fake((request, body) => (request.method === 'GET' ? search(request) : accept(body)));
	t.after(server.stop);
	put(join(path, 'a.json'), bundle('transaction', [posted('one')]));
	put(state, '{"file":"/x","url":');
	assert.equal((await run('--url', server.url, '--state', state, path)).code, 0);
	assert.ok(existsSync(state));
	assert.match(readFileSync(state, 'utf8'), /a\.json/);
});

test('each refused entry of a batch has one line that names file, place, type and reason', async (t) => {
	const path = folder(t);
	const server = await fake((request, body) => {
		if (request.method === 'GET')
			return search(request);
		const answer = accept(body);
		answer.body.entry[1] = { response: { status: '400 Bad Request', outcome: outcome('gender: not a code') } };
		return answer;
	});
	t.after(server.stop);
	put(join(path, 'a.ndjson'), ['one', 'two', 'three'].map((id) => JSON.stringify(patient(id))).join('\n') + '\n{broken\n7\n');
	const done = await run('--url', server.url, path);
	assert.equal(done.code, 1);
	const lines = done.err.split('\n').filter((line) => line.includes('refused'));
	assert.deepEqual(lines.map((line) => line.replace(/refused:.*/, '')),
		['a.ndjson: line 4 ? ', 'a.ndjson: line 5 ? ', 'a.ndjson: line 2 Patient ']);
	assert.deepEqual(row(done.out, 'Patient'), [3, 2, 0, 1]);
});

test('a collection goes in parts, its urn: references made real', async (t) => {
	const path = folder(t);
	const server = await fake((request, body) => (request.method === 'GET' ? search(request) : accept(body)));
	t.after(server.stop);
	const entries = [{ fullUrl: 'urn:uuid:p', resource: patient('p') }];
	for (let i = 0; i < 1200; i++)
		entries.push({ resource: { resourceType: 'Observation', id: `o${i}`, subject: { reference: 'urn:uuid:p' } } });
	put(join(path, 'a.json'), bundle('collection', entries));
	const done = await run('--url', server.url, path);
	assert.equal(done.code, 0, done.err);
	const sent = server.writes().flatMap(({ body }) => JSON.parse(body).entry);
	assert.equal(server.writes().length, 3);
	assert.equal(sent.length, 1201);
	assert.ok(sent.slice(1).every(({ resource }) => resource.subject.reference === 'Patient/p'));
	assert.deepEqual(row(done.out, 'Observation'), [1200, 1200, 0, 0]);
});

test('hospitals and practitioners go first, bzip2 is read, a damaged file is one refusal', async (t) => {
	const path = folder(t);
	const server = await fake((request, body) => (request.method === 'GET' ? search(request) : accept(body)));
	t.after(server.stop);
	const named = (name) => bundle('batch', [{ resource: patient(name), request: { method: 'PUT', url: `Patient/${name}` } }]);
	put(join(path, '0-a.json'), named('other'));
	put(join(path, '0-practitionerInformation.json'), named('practitioner'));
	put(join(path, '0-hospitalInformation.json'), named('hospital'));
	spawnSync('bzip2', [join(path, '0-practitionerInformation.json')]);
	put(join(path, 'z.json.bz2'), 'no bzip2');
	put(join(path, 'notes.txt'), 'not a data file');
	const done = await run('--url', server.url, path);
	assert.equal(done.code, 1);
	assert.match(done.err, /z\.json\.bz2: entry 0 file refused: the bzip2 file is damaged/);
	assert.deepEqual(server.writes().map(({ body }) => JSON.parse(body).entry[0].resource.id),
		['hospital', 'practitioner', 'other']);
});

test('partly stored before is refused, not doubled', async (t) => {
	const path = folder(t);
	const server = await fake((request, body) => {
		if (request.method === 'GET')
			return search(request, request.url.includes('one'));
		return accept(body);
	});
	t.after(server.stop);
	put(join(path, 'a.json'), bundle('transaction', [posted('one'), posted('two')]));
	const done = await run('--url', server.url, path);
	assert.equal(done.code, 1);
	assert.equal(server.writes().length, 0);
	assert.match(done.err, /twice/);
});

test('wrong usage and wrong addresses are told apart from failures', async () => {
	assert.equal((await run()).code, 2);
	assert.equal((await run('--bogus', '.')).code, 2);
	assert.equal((await run('--url', 'ftp://127.0.0.1', 'package.json')).code, 2);
	assert.equal((await run('/nowhere')).code, 1);
});

/* --- several files on their way -------------------------------------------------------------- */

// A server that answers writes only when told, so that what is on its way at once can be seen. `patience` for a second one:
// long where one must come however slow the machine is, short where none may.
const slow = async (t, answer, patience = 3000) => {
	const held = [];
	let most = 0;
	const server = await fake((request, body) => {
		if (request.method === 'GET')
			return search(request);
		return new Promise((resolve) => {
			held.push({ body, resolve: () => resolve(answer(body)) });
			most = Math.max(most, held.length);
			// Answered when a second one is there, or when none has come for a while.
			const release = () => { while (held.length > 0) held.shift().resolve(); };
			if (held.length === 2)
				release();
			else
				setTimeout(release, patience);
		});
	});
	t.after(server.stop);
	return { ...server, most: () => most };
};

test('two files are on their way at once, one with --parallel 1, and the counts are exact', async (t) => {
	for (const [parallel, expected, patience] of [['2', 2, 3000], ['1', 1, 500]]) {
		const path = folder(t);
		const server = await slow(t, accept, patience);
		for (const name of ['a', 'b', 'c', 'd'])
			put(join(path, `${name}.json`), bundle('transaction', [posted(`${name}1`), posted(`${name}2`)]));
		const done = await run('--url', server.url, '--parallel', parallel, path);
		assert.equal(done.code, 0, done.err);
		assert.equal(server.most(), expected);
		assert.equal(server.writes().length, 4);
		assert.deepEqual(row(done.out, 'Patient'), [8, 8, 0, 0]);
	}
	for (const wrong of ['0', '17', 'x'])
		assert.equal((await run('--parallel', wrong, '.')).code, 2);
});

test('what the others refer to is finished before they start, whatever is on its way', async (t) => {
	const path = folder(t);
	const server = await slow(t, accept);
	for (const name of ['0-a', '0-hospitalX', '0-practitionerX', 'b'])
		put(join(path, `${name}.json`), bundle('transaction', [posted(name)]));
	const done = await run('--url', server.url, '--parallel', '4', path);
	assert.equal(done.code, 0, done.err);
	const order = server.writes().map(({ body }) => JSON.parse(body).entry[0].resource.identifier[0].value);
	assert.deepEqual(order.slice(0, 2), ['0-hospitalX', '0-practitionerX']);
	assert.deepEqual(order.slice(2).sort(), ['0-a', 'b']);
	assert.equal(server.most(), 2, 'only the two patients together');
});

test('a refused entry in one of two files on their way leaves the other whole', async (t) => {
	const path = folder(t);
	const server = await slow(t, (body) => (body.includes('"bad"') ?
		{ status: 422, body: outcome('name: too many', 'Bundle.entry[1].resource.name') } : accept(body)));
	put(join(path, 'a.json'), bundle('transaction', [posted('good'), posted('bad')]));
	put(join(path, 'b.json'), bundle('transaction', [posted('fine'), posted('well')]));
	const done = await run('--url', server.url, '--parallel', '2', path);
	assert.equal(done.code, 1);
	assert.equal(done.err.match(/a\.json: entry 1 Patient refused: name: too many/g).length, 1);
	assert.deepEqual(row(done.out, 'Patient'), [4, 2, 0, 2]);
	assert.equal(server.writes().filter(({ body }) => body.includes('fine')).length, 1);
});

test('a conflict between two files on their way is settled by sending the one alone', async (t) => {
	const path = folder(t);
	let conflicts = 0;
	const server = await slow(t, (body) => (body.includes('"two"') && conflicts++ === 0 ?
		{ status: 409, body: outcome('changed meanwhile') } : accept(body)));
	put(join(path, 'a.json'), bundle('transaction', [posted('one')]));
	put(join(path, 'b.json'), bundle('transaction', [posted('two')]));
	const done = await run('--url', server.url, path);
	assert.equal(done.code, 0, done.err);
	assert.deepEqual(row(done.out, 'Patient'), [2, 2, 0, 0]);
	assert.doesNotMatch(done.err, /refused/);
});

test('copies of one file, and versions of one resource, never travel together', async (t) => {
	const path = folder(t);
	let stored = false;
	const server = await fake((request, body) => {
		if (request.method === 'GET')
			return search(request, stored);
		return new Promise((resolve) => setTimeout(() => { stored = true; resolve(accept(body)); }, 100));
	});
	t.after(server.stop);
	const copy = bundle('transaction', [posted('one'), posted('two')]);
	put(join(path, 'a.json'), copy);
	put(join(path, 'b.json'), copy);
	const done = await run('--url', server.url, '--parallel', '4', path);
	assert.equal(done.code, 0, done.err);
	assert.equal(server.writes().length, 1);
	assert.deepEqual(row(done.out, 'Patient'), [4, 2, 2, 0]);

	const other = folder(t);
	const versions = await slow(t, accept, 500);
	for (const name of ['a', 'b', 'c'])
		put(join(other, `${name}.json`), { ...patient('p'), language: name });
	put(join(other, 'd.json'), bundle('batch', [{ resource: { ...patient('p'), language: 'd' }, request: { method: 'PUT', url: 'Patient/p' } }]));
	assert.equal((await run('--url', versions.url, '--parallel', '4', other)).code, 0);
	assert.equal(versions.most(), 1);
	assert.deepEqual(versions.writes().map(({ body }) => JSON.parse(body).entry[0].resource.language), ['a', 'b', 'c', 'd']);
});

test('killed with files on their way, it goes on and sends none of them twice', async (t) => {
	const path = folder(t), state = join(path, 'state');
	const stored = new Set();
	let hang = true, both;
	const reached = new Promise((resolve) => { both = resolve; });
	const server = await fake((request, body) => {
		if (request.method === 'GET')
			return search(request, [...stored].some((name) => request.url.includes(`%7C${name}&`) || request.url.endsWith(`%7C${name}`)));
		for (const { resource } of JSON.parse(body).entry)
			stored.add(resource.identifier[0].value);
		// Three answers, then stored and no answer: the import dies with two files on their way.
		if (!hang || stored.size <= 3)
			return accept(body);
		if (stored.size >= 5)
			both();
		return new Promise(() => {});
	});
	t.after(server.stop);
	const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
	for (const name of names)
		put(join(path, `${name}.json`), bundle('transaction', [posted(name)]));
	const child = spawn(binary, ['import', '--url', server.url, '--state', state, path], { stdio: 'ignore' });
	await reached;
	child.kill('SIGKILL');
	await new Promise((resolve) => child.on('close', resolve));
	hang = false;
	const rest = await run('--url', server.url, '--state', state, path);
	assert.equal(rest.code, 0, rest.err);
	for (const name of names)
		assert.equal(server.writes().filter(({ body }) => body.includes(`urn:uuid:${name}"`)).length, 1, name);
	const counts = row(rest.out, 'Patient');
	assert.equal(counts[0], 7);
	assert.equal(counts[1] + counts[2], 7);
	assert.equal(counts[3], 0);
});
