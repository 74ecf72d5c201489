// SPDX-License-Identifier: Apache-2.0
// `homeward score` as another program meets it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

const binary = process.env.HOMEWARD_BINARY ?? 'build/homeward';
const score = (scale, input) => {
	const done = spawnSync(binary, ['score', scale], { input, encoding: 'utf8' });
	assert.equal(done.status, 0, done.stderr);
	return done.stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
};

test('each line is answered by one line, the bad ones too', () => {
	const lines = ['{"heartRate":131}', 'nonsense', '', '{"heartRate":9999}', '{"heartRate":131.0}'];
	const answers = score('news2', lines.join('\n'));
	assert.equal(answers.length, lines.length);
	assert.deepEqual(answers.map((answer) => answer.total ?? typeof answer.error), [3, 'string', 'string', 'string', 3]);
	assert.equal(answers[0].level, 'low-medium');
	assert.deepEqual(answers[0].missing,
		['respiratoryRate', 'systolic', 'spo2', 'temperature', 'consciousness', 'oxygen']);
	assert.deepEqual(answers[0].parts, { heartRate: 3 });
});

test('an error never repeats the value that was sent', () => {
	const [answer] = score('news2', '{"heartRate":98765}\n');
	assert.ok(!answer.error.includes('98765'));
});

test('a line of any length is survived', () => {
	const answers = score('npews', `{"heartRate":${'1'.repeat(200000)}}\n{"spo2":97}\n`);
	assert.equal(answers.length, 2);
	assert.match(answers[0].error, /longer than 64 KiB/);
	assert.match(answers[1].error, /birthDate/);
});

test('a program may ask line by line and wait for each answer', async () => {
	const child = spawn(binary, ['score', 'news2'], { stdio: ['pipe', 'pipe', 'inherit'] });
	const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	for (const [pulse, points] of [[40, 3], [50, 1], [90, 0], [110, 1], [130, 2], [131, 3]]) {
		child.stdin.write(`{"heartRate":${pulse}}\n`);
		const { value } = await answers.next();
		assert.equal(JSON.parse(value).total, points);
	}
	child.stdin.end();
	const code = await new Promise((resolve) => child.on('close', resolve));
	assert.equal(code, 0);
});

test('wrong usage is exit code 2', () => {
	for (const words of [[], ['news3'], ['news2', 'more']])
		assert.equal(spawnSync(binary, ['score', ...words], { input: '' }).status, 2);
});
