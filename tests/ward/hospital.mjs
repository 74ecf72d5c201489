// SPDX-License-Identifier: Apache-2.0
// A small hospital on a real server whose clock stands still until a test moves it: wards, people on them, and readings
// in short. What comes back is what any FHIR client and the board see.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { Server, newFolder, run } from '../api/server.mjs';
import { HW, parameters, tryPolicy, until } from './care.mjs';

export { HW, until };
export const CHILD = `${HW}PlanDefinition/childrens-cancer`;
export const ADULT = `${HW}PlanDefinition/adult-acute`;
export const MIN = 60;
export const HOUR = 3600;
const ROLES = ['nurse', 'shift-lead', 'nurse-in-charge', 'registrar', 'consultant', 'switchboard'];
const DONE = [200, 201];

export const later = (instant, seconds) => new Date(Date.parse(instant) + seconds * 1000).toISOString();
export const minutesFrom = (from, to) => (Date.parse(to) - Date.parse(from)) / 60000;
export const extension = (resource, name) => {
	const found = resource.extension?.find((one) => one.url === `${HW}StructureDefinition/${name}`);
	return found && Object.entries(found).find(([key]) => key.startsWith('value'))?.[1];
};

const loinc = (code) => ({ coding: [{ system: 'http://loinc.org', code }] });
export const snomed = (code) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const own = (system, code) => ({ coding: [{ system: `${HW}CodeSystem/${system}`, code }] });
export const quantity = (value, code) => ({ value, unit: code, system: 'http://unitsofmeasure.org', code });

function oxygen(text) {
	if (text === 'air')
		return { code: snomed('722742002') };
	const [device, amount, unit] = text.split(' ');
	const one = { code: loinc(unit === '%' ? '3150-6' : '3151-8'), method: own('oxygen-device', device) };
	return amount === undefined ? one : { ...one, valueQuantity: quantity(Number(amount), unit) };
}
function pressure(value) {
	if (typeof value === 'string' && !value.includes('/'))
		return { code: loinc('85354-9'), component: [{ code: loinc('8480-6'), dataAbsentReason: { text: value } }] };
	const parts = String(value).split('/').map(Number);
	return {
		code: loinc('85354-9'),
		component: parts.map((part, i) => ({ code: loinc(i === 0 ? '8480-6' : '8462-4'), valueQuantity: quantity(part, 'mm[Hg]') })),
	};
}
// One sign in the words of the tests: { rr: 28, sbp: '60/90', oxygen: 'NP 0.5 L/min', sbp: 'U4', … }.
export const signs = {
	rr: (value) => ({ code: loinc('9279-1'), valueQuantity: quantity(value, '/min') }),
	hr: (value) => ({ code: loinc('8867-4'), valueQuantity: quantity(value, '/min') }),
	spo2: (value) => ({ code: loinc('2708-6'), valueQuantity: quantity(value, '%') }),
	temp: (value) => ({ code: loinc('8310-5'), valueQuantity: quantity(value, 'Cel') }),
	weight: (value) => ({ code: loinc('29463-7'), valueQuantity: quantity(value, 'kg') }),
	crt: (value) => ({ code: loinc('44963-7'), valueQuantity: quantity(value, 's') }),
	sbp: pressure,
	oxygen,
	distress: (value) => ({ code: snomed('1364081000000103'), valueCodeableConcept: own('respiratory-distress', value) }),
	mind: (value) => ({ code: snomed('1104441000000107'), valueCodeableConcept: own('consciousness', value) }),
	carer: (value) => ({ code: snomed('1364121000000100'), valueCodeableConcept: own('carer-question', value) }),
	worried: (value) => ({ code: own('observation', 'worried'), valueBoolean: value }),
};

// Whole sets of ward.md section 5: a girl of three and an adult, both well.
export const WELL = { rr: 28, hr: 132, sbp: 95, spo2: 98, oxygen: 'air', distress: 'none', crt: 2, mind: 'A', temp: 36.8 };
export const ADULT_WELL = { rr: 16, spo2: 97, oxygen: 'air', sbp: 125, hr: 80, mind: 'A', temp: 36.8 };

