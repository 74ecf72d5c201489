// SPDX-License-Identifier: Apache-2.0
// The policy of a stay that is written by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, HW, WELL } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

async function plan(patient) {
	const [found] = await hospital.list(`CarePlan?subject=Patient/${patient}`);
	return found;
}

test('another policy comes into a plan with who and why alone', async () => {
	await hospital.bed('plan-policy');
	const mine = await plan('plan-policy');
	const answer = await hospital.server.put(`CarePlan/${mine.id}`, { ...mine, instantiatesCanonical: [`${HW}PlanDefinition/adult-acute|1`] });
	await hospital.settle();
	await hospital.send('plan-policy', { temp: 39.5 });
	const fever = (await hospital.open('plan-policy')).some((task) => task.code.coding[0].code === 'fever');
	assert.ok(fever, `PUT was ${answer.status}; 39.5 in a child with cancer raises no fever`);
});

test('a week of silence comes into a plan with who and why alone', async () => {
	const episode = await hospital.bed('plan-week');
	await hospital.send('plan-week', WELL);
	const mine = await plan('plan-week');
	mine.activity[0].detail.scheduledTiming.repeat.period = 168;
	const answer = await hospital.server.put(`CarePlan/${mine.id}`, mine);
	await hospital.settle();
	assert.ok(answer.status >= 400, `PUT was ${answer.status}; next due ${(await hospital.row(episode)).nextDue}`);
});
