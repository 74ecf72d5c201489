// SPDX-License-Identifier: Apache-2.0
// Figures of a ward: a simulated week under a seed, with everything in it, counted by the program and counted anew here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, HW, WELL, extension, later } from '../ward/hospital.mjs';
import { recount, score } from './recount.mjs';
import { act, admit, by, code, done, location, patient, refer, referral, text, within } from './ward.mjs';

const MEASURES = ['ward-alarms-1', 'ward-declined-1', 'ward-fever-1', 'ward-flow-1', 'ward-nurses-1', 'ward-occupancy-1', 'ward-readings-1', 'ward-transfers-1'];

// A small generator of numbers in [0, 1) (mulberry32).
function dice(seed) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}
const pick = (roll, list) => list[Math.floor(roll() * list.length)];
const language = (value) => [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: value }] } }];

async function people(hospital, roll, count) {
	const ids = Array.from({ length: count }, (_, i) => `w${String(i).padStart(2, '0')}`);
	for (const [i, id] of ids.entries()) {
		await patient(hospital, id, {
			birthDate: pick(roll, ['2026-03-01', '2023-05-10', '2018-10-25', '2010-01-31']),
			...(i % 3 === 0 ? { extension: [{ url: `${HW}StructureDefinition/deprivation-decile`, valueInteger: 1 + i % 10 }] } : {}),
			...(i % 4 === 0 ? { communication: language('cy') } : {}),
		});
		if (i % 2 === 0)
			await hospital.put({ resourceType: 'RelatedPerson', id: `${id}-b`, active: true, patient: { reference: `Patient/${id}` }, ...(i % 6 === 0 ? {} : { communication: language(pick(roll, ['ar', 'pl'])) }) });
	}
	return ids;
}

