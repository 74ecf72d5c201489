// SPDX-License-Identifier: Apache-2.0
// S19 over HTTP: rows that others published (29 of Open-eObs, ward.md section 1.3), and every edge of every chart by one step, sent as any
// home sends them. The exact edges to a thousandth are in tests/score.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { Hospital, MIN, partsOf } from './hospital.mjs';

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

// Tables by hand from ward.md 1.1 and 1.2, not from data/score. [edge, points below, points from there]: sent are the value
// one step below the edge, the edge and one step above it.
const around = (edges, step = 1) => edges.flatMap(([edge, below, from]) =>
	[[-1, below], [0, from], [1, from]].map(([side, points]) => [Number((edge + side * step).toFixed(3)), points]));
const INFANT = '2026-01-10', TODDLER = '2023-05-10', CHILD = '2018-05-10', TEEN = '2011-05-10';
const PEWS = {
	[INFANT]: {
		rr: [[10, 4, 2], [20, 2, 1], [30, 1, 0], [50, 0, 1], [60, 1, 2], [70, 2, 4]],
		hr: [[80, 4, 2], [90, 2, 1], [110, 1, 0], [150, 0, 1], [170, 1, 2], [180, 2, 4]],
		sbp: [[50, 4, 2], [60, 2, 1], [70, 1, 0], [90, 0, 1], [100, 1, 2], [110, 2, 4]],
	},
	[TODDLER]: {
		rr: [[10, 4, 2], [20, 2, 0], [40, 0, 1], [50, 1, 2], [60, 2, 4]],
		hr: [[60, 4, 2], [70, 2, 1], [90, 1, 0], [140, 0, 1], [150, 1, 2], [170, 2, 4]],
		sbp: [[50, 4, 2], [60, 2, 1], [80, 1, 0], [100, 0, 1], [120, 1, 2], [130, 2, 4]],
	},
	[CHILD]: {
		rr: [[10, 4, 2], [15, 2, 1], [20, 1, 0], [25, 0, 1], [40, 1, 2], [50, 2, 4]],
		hr: [[60, 4, 2], [70, 2, 1], [80, 1, 0], [120, 0, 1], [140, 1, 2], [160, 2, 4]],
		sbp: [[70, 4, 2], [80, 2, 1], [90, 1, 0], [110, 0, 1], [120, 1, 2], [130, 2, 4]],
	},
	[TEEN]: {
		rr: [[10, 4, 1], [15, 1, 0], [25, 0, 1], [30, 1, 2], [40, 2, 4]],
		hr: [[50, 4, 2], [60, 2, 1], [70, 1, 0], [100, 0, 1], [120, 1, 2], [130, 2, 4]],
		sbp: [[80, 4, 2], [90, 2, 1], [100, 1, 0], [120, 0, 1], [130, 1, 2], [140, 2, 4]],
	},
};
// The same at every age. A value in a published gap takes the higher points (C1.4).
const PEWS_ALL = {
	spo2: [[90, 4], [91, 4], [91.005, 4], [91.01, 1], [92, 1], [94, 1], [94.99, 1], [94.995, 1], [95, 0], [96, 0], [100, 0]],
	crt: [[1, 0], [2, 0], [2.1, 2], [2.9, 2], [3, 2], [4, 2]],
	distress: [['none', 0], ['mild', 1], ['moderate', 2], ['severe', 4]],
	oxygen: [
		['air', 0],
		...['NP', 'FM', 'HB', 'NRB'].flatMap((device) => [['0.1 L/min', 1], ['1.9 L/min', 1], ['2 L/min', 2], ['5.9 L/min', 2], ['6 L/min', 4], ['7 L/min', 4],
			['16 %', 1], ['29 %', 1], ['29.9 %', 1], ['30 %', 2], ['49 %', 2], ['49.9 %', 2], ['50 %', 4], ['51 %', 4]].map(([amount, points]) => [`${device} ${amount}`, points])),
		...['HF', 'BiPAP', 'CPAP'].flatMap((device) => ['', ' 1 L/min', ' 21 %'].map((amount) => [`${device}${amount}`, 4])),
		['NP 21 %', 1], ['FM', null], // on support at the oxygen of air; support of which nobody says how much is no 0
	],
};
const NEWS2 = {
	rr: around([[9, 3, 1], [12, 1, 0], [21, 0, 2], [25, 2, 3]]),
	spo2: [...around([[92, 3, 2], [94, 2, 1], [96, 1, 0]]), [100, 0]],
	oxygen: [['air', 0], ['NP 0.5 L/min', 2], ['FM 28 %', 2], ['HF 30 L/min', 2]],
	sbp: around([[91, 3, 2], [101, 2, 1], [111, 1, 0], [220, 0, 3]]),
	hr: around([[41, 3, 1], [51, 1, 0], [91, 0, 1], [111, 1, 2], [131, 2, 3]]),
	mind: [['A', 0], ['C', 3], ['V', 3], ['P', 3], ['U', 3]],
	temp: around([[35.1, 3, 1], [36.1, 1, 0], [38.1, 0, 1], [39.1, 1, 2]], 0.1),
};
const SCALE_2 = {
	air: [...around([[84, 3, 2], [86, 2, 1], [88, 1, 0]]), [92, 0], [93, 0], [94, 0], [95, 0], [96, 0], [97, 0], [100, 0]],
	'NP 2 L/min': [...around([[84, 3, 2], [86, 2, 1], [88, 1, 0], [93, 0, 1], [95, 1, 2], [97, 2, 3]]), [100, 3]],
};
const NAMES = { hr: 'heartRate', rr: 'respiratoryRate', sbp: 'systolic', spo2: 'spo2', crt: 'capillaryRefill', distress: 'respiratoryDistress', oxygen: 'oxygen', mind: 'consciousness', temp: 'temperature' };

