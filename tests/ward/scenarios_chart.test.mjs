// SPDX-License-Identifier: Apache-2.0
// What the chart must carry (SPOT specification V2.0): the site of a temperature (C15.2), the chart that a score was made
// on, a clinician's choice of the adjacent one (C2.2), and observations of the last ten minutes (C3.8).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { ADULT_WELL, CHILD, HW, Hospital, MIN, WELL, expectAlert, expectScore, extension, later, quantity, snomed, until } from './hospital.mjs';

const SITE = (code, more) => ({ bodySite: { ...snomed(code), ...more } });
const HOUR = 3600, DAY = 24 * HOUR;
let hospital;
before(async () => {
	hospital = await Hospital.open({ start: '2026-06-01T09:00:00Z' });
	await until(async () => (await hospital.server.get('//ward/board?ward=marker')).status === 200, 'the board');
});
after(() => hospital?.close());

const chartOf = (score) => score.component.find((one) => one.code.text === 'chart');
const choose = (episode, chart, { by = 'children-consultant', reason = 'Small for her age', ...more } = {}) =>
	hospital.server.post(`EpisodeOfCare/${episode}/$pews-chart`, parameters({
		by: { valueReference: { reference: `PractitionerRole/${by}` } }, chart: { valueCode: chart }, reason: { valueString: reason }, ...more,
	}));
// The n-th score of a patient: after days of silence what alerts is written before it.
const nth = async (id, count) => {
	await until(async () => (await hospital.scores(id)).length === count, `score ${count} of ${id}`);
	return hospital.score(id);
};
const said = (answer) => answer.json.issue.map((one) => one.diagnostics).join(' ');

test('C15.2 the site of a temperature comes from bodySite or from its code; what is not known is shown as sent, never guessed', async () => {
	const episode = await hospital.bed('site');
	const loinc = (code) => ({ coding: [{ system: 'http://loinc.org', code }] });
	for (const [sent, shown] of [
		[{}, null],
		[SITE('91470000'), 'axilla'],
		[SITE('42859004'), 'tympanic'],
		[SITE('74262004'), 'oral'],
		[SITE('34402009'), 'rectal'],
		[SITE('52795006'), 'forehead'],
		[SITE('39937001'), 'skin'],
		[{ code: loinc('8328-7') }, 'axilla'],
		[{ code: loinc('8333-7') }, 'tympanic'],
		[{ code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '188428' }] } }, 'ear'],
		[SITE('38266002', { coding: [{ system: 'http://snomed.info/sct', code: '38266002', display: 'Entire body as a whole' }] }), 'Entire body as a whole'],
		[{ bodySite: { text: 'behind the knee' } }, 'behind the knee'],
		[SITE('7569003'), '7569003'],
		[{ ...SITE('91470000'), code: loinc('8331-1') }, 'axilla, coded as oral'],
	]) {
		await hospital.advance(MIN);
		await hospital.send('site', { temp: 36.9 }, sent);
		assert.equal((await hospital.value(episode, 'temperature')).site, shown, JSON.stringify(sent));
	}
	await hospital.advance(MIN);
	await hospital.send('site', { hr: 120 }, SITE('91470000'));
	assert.equal((await hospital.value(episode, 'heartRate')).site, null, 'a pulse has no such site');
	const paper = await hospital.server.get('//ward/print?ward=children');
	assert.match(paper.text, /36\.9<\/b> °C<br>.*<br>axilla, coded as oral/);
});

test('C15.2 the published example of HL7 (Observation f202, oral) is charted as oral; a component says its site by its code alone', async () => {
	const { text, ...published } = JSON.parse(fs.readFileSync('node_modules/hl7.fhir.r4.examples/Observation-f202.json', 'utf8'));
	const episode = await hospital.bed('f202');
	await hospital.put({ ...published, status: 'final', performer: undefined, subject: { reference: 'Patient/f202' }, effectiveDateTime: await hospital.now() });
	await hospital.settle();
	const value = await hospital.value(episode, 'temperature');
	assert.deepEqual([value.text, value.site], ['39', 'oral']);
	const panel = await hospital.bed('panel');
	await hospital.put({
		resourceType: 'Observation', id: 'panel', status: 'final', subject: { reference: 'Patient/panel' }, effectiveDateTime: await hospital.now(),
		code: { coding: [{ system: 'http://loinc.org', code: '85353-1' }] }, ...SITE('91470000'),
		component: [{ code: { coding: [{ system: 'http://loinc.org', code: '8332-9' }] }, valueQuantity: quantity(37.2, 'Cel') }],
	});
	await hospital.settle();
	assert.equal((await hospital.value(panel, 'temperature')).site, 'rectal', 'the site of a panel may be that of its cuff');
	await hospital.crash(MIN);
	assert.equal((await hospital.value(panel, 'temperature')).site, 'rectal', 'and after a restart');
});