async function reading(hospital, roll, id) {
	const kind = roll();
	const set = kind < 0.12 ? { temp: 38.4, hr: 139 } : kind < 0.3 ? { rr: 46, hr: 154, spo2: 94 } : kind < 0.36 ? { hr: 900 } : WELL;
	const source = ['telephone', undefined, 'app'][Number(id.slice(1)) % 3];
	await hospital.post(id, set, source ? { extension: [{ url: `${HW}StructureDefinition/source`, valueCode: source }] } : {});
	if (roll() < 0.25) {
		const dataAbsentReason = roll() < 0.5 ? { text: 'Would not' } : { coding: [{ system: `${HW}CodeSystem/not-done`, code: pick(roll, ['refused', 'asleep']) }] };
		const sent = await hospital.server.post('Observation', { resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${id}` }, effectiveDateTime: await hospital.now(),
			code: { coding: [{ system: 'http://loinc.org', code: pick(roll, ['2708-6', '8310-5']) }] }, dataAbsentReason });
		assert.equal(sent.status, 201, sent.text);
	}
}

// To the ward where it is not.
async function move(hospital, where) {
	const { meta, ...stay } = await hospital.get(where);
	assert.ok(meta);
	const other = stay.managingOrganization.reference.endsWith('unit') ? 'annexe' : 'unit';
	await hospital.put({ ...stay, managingOrganization: { reference: `Organization/${other}` } });
}

async function people_act(hospital, roll, stays, id) {
	const where = `EpisodeOfCare/${stays[id]}`;
	const kind = roll();
	if (kind > 0.96) {
		await move(hospital, where);
	} else if (kind < 0.15) {
		await act(hospital, `${where}/$review`, { ...by(), plan: text(`Plan ${kind}`) });
	} else if (kind < 0.19) {
		await act(hospital, `${where}/$step-up`, { ...by(), reason: text('Fluids') });
	} else if (kind < 0.24) {
		await act(hospital, `${where}/$return`, { ...by(), reason: text('Better') });
	} else if (kind < 0.26) {
		await act(hospital, `${where}/$escalate`, { ...by(), to: code(pick(roll, ['999', 'hospital'])), reason: text(`Why ${kind}`), outcome: text('Seen') });
	} else if (kind < 0.3) {
		await act(hospital, `${where}/$change-plan`, { ...by(), plan: text('Other hours'), reason: text('Calm'), periodHours: { valueDecimal: pick(roll, [4, 6, 8]) } });
	} else if (kind < 0.34) {
		await hospital.settle(); /* whether it is refused hangs on the alerts of what was sent just now */
		const ended = await act(hospital, `${where}/$discharge`, { ...by(), reason: text('Done'), ...(roll() < 0.8 ? { destination: code(pick(roll, ['hospital', 'hospice', 'died', 'other-ward', 'home'])) } : {}) });
		if (ended.status === 200)
			delete stays[id];
	}
}

async function nurses_act(hospital, roll) {
	const key = (task) => `${task.for?.reference} ${task.code.coding[0].code} ${task.authoredOn}`;
	const open = await hospital.list('Task?status=requested,received');
	for (const task of open.sort((a, b) => (key(a) < key(b) ? -1 : 1))) {
		const kind = roll();
		if (kind < 0.3)
			await act(hospital, `Task/${task.id}/$acknowledge`, { ...by(), plan: text('Phoned') });
		else if (kind < 0.4)
			await act(hospital, `Task/${task.id}/$resolve`, { ...by(), reason: text('Seen') });
		else if (kind < 0.6)
			await act(hospital, `Task/${task.id}/$snooze`, { by: { valueReference: { reference: 'PractitionerRole/unit-nurse' } }, reason: text('Asleep'), minutes: { valueInteger: 10 } });
	}
}

// Referrals are decided, and some become stays.
async function arrive(hospital, roll, stays, id) {
	await refer(hospital, id, { ward: 'unit', source: pick(roll, ['ed', 'ward', 'gp', '111']) });
	const kind = roll();
	if (kind < 0.2)
		await done(hospital, `ServiceRequest/ref-${id}/$refuse`, { ...by(), reason: code(pick(roll, ['no-capacity', 'not-eligible'])), text: text('No') });
	if (kind < 0.35)
		return;
	await done(hospital, `ServiceRequest/ref-${id}/$accept`, by());
	const admitted = await admit(hospital, id, { ward: 'unit', ...referral(id) });
	assert.equal(admitted.status, 201, admitted.text);
	stays[id] = admitted.json.entry[0].resource.id;
}

async function week(hospital, roll, steps) {
	const ids = await people(hospital, roll, 20);
	const stays = {};
	for (let i = 1; i <= 6; i++)
		await hospital.put(location(`bed-${i}`, 'unit'));
	for (let step = 0; step < steps; step++) {
		if (step % 2 === 0 && ids.length > 0)
			await arrive(hospital, roll, stays, ids.shift());
		if (step % 9 === 4)
			await hospital.put(location(`bed-${1 + step % 6}`, 'unit', pick(roll, ['C', 'U'])));
		for (const id of Object.keys(stays)) {
			if (roll() < 0.7)
				await reading(hospital, roll, id);
			await people_act(hospital, roll, stays, id);
		}
		await hospital.settle();
		await nurses_act(hospital, roll);
		await hospital.advance(Math.round((3.5 + roll()) * HOUR));
	}
}

function expectList(report, population, expected, where) {
	const list = report.contained.find((one) => `#${one.id}` === population.subjectResults.reference);
	const found = (list.entry ?? []).map((one) => [one.item.reference, one.extension?.[0].valueInteger ?? 1]);
	assert.deepEqual(found, expected.map((one) => [one.reference, one.times]), where);
	assert.equal(population.count, expected.reduce((sum, one) => sum + one.times, 0), where);
}
function expectScore(found, kind, lists, where) {
	const expected = score(kind, lists);
	if (found === undefined)
		assert.ok(expected === undefined || Number.isNaN(expected) || !Number.isFinite(expected), `${where}: no score, expected ${expected}`);
	else
		assert.ok(Math.abs(found.value - expected) <= 0.0051, `${where}: ${found.value}, expected ${expected}`);
}
// Every population, score and stratum of a report.
function expectReport(measure, report, figures) {
	let strata = 0;
	measure.group.forEach((group, i) => {
		const found = report.group[i];
		const kind = extension(group, 'measure-score');
		const where = `${measure.id} ${group.code.coding[0].code}`;
		const roles = group.population.map((one) => one.code.coding[0].code);
		const lists = group.population.map((one) => figures[one.criteria.expression] ?? []);
		const check = (target, chosen, at) => {
			chosen.forEach((list, k) => expectList(report, target.population[k], list, `${at} ${roles[k]}`));
			expectScore(target.measureScore, kind, Object.fromEntries(roles.map((role, k) => [role, chosen[k]])), at);
		};
		check(found, lists, where);
		(group.stratifier ?? []).forEach((stratifier, k) => {
			const name = stratifier.criteria.expression;
			const values = [...new Set(lists.flat().map((one) => one.strata[name] ?? 'unknown'))].sort();
			assert.deepEqual((found.stratifier[k].stratum ?? []).map((one) => one.value.text), values, `${where} by ${name}`);
			values.forEach((value, n) => check(found.stratifier[k].stratum[n], lists.map((list) => list.filter((one) => (one.strata[name] ?? 'unknown') === value)), `${where} ${name}=${value}`));
			strata += values.length;
		});
	});
	return strata;
}

// SEED=44 node --test tests/flow/measure.test.mjs: any other week; that it had everything in it is asked of this one alone.
const USUAL = 20261022;
const SEED = Number(process.env.SEED ?? USUAL);

test('the figures of a seeded week equal a recount from raw resources', () => within({ start: '2026-10-22T20:00:00Z' }, async (hospital) => {
	const roll = dice(SEED);
	for (const ward of ['unit', 'annexe'])
		await hospital.ward(ward, `${HW}PlanDefinition/childrens-cancer`);
	await week(hospital, roll, 42);
	const figures = {};
	// Two periods with the change of the clocks in them, one of them cut in the middle of stays.
	for (const [ward, start, end, from, to] of [
		['unit', '2026-10-22', '2026-10-29', '2026-10-21T23:00:00Z', '2026-10-30T00:00:00Z'],
		['unit', '2026-10-24T09:17:00Z', '2026-10-26T16:03:00Z', '2026-10-24T09:17:00Z', '2026-10-26T16:03:00Z'],
		['annexe', '2026-10-23', '2026-10-28', '2026-10-22T23:00:00Z', '2026-10-29T00:00:00Z'],
	]) {
		Object.assign(figures, { [start]: await recount(hospital, ward, Date.parse(from), Date.parse(to)) });
		let strata = 0;
		for (const id of MEASURES) {
			const where = `Measure/${id}/$evaluate-measure?periodStart=${start}&periodEnd=${end}&subject=Organization/${ward}`;
			const report = await hospital.get(where);
			assert.deepEqual([report.period.start, report.period.end].map(Date.parse), [from, to].map(Date.parse));
			strata += expectReport(await hospital.get(`Measure/${id}`), report, figures[start]);
			const { date, ...again } = await hospital.get(where);
			const { date: before, ...first } = report;
			assert.ok(before && date);
			assert.deepEqual(again, first, 'asked again it is the same');
			const valid = await hospital.server.post('MeasureReport', report);
			assert.equal(valid.status, 201, `any FHIR server takes the report: ${valid.text.slice(0, 300)}`);
		}
		assert.ok(SEED !== USUAL || strata > 100, `${strata} strata`);
	}
	// The week had nearly everything in it: hardly a figure was compared with nothing.
	const rare = ['stays-over-14-days', 'alerts-raised-again', 'technical-alerts-without-action'];
	const empty = Object.entries(figures['2026-10-22']).filter(([name, list]) => list.length === 0 && !rare.includes(name)).map(([name]) => name);
	assert.ok(SEED !== USUAL || empty.length <= 3, `empty: ${empty}`);
}));

test('a report wants a ward, a period and figures that exist', () => within({ start: '2026-10-22T20:00:00Z' }, async (hospital) => {
	const ask = async (query, id = 'ward-flow-1') => { const answer = await hospital.server.get(`Measure/${id}/$evaluate-measure?${query}`); return [answer.status, answer.json.issue?.[0].diagnostics ?? '']; };
	const subject = 'subject=Organization/children';
	for (const query of ['', subject, `${subject}&periodStart=2026-10-22`, `${subject}&periodStart=2026-10-22&periodEnd=2026-10-21`, `${subject}&periodStart=x&periodEnd=y`, 'subject=Patient/x&periodStart=2026-10-22&periodEnd=2026-10-22'])
		assert.equal((await ask(query))[0], 400, query);
	assert.equal((await ask(`${subject}&periodStart=2026-10-22&periodEnd=2026-10-22`, 'none'))[0], 404);
	assert.equal((await ask(`${subject}&periodStart=2026-10&periodEnd=2026-10`))[0], 200);
	const { meta, ...measure } = await hospital.get('Measure/ward-flow-1');
	assert.ok(meta);
	measure.id = 'own';
	measure.group = [measure.group[0]];
	measure.group[0].population[0].criteria.expression = 'moons';
	await hospital.put(measure);
	assert.deepEqual((await ask(`${subject}&periodStart=2026-10-22&periodEnd=2026-10-22`, 'own'))[0], 422);
	measure.group[0].population[0].criteria.expression = 'admissions';
	await hospital.put(measure);
	await hospital.bed('x');
	const report = await hospital.get(`Measure/own/$evaluate-measure?${subject}&periodStart=2026-10-22&periodEnd=${later(await hospital.now(), 1)}`);
	assert.deepEqual(report.group[0].population[0].count, 1, 'a ward has measures of its own without a line of C');
}));
