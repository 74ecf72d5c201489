// SPDX-License-Identifier: Apache-2.0
// Questions and photographs over HTTP: what an answer raises stands in the Questionnaire; worry is always heard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, HOUR, HW, Hospital, MIN, expectAlert } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-01T17:30:00Z' }); });
after(() => hospital?.close());

async function answer(patient, items, questionnaire = 'childrens-daily|1', more = {}) {
	const sent = await hospital.server.post('QuestionnaireResponse', {
		resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: `${HW}Questionnaire/${questionnaire}`,
		subject: { reference: `Patient/${patient}` }, authored: await hospital.now(),
		item: Object.entries(items).map(([linkId, value]) => ({ linkId, answer: [typeof value === 'boolean' ? { valueBoolean: value } : typeof value === 'string' ? { valueCoding: { code: value } } : value] })),
		...more,
	});
	assert.equal(sent.status, 201, sent.text);
	await hospital.settle();
	return sent.json.id;
}
const bed = (id) => hospital.bed(id, { policy: `${CHILD}|2` });

test('answers raise what the Questionnaire says, worst first, and usual answers nothing', async () => {
	await bed('q-usual');
	await answer('q-usual', { worried: false, drinking: 'usual', breathing: false, rash: false });
	await hospital.none('q-usual');
	await bed('q-less');
	const id = await answer('q-less', { worried: false, drinking: 'less', breathing: true });
	const task = await hospital.alert('q-less', 'question');
	expectAlert(task, { level: 'medium' });
	assert.match(task.description, /How much is your child drinking\? Less than half; Is breathing harder than yesterday\? yes/);
	assert.equal(task.focus.reference, `QuestionnaireResponse/${id}`);
	await hospital.acknowledge(task);
	await hospital.advance(MIN);
	await answer('q-less', { worried: false, rash: true });
	expectAlert(await hospital.alert('q-less', 'question'), { level: 'high' });
});

test('S45 worry does not wait for the last question, and the same answers saved again are no new call', async () => {
	await bed('q-half');
	const id = await answer('q-half', { worried: true }, 'childrens-daily|1', { status: 'in-progress' });
	const task = await hospital.alert('q-half', 'concern');
	expectAlert(task, { level: 'medium' });
	await hospital.acknowledge(task);
	const saved = await hospital.get(`QuestionnaireResponse/${id}`);
	await hospital.put({ ...saved, status: 'completed', item: [...saved.item, { linkId: 'rash', answer: [{ valueBoolean: false }] }] });
	await hospital.settle();
	assert.equal((await hospital.alert('q-half', 'concern')).status, 'accepted');
	await answer('q-half', { worried: true });
	assert.equal((await hospital.alert('q-half', 'concern')).status, 'requested', 'another call is heard');
});

test('S45 worry in the questions is concern, whatever the rest says; what cannot be read counts as worry', async () => {
	await bed('q-worried');
	await answer('q-worried', { worried: true, drinking: 'usual' });
	expectAlert(await hospital.alert('q-worried', 'concern'), { level: 'medium' });
	for (const [name, items, questionnaire] of [['code', { drinking: 'gallons' }], ['kind', { worried: { valueString: 'ja' } }], ['item', { unknown: true }], ['list', { worried: false }, 'not-there|1']]) {
		await bed(`q-${name}`);
		await answer(`q-${name}`, items, questionnaire);
		expectAlert(await hospital.alert(`q-${name}`, 'concern'), { level: 'medium' });
	}
});

test('questions that were not answered stand on the board and are an alert after two hours; photographs are counted', async () => {
	const episode = await bed('q-board');
	await hospital.send('q-board', { temp: 36.8, hr: 130 });
	const shown = async () => (await hospital.row(episode));
	assert.deepEqual((await shown()).questions.map((one) => [one.title, one.missing]), [["Children's daily questions", false]]);
	await hospital.advance(HOUR);
	await hospital.send('q-board', { temp: 36.8, hr: 130 });
	const [late] = (await shown()).questions;
	assert.deepEqual([late.due, late.answeredAt, late.missing], ['2026-06-01T17:00:00.000Z', null, false]);
	await hospital.advanceTo('2026-06-02T17:01:00Z'); // 18:00 BST
	await hospital.send('q-board', { temp: 36.8, hr: 130 });
	assert.equal((await shown()).questions[0].missing, true);
	assert.deepEqual(await hospital.tasks('q-board', '&code=unanswered'), []);
	await hospital.advance(2 * HOUR);
	const silence = await hospital.alert('q-board', 'unanswered');
	expectAlert(silence, { level: 'low' });
	assert.match(silence.description, /^No answers to the questions of 18:00 \(Children's daily questions\)/);
	await answer('q-board', { worried: false, drinking: 'usual' });
	assert.equal((await hospital.get(`Task/${silence.id}`)).statusReason.coding[0].code, 'arrived');
	assert.equal((await shown()).questions[0].missing, false);
	for (let i = 0; i < 2; i++) {
		const media = await hospital.server.post('Media', {
			resourceType: 'Media', status: 'completed', subject: { reference: 'Patient/q-board' }, createdDateTime: await hospital.now(),
			content: { contentType: 'image/png', data: 'iVBORw0KGgo=' },
		});
		assert.equal(media.status, 201, media.text);
	}
	await hospital.crash(60);
	await hospital.settle();
	const row = await shown();
	assert.deepEqual([row.photographs.count, row.questions[0].missing], [2, false]);
	assert.ok(row.photographs.newestAt);
});
