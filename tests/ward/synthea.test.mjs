// SPDX-License-Identifier: Apache-2.0
// Real input: patients that came by `homeward import` (Synthea, from the folder of shared data) are admitted and watched over.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { binary, root } from '../kill/server.mjs';
import { startServer } from './server.mjs';
import { putSwitchboard } from './care.mjs';

const HW = 'https://fhir.homeward.example/';
const folder = path.join(process.env.HOMEWARD_SHARED ?? path.join(root, '../shared'), 'data/synthea');
const present = fs.existsSync(folder);
const options = { skip: present ? false : `no ${folder}` };
let server;
let patients;

const run = (...words) => new Promise((resolve) => {
	const child = spawn(binary, words, { stdio: ['ignore', 'pipe', 'pipe'] });
	let text = '';
	child.stdout.on('data', (part) => { text += part; });
	child.stderr.on('data', (part) => { text += part; });
	child.on('close', (code) => resolve({ code, text }));
});

before(async () => {
	if (present)
		server = await startServer();
});
after(() => server?.stop());

test('organisations, practitioners and the five smallest patients are imported whole', options, async () => {
	const all = fs.readdirSync(folder).filter((name) => name.endsWith('.bz2'));
	const size = (name) => fs.statSync(path.join(folder, name)).size;
	const first = all.filter((name) => name.startsWith('0-'));
	const smallest = all.filter((name) => !name.startsWith('0-')).sort((a, b) => size(a) - size(b)).slice(0, 5);
	const state = path.join(server.server.data, '..', 'import.state');
	const result = await run('import', '--url', `http://127.0.0.1:${server.server.port}`, '--state', state,
		...[...first, ...smallest].map((name) => path.join(folder, name)));
	assert.equal(result.code, 0, result.text);
	const row = result.text.split('\n').find((line) => line.startsWith('Patient '));
	const [inFiles, accepted] = row.trim().split(/\s+/).slice(1).map(Number);
	assert.equal(inFiles, 5);
	assert.equal(accepted, 5);
	const found = await server.get('Patient?_count=50&_sort=_id');
	assert.equal(found.body.entry.length, 5);
	const now = Date.parse(await server.now());
	patients = found.body.entry.map((entry) => entry.resource)
		.map((one) => ({ ...one, years: (now - Date.parse(one.birthDate)) / (365.25 * 86400000) }));
});

async function ward(id, policy) {
	await server.put(`Organization/${id}`, {
		resourceType: 'Organization', id, name: `Ward ${policy}`,
		type: [{ coding: [{ system: `${HW}CodeSystem/organization-type`, code: 'virtual-ward' }] }],
		extension: [{ url: `${HW}StructureDefinition/ward-policy`, valueCanonical: `${HW}PlanDefinition/${policy}|1` }],
	});
	await putSwitchboard(server, id);
}

test('a ward runs over imported patients: each is admitted, scored on the scale of its age, and a fever or a high score is raised', options, async () => {
	await ward('adults', 'adult-acute');
	await ward('children', 'childrens-cancer');
	const living = patients.filter((one) => !one.deceasedDateTime && !one.deceasedBoolean);
	assert.ok(living.length > 0);
	for (const one of living) {
		const id = one.years >= 16 ? 'adults' : 'children';
		const admitted = await server.post('EpisodeOfCare/$admit', {
			resourceType: 'Parameters',
			parameter: [
				{ name: 'patient', valueReference: { reference: `Patient/${one.id}` } },
				{ name: 'ward', valueReference: { reference: `Organization/${id}` } },
			],
		});
		assert.equal(admitted.status, 201, JSON.stringify(admitted.body));
		const at = await server.now();
		const send = (code, value, unit) => server.post('Observation', {
			resourceType: 'Observation', status: 'final', effectiveDateTime: at, subject: { reference: `Patient/${one.id}` },
			code: { coding: [{ system: 'http://loinc.org', code }] },
			valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
		});
		for (const answer of [await send('9279-1', 26, '/min'), await send('2708-6', 90, '%'), await send('8310-5', 39.4, 'Cel'), await send('8867-4', 135, '/min')])
			assert.equal(answer.status, 201);
		const tasks = await server.until(async () => {
			const found = await server.get(`Task?patient=Patient/${one.id}&status=requested,received&_count=20`);
			return found.body.entry?.map((entry) => entry.resource);
		});
		const rules = tasks.map((task) => task.code.coding[0].code);
		assert.ok(rules.includes('score') || rules.includes('parameter') || rules.includes('fever'), rules.join());
		const scale = id === 'adults' ? '1104051000000101' : '1363261000000104';
		const score = await server.until(async () => {
			const found = await server.get(`Observation?patient=Patient/${one.id}&code=http://snomed.info/sct|${scale}`);
			const resource = found.body.entry?.[0]?.resource;
			return resource?.derivedFrom.length >= 3 && resource; /* the set comes reading by reading */
		});
		assert.ok(score.valueQuantity.value >= 3);
	}
	/* The board follows the record by a moment. */
	await server.until(async () => {
		const boards = [await server.board('adults'), await server.board('children')];
		return boards.flatMap((board) => board.body.rows).filter((row) => row.patient !== null).length === living.length;
	});
});
