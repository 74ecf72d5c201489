// SPDX-License-Identifier: Apache-2.0
// S40: a server that hangs or dies is noticed from outside, by a program that shares nothing with it; and the way from a
// reading to a page is tried from end to end. Times are shortened here; those of the program are in default_times.test.mjs.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, binary, run } from '../api/server.mjs';
import { Hospital, until } from '../ward/hospital.mjs';
import { newFolder } from '../api/server.mjs';

const SECRET = 'synthetic watch secret';
let folder;
let pager;
let pages;
let hospital;
const watchers = [];

before(async () => {
	folder = newFolder();
	fs.writeFileSync(path.join(folder, 'secret'), `${SECRET}\n`);
	fs.writeFileSync(path.join(folder, 'other'), 'another secret\n');
	pages = [];
	pager = http.createServer((request, answer) => {
		let body = '';
		request.on('data', (part) => { body += part; });
		request.on('end', () => {
			pages.push({ headers: request.headers, body, ...JSON.parse(body) });
			answer.writeHead(202).end();
		});
	});
	await new Promise((resolve) => pager.listen(0, '127.0.0.1', resolve));
	process.env.HOMEWARD_WATCH_SECRET_FILE = path.join(folder, 'secret');
	hospital = await Hospital.open({ webhook: true });
});
after(async () => {
	for (const watcher of watchers)
		watcher.kill('SIGKILL');
	delete process.env.HOMEWARD_WATCH_SECRET_FILE;
	await hospital?.close();
	pager?.close();
	fs.rmSync(folder, { recursive: true, force: true });
});

function watch(url, more = []) {
	const child = spawn(binary, ['watch', url, '--secret-file', path.join(folder, 'secret'), '--every', '1', '--after', '3', '--again', '2',
		'--page-url', `http://127.0.0.1:${pager.address().port}/page`, '--page-secret-file', path.join(folder, 'secret'), ...more],
	{ stdio: ['ignore', 'ignore', 'pipe'] });
	child.log = '';
	child.stderr.on('data', (data) => { child.log += data; });
	child.ended = new Promise((resolve) => child.on('close', resolve));
	watchers.push(child);
	return child;
}
async function stopWatch(child) {
	child.kill('SIGTERM');
	assert.equal(await child.ended, 0, child.log);
}
const page = (event, from = 0) => until(() => pages.slice(from).find((one) => one.event === event), `a page "${event}"`);

test('S40 a server that hangs is paged by the watcher, again while it hangs, and once when it is back', async () => {
	const watcher = watch(hospital.server.address);
	await until(() => watcher.log.includes('watch.started'));
	assert.deepEqual(pages, []);
	hospital.server.child.kill('SIGSTOP');
	const lost = await page('lost');
	const hash = createHmac('sha256', SECRET).update(lost.body).digest('hex');
	assert.equal(lost.headers['x-homeward-signature'], `sha256=${hash}`);
	assert.ok(lost.headers['idempotency-key']);
	assert.match(lost.text, /not well.*no answer/);
	await page('still-lost');
	const before = pages.length;
	hospital.server.child.kill('SIGCONT');
	await page('recovered', before);
	await stopWatch(watcher);
	assert.equal(pages.filter((one) => one.event === 'recovered').length, 1);
});

test('S40 a host that is gone is paged, through a program of the site as well', async () => {
	const program = path.join(folder, 'pager.sh');
	fs.writeFileSync(program, `#!/bin/sh\nprintf '%s|%s\\n' "$1" "$2" >> ${folder}/called\n`, { mode: 0o755 });
	const from = pages.length;
	const watcher = watch('http://127.0.0.1:9', ['--page-program', program]);
	await page('lost', from);
	await until(() => fs.existsSync(`${folder}/called`) && fs.readFileSync(`${folder}/called`, 'utf8').includes('\n'), 'the call of the program');
	assert.match(fs.readFileSync(`${folder}/called`, 'utf8'), /^lost\|http:\/\/127\.0\.0\.1:9: the ward server is not well/);
	await stopWatch(watcher);
});

