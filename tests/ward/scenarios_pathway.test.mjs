// SPDX-License-Identifier: Apache-2.0
// Scenarios of the ward reference, section 5, that lie in a pathway's policy: S8, S14-S16, S22; and the main path of each
// pathway that comes with the program.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { ADULT, ADULT_WELL, CHILD, HOUR, HW, Hospital, MIN, WELL, expectAlert, expectScore, extension, minutesFrom, partsOf, quantity, snomed } from './hospital.mjs';

const POLICY = (name) => `${HW}PlanDefinition/${name}`;
const BORN = { birthDate: '1950-03-01', ward: 'adults' };
let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-03-20T09:00:00Z' }); });
after(() => hospital?.close());

const due = async (episode, ward) => (await hospital.row(episode, ward)).nextDue;
// The alert of a range of one sign (a score's single value has the same rule, and names what is unscored).
const ranged = async (id) => (await hospital.open(id)).find((one) => one.code.coding[0].code === 'parameter' && !/unscored/.test(one.description));
const admit = (id, ward, policy) => hospital.server.post('EpisodeOfCare/$admit', parameters({
	patient: { valueReference: { reference: `Patient/${id}` } }, ward: { valueReference: { reference: `Organization/${ward}` } }, policy: { valueCanonical: policy },
}));
const patient = (id, birthDate = '1990-05-01') => hospital.put({ resourceType: 'Patient', id, birthDate, name: [{ text: `Synthetic ${id}` }] });
const said = (answer) => answer.json.issue.map((one) => one.diagnostics).join(' ');
const order = (episode, scale, by = 'adults-consultant') => hospital.server.post(`EpisodeOfCare/${episode}/$spo2-scale`, parameters({
	by: { valueReference: { reference: `PractitionerRole/${by}` } }, scale: { valueInteger: scale }, reason: { valueString: 'Target 88 to 92 %' },
}));

test('S8 a set from home is a partial PEWS with its bounds: one value is judged alone, never as a complete 1', async () => {
	const episode = await hospital.bed('s8', { policy: `${CHILD}|2` });
	const home = { temp: 36.9, hr: 142, spo2: 97, rr: 36 };
	await hospital.send('s8', { ...home, oxygen: 'air' });
	const score = await hospital.score('s8');
	expectScore(score, { total: 1, low: 1, high: 11, complete: false });
	for (const name of ['respiratoryDistress', 'systolic', 'capillaryRefill'])
		assert.equal(score.component.find((one) => one.code.text === name).dataAbsentReason.coding[0].code, 'unknown', name);
	const row = await hospital.row(episode);
	assert.deepEqual([row.score.total, row.score.complete, row.score.low, row.score.high], [1, false, 1, 11]);
	assert.deepEqual(row.score.missing.sort(), ['capillaryRefill', 'respiratoryDistress', 'systolic']);
	assert.equal(row.score.unscored, 'Systolic BP, Resp distress, Cap refill (max +10)');
	const task = await hospital.alert('s8', 'parameter');
	expectAlert(task, { level: 'low', minutes: 60 });
	assert.match(task.description, /^Heart rate 142 at .*: partial PEWS 1, unscored: Systolic BP, Resp distress, Cap refill \(max \+10\)$/);
	assert.deepEqual(await hospital.tasks('s8', '&code=score'), [], 'the total of a part is no score');
	// The row's input to the letter, which does not say "air": oxygen is then unscored too (no missing sign scores 0 in
	// silence, ward.md D2), so the bound is ten and the four that oxygen can add.
	const bare = await hospital.bed('s8-bare', { policy: `${CHILD}|2` });
	await hospital.send('s8-bare', home);
	expectScore(await hospital.score('s8-bare'), { total: 1, low: 1, high: 15, complete: false });
	const shown = (await hospital.row(bare)).score;
	assert.deepEqual([shown.total, shown.complete, shown.low, shown.high], [1, false, 1, 15]);
	assert.deepEqual(shown.missing.sort(), ['capillaryRefill', 'oxygen', 'respiratoryDistress', 'systolic']);
	assert.equal(shown.unscored, 'Systolic BP, Oxygen, Resp distress, Cap refill (max +14)');
	const alone = await hospital.alert('s8-bare', 'parameter');
	expectAlert(alone, { level: 'low', minutes: 60 });
	assert.match(alone.description, /^Heart rate 142 at .*: partial PEWS 1, unscored: .*Oxygen.*\(max \+14\)$/);
	assert.deepEqual((await hospital.open('s8-bare')).map((one) => one.id), [alone.id], 'the rule of one parameter, and nothing else');
	await hospital.bed('s8-whole', { policy: `${CHILD}|2` });
	await hospital.send('s8-whole', { ...WELL, hr: 142 });
	expectAlert(await hospital.alert('s8-whole', 'score'), { level: 'low' });
});

