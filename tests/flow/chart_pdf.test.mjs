// SPDX-License-Identifier: Apache-2.0
// The chart of a stay as a PDF (SPOT specification V2.0, T6.7), read back with poppler's tools as a person's reader would.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parameters, until } from '../ward/care.mjs';
import { ADULT_WELL, CHILD, HOUR, Hospital, MIN, WELL, later, quantity } from '../ward/hospital.mjs';

const ARABIC = 'ليلى حسن', POLISH = 'Łucja Żółć';
let hospital, episode, text, pages;
const by = (role) => ({ by: { valueReference: { reference: `PractitionerRole/children-${role}` } } });
const say = (valueString) => ({ valueString });
const operate = async (stay, operation, values) => {
	const answer = await hospital.server.post(`EpisodeOfCare/${stay}/$${operation}`, parameters(values));
	assert.equal(answer.status, 200, answer.text);
};
const pdf = async (stay, headers = {}) => {
	const answer = await fetch(`http://127.0.0.1:${hospital.server.port}/fhir/EpisodeOfCare/${stay}/$chart-pdf`, { headers });
	return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
};
const file = () => path.join(hospital.folder, 'chart.pdf');
const tool = (name, ...words) => execFileSync(name, words, { encoding: 'utf8' });
const textOf = (bytes) => {
	fs.writeFileSync(file(), bytes);
	return tool('pdftotext', '-layout', file(), '-');
};
const flat = (words) => words.replace(/[\u2066-\u2069\u200e\u200f\u202a-\u202e]/g, '').replace(/\s+/g, ' ');

