// SPDX-License-Identifier: Apache-2.0
// A stay that ends over what nobody has answered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parameters } from './care.mjs';
import { Hospital } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T09:00:00Z' }); });
after(() => hospital?.close());

const by = { valueReference: { reference: 'PractitionerRole/children-nurse' } };
const discharge = (episode, destination) => hospital.server.post(`EpisodeOfCare/${episode}/$discharge`, parameters({
	by, reason: { valueString: 'Leaves' }, destination: { valueCode: destination },
}));

test('a fever that nobody has answered goes along to the other ward', async () => {
	const episode = await hospital.bed('leaving-ward');
	await hospital.send('leaving-ward', { temp: 39.9 });
	const answer = await discharge(episode, 'other-ward');
	if (answer.status === 409)
		return;
	await hospital.server.post('EpisodeOfCare/$admit', parameters({
		patient: { valueReference: { reference: 'Patient/leaving-ward' } }, ward: { valueReference: { reference: 'Organization/marker' } },
	}));
	await hospital.settle();
	assert.notDeepEqual((await hospital.open('leaving-ward')).map((task) => task.description), []);
});

test('nobody is discharged home over a worry that nobody has answered', async () => {
	const episode = await hospital.bed('leaving-worried');
	await hospital.send('leaving-worried', { worried: true });
	const answer = await discharge(episode, 'home');
	await hospital.settle();
	assert.equal(answer.status, 409, `the worry is ${(await hospital.alert('leaving-worried', 'concern')).status}`);
});

test('no destination lets go of what nobody has answered', async () => {
	const episode = await hospital.bed('leaving-anywhere');
	await hospital.send('leaving-anywhere', { temp: 39.9 });
	for (const destination of ['home', 'hospital', 'hospice', 'other-ward', 'died'])
		assert.equal((await discharge(episode, destination)).status, 409, destination);
	await hospital.acknowledge(await hospital.alert('leaving-anywhere', 'fever'));
	assert.equal((await discharge(episode, 'hospital')).status, 200);
});
