// SPDX-License-Identifier: Apache-2.0
// Where a request ends must have one meaning only (a proxy in front that sees another is how requests are smuggled), and
// what hostile clients send in bulk must not cost more than it should.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Server, fhirJson, outcomeProblem, patient } from './server.mjs';

let server;
before(async () => { server = await Server.start({ flags: ['--http-request-timeout-s', '5', '--http-connections-max', '8000', '--http-connections-per-address-max', '8000'] }); });
after(async () => { await server.stop(); });

const head = (first, lines = []) => [first, 'Host: localhost', ...lines, '', ''].join('\r\n');
const body = '{"resourceType":"Patient","active":true}';
const post = (lines, text) => head('POST /fhir/Patient HTTP/1.1', [`Content-Type: ${fhirJson}`, ...lines]) + text;
const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const behind = head('PUT /fhir/Patient/smuggled HTTP/1.1', [`Content-Type: ${fhirJson}`, 'Content-Length: 44', 'Connection: close']) + '{"resourceType":"Patient","id":"smuggled"   }';

// libmicrohttpd sends the head of its own 400 twice (hostile.test.mjs): statuses count once when equal and without a body.
const statuses = (text) => [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map((found) => Number(found[1]));
function refusedOnce(text, name, allowed = [400]) {
	const seen = new Set(statuses(text));
	assert.equal(seen.size, 1, `${name}: ${text}`);
	const [status] = seen;
	assert.ok(allowed.includes(status), `${name}: ${text}`);
	const answer = { status, text: text.slice(text.lastIndexOf('\r\n\r\n') + 4), headers: new Headers({ 'content-type': fhirJson }) };
	answer.json = JSON.parse(answer.text);
	assert.equal(outcomeProblem(answer, status), '', name);
}

test('a request whose end has two meanings is refused and its connection closed', async () => {
	const cases = {
		'two lengths that differ': post([`Content-Length: ${body.length}`, `Content-Length: ${body.length + 9}`], body + behind),
		'the same length twice': post([`Content-Length: ${body.length}`, `Content-Length: ${body.length}`], body + behind),
		'a list of lengths': post([`Content-Length: ${body.length}, ${body.length}`], body + behind),
		'a length with a sign': post([`Content-Length: +${body.length}`], body + behind),
		'a negative length': post(['Content-Length: -1'], body + behind),
		'length and chunks': post(['Content-Length: 4', 'Transfer-Encoding: chunked'], chunk + behind),
		'chunks and length': post(['Transfer-Encoding: chunked', 'Content-Length: 4'], chunk + behind),
		'chunks twice': post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunk + behind),
		'an encoding that is not known': post(['Transfer-Encoding: xchunked'], chunk + behind),
		'more than one encoding': post(['Transfer-Encoding: gzip, chunked'], chunk + behind),
		'one that ends in another': post(['Transfer-Encoding: chunked, identity'], chunk + behind),
		'a space before the colon': post(['Transfer-Encoding : chunked', 'Content-Length: 4'], chunk + behind),
		'a length with a space before the colon': post([`Content-Length : ${body.length}`], body + behind),
		'a name with an odd byte': post([`Content-Length: ${body.length}`, 'X(Y): 1'], body + behind),
		'a negative chunk': post(['Transfer-Encoding: chunked'], `-1\r\n${body}\r\n0\r\n\r\n${behind}`),
		'a chunk longer than it says': post(['Transfer-Encoding: chunked'], `5\r\n${body}\r\n0\r\n\r\n${behind}`),
		'a chunk past 64 bits': post(['Transfer-Encoding: chunked'], `ffffffffffffffff1\r\n${body}\r\n0\r\n\r\n${behind}`),
		'two hosts': head('GET /health/live HTTP/1.1', ['Host: evil.example']) + behind,
		'NUL in the address': head('GET /health/live\0/../../fhir HTTP/1.1') + behind,
	};
	const before = await server.versions();
	for (const [name, text] of Object.entries(cases))
		refusedOnce(await server.raw(Buffer.from(text, 'latin1')), name, [400, 413]);
	assert.equal(await server.versions(), before);
	assert.equal((await server.get('Patient/smuggled')).status, 404);
});

test('chunks in any letter case, and a length alone, are taken', async () => {
	const end = 'Connection: close';
	assert.deepEqual(statuses(await server.raw(post(['Transfer-Encoding: Chunked', end], chunk))), [201]);
	assert.deepEqual(statuses(await server.raw(post([`Content-Length: ${body.length}`, end], body))), [201]);
});

test('a body in a coding that is not offered is 415, never read as if it were plain', async () => {
	for (const coding of ['gzip', 'br', 'deflate, gzip'])
		assert.equal(outcomeProblem(await server.post('Patient', patient(), { 'Content-Encoding': coding }), 415), '', coding);
	assert.equal((await server.post('Patient', patient(), { 'Content-Encoding': 'identity' })).status, 201);
});

