/* SPDX-License-Identifier: Apache-2.0 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { load } from './module.mjs';

const { columns, lines, series } = await load('reading.ts');
const { BODY_SITES, SIGNS_BY_SITE } = await load('site.ts');
const { alertLevel, story } = await load('alert_history.ts');

const LOINC = 'http://loinc.org', SNOMED = 'http://snomed.info/sct', HW = 'https://fhir.homeward.example/CodeSystem';
const observation = (id, system, code, at, more) => ({ resourceType: 'Observation', id, code: { coding: [{ system, code }] }, effectiveDateTime: at, ...more });

test('readings become series by sign, sorted by time', () => {
	const all = series([
		observation('2', LOINC, '8867-4', '2026-11-22T03:00:00Z', { valueQuantity: { value: 130, unit: '/min' } }),
		observation('1', SNOMED, '364075005', '2026-11-21T23:00:00Z', { valueQuantity: { value: 120, unit: '/min' } }),
	]);
	assert.deepEqual(all.get('heartRate').map((point) => [point.value, point.text]), [[120, '120 /min'], [130, '130 /min']]);
});
test('the components of a panel count alone, those of a score do not', () => {
	const all = series([
		observation('1', LOINC, '85354-9', '2026-11-22T03:00:00Z', { component: [
			{ code: { coding: [{ system: LOINC, code: '8480-6' }] }, valueQuantity: { value: 95, code: 'mm[Hg]' } },
			{ code: { coding: [{ system: LOINC, code: '8462-4' }] }, valueQuantity: { value: 60, code: 'mm[Hg]' } }] }),
		observation('2', SNOMED, '1363261000000104', '2026-11-22T03:00:00Z', { valueQuantity: { value: 5, code: '{ScoreOf}' }, component: [
			{ code: { coding: [{ system: LOINC, code: '8867-4' }] }, valueQuantity: { value: 2 } }] }),
	]);
	assert.deepEqual([...all.keys()].sort(), ['score', 'systolic']);
	assert.equal(all.get('score')[0].text, '5');
});
test('words, absence, Fahrenheit and errors', () => {
	const all = series([
		observation('1', `${HW}/observation`, 'worried', '2026-11-22T03:00:00Z', { valueBoolean: true }),
		observation('2', SNOMED, '1364121000000100', '2026-11-22T04:00:00Z', { valueCodeableConcept: { coding: [{ code: 'W' }] } }),
		observation('3', LOINC, '8310-5', '2026-11-22T03:00:00Z', { valueQuantity: { value: 100.4, code: '[degF]', unit: 'degF' } }),
		observation('4', LOINC, '8310-5', '2026-11-22T03:00:00Z', { status: 'entered-in-error', valueQuantity: { value: 41, code: 'Cel' } }),
		observation('5', SNOMED, '722742002', '2026-11-22T03:00:00Z', {}),
		observation('6', LOINC, '3151-8', '2026-11-22T04:00:00Z', { valueQuantity: { value: 0.5, unit: 'L/min' }, method: { coding: [{ code: 'NP' }] } }),
		observation('7', LOINC, '8480-6', '2026-11-22T04:00:00Z', { dataAbsentReason: { text: 'NCO' } }),
		observation('9', LOINC, '9279-1', '2026-11-22T04:00:00Z', { valueQuantity: { value: 60, comparator: '>', unit: '/min' } }),
		observation('8', 'http://other.example', '8867-4', '2026-11-22T04:00:00Z', { valueQuantity: { value: 1 } }),
	]);
	assert.deepEqual(all.get('worried').map((point) => point.text), ['worried', 'worse']);
	assert.deepEqual(all.get('temperature').map((point) => point.value), [38]);
	assert.deepEqual(all.get('oxygen').map((point) => point.text), ['air', 'NP 0.5 L/min']);
	assert.deepEqual(all.get('systolic').map((point) => [point.value, point.text]), [[null, 'not done (NCO)']]);
	assert.equal(all.get('respiratoryRate')[0].text, '>60 /min', 'more than sixty is not sixty');
	assert.equal(all.has('heartRate'), false, 'a code of another system is not a heart rate');
});
test('a chart shows a gap as a gap', () => {
	const point = (hour, value) => ({ at: hour * 3_600_000, value, text: '', observation: '' });
	const [at, value] = columns([point(0, 1), point(4, 2), point(4.5, null), point(12, 3)], 5 * 3_600_000);
	assert.deepEqual(value, [1, 2, null, 3]);
	assert.deepEqual(at, [0, 14400, 28800, 43200]);
	assert.deepEqual(columns([], 1), [[], []]);
});
test('the table has one line a minute, and both of two values of one minute', () => {
	const table = lines(new Map([['spo2', [{ at: 60_000, value: 88, text: '88 %', observation: '' }, { at: 90_000, value: 97, text: '97 %', observation: '' }]],
		['heartRate', [{ at: 180_000, value: 120, text: '120', observation: '' }]]]));
	assert.equal(table.length, 2);
	assert.equal(table[0].cells.get('heartRate'), '120');
	assert.equal(table[1].cells.get('spo2'), '88 %, 97 %');
});

const task = (versionId, status, lastModified, more = {}) => ({ resourceType: 'Task', id: 't', status, authoredOn: '2026-11-22T03:00:00Z', description: 'Fever 38.4',
	lastModified, meta: { versionId }, businessStatus: { text: 'Nurse' }, extension: [{ url: 'x/StructureDefinition/alert-level', valueCode: 'high' }], ...more });
test('the story of an alert is told in order, whatever order its versions come in', () => {
	const names = new Map([['r1', 'Aoife Byrne'], ['r2', 'Ben Carter']]);
	const steps = story([
		task('4', 'completed', '2026-11-22T04:00:00Z', { owner: { reference: 'PractitionerRole/r2' }, businessStatus: { text: 'Nurse in charge' },
			note: [{ text: 'Phoned', time: '2026-11-22T03:07:00Z', authorString: 'Ben Carter' }], statusReason: { text: 'Antibiotics given' } }),
		task('1', 'requested', '2026-11-22T03:00:00Z'),
		task('3', 'accepted', '2026-11-22T03:07:00Z', { owner: { reference: 'PractitionerRole/r2' }, businessStatus: { text: 'Nurse in charge' },
			note: [{ text: 'Phoned', time: '2026-11-22T03:07:00Z', authorString: 'Ben Carter' }] }),
		task('2', 'requested', '2026-11-22T03:05:00Z', { owner: { reference: 'PractitionerRole/r2' }, businessStatus: { text: 'Nurse in charge' } }),
	], [{ resourceType: 'Communication', id: 'c', status: 'completed', recipient: [{ reference: 'PractitionerRole/r1' }], medium: [{ text: 'board' }],
		sent: '2026-11-22T03:00:01Z', received: '2026-11-22T03:00:02Z' }], names);
	assert.deepEqual(steps.map((step) => step.text), ['Raised', 'Sent to Aoife Byrne', 'Received by Aoife Byrne', 'Passed on to Nurse in charge',
		'Acknowledged by Ben Carter', 'Plan (Ben Carter)', 'Resolved']);
	assert.equal(steps.at(-1).detail, 'Antibiotics given');
});
test('an alert that worsens says so', () => {
	const steps = story([task('1', 'requested', '2026-11-22T03:00:00Z'),
		task('2', 'requested', '2026-11-22T03:05:00Z', { extension: [{ url: 'x/alert-level', valueCode: 'emergency' }] })], [], new Map());
	assert.deepEqual(steps.map((step) => step.text), ['Raised', 'Level changed to emergency']);
	assert.equal(alertLevel({ resourceType: 'Task', id: 't', priority: 'stat' }), 'emergency');
});
test('a temperature says its site: of bodySite or its code, as sent where it is not known', () => {
	const site = (code, more) => series([observation('1', LOINC, code, '2026-11-22T03:00:00Z', { valueQuantity: { value: 37, unit: '°C', code: 'Cel' }, ...more })]).get('temperature')?.[0].text;
	assert.equal(site('8310-5'), '37 °C');
	assert.equal(site('8310-5', { bodySite: { coding: [{ system: SNOMED, code: '91470000' }] } }), '37 °C, axilla');
	assert.equal(site('8333-7'), '37 °C, tympanic');
	assert.equal(site('8333-7', { bodySite: { coding: [{ system: SNOMED, code: '74262004' }] } }), '37 °C, oral, coded as tympanic');
	assert.equal(site('8310-5', { bodySite: { coding: [{ system: SNOMED, code: '1', display: 'Left knee' }] } }), '37 °C, Left knee');
	assert.equal(series([observation('1', LOINC, '8867-4', '2026-11-22T03:00:00Z', { valueQuantity: { value: 99, unit: '/min' }, bodySite: { text: 'wrist' } })]).get('heartRate')[0].text, '99 /min');
});
test('the page and the server know the same sites by the same words', () => {
	const systems = { LOINC, SNOMED, MDC: 'urn:iso:std:iso:11073:10101' };
	const rows = [...readFileSync('src/ward/site.c', 'utf8').matchAll(/\{ STR_INIT\((\w+)\), STR_INIT\("([^"]+)"\), STR_INIT\("([^"]+)"\) \}/g)];
	assert.ok(rows.length > 30);
	assert.deepEqual(Object.fromEntries(rows.map(([, system, code, word]) => [`${systems[system]}|${code}`, word])), { ...BODY_SITES, ...SIGNS_BY_SITE });
});
