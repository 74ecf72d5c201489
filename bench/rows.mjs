// SPDX-License-Identifier: Apache-2.0
// The rows of bench/run. Each measure runs in a folder of its own and gives rows for the table.
import fs from 'node:fs';
import path from 'node:path';
import { Constant, Server, get, load, middle, post, run, runBeside, sizeOf, sleep } from './measure.mjs';

const whole = (number) => Math.round(number).toLocaleString('en-GB');
const ms = (us) => `${(us / 1000).toFixed(us < 10000 ? 2 : 0)} ms`;
const percent = (share) => `${(100 * share).toFixed(0)} %`;
const mib = (number) => `${number.toFixed(0)} MiB`;
const codes = ['8867-4', '9279-1', '59408-5', '8310-5', '8480-6', '44963-7'];

const observation = (identifier) => ({
	resourceType: 'Observation', status: 'final', ...identifier,
	category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
	code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
	subject: { reference: 'Patient/p-0' }, effectiveDateTime: '2026-11-22T05:12:00+00:00', device: { reference: 'Device/d-0' },
	valueQuantity: { value: 117, unit: 'beats/min', system: 'http://unitsofmeasure.org', code: '/min' },
});

async function withServer(plan, work) {
	const server = await new Server(plan.build, path.join(plan.folder, 'record'), path.join(plan.folder, 'log')).start();
	try {
		return await work(server);
	} finally {
		await server.stop();
	}
}

/* --- creates -------------------------------------------------------------------------------- */

async function create(plan) {
	const body = path.join(plan.folder, 'body');
	fs.writeFileSync(body, JSON.stringify(observation({})));
	const request = post('/fhir/Observation', observation({ identifier: [{ system: 'http://example.org/bench', value: 'n-@N@' }] }));
	return withServer(plan, async (server) => {
		const rounds = [];
		for (let round = 0; round < plan.rounds; round++) {
			const before = await server.figures();
			const made = load(plan.build, plan.folder, server.port, { seconds: plan.seconds, requests: [request] });
			const after = await server.figures();
			const group = (after.store_commits_total - before.store_commits_total) / (after.store_groups_total - before.store_groups_total);
			const disk = run(path.join(plan.build, 'bench/disk_bench'), [plan.folder, plan.seconds, Math.round(group), body], { json: true });
			rounds.push({ ...made, group, disk });
		}
		const of = (pick) => middle(rounds.map(pick));
		const errors = rounds.reduce((sum, r) => sum + r.errors, 0);
		return [{
			work: 'durable create of an Observation, 64 clients over HTTP', asked: '15,000/s, p99 < 20 ms',
			figure: `${whole(of((r) => r.rate))}/s, p50 ${ms(of((r) => r.p50_us))}, p99 ${ms(of((r) => r.p99_us))}`,
			ratio: `${of((r) => r.rate / r.disk.raw_per_s).toFixed(2)} of raw SQLite commits of the same bytes in groups as large; ${of((r) => r.rate / r.disk.fsyncs_per_s).toFixed(1)} creates an fsync of the bare disk`,
			details: `groups of ${of((r) => r.group).toFixed(0)}; raw SQLite ${whole(of((r) => r.disk.raw_per_s))}/s; disk ${whole(of((r) => r.disk.fsyncs_per_s))} fsync/s, p99 ${ms(of((r) => r.disk.fsync_p99_us))}; errors ${errors}`,
		}];
	});
}

/* --- reads ---------------------------------------------------------------------------------- */

