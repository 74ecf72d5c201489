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
// Nobody signs what has not been tried (policy_trial.test.mjs).
async function tried(plan) {
	assert.ok((await put(plan)).status < 300);
	await hospital.try(plan.id);
}
const put = (plan) => hospital.server.put(`PlanDefinition/${plan.id}`, plan);
const sign = (id, by) => hospital.server.post(`PlanDefinition/${id}/$sign`, parameters({ by }));
const role = (name) => ({ valueReference: { reference: `PractitionerRole/adults-${name}` } });
const admit = (id, policy) => hospital.server.post('EpisodeOfCare/$admit', parameters({
	patient: { valueReference: { reference: `Patient/${id}` } }, ward: { valueReference: { reference: 'Organization/adults' } }, policy: { valueCanonical: policy },
}));
const said = (answer) => answer.json.issue.map((one) => one.diagnostics).join('\n');
const settings = (plan, action) => plan.action.find((one) => one.id === action).extension;

test('a draft admits nobody; two different people make it a policy; then nobody changes it', async () => {
	const plan = await draft('life');
	const policy = `${plan.url}|1`;
	assert.equal((await put(plan)).status, 201);
	await hospital.try('life');
	await hospital.put({ resourceType: 'Patient', id: 'life-p', birthDate: '1960-01-01', name: [{ text: 'Synthetic life' }] });
	const refused = await admit('life-p', policy);
	assert.deepEqual([refused.status, /sign/.test(said(refused))], [422, true]);
	const ward = await hospital.get('Organization/adults');
	const changed = { ...ward, extension: [{ url: `${HW}StructureDefinition/ward-policy`, valueCanonical: policy }] };
	assert.equal((await hospital.server.put('Organization/adults', changed)).status, 422, 'nor can a ward use it');
	assert.equal((await sign('life', role('consultant'))).status, 200);
	assert.equal((await sign('life', role('consultant'))).status, 409, 'the same person');
	assert.equal((await admit('life-p', policy)).status, 422, 'one signature is none');
	const second = await sign('life', role('nurse-in-charge'));
	assert.deepEqual([second.status, second.json.status], [200, 'active']);
	assert.deepEqual(second.json.extension.map((one) => one.extension.find((part) => part.url === 'role').valueCode), ['consultant', 'nurse-in-charge']);
	assert.equal((await sign('life', role('registrar'))).status, 409);
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
	await tried(plan);
	assert.equal((await sign('again', role('consultant'))).status, 200);
	const signed = await hospital.get('PlanDefinition/again');
	assert.equal((await put(signed)).status, 422, 'a signature cannot be written');
	await tried({ ...plan, title: 'Changed' });
	assert.equal((await sign('again', role('nurse'))).json.status, 'draft', 'the first one signed something else');
	assert.equal((await put({ ...plan, id: 'born-active', status: 'active' })).status, 422);
	await put(await draft('twin', (one) => { one.url = plan.url; }));
	const twin = await sign('twin', role('consultant'));
	assert.deepEqual([twin.status, /version/.test(said(twin))], [409, true]);
});

test('a signature is of somebody of a ward, and one of the two leads clinically', async () => {
	const signed = async (id) => (await hospital.get(`PlanDefinition/${id}`)).extension?.length ?? 0;
	await tried(await draft('who'));
	for (const by of [{ valueString: 'Dr One' }, { valueReference: { display: 'Dr One' } }, { valueReference: { reference: 'Practitioner/one' } }])
		assert.equal((await sign('who', by)).status, 400, JSON.stringify(by));
	assert.equal((await sign('who', role('nobody'))).status, 404);
	const person = (id, code, practitioner, more) => hospital.put({
		resourceType: 'PractitionerRole', id: `adults-${id}`, active: true, organization: { reference: 'Organization/adults' }, practitioner,
		code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code }] }], ...more });
	await person('gone', 'consultant', { display: 'Dr Gone' }, { active: false });
	assert.equal((await sign('who', role('gone'))).status, 422, 'a role that is no longer held');
	await person('test', 'self-test', { display: 'Self-test' });
	assert.equal((await sign('who', role('test'))).status, 403);
	assert.equal(await signed('who'), 0);
	assert.equal((await sign('who', role('nurse'))).json.status, 'draft');
	const second = await sign('who', role('registrar'));
	assert.deepEqual([second.status, /lead clinically \(Consultant\)/.test(said(second))], [403, true]);
	assert.equal(await signed('who'), 1, 'two who do not lead are not enough');
	assert.equal((await sign('who', role('consultant'))).json.status, 'active');
	// Two roles of one person are one person.
	await hospital.put({ resourceType: 'Practitioner', id: 'both', name: [{ text: 'Dr Both' }] });
	await person('both-1', 'nurse', { reference: 'Practitioner/both' });
	await person('both-2', 'consultant', { reference: 'Practitioner/both' });
	await tried(await draft('both'));
	assert.equal((await sign('both', role('both-1'))).status, 200);
	assert.equal((await sign('both', role('both-2'))).status, 409);
	await person('named', 'consultant', { display: 'The nurse' });
	await tried(await draft('display'));
	assert.equal((await sign('display', role('nurse'))).status, 200);
	assert.equal((await sign('display', role('named'))).status, 409, 'who is known by the same name alone');
});

