// SPDX-License-Identifier: Apache-2.0
// Hazards that only the whole program can show, against the real server (docs/safety/hazards.md names these tests).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, command, freePort, sleep } from '../kill/server.mjs';
import { HW, startWard } from '../web/ward.mjs';

const WAIT_MS = 20000;
let ward;

before(async () => {
	ward = await startWard();
	await ward.prepare();
});
after(() => ward?.stop());

const rule = (task) => task.code.coding.find((coding) => coding.system === `${HW}/CodeSystem/ward-rule`)?.code;

async function until(what, ask) {
	const end = Date.now() + WAIT_MS;
	for (;;) {
		const answer = await ask();
		if (answer)
			return answer;
		assert.ok(Date.now() < end, `${what}: not within ${WAIT_MS / 1000} s`);
		await sleep(50);
	}
}

async function send(patient, loinc, value, unit, more = {}) {
	const at = new Date(await ward.now() - 60000).toISOString();
	await ward.send('POST', '/fhir/Observation', {
		resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${patient}` }, effectiveDateTime: at,
		code: { coding: [{ system: 'http://loinc.org', code: loinc }] },
		valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit }, ...more,
	});
}

const alerts = async (patient) => (await ward.tasks(patient)).map(rule);
const row = async (patient) => (await ward.send('GET', `/ward/board?ward=${ward.id}`)).rows
	.find((one) => one.patient.id === patient);

test('a temperature in Fahrenheit is converted: 101.5 is a fever', async () => {
	await ward.admit('unit-f', 'Fay', 'Unit', 4);
	await send('unit-f', '8310-5', 101.5, '[degF]');
	await until('the fever alert', async () => (await alerts('unit-f')).includes('fever'));
});

test('a value in a unit that is not listed is kept and not scored, and nothing is made of it', async () => {
	await ward.admit('unit-k', 'Kay', 'Unit', 4);
	await send('unit-k', '8310-5', 312, 'K');
	await send('unit-k', '8480-6', 10, 'kPa');
	await send('unit-k', '8867-4', 112, '/min'); // when this has arrived, the others have as well
	const shown = await until('the heart rate on the board', async () => {
		const one = await row('unit-k');
		return one?.values.find((value) => value.name === 'heartRate' && value.text === '112') && one;
	});
	for (const name of ['temperature', 'systolic'])
		assert.ok(!shown.values.some((value) => value.name === name && value.state === 'current'), name);
	assert.deepEqual((await alerts('unit-k')).filter((one) => ['fever', 'hypothermia', 'score', 'parameter'].includes(one)), []);
	const kept = await ward.send('GET', '/fhir/Observation?patient=Patient/unit-k&code=http://loinc.org|8310-5');
	assert.equal(kept.entry.length, 1);
});

test('a number without its unit mixed up as Celsius is impossible, not a fever', async () => {
	await ward.admit('unit-c', 'Cay', 'Unit', 4);
	await send('unit-c', '8310-5', 100.4, 'Cel');
	await until('the value marked impossible on the board', async () =>
		(await row('unit-c'))?.values.some((value) => value.name === 'temperature' && value.state === 'implausible'));
	assert.ok(!(await alerts('unit-c')).includes('fever'));
});

test('a child without a birth date is not scored in some band: the ward is told', async () => {
	await ward.admit('no-birthday', 'Noor', 'Band', 4);
	const patient = await ward.send('GET', '/fhir/Patient/no-birthday');
	delete patient.birthDate;
	delete patient.meta;
	await ward.put(patient);
	await send('no-birthday', '8867-4', 150, '/min');
	const told = await until('an alert about it', async () =>
		(await ward.tasks('no-birthday')).find((task) => /birth date/i.test(task.description)));
	assert.ok(told);
	const one = await until('the heart rate on the board', async () => { /* an alert is written before it is shown */
		const shown = await row('no-birthday');
		return shown?.values.some((value) => value.name === 'heartRate' && value.text === '150') && shown;
	});
	assert.ok(one.score === null || one.score.complete === false);
});

test('without login it refuses any address but this machine', async () => {
	const data = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-house-'));
	try {
		for (const address of ['0.0.0.0:0', '*:0', '[::]:0']) {
			const open = await command(['serve', '--dev', '--data', data, '--listen', address], { timeoutMs: 10000 });
			assert.ok(open.code === 1 || open.code === 2, `${address}: ${JSON.stringify(open)}`);
			assert.match(open.text, /loopback|127\.0\.0\.1|this machine/);
		}
		const bare = await command(['serve', '--data', data, '--listen', '127.0.0.1:0'], { timeoutMs: 10000 });
		assert.ok(bare.code === 1 || bare.code === 2);
		assert.match(bare.text, /--dev/);
	} finally {
		fs.rmSync(data, { recursive: true, force: true });
	}
	assert.equal((await ward.send('GET', `/ward/board?ward=${ward.id}`)).dev, true);
});

// A small file system of its own, or null where that is not allowed.
function smallDisk(megabytes) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-disk-'));
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
		return folder;
	} catch {
		fs.rmdirSync(folder);
		return null;
	}
}

function fill(file) {
	const out = fs.openSync(file, 'w');
	const block = Buffer.alloc(65536, 7);
	try {
		for (let size = 65536; size >= 512; size /= 2) {
			try {
				for (;;)
					fs.writeSync(out, block, 0, size);
			} catch (error) {
				assert.equal(error.code, 'ENOSPC');
			}
		}
	} finally {
		fs.closeSync(out);
	}
}

test('a full disk acknowledges nothing that is not kept, and writing goes on by itself once there is room', async (t) => {
	const disk = smallDisk(48);
	if (disk === null) {
		t.skip('mounting a small file system is not allowed here');
		return;
	}
	const logs = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-house-'));
	const server = new Server(path.join(disk, 'data'), await freePort(), path.join(logs, 'log'));
	const kept = [];
	const body = (n) => ({
		resourceType: 'Observation', id: `disk-${n}`, status: 'final', code: { text: 'disk' },
		note: [{ text: `${n} `.repeat(400) + Math.random() }],
	});
	const put = async (n) => {
		const answer = await server.request('PUT', `/fhir/Observation/disk-${n}`, body(n));
		if (answer.status === 201)
			kept.push(n);
		return answer;
	};
	try {
		await server.start();
		for (let n = 0; n < 20; n++)
			assert.equal((await put(n)).status, 201);
		fill(path.join(disk, 'filler'));
		let full = null;
		for (let n = 100; n < 5000 && full === null; n++) {
			const answer = await put(n);
			if (answer.status !== 201)
				full = answer;
		}
		assert.equal(full?.status, 507, full?.text);
		assert.match(full.text, /nothing was stored|disk is full/i);
		assert.ok(server.running());
		fs.rmSync(path.join(disk, 'filler'));
		await until('a write after space came back', async () => (await put(9000)).status === 201);
		for (const n of kept)
			assert.equal((await server.request('GET', `/fhir/Observation/disk-${n}`)).status, 200, `disk-${n}`);
	} finally {
		await server.end('SIGKILL').catch(() => {});
		execFileSync('umount', [disk]);
		fs.rmdirSync(disk);
		fs.rmSync(logs, { recursive: true, force: true });
	}
});
