// SPDX-License-Identifier: Apache-2.0
// A policy is tried on the stored history of the ward before anybody signs it, by the server itself: what the report
// says, what a signature asks of it, and what becomes of a trial that is stopped, killed or made up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters, tryPolicy } from './care.mjs';
import { CHILD, HOUR, HW, Hospital, MIN, WELL, later, until } from './hospital.mjs';

const DAY = 24 * HOUR;
const MEASURE = `${HW}Measure/policy-trial`;
const said = (answer) => answer.json.issue.map((one) => one.diagnostics).join('\n');
const role = (name) => ({ valueReference: { reference: `PractitionerRole/children-${name}` } });
const signatures = (plan) => (plan.extension ?? []).filter((one) => one.url === `${HW}StructureDefinition/signature`);
const reportOf = (signature) => signature.extension.find((one) => one.url === 'report').valueReference.reference;
const parts = (report) => report.extension.find((one) => one.url === `${HW}StructureDefinition/policy-trial`).extension;
const part = (report, name) => Object.entries(parts(report).find((one) => one.url === name)).find(([key]) => key.startsWith('value'))[1];
const figure = (report, code) => report.group.find((one) => one.code.coding[0].code === code);
const list = (report, id) => (report.contained.find((one) => one.id === id).entry ?? [])
	.map((one) => [one.item.reference, one.date, ...one.flag.coding.map((coding) => coding.code)]);
const strata = (report, code) => Object.fromEntries((figure(report, code).stratifier[0].stratum ?? [])
	.map((one) => [one.component.map((each) => each.value.text).join(' '), one.population[0].count]));
const setting = (plan, action, name, value) => {
	const changed = structuredClone(plan);
	const found = changed.action.filter((one) => (typeof action === 'string' ? one.id === action : action.test(one.id)));
	for (const one of found) {
		const part = one.extension.find((each) => each.extension?.[0]?.valueCode === name);
		part.extension[1] = { url: 'value', ...value };
	}
	return changed;
};
const seconds = (value) => ({ valueDuration: { value, unit: 's', system: 'http://unitsofmeasure.org', code: 's' } });

let hospital, shipped, stays = {}, fever;
const sign = (id, by, more = {}) => hospital.server.post(`PlanDefinition/${id}/$sign`, parameters({ by: role(by), ...more }));
const draft = (id, change = (plan) => plan) => hospital.put(change({ ...structuredClone(shipped), id, version: id, status: 'draft' }));
const newest = async (id) => (await hospital.get(`PlanDefinition/${id}/$try`)).entry[0];
/* A draft whose ladders start again each second: days of history take a while. */
const slow = (plan) => setting(plan, /^ladder-(high|medium|emergency)/, 'repeat', seconds(1));

before(async () => {
	hospital = await Hospital.open({ start: '2026-06-01T09:00:00Z' });
	const { meta, extension, ...plan } = await hospital.get('PlanDefinition/childrens-cancer-1');
	shipped = plan;
	const beds = { a: 38.2, b: 39.5, c: 36.8 };
	for (const id of Object.keys(beds))
		stays[id] = await hospital.bed(`tried-${id}`);
	await hospital.advance(HOUR);
	for (const [id, temp] of Object.entries(beds))
		await hospital.send(`tried-${id}`, { ...WELL, temp });
	fever = await hospital.alert('tried-a', 'fever');
	await hospital.advance(2 * MIN);
	for (const id of ['a', 'b'])
		await hospital.resolve(await hospital.alert(`tried-${id}`, 'fever'));
	await hospital.advance(3 * HOUR);
	for (const id of Object.keys(beds))
		await hospital.send(`tried-${id}`, WELL);
});
after(() => hospital?.close());

