// SPDX-License-Identifier: Apache-2.0
// Scenario S52 of the ward reference, section 5, in miniature: stored readings of half a day come in one flood while a
// child has a new fever. Its times are measured by bench/run at full size; here stands what must be true at any speed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hospital, expectAlert, extension, later, until } from './hospital.mjs';

const CHILDREN = 12;
const HOURS = 12;
const EVERY_MINUTES = 15;
const QUIET = { rr: 26, hr: 118, spo2: 98, temp: 36.8 };
const WORSE = { rr: 62, hr: 178, spo2: 84, temp: 36.9 };
const WORSE_HOUR = 5;

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T20:00:00Z' }); });
after(() => hospital?.close());

// One Bundle for each hour of each child, hour by hour, as gateways empty their memory at the same time.
function bundles(start) {
	const found = [];
	for (let hour = 0; hour < HOURS; hour++) {
		for (let child = 0; child < CHILDREN; child++) {
			const entries = [];
			for (let minute = 0; minute < 60; minute += EVERY_MINUTES) {
				const signs = child % 3 === 0 && hour === WORSE_HOUR ? WORSE : QUIET;
				for (const [sign, value] of Object.entries(signs)) {
					entries.push(hospital.observation(`s52-${child}`, sign, sign === 'hr' ? value + minute / EVERY_MINUTES : value, {
						effectiveDateTime: later(start, hour * 3600 + minute * 60), device: { display: `Monitor of ${child}` },
					}));
				}
			}
			found.push({ resourceType: 'Bundle', type: 'transaction', entry: entries.map((resource) => ({ request: { method: 'POST', url: 'Observation' }, resource })) });
		}
	}
	return found;
}

// Four gateways at a time. `turn(number)` is awaited before each Bundle.
async function flood(all, turn = async () => {}) {
	let next = 0;
	await Promise.all([0, 1, 2, 3].map(async () => {
		while (next < all.length) {
			const number = next++;
			await turn(number);
			const answer = await hospital.server.post('', all[number]);
			assert.equal(answer.status, 200, answer.text);
		}
	}));
}

const count = async (query) => (await hospital.get(`${query}&_summary=count`)).total;
const all = async (query) => {
	const found = [];
	for (let page = await hospital.get(`${query}&_count=200`); ; page = await hospital.get(page.link.find((one) => one.relation === 'next').url.replace(/^.*\/fhir\//, ''))) {
		found.push(...(page.entry ?? []).map((entry) => entry.resource));
		if (!page.link?.some((one) => one.relation === 'next'))
			return found;
	}
};
const said = (tasks) => tasks.map((task) => [task.for?.reference, task.code.coding[0].code, extension(task, 'alert-level'), task.description].join(' ')).sort();

test('S52 a new fever is an alert before a flood of stored readings has ended; nothing is lost, nothing is doubled', async () => {
	const end = await hospital.now();
	for (let child = 0; child < CHILDREN; child++)
		await hospital.bed(`s52-${child}`);
	for (let child = 0; child < CHILDREN; child++) { /* admitted in the morning */
		const [episode] = await hospital.list(`EpisodeOfCare?patient=Patient/s52-${child}`);
		await hospital.put({ ...episode, period: { ...episode.period, start: later(end, -(HOURS + 1) * 3600) } });
	}
	await hospital.bed('s52-fever');
	const stored = bundles(later(end, -HOURS * 3600));
	let seen;
	await flood(stored, async (number) => {
		if (number === stored.length / 2)
			seen = hospital.post('s52-fever', { temp: 39.6 }).then(() => until(async () => (await hospital.tasks('s52-fever'))[0], 'the fever'));
		if (number === stored.length - 1) /* the flood does not end before the nurse has been called */
			assert.equal((await seen).status, 'requested');
	});
	await hospital.settle();
	expectAlert(await hospital.alert('s52-fever', 'fever'), { level: 'high' });

	const expected = HOURS * 60 / EVERY_MINUTES * 4;
	for (let child = 0; child < CHILDREN; child++) {
		assert.equal(await count(`Observation?subject=Patient/s52-${child}&code=9279-1,8867-4,2708-6,8310-5`), expected);
		const late = await hospital.tasks(`s52-${child}`, '&code=score');
		assert.equal(late.length, child % 3 === 0 ? 1 : 0, `one alert for what was bad at one hour of ${child}`);
		if (late.length > 0)
			assert.match(late[0].description, /^Received late: PEWS peak \d+ at \d\d:\d\d, now \d+ at \d\d:\d\d$/);
	}
	await until(async () => await count('Observation?subject=Patient/s52-1&code=http://snomed.info/sct|1363261000000104') === HOURS * 60 / EVERY_MINUTES, 'every set has its score');

	const before = said(await all('Task?_sort=_id'));
	await flood(bundles(later(end, -HOURS * 3600)));
	await hospital.settle();
	assert.deepEqual(said(await all('Task?_sort=_id')), before, 'the same readings once more raise nothing');
});
