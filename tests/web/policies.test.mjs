/* SPDX-License-Identifier: Apache-2.0
 * A draft policy is read, tried on stored history and signed by two people from the web, on a real server in real Chromium. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { startWard, WELL } from './ward.mjs';

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
async function until(ask) {
	while (!await ask())
		await new Promise((resolve) => setTimeout(resolve, 50));
}
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
	assert.match(await row().textContent(), /every: 4 h; firstDue: 60 min; completeEnough: 2; asks: respiratoryRate, /, 'with the numbers that are signed');
	await assertAccessible(page, 'the policies');
	await picture('policies');
	await row().locator('summary').click();
});

const panel = () => page.locator('.trial');
test('a draft is not signed before it is tried: of a policy that nobody was under it says so, and the trial is offered on a ward', { skip, timeout: 60_000 }, async () => {
	await row().locator('text=Not tried yet').waitFor();
	assert.equal(await row().locator('[data-action=sign]').count(), 0);
	await row().locator('[data-action=try]').focus();
	await page.keyboard.press('Enter');
	await panel().waitFor();
	assert.match(await panel().textContent(), /0 patient days.*No patient has been under this policy.*nothing could be tried/);
	await page.waitForFunction(() => document.activeElement?.id === 'trial-head');
	assert.match(await page.textContent('.said-text'), /has been tried on stored history/);
	await assertAccessible(page, 'a trial on nobody');
	await picture('policies_tried_on_nobody');
	await page.click('.trial [data-action=close-trial]');
	await page.waitForFunction(() => document.activeElement?.dataset.action === 'show'); /* back in the row */
});

test('the result stands in words and a table, and what would have been missed leads to its patient', { skip, timeout: 60_000 }, async () => {
	const { meta: _meta, extension: _signatures, ...shipped } = await ward.send('GET', '/fhir/PlanDefinition/childrens-cancer-1');
	const hot = structuredClone(shipped);
	hot.action.find((one) => one.id === 'fever').extension.find((one) => one.extension?.[0].valueCode === 'from').extension[1].valueDecimal = 39.5;
	await ward.put({ ...hot, id: 'hot', version: '1-hot', title: 'With a higher limit', status: 'draft' });
	await ward.admit('f1', 'Fay', 'Fever', 3, 0.5);
	await ward.observe('f1', { ...WELL, temperature: 38.4 });
	await until(async () => (await ward.tasks('f1')).some((task) => task.priority === 'asap'));
	await page.reload();
	const draft = page.locator('tbody tr', { hasText: 'With a higher limit' });
	await draft.locator('[data-action=try]').click();
	await panel().locator('a', { hasText: 'Fay Fever' }).waitFor(); /* names come with the board */
	const text = await panel().textContent();
	assert.match(text, /Played over \d+\.\d+ patient days of 1 stay, .*Rainbow ward at home.*alerts? as it was.*under the draft/);
	assert.match(text, /Missed: 1 alert.*High, fever, .*Fay Fever/);
	assert.match(text, /Added: nothing/);
	const cells = await panel().locator('tbody tr', { hasText: 'fever' }).locator('th, td').allTextContents();
	assert.deepEqual([0, 1, 2, 4, 6, 7].map((at) => cells[at]), ['High', 'fever', '1', '0', '1', '0']);
	assert.match(await panel().locator('a', { hasText: 'Fay Fever' }).getAttribute('href'), /^\/\?ward=rainbow&stay=/);
	await assertAccessible(page, 'the result of a trial');
	await picture('policies_tried');
	await page.setViewportSize({ width: 390, height: 844 });
	await assertAccessible(page, 'the result of a trial on a telephone');
	await picture('policies_tried_small');
	await page.setViewportSize({ width: 1280, height: 800 });
	await draft.locator('[data-action=sign]').click();
	assert.match(await page.textContent('.action-form'), /what came of its trial \(tried on 1 stay, .* patient days: 1 High or Emergency missed, 0 added\)/);
	await picture('policies_sign_tried');
	await page.click('.action-form button:has-text("Cancel")');
	await ward.put({ ...hot, id: 'hot', version: '1-hot', title: 'With a higher limit, once more', status: 'draft' });
	await page.reload();
	await draft.locator('text=Changed since it was tried').waitFor();
	assert.equal(await draft.locator('[data-action=sign]').count(), 0);
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
	await third.locator('[data-action=try]').click();
	await third.locator('[data-action=sign]').click();
	const fever = structuredClone(draft.action.find((one) => one.id === 'fever'));
	fever.extension[0].extension.find((one) => one.url === 'name').valueCode = 'feverAtNight'; /* no rule reads it */
	await ward.put({ ...draft, id: 'third', action: draft.action.map((one) => one.id === 'fever' ? fever : one) });
	await page.selectOption('.action-form select', 'r-registrar');
	await page.click('.action-form button[type=submit]');
	await refused(/changed since it was shown/);
	await page.reload();
	await third.locator('text=signed on a new trial').waitFor();
	assert.equal(await third.locator('[data-action=sign]').count(), 0);
	await third.locator('[data-action=try]').click();
	await third.locator('.problem').waitFor();
	assert.match(await third.locator('.problem').textContent(), /The server says: .*feverAtNight/);
	assert.equal((await ward.send('GET', '/fhir/PlanDefinition/third')).status, 'draft');
	assert.deepEqual(complaints.filter((text) => !/40[349]|422/.test(text)), []);
});