test('a draft that has not been tried is not signed, and the refusal says what to do', async () => {
	await draft('first', (plan) => setting(plan, 'fever', 'from', { valueDecimal: 39.0 }));
	const refused = await sign('first', 'consultant');
	assert.deepEqual([refused.status, /has not been tried: .*\$try/.test(said(refused))], [409, true], refused.text);
	const lacking = await newest('first');
	assert.deepEqual([lacking.response.status, lacking.resource], ['404 Not Found', undefined]);
	assert.match(lacking.response.outcome.issue[0].diagnostics, /has not been tried/);
	assert.deepEqual(signatures(await hospital.get('PlanDefinition/first')), []);
});

test('the report says what was tried, how much, and what would have been missed; each signature names it', async () => {
	const report = await hospital.try('first', { by: role('nurse') });
	assert.deepEqual(await hospital.get(`MeasureReport/${report.id}`), report);
	assert.deepEqual([report.measure, report.status, report.type], [`${MEASURE}|1`, 'complete', 'subject-list']);
	assert.equal((await hospital.list(`Measure?url=${MEASURE}&version=1`)).length, 1, 'its Measure is in the record');
	assert.equal(part(report, 'policy'), `${CHILD}|first`);
	assert.equal(part(report, 'draft').reference, 'PlanDefinition/first/_history/1');
	assert.equal(part(report, 'by').reference, 'PractitionerRole/children-nurse');
	assert.match(part(report, 'digest'), /^[0-9a-f]{64}$/);
	assert.match(part(report, 'program'), /^\d+\.\d+\.\d+/);
	assert.deepEqual(parts(report).filter((one) => one.url === 'ward').map((one) => one.valueReference.reference).sort(), ['Organization/children', 'Organization/marker']);
	// Four stays of a bit more than four hours.
	const days = part(report, 'patient-days');
	assert.ok(days > 0.66 && days < 0.69, String(days));
	assert.deepEqual([figure(report, 'patient-days').population[0].count, figure(report, 'patient-days').measureScore.value], [4, days]);
	assert.deepEqual([strata(report, 'trial-before')['high fever'], strata(report, 'trial-after')['high fever']], [2, 1]);
	const stratum = figure(report, 'trial-before').stratifier[0].stratum.find((one) => one.component[1].value.text === 'fever');
	assert.ok(Math.abs(stratum.measureScore.value - 2 / days) < 0.02, 'alerts per patient day');
	assert.deepEqual(list(report, 'missed'), [[`EpisodeOfCare/${stays.a}`, fever.authoredOn, 'high', 'fever']]);
	assert.deepEqual([figure(report, 'trial-missed').population[0].count, list(report, 'added')], [1, []]);
	assert.deepEqual([strata(report, 'trial-missed')['high fever'], strata(report, 'trial-added')['high fever']], [1, 0]);
	assert.deepEqual(report.evaluatedResource.map((one) => one.reference), ['PlanDefinition/first', `EpisodeOfCare/${stays.a}`]);
	assert.ok(!JSON.stringify(report).includes('Synthetic'), 'no name of a patient');
	assert.deepEqual((await newest('first')).resource, report);

	const first = await sign('first', 'consultant', { report: { valueReference: { reference: `MeasureReport/${report.id}` } } });
	assert.equal(first.status, 200, first.text);
	const second = await sign('first', 'nurse');
	assert.deepEqual([second.status, second.json.status], [200, 'active'], second.text);
	assert.deepEqual(signatures(second.json).map(reportOf), [`MeasureReport/${report.id}`, `MeasureReport/${report.id}`]);
	assert.deepEqual(await hospital.get(`Task/${fever.id}`).then((task) => task.meta.versionId), (await hospital.alert('tried-a', 'fever')).meta.versionId);
});

