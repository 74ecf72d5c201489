/* SPDX-License-Identifier: Apache-2.0
 * What a nurse does from the panel, on a real server in real Chromium: it shows as done only when the record has it, and a
 * refusal is told in the server's words. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './axe.mjs';
import { haveChromium, openBrowser, watchConsole } from './browser.mjs';
import { HW, startWard, WELL } from './ward.mjs';

const skip = haveChromium ? false : 'Chromium is not installed';
let ward, browser, page, complaints;

before(async () => {
	if (skip)
		return;
	ward = await startWard();
	await ward.prepare();
	await ward.admit('a1', 'Ada', 'Panel', 3, 1);
	await ward.observe('a1', { ...WELL, respiratoryRate: 44, heartRate: 152, spo2: 94 });
	browser = await openBrowser();
	page = await browser.context.newPage();
	complaints = watchConsole(page);
	await page.setViewportSize({ width: 1366, height: 900 });
	await page.goto(`${ward.url}/?ward=${ward.id}`);
	await page.waitForSelector('.alert');
	await page.click('.who-button');
	await page.waitForSelector('.detail');
});
after(async () => {
	await browser?.close();
	await ward?.stop();
});

const fill = async (form, values) => {
	for (const [name, value] of Object.entries(values)) {
		const field = await page.$(`${form} [id$="-${name}"]`);
		const tag = await field.evaluate((node) => node.tagName);
		await (tag === 'SELECT' ? field.selectOption(value) : field.fill(value));
	}
};
/* To look at: HOMEWARD_PICTURES=FOLDER. */
const picture = (name) => process.env.HOMEWARD_PICTURES ? page.screenshot({ path: `${process.env.HOMEWARD_PICTURES}/${name}.png` }) : undefined;
const send = () => page.click('.action-form button[type=submit]');
/* What was said of an action before stands there until the form has gone. */
const said = async (pattern) => {
	await page.waitForFunction((source) => !document.querySelector('.action-form') && new RegExp(source).test(document.querySelector('.said')?.textContent ?? '') || document.querySelector('.problem'), pattern.source);
	assert.match(await page.textContent('.said') + (await page.$('.problem') ? await page.textContent('.problem') : ''), pattern);
};

test('an alert is snoozed with a reason, within the level’s time, and the card says by whom and until when', { skip, timeout: 60_000 }, async () => {
	await page.click('[data-action=snooze]');
	await fill('.action-form', { who: 'r-nurse', reason: 'Crying, we measure again in ten minutes', minutes: '999' });
	await send();
	assert.match(await page.textContent('.action-form'), /A number from 1 to 60/);
	await fill('.action-form', { minutes: '10' });
	await assertAccessible(page, 'the form to snooze');
	await send();
	await said(/Snoozed/);
	await page.waitForSelector('text=Snoozed by Aoife Byrne until');
	const [task] = (await ward.tasks('a1')).filter((one) => one.extension.some((part) => part.url.endsWith('/snooze')));
	assert.ok(task);
});