async function read(plan) {
	return withServer(plan, async (server) => {
		const ids = [];
		for (let i = 0; i < 200; i++)
			ids.push(JSON.parse(await server.send('POST', '/fhir/Observation', observation({}))).id);
		const size = (await server.send('GET', `/fhir/Observation/${ids[0]}`)).length;
		const constant = await Constant.start(plan.build, plan.threads, size);
		const rounds = [];
		for (let round = 0; round < plan.rounds; round++) {
			const limit = load(plan.build, plan.folder, constant.port, { seconds: plan.seconds, requests: [get('/')] });
			const got = load(plan.build, plan.folder, server.port, { seconds: plan.seconds, requests: ids.map((id) => get(`/fhir/Observation/${id}`)) });
			rounds.push({ ...got, share: got.rate / limit.rate, limit: limit.rate });
		}
		constant.stop();
		const of = (pick) => middle(rounds.map(pick));
		return [{
			work: 'read by id, 64 connections', asked: '60 % of the same library serving a constant',
			figure: `${whole(of((r) => r.rate))}/s, p99 ${ms(of((r) => r.p99_us))}`,
			ratio: `${percent(of((r) => r.share))} of the constant`,
			details: `constant of ${size} bytes ${whole(of((r) => r.limit))}/s; errors ${rounds.reduce((sum, r) => sum + r.errors, 0)}`,
		}];
	});
}

/* --- searches, start, memory and disk on a large store -------------------------------------- */

const search = (patients) => Array.from({ length: 5000 }, () =>
	get(`/fhir/Observation?patient=Patient/p-${Math.floor(Math.random() * patients)}&code=http://loinc.org%7C${codes[Math.floor(Math.random() * codes.length)]}&date=ge2026-01-01&_sort=-date&_count=20`));

async function wardStarted(server, before) {
	for (;;) {
		const line = fs.readFileSync(server.log, 'utf8').slice(before).split('\n').find((l) => l.includes('"ward.started"'));
		if (line !== undefined)
			return Date.parse(JSON.parse(line).time);
		await sleep(100);
	}
}

async function startOn(plan, folder) {
	const log = `${folder}.log`;
	const before = fs.existsSync(log) ? fs.statSync(log).size : 0;
	const at = Date.now();
	const server = await new Server(plan.build, folder, log).start();
	return { server, readyMs: server.readyMs, wardMs: await wardStarted(server, before) - at };
}

async function large(plan) {
	const sizes = [plan.size / 10, plan.size];
	const stores = [];
	for (const size of sizes) {
		const folder = path.join(plan.folder, `store-${size}`);
		fs.mkdirSync(folder);
		run(path.join(plan.build, 'bench/store_bench'), [size, folder, 'fill']);
		const bytes = sizeOf(folder);
		const first = await startOn(plan, folder);
		await first.server.stop();
		const again = await startOn(plan, folder);
		const requests = search(Math.floor(size / 240));
		const page = (await again.server.send('GET', /GET (\S+)/.exec(requests[0])[1]));
		stores.push({ size, bytes, first, again, server: again.server, requests, page, entries: JSON.parse(page).entry.length, idle: again.server.memory() });
	}
	const constant = await Constant.start(plan.build, plan.threads, stores[1].page.length);
	const rounds = [];
	for (let round = 0; round < plan.rounds; round++) {
		const [small, full] = stores.map((s) => load(plan.build, plan.folder, s.server.port, { seconds: plan.seconds, requests: s.requests }));
		const limit = load(plan.build, plan.folder, constant.port, { seconds: plan.seconds, requests: [get('/')] });
		rounds.push({ small, full, limit });
	}
	constant.stop();
	const [small, full] = stores;
	const used = full.server.memory();
	for (const store of stores)
		await store.server.stop();
	const of = (pick) => middle(rounds.map(pick));
	return [{
		work: `\`Observation?patient&code&date\` sorted, 20 a page, ${whole(full.size)} resources`, asked: '10,000/s, p99 < 10 ms; at ten times the size no more than twice as slow',
		figure: `${whole(of((r) => r.full.rate))}/s, p99 ${ms(of((r) => r.full.p99_us))}`,
		ratio: `${of((r) => r.small.rate / r.full.rate).toFixed(2)} times as slow as at ${whole(small.size)}; ${percent(of((r) => r.full.rate / r.limit.rate))} of a constant of the same bytes`,
		details: `${full.entries} entries, ${whole(full.page.length)} bytes a page; at ${whole(small.size)}: ${whole(of((r) => r.small.rate))}/s; constant ${whole(of((r) => r.limit.rate))}/s; 64 connections; errors ${rounds.reduce((sum, r) => sum + r.full.errors + r.small.errors, 0)}`,
	}, {
		work: `start to ready on ${whole(full.size)} resources`, asked: '< 1 s at 10 M',
		figure: `${full.again.readyMs.toFixed(0)} ms`,
		ratio: `${(full.again.readyMs / small.again.readyMs).toFixed(2)} times the start at ${whole(small.size)}`,
		details: `the ward follows the feed after ${full.again.wardMs} ms; after ${full.first.wardMs} ms the first time, without a checkpoint`,
	}, {
		work: `memory of \`serve\` on ${whole(full.size)} resources`, asked: '< 300 MiB at 10 M',
		figure: `${mib(used.rss)} after the searches`,
		ratio: `${(used.rss / small.idle.rss).toFixed(2)} times that of ${whole(small.size)} after its start`,
		details: `${mib(used.anonymous)} of it its own, the rest files; ${mib(full.idle.rss)} after the start`,
	}, {
		work: 'bytes on disk a resource', asked: '—',
		figure: `${whole(full.bytes / full.size)} bytes`,
		ratio: `${(full.bytes / full.size / (full.page.length / full.entries)).toFixed(2)} of its JSON in a page`,
		details: `${whole(full.bytes / 2 ** 20)} MiB in all, every search parameter indexed`,
	}];
}

