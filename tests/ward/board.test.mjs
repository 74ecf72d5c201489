// SPDX-License-Identifier: Apache-2.0
// From a reading posted over FHIR to the nurse's board: the issue's own scenarios, live events, and a kill in between.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { startServer } from './server.mjs';

const HW = 'https://fhir.homeward.example/';
const WARD = 'ward-board';
let house;

before(async () => {
	house = await startServer();
	await put({
		resourceType: 'Organization', id: WARD, name: 'Board ward',
		type: [{ coding: [{ system: `${HW}CodeSystem/organization-type`, code: 'virtual-ward' }] }],
		extension: [{ url: `${HW}StructureDefinition/ward-policy`, valueCanonical: `${HW}PlanDefinition/childrens-cancer|1` }],
	});
	for (const role of ['nurse', 'shift-lead', 'nurse-in-charge', 'registrar', 'consultant', 'switchboard']) {
		await put({
			resourceType: 'PractitionerRole', id: `board-${role}`, organization: { reference: `Organization/${WARD}` },
			practitioner: { display: `The ${role}` },
			code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: role }] }],
		});
	}
	await house.until(async () => (await house.get('PlanDefinition/childrens-cancer-1')).status === 200);
});
after(() => house?.stop());

async function put(resource) {
	const answer = await house.put(`${resource.resourceType}/${resource.id}`, resource);
	assert.ok([200, 201].includes(answer.status), JSON.stringify(answer.body));
}

async function admit(id, birthDate = '2023-05-10') {
	await put({ resourceType: 'Patient', id, birthDate, name: [{ given: ['Synthetic'], family: id }] });
	const answer = await house.post('EpisodeOfCare/$admit', {
		resourceType: 'Parameters', parameter: [
			{ name: 'patient', valueReference: { reference: `Patient/${id}` } },
			{ name: 'ward', valueReference: { reference: `Organization/${WARD}` } },
		],
	});
	assert.equal(answer.status, 201, JSON.stringify(answer.body));
	return answer.body.entry[0].resource.id;
}

const loinc = (code) => ({ coding: [{ system: 'http://loinc.org', code }] });
const snomed = (code) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const quantity = (value, code) => ({ value, unit: code, system: 'http://unitsofmeasure.org', code });
const word = (system, code) => ({ coding: [{ system: `${HW}CodeSystem/${system}`, code }] });

