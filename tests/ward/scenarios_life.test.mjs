// SPDX-License-Identifier: Apache-2.0
// Scenarios of the ward reference, section 5, over HTTP: what no score counts, and the life of an alert between people.
// S6, S11 (declined), S12, S13, S18, S38 (snooze), S45, S46, and the silence that was agreed (section 4).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { CHILD, HOUR, HW, Hospital, MIN, WELL, expectAlert, expectScore, extension, later, minutesFrom, partsOf, quantity, snomed } from './hospital.mjs';

const OPINION = { text: 'Outreach nurses look at any patient, day and night.', phone: '01632 960999' };
const own = (system, code) => ({ coding: [{ system: `${HW}CodeSystem/${system}`, code }] });
const parts = (resource, name) => resource.extension?.find((one) => one.url === `${HW}StructureDefinition/${name}`)?.extension;
const part = (resource, name, piece) => {
	const found = parts(resource, name)?.find((one) => one.url === piece);
	return found && Object.entries(found).find(([key]) => key.startsWith('value'))[1];
};

let hospital;
before(async () => {
	hospital = await Hospital.open({ start: '2026-06-10T01:50:00Z' }); // 02:50 on the clock of the ward
	const { meta, ...ward } = await hospital.get('Organization/children');
	assert.ok(meta);
	ward.extension.push({
		url: `${HW}StructureDefinition/second-opinion`,
		extension: Object.entries(OPINION).map(([url, valueString]) => ({ url, valueString })),
	});
	ward.telecom = [{ system: 'email', value: 'ward@example.org' }, { system: 'phone', value: '020 7946 0123' }];
	await hospital.put(ward);
});
after(() => hospital?.close());