/* --- import --------------------------------------------------------------------------------- */

async function transactions(plan) {
	const source = path.join(plan.shared, 'data/synthea');
	if (!fs.existsSync(source))
		return [{ work: 'transaction Bundles (Synthea)', asked: '10,000 resources/s', figure: 'not measured', ratio: '—', details: 'the data are absent' }];
	const all = fs.readdirSync(source).filter((name) => name.endsWith('.bz2')).sort((a, b) => /Information/.test(b) - /Information/.test(a) || a.localeCompare(b));
	const files = all.slice(0, plan.bundles).map((name) => path.join(source, name));
	return withServer(plan, async (server) => {
		const start = performance.now();
		const said = await runBeside(path.join(plan.build, 'homeward'), ['import', '--url', server.base, '--state', path.join(plan.folder, 'state'), ...files], { allowed: [0, 1] });
		const seconds = (performance.now() - start) / 1000;
		const figures = await server.figures();
		const first = path.join(plan.folder, 'first.json');
		const bytes = run('sh', ['-c', `bzcat "${files.at(-1)}" > "${first}"; cat "${first}" | wc -c`]);
		const alone = run(path.join(plan.build, 'bench/fhir_bench'), [1, first]);
		const limit = Number(/([\d.]+) resources\/s/.exec(alone)[1]);
		const rate = figures.store_writes_total / seconds;
		return [{
			work: `transaction Bundles (Synthea), ${files.length} files by \`homeward import\``, asked: '10,000 resources/s',
			figure: `${whole(rate)} resources/s`,
			ratio: `${percent(rate / limit)} of parse, validate, index and print alone on one core (${whole(limit)}/s)`,
			details: `${whole(figures.store_writes_total)} resources in ${seconds.toFixed(1)} s, import's own unpacking of bzip2 included; ${whole(bytes / 1024)} KiB the last Bundle; ${/refused\D*(\d+)|(\d+) refused/.exec(said)?.[0] ?? 'none refused'}`,
		}];
	});
}

/* --- from a reading to the screen ----------------------------------------------------------- */

const HOMEWARD = 'https://fhir.homeward.example/';

