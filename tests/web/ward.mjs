/* SPDX-License-Identifier: Apache-2.0
 * A real server with a ward, its rota and children, made through the public API alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from '../kill/server.mjs';

export const HW = 'https://fhir.homeward.example';
const LOINC = 'http://loinc.org', SNOMED = 'http://snomed.info/sct';

export async function startWard() {
	const data = mkdtempSync(join(tmpdir(), 'homeward-board-'));
	const server = new Server(join(data, 'store'), 0, join(data, 'log'));
	await server.start();
	return new Ward(server, data);
}

export class Ward {
	constructor(server, data) {
		this.server = server;
		this.data = data;
		this.id = 'rainbow';
		this.url = `http://127.0.0.1:${server.port}`;
	}

	async stop() {
		await this.server.end('SIGTERM');
		rmSync(this.data, { recursive: true, force: true });
	}

	async send(method, path, body) {
		const answer = await this.server.request(method, path, body);
		if (answer.status >= 300)
			throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 600)}`);
		return answer.body;
	}
	put(resource) {
		return this.send('PUT', `/fhir/${resource.resourceType}/${resource.id}`, resource);
	}

	/* A role without a Schedule is always on shift. */
	async prepare(name = 'Rainbow ward at home') {
		let policy; /* shipped with the program: the ward puts it into the record when it starts */
		for (let tries = 0; !policy && tries < 1200; tries++) {
			const answer = await this.server.request('GET', '/fhir/PlanDefinition/childrens-cancer-1');
			policy = answer.status === 200 ? answer.body : undefined;
			if (!policy)
				await new Promise((resolve) => setTimeout(resolve, 50));
		}
		await this.put({ resourceType: 'Organization', id: this.id, name,
			type: [{ coding: [{ system: `${HW}/CodeSystem/organization-type`, code: 'virtual-ward' }] }],
			extension: [{ url: `${HW}/StructureDefinition/ward-policy`, valueCanonical: `${policy.url}|${policy.version}` }] });
		const people = [['nurse', 'Aoife', 'Byrne'], ['shift-lead', 'Marta', 'Silva'], ['nurse-in-charge', 'Joy', 'Adeyemi'],
			['registrar', 'Ben', 'Carter'], ['consultant', 'Ruth', 'Levy'], ['switchboard', '', 'Switchboard']];
		for (const [role, given, family] of people) {
			await this.put({ resourceType: 'Practitioner', id: `p-${role}`, name: [{ family, ...(given === '' ? {} : { given: [given] }) }] });
			await this.put({ resourceType: 'PractitionerRole', id: `r-${role}`, active: true,
				practitioner: { reference: `Practitioner/p-${role}`, display: `${given} ${family}`.trim() },
				organization: { reference: `Organization/${this.id}` },
				code: [{ coding: [{ system: `${HW}/CodeSystem/ward-role`, code: role }] }],
				...(role === 'switchboard' ? { telecom: [{ system: 'phone', value: '020 7946 0000' }] } : {}) });
		}
	}

	async now() {
		return Date.parse((await this.send('GET', '/dev/clock')).now);
	}

	/* Until the ward has read the stay: before that its board and the family's page know of none. */
	async shown(patient) {
		for (let tries = 0; tries < 1200; tries++) {
			const { body } = await this.server.request('GET', `/ward/board?ward=${this.id}`);
			if (body?.rows?.some((row) => row.patient?.id === patient))
				return;
			await new Promise((resolve) => setTimeout(resolve, 25));
		}
		throw new Error(`${patient} did not come onto the board`);
	}

	/* `age` in years; admitted `hours` ago. */
	async admit(id, given, family, age, hours = 50) {
		const now = await this.now();
		const born = new Date(now - (age * 365.25 + 60) * 86_400_000).toISOString().slice(0, 10);
		await this.put({ resourceType: 'Patient', id, name: [{ use: 'official', family, given: [given] }], birthDate: born });
		await this.put({ resourceType: 'RelatedPerson', id: `${id}-mother`, active: true, patient: { reference: `Patient/${id}` },
			relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH', display: 'mother' }], text: 'mother' }],
			name: [{ family, given: ['Jo'] }], telecom: [{ system: 'phone', value: '07700 900123', rank: 1 }] });
		await this.send('POST', '/fhir/EpisodeOfCare/$admit', { resourceType: 'Parameters', parameter: [
			{ name: 'patient', valueReference: { reference: `Patient/${id}` } },
			{ name: 'ward', valueReference: { reference: `Organization/${this.id}` } },
			{ name: 'start', valueDateTime: new Date(now - hours * 3_600_000).toISOString() }] });
		await this.shown(id);
	}

	/* One set of readings in one transaction, measured `minutesAgo`. */
	async observe(patient, values, minutesAgo = 0) {
		const at = new Date(await this.now() - minutesAgo * 60_000).toISOString();
		const resources = Object.entries(values).map(([name, value]) => ({ resourceType: 'Observation', status: 'final',
			subject: { reference: `Patient/${patient}` }, effectiveDateTime: at, ...READINGS[name](value) }));
		await this.send('POST', '/fhir', { resourceType: 'Bundle', type: 'transaction',
			entry: resources.map((resource) => ({ resource, request: { method: 'POST', url: 'Observation' } })) });
	}

	async tasks(patient) {
		const bundle = await this.send('GET', `/fhir/Task?patient=${patient}&_count=100`);
		return (bundle.entry ?? []).map((entry) => entry.resource);
	}
}

const code = (system, one) => ({ code: { coding: [{ system, code: one }] } });
const measured = (loinc, unit) => (value) => ({ ...code(LOINC, loinc),
	valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit } });
const READINGS = {
	respiratoryRate: measured('9279-1', '/min'),
	heartRate: measured('8867-4', '/min'),
	systolic: measured('8480-6', 'mm[Hg]'),
	spo2: measured('59408-5', '%'),
	temperature: measured('8310-5', 'Cel'),
	capillaryRefill: measured('44963-7', 's'),
	respiratoryDistress: (value) => ({ ...code(SNOMED, '1364081000000103'),
		valueCodeableConcept: { coding: [{ system: `${HW}/CodeSystem/respiratory-distress`, code: value }] } }),
	consciousness: (value) => ({ ...code(SNOMED, '1104441000000107'),
		valueCodeableConcept: { coding: [{ system: `${HW}/CodeSystem/consciousness`, code: value }] } }),
	worried: (value) => ({ ...code(`${HW}/CodeSystem/observation`, 'worried'), valueBoolean: value }),
	oxygen: (value) => value === 'air' ? code(SNOMED, '722742002') : {
		...measured('3151-8', 'L/min')(value.litresPerMinute),
		method: { coding: [{ system: `${HW}/CodeSystem/oxygen-device`, code: value.device }] } },
};

export const WELL = { respiratoryRate: 28, heartRate: 112, systolic: 95, spo2: 98, temperature: 36.8, capillaryRefill: 2,
	respiratoryDistress: 'none', consciousness: 'A', oxygen: 'air' };
export const PEWS_16 = { respiratoryRate: 52, heartRate: 172, systolic: 75, spo2: 91, capillaryRefill: 3,
	respiratoryDistress: 'moderate', oxygen: { device: 'NP', litresPerMinute: 0.5 } };
