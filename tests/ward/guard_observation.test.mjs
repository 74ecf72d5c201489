// SPDX-License-Identifier: Apache-2.0
// S49: a reading that was charted is corrected by somebody, for a reason, and never deleted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADULT_WELL, MIN, later } from './hospital.mjs';
import { Refusal } from './refusal.mjs';

let hospital, refusal;
before(async () => ({ hospital, refusal } = await Refusal.open()));
after(() => hospital?.close());

test('S49 a reading is corrected by somebody for a reason', async () => {
	await hospital.bed('g-fix');
	const [id] = await hospital.send('g-fix', { hr: 1400 });
	const read = await hospital.get(`Observation/${id}`);
	const right = { ...read, valueQuantity: { ...read.valueQuantity, value: 140 } };
	const note = [{ authorString: 'Nora', text: 'Typing error' }];
	await refusal.of(422, right, /corrected.*note/);
	await refusal.of(422, { ...right, note }, /corrected/);
	for (const bare of [undefined, [{ text: 'Typing error' }], [{ authorString: 'Nora', text: ' ' }]])
		await refusal.of(422, { ...right, status: 'corrected', note: bare }, /who corrects/);
	await refusal.of(422, { ...read, status: 'entered-in-error' }, /who corrects/);
	await refusal.of(422, { ...read, effectiveDateTime: later(read.effectiveDateTime, -3600) }, /corrected/);
	await refusal.of(422, { ...read, subject: { reference: 'Patient/marker' } }, /corrected/);
	await refusal.of(422, { ...read, code: { text: 'Something' }, valueQuantity: undefined }, /corrected/);
	assert.equal((await refusal.put({ ...read, note: [{ text: 'A remark' }] })).status, 200, 'a remark corrects nothing');
	assert.equal((await refusal.put({ ...right, status: 'corrected', note })).status, 200);
	const again = { ...right, status: 'corrected', valueQuantity: { ...read.valueQuantity, value: 141 } };
	await refusal.of(422, { ...again, note }, /who corrects/);
	assert.equal((await refusal.put({ ...again, note: [...note, { authorReference: { reference: 'Practitioner/nora' }, text: 'Counted again' }] })).status, 200);
	assert.equal((await refusal.put({ ...again, status: 'entered-in-error', note: [{ authorString: 'Nora', text: 'Of another child' }] })).status, 200);
	await refusal.ofDelete(`Observation/${id}`, /entered-in-error/);
	const history = await hospital.list(`Observation/${id}/_history?`);
	assert.deepEqual(history.map((one) => one.valueQuantity.value), [141, 141, 140, 1400, 1400], 'every value stands in the history');
});

test('a panel is corrected part by part, and 38 is 38.0', async () => {
	await hospital.bed('g-panel');
	const [pressure, temperature] = await hospital.send('g-panel', { sbp: '95/60', temp: 37.5 });
	const panel = await hospital.get(`Observation/${pressure}`);
	const part = structuredClone(panel);
	part.component[1].valueQuantity.value = 61;
	await refusal.of(422, part, /corrected/);
	const absent = structuredClone(panel);
	delete absent.component[1].valueQuantity;
	absent.component[1].dataAbsentReason = { text: 'asleep' };
	await refusal.of(422, absent, /corrected/);
	await refusal.of(422, { ...panel, component: panel.component.slice(0, 1) }, /corrected/);
	assert.equal((await refusal.put({ ...panel, component: panel.component.map((one) => ({ ...one, interpretation: [{ text: 'normal' }] })) })).status, 200);
	const read = await hospital.get(`Observation/${temperature}`);
	const text = JSON.stringify(read).replace('"value":37.5', '"value":37.50');
	assert.equal((await hospital.server.ask('PUT', `Observation/${temperature}`, { body: text })).status, 200);
	const elsewhere = read.effectiveDateTime.replace('T09:', 'T10:').replace('Z', '+01:00');
	assert.notEqual(elsewhere, read.effectiveDateTime);
	assert.equal((await refusal.put({ ...read, effectiveDateTime: elsewhere })).status, 200, 'the same time in summer time');
	assert.equal((await refusal.put({ ...read, effectiveDateTime: new Date(elsewhere).toISOString() })).status, 200, 'and with its fractions');
	await refusal.of(422, { ...read, effectiveDateTime: read.effectiveDateTime.slice(0, 10) }, /corrected/);
});

test('a device fills in what it announced', async () => {
	await hospital.bed('g-device');
	const at = await hospital.now();
	const announced = { ...hospital.observation('g-device', 'temp', 0, { status: 'preliminary', effectiveDateTime: at }), id: 'g-announced', valueQuantity: undefined };
	assert.equal((await refusal.put(announced)).status, 201);
	const filled = { ...hospital.observation('g-device', 'temp', 36.9, { effectiveDateTime: at }), id: 'g-announced' };
	assert.equal((await refusal.put({ ...filled, status: 'preliminary' })).status, 200);
	await refusal.of(422, { ...filled, valueQuantity: { ...filled.valueQuantity, value: 38.9 } }, /corrected/);
	assert.equal((await refusal.put(filled)).status, 200);
	await refusal.of(422, { ...filled, valueQuantity: { ...filled.valueQuantity, value: 38.9 } }, /corrected/);
});

test('what no ward charts is changed and deleted as in any record', async () => {
	await hospital.put({ resourceType: 'Patient', id: 'g-nobody' });
	await hospital.put({ ...hospital.observation('g-nobody', 'hr', 80, { effectiveDateTime: await hospital.now() }), id: 'g-free' });
	assert.equal((await refusal.remove('Observation/g-free')).status, 204);
	const eyes = { resourceType: 'Observation', id: 'g-eyes', status: 'final', code: { text: 'Colour of the eyes' }, valueString: 'green' };
	await hospital.put(eyes);
	assert.equal((await refusal.put({ ...eyes, valueString: 'blue' })).status, 200);
	assert.equal((await refusal.remove('Observation/g-eyes')).status, 204);
	await hospital.bed('g-well', { ward: 'adults', birthDate: '1960-01-01' });
	await hospital.send('g-well', ADULT_WELL);
	await hospital.advance(MIN);
	await hospital.none('g-well');
});
