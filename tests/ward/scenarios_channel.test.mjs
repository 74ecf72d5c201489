// SPDX-License-Identifier: Apache-2.0
// Scenarios of the ward reference, section 5, over HTTP: what leaves the house and is proved to have arrived, pages that do
// not arrive, the telephone, languages. S3, S12 and S25 (what the family is sent), S31, S35 (a phone that is dead), S42-S44. The gateway is tests/notify/gateway_simulator.mjs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openGateway } from '../notify/gateway.mjs';
import { HOUR, HW, Hospital, MIN, WELL, expectAlert, extension, later, until } from './hospital.mjs';

let gateway;
let hospital;
before(async () => {
	gateway = await openGateway();
	hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z', env: gateway.env });
	gateway.callback = `${hospital.server.address}/notify/receipt`;
});
after(async () => {
	await hospital?.close();
	await gateway?.close();
});

// A ward of its own whose people have telephones ending as given: { nurse: '0001', … }.
async function wardWithPhones(id, phones) {
	await hospital.ward(id, `${HW}PlanDefinition/childrens-cancer`);
	for (const [role, end] of Object.entries(phones)) {
		const found = await hospital.get(`PractitionerRole/${id}-${role}`);
		await hospital.put({ ...found, telecom: [{ system: 'phone', use: 'mobile', value: `07700 90${end}`, rank: 1 }] });
	}
	await hospital.settle();
}
const timesOf = (page) => Object.fromEntries((page.extension.find((one) => one.url.endsWith('/channel-time'))?.extension ?? []).map((part) => [part.url, part.valueInstant]));
async function pageTo(task, medium, role, status) {
	return until(async () => (await hospital.pages(task, medium)).find((page) => page.recipient[0].reference === `PractitionerRole/${role}` && page.status === status), `${medium} to ${role} ${status}`);
}

// The gateway said so, by its receipt or because it was asked.
const PROOF = /^gateway( receipt)?: delivered$/;

// The mother of a patient, with a mobile telephone.
function mother(patient, number) {
	return hospital.put({
		resourceType: 'RelatedPerson', id: `${patient}-mother`, active: true, patient: { reference: `Patient/${patient}` }, name: [{ text: 'Synthetic mother' }],
		telecom: [{ system: 'phone', use: 'mobile', value: number, rank: 1 }],
	});
}
// The messages to a family that hold `words`, once all of them have their receipt: what the record says is what the gateway
// was given for that number, once.
async function sentHome(patient, number, words, count) {
	const pages = await until(async () => {
		const found = (await hospital.said(patient)).filter((page) => page.payload[0].contentString.includes(words));
		/* A receipt may come before the sender has written down that it sent. */
		return found.length >= count && found.every((page) => page.status === 'completed' && timesOf(page).sent) && found;
	}, `${count} messages "${words}" with receipts`);
	assert.equal(pages.length, count, words);
	for (const page of pages) {
		assert.deepEqual([page.recipient[0].reference, page.medium[0].coding[0].code], [`RelatedPerson/${patient}-mother`, 'sms']);
		assert.match(extension(page, 'delivery-proof'), PROOF);
		assert.ok(page.sent && page.received && timesOf(page).sent && timesOf(page).delivered, 'sent and received, with their times');
		assert.deepEqual(gateway.of(page.id).map((one) => [one.kind, one.number, one.body]), [['sms', number.replace(' ', ''), page.payload[0].contentString]]);
	}
	return pages;
}

