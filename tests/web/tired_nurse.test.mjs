/* SPDX-License-Identifier: Apache-2.0
 * Every page of the product as a tired nurse meets it, measured in real Chromium on a full ward: on a laptop, a wall screen and a
 * telephone; in light, in dark, in the system's own high-contrast colours; by keyboard alone. Contrast (WCAG 2.2 AA), names
 * of controls and sizes of targets are measured by axe-core; what it cannot see is measured here. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { startFixture } from './fixture_server.mjs';
import { fullWard, PATIENTS } from './full_ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];
let ward, browser, pages;

before(async () => {
	if (skip)
		return;
	ward = await fullWard();
	browser = await openBrowser();
	const board = await ward.send('GET', `/ward/board?ward=${ward.id}`);
	assert.ok(board.rows.length === PATIENTS && board.rows.flatMap((row) => row.alerts).length >= 8, 'the ward is full');
	const stay = board.rows.find((row) => row.patient.id === 'child-1').episode;
	const view = (name) => `/?ward=${ward.id}&view=${name}`;
	/* path, and what is there when the page is whole; `wide`: a sheet of paper, which a telephone may scroll */
	pages = {
		wards: { path: '/?list', ready: '.ward-link' }, board: { path: `/?ward=${ward.id}`, ready: '.row .alert', rows: true },
		chart: { path: `/?ward=${ward.id}&stay=${stay}`, ready: '.detail .chart canvas', rows: true },
		round: { path: view('round'), ready: 'tbody tr', name: 'Round' }, referrals: { path: view('referrals'), ready: 'tbody tr', name: 'Referrals' },
		equipment: { path: view('equipment'), ready: 'tbody tr', name: 'Equipment' }, people: { path: view('people'), ready: 'tbody:not(:has(td:text-is("…"))) tr', name: 'People' },
		figures: { path: view('figures'), ready: 'main:not(:has-text("counting…")) .figures tbody tr', name: 'Figures' }, policies: { path: '/?policies', ready: 'tbody tr' },
		paper: { path: `/ward/print?ward=${ward.id}`, ready: 'table', wide: true }, home: { path: '/home?patient=child-1', ready: '.values li' },
	};
});
after(async () => {
	await browser?.close();
	await ward?.stop();
});

