// SPDX-License-Identifier: Apache-2.0
// The whole of it: homes and a nurse play against the real server, and its alerts are those of a perfect ward.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { command, freePort, Server } from '../kill/server.mjs';

const start = async (t, words = []) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-simulate-'));
	const server = new Server(path.join(folder, 'data'), await freePort(), path.join(folder, 'log'));
	server.words = words;
	await server.start();
	await server.ward();
	t.after(async () => {
		await server.end('SIGTERM');
		fs.rmSync(folder, { recursive: true, force: true });
	});
	return `http://127.0.0.1:${server.port}`;
};

for (const seed of [1, 2]) {
	test(`a day on the ward, seed ${seed}: no alert missing, none doubled, none that nothing asked for`, async (t) => {
		const url = await start(t);
		const done = await command(['simulate', 'ward', '--patients', '8', '--hours', '20', '--speed', '3600', '--seed', String(seed),
			'--details', '--url', url]);
		assert.equal(done.code, 0, done.text);
		const all = done.text.match(/^all +(\d+) +(\d+) +(\d+) +(\d+)/m).slice(1).map(Number);
		assert.ok(all[0] > 10, 'something happened');
		assert.equal(all[2], 0, done.text);
		assert.equal(all[3], 0, done.text);
		for (const rule of ['fever high', 'concern medium', 'overdue medium', 'score medium'])
			assert.match(done.text, new RegExp(`^${rule} `, 'm'));
	});
}

test('the same seed cannot be played twice on one record', async (t) => {
	const url = await start(t);
	const words = ['simulate', 'ward', '--patients', '1', '--hours', '1', '--speed', '3600', '--seed', '5', '--url', url];
	assert.equal((await command(words)).code, 0);
	const again = await command(words);
	assert.equal(again.code, 1);
	assert.match(again.text, /choose another --seed/);
});

test('no server, wrong words', async () => {
	assert.equal((await command(['simulate'])).code, 2);
	assert.equal((await command(['simulate', 'ward', '--patients', '0'])).code, 2);
	assert.equal((await command(['simulate', 'ward', '--speed', 'fast'])).code, 2);
});
