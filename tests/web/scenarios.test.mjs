/* SPDX-License-Identifier: Apache-2.0
 * What of the ward's scenarios (ward.md section 5) only a person at a screen can see, on a real server in real Chromium:
 * S3, S12 and S25 on the family's page, S30 in the chart and on paper, S43 on the board. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HW, Hospital, MIN, WELL } from '../ward/hospital.mjs';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';

const options = { skip: haveChromium ? false : 'Chromium is not installed', timeout: 90_000 };
let hospital, browser;

before(async () => {
	if (options.skip)
		return;
	hospital = await Hospital.open({ start: '2026-10-24T22:30:00Z' }); /* 23:30 BST, in the night in which the clocks go back */
	browser = await openBrowser();
});
after(async () => {
	await browser?.close();
	await hospital?.close();
});

async function open(path) {
	const page = await browser.context.newPage();
	page.complaints = watchConsole(page);
	await page.clock.install();
	await page.goto(`${hospital.server.address}/${path}`);
	return page;
}
const rowOf = (page, name) => page.locator('.row', { has: page.locator('.who-button', { hasText: name }) });

test('S3 S12 S25 the family’s page says what to do within a look: call 999, or measure again', options, async () => {
	const told = 'This may be an emergency. Call 999 now. The ward has been told.';
	const cases = {
		'web-s3': [{ rr: 52, hr: 172, sbp: 75, spo2: 91, distress: 'moderate', oxygen: 'NP 0.5 L/min', crt: 3 }, [told]],
		'web-s12': [{ ...WELL, mind: 'P' }, [told]],
		'web-s25': [{ spo2: 0, temp: 52.3 }, ['Please measure again within 5 minutes: SpO2.', 'Please measure again within 5 minutes: Temperature.']],
	};
	for (const [id, [set, expected]] of Object.entries(cases)) {
		await hospital.bed(id);
		await hospital.relative(`${id}-mother`, id);
		const page = await open(`home?patient=${id}`);
		await page.waitForSelector('.heard');
		for (const text of expected)
			assert.equal(await page.getByText(text, { exact: false }).count(), 0, 'nothing of it before');
		await hospital.send(id, set);
		await page.clock.runFor(16_000); /* it looks every fifteen seconds */
		for (const text of expected)
			await page.getByText(text, { exact: false }).first().waitFor();
		if (expected.includes(told))
			await assertAccessible(page, 'the page in an emergency');
		assert.deepEqual(page.complaints, []);
		await page.close();
	}
});

test('S3 the words of an emergency stand above all that came later, until somebody of the ward has answered', options, async () => {
	await hospital.bed('web-urgent');
	await hospital.relative('web-urgent-mother', 'web-urgent');
	await hospital.send('web-urgent', { ...WELL, mind: 'P' });
	for (let i = 0; i < 6; i++) { /* six later messages, each of another sign or time */
		await hospital.advance(MIN);
		await hospital.send('web-urgent', { spo2: 0 });
		await hospital.advance(16 * MIN);
	}
	const page = await open('home?patient=web-urgent');
	await page.locator('p.urgent', { hasText: 'Call 999 now' }).waitFor();
	const box = await page.locator('p.urgent').boundingBox();
	assert.ok(box.y < 300, `on the first screen, at ${box.y}`);
	await hospital.acknowledge(await hospital.alert('web-urgent', 'concern'));
	await page.clock.runFor(16_000);
	await page.locator('p.urgent').waitFor({ state: 'detached' });
	await page.getByText('Call 999 now', { exact: false }).first().waitFor(); /* still among what was said */
	assert.deepEqual(page.complaints, []);
	await page.close();
});

test('S43 what was keyed in from a telephone call has its telephone on the board; what a device sent has none', options, async () => {
	await hospital.bed('web-s43');
	const nurse = { performer: [{ reference: 'PractitionerRole/children-nurse' }], extension: [{ url: `${HW}StructureDefinition/source`, valueCode: 'telephone' }] };
	await hospital.send('web-s43', { spo2: 98 });
	await hospital.send('web-s43', { temp: 38.4 }, nurse);
	const page = await open('?ward=children');
	const row = rowOf(page, 'Synthetic web-s43');
	await row.locator('.alert-high').first().waitFor();
	const mark = row.locator('.value-mark[title="Keyed in from a telephone call"]');
	assert.equal(await mark.count(), 1);
	assert.match(await mark.textContent(), /☎.*by telephone/);
	const cell = row.locator('td, .value').filter({ has: page.locator('.value-mark') });
	assert.match(await cell.first().textContent(), /38\.4/);
	assert.deepEqual(page.complaints, []);
	await page.close();
});

test('S30 the two 01:30s are two in the chart, in the export and on paper', options, async () => {
	await hospital.bed('web-s30');
	await hospital.advanceTo('2026-10-25T00:30:00Z');
	/* as each device would write it: the same time of day, and another offset */
	await hospital.send('web-s30', { temp: 38.6, hr: 133 }, { at: '2026-10-25T01:30:00+01:00' });
	await hospital.advanceTo('2026-10-25T01:30:00Z');
	await hospital.send('web-s30', { temp: 37.1 }, { at: '2026-10-25T01:30:00+00:00' });
	await hospital.advance(MIN);

	const exported = async (query) => (await hospital.list(`Observation?subject=Patient/web-s30&code=8310-5&_sort=date${query}`)).map((one) => [one.effectiveDateTime, one.valueQuantity.value]);
	assert.deepEqual(await exported(''), [['2026-10-25T01:30:00+01:00', 38.6], ['2026-10-25T01:30:00+00:00', 37.1]], 'each with its offset, in the order in which they happened');
	assert.deepEqual(await exported('&date=lt2026-10-25T01:00:00Z'), [['2026-10-25T01:30:00+01:00', 38.6]], 'and a search tells them apart');

	const paper = (await hospital.server.get('//ward/print?ward=children')).text;
	const section = paper.split('<section>').find((one) => one.includes('Synthetic web-s30'));
	assert.match(section, /<b>37\.1<\/b>.*?<br>01:30 GMT/);
	assert.match(section, /<b>133<\/b>.*?<br>01:30 BST/);
	assert.match(section, /38\.6[^<]*at 01:30 BST; now 37\.1 at 01:30 GMT/);

	const page = await open('?ward=children');
	await page.locator('.who-button', { hasText: 'Synthetic web-s30' }).click();
	await page.waitForSelector('.chart canvas');
	await page.locator('.chart-box[aria-label="Temp, last 48 hours: 2 readings, from 37.1 to 38.6, last 37.1"]').waitFor();
	await page.click('text=Show as table');
	const lines = await page.$$eval('.panel-charts tbody tr', (all) => all.map((line) => line.textContent));
	const [gmt, bst] = ['01:30 GMT', '01:30 BST'].map((time) => lines.findIndex((line) => line.includes(time)));
	assert.ok(gmt >= 0 && bst > gmt, `newest first: ${lines}`);
	assert.match(lines[gmt], /37\.1/);
	assert.match(lines[bst], /38\.6/);
	assert.equal(lines.length, 2);
	assert.deepEqual(page.complaints, []);
	await page.close();
});
