// SPDX-License-Identifier: Apache-2.0
// A reading that names its device by a channel of it (DeviceMetric).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, MIN } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

const oximeter = (id, patient) => ({
	resourceType: 'Device', id, status: 'active', patient: { reference: `Patient/${patient}` }, owner: { reference: 'Organization/children' },
});
const channel = (id, device) => ({ resourceType: 'DeviceMetric', id, type: { text: 'SpO2' }, source: { reference: `Device/${device}` }, category: 'measurement' });
const by = (id) => ({ device: { reference: `DeviceMetric/${id}` } });

async function expectSetAside(patient, episode) {
	const charted = await hospital.value(episode, 'spo2');
	assert.ok(charted === undefined || charted.state === 'missing', 'it is charted');
	assert.match((await hospital.alert(patient, 'equipment')).description, /Not charted/);
	const issues = await hospital.list(`DetectedIssue?patient=Patient/${patient}`);
	assert.deepEqual(issues.map((issue) => issue.code.coding[0].code), ['quarantined']);
}

test('S48 a reading by another child’s device is set aside also when it names the device’s metric', async () => {
	const episode = await hospital.bed('metric-one');
	await hospital.bed('metric-two');
	await hospital.put(oximeter('metric-oximeter', 'metric-two'));
	await hospital.put(channel('metric-spo2', 'metric-oximeter'));
	await hospital.advance(MIN);
	await hospital.send('metric-one', { spo2: 97 }, by('metric-spo2'));
	await expectSetAside('metric-one', episode);
	assert.match((await hospital.alert('metric-two', 'equipment')).description, /in the name of Synthetic metric-one/);
});

test('S48 the reading comes before its metric, the server dies between them, and it is still set aside', async () => {
	const episode = await hospital.bed('metric-three');
	await hospital.bed('metric-four');
	await hospital.put(oximeter('metric-late-oximeter', 'metric-four'));
	await hospital.advance(MIN);
	await hospital.send('metric-three', { spo2: 97 }, by('metric-late'));
	assert.match((await hospital.value(episode, 'spo2')).note, /not in the record/);
	await hospital.crash(10);
	await hospital.put(channel('metric-late', 'metric-late-oximeter'));
	await hospital.settle();
	await expectSetAside('metric-three', episode);
});
