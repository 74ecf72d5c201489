#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Reading by id as a share of the same HTTP library serving a constant, and durable creates. Figures are of this
// machine in this run, load generator included; the ratio is what counts.
// usage: node bench/http_bench.mjs [BUILD_FOLDER] [SECONDS]
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const build = path.resolve(process.argv[2] ?? 'build');
const seconds = process.argv[3] ?? '5';
execFileSync('ninja', ['-C', build, 'homeward', 'bench/http_load', 'bench/http_constant'], { stdio: 'ignore' });
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'homeward-bench-'));
const observation = {
	resourceType: 'Observation', status: 'final',
	category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
	code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
	subject: { reference: 'Patient/p-0' }, effectiveDateTime: '2026-11-22T05:12:00+00:00', device: { reference: 'Device/d-0' },
	valueQuantity: { value: 117, unit: 'beats/min', system: 'http://unitsofmeasure.org', code: '/min' },
};

const freePort = () => new Promise((resolve) => {
	const server = net.createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
});

function load(port, connections, request) {
	const file = path.join(folder, 'request');
	fs.writeFileSync(file, request);
	const end = spawnSync(path.join(build, 'bench', 'http_load'), [port, connections, seconds, file].map(String), { encoding: 'utf8' });
	if (end.status !== 0)
		throw new Error(end.stderr);
	const got = JSON.parse(end.stdout);
	return { ...got, rate: Math.round(got.requests / got.seconds) };
}

const start = (program, words) => new Promise((resolve, reject) => {
	const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] });
	child.stdout.once('data', () => resolve(child));
	child.on('error', reject);
	child.on('close', () => reject(new Error(`${program} ended`)));
});
const get = (target) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAccept: application/fhir+json\r\n\r\n`;
const show = (what, got) => console.log(`${what.padEnd(44)} ${String(got.rate).padStart(8)}/s  p50 ${String(got.p50_us).padStart(6)} us  p99 ${String(got.p99_us).padStart(7)} us  errors ${got.errors}`);

const port = await freePort();
const server = await start(path.join(build, 'homeward'), ['serve', '--dev', '--data', path.join(folder, 'record'), '--listen', `127.0.0.1:${port}`, '--log-level', 'error']);
const base = `http://127.0.0.1:${port}/fhir`;
const headers = { 'Content-Type': 'application/fhir+json' };
for (const [type, body] of [['Patient', { name: [{ family: 'Bench' }] }], ['Device', {}]])
	await fetch(`${base}/${type}/${type[0].toLowerCase()}-0`, { method: 'PUT', headers, body: JSON.stringify({ resourceType: type, id: `${type[0].toLowerCase()}-0`, ...body }) });
const made = await (await fetch(`${base}/Observation`, { method: 'POST', headers, body: JSON.stringify(observation) })).json();
const size = JSON.stringify(made).length;
const constantPort = await freePort();
const threads = Math.max(2, os.cpus().length);
const constant = await start(path.join(build, 'bench', 'http_constant'), [constantPort, threads, size].map(String));

const ratios = [];
for (let round = 0; round < 3; round++) {
	const limit = load(constantPort, 64, get('/'));
	const read = load(port, 64, get(`/fhir/Observation/${made.id}`));
	ratios.push(read.rate / limit.rate);
	show('constant body, same library, 64 connections', limit);
	show('read by id, 64 connections', read);
}
console.log(`read by id is ${(100 * ratios.sort((a, b) => a - b)[1]).toFixed(0)} % of the constant (middle of three)`);
for (const clients of [1, 64]) {
	const body = JSON.stringify({ ...observation, identifier: [{ system: 'http://example.org/bench', value: 'n-@N@' }] });
	const request = `POST /fhir/Observation HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nPrefer: return=minimal\r\nContent-Length: ${body.length + 4}\r\n\r\n${body}`;
	show(`durable create of an Observation, ${clients} client${clients > 1 ? 's' : ''}`, load(port, clients, request));
}
server.removeAllListeners('close');
constant.removeAllListeners('close');
server.kill('SIGTERM');
constant.kill('SIGTERM');
await new Promise((resolve) => server.on('close', resolve));
fs.rmSync(folder, { recursive: true, force: true });
