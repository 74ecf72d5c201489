// SPDX-License-Identifier: Apache-2.0
// The server is killed in the middle of play, again and again: the alerts are still those of a perfect ward.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { binary, freePort, Server, sleep } from '../kill/server.mjs';

const KILLS = 4;

test(`${KILLS} times kill -9 during a day on the ward: no alert missing, none doubled`, async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-simulate-kill-'));
	const server = new Server(path.join(folder, 'data'), await freePort(), path.join(folder, 'log'));
	await server.start();
	await server.ward();
	t.after(async () => {
		await server.end('SIGTERM');
		fs.rmSync(folder, { recursive: true, force: true });
	});
	const child = spawn(binary, ['simulate', 'ward', '--patients', '8', '--hours', '24', '--speed', '3600', '--seed', '4', '--details',
		'--url', `http://127.0.0.1:${server.port}`]);
	let text = '';
	child.stdout.on('data', (part) => { text += part; });
	child.stderr.on('data', (part) => { text += part; });
	const ended = new Promise((resolve) => child.on('close', resolve));
	for (let i = 0; i < KILLS; i++) {
		await sleep(3000 + 700 * i);
		assert.equal(child.exitCode, null, `the play is still on:\n${text}`);
		await server.end('SIGKILL');
		await server.start();
	}
	assert.equal(await ended, 0, text);
	const all = text.match(/^all +(\d+) +(\d+) +(\d+) +(\d+)/m).slice(1).map(Number);
	assert.ok(all[0] > 10, text);
	assert.equal(all[2], 0, text);
	assert.match(text, /^doubled: 0$/m);
});