test('an address with very many parameters is refused at once, not left to time out', async () => {
	for (const count of [300, 1500, 2500]) {
		const text = await server.raw(head(`GET /fhir/Patient?${'a=1&'.repeat(count)}b HTTP/1.1`, ['Connection: close']));
		refusedOnce(text, `${count} parameters`, [400, 413, 414]);
	}
});

test('whose address is refused while its connection ends leaves nothing behind', async (context) => {
	// libmicrohttpd may keep such a connection until its idle time is over.
	const other = await Server.start({ flags: ['--http-idle-timeout-s', '2'] });
	context.after(() => other.child.kill('SIGKILL'));
	// The line alone, in one piece or two, with and without the rest of the head, and a client that leaves or waits.
	const one = (i) => new Promise((resolve) => {
		const line = `GET /fhir/Patient?${'a=1&'.repeat([300, 1500, 2500][i % 3])}b HTTP/1.1\r\n`;
		const socket = net.connect(other.port, '127.0.0.1');
		socket.on('error', () => {});
		socket.on('close', resolve);
		socket.on('data', () => {});
		socket.on('connect', () => socket.write(i % 2 ? line : `${line}Host: localhost\r\n\r\n`, () => { if (i % 5 === 0) socket.destroy(); else if (i % 5 === 1) socket.end(); }));
	});
	for (let round = 0; round < 20; round++)
		await Promise.all(Array.from({ length: 30 }, (_, i) => one(i + round)));
	for (let i = 0; ; i++) {
		const { text: figures } = await other.get('//metrics');
		if (/^homeward_requests_active 1$/m.test(figures) && /^homeward_body_bytes 0$/m.test(figures))
			break;
		assert.ok(i < 1500, 'every request ends');
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	assert.deepEqual(await other.stop(), { code: 0, signal: null });
});

test('five thousand idle connections keep nobody from being served', async (context) => {
	const limit = Number(/open files\s+(\d+)/.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 0);
	if (limit < 6000)
		return context.skip(`only ${limit} files may be open here`);
	const sockets = [];
	for (let i = 0; i < 5000; i++) {
		const socket = net.connect(server.port, '127.0.0.1');
		socket.on('error', () => {});
		sockets.push(socket);
		if (i % 100 === 99)
			await new Promise((resolve) => { socket.on('connect', resolve); socket.on('error', resolve); });
	}
	for (let i = 0; ; i++) {
		const { text } = await server.get('//metrics');
		if (Number(/^homeward_connections (\d+)$/m.exec(text)[1]) >= 5000)
			break;
		assert.ok(i < 500, 'all are open');
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	for (let i = 0; i < 50; i++)
		assert.equal((await server.post('Patient', patient())).status, 201);
	sockets.forEach((socket) => socket.destroy());
	assert.equal((await server.get('//health/ready')).status, 200);
});

const memory = (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024;
const sanitized = () => /libasan|libtsan|asan/.test(fs.readFileSync(`/proc/${server.child.pid}/maps`, 'utf8'));

test('the largest bodies of the worst shapes are refused, and memory keeps its bound', async () => {
	const shapes = {
		'50 MB of [': '['.repeat(50 * 1024 * 1024 - 1),
		'brackets inside a resource': `{"resourceType":"Patient","extension":${'['.repeat(40 * 1024 * 1024)}`,
		'a million equal keys': `{"resourceType":"Patient",${'"a":1,'.repeat(1e6)}"b":1}`,
		'a million unknown keys': `{"resourceType":"Patient",${Array.from({ length: 1e6 }, (_, i) => `"k${i}":1`).join(',')}}`,
		'twenty million numbers': `{"resourceType":"Patient","name":[${'1,'.repeat(2e7)}1]}`,
		'ten million empty objects': `{"resourceType":"Patient","name":[${'{},'.repeat(1e7)}{}]}`,
		'forty megabytes in one string': `{"resourceType":"Patient","name":[{"family":"${'x'.repeat(4e7)}"}]}`,
		'a number of ten million digits': `{"resourceType":"Patient","multipleBirthInteger":${'1'.repeat(1e7)}}`,
		'four million open tags': `{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">${'<b>'.repeat(3e5)}</div>"}}`,
	};
	for (const [name, text] of Object.entries(shapes)) {
		const answer = await server.ask('POST', 'Patient', { body: text, headers: { Connection: 'close' } });
		assert.ok([400, 413, 422].includes(answer.status), `${name}: ${answer.status}`);
		assert.equal(outcomeProblem(answer, answer.status), '', name);
		assert.ok(answer.text.length < 100000, name);
	}
	if (!sanitized())
		assert.ok(memory('VmHWM') < 500, `${memory('VmHWM')} MB at the peak`);
});

test('twenty thousand bad requests leave nothing behind', async () => {
	const asks = [
		() => server.post('Patient', '{"resourceType":'), () => server.post('Patient', { resourceType: 'Patient', nmae: 1 }),
		() => server.get('Patient/%zz'), () => server.get('Patient/none'), () => server.get('Patient?nonsense=1'), () => server.get('Nonsense'),
		() => server.get('Patient?birthdate=yesterday'), () => server.put('Patient/a', { resourceType: 'Patient', id: 'b' }),
		() => server.ask('PATCH', 'Patient/1', { body: '[]' }), () => server.ask('POST', 'Patient', { body: '<Patient/>', type: 'application/fhir+xml' }),
		() => server.post('', { resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'PUT', url: 'x' } }] }),
		() => server.put('Patient/a', patient({ id: 'a' }), { 'If-Match': 'W/"99"' }), () => server.post('Task/none/$acknowledge', { resourceType: 'Parameters' }),
		() => server.post('EpisodeOfCare/$admit', { resourceType: 'Parameters', parameter: [{ name: 'x' }] }), () => server.get('//ward/board?ward=none'),
		() => server.ask('POST', 'Patient/_search', { body: 'a%', type: 'application/x-www-form-urlencoded' }),
	];
	const rounds = async (count) => {
		let next = 0;
		await Promise.all(Array.from({ length: 8 }, async () => {
			while (next < count) {
				const answer = await asks[next++ % asks.length]();
				assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}`);
			}
		}));
	};
	await rounds(4000);
	const early = memory('VmRSS');
	await rounds(16000);
	const late = memory('VmRSS');
	if (!sanitized())
		assert.ok(late < early + 16, `${early} MB grew to ${late} MB`);
	assert.equal((await server.post('Patient', patient())).status, 201);
	assert.doesNotMatch(server.log, /"level":"error"/);
});

test('clients that leave while their write goes to disk leave nothing behind, and the server ends well', async (context) => {
	const other = await Server.start();
	context.after(() => other.child.kill('SIGKILL'));
	const text = Buffer.from(post([`Content-Length: ${body.length}`], body));
	const leave = (i) => new Promise((resolve) => {
		const socket = net.connect(other.port, '127.0.0.1');
		socket.on('error', () => {});
		socket.on('close', resolve);
		socket.on('connect', () => socket.write(text, () => (i % 2 ? socket.resetAndDestroy?.() ?? socket.destroy() : socket.destroy())));
	});
	for (let round = 0; round < 30; round++)
		await Promise.all(Array.from({ length: 20 }, (_, i) => leave(i)));
	for (let i = 0; ; i++) {
		const { text: figures } = await other.get('//metrics');
		if (/^homeward_requests_active 1$/m.test(figures))
			break;
		assert.ok(i < 1500, 'every request ends');
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	assert.deepEqual(await other.stop(), { code: 0, signal: null });
	assert.match(other.log, /"event":"server.stopped"/);
});

test('clients that ask for large pages and do not read them cannot take all memory', async (context) => {
	const other = await Server.start();
	context.after(() => other.child.kill('SIGKILL'));
	const wide = 'x'.repeat(200000);
	for (let i = 0; i < 100; i++)
		assert.equal((await other.post('Patient', patient({ name: [{ family: `${wide}${i}` }] }), { Prefer: 'return=minimal' })).status, 201);
	const firsts = [];
	const sockets = await Promise.all(Array.from({ length: 40 }, () => new Promise((resolve) => {
		const socket = net.connect(other.port, '127.0.0.1');
		socket.on('error', () => {});
		socket.once('readable', () => { firsts.push(socket.read(12)?.toString()); resolve(socket); });
		socket.write(head('GET /fhir/Patient?_count=1000 HTTP/1.1'));
	})));
	assert.ok(firsts.includes('HTTP/1.1 200') && firsts.includes('HTTP/1.1 503'), firsts.join());
	const field = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(fs.readFileSync(`/proc/${other.child.pid}/status`, 'utf8'))[1]) / 1024;
	if (!sanitized())
		assert.ok(field('VmHWM') < 1500, `${field('VmHWM')} MB at the peak`);
	assert.equal((await other.post('Patient', patient())).status, 201);
	assert.equal((await other.get('Patient?_count=2')).status, 200);
	sockets.forEach((socket) => socket.destroy());
	for (let i = 0; ; i++) {
		if ((await other.get('Patient?_count=1000')).status === 200 && (sanitized() || field('VmRSS') < 400))
			break;
		assert.ok(i < 100, `${field('VmRSS')} MB are kept`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	await other.stop();
});