// Homes p-0 … on wards w-0 …: by turns, but `big` of them on the last one. Admitted `hours` ago.
export async function makeWards(server, homes, wards, { big = 0, hours = 3.5 } = {}) {
	const wardOf = (i) => (big === 0 ? i % wards : i < big ? wards - 1 : i % (wards - 1));
	const entry = (resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } });
	const organization = (i) => ({
		resourceType: 'Organization', id: `w-${i}`, name: `Ward ${i}`,
		extension: [{ url: `${HOMEWARD}StructureDefinition/ward-policy`, valueCanonical: `${HOMEWARD}PlanDefinition/childrens-cancer|1` }],
		type: [{ coding: [{ system: `${HOMEWARD}CodeSystem/organization-type`, code: 'virtual-ward' }] }],
	});
	const send = (entries) => server.send('POST', '/fhir', { resourceType: 'Bundle', type: 'transaction', entry: entries });
	const switchboard = (i) => ({
		resourceType: 'PractitionerRole', id: `w-${i}-switchboard`, active: true, organization: { reference: `Organization/w-${i}` },
		code: [{ coding: [{ system: `${HOMEWARD}CodeSystem/ward-role`, code: 'switchboard' }] }],
	});
	await send(Array.from({ length: wards }, (_, i) => [entry(organization(i)), entry(switchboard(i))]).flat());
	const birthDate = `${new Date().getUTCFullYear() - 4}-03-15`;
	for (let at = 0; at < homes; at += 100) {
		await send(Array.from({ length: Math.min(100, homes - at) }, (_, i) => [
			entry({ resourceType: 'Patient', id: `p-${at + i}`, birthDate, name: [{ family: 'Bench', given: [`No ${at + i}`] }] }),
			entry({ resourceType: 'Device', id: `d-${at + i}`, patient: { reference: `Patient/p-${at + i}` } }),
		]).flat());
	}
	const start = new Date(Date.now() - hours * 3600000).toISOString();
	const admit = (i) => server.send('POST', '/fhir/EpisodeOfCare/$admit', { resourceType: 'Parameters', parameter: [
		{ name: 'patient', valueReference: { reference: `Patient/p-${i}` } },
		{ name: 'ward', valueReference: { reference: `Organization/w-${wardOf(i)}` } },
		{ name: 'start', valueDateTime: start },
	] });
	let next = 0;
	await Promise.all(Array.from({ length: 32 }, async () => {
		while (next < homes)
			await admit(next++);
	}));
}

const WARDS = 10;
const wardLoad = (plan, server, { rate, stored = 0, seconds, homes, wards }) =>
	runBeside(path.join(plan.build, 'bench/ward_load'), [server.port, rate, stored, plan.triggers, seconds, homes, wards])
		.then((text) => JSON.parse(text.split('\n').find((line) => line.startsWith('{'))));

async function alerts(plan, homes) {
	return withServer(plan, async (server) => {
		await makeWards(server, homes, WARDS);
		await sleep(1000);
		return { homes, ...await wardLoad(plan, server, { rate: 1000, seconds: plan.alertSeconds, homes, wards: WARDS }), memory: server.memory().rss };
	});
}

const alertRow = (work, asked, limitUs, got, more) => ({
	work, asked, met: got.p99_us < limitUs && got.alerts === got.triggers && got.errors === 0,
	figure: `p50 ${ms(got.p50_us)}, p99 ${ms(got.p99_us)}`,
	ratio: `p99 is ${(got.p99_us / limitUs).toFixed(2)} of the limit`,
	details: `${got.alerts} of ${got.triggers} alerts seen, slowest ${ms(got.max_us)}; ${whole(got.readings_per_s)} readings/s of ${got.homes} homes on ${WARDS} wards, ${WARDS} screens${more}; errors ${got.errors}`,
});

async function live(plan) {
	return [alertRow('reading sent → alert in a browser\'s event stream, 1,000 readings/s', 'p99 < 100 ms', 100000, await alerts(plan, 2 * plan.triggers), '')];
}

