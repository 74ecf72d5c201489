// SPDX-License-Identifier: Apache-2.0
// Bad input of every kind: a clear OperationOutcome each time, nothing stored, and the server goes on.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Server, fhirJson, outcomeProblem, patient } from './server.mjs';

let server;
before(async () => {
	server = await Server.start({ flags: ['--http-body-bytes-max', '100000', '--http-request-timeout-s', '2', '--http-idle-timeout-s', '8'] });
});
after(async () => { await server.stop(); });
const refused = (answer, status, code) => {
	assert.equal(outcomeProblem(answer, status, code), '');
	clean(answer.text);
};

// No page, no trace of the inside.
function clean(text) {
	assert.doesNotMatch(text, /<html|<!doctype|sqlite|SELECT |src\/|\.c:\d|0x[0-9a-f]{6}|Testperson/i);
}

// "HTTP/1.1 408 …" and the body of an answer that came on a plain socket.
// (libmicrohttpd 0.9.75 sends the head of its own 400 for a broken Content-Length twice: the body is after the last.)
function parse(text) {
	const [head, body] = [text.slice(0, text.indexOf('\r\n\r\n')), text.slice(text.lastIndexOf('\r\n\r\n') + 4)];
	return { status: Number(head.split(' ')[1]), head, json: JSON.parse(body), text: body,
		headers: new Headers(head.split('\r\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])) };
}

test('broken JSON is 400 and says where', async () => {
	const before = await server.versions();
	const broken = ['', '{', '{"resourceType":"Patient"', '{"resourceType":"Patient",}', '[]', 'null', '"Patient"', '12', '{"a":1}x',
		'{"resourceType":"Patient","active":tru}', '{"resourceType":"Patient","id":"a","id":"b"}', '{"resourceType":"Patient","name":[{"family":"\\ud800"}]}',
		'{"resourceType":"Patient","name":[{"family":"a\\u0000b"}]}', '{"resourceType":"Patient","multipleBirthInteger":01}',
		'\ufeff{"resourceType":"Patient"}', '{}', '{"resourceType":7}', '{"resourceType":"Nonsense"}', '{"resourceType":"DomainResource"}'];
	for (const text of broken)
		refused(await server.post('Patient', text), 400);
	refused(await server.ask('POST', 'Patient', { body: new Uint8Array([...Buffer.from('{"resourceType":"Patient","name":[{"family":"'), 0xff, ...Buffer.from('"}]}')]) }), 400);
	assert.match((await server.post('Patient', '{\n  "resourceType": "Patient",\n  oops\n}')).text, /line 3/);
	assert.equal(await server.versions(), before);
});

test('deep nesting is refused before it hurts', async () => {
	const answer = await server.post('Patient', `{"resourceType":"Patient","extension":${'['.repeat(40000)}${']'.repeat(40000)}}`);
	assert.ok([400, 413].includes(answer.status));
	refused(answer, answer.status);
});

test('wrong types, unknown elements and broken rules are named with their place', async () => {
	const before = await server.versions();
	const wrong = [
		[{ resourceType: 'Patient', active: 'yes' }, 400, 'Patient.active'],
		[{ resourceType: 'Patient', nmae: [] }, 400, 'Patient'],
		[{ resourceType: 'Patient', name: { family: 'x' } }, 400, 'Patient.name'],
		[{ resourceType: 'Patient', birthDate: '2020-13-01' }, 400, 'Patient.birthDate'],
		[{ resourceType: 'Patient', name: [{ family: '' }] }, 400, 'Patient.name'],
		[{ resourceType: 'Patient', name: [] }, 400, 'Patient.name'],
		[{ resourceType: 'Patient', gender: 'purple' }, 422, 'Patient.gender'],
		[{ resourceType: 'Patient', deceasedBoolean: true, deceasedDateTime: '2020' }, undefined, 'Patient'],
		[{ resourceType: 'Observation', code: { text: 'x' } }, 422, 'Observation'],
	];
	for (const [body, status, place] of wrong) {
		const answer = await server.post(body.resourceType, body);
		assert.ok(status ? answer.status === status : [400, 422].includes(answer.status), `${JSON.stringify(body)}: ${answer.status} ${answer.text}`);
		refused(answer, answer.status);
		assert.ok(answer.json.issue.some((one) => one.expression?.some((path) => path.startsWith(place))), answer.text);
	}
	assert.equal(await server.versions(), before);
});

test('a body over the limit is 413 before it is read', async () => {
	refused(await server.post('Patient', patient({ name: [{ family: 'x'.repeat(200000) }] })), 413, 'too-long');
	const announced = parse(await server.raw(`POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${fhirJson}\r\nContent-Length: 999999999999\r\n\r\n{`));
	refused(announced, 413);
	const chunk = 'x'.repeat(60000);
	const chunked = parse(await server.raw([`POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${fhirJson}\r\nTransfer-Encoding: chunked\r\n\r\n`,
		...Array(3).fill(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)]));
	refused(chunked, 413);
	refused(parse(await server.raw('GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello')), 413);
});

test('a chunked body within the limit is taken', async () => {
	const body = JSON.stringify(patient({ name: [{ family: 'y'.repeat(80000) }] }));
	const parts = body.match(/.{1,7000}/gs).map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
	const text = await server.raw([`POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nPrefer: return=minimal\r\nContent-Type: ${fhirJson}\r\nTransfer-Encoding: chunked\r\n\r\n`,
		...parts, '0\r\n\r\n']);
	assert.match(text, /^HTTP\/1\.1 201 /);
});

test('half a header, and half a body, then silence: 408', async () => {
	refused(parse(await server.raw('GET /fhir/metadata HTTP/1.1\r\nHost: loc')), 408, 'timeout');
	const before = await server.versions();
	refused(parse(await server.raw(`POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${fhirJson}\r\nContent-Length: 500\r\n\r\n{"resourceType":`)), 408, 'timeout');
	assert.equal(await server.versions(), before);
});

test('a client that sends a byte now and then is cut off all the same', async () => {
	const text = await new Promise((resolve, reject) => {
		const socket = net.connect(server.port, '127.0.0.1');
		let got = '';
		const dripping = setInterval(() => socket.write('a'), 100);
		socket.on('connect', () => socket.write('GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nX-Slow: '));
		socket.on('data', (data) => { got += data; });
		socket.on('error', () => {});
		socket.on('close', () => { clearInterval(dripping); resolve(got); });
		setTimeout(() => reject(new Error('never cut off')), 30000).unref();
	});
	refused(parse(text), 408);
});

// Each header takes half the time it may; only the instants differ at which the server looks for late ones.
test('on a connection that was quiet for longer than a header may take, the next header has its time', async () => {
	const sockets = await Promise.all(Array.from({ length: 20 }, () => new Promise((resolve) => {
		const socket = net.connect(server.port, '127.0.0.1', () => resolve(socket));
		socket.setEncoding('latin1');
		socket.on('error', () => {});
	})));
	const ask = (socket) => new Promise((resolve) => {
		const done = (text) => { socket.off('data', done); socket.off('close', gone); resolve(text.split('\r\n')[0]); };
		const gone = () => done('closed');
		socket.on('data', done);
		socket.on('close', gone);
		socket.write('GET /health/live HTTP/1.1\r\nHost: lo');
		setTimeout(() => socket.write('calhost\r\n\r\n'), 1000);
	});
	try {
		assert.deepEqual([...new Set(await Promise.all(sockets.map(ask)))], ['HTTP/1.1 200 OK']);
		const answers = await Promise.all(sockets.map(async (socket, i) => {
			await new Promise((resolve) => { setTimeout(resolve, 2100 + 50 * i); });
			return ask(socket);
		}));
		assert.deepEqual([...new Set(answers)], ['HTTP/1.1 200 OK']);
	} finally {
		sockets.forEach((socket) => socket.destroy());
	}
});

test('half a request and then the end of the connection harms nobody', async () => {
	await server.raw('POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"a"', { endAfter: true });
	for (let i = 0; i < 50; i++) {
		const socket = net.connect(server.port, '127.0.0.1');
		socket.on('error', () => {});
		socket.write(`POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${fhirJson}\r\nContent-Length: 60\r\n\r\n{"resourceType":"Patient","active":true                    }`);
		socket.destroy();
	}
	assert.equal((await server.get('//health/ready')).status, 200);
});

test('an unused connection is closed without a word', async () => {
	assert.equal(await server.raw([]), '');
});

test('what is not HTTP gets no page of HTML', async () => {
	for (const text of [`GET /${'a'.repeat(40000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(40000)}\r\n\r\n`,
		'POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n', 'POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
		'GET / HTTP/1.1\r\n\r\n']) {
		const answer = parse(await server.raw(text));
		assert.ok(answer.status >= 400 && answer.status < 500, answer.head);
		refused(answer, answer.status);
	}
	const garbage = await server.raw(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 13, 10, 13, 10]));
	clean(garbage);
});

test('addresses that cannot be read are refused', async () => {
	for (const target of ['/fhir/Patient/%', '/fhir/Patient/%zz', '/fhir/Patient/a%00b', '/fhir/Patient/%ff', '/fhir/Patient?name=%c0%af'])
		refused(parse(await server.raw(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)), 400);
	refused(parse(await server.raw(`GET /fhir/Patient?name=${'a'.repeat(9000)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)), 414, 'too-long');
	refused(parse(await server.raw('BREW /fhir/Patient/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')), 405);
	for (const target of ['/../../etc/passwd', '/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd'])
		refused(parse(await server.raw(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)), 404);
});

test('requests that follow one another on one connection are answered in order', async () => {
	const one = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
	const text = await server.raw([one('/health/live') + one('/fhir/Patient/nobody') + one('/nowhere')
		+ 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n']);
	assert.deepEqual([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((found) => found[1]), ['200', '404', '404', '200']);
});

test('after all this nothing is left open and the server still stores', async () => {
	assert.equal((await server.post('Patient', patient())).status, 201);
	for (let i = 0; ; i++) {
		const { text } = await server.get('//metrics');
		if (/^homeward_requests_active 1$/m.test(text) && /^homeward_body_bytes 0$/m.test(text))
			break;
		assert.ok(i < 1500, text.slice(0, 600)); /* as in framing.test.mjs, one may stay for the idle time */
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	clean(server.log);
	assert.doesNotMatch(server.log, /"level":"error"/);
});

test('connections past the limit from one address are turned away, and those inside keep working', async () => {
	const small = await Server.start({ flags: ['--http-connections-per-address-max', '8', '--http-threads', '2'] });
	const sockets = Array.from({ length: 30 }, () => net.connect(small.port, '127.0.0.1'));
	sockets.forEach((socket) => socket.on('error', () => {}));
	const closed = await new Promise((resolve) => {
		let count = 0;
		sockets.forEach((socket) => {
			socket.resume();
			socket.on('close', () => { if (++count === 22) resolve(count); });
		});
	});
	assert.equal(closed, 22);
	sockets.forEach((socket) => socket.destroy());
	for (let i = 0; ; i++) {
		try {
			assert.equal((await small.get('//health/live')).status, 200);
			break;
		} catch (error) {
			assert.ok(i < 300, error);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}
	await small.stop();
});
