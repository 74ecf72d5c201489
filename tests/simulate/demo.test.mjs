// SPDX-License-Identifier: Apache-2.0
// The demonstration ward is what ./run.sh promises: a visitor finds every kind of child on the board.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { binary, command, freePort, sleep } from '../kill/server.mjs';

const HOURS_MS = 3600000;

test('two days are played in and end in the present', async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-demo-'));
	const url = `http://127.0.0.1:${await freePort()}`;
	const server = spawn(binary, ['serve', '--dev', '--data', path.join(folder, 'data'), '--listen', url.slice(7),
		'--clock-start', new Date(Date.now() - 48 * HOURS_MS).toISOString().replace(/\.\d+/, '')], { stdio: 'ignore' });
	const ended = new Promise((resolve) => server.on('close', resolve));
	t.after(async () => {
		server.kill('SIGTERM');
		await ended;
		fs.rmSync(folder, { recursive: true, force: true });
	});
	/* A ward that shows itself has written the policies that come with the program: nobody is admitted before. */
	for (let i = 0; i < 600 && !(await fetch(`${url}/ward/list`).catch(() => null))?.ok; i++)
		await sleep(50);
	const done = await command(['simulate', 'demo', '--once', '--url', url]);
	assert.equal(done.code, 0, done.text);

	const clock = await (await fetch(`${url}/dev/clock`)).json();
	assert.equal(clock.rate, 1);
	assert.ok(Math.abs(Date.parse(clock.now) - Date.now()) < 15 * 60000, `the ward's clock is near the present: ${clock.now}`);

	let board; /* it follows the record by a moment, and the worry came last */
	for (let i = 0; i < 600 && !board?.rows?.some(({ alerts }) => alerts.some(({ rule }) => rule === 'concern')); i++) {
		await sleep(50);
		board = await (await fetch(`${url}/ward/board?ward=demo-ward`)).json();
	}
	assert.equal(board.rows.length, 12);
	const open = board.rows.flatMap((row) => row.alerts.map((alert) => ({ ...alert, row })));
	const fever = open.find(({ rule }) => rule === 'fever');
	assert.equal(fever.level, 'high');
	assert.notEqual(fever.status, 'acknowledged');
	assert.ok(fever.row.values.some(({ name, text }) => name === 'temperature' && text === '38.4'));
	const middling = open.find(({ rule, level }) => rule === 'score' && level === 'medium');
	assert.equal(middling.status, 'acknowledged');
	assert.match(middling.acknowledgement.plan, /inhaler/);
	assert.ok(open.some(({ rule }) => rule === 'overdue'), 'one child is silent');
	assert.ok(open.some(({ rule }) => rule === 'concern'), 'one parent is worried');
	assert.ok(board.rows.filter(({ alerts }) => alerts.length === 0).length >= 6, 'most children are well');
	assert.ok(board.rows.every(({ patient }) => /Example-/.test(patient.name)), 'names that nobody bears');
});

test('it wants a fresh server whose clock starts in the past', async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-demo-'));
	const { Server } = await import('../kill/server.mjs');
	const server = new Server(path.join(folder, 'data'), await freePort(), path.join(folder, 'log'));
	await server.start();
	t.after(async () => {
		await server.end('SIGTERM');
		fs.rmSync(folder, { recursive: true, force: true });
	});
	const done = await command(['simulate', 'demo', '--once', '--url', `http://127.0.0.1:${server.port}`]);
	assert.equal(done.code, 1);
	assert.match(done.text, /--clock-start/);
});