test('S14 S15 SpO2 scale 2 counts from the order of a consultant and nowhere else; the board says who ordered it and when', async () => {
	const set = { rr: 20, spo2: 90, oxygen: 'NP 2 L/min', sbp: 130, hr: 88, mind: 'A', temp: 37.0 };
	const episode = await hospital.bed('s14', { ...BORN, policy: `${POLICY('copd')}|1` });
	await hospital.bed('s14-first', BORN);
	await hospital.put({
		resourceType: 'Condition', id: 's15-copd', subject: { reference: 'Patient/s14' },
		code: { coding: [{ system: 'http://snomed.info/sct', code: '13645005' }], text: 'COPD' },
	});
	await hospital.send('s14', set);
	expectScore(await hospital.score('s14'), { total: 5, level: 'medium' }); // COPD, and no order
	const unordered = (await hospital.row(episode, 'adults')).score;
	assert.deepEqual([unordered.spo2Scale, unordered.scaleSetBy, unordered.scaleSetAt], [1, null, null]);
	assert.equal((await order(episode, 2, 'adults-nurse')).status, 403);
	assert.equal((await order(episode, 3)).status, 400);
	const at = await hospital.now();
	assert.equal((await order(episode, 2)).status, 200);
	await hospital.advance(11 * MIN);
	await hospital.send('s14', set);
	await hospital.send('s14-first', set);
	const [before, ordered] = await hospital.scores('s14');
	const usual = await hospital.score('s14-first');
	expectScore(before, { total: 5, level: 'medium' }); // what was scored is not scored again
	expectScore(ordered, { total: 2, level: 'low' });
	expectScore(usual, { total: 5, level: 'medium' });
	assert.equal(partsOf(usual).spo2, 3);
	const codes = (score) => score.component.find((one) => one.code.text === 'spo2').code.coding[0].code;
	assert.deepEqual([codes(ordered), codes(usual)], ['1104321000000108', '1104311000000102'], 'the part says which scale');
	const shown = (await hospital.row(episode, 'adults')).score;
	assert.deepEqual([shown.spo2Scale, shown.scaleSetBy, shown.scaleSetAt], [2, 'The consultant', at]);
	for (const [spo2, oxygen, expected] of [[93, 'air', [0, 0]], [93, 'NP 2 L/min', [1, 2]], [97, 'NP 2 L/min', [3, 2]], [83, 'air', [3, 0]]]) {
		await hospital.advance(11 * MIN);
		await hospital.send('s14', { spo2, oxygen });
		const parts = partsOf(await hospital.score('s14'));
		assert.deepEqual([parts.spo2, parts.oxygen], expected, `${spo2} on ${oxygen}`);
	}
	assert.equal((await order(episode, 1)).status, 200);
	await hospital.advance(11 * MIN);
	await hospital.send('s14', set);
	expectScore(await hospital.score('s14'), { total: 5 });
	const child = await hospital.bed('s14-child');
	assert.equal((await order(child, 2)).status, 403, 'a consultant of another ward');
	assert.equal((await order(child, 2, 'children-consultant')).status, 422, 'PEWS has one scale');
});

