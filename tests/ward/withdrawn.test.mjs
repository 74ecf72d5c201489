// SPDX-License-Identifier: Apache-2.0
// An alert after a reading that made it was withdrawn.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, MIN, WELL } from './hospital.mjs';

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
