/* SPDX-License-Identifier: Apache-2.0
 * The family's page in the family's language, for who is deaf and for who reads little (S44), on a real server in real Chromium. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../kill/server.mjs';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser } from './browser.mjs';
import { admitFamily, observations, openPhone, speaks, until } from './family.mjs';
import { HW, startWard } from './ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
const LANGUAGES = ['en', 'en-x-easy', 'ar', 'bn', 'cy', 'pl', 'ur'];
const words = Object.fromEntries(LANGUAGES.map((language) => [language, JSON.parse(readFileSync(join(root, 'data', 'home', `${language}.json`), 'utf8')).texts]));
let ward, browser;

before(async () => {
	if (skip)
		return;
	ward = await startWard();
	await ward.prepare();
	const organization = await ward.send('GET', `/fhir/Organization/${ward.id}`);
	await ward.put({ ...organization, telecom: [{ system: 'phone', value: '020 7946 0123' }],
		extension: [...organization.extension, { url: `${HW}/StructureDefinition/second-opinion`, extension: [{ url: 'phone', valueString: '020 7946 0999' }, { url: 'text', valueString: 'Call 4 Concern' }] }] });
	browser = await openBrowser();
});
after(async () => {
	await browser?.close();
	await ward?.stop();
});

const attribute = (page, name) => page.evaluate((one) => document.documentElement[one], name);
const plain = (text) => text.replace(/[\u2068\u2069]/g, '');

test('S44 the language that the record has for the family is the page’s, with the English one press away', { skip, timeout: 90_000 }, async () => {
	await admitFamily(ward, 'l1', 'Ursa', speaks('ur-PK'));
	const page = await openPhone(browser, ward, 'l1');
	await page.getByText(words.ur.worried).waitFor();
	assert.deepEqual([await attribute(page, 'lang'), await attribute(page, 'dir')], ['ur', 'rtl']);
	assert.equal(await page.textContent('.draft'), words.ur.draft, 'a draft says that it is one');
	await page.click('button:text-is("English")');
	await page.getByText(words.en.worried).waitFor();
	assert.deepEqual([await attribute(page, 'lang'), await attribute(page, 'dir'), await page.locator('.draft').count()], ['en-GB', 'ltr', 0]);
	await page.click(`button:text-is("اردو")`);
	await page.getByText(words.ur.worried).waitFor();
	// Without a network it opens in the same language.
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	await browser.context.setOffline(true);
	await page.reload();
	await page.getByText(words.ur.worried).waitFor();
	await browser.context.setOffline(false);
	// What is chosen on the phone goes before the record.
	await page.selectOption('select', 'cy');
	await page.reload();
	await page.getByText(words.cy.worried).waitFor();
	await page.close();
	// A patient who has no contact reads for themselves.
	await ward.put({ resourceType: 'Patient', id: 'l2', name: [{ text: 'Own Reader' }], birthDate: '2009-01-01', ...speaks('pl') });
	const own = await openPhone(browser, ward, 'l2', { keep: false });
	await own.getByText(words.pl.none).waitFor();
	await own.close();
});

test('S44 every language: 999 and the ward’s number can be pressed, nothing is cut off, everything can be read', { skip, timeout: 240_000 }, async () => {
	await admitFamily(ward, 'l3', 'Nia');
	await ward.observe('l3', { temperature: 38.6, heartRate: 131, oxygen: 'air', worried: true });
	for (const language of LANGUAGES) {
		const page = await openPhone(browser, ward, 'l3', { width: 320 });
		await page.selectOption('select', language);
		if (language === 'en-x-easy') /* it begins with pictures */
			await page.click(`button:text-is("${words[language].page}")`);
		await page.waitForFunction(() => document.querySelectorAll('.values li').length >= 3 && document.querySelector('details .question'));
		const links = await page.$$eval('.phones a', (all) => all.map((one) => [one.getAttribute('href'), one.textContent]));
		assert.deepEqual(links.map(([href]) => href), ['tel:999', 'tel:02079460123', 'tel:02079460999'], language);
		assert.equal(links[0][1], words[language].emergency);
		assert.ok(links[1][1].startsWith(words[language].call), language);
		if (language !== 'en')
			assert.ok(await page.locator('details .question .english').count() >= 4, `${language}: questions with their English`);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(wide <= 0, `${language}: ${wide} px wider than the phone`);
		for (const look of [{ colorScheme: 'light' }, { colorScheme: 'dark' }]) {
			await page.emulateMedia(look);
			await assertAccessible(page, `${language}, ${look.colorScheme}`);
		}
		if (process.env.SHOTS)
			await page.screenshot({ path: join(process.env.SHOTS, `home-${language}.png`), fullPage: true });
		assert.deepEqual(page.complaints, [], language);
		await page.close();
	}
});

