/* SPDX-License-Identifier: Apache-2.0
 * "Notify this device" on a real server in real Chromium. Chromium here reaches no push service, so the service is the one of
 * tests/notify; everything else is real: the Endpoint, the encrypted message, the worker, the receipt, the Communication. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser, PushService } from '../notify/push_service.mjs';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { startWard, WELL } from './ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
let ward, browser, service;

before(async () => {
	if (skip)
		return;
	service = await new PushService().open();
	process.env.HOMEWARD_NOTIFY_PUSH_CONTACT = 'mailto:ward@hospital.example';
	process.env.HOMEWARD_NOTIFY_PUSH_HOSTS = '127.0.0.1';
	ward = await startWard();
	await ward.prepare();
	await ward.admit('a1', 'Ada', 'Panel', 3, 1);
	browser = await openBrowser();
});
after(async () => {
	await browser?.close();
	await ward?.stop();
	await service?.close();
});

async function open(prepare) {
	const page = await browser.context.newPage();
	await prepare?.(page);
	const complaints = watchConsole(page);
	await page.goto(`${ward.url}/?ward=${ward.id}`);
	await page.waitForSelector('[data-push]');
	return { page, complaints };
}
async function ask(page) {
	await page.click('[data-push]');
	await page.selectOption('#push-who', 'r-nurse');
	await page.click('.push button[type=submit]');
}
const picture = (page, name) => process.env.HOMEWARD_PICTURES ? page.screenshot({ path: `${process.env.HOMEWARD_PICTURES}/${name}.png` }) : undefined;
const subscriptions = async () => ((await ward.send('GET', '/fhir/Endpoint?status=active&_count=100')).entry ?? []).map((entry) => entry.resource).filter((one) => one.id.startsWith('push-'));
async function until(find, what) {
	for (let tries = 0; tries < 800; tries++) {
		const found = await find();
		if (found)
			return found;
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
	throw new Error(`${what} did not come`);
}

test('a browser that may not notify, and one that has no push service, are told apart in words; nothing is stored', { skip, timeout: 90_000 }, async () => {
	const { page } = await open();
	assert.equal(await page.textContent('[data-push]'), 'Notify off');
	await ask(page);
	await page.waitForSelector('.push .problem');
	assert.match(await page.textContent('.push .problem'), /not allowed in this browser.*other channels/);
	await assertAccessible(page, 'a browser that may not notify');
	await browser.context.grantPermissions(['notifications'], { origin: ward.url });
	await page.click('.push button[type=submit]');
	await page.waitForFunction(() => /This browser cannot take notifications/.test(document.querySelector('.push .problem')?.textContent ?? ''));
	await picture(page, 'push_refused');
	assert.equal(await page.textContent('[data-push]'), 'Notify off');
	assert.deepEqual(await subscriptions(), []);
	await page.close();
});

test('a page of the ward is shown on the device without clinical detail, proves its delivery, and its press that it was seen', { skip, timeout: 90_000 }, async () => {
	await browser.context.grantPermissions(['notifications'], { origin: ward.url });
	const keys = new Browser();
	const given = keys.subscription(`${service.origin}/push/one`);
	const { page, complaints } = await open((one) => one.addInitScript((subscription) => {
		/* What the vendor's push service would give; the page is told so by the real interface. */
		let held = null;
		PushManager.prototype.subscribe = async () => (held = { endpoint: subscription.endpoint, toJSON: () => subscription, unsubscribe: async () => { held = null; return true; } });
		PushManager.prototype.getSubscription = async () => held;
	}, given));
	await page.click('[data-push]');
	await assertAccessible(page, 'the form to be notified');
	await page.click('[data-push]');
	await ask(page);
	await page.waitForSelector('.push .said-text');
	assert.equal(await page.textContent('[data-push]'), 'Notify: Aoife Byrne');
	const [endpoint] = await subscriptions();
	assert.equal(endpoint.address, given.endpoint);
	await picture(page, 'push_on');

	await ward.observe('a1', { ...WELL, temperature: 39.5 });
	const { body } = await until(() => service.received[0], 'a message at the push service');
	const message = keys.open(body).toString();
	const cdp = await browser.context.newCDPSession(page);
	const registrations = new Map();
	cdp.on('ServiceWorker.workerRegistrationUpdated', (event) => event.registrations.forEach((one) => registrations.set(one.scopeURL, one.registrationId)));
	await cdp.send('ServiceWorker.enable');
	const registrationId = await until(() => registrations.get(`${ward.url}/notify/board`), 'the worker of the board');
	await cdp.send('ServiceWorker.deliverPushMessage', { origin: ward.url, registrationId, data: message });
	const shown = await until(() => page.evaluate(async () => {
		const registration = await navigator.serviceWorker.getRegistration('/notify/board');
		return (await registration.getNotifications()).map((one) => ({ title: one.title, body: one.body }))[0];
	}), 'a notification');
	assert.equal(shown.title, 'Homeward');
	assert.match(shown.body, /^Homeward: phone the ward\. Reference [0-9A-F]{8}\.$/);
	const id = JSON.parse(message).communication;
	const communication = () => ward.send('GET', `/fhir/Communication/${id}`);
	await until(async () => (await communication()).status === 'completed', 'the receipt');
	const times = async () => (await communication()).extension.find((one) => one.url.endsWith('/channel-time')).extension.map((part) => part.url);
	assert.ok((await times()).includes('delivered'));
	assert.ok(!(await times()).includes('seen'));

	const worker = await until(() => browser.context.serviceWorkers().find((one) => one.url().endsWith('/board_worker.js')), 'the worker');
	await worker.evaluate(async () => {
		const [notification] = await self.registration.getNotifications();
		self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
	});
	await until(async () => (await times()).includes('seen'), 'the proof that it was opened');

	await page.click('[data-push]');
	await assertAccessible(page, 'a device that is notified');
	await page.click('[data-push-off]');
	await page.waitForSelector('text=This device shows nobody’s pages now');
	assert.equal(await page.textContent('[data-push]'), 'Notify off');
	assert.deepEqual(await subscriptions(), []);
	assert.deepEqual(complaints.filter((text) => !/404/.test(text)), []);
	await page.close();
});