test('a policy that a patient and a ward use is not retired: both are named and lead to the board; free of them it is, with who and why', { skip, timeout: 60_000 }, async () => {
	await page.reload();
	await row().first().waitFor();
	const { url, version } = await policy();
	const organization = await ward.send('GET', `/fhir/Organization/${ward.id}`);
	const setting = organization.extension.find((one) => one.url.endsWith('/ward-policy'));
	const before = setting.valueCanonical;
	setting.valueCanonical = `${url}|${version}`;
	await ward.put(organization);
	await ward.admit('a1', 'Ada', 'Policy', 3, 1);
	await page.reload();
	const own = page.locator('tbody tr', { hasText: '2-rainbow' });
	await own.locator('[data-action=retire]').click();
	await page.selectOption('.action-form select', 'r-consultant');
	await page.click('.action-form button[type=submit]');
	assert.match(await page.textContent('.action-form'), /Fill this in/, 'a reason');
	await page.fill('.action-form textarea', 'Version 3 has come');
	await page.click('.action-form button[type=submit]');
	await refused(/The server says:.*The ward Rainbow ward at home admits under it.*Ada Policy, Rainbow ward at home, is under it.*1 open stay and 1 ward use it/);
	await assertAccessible(page, 'a policy that is in use');
	await picture('policies_in_use');
	const [stay] = (await ward.send('GET', '/fhir/EpisodeOfCare?status=active&patient=a1')).entry.map((entry) => entry.resource);
	const href = await page.getAttribute('.problem-reasons a[href*=stay]', 'href');
	assert.equal(href, `/?ward=rainbow&stay=${stay.id}`);
	const board = await browser.context.newPage();
	await board.goto(ward.url + href);
	await board.waitForSelector('.detail:has-text("Ada Policy")');
	await board.close();
	setting.valueCanonical = before;
	await ward.put({ ...organization, meta: undefined });
	await ward.send('POST', `/fhir/EpisodeOfCare/${stay.id}/$discharge`, { resourceType: 'Parameters', parameter: [{ name: 'by', valueString: 'Ruth Levy' }, { name: 'reason', valueString: 'Well again' }] });
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.said-text:has-text("is retired")');
	await page.waitForSelector('tbody tr:has-text("2-rainbow"):has-text("retired by Ruth Levy")');
	assert.match(await own.textContent(), /retired by Ruth Levy, (?:[A-Z][a-z]+ \d+ [A-Z][a-z]+ )?\d\d:\d\d: Version 3 has come/);
	assert.equal(await own.locator('[data-action]').count(), 0);
	assert.equal((await policy()).status, 'retired');
	await picture('policies_retired');
});

test('a draft that nobody wants is withdrawn', { skip, timeout: 60_000 }, async () => {
	const third = page.locator('tbody tr', { hasText: 'third' });
	await third.locator('[data-action=retire]').click();
	await page.keyboard.press('Tab'); /* from the name that is remembered to the reason */
	await page.keyboard.type('Written twice');
	await assertAccessible(page, 'the form to withdraw a draft');
	await page.click('.action-form button:has-text("Cancel")');
	await page.waitForFunction(() => document.activeElement?.dataset.action === 'retire'); /* the focus is where it was */
	await page.keyboard.press('Enter');
	await page.fill('.action-form textarea', 'Written twice');
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('tbody tr:has-text("withdrawn by Ruth Levy")');
	assert.equal((await ward.send('GET', '/fhir/PlanDefinition/third')).status, 'retired');
});

test('a trial that takes a while shows how far it is, and is stopped', { skip, timeout: 120_000 }, async () => {
	const { meta: _meta, extension: _signatures, ...shipped } = await ward.send('GET', '/fhir/PlanDefinition/childrens-cancer-1');
	for (const ladder of shipped.action.filter((one) => one.id.startsWith('ladder')))
		ladder.extension.find((one) => one.extension?.[0].valueCode === 'repeat').extension[1] = { url: 'value', valueDuration: { value: 1, unit: 's', system: 'http://unitsofmeasure.org', code: 's' } };
	await ward.put({ ...shipped, id: 'slow', version: '1-slow', title: 'A hasty ladder', status: 'draft' });
	await ward.send('POST', '/dev/clock', { advanceSeconds: 60 * 86_400 }); /* a silence that takes a while to play */
	await ward.observe('f1', WELL);
	await page.reload();
	const draft = page.locator('tbody tr', { hasText: 'A hasty ladder' });
	await draft.locator('[data-action=try]').focus();
	await page.keyboard.press('Enter');
	await draft.locator('progress').waitFor();
	await page.waitForFunction(() => document.activeElement?.dataset.action === 'stop');
	await assertAccessible(page, 'a trial that runs');
	await picture('policies_trying');
	await page.keyboard.press('Enter');
	await page.waitForSelector('.said-text:has-text("was stopped")');
	await page.waitForFunction(() => document.activeElement?.dataset.action === 'try');
	assert.equal(await draft.locator('[data-action=sign]').count(), 0);
	assert.equal(await draft.locator('.problem').count(), 0);
});
