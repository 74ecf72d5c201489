// SPDX-License-Identifier: Apache-2.0
// What is sent with a child and is not the child's own reading: measured on somebody else, within another resource, or in
// a Bundle that was stored instead of done. None of it is charted, and none of it is lost in silence.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, HW, Hospital, expectAlert, signs } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(async () => { await hospital?.close(); });

test('the temperature of a mother is not charted for the child, and a nurse hears of it', async () => {
	const episode = await hospital.bed('child', { policy: `${CHILD}|3` });
	await hospital.relative('mother', 'child');
	await hospital.send('child', { temp: 39.2 });
	const fever = await hospital.alert('child', 'fever');
	await hospital.advance(61);
	const [id] = await hospital.send('child', { temp: 36.6 }, { focus: [{ reference: 'RelatedPerson/mother' }] });
	assert.equal((await hospital.value(episode, 'temperature')).text, '39.2');
	assert.equal((await hospital.alert('child', 'fever')).description, fever.description, 'the fever is not "now 36.6"');
	expectAlert(await hospital.alert('child', 'technical'), { level: 'medium' });
	const stored = await hospital.get(`Observation/${id}`);
	const { focus, ...own } = stored;
	assert.ok(focus);
	const answer = await hospital.server.put(`Observation/${id}`, { ...own, status: 'corrected', note: [{ text: 'It was the child', authorString: 'Nora' }] });
	assert.equal(answer.status, 200, answer.text);
	await hospital.settle();
	assert.equal((await hospital.value(episode, 'temperature')).text, '36.6', 'put right it is the child\'s');
});

test('worry is for the child whomever it names, and so is what names the child itself', async () => {
	await hospital.bed('worry', { policy: `${CHILD}|3` });
	await hospital.relative('worry-mother', 'worry');
	await hospital.send('worry', { worried: true }, { focus: [{ reference: 'RelatedPerson/worry-mother' }] });
	expectAlert(await hospital.alert('worry', 'concern'), { level: 'medium' });
	await hospital.send('worry', { temp: 39.2 }, { focus: [{ reference: 'Patient/worry' }] });
	expectAlert(await hospital.alert('worry', 'fever'), { level: 'high' });
});

test('signs that stand within the head of a panel are said to a nurse', async () => {
	await hospital.bed('within', { policy: `${CHILD}|3` });
	const answer = await hospital.server.post('Observation', {
		resourceType: 'Observation', status: 'final', subject: { reference: 'Patient/within' }, effectiveDateTime: await hospital.now(),
		code: { coding: [{ system: 'http://loinc.org', code: '85353-1' }] }, hasMember: [{ reference: '#temp' }],
		contained: [{ resourceType: 'Observation', id: 'temp', status: 'final', ...signs.temp(39.9) }],
	});
	assert.equal(answer.status, 201, answer.text);
	await hospital.settle();
	expectAlert(await hospital.alert('within', 'technical'), { level: 'high' });
});

const stored = async (resource) => {
	const answer = await hospital.server.post(resource.resourceType, resource);
	assert.equal(answer.status, 201, answer.text);
	await hospital.settle();
	return `${resource.resourceType}/${answer.json.id}`;
};
const issuesOf = async (reference) => (await hospital.list('DetectedIssue?_sort=-_lastUpdated')).filter((issue) => issue.implicated?.[0].reference === reference)
	.map((issue) => [issue.code.coding[0].code, issue.patient?.reference]);
