// SPDX-License-Identifier: Apache-2.0
// Scenarios of the ward reference, section 5, over HTTP: the rules beside the score, and the life of an alert.
// S4, S5, S17, S38 (acknowledgement), S49, S51 (age of values), S55; the rest of it in scenarios_life.test.mjs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { ADULT_WELL, CHILD, HOUR, Hospital, MIN, WELL, expectAlert, expectScore, extension, later, minutesFrom, partsOf } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(() => hospital?.close());

test('S4 38.0 in a neutropenic child is a High fever alert beside PEWS 0, and cannot be snoozed', async () => {
	const episode = await hospital.bed('s4');
	const ids = await hospital.send('s4', { ...WELL, temp: 38.0 });
	const score = await hospital.score('s4');
	expectScore(score, { total: 0, level: 'none' });
	assert.equal('temperature' in partsOf(score), false, 'temperature is no part of PEWS');
	const task = await hospital.alert('s4', 'fever');
	expectAlert(task, { level: 'high', rung: 'Nurse', owner: 'children-nurse', minutes: 5 });
	assert.equal(task.focus.reference, `Observation/${ids.at(-1)}`);
	assert.equal((await hospital.open('s4')).length, 1);
	const value = await hospital.value(episode, 'temperature');
	assert.deepEqual([value.text, value.part], ['38', null]);
	for (const by of ['nurse', 'nurse-in-charge', 'consultant']) {
		const refused = await hospital.server.post(`Task/${task.id}/$snooze`, parameters({
			by: { valueReference: { reference: `PractitionerRole/children-${by}` } }, reason: { valueString: 'Settling' }, minutes: { valueInteger: 1 } }));
		assert.deepEqual([refused.status, /cannot be snoozed/.test(refused.text)], [409, true], by);
	}
	await hospital.settle();
	const awake = await hospital.alert('s4', 'fever');
	assert.deepEqual([awake.meta.versionId, awake.status, awake.restriction.period.end], [task.meta.versionId, task.status, task.restriction.period.end], 'refused is not begun');
	const long = await hospital.acknowledge(task, 'Nora', { reviewMinutes: { valueInteger: 16 } });
	assert.equal(long.status, 422, 'no longer than the review of its level');
	assert.equal((await hospital.acknowledge(task)).status, 200);
	await hospital.advance(15 * MIN);
	expectAlert(await hospital.alert('s4', 'fever'), { level: 'high', rung: 'Nurse in charge' });
});

test('S5 37.9 is nothing, with a worried parent Medium; 35.9 is High', async () => {
	await hospital.bed('s5');
	await hospital.send('s5', { temp: 37.9 });
	await hospital.none('s5');
	await hospital.send('s5', { worried: true });
	const concern = await hospital.alert('s5', 'concern');
	expectAlert(concern, { level: 'medium', minutes: 15 });
	assert.match(concern.description, /37\.9/);
	await hospital.bed('s5-low');
	await hospital.send('s5-low', { temp: 36.0 });
	await hospital.none('s5-low');
	await hospital.send('s5-low', { temp: 35.9 });
	expectAlert(await hospital.alert('s5-low', 'hypothermia'), { level: 'high', minutes: 5 });
});

test('S17 worse after an acknowledgement is a new alarm for everybody; the first answer stays in the history', async () => {
	await hospital.bed('s17', { ward: 'adults', birthDate: '1950-03-01' });
	await hospital.send('s17', { rr: 22, spo2: 94, oxygen: 'air', sbp: 108, hr: 95, mind: 'A', temp: 37.2 });
	expectScore(await hospital.score('s17'), { total: 5 });
	const first = await hospital.alert('s17', 'score');
	expectAlert(first, { level: 'high', minutes: 5 });
	assert.equal((await hospital.acknowledge(first)).status, 200);
	await hospital.advance(40 * MIN);
	await hospital.send('s17', { rr: 25, spo2: 93, oxygen: 'air', sbp: 108, hr: 95, mind: 'A', temp: 37.2 });
	const score = await hospital.score('s17');
	expectScore(score, { total: 7 });
	const task = await hospital.alert('s17', 'score');
	expectAlert(task, { level: 'emergency', rung: 'Nurse, shift lead and registrar' });
	assert.equal(minutesFrom(await hospital.now(), task.restriction.period.end), 2);
	assert.equal(task.note.some((note) => note.text === 'Plan of Nora'), true);
	const history = await hospital.list(`Task/${task.id}/_history?`);
	assert.equal(history.some((version) => version.status === 'accepted' && version.owner.display === 'Nora'), true);
});