test('an answer that is not the server’s own is no beat', async () => {
	const impostor = http.createServer((request, answer) => {
		const nonce = new URL(request.url, 'http://x').searchParams.get('nonce');
		answer.writeHead(200, { 'Content-Type': 'application/json' });
		answer.end(JSON.stringify({ time: '2026-06-10T08:00:00.000Z', nonce, ok: true, failing: [], signature: 'f'.repeat(64) }));
	});
	await new Promise((resolve) => impostor.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${impostor.address().port}`;
	const once = await new Promise((resolve) => {
		const child = spawn(binary, ['watch', url, '--once', '--secret-file', path.join(folder, 'secret')]);
		let said = '';
		child.stderr.on('data', (data) => { said += data; });
		child.on('close', (status) => resolve({ status, said }));
	});
	impostor.close();
	assert.equal(once.status, 1);
	assert.match(once.said, /not its own/);
});

test('one look says whether all is well, and the other side must know the secret', () => {
	const well = run(['watch', hospital.server.address, '--once', '--secret-file', path.join(folder, 'secret')]);
	assert.deepEqual([well.status, well.stdout], [0, 'all is well\n'], well.stderr);
	const other = run(['watch', hospital.server.address, '--once', '--secret-file', path.join(folder, 'other')]);
	assert.equal(other.status, 1);
	const nobody = run(['watch', hospital.server.address]);
	assert.equal(nobody.status, 2);
	assert.match(nobody.stderr, /can tell nobody/);
});

test('a beat without a fresh nonce is refused with what to do', async () => {
	const answer = await hospital.server.get('//health/beat');
	assert.equal(answer.status, 400);
	assert.match(answer.json.issue[0].diagnostics, /nonce/);
});

test('the self-test follows a reading to its page, calls no nurse and leaves nothing open', async () => {
	const from = hospital.received.length;
	const watcher = watch(hospital.server.address, ['--self-test', 'children,adults']);
	await until(() => watcher.log.includes('"watch.self-test"'), 'the self-test');
	await stopWatch(watcher);
	for (const ward of ['children', 'adults']) {
		const tasks = await hospital.tasks(`self-test-${ward}`, `&code=concern`);
		assert.deepEqual(tasks.map((task) => task.status), ['completed']);
		const told = await hospital.list(`Communication?subject=Patient/self-test-${ward}`);
		assert.ok(told.length >= 2);
		assert.deepEqual([...new Set(told.map((one) => one.recipient[0].reference))], [`PractitionerRole/self-test-${ward}`]);
		const board = await hospital.board(ward);
		assert.deepEqual(board.rows, [], 'the synthetic patient is not among the patients');
	}
	await until(async () => {
		const figures = (await hospital.server.get('//metrics')).text;
		const [, taken] = /^homeward_self_test_last_timestamp_seconds (\d+)/m.exec(figures);
		return Number(taken) > 0 && /^homeward_alerts_open\{level="high",state="requested"\} 0$/m.test(figures);
	}, 'the time of the self-test, whose alerts are no ward’s');
	assert.ok(hospital.received.slice(from).every((one) => /PractitionerRole\/self-test-/.test(one.recipient)));
	const list = await hospital.get('//ward/list');
	assert.deepEqual(list.filter((ward) => ward.id !== 'marker').map((ward) => [ward.patients, ward.openAlerts]), [[0, 0], [0, 0]]);
});

test('self-tests that stay away are themselves an alert to the ward’s own people', async () => {
	await hospital.advance(2 * 3600 + 60);
	const found = await hospital.tasks('self-test-children', '&code=self-test');
	assert.equal(found.length, 1);
	assert.equal(found[0].owner.reference, 'PractitionerRole/children-nurse');
	assert.match(found[0].description, /not been tested since/);
	const [row] = (await hospital.board('children')).rows;
	assert.deepEqual(row.alerts.map((alert) => alert.rule), ['self-test']);
	const from = pages.length;
	const watcher = watch(hospital.server.address, ['--self-test', 'children,adults']);
	await until(() => watcher.log.includes('"watch.self-test"'), 'the self-test');
	await stopWatch(watcher);
	assert.deepEqual(pages.slice(from), []);
	await hospital.settle();
	assert.equal((await hospital.tasks('self-test-children', '&code=self-test'))[0].status, 'completed');
	assert.deepEqual((await hospital.board('children')).rows, []);
});

test('a ward that cannot be tested is paged', async () => {
	const from = pages.length;
	const watcher = watch(hospital.server.address, ['--self-test', 'no-such-ward']);
	const failed = await page('self-test-failed', from);
	assert.match(failed.text, /could not be (written|admitted)/);
	await stopWatch(watcher);
});

test('a record that was restored from before, or made anew, is not taken for the one that was seen', async () => {
	const data = path.join(folder, 'restored'), record = path.join(data, 'record'), kept = path.join(folder, 'kept'), anchors = path.join(folder, 'anchors');
	const patient = (id) => ({ body: { resourceType: 'Patient', id, birthDate: '2021-05-04' } });
	const verify = () => run(['verify', '--data', record, '--anchors', anchors]);
	const life = async (id) => {
		const server = await Server.start({ folder: data });
		assert.equal((await server.ask('PUT', `Patient/${id}`, patient(id))).status, 201);
		await server.stop({ keep: true });
	};
	await life('one');
	fs.cpSync(record, kept, { recursive: true });
	await life('two');
	const seen = await Server.start({ folder: data });
	const watcher = watch(seen.address, ['--anchors', anchors]);
	await until(() => fs.existsSync(anchors), 'a line');
	await stopWatch(watcher);
	await seen.stop({ keep: true });
	assert.match(fs.readFileSync(anchors, 'utf8'), /^20\d\d-[-\dT:.]+Z [1-9]\d* [0-9a-f]{64}\n$/);
	assert.equal(fs.statSync(anchors).mode & 0o077, 0);
	const sound = verify();
	assert.equal(sound.status, 0, sound.stderr);
	assert.match(sound.stdout, /^1 of its ends that the watcher kept are in it$/m);
	fs.rmSync(record, { recursive: true });
	fs.cpSync(kept, record, { recursive: true });
	const cut = verify();
	assert.equal(cut.status, 1);
	assert.match(cut.stderr, /ends with event \d+; the watcher saw event \d+/);
	const from = pages.length, line = fs.readFileSync(anchors, 'utf8');
	const restored = await Server.start({ folder: data });
	const again = watch(restored.address, ['--anchors', anchors]);
	const told = await page('log-cut', from);
	assert.match(told.text, /access log is not the one seen before/);
	await stopWatch(again);
	await restored.stop({ keep: true });
	assert.equal(fs.readFileSync(anchors, 'utf8'), line, 'the proof stays');
	/* As many events as before, of another past. */
	await life('other');
	await life('another');
	const anew = verify();
	assert.equal(anew.status, 1);
	assert.match(anew.stderr, /is not the one that the watcher saw/);
	fs.writeFileSync(anchors, `${line}nonsense\n`);
	assert.match(verify().stderr, /line 2 of .* is no anchor/);
	assert.equal(run(['watch', 'http://127.0.0.1:9', '--once', '--anchors', anchors]).status, 2);
});

test('the downtime board says whose values these are, how old they are and whom to phone, and lies in a file too', async () => {
	await hospital.bed('paper');
	await hospital.relative('paper-mother', 'paper');
	await hospital.send('paper', { rr: 28, hr: 132, spo2: 98, temp: 38.4 });
	const answer = await hospital.server.get('//ward/print?ward=children');
	assert.equal(answer.status, 200);
	assert.match(answer.headers.get('content-type'), /^text\/html/);
	for (const words of ['Synthetic paper', '01632 960001', '38.4', 'Fever', 'not acknowledged', 'Nothing here is newer', 'Next readings due'])
		assert.ok(answer.text.includes(words), words);
	assert.ok(!/<script|src=|href=/.test(answer.text), 'it needs nothing else');
	const file = path.join(hospital.folder, 'record/downtime/children.html');
	await until(() => fs.existsSync(file), 'the file');
	assert.equal(fs.statSync(file).mode & 0o077, 0, 'nobody else may read it');
	assert.equal((await hospital.server.get('//ward/print?ward=nowhere')).status, 404);
});
