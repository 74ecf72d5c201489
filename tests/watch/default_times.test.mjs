// SPDX-License-Identifier: Apache-2.0
// S40 with the times that stand in the program, over HTTP: the watcher is started with none of its own, and its clock runs
// ten times as fast (fast_clock.c), so that its 30, 120 and 150 seconds take a tenth.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { Server, binary, newFolder } from '../api/server.mjs';
import { sleep, until } from '../ward/care.mjs';

const PAGED_S_MAX = 150;
const fast = path.join(path.dirname(binary), 'tests/watch/libfast_clock.so');

test('S40 without any setting the watcher pages within 150 seconds of the last sign of life: of a server that hangs, and of a host that is gone', async () => {
	assert.ok(fs.existsSync(fast), `${fast} is not built`);
	const folder = newFolder();
	const secret = path.join(folder, 'secret');
	fs.writeFileSync(secret, 'synthetic watch secret\n');
	const pages = [];
	const pager = http.createServer((request, answer) => {
		let body = '';
		request.on('data', (part) => { body += part; });
		request.on('end', () => {
			pages.push({ path: request.url, ...JSON.parse(body) });
			answer.writeHead(202).end();
		});
	});
	await new Promise((resolve) => pager.listen(0, '127.0.0.1', resolve));
	const server = await Server.start({ env: { HOMEWARD_WATCH_SECRET_FILE: secret } });
	const watchers = [];
	const watch = (name, url) => {
		const child = spawn(binary, ['watch', url, '--secret-file', secret, '--page-url', `http://127.0.0.1:${pager.address().port}/${name}`],
			{ stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LD_PRELOAD: fast } });
		child.log = '';
		child.stderr.on('data', (data) => { child.log += data; });
		watchers.push(child);
		return child;
	};
	const paged = (name) => until(() => pages.find((one) => one.path === `/${name}`), `the page about the ${name} server`, 2400);
	const quiet = (page) => Number(/\((\d+) s without a good beat/.exec(page.text)[1]);
	try {
		const hung = watch('hung', server.address);
		watch('gone', 'http://127.0.0.1:9');
		await until(() => hung.log.includes('watch.started'));
		await sleep(4000); // forty of its seconds: it has looked twice and is content
		assert.deepEqual([pages.filter((one) => one.path === '/hung'), hung.log.includes('watch.missed')], [[], false]);
		server.child.kill('SIGSTOP');
		for (const name of ['gone', 'hung']) {
			const page = await paged(name);
			assert.equal(page.event, 'lost', name);
			assert.ok(quiet(page) >= 120 && quiet(page) <= PAGED_S_MAX, `${name}: ${page.text}`);
		}
		assert.match((await paged('hung')).text, /no answer/);
	} finally {
		server.child.kill('SIGCONT');
		for (const watcher of watchers)
			watcher.kill('SIGKILL');
		await server.stop();
		pager.close();
		fs.rmSync(folder, { recursive: true, force: true });
	}
});
