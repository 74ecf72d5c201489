// SPDX-License-Identifier: Apache-2.0
// A patient's whole way through a ward, over HTTP, and what is refused on it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MIN, WELL, expectAlert, extension } from '../ward/hospital.mjs';
import { act, admit, by, code, conflict, criteria, done, patient, refer, referral, text, within } from './ward.mjs';

const get = (hospital, where) => hospital.get(`//flow/${where}`);

test('a child: referred, assessed, accepted, admitted, onboarded, reviewed, to hospital and back, escalated, home with a summary', () => within({ start: '2026-06-10T08:00:00Z' }, async (hospital) => {
	await criteria(hospital, 'unit');
	await patient(hospital, 'ann', { generalPractitioner: [{ display: 'Dr Brown, High Street Surgery' }] });
	await refer(hospital, 'ann', { ward: 'unit' });
	await hospital.advance(30 * MIN);

	// The list of referrals, and what the criteria are.
	const [waiting] = await get(hospital, 'referrals?ward=unit');
	assert.deepEqual([waiting.id, waiting.state, waiting.source, waiting.reason, waiting.waitingMinutes, waiting.patient.name], ['ref-ann', 'waiting', 'ed', 'Febrile neutropenia, low risk', 30, 'Synthetic ann']);
	assert.deepEqual(waiting.criteria.map((one) => [one.id, one.answer]), [['phone', 'unknown'], ['low-risk', 'unknown'], ['criterion-3', 'met']]);
	await conflict(hospital, 'ServiceRequest/ref-ann/$accept', by(), /2 are not answered.*\$assess/);
	const unaccepted = await admit(hospital, 'ann', { ward: 'unit', ...referral('ann') });
	assert.equal(unaccepted.status, 409);
	assert.match(unaccepted.json.issue[0].diagnostics, /\$accept it first/);
	await done(hospital, 'ServiceRequest/ref-ann/$assess', { ...by('Nurse Asha'), phone: code('met') });
	const assessed = await done(hospital, 'ServiceRequest/ref-ann/$assess', { ...by('Dr Iqbal'), 'low-risk': code('not-met') });
	assert.deepEqual([assessed.status, assessed.output.map((one) => one.valueCode), assessed.note.map((one) => one.authorString)], ['completed', ['met', 'not-met'], ['Nurse Asha', 'Dr Iqbal']]);
	await conflict(hospital, 'ServiceRequest/ref-ann/$accept', by(), /1 criteria are not met/);
	const accepted = await done(hospital, 'ServiceRequest/ref-ann/$accept', { ...by(), reason: text('Consultant agrees: mother is a nurse') });
	assert.equal(accepted.status, 'active');
	await conflict(hospital, 'ServiceRequest/ref-ann/$accept', by(), /accepted already; admit/);
	await conflict(hospital, 'ServiceRequest/ref-ann/$assess', { ...by(), phone: code('met') }, /accepted already/);
	assert.equal((await get(hospital, 'referrals?ward=unit'))[0].state, 'accepted');

	// Two admissions at once make one stay.
	const both = await Promise.all([1, 2].map(() => admit(hospital, 'ann', { ward: 'unit', ...referral('ann') })));
	assert.deepEqual(both.map((one) => one.status).sort(), [201, 409]);
	const stay = both.find((one) => one.status === 201).json.entry[0].resource;
	assert.equal(stay.referralRequest[0].reference, 'ServiceRequest/ref-ann');
	assert.equal((await hospital.get('ServiceRequest/ref-ann')).status, 'completed');
	await conflict(hospital, 'ServiceRequest/ref-ann/$refuse', { ...by(), reason: code('other'), text: text('x') }, /closed/);
	assert.deepEqual(await get(hospital, 'referrals?ward=unit'), []);

	// Onboarding: no reading yet, and silence is an alert two hours after admission.
	const round = async () => (await get(hospital, 'round?ward=unit')).find((one) => one.episode === stay.id);
	await hospital.settle();
	assert.deepEqual([(await round()).stay, (await round()).scores, (await round()).day, (await round()).reviewDue], ['onboarding', null, 1, true]);
	await hospital.advance(2 * HOUR + MIN);
	expectAlert(await hospital.alert('ann', 'overdue'), { level: 'medium' });
	await hospital.send('ann', WELL);
	await hospital.advance(3 * HOUR);
	await hospital.send('ann', { ...WELL, rr: 44, hr: 152 });
	await hospital.acknowledge(await hospital.alert('ann', 'score'));
	await hospital.advance(1 * HOUR);
	await hospital.send('ann', WELL);
	const listed = await round();
	assert.equal(listed.stay, 'active');
	assert.deepEqual([listed.scores.sets, listed.scores.min, listed.scores.max, listed.scores.now, listed.missed24h], [3, 0, 3, 0, 1]);
	assert.equal(listed.alerts24h, 2);

	// Daily review: who, plan, criteria; pressed twice it is one.
	const review = { ...by('Dr Iqbal'), plan: text('Home antibiotics, bloods tomorrow'), criterion: { part: [{ name: 'id', valueCode: 'counts' }, { name: 'answer', valueCode: 'met' }] } };
	const [first, second] = [await done(hospital, `EpisodeOfCare/${stay.id}/$review`, review), await done(hospital, `EpisodeOfCare/${stay.id}/$review`, review)];
	assert.equal(first.id, second.id);
	const reviewed = await round();
	assert.deepEqual([reviewed.lastReview.by, reviewed.lastReview.plan, reviewed.reviewDue, reviewed.plan.text], ['Dr Iqbal', 'Home antibiotics, bloods tomorrow', false, 'Home antibiotics, bloods tomorrow']);
	assert.deepEqual(reviewed.criteria.map((one) => [one.id, one.answer, one.by]), [['criterion-1', 'met', 'record'], ['counts', 'met', 'person'], ['quiet', 'met', 'record']]);

	// A plan change is a new version with who and why, and moves the schedule.
	const changed = await done(hospital, `EpisodeOfCare/${stay.id}/$change-plan`, { ...by(), plan: text('Readings every two hours'), reason: text('Heart rate rose'), periodHours: { valueDecimal: 2 } });
	assert.equal(changed.note.at(-1).text, 'Readings every two hours (why: Heart rate rose)');
	assert.equal(changed.activity[0].detail.scheduledTiming.repeat.period, 2);
	assert.equal((Date.parse((await hospital.row(stay.id, 'unit')).nextDue) - Date.parse(await hospital.now())) / 60000 <= 120, true);

	// To a hospital bed and back.
	await conflict(hospital, `EpisodeOfCare/${stay.id}/$return`, { ...by(), reason: text('x') }, /at home already; use \$step-up/);
	await done(hospital, `EpisodeOfCare/${stay.id}/$step-up`, { ...by(), reason: text('Needs fluids') });
	await conflict(hospital, `EpisodeOfCare/${stay.id}/$step-up`, { ...by(), reason: text('Needs fluids') }, /in a hospital bed already; use \$return/);
	assert.deepEqual([(await round()).stay, (await hospital.row(stay.id, 'unit')).nextDue], ['onhold', null]);
	await hospital.advance(20 * HOUR);
	assert.deepEqual((await hospital.open('ann')).filter((one) => one.code.coding[0].code === 'overdue'), []);
	const back = await done(hospital, `EpisodeOfCare/${stay.id}/$return`, { ...by(), reason: text('Drinking again') });
	assert.deepEqual(back.statusHistory.map((one) => one.status), ['active', 'onhold']);
	assert.notEqual((await hospital.row(stay.id, 'unit')).nextDue, null);
	assert.equal((await round()).reviewDue, true, 'another day');
	assert.deepEqual((await round()).criteria[0].answer, 'met', 'the last temperature is within 24 hours');

	// Escalation: open until its outcome is said.
	const escalation = { ...by('Nurse Asha'), to: code('999'), reason: text('Hard to wake') };
	const raised = await done(hospital, `EpisodeOfCare/${stay.id}/$escalate`, escalation);
	assert.equal((await done(hospital, `EpisodeOfCare/${stay.id}/$escalate`, escalation)).id, raised.id);
	await conflict(hospital, `EpisodeOfCare/${stay.id}/$escalate`, { ...escalation, reason: text('Another') }, /has no outcome yet/);
	const ended = await done(hospital, `EpisodeOfCare/${stay.id}/$escalate`, { ...by(), outcome: text('Ambulance came, stayed at home') });
	assert.deepEqual([ended.id, ended.status], [raised.id, 'completed']);
	assert.deepEqual((await round()).escalations.map((one) => [one.to, one.outcome]), [['999', 'Ambulance came, stayed at home']]);

	// Home: not while a High alert has had no answer.
	await hospital.send('ann', { temp: 38.6 }, { bodySite: { coding: [{ system: 'http://snomed.info/sct', code: '91470000' }] } });
	assert.match((await hospital.alert('ann', 'fever')).description, /^Fever 38\.6 °C \(axilla\) at /);
	assert.deepEqual((await round()).criteria.map((one) => one.answer), ['not-met', 'met', 'not-met']);
	const home = { ...by('Dr Iqbal'), destination: code('home'), reason: text('Well again'), plan: text('Clinic on Friday <9:00 & bring the diary>'), safetyNet: text('Phone for 38.0 or if worried'), medicines: text('Stop antibiotics') };
	await conflict(hospital, `EpisodeOfCare/${stay.id}/$discharge`, home, /acknowledge it before/);
	await hospital.acknowledge(await hospital.alert('ann', 'fever'));
	const discharged = await done(hospital, `EpisodeOfCare/${stay.id}/$discharge`, home);
	assert.deepEqual([discharged.status, extension(discharged, 'discharge-destination')], ['finished', 'home']);
	await conflict(hospital, `EpisodeOfCare/${stay.id}/$discharge`, home, /not open/);
	for (const [operation, values] of [['$step-up', { reason: text('x') }], ['$return', { reason: text('x') }], ['$review', { plan: text('x') }], ['$change-plan', { plan: text('x'), reason: text('x') }], ['$escalate', { to: code('999'), reason: text('x') }]])
		await conflict(hospital, `EpisodeOfCare/${stay.id}/${operation}`, { ...by(), ...values }, /not open|has ended/);
	assert.equal(await round(), undefined);

	// The summary: a document any client can read, and a page to print.
	const bundle = await hospital.get(extension(discharged, 'discharge-summary').reference);
	const [{ resource: composition }] = bundle.entry;
	assert.deepEqual([bundle.type, composition.resourceType, composition.type.coding[0].code, composition.subject.reference], ['document', 'Composition', '18842-5', 'Patient/ann']);
	assert.deepEqual(composition.section.map((one) => one.title), ['Reason for referral', 'Course of the stay', 'Observations', 'Alerts and what was done', 'Plan and safety net', 'Who to call']);
	const held = new Set(bundle.entry.map((entry) => `${entry.resource.resourceType}/${entry.resource.id}`));
	const referred = JSON.stringify(composition).match(/"reference":"[^"]+"/g).map((one) => one.slice(13, -1));
	assert.deepEqual(referred.filter((one) => !held.has(one)), [], 'the document holds what it refers to');
	assert.deepEqual((await hospital.list('Composition?patient=Patient/ann&type=http://loinc.org|18842-5')).map((one) => one.id), [composition.id]);
	const page = await hospital.server.get(`//flow/summary/${stay.id}`);
	assert.equal(page.status, 200, page.text);
	assert.match(page.headers.get('content-type'), /text\/html/);
	for (const words of ['Synthetic ann', 'Febrile neutropenia, low risk', 'Hard to wake', 'Ambulance came, stayed at home', '<td>Temperature (axilla) (Cel)</td><td>1</td><td>38.6</td>', 'Clinic on Friday &lt;9:00 &amp; bring the diary&gt;', 'Phone for 38.0 or if worried', 'Stop antibiotics', '01632 960555', 'Dr Brown, High Street Surgery', 'In a hospital bed', 'Dr Iqbal'])
		assert.ok(page.text.includes(words), `the page says: ${words}`);
	assert.equal(/<script/.test(page.text), false);
	assert.equal(/01632 960111|01632 960222/.test(page.text), false, 'a number that is old or whose time has ended is not to be called');

	// A reading after the stay is still somebody's.
	await hospital.advance(HOUR);
	await hospital.send('ann', { temp: 39.1 });
	assert.equal((await hospital.open('ann')).length, 1);
}));

