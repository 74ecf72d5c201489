// SPDX-License-Identifier: Apache-2.0
// Scenarios of the ward reference, section 5, over HTTP: home equipment. S24, S28, S48, S51, and what became of each
// reading that is not plainly charted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOUR, HW, Hospital, MIN, expectAlert, later, partsOf, quantity, until } from './hospital.mjs';
import { parameters } from './care.mjs';

let hospital;
before(async () => {
	hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' });
	await hospital.put({ resourceType: 'Location', id: 'store', name: 'Equipment store', status: 'active' });
});
after(() => hospital?.close());

const type = (code) => ({ coding: [{ system: `${HW}CodeSystem/device-type`, code }] });
const owner = (ward) => ({ owner: { reference: `Organization/${ward}` } });
const by = { by: { valueString: 'Nora' } };
const device = (id, code, more = {}) => hospital.put({ resourceType: 'Device', id, status: 'active', type: type(code), ...owner('children'), ...more });
const ask = (id, operation, values) => hospital.server.post(`Device/${id}/$${operation}`, parameters({ ...by, ...values }));
const toPatient = (id) => ({ patient: { valueReference: { reference: `Patient/${id}` } } });
const toStore = { location: { valueReference: { reference: 'Location/store' } } };
async function assign(id, patient) {
	const answer = await ask(id, 'assign', toPatient(patient));
	assert.equal(answer.status, 200, answer.text);
	return answer.json;
}
async function giveBack(id) {
	const answer = await ask(id, 'return', toStore);
	assert.equal(answer.status, 200, answer.text);
	return answer.json;
}
const of = (id) => ({ device: { reference: `Device/${id}` } });
const issues = async (observation) => (await hospital.list(`DetectedIssue?implicated=Observation/${observation}`))
	.sort((a, b) => (a.code.coding[0].code < b.code.coding[0].code ? -1 : 1));
const codes = async (observation) => (await issues(observation)).map((issue) => issue.code.coding[0].code);
const clock = (instant) => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London' }).format(new Date(instant));
const minutes = (a, b) => Math.abs(Date.parse(a) - Date.parse(b)) / 60000;
const values = (row) => row.values.filter((value) => value.state !== 'missing').map((value) => value.name);

test('S48 kits swapped between two patients: quarantined, both teams told as loudly as the value asks, never charted', async () => {
	const girl = await hospital.bed('s48-girl');
	const boy = await hospital.bed('s48-boy', { birthDate: '2019-02-01' });
	await device('s48-kit', 'kit');
	await device('s48-thermometer', 'thermometer', { parent: { reference: 'Device/s48-kit' }, deviceName: [{ name: 'T-12', type: 'user-friendly-name' }] });
	await assign('s48-kit', 's48-girl');
	const [own] = await hospital.send('s48-girl', { temp: 36.9 }, of('s48-thermometer'));
	assert.deepEqual(await codes(own), [], 'a plain reading leaves no trace');
	const due = (await hospital.row(boy)).nextDue;
	const [wrong] = await hospital.send('s48-boy', { temp: 38.6 }, of('s48-thermometer'));
	for (const [patient, episode] of [['s48-girl', girl], ['s48-boy', boy]]) {
		const task = await hospital.alert(patient, 'equipment');
		expectAlert(task, { level: 'high', minutes: 5, owner: 'children-nurse' });
		assert.match(task.description, /^Not charted: Temperature 38\.6 at 09:00 by .*Thermometer T-12/);
		assert.equal(task.focus.reference, `Observation/${wrong}`);
		assert.equal((await hospital.open(patient)).length, 1, 'and no fever');
		assert.equal((await hospital.row(episode)).alerts[0].rule, 'equipment');
	}
	assert.deepEqual(values(await hospital.row(boy)), [], 'never charted');
	assert.equal(await hospital.score('s48-boy'), undefined, 'never scored');
	assert.equal((await hospital.row(boy)).nextDue, due, 'never arrived');
	assert.equal((await hospital.value(girl, 'temperature')).text, '36.9');
	const [issue] = await issues(wrong);
	assert.deepEqual([issue.code.coding[0].code, issue.status, issue.patient.reference], ['quarantined', 'final', 'Patient/s48-boy']);
	assert.equal((await hospital.get(`Observation/${wrong}`)).valueQuantity.value, 38.6, 'and never lost');
});