test('S42 the gateway answers 200 and no receipt comes: not delivered at the deadline, then the next channel and the next rung', async () => {
	await wardWithPhones('silent', { nurse: '0042', 'nurse-in-charge': '0043' });
	gateway.byNumber.set('0042', 'silent');
	const episode = await hospital.bed('s42', { ward: 'silent' });
	await hospital.send('s42', { temp: 38.6 });
	const raised = await hospital.alert('s42', 'fever');
	const sent = await pageTo(raised, 'sms', 'silent-nurse', 'in-progress');
	assert.equal(extension(sent, 'provider-reference'), gateway.of(sent.id)[0].id);
	assert.deepEqual([Boolean(timesOf(sent).sent), timesOf(sent).delivered], [true, undefined], 'taken is not delivered');
	assert.equal((await hospital.alert('s42', 'fever')).status, 'requested', 'the alert does not count as delivered');
	await hospital.advanceTo(later(raised.authoredOn, 5 * MIN - 1));
	assert.equal((await hospital.alert('s42', 'fever')).businessStatus.text, 'Nurse');
	await hospital.advanceTo(later(raised.authoredOn, 5 * MIN));
	const lost = await pageTo(raised, 'sms', 'silent-nurse', 'stopped');
	assert.match(lost.statusReason.text, /No proof of delivery by the deadline/);
	await pageTo(raised, 'voice', 'silent-nurse', 'in-progress').catch(() => pageTo(raised, 'voice', 'silent-nurse', 'completed'));
	await pageTo(raised, 'sms', 'silent-nurse-in-charge', 'completed');
	const task = await until(async () => {
		const found = await hospital.alert('s42', 'fever');
		return found.status === 'received' && found;
	}, 'delivery to the next rung');
	expectAlert(task, { level: 'high', status: 'received', rung: 'Nurse in charge', owner: 'silent-nurse-in-charge' });
	const technical = (await hospital.open('s42')).find((one) => one.code.coding[0].code === 'delivery');
	assert.match(technical.description, /could not be delivered/);
	// The receipt that comes hours later is written down all the same.
	const [message] = gateway.of(lost.id);
	message.status = 'delivered';
	assert.equal(await gateway.report(message), 200);
	const late = await pageTo(raised, 'sms', 'silent-nurse', 'completed');
	assert.ok(late.received);
	assert.ok(await hospital.row(episode, 'silent'));
});

test('S35 a phone that is dead: what is left of that person is tried at once, then the next rung, without waiting', async () => {
	await wardWithPhones('dead', { nurse: '0035', 'nurse-in-charge': '0036' });
	gateway.byNumber.set('0035', 'permanent-failure');
	await hospital.bed('s35', { ward: 'dead' });
	await hospital.send('s35', { temp: 38.6 });
	const raised = await hospital.alert('s35', 'fever');
	const task = await until(async () => {
		const found = await hospital.alert('s35', 'fever');
		return found.businessStatus.text === 'Nurse in charge' && found;
	}, 'the next rung, though no time has passed');
	expectAlert(task, { level: 'high', rung: 'Nurse in charge', owner: 'dead-nurse-in-charge', status: task.status });
	for (const medium of ['sms', 'voice']) {
		const page = await pageTo(raised, medium, 'dead-nurse', 'stopped');
		assert.match(extension(page, 'delivery-proof'), /failure/);
	}
	const reached = await until(async () => { /* a receipt may come before the sender has written down that it sent */
		const page = await pageTo(raised, 'sms', 'dead-nurse-in-charge', 'completed');
		return timesOf(page).sent && page;
	}, 'when it was sent');
	assert.match(extension(reached, 'delivery-proof'), /delivered/);
	const times = timesOf(reached);
	assert.ok(times.sent && times.delivered && !times.seen && !times.acknowledged);
	// Nobody answers: the ladder goes on as ever.
	await hospital.advance(5 * MIN);
	assert.equal((await hospital.alert('s35', 'fever')).businessStatus.text, 'Registrar');
});

test('each page has its times: sent, delivered, seen and acknowledged', async () => {
	await wardWithPhones('times', { nurse: '0050' });
	await hospital.bed('times', { ward: 'times' });
	await hospital.send('times', { temp: 38.6 });
	const raised = await hospital.alert('times', 'fever');
	await pageTo(raised, 'sms', 'times-nurse', 'completed');
	const seen = await hospital.server.ask('POST', '//ward/seen', { body: { task: raised.id, by: 'PractitionerRole/times-nurse' }, type: 'application/json' });
	assert.deepEqual([seen.status, seen.json], [200, { pages: 1 }]);
	const shown = await pageTo(raised, 'board', 'times-nurse', 'completed');
	assert.ok(timesOf(shown).seen);
	assert.equal((await hospital.acknowledge(raised)).status, 200);
	const pages = await until(async () => {
		const found = [...await hospital.pages(raised, 'board'), ...await hospital.pages(raised, 'sms')];
		return found.every((page) => timesOf(page).acknowledged && timesOf(page).sent) && found;
	}, 'the times of sending and of the acknowledgement');
	assert.equal(pages.length, 2);
	for (const page of pages)
		assert.ok(timesOf(page).sent && timesOf(page).delivered, page.medium[0].coding[0].code);
	const nobody = await hospital.server.ask('POST', '//ward/seen', { body: { task: raised.id, by: 'PractitionerRole/times-registrar' }, type: 'application/json' });
	assert.deepEqual([nobody.status, nobody.json], [200, { pages: 0 }], 'who was not paged has nothing to see');
	assert.equal((await hospital.server.ask('POST', '//ward/seen', { body: { task: '../x' }, type: 'application/json' })).status, 400);
});

