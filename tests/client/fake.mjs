// SPDX-License-Identifier: Apache-2.0
// A FHIR server that misbehaves on command: what a sound one cannot be made to do in a test.
import { createServer } from 'node:http';

// `answer(request, body, count)` returns {status, headers, body} or 'cut' (the connection is closed without an answer),
// or a promise of one.
export const fake = async (answer) => {
	const seen = [];
	const server = createServer((request, response) => {
		const parts = [];
		request.on('data', (part) => parts.push(part));
		request.on('end', async () => {
			const body = Buffer.concat(parts).toString('utf8');
			seen.push({ method: request.method, url: request.url, body, headers: request.headers });
			const given = await answer(request, body, seen.length);
			if (given === 'cut') {
				request.socket.destroy();
				return;
			}
			response.writeHead(given.status, { 'content-type': 'application/fhir+json', ...given.headers });
			response.end(given.body === undefined ? '' : JSON.stringify(given.body));
		});
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		seen,
		writes: () => seen.filter((request) => request.method !== 'GET'),
		stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
	};
};

// What a sound server says to a Bundle: every entry created.
export const accept = (body) => ({
	status: 200,
	body: {
		resourceType: 'Bundle',
		type: 'transaction-response',
		entry: JSON.parse(body).entry.map(() => ({ response: { status: '201 Created' } })),
	},
});
// Nothing with such an identifier, plenty of each type.
export const search = (request, found = false) => ({
	status: 200,
	body: { resourceType: 'Bundle', type: 'searchset', total: request.url.includes('identifier=') && !found ? 0 : 1000000 },
});
export const outcome = (diagnostics, expression) => ({
	resourceType: 'OperationOutcome',
	issue: [{ severity: 'error', code: 'invalid', diagnostics, ...(expression ? { expression: [expression] } : {}) }],
});
