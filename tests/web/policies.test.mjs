/* SPDX-License-Identifier: Apache-2.0
 * A draft policy is read and signed by two people from the web, on a real server in real Chromium. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { startWard } from './ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
let ward, browser, page, complaints;
const policy = () => ward.send('GET', '/fhir/PlanDefinition/our-own');

before(async () => {
	if (skip)
		return;
	ward = await startWard();
	await ward.prepare();
	const { meta: _meta, extension: _signatures, ...shipped } = await ward.send('GET', '/fhir/PlanDefinition/childrens-cancer-2');
	await ward.put({ ...shipped, id: 'our-own', version: '2-rainbow', title: 'Our own children’s policy', status: 'draft' });
	browser = await openBrowser();
	page = await browser.context.newPage();
	complaints = watchConsole(page);
	await page.goto(`${ward.url}/?list`);
	await page.click('text=Policies');
	await page.waitForSelector('tbody tr');
});
after(async () => {
	await browser?.close();
	await ward?.stop();
});

const row = () => page.locator('tbody tr', { hasText: 'Our own children’s policy' });
const picture = (name) => process.env.HOMEWARD_PICTURES ? page.screenshot({ path: `${process.env.HOMEWARD_PICTURES}/${name}.png` }) : undefined;
async function sign(who) {
	await row().locator('[data-action=sign]').click();
	await page.selectOption('.action-form select', who);
	await page.click('.action-form button[type=submit]');
}
const refused = async (pattern) => {
	await page.waitForSelector('.action-form .problem');
	assert.match(await page.textContent('.action-form .problem'), pattern);
};

test('every policy stands there with its status; a draft first, with what it says', { skip, timeout: 60_000 }, async () => {
	assert.match(await page.textContent('tbody tr:first-child'), /Our own children’s policy, version 2-rainbow.*draft.*nobody/);
	assert.ok((await page.$$('tbody tr')).length > 5);
	await row().locator('summary').click();
	assert.match(await row().textContent(), /Who may be admitted.*Aged under 19/);
	assert.match(await row().textContent(), /every: 4 h; firstDue: 60 min; completeEnough: 1; asks: respiratoryRate, /, 'with the numbers that are signed');
	await assertAccessible(page, 'the policies');
	await picture('policies');
	await row().locator('summary').click();
});

test('one person signs once, a second makes it active', { skip, timeout: 60_000 }, async () => {
	await sign('r-consultant');
	await page.waitForSelector('text=A second person must sign it');
	await page.waitForFunction(() => /Ruth Levy/.test(document.querySelector('tbody tr')?.textContent ?? ''));
	assert.equal((await policy()).status, 'draft');
	await sign('r-consultant');
	await refused(/a second person must sign it/);
	await assertAccessible(page, 'a refused signature');
	await picture('policies_refused');
	await page.selectOption('.action-form select', 'r-nurse-in-charge');
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.said-text:has-text("is active")');
	await row().locator('text=active').first().waitFor();
	const signed = await policy();
	assert.equal(signed.status, 'active');
	assert.equal(signed.extension.filter((one) => one.url.endsWith('/signature')).length, 2);
	assert.equal(await row().locator('[data-action=sign]').count(), 0);
});

test('a draft that changed after it was shown is not signed, and one that the rules cannot read is refused by name', { skip, timeout: 60_000 }, async () => {
	const { meta: _meta, extension: _signatures, ...shipped } = await ward.send('GET', '/fhir/PlanDefinition/childrens-cancer-2');
	const draft = { ...shipped, id: 'our-own', version: '3-rainbow', title: 'Our own children’s policy, third', status: 'draft' };
	await ward.put({ ...draft, id: 'third' });
	await page.reload();
	const third = page.locator('tbody tr', { hasText: 'third' });
	await third.locator('[data-action=sign]').click();
	const fever = structuredClone(draft.action.find((one) => one.id === 'fever'));
	fever.extension[0].extension.find((one) => one.url === 'name').valueCode = 'feverAtNight'; /* no rule reads it */
	await ward.put({ ...draft, id: 'third', action: draft.action.map((one) => one.id === 'fever' ? fever : one) });
	await page.selectOption('.action-form select', 'r-registrar');
	await page.click('.action-form button[type=submit]');
	await refused(/changed since it was shown/);
	await page.reload();
	await third.locator('[data-action=sign]').click();
	await page.selectOption('.action-form select', 'r-registrar');
	await page.click('.action-form button[type=submit]');
	await refused(/The server says: .*feverAtNight/);
	assert.equal((await ward.send('GET', '/fhir/PlanDefinition/third')).status, 'draft');
	assert.deepEqual(complaints.filter((text) => !/40[39]|422/.test(text)), []);
});
