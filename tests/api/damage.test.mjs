// SPDX-License-Identifier: Apache-2.0
// A record with flipped bytes, wherever they lie: refused with what to do, or served without a wrong word and without
// falling; and `homeward verify` says so each time.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, newFolder, outcomeProblem, patient, run } from './server.mjs';

const PAGE = 4096;
let made;
let whole;
let pages;
const bodies = new Map();

before(async () => {
	made = await Server.start();
	for (let i = 0; i < 150; i++) {
		const answer = await made.post('Patient', patient({ birthDate: `2020-01-0${1 + i % 9}`, name: [{ family: `F${i}${'x'.repeat(100)}` }] }));
		bodies.set(answer.json.id, answer.text);
	}
	await made.stop({ keep: true });
	whole = fs.readFileSync(path.join(made.folder, 'record', 'store.sqlite'));
	pages = whole.length / PAGE;
});
after(() => fs.rmSync(made.folder, { recursive: true, force: true }));

// A copy of the record with the start of these pages (what a tree needs most) turned over.
function damaged(numbers) {
	const folder = newFolder();
	const bytes = Buffer.from(whole);
	for (const number of numbers) {
		for (let i = 0; i < 64; i++)
			bytes[number * PAGE + (number === 0 ? 40 : 0) + i] ^= 0x5a;
	}
	fs.cpSync(path.join(made.folder, 'record'), path.join(folder, 'record'), { recursive: true });
	fs.writeFileSync(path.join(folder, 'record', 'store.sqlite'), bytes);
	return folder;
}

const lines = (text) => text.trim().split('\n').filter((line) => line && !line.startsWith('{'));

async function lives(folder) {
	let server;
	try {
		server = await Server.start({ folder });
	} catch (error) {
		const said = lines(error.message.replace('the server ended: ', ''));
		assert.equal(said.length, 1, error.message);
		assert.match(said[0], /damaged.*backup/, 'it says what to do');
		return 'refused';
	}
	for (const [id, text] of [...bodies].filter((one, i) => i % 5 === 0)) {
		const answer = await server.get(`Patient/${id}`);
		if (answer.status === 200)
			assert.equal(answer.text, text, 'what is read is what was stored');
		else
			assert.equal(outcomeProblem(answer, answer.status), '');
	}
	for (const target of ['Patient?family=F1', 'Patient?birthdate=2020-01-01', 'Patient/_history', '_history?_count=1000']) {
		const answer = await server.get(target);
		if (answer.status !== 200)
			assert.equal(outcomeProblem(answer, answer.status), '');
	}
	const written = await server.post('Patient', patient());
	if (written.status !== 201)
		assert.equal(outcomeProblem(written, written.status), '');
	const end = await server.stop({ keep: true });
	assert.equal(end.signal, null);
	return 'served';
}

test('verify finds nothing in a whole record', () => {
	const end = run(['verify', '--data', path.join(made.folder, 'record')]);
	assert.equal(end.status, 0, end.stderr);
});

test('whichever page is damaged, the program does not fall, and verify tells it', async () => {
	const ends = { refused: 0, served: 0 };
	for (let number = 0; number < pages; number += number < 10 ? 1 : 13) {
		const folder = damaged([number]);
		const checked = run(['verify', '--data', path.join(folder, 'record')]);
		assert.equal(checked.status, 1, `page ${number}: ${checked.stdout}`);
		assert.match(checked.stderr, /damaged|backup|fault/i);
		ends[await lives(folder)]++;
		fs.rmSync(folder, { recursive: true, force: true });
	}
	assert.ok(ends.refused > 0 && ends.served > 0, JSON.stringify(ends));
});

test('a record that was cut short is refused', async () => {
	const folder = damaged([]);
	fs.truncateSync(path.join(folder, 'record', 'store.sqlite'), Math.floor(pages / 2) * PAGE);
	assert.equal(run(['verify', '--data', path.join(folder, 'record')]).status, 1);
	await lives(folder);
	fs.rmSync(folder, { recursive: true, force: true });
});
