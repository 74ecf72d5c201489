/* SPDX-License-Identifier: Apache-2.0
 * A small server that speaks the board's part of the contract from made-up, scripted states: for work on the page's
 * looks, and for states the real server cannot be put into at will. Proof that the page works is never taken from it.
 * Usage: node tests/web/fixture_server.mjs [PORT] [PATIENTS] */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'web', 'dist');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const MINUTE = 60_000;
const iso = (ms) => new Date(ms).toISOString();
const SIGNS = [
	['respiratoryRate', 'Resp rate', '/min', '9279-1'], ['respiratoryDistress', 'Distress', '', ''], ['spo2', 'SpO₂', '%', '2708-6'],
	['oxygen', 'Oxygen', '', ''], ['heartRate', 'Heart rate', '/min', '8867-4'], ['systolic', 'Systolic BP', 'mmHg', '8480-6'],
	['capillaryRefill', 'Cap refill', 's', ''], ['temperature', 'Temp', '°C', '8310-5'], ['worried', 'Parent', '', ''],
];
const NAMES = ['Amara Okafor', 'Billy Thornton', 'Chloe Evans', 'Daniyal Rahman', 'Elsie Wren', 'Farah Siddiqui', 'George Pike', 'Hana Novak', 'Isaac Bell',
	'Jasmine Lowe', 'Kofi Mensah', 'Lily Hart', 'Mohammed Aziz', 'Nora Quinn', 'Oscar Field', 'Priya Nair', 'Quentin Marsh', 'Rosa Costa', 'Samuel Okoro', 'Tilly Barnes'];

function values(now, minutes, texts, parts, states = {}) {
	return SIGNS.filter(([name]) => name in texts).map(([name, label, unit]) => ({
		name, label, unit: texts[name] === '' ? '' : unit, text: texts[name],
		measuredAt: texts[name] === '' ? null : iso(now - minutes * MINUTE), receivedAt: iso(now - minutes * MINUTE + 9000),
		part: name in parts ? parts[name] : null, state: texts[name] === '' ? 'missing' : states[name] ?? (minutes > 240 ? 'stale' : 'current'), note: null, observation: `o-${name}`,
	}));
}
const HOME = { respiratoryRate: '26', respiratoryDistress: '', spo2: '98', oxygen: 'air', heartRate: '112', systolic: '', capillaryRefill: '', temperature: '36.9', worried: 'no' };
const ZERO = { respiratoryRate: 0, spo2: 0, oxygen: 0, heartRate: 0 };
const MISSING = ['respiratoryDistress', 'systolic', 'capillaryRefill'];