test('a draft that was changed after its trial is tried again', async () => {
	await draft('changed');
	const before = await hospital.try('changed');
	await draft('changed', (plan) => setting(plan, 'fever', 'from', { valueDecimal: 38.5 }));
	const refused = await sign('changed', 'consultant');
	assert.deepEqual([refused.status, /changed since it was tried/.test(said(refused))], [409, true], refused.text);
	const named = await sign('changed', 'consultant', { report: { valueReference: { reference: `MeasureReport/${before.id}` } } });
	assert.deepEqual([named.status, /no trial of this draft as it stands/.test(said(named))], [409, true], named.text);
	await draft('changed');
	assert.equal((await sign('changed', 'consultant')).status, 200, 'what it says is what was tried, whatever its version');
	const other = await hospital.try('changed');
	assert.equal(part(other, 'digest'), part(before, 'digest'), 'a signature changes nothing that was tried');
	const older = await sign('changed', 'nurse', { report: { valueReference: { reference: `MeasureReport/${before.id}` } } });
	assert.equal(older.status, 200, 'on the report of the first signature');
	assert.deepEqual(signatures(older.json).map(reportOf), [`MeasureReport/${before.id}`, `MeasureReport/${before.id}`]);
});

test('the second signature stands on the report of the first or a newer one', async () => {
	await draft('second');
	const old = await hospital.try('second');
	await hospital.advance(MIN);
	const young = await hospital.try('second');
	assert.equal((await sign('second', 'consultant')).status, 200);
	assert.equal(reportOf(signatures(await hospital.get('PlanDefinition/second'))[0]), `MeasureReport/${young.id}`, 'the newest, unless one is named');
	const refused = await sign('second', 'nurse', { report: { valueReference: { reference: `MeasureReport/${old.id}` } } });
	assert.deepEqual([refused.status, /newer trial/.test(said(refused))], [409, true], refused.text);
	await hospital.advance(MIN);
	const third = await hospital.try('second');
	assert.equal((await sign('second', 'nurse')).json.status, 'active');
	assert.equal(reportOf(signatures(await hospital.get('PlanDefinition/second'))[1]), `MeasureReport/${third.id}`);
});

test('nobody writes, changes or takes away the report of a trial, and one that is made up carries no signature', async () => {
	await draft('forged');
	await draft('true');
	const { meta, ...report } = await hospital.try('true');
	const forged = { ...report, id: 'forged', evaluatedResource: [{ reference: 'PlanDefinition/forged' }] };
	const { id: _id, ...unnamed } = forged;
	const put = { request: { method: 'PUT', url: 'MeasureReport/forged' }, resource: forged };
	for (const [what, ask] of Object.entries({
		PUT: () => hospital.server.put('MeasureReport/forged', forged),
		POST: () => hospital.server.post('MeasureReport', unnamed),
		'without a version of the Measure': () => hospital.server.post('MeasureReport', { ...unnamed, measure: MEASURE }),
		'POST in a transaction': () => hospital.server.post('', { resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'POST', url: 'MeasureReport' }, resource: unnamed }] }),
		'PUT in a transaction': () => hospital.server.post('', { resourceType: 'Bundle', type: 'transaction', entry: [put] }),
		'by criteria': () => hospital.server.put('MeasureReport?status=pending', unnamed),
	}))
		assert.equal((await ask()).status, 422, what);
	const batch = await hospital.server.post('', { resourceType: 'Bundle', type: 'batch', entry: [put] });
	assert.match(batch.json.entry[0].response.status, /^422/);
	for (const [what, ask] of Object.entries({
		PUT: () => hospital.server.put(`MeasureReport/${report.id}`, { ...report, measure: `${HW}Measure/other` }),
		'PUT of the same': () => hospital.server.put(`MeasureReport/${report.id}`, report),
		DELETE: () => hospital.server.delete(`MeasureReport/${report.id}`),
	}))
		assert.equal((await ask()).status, 409, what);
	// Of another Measure it is nobody's trial, whatever it says.
	const other = await hospital.server.put('MeasureReport/forged', { ...forged, measure: `${HW}Measure/other` });
	assert.equal(other.status, 201, other.text);
	const changed = await hospital.server.put('MeasureReport/forged', { ...forged, measure: MEASURE, identifier: [{ system: `${HW}NamingSystem/policy-digest`, value: part(report, 'digest') }] });
	assert.equal(changed.status, 422);
	const refused = await sign('forged', 'consultant');
	assert.deepEqual([refused.status, /has not been tried/.test(said(refused))], [409, true], refused.text);
	const borrowed = await sign('forged', 'consultant', { report: { valueReference: { reference: `MeasureReport/${report.id}` } } });
	assert.equal(borrowed.status, 409, 'the trial of another draft');
	assert.deepEqual(await hospital.get(`MeasureReport/${report.id}`), { ...report, meta });
	assert.equal((await sign('true', 'consultant')).status, 200);
});

