/* SPDX-License-Identifier: Apache-2.0
 * People of a ward on a real server in real Chromium, with a gateway that sends no text message anywhere: who is there, where
 * the rota has gaps, and publishing it, ending a shift, handing the ward over and testing the telephones. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openGateway } from '../notify/gateway.mjs';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { HW, startWard, WELL } from './ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
const HOUR = 3_600_000;
let ward, browser, gateway, page, complaints, start;

const later = (ms) => new Date(start + ms).toISOString();
/* As a field for date and time holds it. */
const london = (ms) => new Date(start + ms).toLocaleString('sv-SE', { timeZone: 'Europe/London' }).slice(0, 16).replace(' ', 'T');
const slot = (id, role, from, to) => ward.put({ resourceType: 'Slot', id, schedule: { reference: `Schedule/rota-${role}` }, status: 'busy', start: later(from), end: later(to) });
const schedule = (role) => ward.put({ resourceType: 'Schedule', id: `rota-${role}`, actor: [{ reference: `PractitionerRole/${role}` }] });
async function reach(role, telecom) {
	const { meta: _meta, ...resource } = await ward.send('GET', `/fhir/PractitionerRole/${role}`);
	await ward.put({ ...resource, telecom });
}

before(async () => {
	if (skip)
		return;
	gateway = await openGateway();
	Object.assign(process.env, gateway.env); /* the server's settings */
	ward = await startWard();
	gateway.callback = `${ward.url}/notify/receipt`;
	gateway.byNumber.set('900002', 'silent');
	await ward.prepare();
	start = await ward.now();
	await ward.put({ resourceType: 'PractitionerRole', id: 'r-night', active: true, practitioner: { display: 'Omar Night' }, organization: { reference: `Organization/${ward.id}` },
		code: [{ coding: [{ system: `${HW}/CodeSystem/ward-role`, code: 'nurse' }] }] });
	await reach('r-nurse', [{ system: 'phone', use: 'mobile', value: '07700 900001' }, { system: 'email', value: 'aoife@ward.example' }]);
	await reach('r-registrar', [{ system: 'phone', use: 'mobile', value: '07700 900002' }]);
	await ward.admit('a1', 'Ada', 'People', 3, 1);
	for (const role of ['r-nurse', 'r-night', 'r-switchboard'])
		await schedule(role);
	await slot('day', 'r-nurse', -HOUR, 3 * HOUR);
	await slot('night', 'r-night', 3 * HOUR, 15 * HOUR);
	await slot('desk', 'r-switchboard', -HOUR, 20 * HOUR);
	await ward.observe('a1', { ...WELL, temperature: 38.6 });
	let fever;
	for (let tries = 0; !fever && tries < 400; tries++) {
		fever = (await ward.tasks('a1')).find((one) => /Fever/.test(one.description));
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
	await ward.send('POST', `/fhir/Task/${fever.id}/$acknowledge`, { resourceType: 'Parameters', parameter: [
		{ name: 'by', valueReference: { reference: 'PractitionerRole/r-nurse', display: 'Aoife Byrne' } }, { name: 'plan', valueString: 'Seen by video' }] });
	browser = await openBrowser();
	page = await browser.context.newPage();
	complaints = watchConsole(page);
	await page.goto(`${ward.url}/?ward=${ward.id}`);
	await page.click('text=People');
	await page.waitForSelector('tbody tr');
	/* Who was reached in the last days is read after who is there. */
	await page.waitForFunction(() => ![...document.querySelectorAll('tbody td')].some((cell) => cell.textContent === '…'));
});
after(async () => {
	await browser?.close();
	await ward?.stop();
	await gateway?.close();
});

const row = (name) => page.locator('tbody tr', { hasText: name });
const fill = async (values) => {
	for (const [name, value] of Object.entries(values)) {
		const field = await page.waitForSelector(`.action-form [id$="-${name}"]`);
		await (await field.evaluate((node) => node.tagName) === 'SELECT' ? field.selectOption(value) : field.fill(value));
	}
};
const send = () => page.click('.action-form button[type=submit]');
const said = (pattern) => page.waitForFunction((source) => new RegExp(source).test(document.querySelector('.said')?.textContent ?? ''), pattern.source);
const refused = async (pattern) => {
	await page.waitForSelector('.action-form .problem');
	assert.match(await page.textContent('.action-form .problem'), pattern);
};
/* To look at: HOMEWARD_PICTURES=FOLDER. */
const picture = async (name) => {
	if (!process.env.HOMEWARD_PICTURES)
		return;
	await page.screenshot({ path: `${process.env.HOMEWARD_PICTURES}/${name}.png`, fullPage: true });
	await page.setViewportSize({ width: 390, height: 844 });
	await page.screenshot({ path: `${process.env.HOMEWARD_PICTURES}/${name}_390.png`, fullPage: true });
	await page.setViewportSize({ width: 1366, height: 768 });
};

test('everybody stands there with role, shift, next shift and channels, never a number; gaps of the week in words', { skip, timeout: 60_000 }, async () => {
	assert.match(await row('Aoife Byrne').textContent(), /Nurse.*on shift until .*none in the rota.*mobile \(text\), e-mail \(not set up here\), phone call.*not in the last 30 days/);
	assert.match(await row('Omar Night').textContent(), /Nurse.*not on shift.*\d\d:\d\d to .*the board only/);
	assert.match(await row('Ruth Levy').textContent(), /Consultant.*always there/);
	assert.match(await page.textContent('tbody tr:first-child'), /on shift/, 'who is there comes first');
	assert.doesNotMatch(await page.textContent('main'), /07700|90000|aoife@|0000/);
	const rota = await page.textContent('section[aria-labelledby=rota-title]');
	assert.match(rota, /No rota has been published/);
	assert.match(rota, /Nobody is on shift as Nurse from .* on, as far as this looks ahead/);
	assert.match(rota, /Switchboard from .*In some of these hours an alert may reach nobody/);
	await assertAccessible(page, 'people');
	await picture('people');
});

test('a rota with hours in which an alert reaches nobody is refused with each of them; with a switchboard it is published', { skip, timeout: 60_000 }, async () => {
	await page.click('[data-action=publish-rota]');
	await fill({ who: 'r-nurse-in-charge', start: london(0), end: london(24 * HOUR) });
	await send();
	/* The day is said where it is not today. */
	await refused(/Nobody as Switchboard from (?:[A-Z][a-z]+ \d+ [A-Z][a-z]+ )?\d\d:\d\d(?: BST| GMT)? to .*and nobody behind them/);
	assert.ok(await page.locator('.problem-reasons li').count() >= 2, 'as a list');
	await assertAccessible(page, 'a rota that is refused');
	await picture('people_refused');
	await ward.send('DELETE', '/fhir/Slot/desk');
	await ward.send('DELETE', '/fhir/Schedule/rota-r-switchboard');
	await send();
	await said(/The rota of Rainbow ward at home is published/);
	await page.waitForFunction(() => /Published at .* by Joy Adeyemi, from /.test(document.querySelector('section[aria-labelledby=rota-title]')?.textContent ?? ''));
	const { extension } = await ward.send('GET', `/fhir/Organization/${ward.id}`);
	const parts = extension.find((one) => one.url.endsWith('/rota-published')).extension;
	assert.equal(parts.find((one) => one.url === 'start').valueInstant.slice(0, 16), later(0).slice(0, 16), 'London’s time, though the browser is in New York');
});

test('a shift with an open alert does not end: the alert is named and leads to the board', { skip, timeout: 60_000 }, async () => {
	await row('Aoife Byrne').locator('[data-action=end-shift]').click();
	await fill({ who: 'r-nurse', to: 'r-night' });
	await send();
	await refused(/Ada.*Fever 38\.6/);
	await assertAccessible(page, 'a shift that does not end');
	await picture('people_shift');
	const href = await page.getAttribute('.problem-reasons a', 'href');
	assert.match(href, /^\/\?ward=rainbow&alert=alert-/);
	const board = await browser.context.newPage();
	await board.goto(ward.url + href);
	await board.waitForSelector('.detail');
	assert.match(await board.textContent('.detail'), /Ada.*Fever 38\.6/s);
	await board.close();
	await page.click('.action-form button:has-text("Cancel")');
	await page.waitForFunction(() => document.activeElement?.dataset.action === 'end-shift'); /* the focus is where it was */
});

test('the whole ward is handed over and accepted on the board; then the shift ends', { skip, timeout: 60_000 }, async () => {
	await page.click('[data-action=hand-over]');
	await fill({ who: 'r-nurse', from: 'r-nurse', to: 'r-night' });
	await send();
	await said(/Handover of the whole ward asked for/);
	const [task] = (await ward.tasks('a1')).filter((one) => one.code?.coding?.[0]?.code === 'hand-over');
	assert.equal(task.owner.reference, 'PractitionerRole/r-night');
	await slot('overlap', 'r-night', HOUR / 2, 3 * HOUR); /* who takes over comes within the hour */
	await ward.send('POST', `/fhir/Task/${task.id}/$accept`, { resourceType: 'Parameters', parameter: [{ name: 'by', valueReference: { reference: 'PractitionerRole/r-night' } }] });
	await row('Aoife Byrne').locator('[data-action=end-shift]').click();
	await fill({ to: 'r-night' });
	await send();
	await said(/The shift of Aoife Byrne has ended/);
	await page.waitForFunction(() => ![...document.querySelectorAll('tbody tr')].some((one) => /Aoife Byrne/.test(one.textContent) && /on shift until/.test(one.textContent)));
	assert.ok(Date.parse((await ward.send('GET', '/fhir/Slot/day')).end) <= await ward.now());
});

test('a test of the telephones shows each proof as it comes, and who stays without', { skip, timeout: 60_000 }, async () => {
	await slot('late', 'r-nurse', -HOUR, 3 * HOUR);
	await page.reload();
	await page.waitForSelector('tbody tr');
	await page.click('[data-action=test]');
	await assertAccessible(page, 'the form of a test');
	await send(); /* a remembered name, and everybody on shift */
	await page.waitForFunction(() => /asked for at .*: 3 of 5 proved to arrive, 2 without proof yet/.test(document.querySelector('.test-said')?.textContent ?? ''), undefined, { timeout: 20_000 });
	assert.match(await row('Aoife Byrne').textContent(), /mobile \(text\): delivered (?:[A-Z][a-z]+ \d+ [A-Z][a-z]+ )?\d\d:\d\d/);
	await page.waitForSelector('tbody tr:has-text("Ben Carter"):has-text("no proof yet")'); /* what is not sent yet has no proof either */
	await row('Ben Carter').locator('li', { hasText: /^mobile \(text\): sent (?:[A-Z][a-z]+ \d+ [A-Z][a-z]+ )?\d\d:\d\d, no proof yet$/ }).waitFor();
	await picture('people_test');
	await page.click('[data-action=test]');
	await fill({ whom: 'r-nurse' });
	await send();
	await page.waitForFunction(() => /telephones of Aoife Byrne, asked for at .*: 2 of 2 proved to arrive\.$/.test(document.querySelector('.test-said')?.textContent ?? ''), undefined, { timeout: 20_000 });
	await page.click('[data-action=test]');
	await fill({ whom: 'r-registrar' });
	await send();
	await page.waitForFunction(() => /telephones of Ben Carter, asked for at .*: 0 of 2 proved to arrive, 2 without proof yet/.test(document.querySelector('.test-said')?.textContent ?? ''), undefined, { timeout: 20_000 });
	await ward.send('POST', '/dev/clock', { advanceSeconds: 16 * 60 });
	await page.waitForFunction(() => /2 without proof: check the number/.test(document.querySelector('.test-said')?.textContent ?? ''), undefined, { timeout: 20_000 });
	assert.match(await row('Ben Carter').textContent(), /mobile \(text\): no proof that it arrived/);
	await assertAccessible(page, 'a test with its results');
	await picture('people_tested');
	assert.doesNotMatch(await page.textContent('main'), /07700|900001|aoife@/);
	await reach('r-switchboard', [{ system: 'phone', value: '020 7946 0000' }, { system: 'phone', use: 'mobile', value: '07700 900003' }]);
	await page.reload();
	await page.waitForSelector('tbody tr:has-text("phone call: delivered")');
	assert.match(await row('Switchboard').textContent(), /phone call: delivered .*mobile \(text\): not in the last 30 days/, 'a new number is not proved by the old one');
	assert.deepEqual(complaints.filter((text) => !/40[39]|422/.test(text)), []);
});

test('who is on leave is away, until when, and not on shift', { skip, timeout: 60_000 }, async () => {
	const { meta: _meta, ...doctor } = await ward.send('GET', '/fhir/PractitionerRole/r-registrar');
	await ward.put({ ...doctor, notAvailable: [{ description: 'Leave', during: { start: later(-24 * HOUR), end: later(48 * HOUR) } }] });
	await page.reload();
	await page.waitForSelector('tbody tr:has-text("away until")');
	assert.match(await row('Ben Carter').textContent(), /Registrar.*away until .*\d\d:\d\d/);
	assert.doesNotMatch(await row('Ben Carter').textContent(), /always there|on shift/);
	assert.match(await page.textContent('section[aria-labelledby=rota-title]'), /Nobody is on shift as Registrar/);
	await assertAccessible(page, 'somebody on leave');
	await picture('people_away');
});
