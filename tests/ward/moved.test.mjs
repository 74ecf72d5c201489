// SPDX-License-Identifier: Apache-2.0
// A patient whose stay is given to another ward with an open alert.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { CHILD, Hospital, MIN, extension } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

test('the new ward is called about what is open when a stay moves', async () => {
	await hospital.ward('second', CHILD);
	for (const answered of [false, true]) {
		const id = `moved-${answered}`;
		const episode = await hospital.bed(id);
		await hospital.send(id, { temp: 39.9 });
		if (answered)
			await hospital.acknowledge(await hospital.alert(id, 'fever'));
		const stay = await hospital.get(`EpisodeOfCare/${episode}`);
		await hospital.put({ ...stay, managingOrganization: { reference: 'Organization/second' } });
		await hospital.settle();
		assert.equal(await hospital.row(episode, 'children'), undefined, 'it has left the old board');
		const fever = await hospital.alert(id, 'fever');
		assert.notEqual(fever.status, 'accepted', 'what the old ward answered counts no more');
		assert.match(fever.note.at(-1).text, answered ? /called anew there\. The acknowledgement counts no more/ : /called anew there/);
		const said = (await hospital.list('Task?code=moved')).map((task) => [task.for?.reference, task.description]);
		assert.ok(said.some(([whose, text]) => whose === `Patient/${id}` && /Has come from .* with 1 open alert$/.test(text)), JSON.stringify(said));
		assert.ok(said.some(([whose, text]) => whose === undefined && /^A patient has gone to .* with 1 open alert$/.test(text)), JSON.stringify(said));
		const pages = await hospital.pages(await hospital.alert(id, 'fever'));
		assert.ok(pages.some((page) => page.recipient[0].reference === 'PractitionerRole/second-nurse'),
			`answered before: ${answered}; paged: ${pages.map((page) => page.recipient[0].reference)}`);
	}
});

test('a snooze of the old ward ends with the move: the new ward is called at once, and the old snooze counts towards nothing', async () => {
	await hospital.ward('third', CHILD);
	const episode = await hospital.bed('moved-snoozed');
	await hospital.send('moved-snoozed', { rr: 44, hr: 152, spo2: 94, sbp: 95, distress: 'mild', crt: 2 });
	const snooze = (ward) => async () => hospital.server.post(`Task/${(await hospital.alert('moved-snoozed', 'score')).id}/$snooze`, parameters({
		by: { valueReference: { reference: `PractitionerRole/${ward}-nurse` } }, reason: { valueString: 'Asleep' }, minutes: { valueInteger: 20 } }));
	const silent = await snooze('children')();
	assert.equal(silent.status, 200, silent.text);
	await hospital.settle();
	const before = extension(await hospital.alert('moved-snoozed', 'score'), 'snooze');
	const stay = await hospital.get(`EpisodeOfCare/${episode}`);
	await hospital.advance(MIN);
	await hospital.put({ ...stay, managingOrganization: { reference: 'Organization/third' } });
	await hospital.settle();
	const score = await hospital.alert('moved-snoozed', 'score');
	assert.equal(score.status, 'requested');
	assert.equal(score.extension.find((one) => one.url.endsWith('/snooze')), undefined, `it was ${JSON.stringify(before)}`);
	assert.match(score.note.at(-1).text, /called anew there\. Its snooze has ended/);
	assert.equal(score.owner.reference, 'PractitionerRole/third-nurse');
	assert.ok((await hospital.pages(score)).some((page) => page.recipient[0].reference === 'PractitionerRole/third-nurse'));
	const again = await snooze('third')();
	assert.equal(again.status, 200, `the first of this ward in a row: ${again.text}`);
});