// One transaction, as a home gateway sends a set.
async function send(patient, observations) {
	const at = await house.now();
	const answer = await house.post('', {
		resourceType: 'Bundle', type: 'transaction',
		entry: observations.map((observation) => ({
			request: { method: 'POST', url: 'Observation' },
			resource: {
				resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${patient}` },
				effectiveDateTime: at, ...observation,
			},
		})),
	});
	assert.equal(answer.status, 200, JSON.stringify(answer.body));
}
const temperature = (value) => ({ code: loinc('8310-5'), valueQuantity: quantity(value, 'Cel') });

const rowOf = async (episode) => (await house.board(WARD)).body.rows?.find((row) => row.episode === episode);
const alertOf = async (episode, rule) => (await rowOf(episode))?.alerts.find((alert) => alert.rule === rule);

// Events of the board until `enough` says so.
function listen(after, enough) {
	return new Promise((resolve, reject) => {
		const request = http.get({ host: '127.0.0.1', port: house.server.port, path: `/ward/events?ward=${WARD}&after=${after}` }, (answer) => {
			let text = '';
			answer.setEncoding('utf8');
			answer.on('data', (part) => {
				text += part;
				const events = text.split('\n\n').slice(0, -1).map((block) => Object.fromEntries(block.split('\n').map((line) => {
					const colon = line.indexOf(': ');
					return [line.slice(0, colon), line.slice(colon + 2)];
				})));
				if (enough(events)) {
					request.destroy();
					resolve(events);
				}
			});
		});
		request.on('error', (error) => error.code !== 'ECONNRESET' && reject(error));
	});
}

test('the set of S3 shows as PEWS 16, Emergency', async () => {
	const episode = await admit('board-s3');
	await send('board-s3', [
		{ code: loinc('9279-1'), valueQuantity: quantity(52, '/min') },
		{ code: loinc('8867-4'), valueQuantity: quantity(172, '/min') },
		{ code: loinc('85354-9'), component: [{ code: loinc('8480-6'), valueQuantity: quantity(75, 'mm[Hg]') }] },
		{ code: loinc('2708-6'), valueQuantity: quantity(91, '%') },
		{ code: snomed('1364081000000103'), valueCodeableConcept: word('respiratory-distress', 'moderate') },
		{ code: loinc('3151-8'), method: word('oxygen-device', 'NP'), valueQuantity: quantity(0.5, 'L/min') },
		{ code: loinc('44963-7'), valueQuantity: quantity(3, 's') },
	]);
	const row = await house.until(async () => {
		const found = await rowOf(episode);
		return found?.alerts.length > 0 && found;
	});
	assert.equal(row.score.total, 16);
	assert.equal(row.score.complete, true);
	assert.equal(row.score.level, 'emergency');
	assert.equal(row.alerts.length, 1);
	assert.equal(row.alerts[0].level, 'emergency');
	assert.equal(row.alerts[0].rule, 'score');
	// one version of the alert and of the score for the whole transaction
	assert.equal((await house.get(`Task/${row.alerts[0].id}`)).body.meta.versionId, '1');
	assert.equal((await house.get(`Observation/${row.score.observation}`)).body.valueQuantity.value, 16);
	const board = (await house.board(WARD)).body;
	assert.equal(board.rows[0].episode, episode, 'the most urgent row comes first');
});

test('38.0 in a child with cancer is a High fever alert beside PEWS 0', async () => {
	const episode = await admit('board-s4');
	await send('board-s4', [
		{ code: loinc('9279-1'), valueQuantity: quantity(28, '/min') },
		{ code: loinc('8867-4'), valueQuantity: quantity(132, '/min') },
		{ code: loinc('8480-6'), valueQuantity: quantity(95, 'mm[Hg]') },
		{ code: loinc('2708-6'), valueQuantity: quantity(98, '%') },
		{ code: snomed('1364081000000103'), valueCodeableConcept: word('respiratory-distress', 'none') },
		{ code: snomed('722742002') },
		{ code: loinc('44963-7'), valueQuantity: quantity(2, 's') },
		temperature(38.0),
	]);
	const alert = await house.until(() => alertOf(episode, 'fever'));
	assert.equal(alert.level, 'high');
	const row = await rowOf(episode);
	assert.equal(row.score.total, 0);
	assert.equal(row.score.complete, true);
	assert.equal(row.alerts.length, 1);
	assert.equal(row.values.find((value) => value.name === 'temperature').part, null);
});

test('an alert climbs the ladder, an acknowledgement stops it, a resolution takes it off', async () => {
	const episode = await admit('board-climb');
	await send('board-climb', [temperature(38.7)]);
	const raised = await house.until(() => alertOf(episode, 'fever'));
	assert.equal(raised.rung.name, 'Nurse');
	assert.equal(raised.rung.person, 'The nurse');
	await house.advance(301);
	await house.until(async () => (await alertOf(episode, 'fever')).rung.name === 'Nurse in charge');
	const values = (list) => ({ resourceType: 'Parameters', parameter: Object.entries(list).map(([name, valueString]) => ({ name, valueString })) });
	const answered = await house.post(`Task/${raised.id}/$acknowledge`, values({ by: 'Nurse A', plan: 'Phone the family' }));
	assert.equal(answered.status, 200);
	const acknowledged = await house.until(async () => {
		const alert = await alertOf(episode, 'fever');
		return alert.status === 'acknowledged' && alert;
	});
	assert.deepEqual([acknowledged.acknowledgement.by, acknowledged.acknowledgement.plan], ['Nurse A', 'Phone the family']);
	await house.advance(16 * 60);
	await house.until(async () => (await alertOf(episode, 'fever')).status === 'raised');
	assert.equal((await house.post(`Task/${raised.id}/$resolve`, values({ by: 'Nurse A', reason: 'Admitted' }))).status, 200);
	await house.until(async () => (await alertOf(episode, 'fever')) === undefined);
});

test('live events bring the row, beats carry the version, and a stream can be taken up again', async () => {
	const episode = await admit('board-live');
	await house.until(() => rowOf(episode));
	const { version } = (await house.board(WARD)).body;
	const heard = listen(version, (events) => events.some((event) => event.event === 'row' && event.data.includes('38.9')));
	await send('board-live', [temperature(38.9)]);
	const events = await heard;
	/* Rows of others may come at the same time: their alerts climb. */
	const row = JSON.parse(events.findLast((event) => event.event === 'row' && event.data.includes('38.9')).data);
	assert.equal(row.episode, episode);
	const again = await listen(version, (list) => list.some((event) => event.event === 'beat'));
	assert.ok(again.some((event) => event.event === 'row' && event.data.includes('38.9')), 'nothing is lost between two streams');
	const beat = again.find((event) => event.event === 'beat');
	assert.equal(JSON.parse(beat.data).version, Number(beat.id));
});

test('S39: killed after the answer, the alert is there once after the restart and its clock goes on', async () => {
	const episode = await admit('board-kill');
	await send('board-kill', [temperature(39.1)]);
	await house.server.end('SIGKILL');
	await house.server.start();
	const alert = await house.until(() => alertOf(episode, 'fever'));
	const found = (await house.get('Task?patient=Patient/board-kill')).body.entry.filter((entry) => entry.resource.code.coding[0].code === 'fever');
	assert.equal(found.length, 1);
	assert.equal(Date.parse(alert.deadline) - Date.parse(alert.raisedAt), 5 * 60 * 1000);
});

test('a ward that was written a moment ago is never said not to exist', async () => {
	const place = { resourceType: 'Organization', name: 'Just opened', type: [{ coding: [{ system: `${HW}CodeSystem/organization-type`, code: 'virtual-ward' }] }] };
	const paths = ['/ward/board', '/ward/equipment', '/ward/print'];
	const ask = (path, id) => house.server.request('GET', `${path}?ward=${id}`);
	for (let i = 0; i < 6; i++) {
		const id = `opened-${i}`;
		assert.equal((await house.server.request('PUT', `/fhir/Organization/${id}`, { ...place, id })).status, 201);
		const answer = await ask(paths[i % 3], id);
		assert.ok([200, 503].includes(answer.status), `${answer.status} ${answer.text}`);
		await house.until(async () => (await ask(paths[i % 3], id)).status === 200);
	}
	assert.equal((await house.server.request('PUT', '/fhir/Organization/office', { ...place, id: 'office', type: undefined })).status, 201);
	for (const path of paths)
		for (const id of ['office', 'none'])
			assert.equal((await ask(path, id)).status, 404);
});

test('what cannot be answered says what to do', async () => {
	assert.equal((await house.server.request('GET', '/ward/board')).status, 400);
	assert.equal((await house.server.request('GET', '/ward/board?ward=none')).status, 404);
	assert.equal((await house.server.request('GET', `/ward/events?ward=${WARD}&after=x`)).status, 400);
	const list = (await house.server.request('GET', '/ward/list')).body;
	const ward = list.find((one) => one.id === WARD);
	assert.equal(ward.name, 'Board ward');
	assert.ok(ward.patients >= 5);
});
