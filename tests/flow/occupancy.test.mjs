// SPDX-License-Identifier: Apache-2.0
// S53 of the ward reference, section 5: the snapshot at 08:00, capacity by time, flows of the local day before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '../ward/hospital.mjs';
import { admit, by, code, done, location, patient, refer, referral, text, within } from './ward.mjs';

const csv = async (hospital, query) => {
	const answer = await hospital.server.get(`//flow/sitrep?${query}`);
	assert.equal(answer.status, 200, answer.text);
	assert.match(answer.headers.get('content-type'), /text\/csv/);
	const [heads, values, rest] = answer.text.split('\r\n').map((line) => line.split(','));
	assert.deepEqual([heads.length, rest], [values.length, ['']]);
	return Object.fromEntries(heads.map((head, i) => [head, values[i].replace(/^"|"$/g, '')]));
};
const occupancy = (hospital, at, ward = 'children') => hospital.get(`//flow/occupancy?ward=${ward}${at ? `&at=${at}` : ''}`);
const beds = async (hospital, count, ward = 'children') => {
	for (let i = 1; i <= count; i++)
		await hospital.put(location(`${ward}-${i}`, ward));
};
// No stay ends over what nobody has answered: here, that nothing was measured.
const answer = async (hospital, ...ids) => {
	await hospital.settle();
	for (const id of ids)
		for (const task of await hospital.open(id))
			await hospital.acknowledge(task);
};
const stayOf = (answer) => answer.json.entry[0].resource;

test('S53 at 08:00: 20 beds, 17 occupied, one admitted at 07:59:59, one discharged at 08:00:00', () => within({ start: '2026-06-09T18:00:00Z' }, async (hospital) => {
	assert.deepEqual((({ beds: all, percent }) => [all, percent])(await occupancy(hospital)), [0, null], 'no bed is no percentage');
	await beds(hospital, 20);
	await hospital.put(location('other', 'adults'));
	await hospital.put({ ...location('room', 'children'), physicalType: { coding: [{ code: 'ro' }] } });
	const ids = Array.from({ length: 18 }, (_, i) => `p${i}`);
	for (const id of ids)
		await patient(hospital, id);
	const stays = [];
	for (const id of ids.slice(0, 17))
		stays.push(stayOf(await admit(hospital, id)));
	await hospital.advanceTo('2026-06-10T06:59:59Z');
	const late = stayOf(await admit(hospital, 'p17'));
	assert.equal(late.period.start, '2026-06-10T06:59:59.000Z');
	await hospital.advanceTo('2026-06-10T07:00:00Z');
	await answer(hospital, 'p0');
	const gone = await done(hospital, `EpisodeOfCare/${stays[0].id}/$discharge`, { ...by(), reason: text('Well'), destination: code('other-ward') });
	assert.equal(gone.period.end, '2026-06-10T07:00:00.000Z');
	for (const at of ['2026-06-10', '2026-06-10T07:00:00Z', '2026-06-10T08:00:00%2B01:00']) {
		const found = await occupancy(hospital, at);
		assert.deepEqual([found.at, found.beds, found.occupied, found.free, found.percent], ['2026-06-10T07:00:00.000Z', 20, 17, 3, 85], at);
		assert.deepEqual([found.stays.some((one) => one.episode === late.id), found.stays.some((one) => one.episode === stays[0].id)], [true, false]);
	}
	assert.deepEqual((await occupancy(hospital, '2026-06-10T06:59:59.999Z')).occupied, 18);
	assert.deepEqual((await occupancy(hospital, '2026-06-10T06:59:58Z')).occupied, 17);
	assert.equal((await hospital.server.get('//flow/occupancy?ward=children&at=2026-06-11')).status, 400, 'the future is not known');

	// A bed that is closed, moved or deleted counts for the time before.
	await hospital.advanceTo('2026-06-10T08:00:00Z');
	await hospital.put(location('children-1', 'children', 'C'));
	await hospital.put(location('children-2', 'adults'));
	assert.equal((await hospital.server.delete('Location/children-3')).status, 204);
	await hospital.put(location('children-4', 'children', 'O', { status: 'suspended' }));
	// One more patient stays in a hospital bed: the bed is held.
	await done(hospital, `EpisodeOfCare/${stays[1].id}/$step-up`, { ...by(), reason: text('Fluids') });
	await hospital.advance(HOUR);
	const now = await occupancy(hospital);
	assert.deepEqual([now.beds, now.occupied, now.held, now.free], [16, 17, 1, -1]);
	assert.equal((await occupancy(hospital, '2026-06-10')).beds, 20);
	await hospital.put(location('children-1', 'children', 'U'));
	await hospital.advance(HOUR);
	assert.equal((await occupancy(hospital)).beds, 17);

	// The same figures as a Measure, opened to their patients, and as the SitRep of the day.
	const report = await hospital.get(`Measure/ward-occupancy-1/$evaluate-measure?periodStart=2026-06-10&periodEnd=2026-06-10&subject=Organization/children`);
	const [share, , held] = report.group;
	assert.deepEqual([share.population.map((one) => one.count), share.measureScore.value, held.population.map((one) => one.count)], [[17, 20], 85, [0, 17]]);
	const list = report.contained.find((one) => `#${one.id}` === share.population[0].subjectResults.reference);
	assert.deepEqual(list.entry.map((one) => one.item.reference).sort(), [...stays.slice(1), late].map((one) => `EpisodeOfCare/${one.id}`).sort());
	const sitrep = await csv(hospital, 'ward=children&date=2026-06-10');
	assert.deepEqual([sitrep.beds_0800, sitrep.occupied_0800, sitrep.occupancy_percent_0800, sitrep.occupied_under_18_0800, sitrep.admissions, sitrep.discharges], ['20', '17', '85.0', '17', '17', '0']);
}));