test('S16 new confusion alone is a single 3: Medium, not Low, the nurse is told to have it reviewed, and the next set is due in an hour; a doctor is told when no nurse answers', async () => {
	const episode = await hospital.bed('s16', { ...BORN, policy: `${ADULT}|2` });
	await hospital.send('s16', ADULT_WELL);
	const after = async () => minutesFrom(await hospital.now(), await due(episode, 'adults'));
	assert.equal(await after(), 240);
	for (const [set, level, minutes] of [
		[{ ...ADULT_WELL, mind: 'C' }, 'low-medium', 60],
		[{ ...ADULT_WELL, rr: 22, spo2: 94, sbp: 108, hr: 95 }, 'medium', 60],
		[{ ...ADULT_WELL, rr: 25, spo2: 93, sbp: 108, hr: 95 }, 'high', 30],
		[ADULT_WELL, 'none', 240],
	]) {
		await hospital.advance(15 * MIN);
		await hospital.send('s16', set);
		assert.deepEqual([extension(await hospital.score('s16'), 'score-level'), await after()], [level, minutes]);
	}
	await hospital.bed('s16-alone', { ...BORN, policy: `${ADULT}|2` });
	await hospital.send('s16-alone', { ...ADULT_WELL, mind: 'C' });
	expectScore(await hospital.score('s16-alone'), { total: 3, level: 'low-medium' });
	const raised = await hospital.alert('s16-alone', 'score');
	expectAlert(raised, { level: 'medium', minutes: 15, rung: 'Nurse' });
	assert.match(raised.description, /Consciousness C\. Tell the medical team: they review$/);
	// A doctor is told to review when the nurses have not answered: the registrar, half an hour after it was raised.
	const doctors = async () => (await hospital.pages(raised)).filter((page) => page.recipient[0].reference === 'PractitionerRole/adults-registrar');
	await hospital.advance(30 * MIN - 1);
	assert.deepEqual(await doctors(), []);
	await hospital.advance(1);
	expectAlert(await hospital.alert('s16-alone', 'score'), { level: 'medium', rung: 'Registrar', owner: 'adults-registrar' });
	assert.equal((await doctors()).length, 1);
	await hospital.advance(90 * MIN);
	expectAlert(await hospital.alert('s16-alone', 'overdue'), { level: 'medium' });
});

test('S22 the ward decides between PEWS and NEWS2 at sixteen, and the board says which', async () => {
	const set = { rr: 22, hr: 105, sbp: 115, spo2: 97, oxygen: 'air', temp: 37.0 };
	for (const [ward, scale, policy] of [['children', 'npews', `${CHILD}|1`], ['adults', 'news2', `${ADULT}|1`], ['children', 'npews', `${CHILD}|2`], ['adults', 'news2', `${ADULT}|2`]]) {
		const id = `s22-${ward}-${policy.at(-1)}`;
		const episode = await hospital.bed(id, { ward, birthDate: '2010-01-15', policy });
		assert.deepEqual(hospital.plan.instantiatesCanonical, [policy]);
		await hospital.send(id, set);
		assert.equal((await hospital.row(episode, ward)).score.scale, scale);
	}
	await patient('s22-grown', '1990-01-01');
	const refused = await admit('s22-grown', 'children', `${CHILD}|2`);
	assert.equal(refused.status, 422);
	assert.match(said(refused), /Aged under 19/);
});

