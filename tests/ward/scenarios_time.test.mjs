// SPDX-License-Identifier: Apache-2.0
// Scenarios of the ward reference, section 5, over HTTP: clock changes, silence, the ladder, and a kill in between.
// S29-S31, S35, S37 (while it happens), S39.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHILD, HOUR, HW, Hospital, MIN, WELL, expectAlert, extension, later, minutesFrom, until } from './hospital.mjs';

async function within(options, run) {
	const hospital = await Hospital.open(options);
	try {
		await run(hospital);
	} finally {
		await hospital.close();
	}
}

test('S29 in spring the four hours from 22:00 GMT end at 03:00 BST', () => within({ start: '2026-03-28T21:30:00Z' }, async (hospital) => {
	const episode = await hospital.bed('s29');
	await hospital.advanceTo('2026-03-28T22:00:00Z');
	const at = await hospital.now();
	await hospital.send('s29', WELL);
	const { nextDue } = await hospital.row(episode);
	assert.equal(nextDue, later(at, 4 * HOUR));
	assert.match(nextDue, /^2026-03-29T02:00:0/); // 03:00 BST
	await hospital.advanceTo(later(nextDue, -1));
	assert.equal((await hospital.row(episode)).overdue, null, '02:00 BST would be three hours');
	for (const [minutes, stage] of [[0, 'due'], [30, 'amber'], [60, 'medium']]) {
		await hospital.advanceTo(later(nextDue, minutes * MIN + 1));
		assert.equal((await hospital.row(episode)).overdue, stage);
	}
	assert.match((await hospital.alert('s29', 'overdue')).description, /since 22:00.*due at 03:00/);
}));

test('S30 in autumn the four hours from 22:00 BST end at the second 01:00; the two 01:30s are two', () => within({ start: '2026-10-24T20:30:00Z' }, async (hospital) => {
	const episode = await hospital.bed('s30');
	await hospital.advanceTo('2026-10-24T21:00:00Z');
	await hospital.send('s30', WELL);
	const { nextDue } = await hospital.row(episode);
	assert.match(nextDue, /^2026-10-25T01:00:0/); // 01:00 GMT
	await hospital.advanceTo('2026-10-25T00:30:00Z');
	await hospital.send('s30', { temp: 38.6 }); // 01:30 BST
	await hospital.advanceTo('2026-10-25T01:30:00Z');
	await hospital.send('s30', { temp: 37.1 }); // 01:30 GMT
	const found = (await hospital.list('Observation?subject=Patient/s30&code=8310-5')).map((one) => Date.parse(one.effectiveDateTime)).sort();
	assert.equal(Math.round((found[2] - found[1]) / 60000), 60);
	assert.match((await hospital.value(episode, 'temperature')).measuredAt, /^2026-10-25T01:30:0/);
	assert.equal((await hospital.scores('s30')).length, 3);
	assert.match((await hospital.alert('s30', 'fever')).description, /38\.6.*at 01:30 BST; now 37\.1 at 01:30 GMT/);
	assert.equal((await hospital.row(episode)).nextDue.slice(0, 18), '2026-10-25T05:30:0');
}));

