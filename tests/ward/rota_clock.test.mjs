// SPDX-License-Identifier: Apache-2.0
// A rota in the nights in which the clocks change: every boundary of a shift is one instant, and what is said of it says which.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameters } from './care.mjs';
import { CHILD, Hospital, extension } from './hospital.mjs';

const GAPS = /Nobody as Nurse from ([\d-]+ [\d:]+(?: BST| GMT)?) to ([\d-]+ [\d:]+(?: BST| GMT)?) \(Europe\/London\)/g;

// A ward with two shifts of its nurse; what publishing its rota over [start, end) is answered with.
async function night(hospital, id, { shifts, start, end }) {
	await hospital.ward(id, CHILD);
	await hospital.put({ resourceType: 'Schedule', id: `rota-${id}`, actor: [{ reference: `PractitionerRole/${id}-nurse` }] });
	for (const [i, [from, until]] of shifts.entries())
		await hospital.put({ resourceType: 'Slot', id: `${id}-${i}`, schedule: { reference: `Schedule/rota-${id}` }, status: 'busy', start: from, end: until });
	return hospital.server.post(`Organization/${id}/$publish-rota`, parameters({
		start: { valueDateTime: start }, end: { valueDateTime: end }, by: { valueReference: { reference: `PractitionerRole/${id}-nurse-in-charge` } },
	}));
}
const gaps = (answer) => [...answer.text.matchAll(GAPS)].map(([, from, until]) => [from, until]);
async function within(start, run) {
	const hospital = await Hospital.open({ start });
	try {
		await run(hospital);
	} finally {
		await hospital.close();
	}
}

test('on 25 October 2026 01:00 comes twice: a shift that ends at the first and one that begins at the second leave a gap of an hour that says so', () => within('2026-10-24T08:00:00Z', async (hospital) => {
	const period = { start: '2026-10-24T19:00:00+01:00', end: '2026-10-25T07:00:00+00:00' };
	const open = await night(hospital, 'open', { ...period, shifts: [['2026-10-24T19:00:00+01:00', '2026-10-25T01:00:00+01:00'], ['2026-10-25T01:00:00+00:00', '2026-10-25T07:00:00+00:00']] });
	assert.equal(open.status, 200, 'the switchboard is behind it');
	assert.deepEqual(gaps(open), [['2026-10-25 01:00 BST', '2026-10-25 01:00 GMT']]);
	const half = await night(hospital, 'half', { ...period, shifts: [['2026-10-24T19:00:00+01:00', '2026-10-25T01:30:00+01:00'], ['2026-10-25T01:30:00+00:00', '2026-10-25T07:00:00+00:00']] });
	assert.deepEqual(gaps(half), [['2026-10-25 01:30 BST', '2026-10-25 01:30 GMT']]);
	for (const [id, boundary] of [['first', '2026-10-25T01:00:00+01:00'], ['second', '2026-10-25T01:00:00+00:00'], ['utc', '2026-10-25T00:00:00Z']]) {
		const closed = await night(hospital, id, { ...period, shifts: [['2026-10-24T19:00:00+01:00', boundary], [boundary, '2026-10-25T07:00:00+00:00']] });
		assert.deepEqual([closed.status, gaps(closed)], [200, []], `${id}: ${closed.text}`);
	}
	const after = await night(hospital, 'after', { ...period, shifts: [['2026-10-24T19:00:00+01:00', '2026-10-25T02:00:00+00:00'], ['2026-10-25T03:00:00+00:00', '2026-10-25T07:00:00+00:00']] });
	assert.deepEqual(gaps(after), [['2026-10-25 02:00', '2026-10-25 03:00']], 'an hour that comes once needs no zone');
}));

test('what is published up to the second 01:00 begins anew there: no gap between two rotas and no hour in both', () => within('2026-10-24T08:00:00Z', async (hospital) => {
	const shifts = [['2026-10-24T19:00:00+01:00', '2026-10-25T07:00:00+00:00']];
	const published = await night(hospital, 'one', { start: '2026-10-24T19:00:00+01:00', end: '2026-10-25T01:00:00+00:00', shifts });
	assert.equal(published.status, 200, published.text);
	const parts = (organization) => Object.fromEntries(organization.extension.find((one) => one.url.endsWith('/rota-published')).extension.map((part) => [part.url, part.valueInstant]));
	assert.equal(parts(published.json).end, '2026-10-25T01:00:00.000Z');
	const next = await night(hospital, 'one', { start: parts(published.json).end, end: '2026-10-25T07:00:00+00:00', shifts });
	assert.equal(parts(next.json).start, '2026-10-25T01:00:00.000Z');
	assert.ok(extension(published.json, 'ward-policy'), 'what else stands on the ward stays');
	const bare = await night(hospital, 'one', { start: '2026-10-25T01:00:00', end: '2026-10-25T07:00:00Z', shifts });
	assert.equal(bare.status, 400, bare.text);
	assert.match(bare.text, /valueDateTime is not a dateTime/, 'a time that does not say which 01:00 is refused');
}));

test('on 28 March 2027 the hour from 01:00 is not there: 01:00 GMT and 02:00 BST are one instant', () => within('2027-03-27T08:00:00Z', async (hospital) => {
	const period = { start: '2027-03-27T19:00:00+00:00', end: '2027-03-28T07:00:00+01:00' };
	const closed = await night(hospital, 'closed', { ...period, shifts: [['2027-03-27T19:00:00+00:00', '2027-03-28T01:00:00+00:00'], ['2027-03-28T02:00:00+01:00', '2027-03-28T07:00:00+01:00']] });
	assert.deepEqual([closed.status, gaps(closed)], [200, []], closed.text);
	const open = await night(hospital, 'open', { ...period, shifts: [['2027-03-27T19:00:00+00:00', '2027-03-28T00:30:00+00:00'], ['2027-03-28T02:30:00+01:00', '2027-03-28T07:00:00+01:00']] });
	assert.deepEqual(gaps(open), [['2027-03-28 00:30', '2027-03-28 02:30']], 'an hour on the watch');
}));
