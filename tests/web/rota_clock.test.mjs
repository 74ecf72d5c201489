/* SPDX-License-Identifier: Apache-2.0
 * The rota is published on the page in the nights in which the clocks change, by the keyboard: which 01:00 is asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHILD, Hospital } from '../ward/hospital.mjs';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';

const options = { skip: haveChromium ? false : 'Chromium is not installed', timeout: 90_000 };

async function within(start, run) {
	const hospital = await Hospital.open({ start });
	const browser = await openBrowser();
	try {
		await hospital.ward('night', CHILD);
		await hospital.settle(); /* the board knows the ward and its people */
		const page = await browser.context.newPage();
		const complaints = watchConsole(page);
		await page.goto(`${hospital.server.address}/?ward=night&view=people`);
		await page.waitForSelector('tbody tr');
		await page.click('[data-action=publish-rota]');
		await page.selectOption('.action-form select[id$="-who"]', 'night-nurse-in-charge');
		await run({ hospital, page, field: (name) => page.locator(`.action-form [id$="-${name}"]`) });
		assert.deepEqual(complaints.filter((text) => !/422/.test(text)), []);
	} finally {
		await browser.close();
		await hospital.close();
	}
}
async function published(hospital) {
	const parts = (await hospital.get('Organization/night')).extension.find((one) => one.url.endsWith('/rota-published'))?.extension ?? [];
	return Object.fromEntries(parts.map((part) => [part.url, part.valueInstant]));
}
/* What was said of the rota before stands there until the form has gone. */
const said = (page) => page.waitForFunction(() => !document.querySelector('.action-form') && /is published/.test(document.querySelector('.said')?.textContent ?? ''));
const picture = async (page, name) => {
	if (process.env.HOMEWARD_PICTURES)
		await page.screenshot({ path: `${process.env.HOMEWARD_PICTURES}/${name}.png`, fullPage: true });
};

test('a boundary at 01:00 of 25 October 2026 is not sent before somebody has said which 01:00', options, () => within('2026-10-24T08:00:00Z', async ({ hospital, page, field }) => {
	await field('start').fill('2026-10-24T19:00');
	assert.equal(await field('end-which').count(), 0, 'an hour that comes once asks nothing');
	await field('end').fill('2026-10-25T01:00');
	await field('end-which').waitFor();
	assert.equal(await field('end-which').inputValue(), '', 'nothing is chosen for anybody');
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.nhsuk-error-message');
	assert.match(await page.textContent('.nhsuk-error-message'), /01:00 comes twice/);
	assert.ok(await field('end-which').evaluate((node) => node === document.activeElement), 'the focus is where the answer is missing');
	await assertAccessible(page, 'which of the two');
	await picture(page, 'rota_clock');
	assert.deepEqual(await published(hospital), {});
	await page.keyboard.type('GMT');
	await page.keyboard.press('Enter');
	await page.click('.action-form button[type=submit]');
	await said(page);
	assert.deepEqual((({ start, end }) => [start, end])(await published(hospital)), ['2026-10-24T18:00:00.000Z', '2026-10-25T01:00:00.000Z']);

	/* The next rota begins where this one ended: at the second 01:00, and so it is sent back. */
	await page.waitForSelector('section[aria-labelledby=rota-title]:has-text("Published at")');
	await page.click('[data-action=publish-rota]');
	await page.waitForFunction(() => document.querySelector('.action-form [id$="-start"]')?.value === '2026-10-25T01:00');
	assert.equal(await field('start-which').inputValue(), 'GMT');
	await field('end').fill('2026-10-25T07:00');
	await page.click('.action-form button[type=submit]');
	await said(page);
	assert.deepEqual((({ start, end }) => [start, end])(await published(hospital)), ['2026-10-25T01:00:00.000Z', '2026-10-25T07:00:00.000Z'], 'no gap, and no hour in both');
}));

test('a gap between the first 01:30 and the second says BST and GMT on the page', options, () => within('2026-10-24T08:00:00Z', async ({ hospital, page, field }) => {
	for (const role of ['nurse', 'switchboard'])
		await hospital.put({ resourceType: 'Schedule', id: `rota-${role}`, actor: [{ reference: `PractitionerRole/night-${role}` }] });
	for (const [id, start, end] of [['a', '2026-10-24T19:00:00+01:00', '2026-10-25T01:30:00+01:00'], ['b', '2026-10-25T01:30:00+00:00', '2026-10-25T07:00:00+00:00']])
		for (const role of ['nurse', 'switchboard'])
			await hospital.put({ resourceType: 'Slot', id: `${id}-${role}`, schedule: { reference: `Schedule/rota-${role}` }, status: 'busy', start, end });
	await field('start').fill('2026-10-24T19:00');
	await field('end').fill('2026-10-25T07:00');
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.problem-reasons li');
	assert.match(await page.textContent('.problem-reasons'), /Nobody as Nurse from Sun 25 Oct 01:30 BST to Sun 25 Oct 01:30 GMT/);
	await page.reload();
	await page.waitForSelector('section[aria-labelledby=rota-title] li');
	assert.match(await page.textContent('section[aria-labelledby=rota-title]'), /Nurse from Sun 25 Oct 01:30 BST to Sun 25 Oct 01:30 GMT/);
}));

test('01:30 of 28 March 2027 is no time: it is said, and nothing is sent', options, () => within('2027-03-27T08:00:00Z', async ({ hospital, page, field }) => {
	await field('start').fill('2027-03-27T19:00');
	await field('end').fill('2027-03-28T01:30');
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.nhsuk-error-message');
	assert.match(await page.textContent('.nhsuk-error-message'), /no 01:30 on that day: the clocks go forward from 01:00 to 02:00/);
	assert.deepEqual(await published(hospital), {});
	await field('end').fill('2027-03-28T02:00');
	await page.click('.action-form button[type=submit]');
	await said(page);
	assert.equal((await published(hospital)).end, '2027-03-28T01:00:00.000Z');
}));