test('every score says on which chart it was made: National PEWS by UK Core\'s code "chart used", NEWS2 and MEOWS by their scale', async () => {
	const published = fs.readFileSync('../shared/data/uk-core/valuesets/ValueSet-UKCore-EarlyWarningSubScore.xml', 'utf8');
	assert.match(published, /<code value="1364091000000101" \/>\s*<display value="NPEWS \(National Paediatric Early Warning Score\) chart used" \/>/);
	for (const [id, birthDate, band, code] of [
		['used-0', '2025-12-01', '0-11 months', '0-11-months'], ['used-1', '2023-06-01', '1-4 years', '1-4-years'],
		['used-5', '2019-06-01', '5-12 years', '5-12-years'], ['used-13', '2012-06-01', '13 years and over', '13-years-and-over'],
	]) {
		await hospital.bed(id, { birthDate });
		await hospital.send(id, WELL);
		const score = await hospital.score(id), used = chartOf(score);
		assert.deepEqual(used.code.coding, [{ system: 'http://snomed.info/sct', code: '1364091000000101', display: 'NPEWS (National Paediatric Early Warning Score) chart used' }]);
		assert.deepEqual(used.valueCodeableConcept.coding, [{ system: `${HW}CodeSystem/pews-chart`, code, display: band }]);
		assert.deepEqual([extension(score, 'score-band'), used.extension], [band, undefined]);
	}
	const chart = (score) => [chartOf(score).code.coding[0].code, chartOf(score).valueCodeableConcept.coding[0].code];
	const adult = await hospital.bed('used-adult', { ward: 'adults', birthDate: '1950-03-01' });
	await hospital.send('used-adult', ADULT_WELL);
	const first = await hospital.score('used-adult');
	assert.deepEqual(chart(first), ['chart-used', 'news2-spo2-scale-1']);
	const ordered = await hospital.server.post(`EpisodeOfCare/${adult}/$spo2-scale`, parameters({
		by: { valueReference: { reference: 'PractitionerRole/adults-consultant' } }, scale: { valueInteger: 2 }, reason: { valueString: 'Target 88 to 92 %' } }));
	assert.equal(ordered.status, 200, ordered.text);
	await hospital.advance(11 * MIN);
	await hospital.send('used-adult', ADULT_WELL);
	assert.deepEqual(chart(await hospital.score('used-adult')), ['chart-used', 'news2-spo2-scale-2']);
	assert.equal((await hospital.get(`Observation/${first.id}`)).meta.versionId, first.meta.versionId, 'the score before the order is not rewritten');
	await hospital.bed('used-mother', { ward: 'adults', birthDate: '1995-03-01', policy: `${HW}PlanDefinition/maternity|1` });
	await hospital.send('used-mother', { hr: 90, rr: 16, spo2: 98, temp: 37, sbp: '120/70', mind: 'A' });
	const [meows] = await hospital.list(`Observation?subject=Patient/used-mother&code=${HW}CodeSystem/score|meows`);
	assert.deepEqual(chart(meows), ['chart-used', 'meows-cemach']);
});

