// SPDX-License-Identifier: Apache-2.0
// A policy's trial is a process of its own: it says what the same program says beside the server, and however it ends,
// the server goes on, calls people, and says plainly what became of the trial.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../api/server.mjs';
import { tryPolicy, until } from './care.mjs';
import { HOUR, Hospital, WELL } from './hospital.mjs';

const DAY = 24 * HOUR;
let hospital, shipped;
const draft = (id, change = (plan) => plan) => hospital.put(change({ ...structuredClone(shipped), id, version: id, status: 'draft' }));
const setting = (plan, action, name, value) => {
	for (const one of plan.action.filter((each) => action.test(each.id))) {
		const part = one.extension.find((each) => each.extension?.[0]?.valueCode === name);
		part.extension[1] = { url: 'value', ...value };
	}
	return plan;
};
/* A draft whose ladders start again each second: weeks of silence take a while. */
const slow = (plan) => setting(plan, /^ladder-(high|medium|emergency)/, 'repeat', { valueDuration: { value: 1, unit: 's', system: 'http://unitsofmeasure.org', code: 's' } });
const figure = (report, code) => report.group.find((one) => one.code.coding[0].code === code);

// Processes of trials that the server has: [{ pid, state, nice }].
const trials = () => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
	try {
		const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
		const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
		return Number(fields[1]) === hospital.server.child.pid && words[2] === 'trial' ? [{ pid: Number(pid), nice: Number(fields[16]) }] : [];
	} catch {
		return [];
	}
});
const sanitized = () => /libasan|libtsan|asan/.test(fs.readFileSync(`/proc/${hospital.server.child.pid}/maps`, 'utf8'));
const start = async (id) => {
	const started = await hospital.server.post(`PlanDefinition/${id}/$try`);
	assert.equal(started.status, 202, started.text);
	return `/${new URL(started.headers.get('content-location')).pathname}`;
};
const outcome = (where) => until(async () => {
	const answer = await hospital.server.get(where);
	return answer.status === 202 ? undefined : answer;
}, 'the end of the trial');
const why = (answer) => answer.json.entry[0].response.outcome.issue[0].diagnostics;
const process_ = () => until(() => trials()[0], 'the process of the trial');
const calls = async (who, temp) => {
	await hospital.send(who, { ...WELL, temp });
	assert.ok(['requested', 'received'].includes((await hospital.alert(who, 'fever')).status));
};

before(async () => {
	hospital = await Hospital.open({ start: '2026-06-01T09:00:00Z' });
	const { meta, extension, ...plan } = await hospital.get('PlanDefinition/childrens-cancer-1');
	shipped = plan;
	for (const id of ['a', 'b', 'c'])
		await hospital.bed(`alone-${id}`);
	await hospital.advance(HOUR);
	await hospital.send('alone-a', { ...WELL, temp: 38.2 });
	await hospital.advance(DAY);
});
after(() => hospital?.close());

test('it says what the program says on the same history in the foreground', async () => {
	await draft('same', (plan) => setting(plan, /^fever$/, 'from', { valueDecimal: 39.0 }));
	const report = await hospital.try('same');
	const { meta, ...plan } = await hospital.get('PlanDefinition/same');
	const file = path.join(hospital.folder, 'same.json');
	fs.writeFileSync(file, JSON.stringify(plan));
	const beside = run(['ward', 'simulate-policy', '--data', path.join(hospital.folder, 'record'), '--policy', file, '--json']);
	assert.equal(beside.status, 0, beside.stderr);
	const said = JSON.parse(beside.stdout);
	const count = (code) => figure(report, code).population[0].count;
	assert.ok(count('trial-before') > 0 && count('trial-missed') > 0);
	const sum = (side) => said.alerts.reduce((all, one) => all + one[side], 0);
	assert.deepEqual([sum('before'), sum('after'), said.missed.length, said.added.length],
		['trial-before', 'trial-after', 'trial-missed', 'trial-added'].map(count), beside.stdout);
});

// From here on there are weeks of silence to play.
test('a trial that is killed is told plainly, and the server goes on', async () => {
	await hospital.advance(28 * DAY);
	await draft('killed', slow);
	const where = await start('killed');
	const { pid } = await until(() => trials().find(({ nice }) => nice === 19), 'a process that gives way to everything');
	process.kill(pid, 'SIGKILL');
	const answer = await outcome(where);
	assert.deepEqual([answer.status, answer.json.entry[0].response.status], [200, '500 Internal Server Error'], answer.text);
	assert.match(why(answer), /ended by signal 9/);
	await calls('alone-a', 39.4);
	await draft('next');
	assert.equal((await tryPolicy(hospital.server, 'next')).json.entry[0].response.status, '200 OK', 'another one may run');
});

test('a fault in it is its own', async () => {
	const where = await start('killed');
	process.kill((await process_()).pid, 'SIGABRT');
	assert.match(why(await outcome(where)), /ended by signal 6/);
	assert.equal(hospital.server.child.exitCode, null);
});

test('one that is stopped has no process any more, and two never run', async () => {
	await draft('next');
	const where = await start('killed');
	await process_();
	assert.equal((await hospital.server.post('PlanDefinition/next/$try')).status, 503);
	assert.equal(trials().length, 1);
	assert.equal((await hospital.server.delete(where)).status, 202);
	assert.equal((await outcome(where)).status, 404);
	await until(() => trials().length === 0, 'its process to end');
});

test('one that stands still holds up neither the server nor its own end', async () => {
	const where = await start('killed');
	const { pid } = await process_();
	process.kill(pid, 'SIGSTOP');
	await calls('alone-b', 39.5);
	assert.equal((await hospital.server.delete(where)).status, 202);
	assert.equal((await outcome(where)).status, 404);
	await until(() => trials().length === 0, 'its process to end');
});

test('it ends with its server', async () => {
	await start('killed');
	const { pid } = await process_();
	await hospital.crash(5);
	await until(() => !fs.existsSync(`/proc/${pid}`), 'its end');
});

test('what needs more memory than it may have says so, and nothing else is touched', async (context) => {
	if (sanitized())
		return context.skip('a sanitizer needs terabytes of addresses');
	hospital.env.HOMEWARD_WARD_TRIAL_MEMORY_MIB = '64';
	await hospital.crash(5);
	const answer = await outcome(await start('killed'));
	assert.equal(answer.json.entry[0].response.status, '500 Internal Server Error', answer.text);
	assert.match(why(answer), /more memory than it may have \(64 MiB, setting ward\.trial_memory_mib\)/);
	await calls('alone-c', 39.6);
});

test('nobody else starts it', () => {
	const alone = run(['ward', 'trial']);
	assert.deepEqual([alone.status, /a server starts this by itself/.test(alone.stderr)], [2, true]);
	const empty = run(['ward', 'trial', '--data', hospital.folder, '--memory', '1024'], { input: '' });
	assert.equal(empty.status, 1);
});