test('S53 the flows of a day are those of the local day: 23 hours in spring', () => within({ start: '2026-03-28T22:00:00Z' }, async (hospital) => {
	await beds(hospital, 4);
	for (const id of ['a', 'b', 'c', 'd'])
		await patient(hospital, id);
	await hospital.advanceTo('2026-03-28T23:59:59Z');
	await admit(hospital, 'a', { source: code('ward') });
	await hospital.advanceTo('2026-03-29T00:00:00Z');
	await admit(hospital, 'b', { source: code('gp') });
	await hospital.advanceTo('2026-03-29T22:59:59Z'); // 23:59:59 BST
	await admit(hospital, 'c');
	await hospital.advanceTo('2026-03-29T23:00:00Z'); // midnight
	await admit(hospital, 'd');
	await hospital.advanceTo('2026-03-30T09:00:00Z');
	const sunday = await csv(hospital, 'ward=children&date=2026-03-30');
	assert.deepEqual([sunday.flow_from, sunday.flow_to], ['2026-03-29T00:00:00.000Z', '2026-03-29T23:00:00.000Z']);
	assert.deepEqual([sunday.admissions, sunday.admissions_step_up, sunday.admissions_step_down, sunday.admissions_unknown], ['2', '1', '0', '1']);
	assert.deepEqual((await occupancy(hospital, '2026-03-29')).at, '2026-03-29T07:00:00.000Z');
	const saturday = await csv(hospital, 'ward=children&date=2026-03-29');
	assert.deepEqual([saturday.admissions, saturday.admissions_step_down, saturday.occupied_0800], ['1', '1', '2']);
	const report = await hospital.get('Measure/ward-flow-1/$evaluate-measure?periodStart=2026-03-29&periodEnd=2026-03-29&subject=Organization/children');
	assert.deepEqual(report.period, { start: '2026-03-29T00:00:00.000Z', end: '2026-03-29T23:00:00.000Z' });
}));

test('S53 the flows of a day are those of the local day: 25 hours in autumn; every flow has its column', () => within({ start: '2026-10-24T20:00:00Z' }, async (hospital) => {
	for (const id of ['a', 'b', 'c', 'd', 'e'])
		await patient(hospital, id);
	const stays = {};
	for (const id of ['a', 'b', 'c'])
		stays[id] = stayOf(await admit(hospital, id)).id;
	await hospital.advanceTo('2026-10-24T23:00:00Z'); // midnight BST
	for (const id of ['d', 'e'])
		await refer(hospital, id, { source: id === 'd' ? 'ambulance' : '111' });
	await done(hospital, 'ServiceRequest/ref-d/$accept', by());
	stays.d = stayOf(await admit(hospital, 'd', referral('d'))).id;
	await done(hospital, 'ServiceRequest/ref-e/$refuse', { ...by(), reason: code('out-of-area'), text: text('Lives in another county') });
	await done(hospital, `EpisodeOfCare/${stays.a}/$escalate`, { ...by(), to: code('hospital'), reason: text('Vomiting'), outcome: text('Seen, sent home') });
	await done(hospital, `EpisodeOfCare/${stays.b}/$step-up`, { ...by(), reason: text('Fluids') });
	await hospital.advanceTo('2026-10-25T23:59:59Z'); // the 25th hour ends
	await answer(hospital, 'a', 'b', 'c');
	await done(hospital, `EpisodeOfCare/${stays.a}/$discharge`, { ...by(), reason: text('x'), destination: code('hospice') });
	await done(hospital, `EpisodeOfCare/${stays.b}/$discharge`, { ...by(), reason: text('x'), destination: code('died') });
	await hospital.advanceTo('2026-10-26T00:00:00Z');
	await done(hospital, `EpisodeOfCare/${stays.c}/$discharge`, { reason: text('x') });
	const early = await csv(hospital, 'ward=children&date=2026-10-26');
	assert.equal(early.occupied_0800, '', '08:00 has not been yet');
	await hospital.advanceTo('2026-10-27T09:00:00Z');
	const day = await csv(hospital, 'ward=children&date=2026-10-26');
	assert.deepEqual([day.flow_from, day.flow_to], ['2026-10-24T23:00:00.000Z', '2026-10-26T00:00:00.000Z']);
	assert.deepEqual({ ...day, date: 0, ward: 0, ward_name: 0, flow_from: 0, flow_to: 0 }, {
		...Object.fromEntries(Object.keys(day).map((key) => [key, '0'])), date: 0, ward: 0, ward_name: 0, flow_from: 0, flow_to: 0,
		occupied_0800: '1', occupied_under_18_0800: '1', occupancy_percent_0800: '',
		referrals: '2', referrals_ambulance: '1', referrals_111: '1', accepted: '1', refused: '1', refused_out_of_area: '1',
		admissions: '1', admissions_step_up: '1', discharges: '2', discharges_hospice: '1', discharges_died: '1', deaths: '1',
		escalated: '1', escalated_hospital: '1', stepped_up_to_hospital: '1', stay_mean_days: '1.1', stay_median_days: '1.1',
	});
	const after = await csv(hospital, 'ward=children&date=2026-10-27');
	assert.deepEqual([after.discharges, after.discharges_unknown], ['1', '1'], 'what nobody recorded is counted as unknown');
}));