test('S31 silence: reminder, amber, Medium, High, Emergency, each page with its proof; readings at +61 end it and it is kept', () => within({ start: '2026-06-10T08:00:00Z', webhook: true }, async (hospital) => {
	const episode = await hospital.bed('s31');
	await hospital.relative('s31-mother', 's31');
	await hospital.relative('s31-father', 's31', 2);
	await hospital.send('s31', WELL);
	const due = (await hospital.row(episode)).nextDue;
	// Everything that is on its way has arrived.
	const delivered = () => until(async () => {
		const waiting = await hospital.list('Communication?subject=Patient/s31&status=preparation');
		return waiting.length === 0;
	}, 'delivery');
	const families = async () => (await hospital.said('s31')).map((page) => [page.payload[0].contentString, page.recipient[0].reference, page.status, extension(page, 'delivery-proof')?.slice(0, 8), Boolean(page.received)]);
	const step = async (minutes, stage) => {
		await hospital.advanceTo(later(due, minutes * MIN + 1));
		await delivered();
		assert.equal((await hospital.row(episode)).overdue, stage);
	};
	await hospital.advanceTo(later(due, -1));
	assert.deepEqual([(await hospital.row(episode)).overdue, await families()], [null, []]);
	await step(0, 'due');
	assert.deepEqual(await families(), [['Readings are due now. Please send them.', 'RelatedPerson/s31-mother', 'completed', 'HTTP 202', true]]);
	await step(30, 'amber');
	assert.equal((await families()).length, 2);
	assert.deepEqual(await hospital.tasks('s31'), []);
	await step(60, 'medium');
	const first = await until(async () => { /* the proof stands in the page before it stands in the alert */
		const found = await hospital.alert('s31', 'overdue');
		return found.status === 'received' && found;
	}, 'the proof in the alert');
	expectAlert(first, { level: 'medium', status: 'received', owner: 'children-nurse', minutes: 15 });
	const [page] = await hospital.pages(first, 'webhook');
	assert.deepEqual([page.recipient[0].reference, page.status], ['PractitionerRole/children-nurse', 'completed']);
	assert.match(extension(page, 'delivery-proof'), /^HTTP 202 receipt-\d+$/);
	await hospital.advanceTo(later(due, 61 * MIN));
	await hospital.send('s31', WELL);
	const ended = await hospital.alert('s31', 'overdue');
	assert.deepEqual([ended.status, ended.statusReason.coding[0].code, (await hospital.row(episode)).overdue], ['completed', 'arrived', null]);
	// And once more, with nobody answering.
	const again = (await hospital.row(episode)).nextDue;
	for (const [minutes, stage, level] of [[60, 'medium', 'medium'], [120, 'high', 'high'], [240, 'emergency', 'emergency']]) {
		await hospital.advanceTo(later(again, minutes * MIN + 1));
		await delivered();
		assert.equal((await hospital.row(episode)).overdue, stage);
		const [task] = await hospital.open('s31');
		assert.equal(extension(task, 'alert-level'), level);
	}
	const [task] = await hospital.open('s31');
	const told = (await hospital.said('s31')).filter((one) => one.about?.[0].reference === `Task/${task.id}`);
	assert.deepEqual([...new Set(told.map((one) => one.recipient[0].reference))].sort(), ['RelatedPerson/s31-father', 'RelatedPerson/s31-mother'], 'all contacts are told');
	assert.equal(told.every((one) => one.status === 'completed' && one.received), true);
	assert.equal((await hospital.tasks('s31', '&code=overdue')).length, 2);
}));

// A ward on which these roles have a rota without a shift now.
async function nightWard(hospital, id, absent) {
	await hospital.ward(id, CHILD);
	for (const role of absent)
		await hospital.put({ resourceType: 'Schedule', id: `${id}-${role}`, actor: [{ reference: `PractitionerRole/${id}-${role}` }] });
	await hospital.settle();
}

test('S35 nobody answers: nurse in charge after 5 minutes, registrar 10, consultant 15; S37 an empty rung is left at once and said', () => within({ start: '2026-06-10T08:00:00Z' }, async (hospital) => {
	await hospital.bed('s35');
	await hospital.send('s35', { temp: 38.6 });
	const raised = await hospital.alert('s35', 'fever');
	expectAlert(raised, { level: 'high', rung: 'Nurse', owner: 'children-nurse', minutes: 5 });
	for (const [minutes, rung, owner] of [[5, 'Nurse in charge', 'nurse-in-charge'], [10, 'Registrar', 'registrar'], [15, 'Consultant', 'consultant'], [20, 'Switchboard', 'switchboard']]) {
		await hospital.advanceTo(later(raised.authoredOn, minutes * MIN - 1));
		assert.notEqual((await hospital.alert('s35', 'fever')).businessStatus.text, rung);
		await hospital.advanceTo(later(raised.authoredOn, minutes * MIN));
		const task = await hospital.alert('s35', 'fever');
		expectAlert(task, { level: 'high', rung, owner: `children-${owner}` });
		assert.equal(minutesFrom(raised.authoredOn, task.restriction.period.end), minutes + 5);
	}
	const pages = await hospital.pages(raised);
	assert.deepEqual(pages.map((page) => page.recipient[0].reference.split('/')[1]).sort(),
		['consultant', 'nurse', 'nurse-in-charge', 'registrar', 'switchboard'].map((role) => `children-${role}`));

	await nightWard(hospital, 'gap', ['nurse-in-charge']);
	await hospital.bed('s35-gap', { ward: 'gap' });
	await hospital.send('s35-gap', { temp: 38.6 });
	await hospital.advance(5 * MIN);
	expectAlert(await hospital.alert('s35-gap', 'fever'), { level: 'high', rung: 'Registrar', owner: 'gap-registrar' });
	assert.match((await hospital.placed('gap', 'delivery')).description, /Nobody on shift: nurse in charge/i);

	await nightWard(hospital, 'night', ['nurse', 'shift-lead', 'nurse-in-charge', 'registrar', 'consultant']);
	await hospital.bed('s37', { ward: 'night' });
	await hospital.send('s37', { temp: 38.6 });
	expectAlert(await hospital.alert('s37', 'fever'), { level: 'high', rung: 'Switchboard', owner: 'night-switchboard', minutes: 5 });
	expectAlert(await hospital.placed('night', 'delivery'), { level: 'technical' });
}));

