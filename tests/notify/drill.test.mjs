// SPDX-License-Identifier: Apache-2.0
// The weekly test of every on-call telephone: `homeward notify test`. A missing proof is an alert of the ward.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Server, binary } from '../api/server.mjs';
import { Care, HW, until } from '../ward/care.mjs';
import { openGateway } from './gateway.mjs';

let gateway;
let server;
let care;
before(async () => {
	gateway = await openGateway();
	server = await Server.start({ env: gateway.env });
	gateway.callback = `${server.address}/notify/receipt`;
	care = await new Care(server).open();
	for (const [role, end] of [['nurse', '1'], ['registrar', '2']]) {
		await server.put(`PractitionerRole/${role}`, {
			resourceType: 'PractitionerRole', id: role, active: true, organization: { reference: 'Organization/ward-1' }, practitioner: { display: `Synthetic ${role}` },
			code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: role }] }], telecom: [{ system: 'phone', use: 'mobile', value: `07700 90000${end}` }],
		});
	}
});
after(async () => {
	await server?.stop();
	await gateway?.close();
});

// Beside the gateway, which lives in this process: so it must not block.
function command(...words) {
	return new Promise((resolve) => {
		const child = spawn(binary, ['notify', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
		let text = '';
		child.stdout.on('data', (part) => { text += part; });
		child.stderr.on('data', (part) => { text += part; });
		child.on('close', (code) => resolve({ code, text }));
	});
}
const run = (...more) => command('test', '--url', server.address, '--ward', 'ward-1', ...more);

test('every telephone of those on shift is tested on each of its channels, and each proof is shown', async () => {
	const { code, text } = await run();
	assert.equal(code, 0, text);
	assert.match(text, /4 pages, 4 proved, 0 without proof, 0 failed/);
	for (const line of ['sms +PractitionerRole/nurse', 'voice +PractitionerRole/nurse', 'sms +PractitionerRole/registrar'])
		assert.match(text, new RegExp(`proved +${line}`));
	assert.equal(gateway.messages.length, 4);
	assert.match(gateway.messages[0].body, /^Homeward: this is a test.*nothing to do/);
});

test('one without proof fails the command, and after its deadline the ward is told', async () => {
	gateway.byNumber.set('900002', 'silent');
	const { code, text } = await run('--to', 'PractitionerRole/registrar', '--wait', '2');
	assert.equal(code, 1, text);
	assert.match(text, /no proof +sms +PractitionerRole\/registrar/);
	assert.doesNotMatch(text, /proved +\w+ +PractitionerRole\/nurse\n.*nurse\n.*nurse\n/, 'only who was asked for');
	const told = await server.get(`Task?code=${HW}CodeSystem/ward-rule|delivery`);
	assert.equal(told.json.total ?? 0, 0);
	await care.advance(16 * 60);
	const task = await until(async () => (await server.get(`Task?code=${HW}CodeSystem/ward-rule|delivery`)).json.entry?.map((entry) => entry.resource)
		.find((one) => /A test page was not proved to arrive: Synthetic registrar \(sms\), Synthetic registrar \(voice\)/.test(one.description)), 'the alert about both');
	assert.equal(task.for, undefined, 'of the ward, not of a patient');
	await until(async () => (await care.board()).rows.some((row) => row.patient === null && row.alerts.some((alert) => alert.id === task.id)), 'the alert on the board');
});

test('wrong usage says what is right', async () => {
	for (const words of [[], ['test'], ['test', '--ward'], ['test', '--ward', 'x', '--wait', 'soon'], ['send', '--ward', 'x']]) {
		const { code, text } = await command(...words);
		assert.deepEqual([code, /usage: homeward notify test/.test(text)], [2, true], words.join(' '));
	}
	assert.equal((await command('--help')).code, 0);
});
