// SPDX-License-Identifier: Apache-2.0
// Starts the real program on a free port with a folder of its own, and asks it things.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = process.env.HOMEWARD_BINARY ?? path.join(root, 'build/homeward');
export const shared = process.env.HOMEWARD_SHARED ?? path.join(root, '../shared');
export const fhirJson = 'application/fhir+json';

export function newFolder() {
	return fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-api-'));
}

export function run(words, { program = binary, ...options } = {}) {
	return spawnSync(program, words, { encoding: 'utf8', timeout: 20000, ...options });
}

export class Server {
	static async start({ folder = newFolder(), flags = [], env = {} } = {}) {
		const server = new Server();
		server.folder = folder;
		server.child = spawn(binary, ['serve', '--dev', '--data', path.join(folder, 'record'), '--listen', '127.0.0.1:0', ...flags],
			{ stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
		server.log = '';
		server.said = '';
		server.child.stderr.on('data', (data) => { server.log += data; });
		server.ended = new Promise((resolve) => server.child.on('close', (code, signal) => resolve({ code, signal })));
		await new Promise((resolve, reject) => {
			server.child.stdout.on('data', (data) => {
				server.said += data;
				const found = /at (http:\/\/[^/]+)\//.exec(server.said);
				if (found) {
					server.address = found[1];
					resolve();
				}
			});
			server.ended.then(() => reject(new Error(`the server ended: ${server.log}`)));
		});
		server.base = `${server.address}/fhir`;
		server.port = Number(new URL(server.address).port);
		return server;
	}

	async stop({ keep = false } = {}) {
		this.child.kill('SIGTERM');
		const end = await this.ended;
		if (!keep)
			fs.rmSync(this.folder, { recursive: true, force: true });
		return end;
	}

	// A request below /fhir (or from the root, with a path that begins with two slashes): { status, headers, text, json }.
	async ask(method, target, { body, headers = {}, type = fhirJson } = {}) {
		const url = target.startsWith('//') ? this.address + target.slice(1) : `${this.base}${target && !target.startsWith('?') ? '/' : ''}${target}`;
		const sent = body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
		const answer = await fetch(url, {
			method,
			body: sent,
			headers: { ...(sent === undefined || !type ? {} : { 'Content-Type': type }), ...headers },
		});
		const text = await answer.text();
		let json;
		try {
			json = JSON.parse(text);
		} catch {
			json = undefined;
		}
		return { status: answer.status, headers: answer.headers, text, json };
	}

	get(target, headers) { return this.ask('GET', target, { headers }); }
	post(target, body, headers) { return this.ask('POST', target, { body, headers }); }
	put(target, body, headers) { return this.ask('PUT', target, { body, headers }); }
	delete(target, headers) { return this.ask('DELETE', target, { headers }); }
	form(target, pairs, headers) {
		return this.ask('POST', target, { body: new URLSearchParams(pairs).toString(), headers, type: 'application/x-www-form-urlencoded' });
	}

	// How many versions of patients and observations were ever stored (other rooms write of their own accord).
	async versions() {
		const totals = await Promise.all(['Patient', 'Observation'].map((type) => this.get(`${type}/_history?_count=0`)));
		return totals.reduce((sum, one) => sum + one.json.total, 0);
	}

	// Bytes on a plain socket; resolves with everything that came until the other side closed.
	raw(parts, { endAfter = false } = {}) {
		return new Promise((resolve, reject) => {
			const socket = net.connect(this.port, '127.0.0.1');
			let text = '';
			socket.setEncoding('latin1');
			socket.on('data', (data) => { text += data; });
			socket.on('error', (error) => (text ? resolve(text) : reject(error)));
			socket.on('close', () => resolve(text));
			socket.on('connect', () => {
				for (const part of [parts].flat())
					socket.write(part);
				if (endAfter)
					socket.end();
			});
		});
	}
}

export function patient(more = {}) {
	return { resourceType: 'Patient', name: [{ family: 'Testperson', given: ['Ada'] }], ...more };
}

export function idOf(answer) {
	return answer.json.id;
}

export function outcomeProblem(answer, status, code) {
	if (answer.status !== status)
		return `status ${answer.status} instead of ${status}: ${answer.text.slice(0, 300)}`;
	if (answer.json?.resourceType !== 'OperationOutcome')
		return `no OperationOutcome: ${answer.text.slice(0, 300)}`;
	if (!/^application\/fhir\+json/.test(answer.headers.get('content-type') ?? ''))
		return 'the outcome is not application/fhir+json';
	const issue = answer.json.issue?.[0];
	if (!issue || !['fatal', 'error'].includes(issue.severity) || !(issue.diagnostics || issue.details?.text))
		return `the outcome says nothing: ${answer.text}`;
	if (code && !answer.json.issue.some((one) => one.code === code))
		return `no issue of code ${code}: ${answer.text}`;
	return '';
}
