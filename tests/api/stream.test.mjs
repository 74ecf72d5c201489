// SPDX-License-Identifier: Apache-2.0
// Server-sent events: they arrive, clients that leave are noticed, and stopping ends them.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Server } from './server.mjs';

let server;
const wardType = { coding: [{ system: 'https://fhir.homeward.example/CodeSystem/organization-type', code: 'virtual-ward' }] };
before(async () => {
	server = await Server.start();
	await server.put('Organization/w', { resourceType: 'Organization', id: 'w', name: 'Test ward', type: [wardType] });
	await until('the ward has no board', async () => (await server.get('//ward/board?ward=w')).status === 200);
});
after(async () => { await server?.stop(); });

// An open stream: its head, its text so far, and a promise of its end.
function open() {
	return new Promise((resolve, reject) => {
		const request = http.get(`${server.address}/ward/events?ward=w`, (answer) => {
			const stream = { answer, text: '', ended: new Promise((end) => answer.on('close', end)), close: () => request.destroy() };
			answer.setEncoding('utf8');
			answer.on('data', (data) => { stream.text += data; });
			answer.on('error', () => {});
			resolve(stream);
		});
		request.on('error', reject);
	});
}
async function until(what, holds) {
	for (let i = 0; i < 1000; i++) {
		if (await holds())
			return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	assert.fail(what);
}
const streams = async () => Number(/^homeward_streams (\d+)$/m.exec((await server.get('//metrics')).text)[1]);

test('events come as they happen, to everyone who listens', async () => {
	const all = await Promise.all(Array.from({ length: 20 }, open));
	for (const stream of all) {
		assert.equal(stream.answer.statusCode, 200);
		assert.match(stream.answer.headers['content-type'], /^text\/event-stream/);
		assert.equal(stream.answer.headers['cache-control'], 'no-store');
	}
	await until('no beat came', () => all.every((stream) => /event: beat\n/.test(stream.text)));
	assert.equal(await streams(), 20);
	assert.equal((await server.get('//health/live')).status, 200);
	all.slice(0, 12).forEach((stream) => stream.close());
	await until('those who left were not noticed', async () => await streams() === 8);
	all.forEach((stream) => stream.close());
	await until('streams stay open', async () => await streams() === 0);
});

test('stopping ends the streams and loses nothing', async () => {
	const all = await Promise.all(Array.from({ length: 5 }, open));
	const end = await server.stop();
	server = undefined;
	assert.deepEqual(end, { code: 0, signal: null });
	await Promise.all(all.map((stream) => stream.ended));
});
