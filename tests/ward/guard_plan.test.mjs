// SPDX-License-Identifier: Apache-2.0
// What a consultant orders, and what nobody can put into a plan or a policy past it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { HW, extension } from './hospital.mjs';
import { Refusal, said } from './refusal.mjs';

let hospital, refusal;
before(async () => ({ hospital, refusal } = await Refusal.open()));
after(() => hospital?.close());

test('an SpO2 scale and a limit come into a plan by their operations alone', async () => {
	const episode = await hospital.bed('g-plan', { ward: 'adults', birthDate: '1960-01-01' });
	const by = { valueReference: { reference: 'PractitionerRole/adults-consultant' } };
	const plan = hospital.plan;
	const scale = { url: `${HW}StructureDefinition/spo2-scale`, extension: [{ url: 'scale', valueInteger: 2 }, { url: 'at', valueInstant: '2026-06-01T09:00:00Z' }] };
	const limit = { url: `${HW}StructureDefinition/limit`, extension: [{ url: 'sign', valueCode: 'spo2' }, { url: 'below', valueDecimal: 80 }, { url: 'level', valueCode: 'low' }] };
	await refusal.of(422, { ...plan, extension: [scale] }, /spo2-scale alone/);
	await refusal.of(422, { ...plan, extension: [limit] }, /limit alone/);
	const { id: _id, meta: _meta, ...anew } = plan;
	for (const one of [scale, limit])
		assert.equal((await hospital.server.post('CarePlan', { ...anew, extension: [one] })).status, 422, 'nor with a new one');
	const ask = async (name, values) => {
		const answer = await hospital.server.post(`EpisodeOfCare/${episode}/$${name}`, parameters({ by, ...values }));
		assert.equal(answer.status, 200, answer.text);
		return answer.json;
	};
	await ask('spo2-scale', { scale: { valueInteger: 2 }, reason: { valueString: 'Hypercapnia' } });
	const ordered = await ask('limit', {
		sign: { valueCode: 'temperature' }, above: { valueDecimal: 37.5 }, level: { valueCode: 'medium' }, reason: { valueString: 'Neutropenia' }, expires: { valueDateTime: '2026-06-20T09:00:00Z' } });
	assert.equal(ordered.extension.length, 2);
	await refusal.of(422, { ...ordered, extension: ordered.extension.slice(0, 1) }, /limit alone/);
	await refusal.of(422, { ...ordered, extension: ordered.extension.slice(1) }, /spo2-scale alone/);
	await refusal.of(422, { ...ordered, extension: [...ordered.extension, scale] }, /spo2-scale alone/);
	await refusal.of(422, { ...ordered, supportingInfo: [{ reference: `EpisodeOfCare/${hospital.marker}` }] }, /another's/);
	await refusal.ofDelete(`CarePlan/${plan.id}`, /not deleted/);
	// Everything else of the plan is still written, and numbers that lost their zeros are the same numbers.
	const kept = await refusal.put({ ...ordered, description: 'Home by Friday', extension: [...ordered.extension, { url: 'http://example.org/own', valueString: 'x' }] });
	assert.equal(kept.status, 200, kept.text);
	const changed = await ask('change-plan', { plan: { valueString: 'More often' }, reason: { valueString: 'Cough' }, periodHours: { valueDecimal: 2 } });
	assert.equal(changed.extension.length, 3, 'the operations keep them');
});

test('no policy puts everybody on SpO2 scale 2', async () => {
	const { meta: _meta, extension: _signatures, ...plan } = structuredClone(await hospital.get('PlanDefinition/adult-acute-2'));
	Object.assign(plan, { id: 'g-scale', url: `${HW}PlanDefinition/g-scale`, version: '1', status: 'draft' });
	const setting = plan.action.find((one) => one.id === 'score').extension.find((one) => one.extension[0].valueCode === 'spo2Scale');
	setting.extension[1].valueInteger = 2;
	await hospital.put(plan);
	const answer = await hospital.server.post('PlanDefinition/g-scale/$sign', parameters({ by: { valueReference: { reference: 'PractitionerRole/adults-consultant' } } }));
	assert.equal(answer.status, 422, answer.text);
	assert.match(said(answer), /score\.spo2Scale must be 1.*spo2-scale/);
});
