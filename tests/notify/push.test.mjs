// SPDX-License-Identifier: Apache-2.0
// Web Push against a push service and a browser written from the RFCs (push_service.mjs).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { Care, HW, until } from '../ward/care.mjs';
import { Browser, PushService, checkIdentification } from './push_service.mjs';
import fs from 'node:fs';
import path from 'node:path';

let service;
let server;
let care;
const env = { HOMEWARD_NOTIFY_PUSH_CONTACT: 'mailto:ward@hospital.example', HOMEWARD_NOTIFY_PUSH_HOSTS: '127.0.0.1' };
before(async () => {
	service = await new PushService().open();
	server = await Server.start({ env });
	care = await new Care(server).open();
	await server.put('PractitionerRole/nurse-1', {
		resourceType: 'PractitionerRole', id: 'nurse-1', active: true, organization: { reference: 'Organization/ward-1' }, practitioner: { display: 'Nurse Synthetic' },
		code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: 'nurse' }] }],
	});
});
after(async () => {
	await server?.stop();
	await service?.close();
});

async function subscribe(id, browser, endpoint, recipient = 'PractitionerRole/nurse-1') {
	const { keys } = browser.subscription(endpoint);
	const answer = await server.put(`Endpoint/${id}`, {
		resourceType: 'Endpoint', id, status: 'active', connectionType: { system: `${HW}CodeSystem/channel`, code: 'web-push' }, payloadType: [{ text: 'page' }], address: endpoint,
		extension: [
			{ url: `${HW}StructureDefinition/recipient`, valueReference: { reference: recipient } },
			{ url: `${HW}StructureDefinition/web-push`, extension: [{ url: 'p256dh', valueString: keys.p256dh }, { url: 'auth', valueString: keys.auth }] },
		],
	});
	assert.equal(answer.status, 201, answer.text);
}
const keyOf = async () => (await server.get('//notify/vapid-key')).json.publicKey;
async function pageOf(patient, status) {
	return until(async () => {
		const found = await server.get(`Communication?subject=Patient/${patient}&medium=${HW}CodeSystem/channel|web-push&status=${status}`);
		return found.json.entry?.[0].resource;
	}, `a page in ${status}`);
}
const tell = (body) => server.ask('POST', '//notify/push-receipt', { body, type: 'application/json' });

test('a page is encrypted for the browser, names nobody, and is delivered when the browser says so', async () => {
	const browser = new Browser();
	await subscribe('browser-1', browser, `${service.origin}/push/one`);
	await care.bed('push-1');
	await care.fever('push-1');
	const page = await pageOf('push-1', 'in-progress');
	const [message] = service.received;
	assert.equal(checkIdentification(message.headers.authorization, service.origin, await keyOf()), null);
	assert.equal(message.headers['content-encoding'], 'aes128gcm');
	assert.ok(Number(message.headers.ttl) > 0);
	assert.equal(message.headers.urgency, 'high');
	const text = browser.open(message.body).toString();
	const said = JSON.parse(text);
	assert.equal(said.communication, page.id);
	assert.match(said.text, /^Homeward: phone the ward\. Reference [0-9A-F]{8}\.$/);
	assert.doesNotMatch(text, /push-1|Synthetic|Nurse|fever/i); // nor a value: only the text above
	assert.throws(() => new Browser().open(message.body), 'nobody else can read it');
	assert.equal((await care.alert('push-1')).status, 'requested', 'taken by the push service is not delivered');
	// The service worker shows it, then the nurse opens it.
	assert.equal((await tell({ communication: page.id, token: 'wrong', event: 'delivered' })).status, 401);
	assert.equal((await tell({ communication: page.id, token: said.token, event: 'delivered' })).status, 200);
	const shown = await pageOf('push-1', 'completed');
	assert.ok(shown.received);
	await until(async () => (await care.alert('push-1')).status === 'received', 'the alert counts as delivered');
	assert.equal((await tell({ communication: page.id, token: said.token, event: 'seen' })).status, 200);
	const times = (await pageOf('push-1', 'completed')).extension.find((one) => one.url.endsWith('/channel-time')).extension.map((part) => part.url);
	for (const time of ['sent', 'delivered', 'seen'])
		assert.ok(times.includes(time), time);
});

test('a browser that is gone is switched off, and the page counts as failed', async () => {
	service.gone.add('/push/one');
	await care.bed('push-2');
	await care.fever('push-2');
	await pageOf('push-2', 'stopped');
	await until(async () => (await server.get('Endpoint/browser-1')).json.status === 'off', 'the subscription to be off');
	await care.bed('push-3');
	await care.fever('push-3');
	await care.alert('push-3');
	const none = await server.get(`Communication?subject=Patient/push-3&medium=${HW}CodeSystem/channel|web-push`);
	assert.equal(none.json.total ?? 0, 0, 'it is not tried again');
});

test('no address but a push service of the settings is ever called', async () => {
	service.received.length = 0;
	const at = (host) => `http://${host}:${new URL(service.origin).port}/push/evil`;
	let n = 0;
	for (const address of [at('localhost'), at('127.0.0.1.evil.example'), `http://127.0.0.1@localhost:${new URL(service.origin).port}/x`, 'file:///etc/passwd'])
		await subscribe(`evil-${n++}`, new Browser(), address);
	await care.bed('push-4');
	await care.fever('push-4');
	await pageOf('push-4', 'stopped');
	assert.deepEqual(service.received, []);
});

test('the key outlives a restart and is nobody else\'s to read', async () => {
	const key = await keyOf();
	await server.stop({ keep: true });
	assert.equal(fs.statSync(path.join(server.folder, 'record', 'vapid.key')).mode & 0o077, 0);
	server = await Server.start({ folder: server.folder, env });
	assert.equal(await keyOf(), key);
});
