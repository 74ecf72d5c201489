// SPDX-License-Identifier: Apache-2.0
// Scenarios of the ward reference, section 5, over HTTP: readings that disagree, cannot be, come late or come
// twice. S23, S25-S27, S32-S34, S47, S49 (withdrawn).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { HOUR, Hospital, MIN, WELL, expectAlert, extension, later, minutesFrom, partsOf } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(() => hospital?.close());

const asked = async (patient, sign) => (await hospital.said(patient)).filter((page) => page.payload[0].contentString.includes(`measure again within 5 minutes: ${sign}`)).length;

test('S23 of two oximeters the worse counts, both stay, a repeat is asked for', async () => {
	const episode = await hospital.bed('s23');
	const start = await hospital.now();
	const [low] = await hospital.send('s23', { spo2: 88 }, { device: { display: 'Oximeter A' }, at: start });
	await hospital.advance(50);
	const [high] = await hospital.send('s23', { spo2: 97 }, { device: { display: 'Oximeter B' } });
	const score = await hospital.score('s23');
	assert.equal(score.valueQuantity.value, 4);
	assert.deepEqual(score.derivedFrom.map((one) => one.reference), [`Observation/${low}`, `Observation/${high}`]);
	expectAlert(await hospital.alert('s23', 'parameter'), { level: 'medium' });
	const conflict = await hospital.alert('s23', 'conflict');
	expectAlert(conflict, { level: 'technical' });
	assert.match(conflict.description, /^SpO2: 88 and 97 /);
	const row = await hospital.row(episode);
	const value = row.values.find((one) => one.name === 'spo2');
	assert.deepEqual([value.text, value.state, value.note], ['88', 'suspect', '97 as well, within a minute; the worse one counts']);
	assert.match(row.alerts.find((alert) => alert.rule === 'parameter').title, /SpO2 88/);
	assert.equal(await asked('s23', 'SpO2'), 1);
	assert.deepEqual((await hospital.list('Observation?subject=Patient/s23&code=2708-6')).map((one) => one.valueQuantity.value).sort(), [88, 97]);
});

test('S25 impossible values are stored, not scored, asked for again, and become a task when no repeat comes', async () => {
	const episode = await hospital.bed('s25');
	const ids = await hospital.send('s25', { spo2: 0, temp: 52.3, hr: 400, sbp: '60/90' });
	for (const id of ids)
		await hospital.get(`Observation/${id}`);
	assert.equal(await hospital.score('s25'), undefined);
	const states = (await hospital.row(episode)).values.filter((value) => value.state !== 'missing').map((value) => [value.name, value.state, value.part]);
	assert.deepEqual(states.sort(), ['diastolic', 'heartRate', 'spo2', 'systolic', 'temperature'].map((name) => [name, 'implausible', null]));
	for (const sign of ['SpO2', 'Temperature', 'Heart rate', 'Systolic BP'])
		assert.equal(await asked('s25', sign), 1, sign);
	await hospital.none('s25');
	await hospital.advance(5 * MIN);
	await hospital.send('s25', { hr: 120 });
	await hospital.advance(9 * MIN);
	await hospital.none('s25');
	await hospital.advance(MIN);
	const task = await hospital.alert('s25', 'implausible');
	expectAlert(task, { level: 'medium', owner: 'children-nurse' });
	await hospital.send('s25', { spo2: 98, temp: 36.8 });
	assert.equal((await hospital.alert('s25', 'implausible')).status, 'requested');
	await hospital.send('s25', { sbp: 95 });
	const closed = await hospital.alert('s25', 'implausible');
	assert.deepEqual([closed.status, closed.statusReason.coding[0].code], ['completed', 'arrived']);
});

test('S26 41.8 alerts at once and is asked for again; a second reading does not erase it', async () => {
	const episode = await hospital.bed('s26');
	await hospital.send('s26', { temp: 41.8 });
	expectAlert(await hospital.alert('s26', 'fever'), { level: 'high' });
	assert.equal(await asked('s26', 'Temperature'), 1);
	assert.equal((await hospital.value(episode, 'temperature')).state, 'suspect');
	await hospital.advance(3 * MIN);
	await hospital.send('s26', { temp: 36.9 });
	const task = await hospital.alert('s26', 'fever');
	expectAlert(task, { level: 'high' });
	assert.match(task.description, /41\.8.*now 36\.9/);
});

