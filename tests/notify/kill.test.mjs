// SPDX-License-Identifier: Apache-2.0
// The server is killed while text messages are owed: in the moment the gateway has taken one and before its answer is
// read, and at other moments. No page is lost and none goes out twice: before anything that may have been sent is sent,
// the gateway is asked for its reference.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Server, newFolder, run } from '../api/server.mjs';
import { Care, HW, until } from '../ward/care.mjs';
import { openGateway } from './gateway.mjs';
import path from 'node:path';

const ROUNDS = Number(process.env.HOMEWARD_NOTIFY_KILLS ?? 8);
let gateway;
let folder;
let server;
let care;

async function start() {
	server = await Server.start({ folder, env: gateway.env });
	care = new Care(server);
	gateway.callback = `${server.address}/notify/receipt`;
}
before(async () => {
	gateway = await openGateway();
	folder = newFolder();
	await start();
	await care.open();
	await server.put('PractitionerRole/nurse-1', {
		resourceType: 'PractitionerRole', id: 'nurse-1', active: true, organization: { reference: 'Organization/ward-1' }, practitioner: { display: 'Nurse Synthetic' },
		code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: 'nurse' }] }], telecom: [{ system: 'phone', use: 'mobile', value: '07700 900001' }],
	});
});
after(async () => {
	await server?.stop({ keep: true });
	await gateway?.close();
	fs.rmSync(folder, { recursive: true, force: true });
});

async function kill() {
	server.child.kill('SIGKILL');
	await server.ended;
}

test(`no text message is lost and none is sent twice in ${ROUNDS} kills`, async () => {
	const tasks = [];
	for (let round = 0; round < ROUNDS; round++) {
		const id = `killed-${round}`;
		await care.bed(id);
		// Killed when the gateway has taken the message and not answered yet; or some milliseconds after its answer.
		const taken = new Promise((resolve) => {
			gateway.behaviour = round % 2 === 0 ? 'slow' : 'delivered';
			gateway[round % 2 === 0 ? 'arrived' : 'answered'] = resolve;
		});
		assert.equal((await care.fever(id)).status, 201);
		await taken;
		if (round % 2 === 1)
			await new Promise((resolve) => setTimeout(resolve, round * 3));
		await kill();
		gateway.answered = undefined;
		gateway.arrived = undefined;
		gateway.behaviour = 'delivered';
		await start();
		tasks.push((await care.alert(id)).id);
	}
	for (const [round, task] of tasks.entries()) {
		const page = await until(async () => {
			const found = await server.get(`Communication?subject=Patient/killed-${round}&medium=${HW}CodeSystem/channel|sms&status=completed&_count=100`);
			return found.json.entry?.map((entry) => entry.resource).find((one) => one.about?.[0].reference === `Task/${task}`);
		}, `the page of round ${round}`);
		assert.equal(gateway.of(page.id).length, 1, `round ${round}: sent once`);
		assert.ok(page.received);
	}
	const references = gateway.messages.map((message) => message.reference);
	assert.equal(new Set(references).size, references.length, 'nothing at all went out twice');
	await server.stop({ keep: true });
	const verified = run(['verify', '--data', path.join(folder, 'record')]);
	assert.equal(verified.status, 0, verified.stdout + verified.stderr);
	await start();
});
