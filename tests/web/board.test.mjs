/* SPDX-License-Identifier: Apache-2.0
 * The whole way: readings posted as FHIR to the real program, seen and answered in real Chromium. One server, one
 * page, in the order of a shift. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { binary } from '../kill/server.mjs';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { PEWS_16, startWard, WELL } from './ward.mjs';

const skip = !haveChromium ? 'Chromium is not installed' : !existsSync(binary) ? `${binary} is not built` : false;
const options = { skip, timeout: 60_000 };
const SCREENSHOTS = process.env.HOMEWARD_SCREENSHOTS; /* a folder: keeps a picture of each state */
let ward, browser, page, complaints;

const rowOf = (name) => page.locator('.row', { has: page.locator('.who-button', { hasText: name }) });
async function shoot(name) {
	if (SCREENSHOTS)
		await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
}
/* Polls until `probe` answers something true. */
async function until(probe, what) {
	for (const end = Date.now() + 15_000; Date.now() < end;) {
		const found = await probe();
		if (found)
			return found;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error(`never came: ${what}`);
}

before(async () => {
	if (skip)
		return;
	ward = await startWard();
	await ward.prepare();
	await ward.admit('calm', 'Nora', 'Quinn', 3);
	await ward.admit('fever', 'Billy', 'Thornton', 3);
	await ward.admit('worse', 'Amara', 'Okafor', 3);
	for (const [hours, heart] of [[46, 118], [42, 121], [38, 124], [26, 130], [22, 128], [18, 131], [14, 129], [10, 133], [6, 136]])
		await ward.observe('worse', { ...WELL, heartRate: heart, temperature: 36.6 + heart / 300 }, hours * 60);
	for (const child of ['calm', 'fever', 'worse'])
		await ward.observe(child, WELL, 30);
	browser = await openBrowser();
	page = await browser.context.newPage();
	complaints = watchConsole(page);
	await page.clock.install();
	await page.goto(`${ward.url}/`);
	await page.waitForSelector('.row');
	await page.evaluate(() => { window.neverReloaded = true; });
});
after(async () => {
	await browser?.close();
	await ward?.stop();
});

test('the only ward opens by itself, with every child, and says that it is a development server', options, async () => {
	assert.match(page.url(), /\?ward=rainbow$/);
	await until(async () => await page.locator('.row').count() === 3, 'three rows');
	assert.match(await page.textContent('.ribbon'), /Development mode/);
	assert.match(await page.textContent('.live'), /Live, last update \d\d:\d\d:\d\d/);
	await assertAccessible(page, 'real board');
	await shoot('1_board');
});

test('a posted PEWS 16 is on the board as Emergency within a second, without a reload', options, async (t) => {
	const times = [];
	for (let round = 0; round < 3 && (times.length === 0 || Math.min(...times) >= 1000); round++) {
		const child = round === 0 ? 'worse' : `worse${round}`, name = round === 0 ? 'Amara Okafor' : `Again${round} Okafor`;
		if (round > 0) {
			await ward.admit(child, `Again${round}`, 'Okafor', 3);
			await until(async () => await rowOf(name).count() === 1, name);
		}
		const begin = performance.now();
		await ward.observe(child, PEWS_16);
		await rowOf(name).locator('.alert-waiting.alert-emergency').first().waitFor({ timeout: 15_000 });
		times.push(performance.now() - begin);
		assert.match(await rowOf(name).locator('.score').textContent(), /16.*PEWS.*Emergency|PEWS.*16.*Emergency|16PEWSEmergency/);
	}
	t.diagnostic(`posted to shown: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
	assert.ok(Math.min(...times) < 1000, `${times} ms`);
	assert.match(await page.locator('.row').first().textContent(), /Okafor/, 'the most urgent stands first');
	assert.match(await page.title(), /EMERGENCY/);
	assert.equal(await page.evaluate(() => window.neverReloaded), true);
	await assertAccessible(page, 'real emergency');
	await shoot('2_emergency');
});

test('a fever of 38.0 on PEWS 0 is a High alert', options, async () => {
	await ward.observe('fever', { ...WELL, temperature: 38.0 });
	const row = rowOf('Billy Thornton');
	await row.locator('.alert-waiting.alert-high').first().waitFor({ timeout: 15_000 });
	assert.equal(await row.locator('.score-number').textContent(), '0');
	assert.match(await row.locator('.alerts').textContent(), /High.*38/);
	assert.equal(await rowOf('Nora Quinn').locator('.alert').count(), 0, 'a well child has no alert');
});

test('acknowledged with a plan by keyboard alone; the record holds who, what and when to look again', options, async () => {
	await page.keyboard.press('/');
	await page.keyboard.type('billy');
	await page.keyboard.press('Tab');
	while (!await page.evaluate(() => document.activeElement?.dataset?.row))
		await page.keyboard.press('Tab');
	assert.match(await page.evaluate(() => document.activeElement.textContent), /Billy/);
	await page.keyboard.press('a');
	await page.waitForSelector('.action-form');
	await assertAccessible(page, 'real acknowledge form');
	await shoot('3_acknowledge');
	await page.keyboard.type('Aoife');
	await page.keyboard.press('Tab');
	await page.keyboard.type('Phoned mother: drowsy, coming in by taxi now');
	while (await page.evaluate(() => document.activeElement.tagName) !== 'INPUT')
		await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await page.waitForSelector('.said-text');
	const alert = rowOf('Billy Thornton').locator('.alert-acknowledged').first();
	await alert.waitFor();
	assert.match(await alert.textContent(), /Aoife Byrne.*coming in by taxi/);
	const task = (await ward.tasks('fever')).find((one) => one.status === 'accepted');
	assert.ok(task, 'the record says accepted');
	assert.match(JSON.stringify(task.note), /coming in by taxi/);
	assert.ok(Date.parse(task.restriction?.period?.end) > Date.parse(task.executionPeriod?.start), 'a review is planned');
	await page.click('.card >> text=History');
	await page.waitForSelector('.steps li');
	assert.match(await page.textContent('.steps'), /Raised.*Acknowledged/s);
	await assertAccessible(page, 'real history');
	await shoot('4_acknowledged');
	await page.keyboard.press('Escape');
	await page.waitForSelector('.detail', { state: 'detached' });
	await page.waitForFunction(() => document.activeElement?.dataset?.row); /* the focus comes back to the row a moment later */
	await page.fill('.find-field', '');
});

test('the chart draws the readings, with a gap where there were none, and the table says the same', options, async () => {
	await page.locator('.who-button', { hasText: 'Amara' }).click();
	await page.waitForSelector('.chart canvas');
	assert.ok(await page.locator('.chart').count() >= 5, 'a chart for each sign and the score');
	const drawn = await page.$$eval('.chart canvas', (all) => all.map((canvas) => {
		const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
		let blue = 0;
		for (let at = 0; at < data.length; at += 4)
			if (data[at + 3] > 128 && data[at + 2] > 140 && data[at] < 60)
				blue++;
		return blue;
	}));
	assert.ok(drawn.filter((pixels) => pixels > 50).length >= 5, `points are drawn: ${drawn}`);
	assert.match(await page.getAttribute('.chart-box >> nth=1', 'aria-label'), /11 readings/);
	await assertAccessible(page, 'real charts');
	await shoot('5_panel');
	await page.locator('.detail').evaluate((panel) => panel.scrollTo(0, panel.scrollHeight));
	await shoot('6_chart');
	await page.click('text=Show as table');
	assert.ok(await page.locator('.panel-charts tbody tr').count() >= 10);
	await assertAccessible(page, 'real table');
	await page.keyboard.press('Escape');
});

test('a resolved alert leaves the board, with the reason in the record', options, async () => {
	await page.locator('.who-button', { hasText: 'Billy' }).click();
	await page.click('.card >> text=Resolve');
	await page.fill('.action-form textarea', 'Admitted to the ward, antibiotics given');
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.said-text');
	await until(async () => await rowOf('Billy Thornton').locator('.alert').count() === 0, 'no alert left');
	assert.ok((await ward.tasks('fever')).some((one) => one.status === 'completed' && JSON.stringify(one).includes('antibiotics given')));
	await page.keyboard.press('Escape');
});

test('nothing complained in the console until here', options, () => {
	assert.deepEqual(complaints, []);
});

test('S40 a killed server turns the page red within 60 seconds; a restarted one brings it back with nothing lost', options, async () => {
	const before = await page.$$eval('.row', (rows) => rows.map((row) => row.dataset.episode));
	await ward.server.end('SIGKILL');
	await page.clock.fastForward(30_000);
	await page.clock.fastForward(29_000);
	const banner = await page.waitForSelector('.not-live [role=alert]', { timeout: 5000 });
	assert.match(await banner.textContent(), /Not live since.*do not rely on this page.*020 7946 0000/);
	assert.match(await page.title(), /^NOT LIVE/);
	await assertAccessible(page, 'real server gone');
	await shoot('7_not_live');
	await ward.server.start();
	await page.waitForSelector('.not-live', { state: 'detached', timeout: 30_000 });
	await page.waitForSelector('.live-live');
	const later = await page.$$eval('.row', (rows) => rows.map((row) => row.dataset.episode));
	assert.deepEqual(later.slice().sort(), before.slice().sort());
	await ward.observe('calm', { ...WELL, worried: true });
	await rowOf('Nora Quinn').locator('.alert-waiting').first().waitFor({ timeout: 15_000 });
	assert.equal(await page.evaluate(() => window.neverReloaded), true);
	const other = complaints.filter((text) => !/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_NETWORK|ERR_SOCKET/.test(text));
	assert.deepEqual(other, [], 'only the browser\'s own words about the lost connection');
});
