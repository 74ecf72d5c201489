// SPDX-License-Identifier: Apache-2.0
// Equipment that a reading names by its serial number, as gateways do, or by words alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, HW, Hospital, expectAlert } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(async () => { await hospital?.close(); });

const serial = (value) => ({ system: 'https://maker.example/serial', value });
const thermometer = (id, patient, value, more = {}) => hospital.put({
	resourceType: 'Device', id, status: 'active', identifier: [serial(value)], owner: { reference: 'Organization/children' }, patient: { reference: `Patient/${patient}` },
	type: { coding: [{ system: `${HW}CodeSystem/device-type`, code: 'thermometer' }] }, ...more,
});
const temperature = (episode) => hospital.value(episode, 'temperature');

test('the thermometer of a twin that is named by its serial number is quarantined', async () => {
	const one = await hospital.bed('twin-one', { policy: `${CHILD}|3` });
	const other = await hospital.bed('twin-other', { policy: `${CHILD}|3` });
	await thermometer('of-one', 'twin-one', 'SN-1');
	await thermometer('of-other', 'twin-other', 'SN-2');
	await hospital.send('twin-other', { temp: 36.8 }, { device: { identifier: serial('SN-1') } });
	for (const [patient, episode] of [['twin-one', one], ['twin-other', other]]) {
		expectAlert(await hospital.alert(patient, 'equipment'), { level: 'medium' });
		assert.equal((await temperature(episode)).state, 'missing');
	}
	await hospital.send('twin-other', { temp: 36.9 }, { device: { identifier: serial('SN-2') } });
	assert.deepEqual([(await temperature(other)).text, (await temperature(other)).source, (await temperature(other)).note], ['36.9', 'device', null]);
});

test('the same reading by address and by serial number is one reading', async () => {
	await hospital.bed('twice', { policy: `${CHILD}|3` });
	await thermometer('of-twice', 'twice', 'SN-3');
	const at = await hospital.now();
	await hospital.send('twice', { temp: 36.8 }, { at, device: { reference: 'Device/of-twice' } });
	const [id] = await hospital.send('twice', { temp: 36.8 }, { at, device: { identifier: serial('SN-3') } });
	assert.equal((await hospital.list(`DetectedIssue?implicated=Observation/${id}&code=duplicate`)).length, 1);
});

test('of two entries with one serial number the one in use counts', async () => {
	const episode = await hospital.bed('entered-twice', { policy: `${CHILD}|3` });
	await hospital.bed('before', { policy: `${CHILD}|3` });
	await thermometer('an-old-entry', 'before', 'SN-4', { status: 'inactive' });
	await thermometer('of-entered-twice', 'entered-twice', 'SN-4');
	await hospital.send('entered-twice', { temp: 36.8 }, { device: { identifier: serial('SN-4') } });
	assert.equal((await temperature(episode)).text, '36.8');
	await hospital.none('entered-twice');
});

test('equipment of which only words are known is not taken for a person who keyed in', async () => {
	const episode = await hospital.bed('words', { policy: `${CHILD}|3` });
	for (const device of [{ display: 'A thermometer' }, { identifier: serial('SN-not-here') }]) {
		await hospital.advance(61);
		await hospital.send('words', { temp: 36.8 }, { device });
		const value = await temperature(episode);
		assert.deepEqual([value.source, value.note], ['device', 'equipment not in the record']);
	}
});

test('equipment named by its serial number is known after a restart', async () => {
	await hospital.bed('kept-one', { policy: `${CHILD}|3` });
	await hospital.bed('kept-other', { policy: `${CHILD}|3` });
	await thermometer('of-kept', 'kept-one', 'SN-5');
	await hospital.settle();
	const now = await hospital.now();
	assert.equal((await hospital.server.stop({ keep: true })).code, 0);
	await hospital.serve(now);
	await hospital.send('kept-other', { temp: 36.8 }, { device: { identifier: serial('SN-5') } });
	expectAlert(await hospital.alert('kept-other', 'equipment'), { level: 'medium' });
});
