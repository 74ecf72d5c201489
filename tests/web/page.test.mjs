/* SPDX-License-Identifier: Apache-2.0
 * The page in real Chromium against scripted states that a real server cannot be put into at will: moving rows,
 * refused and lost requests, silence, odd sizes. What the whole system does is proved in board.test.mjs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { startFixture } from './fixture_server.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
let browser;

before(async () => {
	if (skip)
		return;
	execFileSync(process.execPath, [join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'web', 'build.mjs'), '--no-check'], { stdio: 'pipe' });
	browser = await openBrowser();
});
after(async () => {
	await browser?.close();
});

/* A page on a fixture of its own; the console must stay silent but for what `allowed` names. */
function onBoard(name, work, { allowed = null, count = 20, clock = false, path = '/?ward=w1' } = {}) {
	test(name, { skip, timeout: 60_000 }, async () => {
		const fixture = await startFixture({ count });
		const page = await browser.context.newPage();
		const complaints = watchConsole(page);
		try {
			if (clock)
				await page.clock.install();
			const phone = page.waitForEvent('requestfinished', (one) => one.url().includes('/fhir/PractitionerRole')).catch(() => undefined);
			await page.goto(fixture.url + path);
			await page.waitForSelector(count > 0 && path.includes('w1') ? '.row' : 'main');
			/* The fixture sends what it is told to whoever listens, and to nobody later. */
			while (path.includes('w1') && fixture.state.streams.size === 0)
				await new Promise((resolve) => setTimeout(resolve, 5));
			if (clock)
				await phone; /* a clock set on would break it off */
			await work(page, fixture);
			assert.deepEqual(complaints.filter((text) => !allowed || !allowed.test(text)), []);
		} finally {
			await page.close();
			fixture.stop();
		}
	});
}
const row = (fixture, index) => fixture.state.rows.find((one) => one.episode === `e${index}`);
function change(fixture, index, more) {
	const next = { ...row(fixture, index), ...more };
	fixture.state.rows = fixture.state.rows.map((one) => one.episode === next.episode ? next : one);
	fixture.state.version++;
	fixture.send('row', next);
}
const focusedRow = (page) => page.evaluate(() => document.activeElement?.dataset?.row ?? document.activeElement?.tagName);
const order = (page) => page.$$eval('.row', (rows) => rows.map((one) => one.dataset.episode));

onBoard('a row that moves to the top keeps the keyboard focus', async (page, fixture) => {
	for (let press = 0; press < 6; press++)
		await page.keyboard.press('j');
	assert.equal(await focusedRow(page), 'e5');
	change(fixture, 5, { urgency: 900 });
	await page.waitForFunction(() => document.querySelector('.row').dataset.episode === 'e5');
	assert.equal(await focusedRow(page), 'e5');
	await page.keyboard.press('j');
	assert.equal(await focusedRow(page), 'e0', 'the next row is the one that stands below it now');
	change(fixture, 0, { urgency: 901 });
	await page.waitForFunction(() => document.querySelector('.row').dataset.episode === 'e0');
	assert.equal(await focusedRow(page), 'e0');
});

onBoard('a plan being written survives rows that move, and new alerts are told', async (page, fixture) => {
	await page.keyboard.press('j');
	await page.keyboard.press('a');
	await page.selectOption('.action-form select', 'r1');
	await page.fill('.action-form textarea', 'Half a pl');
	const alert = { ...row(fixture, 1).alerts[0], id: 'new', title: 'Heart rate 180', level: 'emergency', status: 'raised' };
	change(fixture, 9, { urgency: 999, alerts: [alert] });
	await page.waitForFunction(() => document.querySelector('.row').dataset.episode === 'e9');
	await page.keyboard.type('an');
	assert.equal(await page.inputValue('.action-form textarea'), 'Half a plan');
	assert.match(await page.textContent('p[role=status]'), /New Emergency alert: .*Heart rate 180/);
	assert.match(await page.title(), /2 EMERGENCY/);
	assert.equal(await page.textContent('#detail-title'), row(fixture, 0).patient.name, 'the panel stays with its patient');
});

