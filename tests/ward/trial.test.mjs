// SPDX-License-Identifier: Apache-2.0
// `homeward ward simulate-policy`: a policy tried on the stored history of a ward.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../api/server.mjs';
import { HOUR, Hospital, MIN, WELL } from './hospital.mjs';

let hospital, policy, fever;
const trial = (plan, ...more) => {
	const file = path.join(hospital.folder, 'policy.json');
	fs.writeFileSync(file, JSON.stringify(plan));
	return run(['ward', 'simulate-policy', '--data', path.join(hospital.folder, 'record'), '--policy', file, ...more], { timeout: 60000 });
};
const feverFrom = (value) => {
	const plan = structuredClone(policy);
	plan.action.find((one) => one.id === 'fever').extension.find((one) => one.extension[0].valueCode === 'from').extension[1].valueDecimal = value;
	return plan;
};

before(async () => {
	hospital = await Hospital.open({ start: '2026-06-01T09:00:00Z' });
	const beds = { a: 38.2, b: 39.5, c: 36.8, d: 37.6 };
	const stays = {};
	for (const id of Object.keys(beds))
		stays[id] = await hospital.bed(`trial-${id}`);
	for (const [id, temp] of Object.entries(beds))
		await hospital.send(`trial-${id}`, { ...WELL, temp });
	fever = await hospital.alert('trial-a', 'fever');
	await hospital.advance(2 * MIN);
	await hospital.resolve(fever);
	await hospital.resolve(await hospital.alert('trial-b', 'fever'));
	await hospital.advance(3 * HOUR);
	for (const id of Object.keys(beds))
		await hospital.send(`trial-${id}`, WELL);
	fever.stay = stays.a;
	policy = await hospital.get('PlanDefinition/childrens-cancer-1');
	await hospital.server.stop({ keep: true });
});
after(() => hospital?.close());

test('the same policy again misses nothing and adds nothing', () => {
	const answer = trial(policy, '--ward', 'children', '--json');
	assert.equal(answer.status, 0, answer.stderr);
	const report = JSON.parse(answer.stdout);
	assert.deepEqual([report.missed, report.added], [[], []]);
	assert.ok(report.patientDays > 0.4 && report.patientDays < 0.6, String(report.patientDays));
	assert.deepEqual(report.alerts.filter((one) => one.before !== one.after), []);
	assert.deepEqual(report.alerts.filter((one) => one.rule === 'fever').map((one) => [one.level, one.before, one.after]), [['high', 2, 2]]);
});

test('what a higher limit would have missed is named by stay and time, and by no name', () => {
	const answer = trial(feverFrom(39.0), '--ward', 'children', '--json');
	assert.equal(answer.status, 0, answer.stderr);
	const report = JSON.parse(answer.stdout);
	assert.deepEqual(report.missed, [{ stay: fever.stay, at: fever.authoredOn, level: 'high', rule: 'fever' }]);
	assert.deepEqual(report.alerts.filter((one) => one.rule === 'fever').map((one) => [one.before, one.after]), [[2, 1]]);
	assert.ok(!answer.stdout.includes('Synthetic'));
	const words = trial(feverFrom(39.0));
	assert.match(words.stdout, new RegExp(`missed by the new one:\\n {2}${fever.stay} {2}${fever.authoredOn}`));
});

test('what a lower limit would have added is named too', () => {
	const report = JSON.parse(trial(feverFrom(37.5), '--json').stdout);
	assert.deepEqual([report.missed.length, report.added.length], [0, 1]);
	assert.equal(JSON.parse(trial(feverFrom(37.5), '--json', '--to', '2026-06-01T08:00:00Z').stdout).alerts.length, 0);
});

test('wrong words are 2, a policy that cannot be used is 1 with every reason', () => {
	assert.equal(run(['ward']).status, 2);
	assert.equal(trial(policy, '--within', 'soon').status, 2);
	const broken = structuredClone(policy);
	broken.action.find((one) => one.id === 'fever').extension.length = 0;
	const refused = trial(broken);
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /fever\.from/);
});
