// SPDX-License-Identifier: Apache-2.0
// Scenarios of the ward reference, section 5, over HTTP: what is scored. S1-S3, S7, S9-S11, S20, S21.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADULT_WELL, HOUR, Hospital, MIN, WELL, expectAlert, expectScore, extension, minutesFrom, partsOf, quantity, snomed } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-05-03T21:30:00Z' }); });
after(() => hospital?.close());

test('S20 the chart of a child changes at local midnight of the birthday', async () => {
	const episode = await hospital.bed('s20', { birthDate: '2021-05-04' });
	await hospital.advanceTo('2026-05-03T22:50:00Z');
	await hospital.send('s20', { rr: 22, hr: 100, sbp: 105 });
	const [before] = await hospital.scores('s20');
	assert.deepEqual([before.valueQuantity.value, extension(before, 'score-band')], [1, '1-4 years']);
	await hospital.advanceTo('2026-05-03T23:10:00Z');
	await hospital.send('s20', { rr: 22, hr: 100, sbp: 105 });
	const [old, now] = await hospital.scores('s20');
	assert.deepEqual([now.valueQuantity.value, extension(now, 'score-band')], [0, '5-12 years']);
	assert.deepEqual([old.id, old.valueQuantity.value, old.meta.versionId], [before.id, 1, before.meta.versionId], 'the old score is not rewritten');
	expectAlert(await hospital.alert('s20', 'technical'), { level: 'technical' });
	await hospital.advance(30 * MIN);
	await hospital.send('s20', { rr: 22, hr: 100, sbp: 105 });
	await hospital.alert('s20', 'technical');
	assert.equal((await hospital.row(episode)).score.band, '5-12 years');
});

test('S21 first and thirteenth birthday', async () => {
	const cases = [
		{ id: 's21-one', birthDate: '2025-05-05', set: { rr: 45, hr: 145, sbp: 85 }, totals: [0, 2], bands: ['0-11 months', '1-4 years'] },
		{ id: 's21-teen', birthDate: '2013-05-05', set: { rr: 12, hr: 85, sbp: 100 }, totals: [2, 1], bands: ['5-12 years', '13 years and over'] },
	];
	for (const { id, birthDate } of cases)
		await hospital.bed(id, { birthDate });
	for (const instant of ['2026-05-04T22:50:00Z', '2026-05-04T23:10:00Z']) {
		await hospital.advanceTo(instant);
		for (const { id, set } of cases)
			await hospital.send(id, set);
	}
	for (const { id, totals, bands } of cases) {
		const scores = await hospital.scores(id);
		assert.deepEqual(scores.map((score) => score.valueQuantity.value), totals, id);
		assert.deepEqual(scores.map((score) => extension(score, 'score-band')), bands, id);
	}
});

test('S21 born on 29 February: an infant on 28 February, one year old on 1 March', async () => {
	const leap = await Hospital.open({ start: '2025-02-28T12:00:00Z' });
	try {
		await leap.bed('s21-leap', { birthDate: '2024-02-29' });
		await leap.send('s21-leap', { rr: 45, hr: 145, sbp: 85 });
		await leap.advanceTo('2025-03-01T12:00:00Z');
		await leap.send('s21-leap', { rr: 45, hr: 145, sbp: 85 });
		const scores = await leap.scores('s21-leap');
		assert.deepEqual(scores.map((score) => [extension(score, 'score-band'), score.valueQuantity.value]), [['0-11 months', 0], ['1-4 years', 2]]);
	} finally {
		await leap.close();
	}
});

test('S1 a well girl of three: PEWS 0, no alert, next due after 240 minutes', async () => {
	const episode = await hospital.bed('s1');
	const at = await hospital.now();
	const ids = await hospital.send('s1', WELL);
	const score = await hospital.score('s1');
	expectScore(score, { total: 0, level: 'none' });
	assert.deepEqual(score.derivedFrom.map((one) => one.reference).sort(), ids.map((id) => `Observation/${id}`).sort());
	assert.equal(score.category[0].coding[0].code, 'survey');
	await hospital.none('s1');
	const row = await hospital.row(episode);
	assert.equal(minutesFrom(at, row.nextDue), 240);
	assert.deepEqual([row.overdue, row.score.total, row.score.complete, row.score.missing], [null, 0, true, []]);
	assert.deepEqual(row.values.map((value) => value.state), row.values.map(() => 'current'));
});