// What gateways send when their network is back: the readings of twelve hours, one Observation each, a hundred in a batch.
const VITALS = [['9279-1', '/min', 22, 4], ['8867-4', '/min', 100, 12], ['59408-5', '%', 97, 3], ['8310-5', 'Cel', 36.6, 0.6]];
async function sendStored(server, stored, patients) {
	const PAST_MS = 12 * 3600000, now = Date.now(), began = performance.now();
	let next = 0, refused = 0;
	const one = (number) => {
		const [code, unit, low, width] = VITALS[number % 4];
		const patient = Math.floor(number / 4) % patients;
		const at = new Date(now - PAST_MS + Math.floor(number / 4 / patients) * 4 * patients / stored * PAST_MS);
		return { request: { method: 'POST', url: 'Observation' }, resource: {
			resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code }] }, subject: { reference: `Patient/p-${patient}` }, device: { reference: `Device/d-${patient}` },
			effectiveDateTime: at.toISOString(), valueQuantity: { value: Math.round((low + width * ((number * 7919) % 1000) / 1000) * 10) / 10, unit, system: 'http://unitsofmeasure.org', code: unit } } };
	};
	await Promise.all(Array.from({ length: 4 }, async () => {
		while (next < stored) {
			const first = next;
			next += 100;
			const answer = await server.send('POST', '/fhir', { resourceType: 'Bundle', type: 'batch', entry: Array.from({ length: Math.min(100, stored - first) }, (_, i) => one(first + i)) });
			refused += JSON.parse(answer).entry.filter((entry) => !entry.response.status.startsWith('201')).length;
		}
	}));
	return { seconds: (performance.now() - began) / 1000, refused, before: now - 10000 };
}

