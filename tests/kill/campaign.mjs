// SPDX-License-Identifier: Apache-2.0
// Kills the server at random moments under mixed load and checks after each restart, against a ledger of what was
// acknowledged, that nothing acknowledged is lost, nothing is half there, and alerts are neither lost nor doubled.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Random } from './random.mjs';
import { RecordLoad } from './record_load.mjs';
import { Server, binary, command, sleep } from './server.mjs';
import { WardLoad } from './ward_load.mjs';

const WORKERS = 12;
const VERIFY_EVERY = Number(process.env.HOMEWARD_VERIFY_EVERY ?? 20); // kills between two runs of `homeward verify`
const KILL_MS_MIN = 2;
const KILL_MS_MAX = 1500;

// Works until the server is gone: each worker does one thing after another.
async function worker(number, loads, random, state) {
	while (!state.stop) {
		const load = loads[number % 3 === 0 ? 1 : 0];
		try {
			await load.act(number, random);
		} catch (error) {
			if (!state.killed)
				throw error;
			return;
		}
	}
}

async function kill(server, random, state) {
	const delay = random.spread(KILL_MS_MIN, KILL_MS_MAX);
	await sleep(delay);
	state.killed = true;
	if (!server.running())
		throw new Error(`the server died before it was killed:\n${server.tail()}`);
	await server.end('SIGKILL');
}

// Sometimes the server is killed again while it recovers.
async function startAgain(server, random, figures) {
	while (random.below(8) === 0) {
		server.spawn();
		await sleep(random.spread(1, 200));
		await server.end('SIGKILL');
		figures.killsInRecovery++;
	}
	const ms = await server.start();
	figures.recoveryMsMax = Math.max(figures.recoveryMsMax, Math.round(ms));
}

async function verify(server, ward, problems, figures) {
	await ward.settled();
	const end = await server.end('SIGTERM');
	if (end.code !== 0)
		problems.push({ kind: 'stop', text: `SIGTERM ended with ${JSON.stringify(end)}` });
	const result = await command(['verify', '--data', server.data], { program: server.program });
	figures.verifications++;
	if (result.code !== 0) {
		const copy = `${server.data}-as-verified-${figures.kills}`;
		fs.cpSync(server.data, copy, { recursive: true });
		problems.push({ kind: 'verify', text: `exit ${result.code ?? result.signal}, ${copy}: ${result.text.slice(-3000)}` });
	}
	await server.start();
}

export async function campaign({ kills, seed, keep = false, say = () => {} }) {
	const random = new Random(seed);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-kill-'));
	const data = path.join(folder, 'data');
	// A copy: a build that goes on beside a long run must not change what is tested.
	const program = path.join(folder, 'homeward');
	fs.copyFileSync(binary, program);
	const server = new Server(data, 0, path.join(folder, 'serve.log'), program);
	const problems = [];
	const figures = { kills: 0, killsInRecovery: 0, recoveryMsMax: 0, verifications: 0 };
	say(`seed ${seed}, ${kills} kills, data in ${folder}`);
	const record = new RecordLoad(server, problems, random);
	const ward = new WardLoad(server, problems, random);
	try {
		await server.start();
		await ward.prepare();
		for (let i = 0; i < kills; i++) {
			const state = { stop: false, killed: false };
			await ward.readClock();
			const workers = Array.from({ length: WORKERS }, (_, n) => worker(n, [record, ward], random, state));
			const all = Promise.all(workers);
			all.catch(() => {});
			await Promise.race([kill(server, random, state), all.then(() => new Promise(() => {}))]);
			state.stop = true;
			await all;
			figures.kills++;
			await startAgain(server, random, figures);
			await record.check(i % 10 === 9 || i === kills - 1);
			await ward.check(i === kills - 1);
			if (i % VERIFY_EVERY === VERIFY_EVERY - 1 || i === kills - 1)
				await verify(server, ward, problems, figures);
			if (i % 10 === 9 || i === kills - 1)
				say(`${i + 1} kills: ${record.line()}; ${ward.line()}; ${problems.length} problems`);
		}
		await record.checkAll();
		await ward.checkAll();
	} finally {
		await server.end('SIGKILL').catch(() => {});
		if (!keep && problems.length === 0)
			fs.rmSync(folder, { recursive: true, force: true });
	}
	Object.assign(figures, record.figures, ward.figures);
	return { figures, problems, folder };
}
