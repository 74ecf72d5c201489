// SPDX-License-Identifier: Apache-2.0
// Things that happen in the same instant: nurses, ladders, readings, admissions, discharges, a clock that jumps, clients
// that do not read, a restart. Whatever the order, no act that was answered is lost and no alert is lost or doubled.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, run } from '../api/server.mjs';
import { Care, listen, sleep, until } from './care.mjs';

let server;
let care;
before(async () => {
	server = await Server.start();
	care = await new Care(server).open();
});
after(async () => {
	const { folder } = server;
	const end = await server.stop({ keep: true });
	const checked = run(['verify', '--data', path.join(folder, 'record')], { timeout: 120000 });
	fs.rmSync(folder, { recursive: true, force: true });
	assert.equal(end.code, 0);
	assert.equal(checked.status, 0, checked.stderr);
});

const isOpen = (task) => ['requested', 'received', 'accepted', 'in-progress'].includes(task.status);
const rowOf = async (episode) => (await care.board()).rows.find((row) => row.episode === episode);
const task = async (id) => (await server.get(`Task/${id}`)).json;

test('a reading that names its patient with the address of this server raises its alert', async () => {
	await care.bed('race-own');
	const made = await server.post('Observation', { ...care.temperature('race-own', 38.7, await care.now()), subject: { reference: `${server.base}/Patient/race-own` } });
	assert.equal(made.status, 201);
	await care.alert('race-own');
});

test('of nurses who answer one alert at once, each that was told yes stands in it', async () => {
	await care.bed('race-ack');
	await care.fever('race-ack');
	const alert = await care.alert('race-ack');
	const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => care.acknowledge(alert.id, `Nurse ${i}`)));
	for (const answer of answers)
		assert.ok([200, 409].includes(answer.status), answer.text);
	const yes = answers.map((answer, i) => (answer.status === 200 ? `Nurse ${i}` : null)).filter(Boolean);
	assert.ok(yes.length >= 1);
	const plans = (await task(alert.id)).note.map((note) => note.authorString);
	for (const nurse of yes)
		assert.ok(plans.includes(nurse), `${nurse} was told yes and is not in ${plans}`);
	assert.equal((await task(alert.id)).status, 'accepted');
});

test('answering and resolving at once: what was resolved stays resolved', async () => {
	await Promise.all(Array.from({ length: 12 }, async (_, i) => {
		const id = `race-resolve-${i}`;
		await care.bed(id);
		await care.fever(id);
		const alert = await care.alert(id);
		const answers = await Promise.all([care.acknowledge(alert.id), care.resolve(alert.id, 'Nurse B'), care.acknowledge(alert.id, 'Nurse C'), care.resolve(alert.id, 'Nurse D')]);
		assert.equal(answers.filter((answer, at) => at % 2 === 1 && answer.status === 200).length, 1, answers.map((one) => one.status).join());
		await sleep(50);
		assert.equal((await task(alert.id)).status, 'completed');
	}));
});

test('answers while the ladder climbs are never undone by it', async () => {
	const ids = Array.from({ length: 24 }, (_, i) => `race-climb-${i}`);
	for (const id of ids)
		await care.bed(id);
	await care.rate(600);
	const alerts = new Map();
	try {
		await Promise.all(ids.map((id) => care.fever(id, 38.2)));
		for (const id of ids)
			alerts.set(id, await care.alert(id));
		await Promise.all(ids.map(async (id, i) => {
			await sleep(20 * (i % 12));
			const answer = await care.acknowledge(alerts.get(id).id, `Nurse ${i}`);
			assert.equal(answer.status, 200, answer.text);
		}));
		await sleep(300);
	} finally {
		await care.rate(1);
	}
	for (const [i, id] of ids.entries()) {
		const history = (await server.get(`Task/${alerts.get(id).id}/_history?_count=100`)).json.entry.map((entry) => entry.resource).reverse();
		const at = history.findIndex((one) => one.note?.some((note) => note.authorString === `Nurse ${i}`));
		assert.ok(at >= 0, 'the answer stands in the history');
		for (const one of history.slice(at))
			assert.ok(one.note.some((note) => note.authorString === `Nurse ${i}`), 'no later version forgets it');
		const tasks = await care.tasks(id, '&code=fever');
		assert.equal(tasks.length, 1, 'one cause, one alert');
	}
});

