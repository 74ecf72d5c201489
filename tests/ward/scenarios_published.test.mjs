// SPDX-License-Identifier: Apache-2.0
// S19 over HTTP: rows that others published (29 of Open-eObs, ward.md section 1.3), and every edge of both charts by one step, sent as any
// home sends them. The exact edges to a thousandth are in tests/score.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, partsOf } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(() => hospital?.close());

// rate, SpO2, temperature, systolic, pulse, ACVPU, total
const ROWS = [
	[12, 96, 36.1, 111, 51, 'A', 0], [11, 96, 38.0, 111, 51, 'A', 1], [9, 95, 36.1, 219, 90, 'A', 2], [10, 94, 35.1, 219, 90, 'A', 3],
	[10, 94, 38.1, 110, 51, 'A', 4], [10, 94, 39.0, 101, 50, 'A', 5], [10, 94, 39.0, 100, 41, 'A', 6], [10, 93, 39.0, 91, 91, 'A', 7],
	[10, 92, 39.1, 91, 110, 'A', 8], [10, 92, 39.1, 91, 111, 'A', 9], [21, 92, 39.1, 91, 130, 'A', 10], [24, 91, 39.1, 91, 130, 'A', 11],
	[25, 91, 39.1, 91, 130, 'A', 12], [24, 91, 35.0, 90, 130, 'A', 13], [8, 91, 35.0, 220, 130, 'A', 14], [8, 91, 35.0, 220, 131, 'A', 15],
	[10, 91, 35.0, 220, 40, 'V', 16], [23, 91, 35.0, 220, 40, 'V', 17], [25, 91, 35.0, 220, 40, 'V', 18], [25, 96, 38.0, 111, 51, 'A', 3],
	[8, 96, 38.0, 111, 51, 'A', 3], [12, 91, 36.1, 219, 51, 'A', 3], [12, 96, 35.0, 219, 51, 'A', 3], [12, 96, 36.1, 90, 51, 'A', 3],
	[12, 96, 36.1, 220, 51, 'A', 3], [12, 96, 36.1, 219, 40, 'A', 3], [20, 96, 36.1, 111, 131, 'A', 3], [20, 96, 36.1, 111, 90, 'V', 3],
	[20, 97, 36.1, 111, 90, 'U', 3],
];

test('S19 twenty nine published rows have their NEWS2', async () => {
	for (const [index, [rr, spo2, temp, sbp, hr, mind]] of ROWS.entries()) {
		await hospital.bed(`s19-${index}`, { ward: 'adults', birthDate: '1970-01-01' });
		await hospital.post(`s19-${index}`, { rr, spo2, temp, sbp, hr, mind, oxygen: 'air' });
	}
	await hospital.settle();
	for (const [index, row] of ROWS.entries()) {
		const score = await hospital.score(`s19-${index}`);
		assert.equal(score.valueQuantity.value, row[6], `row ${index}: ${row}`);
	}
});

// Lower edges of the bands of heart rate, respiratory rate and systolic with the points below and from there (ward.md 1.2).
const EDGES = {
	'2026-01-10': { hr: [[80, 4, 2], [90, 2, 1], [110, 1, 0], [150, 0, 1], [170, 1, 2], [180, 2, 4]], rr: [[10, 4, 2], [20, 2, 1], [30, 1, 0], [50, 0, 1], [60, 1, 2], [70, 2, 4]], sbp: [[50, 4, 2], [60, 2, 1], [70, 1, 0], [90, 0, 1], [100, 1, 2], [110, 2, 4]] },
	'2023-05-10': { hr: [[60, 4, 2], [70, 2, 1], [90, 1, 0], [140, 0, 1], [150, 1, 2], [170, 2, 4]], rr: [[10, 4, 2], [20, 2, 0], [40, 0, 1], [50, 1, 2], [60, 2, 4]], sbp: [[50, 4, 2], [60, 2, 1], [80, 1, 0], [100, 0, 1], [120, 1, 2], [130, 2, 4]] },
	'2018-05-10': { hr: [[60, 4, 2], [70, 2, 1], [80, 1, 0], [120, 0, 1], [140, 1, 2], [160, 2, 4]], rr: [[10, 4, 2], [15, 2, 1], [20, 1, 0], [25, 0, 1], [40, 1, 2], [50, 2, 4]], sbp: [[70, 4, 2], [80, 2, 1], [90, 1, 0], [110, 0, 1], [120, 1, 2], [130, 2, 4]] },
	'2011-05-10': { hr: [[50, 4, 2], [60, 2, 1], [70, 1, 0], [100, 0, 1], [120, 1, 2], [130, 2, 4]], rr: [[10, 4, 1], [15, 1, 0], [25, 0, 1], [30, 1, 2], [40, 2, 4]], sbp: [[80, 4, 2], [90, 2, 1], [100, 1, 0], [120, 0, 1], [130, 1, 2], [140, 2, 4]] },
};
const NAMES = { hr: 'heartRate', rr: 'respiratoryRate', sbp: 'systolic' };

test('S19 every edge of the four PEWS charts, one below and at it', async () => {
	const cases = [];
	for (const [birthDate, signs] of Object.entries(EDGES))
		for (const [sign, edges] of Object.entries(signs))
			for (const [edge, below, from] of edges)
				cases.push({ birthDate, sign, value: edge - 1, part: below }, { birthDate, sign, value: edge, part: from });
	for (const [index, one] of cases.entries()) {
		await hospital.bed(`edge-${index}`, { birthDate: one.birthDate });
		await hospital.post(`edge-${index}`, { [one.sign]: one.value });
	}
	await hospital.settle();
	for (const [index, one] of cases.entries()) {
		const score = await hospital.score(`edge-${index}`);
		assert.equal(partsOf(score)[NAMES[one.sign]], one.part, `born ${one.birthDate}, ${one.sign} ${one.value}`);
	}
});
