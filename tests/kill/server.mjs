// SPDX-License-Identifier: Apache-2.0
// Starts, kills and asks the real server.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = process.env.HOMEWARD_BINARY ?? path.join(root, 'build/homeward');
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A port that is free and stays so until the server takes it, also while it is down between two starts: none of those that
// the system gives to whoever asks for any (32768 and up), and each process of tests begins at a place of its own.
const PORT_FIRST = 10100, PORT_COUNT = 21900;
let nextPort = process.pid * 16;
export function freePort() {
	const port = PORT_FIRST + nextPort++ % PORT_COUNT;
	return new Promise((resolve, reject) => {
		const server = net.createServer();
		server.on('error', (error) => (error.code === 'EADDRINUSE' ? resolve(freePort()) : reject(error)));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
	});
}

// A command to its end: { code, signal, text }.
export function command(words, { timeoutMs = 600000, program = binary } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
		let text = '';
		const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
		child.stdout.on('data', (data) => { text += data; });
		child.stderr.on('data', (data) => { text += data; });
		child.on('error', reject);
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			resolve({ code, signal, text });
		});
	});
}

export class Server {
	// Port 0: a free one, which the first start takes and later ones keep.
	constructor(data, port, log, program = binary) {
		this.program = program;
		this.data = data;
		this.port = port;
		this.log = log;
		this.agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
		this.child = null;
	}

	spawn() {
		const out = fs.openSync(this.log, 'a');
		this.child = spawn(this.program, ['serve', '--dev', '--data', this.data, '--listen', `127.0.0.1:${this.port}`],
			{ stdio: ['ignore', out, out] });
		fs.closeSync(out);
		const child = this.child;
		this.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
		child.on('error', () => {});
	}

	running() {
		return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
	}

	// Milliseconds until ready.
	async start(timeoutMs = 60000) {
		const begin = performance.now();
		this.spawn();
		for (;;) {
			if (this.port === 0)
				this.port = Number(/at http:\/\/[^/]+:(\d+)\//.exec(fs.readFileSync(this.log, 'utf8'))?.[1] ?? 0);
			const answer = this.port === 0 ? null : await this.request('GET', '/health/ready').catch(() => null);
			if (answer?.status === 200)
				return performance.now() - begin;
			if (!this.running() || performance.now() - begin > timeoutMs)
				throw new Error(`the server did not become ready; its log:\n${this.tail()}`);
			await sleep(10);
		}
	}

	// The ward shows itself when what comes with the program stands in the record: before it there is no policy to admit under.
	async ward(timeoutMs = 60000) {
		for (const begin = performance.now(); (await this.request('GET', '/ward/list')).status !== 200; await sleep(10)) {
			if (performance.now() - begin > timeoutMs)
				throw new Error(`the ward did not show itself; the log of its server:\n${this.tail()}`);
		}
	}

	async end(signal) {
		if (this.running())
			this.child.kill(signal);
		const end = await this.ended;
		this.agent.destroy();
		this.agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
		return end;
	}

	tail() {
		return fs.readFileSync(this.log, 'utf8').split('\n').slice(-20).join('\n');
	}

	// { status, headers, body: parsed JSON or null }; rejects when the connection breaks before the whole answer.
	request(method, where, body, headers = {}) {
		return new Promise((resolve, reject) => {
			const text = body === undefined ? null : JSON.stringify(body);
			const request = http.request({
				host: '127.0.0.1', port: this.port, method, path: where, agent: this.agent,
				headers: {
					accept: where.startsWith('/fhir') ? 'application/fhir+json' : '*/*',
					...(text === null ? {} : {
						'content-type': where.startsWith('/fhir') ? 'application/fhir+json' : 'application/json',
						'content-length': Buffer.byteLength(text),
					}),
					...headers,
				},
			}, (answer) => {
				const parts = [];
				answer.on('data', (part) => parts.push(part));
				answer.on('aborted', () => reject(new Error('aborted')));
				answer.on('error', reject);
				answer.on('end', () => {
					const whole = Buffer.concat(parts).toString('utf8');
					let parsed = null;
					try {
						parsed = whole === '' ? null : JSON.parse(whole);
					} catch {
						parsed = null;
					}
					resolve({ status: answer.statusCode, headers: answer.headers, body: parsed, text: whole });
				});
			});
			request.setTimeout(30000, () => request.destroy(new Error('no answer within 30 s')));
			request.on('error', reject);
			request.end(text ?? undefined);
		});
	}
}
