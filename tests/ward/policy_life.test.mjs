// SPDX-License-Identifier: Apache-2.0
// The life of a policy over HTTP: draft, two signatures, in force, and never changed again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { HW, Hospital } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-01T09:00:00Z' }); });
after(() => hospital?.close());

async function draft(id, change = () => {}) {
	const { meta, extension, ...plan } = structuredClone(await hospital.get('PlanDefinition/adult-acute-2'));
	assert.equal(extension[0].extension.find((one) => one.url === 'kind').valueCode, 'manufacturer', 'a shipped policy says who signed it');
	Object.assign(plan, { id, url: `${HW}PlanDefinition/${id}`, version: '1', status: 'draft' });
	change(plan);
	return plan;
}
const put = (plan) => hospital.server.put(`PlanDefinition/${plan.id}`, plan);
const sign = (id, by) => hospital.server.post(`PlanDefinition/${id}/$sign`, parameters({ by }));
const admit = (id, policy) => hospital.server.post('EpisodeOfCare/$admit', parameters({
	patient: { valueReference: { reference: `Patient/${id}` } }, ward: { valueReference: { reference: 'Organization/adults' } }, policy: { valueCanonical: policy },
}));
const said = (answer) => answer.json.issue.map((one) => one.diagnostics).join('\n');
const settings = (plan, action) => plan.action.find((one) => one.id === action).extension;

test('a draft admits nobody; two different people make it a policy; then nobody changes it', async () => {
	const plan = await draft('life');
	const policy = `${plan.url}|1`;
	assert.equal((await put(plan)).status, 201);
	await hospital.put({ resourceType: 'Patient', id: 'life-p', birthDate: '1960-01-01', name: [{ text: 'Synthetic life' }] });
	const refused = await admit('life-p', policy);
	assert.deepEqual([refused.status, /sign/.test(said(refused))], [422, true]);
	const ward = await hospital.get('Organization/adults');
	const changed = { ...ward, extension: [{ url: `${HW}StructureDefinition/ward-policy`, valueCanonical: policy }] };
	assert.equal((await hospital.server.put('Organization/adults', changed)).status, 422, 'nor can a ward use it');
	assert.equal((await sign('life', { valueReference: { reference: 'PractitionerRole/adults-consultant' } })).status, 200);
	assert.equal((await sign('life', { valueReference: { reference: 'PractitionerRole/adults-consultant' } })).status, 409, 'the same person');
	assert.equal((await admit('life-p', policy)).status, 422, 'one signature is none');
	const second = await sign('life', { valueString: 'Dr Second' });
	assert.deepEqual([second.status, second.json.status], [200, 'active']);
	assert.equal((await sign('life', { valueString: 'Dr Third' })).status, 409);
	for (const next of [plan, { ...plan, status: 'active', title: 'Other' }])
		assert.equal((await put(next)).status, 409);
	assert.equal((await hospital.server.ask('DELETE', 'PlanDefinition/life')).status, 409);
	const batch = await hospital.server.post('', { resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'PUT', url: 'PlanDefinition/life' }, resource: plan }] });
	assert.equal(batch.status, 409);
	for (const shipped of ['adult-acute-1', 'maternity-1'])
		assert.equal((await hospital.server.ask('DELETE', `PlanDefinition/${shipped}`)).status, 409, shipped);
	assert.equal((await hospital.server.put('Organization/adults', changed)).status, 200);
	assert.equal((await admit('life-p', policy)).status, 201);
});

test('a change takes back the signatures, and nobody writes one', async () => {
	const plan = await draft('again');
	await put(plan);
	assert.equal((await sign('again', { valueString: 'Dr One' })).status, 200);
	const signed = await hospital.get('PlanDefinition/again');
	assert.equal((await put(signed)).status, 422, 'a signature cannot be written');
	assert.equal((await put({ ...plan, title: 'Changed' })).status, 200);
	assert.equal((await sign('again', { valueString: 'Dr Two' })).json.status, 'draft', 'the first one signed something else');
	assert.equal((await put({ ...plan, id: 'born-active', status: 'active' })).status, 422);
	await put(await draft('twin', (one) => { one.url = plan.url; }));
	const twin = await sign('twin', { valueString: 'Dr One' });
	assert.deepEqual([twin.status, /version/.test(said(twin))], [409, true]);
});

test('a policy that the rules cannot read is refused with every reason by name', async () => {
	await put(await draft('broken', (plan) => {
		settings(plan, 'schedule').find((one) => one.extension[0].valueCode === 'set').extension[1] = { url: 'value', valueString: 'ten' };
		settings(plan, 'concern').find((one) => one.extension[0].valueCode === 'parent').extension[1].valueCode = 'low';
		settings(plan, 'score').find((one) => one.extension[0].valueCode === 'worse').extension[0].valueCode = 'wrose';
		plan.action.push({ id: 'feber', title: 'A slip of the pen' });
	}));
	const refused = await sign('broken', { valueString: 'Dr One' });
	assert.equal(refused.status, 422);
	for (const reason of ['schedule.set', 'concern.parent', 'score.worse', 'score.wrose', 'feber'])
		assert.ok(said(refused).includes(reason), `${reason} in ${said(refused)}`);
	assert.equal((await hospital.get('PlanDefinition/broken')).status, 'draft');
});