test('of two who sign at once each counts', async () => {
	await tried(await draft('race'));
	const answers = await Promise.all(['consultant', 'nurse', 'registrar'].map((one) => sign('race', role(one))));
	assert.deepEqual(answers.map((one) => one.status).sort().slice(0, 2), [200, 200]);
	const plan = await hospital.get('PlanDefinition/race');
	const codes = plan.extension.map((one) => one.extension.find((part) => part.url === 'role').valueCode);
	assert.deepEqual([plan.status, codes.length, codes.includes('consultant')], ['active', 2, true]);
});

test('a policy that the rules cannot read is refused with every reason by name', async () => {
	await put(await draft('broken', (plan) => {
		settings(plan, 'schedule').find((one) => one.extension[0].valueCode === 'set').extension[1] = { url: 'value', valueString: 'ten' };
		settings(plan, 'concern').find((one) => one.extension[0].valueCode === 'parent').extension[1].valueCode = 'low';
		settings(plan, 'score').find((one) => one.extension[0].valueCode === 'worse').extension[0].valueCode = 'wrose';
		plan.action.push({ id: 'feber', title: 'A slip of the pen' });
	}));
	const refused = await sign('broken', role('consultant'));
	assert.equal(refused.status, 422);
	for (const reason of ['schedule.set', 'concern.parent', 'score.worse', 'score.wrose', 'feber'])
		assert.ok(said(refused).includes(reason), `${reason} in ${said(refused)}`);
	assert.equal((await hospital.get('PlanDefinition/broken')).status, 'draft');
});

const retire = (id, by, reason) => hospital.server.post(`PlanDefinition/${id}/$retire`, parameters({ by, ...(reason === undefined ? {} : { reason: { valueString: reason } }) }));
const CONSULTANT = { valueReference: { reference: 'PractitionerRole/adults-consultant', display: 'The consultant' } };
async function inForce(id, change) {
	const plan = await draft(id, change);
	return { plan, policy: await hospital.sign(plan) };
}

test('a policy is retired when no open stay and no ward names it: who, when and why stay with it, and nothing raised under it is rewritten', async () => {
	const { plan, policy } = await inForce('old');
	const stay = await hospital.bed('old-p', { ward: 'adults', birthDate: '1960-01-01', policy });
	await hospital.send('old-p', { rr: 26, spo2: 90, oxygen: 'air', sbp: 88, hr: 132, mind: 'A', temp: 38.4 });
	const [alert] = await hospital.open('old-p');
	assert.ok(alert, 'something is raised under it');

	const used = await retire('old', CONSULTANT, 'Another has come');
	assert.equal(used.status, 409, used.text);
	assert.match(said(used), new RegExp(`^EpisodeOfCare/${stay} is an open stay under it\\.\nThe policy stays in force: 1 open stay and 0 wards use it`));
	assert.doesNotMatch(said(used), /Synthetic/, 'no name of a patient');
	assert.equal((await hospital.server.post(`EpisodeOfCare/${stay}/$step-up`, parameters({ by: CONSULTANT, reason: { valueString: 'To hospital' } }))).status, 200);
	assert.equal((await retire('old', CONSULTANT, 'Another has come')).status, 409, 'a stay that rests is open');
	const ward = await hospital.get('Organization/adults');
	const setting = (canonical) => ({ ...ward, extension: [{ url: `${HW}StructureDefinition/ward-policy`, valueCanonical: canonical }] });
	await hospital.put(setting(policy));
	for (const task of await hospital.open('old-p'))
		await hospital.acknowledge(task);
	await hospital.discharge(stay);
	const named = await retire('old', CONSULTANT, 'Another has come');
	assert.deepEqual([named.status, /Organization\/adults \(Ward adults\) admits under it/.test(said(named))], [409, true], named.text);
	await hospital.put(setting(`${HW}PlanDefinition/adult-acute|1`));

	const before = await hospital.get(`Task/${alert.id}`);
	const plans = await hospital.list('CarePlan?subject=Patient/old-p');
	assert.equal((await hospital.get('PlanDefinition/old')).status, 'active');
	const at = await hospital.now();
	const done = await retire('old', CONSULTANT, '  Another has come ');
	assert.deepEqual([done.status, done.json.status], [200, 'retired'], done.text);
	const parts = Object.fromEntries(done.json.extension.find((one) => one.url === `${HW}StructureDefinition/retired`).extension.map((part) => [part.url, part.valueReference?.reference ?? part.valueInstant ?? part.valueString ?? part.valueCode]));
	assert.deepEqual(parts, { by: 'PractitionerRole/adults-consultant', at, reason: 'Another has come', was: 'active' });
	assert.equal(done.json.extension.filter((one) => one.url === `${HW}StructureDefinition/signature`).length, 2, 'its signatures stay');
	await hospital.settle();
	assert.deepEqual(await hospital.get(`Task/${alert.id}`), before, 'an alert under it is as it was');
	assert.deepEqual(await hospital.list('CarePlan?subject=Patient/old-p'), plans);

	await hospital.put({ resourceType: 'Patient', id: 'late-p', birthDate: '1960-01-01', name: [{ text: 'Synthetic late' }] });
	const refused = await admit('late-p', policy);
	assert.deepEqual([refused.status, /was retired: no stay begins under it/.test(said(refused))], [422, true]);
	assert.equal((await hospital.server.put('Organization/adults', setting(policy))).status, 422, 'nor can a ward be given it');
	for (const answer of [await retire('old', CONSULTANT, 'Again'), await sign('old', { valueString: 'Dr One' }), await put(plan), await hospital.server.ask('DELETE', 'PlanDefinition/old')])
		assert.equal(answer.status, 409, answer.text);
});

