// SPDX-License-Identifier: Apache-2.0
// A stay that goes to another ward: each ward's figures are of the time in which the stay was its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHILD, HOUR, WELL, later } from '../ward/hospital.mjs';
import { act, by, code, done, text, within } from './ward.mjs';

const DAY = 24 * HOUR;
const START = '2026-06-10T08:00:00Z';

async function move(hospital, episode, ward) {
	const { meta, ...stay } = await hospital.get(`EpisodeOfCare/${episode}`);
	assert.ok(meta);
	await hospital.put({ ...stay, managingOrganization: { reference: `Organization/${ward}` } });
	await hospital.settle();
}
// Whose bed was filled at that time of day, and whether it was held.
async function where(hospital, at) {
	const found = [];
	for (const ward of ['children', 'second', 'third']) {
		const { occupied, held, stays } = await hospital.get(`//flow/occupancy?ward=${ward}&at=${at}`);
		assert.equal(stays.length, occupied);
		if (occupied > 0)
			found.push(`${ward} ${occupied}${held > 0 ? ` held ${held}` : ''}`);
	}
	return found.join(', ');
}
// The counts of each group's populations, and with a score that as well.
async function figures(hospital, measure, ward, to) {
	const report = await hospital.get(`Measure/${measure}/$evaluate-measure?periodStart=2026-06-09&periodEnd=${to}&subject=Organization/${ward}`);
	return Object.fromEntries(report.group.map((group) => [group.code.coding[0].code, { counts: group.population.map((one) => one.count), score: group.measureScore?.value }]));
}
async function sitrep(hospital, ward, date) {
	const answer = await hospital.server.get(`//flow/sitrep?ward=${ward}&date=${date}`);
	assert.equal(answer.status, 200, answer.text);
	const [heads, values] = answer.text.split('\r\n').map((line) => line.split(','));
	return Object.fromEntries(heads.map((head, i) => [head, values[i]]));
}
const wards = (run) => within({ start: START }, async (hospital) => {
	await hospital.ward('second', CHILD);
	await hospital.ward('third', CHILD);
	await run(hospital);
});

test('who was on a ward at an instant is not changed by a later move', () => wards(async (hospital) => {
	const episode = await hospital.bed('once');
	await hospital.advance(2 * HOUR);
	assert.equal(await where(hospital, '2026-06-10T09:00:00Z'), 'children 1');
	await move(hospital, episode, 'second');
	const moved = await hospital.now(); /* the clock went on from START until the server was up */
	await hospital.advance(HOUR);
	assert.equal(await where(hospital, '2026-06-10T09:00:00Z'), 'children 1');
	assert.equal(await where(hospital, '2026-06-10T09:59:59Z'), 'children 1');
	assert.equal(await where(hospital, later(moved, -0.001)), 'children 1');
	assert.equal(await where(hospital, moved), 'second 1', 'from the instant of the move it is the new ward\'s');
	assert.equal(await where(hospital, '2026-06-10T07:59:59Z'), '');
}));

test('a stay that moves twice and comes back is of each ward for its time there', () => wards(async (hospital) => {
	const episode = await hospital.bed('there-and-back');
	const route = ['second', 'third', 'children'];
	for (const ward of route) {
		await hospital.advance(DAY);
		await move(hospital, episode, ward);
	}
	await hospital.advance(DAY);
	for (const task of await hospital.open('there-and-back'))
		await hospital.acknowledge(task);
	await done(hospital, `EpisodeOfCare/${episode}/$discharge`, { ...by(), reason: text('Well'), destination: code('home') });
	await hospital.advance(DAY);
	for (const [day, ward] of [['11', 'children'], ['12', 'second'], ['13', 'third'], ['14', 'children']])
		assert.equal(await where(hospital, `2026-06-${day}`), `${ward} 1`, `at 08:00 of ${day} June`);
	assert.equal(await where(hospital, '2026-06-15'), '');
	const moves = async (ward) => {
		const moved = await figures(hospital, 'ward-transfers-1', ward, '2026-06-15');
		const flow = await figures(hospital, 'ward-flow-1', ward, '2026-06-15');
		const [admissions, came, went, discharges] = [flow.admissions, moved['transfers-in'], moved['transfers-out'], flow.discharges].map((one) => one.counts[0]);
		return { admissions, came, went, discharges, ...(discharges > 0 ? { mean: flow['stay-mean'].score } : {}) };
	};
	assert.deepEqual(await moves('children'), { admissions: 1, came: 1, went: 1, discharges: 1, mean: 2 }, 'four days, two of them here');
	assert.deepEqual(await moves('second'), { admissions: 0, came: 1, went: 1, discharges: 0 });
	assert.deepEqual(await moves('third'), { admissions: 0, came: 1, went: 1, discharges: 0 });
	for (const ward of ['children', 'second', 'third']) {
		let occupied = 0;
		for (let day = 10; day < 15; day++) {
			const flow = await sitrep(hospital, ward, `2026-06-${day + 1}`);
			occupied += Number(flow.admissions) + Number(flow.transfers_in) - Number(flow.discharges) - Number(flow.transfers_out);
			const midnight = `2026-06-${day}T22:59:59.999Z`;
			assert.equal(occupied, (await hospital.get(`//flow/occupancy?ward=${ward}&at=${midnight}`)).occupied, `${ward}: who came and did not go by ${midnight} is there`);
		}
	}
}));