test('S48 a quarantined reading of little weight is Medium, a worse one raises it, the same once more says nothing', async () => {
	await hospital.bed('s48-a');
	await hospital.bed('s48-b');
	await device('s48-oximeter', 'oximeter');
	await assign('s48-oximeter', 's48-a');
	const at = await hospital.now();
	await hospital.send('s48-b', { hr: 130 }, of('s48-oximeter'));
	expectAlert(await hospital.alert('s48-a', 'equipment'), { level: 'medium' });
	const task = await hospital.alert('s48-b', 'equipment');
	expectAlert(task, { level: 'medium' });
	await hospital.acknowledge(task);
	const [again] = await hospital.send('s48-b', { hr: 130 }, { ...of('s48-oximeter'), at });
	assert.deepEqual(await codes(again), ['duplicate', 'quarantined']);
	assert.equal((await hospital.alert('s48-b', 'equipment')).status, 'accepted');
	await hospital.send('s48-b', { spo2: 88 }, of('s48-oximeter'));
	expectAlert(await hospital.alert('s48-b', 'equipment'), { level: 'medium', status: 'requested' });
	await hospital.send('s48-b', { mind: 'P' }, of('s48-oximeter'));
	expectAlert(await hospital.alert('s48-b', 'equipment'), { level: 'emergency' });
	expectAlert(await hospital.alert('s48-a', 'equipment'), { level: 'emergency' });
});

test('S48 teams of two wards: each hears of its own, and no name crosses the house', async () => {
	await hospital.bed('s48-child');
	await hospital.bed('s48-adult', { ward: 'adults', birthDate: '1960-02-01' });
	await device('s48-cuff', 'blood-pressure');
	await assign('s48-cuff', 's48-child');
	await hospital.send('s48-adult', { sbp: 95 }, of('s48-cuff'));
	const child = await hospital.alert('s48-child', 'equipment');
	const adult = await hospital.alert('s48-adult', 'equipment');
	expectAlert(child, { level: 'medium', owner: 'children-nurse' });
	expectAlert(adult, { level: 'medium', owner: 'adults-nurse' });
	assert.match(adult.description, /belongs to a patient of Ward children/);
	assert.match(child.description, /in the name of a patient of Ward adults/);
});