// Until the ward has made everything of the feed, which it reads in order: a last reading stands on the board.
async function digested(server) {
	const { id } = JSON.parse(await server.send('POST', '/fhir/Observation', {
		resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] }, subject: { reference: 'Patient/p-0' },
		effectiveDateTime: new Date().toISOString(), valueQuantity: { value: 105, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' } }));
	while (!(await server.send('GET', '/ward/board?ward=w-0')).includes(id))
		await sleep(100);
}

// S52: nothing lost, nothing doubled. Each replayed reading is counted by patient and sign (it is older than all others), and
// each alert in the record: one fever of each home that was to have one, none of another, and no two alerts of one cause.
async function counted(server, { stored, patients, triggers, homes, before }) {
	const got = { readings: 0, missing: 0, doubled: 0, alerts: 0, alertsMissing: 0, alertsDoubled: 0 };
	await digested(server);
	for (let patient = 0; patient < patients; patient++) {
		for (const [sign, [code]] of VITALS.entries()) {
			const first = patient * 4 + sign;
			const expected = first < stored ? Math.floor((stored - 1 - first) / (4 * patients)) + 1 : 0;
			const { total } = JSON.parse(await server.send('GET', `/fhir/Observation?patient=Patient/p-${patient}&code=http://loinc.org%7C${code}&date=lt${new Date(before).toISOString()}&_summary=count`));
			got.readings += total;
			got.missing += Math.max(0, expected - total);
			got.doubled += Math.max(0, total - expected);
		}
	}
	const fevers = new Map(), causes = new Set();
	for (let where = '/fhir/Task?_count=500'; where;) {
		const page = JSON.parse(await server.send('GET', where));
		for (const { resource } of page.entry ?? []) {
			const cause = resource.identifier?.find((one) => one.system === `${HOMEWARD}alert`)?.value;
			if (cause === undefined)
				continue;
			got.alertsDoubled += causes.has(cause) ? 1 : 0;
			causes.add(cause);
			if (resource.code.coding[0].code === 'fever')
				fevers.set(resource.for.reference, (fevers.get(resource.for.reference) ?? 0) + 1);
		}
		where = page.link?.find((link) => link.relation === 'next')?.url.replace(/^https?:\/\/[^/]+/, '');
	}
	for (let home = homes - triggers; home < homes; home++) {
		const count = fevers.get(`Patient/p-${home}`) ?? 0;
		got.alerts += count;
		got.alertsMissing += count === 0 ? 1 : 0;
		got.alertsDoubled += Math.max(0, count - 1);
		fevers.delete(`Patient/p-${home}`);
	}
	got.alertsDoubled += fevers.size; // of homes that had no fever
	return got;
}

async function replay(plan) {
	const homes = plan.triggers + 500, seconds = plan.alertSeconds + Math.round(plan.stored / 8000);
	return withServer(plan, async (server) => {
		await makeWards(server, homes, WARDS, { hours: 12.5 });
		await sleep(1000);
		const beside = wardLoad(plan, server, { rate: 1000, seconds, homes, wards: WARDS });
		beside.catch(() => {}); /* seen below, unless something else failed before */
		const sent = await sendStored(server, plan.stored, 500);
		const got = { homes, ...await beside };
		const memory = server.memory().rss;
		const count = await counted(server, { stored: plan.stored, patients: 500, triggers: plan.triggers, homes, before: sent.before });
		const row = alertRow(`the same during a replay of ${whole(plan.stored)} stored readings of 12 hours of 500 patients`, 'p99 < 1 s (1.44 M stored); nothing lost, nothing doubled', 1000000, got,
			`; ${whole(plan.stored / sent.seconds)} stored readings/s beside them, in ${sent.seconds.toFixed(0)} of the ${seconds} s that alerts were timed; ${mib(memory)} of memory after them; `
			+ `afterwards in the record ${whole(count.readings)} replayed readings, ${count.missing} missing, ${count.doubled} doubled, ${sent.refused} refused, and ${count.alerts} fever alerts, ${count.alertsMissing} missing, ${count.alertsDoubled} doubled`);
		row.met = row.met && sent.refused + count.missing + count.doubled + count.alertsMissing + count.alertsDoubled === 0;
		return [row];
	});
}

async function sustained(plan) {
	const rate = 5000;
	const { homes, wards } = plan.many;
	return withServer(plan, async (server) => {
		await makeWards(server, homes, wards);
		await sleep(2000);
		const got = await wardLoad(plan, server, { rate, seconds: plan.sustainedSeconds, homes, wards });
		return [{
			work: `${whole(rate)} readings/s for ${plan.sustainedSeconds} s, judged and scored, ${whole(homes)} patients on ${wards} wards`, asked: '5,000/s, an alert in < 1 s', met: got.readings_per_s >= rate * 0.99 && got.p99_us < 1e6 && got.alerts === got.triggers && got.errors === 0,
			figure: `${whole(got.readings_per_s)} readings/s; alert p50 ${ms(got.p50_us)}, p99 ${ms(got.p99_us)}`,
			ratio: `${(got.readings_per_s / rate).toFixed(2)} of the rate asked; p99 is ${(got.p99_us / 1e6).toFixed(2)} of the limit`,
			details: `${got.alerts} of ${got.triggers} alerts seen, slowest ${ms(got.max_us)}, median of the last tenth ${ms(got.end_p50_us)}; ${wards} screens; ${mib(server.memory().rss)} of memory at the end; errors ${got.errors}`,
		}];
	});
}

// One reading a second and sign, as gateways send them: streams of a minute, a hundred in a batch, two signs a patient. One patient in
// each batch turns ill in it; the time runs from the answer to the batch to the alert in the record.
async function continuous(plan) {
	const homes = plan.quick ? 500 : 2500, wards = 10, span = 60;
	return withServer(plan, async (server) => {
		await makeWards(server, homes, wards);
		await sleep(2000);
		const before = sizeOf(path.join(plan.folder, 'record'));
		const quiet = Array.from({ length: span }, (_, i) => 97 + i % 3).join(' ');
		const ill = Array.from({ length: span }, () => 84).join(' ');
		const stream = (patient, code, unit, start, data) => ({ request: { method: 'POST', url: 'Observation' }, resource: {
			resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code }] }, subject: { reference: `Patient/p-${patient}` }, device: { reference: `Device/d-${patient}` },
			effectivePeriod: { start: new Date(start).toISOString(), end: new Date(start + (span - 1) * 1000).toISOString() },
			valueSampledData: { origin: { value: 0, unit, system: 'http://unitsofmeasure.org', code: unit }, period: 1000, dimensions: 1, data } } });
		const times = [];
		let readings = 0, streams = 0, round = 0, next = 0;
		const began = Date.now(), until = began + plan.sustainedSeconds * 1000 / (plan.quick ? 1 : 5);
		const watched = [];
		const work = async () => {
			while (Date.now() < until) {
				const first = next;
				next += 50;
				if (next >= homes) {
					next = 0;
					round++;
				}
				const start = Date.now() - span * 1000;
				const entry = [];
				for (let i = first; i < Math.min(first + 50, homes); i++)
					entry.push(stream(i, '2708-6', '%', start, i === first && round === 0 ? ill : quiet), stream(i, '8867-4', '/min', start, quiet.replaceAll('9', '11')));
				await server.send('POST', '/fhir', { resourceType: 'Bundle', type: 'batch', entry });
				if (round === 0)
					watched.push((async (patient, at) => {
						for (;;) {
							const found = await server.send('GET', `/fhir/Task?patient=Patient/p-${patient}&status=requested,received`);
							if ((JSON.parse(typeof found === 'string' ? found : JSON.stringify(found)).entry ?? []).length > 0)
								return times.push(Date.now() - at);
							await sleep(20);
						}
					})(first, Date.now()));
				streams += entry.length;
				readings += entry.length * span;
			}
		};
		await Promise.all([work(), work()]);
		const seconds = (Date.now() - began) / 1000;
		await Promise.all(watched);
		const bytes = sizeOf(path.join(plan.folder, 'record')) - before;
		times.sort((a, b) => a - b);
		const p99 = times[Math.min(times.length - 1, Math.floor(times.length * 0.99))];
		return [{
			work: `continuous readings, one a second and sign, in streams of a minute, ${whole(homes)} patients`, asked: '5,000/s, an alert in < 1 s', met: readings / seconds >= 5000 && p99 < 1000,
			figure: `${whole(readings / seconds)} readings/s in ${whole(streams / seconds)} streams/s; alert p50 ${times[Math.floor(times.length / 2)]} ms, p99 ${p99} ms`,
			ratio: `${(readings / seconds / 5000).toFixed(1)} times the rate asked`,
			details: `${(bytes / readings).toFixed(1)} bytes of disk a reading, every index and score included; ${times.length} of ${watched.length} alerts seen; ${seconds.toFixed(0)} s`,
		}];
	});
}