test('S2 PEWS 5 is Medium: answer in 15 minutes, review in 30', async () => {
	const episode = await hospital.bed('s2');
	await hospital.send('s2', { ...WELL, rr: 44, hr: 152, spo2: 94, distress: 'mild' });
	const score = await hospital.score('s2');
	expectScore(score, { total: 5, level: 'medium' });
	const parts = partsOf(score);
	assert.deepEqual([parts.respiratoryRate, parts.heartRate, parts.spo2, parts.respiratoryDistress], [1, 2, 1, 1]);
	const task = await hospital.alert('s2', 'score');
	expectAlert(task, { level: 'medium', rung: 'Nurse', owner: 'children-nurse', minutes: 15 });
	assert.equal(task.focus.reference, `Observation/${score.id}`);
	assert.equal((await hospital.acknowledge(task)).status, 200);
	const answered = await hospital.alert('s2', 'score');
	expectAlert(answered, { level: 'medium', status: 'accepted', minutes: 30 });
	const [shown] = (await hospital.row(episode)).alerts;
	assert.deepEqual([shown.status, shown.acknowledgement.by, shown.acknowledgement.plan, shown.acknowledgement.reviewAt],
		['acknowledged', 'Nora', 'Plan of Nora', answered.restriction.period.end]);
});

test('S3 PEWS 16 is an Emergency for three people at once, and the family is told 999', async () => {
	const episode = await hospital.bed('s3');
	await hospital.relative('s3-mother', 's3');
	await hospital.send('s3', { rr: 52, hr: 172, sbp: 75, spo2: 91, distress: 'moderate', oxygen: 'NP 0.5 L/min', crt: 3 });
	const score = await hospital.score('s3');
	expectScore(score, { total: 16, level: 'emergency' });
	assert.deepEqual(Object.values(partsOf(score)).sort(), [1, 1, 2, 2, 2, 4, 4]);
	const task = await hospital.alert('s3', 'score');
	expectAlert(task, { level: 'emergency', minutes: 2 });
	assert.deepEqual((await hospital.pages(task)).map((page) => page.recipient[0].reference).sort(),
		['PractitionerRole/children-nurse', 'PractitionerRole/children-registrar', 'PractitionerRole/children-shift-lead']);
	const told = (await hospital.said('s3')).filter((page) => page.payload[0].contentString.includes('999'));
	assert.deepEqual(told.map((page) => page.recipient[0].reference), ['RelatedPerson/s3-mother']);
	const row = await hospital.row(episode);
	assert.deepEqual([row.score.total, row.score.level, row.alerts[0].level], [16, 'emergency', 'emergency']);
	for (const rung of ['Consultant', 'Switchboard']) {
		await hospital.advance(2 * MIN);
		expectAlert(await hospital.alert('s3', 'score'), { level: 'emergency', rung });
	}
});

test('S7 an adult scores temperature from 38.1', async () => {
	await hospital.bed('s7', { ward: 'adults', birthDate: '1960-02-01' });
	await hospital.send('s7', { ...ADULT_WELL, temp: 38.0 });
	await hospital.advance(HOUR);
	await hospital.send('s7', { ...ADULT_WELL, temp: 38.1 });
	const scores = await hospital.scores('s7');
	expectScore(scores[0], { total: 0 });
	expectScore(scores[1], { total: 1 });
	assert.deepEqual(scores.map((score) => partsOf(score).temperature), [0, 1]);
});

// One part of the score after one sign was sent alone, in a set of its own.
async function part(patient, sign, value, name) {
	await hospital.advance(11 * MIN);
	await hospital.send(patient, { [sign]: value });
	return partsOf(await hospital.score(patient))[name];
}

test('S9 no value falls into a gap between two bands', async () => {
	await hospital.bed('s9');
	assert.equal(await part('s9', 'rr', 39.995, 'respiratoryRate'), 1);
	assert.equal(await part('s9', 'spo2', 91.2, 'spo2'), 1);
	assert.equal(await part('s9', 'spo2', 91.005, 'spo2'), 4);
	assert.equal(await part('s9', 'crt', 2.5, 'capillaryRefill'), 2);
	assert.equal(await part('s9', 'oxygen', 'NRB 25 L/min', 'oxygen'), 4);
});