test('S44 a family that cannot hear telephones by text relay: 18001 before the numbers, 18000 in an emergency', { skip, timeout: 90_000 }, async () => {
	await admitFamily(ward, 'l4', 'Deniz', { extension: [{ url: `${HW}/StructureDefinition/text-relay`, valueBoolean: true }] });
	await admitFamily(ward, 'l5', 'Effie', { telecom: [{ system: 'phone', use: 'home', value: '18001 01632 960045', rank: 1 }] });
	for (const patient of ['l4', 'l5']) {
		const page = await openPhone(browser, ward, patient);
		await page.waitForSelector('a[href="tel:18000"]');
		assert.deepEqual(await page.$$eval('.phones a', (all) => all.map((one) => one.getAttribute('href'))), ['tel:18000', 'tel:999', 'tel:1800102079460123', 'tel:1800102079460999'], patient);
		assert.match(await page.textContent('.phones'), /Emergency by text relay: 18000.*Phone the ward by text relay: 18001 020 7946 0123/s);
		await assertAccessible(page, 'by text relay');
		// The numbers are there without a network.
		await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
		await browser.context.setOffline(true);
		await page.reload();
		await page.waitForSelector('a[href="tel:1800102079460123"]');
		await browser.context.setOffline(false);
		await page.close();
	}
	// By a number for relay alone: a contact who is called second does not make the first one's telephone a relay.
	await admitFamily(ward, 'l6', 'Gil');
	await ward.put({ resourceType: 'RelatedPerson', id: 'l6-aunt', active: true, patient: { reference: 'Patient/l6' }, telecom: [{ system: 'phone', value: '18001 01632 960046', rank: 2 }] });
	assert.deepEqual((await ward.send('GET', '/ward/home?patient=l6')).family, { language: null, relay: false });
	assert.equal((await ward.server.request('GET', '/ward/home?patient=not-in-the-record')).body.stay, 'none');
});

test('without a network each language says that the hospital has NOT got it, with the count; it opens, and all arrives once', { skip, timeout: 180_000 }, async () => {
	await admitFamily(ward, 'l7', 'Olwen');
	const page = await openPhone(browser, ward, 'l7');
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	await browser.context.setOffline(true);
	await page.reload();
	await page.fill('#field-temperature', '37.1');
	await page.click('form .big');
	await page.locator('.alarm', { hasText: words.en.unsent.replace('{count}', '1') }).waitFor();
	await page.click(`text="${words.en.worried}"`);
	await page.click(`text="${words.en.worriedYes}"`);
	await page.locator('.alarm', { hasText: words.en.worriedNot }).waitFor(); /* said when it was tried */
	for (const language of LANGUAGES) {
		await page.selectOption('select', language);
		const alarms = (await page.locator('.alarm').allTextContents()).map(plain);
		assert.ok(alarms.includes(words[language].unsent.replace('{count}', '2')), `${language}: ${alarms.join(' | ')}`);
		assert.ok(alarms.includes(words[language].worriedNot), `${language}: ${alarms.join(' | ')}`);
		assert.ok(alarms.some((one) => one.startsWith(words[language].lost.split('{')[0].trim())), `${language}: lost: ${alarms.join(' | ')}`);
		assert.equal(await page.locator('.good').count(), 0, `${language}: nothing is called received`);
	}
	await page.selectOption('select', 'en');
	await browser.context.setOffline(false);
	await until(async () => (await observations(ward, 'l7', '8310-5')).length === 1 && (await observations(ward, 'l7', 'worried')).length === 1, 'the reading and the worry');
	await page.waitForFunction(() => !document.body.textContent.includes('NOT sent yet'), null, { timeout: 30_000 });
	await page.reload();
	await page.waitForSelector('.heard');
	assert.deepEqual([(await observations(ward, 'l7', '8310-5')).length, (await observations(ward, 'l7', 'worried')).length], [1, 1]);
	await page.close();
});