const PREGNANT = { coding: [{ system: 'http://snomed.info/sct', code: '77386006' }] };
test('S22 in pregnancy NEWS2 is refused: at the door, and when it becomes known; the maternity policy scores', async () => {
	await patient('s22-p', '2002-01-15');
	await hospital.put({ resourceType: 'Condition', id: 's22-condition', subject: { reference: 'Patient/s22-p' }, code: PREGNANT });
	for (const policy of [`${ADULT}|1`, `${ADULT}|2`, `${POLICY('copd')}|1`]) {
		const refused = await admit('s22-p', 'adults', policy);
		assert.equal(refused.status, 422, policy);
		assert.match(said(refused), /pregnan.*maternity/is);
	}
	assert.equal((await admit('s22-p', 'adults', `${POLICY('maternity')}|1`)).status, 201);
	await hospital.send('s22-p', { hr: 104, rr: 22, spo2: 98, temp: 37, sbp: '120/70', mind: 'A' });
	assert.equal((await hospital.alert('s22-p', 'score')).description.includes('MEOWS 0 red, 2 yellow'), true);

	const episode = await hospital.bed('s22-later', { ward: 'adults', birthDate: '2002-01-15' });
	await hospital.send('s22-later', ADULT_WELL);
	assert.equal((await hospital.row(episode, 'adults')).score.total, 0);
	const status = (id, code, display) => hospital.put({
		resourceType: 'Observation', id, status: 'final', subject: { reference: 'Patient/s22-later' }, effectiveDateTime: '2026-03-20T08:00:00Z',
		code: { coding: [{ system: 'http://loinc.org', code: '82810-3' }] }, valueCodeableConcept: { coding: [{ system: 'http://loinc.org', code, display }] },
	});
	await status('s22-test', 'LA15173-0', 'Pregnant');
	await hospital.settle();
	const task = await hospital.alert('s22-later', 'technical');
	expectAlert(task, { level: 'medium' });
	assert.match(task.description, /maternity tool is required/);
	await hospital.advance(11 * MIN);
	await hospital.send('s22-later', { ...ADULT_WELL, rr: 26 });
	const row = await hospital.row(episode, 'adults');
	assert.deepEqual([row.score, row.pregnant], [null, true]);
	assert.equal((await hospital.scores('s22-later')).length, 1, 'no NEWS2 was made');
	await status('s22-test', 'LA26683-5', 'Not pregnant'); // it was a mistake
	await hospital.advance(11 * MIN);
	await hospital.send('s22-later', ADULT_WELL);
	assert.deepEqual([(await hospital.row(episode, 'adults')).score.total, (await hospital.row(episode, 'adults')).pregnant], [0, false]);
	assert.equal((await hospital.scores('s22-later')).length, 3, 'what was not judged is judged');
});

test('children\'s cancer: the interval follows PEWS and the fever rule stands', async () => {
	const episode = await hospital.bed('path-cancer', { policy: `${CHILD}|2` });
	await hospital.send('path-cancer', { ...WELL, rr: 44, hr: 152, spo2: 94, distress: 'mild' });
	assert.equal(minutesFrom(await hospital.now(), await due(episode)), 30);
	await hospital.advance(15 * MIN);
	await hospital.send('path-cancer', { ...WELL, temp: 38.0 });
	assert.equal(minutesFrom(await hospital.now(), await due(episode)), 240);
	expectAlert(await hospital.alert('path-cancer', 'fever'), { level: 'high' });
});

test('general paediatrics: a fever is Medium, PEWS as ever', async () => {
	await hospital.bed('path-child', { policy: `${POLICY('paediatric-general')}|1` });
	await hospital.send('path-child', { ...WELL, temp: 38.4 });
	expectAlert(await hospital.alert('path-child', 'fever'), { level: 'medium' });
	await hospital.advance(11 * MIN);
	await hospital.send('path-child', { ...WELL, rr: 52, hr: 172 });
	expectAlert(await hospital.alert('path-child', 'score'), { level: 'medium' });
});