test('a refusal is coded, said in words, and stays; a referral without a ward is in every list; what is wrong is refused', () => within({ start: '2026-06-10T08:00:00Z' }, async (hospital) => {
	await patient(hospital, 'bob');
	await refer(hospital, 'bob', { source: 'gp' });
	await patient(hospital, 'cat');
	await refer(hospital, 'cat', { performer: undefined });
	assert.deepEqual((await get(hospital, 'referrals?ward=children')).map((one) => [one.id, one.ward]), [['ref-bob', 'children'], ['ref-cat', null]]);
	assert.deepEqual((await get(hospital, 'referrals?ward=adults')).map((one) => one.id), ['ref-cat']);
	await conflict(hospital, 'ServiceRequest/ref-cat/$accept', by(), /names no ward/);
	const wrong = await act(hospital, 'ServiceRequest/ref-bob/$refuse', { ...by(), reason: code('because'), text: text('x') });
	assert.equal(wrong.status, 422);
	assert.match(wrong.json.issue[0].diagnostics, /not-eligible, no-capacity/);
	assert.equal((await act(hospital, 'ServiceRequest/ref-bob/$refuse', { reason: code('other'), text: text('x') })).status, 400, 'without a name');
	assert.equal((await act(hospital, 'ServiceRequest/ref-bob/$refuse', { ...by(), reason: code('other') })).status, 400, 'without words');
	const refused = await done(hospital, 'ServiceRequest/ref-bob/$refuse', { ...by(), reason: code('no-capacity'), text: text('Both nurses are ill') });
	assert.equal(refused.status, 'revoked');
	const decision = Object.fromEntries(refused.extension.find((one) => one.url.endsWith('referral-decision')).extension.map((one) => [one.url, one.valueCode ?? one.valueString ?? one.valueDateTime ?? one.valueReference]));
	assert.deepEqual([decision.outcome, decision.reason, decision.text, decision.by.display], ['refused', 'no-capacity', 'Both nurses are ill', 'Sister Rose']);
	await conflict(hospital, 'ServiceRequest/ref-bob/$refuse', { ...by(), reason: code('other'), text: text('x') }, /closed/);
	assert.equal((await admit(hospital, 'bob', referral('bob'))).status, 409);
	// Of another patient, or unknown.
	await refer(hospital, 'bob', { id: 'ref-bob2' });
	await done(hospital, 'ServiceRequest/ref-bob2/$accept', by());
	assert.match((await admit(hospital, 'cat', referral('bob2'))).json.issue[0].diagnostics, /another patient/);
	assert.equal((await admit(hospital, 'cat', referral('nobody'))).status, 404);
	// Accepted, then the family changes its mind.
	assert.equal((await done(hospital, 'ServiceRequest/ref-bob2/$refuse', { ...by(), reason: code('family-declined'), text: text('They stay in hospital') })).status, 'revoked');
	// A stay without any reading has a summary that says so, whatever its text.
	assert.equal((await act(hospital, 'EpisodeOfCare/$admit', { patient: { valueReference: { reference: 'Patient/cat' } }, ward: { valueReference: { reference: 'Organization/children' } }, source: code('moon') })).status, 422);
	const stay = (await admit(hospital, 'cat', { source: code('ward') })).json.entry[0].resource;
	assert.equal((await act(hospital, `EpisodeOfCare/${stay.id}/$discharge`, { reason: text('x'), destination: code('moon') })).status, 422);
	assert.equal((await hospital.server.get(`//flow/summary/${stay.id}`)).status, 404);
	await done(hospital, `EpisodeOfCare/${stay.id}/$discharge`, { reason: text('"><script>alert(1)</script>') });
	const page = await hospital.server.get(`//flow/summary/${stay.id}`);
	assert.match(page.text, /No reading was received/);
	assert.equal(page.text.includes('<script>'), false);
	assert.match(page.text, /Discharged to:<\/b> not recorded/);
	// The criteria of a policy as shipped: what the record can answer is answered.
	const { meta, ...organization } = await hospital.get('Organization/children');
	assert.ok(meta);
	organization.extension.find((one) => one.url.endsWith('ward-policy')).valueCanonical = organization.extension[0].valueCanonical.replace(/\|1$/, '|2');
	await hospital.put(organization);
	await patient(hospital, 'dan');
	await refer(hospital, 'dan');
	const shipped = (await get(hospital, 'referrals?ward=children')).find((one) => one.id === 'ref-dan').criteria;
	assert.deepEqual([shipped.length > 3, shipped[0].title, shipped[0].answer, shipped[0].by, shipped[1].answer], [true, 'Aged under 19', 'met', 'record', 'unknown']);
	// The lists want a ward that is there.
	assert.equal((await hospital.server.get('//flow/round')).status, 400);
	assert.equal((await hospital.server.get('//flow/round?ward=nowhere')).status, 404);
}));
