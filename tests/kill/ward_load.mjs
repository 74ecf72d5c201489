// SPDX-License-Identifier: Apache-2.0
// The load on the ward: children are admitted and their homes send readings, some of which must raise exactly one
// alert. A home sends a reading again until it was acknowledged, as a real one does.
import { sleep } from './server.mjs';

const HW = 'https://fhir.homeward.example';
const WARD = 'kill-ward';
const MARKER = 'kill-marker'; // a child whose readings tell how far the ward has come
const OPEN_MAX = 24; // stays open at a time
const CLOCK_RATE = 120; // ward seconds a real second: deadlines pass while the load runs
const ADVANCE_SECONDS = 600; // between two kills
const ALERT_WAIT_MS = 10000; // S39: what a reading that was acknowledged must raise is there ten seconds after the restart
const SETTLE_WAIT_MS = 30000; // of a test, not of the ward
// What the rules must make of each planted reading; other rules (overdue, delivery …) follow the clock.
const CAUSES = ['fever', 'hypothermia', 'concern', 'score', 'parameter', 'implausible'];
const KINDS = [
	{ name: 'fever', expect: { fever: 1 } },
	{ name: 'fever sent twice', expect: { fever: 1 } },
	{ name: 'worry', expect: { concern: 1 } },
	{ name: 'low oxygen', expect: { score: 1 } },
	{ name: 'calm', expect: {} },
];

const quantity = (value, unit) => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });

function reading(kind, plant, at) {
	const head = {
		resourceType: 'Observation', id: `${plant.id}-reading`, status: 'final',
		subject: { reference: `Patient/${plant.id}` }, effectiveDateTime: at,
	};
	const loinc = (code) => ({ coding: [{ system: 'http://loinc.org', code }] });
	switch (kind) {
	case 'worry':
		return {
			...head, code: { coding: [{ system: `${HW}/CodeSystem/observation`, code: 'worried' }] }, valueBoolean: true,
		};
	case 'low oxygen':
		return { ...head, code: loinc('59408-5'), valueQuantity: quantity(88, '%') };
	case 'calm':
		return { ...head, code: loinc('8310-5'), valueQuantity: quantity(36.9, 'Cel') };
	default:
		return { ...head, code: loinc('8310-5'), valueQuantity: quantity(38.6, 'Cel') };
	}
}

export class WardLoad {
	constructor(server, problems, random) {
		this.server = server;
		this.problems = problems;
		this.random = random;
		this.plants = [];
		this.todo = []; // not yet complete, waiting for a worker
		this.unchecked = [];
		this.acknowledgements = [];
		this.number = 0;
		this.figures = { plants: 0, readings: 0, alerts: 0, acknowledgedAlerts: 0, discharges: 0, alertWaitMsMax: 0 };
	}

	problem(kind, text) {
		this.problems.push({ kind, text });
	}

	line() {
		const f = this.figures;
		return `${f.plants} stays, ${f.alerts} planted alerts seen, ${f.acknowledgedAlerts} acknowledged`;
	}

	async must(statuses, method, where, body) {
		const answer = await this.server.request(method, where, body);
		if (!statuses.includes(answer.status) && answer.status !== 503)
			throw new Error(`${method} ${where}: ${answer.status} ${answer.text.slice(0, 500)}`);
		return answer;
	}