// The board of a big ward and of an ordinary one, asked for without a pause while readings come in.
async function board(plan) {
	const { homes, wards, big } = plan.many;
	return withServer(plan, async (server) => {
		await makeWards(server, homes, wards, { big });
		await sleep(2000);
		const beside = wardLoad(plan, server, { rate: 1000, seconds: 2 * plan.seconds + 4, homes, wards });
		beside.catch(() => {}); /* seen below, unless something else failed before */
		await sleep(2000);
		const rows = [];
		for (const [ward, patients] of [[wards - 1, big], [0, Math.ceil((homes - big) / (wards - 1))]]) {
			const page = await server.send('GET', `/ward/board?ward=w-${ward}`);
			const got = load(plan.build, plan.folder, server.port, { connections: 2, seconds: plan.seconds, requests: [get(`/ward/board?ward=w-${ward}`)] });
			rows.push({
				work: `the board of a ward of ${whole(patients)} among ${whole(homes)} patients, 1,000 readings/s beside`, asked: '< 200 ms', met: got.p99_us < 200000,
				figure: `p50 ${ms(got.p50_us)}, p99 ${ms(got.p99_us)}`,
				ratio: `p99 is ${(got.p99_us / 200000).toFixed(2)} of the limit`,
				details: `${JSON.parse(page).rows.length} rows, ${whole(page.length / 1024)} KiB; ${whole(got.rate)} boards/s on 2 connections; ${wards} wards and screens; ${mib(server.memory().rss)} of memory; errors ${got.errors}`,
			});
		}
		await beside;
		return rows;
	});
}

export const measures = [
	{ name: 'create', what: 'durable creates beside raw SQLite and bare fsync', run: create },
	{ name: 'read', what: 'reads by id beside a constant', run: read },
	{ name: 'large', what: 'search, start, memory and disk on a large store', run: large },
	{ name: 'import', what: 'Synthea Bundles', run: transactions },
	{ name: 'live', what: 'reading to alert', run: live },
	{ name: 'replay', what: 'reading to alert during a replay', run: replay },
	{ name: 'sustained', what: '5,000 readings a second', run: sustained },
	{ name: 'continuous', what: 'one reading a second and sign', run: continuous },
	{ name: 'board', what: 'the board at ten thousand patients', run: board },
];