onBoard('an acknowledgement that the server refuses is not shown as done, is explained, and can be sent again', async (page, fixture) => {
	fixture.state.fail = { status: 500, text: 'The disk is full' };
	await page.keyboard.press('j');
	await page.keyboard.press('a');
	await page.click('.action-form button[type=submit]');
	assert.match(await page.textContent('.action-form .nhsuk-error-message'), /Choose your name/);
	await assertAccessible(page, 'form with errors');
	await page.selectOption('.action-form select', 'r1');
	await page.fill('.action-form textarea', 'Phoned');
	await page.click('.action-form button[type=submit]');
	const problem = await page.waitForSelector('.action-form .problem');
	assert.match(await problem.textContent(), /Not recorded.*server failed \(500\).*The disk is full/);
	await assertAccessible(page, 'refused acknowledgement');
	assert.equal(await page.inputValue('.action-form textarea'), 'Phoned');
	assert.equal(await page.$('.row[data-episode=e0] .alert-acknowledged'), null);
	fixture.state.fail = null;
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.said-text'); /* the row may be told before the answer comes */
	await page.waitForSelector('.row[data-episode=e0] .alert-acknowledged');
	assert.match(await page.textContent('.said'), /Acknowledged.*confirmed/);
}, { allowed: /status of 500/ });

onBoard('one plan can answer several alerts of a child, and only those that are ticked', async (page, fixture) => {
	await page.keyboard.press('j');
	await page.keyboard.press('a');
	await page.selectOption('.action-form select', 'r1');
	await page.fill('.action-form textarea', 'Coming in');
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.said-text');
	assert.equal(row(fixture, 0).alerts.filter((alert) => alert.acknowledgement).length, 1, 'nothing was ticked');
	await page.waitForSelector('.row[data-episode=e0] .alert-acknowledged');
	assert.equal(await page.locator('.row[data-episode=e0] .alert-acknowledged').count(), 1, 'nothing was ticked');
	await page.click('[data-alert=a0] [data-action=acknowledge]');
	await page.fill('.action-form textarea', 'Coming in, both');
	await page.check('.also-choice input');
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('text=Temperature 38.6 °C and PEWS 16');
	await page.waitForFunction(() => document.querySelectorAll('.row[data-episode=e0] .alert-acknowledged').length === 2);
});

onBoard('an acknowledgement without any answer is said to be unknown, not done', async (page, fixture) => {
	fixture.state.fail = 'hang';
	await page.keyboard.press('j');
	await page.keyboard.press('a');
	await page.selectOption('.action-form select', 'r1');
	await page.fill('.action-form textarea', 'Phoned');
	const sent = page.waitForRequest((one) => one.method() === 'POST' && one.url().endsWith('$acknowledge'));
	await page.click('.action-form button[type=submit]');
	assert.equal(await page.textContent('.action-form button[type=submit]'), 'Sending…');
	await sent; /* its time runs from then on */
	await page.clock.fastForward(11_000);
	const problem = await page.waitForSelector('.action-form .problem');
	assert.match(await problem.textContent(), /did not answer.*may have arrived/);
	assert.equal(await page.$('.row[data-episode=e0] .alert-acknowledged'), null);
}, { clock: true });

onBoard('S40 silence turns the page red within 60 seconds, and the first message turns it back', async (page, fixture) => {
	fixture.state.muted = true;
	const block = (route) => route.abort();
	await page.route('**/ward/**', block);
	await page.clock.fastForward(20_000);
	await page.waitForSelector('.live-late');
	await page.clock.fastForward(35_000);
	const banner = await page.waitForSelector('.not-live [role=alert]');
	assert.match(await banner.textContent(), /Not live since \d\d:\d\d.*do not rely on this page.*020 7946 0000/);
	assert.match(await page.title(), /^NOT LIVE/);
	await assertAccessible(page, 'not live');
	await page.unroute('**/ward/**', block);
	fixture.state.muted = false;
	await page.waitForSelector('.not-live', { state: 'detached' });
	await page.waitForSelector('.live-live');
}, { clock: true, allowed: /net::ERR_FAILED|ERR_/ });

