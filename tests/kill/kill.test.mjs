// SPDX-License-Identifier: Apache-2.0
// The short form of the kill test (the long one: tests/kill/run --kills 200): the real server, real files, SIGKILL at
// random moments. HOMEWARD_KILLS and HOMEWARD_SEED change its length and its choices.
import assert from 'node:assert';
import { before, test } from 'node:test';
import { campaign } from './campaign.mjs';

const kills = Number(process.env.HOMEWARD_KILLS ?? 10);
const seed = Number(process.env.HOMEWARD_SEED ?? Date.now() % 1000000007);
let report;

before(async () => {
	report = await campaign({ kills, seed, say: (line) => console.log(`# ${line}`) });
	console.log(`# ${JSON.stringify(report.figures)}`);
});

function none(...kinds) {
	const found = report.problems.filter((problem) => kinds.includes(problem.kind));
	assert.deepStrictEqual(found.slice(0, 10), [], `seed ${seed}, data in ${report.folder}`);
}

test('the load was real: many writes were acknowledged and kills met writes in flight', () => {
	assert.equal(report.figures.kills, kills);
	assert.ok(report.figures.acknowledgedWrites > 10 * kills, JSON.stringify(report.figures));
	assert.ok(report.figures.acknowledgedTransactions > 0);
	assert.ok(report.figures.inFlightLanded + report.figures.inFlightNot > 0);
	assert.ok(report.figures.alerts > 0);
});
test('every acknowledged write is there after each kill, with the acknowledged version', () => none('lost', 'version'));
test('no write is half there: a transaction is there whole or not at all', () => none('half'));
test('no create is there twice', () => none('doubled'));
test('no planted alert is lost after a kill', () => none('alert lost or wrong'));
test('no alert is there twice after a kill', () => none('alert doubled'));
test('homeward verify finds nothing, and the alerts equal those of an unbroken run', () => none('verify'));
test('the server answers and stops as it should between kills', () => none('answer', 'stop'));