test('maternity: one yellow is Low, two yellows or one red the trigger; what is missing is never white', async () => {
	const mother = { rr: 16, hr: 80, spo2: 98, temp: 37, sbp: '120/70', mind: 'A' };
	const episode = await hospital.bed('path-mother', { ward: 'adults', birthDate: '1996-01-15', policy: `${POLICY('maternity')}|1` });
	await hospital.send('path-mother', mother);
	const calm = await hospital.score('path-mother').catch(() => undefined);
	assert.equal(calm, undefined, 'no NEWS2 and no PEWS');
	await hospital.none('path-mother');
	const colours = async () => {
		const found = await hospital.list(`Observation?subject=Patient/path-mother&code=${HW}CodeSystem/score|meows`);
		return found.sort((a, b) => Date.parse(a.effectiveDateTime) - Date.parse(b.effectiveDateTime)).at(-1);
	};
	assert.equal((await colours()).valueString, '0 red, 0 yellow');
	await hospital.advance(11 * MIN);
	await hospital.send('path-mother', { ...mother, sbp: '120/92' });
	expectAlert(await hospital.alert('path-mother', 'score'), { level: 'low' });
	assert.equal((await hospital.value(episode, 'diastolic', 'adults')).part, 1);
	await hospital.advance(11 * MIN);
	await hospital.send('path-mother', { ...mother, sbp: '152/92' });
	expectAlert(await hospital.alert('path-mother', 'score'), { level: 'high' });
	const part = (await colours()).component.find((one) => one.code.text === 'diastolic');
	assert.equal(part.valueCodeableConcept.coding[0].code, 'yellow');
	assert.equal((await hospital.row(episode, 'adults')).score.text, '0 red, 2 yellow');
	assert.equal(minutesFrom(await hospital.now(), await due(episode, 'adults')), 30);
	await hospital.bed('path-red', { ward: 'adults', birthDate: '1996-01-15', policy: `${POLICY('maternity')}|1` });
	await hospital.send('path-red', { temp: 38.1 });
	const alone = await hospital.alert('path-red', 'parameter');
	expectAlert(alone, { level: 'high' });
	assert.match(alone.description, /^Temperature 38.1 at .*: partial MEOWS 1 red, 0 yellow, unscored: Resp rate, /);
});

test('post-operative step-down: fast pulse, low pressure and fever by themselves', async () => {
	await hospital.bed('path-op', { ...BORN, policy: `${POLICY('post-operative')}|1` });
	await hospital.send('path-op', { ...ADULT_WELL, hr: 121 });
	expectAlert(await hospital.alert('path-op', 'parameter'), { level: 'high' });
	await hospital.advance(11 * MIN);
	await hospital.send('path-op', { ...ADULT_WELL, temp: 38.0 });
	expectAlert(await hospital.alert('path-op', 'fever'), { level: 'medium' });
});

// As the oximetry at home of 2020: 93 to 94 % a call, 92 % and less 999 (ward.md section 3).
test('a policy of the ward\'s own: ranges of one sign as data, with the family told at an Emergency', async () => {
	const plan = structuredClone(await hospital.get('PlanDefinition/adult-acute-2'));
	Object.assign(plan, { id: 'oximetry-1', url: POLICY('oximetry'), version: '1', title: 'Oximetry at home' });
	const setting = (name, value) => ({ url: `${HW}StructureDefinition/setting`, extension: [{ url: 'name', valueCode: name }, { url: 'value', ...value }] });
	const range = (id, level, bounds) => ({
		id, title: id, extension: [setting('sign', { valueCode: 'spo2' }), setting('level', { valueCode: level }), ...Object.entries(bounds).map(([name, valueDecimal]) => setting(name, { valueDecimal }))],
	});
	plan.action.push(range('threshold-spo2-medium', 'medium', { from: 93, to: 94.9 }), range('threshold-spo2-emergency', 'emergency', { to: 92.9 }));
	const policy = await hospital.sign(plan);
	await hospital.bed('path-oximetry', { ...BORN, policy });
	await hospital.relative('path-oximetry-wife', 'path-oximetry');
	await hospital.send('path-oximetry', { spo2: 94 });
	expectAlert(await ranged('path-oximetry'), { level: 'medium' });
	await hospital.advance(11 * MIN);
	await hospital.send('path-oximetry', { spo2: 92 });
	expectAlert(await ranged('path-oximetry'), { level: 'emergency' });
	assert.ok((await hospital.said('path-oximetry')).some((page) => page.payload[0].contentString.includes('999')));
});
