// SPDX-License-Identifier: Apache-2.0
// Pages by e-mail to a real mail server (aiosmtpd, tests/notify/mail_server.py) with STARTTLS and login.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Server } from '../api/server.mjs';
import { Care, HW, until } from '../ward/care.mjs';

const PYTHON = '/usr/bin/python3';
const absent = spawnSync(PYTHON, ['-c', 'import aiosmtpd']).status !== 0 ? 'python3-aiosmtpd is not installed' : false;
let folder;
let peer;
let env;
let server;
let care;
const taken = [];
const extensionOf = (page, name) => page.extension?.find((one) => one.url.endsWith(`/${name}`))?.valueString;

async function openMailServer() {
	const key = path.join(folder, 'key.pem');
	const certificate = path.join(folder, 'certificate.pem');
	const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', certificate, '-days', '2',
		'-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	peer = spawn(PYTHON, [path.join(path.dirname(fileURLToPath(import.meta.url)), 'mail_server.py'), certificate, key, 'ward', 'synthetic password'], { stdio: ['ignore', 'pipe', 'inherit'] });
	return new Promise((resolve, reject) => {
		let text = '';
		peer.stdout.on('data', (part) => {
			text += part;
			for (let end; (end = text.indexOf('\n')) >= 0; text = text.slice(end + 1)) {
				const line = JSON.parse(text.slice(0, end));
				if (line.port)
					resolve(line.port);
				else
					taken.push(line);
			}
		});
		peer.on('close', () => reject(new Error('the mail server ended')));
	});
}

before(async () => {
	if (absent)
		return;
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-mail-'));
	const port = await openMailServer();
	fs.writeFileSync(path.join(folder, 'login'), 'ward:synthetic password\n');
	env = {
		HOMEWARD_NOTIFY_SMTP_URL: `smtp://localhost:${port}`, HOMEWARD_NOTIFY_SMTP_FROM: 'homeward@ward.example',
		HOMEWARD_NOTIFY_SMTP_CREDENTIALS_FILE: path.join(folder, 'login'), HOMEWARD_NOTIFY_AUTHORITIES_FILE: path.join(folder, 'certificate.pem'),
	};
	server = await Server.start({ env });
	care = await new Care(server).open();
});
after(async () => {
	await server?.stop();
	peer?.kill();
	if (folder)
		fs.rmSync(folder, { recursive: true, force: true });
});

const nurseAt = (address) => ({
	resourceType: 'PractitionerRole', id: 'nurse-1', active: true, organization: { reference: 'Organization/ward-1' }, practitioner: { display: 'Nurse Synthetic' },
	code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: 'nurse' }] }], telecom: [{ system: 'email', value: address }],
});
const nurse = (address) => server.put('PractitionerRole/nurse-1', nurseAt(address));
test('nothing is told to a mail server whose certificate does not hold', { skip: absent }, async () => {
	const stranger = await Server.start({ env: { ...env, HOMEWARD_NOTIFY_AUTHORITIES_FILE: '' } });
	try {
		const other = await new Care(stranger).open();
		const before = taken.length;
		await stranger.put('PractitionerRole/nurse-1', nurseAt('nora@ward.example'));
		await other.bed('mail-6');
		await other.fever('mail-6');
		await until(() => stranger.log.includes('ward.delivery-failed'), 'the failure in the log');
		const found = await stranger.get(`Communication?subject=Patient/mail-6&medium=${HW}CodeSystem/channel|email`);
		assert.equal(found.json.entry[0].resource.status, 'preparation', 'it is still owed');
		assert.equal(taken.length, before);
	} finally {
		await stranger.stop();
	}
});

function pageOf(patient, status) {
	return until(async () => {
		const found = await server.get(`Communication?subject=Patient/${patient}&medium=${HW}CodeSystem/channel|email&status=${status}`);
		return found.json.entry?.[0].resource;
	}, `a mail in ${status}`);
}

test('a page goes out by TLS and login, says nothing of the child, and taken is not delivered', { skip: absent }, async () => {
	await nurse('nora@ward.example');
	await care.bed('mail-1');
	await care.fever('mail-1');
	const page = await pageOf('mail-1', 'in-progress');
	const mail = await until(() => taken[0], 'the mail');
	assert.deepEqual([mail.from, mail.to, mail.tls, mail.user], ['homeward@ward.example', ['nora@ward.example'], true, 'ward']);
	const [head, body] = mail.message.split(/\r?\n\r?\n/);
	assert.match(head, /^Subject: Homeward: phone the ward$/m);
	assert.match(head, new RegExp(`^Message-ID: <${page.id}@ward\\.example>`, 'm'));
	assert.match(head, /^Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d+ \w+ \d{4} \d\d:\d\d:\d\d \+0000/m);
	const said = new Date(/^Date: (.*?)\r?$/m.exec(head)[1]);
	assert.ok(Math.abs(said - Date.now()) < 3600 * 1000, 'dated now, on the right day of the week');
	assert.equal(said.toUTCString().slice(0, 3), /^Date: (\w+)/m.exec(head)[1]);
	assert.equal(Buffer.from(body, 'base64').toString(), page.payload[0].contentString);
	assert.doesNotMatch(head + Buffer.from(body, 'base64'), /mail-1|Synthetic|38\.6|[Ff]ever/);
	assert.equal(page.received, undefined);
	assert.equal((await care.alert('mail-1')).status, 'requested');
});

test('an address that the mail server does not know, or that is none, fails at once', { skip: absent }, async () => {
	await nurse('unknown@ward.example');
	await care.bed('mail-2');
	await care.fever('mail-2');
	assert.match(extensionOf(await pageOf('mail-2', 'stopped'), 'delivery-proof'), /refused by the mail server/);
	const before = taken.length;
	await nurse('nora@ward.example> RCPT TO:<eve@evil.example');
	await care.bed('mail-3');
	await care.fever('mail-3');
	assert.match(extensionOf(await pageOf('mail-3', 'stopped'), 'delivery-proof'), /no e-mail address/);
	assert.equal(taken.length, before);
});

test('a server that is busy is asked again, where the person is reached then', { skip: absent }, async () => {
	await nurse('busy@ward.example');
	await care.bed('mail-4');
	await care.fever('mail-4');
	const page = await pageOf('mail-4', 'preparation');
	await nurse('nora@ward.example');
	await until(() => taken.some((mail) => mail.message.includes(page.id)), 'the same page, to where she is reached now');
});

test('a family gets its language, whole', { skip: absent }, async () => {
	await care.bed('mail-5');
	await server.put('RelatedPerson/mail-5', {
		resourceType: 'RelatedPerson', id: 'mail-5', active: true, patient: { reference: 'Patient/mail-5' }, telecom: [{ system: 'email', value: 'mother@home.example' }],
		communication: [{ language: { coding: [{ code: 'ur' }] } }],
	});
	await care.advance(61 * 60);
	const page = await pageOf('mail-5', 'in-progress');
	const mail = await until(() => taken.find((one) => one.message.includes(page.id)), 'the mail');
	assert.match(mail.message, /^Content-Language: ur$/m);
	assert.equal(Buffer.from(mail.message.split(/\r?\n\r?\n/)[1], 'base64').toString(), page.payload[0].contentString);
	assert.match(page.payload[0].contentString, /[\u0600-\u06ff]/);
});