test('S10 oxygen counts by device and by amount; an amount that is not known is asked for', async () => {
	const episode = await hospital.bed('s10');
	assert.equal(await part('s10', 'oxygen', 'HF 2 L/min', 'oxygen'), 4);
	assert.equal(await part('s10', 'oxygen', 'air 21 %', 'oxygen'), 0);
	assert.equal(await part('s10', 'oxygen', 'NP 21 %', 'oxygen'), 1);
	assert.equal((await hospital.said('s10')).length, 0);
	await hospital.advance(11 * MIN);
	const { oxygen, ...rest } = WELL;
	assert.equal(oxygen, 'air');
	await hospital.send('s10', { ...rest, oxygen: 'NP' });
	const score = await hospital.score('s10');
	assert.equal(partsOf(score).oxygen, null);
	assert.equal(extension(score, 'score-complete'), false);
	assert.deepEqual((await hospital.row(episode)).score.missing, ['oxygen']);
	assert.equal((await hospital.said('s10')).filter((page) => /oxygen/i.test(page.payload[0].contentString)).length, 1);
});

test('S11 a blood pressure that was not done counts by its code, and a code must be given', async () => {
	const episode = await hospital.bed('s11');
	assert.equal(await part('s11', 'sbp', 'NCO', 'systolic'), 0);
	assert.equal(await part('s11', 'sbp', 'U0', 'systolic'), 0);
	assert.equal(await part('s11', 'sbp', 'U4', 'systolic'), 4);
	assert.equal((await hospital.value(episode, 'systolic')).text, 'not done: U4');
	await hospital.bed('s11-none');
	await hospital.send('s11-none', { ...WELL, sbp: 'she did not want it' });
	assert.equal(partsOf(await hospital.score('s11-none')).systolic, null);
	assert.equal(extension(await hospital.score('s11-none'), 'score-complete'), false);
});

test('S10 S15 oxygen counts in the code and unit of UK Core too', async () => {
	const on = (patient, at, more) => hospital.server.post('Observation', hospital.observation(patient, 'oxygen', 'air', { effectiveDateTime: at, code: snomed('371825009'), ...more }));
	await hospital.bed('oxygen-adult', { ward: 'adults', birthDate: '1950-03-01' });
	await hospital.bed('oxygen-child');
	const cases = [[{}, 2, null], [{ valueQuantity: quantity(2, 'l/min') }, 2, 2], [{ valueQuantity: quantity(35, '%') }, 2, 2]];
	for (const [more, adult, child] of cases) {
		await hospital.advance(11 * MIN);
		const at = await hospital.now();
		for (const id of ['oxygen-adult', 'oxygen-child'])
			assert.equal((await on(id, at, more)).status, 201);
		const { oxygen, ...rest } = WELL;
		assert.equal(oxygen, 'air');
		await hospital.send('oxygen-child', rest, { at });
		await hospital.settle();
		assert.deepEqual([partsOf(await hospital.score('oxygen-adult')).oxygen, partsOf(await hospital.score('oxygen-child')).oxygen], [adult, child], JSON.stringify(more));
	}
	assert.deepEqual(await hospital.tasks('oxygen-adult', '&code=implausible'), []);
});

// UK Core's NEWS2 example, re-expressed: its stated total is 6, its values make 5.
test('S12 S16 consciousness counts in the codes of UK Core too', async () => {
	await hospital.bed('acvpu');
	for (const [code, level] of [['248234008', undefined], ['300202002', 'high'], ['450847001', 'emergency']]) {
		await hospital.advance(MIN);
		const one = hospital.observation('acvpu', 'mind', 'A', { effectiveDateTime: await hospital.now(), valueCodeableConcept: snomed(code) });
		assert.equal((await hospital.server.post('Observation', one)).status, 201);
		await hospital.settle();
		if (level === undefined)
			await hospital.none('acvpu');
		else
			expectAlert(await hospital.alert('acvpu', 'concern'), { level });
	}
});
