// SPDX-License-Identifier: Apache-2.0
// People whose time on the ward or with the patient has ended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, Hospital } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('a nurse who has left is no longer called', async () => {
	await hospital.ward('leavers', CHILD);
	const { meta, ...nurse } = await hospital.get('PractitionerRole/leavers-nurse');
	assert.ok(meta);
	await hospital.put({ ...nurse, period: { start: '2024-01-01', end: '2026-01-01' } });
	await hospital.bed('left', { ward: 'leavers' });
	await hospital.send('left', { temp: 39.5 });
	const [page] = await hospital.pages(await hospital.alert('left', 'fever'));
	assert.notEqual(page.recipient[0].reference, 'PractitionerRole/leavers-nurse');
});

test('a relative whose time has ended is told nothing', async () => {
	await hospital.bed('estranged');
	const { meta, ...relative } = await hospital.relative('estranged-partner', 'estranged');
	assert.ok(meta);
	await hospital.put({ ...relative, period: { end: '2026-01-01' } });
	await hospital.send('estranged', { rr: 52, hr: 172, sbp: 75, spo2: 91, distress: 'severe' });
	assert.deepEqual((await hospital.said('estranged')).filter((page) => page.recipient[0].reference === 'RelatedPerson/estranged-partner').map((page) => page.payload[0].contentString), []);
});

test('a nurse whose time ends while she is on shift is called until then, and nobody after it', async () => {
	await hospital.ward('leaving', CHILD);
	const { meta, ...nurse } = await hospital.get('PractitionerRole/leaving-nurse');
	assert.ok(meta);
	await hospital.put({ ...nurse, period: { start: '2024-01-01', end: new Date(Date.parse(await hospital.now()) + 3_600_000).toISOString() } });
	await hospital.bed('before', { ward: 'leaving' });
	await hospital.send('before', { temp: 39.5 });
	assert.equal((await hospital.alert('before', 'fever')).owner.reference, 'PractitionerRole/leaving-nurse');
	await hospital.advance(3_601_000);
	await hospital.bed('later', { ward: 'leaving' });
	await hospital.send('later', { temp: 39.5 });
	const fever = await hospital.alert('later', 'fever');
	assert.notEqual(fever.businessStatus.text, 'Nurse', 'an empty rung is skipped at once');
	assert.match((await hospital.placed('leaving', 'delivery')).description, /^Nobody on shift: Nurse/);
});

test('a relative whose time has not begun is told nothing, and stands on no board', async () => {
	const episode = await hospital.bed('coming');
	const { meta, ...relative } = await hospital.relative('coming-partner', 'coming');
	assert.ok(meta);
	await hospital.put({ ...relative, period: { start: '2027-01-01' } });
	await hospital.send('coming', { rr: 52, hr: 172, sbp: 75, spo2: 91, distress: 'severe' });
	assert.deepEqual((await hospital.said('coming')).map((page) => page.recipient[0].reference), ['Patient/coming']);
	assert.deepEqual((await hospital.row(episode)).contacts, []);
});

test('the family’s page is in the language of who is there, not of who has left', async () => {
	await hospital.bed('spoken');
	const speaks = (code) => [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code }] }, preferred: true }];
	const { meta, ...first } = await hospital.relative('spoken-first', 'spoken', 1);
	assert.ok(meta);
	await hospital.put({ ...first, communication: speaks('pl') });
	await hospital.put({ ...await hospital.relative('spoken-second', 'spoken', 2), meta: undefined, communication: speaks('cy') });
	const language = async () => (await hospital.home('spoken')).family.language;
	assert.equal(await language(), 'pl');
	await hospital.put({ ...first, communication: speaks('pl'), period: { end: '2026-01-01' } });
	assert.equal(await language(), 'cy');
	await hospital.put({ ...first, communication: speaks('pl'), period: { start: '2028-01-01' } });
	assert.equal(await language(), 'cy');
	await hospital.put({ ...first, communication: speaks('pl'), active: false });
	assert.equal(await language(), 'cy');
});
