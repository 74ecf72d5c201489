// SPDX-License-Identifier: Apache-2.0
// The report of the past week, which nobody asks for, and what of it is new: hours of nurses and alerts for each of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HW, WELL, until } from '../ward/hospital.mjs';
import { admit, own, patient, within } from './ward.mjs';

const START = '2026-10-22T20:00:00Z'; // a Thursday; the clocks go back on Sunday
const WEEK = { start: '2026-10-19', end: '2026-10-25' };
const MEASURES = ['ward-alarms-1', 'ward-declined-1', 'ward-fever-1', 'ward-flow-1', 'ward-nurses-1', 'ward-occupancy-1', 'ward-readings-1', 'ward-transfers-1'];

const weekly = (hospital, query = '') => hospital.get(`//flow/weekly?ward=unit${query}`);
const evaluate = (hospital, id, { start, end } = WEEK) => hospital.get(`Measure/${id}/$evaluate-measure?periodStart=${start}&periodEnd=${end}&subject=Organization/unit`);
const group = (report, code) => report.group.find((one) => one.code.coding[0].code === code);
const made = (hospital) => hospital.list('MeasureReport?reporter=Organization/unit');
const weeks = (hospital, count) => until(async () => (await made(hospital)).length === count * MEASURES.length, `${count} weeks`);

async function role(hospital, id, code, person) {
	await hospital.put({ resourceType: 'PractitionerRole', id, active: true, practitioner: { reference: `Practitioner/${person}` }, organization: { reference: 'Organization/unit' }, code: [own('ward-role', code)] });
	await hospital.put({ resourceType: 'Schedule', id: `rota-${id}`, actor: [{ reference: `PractitionerRole/${id}` }] });
}
const shift = (hospital, id, slot, start, end, status = 'busy') => hospital.put({ resourceType: 'Slot', id: slot, schedule: { reference: `Schedule/rota-${id}` }, status, start, end });

async function unit(hospital) {
	await hospital.ward('unit', `${HW}PlanDefinition/childrens-cancer`);
	for (const person of ['ann', 'bea'])
		await hospital.put({ resourceType: 'Practitioner', id: person, name: [{ text: person }] });
	await role(hospital, 'ann-nurse', 'nurse', 'ann');
	await role(hospital, 'ann-charge', 'nurse-in-charge', 'ann');
	await role(hospital, 'bea-registrar', 'registrar', 'bea');
	await shift(hospital, 'ann-nurse', 'before', '2026-10-18T20:00:00Z', '2026-10-19T08:00:00Z'); // 9 h of the week
	await shift(hospital, 'ann-nurse', 'day', '2026-10-23T07:00:00Z', '2026-10-23T19:00:00Z'); // 12 h
	await shift(hospital, 'ann-charge', 'late', '2026-10-23T15:00:00Z', '2026-10-23T21:00:00Z'); // 2 h more of the same person
	await shift(hospital, 'ann-nurse', 'night', '2026-10-24T19:00:00Z', '2026-10-25T07:00:00Z'); // 12 h, whatever the clocks say
	await shift(hospital, 'ann-nurse', 'free', '2026-10-22T07:00:00Z', '2026-10-22T19:00:00Z', 'free');
	await shift(hospital, 'ann-nurse', 'next', '2026-10-26T07:00:00Z', '2026-10-26T19:00:00Z');
	await shift(hospital, 'bea-registrar', 'doctor', '2026-10-23T07:00:00Z', '2026-10-23T19:00:00Z');
	await patient(hospital, 'child');
	const admitted = await admit(hospital, 'child', { ward: 'unit' });
	assert.equal(admitted.status, 201, admitted.text);
	await hospital.post('child', { ...WELL, temp: 38.4 });
	await hospital.settle();
}

