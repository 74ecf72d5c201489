// SPDX-License-Identifier: Apache-2.0
// Receipts of a gateway: who may bring them, what they may change; and a gateway that is slow, down, or must be asked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { Care, HW, until } from '../ward/care.mjs';
import { TOKEN, openGateway } from './gateway.mjs';

let gateway;
let server;
let care;
before(async () => {
	gateway = await openGateway();
	server = await Server.start({ env: gateway.env });
	care = await new Care(server).open();
	await server.put('PractitionerRole/nurse-1', {
		resourceType: 'PractitionerRole', id: 'nurse-1', active: true, organization: { reference: 'Organization/ward-1' }, practitioner: { display: 'Nurse Synthetic' },
		code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: 'nurse' }] }], telecom: [{ system: 'phone', use: 'mobile', value: '07700 900001' }],
	});
});
after(async () => {
	await server?.stop();
	await gateway?.close();
});

function pageOf(patient, status) {
	return until(async () => {
		const found = await server.get(`Communication?subject=Patient/${patient}&medium=${HW}CodeSystem/channel|sms&status=${status}`);
		return found.json.entry?.[0].resource;
	}, `a text message in ${status}`);
}
const proofOf = (page) => page.extension.find((one) => one.url.endsWith('/delivery-proof'))?.valueString;
const bring = (body, token = TOKEN) => server.ask('POST', '//notify/receipt', { body, type: 'application/json', headers: token ? { Authorization: `Bearer ${token}` } : {} });
async function fever(id, behaviour) {
	gateway.behaviour = behaviour;
	await care.bed(id);
	await care.fever(id);
}

test('a receipt counts only with the token, for the message it names, and tells nothing back', async () => {
	await fever('receipt-1', 'silent');
	const page = await pageOf('receipt-1', 'in-progress');
	const [message] = gateway.of(page.id);
	const receipt = { id: message.id, reference: page.id, to: message.number, status: 'delivered', notification_type: 'sms' };
	for (const token of [null, 'wrong', `${TOKEN}x`, TOKEN.slice(0, -1)])
		assert.equal((await bring(receipt, token)).status, 401);
	assert.equal((await bring({ ...receipt, reference: '../../x' })).status, 400);
	assert.equal((await bring({ ...receipt, reference: 'no-such-page' })).status, 404);
	assert.equal((await bring('{"id":')).status, 400);
	// Of another message: nothing changes.
	assert.equal((await bring({ ...receipt, id: 'another-message' })).status, 200);
	assert.equal((await bring({ ...receipt, status: 'sending' })).status, 200);
	assert.equal((await pageOf('receipt-1', 'in-progress')).id, page.id);
	const answer = await bring(receipt);
	assert.deepEqual([answer.status, answer.json], [200, { pages: 1 }]);
	const proved = await pageOf('receipt-1', 'completed');
	assert.equal(proofOf(proved), 'gateway receipt: delivered');
	// Once more, and a failure after it: what was proved stays.
	const { versionId } = proved.meta;
	assert.equal((await bring(receipt)).status, 200);
	assert.equal((await bring({ ...receipt, status: 'permanent-failure' })).status, 200);
	const after = await pageOf('receipt-1', 'completed');
	assert.deepEqual([proofOf(after), after.received], [proofOf(proved), proved.received]);
	assert.ok(Number(after.meta.versionId) <= Number(versionId) + 1, 'at most the engine has written it again');
});

test('without callbacks the gateway is asked', async () => {
	gateway.callback = undefined;
	await fever('receipt-2', 'delivered');
	const page = await pageOf('receipt-2', 'completed');
	assert.equal(proofOf(page), 'gateway: delivered');
	await fever('receipt-3', 'permanent-failure');
	assert.equal(proofOf(await pageOf('receipt-3', 'stopped')), 'gateway: permanent-failure');
});

test('a gateway that is slow is waited for, one that is down is asked again, and nothing goes out twice', async () => {
	await fever('receipt-4', 'slow');
	await pageOf('receipt-4', 'completed');
	gateway.behaviour = 'down';
	await care.bed('receipt-5');
	await care.fever('receipt-5');
	const owed = await pageOf('receipt-5', 'preparation');
	await until(() => gateway.refusals.filter((why) => why === 'down').length >= 2, 'a second try');
	assert.equal(gateway.of(owed.id).length, 0);
	gateway.behaviour = 'delivered';
	await pageOf('receipt-5', 'completed');
	const references = gateway.messages.map((message) => message.reference);
	assert.equal(new Set(references).size, references.length);
});

test('a number that the gateway refuses, or that is none, fails at once; a token that is refused is tried again', async () => {
	await fever('receipt-6', 'refused');
	assert.equal(proofOf(await pageOf('receipt-6', 'stopped')), 'refused by the gateway: 400');
	const { secret } = gateway;
	gateway.secret = 'another';
	await fever('receipt-7', 'delivered');
	await until(() => gateway.refusals.some((why) => /signature/.test(why)), 'the refusal');
	await pageOf('receipt-7', 'preparation');
	gateway.secret = secret;
	await pageOf('receipt-7', 'completed');
});

test('log and settings never hold telephone numbers, tokens or secrets', async () => {
	assert.doesNotMatch(server.log, /07700|900001|synthetic/i);
	assert.match(server.log, /ward\.delivery-failed/);
});
