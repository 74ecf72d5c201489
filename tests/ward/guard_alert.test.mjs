// SPDX-License-Identifier: Apache-2.0
// An alert that somebody writes by hand, past the operations, must say as much as they ask.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { HW, extension, later } from './hospital.mjs';
import { Refusal, said, signed } from './refusal.mjs';

let hospital, refusal;
before(async () => ({ hospital, refusal } = await Refusal.open()));
after(() => hospital?.close());

test('an alert that somebody writes by hand ends with who and why, or not at all', async () => {
	const { task } = await refusal.fever('g-end');
	for (const status of ['completed', 'cancelled', 'rejected', 'failed', 'entered-in-error']) {
		await refusal.of(422, { ...task, status }, /resolve with by and reason/);
		await refusal.of(422, { ...task, status, statusReason: { text: ' ' }, owner: { display: 'Nora' } }, /why the alert ends/);
		await refusal.of(422, { ...task, status, statusReason: { text: 'Seen' } }, /who ends the alert/);
		await refusal.of(422, { ...task, status, statusReason: { text: 'Seen' }, owner: undefined }, /who ends the alert/);
	}
	const ended = { ...task, status: 'completed', statusReason: { text: 'Seen, taken to hospital' }, owner: { display: 'Nora' } };
	assert.equal((await refusal.put(ended)).status, 200);
	await hospital.settle();
	const found = await hospital.get(`Task/${task.id}`);
	assert.deepEqual([found.status, found.owner.display, found.statusReason.text, found.statusReason.coding[0].code], ['completed', 'Nora', 'Seen, taken to hospital', 'person']);
	await refusal.of(409, { ...found, status: 'requested' }, /not opened again/);
	await refusal.of(409, { ...found, statusReason: { text: 'Never happened' } }, /closed/);
	await refusal.of(409, { ...found, owner: { display: 'Somebody else' } }, /closed/);
	assert.equal((await refusal.put({ ...found, note: [...found.note ?? [], signed('Seen again')] })).status, 200, 'a note can still be added');
});

test('whom the alert called ends it by hand with a signed note', async () => {
	const { task } = await refusal.fever('g-called');
	assert.ok(task.owner.reference, 'somebody was called');
	const ended = { ...task, status: 'completed', statusReason: { text: 'Seen' } };
	await refusal.of(422, { ...ended, note: [{ text: 'by nobody' }] }, /author/);
	assert.equal((await refusal.put({ ...ended, note: [signed('Seen by me')] })).status, 200);
	await hospital.settle();
	assert.equal((await hospital.get(`Task/${task.id}`)).status, 'completed');
});