test('S48 what is assigned to nobody is unassigned; the ward that owns it hears of it too', async () => {
	const adult = await hospital.bed('s48-man', { ward: 'adults', birthDate: '1960-02-01' });
	await device('s48-stock', 'thermometer');
	const [id] = await hospital.send('s48-man', { temp: 38.2 }, of('s48-stock'));
	assert.deepEqual(await codes(id), ['unassigned']);
	expectAlert(await hospital.alert('s48-man', 'equipment'), { level: 'high', owner: 'adults-nurse' });
	const task = await hospital.placed('children', 'equipment');
	expectAlert(task, { level: 'high', owner: 'children-nurse' });
	assert.match(task.description, /this ward's Thermometer s48-stock, for a patient of another ward/);
	assert.deepEqual(values(await hospital.row(adult, 'adults')), []);
	await hospital.put({ resourceType: 'Patient', id: 's48-stranger', birthDate: '2020-01-01' });
	const [stranger] = await hospital.send('s48-stranger', { temp: 39.4 }, of('s48-stock'));
	assert.deepEqual(await codes(stranger), ['unknown-patient']);
	assert.match((await hospital.placed('children', 'equipment')).description, /39\.4.*somebody with no stay/);
});

test('S48 putting the assignment right files nothing; correcting the Observation does', async () => {
	await hospital.bed('s48-one');
	const two = await hospital.bed('s48-two');
	await device('s48-swapped', 'thermometer');
	await assign('s48-swapped', 's48-one');
	const at = await hospital.now();
	const [id] = await hospital.send('s48-two', { temp: 38.4 }, of('s48-swapped'));
	assert.deepEqual(await codes(id), ['quarantined']);
	assert.equal((await ask('s48-swapped', 'assign', toPatient('s48-two'))).status, 409, 'somebody has it');
	const back = await giveBack('s48-swapped');
	assert.deepEqual([back.patient, back.location.reference], [undefined, 'Location/store']);
	await hospital.advance(MIN);
	await assign('s48-swapped', 's48-two');
	await hospital.settle();
	assert.deepEqual(values(await hospital.row(two)), [], 'still quarantined');
	assert.deepEqual(await hospital.tasks('s48-two', '&code=fever'), []);
	expectAlert(await hospital.alert('s48-two', 'equipment'), { level: 'high' });
	await hospital.put({ ...hospital.observation('s48-two', 'temp', 38.4, { effectiveDateTime: at, ...of('s48-swapped'), note: [{ authorString: 'Nora', text: 'Measured by the mother of s48-two' }] }), status: 'corrected', id });
	await hospital.settle();
	assert.equal((await hospital.value(two, 'temperature')).text, '38.4');
	expectAlert(await hospital.alert('s48-two', 'fever'), { level: 'high' });
	expectAlert(await hospital.alert('s48-two', 'equipment'), { level: 'high' }, 'a person resolves it');
	const [issue] = await issues(id);
	assert.deepEqual([issue.code.coding[0].code, issue.status, issue.mitigation[0].action.text], ['quarantined', 'amended', 'The Observation was corrected']);
});

test('S48 who had it when it was measured counts, not who has it when the reading comes', async () => {
	const first = await hospital.bed('s48-first');
	const second = await hospital.bed('s48-second');
	await device('s48-reused', 'thermometer');
	await assign('s48-reused', 's48-first');
	await hospital.advance(HOUR);
	const during = await hospital.now();
	await hospital.advance(MIN);
	await giveBack('s48-reused');
	await hospital.advance(3 * HOUR);
	await assign('s48-reused', 's48-second');
	await hospital.send('s48-first', { temp: 37.1 }, { at: during, ...of('s48-reused') });
	assert.equal((await hospital.value(first, 'temperature')).text, '37.1', 'late, and still hers');
	const [stored] = await hospital.send('s48-second', { temp: 37.2 }, { at: during, ...of('s48-reused') });
	assert.deepEqual(await codes(stored), ['quarantined'], 'what the device kept of the family before');
	await hospital.send('s48-second', { temp: 37.3 }, { at: later(await hospital.now(), -20 * MIN), ...of('s48-reused') });
	assert.equal((await hospital.value(second, 'temperature')).text, '37.3', 'measured while the assignment was being entered');
});

test('S48 a part follows its kit, deletion assigns to nobody, what the record does not know is charted and named', async () => {
	const episode = await hospital.bed('s48-kept');
	await device('s48-box', 'kit');
	await device('s48-part', 'oximeter', { parent: { reference: 'Device/s48-box' } });
	const refused = await ask('s48-part', 'assign', toPatient('s48-kept'));
	assert.equal(refused.status, 422, refused.text);
	assert.match(refused.text, /part of Device\/s48-box/);
	assert.equal((await hospital.server.post('Device/s48-box/$assign', parameters(toPatient('s48-kept')))).status, 400, 'nobody did it');
	const given = await assign('s48-box', 's48-kept');
	assert.deepEqual([given.note[0].authorString, given.note[0].text], ['Nora', 'Assigned to Patient/s48-kept']);
	await hospital.send('s48-kept', { spo2: 98 }, of('s48-part'));
	assert.equal((await hospital.value(episode, 'spo2')).text, '98');
	await hospital.none('s48-kept');
	await hospital.send('s48-kept', { temp: 36.7 }, of('s48-never-registered'));
	const value = await hospital.value(episode, 'temperature');
	assert.deepEqual([value.text, value.note], ['36.7', 'equipment not in the record']);
	await hospital.none('s48-kept');
	assert.equal((await hospital.server.ask('DELETE', 'Device/s48-part')).status, 204);
	const [id] = await hospital.send('s48-kept', { spo2: 97 }, of('s48-part'));
	assert.deepEqual(await codes(id), ['unassigned']);
	assert.equal((await hospital.value(episode, 'spo2')).text, '98');
});

test('S24 half the pulse is a conflict: both are kept, the worse is scored, the signal is to be checked', async () => {
	const episode = await hospital.bed('s24');
	await device('s24-cuff', 'blood-pressure');
	await device('s24-oximeter', 'oximeter');
	for (const id of ['s24-cuff', 's24-oximeter'])
		await assign(id, 's24');
	const [, cuff] = await hospital.send('s24', { rr: 30, hr: 150 }, of('s24-cuff'));
	const [oximeter] = await hospital.send('s24', { hr: 75 }, of('s24-oximeter'));
	const task = await hospital.alert('s24', 'conflict');
	expectAlert(task, { level: 'technical' });
	assert.match(task.description, /^Heart rate: 150 and 75 .*the worse one counts; one is half the other, check the signal/);
	assert.equal(partsOf(await hospital.score('s24')).heartRate, 2);
	assert.equal((await hospital.score('s24')).derivedFrom.length, 3);
	assert.equal((await hospital.value(episode, 'heartRate')).state, 'suspect');
	for (const id of [cuff, oximeter])
		assert.deepEqual(await codes(id), ['conflict']);
});

const quality = (value) => ({ extension: [{ url: `${HW}StructureDefinition/signal-quality`, valueDecimal: value }] });
test('S24 a poor signal scores nothing, counts as tried, and a nurse hears when no better one comes', async () => {
	const episode = await hospital.bed('s24-poor');
	await hospital.settle();
	const due = (await hospital.row(episode)).nextDue;
	const [id] = await hospital.send('s24-poor', { spo2: 82 }, quality(0.2));
	assert.deepEqual(await codes(id), ['poor-signal']);
	assert.equal(await hospital.score('s24-poor'), undefined);
	const value = await hospital.value(episode, 'spo2');
	assert.deepEqual([value.text, value.state, value.part, value.note], ['82', 'suspect', null, 'poor signal: tried, not scored; repeat asked for']);
	assert.equal((await hospital.row(episode)).nextDue, due, 'nothing was measured');
	await hospital.none('s24-poor');
	await hospital.advance(15 * MIN);
	expectAlert(await hospital.alert('s24-poor', 'implausible'), { level: 'medium' });
	await hospital.send('s24-poor', { spo2: 97 }, quality(0.9));
	assert.equal((await hospital.alert('s24-poor', 'implausible')).status, 'completed');
	assert.equal(partsOf(await hospital.score('s24-poor')).spo2, 0);
	await hospital.send('s24-poor', { temp: 38.7 }, quality(0.1));
	expectAlert(await hospital.alert('s24-poor', 'fever'), { level: 'high' });
});

const MDC = 'urn:iso:std:iso:11073:10101';
const mdc = (code) => ({ coding: [{ system: MDC, code }] });
test('S24 what a personal health device says of itself: its codes, its doubts, its failures', async () => {
	const episode = await hospital.bed('s24-phd');
	const send = async (code, value, unit, more = {}) => {
		const answer = await hospital.server.post('Observation', {
			resourceType: 'Observation', status: 'final', code: mdc(code), subject: { reference: 'Patient/s24-phd' },
			effectiveDateTime: await hospital.now(), ...(value === undefined ? {} : { valueQuantity: quantity(value, unit) }), ...more,
		});
		assert.equal(answer.status, 201, answer.text);
		return answer.json.id;
	};
	await send('149530', 132, '{beat}/min');
	await send('150364', 36.8, 'Cel');
	await send('151562', 28, '/min');
	const pressure = (code, value) => ({ code: mdc(code), valueQuantity: quantity(value, 'mm[Hg]') });
	await send('150020', undefined, '', { component: [pressure('150021', 95), pressure('150022', 60), pressure('150023', 70)] });
	const doubted = await send('150456', 91, '%', { interpretation: [{ coding: [{ system: 'http://hl7.org/fhir/uv/pocd/CodeSystem/measurement-status', code: 'questionable' }] }] });
	const failed = await send('150456', undefined, '', { dataAbsentReason: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'not-a-number' }] } });
	await hospital.settle();
	const texts = Object.fromEntries((await hospital.row(episode)).values.map((value) => [value.name, [value.text, value.state]]));
	assert.deepEqual([texts.heartRate, texts.temperature, texts.respiratoryRate, texts.systolic], [['132', 'current'], ['36.8', 'current'], ['28', 'current'], ['95', 'current']]);
	assert.deepEqual(texts.spo2, ['no value', 'suspect']);
	assert.deepEqual([await codes(doubted), await codes(failed)], [['poor-signal'], ['poor-signal']]);
	assert.equal(partsOf(await hospital.score('s24-phd')).spo2, null, 'nothing of it is scored');
});