async function open({ path, ready }, [width, height], look = {}) {
	const page = await browser.context.newPage();
	await page.setViewportSize({ width, height });
	await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', ...look });
	page.complaints = watchConsole(page);
	await page.goto(ward.url + path);
	await page.waitForSelector(ready);
	return page;
}
/* Text that is cut and has no end that could be seen: hidden overflow without an ellipsis, or wider than the page. */
const cutText = () => [...document.querySelectorAll('h1, h2, h3, p, li, td, th, button, a, label, span, b')].filter((one) => {
	const style = getComputedStyle(one), box = one.getBoundingClientRect();
	const shown = box.width > 2 && box.height > 2 && style.visibility !== 'hidden' && style.clipPath === 'none' && one.textContent.trim() !== '';
	const scrolled = one.closest('.table-scroll') !== null;
	return shown && (!scrolled && box.right > innerWidth + 1 || style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis' && one.scrollWidth > one.clientWidth + 1);
}).map((one) => one.textContent.trim().slice(0, 60)).slice(0, 5);

/* Words that stick out of the box they belong to, onto their neighbour or over an edge, or that end in dots. */
const stickingOut = () => [...document.querySelectorAll('.value-label, .value-word, .value-number, .value-unit, .row .contact, .row .who-button, .row .who-line, .plain-table tbody th')].filter((one) => {
	const box = one.closest('.value, .row, tr').getBoundingClientRect(), range = document.createRange();
	range.selectNodeContents(one);
	const text = range.getBoundingClientRect();
	return text.width > 0 && (text.right > box.right + 0.5 || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline');
}).map((one) => `${one.className || one.tagName}: ${one.textContent.trim().slice(0, 40)}`).slice(0, 5);

test('on a small laptop no word runs into its neighbour, over the edge of its box, or ends in dots', { skip, timeout: 120_000 }, async () => {
	for (const name of ['board', 'chart', 'round', 'figures'])
		for (const size of [[1280, 800], [1366, 768], [1024, 768], [390, 844]])
			for (const colorScheme of ['light', 'dark']) {
				const page = await open(pages[name], size, { colorScheme });
				assert.deepEqual(await page.evaluate(stickingOut), [], `${name} at ${size[0]}, ${colorScheme}`);
				if (size[0] === 390 && name === 'figures')
					assert.ok(await page.evaluate(() => document.querySelector('.figures tbody th').clientWidth > 300), 'a figure’s name has the width of the telephone');
				await page.close();
			}
});

test('every page, on every screen: contrast, names and targets are good, and nothing is cut off', { skip, timeout: 400_000 }, async () => {
	for (const [name, one] of Object.entries(pages)) {
		for (const size of SIZES) {
			const page = await open(one, size);
			const state = `${name} at ${size[0]}x${size[1]}`;
			if (!one.wide) {
				assert.deepEqual(await page.evaluate(cutText), [], state);
				assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0, `${state} is wider than the screen`);
			}
			await assertAccessible(page, state);
			assert.deepEqual(page.complaints.filter((text) => !/503/.test(text)), [], state); /* figures: one at a time, asked again */
			if (process.env.SHOTS)
				await page.screenshot({ path: join(process.env.SHOTS, `${name}-${size[0]}.png`) });
			await page.close();
		}
	}
});

test('in the dark and in the system’s own colours every page can be read', { skip, timeout: 400_000 }, async () => {
	for (const [name, one] of Object.entries(pages)) {
		for (const look of [{ colorScheme: 'dark' }, { forcedColors: 'active' }]) {
			const page = await open(one, SIZES[0], look);
			await assertAccessible(page, `${name}, ${JSON.stringify(look)}`);
			await page.close();
		}
	}
});

test('at night: old, impossible, late and lost values, forms and banners can be read in the dark', { skip, timeout: 120_000 }, async () => {
	const fixture = await startFixture({ count: 20 });
	fixture.state.system = [{ level: 'high', text: 'Alerting is degraded' }, { level: 'technical', text: 'A device is silent' }];
	const page = await browser.context.newPage();
	const shot = async (state) => {
		await assertAccessible(page, `in the dark: ${state}`);
		if (process.env.SHOTS)
			await page.screenshot({ path: join(process.env.SHOTS, `night-${state}.png`) });
	};
	await page.setViewportSize({ width: 1366, height: 900 });
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.clock.install();
	await page.goto(`${fixture.url}/?ward=w1`);
	await page.waitForSelector('.value-implausible');
	await shot('board');
	await page.keyboard.press('?');
	await page.waitForSelector('.help');
	await shot('help');
	await page.keyboard.press('Escape');
	await page.click('[data-row]');
	await page.waitForSelector('.detail .chart canvas');
	await shot('panel');
	await page.click('[data-action="acknowledge"]');
	await page.click('.action-form button.nhsuk-button');
	await page.waitForSelector('.nhsuk-error-message');
	await shot('form');
	await page.selectOption('.action-form select', 'r1');
	await page.fill('.action-form textarea', 'Phoned');
	await page.click('.action-form button.nhsuk-button');
	await page.waitForSelector('.said-text');
	await page.click('text=Show as table');
	await page.click('button:text-is("Discharge")');
	await page.waitForSelector('.action-form');
	await shot('acknowledged');
	await page.fill('.find-field', 'Nobody of that name');
	await page.waitForSelector('.empty');
	await shot('nobody');
	fixture.state.muted = true;
	await page.route('**/ward/**', (route) => route.abort());
	await page.clock.fastForward(70_000);
	await page.waitForSelector('.not-live [role=alert]');
	await shot('not-live');
	await page.close();
	fixture.stop();
});

test('every page of a ward says which ward, as at when, and that this is a demonstration', { skip, timeout: 120_000 }, async () => {
	for (const one of Object.values(pages).filter((each) => each.name)) {
		const page = await open(one, SIZES[0]);
		await page.waitForSelector('.ribbon');
		assert.equal(await page.textContent('h1'), `${one.name}: Rainbow ward at home`);
		await page.waitForFunction((title) => document.title === title, `${one.name}: Rainbow ward at home`);
		assert.match(await page.textContent(one.name === 'Figures' ? '.figure-now' : '.top-time'), / at (?:[A-Z][a-z]+ \d+ [A-Z][a-z]+ )?\d\d:\d\d/, one.name);
		await page.close();
	}
	// A page that cannot be brought up to date says of when it is.
	const page = await browser.context.newPage();
	await page.clock.install();
	await page.goto(ward.url + pages.round.path);
	await page.waitForSelector('tbody tr');
	await page.route(/\/flow\/round|\/ward\/board/, (route) => route.abort());
	await page.clock.runFor(31_000);
	await page.locator('.problem', { hasText: /What stands below is of (?:[A-Z][a-z]+ \d+ [A-Z][a-z]+ )?\d\d:\d\d/ }).waitFor();
	assert.equal(await page.locator('tbody tr').count(), PATIENTS);
	await page.close();
	// While nothing has been answered there is neither a number nor an empty ward.
	const slow = await browser.context.newPage();
	await slow.route(/\/flow\/round|\/ward\/board/, () => undefined);
	await slow.goto(ward.url + pages.round.path);
	await slow.waitForSelector('.page-wait');
	assert.equal(await slow.locator('tbody, .empty').count(), 0);
	await slow.close();
});

test('no number stands on the board without its age', { skip, timeout: 60_000 }, async () => {
	const page = await open(pages.board, SIZES[0]);
	const values = await page.$$eval('.value:not(.value-missing)', (all) => all.map((one) => one.querySelector('.value-age').textContent));
	assert.ok(values.length > 100, String(values.length));
	for (const age of values)
		assert.match(age, /\d+ (min|h|d)|now/);
	await page.close();
});

test('the score of the round is said with its time, is called old after four hours, and leads to the chart', { skip, timeout: 60_000 }, async () => {
	const page = await open(pages.round, SIZES[0]);
	const scores = await page.$$eval('tbody tr td:nth-child(3)', (all) => all.map((one) => one.textContent));
	for (const score of scores)
		assert.match(score, /\d.* at (?:[A-Z][a-z]+ \d+ [A-Z][a-z]+ )?\d\d:\d\d$/);
	await page.route(/\/flow\/round/, async (route) => {
		const answer = await route.fetch();
		const rows = await answer.json();
		rows[0].scores.nowAt = new Date(await ward.now() - 5 * 3_600_000).toISOString();
		return route.fulfill({ response: answer, json: rows });
	});
	await page.reload();
	await page.locator('tbody tr:first-child td:nth-child(3) strong', { hasText: 'old' }).waitFor();
	assert.equal(await page.locator('td strong', { hasText: 'old' }).count(), 1);
	await page.click('tbody tr:first-child a');
	await page.waitForSelector('.detail .chart canvas');
	await page.close();
});

test('the alert that waits can be answered without scrolling, on every screen', { skip, timeout: 60_000 }, async () => {
	for (const [width, height] of [[1366, 768], [1920, 1080]]) {
		const page = await open(pages.chart, [width, height]);
		await page.waitForSelector('.facts:has-text("Readings every")'); /* they stand above it */
		const box = await page.locator('[data-action="acknowledge"]').first().boundingBox();
		assert.ok(box.y + box.height <= height, `at ${width}x${height} "Acknowledge" ends at ${Math.round(box.y + box.height)}`);
		await page.close();
	}
});

test('by keyboard alone: every page is walked to its end, each step can be seen, and nothing holds the focus', { skip, timeout: 240_000 }, async () => {
	for (const [name, one] of Object.entries(pages).filter(([each]) => each !== 'paper')) {
		const page = await open(one, SIZES[0]);
		const controls = await page.evaluate(() => {
			window.walked = new Set();
			return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled).length;
		});
		assert.ok(controls > 0, name);
		let ended = false, left = 0; /* a page may begin in its middle: it is walked out of twice */
		for (let step = 0; step < 2 * controls + 60 && !ended; step++) {
			await page.keyboard.press('Tab');
			const found = await page.evaluate(() => {
				const now = document.activeElement;
				if (now === null || now === document.body)
					return { out: true };
				const again = window.walked.has(now), style = getComputedStyle(now), box = now.getBoundingClientRect();
				window.walked.add(now);
				const around = now.closest('.row, .tile') ?? now;
				const ring = [style, getComputedStyle(around)].some((each) => each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) >= 2 || each.boxShadow !== 'none');
				return { ended: again, what: now.outerHTML.slice(0, 90), ring, seen: box.bottom > 0 && box.top < innerHeight };
			});
			left += found.out ? 1 : 0;
			ended = left === 2 || found.ended && left > 0;
			if (!found.out && !found.ended)
				assert.ok(found.ring && found.seen, `${name}: ${JSON.stringify(found)}`);
		}
		assert.ok(ended, `${name}: the focus never leaves the page`);
		const walked = await page.evaluate(() => window.walked.size);
		assert.ok(walked >= controls * 0.9, `${name}: ${walked} of ${controls} controls can be reached`);
		await page.close();
	}
});
