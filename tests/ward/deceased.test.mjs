// SPDX-License-Identifier: Apache-2.0
// The record says that a child has died: the family hears nothing more, and the ward is told.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, MIN, WELL, expectAlert } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

const told = async (patient) => (await hospital.said(patient)).filter((page) => page.status !== 'stopped').map((page) => page.payload[0].contentString);

test('no reminder reaches parents whose child has died, and the ward is asked to end the stay', async () => {
	const episode = await hospital.bed('died');
	await hospital.relative('died-mother', 'died');
	await hospital.send('died', WELL);
	const patient = await hospital.get('Patient/died');
	await hospital.put({ ...patient, deceasedDateTime: await hospital.now() });
	await hospital.advance(9 * 60 * MIN);
	assert.deepEqual(await told('died'), []);
	assert.deepEqual((await hospital.open('died')).map((task) => task.code.coding[0].code), ['deceased']);
	const alert = await hospital.alert('died', 'deceased');
	assert.equal(alert.priority, 'routine');
	assert.match(alert.description, /End the stay \(discharge: died\), or have the record corrected/);
	const row = await hospital.row(episode);
	assert.deepEqual([row.nextDue, row.overdue, row.deceased], [null, null, true]);
	const home = await hospital.home('died');
	assert.deepEqual([home.stay, home.quiet, home.nextDue, home.overdue], ['onhold', true, null, null]);
	// What still comes is shown, and staff hear of it; the family does not.
	await hospital.send('died', { rr: 52, hr: 172, sbp: 75, spo2: 91, distress: 'severe', temp: 39.2 });
	assert.equal((await hospital.value(episode, 'temperature')).text, '39.2');
	expectAlert(await hospital.alert('died', 'fever'), { level: 'high' });
	assert.deepEqual(await told('died'), []);
});

test('a record that was wrong is corrected: the schedule goes on, and the silence is judged, also over a restart', async () => {
	const episode = await hospital.bed('alive');
	await hospital.relative('alive-mother', 'alive');
	await hospital.send('alive', WELL);
	const { meta, ...patient } = await hospital.get('Patient/alive');
	assert.ok(meta);
	await hospital.put({ ...patient, deceasedBoolean: true });
	await hospital.advance(5 * 60 * MIN + MIN);
	await hospital.crash(10);
	assert.equal((await hospital.row(episode)).nextDue, null);
	await hospital.put(patient);
	await hospital.settle();
	expectAlert(await hospital.alert('alive', 'overdue'), { level: 'medium' });
	assert.equal((await hospital.alert('alive', 'deceased')).status, 'completed');
	assert.equal((await hospital.home('alive')).quiet, false);
});