test('S17 worse within the review time raises at once', async () => {
	await hospital.bed('s17-b', { ward: 'adults', birthDate: '1950-03-01' });
	await hospital.send('s17-b', { ...ADULT_WELL, rr: 22, spo2: 94, sbp: 108, hr: 95 });
	await hospital.acknowledge(await hospital.alert('s17-b', 'score'));
	await hospital.advance(12 * MIN);
	await hospital.send('s17-b', { ...ADULT_WELL, rr: 25, spo2: 93, sbp: 108, hr: 95 });
	expectAlert(await hospital.alert('s17-b', 'score'), { level: 'emergency', rung: 'Nurse, shift lead and registrar' });
});

test('S38 an acknowledgement silences until its review and no longer than its level allows', async () => {
	await hospital.bed('s38');
	const sick = { ...WELL, rr: 44, hr: 152, spo2: 94, distress: 'mild' };
	await hospital.send('s38', sick);
	await hospital.acknowledge(await hospital.alert('s38', 'score'));
	await hospital.advance(29 * MIN);
	await hospital.send('s38', sick);
	expectAlert(await hospital.alert('s38', 'score'), { level: 'medium', status: 'accepted' });
	await hospital.advance(MIN);
	expectAlert(await hospital.alert('s38', 'score'), { level: 'medium', rung: 'Nurse in charge' });
	await hospital.bed('s38-b');
	await hospital.send('s38-b', { mind: 'U' });
	const emergency = await hospital.alert('s38-b', 'concern');
	assert.equal((await hospital.acknowledge(emergency, 'Nora', { reviewMinutes: { valueInteger: 30 } })).status, 422);
	expectAlert(await hospital.alert('s38-b', 'concern'), { level: 'emergency' });
});

test('S49 a corrected typing error is scored again; the original stays in the history', async () => {
	const episode = await hospital.bed('s49');
	const at = await hospital.now();
	const [id] = await hospital.send('s49', { hr: 1400 });
	assert.equal(await hospital.score('s49'), undefined);
	assert.equal((await hospital.value(episode, 'heartRate')).state, 'implausible');
	await hospital.advance(2 * MIN);
	const corrected = await hospital.now();
	await hospital.put({
		...hospital.observation('s49', 'hr', 140, { status: 'corrected', effectiveDateTime: at }), id,
		note: [{ authorString: 'Nora', time: corrected, text: 'Typing error: 1400' }],
	});
	await hospital.settle();
	expectScore(await hospital.score('s49'), { total: 1, low: 1, high: 23, complete: false });
	assert.deepEqual([(await hospital.value(episode, 'heartRate')).text, (await hospital.value(episode, 'heartRate')).state], ['140', 'current']);
	const history = await hospital.list(`Observation/${id}/_history?`);
	assert.deepEqual(history.map((version) => [version.status, version.valueQuantity.value]), [['corrected', 140], ['final', 1400]]);
	const [who] = history[0].note;
	assert.deepEqual([who.authorString, who.text, Date.parse(who.time), history[1].note], ['Nora', 'Typing error: 1400', Date.parse(corrected), undefined], 'who, why and when');
	assert.ok(Date.parse(history[0].meta.lastUpdated) >= Date.parse(corrected) && Date.parse(history[1].meta.lastUpdated) < Date.parse(corrected), 'the record\'s own times agree');
	// An alert that a wrong value raised stays, for a person to resolve; what was said of it is not rewritten.
	await hospital.bed('s49-b');
	const first = await hospital.now();
	const [wrong] = await hospital.send('s49-b', { hr: 180 });
	await hospital.acknowledge(await hospital.alert('s49-b', 'parameter'));
	const { id: alert } = await hospital.alert('s49-b', 'parameter');
	const said = await hospital.list(`Task/${alert}/_history?`);
	assert.deepEqual([said[0].status, said.at(-1).status], ['accepted', 'requested']);
	await hospital.advance(2 * MIN);
	await hospital.put({ ...hospital.observation('s49-b', 'hr', 138, { status: 'corrected', effectiveDateTime: first, note: [{ authorString: 'Nora', text: 'Counted wrong' }] }), id: wrong });
	await hospital.settle();
	expectScore(await hospital.score('s49-b'), { total: 0, high: 22, complete: false });
	expectAlert(await hospital.alert('s49-b', 'parameter'), { level: 'medium', status: 'accepted' });
	const now = await hospital.list(`Task/${alert}/_history?`);
	assert.deepEqual(now.slice(-said.length), said, 'every version of the alert stands as it was');
	for (const version of now)
		assert.match(version.description, /Heart rate 180/);
	assert.deepEqual((await hospital.list(`Observation/${wrong}/_history?`)).map((version) => version.valueQuantity.value), [138, 180]);
});