test('S27 a reading from the future is judged when it came, satisfies no schedule and hides nothing', async () => {
	const episode = await hospital.bed('s27');
	await hospital.send('s27', { hr: 132 });
	const due = (await hospital.row(episode)).nextDue;
	await hospital.advance(HOUR);
	const now = await hospital.now();
	await hospital.send('s27', { hr: 133 }, { at: later(now, 3 * HOUR) });
	await hospital.send('s27', { rr: 28 }, { at: '2161-07-12T08:00:00Z' });
	expectAlert(await hospital.alert('s27', 'time-suspect'), { level: 'technical' });
	const value = await hospital.value(episode, 'respiratoryRate');
	assert.deepEqual([value.state, value.note], ['suspect', 'time not trusted']);
	assert.ok(minutesFrom(now, value.measuredAt) < 1, 'never newer than its arrival');
	assert.equal((await hospital.row(episode)).nextDue, due);
	await hospital.send('s27', { temp: 38.4 }, { at: later(now, 3 * HOUR) });
	expectAlert(await hospital.alert('s27', 'fever'), { level: 'high' });
	await hospital.advance(4 * HOUR);
	expectAlert(await hospital.alert('s27', 'overdue'), { level: 'medium' });
});

test('S27 a date without a time of day satisfies no schedule', async () => {
	const episode = await hospital.bed('s27-date');
	await hospital.send('s27-date', { hr: 132 });
	const due = (await hospital.row(episode)).nextDue;
	await hospital.advance(HOUR);
	await hospital.send('s27-date', { hr: 134 }, { at: (await hospital.now()).slice(0, 10) });
	assert.equal((await hospital.row(episode)).nextDue, due);
	assert.equal((await hospital.value(episode, 'heartRate')).state, 'suspect');
	expectAlert(await hospital.alert('s27-date', 'time-suspect'), { level: 'technical' });
});

test('S32 a fever in a late burst is a High alert of its own, whatever its age', async () => {
	await hospital.bed('s32-fever');
	await hospital.advance(40 * MIN);
	const now = await hospital.now();
	await hospital.send('s32-fever', { temp: 38.4, rr: 28 }, { at: later(now, -35 * MIN) });
	await hospital.send('s32-fever', { temp: 37.0, rr: 28 }, { at: now });
	const task = await hospital.alert('s32-fever', 'fever');
	expectAlert(task, { level: 'high', minutes: 5 });
	assert.match(task.description, /38\.4.*received late.*now 37/);
});

// The burst of S32: what a gateway kept during twelve hours without network, three hours apart.
const BURST = [[30, 130, 98], [34, 138, 97], [42, 151, 95], [53, 172, 93], [32, 135, 97]];
async function burst(patient, order) {
	const now = await hospital.now();
	for (const n of order) {
		const [rr, hr, spo2] = BURST[n % 5];
		await hospital.post(patient, { rr, hr, spo2 }, { at: later(now, -MIN - (4 - n % 5) * 3 * HOUR), device: { display: 'Gateway' } });
	}
	await hospital.settle();
	return now;
}
async function expectBurst(patient, episode, sent) {
	const scores = await hospital.scores(patient);
	assert.deepEqual(scores.slice(1).map((score) => score.valueQuantity.value), [0, 0, 3, 7, 0]);
	for (const score of scores.slice(1)) {
		assert.equal(extension(score, 'score-complete'), false);
		assert.equal(score.derivedFrom.length, 3, 'a repetition is no second source');
	}
	const [task, ...more] = await hospital.open(patient);
	assert.deepEqual(more.map((one) => one.description), []);
	expectAlert(task, { level: 'medium' });
	const peak = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London' })
		.format(new Date(Date.parse(sent) - 3 * HOUR * 1000 - MIN * 1000));
	assert.match(task.description, new RegExp(`peak 7 at ${peak}, now 0`));
	const row = await hospital.row(episode);
	assert.deepEqual([row.score.total, row.overdue], [0, null]);
	return task;
}