before(async () => {
	hospital = await Hospital.open({ start: '2026-06-01T09:00:00Z' });
	await hospital.put({ resourceType: 'Patient', id: 'leila', birthDate: '2021-06-10', name: [{ text: `${POLISH} ${ARABIC}` }],
		identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9434765919' }] });
	const admitted = await hospital.server.post('EpisodeOfCare/$admit', parameters({
		patient: { valueReference: { reference: 'Patient/leila' } }, ward: { valueReference: { reference: 'Organization/children' } }, policy: { valueCanonical: `${CHILD}|2` } }));
	assert.equal(admitted.status, 201, admitted.text);
	episode = admitted.json.entry[0].resource.id;
	const axilla = { bodySite: { coding: [{ system: 'http://snomed.info/sct', code: '91470000' }] } };
	await hospital.send('leila', { ...WELL, temp: 38.4 }, axilla);
	await hospital.acknowledge(await hospital.alert('leila', 'fever'), 'Zoë Łukaszewska', { plan: say('Antibiotics at home within the hour') });
	await hospital.advance(2 * HOUR);
	await operate(episode, 'pews-chart', { ...by('consultant'), chart: { valueCode: '5-12-years' }, reason: say('Tall and heavy for her age') });
	await operate(episode, 'limit', { ...by('consultant'), sign: { valueCode: 'temperature' }, above: { valueDecimal: 37.8 }, level: { valueCode: 'high' }, reason: say('Line infection'),
		expires: { valueDateTime: later(await hospital.now(), 24 * HOUR) } });
	await operate(episode, 'change-plan', { ...by('nurse'), plan: say('Readings every three hours'), reason: say('Rigors'), periodHours: { valueDecimal: 3 } });
	await operate(episode, 'review', { ...by('nurse'), plan: say('Bloods tomorrow at nine') });
	for (let i = 0; i < 24; i++) {
		await hospital.advance(3 * HOUR);
		await hospital.send('leila', { ...WELL, rr: 22 + i, hr: 100 + 3 * i, temp: 36.6 + i / 20 });
	}
	await hospital.put({ ...hospital.observation('leila', 'weight', 17.4), id: 'wrong', effectiveDateTime: await hospital.now() });
	await hospital.put({ ...hospital.observation('leila', 'weight', 17.4), id: 'wrong', status: 'entered-in-error', effectiveDateTime: await hospital.now(),
		note: [{ text: 'Of her brother', authorString: 'Nora', time: await hospital.now() }] });
	await hospital.settle();
	const answer = await pdf(episode);
	assert.equal(answer.status, 200, answer.bytes.toString());
	assert.equal(answer.headers.get('content-type'), 'application/pdf');
	assert.equal(answer.headers.get('cache-control'), 'no-store');
	assert.doesNotMatch(answer.headers.get('content-disposition'), /leila|Łucja/i);
	text = textOf(answer.bytes);
	pages = text.split('\f').slice(0, -1);
});
after(() => hospital?.close());

test('every A4 page says whose it is, when it was printed, and which of how many it is', () => {
	const info = tool('pdfinfo', file());
	assert.match(info, /Page size: +595 x 842 pts \(A4\)/);
	assert.equal(Number(/Pages: +(\d+)/.exec(info)[1]), pages.length);
	assert.ok(pages.length >= 2, `${pages.length} pages`);
	for (const [index, page] of pages.entries()) {
		const words = flat(page);
		assert.ok(words.includes('born 2021-06-10, NHS number 9434765919'), `page ${index + 1}`);
		assert.match(words, new RegExp(`Printed 4 Jun 2026, 1[0-9]:[0-5][0-9] \\(Europe/London\\) by Homeward\\. Page ${index + 1} of ${pages.length}`));
	}
});

test('names in Arabic and Polish letters are found by a search, in fonts that the file brings along', () => {
	assert.ok(flat(text).includes(POLISH));
	assert.ok(flat(text).includes(ARABIC), flat(text).slice(0, 120));
	assert.ok(flat(text).includes('Zoë Łukaszewska'));
	const fonts = tool('pdffonts', file()).trim().split('\n').slice(2);
	assert.ok(fonts.length > 0);
	for (const font of fonts)
		assert.match(font, /DejaVuSans.* yes yes yes /, 'embedded, a part of it, with Unicode');
});

test('it carries values with their site, scores with their chart, alerts with who answered, limits, orders, the plan and its changes, and what was withdrawn', () => {
	const words = flat(text);
	for (const wanted of ['Chart of a stay on the virtual ward', 'Ward: Ward children. Policy: Children\'s cancer, version 2', 'On the ward since 1 Jun 2026, 10:00; the stay goes on', 'Monday 1/6/2026',
		'38.4, axilla', 'PEWS 0 (chart 1-4 years)', 'chosen by The consultant', '1 Jun 2026, 10:00, high: Fever 38.4 °C (axilla) at 10:00',
		'1 Jun 2026, 10:00, Zoë Łukaszewska: Antibiotics at home within the hour', 'The consultant: PEWS chart: 5-12-years (Tall and heavy for her age)',
		'The consultant: Limit: temperature at or above 37.8 is high, until 2 Jun 2026, 12:00 (Line infection)', 'Readings every three hours (why: Rigors)', 'Bloods tomorrow at nine',
		'1 reading was withdrawn as entered in error'])
		assert.ok(words.includes(wanted), `${wanted}\n${text}`);
	assert.ok(!words.includes('17.4'), 'what was entered in error is not charted');
	const scores = words.match(/PEWS \d+/g).length;
	assert.ok(scores >= 25, `${scores} scores`);
});

test('its pictures have the bands of the score behind the values', () => {
	const image = execFileSync('pdftoppm', ['-r', '50', '-f', '1', '-l', '1', file()], { maxBuffer: 1 << 26 });
	const [, width, height] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(image.subarray(0, 40).toString('latin1')).map(Number);
	const start = image.length - width * height * 3, seen = { yellow: 0, orange: 0, red: 0, line: 0 };
	for (let at = start; at < image.length; at += 3) {
		const [red, green, blue] = image.subarray(at, at + 3);
		seen.yellow += red > 250 && Math.abs(green - 243) < 3 && Math.abs(blue - 207) < 3;
		seen.orange += red > 250 && Math.abs(green - 224) < 3 && Math.abs(blue - 181) < 3;
		seen.red += Math.abs(red - 249) < 3 && Math.abs(green - 207) < 3 && Math.abs(blue - 202) < 3;
		seen.line += red < 90 && blue > 150 && green < 170;
	}
	for (const [name, count] of Object.entries(seen))
		assert.ok(count > 100, `${name}: ${count} points`);
});

test('a stay of an adult without a reading prints as well; a stay that is not there is 404', async () => {
	const empty = await hospital.bed('empty', { ward: 'adults', birthDate: '1950-03-01' });
	assert.match(flat(textOf((await pdf(empty)).bytes)), /No reading was received during this stay.*No alert was raised.*Nothing was recorded/);
	await hospital.send('empty', ADULT_WELL);
	await hospital.advance(MIN);
	await hospital.send('empty', { spo2: 91 });
	await operate(empty, 'discharge', { reason: say('Well again'), by: say('Nora') });
	const whole = flat(textOf((await pdf(empty)).bytes));
	assert.match(whole, /NEWS2 3 low-medium: SpO2 3 \(chart NEWS2, SpO2 scale 1\)/);
	assert.match(whole, /On the ward from .* to /);
	assert.equal((await pdf('nobody')).status, 404);
});

test('continuous measurement is said, not printed; one of very many values of a minute does not break the page', async () => {
	const stay = await hospital.bed('long');
	const at = await hospital.now();
	await hospital.put({ resourceType: 'Observation', id: 'stream', status: 'final', subject: { reference: 'Patient/long' }, code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
		effectivePeriod: { start: later(at, -60), end: at }, valueSampledData: { origin: quantity(0, '/min'), period: 1000, dimensions: 1, data: Array(60).fill('120').join(' ') } });
	for (let i = 0; i < 40; i++)
		await hospital.post('long', { spo2: 60 + i }, { at });
	await hospital.settle();
	const words = flat(textOf((await pdf(stay)).bytes));
	assert.match(words, /1 stretch of continuous measurement/);
	assert.match(words, /60, very far out; 61, very far out;.* 70; 71;.*; more in the record/);
});

test('a person of another ward is refused, and who printed it stands in the log', async () => {
	const other = await pdf(episode, { 'X-Homeward-User': 'PractitionerRole/adults-nurse' });
	assert.equal(other.status, 403);
	assert.equal((await pdf(episode, { 'X-Homeward-User': 'PractitionerRole/children-nurse' })).status, 200);
	let events; // the log is written behind the answer
	await until(async () => (events = await hospital.list('AuditEvent?entity=Patient/leila')).length === 2, 'the access log');
	assert.deepEqual(events.map((event) => [event.agent[0].who.reference, event.outcome]).sort(),
		[['PractitionerRole/adults-nurse', '4'], ['PractitionerRole/children-nurse', '0']]);
});