// RR 22, HR 100 and BP 105 are 1 point on the chart of 1-4 years and none on that of 5-12 (scenario S20).
const SMALL = { ...WELL, rr: 22, hr: 100, sbp: 105 };
test('C2.2 near her birthday a senior clinician may choose the adjacent chart and no other; it counts for what comes, and board and score say who and why', async () => {
	const episode = await hospital.bed('choice', { birthDate: '2021-06-10' });
	await hospital.send('choice', SMALL);
	expectScore(await hospital.score('choice'), { total: 1 });
	const first = await hospital.score('choice');
	const offered = (await hospital.row(episode)).chart;
	assert.deepEqual(offered, { byAge: { code: '1-4-years', name: '1-4 years' }, beside: { code: '5-12-years', name: '5-12 years' }, chosen: null });
	for (const [chart, more, status, words] of [
		['5-12-years', { by: 'children-nurse' }, 403, /Nurse in charge, Registrar, Consultant/],
		['5-12-years', { by: 'adults-consultant' }, 403, /patient's own ward/],
		['13-years-and-over', {}, 422, /must be 5-12-years, the one beside/],
		['0-11-months', {}, 422, /5-12-years/],
		['1-4-years', {}, 422, /5-12-years/],
		['5-12-years', { reason: ' ' }, 400, /reason/],
		['5-12-years', { expires: { valueDateTime: '2026-05-01T10:00:00Z' } }, 422, /still to come/],
		['5-12-years', { expires: { valueDateTime: '2026-07-01' } }, 422, /time of day/],
	]) {
		const refused = await choose(episode, chart, more);
		assert.equal(refused.status, status, `${chart} ${JSON.stringify(more)}: ${refused.text}`);
		assert.match(said(refused), words);
	}
	assert.equal((await hospital.get(`Observation/${first.id}`)).meta.versionId, first.meta.versionId);
	await hospital.advance(11 * MIN);
	const chosenAt = await hospital.now();
	assert.equal((await choose(episode, '5-12-years', { by: 'children-registrar', expires: { valueDateTime: later(chosenAt, DAY) } })).status, 200);
	await hospital.send('choice', SMALL);
	const score = await hospital.score('choice'), used = chartOf(score);
	expectScore(score, { total: 0 });
	assert.equal(used.valueCodeableConcept.coding[0].code, '5-12-years');
	assert.deepEqual(['chart-chosen-by', 'chart-reason', 'chart-by-age'].map((name) => extension(used, name)), ['The registrar', 'Small for her age', '1-4-years']);
	const row = await hospital.row(episode);
	assert.deepEqual([row.score.band, row.score.chartChosenBy, row.score.chartReason], ['5-12 years', 'The registrar', 'Small for her age']);
	assert.deepEqual(row.chart.chosen, { chart: { code: '5-12-years', name: '5-12 years' }, by: 'The registrar', reason: 'Small for her age',
		at: chosenAt, until: later(chosenAt, DAY) });
	await hospital.none('choice'); // who chose it need not be told
	const unchanged = await hospital.get(`Observation/${first.id}`);
	assert.deepEqual([unchanged.meta.versionId, chartOf(unchanged).valueCodeableConcept.coding[0].code], [first.meta.versionId, '1-4-years'], 'old scores are not rewritten');
	await hospital.crash(MIN);
	assert.equal((await hospital.row(episode)).chart.chosen.by, 'The registrar', 'and after a restart');
	await hospital.advance(DAY + HOUR);
	await hospital.send('choice', SMALL);
	expectScore(await hospital.score('choice'), { total: 1 });
	assert.equal((await hospital.row(episode)).chart.chosen, null, 'it ended at its expiry');
	const ended = (await hospital.open('choice')).filter((one) => /chart/.test(one.description));
	assert.deepEqual(ended.map((one) => one.description), ['The choice of a chart has ended: the chart for 1-4 years counts from now on']);
});

test('C2.2 past the birthday the chart before it may be kept, until the age is borderline no more; by-age ends it at once; every step is in the plan', async () => {
	const episode = await hospital.bed('kept', { birthDate: '2021-05-05' }); // she was five 28 days ago
	await hospital.send('kept', SMALL);
	expectScore(await nth('kept', 1), { total: 0 });
	assert.equal((await choose(episode, '1-4-years')).status, 200);
	await hospital.advance(11 * MIN);
	await hospital.send('kept', SMALL);
	expectScore(await nth('kept', 2), { total: 1 });
	assert.equal((await choose(episode, 'by-age', { reason: 'Grown since' })).status, 200);
	await hospital.advance(11 * MIN);
	await hospital.send('kept', SMALL);
	expectScore(await nth('kept', 3), { total: 0 });
	assert.equal((await choose(episode, '1-4-years')).status, 200);
	const [plan] = await hospital.list('CarePlan?subject=Patient/kept');
	assert.deepEqual(plan.extension.filter((one) => /pews-chart/.test(one.url)).map((one) => one.extension.find((part) => part.url === 'chart').valueCode),
		['1-4-years', 'by-age', '1-4-years']);
	await hospital.advance(3 * DAY);
	await hospital.send('kept', SMALL);
	expectScore(await nth('kept', 4), { total: 0 });
	assert.match(said(await choose(episode, '1-4-years')), /not borderline.*within 30 days/);
	const adult = await hospital.bed('kept-adult', { ward: 'adults', birthDate: '1950-03-01' });
	assert.match(said(await choose(adult, '1-4-years', { by: 'adults-consultant' })), /another score/);
});

test('how near a birthday counts as borderline is a setting of the policy', async () => {
	const [policy] = await hospital.list(`PlanDefinition?url=${CHILD}&version=2`);
	const wide = (days) => ({
		...policy, id: `childrens-cancer-borderline-${days}`, version: `borderline-${days}`, action: policy.action.map((one) => one.id !== 'score' ? one : {
			...one, extension: [...one.extension, { url: `${HW}StructureDefinition/setting`, extension: [
				{ url: 'name', valueCode: 'borderline' }, { url: 'value', valueDuration: { value: days, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' } }] }] }),
	});
	const episode = await hospital.bed('wide', { birthDate: '2021-07-15', policy: await hospital.sign(wide(60)) });
	assert.equal((await choose(episode, '5-12-years')).status, 200, 'forty days before her birthday');
	const usual = await hospital.bed('usual', { birthDate: '2021-07-15' });
	assert.equal((await choose(usual, '5-12-years')).status, 422);
	const { meta, extension: signatures, ...draft } = wide(93);
	await hospital.put({ ...draft, status: 'draft' });
	const refused = await hospital.server.post(`PlanDefinition/${draft.id}/$sign`, parameters({ by: { valueReference: { reference: 'PractitionerRole/adults-consultant' } } }));
	assert.match(said(refused), /score\.borderline must be 92 days at most/);
});

test('nobody chooses a chart by writing the plan of care', async () => {
	const episode = await hospital.bed('guarded', { birthDate: '2021-06-20' });
	const [plan] = await hospital.list('CarePlan?subject=Patient/guarded');
	const forged = { url: `${HW}StructureDefinition/pews-chart`, extension: [{ url: 'chart', valueCode: '5-12-years' }, { url: 'at', valueInstant: await hospital.now() },
		{ url: 'by', valueReference: { display: 'The consultant' } }, { url: 'reason', valueString: 'None' }] };
	const put = (resource) => hospital.server.put(`CarePlan/${plan.id}`, resource);
	const refused = await put({ ...plan, extension: [...plan.extension ?? [], forged] });
	assert.deepEqual([refused.status, /pews-chart alone/.test(said(refused))], [422, true]);
	assert.equal((await choose(episode, '5-12-years')).status, 200);
	const [ordered] = await hospital.list('CarePlan?subject=Patient/guarded');
	assert.equal((await put({ ...ordered, extension: ordered.extension.filter((one) => !/pews-chart/.test(one.url)) })).status, 422);
	assert.equal((await hospital.server.delete(`CarePlan/${plan.id}`)).status, 409);
});

test('C3.8 observations that are ten minutes old still score and escalate, as a set of their own time', async () => {
	await hospital.bed('ten', { policy: `${CHILD}|1` });
	const taken = later(await hospital.now(), -10 * MIN);
	await hospital.send('ten', { ...WELL, rr: 52, hr: 172, sbp: 75, spo2: 91, distress: 'moderate', oxygen: 'NP 0.5 L/min', crt: 3 }, { at: taken });
	const score = await hospital.score('ten');
	expectScore(score, { total: 16, level: 'emergency' });
	assert.equal(Date.parse(score.effectiveDateTime), Date.parse(taken));
	const task = await hospital.alert('ten', 'score');
	expectAlert(task, { level: 'emergency' });
	assert.doesNotMatch(task.description, /late/);
	// What was measured within ten minutes of the first of a set is one set: its last sign brings the total up.
	await hospital.bed('slow', { policy: `${CHILD}|1` });
	const { spo2, ...others } = WELL;
	const began = await hospital.now();
	await hospital.send('slow', { ...others, rr: 44, hr: 152 }, { at: began });
	await hospital.advance(10 * MIN);
	await hospital.send('slow', { spo2: 91 }, { at: later(began, 10 * MIN) });
	assert.equal((await hospital.scores('slow')).length, 1);
	expectScore(await hospital.score('slow'), { total: 7, level: 'medium' });
	expectAlert(await hospital.alert('slow', 'score'), { level: 'medium' });
});
