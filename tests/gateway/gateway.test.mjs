// SPDX-License-Identifier: Apache-2.0
// Hubs publish to a real Mosquitto; the gateway takes it into a real server. What is acknowledged is in the record, once.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { binary, newFolder } from '../api/server.mjs';
import { Hospital, HW, until } from '../ward/hospital.mjs';

const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find((file) => fs.existsSync(file));
const skip = MOSQUITTO ? false : 'Mosquitto is not installed';
const folder = newFolder();
const CLEAN = { ...process.env };
let hospital, port, broker, gateway;

function freePort() {
	return new Promise((resolve) => {
		const server = net.createServer().listen(0, '127.0.0.1', () => {
			const { port: found } = server.address();
			server.close(() => resolve(found));
		});
	});
}
async function startBroker() {
	fs.writeFileSync(path.join(folder, 'mosquitto.conf'), [
		`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence true', `persistence_location ${folder}/`,
		'max_inflight_messages 0', 'max_queued_messages 0', 'user root', 'log_type all', ''].join('\n'));
	broker = spawn(MOSQUITTO, ['-c', path.join(folder, 'mosquitto.conf')], { stdio: ['ignore', 'ignore', 'pipe'], env: CLEAN });
	const child = broker;
	child.log = '';
	child.stderr.on('data', (data) => { child.log += data; });
	await until(() => / running$/m.test(child.log) || child.exitCode !== null, 'the broker');
	return child.exitCode === null;
}
async function startGateway(gather = 10, url = hospital.server.address) {
	gateway = spawn(binary, ['gateway', '--broker', `127.0.0.1:${port}`, '--url', url, '--gather', String(gather)], { stdio: ['ignore', 'ignore', 'pipe'] });
	const child = gateway;
	child.log = '';
	child.stderr.on('data', (data) => { child.log += data; });
	child.ended = new Promise((resolve) => child.on('close', resolve));
	await until(() => child.log.includes('gateway.connected'), 'the connection');
}
function publish(device, kind, payload) {
	const sent = spawnSync('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), '-q', '1', '-t', `homeward/${device}/${kind}`, '-m',
		typeof payload === 'string' ? payload : JSON.stringify(payload)], { encoding: 'utf8', timeout: 20000 });
	assert.equal(sent.status, 0, sent.stderr);
}
async function stopGateway() {
	gateway.kill('SIGKILL');
	await gateway.ended;
}
/* Between gateway and server: when armed, the answer to a batch is held back, and `cut` is told that it was there. */
async function proxy() {
	const state = { armed: false };
	state.cut = new Promise((resolve) => { state.tell = resolve; });
	state.server = net.createServer((near) => {
		let batch = false;
		const far = net.connect(new URL(hospital.server.address).port, '127.0.0.1');
		near.on('data', (bytes) => { batch ||= bytes.includes('POST /fhir HTTP'); far.write(bytes); });
		far.on('data', (bytes) => (state.armed && batch ? state.tell(String(bytes)) : near.write(bytes)));
		for (const [one, other] of [[near, far], [far, near]]) {
			one.on('error', () => other.destroy());
			one.on('close', () => other.destroy());
		}
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => state.server.on('listening', resolve));
	state.url = `http://127.0.0.1:${state.server.address().port}`;
	return state;
}
/* Every sample of these Observations: [second of the minute, value]. */
const samples = (found) => found.flatMap((one) => (one.valueQuantity
	? [[new Date(one.effectiveDateTime).getUTCSeconds(), one.valueQuantity.value]]
	: one.valueSampledData.data.split(' ').map((value, i) => [new Date(one.effectivePeriod.start).getUTCSeconds() + i * one.valueSampledData.period / 1000, Number(value)])))
	.filter(([, value]) => !Number.isNaN(value)).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
async function device(id, patient) {
	await hospital.put({ resourceType: 'Device', id, status: 'active', ...(patient ? { patient: { reference: `Patient/${patient}` } } : {}) });
}
const readings = (patient, query = '') => hospital.list(`Observation?subject=Patient/${patient}&code=2708-6${query}`);

before(async () => {
	if (skip)
		return;
	do /* another may have taken the port meanwhile */
		port = await freePort();
	while (!await startBroker());
	hospital = await Hospital.open({});
	for (const id of ['ada', 'ben'])
		await hospital.bed(id);
	await startGateway();
});
after(async () => {
	gateway?.kill('SIGKILL');
	broker?.kill('SIGKILL');
	await hospital?.close();
	fs.rmSync(folder, { recursive: true, force: true });
});

test('a stream becomes one Observation of the patient who has the device, and twice is once', { skip }, async () => {
	await device('hub-1', 'ada');
	const stream = { sign: 'spo2', start: '2026-06-10T08:00:00.000Z', periodMs: 1000, data: '98 98 E 97 96' };
	publish('hub-1', 'stream', stream);
	const [one] = await until(async () => { const found = await readings('ada'); return found.length > 0 && found; }, 'the stream');
	assert.equal(one.valueSampledData.data, '98 98 E 97 96');
	assert.deepEqual([one.valueSampledData.period, one.valueSampledData.origin.code, one.device.reference], [1000, '%', 'Device/hub-1']);
	assert.deepEqual(one.effectivePeriod, { start: '2026-06-10T08:00:00.000Z', end: '2026-06-10T08:00:04.000Z' });
	publish('hub-1', 'stream', stream);
	publish('hub-1', 'stream', { ...stream, start: '2026-06-10T08:00:05.000Z' });
	await until(async () => (await readings('ada')).length === 2);
});

test('single seconds are put together without losing one, a gap and a late one included', { skip }, async () => {
	await device('hub-2', 'ben');
	const at = (second) => `2026-06-10T09:00:${String(second).padStart(2, '0')}.000Z`;
	for (const [second, value] of [[0, 97], [1, 96], [2, 95.5], [4, 94], [3, 90]])
		publish('hub-2', 'value', { sign: 'spo2', time: at(second), value });
	const found = await until(async () => { const some = await readings('ben'); return some.length === 2 && some; }, 'both parts', 4000);
	const said = found.map((one) => one.valueSampledData?.data ?? `${one.valueQuantity.value} at ${one.effectiveDateTime}`).sort();
	assert.deepEqual(said, ['90 at 2026-06-10T09:00:03.000Z', '97 96 95.5 E 94']);
});

test('nothing is acknowledged that is not in the record: server and gateway killed, then everything is there once', { skip }, async () => {
	await device('hub-3', 'ada');
	await hospital.list('Device?_id=hub-3');
	const now = await hospital.now();
	hospital.server.child.kill('SIGKILL');
	await hospital.server.ended;
	for (let i = 0; i < 5; i++)
		publish('hub-3', 'stream', { sign: 'heartRate', start: `2026-06-10T10:0${i}:00.000Z`, periodMs: 1000, data: '130 131 132' });
	await new Promise((resolve) => setTimeout(resolve, 1500));
	await stopGateway();
	await hospital.serve(now);
	await startGateway();
	const found = await until(async () => { const some = await hospital.list('Observation?subject=Patient/ada&code=8867-4'); return some.length >= 5 && some; }, 'all five', 4000);
	assert.equal(new Set(found.map((one) => one.effectivePeriod.start)).size, 5);
	assert.equal(found.length, 5);
});

test('stored, then server and gateway killed before the answer: every second is there once, and none is lost in a longer stream', { skip }, async () => {
	await device('hub-4', 'ben');
	const between = await proxy();
	const publishSecond = (second) => publish('hub-4', 'value', { sign: 'temperature', time: `2026-06-10T10:30:${String(second).padStart(2, '0')}.000Z`, value: 36 + second / 10 });
	const seconds = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
	await stopGateway();
	await startGateway(10, between.url);
	between.armed = true;
	seconds(0, 5).forEach(publishSecond);
	assert.match(await between.cut, /^HTTP\/1.1 200/, 'the batch was committed');
	const now = await hospital.now();
	hospital.server.child.kill('SIGKILL');
	await hospital.server.ended;
	await stopGateway();
	between.server.close();
	seconds(5, 9).forEach(publishSecond); // a longer stream now begins with the same second
	await hospital.serve(now);
	await startGateway();
	const all = () => hospital.list('Observation?subject=Patient/ben&code=8310-5');
	await until(async () => samples(await all()).some(([second]) => second === 8), 'what came last', 4000);
	assert.deepEqual(samples(await all()), seconds(0, 9).map((second) => [second, Number((36 + second / 10).toFixed(1))]));
});

test('two values of one second are two readings, and each twice is once', { skip }, async () => {
	const read = (value) => publish('hub-4', 'value', { sign: 'respiratoryRate', time: '2026-06-10T10:40:00.000Z', value });
	const batteryAt = (percent) => publish('hub-4', 'battery', { time: '2026-06-10T10:40:00Z', percent });
	for (const value of [24, 30, 24, 30])
		read(value);
	for (const percent of [50, 49, 50])
		batteryAt(percent);
	publish('hub-4', 'stream', { sign: 'systolic', start: '2026-06-10T10:40:00.000Z', periodMs: 1000, data: '95 96' });
	publish('hub-4', 'stream', { sign: 'systolic', start: '2026-06-10T10:40:00.000Z', periodMs: 1000, data: '95 96 97' });
	publish('hub-4', 'heartbeat', { time: '2026-06-10T10:41:00Z' }); // whatever is there when this is
	await until(async () => (await hospital.list(`Observation?device=Device/hub-4&code=${HW}CodeSystem/observation|heartbeat`)).length === 1, 'the heartbeat');
	const of = async (code) => hospital.list(`Observation?device=Device/hub-4&code=${code}`);
	await until(async () => (await of('9279-1')).length >= 2, 'both values', 4000);
	assert.deepEqual(samples(await of('9279-1')).map(([, value]) => value), [24, 30]);
	assert.deepEqual((await of('67996')).map((one) => one.valueQuantity.value).sort(), [49, 50]);
	assert.deepEqual((await of('8480-6')).map((one) => one.valueSampledData.data).sort(), ['95 96', '95 96 97']);
});

test('what cannot be read is kept as it came, said to the hub, and holds up nothing', { skip }, async () => {
	const heard = spawn('mosquitto_sub', ['-h', '127.0.0.1', '-p', String(port), '-t', 'homeward/hub-1/refused', '-C', '2', '-W', '20'], { stdio: ['ignore', 'pipe', 'ignore'] });
	let said = '';
	heard.stdout.on('data', (data) => { said += data; });
	await until(() => broker.log.includes('homeward/hub-1/refused (QoS'), 'the subscription');
	publish('hub-1', 'stream', 'this is not JSON');
	publish('hub-1', 'stream', { sign: 'spo2', start: 'yesterday', periodMs: 1000, data: '98' });
	const issues = await until(async () => { const some = await hospital.list(`DetectedIssue?code=${HW}CodeSystem/disposition|unreadable`); return some.length >= 2 && some; }, 'both issues');
	const [binary] = await Promise.all(issues.filter((one) => /JSON object/.test(one.detail)).map((one) => hospital.get(one.implicated[0].reference)));
	assert.equal(Buffer.from(binary.data, 'base64').toString(), 'this is not JSON');
	await until(() => said.split('\n').length >= 3, 'both refusals');
	assert.match(said, /start must be an instant/);
	publish('hub-1', 'stream', { sign: 'spo2', start: '2026-06-10T11:00:00.000Z', periodMs: 1000, data: '99 99' });
	await until(async () => (await readings('ada', '&date=ge2026-06-10T11:00:00Z')).length === 1);
});

test('a resource that the record refuses is kept too', { skip }, async () => {
	publish('hub-1', 'observation', { resourceType: 'Observation', status: 'no such status', code: { text: 'x' } });
	await until(async () => (await hospital.list(`DetectedIssue?code=${HW}CodeSystem/disposition|unreadable`)).some((one) => /does not take/.test(one.detail)));
});

test('a single Observation gets the patient and the device that it leaves out', { skip }, async () => {
	publish('hub-1', 'observation', {
		resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] },
		effectiveDateTime: await hospital.now(), valueQuantity: { value: 38.6, unit: 'Cel', system: 'http://unitsofmeasure.org', code: 'Cel' },
	});
	const [one] = await until(async () => { const some = await hospital.list('Observation?subject=Patient/ada&code=8310-5'); return some.length > 0 && some; });
	assert.equal(one.device.reference, 'Device/hub-1');
	await until(async () => (await hospital.tasks('ada', '&code=fever')).length === 1, 'the fever alert');
});

test('battery and heartbeat are signs of life of the device', { skip }, async () => {
	publish('hub-1', 'battery', { time: '2026-06-10T08:00:00Z', percent: 9 });
	publish('hub-1', 'heartbeat', { time: '2026-06-10T08:00:00Z' });
	await until(async () => (await hospital.list('Observation?device=Device/hub-1&code=urn:iso:std:iso:11073:10101|67996')).length === 1);
	await until(async () => (await hospital.list(`Observation?device=Device/hub-1&code=${HW}CodeSystem/observation|heartbeat`)).length === 1);
});
