// SPDX-License-Identifier: Apache-2.0
// What a family is told reaches somebody, on a number that is still theirs, under the name they go by now. No voice is
// set up here: a landline leads to nobody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openGateway } from '../notify/gateway.mjs';
import { CHILD, Hospital, until } from './hospital.mjs';

let gateway;
let hospital;
before(async () => {
	gateway = await openGateway();
	const { HOMEWARD_NOTIFY_VOICE_TEMPLATE_ID: voice, ...env } = gateway.env;
	assert.ok(voice);
	hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z', env });
	gateway.callback = `${hospital.server.address}/notify/receipt`;
});
after(async () => {
	await hospital?.close();
	await gateway?.close();
});

const mobile = (value, rank, more = {}) => ({ system: 'phone', use: 'mobile', value, ...(rank ? { rank } : {}), ...more });
const landline = (value, rank, more = {}) => ({ system: 'phone', use: 'home', value, ...(rank ? { rank } : {}), ...more });
const relative = (id, patient, telecom, name = [{ text: `Relative ${id}` }]) => hospital.put({
	resourceType: 'RelatedPerson', id, active: true, patient: { reference: `Patient/${patient}` }, name, relationship: [{ text: 'Mother' }], telecom,
});
// Whom the ward asks to measure again, and on which channel.
async function asked(patient) {
	await hospital.send(patient, { spo2: 0 });
	return (await hospital.said(patient)).map((page) => [page.recipient[0].reference, page.medium?.[0].coding[0].code]);
}

test('where no way leads to the first contact the next one is told', async () => {
	await hospital.bed('landline', { policy: `${CHILD}|3` });
	await relative('landline-a', 'landline', [landline('01632 960101', 1)]);
	await relative('landline-b', 'landline', [mobile('07700 900102', 2)]);
	assert.deepEqual(await asked('landline'), [['RelatedPerson/landline-b', 'sms']]);
});

test('where no way leads to any contact the patient is told', async () => {
	await hospital.bed('sixteen', { birthDate: '2010-01-01', policy: `${CHILD}|3` });
	await hospital.put({ ...(await hospital.get('Patient/sixteen')), telecom: [mobile('07700 900103')] });
	await relative('sixteen-a', 'sixteen', [landline('01632 960104')]);
	assert.deepEqual(await asked('sixteen'), [['Patient/sixteen', 'sms']]);
});

test('where the only number stands in the other record of a merged patient, it leads to them', async () => {
	await hospital.bed('grown', { birthDate: '2009-01-01', policy: `${CHILD}|3` });
	await hospital.put({ resourceType: 'Patient', id: 'grown-before', birthDate: '2009-01-01', telecom: [mobile('07700 900109')], link: [{ other: { reference: 'Patient/grown' }, type: 'replaced-by' }] });
	assert.deepEqual(await asked('grown'), [['Patient/grown-before', 'sms']]);
	await until(() => gateway.messages.some((one) => /900109$/.test(one.number)), 'the text');
});

test('where no way leads to anybody the record says that the first contact was not told', async () => {
	await hospital.bed('nobody', { policy: `${CHILD}|3` });
	await relative('nobody-a', 'nobody', [landline('01632 960105', 1)]);
	await relative('nobody-b', 'nobody', [landline('01632 960106', 2)]);
	await asked('nobody');
	assert.deepEqual((await hospital.said('nobody')).map((page) => [page.recipient[0].reference, page.status]), [['RelatedPerson/nobody-a', 'not-done']]);
});

test('a number that is old or whose time has ended is not texted and stands on no board', async () => {
	const episode = await hospital.bed('moved', { policy: `${CHILD}|3` });
	await relative('moved-a', 'moved', [
		mobile('07700 900111', 1, { use: 'old' }), mobile('07700 900112', 2, { period: { end: '2026-01-31' } }), mobile('07700 900113', 3, { period: { start: '2026-02-01' } }),
	]);
	assert.deepEqual(await asked('moved'), [['RelatedPerson/moved-a', 'sms']]);
	const [page] = await hospital.said('moved');
	const sent = await until(() => gateway.of(page.id)[0], 'the message');
	assert.equal(sent.number, '07700900113');
	assert.equal((await hospital.row(episode)).contacts[0].phone, '07700 900113');
});

test('an old telephone of the ward is told to no family', async () => {
	const { meta, ...ward } = await hospital.get('Organization/children');
	assert.ok(meta);
	await hospital.put({ ...ward, telecom: [landline('01632 960110', undefined, { use: 'old' }), { system: 'phone', use: 'work', value: '01632 960120' }] });
	await hospital.bed('ward-phone', { policy: `${CHILD}|3` });
	assert.equal((await hospital.home('ward-phone')).ward.phone, '01632 960120');
});

test('a child and a contact go by the name of now, wherever an old one stands', async () => {
	const episode = await hospital.bed('renamed', { policy: `${CHILD}|3` });
	const names = (family) => [{ use: 'old', given: ['Ann'], family: `Old ${family}` }, { given: ['Ann'], family: `Past ${family}`, period: { end: '2025-12-31' } }, { use: 'official', given: ['Ann'], family }];
	await hospital.put({ ...(await hospital.get('Patient/renamed')), name: names('Child') });
	await relative('renamed-a', 'renamed', [mobile('07700 900114')], names('Parent'));
	await hospital.settle();
	const row = await hospital.row(episode);
	assert.deepEqual([row.patient.name, row.contacts[0].name], ['Ann Child', 'Ann Parent']);
	await hospital.put({ ...(await hospital.get('Patient/renamed')), name: [{ use: 'maiden', text: 'Ann Only' }] });
	await hospital.settle();
	assert.equal((await hospital.row(episode)).patient.name, 'Ann Only', 'a past name where there is no other');
});
