/* SPDX-License-Identifier: Apache-2.0
 * A family for the tests of its page: a child on the ward, who reads for it, and the page open in Chromium. */
import { watchConsole } from './browser.mjs';
import { HW } from './ward.mjs';

export async function until(ask, what) {
	for (let i = 0; i < 600; i++) {
		const found = await ask();
		if (found)
			return found;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(`${what} did not come`);
}

/* Under the policy that asks questions; `contact`: more of the RelatedPerson. */
export async function admitFamily(ward, id, given, contact = {}) {
	await ward.put({ resourceType: 'Patient', id, name: [{ use: 'official', family: 'Home', given: [given] }], birthDate: '2021-01-01' });
	await ward.put({ resourceType: 'RelatedPerson', id: `${id}-mother`, active: true, patient: { reference: `Patient/${id}` },
		name: [{ family: 'Home', given: ['Jo'] }], telecom: [{ system: 'phone', use: 'mobile', value: '07700 900123', rank: 1 }], ...contact });
	await ward.send('POST', '/fhir/EpisodeOfCare/$admit', { resourceType: 'Parameters', parameter: [
		{ name: 'patient', valueReference: { reference: `Patient/${id}` } }, { name: 'ward', valueReference: { reference: `Organization/${ward.id}` } },
		{ name: 'policy', valueCanonical: `${HW}/PlanDefinition/childrens-cancer|2` }] });
	await ward.shown(id);
}
export const speaks = (language) => ({ communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] } },
	{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: language }] }, preferred: true }] });

/* Each phone begins with nothing kept. */
export async function openPhone(browser, ward, patient, { width = 390, colorScheme = 'light', forcedColors = 'none', keep = false } = {}) {
	const page = await browser.context.newPage();
	await page.setViewportSize({ width, height: 844 });
	await page.emulateMedia({ colorScheme, forcedColors });
	page.complaints = watchConsole(page);
	if (!keep) {
		await page.goto(`${ward.url}/icon.svg`);
		await page.evaluate(() => localStorage.clear());
	}
	await page.goto(`${ward.url}/home?patient=${patient}`);
	await page.waitForSelector('.heard');
	return page;
}
export async function observations(ward, patient, code) {
	const bundle = await ward.send('GET', `/fhir/Observation?patient=${patient}&code=${code}&_count=50`);
	return (bundle.entry ?? []).map((entry) => entry.resource);
}