onBoard('a page that slept an hour is red at once when it wakes, before it is live again', async (page, fixture) => {
	fixture.state.muted = true;
	await page.route('**/ward/**', (route) => route.abort());
	await page.clock.fastForward('01:00:00');
	await page.waitForSelector('.not-live [role=alert]', { timeout: 3000 });
	await page.unroute('**/ward/**');
	fixture.state.muted = false;
	await page.waitForSelector('.live-live', { timeout: 20_000 });
}, { clock: true, allowed: /ERR_/ });

onBoard('with the keyboard alone: move, open, read, close, and the focus comes back', async (page) => {
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('j');
	await page.keyboard.press('k');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'detail-title');
	await page.waitForSelector('.chart canvas');
	await assertAccessible(page, 'panel with charts');
	await page.click('text=Show as table');
	await page.waitForSelector('text=Show as charts');
	assert.ok(await page.$$eval('.panel-charts tbody tr', (lines) => lines.length) >= 10);
	await assertAccessible(page, 'panel with table');
	await page.keyboard.press('Escape');
	await page.waitForSelector('.detail', { state: 'detached' });
	await page.waitForFunction(() => document.activeElement?.dataset?.row === 'e1');
	await page.keyboard.press('?');
	await page.waitForSelector('dialog[open]');
	await assertAccessible(page, 'help');
	await page.uncheck('.help-switch input');
	await page.keyboard.press('Escape');
	await page.waitForSelector('dialog', { state: 'detached' });
	await page.keyboard.press('j');
	assert.equal(await page.$('.detail'), null);
	await page.keyboard.press('a');
	assert.equal(await page.$('.detail'), null, 'single keys are off');
	await page.evaluate(() => localStorage.clear());
});

onBoard('finding a patient, finding none, and going back to all', async (page) => {
	await page.keyboard.press('/');
	await page.keyboard.type('amara');
	await page.waitForFunction(() => document.querySelectorAll('.row').length === 1);
	assert.match(await page.textContent('.filter-note'), /Showing 1 of 20/);
	assert.match(await page.textContent('.filter-note'), /3 waiting alerts are hidden/, 'what is filtered away still calls');
	await page.keyboard.type(' nobody');
	await page.waitForSelector('.empty');
	await assertAccessible(page, 'nothing found');
	await page.keyboard.press('Escape');
	await page.waitForFunction(() => document.querySelectorAll('.row').length === 20);
});

onBoard('what is old, suspect, invalid or missing never looks current', async (page) => {
	assert.match(await page.textContent('.row[data-episode=e3] .value-stale'), /old/);
	assert.match(await page.textContent('.row[data-episode=e2] .value-suspect'), /check/);
	assert.match(await page.textContent('.row[data-episode=e4] .value-implausible'), /invalid/);
	assert.match(await page.textContent('.row[data-episode=e1] .value-missing'), /not measured.*missing/);
	assert.match(await page.textContent('.row[data-episode=e1] .score'), /partial, could be up to 10.*Systolic BP/);
	assert.match(await page.textContent('.row[data-episode=e12] .score'), /No score yet/);
});

onBoard('times are London\'s, whatever the machine thinks', async (page, fixture) => {
	const shown = await page.textContent('.live-clock');
	const london = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
	assert.ok([0, -60_000].some((late) => shown.includes(london.format(Date.now() + late))), shown);
	assert.equal(await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone), 'America/New_York');
	assert.equal(fixture.state.dev, true);
	assert.match(await page.textContent('.ribbon'), /Development mode/);
});

