// SPDX-License-Identifier: Apache-2.0
// `homeward verify` over a record that a server has left behind, stopped or killed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { binary, command } from '../kill/server.mjs';
import { startServer } from './server.mjs';
import { putSwitchboard } from './care.mjs';

const HW = 'https://fhir.homeward.example/';
let house;
before(async () => {
	house = await startServer();
	await house.put('Organization/w', {
		resourceType: 'Organization', id: 'w', name: 'Ward',
		type: [{ coding: [{ system: `${HW}CodeSystem/organization-type`, code: 'virtual-ward' }] }],
	});
	await putSwitchboard(house, 'w');
	await house.put('Patient/p', { resourceType: 'Patient', id: 'p', birthDate: '2023-05-10' });
	const admitted = await house.post('EpisodeOfCare/$admit', {
		resourceType: 'Parameters', parameter: [
			{ name: 'patient', valueReference: { reference: 'Patient/p' } },
			{ name: 'ward', valueReference: { reference: 'Organization/w' } },
			{ name: 'policy', valueCanonical: `${HW}PlanDefinition/childrens-cancer|1` },
		],
	});
	assert.equal(admitted.status, 201, JSON.stringify(admitted.body));
	await house.post('Observation', {
		resourceType: 'Observation', status: 'final', subject: { reference: 'Patient/p' },
		code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] }, effectiveDateTime: await house.now(),
		valueQuantity: { value: 38.4, unit: 'Cel', system: 'http://unitsofmeasure.org', code: 'Cel' },
	});
	await house.until(async () => (await house.get('Task?code=fever')).body.entry?.[0]);
});
after(() => house?.stop());

test('a record left by a kill is sound, and so is one left by a stop', async () => {
	for (const signal of ['SIGKILL', 'SIGTERM']) {
		await house.server.end(signal);
		const answer = await command(['verify', '--data', house.server.data]);
		assert.equal(answer.code, 0, answer.text);
		assert.match(answer.text, /^\d+ versions and [1-9]\d* alerts are sound$/m);
		await house.server.start();
	}
});

test('an act that somebody changed in the file is found', async () => {
	await house.server.end('SIGTERM');
	const file = `${house.server.data}/store.sqlite`;
	const sound = await command(['verify', '--data', house.server.data]);
	const [, versions, sealed] = sound.text.match(/^(\d+) versions[^]*seals the versions up to (\d+)$/m);
	assert.equal(Number(versions), Number(sealed) + 1, 'all but the last seal itself');
	const kept = fs.readFileSync(file);
	/* The time of the alert, an hour earlier: every index and every rule still fits. */
	execFileSync('python3', ['-c', `import sqlite3, sys
file = sqlite3.connect(sys.argv[1])
file.execute("UPDATE version SET at_us = at_us - 3600000000 WHERE feed = (SELECT max(feed) FROM version WHERE type = (SELECT number FROM symbol WHERE kind = 1 AND text = CAST('Task' AS BLOB)))")
file.commit()`, file]);
	const answer = await command(['verify', '--data', house.server.data]);
	fs.writeFileSync(file, kept);
	assert.equal(answer.code, 1, answer.text);
	assert.match(answer.text, /The versions \d+ to \d+ of the record are not those that were sealed/);
	assert.equal((await command(['verify', '--data', house.server.data])).code, 0);
	await house.server.start();
});

test('a record with two large photographs one after the other is sound', async () => {
	const data = 'QUJD'.repeat(3_000_000); // nine megabytes each
	for (let i = 0; i < 2; i++) {
		const made = await house.post('Media', { resourceType: 'Media', status: 'completed', subject: { reference: 'Patient/p' }, content: { contentType: 'image/jpeg', data } });
		assert.equal(made.status, 201, JSON.stringify(made.body));
	}
	await house.server.end('SIGTERM');
	const answer = await command(['verify', '--data', house.server.data]);
	assert.equal(answer.code, 0, answer.text);
	await house.server.start();
});

/* The sanitizers' own memory is more than the limit. */
test('what could not be read, for want of memory, is called neither sound nor changed', { skip: binary.includes('asan') }, async () => {
	await house.server.end('SIGTERM');
	const words = `ulimit -v 120000; exec ${binary} verify --data ${house.server.data}`;
	const answer = await command(['-c', words], { program: '/bin/bash' });
	assert.equal(answer.code, 3, answer.text);
	assert.match(answer.text, /could not be read: whether they are those that were sealed is not known/);
	assert.match(answer.text, /no fault was found, but not everything could be read/);
	assert.doesNotMatch(answer.text, /changed, removed or put in|are sound/);
	assert.equal((await command(['verify', '--data', house.server.data])).code, 0);
	await house.server.start();
});

test('a folder without a record is refused with a reason', async () => {
	const answer = await command(['verify', '--data', `${house.server.data}-none`]);
	assert.equal(answer.code, 1);
	assert.ok(answer.text.trim().length > 0);
	assert.equal((await command(['verify', '--nonsense'])).code, 2);
});