test('alerts for each hour of a nurse: shifts on the rota, cut at the week and at now, an hour of a person once', () => within({ start: START }, async (hospital) => {
	await unit(hospital);
	await hospital.advanceTo('2026-10-23T09:00:00Z'); // the day has lasted two hours
	const early = group(await evaluate(hospital, 'ward-nurses-1'), 'nurse-hours');
	assert.deepEqual([early.measureScore.value, early.measureScore.unit], [11, 'hours']);
	await hospital.advanceTo('2026-10-26T09:00:00Z');
	const report = await evaluate(hospital, 'ward-nurses-1');
	const hours = group(report, 'nurse-hours'), alerts = group(report, 'alerts-per-nurse-hour');
	assert.equal(hours.measureScore.value, 35);
	const shifts = report.contained.find((one) => `#${one.id}` === hours.population[0].subjectResults.reference);
	assert.deepEqual(shifts.entry.map((one) => one.item.reference), ['Slot/before', 'Slot/day', 'Slot/late', 'Slot/night']);
	assert.deepEqual(hours.stratifier[0].stratum.map((one) => [one.value.text, one.measureScore.value]), [['nurse', 33], ['nurse-in-charge', 2]]);
	const counted = group(await evaluate(hospital, 'ward-alarms-1'), 'alerts').population[0].count;
	assert.equal(alerts.population[0].count, counted);
	assert.ok(counted > 0);
	assert.ok(Math.abs(alerts.measureScore.value - counted / 35) <= 0.0051, `${alerts.measureScore.value}, ${counted} alerts`);
	assert.equal(alerts.measureScore.unit, 'per hour');
	// A shift that was closed early ends when it was.
	await shift(hospital, 'ann-nurse', 'night', '2026-10-24T19:00:00Z', '2026-10-24T22:00:00Z');
	assert.equal(group(await evaluate(hospital, 'ward-nurses-1'), 'nurse-hours').measureScore.value, 26);
}));

test('on Monday at six the past week is there by itself, once, and after an outage what it left out', () => within({ start: START }, async (hospital) => {
	await unit(hospital);
	await hospital.advanceTo('2026-10-26T05:59:59Z');
	assert.deepEqual((await weekly(hospital)).weeks, []);
	await hospital.advance(1);
	await weeks(hospital, 1);
	const found = await weekly(hospital);
	assert.deepEqual([found.weeks, found.week], [[WEEK], WEEK]);
	assert.deepEqual(found.reports.map((one) => one.measure), MEASURES);
	assert.ok(found.reports.every((one) => one.title && one.report.identifier[0].value === `unit/${one.measure}/2026-10-19`));
	for (const { measure, report } of found.reports) {
		const { date, id, meta, identifier, ...kept } = report;
		const { date: later, ...counted } = await evaluate(hospital, measure);
		assert.ok(date && later && id && meta && identifier);
		assert.deepEqual(kept, counted, `${measure}: as if it were asked for`);
	}
	await hospital.crash(60);
	// Away for two weeks and a day: two more are owed, and the first is not made again.
	await hospital.crash(15 * 86400);
	await weeks(hospital, 3);
	assert.deepEqual((await weekly(hospital)).weeks.map((one) => one.start), ['2026-11-02', '2026-10-26', '2026-10-19']);
	assert.ok((await made(hospital)).every((one) => one.meta.versionId === '1'));
	const asked = await weekly(hospital, '&start=2026-10-19');
	assert.deepEqual([asked.week, asked.reports.length], [WEEK, MEASURES.length]);
	assert.deepEqual((await weekly(hospital, '&start=2025-01-06')).reports, []);
	assert.equal((await hospital.server.get('//flow/weekly?ward=unit&start=monday')).status, 400);
	assert.equal((await hospital.server.get('//flow/weekly?ward=nowhere')).status, 404);
}));

test('a setting says another day and time, or never; a Measure that cannot be counted hinders no other', () => within({ start: START, env: { HOMEWARD_FLOW_WEEKLY_REPORT: 'sat 07:30' } }, async (hospital) => {
	await unit(hospital);
	const { meta, ...measure } = await hospital.get('Measure/ward-flow-1');
	assert.ok(meta);
	measure.id = 'moons';
	measure.url += '-moons';
	measure.group = [measure.group[0]];
	measure.group[0].population[0].criteria.expression = 'moons';
	await hospital.put(measure);
	await hospital.advanceTo('2026-10-24T06:30:00Z'); // 07:30 BST
	await weeks(hospital, 1);
	assert.deepEqual((await weekly(hospital)).week, { start: '2026-10-17', end: '2026-10-23' });
	hospital.env.HOMEWARD_FLOW_WEEKLY_REPORT = 'none';
	await hospital.crash(8 * 86400);
	assert.equal((await made(hospital)).length, MEASURES.length);
}));
