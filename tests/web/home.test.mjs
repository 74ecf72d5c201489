/* SPDX-License-Identifier: Apache-2.0
 * The family's page on a real server in real Chromium: sent is said only when it is stored, what is not sent is kept and goes
 * once, worry reaches the ward, and a hospital that cannot be reached is said in red (S40, S45 from the parent's side). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { observations, until } from './family.mjs';
import { startWard, HW } from './ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
let ward, browser;

before(async () => {
	if (skip)
		return;
	ward = await startWard();
	await ward.prepare();
	const organization = await ward.send('GET', `/fhir/Organization/${ward.id}`);
	await ward.put({ ...organization, telecom: [{ system: 'phone', value: '020 7946 0123' }] });
	browser = await openBrowser();
});
after(async () => {
	await browser?.close();
	await ward?.stop();
});

async function open(patient, { width = 390 } = {}) {
	const page = await browser.context.newPage();
	await page.setViewportSize({ width, height: 844 });
	page.complaints = watchConsole(page);
	await page.goto(`${ward.url}/home?patient=${patient}`);
	await page.waitForSelector('.heard');
	assert.equal(await page.evaluate(() => document.documentElement.lang), 'en-GB', 'no test before left another language');
	return page;
}
test('readings are called received when the record has them, and the ward judges them', { skip, timeout: 90_000 }, async () => {
	await ward.admit('h1', 'Ada', 'Home', 3);
	const page = await open('h1');
	assert.match(await page.textContent('h1'), /Ada/);
	await page.fill('#field-temperature', '38,4');
	await page.fill('#field-heartRate', '131');
	await page.click('form .big');
	await page.waitForSelector('.good');
	assert.match(await page.textContent('.good'), /Received by the hospital at \d\d:\d\d/);
	const [one] = await observations(ward, 'h1', '8310-5');
	assert.equal(one.valueQuantity.value, 38.4);
	assert.equal(one.extension.find((part) => part.url.endsWith('/source')).valueCode, 'app');
	await until(async () => (await ward.tasks('h1')).some((task) => /Fever/.test(task.description)), 'the fever alert');
	await page.waitForFunction(() => /A nurse has been told/.test(document.body.textContent), null, { timeout: 40_000 });
	await assertAccessible(page, 'the family’s page');
	assert.deepEqual(page.complaints, []);
	await page.close();
});

test('a number that cannot be is asked for again, and nothing is sent', { skip, timeout: 60_000 }, async () => {
	await ward.admit('h2', 'Ben', 'Home', 3);
	const page = await open('h2');
	await page.fill('#field-temperature', '384');
	await page.click('form .big');
	assert.match(await page.textContent('.problem'), /cannot be/);
	assert.equal((await observations(ward, 'h2', '8310-5')).length, 0);
	await page.click('form .big');
	await page.close();
});

test('a worry takes two presses, names 999, and is told only when the ward knows', { skip, timeout: 60_000 }, async () => {
	await ward.admit('h3', 'Cleo', 'Home', 3);
	const page = await open('h3');
	await page.click('text=I am worried');
	assert.match(await page.textContent('.worry'), /999/);
	assert.equal((await ward.tasks('h3')).filter((task) => /worried/.test(task.description)).length, 0);
	await page.click('text=Yes, tell the ward');
	await page.waitForSelector('text=The ward was told at');
	const task = await until(async () => (await ward.tasks('h3')).find((one) => /worried/.test(one.description)), 'the alert');
	assert.equal(task.extension.find((one) => one.url === `${HW}/StructureDefinition/alert-level`).valueCode, 'medium');
	await page.close();
});

test('without a network nothing is called received; it is kept over a reload and arrives once', { skip, timeout: 120_000 }, async () => {
	await ward.admit('h4', 'Dora', 'Home', 3);
	const page = await open('h4');
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	await browser.context.setOffline(true);
	await page.fill('#field-spo2', '97');
	await page.click('form .big');
	await page.locator('.alarm', { hasText: 'NOT sent yet: 1' }).waitFor();
	await page.click('text=I am worried');
	await page.click('text=Yes, tell the ward');
	await page.waitForSelector('text=The ward has NOT been told');
	await page.reload();
	await page.locator('.alarm', { hasText: 'NOT sent yet: 2' }).waitFor(); /* the page opens without a network and still knows */
	assert.equal((await observations(ward, 'h4', '2708-6')).length, 0);
	await browser.context.setOffline(false);
	await until(async () => (await observations(ward, 'h4', '2708-6')).length === 1, 'the reading');
	await until(async () => (await ward.tasks('h4')).some((one) => /worried/.test(one.description)), 'the worry');
	await page.waitForFunction(() => !document.body.textContent.includes('NOT sent yet'), null, { timeout: 30_000 });
	assert.equal((await observations(ward, 'h4', '2708-6')).length, 1);
	await page.close();
});

