// SPDX-License-Identifier: Apache-2.0
// The policy of a stay that is written by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { extension, Hospital, HW, WELL } from './hospital.mjs';

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

test('a stay that began before its record is judged by its own policy alone', async () => {
	await hospital.advanceTo('2026-06-10T21:00:00Z'); /* the adults' questions of 18:00 have been waited for */
	await hospital.ward('beside', `${HW}PlanDefinition/adult-acute`);
	const beside = await hospital.get('Organization/beside');
	await hospital.put({ ...beside, extension: [{ ...beside.extension[0], valueCanonical: `${HW}PlanDefinition/adult-acute|3` }] });
	await hospital.put({ resourceType: 'Patient', id: 'plan-late', birthDate: '2023-05-10', name: [{ text: 'Synthetic late' }] });
	const answer = await hospital.server.post('EpisodeOfCare/$admit', parameters({
		patient: { valueReference: { reference: 'Patient/plan-late' } }, ward: { valueReference: { reference: 'Organization/beside' } },
		policy: { valueCanonical: `${HW}PlanDefinition/childrens-cancer|1` }, start: { valueDateTime: '2026-06-10T10:00:00Z' },
	}));
	assert.equal(answer.status, 201, answer.text);
	await hospital.settle();
	await hospital.none('plan-late'); /* nobody could be asked before the record knew */
	await hospital.advance(2 * 3600);
	const tasks = await hospital.tasks('plan-late');
	assert.deepEqual(tasks.map((task) => [task.code.coding[0].code, extension(task, 'policy')]),
		[['overdue', `${HW}PlanDefinition/childrens-cancer|1`]]);
});
