// SPDX-License-Identifier: Apache-2.0
// What a home sends with a time that cannot be: a telephone whose clock was reset says a time before the stay.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, HW, Hospital, expectAlert, extension, later } from './hospital.mjs';

let hospital;
/* A Sunday evening, outside the office hours of every shipped policy. */
before(async () => { hospital = await Hospital.open({ start: '2026-11-22T20:35:00Z' }); });
after(async () => { await hospital?.close(); });

const app = { extension: [{ url: `${HW}StructureDefinition/source`, valueCode: 'app' }] };

test('a fever that a family types into a telephone with a wrong clock calls a nurse at once, at any hour', async () => {
	await hospital.bed('reset', { policy: `${CHILD}|3` });
	await hospital.send('reset', { temp: 39.6 }, { at: '2020-01-01T00:10:00Z', ...app });
	const task = await hospital.alert('reset', 'time-suspect');
	expectAlert(task, { level: 'medium', rung: 'Nurse', owner: 'children-nurse', minutes: 15 });
	assert.equal(extension(task, 'call-at'), undefined, 'it waits for no office hours');
});

test('a telephone that is some hours slow is no history either', async () => {
	await hospital.bed('slow', { policy: `${CHILD}|3` });
	await hospital.relative('slow-mother', 'slow');
	await hospital.send('slow', { temp: 39.6 }, { at: later(await hospital.now(), -3 * 3600), performer: [{ reference: 'RelatedPerson/slow-mother' }] });
	expectAlert(await hospital.alert('slow', 'time-suspect'), { level: 'medium', owner: 'children-nurse', minutes: 15 });
});

test('what another system knows of the time before the stay waits for office hours', async () => {
	await hospital.bed('history', { policy: `${CHILD}|3` });
	await hospital.send('history', { temp: 39.6 }, { at: later(await hospital.now(), -20 * 3600) });
	const task = await hospital.alert('history', 'time-suspect');
	expectAlert(task, { level: 'technical' });
	assert.equal(extension(task, 'call-at'), '2026-11-23T08:00:00.000Z');
});

test('a fever that is measured at home while the stay is still planned is a fever', async () => {
	await hospital.put({ resourceType: 'Patient', id: 'planned', birthDate: '2023-05-10', name: [{ text: 'Synthetic planned' }] });
	const answer = await hospital.server.post('EpisodeOfCare', {
		resourceType: 'EpisodeOfCare', status: 'planned', type: [{ coding: [{ system: `${HW}CodeSystem/episode-type`, code: 'virtual-ward' }] }],
		patient: { reference: 'Patient/planned' }, managingOrganization: { reference: 'Organization/children' }, period: { start: later(await hospital.now(), 4 * 3600) },
	});
	assert.equal(answer.status, 201, answer.text);
	await hospital.send('planned', { temp: 39.6 }, app);
	expectAlert(await hospital.alert('planned', 'fever'), { level: 'high', owner: 'children-nurse', minutes: 5 });
});
