// SPDX-License-Identifier: Apache-2.0
// A home that heard no answer sends its set again (ward.md section 4, "idempotency key per upload"): the ward sees one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, WELL } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-01T09:00:00Z' }); });
after(() => hospital?.close());

const SET = { ...WELL, temp: 39.2, hr: 1400 };
async function upload(id, { keep = Object.keys(SET), key, type = 'batch' } = {}) {
	const effectiveDateTime = '2026-06-01T09:00:00Z';
	const entry = Object.entries(SET).filter(([sign]) => keep.includes(sign)).map(([sign, value]) => ({
		request: { method: 'POST', url: 'Observation' }, resource: hospital.observation(id, sign, value, { effectiveDateTime }) }));
	const answer = await hospital.server.post('', { resourceType: 'Bundle', type, entry }, key ? { 'Idempotency-Key': key } : {});
	assert.equal(answer.status, 200, answer.text);
	return answer.json.entry.map((one) => one.response.status);
}
// Everything of a patient, by what it is.
async function all(id) {
	const sent = (await hospital.list(`Observation?subject=Patient/${id}`)).filter((one) => one.derivedFrom === undefined);
	const alerts = (await hospital.tasks(id)).map((task) => task.code.coding[0].code).sort();
	const issues = (await hospital.list(`DetectedIssue?patient=Patient/${id}`)).map((one) => one.code.coding[0].code).sort();
	return { sent: sent.length, alerts, issues, scores: (await hospital.scores(id)).length };
}

for (const type of ['batch', 'transaction']) {
	test(`a set sent again as a ${type} is one set, one alert of a kind and one DetectedIssue`, async () => {
		const id = `again-${type}`;
		await hospital.bed(id);
		await upload(id, { key: `${id}-set`, type });
		await hospital.settle();
		const once = await all(id);
		assert.equal(once.sent, Object.keys(SET).length);
		assert.ok(once.alerts.includes('fever') && once.issues.includes('invalid'), JSON.stringify(once));
		assert.equal(new Set(once.alerts).size, once.alerts.length);
		await upload(id, { key: `${id}-set`, type });
		await Promise.all(Array.from({ length: 4 }, () => upload(id, { key: `${id}-set`, type })));
		await hospital.settle();
		assert.deepEqual(await all(id), once);
		// Without the key it is told apart only by its values: stored again, and said to be a repetition.
		await upload(id, { type });
		await hospital.settle();
		const twice = await all(id);
		assert.equal(twice.sent, 2 * once.sent);
		assert.deepEqual([twice.alerts, twice.scores], [once.alerts, once.scores]);
		assert.ok(twice.issues.includes('duplicate'));
	});
}

test('a set whose upload was cut off is whole after the second try', async () => {
	await hospital.bed('cut');
	const half = Object.keys(SET).slice(0, 4);
	await upload('cut', { keep: half, key: 'set-2' });
	await hospital.settle();
	assert.deepEqual((await all('cut')).alerts.includes('fever'), false, 'the temperature has not come yet');
	const second = await upload('cut', { key: 'set-2' });
	await hospital.settle();
	assert.deepEqual(second.map((status) => status.slice(0, 3)), Object.keys(SET).map((_, n) => n < 4 ? '200' : '201'));
	await hospital.bed('whole');
	await upload('whole', { key: 'set-3' });
	await hospital.settle();
	assert.deepEqual(await all('cut'), await all('whole'), 'as if it had come at once');
});