test('a worry does not wait behind a photo, nor behind readings that the hospital cannot take now', { skip, timeout: 60_000 }, async () => {
	await admitFamily(ward, 'l8', 'Pip');
	const page = await openPhone(browser, ward, 'l8');
	await page.route(/\/fhir$/, async (route) => {
		const body = route.request().postData() ?? '';
		if (body.includes('"Media"'))
			return undefined; /* a line that carries nothing */
		return body.includes('8867-4') ? route.fulfill({ status: 503 }) : route.continue();
	});
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	const png = await page.evaluate(() => {
		const canvas = document.createElement('canvas');
		canvas.width = canvas.height = 20;
		return canvas.toDataURL('image/png').split(',')[1];
	});
	await page.setInputFiles('.photo input', { name: 'rash.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') });
	await page.fill('#field-heartRate', '120');
	await page.click('form .big');
	await page.locator('.alarm', { hasText: 'NOT sent yet: 2' }).waitFor();
	await page.fill('#field-temperature', '36.9');
	await page.click('form .big');
	await page.click(`text="${words.en.worried}"`);
	await page.click(`text="${words.en.worriedYes}"`);
	await page.waitForSelector('text=The ward was told at');
	await until(async () => (await observations(ward, 'l8', '8310-5')).length === 1, 'the later reading');
	await page.close();
});

test('what the hospital refuses is not called on its way', { skip, timeout: 60_000 }, async () => {
	await admitFamily(ward, 'l9', 'Quin');
	const page = await openPhone(browser, ward, 'l9');
	await page.route(/\/fhir$/, (route) => route.fulfill({ status: 422 }));
	await page.fill('#field-temperature', '36.9');
	await page.click('form .big');
	await page.locator('.alarm', { hasText: words.en.refused }).waitFor();
	assert.equal(await page.locator('.alarm', { hasText: 'NOT sent yet' }).count(), 0);
	await page.close();
});