onBoard('trouble in the system is told on the board', async (page, fixture) => {
	fixture.state.system = [{ level: 'high', text: 'The disk is full: readings are refused' }];
	fixture.send('system', { system: fixture.state.system });
	await page.waitForSelector('.system-high');
	await assertAccessible(page, 'system message');
});

/* Its words are of src/ward/runner.c, missing_channels; that they come and go is proved in tests/ward/runner_test.c. */
onBoard('a channel by which no page leaves is said above the patients, whole, in light and dark, on a screen and on a telephone', async (page, fixture) => {
	const text = 'No page leaves by webhook: the record says that it is off. Phone who is called; the ward switches it on again by itself, in a minute.';
	for (const [colorScheme, width] of [['light', 1280], ['dark', 1280], ['dark', 390], ['light', 390]]) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize({ width, height: 844 });
		fixture.state.system = [{ level: 'emergency', text }];
		fixture.send('system', { system: fixture.state.system });
		const line = page.locator('.system-emergency');
		await line.waitFor();
		assert.equal((await line.innerText()).trim(), `System: ${text}`);
		assert.ok(await line.evaluate((node) => node.closest('[role=status]') !== null), 'a reader of the screen hears it');
		const [banner, row] = [await line.boundingBox(), await page.locator('.row').first().boundingBox()];
		assert.ok(banner.y + banner.height <= row.y && banner.x >= 0 && banner.x + banner.width <= width, `${colorScheme} ${width}: above the rows and not cut`);
		assert.ok(await line.evaluate((node) => node.scrollWidth <= node.clientWidth), 'no word is cut');
		await assertAccessible(page, `a channel that is off, ${colorScheme}, ${width}`);
		if (process.env.HOMEWARD_PICTURES)
			await page.screenshot({ path: `${process.env.HOMEWARD_PICTURES}/channel_off_${colorScheme}_${width}.png` });
		fixture.state.system = [];
		fixture.send('system', { system: [] });
		await line.waitFor({ state: 'detached' });
	}
});

onBoard('a patient who leaves goes from the list, and the open panel says so', async (page, fixture) => {
	await page.click('[data-row=e4]');
	fixture.state.rows = fixture.state.rows.filter((one) => one.episode !== 'e4');
	fixture.state.version++;
	fixture.send('remove', { episode: 'e4' });
	await page.waitForFunction(() => document.querySelectorAll('.row').length === 19);
	assert.match(await page.textContent('.said'), /has left this ward/);
	assert.ok(!(await order(page)).includes('e4'));
});

onBoard('an alert that closes while it is being answered says so', async (page, fixture) => {
	await page.keyboard.press('j');
	await page.keyboard.press('a');
	await page.fill('.action-form textarea', 'Half a pl');
	change(fixture, 0, { alerts: row(fixture, 0).alerts.slice(1) });
	await page.waitForSelector('text=has just been closed');
	assert.equal(await page.$('.action-form'), null);
});

onBoard('when the page itself fails it says so in red and starts again', async (page, fixture) => {
	await page.clock.install();
	const broken = { ...row(fixture, 3), alerts: [null] };
	for (const stream of fixture.state.streams)
		stream.write(`event: row\nid: 50\ndata: ${JSON.stringify(broken)}\n\n`);
	await page.waitForSelector('.page-failed[role=alert]');
	assert.match(await page.title(), /PAGE FAILED/);
	await page.clock.fastForward(16_000);
	await page.waitForSelector('.page-failed', { state: 'detached' });
	await page.waitForSelector('.live-live');
}, { allowed: /exception/ });

