// SPDX-License-Identifier: Apache-2.0
// What a page shows is whole, or it says that it is not there yet: a part of a board looks like a quiet ward, and a
// family that was just admitted must not read that there is no stay.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(async () => { await hospital?.close(); });

test('a family that was admitted a moment ago reads that it is on the ward, or that it has to wait', async () => {
	for (let i = 0; i < 25; i++) {
		await hospital.bed(`new-${i}`);
		const answer = await hospital.server.get(`//ward/home?patient=new-${i}`);
		assert.ok(answer.status === 503 || (answer.status === 200 && answer.json.stay === 'active'), answer.text);
	}
	assert.equal((await hospital.home('new-24')).stay, 'active');
	assert.equal((await hospital.home('nobody')).stay, 'none');
});

test('a programme of the hospital beside the stay hides nothing from the family', async () => {
	await hospital.put({ resourceType: 'Patient', id: 'both', birthDate: '2023-05-10', name: [{ text: 'Synthetic both' }] });
	await hospital.put({
		resourceType: 'EpisodeOfCare', id: 'a-programme', status: 'active', patient: { reference: 'Patient/both' }, managingOrganization: { reference: 'Organization/children' },
		type: [{ text: 'Leukaemia treatment' }], period: { start: '2026-01-01' },
	});
	assert.equal((await hospital.home('both')).stay, 'none');
	await hospital.bed('both');
	assert.equal((await hospital.home('both')).stay, 'active');
});

test('after a restart the first board has every child on it', async () => {
	const count = 1200;
	for (let i = 0; i < count; i += 40)
		await Promise.all(Array.from({ length: 40 }, (_, j) => hospital.bed(`many-${i + j}`)));
	await hospital.settle();
	const before = (await hospital.board()).rows.length;
	assert.ok(before >= count, `${before}`);
	const now = await hospital.now();
	await hospital.server.stop({ keep: true }); /* it keeps what it knows, and starts from that */
	let first;
	const ask = async () => { first ??= await hospital.server.get('//ward/board?ward=children').then((answer) => answer.status === 200 ? answer.json.rows.length : undefined, () => undefined); };
	const asking = (async () => { while (first === undefined) await ask(); })();
	await hospital.serve(now);
	await asking;
	assert.equal(first, before);
});