const ATTEMPTS_MAX = 12;
const ALERT_MS_MAX = 10000; // of S39, counted from the start of the program
const BURST = 400;

// A fever is acknowledged, and SIGKILL comes before its alert is written: sent behind a burst in the same feed, which the
// ward reads in order. What was written before the kill bears a time of before it; then it is tried with another patient.
async function killedBetween(hospital, down) {
	for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
		const patient = `s39-${attempt}`;
		for (const id of [patient, `${patient}-burst`])
			await hospital.bed(id);
		await hospital.settle();
		const at = await hospital.now();
		const entry = Array.from({ length: BURST }, (_, n) => hospital.observation(`${patient}-burst`, 'hr', 100 + n % 30, { effectiveDateTime: later(at, -n) }));
		entry.push(hospital.observation(patient, 'temp', 39.1, { effectiveDateTime: at }));
		const answer = await hospital.server.post('', { resourceType: 'Bundle', type: 'transaction', entry: entry.map((resource) => ({ request: { method: 'POST', url: 'Observation' }, resource })) });
		hospital.server.child.kill('SIGKILL');
		assert.equal(answer.status, 200, answer.text);
		const begin = performance.now();
		await hospital.crash(down, at);
		const task = await until(async () => (await hospital.tasks(patient, '&code=fever'))[0], 'the alert');
		const passed = performance.now() - begin;
		await hospital.settle();
		const first = (await hospital.list(`Task/${task.id}/_history?`)).at(-1);
		if (Date.parse(first.meta.lastUpdated) >= Date.parse(at) + down * 1000)
			return { patient, passed };
	}
	throw new Error(`the alert was written before the kill ${ATTEMPTS_MAX} times`);
}

test('S39 killed after the answer and before the alert: one alert within ten seconds of the restart, and its ladder goes on from when it was raised', () => within({ start: '2026-06-10T08:00:00Z' }, async (hospital) => {
	await hospital.bed('s39-b');
	// Two minutes down, of the five that the nurse has.
	const { patient, passed } = await killedBetween(hospital, 2 * MIN);
	assert.ok(passed <= ALERT_MS_MAX, `${passed} ms`);
	const task = await hospital.alert(patient, 'fever');
	const [reading] = await hospital.list(`Observation?subject=Patient/${patient}&code=8310-5`);
	assert.ok(Date.parse(task.authoredOn) <= Date.parse(reading.meta.lastUpdated) + 1, 'raised when the reading came, not when the server came back');
	expectAlert(task, { level: 'high', rung: 'Nurse', minutes: 5 });
	assert.deepEqual((await hospital.pages(task)).map((page) => page.recipient[0].reference), ['PractitionerRole/children-nurse'], 'one page');
	await hospital.advanceTo(later(task.authoredOn, 5 * MIN - 1));
	expectAlert(await hospital.alert(patient, 'fever'), { level: 'high', rung: 'Nurse' });
	await hospital.advanceTo(later(task.authoredOn, 5 * MIN));
	const climbed = await hospital.alert(patient, 'fever');
	assert.equal(climbed.id, task.id);
	expectAlert(climbed, { level: 'high', rung: 'Nurse in charge' });
	assert.equal(minutesFrom(task.authoredOn, climbed.restriction.period.end), 10);
	assert.deepEqual((await hospital.pages(task)).map((page) => page.recipient[0].reference).sort(), ['PractitionerRole/children-nurse', 'PractitionerRole/children-nurse-in-charge']);
	// Killed with a ladder half way: four of five minutes before, two after.
	await hospital.send('s39-b', { temp: 38.6 });
	const raised = await hospital.alert('s39-b', 'fever');
	await hospital.advanceTo(later(raised.authoredOn, 4 * MIN));
	await hospital.crash(2 * MIN);
	await hospital.settle();
	const after = await hospital.alert('s39-b', 'fever');
	assert.equal(after.id, raised.id);
	expectAlert(after, { level: 'high', rung: 'Nurse in charge' });
	assert.equal(minutesFrom(raised.authoredOn, after.restriction.period.end), 10);
	await hospital.acknowledge(after);
	await hospital.crash(1);
	expectAlert(await hospital.alert('s39-b', 'fever'), { level: 'high', status: 'accepted' });
	assert.equal((await hospital.pages(after)).length, 2);
	const fevers = await hospital.list(`Task?code=${HW}CodeSystem/ward-rule|fever`);
	assert.equal(new Set(fevers.map((one) => one.for.reference)).size, fevers.length, 'one for each patient');
}));