test('a trial that leaves out the last days or patients under the policy is looked at, and is not enough to sign', async () => {
	await draft('narrow');
	const start = '2026-06-01T08:00:00Z', soon = later(start, 2 * HOUR);
	const early = await hospital.try('narrow', { from: { valueDateTime: start }, to: { valueDateTime: soon } });
	assert.deepEqual([early.period.start, early.period.end].map((one) => Date.parse(one)), [start, soon].map((one) => Date.parse(one)));
	let refused = await sign('narrow', 'consultant');
	assert.deepEqual([refused.status, /does not cover the last 28 days/.test(said(refused))], [409, true], refused.text);
	const elsewhere = await hospital.try('narrow', { ward: { valueReference: { reference: 'Organization/adults' } } });
	assert.equal(part(elsewhere, 'patient-days'), 0);
	assert.ok(part(elsewhere, 'left-out') > 0.6);
	refused = await sign('narrow', 'consultant');
	assert.deepEqual([refused.status, /leaves out patients/.test(said(refused))], [409, true], refused.text);
	const both = await hospital.try('narrow', { from: { valueDate: '2026-06-01' } });
	assert.equal(part(both, 'left-out'), 0);
	assert.equal((await sign('narrow', 'consultant')).status, 200);
});

test('what cannot be tried is refused at once with every reason', async () => {
	const ask = (id, values) => hospital.server.post(`PlanDefinition/${id}/$try`, Object.keys(values).length > 0 ? parameters(values) : undefined);
	assert.equal((await ask('nothing', { ward: { valueReference: { reference: 'Organization/children' } } })).status, 404);
	assert.equal((await ask('narrow', { ward: { valueReference: { reference: 'Organization/nowhere' } } })).status, 404);
	assert.equal((await ask('narrow', { ward: { valueReference: { reference: 'Patient/tried-a' } } })).status, 400);
	assert.equal((await ask('narrow', { from: { valueString: 'soon' } })).status, 400);
	assert.equal((await ask('narrow', { from: { valueDateTime: '2026-06-02T00:00:00Z' }, to: { valueDateTime: '2026-06-01T00:00:00Z' } })).status, 422);
	await draft('broken', (plan) => ({ ...plan, action: plan.action.filter((one) => one.id !== 'overdue') }));
	await hospital.put({ resourceType: 'PlanDefinition', id: 'protocol', status: 'draft', title: 'Of somebody else' });
	assert.equal((await hospital.server.post('PlanDefinition/protocol/$try')).status, 422);
	assert.equal((await hospital.server.get('PlanDefinition/narrow/$try/nothing')).status, 404);
	assert.equal((await hospital.server.delete('PlanDefinition/narrow/$try/nothing')).status, 404);
	const broken = await ask('broken', {});
	assert.deepEqual([broken.status, /overdue/.test(said(broken))], [422, true], broken.text);
	assert.equal((await tryPolicy(hospital.server, 'narrow')).status, 200, 'no parameter is needed');
});

