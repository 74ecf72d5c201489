// SPDX-License-Identifier: Apache-2.0
// Scenarios of the ward reference, section 5, over HTTP: home equipment. S24, S28, S48, S51, and what became of each
// reading that is not plainly charted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOUR, HW, Hospital, MIN, WELL, expectAlert, later } from './hospital.mjs';
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
	await hospital.put({ ...hospital.observation('s48-two', 'temp', 38.4, { effectiveDateTime: at, ...of('s48-swapped'), note: [{ text: 'Measured by the mother of s48-two' }] }), status: 'corrected', id });
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