test('what leaves the house tells nothing of the child', async () => {
	const toStaff = gateway.messages.filter((message) => message.reference && /^Homeward/.test(message.body));
	assert.ok(toStaff.length >= 4);
	for (const { body } of toStaff)
		assert.match(body, /^Homeward: phone the ward\. Reference [0-9A-F]{8}\.$/);
});

test('S43 readings that a nurse keys in from a telephone call obey the same rules; a call is asked for; a call that fails is silence', async () => {
	const episode = await hospital.bed('s43');
	await hospital.put({
		resourceType: 'RelatedPerson', id: 's43-mother', active: true, patient: { reference: 'Patient/s43' }, name: [{ text: 'Synthetic mother' }],
		telecom: [{ system: 'phone', use: 'home', value: '01632 960043', rank: 1 }],
	});
	const nurse = { performer: [{ reference: 'PractitionerRole/children-nurse' }], extension: [{ url: `${HW}StructureDefinition/source`, valueCode: 'telephone' }] };
	const at = await hospital.now();
	await hospital.send('s43', WELL, { at, ...nurse });
	assert.equal((await hospital.value(episode, 'temperature')).source, 'telephone');
	const { nextDue } = await hospital.row(episode);
	assert.equal(nextDue, later(at, 4 * HOUR), 'the clock runs from when it was measured, as stated');
	// At the due time the landline rings, with a script.
	await hospital.advanceTo(later(nextDue, 1));
	const called = await until(async () => (await hospital.said('s43')).find((page) => page.status === 'completed'), 'the call');
	assert.deepEqual([called.medium[0].coding[0].code, called.payload[0].contentString], ['voice', 'Readings are due now. Please send them.']);
	const [message] = gateway.of(called.id);
	assert.deepEqual([message.kind, message.number], ['voice', '01632960043']);
	// The nurse keys in what the mother says: measured ten minutes ago, 38.4.
	const measured = await hospital.now();
	await hospital.advance(10 * MIN);
	await hospital.send('s43', { temp: 38.4 }, { at: measured, ...nurse });
	const fever = await hospital.alert('s43', 'fever');
	expectAlert(fever, { level: 'high', status: fever.status });
	const value = await hospital.value(episode, 'temperature');
	assert.deepEqual([value.source, value.text, value.measuredAt], ['telephone', '38.4', measured]);
	await hospital.resolve(fever);
	// The next time nobody picks up: that is silence, and climbs as silence does.
	await hospital.send('s43', WELL, nurse);
	gateway.byNumber.set('01632960043', 'temporary-failure');
	const { nextDue: due } = await hospital.row(episode);
	await hospital.advanceTo(later(due, 1));
	await until(async () => (await hospital.said('s43')).some((page) => page.status === 'stopped'), 'the call that failed');
	await hospital.advanceTo(later(due, 60 * MIN + 1));
	const missed = (await hospital.open('s43')).find((task) => task.code.coding[0].code === 'overdue');
	assert.equal(extension(missed, 'alert-level'), 'medium');
});

