// SPDX-License-Identifier: Apache-2.0
// Formats, request ids, origins, and the headers that protect pages.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Server, idOf, outcomeProblem, patient } from './server.mjs';

let server;
before(async () => { server = await Server.start({ flags: ['--http-cors-origins', 'https://app.example'] }); });
after(async () => { await server.stop(); });
const refused = (answer, status, code) => assert.equal(outcomeProblem(answer, status, code), '');

// fetch forbids some headers; this does not.
function plain(method, path, headers) {
	return new Promise((resolve, reject) => {
		const request = http.request({ port: server.port, host: '127.0.0.1', method, path, headers }, (answer) => {
			let text = '';
			answer.on('data', (data) => { text += data; });
			answer.on('end', () => resolve({ status: answer.statusCode, headers: new Headers(Object.entries(answer.headers).flatMap(([k, v]) => [[k, String(v)]])),
				text, json: text.startsWith('{') ? JSON.parse(text) : undefined }));
		});
		request.on('error', reject);
		request.end();
	});
}

test('JSON by any of its names is given, XML and others are 406', async () => {
	for (const accept of ['application/fhir+json', 'application/json', '*/*', 'application/fhir+json; fhirVersion=4.0',
		'application/fhir+xml;q=0.9, application/fhir+json;q=0.1', 'text/html,application/xhtml+xml,*/*;q=0.8'])
		assert.equal((await server.get('Patient/_history', { Accept: accept })).status, 200, accept);
	for (const accept of ['application/fhir+xml', 'text/html', 'application/fhir+json; fhirVersion=5.0'])
		refused(await server.get('Patient/_history', { Accept: accept }), 406, 'not-supported');
});

test('_format stands above Accept', async () => {
	assert.equal((await server.get('Patient/_history?_format=json', { Accept: 'application/fhir+xml' })).status, 200);
	assert.equal((await server.get('Patient/_history?_format=application/fhir%2Bjson')).status, 200);
	refused(await server.get('Patient/_history?_format=xml'), 406);
});

test('a body of another media type, or of none, is 415', async () => {
	for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/fhir+xml', 'application/fhir+json; fhirVersion=3.0']) {
		refused(await server.ask('POST', 'Patient', { body: JSON.stringify(patient()), type }), 415);
		refused(await server.ask('PUT', 'Patient/1', { body: JSON.stringify(patient({ id: '1' })), type }), 415);
	}
	refused(await server.ask('POST', 'Patient', { body: new Uint8Array(Buffer.from(JSON.stringify(patient()))), type: '' }), 415);
	assert.equal((await server.ask('POST', 'Patient', { body: JSON.stringify(patient()), type: 'application/json; charset=utf-8' })).status, 201);
});

test('_pretty spreads the same content over lines', async () => {
	const id = idOf(await server.post('Patient', patient()));
	const dense = await server.get(`Patient/${id}`);
	const pretty = await server.get(`Patient/${id}?_pretty=true`);
	assert.ok(pretty.text.split('\n').length > 5);
	assert.deepEqual(pretty.json, dense.json);
	const refusal = await server.get('Patient/nobody?_pretty=true');
	assert.ok(refusal.text.split('\n').length > 3);
});

test('a request id is echoed, and made where none came', async () => {
	assert.equal((await server.get('//health/live', { 'X-Request-Id': 'abc-123' })).headers.get('x-request-id'), 'abc-123');
	const made = (await server.get('//health/live')).headers.get('x-request-id');
	assert.match(made, /^[0-9a-f]{8}-\d+$/);
	const refusal = await server.get('Patient/nobody', { 'X-Request-Id': 'r 1' });
	assert.notEqual(refusal.headers.get('x-request-id'), 'r 1');
});

test('a listed origin may use the API from its pages, another may not write', async () => {
	const good = await plain('GET', '/fhir/Patient/_history', { Origin: 'https://app.example' });
	assert.equal(good.headers.get('access-control-allow-origin'), 'https://app.example');
	const preflight = await plain('OPTIONS', '/fhir/Patient', { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' });
	assert.equal(preflight.status, 204);
	assert.match(preflight.headers.get('access-control-allow-methods'), /POST/);
	const other = await plain('GET', '/fhir/Patient/_history', { Origin: 'https://evil.example' });
	assert.equal(other.headers.get('access-control-allow-origin'), null);
	refused(await plain('DELETE', '/fhir/Patient/1', { Origin: 'https://evil.example' }), 403);
	assert.equal((await plain('DELETE', '/fhir/Patient/1', { Origin: `http://127.0.0.1:${server.port}` })).status, 204);
});

test('in --dev only names of this machine are answered (DNS rebinding)', async () => {
	refused(await plain('GET', '/fhir/metadata', { Host: 'evil.example' }), 403);
	refused(await plain('GET', '/', { Host: '127.0.0.1.evil.example' }), 403);
	for (const host of ['localhost', `localhost:${server.port}`, '127.0.0.1', '[::1]:80'])
		assert.equal((await plain('GET', '/health/live', { Host: host })).status, 200, host);
});

test('pages carry the headers that keep them to themselves', async () => {
	const page = await server.get('//');
	assert.equal(page.status, 200);
	const policy = page.headers.get('content-security-policy');
	assert.match(policy, /default-src 'self'/);
	assert.match(policy, /frame-ancestors 'none'/);
	assert.doesNotMatch(policy, /unsafe/);
	assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
	assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
	const again = await server.get('//', { 'If-None-Match': page.headers.get('etag') ?? 'x' });
	assert.equal(again.status, page.headers.get('etag') ? 304 : 200);
});

test('health, metrics and the clock answer', async () => {
	assert.equal((await server.get('//health/live')).status, 200);
	assert.equal((await server.get('//health/ready')).status, 200);
	await server.post('Patient', patient());
	const counted = /homeward_http_requests_total\{method="POST",route="\/fhir\/\{type\}",class="2xx"\} \d+/;
	let metrics = await server.get('//metrics');
	for (let i = 0; i < 300 && !counted.test(metrics.text); i++) { /* a request is counted when its answer has gone */
		await new Promise((resolve) => setTimeout(resolve, 20));
		metrics = await server.get('//metrics');
	}
	assert.match(metrics.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
	assert.match(metrics.text, counted);
	assert.match(metrics.text, /homeward_http_request_seconds_bucket\{.*le="\+Inf"\} \d+/);
	for (const name of ['homeward_store_queue_length', 'homeward_feed_number', 'homeward_store_state', 'homeward_store_commits_total', 'homeward_store_groups_total'])
		assert.match(metrics.text, new RegExp(`^${name} \\d+$`, 'm'));
	for (const line of metrics.text.trim().split('\n'))
		assert.match(line, /^(# (HELP|TYPE) homeward_\S+ .+|homeward_\w+(\{.*\})? -?\d+(\.\d+)?)$/);
	const before = await server.get('//dev/clock');
	assert.equal(before.json.rate, 1);
	const moved = await server.post('//dev/clock', { advanceSeconds: 3600, rate: 60 });
	assert.equal(moved.status, 200);
	assert.equal(moved.json.rate, 60);
	assert.ok(Date.parse(moved.json.now) - Date.parse(before.json.now) >= 3600000);
	for (const wrong of [{ rate: -1 }, { rate: '1' }, { advanceSeconds: 1e12 }, { speed: 1 }, []])
		refused(await server.post('//dev/clock', wrong), 400);
	refused(await server.ask('POST', '//dev/clock', { body: '{"rate":1}', type: 'text/plain' }), 415);
});
