// SPDX-License-Identifier: Apache-2.0
// `homeward import` into the real server: counts that match the files, resuming, repeating.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { binary, command, freePort, root, Server, sleep } from '../kill/server.mjs';

const synthea = path.join(process.env.HOMEWARD_SHARED ?? path.join(root, '../shared'), 'data/synthea');
const absent = fs.existsSync(synthea) ? false : `no Synthea files at ${synthea}`;
const PATIENTS = 6;

const start = async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-synthea-'));
	const server = new Server(path.join(folder, 'data'), await freePort(), path.join(folder, 'log'));
	await server.start();
	t.after(async () => {
		await server.end('SIGTERM');
		fs.rmSync(folder, { recursive: true, force: true });
	});
	return { folder, server, url: `http://127.0.0.1:${server.port}` };
};
// The two files that the others refer to, and the smallest patients.
const chosen = () => {
	const all = fs.readdirSync(synthea).filter((name) => name.endsWith('.bz2'));
	const patients = all.filter((name) => !name.startsWith('0-'))
		.sort((a, b) => fs.statSync(path.join(synthea, a)).size - fs.statSync(path.join(synthea, b)).size);
	return [...all.filter((name) => name.startsWith('0-')), ...patients.slice(0, PATIENTS)].map((name) => path.join(synthea, name));
};
const contents = (file) => JSON.parse(spawnSync('bzcat', [file], { maxBuffer: 1 << 28 }).stdout).entry.map(({ resource }) => resource);
const counts = (files) => {
	const byType = {};
	for (const { resourceType } of files.flatMap(contents))
		byType[resourceType] = (byType[resourceType] ?? 0) + 1;
	return byType;
};
const inRecord = async (url, type) => (await (await fetch(`${url}/fhir/${type}?_summary=count`)).json()).total;

test('what the files hold is what the record holds, and a repeat adds nothing', { skip: absent }, async (t) => {
	const { folder, url } = await start(t);
	const files = chosen(), state = path.join(folder, 'state');
	const first = await command(['import', '--url', url, '--state', state, ...files]);
	assert.equal(first.code, 0, first.text);
	const expected = counts(files);
	for (const [type, count] of Object.entries(expected))
		assert.equal(await inRecord(url, type), count, type);
	const second = await command(['import', '--url', url, '--state', state, ...files]);
	assert.equal(second.code, 0, second.text);
	assert.match(second.text, new RegExp(`${files.length} of them finished by an earlier run`));
	// Without its memory it asks the record whether a transaction is there.
	const third = await command(['import', '--url', url, '--state', path.join(folder, 'other'), ...files.slice(2)]);
	assert.equal(third.code, 0, third.text);
	for (const [type, count] of Object.entries(expected))
		assert.equal(await inRecord(url, type), count, `${type} after repeats`);
});

test('an import that was killed goes on where it stopped', { skip: absent }, async (t) => {
	const { folder, url } = await start(t);
	const files = chosen(), state = path.join(folder, 'state');
	const child = spawn(binary, ['import', '--url', url, '--state', state, ...files], { stdio: 'ignore' });
	const ended = new Promise((resolve) => child.on('close', resolve));
	while (child.exitCode === null && (!fs.existsSync(state) || fs.readFileSync(state, 'utf8').split('\n').length < 4))
		await sleep(5);
	child.kill('SIGKILL');
	await ended;
	const rest = await command(['import', '--url', url, '--state', state, ...files]);
	assert.equal(rest.code, 0, rest.text);
	for (const [type, count] of Object.entries(counts(files)))
		assert.equal(await inRecord(url, type), count, type);
});

test('NDJSON goes in, a resource that breaks a rule is named and the rest is kept', async (t) => {
	const { folder, url } = await start(t);
	const file = path.join(folder, 'patients.ndjson');
	fs.writeFileSync(file, [
		{ resourceType: 'Patient', id: 'one', gender: 'female' },
		{ resourceType: 'Patient', id: 'two', gender: 'unheard-of' },
		{ resourceType: 'Patient', id: 'three', birthDate: '2020-02-03' },
	].map((resource) => JSON.stringify(resource)).join('\n'));
	const done = await command(['import', '--url', url, file]);
	assert.equal(done.code, 1);
	assert.match(done.text, /patients\.ndjson: line 2 Patient refused: /);
	assert.equal(await inRecord(url, 'Patient'), 2);
});

/* In front of the server: the answer to the second batch is held back, and the server killed when it is there. */
const cutAtTheSecond = async (t, server) => {
	let batches = 0;
	const front = net.createServer((near) => {
		const far = net.connect(server.port, '127.0.0.1');
		near.on('data', (bytes) => { batches += bytes.includes('POST /fhir HTTP') ? 1 : 0; far.write(bytes); });
		far.on('data', (bytes) => (batches < 2 ? near.write(bytes) : server.end('SIGKILL').then(() => near.destroy())));
		for (const [one, other] of [[near, far], [far, near]])
			one.on('error', () => other.destroy());
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => front.on('listening', resolve));
	t.after(() => front.close());
	return `http://127.0.0.1:${front.address().port}`;
};

test('lines without ids are stored once, though the server died between storing and answering', async (t) => {
	const { folder, server, url } = await start(t);
	const file = path.join(folder, 'weights.ndjson');
	const weight = (kg) => ({
		resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
		valueQuantity: { value: kg, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
	});
	const COUNT = 1200; // every value twice: equal lines are two resources
	fs.writeFileSync(file, Array.from({ length: COUNT }, (_, i) => JSON.stringify(weight(i >> 1))).join('\n'));
	const broken = await command(['import', '--url', await cutAtTheSecond(t, server), file]);
	assert.equal(broken.code, 1);
	assert.match(broken.text, /may or may not be stored/);
	await server.start();
	assert.equal(await inRecord(url, 'Observation'), 1000, 'the second batch was stored');
	const rest = await command(['import', '--url', url, file]);
	assert.equal(rest.code, 0, rest.text);
	assert.match(rest.text, /Observation +1200 +200 +1000 +0 +1200/);
	assert.equal(await inRecord(url, 'Observation'), COUNT);
});