test('S44 the family reads its language, the clinician the English; the alert is the same', async () => {
	const tell = async (id, language, telecom) => {
		await hospital.bed(id);
		await hospital.put({
			resourceType: 'RelatedPerson', id: `${id}-parent`, active: true, patient: { reference: `Patient/${id}` }, name: [{ text: 'Synthetic parent' }], telecom: [telecom],
			communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: language }] }, preferred: true }],
		});
	};
	const mobile = { system: 'phone', use: 'mobile', value: '07700 900044', rank: 1 };
	// Relay UK: who cannot hear is called by way of an assistant who types, under 18001.
	const relay = { system: 'phone', use: 'home', value: '18001 01632 960045', rank: 1 };
	const languages = { ar: /[\u0600-\u06ff]/, ur: /[\u0600-\u06ff]/, bn: /[\u0980-\u09ff]/, pl: /Teraz/, cy: /mesuriadau/, 'en-x-easy': /It is time to measure/ };
	for (const language of Object.keys(languages))
		await tell(`s44-${language}`, language, mobile);
	await tell('s44-relay', 'en', relay);
	for (const id of [...Object.keys(languages), 'relay'])
		await hospital.post(`s44-${id}`, WELL);
	await hospital.settle();
	const english = 'Readings are due now. Please send them.';
	await hospital.advance(4 * HOUR + 1);
	for (const [language, script] of Object.entries(languages)) {
		const page = await until(async () => (await hospital.said(`s44-${language}`)).find((one) => one.status === 'completed'), `the message in ${language}`);
		const { contentString, ...payload } = page.payload[0];
		assert.match(contentString, script);
		assert.equal(page.language, language);
		assert.deepEqual(payload.extension, [{ url: `${HW}StructureDefinition/original`, valueString: english }], 'the English is kept');
		assert.equal(contentString.split('\n').at(-1), english, 'not approved by a clinician: the English goes with it');
		assert.equal(gateway.of(page.id)[0].body, contentString, 'what the record says is what was sent');
	}
	const relayed = await until(async () => (await hospital.said('s44-relay')).find((one) => one.status === 'completed'), 'the call by relay');
	assert.equal(gateway.of(relayed.id)[0].number, '1800101632960045');
	// The alert path does not know languages.
	const reached = {};
	for (const id of ['s44-ar', 's44-relay']) {
		await hospital.send(id, { temp: 38.6 });
		const task = await hospital.alert(id, 'fever');
		reached[id] = [task.description, extension(task, 'alert-level'), task.owner.reference, task.businessStatus.text];
	}
	assert.deepEqual(reached['s44-ar'], reached['s44-relay']);
	// The answer to "I am worried" is in the family's language too, with the minutes and the number in it.
	for (const id of ['s44-ur', 's44-pl']) {
		await hospital.send(id, { worried: true });
		const answer = await until(async () => (await hospital.said(id)).find((one) => one.payload[0].extension?.some((part) => part.valueString.startsWith('The ward knows that you are worried'))), `the answer for ${id}`);
		const [own, kept] = answer.payload[0].contentString.split('\n');
		assert.match(own, languages[id.slice(4)] === languages.pl ? /^Oddział wie, że się niepokoisz, i zadzwoni w ciągu \u2068\d+\u2069 minut\. / : /^وارڈ جانتا ہے .*\u2068\d+\u2069/);
		assert.match(kept, /^The ward knows that you are worried and phones you within \d+ minutes\. For a second opinion from another team /);
		assert.doesNotMatch(answer.payload[0].contentString, /[{}]/);
	}
});

const EMERGENCY = 'This may be an emergency. Call 999 now. The ward has been told.';
test('S3 the mother of PEWS 16 is sent the 999 text, and three people of the ward are paged at once, each with a receipt', async () => {
	await wardWithPhones('s3', { nurse: '0301', 'shift-lead': '0302', registrar: '0303', consultant: '0304' });
	await hospital.bed('s3', { ward: 's3' });
	await mother('s3', '07700 900003');
	await hospital.send('s3', { rr: 52, hr: 172, sbp: 75, spo2: 91, distress: 'moderate', oxygen: 'NP 0.5 L/min', crt: 3 });
	const task = await hospital.alert('s3', 'score');
	const [told] = await sentHome('s3', '07700 900003', '999', 1);
	assert.deepEqual([told.payload[0].contentString, told.about[0].reference, told.sent], [EMERGENCY, `Task/${task.id}`, task.authoredOn], 'in the instant of the alert');
	const staff = ['s3-nurse', 's3-shift-lead', 's3-registrar'];
	for (const role of staff) {
		const page = await pageTo(task, 'sms', role, 'completed');
		assert.match(extension(page, 'delivery-proof'), PROOF, role);
		assert.deepEqual([page.sent, Boolean(page.received)], [task.authoredOn, true], role);
	}
	assert.deepEqual((await hospital.pages(task, 'sms')).map((page) => page.recipient[0].reference.split('/')[1]).filter((one) => one !== 's3-mother').sort(), staff.sort(), 'the consultant is the next rung');
});

test('S12 V sends no 999 text, P sends it to the mother with a receipt', async () => {
	await hospital.bed('s12');
	await mother('s12', '07700 900012');
	await hospital.send('s12', { ...WELL, mind: 'V' });
	expectAlert(await hospital.alert('s12', 'concern'), { level: 'high' });
	assert.deepEqual(await hospital.said('s12'), []);
	await hospital.advance(MIN);
	await hospital.send('s12', { mind: 'P' });
	const [told] = await sentHome('s12', '07700 900012', '999', 1);
	assert.equal(told.payload[0].contentString, EMERGENCY);
	expectAlert(await hospital.get(told.about[0].reference), { level: 'emergency' });
});