test('discharges at once: one ends the stay; admissions and discharges at once leave at most one stay', async () => {
	const episode = await care.bed('race-stay');
	const answers = await Promise.all(Array.from({ length: 8 }, () => care.discharge(episode)));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(7).fill(409)]);
	for (let round = 0; round < 6; round++) {
		const opened = await Promise.all(Array.from({ length: 5 }, () => care.admit('race-stay')));
		const made = opened.filter((answer) => answer.status === 201);
		assert.ok(made.length <= 1, opened.map((answer) => answer.status).join());
		const active = (await server.get('EpisodeOfCare?patient=race-stay&status=active')).json;
		assert.equal(active.total, 1);
		await Promise.all([care.discharge(active.entry[0].resource.id), care.admit('race-stay'), care.discharge(active.entry[0].resource.id)]);
		assert.ok((await server.get('EpisodeOfCare?patient=race-stay&status=active')).json.total <= 1);
	}
});

// A reading that comes after the end of a stay is judged all the same (docs/decisions/0004): it may be what was sent
// before it. So its alert (of the rule after-stay when it was measured during the stay) stands open and on the board until a
// person ends it; one that came before ends with the stay.
test('a reading in the instant of the discharge: its alert holds the discharge, is open and on the board, or ended with the stay, never neither', async () => {
	const stays = new Map();
	for (let i = 0; i < 24; i++)
		stays.set(`race-leave-${i}`, await care.bed(`race-leave-${i}`));
	const at = await care.now();
	const left = new Map();
	await Promise.all([...stays].map(async ([id, episode], i) => {
		const read = async () => assert.equal((await server.post('Observation', care.temperature(id, 38.6, at))).status, 201);
		const leave = async () => left.set(id, (await care.discharge(episode)).status);
		await Promise.all(i % 2 ? [read(), leave()] : [leave(), read()]);
	}));
	for (const [id, episode] of stays) {
		const alert = await care.alert(id, 'fever,after-stay');
		const onBoard = async () => (await rowOf(episode))?.alerts.some((one) => one.id === alert.id) ?? false;
		await until(async () => isOpen(await task(alert.id)) === await onBoard(), 'board and record agree');
		assert.ok([200, 409].includes(left.get(id)), `${left.get(id)}`);
		/* The end of the stay may still be on its way to the engine, which then ends the alert before the person does. */
		await until(async () => !isOpen(await task(alert.id)) || (await care.resolve(alert.id)).status === 200, 'the end of the alert');
		if (left.get(id) === 409) /* the fever was there first, and nobody had answered it */
			assert.equal((await care.discharge(episode)).status, 200);
		await until(async () => await rowOf(episode) === undefined, 'the end of the row');
		assert.deepEqual((await care.tasks(id, '&code=fever,after-stay')).map((one) => one.status), ['completed']);
	}
});

test('two hundred patients fall due at once, over a day that passes in one step', async () => {
	const ids = Array.from({ length: 200 }, (_, i) => `race-due-${i}`);
	const stays = new Map();
	for (let at = 0; at < ids.length; at += 20) {
		await Promise.all(ids.slice(at, at + 20).map(async (id) => {
			await care.patient(id);
			const admitted = await care.admit(id);
			assert.equal(admitted.status, 201, admitted.text);
			stays.set(id, admitted.json.entry[0].resource.id);
		}));
	}
	const stream = listen(server, 'ward-1');
	await until(() => stream.events.length > 0);
	await care.advance(24 * 3600);
	const rows = await until(async () => {
		const { rows: all } = await care.board();
		const due = new Map(all.map((row) => [row.episode, row]));
		return [...stays.values()].every((episode) => due.get(episode)?.alerts.some((one) => one.rule === 'overdue')) ? due : null;
	}, 'two hundred alerts');
	for (const [id, episode] of stays) {
		assert.equal(rows.get(episode).alerts.filter((one) => one.rule === 'overdue').length, 1, id);
		const tasks = (await care.tasks(id)).filter((one) => one.code.coding.some((coding) => coding.code === 'overdue') && isOpen(one));
		assert.equal(tasks.length, 1, id);
	}
	await until(() => {
		const told = new Set(stream.events.filter((one) => one.event === 'row' && one.data.alerts.some((alert) => alert.rule === 'overdue')).map((one) => one.data.episode));
		return [...stays.values()].every((episode) => told.has(episode));
	}, 'an event for each');
	stream.close();
});

