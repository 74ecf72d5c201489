/* SPDX-License-Identifier: Apache-2.0
 * What was sent is told line by line, wherever it stands, and nothing of it is left out in silence. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './module.mjs';

const { LINES_MAX, tell } = await load('told.ts');

const temperature = (value, more = {}) => ({ resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] },
	effectiveDateTime: '2026-11-22T03:00:00Z', valueQuantity: { value, unit: 'Cel', code: 'Cel' }, ...more });

test('signs in a Bundle are told in order, with their time and who sent them', () => {
	const told = tell({ resourceType: 'Bundle', type: 'collection', entry: [
		{ resource: temperature(40.1, { subject: { reference: 'Patient/one' }, performer: [{ display: 'Mother' }], device: { display: 'Thermometer 7' } }) },
		{ resource: { resourceType: 'Observation', status: 'entered-in-error', code: { text: 'Colour of the lips' }, valueString: 'blue' } },
		{ resource: { resourceType: 'Observation', code: { coding: [{ system: 'http://loinc.org', code: '85354-9', display: 'Blood pressure' }] }, component: [
			{ code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] }, valueQuantity: { value: 95, unit: 'mmHg' } },
			{ code: { coding: [{ system: 'http://loinc.org', code: '8462-4', display: 'Diastolic' }] }, valueQuantity: { value: 60, unit: 'mmHg' } }] } },
	] });
	assert.deepEqual(told.lines, [
		{ what: 'Temp', value: '40.1 °C', at: Date.parse('2026-11-22T03:00:00Z'), from: 'Mother, Thermometer 7', whose: 'Patient/one', withdrawn: false },
		{ what: 'Colour of the lips', value: 'blue', at: null, from: '', whose: '', withdrawn: true },
		{ what: 'Systolic BP', value: '95 mmHg', at: null, from: '', whose: '', withdrawn: false },
		{ what: 'Diastolic', value: '60 mmHg', at: null, from: '', whose: '', withdrawn: false },
	]);
	assert.equal(told.left, 0);
});
test('a sign without a value is told, not left out', () => {
	assert.deepEqual(tell({ resourceType: 'Observation', code: { text: 'Pulse by hand' } }).lines.map((line) => [line.what, line.value]), [['Pulse by hand', '']]);
	assert.deepEqual(tell(temperature(null, { valueQuantity: undefined, dataAbsentReason: { text: 'asleep' } })).lines.map((line) => line.value), ['not done (asleep)']);
	assert.deepEqual(tell(temperature(null, { valueQuantity: undefined, valueRange: { low: { value: 38 }, high: { value: 40 } } })).lines.map((line) => line.value), ['38 40']);
});
test('contained resources and Bundles within a Bundle are opened', () => {
	const inner = { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Communication', contained: [temperature(39.5)] } }] };
	assert.deepEqual(tell({ resourceType: 'Bundle', entry: [{ resource: inner }] }).lines.map((line) => line.value), ['39.5 °C']);
});
test('a sign that names nobody is of whom the resource around it speaks', () => {
	const other = { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Communication', subject: { reference: 'Patient/two' }, contained: [temperature(39.5), temperature(36, { subject: { reference: 'Patient/one' } })] } }, { resource: temperature(37) },
		{ resource: temperature(36.4, { subject: { reference: 'Patient/one' }, focus: [{ reference: 'RelatedPerson/mother' }] }) }] };
	assert.deepEqual(tell(other).lines.map((line) => line.whose), ['Patient/two', 'Patient/one', '', 'RelatedPerson/mother']);
});
test('answers are told with their questions, those below an answer too', () => {
	const told = tell({ resourceType: 'QuestionnaireResponse', authored: '2026-11-22T03:00:00Z', source: { display: 'Father' }, item: [
		{ linkId: 'day', item: [{ linkId: 'drinking', text: 'Is she drinking?', answer: [{ valueBoolean: false }], item: [{ linkId: 'inner', text: 'Since when?', answer: [{ valueString: 'noon' }] }] }] },
		{ linkId: 'rash', answer: [{ valueCoding: { code: 'new', display: 'A new rash' } }, { valueCoding: { code: 'hot' } }] },
	] });
	assert.deepEqual(told.lines.map((line) => [line.what, line.value, line.from]), [['Is she drinking?', 'no', 'Father'], ['Since when?', 'noon', 'Father'], ['rash', 'A new rash, hot', 'Father']]);
});
test('photographs are pictures, and what a page cannot draw is not', () => {
	const media = (contentType, data) => ({ resourceType: 'Media', createdDateTime: '2026-11-22T03:00:00Z', content: { contentType, data }, note: [{ text: 'Left arm' }] });
	assert.deepEqual(tell({ resourceType: 'Bundle', entry: [{ resource: media('image/jpeg', 'AAAA') }, { resource: media('image/svg+xml', 'AAAA') }, { resource: media('image/png') }] }).pictures,
		[{ type: 'image/jpeg', data: 'AAAA', at: Date.parse('2026-11-22T03:00:00Z'), note: 'Left arm' }]);
});
test('anything else is told value by value', () => {
	const told = tell({ resourceType: 'Patient', id: 'p', meta: { versionId: '3' }, name: [{ family: 'Panel', given: ['Ada', 'May'] }], birthDate: '2023-05-10', active: true });
	assert.deepEqual(told.lines.map((line) => [line.what, line.value]), [['id', 'p'], ['name family', 'Panel'], ['name given', 'Ada'], ['name given', 'May'], ['birthDate', '2023-05-10'], ['active', 'true']]);
});
test('what is more than a page can show is counted', () => {
	const told = tell({ resourceType: 'Bundle', entry: Array.from({ length: LINES_MAX + 3 }, (_, i) => ({ resource: temperature(36 + i % 5) })) });
	assert.deepEqual([told.lines.length, told.left], [LINES_MAX, 3]);
});
test('a resource nested a thousand deep is told like any other', () => {
	let one = temperature(41);
	for (let i = 0; i < 1000; i++)
		one = { resourceType: 'Bundle', entry: [{ resource: one }] };
	assert.equal(tell(one).lines.length, 1);
});