test('an alert is accepted by hand with who', async () => {
	const { task } = await refusal.fever('g-accept');
	await refusal.of(422, { ...task, status: 'accepted' }, /who answers/);
	await refusal.of(422, { ...task, status: 'in-progress', owner: undefined }, /who answers/);
	const accepted = { ...task, status: 'accepted', owner: { display: 'Nora' }, note: [signed('On my way')], executionPeriod: { start: await hospital.now() } };
	assert.equal((await refusal.put(accepted)).status, 200);
	await hospital.settle();
	const found = await hospital.get(`Task/${task.id}`);
	assert.deepEqual([found.status, found.owner.display, found.note[0].text], ['accepted', 'Nora', 'On my way']);
	await refusal.of(422, { ...found, status: 'requested' }, /ward's own/);
	await refusal.of(422, { ...found, note: [] }, /stay as they are/);
	await refusal.of(422, { ...found, note: [signed('Other words')] }, /stay as they are/);
	assert.equal((await refusal.put({ ...found, status: 'completed', statusReason: { text: 'Seen' } })).status, 200, 'who accepted it may end it');
});

test('an alert is never deleted, and what the engine owns no client changes', async () => {
	const { task } = await refusal.fever('g-own');
	await refusal.ofDelete(`Task/${task.id}`, /ends by a named human/);
	const level = (value) => ({ ...task, extension: task.extension.map((one) => one.url.endsWith('/alert-level') ? { ...one, valueCode: value } : one) });
	const changes = {
		level: level('low'), rung: { ...task, extension: task.extension.map((one) => one.url.endsWith('/rung') ? { ...one, valueInteger: 3 } : one) },
		extensions: { ...task, extension: undefined }, focus: { ...task, focus: { reference: 'Observation/other' } }, for: { ...task, for: { reference: 'Patient/marker' } },
		code: { ...task, code: { text: 'No alert' } }, words: { ...task, description: 'All is well' }, priority: { ...task, priority: 'routine' },
		identifier: { ...task, identifier: undefined }, raised: { ...task, authoredOn: later(task.authoredOn, 600) }, plan: { ...task, basedOn: undefined },
		rungName: { ...task, businessStatus: { text: 'Nobody' } },
		snoozed: { ...task, extension: [...task.extension, { url: `${HW}StructureDefinition/snooze`, extension: [{ url: 'until', valueInstant: later(task.authoredOn, 900) }] }] },
	};
	for (const [what, change] of Object.entries(changes)) {
		await refusal.of(422, change, /ward's own/);
		await refusal.of(422, { ...change, status: 'completed', statusReason: { text: 'Seen' }, owner: { display: 'Nora' } }, /ward's own/);
		assert.equal(extension(await hospital.get(`Task/${task.id}`), 'alert-level'), extension(task, 'alert-level'), what);
	}
	await refusal.of(409, { ...task, owner: { display: 'Somebody else' } }, /acknowledge with by and plan/);
	await refusal.of(409, { ...task, restriction: { period: { end: later(task.authoredOn, 86400) } } }, /acknowledge with by and plan/);
	await refusal.of(422, { ...task, status: 'on-hold' }, /ward's own/);
	const forged = { resourceType: 'Task', status: 'completed', intent: 'order', code: task.code, for: task.for };
	for (const answer of [await hospital.server.post('Task', forged), await hospital.server.put('Task/forged', { ...forged, id: 'forged' })]) {
		assert.equal(answer.status, 422, answer.text);
		assert.match(said(answer), /Only the ward raises alerts/);
	}
	const other = { resourceType: 'Task', id: 'g-errand', status: 'requested', intent: 'order', description: 'Bring a battery' };
	assert.equal((await refusal.put(other)).status, 201, 'a Task that is no alert is anybody’s');
	await refusal.of(422, { ...other, code: task.code }, /Only the ward raises alerts/);
	assert.equal((await refusal.put({ ...other, status: 'completed' })).status, 200);
	assert.equal((await refusal.remove('Task/g-errand')).status, 204);
});

test('of many who end an alert at once one does; the operations pass beside those who do not say who', async () => {
	const { task } = await refusal.fever('g-race');
	const bare = (one) => refusal.put({ ...one, status: 'completed' });
	const named = (n) => refusal.put({ ...task, status: 'completed', statusReason: { text: `Seen by ${n}` }, owner: { display: `Nurse ${n}` } });
	const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => n % 2 ? bare(task) : named(n)));
	assert.ok(answers.filter((_, n) => n % 2).every((one) => one.status === 422 || one.status === 409), 'a bare one never passes');
	assert.equal(answers.filter((one) => one.status === 200).length, 1, 'it ends once');
	await hospital.settle();
	const found = await hospital.get(`Task/${task.id}`);
	assert.equal(found.status, 'completed');
	assert.match(found.owner.display, /^Nurse /);
	const { task: other } = await refusal.fever('g-race-2');
	const resolve = (n) => hospital.server.post(`Task/${other.id}/$resolve`, parameters({ by: { valueString: `Nurse ${n}` }, reason: { valueString: 'Seen' } }));
	const mixed = await Promise.all(Array.from({ length: 8 }, (_, n) => n % 2 ? bare(other) : resolve(n)));
	assert.equal(mixed.filter((one) => one.status === 200).length, 1, 'one person resolved it');
	await hospital.settle();
	assert.equal((await hospital.get(`Task/${other.id}`)).status, 'completed');
});
