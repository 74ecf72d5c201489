// SPDX-License-Identifier: Apache-2.0
// `homeward backup` and `homeward restore`: a copy that is taken while the server writes is whole, a backup that was
// broken off or changed by one bit is refused, and who is served from it is called about what is open.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, binary, newFolder, run } from '../api/server.mjs';
import { Hospital, later } from '../ward/hospital.mjs';

const CLIENTS = 6;
let hospital;
let folder;
let backup;
let manifest;
let alert;
let acknowledged;
const at = (name) => path.join(folder, name);
const restore = (from, to) => run(['restore', '--from', from, '--data', to], { timeout: 60000 });
const take = (to, more = []) => run(['backup', '--data', record(), '--to', to, ...more], { timeout: 120000 });
const record = () => path.join(hospital.folder, 'record');

// Each client writes one after the other; what the server has answered is in the list.
function load() {
	const clients = [];
	let stopped = false;
	for (let client = 0; client < CLIENTS; client++) {
		const written = [];
		const done = (async () => {
			for (let i = 0; !stopped; i++) {
				const answer = await hospital.server.put(`Basic/load-${client}-${i}`, {
					resourceType: 'Basic', id: `load-${client}-${i}`, code: { text: `${i} ${'a load of words '.repeat(i % 60)}` },
				});
				assert.equal(answer.status, 201, answer.text);
				written.push(answer.json);
			}
		})();
		clients.push({ written, done });
	}
	return { clients, stop: async () => { stopped = true; await Promise.all(clients.map((one) => one.done)); } };
}