test('S51 every value carries its age and is stale after four hours', async () => {
	const episode = await hospital.bed('s51');
	const at = await hospital.now();
	await hospital.send('s51', { rr: 28, temp: 36.8 });
	await hospital.advance(4 * HOUR - 1);
	assert.equal((await hospital.value(episode, 'respiratoryRate')).state, 'current');
	await hospital.advance(2);
	await hospital.send('s51', { hr: 130 });
	const shown = Object.fromEntries((await hospital.row(episode)).values.map((value) => [value.name, [value.state, value.measuredAt && minutesFrom(at, value.measuredAt) >= 240]]));
	assert.deepEqual(shown, { respiratoryRate: ['stale', false], temperature: ['stale', false], heartRate: ['current', true], spo2: ['missing', null] });
});

test('S55 an open alert keeps the version of its rule; later sets are judged by the next', async () => {
	const episode = await hospital.bed('s55');
	await hospital.send('s55', { temp: 38.0 });
	const plan = structuredClone(await hospital.get('PlanDefinition/childrens-cancer-1'));
	delete plan.meta;
	Object.assign(plan, { id: 'childrens-cancer-9', version: '9' });
	const fever = plan.action.find((action) => action.id === 'fever').extension;
	fever.find((one) => one.extension[0].valueCode === 'from').extension[1].valueDecimal = 38.5;
	await hospital.sign(plan);
	const changed = await hospital.server.post(`EpisodeOfCare/${episode}/$change-plan`, parameters({
		by: { valueReference: { reference: 'PractitionerRole/children-consultant' } }, plan: { valueString: 'Fever from 38.5' }, reason: { valueString: 'As signed' }, policy: { valueCanonical: `${CHILD}|9` } }));
	assert.equal(changed.status, 200, changed.text);
	await hospital.settle();
	const first = await hospital.alert('s55', 'fever');
	assert.deepEqual([extension(first, 'policy'), first.status], [`${CHILD}|1`, 'requested']);
	assert.equal((await hospital.row(episode)).policy.version, '9');
	await hospital.resolve(first);
	await hospital.advance(MIN);
	await hospital.send('s55', { temp: 38.4 });
	await hospital.none('s55');
	await hospital.advance(2 * MIN);
	await hospital.send('s55', { temp: 38.5 });
	const second = (await hospital.open('s55'))[0];
	expectAlert(second, { level: 'high' });
	assert.equal(extension(second, 'policy'), `${CHILD}|9`);
	assert.equal(extension(await hospital.get(`Task/${first.id}`), 'policy'), `${CHILD}|1`);
	assert.equal(later(second.authoredOn, 300), second.restriction.period.end);
});