const message = (...resources) => ({
	resourceType: 'Bundle', type: 'message', timestamp: '2026-06-10T08:00:00Z',
	entry: [
		{ fullUrl: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', resource: { resourceType: 'MessageHeader', eventUri: 'http://example.org/vital-signs', source: { endpoint: 'http://example.org/device' } } },
		...resources.map((resource, i) => ({ fullUrl: `urn:uuid:5d5d7c5a-5d0e-4c3e-9a53-1f4d2a1f2b${10 + i}`, resource })),
	],
});

test('the fever of a child in a stored message is said to its nurse, and the worry in it is as loud as worry', async () => {
	const episode = await hospital.bed('message', { policy: `${CHILD}|3` });
	const effectiveDateTime = await hospital.now();
	const fever = await stored(message(hospital.observation('message', 'temp', 39.4, { effectiveDateTime })));
	const alert = await hospital.alert('message', 'technical');
	expectAlert(alert, { level: 'high' });
	assert.equal(alert.focus.reference, fever);
	assert.ok(alert.description.includes(fever), alert.description);
	assert.deepEqual(await issuesOf(fever), [['unreadable', 'Patient/message']]);
	assert.equal((await hospital.tasks('message', `&code=${HW}CodeSystem/ward-rule|fever`)).length, 0, 'not judged: nobody vouches for it');
	const worry = await stored(message(hospital.observation('message', 'worried', true, { effectiveDateTime })));
	const concern = await hospital.alert('message', 'concern');
	expectAlert(concern, { level: 'medium' });
	assert.equal(concern.focus.reference, worry);
	const [reading] = await hospital.send('message', { temp: 38.6 });
	const about = new Map((await hospital.row(episode)).alerts.map((one) => [one.rule, one.about]));
	assert.deepEqual([about.get('technical'), about.get('concern'), about.get('fever')], [fever, worry, `Observation/${reading}`], 'the board leads to each');
});

test('a temperature within a report is said to the nurse of its child', async () => {
	await hospital.bed('report', { policy: `${CHILD}|3` });
	const report = await stored({
		resourceType: 'DiagnosticReport', status: 'final', code: { text: 'Home visit' }, subject: { reference: 'Patient/report' }, result: [{ reference: '#temp' }],
		contained: [{ resourceType: 'Observation', id: 'temp', status: 'final', effectiveDateTime: await hospital.now(), ...signs.temp(39.9) }],
	});
	const alert = await hospital.alert('report', 'technical');
	expectAlert(alert, { level: 'high' });
	assert.equal(alert.focus.reference, report);
	assert.deepEqual(await issuesOf(report), [['unreadable', 'Patient/report']]);
});

test('a letter about the past is told and calls nobody, and the letter of the ward itself is neither', async () => {
	const episode = await hospital.bed('letter', { policy: `${CHILD}|3` });
	const letter = await stored({ ...message(hospital.observation('letter', 'temp', 39.4, { effectiveDateTime: '2026-01-05T08:00:00Z' })), type: 'collection' });
	await hospital.none('letter');
	assert.deepEqual(await issuesOf(letter), [['too-old', 'Patient/letter']]);
	await hospital.send('letter', { temp: 36.8 });
	await hospital.discharge(episode);
	const stay = await hospital.get(`EpisodeOfCare/${episode}`);
	const own = stay.extension.find((one) => one.url.endsWith('discharge-summary')).valueReference.reference;
	assert.equal((await hospital.get(own)).type, 'document');
	assert.deepEqual(await issuesOf(own), []);
	await hospital.none('letter');
});

test('a transaction or batch that is sent to /fhir/Bundle is refused, not stored', async () => {
	await hospital.bed('bundle', { policy: `${CHILD}|3` });
	const entry = [{ request: { method: 'POST', url: 'Observation' }, resource: hospital.observation('bundle', 'temp', 40, { effectiveDateTime: await hospital.now() }) }];
	for (const type of ['transaction', 'batch']) {
		const bundle = { resourceType: 'Bundle', type, entry };
		const posted = await hospital.server.post('Bundle', bundle);
		assert.deepEqual([posted.status, /POST it to \/fhir/.test(posted.text)], [422, true], posted.text);
		assert.equal((await hospital.server.put(`Bundle/${type}`, { ...bundle, id: type })).status, 422);
	}
	assert.equal((await hospital.server.post('Bundle', { resourceType: 'Bundle', type: 'collection' })).status, 201);
	assert.equal((await hospital.server.post('', { resourceType: 'Bundle', type: 'transaction', entry })).status, 200);
	await hospital.settle();
	expectAlert(await hospital.alert('bundle', 'fever'), { level: 'high' });
});
