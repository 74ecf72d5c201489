// SPDX-License-Identifier: Apache-2.0
// An answer is to what a person has read: an alert that has become something else since is not answered with it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { Hospital, WELL, extension } from './hospital.mjs';

const MEDIUM = { ...WELL, rr: 44, hr: 152, spo2: 94, distress: 'mild' };
const EMERGENCY = { rr: 52, hr: 172, sbp: 75, spo2: 91, distress: 'severe', oxygen: 'NP 0.5 L/min', crt: 3 };

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('an answer that names the version it was given for answers no other: not an Emergency that came meanwhile', async () => {
	await hospital.bed('read-medium');
	await hospital.send('read-medium', MEDIUM);
	const read = await hospital.alert('read-medium', 'score');
	assert.equal(extension(read, 'alert-level'), 'medium');
	await hospital.send('read-medium', EMERGENCY);
	const by = { valueReference: { reference: 'PractitionerRole/children-nurse' } };
	const answers = {
		$acknowledge: { by, plan: { valueString: 'Phone the family' } },
		$resolve: { by, reason: { valueString: 'Seen' } },
		$snooze: { by, reason: { valueString: 'Known' }, minutes: { valueInteger: 5 } },
		'$second-opinion': { by, reason: { valueString: 'Looks pale' } },
	};
	for (const [operation, words] of Object.entries(answers)) {
		const answer = await hospital.server.post(`Task/${read.id}/${operation}`, parameters(words), { 'If-Match': `W/"${read.meta.versionId}"` });
		assert.equal(answer.status, 412, `${operation}: ${answer.text}`);
		assert.match(answer.text, /changed/);
	}
	await hospital.settle();
	const now = await hospital.alert('read-medium', 'score');
	assert.deepEqual([extension(now, 'alert-level'), now.status], ['emergency', 'requested']);
	assert.ok(!(await hospital.open('read-medium')).some((task) => task.code.coding[0].code === 'second-opinion'));
	const bad = await hospital.server.post(`Task/${now.id}/$acknowledge`, parameters(answers.$acknowledge), { 'If-Match': 'yesterday' });
	assert.equal(bad.status, 400, bad.text);
	const good = await hospital.server.post(`Task/${now.id}/$acknowledge`, parameters(answers.$acknowledge), { 'If-Match': `W/"${now.meta.versionId}"` });
	assert.equal(good.status, 200, good.text);
	await hospital.settle();
	const { meta } = await hospital.alert('read-medium', 'score');
	const opinion = await hospital.server.post(`Task/${now.id}/$second-opinion`, parameters(answers['$second-opinion']), { 'If-Match': `W/"${meta.versionId}"` });
	assert.equal(opinion.status, 200, opinion.text);
	await hospital.settle();
	assert.ok((await hospital.open('read-medium')).some((task) => task.code.coding[0].code === 'second-opinion'));
});

test('a form sent without an answer leaves the questions of the day unanswered', async () => {
	const url = 'https://fhir.homeward.example/';
	await hospital.bed('empty-form', { policy: `${url}PlanDefinition/childrens-cancer|2` });
	await hospital.advanceTo('2026-06-10T17:30:00Z');
	await hospital.advance(2 * 3600);
	const said = () => hospital.alert('empty-form', 'unanswered');
	assert.equal((await said()).status, 'requested');
	const form = (item) => hospital.server.post('QuestionnaireResponse', {
		resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: `${url}Questionnaire/childrens-daily|1`,
		subject: { reference: 'Patient/empty-form' }, ...(item ? { item } : {}),
	});
	assert.equal((await form()).status, 201);
	assert.equal((await form([{ linkId: 'worried' }])).status, 201);
	await hospital.settle();
	assert.equal((await said()).status, 'requested');
	assert.equal((await form([{ linkId: 'worried', answer: [{ valueBoolean: false }] }])).status, 201);
	await hospital.settle();
	assert.equal((await said()).status, 'completed');
});

test('a child whose record a test system has labelled is no synthetic patient: its fever calls the nurse', async () => {
	const episode = await hospital.bed('labelled');
	const { meta, ...child } = await hospital.get('Patient/labelled');
	assert.ok(meta);
	await hospital.put({ ...child, meta: { tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }] } });
	await hospital.send('labelled', { temp: 39.5 });
	assert.ok(await hospital.row(episode), 'it stands on the board');
	const pages = await hospital.pages(await hospital.alert('labelled', 'fever'));
	assert.deepEqual(pages.map((page) => page.recipient[0].reference), ['PractitionerRole/children-nurse']);
});
