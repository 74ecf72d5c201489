// SPDX-License-Identifier: Apache-2.0
// The rules of a questionnaire in force.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { extension, Hospital } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('the levels of a questionnaire that a policy names do not change under its version', async () => {
	const { meta, ...form } = await hospital.get('Questionnaire/childrens-daily-1');
	assert.ok(meta);
	const plain = structuredClone(form);
	for (const item of plain.item) {
		delete item.extension;
		for (const option of item.answerOption ?? [])
			delete option.extension;
	}
	const written = await hospital.server.put('Questionnaire/childrens-daily-1', plain);
	const removed = await hospital.server.delete('Questionnaire/childrens-daily-1');
	await hospital.settle();
	assert.deepEqual([written.status >= 400, removed.status >= 400], [true, true], `PUT ${written.status}, DELETE ${removed.status}`);
});
