// SPDX-License-Identifier: Apache-2.0
// A fresh development server for one test file, with FHIR calls in short.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Server, freePort, sleep } from '../kill/server.mjs';

export async function startServer() {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-ward-'));
	const server = new Server(path.join(folder, 'data'), await freePort(), path.join(folder, 'log'));
	await server.start();
	await server.ward();
	const fhir = (method, where, body) => server.request(method, `/fhir/${where}`, body);
	return {
		server,
		get: (where) => fhir('GET', where),
		put: (where, body) => fhir('PUT', where, body),
		post: (where, body) => fhir('POST', where, body),
		board: (ward) => server.request('GET', `/ward/board?ward=${ward}`),
		// The server's own time: tests never trust the machine's.
		now: async () => (await server.request('GET', '/dev/clock')).body.now,
		advance: (seconds) => server.request('POST', '/dev/clock', { advanceSeconds: seconds }),
		// Asks until the answer is something; fails after a generous time.
		until: async (ask) => {
			for (let tries = 0; tries < 1200; tries++) {
				const found = await ask();
				if (found !== undefined && found !== null && found !== false)
					return found;
				await sleep(25);
			}
			throw new Error('what was waited for did not come within thirty seconds');
		},
		stop: async () => {
			await server.end('SIGTERM');
			fs.rmSync(folder, { recursive: true, force: true });
		},
	};
}