test('clients that never read cost little and hold up nobody', async () => {
	const memory = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024;
	const deaf = Array.from({ length: 60 }, () => listen(server, 'ward-1', { reads: false }));
	await until(() => deaf.every((one) => one.status === 200), 'sixty streams');
	const early = memory();
	const hearing = listen(server, 'ward-1');
	await until(() => hearing.events.length > 0);
	for (let i = 0; i < 12; i++) {
		await Promise.all(Array.from({ length: 50 }, (_, k) => care.now().then((at) => server.post('Observation', care.temperature(`race-due-${k}`, 36.5 + i / 10, at)))));
	}
	const id = 'race-hearing';
	const episode = await care.bed(id);
	await care.fever(id);
	await until(() => hearing.events.some((one) => one.event === 'row' && one.data.episode === episode && one.data.alerts.length > 0), 'the event of the new alert');
	if (!/asan|tsan/.test(fs.readFileSync(`/proc/${server.child.pid}/maps`, 'utf8')))
		assert.ok(memory() < early + 100, `${early} MB grew to ${memory()} MB`);
	deaf.forEach((one) => one.close());
	hearing.close();
});

test('after a restart the board is what it was, and a stream that resumes misses nothing', async () => {
	const stream = listen(server, 'ward-1');
	await until(() => stream.events.some((one) => one.id), 'an event with its number');
	// All but what the clock moves of itself (rungs, deadlines, the age of values), with the clock standing still.
	const plain = async () => (await care.board()).rows.map(({ episode, patient, policy, admitted, values, score, alerts, contacts }) => JSON.stringify({
		episode, patient, policy, admitted, score, contacts, values: values.map(({ state, note, ...value }) => value),
		alerts: alerts.map(({ id, rule, title, level, raisedAt, acknowledgement }) => ({ id, rule, title, level, raisedAt, acknowledgement })),
	})).sort();
	await care.rate(0);
	const figure = async (name) => Number(new RegExp(`^homeward_${name} (.*)$`, 'm').exec((await server.get('//metrics')).text)[1]);
	const stored = await figure('feed_number');
	await until(async () => await figure('ward_written_feed_number') >= stored, 'the ward to have read and written all');
	let earlier;
	await until(async () => {
		const now = await plain();
		const same = JSON.stringify(now) === JSON.stringify(earlier);
		earlier = now;
		await sleep(100);
		return same;
	});
	const last = stream.events.filter((one) => one.id).at(-1).id;
	const clock = await care.now();
	const { folder } = server;
	await server.stop({ keep: true });
	await until(() => stream.ended, 'the end of the stream');
	server = await Server.start({ folder, flags: ['--clock-start', clock] });
	care = new Care(server);
	await until(async () => (await care.board()).rows?.length === earlier.length, 'the rows'); /* 503 while it reads the record */
	assert.deepEqual(await plain(), earlier);
	const id = 'race-own';
	await care.resolve((await care.tasks(id, '&code=fever'))[0].id);
	const resumed = listen(server, 'ward-1', { lastEventId: last });
	const episode = (await care.board()).rows.find((row) => row.patient.id === id).episode;
	await until(() => resumed.events.some((one) => one.event === 'row' && one.data.episode === episode && !one.data.alerts.some((alert) => alert.rule === 'fever')),
		'what happened while nobody listened');
	resumed.close();
	assert.ok(await rowOf(episode));
});
