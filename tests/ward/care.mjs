// SPDX-License-Identifier: Apache-2.0
// A ward on a running server (tests/api/server.mjs): admissions, readings, alerts and the board in short.
import http from 'node:http';

export const HW = 'https://fhir.homeward.example/';
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const parameters = (values) => ({ resourceType: 'Parameters', parameter: Object.entries(values).map(([name, value]) => ({ name, ...value })) });

// Asks until the answer is something; fails after a generous time.
export async function until(ask, what = 'what was waited for', tries = 1200) {
	for (let i = 0; i < tries; i++) {
		const found = await ask();
		if (found !== undefined && found !== null && found !== false)
			return found;
		await sleep(25);
	}
	throw new Error(`${what} did not come`);
}

// A policy tried on stored history, to the end: the answer at the address that the server gave.
export async function tryPolicy(server, id, values = {}) {
	const started = await server.post(`PlanDefinition/${id}/$try`, { resourceType: 'Parameters', ...(Object.keys(values).length > 0 ? parameters(values) : {}) });
	if (started.status !== 202)
		return started;
	const where = `/${new URL(started.headers.get('content-location')).pathname}`;
	return until(async () => {
		const answer = await server.get(where);
		return answer.status === 202 ? undefined : answer;
	}, 'the end of the trial');
}

// The events of the board as they come: .events, each { event, id, data }; .close().
export function listen(server, ward, { after, lastEventId, reads = true } = {}) {
	const stream = { events: [], ended: false };
	const query = after === undefined ? '' : `&after=${after}`;
	const request = http.request(`${server.address}/ward/events?ward=${ward}${query}`,
		{ agent: false, headers: { Accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'Last-Event-ID': String(lastEventId) }) } }, (answer) => {
			stream.status = answer.statusCode;
			let text = '';
			answer.setEncoding('utf8');
			if (!reads) {
				answer.pause();
				return;
			}
			answer.on('data', (part) => {
				text += part;
				for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
					const fields = text.slice(0, end).split('\n').filter((line) => line && !line.startsWith(':'))
						.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]);
					const one = Object.fromEntries(fields);
					if (one.data)
						stream.events.push({ event: one.event, id: one.id, data: JSON.parse(one.data) });
				}
			});
			answer.on('error', () => {});
			answer.on('close', () => { stream.ended = true; });
		});
	request.on('error', () => { stream.ended = true; });
	request.end();
	stream.close = () => request.destroy();
	return stream;
}

// Nobody is admitted to a ward without somebody who is always there.
export async function putSwitchboard(server, ward) {
	const { status, text } = await server.put(`PractitionerRole/${ward}-switchboard`, {
		resourceType: 'PractitionerRole', id: `${ward}-switchboard`, active: true, organization: { reference: `Organization/${ward}` },
		practitioner: { display: 'Switchboard' }, code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: 'switchboard' }] }],
	});
	if (status >= 300)
		throw new Error(text);
}

export class Care {
	constructor(server, ward = 'ward-1') {
		this.server = server;
		this.ward = ward;
	}

	async open({ policy = 'childrens-cancer' } = {}) {
		/* The ward shows itself when what comes with the program, all policies, stands in the record. */
		await until(async () => (await this.server.get('//ward/list')).status === 200, 'the ward');
		const { status, text } = await this.server.put(`Organization/${this.ward}`, {
			resourceType: 'Organization', id: this.ward, name: 'Test ward',
			type: [{ coding: [{ system: `${HW}CodeSystem/organization-type`, code: 'virtual-ward' }] }],
			extension: [{ url: `${HW}StructureDefinition/ward-policy`, valueCanonical: `${HW}PlanDefinition/${policy}|1` }],
		});
		if (status >= 300)
			throw new Error(text);
		await putSwitchboard(this.server, this.ward);
		return this;
	}

	async now() { return (await this.server.get('//dev/clock')).json.now; }
	advance(seconds) { return this.server.ask('POST', '//dev/clock', { body: { advanceSeconds: seconds }, type: 'application/json' }); }
	rate(rate) { return this.server.ask('POST', '//dev/clock', { body: { rate }, type: 'application/json' }); }
	async board() { return (await this.server.get(`//ward/board?ward=${this.ward}`)).json; }

	patient(id) {
		return this.server.put(`Patient/${id}`, { resourceType: 'Patient', id, birthDate: '2023-06-01', name: [{ text: `Synthetic ${id}` }] });
	}
	admit(id, more = {}) {
		return this.server.post('EpisodeOfCare/$admit', parameters({
			patient: { valueReference: { reference: `Patient/${id}` } }, ward: { valueReference: { reference: `Organization/${this.ward}` } }, ...more,
		}));
	}
	// A patient in a bed: the id of the stay.
	async bed(id, more) {
		const made = await this.patient(id);
		if (made.status >= 300)
			throw new Error(made.text);
		const admitted = await this.admit(id, more);
		if (admitted.status !== 201)
			throw new Error(admitted.text);
		return admitted.json.entry[0].resource.id;
	}
	discharge(episode) { return this.server.post(`EpisodeOfCare/${episode}/$discharge`, parameters({ reason: { valueString: 'Well again' } })); }
	acknowledge(task, by = 'Nurse A', more = {}) {
		return this.server.post(`Task/${task}/$acknowledge`, parameters({ by: { valueString: by }, plan: { valueString: `Plan of ${by}` }, ...more }));
	}
	resolve(task, by = 'Nurse A') {
		return this.server.post(`Task/${task}/$resolve`, parameters({ by: { valueString: by }, reason: { valueString: 'Seen' } }));
	}
	temperature(id, value, at) {
		return {
			resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${id}` },
			code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] }, effectiveDateTime: at,
			valueQuantity: { value, unit: 'Cel', system: 'http://unitsofmeasure.org', code: 'Cel' },
		};
	}
	async fever(id, value = 38.6) { return this.server.post('Observation', this.temperature(id, value, await this.now())); }
	async tasks(id, query = '') {
		const found = await this.server.get(`Task?patient=Patient/${id}&_count=100${query}`);
		return (found.json.entry ?? []).map((entry) => entry.resource);
	}
	// The alert of a rule once it is there.
	alert(id, rule = 'fever') {
		return until(async () => (await this.tasks(id, `&code=${rule}`))[0], `the alert ${rule} of ${id}`);
	}
}