test('in pictures: large, one thing a screen, a picture for each sign, and the same reaches the ward', { skip, timeout: 120_000 }, async () => {
	await admitFamily(ward, 'l10', 'Rhys', speaks('en-x-easy'));
	const page = await openPhone(browser, ward, 'l10');
	await page.waitForSelector('.tiles');
	const shot = async (name) => {
		await assertAccessible(page, `in pictures: ${name}`);
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0, name);
		assert.equal(await page.locator('a[href="tel:999"]').count() >= 1, true, `${name}: 999 on every screen`);
		if (process.env.SHOTS)
			await page.screenshot({ path: join(process.env.SHOTS, `pictures-${name}.png`), fullPage: true });
	};
	await page.waitForFunction(() => document.querySelectorAll('.tile').length === 6);
	await shot('start');
	await page.click(`.tile:has-text("${words['en-x-easy'].send}")`);
	for (const [sign, value] of [['temperature', '38.3'], ['heartRate', ''], ['respiratoryRate', '٢٨'], ['spo2', '97']]) {
		await page.waitForSelector(`#field-${sign}`);
		assert.deepEqual([await page.locator('.screen input').count(), await page.locator('.screen svg').count()], [1, 1], `${sign}: one thing`);
		assert.equal(await page.evaluate(() => document.activeElement.id), 'screen-title');
		await page.fill(`#field-${sign}`, value);
		if (sign === 'temperature') {
			await page.fill('#field-temperature', '383');
			await page.click('.screen form .big');
			assert.match(await page.textContent('.problem'), /383 cannot be right/);
			await page.fill('#field-temperature', value);
			await shot('temperature');
		}
		await page.click('.screen form .big');
	}
	await page.waitForSelector('.checked');
	assert.deepEqual(await page.$$eval('.checked b', (all) => all.map((one) => one.textContent)), ['38.3', '٢٨', '97']);
	await shot('check');
	await page.click('.screen .big:not(.plain)');
	await page.waitForSelector('.good');
	assert.deepEqual([(await observations(ward, 'l10', '8310-5'))[0].valueQuantity.value, (await observations(ward, 'l10', '9279-1'))[0].valueQuantity.value, (await observations(ward, 'l10', '8867-4')).length], [38.3, 28, 0]);
	await until(async () => (await ward.tasks('l10')).some((task) => /Fever/.test(task.description)), 'the fever');
	// The questions, one at a time.
	await page.click(`.tile:has-text("${words['en-x-easy'].questions}")`);
	await page.waitForSelector('.screen .question');
	await shot('question');
	for (let step = 0; step < 4; step++) {
		assert.equal(await page.locator('.screen .question').count(), 1);
		await page.click('.screen .choice:last-of-type input');
		await page.click('.screen .big:not(.plain)');
	}
	const answers = await until(async () => (await ward.send('GET', '/fhir/QuestionnaireResponse?patient=l10')).entry?.[0]?.resource, 'the answers');
	assert.deepEqual([answers.status, answers.item.map((one) => one.linkId)], ['completed', ['worried', 'drinking', 'breathing', 'rash']]);
	// The worry, by two presses.
	await page.click('.tile.danger');
	assert.match(await page.textContent('.worry'), /999/);
	await shot('worry');
	await page.click(`text="${words['en-x-easy'].worriedYes}"`);
	await page.waitForSelector(`text=${words['en-x-easy'].worriedTold.split('.')[0]}`);
	await page.click(`.tile:has-text("${words['en-x-easy'].received}")`);
	await page.waitForSelector('.screen .values li');
	await shot('received');
	await page.click('.screen .plain');
	await page.click(`.tile:has-text("${words['en-x-easy'].call}")`);
	await page.waitForSelector('.screen a[href="tel:02079460123"]');
	await shot('phone');
	// Every language has the view, by one press, and the way back.
	await page.click('.screen .plain');
	await page.selectOption('select', 'ar');
	await page.waitForFunction(() => document.documentElement.dir === 'rtl');
	await shot('arabic');
	await page.emulateMedia({ colorScheme: 'dark' });
	await shot('arabic-dark');
	await page.click(`button:text-is("${words.ar.page}")`);
	await page.waitForSelector('form.card #field-spo2');
	assert.deepEqual(page.complaints, []);
	await page.close();
});

test('a family sees its values and no score, of whatever system', { skip, timeout: 60_000 }, async () => {
	await admitFamily(ward, 'l11', 'Sol');
	const at = new Date(await ward.now()).toISOString();
	await ward.send('POST', '/fhir/Observation', { resourceType: 'Observation', status: 'final', subject: { reference: 'Patient/l11' }, effectiveDateTime: at,
		code: { coding: [{ system: 'http://snomed.info/sct', code: '1363261000000104' }] }, valueQuantity: { value: 6, unit: '{ScoreOf}', system: 'http://unitsofmeasure.org', code: '{ScoreOf}' } });
	await ward.observe('l11', { temperature: 36.6 });
	const home = await until(async () => {
		const found = await ward.send('GET', '/ward/home?patient=l11');
		return found.values?.some((one) => one.name === 'temperature' && one.text === '36.6') ? found : null;
	}, 'the reading');
	assert.equal(home.values.some((one) => /score/i.test(one.name)), false, JSON.stringify(home.values.map((one) => one.name)));
});
