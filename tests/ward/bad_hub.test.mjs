// SPDX-License-Identifier: Apache-2.0
// One hub out of order sends streams of the largest size and the strangest times without end. A child of another home
// has a fever meanwhile: it is called long before the hub is done, however fast or slow the machine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, later, quantity } from './hospital.mjs';

const HUB_STREAMS = 200;
const SAMPLES = 5900;
const DAY = 24 * 3600;

let hospital;
before(async () => {
	hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' });
	await hospital.bed('hub-child');
	await hospital.bed('other-child');
	await hospital.advance(3 * DAY);
});
after(() => hospital?.close());

const data = (value) => Array.from({ length: SAMPLES }, (_, at) => value(at)).join(' ');
const shapes = [
	{ start: -2 * DAY, period: 30000, data: data((at) => (at % 9 === 0 ? 55 : 97)) }, // two days at once
	{ start: 3600, period: 30000, data: data((at) => 90 + at % 9) }, // on a clock an hour ahead, days into what is to come
	{ start: -10, period: 1, data: data((at) => 95 + at % 3) },
	{ start: -2 * DAY, period: 15000, data: data((at) => (at % 5 === 0 ? 0 : 'E')) }, // no finger in it
];
function stream(number, now) {
	const { start, period, data: samples } = shapes[number % shapes.length];
	const one = hospital.observation('hub-child', 'spo2', 98, { device: { reference: 'Device/hub' } });
	delete one.valueQuantity;
	delete one.effectiveDateTime;
	return {
		...one,
		effectivePeriod: { start: later(now, start + number) },
		valueSampledData: { origin: quantity(0, '%'), period, dimensions: 1, data: samples },
	};
}

test('a fever of another home is called before a hub out of order is done', async () => {
	const now = await hospital.now();
	const fever = hospital.observation('other-child', 'temp', 39.4, { effectiveDateTime: now });
	await hospital.put({ resourceType: 'Device', id: 'hub', patient: { reference: 'Patient/hub-child' } });
	let sent = 0, called;
	for (; sent < HUB_STREAMS && called === undefined; sent++) {
		const answer = await hospital.server.post('Observation', stream(sent, now));
		assert.equal(answer.status, 201, answer.text);
		if (sent === 20)
			assert.equal((await hospital.server.post('Observation', fever)).status, 201);
		if (sent > 20 && sent % 5 === 0)
			[called] = (await hospital.list('Task?code=https://fhir.homeward.example/CodeSystem/ward-rule|fever'));
	}
	assert.ok(called, `nobody was called while the hub sent ${sent} streams`);
	assert.equal(called.priority, 'asap');
});