before(async () => {
	hospital = await Hospital.open({ start: '2026-01-05T10:00:00Z' });
	folder = newFolder();
	await hospital.bed('ada');
	await hospital.send('ada', { worried: true });
	alert = await hospital.alert('ada', 'concern');
	fs.writeFileSync(path.join(record(), 'vapid.key'), 'a key beside the record\n', { mode: 0o600 });
	const now = await hospital.now();
	await hospital.server.stop({ keep: true }); // leaves a checkpoint of the engine beside the record
	await hospital.serve(now);
	await hospital.settle();
	const writing = load();
	while (writing.clients.some((one) => one.written.length < 150))
		await new Promise((resolve) => setTimeout(resolve, 10));
	acknowledged = writing.clients.map((one) => one.written.slice());
	backup = at('backup');
	const child = spawn(binary, ['backup', '--data', record(), '--to', backup], { stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	child.stdout.on('data', (data) => { said += data; });
	child.stderr.on('data', (data) => { said += data; });
	const code = await new Promise((resolve) => child.on('close', resolve));
	await writing.stop();
	assert.equal(code, 0, said);
	assert.match(said, /are sound[^]*, verified/);
	assert.ok(writing.clients.some((one, i) => one.written.length > acknowledged[i].length), 'the server went on writing');
	manifest = JSON.parse(fs.readFileSync(path.join(backup, 'manifest.json'), 'utf8'));
});
after(async () => {
	await hospital.close();
	fs.rmSync(folder, { recursive: true, force: true });
});

test('a backup under load holds every write that was acknowledged before it, and of each client a whole beginning', async () => {
	assert.equal(restore(backup, at('restored/record')).status, 1, 'no folder above it');
	fs.mkdirSync(at('restored'));
	const restored = restore(backup, at('restored/record'));
	assert.equal(restored.status, 0, restored.stderr);
	const verified = run(['verify', '--data', at('restored/record')], { timeout: 60000 });
	assert.equal(verified.status, 0, verified.stderr);
	assert.match(verified.stdout, new RegExp(`^${manifest.feed} versions`));
	assert.equal(fs.readFileSync(at('restored/record/vapid.key'), 'utf8'), 'a key beside the record\n');

	const now = await hospital.now();
	const server = await Server.start({ folder: at('restored'), flags: ['--clock-start', later(now, 3 * 3600)] });
	try {
		for (const [client, written] of acknowledged.entries()) {
			const found = await Promise.all(written.map((sent) => server.get(`Basic/${sent.id}`)));
			for (const [i, answer] of found.entries())
				assert.deepEqual(answer.json, written[i], `client ${client}`);
			const there = (await server.get(`Basic?_id=${Array.from({ length: 150 }, (_, i) => `load-${client}-${written.length + i}`).join(',')}&_count=200&_elements=id`)).json;
			const numbers = (there.entry ?? []).map((entry) => Number(entry.resource.id.split('-')[2])).sort((a, b) => a - b);
			assert.deepEqual(numbers, numbers.map((_, i) => written.length + i), 'nothing is missing in between');
		}
		let called;
		for (let tries = 0; tries < 1200; tries++) {
			called = (await server.get(`Task/${alert.id}`)).json;
			if (Number(called.meta.versionId) > Number(alert.meta.versionId))
				break;
			await new Promise((resolve) => setTimeout(resolve, 25));
		}
		assert.notEqual(called.businessStatus.text, alert.businessStatus.text, 'the next rung is called');
		assert.ok(Date.parse(called.restriction.period.end) > Date.parse(later(now, 3 * 3600)), 'and has a time of its own');
	} finally {
		await server.stop();
	}
});

test('the manifest names each file with its length and SHA-256, and the last number of the feed', () => {
	assert.deepEqual(manifest.files.map((file) => file.name), ['vapid.key', 'ward.checkpoint', 'store.sqlite']);
	assert.deepEqual(fs.readdirSync(backup).sort(), [...manifest.files.map((file) => file.name), 'manifest.json'].sort());
	for (const file of manifest.files) {
		const bytes = fs.readFileSync(path.join(backup, file.name));
		assert.equal(bytes.length, file.bytes);
		assert.equal(createHash('sha256').update(bytes).digest('hex'), file.sha256);
	}
	assert.equal(manifest.verified, true);
	assert.ok(manifest.feed > CLIENTS * 150);
	assert.equal(fs.statSync(backup).mode & 0o777, 0o700);
});

test('neither command overwrites anything', () => {
	const again = take(backup);
	assert.equal(again.status, 1);
	assert.match(again.stderr, /overwrites nothing/);
	const over = restore(backup, record());
	assert.equal(over.status, 1);
	assert.match(over.stderr, /overwrites nothing/);
	fs.mkdirSync(at('empty'));
	assert.equal(restore(backup, at('empty')).status, 0, 'an empty folder is no data');
	for (const words of [['backup', '--data', record()], ['backup', '--to'], ['restore', '--data', at('x')], ['restore', '--from', backup, '--what']])
		assert.equal(run(words).status, 2, words.join(' '));
});

// Killed as soon as its folder is there; again, without what it made, when it was too quick.
async function killed(words, made, isWhole, whole = made) {
	for (let tries = 0; tries < 40; tries++) {
		const child = spawn(binary, words, { stdio: 'ignore' });
		const ended = new Promise((resolve) => child.on('close', resolve));
		while (!fs.existsSync(made) && child.exitCode === null)
			await new Promise((resolve) => setImmediate(resolve));
		for (let turns = 0; turns < tries; turns++)
			await new Promise((resolve) => setImmediate(resolve));
		child.kill('SIGKILL');
		await ended;
		if (fs.existsSync(made) && !isWhole())
			return;
		for (const folder of [made, whole])
			fs.rmSync(folder, { recursive: true, force: true });
	}
	assert.fail('it was never caught half way');
}

test('a backup that was killed has no manifest, and restore refuses it', async () => {
	const half = at('half');
	await killed(['backup', '--data', record(), '--to', half], half, () => fs.existsSync(path.join(half, 'manifest.json')));
	const refused = restore(half, at('from-half'));
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /broken off/);
	assert.ok(!fs.existsSync(at('from-half')));
	assert.equal((await hospital.server.get('//health/ready')).status, 200, 'the server took no notice');
	assert.equal(take(at('next')).status, 0);
});

test('a restore that was killed leaves no data folder that a server would open', async () => {
	const target = at('killed');
	await killed(['restore', '--from', backup, '--data', target], `${target}.restoring`, () => fs.existsSync(target), target);
	assert.ok(!fs.existsSync(target));
	const again = restore(backup, target);
	assert.equal(again.status, 1);
	assert.match(again.stderr, /\.restoring/);
	fs.rmSync(`${target}.restoring`, { recursive: true });
	assert.equal(restore(backup, target).status, 0);
});

// A copy of the backup with one thing wrong is refused with these words, and leaves nothing.
function refuses(change, words) {
	const copy = at('copy');
	fs.cpSync(backup, copy, { recursive: true });
	change(copy);
	const refused = restore(copy, at('target'));
	fs.rmSync(copy, { recursive: true });
	assert.equal(refused.status, 1, `${change} ${refused.stdout}`);
	assert.match(refused.stderr, words);
	assert.ok(!fs.existsSync(at('target')) && !fs.existsSync(at('target.restoring')), 'nothing is left');
}
function flip(file, place) {
	const bytes = fs.readFileSync(file);
	bytes[place] ^= 1;
	fs.writeFileSync(file, bytes);
}

test('one bit that has changed anywhere is found, before anything is restored', () => {
	for (const { name, bytes } of manifest.files) {
		for (let i = 0; i < 8; i++)
			refuses((copy) => flip(path.join(copy, name), Math.floor(bytes * i / 8)), new RegExp(`damaged: ${name.replace('.', '\\.')}`));
		refuses((copy) => flip(path.join(copy, name), bytes - 1), /damaged/);
		refuses((copy) => fs.truncateSync(path.join(copy, name), bytes - 1), /damaged/);
		refuses((copy) => fs.appendFileSync(path.join(copy, name), 'x'), /damaged/);
		refuses((copy) => fs.rmSync(path.join(copy, name)), /lacks/);
	}
	const { size } = fs.statSync(path.join(backup, 'manifest.json'));
	for (let place = 0; place < size; place += 3)
		refuses((copy) => flip(path.join(copy, 'manifest.json'), place), /manifest/);
	refuses((copy) => fs.truncateSync(path.join(copy, 'manifest.json'), 0), /manifest/);
});

// As if somebody had written it with care.
function rewrite(copy, change) {
	const { manifestSha256, ...rest } = structuredClone(manifest);
	change(rest);
	const head = JSON.stringify(rest).slice(0, -1);
	const seal = createHash('sha256').update(head).digest('hex');
	fs.writeFileSync(path.join(copy, 'manifest.json'), `${head},\n"manifestSha256":"${seal}"}\n`);
}

test('a foreign backup, one of a newer version, and one whose names lead elsewhere are refused', () => {
	refuses((copy) => rewrite(copy, (one) => { one.format = 'another'; }), /none of homeward/);
	refuses((copy) => rewrite(copy, (one) => { one.formatVersion = 2; }), /newer version/);
	refuses((copy) => rewrite(copy, (one) => { one.schema = 999; }), /newer version/);
	refuses((copy) => rewrite(copy, (one) => { one.files = one.files.filter((file) => file.name !== 'store.sqlite'); }), /no record/);
	for (const name of ['../vapid.key', '/etc/hostname', '', '..', '.hidden', 'a/b', 'x'.repeat(300), 'manifest.json'])
		refuses((copy) => rewrite(copy, (one) => { one.files[0].name = name; }), /manifest/);
	refuses((copy) => rewrite(copy, (one) => { one.files = Array.from({ length: 100 }, () => one.files[0]); }), /manifest/);
	refuses((copy) => rewrite(copy, (one) => { one.files.push(one.files[0]); }), /cannot copy|twice/);
});

test('a link in the place of a file is not followed', () => {
	refuses((copy) => {
		fs.renameSync(path.join(copy, 'vapid.key'), at('outside'));
		fs.symlinkSync(at('outside'), path.join(copy, 'vapid.key'));
	}, /cannot copy/);
});

test('where the disk of the backup is full it says so, and takes its folder back', () => {
	const full = run(['-c', `trap '' XFSZ; ulimit -f 64; exec ${binary} backup --data ${record()} --to ${at('full')}`], { program: '/bin/bash', timeout: 60000 });
	assert.equal(full.status, 1);
	assert.match(full.stderr, /full/);
	assert.ok(!fs.existsSync(at('full')));
});

test('a record that is not sound is not backed up, but for --no-verify, which says so', async () => {
	const broken = at('broken');
	assert.equal(restore(backup, broken).status, 0);
	const file = path.join(broken, 'store.sqlite');
	const bytes = fs.readFileSync(file);
	const place = bytes.indexOf('a load of words') >= 0 ? bytes.indexOf('a load of words') : Math.floor(bytes.length / 2);
	bytes.fill(0x5a, place, place + 64);
	fs.writeFileSync(file, bytes);
	const refused = run(['backup', '--data', broken, '--to', at('of-broken')], { timeout: 60000 });
	assert.equal(refused.status, 1, refused.stdout);
	assert.ok(!fs.existsSync(at('of-broken')));
	const taken = run(['backup', '--data', broken, '--to', at('of-broken'), '--no-verify'], { timeout: 60000 });
	assert.equal(taken.status, 0, taken.stderr);
	assert.match(taken.stdout, /not verified/);
	const restored = restore(at('of-broken'), at('again-broken'));
	assert.match(restored.stdout, /not verified/);
});