export class Hospital {
	// Options: start (instant of its clock), webhook (pages leave the house and are proved), env (further settings).
	static async open({ start, webhook = false, env = {} } = {}) {
		const hospital = new Hospital();
		hospital.folder = newFolder();
		hospital.env = { ...env };
		if (webhook)
			await hospital.openReceiver();
		await hospital.serve(start);
		for (const ward of ['children', 'adults'])
			await hospital.ward(ward, ward === 'children' ? CHILD : ADULT);
		await hospital.ward('marker', CHILD, ['switchboard']);
		hospital.marker = await hospital.bed('marker', { ward: 'marker' });
		hospital.marks = 0;
		return hospital;
	}

	async serve(start) {
		this.server = await Server.start({ folder: this.folder, flags: start ? ['--clock-start', start] : [], env: this.env });
		const stopped = await this.server.ask('POST', '//dev/clock', { body: { rate: 0 }, type: 'application/json' });
		assert.equal(stopped.status, 200, stopped.text);
		/* It writes what comes with the program, all policies and channels, before it reads the record and shows a ward. */
		await until(async () => (await this.server.get('//ward/list')).status === 200, 'the ward');
	}

	async openReceiver() {
		this.received = [];
		this.receiver = http.createServer((request, answer) => {
			let body = '';
			request.on('data', (part) => { body += part; });
			request.on('end', () => {
				this.received.push(JSON.parse(body));
				answer.writeHead(202, { 'X-Request-Id': `receipt-${this.received.length}` });
				answer.end();
			});
		});
		await new Promise((resolve) => this.receiver.listen(0, '127.0.0.1', resolve));
		fs.writeFileSync(path.join(this.folder, 'secret'), 'synthetic secret\n');
		this.env = {
			...this.env,
			HOMEWARD_WARD_WEBHOOK_URL: `http://127.0.0.1:${this.receiver.address().port}/in`,
			HOMEWARD_WARD_WEBHOOK_SECRET_FILE: path.join(this.folder, 'secret'),
		};
	}

	// Stops, and what is left is sound: every alert is again what a replay of the feed makes of it.
	async close() {
		await this.server?.stop({ keep: true });
		this.receiver?.close();
		const verified = run(['verify', '--data', path.join(this.folder, 'record')], { timeout: 120000 });
		fs.rmSync(this.folder, { recursive: true, force: true });
		assert.equal(verified.status, 0, verified.stdout + verified.stderr);
	}

	// As a power cut, and up again with the same record, `seconds` later (than `now`, of a server that is gone already).
	async crash(seconds, now) {
		now ??= await this.now();
		this.server.child.kill('SIGKILL');
		await this.server.ended;
		await this.serve(later(now, seconds));
		await until(async () => (await this.server.get('//ward/board?ward=marker')).status === 200, 'the board');
	}

	async now() { return (await this.server.get('//dev/clock')).json.now; }

	// Moves the clock and waits until the ward has done everything that fell due.
	async advance(seconds) {
		const moved = await this.server.ask('POST', '//dev/clock', { body: { advanceSeconds: seconds }, type: 'application/json' });
		assert.equal(moved.status, 200, moved.text);
		await this.settle();
	}
	async advanceTo(instant) {
		const seconds = (Date.parse(instant) - Date.parse(await this.now())) / 1000;
		assert.ok(seconds >= 0, `${instant} is past`);
		await this.advance(seconds);
	}

	// Everything sent so far has been judged, written and shown: a later reading of another patient has. The board shows
	// it before the scores are written: while much comes in these wait, and a test that sends all it can is much.
	async settle() {
		/* Each of another instant: no repetition of the one before, and no contradiction either. */
		const value = 100 + (++this.marks % 30);
		const at = new Date(Date.parse(await this.now()) + this.marks % 10_000).toISOString();
		const [id] = await this.post('marker', { hr: value }, { at });
		/* The engine may not even have read that there is this ward: 404 then. */
		const shownRow = async () => (await this.server.get('//ward/board?ward=marker')).json.rows?.find((row) => row.episode === this.marker);
		await until(async () => (await shownRow())?.values.some((one) => one.observation === id), 'the marker');
		const shown = await this.figure('feed_number');
		await until(async () => await this.figure('ward_written_feed_number') >= shown, 'the scores');
		if (this.receiver) /* pages owed at this instant are proved at this instant */
			await until(async () => (await this.list(`Communication?medium=${HW}CodeSystem/channel|webhook&status=preparation`)).length === 0, 'the webhook');
	}

	// A number of /metrics without labels.
	async figure(name) { return Number(new RegExp(`^homeward_${name} (.*)$`, 'm').exec((await this.server.get('//metrics')).text)[1]); }

