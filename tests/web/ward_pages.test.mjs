/* SPDX-License-Identifier: Apache-2.0
 * Round, referrals, equipment and figures of a real ward in real Chromium. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { until } from './family.mjs';
import { HW, startWard, WELL } from './ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
let ward, browser;

before(async () => {
	if (skip)
		return;
	ward = await startWard();
	await ward.prepare();
	await ward.admit('p1', 'Ada', 'Round', 3, 30);
	await ward.observe('p1', { ...WELL, respiratoryRate: 44, heartRate: 152, spo2: 94 });
	const type = (code) => ({ coding: [{ system: `${HW}/CodeSystem/device-type`, code }] });
	await ward.put({ resourceType: 'Device', id: 'kit-1', status: 'active', type: type('kit'), owner: { reference: `Organization/${ward.id}` }, patient: { reference: 'Patient/p1' } });
	await ward.put({ resourceType: 'Device', id: 'ox-1', status: 'active', type: type('oximeter'), parent: { reference: 'Device/kit-1' }, owner: { reference: `Organization/${ward.id}` } });
	await ward.put({ resourceType: 'Patient', id: 'p2', name: [{ text: 'Ben Referred' }], birthDate: '2020-01-01' });
	await ward.put({ resourceType: 'ServiceRequest', id: 'sr-1', status: 'active', intent: 'order', subject: { reference: 'Patient/p2' }, authoredOn: new Date(await ward.now()).toISOString(),
		code: { coding: [{ system: `${HW}/CodeSystem/ward-task`, code: 'referral' }] }, performer: [{ reference: `Organization/${ward.id}` }],
		extension: [{ url: `${HW}/StructureDefinition/referral-source`, valueCode: 'ed' }] });
	await ward.put({ resourceType: 'Location', id: 'bed-1', status: 'active', name: 'Bed 1', managingOrganization: { reference: `Organization/${ward.id}` },
		physicalType: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code: 'bd' }] } });
	browser = await openBrowser();
});
after(async () => {
	await browser?.close();
	await ward?.stop();
});

async function open(view, selector) {
	const page = await browser.context.newPage();
	page.complaints = watchConsole(page);
	await page.goto(`${ward.url}/?ward=${ward.id}&view=${view}`);
	await page.waitForSelector(selector);
	return page;
}
async function close(page, state) {
	await assertAccessible(page, state);
	assert.deepEqual(page.complaints.filter((text) => !/503/.test(text)), []); /* one report at a time: the page asks again */
	await page.close();
}

test('the round names every patient with score, open alerts and review', { skip, timeout: 60_000 }, async () => {
	await until(async () => (await ward.send('GET', `/flow/round?ward=${ward.id}`)).some((row) => row.openAlerts.length > 0 && row.scores), 'alert and score in the record');
	const page = await open('round', 'tbody tr');
	const text = await page.textContent('tbody');
	for (const words of ['Ada Round', 'PEWS 4', 'not yet', '4 at '])
		assert.ok(text.includes(words), `${words} in ${text}`);
	await close(page, 'the round');
});

test('a referral that waits and a kit that is out are seen', { skip, timeout: 60_000 }, async () => {
	const referrals = await open('referrals', 'tbody tr');
	assert.match(await referrals.textContent('tbody'), /Ben Referred.*waiting.*emergency department/);
	await close(referrals, 'referrals');
	const equipment = await open('equipment', 'tbody tr');
	assert.match(await equipment.textContent('tbody'), /kit kit-1.*Ada Round.*oximeter/);
	await close(equipment, 'equipment');
});

test('a figure opens to what was counted', { skip, timeout: 60_000 }, async () => {
	const page = await open('figures', '.plain-table');
	await page.waitForFunction(() => document.querySelectorAll('.panel-section').length >= 5);
	assert.match(await page.textContent('.figure-now'), /1 of 1 beds filled \(100 %\)/);
	await page.click('.counted summary'); /* at least one figure can be opened, once it is counted */
	assert.match(await page.getAttribute('.counted a', 'href'), /^\/fhir\/[A-Z]/);
	await close(page, 'figures');
});

test('the report of a past week, made by the server, is chosen and opens to what was counted', { skip, timeout: 120_000 }, async () => {
	const nurse = { reference: `PractitionerRole/${ward.id}-hours` };
	await ward.put({ resourceType: 'PractitionerRole', id: `${ward.id}-hours`, active: true, practitioner: { display: 'Nina Hours' }, organization: { reference: `Organization/${ward.id}` },
		code: [{ coding: [{ system: `${HW}/CodeSystem/ward-role`, code: 'nurse' }] }] });
	await ward.put({ resourceType: 'Schedule', id: 'hours', actor: [nurse] });
	// The week after this one: its Monday in UTC, and a shift of its Wednesday.
	const DAY = 86_400_000, today = Math.floor(await ward.now() / DAY);
	const monday = (today + 7 - (today + 3) % 7) * DAY, week = new Date(monday).toISOString().slice(0, 10);
	await ward.put({ resourceType: 'Slot', id: 'hours-1', schedule: { reference: 'Schedule/hours' }, status: 'busy',
		start: new Date(monday + 2 * DAY + DAY / 3).toISOString(), end: new Date(monday + 2 * DAY + 2 * DAY / 3).toISOString() });
	await ward.send('POST', '/dev/clock', { advanceSeconds: (monday + 8 * DAY - await ward.now()) / 1000 });
	const count = async () => (await (await fetch(`${ward.url}/flow/weekly?ward=${ward.id}&start=${week}`)).json()).reports.length;
	for (const end = Date.now() + 60_000; await count() < 6 && Date.now() < end;)
		await new Promise((resolve) => setTimeout(resolve, 100));
	const page = await open('figures', '.figure-period');
	await page.selectOption('#period', week);
	await page.waitForFunction(() => document.querySelectorAll('.panel-section').length >= 6);
	if (process.env.SCREENSHOTS)
		await page.screenshot({ path: `${process.env.SCREENSHOTS}/figures-week.png`, fullPage: true });
	const text = await page.textContent('main');
	assert.match(text, /The week .* to .*, as it was counted/);
	assert.match(text, /Alerts per nurse-hour/);
	const hours = page.locator('tr', { hasText: 'Nurse hours' });
	assert.match(await hours.textContent(), /8 hours/);
	await hours.locator('summary').click();
	assert.equal(await hours.locator('.counted a').getAttribute('href'), '/fhir/Slot/hours-1');
	await close(page, 'figures of a week');
});
