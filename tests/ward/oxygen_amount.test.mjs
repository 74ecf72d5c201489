// SPDX-License-Identifier: Apache-2.0
// Amounts of oxygen that nobody can be given: asked for again, while the rest of the set is scored.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILD, Hospital, MIN, WELL, expectAlert } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(async () => { await hospital?.close(); });

const ILL = { ...WELL, rr: 52, hr: 172, spo2: 91 };

for (const [id, oxygen] of [['negative', 'NP -2 L/min'], ['fraction', 'FM 0.4 %'], ['much', 'FM 140 %'], ['air', 'air 2 L/min']]) {
	test(`an impossible amount of oxygen (${oxygen}) leaves no set without a score`, async () => {
		const episode = await hospital.bed(id, { policy: `${CHILD}|3` });
		const { code, ...rest } = hospital.observation(id, 'oxygen', oxygen === 'air 2 L/min' ? 'NP 2 L/min' : oxygen);
		const at = await hospital.now();
		const { oxygen: none, ...others } = ILL;
		const method = oxygen.startsWith('air') ? { method: { coding: [{ system: rest.method.coding[0].system, code: 'air' }] } } : {};
		assert.equal((await hospital.server.post('Observation', { ...rest, code, ...method, effectiveDateTime: at })).status, 201);
		await hospital.send(id, others, { at });
		const row = await hospital.row(episode);
		assert.ok(row.score?.total >= 7, `scored: ${JSON.stringify(row.score)}`);
		assert.ok(row.score.missing.includes('oxygen'));
		assert.equal(row.values.find((value) => value.name === 'oxygen').state, 'implausible');
		await hospital.advance(15 * MIN);
		expectAlert(await hospital.alert(id, 'implausible'), { level: 'medium' });
	});
}

test('oxygen within reason is scored as before', async () => {
	const episode = await hospital.bed('possible', { policy: `${CHILD}|3` });
	await hospital.send('possible', { ...WELL, oxygen: 'FM 40 %' });
	assert.deepEqual((await hospital.row(episode)).values.find((value) => value.name === 'oxygen').state, 'current');
	assert.deepEqual((await hospital.row(episode)).score.missing, []);
});