	async put(resource) {
		const answer = await this.server.put(`${resource.resourceType}/${resource.id}`, resource);
		assert.ok(DONE.includes(answer.status), answer.text);
		return answer.json;
	}
	async get(where) {
		const answer = await this.server.get(where);
		assert.equal(answer.status, 200, answer.text);
		return answer.json;
	}
	async list(query) { return ((await this.get(`${query}&_count=200`)).entry ?? []).map((entry) => entry.resource); }

	async ward(id, policy, roles = ROLES) {
		await this.put({
			resourceType: 'Organization', id, name: `Ward ${id}`,
			type: [{ coding: [{ system: `${HW}CodeSystem/organization-type`, code: 'virtual-ward' }] }],
			extension: [{ url: `${HW}StructureDefinition/ward-policy`, valueCanonical: `${policy}|1` }],
		});
		for (const role of roles) {
			await this.put({
				resourceType: 'PractitionerRole', id: `${id}-${role}`, active: true, organization: { reference: `Organization/${id}` },
				practitioner: { display: `The ${role}` }, code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: role }] }],
			});
		}
	}

	// A policy tried on what is stored: the MeasureReport of it. Values: ward, from, to.
	async try(id, values) {
		const answer = await tryPolicy(this.server, id, values);
		assert.deepEqual([answer.status, answer.json.entry?.[0].response.status], [200, '200 OK'], answer.text);
		return answer.json.entry[0].resource;
	}
	// A draft that is tried and that two people sign: from then on a policy; its canonical.
	async sign(plan) {
		const { meta, extension: before, ...draft } = plan;
		await this.put({ ...draft, status: 'draft' });
		await this.try(plan.id);
		for (const role of ['adults-nurse', 'adults-consultant']) {
			const answer = await this.server.post(`PlanDefinition/${plan.id}/$sign`, parameters({ by: { valueReference: { reference: `PractitionerRole/${role}` } } }));
			assert.equal(answer.status, 200, answer.text);
		}
		await this.settle();
		return `${plan.url}|${plan.version}`;
	}

	// A patient in a bed: the id of the stay.
	async bed(id, { ward = 'children', birthDate = '2023-05-10', policy } = {}) {
		await this.put({ resourceType: 'Patient', id, birthDate, name: [{ text: `Synthetic ${id}` }] });
		const answer = await this.server.post('EpisodeOfCare/$admit', parameters({
			patient: { valueReference: { reference: `Patient/${id}` } }, ward: { valueReference: { reference: `Organization/${ward}` } },
			...(policy ? { policy: { valueCanonical: policy } } : {}),
		}));
		assert.equal(answer.status, 201, answer.text);
		this.plan = answer.json.entry[1].resource;
		return answer.json.entry[0].resource.id;
	}
	relative(id, patient, rank = 1) {
		return this.put({
			resourceType: 'RelatedPerson', id, active: true, patient: { reference: `Patient/${patient}` }, name: [{ text: `Relative ${id}` }],
			relationship: [{ text: 'Mother' }], telecom: [{ system: 'phone', value: '01632 960001', rank }],
		});
	}

	// The family's page; it shows what the ward has read.
	async home(patient) {
		await this.settle();
		return this.get(`//ward/home?patient=${patient}`);
	}

	observation(patient, sign, value, more = {}) {
		return { resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${patient}` }, ...signs[sign](value), ...more };
	}
	// One transaction, as a home gateway sends a set; the ids of its Observations in the order of the signs.
	async post(patient, set, { at, ...more } = {}) {
		const effectiveDateTime = at ?? await this.now();
		const answer = await this.server.post('', {
			resourceType: 'Bundle', type: 'transaction',
			entry: Object.entries(set).map(([sign, value]) => ({
				request: { method: 'POST', url: 'Observation' },
				resource: this.observation(patient, sign, value, { effectiveDateTime, ...more }),
			})),
		});
		assert.equal(answer.status, 200, answer.text);
		return answer.json.entry.map((entry) => entry.response.location.split('/').at(-3));
	}
	// The same, and the ward has judged it.
	async send(patient, set, more) {
		const ids = await this.post(patient, set, more);
		await this.settle();
		return ids;
	}

	async board(ward = 'children') { return (await this.get(`//ward/board?ward=${ward}`)); }
	async row(episode, ward) { return (await this.board(ward)).rows.find((row) => row.episode === episode); }
	async value(episode, name, ward) { return (await this.row(episode, ward)).values.find((value) => value.name === name); }

	tasks(patient, query = '') { return this.list(`Task?patient=Patient/${patient}${query}`); }
	open(patient) { return this.tasks(patient, '&status=requested,received,accepted'); }
	async alert(patient, rule) {
		const found = await this.tasks(patient, `&code=${HW}CodeSystem/ward-rule|${rule}`);
		assert.equal(found.length, 1, `one alert ${rule} of ${patient}, not ${found.length}`);
		return found[0];
	}
	// The one alert of this rule that concerns a ward and no patient.
	async placed(ward, rule) {
		const found = (await this.list(`Task?patient:missing=true&code=${HW}CodeSystem/ward-rule|${rule}`))
			.filter((task) => extension(task, 'ward')?.reference === `Organization/${ward}`);
		assert.equal(found.length, 1, `one alert ${rule} of the ward ${ward}, not ${found.length}`);
		return found[0];
	}
	async none(patient) { assert.deepEqual((await this.open(patient)).map((task) => task.description), []); }
	// The scores of a patient, oldest first.
	async scores(patient) {
		const codes = ['1363261000000104', '1104051000000101'].map((code) => `http://snomed.info/sct|${code}`).join(',');
		const found = await this.list(`Observation?subject=Patient/${patient}&code=${codes}`);
		return found.sort((a, b) => Date.parse(a.effectiveDateTime) - Date.parse(b.effectiveDateTime));
	}
	async score(patient) { return (await this.scores(patient)).at(-1); }
	// Pages about a Task, or to a family without one: recipients and Communications.
	pages(task, medium = 'board') {
		return this.list(`Communication?subject=${task.for.reference}&medium=${HW}CodeSystem/channel|${medium}`)
			.then((found) => found.filter((page) => page.about?.[0].reference === `Task/${task.id}`));
	}
	async said(patient) {
		return (await this.list(`Communication?subject=Patient/${patient}`)).filter((page) => /^(RelatedPerson|Patient)/.test(page.recipient[0].reference));
	}

	async acknowledge(task, by = 'Nora', more = {}) {
		const answer = await this.server.post(`Task/${task.id}/$acknowledge`, parameters({ by: { valueString: by }, plan: { valueString: `Plan of ${by}` }, ...more }));
		await this.settle();
		return answer;
	}
	async resolve(task, by = 'Nora') {
		const answer = await this.server.post(`Task/${task.id}/$resolve`, parameters({ by: { valueString: by }, reason: { valueString: 'Seen' } }));
		assert.equal(answer.status, 200, answer.text);
		await this.settle();
	}
	async discharge(episode) {
		const answer = await this.server.post(`EpisodeOfCare/${episode}/$discharge`, parameters({ reason: { valueString: 'Well again' } }));
		assert.equal(answer.status, 200, answer.text);
		await this.settle();
	}
}

// { respiratoryRate: 1, systolic: null, … } of a score.
export function partsOf(score) {
	return Object.fromEntries(score.component.filter((part) => part.code.text !== 'chart').map((part) => [part.code.text, part.valueQuantity?.value ?? null]));
}

export function expectScore(score, { total, low = total, high = total, complete = true, level }) {
	assert.equal(score.status, 'final');
	assert.deepEqual(
		[score.valueQuantity.value, extension(score, 'score-low'), extension(score, 'score-high'), extension(score, 'score-complete')],
		[total, low, high, complete]);
	if (level !== undefined)
		assert.equal(extension(score, 'score-level'), level);
	const known = Object.values(partsOf(score)).filter((part) => part !== null);
	assert.equal(known.reduce((sum, part) => sum + part, 0), total, 'the parts add up to the total');
	assert.equal(score.valueQuantity.code, '{ScoreOf}');
}

const PRIORITIES = { emergency: 'stat', high: 'asap', medium: 'urgent', low: 'routine', technical: 'routine' };
export function expectAlert(task, { level, status = 'requested', rung, owner, minutes }) {
	assert.deepEqual([extension(task, 'alert-level'), task.priority, task.status], [level, PRIORITIES[level], status], task.description);
	if (rung !== undefined)
		assert.equal(task.businessStatus.text, rung);
	if (owner !== undefined)
		assert.equal(task.owner.reference, `PractitionerRole/${owner}`);
	if (minutes !== undefined)
		assert.equal(minutesFrom(task.executionPeriod?.start ?? task.authoredOn, task.restriction.period.end), minutes);
}