// All that anybody sees of a patient in the end, without the ids.
async function finalState(patient, episode) {
	const row = await hospital.row(episode);
	const alerts = await hospital.tasks(patient);
	return {
		values: row.values.map(({ observation, receivedAt, ...shown }) => [shown, Boolean(observation), Boolean(receivedAt)]),
		score: { ...row.score, observation: null },
		due: [row.nextDue, row.overdue],
		scores: (await hospital.scores(patient)).map((score) => [score.effectiveDateTime, score.valueQuantity.value, partsOf(score), score.derivedFrom.length, extension(score, 'score-low'), extension(score, 'score-high')]),
		alerts: alerts.map((task) => [task.code.coding[0].code, extension(task, 'alert-level'), task.status, task.description, task.businessStatus?.text, task.restriction?.period.end].join(' ')).sort(),
	};
}

test('S32 and S33 twelve hours of silence climb; the burst after it is one retrospective alert; shuffled and sent twice it is the same', async () => {
	const one = await hospital.bed('s32');
	const two = await hospital.bed('s33');
	const start = await hospital.now();
	for (const id of ['s32', 's33'])
		await hospital.send(id, { rr: 28, hr: 132, spo2: 98 });
	await hospital.advance(8 * HOUR);
	expectAlert(await hospital.alert('s32', 'overdue'), { level: 'emergency' });
	await hospital.advance(4 * HOUR + 30 * MIN);
	const sent = await burst('s32', [0, 1, 2, 3, 4]);
	const task = await expectBurst('s32', one, sent);
	assert.ok(Date.parse(task.authoredOn) > Date.parse(start) + 12 * HOUR * 1000);
	const overdue = await hospital.alert('s32', 'overdue');
	assert.deepEqual([overdue.status, overdue.statusReason.coding[0].code], ['completed', 'arrived']);
	const again = await burst('s33', [4, 8, 0, 2, 6, 3, 5, 9, 1, 7]);
	assert.equal(again, sent, 'both bursts at one instant');
	await expectBurst('s33', two, again);
	assert.deepEqual(await finalState('s33', two), await finalState('s32', one), 'in order once, or shuffled and twice: the same');
	await hospital.alert('s33', 'score');
	// Nothing is thrown away: of each sign five count, five are the same once more.
	const counted = new Set((await hospital.scores('s33')).flatMap((score) => score.derivedFrom.map((one) => one.reference)));
	const doubled = [];
	for (const code of ['9279-1', '8867-4', '2708-6']) {
		const found = (await hospital.list(`Observation?subject=Patient/s33&code=${code}`)).filter((one) => one.device);
		const [stored, duplicates] = [true, false].map((counts) => found.filter((one) => counted.has(`Observation/${one.id}`) === counts));
		const facts = (list) => list.map((one) => `${one.effectiveDateTime} ${one.valueQuantity.value}`).sort();
		assert.equal(duplicates.length, 5, code);
		assert.deepEqual(facts(duplicates), facts(stored), code);
		doubled.push(...duplicates.map((one) => `Observation/${one.id}`));
	}
	// And said: of the newest set each sign, of the four late ones once for the upload (decision 0006); none where nothing
	// was repeated.
	const repeated = async (patient) => (await hospital.list(`DetectedIssue?patient=Patient/${patient}`)).filter((one) => one.code.coding[0].code === 'duplicate');
	assert.deepEqual(await repeated('s32'), []);
	const issues = await repeated('s33');
	assert.deepEqual(issues.map((one) => one.detail.replace(/:.*| came once more.*/, '')).sort(), ['Heart rate 135', 'Readings that are here already', 'Resp rate 32', 'SpO2 97']);
	for (const issue of issues)
		assert.ok(doubled.includes(issue.implicated[0].reference), issue.detail);
});

test('S34 two readings a second apart are two readings', async () => {
	await hospital.bed('s34');
	const at = await hospital.now();
	await hospital.send('s34', { hr: 132 }, { at: later(at, -1) });
	await hospital.send('s34', { hr: 133 }, { at });
	assert.equal((await hospital.score('s34')).derivedFrom.length, 2);
	const [same] = await hospital.send('s34', { hr: 133 }, { at });
	assert.equal((await hospital.score('s34')).derivedFrom.length, 2, 'the same again is a repetition');
	const issues = await hospital.list('DetectedIssue?patient=Patient/s34');
	assert.deepEqual(issues.map((one) => [one.code.coding[0].code, one.implicated[0].reference]), [['duplicate', `Observation/${same}`]], 'and is written down as one');
	assert.equal((await hospital.list('Observation?subject=Patient/s34&code=8867-4')).length, 3);
});