const post = (where, values) => hospital.server.post(where, parameters(values));
const ask = async (where, values) => {
	const answer = await post(where, values);
	await hospital.settle();
	return answer;
};
const sign = async (patient, code, value, more = {}) => {
	const answer = await hospital.server.post('Observation', {
		resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${patient}` }, code, effectiveDateTime: await hospital.now(), ...value, ...more,
	});
	assert.equal(answer.status, 201, answer.text);
	await hospital.settle();
	return answer.json.id;
};
const pupils = (patient, answer) => sign(patient, own('observation', 'pupils'), { valueCodeableConcept: own('pupils', answer) });
const sepsis = (patient, answer) => sign(patient, own('observation', 'sepsis'), { valueCodeableConcept: own('sepsis', answer) });
const concerns = async (patient) => (await hospital.tasks(patient, `&code=${HW}CodeSystem/ward-rule|concern`)).filter((task) => task.status !== 'completed');

test('S45 worried at 03:00 with every value normal: Medium, a call within 15 minutes, and the way to a second opinion', async () => {
	const episode = await hospital.bed('s45');
	await hospital.relative('s45-mother', 's45');
	await hospital.advanceTo('2026-06-10T02:00:00Z');
	await hospital.send('s45', { ...WELL, worried: true });
	expectScore(await hospital.score('s45'), { total: 0 });
	const task = await hospital.alert('s45', 'concern');
	expectAlert(task, { level: 'medium', minutes: 15, owner: 'children-nurse' });
	assert.equal(extension(task, 'reason'), 'CQ');
	assert.match(task.description, /03:00/);
	const [told] = (await hospital.said('s45')).filter((page) => page.about?.[0].reference === `Task/${task.id}`);
	assert.equal(told.recipient[0].reference, 'RelatedPerson/s45-mother');
	for (const words of ['within 15 minutes', 'second opinion', OPINION.phone, OPINION.text])
		assert.ok(told.payload[0].contentString.includes(words), words);
	const row = await hospital.row(episode);
	assert.deepEqual([row.secondOpinion, row.alerts[0].reason], [OPINION, 'CQ']);
	assert.equal((await hospital.value(episode, 'worried')).text, 'worried');
	await hospital.acknowledge(task);
	await hospital.advance(2 * MIN);
	await hospital.send('s45', { worried: true });
	expectAlert(await hospital.alert('s45', 'concern'), { level: 'medium' });
	// Nobody phones: the next rung at the deadline.
	await hospital.advance(15 * MIN);
	expectAlert(await hospital.alert('s45', 'concern'), { level: 'medium', rung: 'Nurse in charge' });
});

test('S45 a second opinion pages outreach at once and at least High, for a family and for staff, also after the alert is closed', async () => {
	const outreach = {
		resourceType: 'PractitionerRole', id: 'children-outreach', active: true, organization: { reference: 'Organization/children' },
		practitioner: { display: 'Outreach Olu' }, code: [own('ward-role', 'outreach')],
	};
	await hospital.bed('s45-b');
	await hospital.relative('s45-father', 's45-b');
	await hospital.send('s45-b', { worried: true });
	const concern = await hospital.alert('s45-b', 'concern');
	// Without anybody of outreach on shift it is said aloud and the ward's own people are called.
	const by = { by: { valueReference: { reference: 'RelatedPerson/s45-father', display: 'Relative s45-father' } }, reason: { valueString: 'He is not himself' } };
	const asked = await ask(`Task/${concern.id}/$second-opinion`, by);
	assert.equal(asked.status, 200, asked.text);
	assert.equal(part(asked.json, 'second-opinion', 'by'), 'Relative s45-father');
	const first = await hospital.alert('s45-b', 'second-opinion');
	expectAlert(first, { level: 'high', rung: 'Nurse in charge', owner: 'children-nurse-in-charge', minutes: 5 });
	assert.match(first.description, /Relative s45-father, He is not himself/);
	const nobody = (await hospital.list(`Task?code=${HW}CodeSystem/ward-rule|delivery`)).filter((task) => /Critical care outreach/.test(task.description));
	assert.equal(nobody.length, 1);
	expectAlert(concern, { level: 'medium' });
	await hospital.resolve(first);
	await hospital.resolve(concern);
	await hospital.resolve(nobody[0]);
	// With outreach on shift, asked by a nurse on an alert that is closed already.
	await hospital.put(outreach);
	await hospital.advance(MIN);
	assert.equal((await ask(`Task/${concern.id}/$second-opinion`, { by: { valueString: 'Nora' } })).status, 200);
	const [second] = (await hospital.open('s45-b')).filter((task) => task.code.coding[0].code === 'second-opinion');
	expectAlert(second, { level: 'high', rung: 'Critical care outreach', owner: 'children-outreach', minutes: 5 });
	assert.deepEqual((await hospital.pages(second)).map((page) => page.recipient[0].reference), ['PractitionerRole/children-outreach']);
	assert.equal((await hospital.get(`Task/${concern.id}`)).status, 'completed');
	// Asked again while it is being answered: heard again, no second alert.
	await hospital.acknowledge(second, 'Olu');
	await hospital.advance(MIN);
	assert.equal((await ask(`Task/${concern.id}/$second-opinion`, by)).status, 200);
	assert.deepEqual((await hospital.open('s45-b')).map((task) => [task.id, task.status]), [[second.id, 'requested']]);
	assert.equal((await ask(`Task/${concern.id}/$second-opinion`, {})).status, 400, 'somebody asks');
	await hospital.put({ ...outreach, active: false });
});

test('S6 after an antipyretic the fever alert stays open and temperatures carry it for four hours', async () => {
	const episode = await hospital.bed('s6');
	await hospital.send('s6', { temp: 38.2 });
	await hospital.acknowledge(await hospital.alert('s6', 'fever'));
	const given = await hospital.now();
	await hospital.put({
		resourceType: 'MedicationAdministration', id: 's6-dose', status: 'completed', subject: { reference: 'Patient/s6' }, effectiveDateTime: given,
		medicationCodeableConcept: snomed('90332006'), performer: [{ actor: { reference: 'Patient/s6' } }],
	});
	await hospital.settle();
	assert.equal(Date.parse((await hospital.row(episode)).antipyreticAt), Date.parse(given));
	assert.match((await hospital.value(episode, 'temperature')).note, /antipyretic within 4 h/, 'measured in the same minute');
	await hospital.advance(HOUR);
	await hospital.send('s6', { temp: 37.2, hr: 130 });
	const task = await hospital.alert('s6', 'fever');
	expectAlert(task, { level: 'high' });
	assert.match(task.description, /38\.2.*now 37\.2.*antipyretic within 4 h/);
	const [temperature, rate] = [await hospital.value(episode, 'temperature'), await hospital.value(episode, 'heartRate')];
	assert.deepEqual([temperature.text, temperature.note, rate.note], ['37.2', 'antipyretic within 4 h', null]);
	await hospital.acknowledge(task);
	await hospital.advance(3 * HOUR);
	await hospital.send('s6', { temp: 36.9 });
	assert.equal((await hospital.value(episode, 'temperature')).note, 'antipyretic within 4 h', 'at four hours');
	await hospital.advance(MIN);
	await hospital.send('s6', { temp: 36.8 });
	const row = await hospital.row(episode);
	assert.deepEqual([row.antipyreticAt, row.values.find((value) => value.name === 'temperature').note], [null, null]);
	const still = await hospital.alert('s6', 'fever');
	expectAlert(still, { level: 'high' });
	// A parent says it by words; a dose withdrawn, and another medicine, say nothing.
	const statement = { resourceType: 'MedicationStatement', status: 'completed', subject: { reference: 'Patient/s6' }, effectiveDateTime: await hospital.now() };
	await hospital.put({ ...statement, id: 's6-said', medicationCodeableConcept: { text: 'Calpol, one spoon' } });
	await hospital.put({ ...statement, id: 's6-other', medicationCodeableConcept: { text: 'Ondansetron' } });
	await hospital.settle();
	assert.equal((await hospital.value(episode, 'temperature')).note, 'antipyretic within 4 h');
	await hospital.put({ ...statement, id: 's6-said', status: 'entered-in-error', medicationCodeableConcept: { text: 'Calpol, one spoon' } });
	await hospital.settle();
	assert.deepEqual([(await hospital.row(episode)).antipyreticAt, (await hospital.value(episode, 'temperature')).note], [null, null]);
	await hospital.resolve(still);
	assert.equal((await hospital.alert('s6', 'fever')).statusReason.coding[0].code, 'person');
});

test('S12 V is High and P an Emergency whatever the score, reason SC; asleep is a task to look again', async () => {
	await hospital.bed('s12');
	await hospital.send('s12', { ...WELL, rr: 44, distress: 'mild', mind: 'asleep' });
	expectScore(await hospital.score('s12'), { total: 2 });
	assert.equal(extension(await hospital.alert('s12', 'score'), 'reason'), 'PEWS');
	const again = await hospital.alert('s12', 'concern');
	expectAlert(again, { level: 'low' });
	assert.deepEqual([/look again/.test(again.description), extension(again, 'reason')], [true, undefined]);
	await hospital.advance(20 * MIN);
	await hospital.send('s12', { mind: 'V' });
	const all = await hospital.tasks('s12', '&code=concern');
	assert.deepEqual(all.map((task) => [task.status, extension(task, 'alert-level')]).sort(), [['completed', 'low'], ['requested', 'high']]);
	await hospital.advance(MIN);
	await hospital.send('s12', { mind: 'P' });
	const [worst] = await concerns('s12');
	expectAlert(worst, { level: 'emergency' });
	assert.equal(extension(worst, 'reason'), 'SC');
	assert.equal((await hospital.pages(worst)).filter((page) => page.status === 'in-progress').length >= 3, true);
	assert.equal((await hospital.said('s12')).some((page) => page.payload[0].contentString.includes('999')), true);
	await hospital.send('s12', WELL);
	expectAlert((await concerns('s12'))[0], { level: 'emergency' });
});

test('S12 abnormal pupils are an Emergency, suspected sepsis Medium and septic shock High, whatever the score', async () => {
	const episode = await hospital.bed('s12-c');
	await hospital.send('s12-c', WELL);
	await sepsis('s12-c', 'suspected');
	const [suspected] = await concerns('s12-c');
	expectAlert(suspected, { level: 'medium', minutes: 15 });
	assert.equal(extension(suspected, 'reason'), 'SC');
	assert.match(suspected.description, /sepsis/);
	await hospital.acknowledge(suspected);
	await hospital.advance(MIN);
	await sepsis('s12-c', 'shock');
	expectAlert((await concerns('s12-c'))[0], { level: 'high' });
	await pupils('s12-c', 'normal');
	assert.equal((await concerns('s12-c')).length, 1);
	await pupils('s12-c', 'abnormal');
	const worst = (await concerns('s12-c')).find((task) => extension(task, 'alert-level') === 'emergency');
	assert.deepEqual([/Abnormal pupils/.test(worst.description), extension(worst, 'reason'), worst.code.coding[0].display], [true, 'SC', 'Abnormal pupils']);
	// Neither a normal look nor a score of nothing takes them back.
	await hospital.advance(MIN);
	await pupils('s12-c', 'normal');
	await sepsis('s12-c', 'none');
	await hospital.send('s12-c', WELL);
	assert.deepEqual((await concerns('s12-c')).map((task) => extension(task, 'alert-level')).sort(), ['emergency', 'high']);
	assert.deepEqual([(await hospital.value(episode, 'pupils')).text, (await hospital.value(episode, 'sepsis')).text], ['normal', 'not suspected']);
	// An answer that cannot be read is no answer "normal".
	await hospital.bed('s12-d');
	await pupils('s12-d', 'a bit odd');
	expectAlert((await concerns('s12-d'))[0], { level: 'medium' });
});

test('S13 a carer who says worse picks the level, never below Medium; a clinician picks freely; no low score takes it back', async () => {
	await hospital.bed('s13');
	const picked = (level) => ({ extension: [{ url: `${HW}StructureDefinition/alert-level`, valueCode: level }] });
	await hospital.send('s13', WELL);
	await hospital.send('s13', { carer: 'W' }, picked('high'));
	expectScore(await hospital.score('s13'), { total: 0 });
	const task = await hospital.alert('s13', 'concern');
	expectAlert(task, { level: 'high', minutes: 5 });
	assert.equal(extension(task, 'reason'), 'CQ');
	await hospital.advance(MIN);
	await hospital.send('s13', { ...WELL, carer: 'B' });
	expectAlert(await hospital.alert('s13', 'concern'), { level: 'high' });
	for (const [id, level, raised] of [['s13-none', 'none', 'medium'], ['s13-low', 'low', 'medium'], ['s13-all', 'emergency', 'emergency']]) {
		await hospital.bed(id);
		await hospital.send(id, { ...WELL });
		await hospital.send(id, { carer: 'W' }, picked(level));
		expectAlert(await hospital.alert(id, 'concern'), { level: raised });
	}
	const intuition = (id, value) => sign(id, snomed('1364131000000103'), value);
	await hospital.bed('s13-ci');
	await hospital.send('s13-ci', WELL);
	await intuition('s13-ci', { valueBoolean: false });
	await intuition('s13-ci', { valueCodeableConcept: own('alert-level', 'none') });
	await hospital.none('s13-ci');
	await intuition('s13-ci', { valueBoolean: true });
	const unease = await hospital.alert('s13-ci', 'intuition');
	expectAlert(unease, { level: 'medium' });
	assert.equal(extension(unease, 'reason'), 'CI');
	await hospital.acknowledge(unease);
	await hospital.advance(MIN);
	await intuition('s13-ci', { valueCodeableConcept: own('alert-level', 'high') });
	await hospital.send('s13-ci', WELL);
	expectAlert(await hospital.alert('s13-ci', 'intuition'), { level: 'high', status: 'requested' });
});

// The facts of UK Core's NEWS2 example: seven readings and a total that says one too many.
async function newsBundle(patient, stated, effectiveDateTime) {
	const subject = { reference: `Patient/${patient}` };
	const names = { rr: 'a1', spo2: 'a2', oxygen: 'a3', temp: 'a4', sbp: 'a5', hr: 'a6', mind: 'a7' };
	const values = { rr: 21, spo2: 93, oxygen: 'air', temp: 37.5, sbp: '120/70', hr: 95, mind: 'A' };
	const units = { rr: '{Breaths}/min', hr: '{beats}/min' };
	const readings = Object.entries(values).map(([name, value]) => {
		const one = hospital.observation(patient, name, value, { effectiveDateTime });
		if (units[name])
			one.valueQuantity.code = units[name];
		if (name === 'mind')
			one.valueCodeableConcept = snomed('248234008');
		return { fullUrl: `urn:uuid:00000000-0000-4000-8000-0000000000${names[name]}`, resource: one, request: { method: 'POST', url: 'Observation' } };
	});
	const total = {
		resourceType: 'Observation', status: 'final', subject, effectiveDateTime, category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'survey' }] }],
		code: snomed('1104051000000101'), valueQuantity: quantity(stated, '{ScoreOf}'),
		derivedFrom: readings.map((entry) => ({ reference: entry.fullUrl })),
		component: [['1104301000000104', 2], ['1104371000000107', 1]].map(([code, points]) => ({ code: snomed(code), valueQuantity: quantity(points, '{ScoreOf}') })),
	};
	const answer = await hospital.server.post('', { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: total, request: { method: 'POST', url: 'Observation' } }, ...readings] });
	assert.equal(answer.status, 200, answer.text);
	await hospital.settle();
	return answer.json.entry[0].response.location.split('/').at(-3);
}
const ours = async (patient) => (await hospital.scores(patient)).filter((score) => extension(score, 'episode'));

test('S18 an imported total of 6 is recomputed as 5: both shown, 5 decides, the technical desk is told', async () => {
	await hospital.put({
		resourceType: 'PractitionerRole', id: 'adults-desk', active: true, organization: { reference: 'Organization/adults' },
		practitioner: { display: 'The desk' }, code: [own('ward-role', 'technical-desk')],
	});
	const episode = await hospital.bed('s18', { ward: 'adults', birthDate: '1950-03-01' });
	const id = await newsBundle('s18', 6, await hospital.now());
	const [score] = await ours('s18');
	expectScore(score, { total: 5, level: 'medium' });
	assert.equal(partsOf(score).temperature, 0);
	assert.deepEqual([extension(score, 'stated-score'), extension(score, 'stated-by').reference], ['NEWS2 6', `Observation/${id}`]);
	assert.equal((await hospital.get(`Observation/${id}`)).valueQuantity.value, 6, 'stored as it came');
	const task = await hospital.alert('s18', 'discrepancy');
	expectAlert(task, { level: 'low', rung: 'Technical desk', owner: 'adults-desk', minutes: 60 });
	assert.match(task.description, /NEWS2 6.*NEWS2 5/);
	assert.equal(task.focus.reference, `Observation/${id}`);
	const row = await hospital.row(episode, 'adults');
	const shown = row.values.find((value) => value.name === 'statedScore');
	assert.deepEqual([row.score.total, shown.text, shown.part], [5, 'NEWS2 6', null]);
	const decided = await hospital.alert('s18', 'score');
	expectAlert(decided, { level: 'high' });
	assert.equal(extension(decided, 'reason'), 'NEWS2');
	assert.equal((await hospital.open('s18')).length, 2);
	// A total that agrees says nothing; one whose readings never came is looked at by somebody.
	await hospital.bed('s18-right', { ward: 'adults', birthDate: '1950-03-01' });
	await newsBundle('s18-right', 5, await hospital.now());
	assert.deepEqual((await hospital.open('s18-right')).map((one) => one.code.coding[0].code), ['score']);
	await hospital.bed('s18-alone', { ward: 'adults', birthDate: '1950-03-01' });
	await sign('s18-alone', snomed('1104051000000101'), { valueQuantity: quantity(9, '{ScoreOf}') });
	await hospital.none('s18-alone');
	await hospital.advance(10 * MIN);
	expectAlert(await hospital.alert('s18-alone', 'discrepancy'), { level: 'medium' });
	assert.deepEqual(await ours('s18-alone'), [], 'no score of ours without readings');
});

test('S18 readings with a date and no time are scored, and satisfy no schedule', async () => {
	const episode = await hospital.bed('s18-day', { ward: 'adults', birthDate: '1950-03-01' });
	await hospital.settle();
	const due = (await hospital.row(episode, 'adults')).nextDue;
	await newsBundle('s18-day', 6, (await hospital.now()).slice(0, 10));
	expectScore((await ours('s18-day')).at(-1), { total: 5 });
	assert.equal((await hospital.row(episode, 'adults')).nextDue, due);
	expectAlert(await hospital.alert('s18-day', 'discrepancy'), { level: 'low' });
	expectAlert(await hospital.alert('s18-day', 'score'), { level: 'high' });
});

async function shiftOf(role, start, end) {
	await hospital.put({ resourceType: 'Schedule', id: `${role}-rota`, actor: [{ reference: `PractitionerRole/${role}` }] });
	await hospital.put({ resourceType: 'Slot', id: `${role}-shift`, schedule: { reference: `Schedule/${role}-rota` }, status: 'busy', start, end });
}
const SICK = { ...WELL, rr: 44, hr: 152, spo2: 94, distress: 'mild' };

test('S38 a nurse snoozes Medium for 30 minutes; twice in a row needs the nurse in charge; its end and anything worse page again', async () => {
	await hospital.ward('snooze', CHILD);
	const episode = await hospital.bed('s38', { ward: 'snooze' });
	await hospital.send('s38', SICK);
	const task = await hospital.alert('s38', 'score');
	const snooze = (by, minutes, more = {}) => ask(`Task/${task.id}/$snooze`, {
		by: { valueReference: { reference: `PractitionerRole/snooze-${by}` } }, reason: { valueString: 'Asleep in his mother\'s arms' }, minutes: { valueInteger: minutes }, ...more });
	assert.equal((await snooze('nurse', 31)).status, 422, 'longer than the review of its level');
	assert.equal((await snooze('nurse', 30, { reason: { valueString: ' ' } })).status, 400, 'a reason');
	assert.equal((await snooze('nurse', 30, { by: { valueString: 'Nora' } })).status, 422, 'a shift must be known');
	assert.equal((await snooze('nurse', 30, { by: { valueReference: { reference: 'PractitionerRole/children-nurse' } } })).status, 409, 'of another ward');
	const silent = await snooze('nurse', 30);
	assert.equal(silent.status, 200, silent.text);
	const until = later(await hospital.now(), 30 * MIN);
	const snoozed = await hospital.alert('s38', 'score');
	assert.equal(Date.parse(snoozed.restriction.period.end), Date.parse(until));
	assert.match(snoozed.note.at(-1).text, /^Snoozed until .*Asleep/);
	const [shown] = (await hospital.row(episode, 'snooze')).alerts;
	assert.deepEqual([Date.parse(shown.snooze.until), shown.snooze.by, shown.snooze.count], [Date.parse(until), 'The nurse', 1]);
	const before = (await hospital.pages(snoozed)).length;
	await hospital.advance(29 * MIN);
	await hospital.send('s38', SICK);
	assert.equal((await hospital.pages(snoozed)).length, before, 'silent');
	await hospital.advance(MIN);
	const again = await hospital.alert('s38', 'score');
	expectAlert(again, { level: 'medium', rung: 'Nurse', owner: 'snooze-nurse' });
	assert.equal(minutesFrom(await hospital.now(), again.restriction.period.end), 15);
	assert.equal((await hospital.pages(again)).length, before + 1, 'paged again');
	assert.equal((await hospital.row(episode, 'snooze')).alerts[0].snooze, null);
	const second = await snooze('nurse', 30);
	assert.deepEqual([second.status, /nurse in charge/.test(second.text)], [409, true]);
	assert.equal((await snooze('nurse-in-charge', 30)).status, 200);
	assert.equal((await hospital.row(episode, 'snooze')).alerts[0].snooze.count, 2);
	// Worse by a new sign, at the same level: heard at once.
	await hospital.advance(11 * MIN);
	await hospital.send('s38', { ...SICK, crt: 3, distress: 'none' });
	const worse = await hospital.alert('s38', 'score');
	assert.deepEqual([worse.status, parts(worse, 'snooze')], ['requested', undefined]);
	assert.equal(minutesFrom(await hospital.now(), worse.restriction.period.end), 15);
	assert.equal((await snooze('nurse', 5)).status, 200, 'the first in a row again');
	// An Emergency ends it, and cannot be snoozed.
	await hospital.advance(MIN);
	await hospital.send('s38', { rr: 52, hr: 172, sbp: 75, spo2: 91, distress: 'moderate', oxygen: 'NP 0.5 L/min', crt: 3 });
	expectAlert(await hospital.alert('s38', 'score'), { level: 'emergency', rung: 'Nurse, shift lead and registrar' });
	assert.equal((await snooze('nurse-in-charge', 1)).status, 409);
});

test('S38 fever, concern and a snooze written past the rules are refused; no snooze outlives the shift', async () => {
	await hospital.ward('shift', CHILD);
	const start = await hospital.now();
	await shiftOf('shift-nurse', later(start, -8 * HOUR), later(start, 20 * MIN));
	await shiftOf('shift-registrar', later(start, -9 * HOUR), later(start, -HOUR));
	const episode = await hospital.bed('s38-b', { ward: 'shift' });
	await hospital.send('s38-b', { ...SICK, temp: 38.4, worried: true });
	const nurse = { by: { valueReference: { reference: 'PractitionerRole/shift-nurse' } }, reason: { valueString: 'Settling' }, minutes: { valueInteger: 10 } };
	for (const rule of ['fever', 'concern']) {
		const refused = await ask(`Task/${(await hospital.alert('s38-b', rule)).id}/$snooze`, nurse);
		assert.equal(refused.status, 409, rule);
		assert.match(refused.text, /cannot be snoozed/);
	}
	const fever = await hospital.alert('s38-b', 'fever');
	const written = await hospital.server.put(`Task/${fever.id}`, {
		...fever, extension: [...fever.extension, { url: `${HW}StructureDefinition/snooze`, extension: [
			{ url: 'at', valueInstant: await hospital.now() }, { url: 'until', valueInstant: later(start, HOUR) },
			{ url: 'by', valueReference: { reference: 'PractitionerRole/shift-nurse' } }, { url: 'reason', valueString: 'Written by hand' }] }],
	});
	assert.equal(written.status, 422, written.text);
	await hospital.settle();
	const kept = await hospital.alert('s38-b', 'fever');
	assert.deepEqual([parts(kept, 'snooze'), kept.restriction.period.end], [undefined, fever.restriction.period.end]);
	const score = await hospital.alert('s38-b', 'score');
	const off = await ask(`Task/${score.id}/$snooze`, { ...nurse, by: { valueReference: { reference: 'PractitionerRole/shift-registrar' } } });
	assert.deepEqual([off.status, /on shift/.test(off.text)], [409, true]);
	const clipped = await ask(`Task/${score.id}/$snooze`, { ...nurse, minutes: { valueInteger: 30 } });
	assert.equal(clipped.status, 200, clipped.text);
	assert.equal(Date.parse(part(clipped.json, 'snooze', 'until')), Date.parse(later(start, 20 * MIN)));
	const shown = (await hospital.row(episode, 'shift')).alerts.find((alert) => alert.id === score.id);
	assert.equal(Date.parse(shown.snooze.until), Date.parse(later(start, 20 * MIN)));
	// The shift is made to end earlier: so does the silence.
	await shiftOf('shift-nurse', later(start, -8 * HOUR), later(start, 5 * MIN));
	await hospital.settle();
	await hospital.advance(5 * MIN);
	const paged = await hospital.alert('s38-b', 'score');
	assert.equal(paged.status, 'requested');
	assert.equal((await hospital.row(episode, 'shift')).alerts.find((alert) => alert.id === score.id).snooze, null);
});

test('S46 after the stay a fever is High for the nurse on duty; what was taken before its end and comes later is filed and looked at', async () => {
	const episode = await hospital.bed('s46');
	await hospital.relative('s46-mother', 's46');
	await hospital.send('s46', WELL);
	await hospital.advance(30 * MIN);
	await hospital.discharge(episode);
	assert.equal(await hospital.row(episode), undefined);
	const end = await hospital.now();
	await hospital.advance(40 * MIN);
	const [fever] = await hospital.send('s46', { temp: 39.1 }, { at: later(end, 35 * MIN) });
	const task = await hospital.alert('s46', 'fever');
	expectAlert(task, { level: 'high', owner: 'children-nurse', minutes: 5 });
	assert.equal((await hospital.row(episode)).alerts[0].id, task.id, 'back on the board until it is resolved');
	const told = (await hospital.said('s46')).filter((page) => page.about?.[0].reference === `Task/${task.id}`);
	assert.deepEqual(told.map((page) => page.recipient[0].reference), ['RelatedPerson/s46-mother']);
	assert.equal(told[0].payload[0].contentString,
		'The stay on the ward at home has ended. Phone the hospital now on 020 7946 0123 about the reading you sent; in an emergency call 999.', 'whom to call');
	// Stored, and on the stay that has ended: the reading, the score made of it, the alert.
	const [kept] = await hospital.list('Observation?subject=Patient/s46&code=8310-5&_sort=-date');
	assert.deepEqual([kept.id, kept.valueQuantity.value, kept.status, kept.effectiveDateTime], [fever, 39.1, 'final', later(end, 35 * MIN)]);
	assert.equal(task.focus.reference, `Observation/${fever}`);
	assert.equal(extension(task, 'episode').reference, `EpisodeOfCare/${episode}`);
	const shown = (await hospital.row(episode)).values.find((value) => value.name === 'temperature');
	assert.deepEqual([shown.observation, shown.text], [fever, '39.1']);
	assert.equal((await hospital.get(`EpisodeOfCare/${episode}`)).status, 'finished');
	await hospital.advance(20 * MIN);
	const [late] = await hospital.send('s46', { hr: 131 }, { at: later(end, -10 * MIN) });
	const filed = (await hospital.scores('s46')).find((score) => score.derivedFrom.some((one) => one.reference === `Observation/${late}`));
	expectScore(filed, { total: 0, high: 22, complete: false });
	assert.equal(extension(filed, 'episode').reference, `EpisodeOfCare/${episode}`);
	const review = await hospital.alert('s46', 'after-stay');
	expectAlert(review, { level: 'low', owner: 'children-nurse' });
	assert.match(review.description, /Heart rate 131/);
	assert.equal(review.focus.reference, `Observation/${late}`);
	// As bad as the value: one alert that grows, and the family is told.
	await hospital.send('s46', { temp: 38.6 }, { at: later(end, -5 * MIN) });
	const worse = await hospital.alert('s46', 'after-stay');
	expectAlert(worse, { level: 'high' });
	assert.match(worse.description, /38\.6/);
	assert.equal((await hospital.said('s46')).some((page) => page.about?.[0].reference === `Task/${worse.id}`), true);
	assert.match((await hospital.alert('s46', 'fever')).description, /39\.1/, 'the other alert is about the other reading');
	assert.equal((await hospital.get(`EpisodeOfCare/${episode}`)).status, 'finished');
	assert.deepEqual((await hospital.tasks('s46', '&code=overdue')), []);
	// Back on the ward: what was taken during the first stay is still filed with it.
	const next = await hospital.bed('s46');
	const [older] = await hospital.send('s46', { rr: 30 }, { at: later(end, -20 * MIN) });
	assert.equal((await hospital.row(next)).values.find((value) => value.name === 'respiratoryRate').state, 'missing');
	assert.equal((await hospital.row(episode)).values.find((value) => value.name === 'respiratoryRate').observation, older);
});

test('S46 after the stay: in the language of the family with the number as it is, and of a ward without a number as before', async () => {
	const sent = async (id, ward, language) => {
		const episode = await hospital.bed(id, { ward });
		await hospital.put({
			resourceType: 'RelatedPerson', id: `${id}-mother`, active: true, patient: { reference: `Patient/${id}` }, name: [{ text: 'Synthetic mother' }],
			communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: language }] }, preferred: true }],
		});
		await hospital.discharge(episode);
		await hospital.advance(MIN);
		await hospital.send(id, { temp: 39.1 });
		const [page] = await hospital.said(id);
		return page.payload[0].contentString.split('\n');
	};
	await hospital.ward('no-number', CHILD);
	const english = 'The stay on the ward at home has ended. Phone the hospital now on 020 7946 0123 about the reading you sent; in an emergency call 999.';
	assert.deepEqual(await sent('s46-en', 'children', 'en'), [english]);
	const languages = { ar: /^[\u0600-\u06ff].*\u2068020 7946 0123\u2069.*999/, ur: /^[\u0600-\u06ff].*\u2068020 7946 0123\u2069.*999/, bn: /^[\u0980-\u09ff].*\u2068020 7946 0123\u2069.*999/,
		pl: /^Pobyt .*\u2068020 7946 0123\u2069.*999/, cy: /^Mae'r .*\u2068020 7946 0123\u2069.*999/, 'en-x-easy': /^Your time .*\u2068020 7946 0123\u2069.*999/ };
	for (const [language, expected] of Object.entries(languages)) {
		const [text, original] = await sent(`s46-${language}`, 'children', language);
		assert.match(text, expected);
		assert.equal(original, english);
	}
	assert.deepEqual(await sent('s46-none', 'no-number', 'en'), ['The stay on the ward at home has ended. Phone the hospital now about the reading you sent; in an emergency call 999.']);
	assert.match((await sent('s46-none-pl', 'no-number', 'pl'))[0], /^Pobyt .*do szpitala w sprawie/);
});

test('S31 agreed silence moves the next due time by one period at the most, stands in the plan and on the board, and ends with a set', async () => {
	const episode = await hospital.bed('defer');
	await hospital.relative('defer-mother', 'defer');
	await hospital.send('defer', WELL);
	const due = (await hospital.row(episode)).nextDue;
	const until = later(due, 3 * HOUR);
	const defer = (reason, at, more = {}) => ask(`EpisodeOfCare/${episode}/$defer`, {
		by: { valueString: 'Nora' }, reason: { valueCode: reason }, until: { valueDateTime: at }, ...more });
	assert.equal((await defer('lazy', until)).status, 422);
	assert.equal((await defer('refused', later(due, 4 * HOUR + 1))).status, 422, 'more than one period');
	const unplanned = await defer('asleep', until);
	assert.deepEqual([unplanned.status, /sleep plan/.test(unplanned.text)], [409, true]);
	const agreed = await defer('asleep', until, { sleepPlan: { valueString: 'Mother wakes at 02:00 and looks at him' } });
	assert.equal(agreed.status, 200, agreed.text);
	assert.deepEqual([agreed.json.resourceType, part(agreed.json, 'defer', 'reason'), part(agreed.json, 'defer', 'by'), part(agreed.json, 'sleep-plan', 'text')],
		['CarePlan', 'asleep', 'Nora', 'Mother wakes at 02:00 and looks at him']);
	const row = await hospital.row(episode);
	assert.deepEqual([Date.parse(row.nextDue), Date.parse(row.defer.until), row.defer.reason, row.defer.by], [Date.parse(until), Date.parse(until), 'asleep', 'Nora']);
	await hospital.advanceTo(later(due, 2 * HOUR));
	assert.deepEqual([await hospital.tasks('defer'), await hospital.said('defer'), (await hospital.row(episode)).overdue], [[], [], null]);
	await hospital.advanceTo(later(until, HOUR));
	expectAlert(await hospital.alert('defer', 'overdue'), { level: 'medium' });
	assert.equal((await hospital.said('defer')).length, 2, 'reminded at the new time and half an hour after it');
	assert.equal((await hospital.row(episode)).defer, null);
	// Once more ends at the cap that counts from the same due time: no chain of silences.
	assert.equal((await defer('equipment', later(until, 2 * HOUR))).status, 422);
	const again = await hospital.send('defer', WELL);
	assert.ok(again.length > 0);
	assert.equal(minutesFrom(await hospital.now(), (await hospital.row(episode)).nextDue), 240, 'a set ends it');
	// While it is overdue a reason ends the alert, which says so.
	await hospital.advance(5 * HOUR + MIN);
	const [open] = await hospital.open('defer');
	expectAlert(open, { level: 'medium' });
	assert.equal((await defer('in-hospital', later(await hospital.now(), 2 * HOUR))).status, 200);
	const closed = await hospital.get(`Task/${open.id}`);
	assert.deepEqual([closed.status, closed.statusReason.coding[0].code], ['completed', 'paused']);
	assert.match(closed.statusReason.text, /Nora: in-hospital/);
});

test('S11 a sign that was declined keeps its coded reason: shown, not scored, and countable', async () => {
	const episode = await hospital.bed('declined');
	await hospital.send('declined', { spo2: 98 });
	const reason = (code) => ({ dataAbsentReason: { coding: [{ system: `${HW}CodeSystem/not-done`, code }] } });
	await hospital.advance(11 * MIN);
	await sign('declined', { coding: [{ system: 'http://loinc.org', code: '2708-6' }] }, reason('refused'));
	await sign('declined', { coding: [{ system: 'http://loinc.org', code: '8310-5' }] }, reason('asleep'));
	await sign('declined', { coding: [{ system: 'http://loinc.org', code: '8867-4' }] }, { dataAbsentReason: { text: 'no time' } });
	const values = Object.fromEntries((await hospital.row(episode)).values.map((value) => [value.name, value]));
	assert.deepEqual([values.spo2.text, values.temperature.state, values.heartRate.state], ['98', 'missing', 'missing']);
	assert.match(values.spo2.note, /not done at \d\d:\d\d: refused/);
	assert.match(values.temperature.note, /asleep/);
	assert.match(values.heartRate.note, /no reason coded/);
	await hospital.none('declined');
	const found = await hospital.list(`Observation?subject=Patient/declined&data-absent-reason=${HW}CodeSystem/not-done|refused`);
	assert.equal(found.length, 1);
	await sign('declined', { coding: [{ system: 'http://loinc.org', code: '85354-9' }] }, { component: [{ code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] }, ...reason('U4') }] });
	assert.equal(partsOf(await hospital.score('declined')).systolic, 4);
});

test('the longest review time is what the policy of the alert says', async () => {
	const plan = structuredClone(await hospital.get('PlanDefinition/childrens-cancer-1'));
	delete plan.meta;
	Object.assign(plan, { id: 'slow-1', url: `${HW}PlanDefinition/slow`, name: 'Slow' });
	const settings = plan.action.find((action) => action.id === 'ladder-medium').extension;
	settings.find((one) => one.extension[0].valueCode === 'review').extension[1].valueDuration.value = 20;
	const episode = await hospital.bed('slow', { policy: await hospital.sign(plan) });
	await hospital.send('slow', SICK);
	assert.equal((await hospital.row(episode)).alerts[0].reviewMinutesMax, 20);
	const task = await hospital.alert('slow', 'score');
	assert.equal((await hospital.acknowledge(task, 'Nora', { reviewMinutes: { valueInteger: 21 } })).status, 422);
	assert.equal((await hospital.acknowledge(task)).status, 200);
	assert.equal(minutesFrom(await hospital.now(), (await hospital.alert('slow', 'score')).restriction.period.end), 20);
});
