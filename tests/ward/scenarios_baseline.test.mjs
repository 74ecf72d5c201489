// SPDX-License-Identifier: Apache-2.0
// Pathways over days: times of day when the clocks change, and values against the patient's own two weeks (heart failure,
// frailty).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { ADULT_WELL, HOUR, HW, Hospital, MIN, expectAlert, later, quantity } from './hospital.mjs';

const POLICY = (name) => `${HW}PlanDefinition/${name}`;
const BORN = { birthDate: '1950-03-01', ward: 'adults' };
const DAY = 24 * HOUR;
let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-03-28T08:05:00Z' }); });
after(() => hospital?.close());

const due = async (episode, ward) => (await hospital.row(episode, ward)).nextDue;
const ranged = async (id) => (await hospital.open(id)).find((one) => one.code.coding[0].code === 'parameter' && !/unscored/.test(one.description));

test('a time of day is wall time: 08:00 stays 08:00 when the clocks change', async () => {
	const episode = await hospital.bed('path-clock', { ...BORN, policy: `${POLICY('heart-failure')}|1` });
	assert.deepEqual(hospital.plan.activity[0].detail.scheduledTiming.repeat.timeOfDay, ['08:00:00']);
	await hospital.send('path-clock', { weight: 71.2, hr: 70, sbp: '130/80', spo2: 97 });
	assert.equal(await due(episode, 'adults'), '2026-03-29T07:00:00.000Z', '08:00 BST');
	await hospital.advanceTo('2026-03-29T05:30:00Z'); // half an hour after the earliest that serves 08:00
	await hospital.send('path-clock', { weight: 71.3, hr: 70, sbp: '130/80', spo2: 97 });
	assert.equal(await due(episode, 'adults'), '2026-03-30T07:00:00.000Z');
	await hospital.advanceTo('2026-03-30T08:00:00Z');
	expectAlert(await hospital.alert('path-clock', 'overdue'), { level: 'medium' });
	await hospital.discharge(episode);
});

test('heart failure: weight against the days before and against two weeks', async () => {
	const episode = await hospital.bed('path-heart', { ...BORN, policy: `${POLICY('heart-failure')}|1` });
	const ids = [];
	for (const weight of [70.0, 70.3, 69.9, 70.4]) {
		await hospital.advance(DAY);
		ids.push(...await hospital.send('path-heart', { weight, hr: 72, sbp: 128, spo2: 97 }));
	}
	assert.deepEqual(await hospital.tasks('path-heart', '&code=baseline'), []);
	await hospital.advance(DAY);
	await hospital.send('path-heart', { weight: 72.1, hr: 72, sbp: 128, spo2: 97 });
	const task = await hospital.alert('path-heart', 'baseline');
	expectAlert(task, { level: 'medium' });
	assert.match(task.description, /^Weight 72.1, up by 2.2 within 3 days/);
	const shown = await hospital.value(episode, 'weight', 'adults');
	assert.deepEqual([shown.text, shown.unit, shown.part], ['72.1', 'kg', null]);
	await hospital.resolve(task);
	await hospital.advance(DAY);
	await hospital.send('path-heart', { hr: 72, sbp: 100, spo2: 97 });
	const pressure = (await hospital.open('path-heart')).find((one) => one.code.coding[0].code === 'baseline');
	assert.match(pressure.description, /^Systolic BP 100, 28.0 under the patient's own 128.0 of two weeks/);
	await hospital.crash(60); // the values of two weeks outlast the process
	await hospital.send('path-heart', { weight: 73.0, hr: 72, sbp: 126, spo2: 97 });
	assert.match((await hospital.open('path-heart')).find((one) => one.code.coding[0].code === 'baseline').description, /Weight 73, 2\.\d above|Weight 73, up by/);
	await hospital.advance(11 * MIN);
	await hospital.send('path-heart', { hr: 124, sbp: 126 });
	expectAlert(await ranged('path-heart'), { level: 'medium' });
	await hospital.discharge(episode);
});

test('heart failure: a scale that sends a stream in grams calls as one in kilograms does', async () => {
	const stands = async (id, unit, samples) => {
		const now = await hospital.now();
		await hospital.put({
			resourceType: 'Observation', id, status: 'final', subject: { reference: 'Patient/path-scale' },
			code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] }, effectivePeriod: { start: later(now, -30), end: now },
			valueSampledData: { origin: quantity(0, unit), period: 5000, dimensions: 1, data: samples },
		});
		await hospital.settle();
	};
	const episode = await hospital.bed('path-scale', { ...BORN, policy: `${POLICY('heart-failure')}|1` });
	await stands('scale-1', 'g', '70000 70100 69900 70000 70000 70000');
	assert.deepEqual(await hospital.open('path-scale'), [], 'a weight in grams is a weight');
	await hospital.advance(DAY);
	await hospital.send('path-scale', { hr: 72, sbp: 128, spo2: 97 });
	await stands('scale-2', 'g', '72100 72100 72100 72100 72100 72100');
	const task = await hospital.alert('path-scale', 'baseline');
	expectAlert(task, { level: 'medium' });
	assert.match(task.description, /^Weight 72.1, up by 2.1 within 3 days/);
	const shown = await hospital.value(episode, 'weight', 'adults');
	assert.deepEqual([shown.text, shown.unit], ['72.1', 'kg']);
	await hospital.discharge(episode);
});

test('frailty: the baseline of each resident', async () => {
	const set = { ...ADULT_WELL, spo2: 96 };
	await hospital.bed('path-frail', { ...BORN, policy: `${POLICY('frailty')}|1` });
	await hospital.put({ resourceType: 'Patient', id: 'path-frail-young', birthDate: '1980-01-01', name: [{ text: 'Synthetic young' }] });
	const young = await hospital.server.post('EpisodeOfCare/$admit', parameters({
		patient: { valueReference: { reference: 'Patient/path-frail-young' } }, ward: { valueReference: { reference: 'Organization/adults' } },
		policy: { valueCanonical: `${POLICY('frailty')}|1` },
	}));
	assert.deepEqual([young.status, /Aged 65 or over/.test(young.text)], [422, true]);
	for (let i = 0; i < 6; i++) {
		await hospital.advance(12 * HOUR);
		await hospital.send('path-frail', set);
	}
	await hospital.advance(12 * HOUR);
	await hospital.send('path-frail', { ...set, spo2: 92, hr: 104 });
	const task = await hospital.alert('path-frail', 'baseline');
	expectAlert(task, { level: 'medium' });
	assert.match(task.description, /SpO2 92, 4.0 under the patient's own 96.0/);
});