test('S40 a hospital that is silent is said in red within a minute, with the number to phone', { skip, timeout: 60_000 }, async () => {
	await ward.admit('h5', 'Edda', 'Home', 3);
	const page = await browser.context.newPage();
	await page.clock.install();
	await page.goto(`${ward.url}/home?patient=h5`);
	await page.waitForSelector('.heard');
	await page.route(/ward\/home/, (route) => route.abort());
	await page.clock.runFor(50_000);
	await page.locator('.alarm', { hasText: /cannot reach the hospital since .* Phone the ward/ }).waitFor();
	assert.match(await page.textContent('.phones'), /020 7946 0123/);
	await page.close();
});

test('S44 the page speaks the family’s language, from right to left where it is written so', { skip, timeout: 60_000 }, async () => {
	await ward.admit('h6', 'Farid', 'Home', 3);
	const page = await open('h6');
	await page.selectOption('select', 'ar');
	await page.waitForFunction(() => document.documentElement.dir === 'rtl');
	await page.waitForSelector('text=أنا قلق');
	await page.fill('#field-temperature', '36.9');
	await page.click('form .big');
	await page.waitForSelector('.good');
	assert.equal((await observations(ward, 'h6', '8310-5')).length, 1);
	await assertAccessible(page, 'the page in Arabic');
	await page.evaluate(() => localStorage.removeItem('homeward-language'));
	await page.close();
});

test('a photograph is made small, carries no place, and stands in the record', { skip, timeout: 60_000 }, async () => {
	await ward.admit('h7', 'Gus', 'Home', 3);
	const page = await open('h7');
	const png = await page.evaluate(() => {
		const canvas = document.createElement('canvas');
		canvas.width = 3000;
		canvas.height = 1000;
		canvas.getContext('2d').fillRect(0, 0, 1500, 1000);
		return canvas.toDataURL('image/png').split(',')[1];
	});
	await page.setInputFiles('.photo input', { name: 'rash.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') });
	await page.waitForSelector('text=The photo was received at');
	const [media] = (await ward.send('GET', '/fhir/Media?patient=h7')).entry.map((entry) => entry.resource);
	assert.deepEqual([media.content.contentType, media.width, media.height], ['image/jpeg', 1600, 533]);
	await page.close();
});

test('the ward’s daily questions are asked, and an answer that says worry is concern', { skip, timeout: 60_000 }, async () => {
	await ward.put({ resourceType: 'Patient', id: 'h8', name: [{ text: 'Hal Home' }], birthDate: '2020-01-01' });
	await ward.send('POST', '/fhir/EpisodeOfCare/$admit', { resourceType: 'Parameters', parameter: [
		{ name: 'patient', valueReference: { reference: 'Patient/h8' } }, { name: 'ward', valueReference: { reference: `Organization/${ward.id}` } },
		{ name: 'policy', valueCanonical: `${HW}/PlanDefinition/childrens-cancer|2` }] });
	await ward.shown('h8');
	const page = await open('h8');
	await page.waitForSelector('details .question');
	assert.match(await page.textContent('details'), /Are you worried about your child/);
	assert.equal(await page.locator('.english').count(), 0);
	// S44: in the family's language, every question and choice, with the approved English below.
	for (const [language, first, choice] of [['ar', 'هل أنت قلق على طفلك؟', 'كالمعتاد'], ['pl', 'Czy martwisz się o swoje dziecko?', 'Jak zwykle']]) {
		await page.selectOption('select', language);
		await page.getByText(first).first().waitFor();
		await page.getByText(choice).waitFor();
		assert.ok((await page.locator('details .question .english').allTextContents()).includes('As usual'), language);
		await assertAccessible(page, `questions in ${language}`);
	}
	await page.selectOption('select', 'ar');
	await page.locator('details').scrollIntoViewIfNeeded();
	if (process.env.SHOT)
		await page.screenshot({ path: process.env.SHOT, fullPage: true });
	await page.selectOption('select', 'en');
	await page.click('details .question .choice:first-of-type input');
	await page.click('details .big');
	await page.waitForSelector('.good');
	const [answers] = (await ward.send('GET', '/fhir/QuestionnaireResponse?patient=h8')).entry.map((entry) => entry.resource);
	assert.deepEqual([answers.item[0].linkId, answers.item[0].answer[0].valueBoolean, answers.status], ['worried', true, 'in-progress']);
	await until(async () => (await ward.tasks('h8')).some((task) => /worried/i.test(task.description)), 'the concern');
	await page.close();
});

test('a page for nobody on the ward says so and still offers help', { skip, timeout: 60_000 }, async () => {
	await ward.put({ resourceType: 'Patient', id: 'nobody', name: [{ text: 'Nobody Here' }] });
	const page = await open('nobody');
	await page.waitForSelector('text=There is no stay on the ward');
	assert.match(await page.textContent('.phones'), /999/);
	await page.close();
});
