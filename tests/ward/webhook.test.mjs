// SPDX-License-Identifier: Apache-2.0
// Pages by webhook: tried again until proof of delivery, across a crash, and without a word about who the patient is.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startServer } from './server.mjs';
import { putSwitchboard } from './care.mjs';

const HW = 'https://fhir.homeward.example/';
const SECRET = 'synthetic secret';
const received = [];
let refusals = 0;
let receiver;
let server;
let folder;

before(async () => {
	receiver = http.createServer((request, answer) => {
		let body = '';
		request.on('data', (part) => { body += part; });
		request.on('end', () => {
			received.push({ headers: request.headers, body });
			answer.writeHead(refusals-- > 0 ? 503 : 202, { 'X-Request-Id': `receipt-${received.length}` });
			answer.end();
		});
	});
	await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-secret-'));
	fs.writeFileSync(path.join(folder, 'secret'), `${SECRET}\n`);
	process.env.HOMEWARD_WARD_WEBHOOK_URL = `http://127.0.0.1:${receiver.address().port}/in`;
	process.env.HOMEWARD_WARD_WEBHOOK_SECRET_FILE = path.join(folder, 'secret');
	server = await startServer();
	await server.put('Organization/ward-1', {
		resourceType: 'Organization', id: 'ward-1', name: 'Test ward',
		type: [{ coding: [{ system: `${HW}CodeSystem/organization-type`, code: 'virtual-ward' }] }],
		extension: [{ url: `${HW}StructureDefinition/ward-policy`, valueCanonical: `${HW}PlanDefinition/childrens-cancer|1` }],
	});
	await putSwitchboard(server, 'ward-1');
	await server.put('PractitionerRole/nurse-1', {
		resourceType: 'PractitionerRole', id: 'nurse-1', active: true, organization: { reference: 'Organization/ward-1' },
		practitioner: { display: 'Nurse Synthetic' },
		code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: 'nurse' }] }],
	});
});
after(async () => {
	await server?.stop();
	receiver?.close();
	fs.rmSync(folder, { recursive: true, force: true });
});

async function fever(id) {
	await server.put(`Patient/${id}`, { resourceType: 'Patient', id, birthDate: '2023-06-01', name: [{ text: `Canary ${id}` }] });
	const admitted = await server.post('EpisodeOfCare/$admit', {
		resourceType: 'Parameters',
		parameter: [
			{ name: 'patient', valueReference: { reference: `Patient/${id}` } },
			{ name: 'ward', valueReference: { reference: 'Organization/ward-1' } },
		],
	});
	assert.equal(admitted.status, 201);
	const posted = await server.post('Observation', {
		resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${id}` },
		code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] }, effectiveDateTime: await server.now(),
		valueQuantity: { value: 38.4, unit: 'Cel', system: 'http://unitsofmeasure.org', code: 'Cel' },
	});
	assert.equal(posted.status, 201);
}
const pagesOf = async (id, status) => {
	const found = await server.get(`Communication?subject=Patient/${id}&recipient=PractitionerRole/nurse-1&medium=${HW}CodeSystem/channel|webhook&status=${status}`);
	return found.body.entry?.map((entry) => entry.resource);
};

test('a page is tried again until the receiver takes it, and the proof is written down', async () => {
	received.length = 0;
	refusals = 2;
	await fever('hook-1');
	const [page] = await server.until(() => pagesOf('hook-1', 'completed'));
	assert.ok(page.received, 'the time of delivery stands in the page');
	const proof = page.extension.find((extension) => extension.url === `${HW}StructureDefinition/delivery-proof`);
	assert.match(proof.valueString, /^HTTP 202 receipt-\d+$/);
	const tries = received.filter((request) => request.headers['idempotency-key'] === page.id);
	assert.ok(tries.length >= 2, 'it was tried more than once');
	for (const request of tries) {
		const mac = createHmac('sha256', SECRET).update(request.body).digest('hex');
		assert.equal(request.headers['x-homeward-signature'], `sha256=${mac}`);
		const message = JSON.parse(request.body);
		assert.equal(message.communication, page.id);
		assert.equal(`Task/${message.alert}`, page.about[0].reference);
		assert.equal(message.recipient, 'PractitionerRole/nurse-1');
		assert.doesNotMatch(request.body, /Canary|hook-1|38\.4|Fever/);
	}
});

test('the alert counts as delivered once the proof is there', async () => {
	const task = await server.until(async () => {
		const found = await server.get('Task?patient=Patient/hook-1&code=fever&status=received');
		return found.body.entry?.[0]?.resource;
	});
	assert.equal(task.status, 'received');
});

test('a page that was owed when the server was killed is delivered after the restart', async () => {
	received.length = 0;
	refusals = 1000000;
	await fever('hook-2');
	await server.until(() => received.length > 0);
	await server.server.end('SIGKILL');
	refusals = 0;
	await server.server.start();
	const [page] = await server.until(() => pagesOf('hook-2', 'completed'));
	const [another] = [...(await pagesOf('hook-2', 'preparation')) ?? []];
	assert.equal(another, undefined, 'nothing is left over');
	assert.ok(received.some((request) => request.headers['idempotency-key'] === page.id));
});
