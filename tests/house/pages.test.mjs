// SPDX-License-Identifier: Apache-2.0
// The pages lie in the program, whole, and a browser asks for them again only when they changed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, freePort, root } from '../kill/server.mjs';

const FILES = { '/': 'index.html', '/app.js': 'app.js', '/app.css': 'app.css', '/icon.svg': 'icon.svg' };
let folder;
let server;

before(async () => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-pages-'));
	server = new Server(path.join(folder, 'data'), await freePort(), path.join(folder, 'log'));
	execFileSync(process.execPath, [path.join(root, 'web/build.mjs'), '--no-check', '--out', path.join(folder, 'web')]);
	await server.start();
});
after(async () => {
	await server?.end('SIGTERM');
	fs.rmSync(folder, { recursive: true, force: true });
});

test('each file of the bundle is served byte for byte', async () => {
	for (const [where, file] of Object.entries(FILES)) {
		const answer = await server.request('GET', where);
		assert.equal(answer.status, 200, where);
		assert.equal(answer.text, fs.readFileSync(path.join(folder, 'web', file), 'utf8'), where);
	}
});
test('a page that did not change is answered with 304, and never kept without asking', async () => {
	const first = await server.request('GET', '/app.js');
	assert.match(first.headers['cache-control'], /no-cache/);
	const again = await server.request('GET', '/app.js', undefined, { 'if-none-match': first.headers.etag });
	assert.equal(again.status, 304);
	assert.equal((await server.request('GET', '/app.js', undefined, { 'if-none-match': '"other"' })).status, 200);
});
test('a page may load nothing from elsewhere and may not be framed', async () => {
	const { headers } = await server.request('GET', '/');
	assert.match(headers['content-security-policy'], /default-src '(self|none)'/);
	assert.match(headers['content-security-policy'], /frame-ancestors 'none'/);
});
