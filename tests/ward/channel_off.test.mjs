// SPDX-License-Identifier: Apache-2.0
// A way to people that a client switches off.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z', webhook: true }); });
after(() => hospital?.close());

test('nobody switches a channel of pages off by writing the record', async () => {
	await hospital.bed('off-before');
	await hospital.send('off-before', { temp: 39.0 });
	assert.equal((await hospital.pages(await hospital.alert('off-before', 'fever'), 'webhook')).length, 1);
	const channel = await hospital.get('Endpoint/channel-webhook');
	const written = await hospital.server.put('Endpoint/channel-webhook', { ...channel, status: 'off' });
	await hospital.settle();
	await hospital.bed('off-after');
	await hospital.send('off-after', { temp: 39.9 });
	const pages = await hospital.pages(await hospital.alert('off-after', 'fever'), 'webhook');
	const { system } = await hospital.board();
	assert.ok(pages.length === 1 || system.length > 0, `PUT was ${written.status}; no page left the house and no board says so`);
});