test('an alert that changed behind the form is shown anew, and nothing is recorded before', { skip, timeout: 60_000 }, async () => {
	await ward.admit('a2', 'Bea', 'Behind', 4, 1);
	await ward.observe('a2', { ...WELL, temperature: 39.2 });
	const row = page.locator('.row', { hasText: 'Bea' });
	await row.locator('.alert', { hasText: 'Fever' }).first().waitFor();
	const task = (await ward.tasks('a2')).find((one) => one.code.coding[0].code === 'fever');
	await page.keyboard.press('Escape');
	await row.locator('.who-button').click();
	const read = page.waitForResponse((answer) => answer.url().endsWith(`/fhir/Task/${task.id}`));
	const card = page.locator('.card', { hasText: task.description });
	await card.locator('[data-action=acknowledge]').click();
	await (await read).finished();
	const other = (note) => ward.send('POST', `/fhir/Task/${task.id}/$acknowledge`, { resourceType: 'Parameters', parameter: [
		{ name: 'by', valueReference: { reference: 'PractitionerRole/r-consultant' } }, { name: 'plan', valueString: note }, { name: 'reviewMinutes', valueInteger: 10 }] });
	await other('Coming in by ambulance');
	await fill('.action-form', { who: 'r-nurse', plan: 'Watch at home' });
	await send();
	await page.waitForSelector('.problem');
	assert.match(await page.textContent('.problem'), /has changed since you opened the form.*nothing was recorded.*acknowledged.*Coming in by ambulance/s);
	await assertAccessible(page, 'the form of an alert that changed');
	const notes = async () => JSON.stringify((await ward.tasks('a2')).find((one) => one.id === task.id).note);
	assert.doesNotMatch(await notes(), /Watch at home/);
	await send();
	await said(/Acknowledged/);
	assert.match(await notes(), /Watch at home/, 'answered with what is shown now');

	/* Nor is a second opinion asked for about what nobody has seen. */
	const opinions = async () => (await ward.tasks('a2')).filter((one) => one.code.coding[0].code === 'second-opinion').length;
	const readAgain = page.waitForResponse((answer) => answer.url().endsWith(`/fhir/Task/${task.id}`));
	await card.locator('[data-action=second-opinion]').click();
	await (await readAgain).finished();
	await other('On the ward now');
	await fill('.action-form', { who: 'r-nurse', reason: 'Looks worse than the numbers' });
	await send();
	await page.waitForSelector('.problem');
	assert.match(await page.textContent('.problem'), /has changed since you opened the form.*nothing was recorded.*On the ward now/s);
	assert.ok(!(await page.textContent('.list')).includes('PractitionerRole/'), 'who answered stands there by name');
	assert.equal(await opinions(), 0);
	await send();
	await said(/Second opinion asked for/);
	await page.keyboard.press('Escape');
	await page.locator('.row', { hasText: 'Ada' }).locator('.who-button').click();
	await page.waitForSelector('.detail');
});

test('a nurse’s limit is refused in words, a consultant’s stands on the panel', { skip, timeout: 60_000 }, async () => {
	await page.click('[data-action=limit]');
	const limit = { sign: 'temperature', direction: 'above', value: '37.8', level: 'high', reason: 'Line infection last week', expires: '2099-01-01T08:00' };
	await fill('.action-form', { who: 'r-nurse', ...limit });
	await send();
	await page.waitForSelector('.problem');
	assert.match(await page.textContent('.problem'), /consultant/i);
	await fill('.action-form', { who: 'r-consultant' });
	const answer = page.waitForResponse(/\$limit/);
	await send();
	const status = (await answer).status();
	if (status === 422) { /* an expiry so far away is refused: take the longest the ward allows */
		await fill('.action-form', { expires: `${new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10)}T12:00` }); /* an hour that every day has once */
		await send();
	}
	await said(/Limit set/);
	await page.waitForSelector('text=Limit for this patient');
});

test('agreed silence needs its reason, and the panel says until when', { skip, timeout: 60_000 }, async () => {
	await page.click('[data-action=defer]');
	await fill('.action-form', { who: 'r-nurse', reason: 'asleep' });
	await send();
	await page.waitForSelector('.problem');
	assert.match(await page.textContent('.problem'), /sleep plan/);
	await fill('.action-form', { sleepPlan: 'Mother sleeps beside her, oximeter alarm on' });
	await send();
	await said(/Later readings agreed/);
	await page.waitForSelector('text=Readings agreed for');
});

test('a review, a handover and an escalation are recorded', { skip, timeout: 60_000 }, async () => {
	await page.click('[data-action=review]');
	await fill('.action-form', { plan: 'Carry on, bloods tomorrow' });
	await send();
	await said(/Review recorded/);
	await page.click('[data-action=hand-over]');
	await fill('.action-form', { who: 'r-nurse', to: 'r-shift-lead' });
	await send();
	await said(/Handover asked for/);
	await page.click('[data-action=escalate]');
	await fill('.action-form', { to: 'hospital', reason: 'Needs a chest X-ray' });
	await send();
	await said(/Escalation recorded/);
});