test('a draft is withdrawn by the same call; it never was a policy, and stands in the way of none of the same name', async () => {
	const { plan, policy } = await inForce('kept');
	await put({ ...plan, id: 'a-twin', status: 'draft', title: 'A second of the same name' });
	assert.equal((await sign('a-twin', { valueString: 'Dr One' })).status, 409);
	assert.equal((await admit('life-p', policy)).status, 409, 'the policy in force counts: only the open stay is in the way');
	const withdrawn = await retire('a-twin', { valueString: 'Dr One' }, 'Written twice');
	assert.deepEqual([withdrawn.status, withdrawn.json.status], [200, 'retired'], withdrawn.text);
	const parts = withdrawn.json.extension.find((one) => one.url === `${HW}StructureDefinition/retired`).extension;
	assert.deepEqual([parts.find((one) => one.url === 'was').valueCode, parts.find((one) => one.url === 'by').valueString], ['draft', 'Dr One']);
	assert.equal((await sign('a-twin', { valueString: 'Dr Two' })).status, 409);
	const stay = await hospital.bed('kept-p', { ward: 'adults', birthDate: '1960-01-01', policy });
	assert.equal((await retire('kept', CONSULTANT, 'x')).status, 409);
	await hospital.discharge(stay);
});

test('to retire needs a name, a reason and a policy of a ward', async () => {
	assert.equal((await retire('kept', CONSULTANT)).status, 400);
	assert.equal((await retire('kept', CONSULTANT, '  ')).status, 400);
	assert.equal((await retire('kept', { valueString: '' }, 'x')).status, 400);
	assert.equal((await retire('nothing', CONSULTANT, 'x')).status, 404);
	await hospital.put({ resourceType: 'PlanDefinition', id: 'protocol', status: 'active', title: 'Of somebody else' });
	assert.equal((await retire('protocol', CONSULTANT, 'x')).status, 422);
	assert.equal((await hospital.get('PlanDefinition/kept')).status, 'active');
});

test('of many open stays some are named, all are counted, and none is missed', async () => {
	const { policy } = await inForce('many');
	const stays = [];
	for (let i = 0; i < 65; i++)
		stays.push(await hospital.bed(`many-${i}`, { ward: 'adults', birthDate: '1960-01-01', policy }));
	const refused = await retire('many', CONSULTANT, 'x');
	assert.equal(refused.status, 409);
	assert.match(said(refused), /65 open stays and 0 wards use it/);
	assert.equal(said(refused).match(/EpisodeOfCare\//g).length, 20);
	for (const stay of stays.slice(1))
		assert.equal((await hospital.server.post(`EpisodeOfCare/${stay}/$discharge`, parameters({ reason: { valueString: 'Well again' } }))).status, 200);
	assert.match(said(await retire('many', CONSULTANT, 'x')), new RegExp(`^EpisodeOfCare/${stays[0]} .*\\n.*1 open stay and 0 wards`));
});

test('an admission and a retirement at the same instant: never an open stay under a policy that was retired', async () => {
	for (let round = 0; round < 12; round++) {
		const { policy } = await inForce(`race-${round}`);
		await hospital.put({ resourceType: 'Patient', id: `race-p${round}`, birthDate: '1960-01-01', name: [{ text: 'Synthetic race' }] });
		const both = round % 2 === 0 ? [admit(`race-p${round}`, policy), retire(`race-${round}`, CONSULTANT, 'x')] : [retire(`race-${round}`, CONSULTANT, 'x'), admit(`race-p${round}`, policy)];
		const statuses = (await Promise.all(both)).map((answer) => answer.status);
		const [admitted, retired] = round % 2 === 0 ? statuses : statuses.reverse();
		assert.ok((admitted === 201 && retired === 409) || (admitted === 422 && retired === 200), `${admitted} ${retired}`);
	}
});

test('a policy that came with the program stays retired when the program starts again', async () => {
	assert.equal((await retire('frailty-1', CONSULTANT, 'We have our own')).status, 200);
	await hospital.crash(5);
	assert.equal((await hospital.get('PlanDefinition/frailty-1')).status, 'retired');
});
