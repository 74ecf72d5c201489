// SPDX-License-Identifier: Apache-2.0
// Who is on shift, however the rota is written: several people on one Schedule, a Schedule out of use, somebody who has
// left the house.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, Hospital, expectAlert, until } from './hospital.mjs';
import { parameters } from './care.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T11:00:00Z' }); });
after(async () => { await hospital?.close(); });

// A ward of its own with a second nurse.
async function wardOf(id) {
	await hospital.ward(id, CHILD);
	await hospital.put({ ...(await hospital.get(`PractitionerRole/${id}-nurse`)), id: `${id}-second`, practitioner: { display: 'The second nurse' } });
}
const schedule = (id, roles, more = {}) => hospital.put({ resourceType: 'Schedule', id, actor: roles.map((role) => ({ reference: `PractitionerRole/${role}` })), ...more });
const shift = (id, of, start, end) => hospital.put({ resourceType: 'Slot', id, schedule: { reference: `Schedule/${of}` }, status: 'busy', start: `2026-06-10T${start}:00Z`, end: `2026-06-10T${end}:00Z` });
const onShift = async (ward) => (await hospital.board(ward)).staff.filter((one) => one.onShift && /nurse$|second$/.test(one.id)).map((one) => one.id).sort();

test('everybody whom one schedule names works its shifts, and nobody longer', async () => {
	await wardOf('shared');
	await schedule('shared-days', ['shared-nurse', 'shared-second']);
	await shift('shared-morning', 'shared-days', '08:00', '10:00');
	await hospital.bed('shared-child', { ward: 'shared' });
	await hospital.send('shared-child', { temp: 39 });
	expectAlert(await hospital.alert('shared-child', 'fever'), { level: 'high', owner: 'shared-nurse-in-charge' });
	await shift('shared-noon', 'shared-days', '10:00', '14:00');
	await hospital.settle();
	assert.deepEqual(await onShift('shared'), ['shared-nurse', 'shared-second']);
	await schedule('shared-none', ['shared-nurse']);
	await schedule('shared-days', ['shared-second']);
	await hospital.settle();
	assert.deepEqual(await onShift('shared'), ['shared-second']);
});

test('a shift that two people share is not ended for one of them', async () => {
	await wardOf('pair');
	await schedule('pair-days', ['pair-nurse', 'pair-second']);
	await shift('pair-day', 'pair-days', '08:00', '20:00');
	const answer = await hospital.server.post('Slot/pair-day/$close', parameters({
		by: { valueReference: { reference: 'PractitionerRole/pair-nurse' } }, to: { valueReference: { reference: 'PractitionerRole/pair-registrar' } },
	}));
	assert.equal(answer.status, 409, answer.text);
	assert.match(answer.text, /several people/);
});

test('a schedule that is not in use gives nobody a shift, until it is', async () => {
	await wardOf('unused');
	await schedule('unused-days', ['unused-nurse'], { active: false });
	await schedule('unused-nights', ['unused-second']);
	await shift('unused-day', 'unused-days', '08:00', '20:00');
	await hospital.bed('unused-child', { ward: 'unused' });
	await hospital.send('unused-child', { temp: 39 });
	expectAlert(await hospital.alert('unused-child', 'fever'), { level: 'high', owner: 'unused-nurse-in-charge' });
	await schedule('unused-days', ['unused-nurse'], { active: true });
	await hospital.settle();
	assert.deepEqual(await onShift('unused'), ['unused-nurse']);
});

test('who has left the house is called in none of their roles, and on coming back in all', async () => {
	await wardOf('left');
	const person = (active) => hospital.put({ resourceType: 'Practitioner', id: 'left-person', active, name: [{ text: 'Lea Gone' }] });
	await person(true);
	for (const role of ['nurse', 'nurse-in-charge'])
		await hospital.put({ ...(await hospital.get(`PractitionerRole/left-${role}`)), practitioner: { reference: 'Practitioner/left-person' } });
	await person(false);
	await hospital.bed('left-child', { ward: 'left' });
	await hospital.send('left-child', { temp: 39 });
	expectAlert(await hospital.alert('left-child', 'fever'), { level: 'high', owner: 'left-second' });
	assert.deepEqual(await onShift('left'), ['left-second']);
	await person(true);
	await hospital.settle();
	assert.deepEqual(await onShift('left'), ['left-nurse', 'left-second']);
});

test('who is on leave is called nowhere, snoozes nothing, is named as away, and is back at the hour', async () => {
	await wardOf('leave');
	await schedule('leave-days', ['leave-nurse']);
	await shift('leave-day', 'leave-days', '08:00', '20:00');
	const on = async () => (await hospital.get('//ward/people?ward=leave')).people.find((one) => one.id === 'leave-nurse');
	assert.deepEqual([(await on()).away, (await on()).shift.slot], [null, 'leave-day']);
	const nurse = await hospital.get('PractitionerRole/leave-nurse');
	await hospital.put({ ...nurse, notAvailable: [{ description: 'Dentist', during: { start: '2026-06-10T09:00:00Z', end: '2026-06-10T11:20:00Z' } }, { description: 'Now and then' }] });
	await hospital.settle();
	assert.deepEqual(await onShift('leave'), ['leave-second']);
	assert.equal((await on()).shift, null);
	assert.match((await on()).away.until, /^2026-06-10T11:20:0/);
	await hospital.bed('leave-child', { ward: 'leave' });
	await hospital.send('leave-child', { rr: 46, hr: 154, spo2: 94 });
	const [alert] = await hospital.open('leave-child');
	assert.equal(alert.owner.reference, 'PractitionerRole/leave-second');
	const snoozed = await hospital.server.post(`Task/${alert.id}/$snooze`, parameters({
		by: { valueReference: { reference: 'PractitionerRole/leave-nurse' } }, reason: { valueString: 'Asleep' }, minutes: { valueInteger: 5 },
	}));
	assert.equal(snoozed.status, 409, snoozed.text);
	assert.match(snoozed.text, /must be on shift now/);
	await hospital.crash(1); /* read back from the checkpoint or the feed */
	await hospital.settle();
	assert.deepEqual(await onShift('leave'), ['leave-second']);
	await hospital.advanceTo('2026-06-10T11:21:00Z');
	await until(async () => (await onShift('leave')).length === 2, 'the one who is back');
	assert.equal((await on()).away, null);
});

test('a rota survives a restart as it was', async () => {
	await wardOf('kept');
	await schedule('kept-days', ['kept-nurse', 'kept-second']);
	await schedule('kept-old', ['kept-nurse'], { active: false });
	await shift('kept-day', 'kept-days', '08:00', '12:00');
	await shift('kept-past', 'kept-old', '08:00', '20:00');
	await hospital.settle();
	assert.equal(await hospital.server.stop({ keep: true }).then((end) => end.code), 0);
	await hospital.serve('2026-06-10T11:30:00Z');
	await hospital.settle();
	assert.deepEqual(await onShift('kept'), ['kept-nurse', 'kept-second']);
	await hospital.advanceTo('2026-06-10T12:00:00Z');
	await until(async () => (await onShift('kept')).length === 0, 'the end of the shift on the board');
});
