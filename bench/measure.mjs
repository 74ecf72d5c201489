// SPDX-License-Identifier: Apache-2.0
// What the measurements of bench/run share: programs started and ended, load, the process' memory.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const freePort = () => new Promise((resolve) => {
	const server = net.createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
});

// A program to its end; throws with what it said when it failed.
export function run(program, words, { json = false } = {}) {
	const end = spawnSync(program, words.map(String), { encoding: 'utf8', maxBuffer: 1 << 26 });
	if (end.status !== 0)
		throw new Error(`${path.basename(program)} ${words.join(' ')}: ${end.signal ?? end.status}\n${end.stdout}${end.stderr}`);
	return json ? JSON.parse(end.stdout) : end.stdout;
}

// As run, without stopping this process: for programs that talk to a server whose log is read here.
export function runBeside(program, words, { allowed = [0] } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, words.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
		let text = '';
		child.stdout.on('data', (data) => { text += data; });
		child.stderr.on('data', (data) => { text += data; });
		child.on('error', reject);
		child.on('close', (code) => (allowed.includes(code) ? resolve(text) : reject(new Error(`${path.basename(program)}: ${code}\n${text}`))));
	});
}

export class Server {
	constructor(build, data, log) {
		Object.assign(this, { build, data, log });
	}

	// Until /health/ready answers 200; readyMs counts from before the process was made.
	async start() {
		this.port = await freePort();
		this.base = `http://127.0.0.1:${this.port}`;
		const before = performance.now();
		const out = fs.openSync(this.log, 'a');
		this.child = spawn(path.join(this.build, 'homeward'), ['serve', '--dev', '--data', this.data, '--listen', `127.0.0.1:${this.port}`, '--log-level', 'info'], { stdio: ['ignore', out, out] });
		fs.closeSync(out);
		this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(code ?? signal)));
		for (;;) {
			if (this.child.exitCode !== null)
				throw new Error(`homeward serve ended: ${fs.readFileSync(this.log, 'utf8').slice(-2000)}`);
			const answer = await fetch(`${this.base}/health/ready`).catch(() => null);
			await answer?.text();
			if (answer?.status === 200)
				break;
			await sleep(2);
		}
		this.readyMs = performance.now() - before;
		return this;
	}

	async send(method, where, body) {
		const answer = await fetch(`${this.base}${where}`, { method, headers: { 'Content-Type': 'application/fhir+json' }, body: body === undefined ? undefined : JSON.stringify(body) });
		const text = await answer.text();
		if (!answer.ok)
			throw new Error(`${method} ${where}: ${answer.status} ${text.slice(0, 500)}`);
		return text;
	}

	async figures() {
		const found = {};
		for (const [, name, value] of (await this.send('GET', '/metrics')).matchAll(/^homeward_(store_\w+|feed_number) (\d+)$/gm))
			found[name] = Number(value);
		return found;
	}

	memory() {
		const status = fs.readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
		const mib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) / 1024;
		return { rss: mib('VmRSS'), anonymous: mib('RssAnon'), file: mib('RssFile') };
	}

	async stop() {
		this.child.kill('SIGTERM');
		return this.ended;
	}
}

// The limit of all answers: the same HTTP library with one constant body of `size` bytes.
export class Constant {
	static async start(build, threads, size) {
		const constant = new Constant();
		constant.port = await freePort();
		constant.child = spawn(path.join(build, 'bench/http_constant'), [constant.port, threads, size].map(String), { stdio: ['ignore', 'pipe', 'ignore'] });
		await new Promise((resolve, reject) => { constant.child.stdout.once('data', resolve); constant.child.on('error', reject); });
		return constant;
	}

	stop() {
		this.child.kill('SIGTERM');
	}
}

// `requests`: whole HTTP requests, one of which is taken by chance each time.
export function load(build, folder, port, { connections = 64, seconds, requests }) {
	const file = path.join(folder, 'requests');
	fs.writeFileSync(file, requests.join('\0'));
	const got = run(path.join(build, 'bench/http_load'), [port, connections, seconds, file], { json: true });
	return { ...got, rate: got.requests / got.seconds };
}

export const get = (target) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAccept: application/fhir+json\r\n\r\n`;
export function post(where, resource) {
	const body = JSON.stringify(resource);
	const length = Buffer.byteLength(body) + (body.includes('@N@') ? 4 : 0);
	return `POST ${where} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nPrefer: return=minimal\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

export const sizeOf = (folder) => fs.readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? fs.statSync(path.join(folder, entry.name)).blocks * 512 : 0), 0);
