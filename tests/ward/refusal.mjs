// SPDX-License-Identifier: Apache-2.0
// A write that the ward refuses, whichever way it comes: alone, in a Bundle, or by criteria.
import assert from 'node:assert/strict';
import { Hospital, WELL } from './hospital.mjs';

export const said = (answer) => JSON.stringify(answer.json?.issue ?? answer.json?.entry?.map((one) => one.response.outcome));
export const signed = (text, author = 'Nora') => ({ authorString: author, text });

export class Refusal {
	constructor(hospital) {
		this.hospital = hospital;
	}

	// With a hospital of its own; who opens it closes that.
	static async open() {
		const hospital = await Hospital.open({ start: '2026-06-01T09:00:00Z' });
		return { hospital, refusal: new Refusal(hospital) };
	}

	put(resource, headers) { return this.hospital.server.ask('PUT', `${resource.resourceType}/${resource.id}`, { body: resource, headers }); }
	remove(where) { return this.hospital.server.ask('DELETE', where); }
	bundle(type, ...entry) { return this.hospital.server.post('', { resourceType: 'Bundle', type, entry }); }

	// Refused whichever way it comes; what stands is what stood.
	async of(status, resource, pattern) {
		const where = `${resource.resourceType}/${resource.id}`;
		const before = (await this.hospital.get(where)).meta.versionId;
		const entry = { request: { method: 'PUT', url: where }, resource };
		const batch = await this.bundle('batch', entry);
		assert.equal(batch.json.entry[0].response.status, String(status), batch.text);
		assert.match(said(batch), pattern);
		const byCriteria = await this.hospital.server.ask('PUT', `${resource.resourceType}?_id=${resource.id}`, { body: resource });
		for (const answer of [await this.put(resource), await this.bundle('transaction', entry), byCriteria]) {
			assert.equal(answer.status, status, answer.text);
			assert.match(said(answer), pattern);
		}
		assert.equal((await this.hospital.get(where)).meta.versionId, before, 'nothing was written');
	}

	async ofDelete(where, pattern) {
		const [type, id] = where.split('/');
		const whole = await this.bundle('transaction', { request: { method: 'DELETE', url: where } });
		for (const answer of [await this.remove(where), await this.remove(`${type}?_id=${id}`), whole]) {
			assert.equal(answer.status, 409, answer.text);
			assert.match(said(answer), pattern);
		}
		const batch = await this.bundle('batch', { request: { method: 'DELETE', url: where } });
		assert.equal(batch.json.entry[0].response.status, '409', batch.text);
		await this.hospital.get(where);
	}

	// A child with a fever: the stay and the alert.
	async fever(id) {
		const episode = await this.hospital.bed(id);
		await this.hospital.send(id, { ...WELL, temp: 39.2 });
		return { episode, task: await this.hospital.alert(id, 'fever') };
	}
}