export function makeRows(now, count = 20) {
	const alert = (id, rule, title, level, minutes, deadline, more = {}) => ({ id, rule, title, level, status: 'delivered', raisedAt: iso(now - minutes * MINUTE),
		deadline: iso(now + deadline * MINUTE), reviewMinutesMax: { emergency: 5, high: 15, medium: 30, low: 60 }[level] ?? 480, rung: { index: 0, name: 'Nurse', person: 'Aoife Byrne' }, acknowledgement: null, ...more });
	return NAMES.slice(0, count).map((name, index) => {
		const row = {
			episode: `e${index}`, urgency: 100 - index, patient: { id: `p${index}`, name, birthDate: `${2024 - index % 14}-03-1${index % 9}`, age: `${2 + index % 14} y` },
			policy: { title: "Children's cancer", version: '1' }, admitted: iso(now - (2 + index) * 1440 * MINUTE),
			values: values(now, 20 + index * 7, HOME, ZERO), nextDue: iso(now + (220 - index * 7) * MINUTE), overdue: null, alerts: [],
			score: { scale: 'npews', band: '1-4 years', total: 0, complete: false, low: 0, high: 10, level: 'none', missing: MISSING, measuredAt: iso(now - (20 + index * 7) * MINUTE), observation: 's' },
			contacts: [{ name: `Parent of ${name}`, relationship: index % 3 ? 'mother' : 'father', phone: `07700 9000${String(index).padStart(2, '0')}` }],
		};
		if (index === 0) {
			row.values = values(now, 3, { respiratoryRate: '52', respiratoryDistress: 'moderate', spo2: '91', oxygen: 'NP 0.5 L/min', heartRate: '172', systolic: '75', capillaryRefill: '3', temperature: '38.6', worried: 'worse' },
				{ respiratoryRate: 2, respiratoryDistress: 2, spo2: 4, oxygen: 1, heartRate: 4, systolic: 1, capillaryRefill: 2 });
			Object.assign(row.score, { total: 16, complete: true, low: 16, high: 16, level: 'emergency', missing: [], measuredAt: iso(now - 3 * MINUTE) });
			row.alerts = [alert('a0', 'score', 'PEWS 16, Emergency', 'emergency', 1.2, 0.8, { status: 'raised', rung: { index: 0, name: 'Nurse, shift lead, registrar', person: 'Aoife Byrne' } }),
				alert('a1', 'fever', 'Temperature 38.6 °C', 'high', 1.2, 3.8)];
		} else if (index === 1) {
			row.values = values(now, 9, { ...HOME, temperature: '38.0' }, ZERO);
			row.alerts = [alert('a2', 'fever', 'Temperature 38.0 °C', 'high', 7.4, -2.4, { rung: { index: 1, name: 'Nurse in charge', person: null } })];
		} else if (index === 2) {
			row.values = values(now, 41, { ...HOME, heartRate: '152', spo2: '94' }, { ...ZERO, heartRate: 2, spo2: 1 }, { heartRate: 'suspect' });
			Object.assign(row.score, { total: 3, low: 3, high: 13, level: 'low' });
			row.alerts = [alert('a3', 'concern', 'Parent is worried', 'medium', 12, 18, { status: 'acknowledged', acknowledgement: { by: 'Aoife Byrne', at: iso(now - 10 * MINUTE), plan: 'Phoned the family: no change, keep watching.', reviewAt: iso(now + 18 * MINUTE) } })];
		} else if (index === 3) {
			row.values = values(now, 305, HOME, {});
			row.overdue = 'medium';
			row.nextDue = iso(now - 65 * MINUTE);
			row.score.measuredAt = iso(now - 305 * MINUTE);
			row.alerts = [alert('a4', 'overdue', 'No readings for 5 h', 'medium', 5, 10)];
		} else if (index === 4) {
			row.values = values(now, 15, { ...HOME, heartRate: '400' }, { respiratoryRate: 0, spo2: 0, oxygen: 0 }, { heartRate: 'implausible' });
			row.alerts = [alert('a5', 'implausible', 'Heart rate 400 is not believable: repeat', 'low', 6, 54)];
		} else if (index === 5) {
			row.overdue = 'amber';
			row.nextDue = iso(now - 34 * MINUTE);
		} else if (index === 12) {
			row.score = null;
			row.values = [];
		}
		return row;
	});
}

/* Two days of four-hourly readings, with a missed night. */
function observations(now) {
	const found = [];
	for (let hour = 46; hour >= 2; hour -= 4) {
		if (hour === 26 || hour === 22)
			continue;
		const at = iso(now - hour * 60 * MINUTE);
		const add = (system, code, value, unit) => found.push({ resourceType: 'Observation', id: `${code}-${hour}`, status: 'final', code: { coding: [{ system, code }] },
			effectiveDateTime: at, valueQuantity: { value, code: unit, unit } });
		add('http://loinc.org', '9279-1', 24 + Math.round(28 / (1 + hour / 4)), '/min');
		add('http://loinc.org', '8867-4', 112 + Math.round(60 / (1 + hour / 4)), '/min');
		add('http://loinc.org', '2708-6', 98 - Math.round(7 / (1 + hour / 6)), '%');
		add('http://loinc.org', '8310-5', Math.round((36.7 + 2 / (1 + hour / 3)) * 10) / 10, 'Cel');
		add('http://snomed.info/sct', '1363261000000104', Math.round(16 / (1 + hour / 3)), '{ScoreOf}');
	}
	return found;
}