test('a patient who is in a hospital bed when the stay moves holds a bed of the ward of that time', () => wards(async (hospital) => {
	const episode = await hospital.bed('paused');
	await hospital.advance(HOUR);
	await done(hospital, `EpisodeOfCare/${episode}/$step-up`, { ...by(), reason: text('Fluids') });
	await hospital.advance(DAY);
	await move(hospital, episode, 'second');
	await hospital.advance(DAY);
	assert.equal((await act(hospital, `EpisodeOfCare/${episode}/$return`, { ...by(), reason: text('Better') })).status, 200);
	await hospital.advance(DAY);
	for (const [at, held] of [['2026-06-10T08:30:00Z', 'children 1'], ['2026-06-11', 'children 1 held 1'], ['2026-06-12', 'second 1 held 1'], ['2026-06-13', 'second 1']])
		assert.equal(await where(hospital, at), held, at);
	const stepped = async (ward) => (await figures(hospital, 'ward-flow-1', ward, '2026-06-13'))['step-ups'].counts[0];
	assert.deepEqual([await stepped('children'), await stepped('second')], [1, 0], 'it went to hospital from the first');
	const held = async (ward) => (await figures(hospital, 'ward-occupancy-1', ward, '2026-06-13')).held.counts[0];
	assert.deepEqual([await held('children'), await held('second')], [1, 1]);
}));

test('alerts, sets, missed rounds and the round are of the ward at that time', () => wards(async (hospital) => {
	const episode = await hospital.bed('measured');
	await hospital.advance(HOUR / 2);
	await hospital.send('measured', { ...WELL, temp: 39.9 });
	await hospital.advance(HOUR);
	await move(hospital, episode, 'second');
	await hospital.send('measured', WELL);
	await hospital.advance(6 * HOUR);
	const sets = async (ward) => { const { sets: came, missed } = await figures(hospital, 'ward-readings-1', ward, '2026-06-10'); return [came.counts[0], missed.counts[0]]; };
	assert.deepEqual([await sets('children'), await sets('second')], [[1, 0], [1, 1]], 'a set each; the round that was missed is the second ward\'s');
	const raised = async (ward) => {
		const report = await hospital.get(`Measure/ward-alarms-1/$evaluate-measure?periodStart=2026-06-10&periodEnd=2026-06-10&subject=Organization/${ward}`);
		return report.group.flatMap((group) => group.stratifier ?? []).flatMap((one) => one.stratum ?? []).map((one) => one.value.text);
	};
	assert.ok((await raised('children')).includes('fever') && !(await raised('second')).includes('fever'));
	assert.ok((await raised('second')).includes('overdue') && !(await raised('children')).includes('overdue'));
	const rounds = async (ward) => (await hospital.get(`//flow/round?ward=${ward}`)).map((one) => one.episode);
	assert.deepEqual([await rounds('children'), await rounds('second')], [[], [episode]]);
}));

test('a stay that was begun on another ward before it was written down is no transfer', () => wards(async (hospital) => {
	const episode = await hospital.bed('elsewhere', { ward: 'adults' });
	await hospital.advance(HOUR);
	const { 'transfers-in': came } = await figures(hospital, 'ward-transfers-1', 'adults', '2026-06-10');
	assert.deepEqual([came.counts[0], await where(hospital, '2026-06-10T08:30:00Z')], [0, '']);
	assert.equal((await hospital.get('//flow/occupancy?ward=adults&at=2026-06-10T08:30:00Z')).stays[0].episode, episode);
}));