test('S25 the mother is asked by SMS to measure again what cannot be, once for each sign, and not again for what came', async () => {
	await hospital.bed('s25');
	await mother('s25', '07700 900025');
	await hospital.send('s25', { spo2: 0, temp: 52.3, hr: 400, sbp: '60/90' });
	const asked = await sentHome('s25', '07700 900025', 'Please measure again within 5 minutes', 4);
	assert.deepEqual(asked.map((page) => page.payload[0].contentString).sort(),
		['Heart rate', 'SpO2', 'Systolic BP', 'Temperature'].map((sign) => `Please measure again within 5 minutes: ${sign}.`));
	await hospital.advance(3 * MIN);
	await hospital.send('s25', { spo2: 98, temp: 36.8, hr: 120, sbp: 95 });
	await hospital.advance(20 * MIN);
	await sentHome('s25', '07700 900025', 'Please measure again', 4);
	await hospital.none('s25');
});

test('S31 at the due time and half an hour after it the family is told by SMS, each with its receipt', async () => {
	const episode = await hospital.bed('s31-sms');
	await hospital.put({
		resourceType: 'RelatedPerson', id: 's31-sms-mother', active: true, patient: { reference: 'Patient/s31-sms' }, name: [{ text: 'Synthetic mother' }],
		telecom: [{ system: 'phone', use: 'mobile', value: '07700 900031', rank: 1 }],
	});
	await hospital.send('s31-sms', WELL);
	const { nextDue } = await hospital.row(episode);
	const told = async (count) => until(async () => {
		const pages = (await hospital.said('s31-sms')).filter((page) => page.status === 'completed' && page.received);
		return pages.length === count && pages;
	}, `${count} messages with receipts`);
	await hospital.advanceTo(later(nextDue, 1));
	await told(1);
	await hospital.advanceTo(later(nextDue, 30 * MIN + 1));
	const pages = await told(2);
	assert.equal((await hospital.row(episode)).overdue, 'amber');
	assert.deepEqual(pages.map((page) => page.medium[0].coding[0].code), ['sms', 'sms']);
	for (const page of pages) {
		const [message] = gateway.of(page.id);
		assert.deepEqual([message.kind, message.number], ['sms', '07700900031']);
	}
});

test('S31 silence at Medium, High and Emergency: each page to staff by SMS has its receipt, and the family is told', async () => {
	await wardWithPhones('s31', { nurse: '3101', 'shift-lead': '3102', 'nurse-in-charge': '3103', registrar: '3104', consultant: '3105', switchboard: '3106' });
	const episode = await hospital.bed('s31-staff', { ward: 's31' });
	await mother('s31-staff', '07700 900311');
	await hospital.send('s31-staff', WELL);
	const { nextDue } = await hospital.row(episode, 's31');
	const paged = [];
	const step = async (minutes, level, roles) => {
		await hospital.advanceTo(later(nextDue, minutes * MIN));
		const task = await hospital.alert('s31-staff', 'overdue');
		assert.equal(extension(task, 'alert-level'), level);
		for (const role of roles) {
			const page = await until(async () => (await hospital.pages(task, 'sms')).find((one) => one.recipient[0].reference === `PractitionerRole/s31-${role}` && !paged.includes(one.id) && one.status === 'completed'), `the page to ${role} at +${minutes}`);
			assert.match(extension(page, 'delivery-proof'), PROOF);
			assert.deepEqual([Date.parse(page.sent), Boolean(page.received), gateway.of(page.id).length], [Date.parse(later(nextDue, minutes * MIN)), true, 1], `${role} at +${minutes}`);
			paged.push(page.id);
		}
		const all = (await hospital.pages(task, 'sms')).filter((page) => page.recipient[0].reference.startsWith('PractitionerRole/'));
		assert.equal(all.length, paged.length, `nobody else at +${minutes}`);
		assert.equal(all.every((page) => page.status === 'completed' && page.sent && page.received), true, 'none without its proof');
	};
	// Nobody answers: the rungs of Medium, at two hours those of High from where it stood, and the last one until somebody does.
	for (const [minutes, level, ...roles] of [[60, 'medium', 'nurse'], [75, 'medium', 'nurse-in-charge'], [90, 'medium', 'registrar'], [105, 'medium', 'switchboard'],
		[120, 'high', 'consultant'], [125, 'high', 'switchboard'], ...[130, 145, 160, 175, 190, 205, 220, 235].map((at) => [at, 'high', 'switchboard'])])
		await step(minutes, level, roles);
	await sentHome('s31-staff', '07700 900311', 'We have had no readings', 1);
	await step(240, 'emergency', ['nurse', 'shift-lead', 'registrar']);
	await step(242, 'emergency', ['consultant']);
	await sentHome('s31-staff', '07700 900311', 'We have had no readings', 2);
});