export function startFixture({ port = 0, count = 20 } = {}) {
	const began = Date.now();
	const state = { rows: makeRows(began, count), version: 1, streams: new Set(), dev: true, system: [], fail: null, muted: false, wards: null };
	const send = (kind, data) => {
		for (const stream of state.streams)
			stream.write(`event: ${kind}\nid: ${state.version}\ndata: ${JSON.stringify(data)}\n\n`);
	};
	const board = () => ({ serverTime: iso(Date.now()), dev: state.dev, clockRate: 1, version: state.version, ward: { id: 'w1', name: 'Rainbow ward at home' }, system: state.system,
		staff: [{ id: 'r1', name: 'Aoife Byrne', role: 'Nurse', onShift: true }, { id: 'r2', name: 'Ben Carter', role: 'Registrar', onShift: true }, { id: 'r3', name: 'Cora Diaz', role: 'Nurse', onShift: false }], rows: state.rows });
	const bundle = (resources) => ({ resourceType: 'Bundle', type: 'searchset', total: resources.length, entry: resources.map((resource) => ({ resource })) });
	const tasks = (now) => state.rows.flatMap((row) => row.alerts.map((alert) => ({ resourceType: 'Task', id: alert.id, status: alert.acknowledgement ? 'accepted' : 'received', description: alert.title,
		authoredOn: alert.raisedAt, lastModified: iso(now), meta: { versionId: '2' }, for: { reference: `Patient/${row.patient.id}` }, businessStatus: { text: alert.rung.name },
		extension: [{ url: 'https://fhir.homeward.example/StructureDefinition/alert-level', valueCode: alert.level }] })));
	const server = createServer((call, answer) => {
		const url = new URL(call.url, 'http://x');
		const json = (value, status = 200) => {
			answer.writeHead(status, { 'Content-Type': 'application/fhir+json; charset=utf-8' });
			answer.end(JSON.stringify(value));
		};
		if (url.pathname === '/ward/list')
			return json(state.wards ?? [{ id: 'w1', name: 'Rainbow ward at home', patients: state.rows.length, openAlerts: 6 }]);
		if (url.pathname === '/ward/board')
			return json(board());
		if (url.pathname === '/ward/events') {
			answer.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
			answer.write(': welcome\n\n');
			state.streams.add(answer);
			call.on('close', () => state.streams.delete(answer));
			return undefined;
		}
		if (url.pathname === '/fhir/Observation')
			return json(bundle(observations(Date.now())));
		if (url.pathname === '/fhir/Task')
			return json(bundle(tasks(Date.now()).filter((task) => task.for.reference === `Patient/${url.searchParams.get('patient')}`)));
		const one = call.method === 'GET' && /^\/fhir\/Task\/(\w+)$/.exec(url.pathname);
		if (one)
			return json(tasks(Date.now()).find((task) => task.id === one[1]) ?? { resourceType: 'OperationOutcome', issue: [] }, 200);
		if (/^\/fhir\/Task\/\w+\/_history$/.test(url.pathname))
			return json(bundle(tasks(Date.now()).filter((task) => url.pathname.includes(`/${task.id}/`))));
		if (url.pathname === '/fhir/PractitionerRole')
			return json(bundle([{ resourceType: 'PractitionerRole', id: 'r9', telecom: [{ system: 'phone', value: '020 7946 0000' }] }]));
		if (url.pathname.startsWith('/fhir/') && call.method === 'GET')
			return json(bundle([]));
		if (state.fail && call.method === 'POST') {
			call.resume();
			return state.fail === 'hang' ? undefined : json({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'processing', diagnostics: state.fail.text }] }, state.fail.status);
		}
		const operation = /^\/fhir\/Task\/(\w+)\/\$(acknowledge|resolve)$/.exec(url.pathname);
		if (operation) {
			let body = '';
			call.on('data', (part) => { body += part; });
			call.on('end', () => {
				const given = Object.fromEntries(JSON.parse(body).parameter.map((one) => [one.name, one.valueString ?? one.valueInteger ?? one.valueReference]));
				const row = state.rows.find((one) => one.alerts.some((alert) => alert.id === operation[1]));
				const alert = row?.alerts.find((one) => one.id === operation[1]);
				if (!alert)
					return json({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'conflict', diagnostics: 'The alert is closed' }] }, 409);
				const now = Date.now();
				const next = { ...row };
				if (operation[2] === 'resolve')
					next.alerts = row.alerts.filter((one) => one !== alert);
				else
					next.alerts = row.alerts.map((one) => one === alert ? { ...alert, status: 'acknowledged', acknowledgement: { by: 'Aoife Byrne', at: iso(now), plan: given.plan, reviewAt: iso(now + given.reviewMinutes * MINUTE) } } : one);
				state.rows = state.rows.map((one) => one === row ? next : one);
				state.version++;
				json({ resourceType: 'Task', id: alert.id, status: operation[2] === 'resolve' ? 'completed' : 'accepted' });
				send('row', next);
				return undefined;
			});
			return undefined;
		}
		const file = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
		try {
			const bytes = readFileSync(join(dist, file.replaceAll('..', '')));
			answer.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': "default-src 'self'; style-src 'self'", 'Cache-Control': 'no-store' });
			answer.end(bytes);
		} catch {
			json({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] }, 404);
		}
		return undefined;
	});
	const beat = setInterval(() => state.muted || send('beat', { serverTime: iso(Date.now()), version: state.version, clockRate: 1 }), 5000);
	return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({
		url: `http://127.0.0.1:${server.address().port}`, state, send,
		stop() {
			clearInterval(beat);
			for (const stream of state.streams)
				stream.end();
			server.closeAllConnections?.();
			server.close();
		},
	})));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { url } = await startFixture({ port: Number(process.argv[2] ?? 8099), count: Number(process.argv[3] ?? 20) });
	console.log(url);
}