	// A ward with the shipped policy and one nurse.
	async prepare() {
		const policy = { url: `${HW}/PlanDefinition/childrens-cancer`, version: '1' };
		for (let tries = 0; (await this.server.request('GET', '/fhir/PlanDefinition/childrens-cancer-1')).status !== 200; tries++) {
			if (tries > 600)
				throw new Error('the shipped policy did not come');
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		await this.must([200, 201], 'PUT', `/fhir/Organization/${WARD}`, {
			resourceType: 'Organization', id: WARD, name: 'Kill test ward',
			type: [{ coding: [{ system: `${HW}/CodeSystem/organization-type`, code: 'virtual-ward' }] }],
			extension: [{
				url: `${HW}/StructureDefinition/ward-policy`, valueCanonical: `${policy.url}|${policy.version}`,
			}],
		});
		for (const role of ['nurse', 'shift-lead', 'nurse-in-charge', 'registrar', 'consultant', 'switchboard']) {
			await this.must([200, 201], 'PUT', `/fhir/PractitionerRole/kill-${role}`, {
				resourceType: 'PractitionerRole', id: `kill-${role}`, active: true,
				organization: { reference: `Organization/${WARD}` },
				code: [{ coding: [{ system: `${HW}/CodeSystem/ward-role`, code: role }] }],
			});
		}
		this.clock = { ward: Date.parse((await this.must([200], 'GET', '/dev/clock')).body.now), real: Date.now() };
		const marker = { id: MARKER, step: 0, kind: { name: 'calm' } };
		await this.complete(marker);
	}

	// Until the ward has made everything of the feed: it shows a reading after it has written what follows from it, and
	// reads the feed in order. A server stopped earlier than that owes the rest, and does it after the next start.
	async settled() {
		const id = `kill-marker-${++this.number}`;
		await this.must([200, 201], 'PUT', `/fhir/Observation/${id}`, {
			resourceType: 'Observation', id, status: 'final', subject: { reference: `Patient/${MARKER}` },
			effectiveDateTime: (await this.must([200], 'GET', '/dev/clock')).body.now,
			code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
			valueQuantity: quantity(90 + this.number % 20, '/min'),
		});
		const begin = Date.now();
		for (;;) {
			const board = await this.must([200, 404], 'GET', `/ward/board?ward=${WARD}`);
			const row = board.body?.rows?.find((one) => one.patient.id === MARKER);
			if (row?.values.some((value) => value.observation === id))
				return;
			if (Date.now() - begin > SETTLE_WAIT_MS)
				return void this.problem('alert lost or wrong', `the ward did not come to ${id}`);
			await sleep(10);
		}
	}

	// The ward's time runs fast under load, and some pass between two kills.
	async readClock() {
		const answer = await this.must([200], 'POST', '/dev/clock',
			{ advanceSeconds: ADVANCE_SECONDS, rate: CLOCK_RATE });
		this.clock = { ward: Date.parse(answer.body.now), real: Date.now() };
	}

	// Some seconds ago by the ward's clock.
	instant(secondsAgo) {
		const now = this.clock.ward + (Date.now() - this.clock.real) * CLOCK_RATE;
		return new Date(now - secondsAgo * 1000).toISOString();
	}

	async act(_worker, random) {
		const open = this.plants.filter((plant) => plant.done && plant.checked && !plant.discharged && !plant.busy);
		const dice = random.below(10);
		if (dice < 2 && open.length > 0)
			return this.acknowledge(random.pick(open));
		if (open.length + this.todo.length >= OPEN_MAX) {
			if (open.length > 0)
				return this.discharge(open[0]);
			return sleep(5);
		}
		const plant = this.todo.shift() ?? this.plant(random);
		try {
			await this.complete(plant);
		} finally {
			if (!plant.done)
				this.todo.push(plant);
		}
		return undefined;
	}

	plant(random) {
		const kind = random.pick(KINDS);
		const plant = { id: `kill-child-${++this.number}`, kind, step: 0, done: false, checked: false };
		this.plants.push(plant);
		this.figures.plants++;
		return plant;
	}

	// Each step may be sent again: after a kill nobody knows whether it had been done.
	async complete(plant) {
		if (plant.step === 0) {
			const answer = await this.must([200, 201], 'PUT', `/fhir/Patient/${plant.id}`, {
				resourceType: 'Patient', id: plant.id, name: [{ family: 'Test', given: [plant.id] }],
				birthDate: '2021-06-01',
			});
			plant.step = answer.status === 503 ? 0 : 1;
		}
		if (plant.step === 1) {
			plant.start ??= this.instant(300);
			const answer = await this.must([200, 201, 409], 'POST', '/fhir/EpisodeOfCare/$admit', {
				resourceType: 'Parameters',
				parameter: [
					{ name: 'patient', valueReference: { reference: `Patient/${plant.id}` } },
					{ name: 'ward', valueReference: { reference: `Organization/${WARD}` } },
					{ name: 'start', valueDateTime: plant.start },
				],
			});
			plant.step = answer.status === 503 ? 1 : 2;
		}
		if (plant.step === 2) {
			plant.reading ??= reading(plant.kind.name, plant, this.instant(60));
			const answer = await this.must([200, 201], 'PUT', `/fhir/Observation/${plant.reading.id}`, plant.reading);
			plant.step = answer.status === 503 ? 2 : 3;
			if (plant.step === 3)
				this.figures.readings++;
		}
		if (plant.step === 3 && plant.kind.name === 'fever sent twice') {
			const again = { ...plant.reading, id: `${plant.id}-again` };
			const answer = await this.must([200, 201], 'PUT', `/fhir/Observation/${again.id}`, again);
			if (answer.status === 503)
				return;
		}
		if (plant.step === 3) {
			plant.done = true;
			if (plant.id !== MARKER)
				this.unchecked.push(plant);
		}
	}

	async tasks(plant) {
		const answer = await this.server.request('GET', `/fhir/Task?patient=Patient/${plant.id}&_count=100`);
		if (answer.status !== 200)
			throw new Error(`search for alerts: ${answer.status} ${answer.text.slice(0, 300)}`);
		return (answer.body.entry ?? []).map((entry) => entry.resource);
	}

	async acknowledge(plant) {
		const task = (await this.tasks(plant)).find((one) => ['requested', 'received'].includes(one.status));
		if (!task)
			return;
		const plan = `plan ${++this.number}: phone the family`;
		const answer = await this.must([200, 409, 412], 'POST', `/fhir/Task/${task.id}/$acknowledge`, {
			resourceType: 'Parameters',
			parameter: [{ name: 'by', valueString: 'Kill Tester' }, { name: 'plan', valueString: plan }],
		});
		if (answer.status !== 200)
			return;
		this.figures.acknowledgedAlerts++;
		this.acknowledgements.push({ id: task.id, plan });
	}

	async discharge(plant) {
		plant.busy = true;
		try {
			const found = await this.must([200], 'GET', `/fhir/EpisodeOfCare?patient=Patient/${plant.id}`);
			const stay = found.body?.entry?.[0]?.resource;
			if (!stay)
				return this.problem('lost', `the stay of ${plant.id} is not there`);
			const answer = await this.must([200, 409], 'POST', `/fhir/EpisodeOfCare/${stay.id}/$discharge`,
				{ resourceType: 'Parameters', parameter: [{ name: 'reason', valueString: 'well again' }] });
			if (answer.status !== 503) {
				plant.discharged = true;
				this.figures.discharges++;
			}
		} finally {
			plant.busy = false;
		}
		return undefined;
	}

	static count(tasks) {
		const counts = {};
		for (const task of tasks) {
			const rule = task.code?.coding?.find((coding) => coding.system === `${HW}/CodeSystem/ward-rule`)?.code;
			const cause = rule === 'parameter' ? 'score' : rule;
			if (CAUSES.includes(cause))
				counts[cause] = (counts[cause] ?? 0) + 1;
		}
		return counts;
	}

	// Waits until the planted alert is there; then it must be the only one.
	async checkPlant(plant, wait) {
		const wanted = JSON.stringify(plant.kind.expect);
		const begin = Date.now();
		let counts;
		for (;;) {
			counts = WardLoad.count(await this.tasks(plant));
			if (!wait || JSON.stringify(counts) === wanted || Date.now() - begin > ALERT_WAIT_MS)
				break;
			await sleep(25);
		}
		this.figures.alertWaitMsMax = Math.max(this.figures.alertWaitMsMax, Date.now() - begin);
		if (JSON.stringify(counts) === wanted) {
			if (!plant.checked)
				this.figures.alerts += Object.keys(counts).length;
			plant.checked = true;
			return;
		}
		plant.checked = true;
		const more = Object.values(counts).some((count) => count > 1);
		this.problem(more ? 'alert doubled' : 'alert lost or wrong',
			`${plant.id} (${plant.kind.name}): alerts ${JSON.stringify(counts)}, wanted ${wanted}`);
	}

	async checkAcknowledgement({ id, plan }) {
		const answer = await this.server.request('GET', `/fhir/Task/${id}`);
		const notes = (answer.body?.note ?? []).map((note) => note.text);
		if (answer.status !== 200 || !notes.some((text) => text?.includes(plan)))
			this.problem('lost', `Task/${id}: the acknowledgement with "${plan}" is gone`);
		else if (!['accepted', 'completed', 'requested', 'received'].includes(answer.body.status))
			this.problem('lost', `Task/${id}: acknowledged, now ${answer.body.status}`);
	}

	async check(last) {
		const fresh = this.unchecked;
		this.unchecked = [];
		for (const plant of fresh)
			await this.checkPlant(plant, true);
		if (last) {
			// What the kills left open is finished now, as the homes would.
			await this.readClock();
			for (const plant of this.todo)
				await this.complete(plant);
			this.todo = [];
			for (const plant of this.unchecked)
				await this.checkPlant(plant, true);
			this.unchecked = [];
		}
		for (const one of this.acknowledgements.slice(-20))
			await this.checkAcknowledgement(one);
	}

	// Every stay once more, every acknowledgement, and no two Tasks for one cause.
	async checkAll() {
		for (const plant of this.plants)
			await this.checkPlant(plant, false);
		for (const one of this.acknowledgements)
			await this.checkAcknowledgement(one);
		const seen = new Set();
		let where = '/fhir/Task?_count=500';
		while (where) {
			const answer = await this.server.request('GET', where);
			if (answer.status !== 200)
				throw new Error(`all alerts: ${answer.status} ${answer.text.slice(0, 300)}`);
			for (const { resource } of answer.body.entry ?? []) {
				const name = resource.identifier?.find((one) => one.system === `${HW}/alert`)?.value;
				if (!name || seen.has(name))
					this.problem('alert doubled', `Task/${resource.id}: its cause "${name}" is not its own`);
				seen.add(name);
			}
			const next = answer.body.link?.find((link) => link.relation === 'next')?.url;
			where = next && next.replace(/^https?:\/\/[^/]+/, '');
		}
		this.figures.tasks = seen.size;
	}
}