// What a gateway notes beside the readings of one connection: its own time and the device's, as guide 2.0 has it.
const stamp = (gateway, said) => ({
	resourceType: 'Observation', status: 'final', code: mdc('67975'), subject: { reference: 'Device/s28-oximeter' }, device: { reference: 'Device/s28-hub' },
	effectiveDateTime: gateway,
	...(said ? { valueDateTime: said } : { dataAbsentReason: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown' }], text: 'Sensor Time Fault' } }),
});
const names = (reference) => ({ extension: [{ url: 'http://hl7.org/fhir/uv/phd/StructureDefinition/CoincidentTimeStampReference', valueReference: { reference } }] });
// One upload, in the order given; each entry a resource, what names the stamp names urn:uuid:….
const STAMP = 'urn:uuid:5f7c2d1e-0000-4000-8000-000000000001';
async function upload(entries) {
	const answer = await hospital.server.post('', {
		resourceType: 'Bundle', type: 'transaction',
		entry: entries.map((resource) => ({ ...(resource.code.coding[0].code === '67975' ? { fullUrl: STAMP } : {}), resource, request: { method: 'POST', url: 'Observation' } })),
	});
	assert.equal(answer.status, 200, answer.text);
	await hospital.settle();
	return answer.json.entry.map((entry) => entry.response.location.split('/').at(-3));
}
const before9 = (instant) => later(instant, -9 * MIN);

test('S28 a clock that is nine minutes slow: the corrected time counts, the device’s own is kept and said', async () => {
	const episode = await hospital.bed('s28');
	await device('s28-hub', 'hub');
	await device('s28-oximeter', 'oximeter');
	for (const id of ['s28-hub', 's28-oximeter'])
		await assign(id, 's28');
	await hospital.advance(HOUR);
	const now = await hospital.now();
	const reading = (sign, value, at, more) => hospital.observation('s28', sign, value, { effectiveDateTime: at, ...of('s28-oximeter'), ...more });
	const said = `device clock 9 min slow, it said ${clock(before9(now))}`;
	// By the guide the gateway has put the reading on its own time line already.
	await upload([stamp(now, before9(now)), reading('hr', 132, now, names(STAMP))]);
	const corrected = await hospital.value(episode, 'heartRate');
	assert.deepEqual([Date.parse(corrected.measuredAt), corrected.state, corrected.note], [Date.parse(now), 'current', said]);
	// A gateway that says that it did not; the reading comes before its stamp in the same upload.
	const raw = { extension: [...names(STAMP).extension, { url: `${HW}StructureDefinition/time-line`, valueCode: 'device' }] };
	const [id] = await upload([reading('spo2', 98, before9(now), raw), stamp(now, before9(now))]);
	const own = await hospital.value(episode, 'spo2');
	assert.deepEqual([Date.parse(own.measuredAt), own.state, own.note], [Date.parse(now), 'current', said]);
	assert.equal(Date.parse((await hospital.get(`Observation/${id}`)).effectiveDateTime), Date.parse(before9(now)), 'the original is as it came');
	const due = Date.parse((await hospital.row(episode)).nextDue);
	assert.equal(due, Date.parse(now) + 4 * HOUR * 1000);
	await hospital.none('s28');
	// Guide 1.x: derivedFrom, and the stamp comes in a later upload.
	await hospital.advance(10);
	const late = await hospital.now();
	await hospital.put({ ...reading('rr', 28, before9(late), { derivedFrom: [{ reference: 'Observation/s28-later' }], extension: raw.extension.slice(1) }), id: 's28-rr' });
	await hospital.settle();
	assert.equal(Date.parse((await hospital.value(episode, 'respiratoryRate')).measuredAt), Date.parse(before9(late)), 'not known yet');
	await hospital.put({ ...stamp(late, before9(late)), id: 's28-later', subject: { reference: 'Patient/s28' }, ...of('s28-oximeter') });
	await hospital.settle();
	assert.equal(Date.parse((await hospital.value(episode, 'respiratoryRate')).measuredAt), Date.parse(late));
});

test('S28 a time fault: untrusted, judged when it came, satisfies no schedule; more than ten minutes out is a task', async () => {
	const episode = await hospital.bed('s28-fault');
	await hospital.send('s28-fault', { hr: 131 });
	const due = (await hospital.row(episode)).nextDue;
	await hospital.advance(HOUR);
	const now = await hospital.now();
	const reading = (sign, value, at, more) => hospital.observation('s28-fault', sign, value, { effectiveDateTime: at, ...more });
	for (const [rate, order] of [[28, (entries) => entries], [29, (entries) => entries.reverse()]]) {
		const ids = await upload(order([stamp(now), reading('rr', rate, later(now, -20 * MIN), names(STAMP))]));
		const value = await hospital.value(episode, 'respiratoryRate');
		assert.deepEqual([value.state, value.note, minutes(value.measuredAt, await hospital.now()) < 1], ['suspect', 'time not trusted', true]);
		assert.equal((await hospital.row(episode)).nextDue, due, 'the clock of the schedule does not move');
		const became = await Promise.all(ids.map(codes));
		assert.deepEqual(became.flat(), ['suspect-time']);
		await hospital.advance(MIN);
	}
	expectAlert(await hospital.alert('s28-fault', 'time-suspect'), { level: 'technical' });
	const later12 = await hospital.now();
	await device('s28-cuff', 'blood-pressure', { deviceName: [{ name: 'C-3', type: 'user-friendly-name' }] });
	await hospital.bed('s28-amber');
	await assign('s28-cuff', 's28-amber');
	await upload([{ ...stamp(later12, later(later12, 12 * MIN)), subject: { reference: 'Device/s28-cuff' } }]);
	const task = await hospital.alert('s28-amber', 'time-suspect');
	expectAlert(task, { level: 'technical' });
	assert.equal(task.description, 'Blood pressure cuff C-3: its clock is 12 min fast; set it');
});

test('S51 battery and silence of home equipment: technical tasks, said on the board, ended by rule', async () => {
	const episode = await hospital.bed('s51');
	await device('s51-kit', 'kit');
	await device('s51-patch', 'patch', { parent: { reference: 'Device/s51-kit' }, deviceName: [{ name: 'P-1', type: 'user-friendly-name' }] });
	await device('s51-thermometer', 'thermometer', { parent: { reference: 'Device/s51-kit' } });
	await assign('s51-kit', 's51');
	const battery = async (percent) => {
		const answer = await hospital.server.post('Observation', {
			resourceType: 'Observation', status: 'final', code: mdc('67996'), subject: { reference: 'Patient/s51' },
			effectiveDateTime: await hospital.now(), valueQuantity: quantity(percent, '%'), ...of('s51-patch'),
		});
		assert.equal(answer.status, 201, answer.text);
		await hospital.settle();
	};
	const beat = async (id) => {
		const answer = await hospital.server.post('Observation', {
			resourceType: 'Observation', status: 'final', code: { coding: [{ system: `${HW}CodeSystem/observation`, code: 'heartbeat' }] },
			effectiveDateTime: await hospital.now(), ...of(id),
		});
		assert.equal(answer.status, 201, answer.text);
		await hospital.settle();
	};
	const shown = async (id) => (await hospital.row(episode)).equipment.find((one) => one.device === id);
	const open = async () => (await hospital.open('s51')).map((task) => task.description);
	await battery(90);
	assert.deepEqual(await open(), []);
	await battery(19);
	assert.deepEqual(await open(), ['Battery low: Patch P-1 19 %']);
	assert.equal((await shown('s51-patch')).state, 'low');
	await battery(9);
	const [task] = await hospital.open('s51');
	expectAlert(task, { level: 'technical' });
	assert.equal(task.description, 'Battery low: Patch P-1 9 %');
	assert.deepEqual([(await shown('s51-patch')).battery, (await shown('s51-patch')).state], [9, 'amber']);
	await battery(21);
	assert.equal((await open()).length, 1, 'not charged yet');
	await battery(80);
	assert.deepEqual((await hospital.get(`Task/${task.id}`)).statusReason.coding[0].code, 'arrived');
	await hospital.send('s51', { hr: 132 }, of('s51-patch'));
	assert.equal((await hospital.value(episode, 'heartRate')).state, 'current');
	const last = await hospital.now();
	await hospital.advance(30 * MIN - 30);
	assert.deepEqual(await open(), []);
	await hospital.advance(30);
	assert.deepEqual(await open(), ['Not heard of: Patch P-1 since 09:00'].map((text) => text.replace('09:00', clock(last))));
	expectAlert((await hospital.open('s51'))[0], { level: 'technical' });
	const patch = await shown('s51-patch');
	assert.deepEqual([patch.state, Math.abs(Date.parse(patch.lastSeen) - Date.parse(last)) < 1000], ['silent', true]);
	const value = await hospital.value(episode, 'heartRate');
	assert.deepEqual([value.state, Math.abs(Date.parse(value.measuredAt) - Date.parse(last)) < 1000], ['stale', true], 'never shown as current');
	await beat('s51-patch');
	assert.deepEqual(await open(), []);
	assert.equal((await shown('s51-patch')).state, 'current');
	for (let hour = 0; hour < 12; hour += 0.5) {
		await hospital.advance(HOUR / 2 - 5);
		await beat('s51-patch');
	}
	await hospital.advance(5 * MIN);
	assert.ok((await open()).includes('Not heard of: Thermometer s51-thermometer never yet'), (await open()).join());
	await hospital.send('s51', { temp: 36.8 }, of('s51-thermometer'));
	assert.deepEqual((await hospital.tasks('s51', '&code=equipment&status=requested')).map((one) => one.description), []);
});

test('S51 the stock of a ward: who has which kit, where the others are, how they are', async () => {
	await hospital.bed('s51-family');
	await device('s51-box', 'kit', { deviceName: [{ name: 'Kit 7', type: 'user-friendly-name' }] });
	await device('s51-cuff', 'blood-pressure', { parent: { reference: 'Device/s51-box' } });
	await device('s51-spare', 'thermometer', { location: { reference: 'Location/store', display: 'Equipment store' } });
	await assign('s51-box', 's51-family');
	await hospital.send('s51-family', { sbp: 95 }, of('s51-cuff'));
	const list = async (ward) => (await hospital.get(`//ward/equipment?ward=${ward}`));
	const find = async (id) => until(async () => (await list('children')).equipment.find((one) => one.device === id), id);
	const box = await find('s51-box');
	assert.deepEqual([box.name, box.type, box.patient.id, box.location], ['Kit 7', 'kit', 's51-family', null]);
	assert.deepEqual(box.parts.map((part) => [part.device, part.type, part.state]), [['s51-cuff', 'blood-pressure', 'current']]);
	assert.ok(Date.parse(box.lastSeen) > 0, 'what a part says shows where its kit is');
	const spare = await find('s51-spare');
	assert.deepEqual([spare.patient, spare.location], [null, { id: 'store', name: 'Equipment store' }]);
	assert.equal((await list('children')).equipment.find((one) => one.device === 's51-cuff'), undefined, 'a part stands with its kit');
	await giveBack('s51-box');
	await hospital.settle();
	assert.deepEqual([(await find('s51-box')).patient, (await find('s51-box')).location.id], [null, 'store']);
	assert.deepEqual((await list('adults')).equipment, []);
	assert.equal((await hospital.server.get('//ward/equipment?ward=none')).status, 404);
});

test('bad input: what is not plainly charted has its DetectedIssue, and what is has none', async () => {
	const episode = await hospital.bed('bad');
	await hospital.advance(HOUR);
	const now = await hospital.now();
	const became = async (set, more) => (await Promise.all((await hospital.send('bad', set, more)).map(codes))).flat();
	assert.deepEqual(await became({ rr: 28, hr: 130, spo2: 98, temp: 36.8, mind: 'A', worried: false }), []);
	assert.deepEqual(await became({ spo2: 0 }), ['invalid']);
	assert.deepEqual(await became({ sbp: '60/90' }), ['invalid']);
	assert.deepEqual(await became({ hr: 131 }, { at: later(now, 3 * HOUR) }), ['suspect-time']);
	assert.deepEqual(await became({ hr: 132 }, { at: now.slice(0, 10) }), ['suspect-time']);
	assert.deepEqual(await became({ hr: 130 }, { at: now }), ['duplicate']);
	const [wrong] = await hospital.post('bad', { temp: 98 }, { valueQuantity: quantity(98, 'K') });
	await hospital.settle();
	assert.deepEqual(await codes(wrong), ['unreadable']);
	const [issue] = await issues(wrong);
	assert.deepEqual([issue.resourceType, issue.patient.reference, issue.identifier[0].value, issue.meta.versionId], ['DetectedIssue', 'Patient/bad', `${wrong}/unreadable`, '1']);
	assert.match(issue.detail, /^Temperature unreadable: its unit/);
	await hospital.discharge(episode);
	await hospital.advance(MIN);
	assert.deepEqual(await became({ hr: 133 }), ['after-stay']);
});

test('bad input: of readings that come late in one upload one DetectedIssue tells, however many they are', async () => {
	await hospital.bed('burst');
	await hospital.advance(12 * HOUR);
	const now = await hospital.now();
	const sent = [];
	const upload = async () => {
		for (let n = 0; n < 10; n++)
			sent.push(...await hospital.post('burst', { rr: 28 + n % 3, hr: 130 + n % 5, spo2: 98 }, { at: later(now, -(n + 1) * HOUR), ...of('burst-gateway') }));
	};
	await upload();
	await upload();
	await hospital.settle();
	const all = await hospital.list('DetectedIssue?patient=Patient/burst');
	assert.deepEqual(all.map((one) => one.code.coding[0].code).sort(), ['duplicate', 'late']);
	assert.deepEqual(all.map((one) => one.implicated[0].reference).sort(), [sent[0], sent[30]].map((id) => `Observation/${id}`).sort());
});

test('S48 a power cut leaves each quarantined reading with one DetectedIssue and one alert', async () => {
	await hospital.bed('cut-a');
	await hospital.bed('cut-b');
	await device('cut-oximeter', 'oximeter');
	await assign('cut-oximeter', 'cut-a');
	const ids = [];
	for (let n = 0; n < 20; n++)
		ids.push(...await hospital.post('cut-b', { hr: 120 + n }, of('cut-oximeter')));
	await hospital.crash(1);
	await hospital.settle();
	for (const id of ids) {
		const [issue, ...more] = await issues(id);
		assert.deepEqual([issue.code.coding[0].code, issue.meta.versionId, more.length], ['quarantined', '1', 0]);
	}
	for (const patient of ['cut-a', 'cut-b'])
		expectAlert(await hospital.alert(patient, 'equipment'), { level: 'medium' });
});
