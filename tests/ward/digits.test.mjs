// SPDX-License-Identifier: Apache-2.0
// Numbers of twenty and more digits, as some devices print them: kept as they were written, scored by what they say,
// and found by a search.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-01-05T10:00:00Z' }); });
after(async () => { await hospital.close(); });

const UNITS = { 'Cel': '8310-5', '[degF]': '8310-5', '/min': '8867-4' };
// A number as text: JavaScript's own would round it.
async function send(patient, digits, unit = 'Cel') {
	const body = JSON.stringify({
		resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${patient}` }, effectiveDateTime: await hospital.now(),
		code: { coding: [{ system: 'http://loinc.org', code: UNITS[unit] }] }, valueQuantity: { value: 0, unit, system: 'http://unitsofmeasure.org', code: unit },
	}).replace('"value":0', `"value":${digits}`);
	const answer = await hospital.server.ask('POST', 'Observation', { body });
	assert.equal(answer.status, 201, answer.text);
	await hospital.settle();
	return answer.json.id;
}

test('a fever is a fever however many digits say it, and what is below it by the last of them is none', async () => {
	for (const [patient, digits, unit, fever] of [
		['exact', '38.00000000000000000000', 'Cel', true],
		['above', '38.00000000000000000001', 'Cel', true],
		['below', '37.99999999999999999999', 'Cel', false],
		['binary', '39.39999999999999857891452847979962825775146484375', 'Cel', true],
		['power', '3940000000000000000000000000e-26', 'Cel', true],
		['fahrenheit', '100.4000000000000000000000', '[degF]', true],
		['nearly', '100.39999999999999999999999', '[degF]', false],
	]) {
		await hospital.bed(patient);
		const id = await send(patient, digits, unit);
		const rules = (await hospital.open(patient)).map((task) => task.code.coding[0].code);
		assert.equal(rules.includes('fever'), fever, `${patient} ${rules}`);
		assert.ok(!rules.some((rule) => rule !== 'fever'), `${patient} ${rules}`);
		assert.match((await hospital.server.get(`Observation/${id}`)).text, new RegExp(`"value":${digits.replace('.', '\\.')}[,}]`), 'as it was written');
	}
});

test('the last digit of a pulse decides its band, as a number with few digits would', async () => {
	const score = async (patient, digits) => {
		await hospital.bed(patient);
		await send(patient, digits, '/min');
		const found = await hospital.score(patient);
		return found.component.find((part) => part.code.text === 'heartRate').valueQuantity.value;
	};
	assert.equal(await score('high', '180.0000000000000000000000'), await score('few', '180'));
	assert.equal(await score('lower', '99.99999999999999999999999'), await score('lower-few', '99.9'));
	assert.equal(await score('just', '100.0000000000000000000001'), await score('just-few', '100.1'));
});

test('on the board a long number is seen to go on, and its power is not lost', async () => {
	const stay = await hospital.bed('shown');
	await send('shown', '3.850000000000000000000000000e1');
	const { text } = await hospital.value(stay, 'temperature');
	assert.match(text, /^3\.85\d*\u2026e1$/);
});

test('it is found by a search for what it is, above and below', async () => {
	await hospital.bed('found');
	const id = await send('found', '37.12345678901234567890');
	const finds = async (query) => (await hospital.list(`Observation?subject=Patient/found&value-quantity=${query}`)).some((one) => one.id === id);
	for (const query of ['37.12345678901234567890', '37.1234567890123456789', '37.123', 'gt37', 'ge37.1', 'lt37.2', 'le37.12345678901234567890', 'ge37.12345678901234567890',
		'sa37.1', 'eb37.2', 'ap37', '37.12345678901234567890|http://unitsofmeasure.org|Cel'])
		assert.ok(await finds(query), query);
	for (const query of ['37.2', 'gt37.2', 'lt37.1', 'ne37.12345678901234567890', 'sa37.2'])
		assert.ok(!await finds(query), query);
	for (const [digits, query] of [[`1${'0'.repeat(80)}`, 'gt1000000'], [`0.${'0'.repeat(80)}1`, 'lt1'], ['1e400', 'gt1e300'], ['1e-2000', 'lt1e-300'], [`37.${'1'.repeat(200)}`, '37.1']]) {
		const other = await send('found', digits);
		assert.ok((await hospital.list(`Observation?subject=Patient/found&value-quantity=${query}`)).some((one) => one.id === other), digits);
	}
});
