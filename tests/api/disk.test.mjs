// SPDX-License-Identifier: Apache-2.0
// A full disk: no acknowledgement, reads go on, and recovery without a restart once there is room again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Server, idOf, newFolder, outcomeProblem, patient } from './server.mjs';

const folder = newFolder();
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]).status === 0;

test('a full disk acknowledges nothing, says so on the board, and is got over without a restart', { skip: !mounted && 'needs the right to mount a small tmpfs' }, async () => {
	const filler = path.join(folder, 'filler');
	fs.writeFileSync(filler, Buffer.alloc(12 << 20, 1));
	const server = await Server.start({ folder });
	try {
		await server.put('Organization/w', { resourceType: 'Organization', id: 'w', name: 'Test ward',
			type: [{ coding: [{ system: 'https://fhir.homeward.example/CodeSystem/organization-type', code: 'virtual-ward' }] }] });
		const boardSaysFull = async (wanted) => {
			for (let i = 0; i < 600; i++) {
				const board = await server.get('//ward/board?ward=w');
				if (board.status === 200 && board.json.system.some((one) => /disk is full/.test(one.text)) === wanted)
					return;
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
			assert.fail(`the board ${wanted ? 'does not say' : 'still says'} that the disk is full`);
		};
		const acknowledged = [];
		const big = () => patient({ text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${Array.from({ length: 9000 }, () => Math.random().toString(36)).join(' ')}</div>` } });
		let refusal;
		for (let i = 0; i < 500 && !refusal; i++) {
			const answer = await server.post('Patient', big());
			if (answer.status === 201)
				acknowledged.push(idOf(answer));
			else
				refusal = answer;
		}
		assert.ok(refusal, 'the disk was never full');
		assert.equal(outcomeProblem(refusal, 507, 'no-store'), '');
		assert.ok(Number(refusal.headers.get('retry-after')) > 0);
		assert.ok(acknowledged.length > 0);
		assert.equal((await server.get(`Patient/${acknowledged[0]}`)).status, 200);
		assert.equal((await server.get('//health/ready')).status, 503);
		assert.equal((await server.get('//health/live')).status, 200);
		assert.match((await server.get('//metrics')).text, /^homeward_store_state 1$/m);
		await boardSaysFull(true);
		fs.rmSync(filler);
		let stored;
		for (let i = 0; i < 600; i++) {
			stored = await server.post('Patient', patient());
			if (stored.status === 201)
				break;
			assert.ok([503, 507].includes(stored.status), stored.text);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		assert.equal(stored.status, 201, 'it did not recover');
		assert.equal((await server.get('//health/ready')).status, 200);
		await boardSaysFull(false);
		for (const id of acknowledged)
			assert.equal((await server.get(`Patient/${id}`)).status, 200);
		const history = await server.get('Patient/_history?_count=0');
		assert.equal(history.json.total, acknowledged.length + 1);
	} finally {
		await server.stop({ keep: true });
		spawnSync('umount', [folder]);
		fs.rmSync(folder, { recursive: true, force: true });
	}
});