// Columns of cases, [value, points] each, side by side: one upload holds one case of every column, the next comes eleven
// minutes later. Every case must have made a score of its own.
async function drive(columns) {
	const steps = Math.max(...columns.map((column) => column.cases.length));
	const sent = new Map(columns.map((column) => [column, []]));
	for (let step = 0; step < steps; step++) {
		const at = await hospital.now();
		const due = columns.filter((column) => step < column.cases.length);
		const entry = due.flatMap(({ id, sign, cases, beside = {} }) => Object.entries({ [sign]: cases[step][0], ...beside }).map(([name, value]) => (
			{ request: { method: 'POST', url: 'Observation' }, resource: hospital.observation(id, name, value, { effectiveDateTime: at }) })));
		const answer = await hospital.server.post('', { resourceType: 'Bundle', type: 'transaction', entry });
		assert.equal(answer.status, 200, answer.text);
		for (const column of due)
			sent.get(column).push(at);
		await hospital.advance(11 * MIN);
	}
	for (const [{ id, sign, cases }, instants] of sent) {
		const scores = new Map((await hospital.scores(id)).map((score) => [Date.parse(score.effectiveDateTime ?? score.effectivePeriod.start), score]));
		for (const [index, [value, points]] of cases.entries()) {
			const score = scores.get(Date.parse(instants[index]));
			assert.ok(score, `${id}: a score of ${sign} ${value}`);
			assert.equal(partsOf(score)[NAMES[sign]], points, `${id}: ${sign} ${value}`);
		}
	}
}

test('S19 every edge of the four PEWS charts: one below, at it, and one above', async () => {
	const columns = [];
	for (const [birthDate, signs] of Object.entries(PEWS)) {
		const all = { ...Object.fromEntries(Object.entries(signs).map(([sign, edges]) => [sign, around(edges)])), ...PEWS_ALL };
		for (const [sign, cases] of Object.entries(all)) {
			const id = `pews-${birthDate}-${sign}`;
			await hospital.bed(id, { birthDate });
			if (sign !== 'oxygen')
				columns.push({ id, sign, cases });
			else /* in four columns, so that they are no longer than the others */
				for (const part of [0, 1, 2, 3]) {
					await hospital.bed(`${id}-${part}`, { birthDate });
					columns.push({ id: `${id}-${part}`, sign, cases: cases.filter((_, index) => index % 4 === part) });
				}
		}
	}
	await drive(columns);
});

test('S19 every edge of NEWS2, both scales of SpO2: one below, at it, and one above', async () => {
	const adult = { ward: 'adults', birthDate: '1970-01-01' };
	const columns = [];
	for (const [sign, cases] of Object.entries(NEWS2)) {
		await hospital.bed(`news2-${sign}`, adult);
		columns.push({ id: `news2-${sign}`, sign, cases });
	}
	for (const [index, [oxygen, cases]] of Object.entries(SCALE_2).entries()) {
		const id = `news2-scale2-${index}`;
		const episode = await hospital.bed(id, adult);
		const ordered = await hospital.server.post(`EpisodeOfCare/${episode}/$spo2-scale`, parameters({
			by: { valueReference: { reference: 'PractitionerRole/adults-consultant' } }, scale: { valueInteger: 2 }, reason: { valueString: 'Target 88 to 92 %' } }));
		assert.equal(ordered.status, 200, ordered.text);
		columns.push({ id, sign: 'spo2', cases, beside: { oxygen } });
	}
	await hospital.settle();
	await drive(columns);
});
