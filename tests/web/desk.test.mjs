/* SPDX-License-Identifier: Apache-2.0
 * Referrals and equipment of a real ward, worked from the web in real Chromium: each step shows as done only when the record
 * has it, and a refusal is told in the server's words. HOMEWARD_PICTURES=FOLDER keeps pictures to look at. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { HW, startWard } from './ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
let ward, browser;

before(async () => {
	if (skip)
		return;
	ward = await startWard();
	await ward.prepare();
	const policy = await ward.send('GET', '/fhir/PlanDefinition/childrens-cancer-2'); /* it has criteria */
	const organization = await ward.send('GET', `/fhir/Organization/${ward.id}`);
	organization.extension.find((one) => one.url.endsWith('/ward-policy')).valueCanonical = `${policy.url}|${policy.version}`;
	await ward.put(organization);
	await ward.admit('p1', 'Ada', 'Desk', 3, 1);
	const here = { reference: `Organization/${ward.id}` };
	const type = (code) => ({ coding: [{ system: `${HW}/CodeSystem/device-type`, code }] });
	await ward.put({ resourceType: 'Device', id: 'kit-1', status: 'active', type: type('kit'), deviceName: [{ name: 'Kit 1', type: 'user-friendly-name' }], owner: here });
	await ward.put({ resourceType: 'Device', id: 'ox-1', status: 'active', type: type('oximeter'), parent: { reference: 'Device/kit-1' }, owner: here });
	await ward.put({ resourceType: 'Location', id: 'cupboard', status: 'active', name: 'Cupboard', managingOrganization: here });
	for (const [number, name] of [[2, 'Ben Referred'], [3, 'Cleo Referred']]) {
		await ward.put({ resourceType: 'Patient', id: `p${number}`, name: [{ text: name }], birthDate: '2020-01-01' });
		await ward.put({ resourceType: 'ServiceRequest', id: `sr-${number}`, status: 'active', intent: 'order', subject: { reference: `Patient/p${number}` }, authoredOn: new Date(await ward.now() - number * 600_000).toISOString(),
			code: { coding: [{ system: `${HW}/CodeSystem/ward-task`, code: 'referral' }] }, performer: [here], reasonCode: [{ text: 'Febrile neutropenia, low risk' }],
			extension: [{ url: `${HW}/StructureDefinition/referral-source`, valueCode: 'ed' }] });
	}
	browser = await openBrowser();
});
after(async () => {
	await browser?.close();
	await ward?.stop();
});

async function open(view) {
	const page = await browser.context.newPage();
	const complaints = watchConsole(page);
	await page.goto(`${ward.url}/?ward=${ward.id}&view=${view}`);
	await page.waitForSelector('tbody tr');
	/* The row that names this text. */
	const row = (name) => page.locator('tbody tr', { hasText: name });
	return { page, row, complaints,
		press: (name, action) => row(name).locator(`[data-action=${action}]`).click(),
		async fill(values) {
			for (const [name, value] of Object.entries(values)) {
				const field = await page.waitForSelector(`.action-form [id$="-${name}"]`);
				await (await field.evaluate((node) => node.tagName) === 'SELECT' ? field.selectOption(value) : field.fill(value));
			}
		},
		async send() {
			await page.click('.action-form button[type=submit]');
		},
		async refused(pattern) {
			await page.waitForSelector('.action-form .problem');
			assert.match(await page.textContent('.action-form .problem'), pattern);
		},
		async said(pattern) {
			await page.waitForFunction((source) => new RegExp(source).test(document.querySelector('.said')?.textContent ?? ''), pattern.source);
			assert.equal(await page.$('.action-form'), null);
		},
		async picture(name) {
			if (process.env.HOMEWARD_PICTURES)
				await page.screenshot({ path: `${process.env.HOMEWARD_PICTURES}/${name}.png` });
		} };
}
const complaintsBesides = (complaints) => complaints.filter((text) => !/40[39]|422/.test(text));