test('S49 a withdrawn reading takes its score with it, and the alert it raised waits for a person', async () => {
	const episode = await hospital.bed('s49');
	const at = await hospital.now();
	const [id] = await hospital.send('s49', { hr: 185 });
	const score = await hospital.score('s49');
	assert.equal(score.valueQuantity.value, 4);
	await hospital.put({ ...hospital.observation('s49', 'hr', 185, { status: 'entered-in-error', effectiveDateTime: at, note: [{ authorString: 'Nora', text: 'Of another child' }] }), id });
	await hospital.settle();
	assert.equal((await hospital.get(`Observation/${score.id}`)).status, 'entered-in-error');
	const row = await hospital.row(episode);
	assert.deepEqual([row.score, row.values.find((value) => value.name === 'heartRate').state], [null, 'missing']);
	expectAlert(await hospital.alert('s49', 'parameter'), { level: 'medium' });
	const due = Date.parse(row.nextDue) - Date.parse(row.admitted);
	assert.equal(due, HOUR * 1000, 'nothing has been measured yet');
});

test('S47 in a hospital bed the schedule at home is silent until an explicit return', async () => {
	const episode = await hospital.bed('s47');
	await hospital.send('s47', WELL);
	await hospital.advance(5 * HOUR);
	expectAlert(await hospital.alert('s47', 'overdue'), { level: 'medium' });
	const move = async (operation, reason) => {
		const answer = await hospital.server.post(`EpisodeOfCare/${episode}/${operation}`, parameters({ by: { valueString: 'Nora' }, ...(reason ? { reason: { valueString: reason } } : {}) }));
		await hospital.settle();
		return answer;
	};
	const steps = async () => (await hospital.get(`EpisodeOfCare/${episode}`)).extension.filter((one) => one.url.endsWith('/step'))
		.map((one) => Object.fromEntries(one.extension.map(({ url, ...value }) => [url, Object.values(value)[0]])));
	assert.equal((await move('$step-up')).status, 400, 'not without a reason');
	assert.equal((await hospital.get(`EpisodeOfCare/${episode}`)).status, 'active');
	const paused = await hospital.now();
	assert.equal((await move('$step-up', 'Needs fluids')).status, 200);
	const held = await hospital.get(`EpisodeOfCare/${episode}`);
	assert.deepEqual([held.status, held.statusHistory.at(-1).status], ['onhold', 'active']);
	const [why] = await steps();
	assert.deepEqual([why.reason, why.by.display, Date.parse(why.at)], ['Needs fluids', 'Nora', Date.parse(paused)], 'why, who and when');
	const ended = await hospital.alert('s47', 'overdue');
	assert.deepEqual([ended.status, ended.statusReason.coding[0].code], ['completed', 'paused']);
	assert.equal((await hospital.row(episode)).nextDue, null);
	await hospital.advance(12 * HOUR);
	await hospital.none('s47');
	await hospital.send('s47', { temp: 36.9 });
	assert.equal((await hospital.row(episode)).nextDue, null, 'a reading is no return');
	assert.equal((await hospital.get(`EpisodeOfCare/${episode}`)).status, 'onhold');
	assert.equal((await move('$return', 'Drinks again')).status, 200);
	assert.deepEqual((await steps()).map((one) => one.reason), ['Drinks again']);
	const versions = await hospital.list(`EpisodeOfCare/${episode}/_history?`);
	assert.ok(versions.some((one) => one.status === 'onhold' && JSON.stringify(one.extension).includes('Needs fluids')), 'why it was paused stays in the history');
	assert.ok(Math.abs(minutesFrom(await hospital.now(), (await hospital.row(episode)).nextDue) - 240) < 1);
	await hospital.advance(4 * HOUR + 59 * MIN);
	await hospital.none('s47');
	await hospital.advance(2 * MIN);
	assert.equal((await hospital.tasks('s47', '&code=overdue&status=requested')).length, 1);
});
