// SPDX-License-Identifier: Apache-2.0
// Whole wards for simulated weeks beside an inspector that shares no rule with them; and that inspector put to the test: every defect
// that is put in on purpose must be found. The long run is tests/simulate/long_run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '../kill/server.mjs';

const figure = (text, pattern) => Number(text.match(pattern)[1]);
const play = (words) => command(['simulate', 'wards', '--threads', '2', ...words]);

test('two wards through the change of the clocks, in spring and in autumn: no alert lost, late or doubled', async () => {
	const done = await play(['--wards', '2', '--days', '22', '--patients', '6', '--seed', '7']);
	assert.equal(done.code, 0, done.text);
	assert.match(done.text, /^violations: 0$/m);
	assert.ok(figure(done.text, /alerts (\d+),/) > 300, done.text);
	assert.ok(figure(done.text, /crashes (\d+) /) > 10, done.text);
	assert.ok(figure(done.text, /states compared (\d+)/) > 40, done.text);
	// What never happens proves nothing.
	const row = (name) => done.text.match(new RegExp(`^${name}: (.*)$`, 'm'))[1].split(', ').map((one) => Number(one.match(/\d+$/)[0]));
	for (const name of ['snoozes', 'handovers', 'devices', 'signs of life', 'pages out of the house', 'moves', 'deaths', 'merges'])
		assert.ok(row(name).every((count) => count > 0), `${name}: ${done.text}`);
	// Hours that begin while the server is away are rare in so few days: tests/ward/hours_test.c restarts at every point.
	const [waited, called, , ...rest] = row('office hours');
	assert.ok([waited, called, ...rest].every((count) => count > 0), `office hours: ${done.text}`);
});

test('over the real store and the runner of the server: no alert lost, late or doubled, and verify agrees', async () => {
	const done = await play(['--wards', '2', '--days', '6', '--patients', '4', '--seed', '4', '--store']);
	assert.equal(done.code, 0, done.text);
	assert.match(done.text, /real store/);
	assert.match(done.text, /^violations: 0$/m);
	assert.ok(figure(done.text, /crashes (\d+) /) > 2, done.text);
});

test('the same seed plays the same wards byte for byte, on one thread or two; another seed others', async () => {
	const words = ['--wards', '3', '--days', '5', '--patients', '4'];
	const digest = (done) => done.text.match(/^digest: ([0-9a-f]{16})$/m)[1];
	const first = digest(await play([...words, '--seed', '5']));
	assert.equal(digest(await command(['simulate', 'wards', '--threads', '1', ...words, '--seed', '5'])), first);
	assert.notEqual(digest(await play([...words, '--seed', '6'])), first);
});

// Without the core that never restarts beside it: the rules alone must notice.
const defects = [
	['drop-event', /the set of|missing/],
	['forget-timer', /does not fire|it must be|a deadline passed/],
	['double-alert', /doubled/],
	['lose-page', /nobody paged/],
	['skip-tail', /it must be|missing|open again|the set of|extra/],
	['missing-as-normal', /the set of/],
	['close-early', /closed without a person or a rule/],
	['cursor-first', /the set of|missing|it must be/],
	['deaf-to-nurses', /it must be|closed without/],
	['snooze-past-shift', /must be .*snoozed|snoozed.*must be/],
	['deaf-to-acceptance', /must be of|nothing asked for|alert of a handover/],
	['any-device', /no alert equipment|the set of|nothing says why/],
	['deaf-to-heartbeats', /silent .* nothing asked for|no device asks for it|Equipment silent/],
	['blind-to-batteries', /no alert battery/],
	['night-desk', /stands at technical.* must be technical/],
	['no-next-way', /no receipt came, and no voice went|a rung was reached, and no voice went/],
	['deaf-to-moves', /nothing asked for|must be of|nobody paged|was not told|no alert moved/],
	['deaf-to-death', /no alert deceased|somebody who has died/],
	['deaf-to-merges', /no alert merged|the set of/],
	['wall-time', /a score of a set that nobody sent|the set of/],
];
for (const [defect, said] of defects) {
	test(`a ward with the defect ${defect} is found out`, async () => {
		const done = await play(['--wards', '2', '--days', '25', '--patients', '6', '--seed', '1', '--unbroken', '0', '--sabotage', defect]);
		assert.equal(done.code, 1, done.text);
		assert.match(done.text, said);
		assert.match(done.text, /repeat: --seed 1 --first \d+ --wards 1/);
	});
}

test('a start that skips what came after the checkpoint is not the run that never stopped', async () => {
	const done = await play(['--wards', '1', '--days', '10', '--patients', '4', '--seed', '2', '--sabotage', 'skip-tail']);
	assert.equal(done.code, 1, done.text);
	assert.match(done.text, /the state is not that of a run without a restart|it must be|open again/);
});

test('wrong words', async () => {
	assert.equal((await command(['simulate', 'wards', '--wards', '0'])).code, 2);
	assert.equal((await command(['simulate', 'wards', '--sabotage', 'anything'])).code, 2);
	assert.equal((await command(['simulate', 'wards', '--help'])).code, 0);
});
