// SPDX-License-Identifier: Apache-2.0
// What whoever runs the server at night reads: the wards in numbers at /metrics, and the rules that name them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../api/server.mjs';
import { freePort } from '../kill/server.mjs';
import { HW, Hospital, MIN, until } from './hospital.mjs';

let hospital;
before(async () => {
	hospital = await Hospital.open({ start: '2026-01-05T10:00:00Z', env: { HOMEWARD_WARD_WEBHOOK_URL: `http://127.0.0.1:${await freePort()}/nobody` } });
});
after(async () => { await hospital.close(); });

async function figures() {
	const found = new Map();
	for (const line of (await hospital.server.get('//metrics')).text.split('\n')) {
		const sample = /^homeward_(\w+(?:\{[^}]*\})?) (-?[\d.]+)$/.exec(line);
		if (sample)
			found.set(sample[1], Number(sample[2]));
	}
	return found;
}
// The ward's thread puts its figures down once a second.
const becomes = (name, value) => until(async () => {
	const found = (await figures()).get(name);
	return (typeof value === 'function' ? value(found) : found === value) ? true : undefined;
}, `${name} ${value}`);

test('an alert is counted by level and state, its age grows, and it is overdue when its time is out', async () => {
	await hospital.bed('ada');
	await hospital.send('ada', { worried: true });
	const alert = await hospital.alert('ada', 'concern');
	const level = alert.extension.find((one) => one.url.endsWith('/alert-level')).valueCode;
	const state = alert.status;
	await becomes(`alerts_open{level="${level}",state="${state}"}`, 1);
	assert.equal((await figures()).get(`alerts_overdue{level="${level}"}`), 0);
	await hospital.advance(60 * MIN);
	await becomes(`alerts_overdue{level="${level}"}`, 1);
	await becomes(`alerts_unanswered_age_seconds{level="${level}"}`, (age) => age >= 3600 && age < 3700);
	assert.equal((await hospital.acknowledge(await hospital.alert('ada', 'concern'))).status, 200);
	await becomes(`alerts_open{level="${level}",state="accepted"}`, 1);
	await becomes(`alerts_overdue{level="${level}"}`, 0);
	await becomes(`alerts_unanswered_age_seconds{level="${level}"}`, 0);
	await hospital.resolve(await hospital.alert('ada', 'concern'));
	await becomes(`alerts_open{level="${level}",state="accepted"}`, 0);
});

test('pages that no sender could hand over are owed, with the age of the oldest, and are no longer once they are stopped', async () => {
	await hospital.bed('ben');
	await hospital.send('ben', { worried: true });
	const owed = async () => (await hospital.list(`Communication?medium=${HW}CodeSystem/channel|webhook&status=preparation`)).length;
	await becomes('pages_owed{channel="webhook"}', (count) => count > 0);
	await becomes('pages_owed{channel="webhook"}', await owed());
	await hospital.advance(5 * MIN);
	await becomes('pages_owed_age_seconds{channel="webhook"}', (age) => age >= 300);
	const before = await owed();
	await hospital.resolve(await hospital.alert('ben', 'concern'));
	assert.ok(await owed() < before);
	await becomes('pages_owed{channel="webhook"}', await owed());
});

test('stays, and wards with patients and no clinician on shift, are counted', async () => {
	const before = await figures();
	await hospital.ward('empty', `${HW}PlanDefinition/childrens-cancer`, ['switchboard']);
	await hospital.bed('cas', { ward: 'empty' });
	await becomes('stays{status="active"}', before.get('stays{status="active"}') + 1);
	await becomes('wards', before.get('wards') + 1);
	await becomes('wards_unstaffed', before.get('wards_unstaffed') + 1);
	await hospital.put({
		resourceType: 'PractitionerRole', id: 'empty-nurse', active: true, organization: { reference: 'Organization/empty' },
		code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code: 'nurse' }] }],
	});
	await becomes('wards_unstaffed', before.get('wards_unstaffed'));
});

test('the engine is level with the feed, goes round, and no self-test is known', async () => {
	await hospital.settle();
	await becomes('ward_unread_versions', 0);
	const now = await figures();
	assert.equal(now.get('ward_ready'), 1);
	assert.equal(now.get('ward_unread_age_seconds'), 0);
	assert.ok(now.get('ward_turn_age_seconds') < 10);
	assert.equal(now.get('ward_write_failed'), 0);
	assert.equal(now.get('self_test_last_timestamp_seconds'), 0);
	assert.equal(now.get('watcher_missing'), 0);
});

test('every metric has one HELP and one TYPE before its samples, and no label says anything of a person or a ward', async () => {
	const { text } = await hospital.server.get('//metrics');
	const known = new Map();
	for (const line of text.trim().split('\n')) {
		const head = /^# TYPE (\S+) (\w+)$/.exec(line);
		if (head) {
			assert.ok(!known.has(head[1]), line);
			known.set(head[1], head[2]);
		} else if (!line.startsWith('#')) {
			const name = /^(\w+?)(_bucket|_sum|_count)?[{ ]/.exec(line);
			assert.ok(known.has(name[1]) || known.has(name[1] + (name[2] ?? '')), line);
		}
	}
	for (const word of ['ada', 'ben', 'cas', 'children', 'Synthetic'])
		assert.ok(!new RegExp(`"[^"]*\\b${word}\\b[^"]*"`).test(text), word);
});

test('every metric that the example of alert rules names is one that the server gives', async () => {
	const rules = fs.readFileSync(path.join(root, 'docs/examples/alerts.yml'), 'utf8');
	const { text } = await hospital.server.get('//metrics');
	const expressions = [...rules.matchAll(/^\s+expr: (.*)$/gm)].map((one) => one[1]);
	assert.ok(expressions.length >= 15);
	for (const expression of expressions) {
		const names = [...expression.matchAll(/homeward_\w+/g)].map((one) => one[0]);
		assert.ok(names.length > 0, expression);
		for (const name of names)
			assert.match(text, new RegExp(`^${name}[{ ]`, 'm'), expression);
		for (const [, label, value] of expression.matchAll(/(\w+)="(\w+)"/g))
			assert.ok(label === 'class' || text.includes(`${label}="${value}"`), expression);
	}
});