test('a referral is assessed, accepted and admitted, each by somebody named', { skip, timeout: 60_000 }, async () => {
	const { page, row, complaints, press, fill, send, refused, said, picture } = await open('referrals');
	await assertAccessible(page, 'referrals');
	await picture('referrals');
	await press('Ben', 'accept');
	await fill({ who: 'r-nurse' });
	await send();
	await refused(/criteria .*not answered/);
	await assertAccessible(page, 'a refused acceptance');
	await page.click('.action-form .nhsuk-button--secondary');
	await press('Ben', 'assess');
	const criteria = await page.$$('.action-form select');
	assert.ok(criteria.length > 2, 'a choice for each criterion');
	for (const one of criteria.slice(1))
		await one.selectOption('met');
	await fill({ who: 'r-nurse' });
	await assertAccessible(page, 'the form to assess');
	await picture('assess');
	await send();
	await said(/Assessed: Ben Referred/);
	await page.waitForFunction(() => ![...document.querySelectorAll('tbody tr')].find((one) => one.textContent.includes('Ben')).textContent.includes('unknown'));
	await press('Ben', 'accept');
	await fill({ who: 'r-consultant' });
	await send();
	await said(/Accepted: Ben Referred/);
	assert.equal((await ward.send('GET', '/fhir/ServiceRequest/sr-2')).extension.find((one) => one.url.endsWith('/referral-decision')).extension.find((one) => one.url === 'outcome').valueCode, 'accepted');
	await row('Ben').locator('[data-action=admit]').waitFor();
	await press('Ben', 'admit');
	await send();
	await said(/Admitted: Ben Referred/);
	await row('Ben').waitFor({ state: 'detached' });
	await picture('admitted');
	assert.equal((await ward.send('GET', '/fhir/ServiceRequest/sr-2')).status, 'completed');
	const stays = await ward.send('GET', '/fhir/EpisodeOfCare?patient=p2&status=active');
	assert.equal(stays.entry?.length, 1);
	assert.deepEqual(complaintsBesides(complaints), []);
	await page.close();
});

test('a referral is refused with a coded reason and words', { skip, timeout: 60_000 }, async () => {
	const { page, row, complaints, press, fill, send, said } = await open('referrals');
	await press('Cleo', 'refuse');
	await fill({ who: 'r-registrar', reason: 'no-capacity' });
	await send();
	assert.match(await page.textContent('.action-form'), /Fill this in/);
	await fill({ text: 'Every kit is out until Monday' });
	await assertAccessible(page, 'the form to refuse');
	await send();
	await said(/Refused: Cleo Referred/);
	await row('Cleo').waitFor({ state: 'detached' });
	const referral = await ward.send('GET', '/fhir/ServiceRequest/sr-3');
	assert.equal(referral.status, 'revoked');
	const decision = referral.extension.find((one) => one.url.endsWith('/referral-decision')).extension;
	assert.equal(decision.find((one) => one.url === 'reason').valueCode, 'no-capacity');
	assert.deepEqual(complaintsBesides(complaints), []);
	await page.close();
});

test('a kit is given to a patient of the ward and taken back to a place', { skip, timeout: 60_000 }, async () => {
	const { page, row, complaints, press, fill, send, refused, said, picture } = await open('equipment');
	assert.match(await page.textContent('tbody'), /nobody/);
	await press('Kit 1', 'assign');
	await fill({ who: 'r-nurse', patient: 'p1' });
	await assertAccessible(page, 'the form to give a kit');
	await picture('assign');
	/* Somebody else is faster: the server's words, and nothing shown as done. */
	const by = { name: 'by', valueReference: { reference: 'PractitionerRole/r-registrar' } };
	await ward.send('POST', '/fhir/Device/kit-1/$assign', { resourceType: 'Parameters', parameter: [by, { name: 'patient', valueReference: { reference: 'Patient/p3' } }] });
	await send();
	await refused(/Patient\/p3 has it/);
	await ward.send('POST', '/fhir/Device/kit-1/$return', { resourceType: 'Parameters', parameter: [by, { name: 'location', valueReference: { reference: 'Location/cupboard' } }] });
	await send();
	await said(/Kit 1 is given out/);
	await row('Ada Desk').waitFor();
	assert.equal((await ward.send('GET', '/fhir/Device/kit-1')).patient.reference, 'Patient/p1');
	await press('Kit 1', 'return');
	await fill({ location: 'cupboard' });
	await assertAccessible(page, 'the form to take a kit back');
	await send();
	await said(/Kit 1 is back from Ada Desk/);
	await row('Cupboard').waitFor();
	await picture('returned');
	const kit = await ward.send('GET', '/fhir/Device/kit-1');
	assert.equal(kit.patient, undefined);
	assert.equal(kit.location.reference, 'Location/cupboard');
	assert.deepEqual(complaintsBesides(complaints), []);
	await page.close();
});