test('a policy of a url that nobody has been under is tried on nobody, and says so; on a ward it is tried on its patients', async () => {
	const fresh = (plan) => ({ ...plan, url: `${HW}PlanDefinition/fresh` });
	await draft('fresh', fresh);
	const empty = await hospital.try('fresh');
	assert.deepEqual([part(empty, 'patient-days'), figure(empty, 'patient-days').population[0].count, figure(empty, 'trial-before').population[0].count], [0, 0, 0]);
	assert.equal(figure(empty, 'trial-before').measureScore, undefined, 'nothing to divide by');
	assert.equal((await sign('fresh', 'consultant')).status, 200);
	const ward = await hospital.try('fresh', { ward: { valueReference: { reference: 'Organization/children' } } });
	assert.ok(part(ward, 'patient-days') > 0.4);
	assert.equal((await sign('fresh', 'nurse')).json.status, 'active');
});

test('who leads is what the policy in force says, not the draft that wants to replace it', async () => {
	const leads = (...codes) => (plan) => {
		const changed = { ...plan, url: `${HW}PlanDefinition/led` };
		const people = changed.action.find((one) => one.id === 'people') ?? changed.action[changed.action.push({ id: 'people', title: 'People' }) - 1];
		people.extension = [...people.extension ?? [], ...codes.map((code) => ({ url: `${HW}StructureDefinition/setting`, extension: [{ url: 'name', valueCode: 'limitRole' }, { url: 'value', valueCode: code }] }))];
		return changed;
	};
	await draft('led-1', leads('registrar', 'switchboard'));
	await hospital.try('led-1');
	assert.equal((await sign('led-1', 'registrar')).status, 200);
	const refused = await sign('led-1', 'nurse');
	assert.deepEqual([refused.status, /lead clinically \(Consultant\)/.test(said(refused))], [403, true], refused.text);
	assert.equal((await sign('led-1', 'consultant')).json.status, 'active');
	await draft('led-2', leads('nurse'));
	await hospital.try('led-2');
	assert.equal((await sign('led-2', 'switchboard')).status, 200, 'a desk never leads');
	assert.equal((await sign('led-2', 'nurse')).status, 403);
	assert.equal((await sign('led-2', 'registrar')).json.status, 'active');
	await draft('led-3', leads('registrar'));
	await hospital.try('led-3');
	assert.equal((await sign('led-3', 'switchboard')).status, 200);
	assert.equal((await sign('led-3', 'registrar')).status, 403, 'the policy that came into force last counts');
	assert.equal((await sign('led-3', 'nurse')).json.status, 'active');
});

test('a trial older than 28 days is made again, by the second signer too', async () => {
	await draft('old');
	await hospital.try('old');
	await draft('half');
	const half = await hospital.try('half');
	assert.equal((await sign('half', 'consultant')).status, 200);
	await hospital.advance(28 * DAY + HOUR);
	for (const [id, by] of [['old', 'consultant'], ['half', 'nurse']]) {
		const refused = await sign(id, by);
		assert.deepEqual([refused.status, /more than 28 days old/.test(said(refused))], [409, true], refused.text);
	}
	const again = await hospital.try('half');
	assert.ok(Math.abs(Date.parse(again.period.end) - Date.parse(again.period.start) - 28 * DAY * 1000) < 5000, 'the last 28 days');
	const signed = await sign('half', 'nurse');
	assert.deepEqual([signed.status, signed.json.status, ...signatures(signed.json).map(reportOf)], [200, 'active', `MeasureReport/${half.id}`, `MeasureReport/${again.id}`], signed.text);
});

test('an alert that was there for something else does not stand in for one that would be missed', async () => {
	const [overdue] = await hospital.tasks('tried-b', `&code=${HW}CodeSystem/ward-rule|overdue&status=requested,received`);
	assert.equal(overdue.priority, 'stat', 'nobody has heard of this child for weeks');
	await hospital.send('tried-b', { temp: 38.4 });
	await draft('masked', (plan) => setting(plan, 'fever', 'from', { valueDecimal: 39.0 }));
	const report = await hospital.try('masked');
	assert.deepEqual(list(report, 'missed').map(([stay, , level, rule]) => [stay, level, rule]), [[`EpisodeOfCare/${stays.b}`, 'high', 'fever']]);
	await draft('lower', (plan) => setting(plan, 'fever', 'level', { valueCode: 'medium' }));
	const lower = await hospital.try('lower');
	assert.deepEqual(list(lower, 'missed').map(([stay, , level, rule]) => [stay, level, rule]), [[`EpisodeOfCare/${stays.b}`, 'high', 'fever']], 'one that is less urgent is no match');
});