test('a change of the plan needs what and why; the panel says the new hours and who changed them', { skip, timeout: 60_000 }, async () => {
	await page.waitForSelector('.facts:has-text("Readings every 4 hours")');
	await page.click('[data-action=change-plan]');
	await fill('.action-form', { who: 'r-nurse', plan: 'Readings every six hours', periodHours: '999' });
	await send();
	assert.match(await page.textContent('.action-form'), /Fill this in.*A number from 1 to 168/s);
	await assertAccessible(page, 'the form to change the plan');
	await picture('change_plan');
	await fill('.action-form', { reason: 'Calm for two days', periodHours: '6' });
	await send();
	await said(/Plan changed/);
	await page.waitForSelector('.facts:has-text("Readings every 6 hours")');
	await page.waitForSelector('.facts:has-text("Plan: Readings every six hours (why: Calm for two days) (Aoife Byrne")');
	await picture('changed_plan');
	assert.equal(await page.locator('[data-action=spo2-scale]').count(), 0, 'PEWS has one scale: it is not offered for a child');
});

test('another policy in force is chosen with the plan by the keyboard; before it is pressed the form says what would change', { skip, timeout: 60_000 }, async () => {
	const policies = `${HW}/PlanDefinition/`;
	await page.focus('[data-action=change-plan]');
	await page.keyboard.press('Enter');
	await page.waitForFunction(() => document.querySelectorAll('.action-form [id$="-policy"] option').length > 10);
	const choice = page.locator('.action-form [id$="-policy"]');
	const offered = await choice.locator('option').allTextContents();
	assert.match(offered[0], /^Keep Children's cancer, version 1$/);
	assert.ok(!offered.slice(1).includes("Children's cancer, version 1"), 'what the stay is under is not another');
	assert.ok(offered.indexOf("Children's cancer, version 3") < offered.indexOf("Children's cancer, version 2"), 'the newest version first');
	assert.equal(await page.textContent('.field-about'), '', 'nothing changes while nothing is chosen');
	await fill('.action-form', { who: 'r-nurse', plan: 'General paediatric care', reason: 'The fever is no neutropenic one' });
	await choice.focus();
	/* Not by its letters: a moment's pause would begin another word. */
	while (await choice.evaluate((node) => node.selectedOptions[0].textContent) !== 'General paediatrics, version 2')
		await page.keyboard.press('ArrowDown');
	await page.waitForSelector('.policy-change');
	const change = await page.textContent('.field-about');
	assert.match(change, /General paediatrics, version 2 differs from Children's cancer, version 1 in:/);
	assert.match(change, /Fever: .*level: medium \(now high\)/);
	assert.match(change, /New: Children's daily questions/);
	assert.match(change, /It counts from now on.*Alerts that are open stay as they were raised/);
	await assertAccessible(page, 'the form to change the policy');
	await picture('change_policy');
	await page.keyboard.press('Enter');
	await send();
	await said(/Plan changed/);
	const plan = (await ward.send('GET', '/fhir/CarePlan?subject=Patient/a1')).entry[0].resource;
	assert.deepEqual(plan.instantiatesCanonical, [`${policies}paediatric-general|2`]);
	await page.waitForSelector('.facts:has-text("General paediatric care (why: The fever is no neutropenic one)")');

	/* One that does not admit the patient is refused in the server's words, and nothing is recorded. */
	await page.click('[data-action=change-plan]');
	await page.waitForFunction(() => document.querySelector('.action-form [id$="-policy"] option')?.textContent === 'Keep General paediatrics, version 2');
	await page.waitForFunction(() => document.querySelectorAll('.action-form [id$="-policy"] option').length > 10);
	await fill('.action-form', { plan: 'Lungs', reason: 'By mistake', policy: `${policies}copd|2` });
	await send();
	await page.waitForSelector('.action-form .problem-reasons, .action-form .problem');
	assert.match(await page.textContent('.action-form .problem'), /[Aa]ge/);
	assert.deepEqual((await ward.send('GET', '/fhir/CarePlan?subject=Patient/a1')).entry[0].resource.instantiatesCanonical, [`${policies}paediatric-general|2`]);
	await page.click('.action-form button:has-text("Cancel")');
});

test('a handover stands above the rows until the one who was asked accepts it', { skip, timeout: 60_000 }, async () => {
	await page.waitForSelector('.handover');
	assert.match(await page.textContent('.handover'), /Marta Silva is asked to take over Ada Panel from Aoife Byrne/i);
	await page.click('.handover-words summary');
	assert.match(await page.textContent('.handover-words'), /Situation/i);
	await page.click('[data-accept]');
	await assertAccessible(page, 'the form to accept a handover');
	await fill('.handovers', { who: 'r-registrar' });
	await page.click('.handovers button[type=submit]');
	await page.waitForSelector('.handovers .problem');
	assert.match(await page.textContent('.handovers .problem'), /Marta Silva was asked to take over/);
	await fill('.handovers', { who: 'r-shift-lead' });
	await picture('handover');
	await page.click('.handovers button[type=submit]');
	await page.waitForSelector('.handovers .said-text');
	assert.match(await page.textContent('.handovers .said-text'), /Marta Silva has taken over/);
	await page.waitForSelector('.handover', { state: 'detached' }); /* read anew after it was said */
	const [task] = (await ward.tasks('a1')).filter((one) => one.code?.coding?.[0]?.code === 'hand-over');
	assert.equal(task.status, 'accepted');
	assert.equal(task.owner.reference, 'PractitionerRole/r-shift-lead');
	assert.deepEqual(complaints.filter((text) => !/40[39]|412|422/.test(text)), []);
});

test('an SpO₂ scale is ordered by a consultant with a reason; the panel says which, by whom, why, and that the score shown is older', { skip, timeout: 60_000 }, async () => {
	const now = await ward.now();
	await ward.put({ resourceType: 'Patient', id: 'b1', name: [{ use: 'official', family: 'Lung', given: ['Bert'] }], birthDate: '1950-02-01' });
	await ward.send('POST', '/fhir/EpisodeOfCare/$admit', { resourceType: 'Parameters', parameter: [{ name: 'patient', valueReference: { reference: 'Patient/b1' } }, { name: 'ward', valueReference: { reference: `Organization/${ward.id}` } },
		{ name: 'policy', valueCanonical: `${HW}/PlanDefinition/copd|1` }, { name: 'start', valueDateTime: new Date(now - 3_600_000).toISOString() }] });
	await ward.observe('b1', { respiratoryRate: 16, heartRate: 80, systolic: 125, spo2: 97, temperature: 36.8, consciousness: 'A', oxygen: 'air' });
	await page.click('.who-button:has-text("Bert Lung")');
	await page.waitForSelector('.facts:has-text("SpO₂ scale 1 by the policy")');
	await page.click('[data-action=spo2-scale]');
	await fill('.action-form', { who: 'r-nurse', scale: '2', reason: 'Hypercapnic failure in May, target 88 to 92 %' });
	await assertAccessible(page, 'the form of the SpO₂ scale');
	await picture('spo2_scale');
	await send();
	await page.waitForSelector('.action-form .problem');
	assert.match(await page.textContent('.action-form .problem'), /Only a consultant of the ward/);
	await fill('.action-form', { who: 'r-consultant' });
	await send();
	await said(/SpO₂ scale ordered/);
	await page.waitForSelector('.facts:has-text("SpO₂ scale 2, ordered by Ruth Levy")');
	assert.match(await page.textContent('.facts'), /Hypercapnic failure in May.*The score shown was still made on scale 1/);
	await assertAccessible(page, 'the panel with an order of the SpO₂ scale');
	await picture('spo2_ordered');
	/* What the server refuses is not offered: NEWS2 is not for pregnancy. */
	await ward.put({ resourceType: 'Condition', id: 'b1-pregnant', subject: { reference: 'Patient/b1' }, code: { coding: [{ system: 'http://snomed.info/sct', code: '77386006' }] } });
	await page.waitForSelector('.facts:has-text("Pregnant")');
	assert.equal(await page.locator('[data-action=spo2-scale]').count(), 0);
});

test('near a birthday the PEWS chart beside that of the age is chosen with a reason; panel and score say by whom and why, and the site of a temperature stands beside it', { skip, timeout: 60_000 }, async () => {
	const now = await ward.now(), day = 86_400_000;
	const fifth = new Date(now + 10 * day), born = `${fifth.getUTCFullYear() - 5}${fifth.toISOString().slice(4, 10).replace('-02-29', '-02-28')}`;
	await ward.put({ resourceType: 'Patient', id: 'c1', name: [{ use: 'official', family: 'Nearly', given: ['Cleo'] }], birthDate: born });
	await ward.send('POST', '/fhir/EpisodeOfCare/$admit', { resourceType: 'Parameters', parameter: [{ name: 'patient', valueReference: { reference: 'Patient/c1' } },
		{ name: 'ward', valueReference: { reference: `Organization/${ward.id}` } }, { name: 'start', valueDateTime: new Date(now - 3_600_000).toISOString() }] });
	await ward.observe('c1', { ...WELL, respiratoryRate: 22, heartRate: 100, systolic: 105 }, 12);
	await page.keyboard.press('Escape');
	await page.click('.who-button:has-text("Cleo Nearly")');
	await page.waitForSelector('.facts:has-text("Near a birthday that changes the PEWS chart: 1-4 years counts by age, 5-12 years may be chosen")');
	await page.click('[data-action=pews-chart]');
	await fill('.action-form', { who: 'r-nurse', chart: '5-12-years', reason: 'Tall and heavy for her age' });
	await assertAccessible(page, 'the form of the PEWS chart');
	await picture('pews_chart');
	await send();
	await page.waitForSelector('.action-form .problem');
	assert.match(await page.textContent('.action-form .problem'), /own ward: Nurse in charge, Registrar, Consultant/);
	await fill('.action-form', { who: 'r-registrar' });
	await send();
	await said(/PEWS chart chosen/);
	await page.waitForSelector('.facts:has-text("PEWS chart 5-12 years, chosen by Ben Carter")');
	const at = new Date(await ward.now()).toISOString();
	for (const [code, value, unit, more] of [['9279-1', 22, '/min'], ['8310-5', 37.1, 'Cel', { bodySite: { coding: [{ system: 'http://snomed.info/sct', code: '91470000' }] } }]])
		await ward.send('POST', '/fhir/Observation', { resourceType: 'Observation', status: 'final', subject: { reference: 'Patient/c1' }, effectiveDateTime: at,
			code: { coding: [{ system: 'http://loinc.org', code }] }, valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit }, ...more });
	await page.waitForSelector('#detail .card-line:has-text("5-12 years chart, chosen by Ben Carter: Tall and heavy for her age.")');
	await page.waitForSelector('.plain-table td:has-text("37.1 °C, axilla")');
	assert.match(await page.textContent('.row:has-text("Cleo Nearly") .score'), /chart 5-12 years, chosen by Ben Carter/);
	assert.match(await page.textContent('.row:has-text("Cleo Nearly") .value:has-text("Temp")'), /37\.1.*axilla/s);
	await assertAccessible(page, 'the panel with a chosen chart');
	await picture('pews_chart_chosen');
	await page.click('text=Show as table');
	await page.waitForSelector('.panel-charts td:has-text("37.1 °C, axilla")');
	await picture('pews_chart_table');
	const paper = await page.getAttribute('text=Whole chart on paper (PDF)', 'href');
	const answer = await fetch(`${ward.url}${paper}`);
	assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/pdf']);
	await page.locator('.panel-charts').scrollIntoViewIfNeeded();
	await picture('chart_panel');
	await page.click('.detail-close');
	await picture('board_with_site');
});
