// SPDX-License-Identifier: Apache-2.0
// Questions of the day are asked for what the child was there for, and answered by what was filled in for that day.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, HW, Hospital, WELL, expectAlert } from './hospital.mjs';
import { parameters } from './care.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-11-22T11:00:00Z' }); });
after(async () => { await hospital?.close(); });

const act = async (episode, name, values) => {
	const answer = await hospital.server.post(`EpisodeOfCare/${episode}/$${name}`, parameters({
		by: { valueReference: { reference: 'PractitionerRole/children-consultant' } }, reason: { valueString: 'As agreed' }, ...values,
	}));
	assert.equal(answer.status, 200, answer.text);
	await hospital.settle();
};
const unanswered = async (patient) => (await hospital.open(patient)).filter((task) => task.code.coding[0].code === 'unanswered');
const answers = async (patient, authored, more = {}) => {
	const [form] = await hospital.list(`Questionnaire?url=${HW}Questionnaire/childrens-daily`);
	const item = form.item.find((one) => one.type === 'choice');
	const answer = await hospital.server.post('QuestionnaireResponse', {
		resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: `${form.url}|${form.version}`, subject: { reference: `Patient/${patient}` }, authored,
		item: [{ linkId: item.linkId, answer: [{ valueCoding: item.answerOption[0].valueCoding }] }], ...more,
	});
	assert.equal(answer.status, 201, answer.text);
	await hospital.settle();
};

test('questions that fell due in a hospital bed call nobody when the child comes home in the evening', async () => {
	const episode = await hospital.bed('home-again', { policy: `${CHILD}|3` });
	const changed = await hospital.bed('other-policy', { policy: `${CHILD}|1` });
	const always = await hospital.bed('always', { policy: `${CHILD}|3` });
	assert.ok(always);
	await act(episode, 'step-up', {});
	await hospital.advanceTo('2026-11-22T20:35:00Z');
	await act(episode, 'return', {});
	assert.deepEqual(await unanswered('home-again'), []);
	assert.equal((await hospital.row(episode)).questions[0].missing, false);
	/* Nor does a policy call about questions of before it counted, */
	await act(changed, 'change-plan', { plan: { valueString: 'Daily questions from now on' }, policy: { valueCanonical: `${CHILD}|3` } });
	assert.deepEqual(await unanswered('other-policy'), []);
	/* and who was at home and asked is called about. */
	assert.equal((await unanswered('always')).length, 1);
	/* The next day both are. */
	await hospital.advanceTo('2026-11-23T20:00:00Z');
	for (const patient of ['home-again', 'other-policy'])
		expectAlert((await unanswered(patient))[0], { level: 'low', rung: 'Nurse' });
});

test('a policy that asks the same questions goes on with what was answered, and with what was not', async () => {
	const answered = await hospital.bed('goes-on', { policy: `${CHILD}|2` });
	const silent = await hospital.bed('goes-on-silent', { policy: `${CHILD}|2` });
	await hospital.advanceTo('2026-11-24T18:30:00Z');
	await answers('goes-on', await hospital.now());
	for (const episode of [answered, silent])
		await act(episode, 'change-plan', { plan: { valueString: 'The newest version' }, policy: { valueCanonical: `${CHILD}|3` } });
	await hospital.advanceTo('2026-11-24T20:00:00Z');
	assert.deepEqual(await unanswered('goes-on'), []);
	assert.equal((await unanswered('goes-on-silent')).length, 1);
});

test('answers of yesterday that arrive today are theirs of yesterday, and say so', async () => {
	const episode = await hospital.bed('late', { policy: `${CHILD}|3` });
	await hospital.advanceTo('2026-11-25T17:30:00Z');
	const [form] = await hospital.list(`Questionnaire?url=${HW}Questionnaire/childrens-daily`);
	const item = form.item.find((one) => one.answerOption?.some((option) => option.extension));
	const bad = item.answerOption.find((option) => option.extension).valueCoding;
	await answers('late', '2026-11-24T18:30:00Z', { item: [{ linkId: item.linkId, answer: [{ valueCoding: bad }] }] });
	assert.equal((await hospital.row(episode)).questions[0].answeredAt, '2026-11-24T18:30:00.000Z');
	assert.match((await hospital.open('late')).find((task) => ['question', 'concern'].includes(task.code.coding[0].code)).description, /18:30, received late at 17:30/);
	await hospital.advanceTo('2026-11-25T20:00:00Z');
	assert.equal((await unanswered('late')).length, 1, 'nobody has answered today\'s');
});

test('answers that say a time to come count when they came', async () => {
	const episode = await hospital.bed('future', { policy: `${CHILD}|3` });
	await answers('future', '2027-01-01T08:00:00Z');
	assert.ok(Date.parse((await hospital.row(episode)).questions[0].answeredAt) <= Date.parse(await hospital.now()));
});
