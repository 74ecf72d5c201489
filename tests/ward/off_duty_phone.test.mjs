// SPDX-License-Identifier: Apache-2.0
// A page without proof is tried on the person's next channel while that person is on shift, and no longer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openGateway } from '../notify/gateway.mjs';
import { CHILD, Hospital, MIN, WELL, until } from './hospital.mjs';

let gateway;
let hospital;
before(async () => {
	gateway = await openGateway();
	hospital = await Hospital.open({ start: '2026-06-10T11:00:00Z', env: gateway.env });
	gateway.callback = `${hospital.server.address}/notify/receipt`;
});
after(async () => {
	await hospital?.close();
	await gateway?.close();
});

// A nurse with a telephone that never sends a receipt, on shift until then; the channels she was paged on.
async function channelsUntil(ward, number, end) {
	await hospital.ward(ward, CHILD);
	gateway.byNumber.set(number, 'silent');
	await hospital.put({ ...(await hospital.get(`PractitionerRole/${ward}-nurse`)), telecom: [{ system: 'phone', use: 'mobile', value: `07700 90${number}`, rank: 1 }] });
	await hospital.put({ resourceType: 'Schedule', id: `${ward}-days`, actor: [{ reference: `PractitionerRole/${ward}-nurse` }] });
	await hospital.put({ resourceType: 'Slot', id: `${ward}-day`, schedule: { reference: `Schedule/${ward}-days` }, status: 'busy', start: '2026-06-10T06:00:00Z', end });
	await hospital.bed(`${ward}-child`, { ward, policy: `${CHILD}|3` });
	await hospital.send(`${ward}-child`, { ...WELL, rr: 44, hr: 152, spo2: 94, distress: 'mild' });
	const [task] = (await hospital.open(`${ward}-child`)).filter((one) => one.code.coding[0].code === 'score');
	await until(async () => (await hospital.pages(task, 'sms')).some((page) => page.status === 'in-progress'), 'the text message');
	await hospital.advance(15 * MIN);
	await until(async () => (await hospital.pages(task, 'sms')).some((page) => page.status === 'stopped'), 'its end without proof');
	const voice = await hospital.pages(task, 'voice');
	return voice.filter((page) => page.recipient[0].reference === `PractitionerRole/${ward}-nurse`).length;
}

test('whose shift is over is not rung about a page of the shift', async () => {
	assert.equal(await channelsUntil('over', '0061', '2026-06-10T11:10:00Z'), 0);
});

test('who is still on shift is rung', async () => {
	assert.equal(await channelsUntil('still', '0062', '2026-06-10T20:00:00Z'), 1);
});
