/* SPDX-License-Identifier: Apache-2.0
 * A nurse who is called about something that no chart shows opens it where she stands: what was sent, in words, and what was done
 * with it; and the photographs of the family. On a real server in real Chromium. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { startWard, WELL } from './ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
const IN_TIME = { timeout: 60_000, skip };
let ward, browser, page, complaints;

before(async () => {
	if (skip)
		return;
	ward = await startWard();
	await ward.prepare();
	browser = await openBrowser();
	page = await browser.context.newPage();
	complaints = watchConsole(page);
	await page.setViewportSize({ width: 1366, height: 900 });
});
after(async () => {
	await browser?.close();
	await ward?.stop();
});

const picture = (name) => process.env.HOMEWARD_PICTURES ? page.screenshot({ path: `${process.env.HOMEWARD_PICTURES}/${name}.png`, fullPage: true }) : undefined;
const temperature = async (patient, value, more = {}) => ({ resourceType: 'Observation', status: 'final', subject: { reference: `Patient/${patient}` },
	effectiveDateTime: new Date(await ward.now()).toISOString(), code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] },
	valueQuantity: { value, unit: 'Cel', system: 'http://unitsofmeasure.org', code: 'Cel' }, ...more });
async function open(name) {
	await page.goto(`${ward.url}/?ward=${ward.id}`);
	await page.locator('.row', { hasText: name }).locator('.who-button').click();
	await page.waitForSelector('.detail');
}
const card = (text) => page.locator('.card', { hasText: text });

test('signs within a Bundle are told line by line, with what the ward did, and whose else they are', IN_TIME, async () => {
	await ward.admit('a1', 'Ada', 'About', 3, 1);
	await ward.admit('a2', 'Bea', 'Beside', 3, 1);
	await ward.observe('a1', WELL);
	const bundle = await ward.send('POST', '/fhir/Bundle', { resourceType: 'Bundle', type: 'collection', entry: [
		{ resource: await temperature('a1', 40.1, { performer: [{ display: 'Jo About, mother' }] }) },
		{ resource: { ...await temperature('a2', 36.6), code: { text: 'Warmth of the hands' }, valueQuantity: undefined, valueString: 'cold' } },
	] });
	await open('Ada About');
	const alert = card(`Temperature 40.1 in Bundle/${bundle.id}`);
	await alert.locator('[data-action=about]').click();
	await alert.locator('.about .plain-table').waitFor();
	const rows = await alert.locator('.about tbody tr').allInnerTexts();
	assert.match(rows[0], /^This patient\s+Temp\s+40\.1 °C\s+.*Jo About, mother/);
	assert.match(rows[1], /^Patient\/a2\s+Warmth of the hands\s+cold/);
	const text = await alert.locator('.about').innerText();
	assert.match(text, /What was done with it: .*no rule reads them there/);
	const raw = await alert.locator('.about a').getAttribute('href');
	assert.equal((await ward.send('GET', raw)).id, bundle.id);
	await assertAccessible(page, 'what an alert is about');
	await picture('about_bundle');
	await alert.locator('[data-action=about]').click();
	assert.equal(await alert.locator('.about').count(), 0);
});

test('an answer is opened with its question, a reading as it was sent', IN_TIME, async () => {
	await ward.admit('a3', 'Cai', 'Answer', 3, 1);
	await ward.send('POST', '/fhir/Observation', await temperature('a3', 102.2, { valueQuantity: { value: 102.2, unit: 'degF', system: 'http://unitsofmeasure.org', code: '[degF]' }, device: { display: 'Old thermometer' } }));
	await open('Cai Answer');
	const fever = card('39.0');
	await fever.locator('[data-action=about]').click();
	await fever.locator('.about .plain-table').waitFor();
	assert.match(await fever.locator('.about tbody').innerText(), /Temp\s+102\.2 degF\s+.*Old thermometer/);

	await ward.send('POST', '/fhir/Bundle', { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'QuestionnaireResponse', status: 'completed',
		questionnaire: 'https://fhir.homeward.example/Questionnaire/childrens-daily|1', subject: { reference: 'Patient/a3' }, authored: new Date(await ward.now()).toISOString(),
		item: [{ linkId: 'drinking', text: 'Is he drinking?', answer: [{ valueBoolean: false }] }] } }] });
	const worry = card('Worry or answers in Bundle/');
	await worry.locator('[data-action=about]').click();
	await worry.locator('.about .plain-table').waitFor();
	assert.match(await worry.locator('.about tbody').innerText(), /Is he drinking\?\s+no/);
});

test('what cannot be read says so, and is read when one tries again', IN_TIME, async () => {
	const fever = card('39.0');
	await fever.locator('[data-action=about]').click();
	await page.route('**/fhir/Observation/*', (route) => route.abort());
	await fever.locator('[data-action=about]').click();
	await fever.locator('.problem').waitFor();
	assert.match(await fever.locator('.problem').innerText(), /could not be loaded.*cannot be reached/s);
	await page.unroute('**/fhir/Observation/*');
	await fever.locator('.problem button').click();
	await fever.locator('.about .plain-table').waitFor();
	assert.deepEqual(complaints.filter((text) => !/ERR_FAILED/.test(text)), []);
});

test('an alert that could not be read when its form was opened is answered only when it has been', IN_TIME, async () => {
	const fever = card('39.0');
	const notes = async () => JSON.stringify((await ward.tasks('a3')).find((one) => one.code.coding[0].code === 'fever').note ?? []);
	const failed = page.waitForEvent('requestfailed', (request) => request.url().includes('/fhir/Task/'));
	await page.route('**/fhir/Task/*', (route) => route.request().method() === 'GET' ? route.abort() : route.fallback());
	await fever.locator('[data-action=acknowledge]').click();
	await failed;
	await page.unroute('**/fhir/Task/*');
	await page.locator('.action-form [id$="-who"]').selectOption('r-nurse');
	await page.locator('.action-form [id$="-plan"]').fill('Coming in now');
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.action-form .problem');
	assert.match(await page.textContent('.action-form .problem'), /could not be read when you opened the form, and nothing was recorded. It is now high/);
	assert.doesNotMatch(await notes(), /Coming in now/);
	await page.click('.action-form button[type=submit]');
	await page.waitForSelector('.said-text');
	assert.match(await notes(), /Coming in now/);
});

test('photographs are seen on the panel, newest first, and made large', IN_TIME, async () => {
	const now = await ward.now();
	const colours = ['red', 'green', 'blue', 'black', 'grey'];
	const drawn = await page.evaluate((names) => names.map((name) => {
		const canvas = document.createElement('canvas');
		canvas.width = 400;
		canvas.height = 300;
		const context = canvas.getContext('2d');
		context.fillStyle = name;
		context.fillRect(0, 0, 400, 300);
		return canvas.toDataURL('image/jpeg').split(',')[1];
	}), colours);
	for (const [i, data] of drawn.entries())
		await ward.send('POST', '/fhir/Media', { resourceType: 'Media', status: 'completed', subject: { reference: 'Patient/a1' }, createdDateTime: new Date(now - i * 3_600_000).toISOString(),
			content: { contentType: 'image/jpeg', data }, ...(i === 0 ? { note: [{ text: 'The left arm' }] } : {}) });
	await open('Ada About');
	await page.waitForSelector('.facts:has-text("5 photographs, the newest at")');
	assert.equal(await page.locator('.photograph').count(), 0, 'none is loaded before somebody asks');
	await page.click('[data-action=photographs]');
	await page.waitForFunction(() => document.querySelectorAll('.photograph img').length === 4 && [...document.querySelectorAll('.photograph img')].every((one) => one.naturalWidth === 400));
	assert.match(await page.locator('.photograph').first().innerText(), /The left arm/);
	await assertAccessible(page, 'photographs on the panel');
	await picture('about_photographs');
	await page.click('text=Show older ones');
	await page.waitForFunction(() => document.querySelectorAll('.photograph img').length === 5);
	assert.equal(await page.locator('text=Show older ones').count(), 0);
	const width = () => page.locator('.photograph img').first().evaluate((one) => one.getBoundingClientRect().width);
	const small = await width();
	await page.locator('.photograph-button').first().click();
	assert.ok(await width() > 2 * small);
	await page.click('[data-action=photographs]');
	await page.waitForFunction(() => document.querySelectorAll('.photograph').length === 0);
	assert.deepEqual(complaints.filter((text) => !/ERR_FAILED/.test(text)), []);
});

test('a photograph that no page can draw is said, and one that cannot be loaded hides none of the others', IN_TIME, async () => {
	await ward.send('POST', '/fhir/Media', { resourceType: 'Media', status: 'completed', subject: { reference: 'Patient/a1' }, createdDateTime: new Date(await ward.now()).toISOString(),
		content: { contentType: 'image/heic', data: 'AAAA' } });
	await open('Ada About');
	await page.waitForSelector('.facts:has-text("6 photographs, the newest at")');
	let asked = 0;
	await page.route('**/fhir/**', (route) => route.request().url().includes('Media') && ++asked === 3 ? route.abort() : route.fallback());
	await page.click('[data-action=photographs]');
	await page.waitForSelector('.facts .problem');
	assert.equal(await page.locator('.photograph').count(), 1, 'the newest cannot be drawn, the one before it is there');
	await page.unroute('**/fhir/**');
	await page.click('.facts .problem button');
	await page.waitForSelector('text=1 cannot be shown here');
	assert.equal(await page.locator('.photograph').count(), 3);
});
