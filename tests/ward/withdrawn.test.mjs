// SPDX-License-Identifier: Apache-2.0
// An alert after a reading that made it was withdrawn.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { HOUR, HW, Hospital, MIN, WELL, later } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

async function withdraw(id) {
	const { meta, ...reading } = await hospital.get(`Observation/${id}`);
	assert.ok(meta);
	await hospital.put({ ...reading, status: 'entered-in-error', note: [{ authorString: 'Nora', text: 'Another child', time: await hospital.now() }] });
	await hospital.settle();
}

test('a fever that rises after a withdrawn, higher one is raised again', async () => {
	await hospital.bed('withdrawn-fever');
	const [wrong] = await hospital.send('withdrawn-fever', { temp: 39.4 });
	await withdraw(wrong);
	await hospital.advance(MIN);
	await hospital.send('withdrawn-fever', { temp: 38.1 });
	await hospital.acknowledge(await hospital.alert('withdrawn-fever', 'fever'));
	await hospital.advance(MIN);
	await hospital.send('withdrawn-fever', { temp: 39.0 });
	const task = await hospital.alert('withdrawn-fever', 'fever');
	assert.notEqual(task.status, 'accepted', 'up 0.9 since the acknowledgement');
});

test('a sign that was withdrawn is new when it is truly measured', async () => {
	await hospital.bed('withdrawn-score');
	const [, rate, , oxygen] = await hospital.send('withdrawn-score', { ...WELL, rr: 52, hr: 172, spo2: 90 });
	await withdraw(rate);
	await withdraw(oxygen);
	await hospital.acknowledge(await hospital.alert('withdrawn-score', 'score'));
	await hospital.advance(12 * MIN);
	await hospital.send('withdrawn-score', { ...WELL, rr: 52, hr: 172 });
	const task = await hospital.alert('withdrawn-score', 'score');
	assert.notEqual(task.status, 'accepted', `PEWS 2 when it was acknowledged: ${task.description}`);
});

const byRule = async (id, rule, words) => {
	const found = (await hospital.open(id)).filter((task) => task.code.coding[0].code === rule && words.test(task.description));
	assert.equal(found.length, 1, `one alert ${rule} of ${id}: ${found.map((task) => task.description)}`);
	return found[0];
};
/* The same sign again after an answer is not heard; once what made the alert is withdrawn it is a new one. `words` of the
 * alert; `first` makes it, `again` is what comes later. */
async function heardOnceWithdrawn(id, rule, words, first, again) {
	const wrong = (await hospital.send(id, first)).at(-1);
	await hospital.acknowledge(await byRule(id, rule, words));
	await hospital.advance(2 * MIN);
	const [same] = await hospital.send(id, again);
	assert.equal((await byRule(id, rule, words)).status, 'accepted', `${rule}: it was answered`);
	await withdraw(same);
	assert.equal((await byRule(id, rule, words)).status, 'accepted', `${rule}: what it was raised for stands`);
	await withdraw(wrong);
	const left = await byRule(id, rule, words);
	assert.equal(left.status, 'accepted', `${rule}: that something went calls nobody`);
	await hospital.advance(2 * MIN);
	await hospital.send(id, again);
	assert.notEqual((await byRule(id, rule, words)).status, 'accepted', `${rule}: truly measured now, and heard`);
}
const admitAdult = (id) => hospital.bed(id, { birthDate: '1950-03-01', ward: 'adults', policy: `${HW}PlanDefinition/heart-failure|1` });

test('a value out of its range that was withdrawn is new when it is truly measured', async () => {
	await admitAdult('withdrawn-range');
	await heardOnceWithdrawn('withdrawn-range', 'parameter', /Heart rate(?!.*unscored)/, { hr: 124 }, { hr: 122 });
});

test('a weight above the patient’s own that was withdrawn is new when it is truly measured', async () => {
	await admitAdult('withdrawn-weight');
	for (const weight of [70.0, 70.3, 69.9, 70.4]) {
		await hospital.send('withdrawn-weight', { weight, hr: 72, sbp: 128, spo2: 97 });
		await hospital.advance(24 * HOUR);
	}
	await heardOnceWithdrawn('withdrawn-weight', 'baseline', /Weight/, { weight: 72.4 }, { weight: 72.3 });
});

test('a value beyond a limit of one patient that was withdrawn is new when it is truly measured', async () => {
	const stay = await hospital.bed('withdrawn-limit');
	const role = { valueReference: { reference: 'PractitionerRole/children-consultant' } };
	const set = await hospital.server.post(`EpisodeOfCare/${stay}/$limit`, parameters({ by: role, sign: { valueCode: 'temperature' }, above: { valueDecimal: 37.6 }, level: { valueCode: 'high' },
		reason: { valueString: 'Central line infection last week' }, expires: { valueDateTime: later(await hospital.now(), 6 * HOUR) } }));
	assert.equal(set.status, 200, set.text);
	await heardOnceWithdrawn('withdrawn-limit', 'limit', /Temperature/, { temp: 37.8 }, { temp: 37.7 });
});

test('a raised temperature beside a worry that was withdrawn counts again when it is truly measured', async () => {
	await hospital.bed('withdrawn-worry');
	await hospital.send('withdrawn-worry', { worried: true });
	await heardOnceWithdrawn('withdrawn-worry', 'concern', /temperature|worried/i, { temp: 37.8 }, { temp: 37.9 });
});