onBoard('a slow snapshot does not undo what the stream told meanwhile', async (page, fixture) => {
	await page.keyboard.press('j');
	await page.keyboard.press('a');
	await page.selectOption('.action-form select', 'r1');
	await page.fill('.action-form textarea', 'Phoned');
	let release;
	const held = new Promise((resolve) => { release = resolve; });
	const asked = new Promise((resolve) => page.route('**/ward/board*', async (route) => {
		const old = await route.fetch();
		resolve();
		await held;
		await route.fulfill({ response: old });
	}));
	await page.click('.action-form button[type=submit]');
	await asked;
	const alert = { ...row(fixture, 1).alerts[0], id: 'meanwhile', title: 'Raised meanwhile', status: 'raised' };
	change(fixture, 9, { urgency: 999, alerts: [alert] });
	await page.waitForSelector('text=Raised meanwhile');
	const done = page.waitForResponse('**/ward/board*');
	release();
	await done;
	await page.waitForTimeout(300);
	assert.equal(await page.locator('.row[data-episode=e9] .alert-waiting').count(), 1);
});

onBoard('an event that cannot be read makes the page load everything again', async (page, fixture) => {
	fixture.state.rows = fixture.state.rows.map((one) => one.episode === 'e6' ? { ...one, patient: { ...one.patient, name: 'Told By Reload' } } : one);
	for (const stream of fixture.state.streams)
		stream.write('event: row\nid: 99\ndata: {"episode":\n\n');
	await page.waitForSelector('text=Told By Reload');
	await page.waitForSelector('.live-live');
});

onBoard('sound, once switched on, plans a tone within 60 seconds of every message and calls off the last one', async (page, fixture) => {
	await page.evaluate(() => {
		window.planned = [];
		window.calledOff = 0;
		const { setValueAtTime, cancelScheduledValues } = AudioParam.prototype;
		AudioParam.prototype.setValueAtTime = function (value, at) {
			window.planned.push([value, at]);
			return setValueAtTime.call(this, value, at);
		};
		AudioParam.prototype.cancelScheduledValues = function (at) {
			window.planned = [];
			window.calledOff++;
			return cancelScheduledValues.call(this, at);
		};
	});
	await page.click('text=Sound off');
	await page.waitForSelector('[aria-pressed=true]');
	const first = await page.waitForFunction(() => window.planned.find(([value]) => value > 0)?.[1]);
	assert.ok(await first.jsonValue() < 60, 'seconds of the audio clock, which has just begun');
	const before = await page.evaluate(() => window.calledOff);
	fixture.send('beat', { serverTime: new Date().toISOString(), version: 1, clockRate: 1 });
	await page.waitForFunction((count) => window.calledOff > count, before);
	await page.click('text=Sound on');
	await page.waitForSelector('[aria-pressed=false]');
});

onBoard('an empty ward says so', async (page) => {
	await page.waitForSelector('text=No patients on this ward');
	await assertAccessible(page, 'empty ward');
}, { count: 0 });

onBoard('the list of wards', async (page, fixture) => {
	await page.waitForSelector('.ward-link');
	await assertAccessible(page, 'list of wards');
	fixture.state.wards = [];
	await page.reload();
	await page.waitForSelector('text=No ward yet');
	await assertAccessible(page, 'no ward');
}, { path: '/?list' });

onBoard('a single ward opens by itself', async (page) => {
	await page.waitForSelector('.row');
	assert.match(page.url(), /\?ward=w1$/);
}, { path: '/' });

for (const [width, height, what] of [[1366, 768, 'a laptop'], [1920, 1080, 'a wall screen'], [683, 384, 'a laptop at 200 %'], [390, 844, 'a phone']])
	onBoard(`nothing runs off the side of ${what}`, async (page) => {
		await page.setViewportSize({ width, height });
		const wide = () => page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
		assert.ok(await wide() <= 0, 'board');
		const clipped = await page.$$eval('.row', (rows) => rows.filter((one) => one.scrollWidth > one.clientWidth + 1).length);
		assert.equal(clipped, 0, 'no row is wider than its place');
		await assertAccessible(page, `board on ${what}`);
		await page.click('[data-row=e0]');
		await page.waitForSelector('.chart canvas');
		assert.ok(await wide() <= 0, 'panel');
		await page.click('[data-alert=a0] [data-action=acknowledge]');
		await assertAccessible(page, `form on ${what}`);
		assert.ok(await wide() <= 0, 'form');
	});
