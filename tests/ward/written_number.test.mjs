// SPDX-License-Identifier: Apache-2.0
// A number is shown as people read it, however it was written.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, Hospital } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(async () => { await hospital?.close(); });

for (const [id, sent, shown] of [['small', '3.86e1', '38.6'], ['whole', '386E-1', '38.6'], ['plain', '38.60', '38.60']]) {
	test(`a temperature written as ${sent} is shown as ${shown}`, async () => {
		const episode = await hospital.bed(id, { policy: `${CHILD}|3` });
		const body = JSON.stringify(hospital.observation(id, 'temp', 0, { effectiveDateTime: await hospital.now() })).replace('"value":0', `"value":${sent}`);
		assert.equal((await hospital.server.ask('POST', 'Observation', { body })).status, 201);
		await hospital.settle();
		assert.equal((await hospital.value(episode, 'temperature')).text, shown);
		assert.ok((await hospital.alert(id, 'fever')).description.startsWith(`Fever ${shown} `));
	});
}