// From here on there are four weeks of silence to play, with ladders that start again each second: the trial takes a while.
test('one trial runs at a time, says how far it is, holds up nothing, and can be stopped', async () => {
	await draft('slow', slow);
	await draft('other');
	const started = await hospital.server.post('PlanDefinition/slow/$try');
	assert.equal(started.status, 202, started.text);
	const where = started.headers.get('content-location');
	assert.match(where, /\/fhir\/PlanDefinition\/slow\/\$try\/[0-9a-f-]{36}$/);
	const path = `/${new URL(where).pathname}`;
	const ask = await hospital.server.get(path);
	assert.deepEqual([ask.status, ask.headers.get('content-location'), /^\d+ %/.test(ask.headers.get('x-progress'))], [202, where, true]);
	assert.ok(Number(ask.headers.get('retry-after')) > 0);
	assert.equal((await hospital.server.get('PlanDefinition/slow/$try')).headers.get('content-location'), where);
	const again = await hospital.server.post('PlanDefinition/slow/$try');
	assert.deepEqual([again.status, again.headers.get('content-location')], [202, where], 'asked for twice it is one trial');
	const busy = await hospital.server.post('PlanDefinition/other/$try');
	assert.deepEqual([busy.status, /one runs/.test(said(busy)), Number(busy.headers.get('retry-after')) > 0], [503, true, true]);
	await hospital.send('tried-c', { ...WELL, temp: 39.9 });
	assert.equal((await hospital.server.get(path)).status, 202, 'a reading is judged while it runs');
	assert.equal((await hospital.server.delete(path)).status, 202);
	const stopped = await until(async () => {
		const answer = await hospital.server.get(path);
		return answer.status === 202 ? undefined : answer;
	}, 'its end');
	assert.deepEqual([stopped.status, /was stopped/.test(said(stopped))], [404, true], stopped.text);
	assert.match(said(await sign('slow', 'consultant')), /has not been tried/);
});

test('a server that is killed in the middle forgets the trial plainly; what was tried before stays', async () => {
	await draft('killed', slow);
	const started = await hospital.server.post('PlanDefinition/killed/$try');
	const path = `/${new URL(started.headers.get('content-location')).pathname}`;
	assert.equal((await hospital.server.get(path)).status, 202);
	const kept = await hospital.list(`MeasureReport?measure=${MEASURE}|1`);
	await hospital.crash(5);
	const gone = await hospital.server.get(path);
	assert.deepEqual([gone.status, /ended with the server.*Try the policy again/.test(said(gone))], [404, true], gone.text);
	assert.deepEqual((await hospital.list(`MeasureReport?measure=${MEASURE}|1`)).map((one) => one.id).sort(), kept.map((one) => one.id).sort());
	assert.match(said(await sign('killed', 'consultant')), /has not been tried/);
	const done = kept.at(-1);
	const answered = await hospital.server.get(`PlanDefinition/${part(done, 'draft').reference.split('/')[1]}/$try/${done.id}`);
	assert.deepEqual([answered.status, answered.json.entry[0].resource], [200, done], 'one that was done is still answered');
});

test('a server that is told to end does not wait for a trial', async () => {
	const started = await hospital.server.post('PlanDefinition/killed/$try');
	assert.equal(started.status, 202, started.text);
	const now = await hospital.now();
	assert.deepEqual(await hospital.server.stop({ keep: true }), { code: 0, signal: null });
	await hospital.serve(later(now, 5));
	assert.match(said(await sign('killed', 'consultant')), /has not been tried/);
});
