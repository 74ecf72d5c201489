// SPDX-License-Identifier: Apache-2.0
// S36, S37, S50 and S54 of the ward reference, section 5: who takes over, who is on the rota, who may set a limit, who may look.
import test from 'node:test';
import assert from 'node:assert/strict';
import { CHILD, HOUR, HW, Hospital, MIN, WELL, expectAlert, expectScore, extension, later, until } from './hospital.mjs';
import { parameters } from './care.mjs';

let hospital;
test.before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
test.after(() => hospital.close());

const role = (id) => ({ valueReference: { reference: `PractitionerRole/${id}` } });
const ask = (where, values) => hospital.server.post(where, parameters(values));
const words = (answer) => answer.json.issue.map((issue) => issue.diagnostics).join('\n');

// Another person of a role beside the six of hospital.mjs.
const person = (id, ward, code, display) => hospital.put({
	resourceType: 'PractitionerRole', id, active: true, organization: { reference: `Organization/${ward}` }, practitioner: { display },
	code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code }] }],
});
async function shift(roleId, slot, start, end) {
	await hospital.put({ resourceType: 'Schedule', id: `rota-${roleId}`, actor: [{ reference: `PractitionerRole/${roleId}` }] });
	await hospital.put({ resourceType: 'Slot', id: slot, schedule: { reference: `Schedule/rota-${roleId}` }, status: 'busy', start, end });
}

test('S36 a nurse with two open alerts cannot go until they are taken over; not accepted in 15 minutes goes to the nurse in charge', async () => {
	const now = await hospital.now();
	await hospital.ward('s36', CHILD);
	await person('s36-night', 's36', 'nurse', 'Omar Night');
	await shift('s36-nurse', 's36-day', later(now, -HOUR), later(now, 3 * HOUR));
	await shift('s36-night', 's36-late', later(now, HOUR / 2), later(now, 14 * HOUR));
	await person('s36-morrow', 's36', 'nurse', 'Maya Morrow');
	await shift('s36-morrow', 's36-next', later(now, 14 * HOUR), later(now, 22 * HOUR));
	const stays = [await hospital.bed('s36-a', { ward: 's36' }), await hospital.bed('s36-b', { ward: 's36' })];
	for (const patient of ['s36-a', 's36-b']) {
		await hospital.send(patient, { temp: 38.6 });
		await hospital.acknowledge(await hospital.alert(patient, 'fever'), 'The nurse', { by: { valueReference: { reference: 'PractitionerRole/s36-nurse', display: 'The nurse' } } });
	}
	const close = () => ask('Slot/s36-day/$close', { by: role('s36-nurse'), to: role('s36-night') });

	const refused = await close();
	assert.equal(refused.status, 409, refused.text);
	for (const patient of ['s36-a', 's36-b'])
		assert.match(words(refused), new RegExp(`Patient/${patient}: Fever 38.6`));

	// Tomorrow's nurse may be asked, and takes nobody over tonight.
	const early = await ask(`EpisodeOfCare/${stays[0]}/$hand-over`, { from: role('s36-nurse'), to: role('s36-morrow') });
	assert.equal(early.status, 200, early.text);
	const asleep = await ask(`Task/${early.json.id}/$accept`, { by: role('s36-morrow') });
	assert.equal(asleep.status, 409, asleep.text);
	assert.match(words(asleep), /Maya Morrow is not on shift.*within the hour.*Nothing was changed/);
	assert.equal((await hospital.get(`Task/${early.json.id}`)).status, 'requested');

	const asked = await ask('Organization/s36/$hand-over', { from: role('s36-nurse'), to: role('s36-night') });
	assert.equal(asked.status, 200, asked.text);
	const tasks = asked.json.entry.map((entry) => entry.resource);
	assert.deepEqual(tasks.map((task) => [task.status, task.owner.reference, extension(task, 'episode').reference]).sort(),
		stays.map((stay) => ['requested', 'PractitionerRole/s36-night', `EpisodeOfCare/${stay}`]).sort());
	const said = tasks.find((task) => task.for.reference === 'Patient/s36-a').note[0].text;
	assert.match(said, /Situation: Synthetic s36-a, 3 y.*high alert "Fever 38\.6/);
	assert.match(said, /Recommendation: plan: Plan of The nurse, look again by \d\d:\d\d; next readings due at \d\d:\d\d\./);
	assert.equal((await close()).status, 409, 'asked is not accepted');

	// One is accepted, the other is not: after 15 minutes the nurse in charge hears of that one alone.
	const [first, second] = ['s36-a', 's36-b'].map((patient) => tasks.find((task) => task.for.reference === `Patient/${patient}`));
	assert.equal((await ask(`Task/${first.id}/$accept`, { by: role('s36-registrar') })).status, 409, 'somebody else cannot accept');
	const accepted = await ask(`Task/${first.id}/$accept`, { by: role('s36-night') });
	assert.equal(accepted.status, 200, accepted.text);
	await hospital.settle();
	assert.equal((await hospital.alert('s36-a', 'fever')).owner.reference, 'PractitionerRole/s36-night');
	const half = await close();
	assert.equal(half.status, 409);
	assert.doesNotMatch(words(half), /s36-a/);
	await hospital.advanceTo(later(second.authoredOn, 15 * MIN - 1));
	assert.deepEqual(await hospital.tasks('s36-b', '&code=handover'), []);
	await hospital.advanceTo(later(second.authoredOn, 15 * MIN));
	expectAlert(await hospital.alert('s36-b', 'handover'), { level: 'medium', rung: 'Nurse in charge', owner: 's36-nurse-in-charge' });
	assert.deepEqual(await hospital.tasks('s36-a', '&code=handover'), []);

	assert.equal((await ask(`Task/${second.id}/$accept`, { by: role('s36-night') })).status, 200);
	await hospital.settle();
	// The review time of 15 minutes has passed meanwhile: whoever the ladder called must answer first.
	for (const patient of ['s36-a', 's36-b'])
		await hospital.acknowledge(await hospital.alert(patient, 'fever'), 'Omar Night', { by: { valueReference: { reference: 'PractitionerRole/s36-night', display: 'Omar Night' } } });
	assert.equal((await hospital.alert('s36-b', 'handover')).status, 'completed');
	const closed = await close();
	assert.equal(closed.status, 200, closed.text);
	assert.ok(Date.parse(closed.json.end) <= Date.parse(await hospital.now()));
	assert.equal((await close()).status, 409, 'once');
});

test('S36 a shift that simply ends leaves nobody unassigned: the alert goes to who is on shift, the nurse in charge is told', async () => {
	const now = await hospital.now();
	await hospital.ward('left', CHILD);
	await person('left-night', 'left', 'nurse', 'Omar Night');
	await shift('left-nurse', 'left-day', later(now, -HOUR), later(now, 10 * MIN));
	await shift('left-night', 'left-late', later(now, 10 * MIN), later(now, 12 * HOUR));
	await hospital.bed('s36-left', { ward: 'left' });
	await hospital.send('s36-left', { temp: 38.6 });
	await hospital.acknowledge(await hospital.alert('s36-left', 'fever'), 'The nurse', { by: { valueReference: { reference: 'PractitionerRole/left-nurse', display: 'The nurse' } } });
	await hospital.advanceTo(later(now, 10 * MIN - 1));
	assert.equal((await hospital.alert('s36-left', 'fever')).status, 'accepted');
	await hospital.advanceTo(later(now, 10 * MIN));
	expectAlert(await hospital.alert('s36-left', 'fever'), { level: 'high', status: 'requested', rung: 'Nurse', owner: 'left-night' });
	const told = await hospital.alert('s36-left', 'handover');
	expectAlert(told, { level: 'medium', owner: 'left-nurse-in-charge' });
	assert.match(told.description, /shift of The nurse ended with an open alert: it is now with Omar Night/);
});

test('S37 a gap from 02:00 to 03:00: refused without a terminal rung, published with it and named, said aloud in advance', async () => {
	const publish = (ward) => ask(`Organization/${ward}/$publish-rota`, {
		start: { valueDateTime: '2026-06-10T20:00:00Z' }, end: { valueDateTime: '2026-06-11T08:00:00Z' }, by: role(`${ward}-nurse-in-charge`),
	});
	const everybody = ['shift-lead', 'nurse-in-charge', 'registrar', 'consultant'];
	for (const ward of ['open', 'bare']) {
		await hospital.ward(ward, CHILD, [...everybody, 'nurse', ...(ward === 'open' ? ['switchboard'] : [])]);
		// 02:00 to 03:00 in London is 01:00 to 02:00 UTC in June.
		await shift(`${ward}-nurse`, `${ward}-evening`, '2026-06-10T06:00:00Z', '2026-06-11T01:00:00Z');
		await shift(`${ward}-nurse`, `${ward}-morning`, '2026-06-11T02:00:00Z', '2026-06-12T20:00:00Z');
	}
	const refused = await publish('bare');
	assert.equal(refused.status, 422, refused.text);
	assert.match(words(refused), /Nobody as Nurse from 2026-06-11 02:00 to 2026-06-11 03:00/);
	assert.match(words(refused), /Nobody as Switchboard/);
	assert.equal(extension(await hospital.get('Organization/bare'), 'rota-published'), undefined);
	await hospital.put({ resourceType: 'Patient', id: 's37-bare', birthDate: '2023-05-10' });
	const admitted = await ask('EpisodeOfCare/$admit', { patient: { valueReference: { reference: 'Patient/s37-bare' } }, ward: { valueReference: { reference: 'Organization/bare' } } });
	assert.equal(admitted.status, 422, 'nobody is admitted to a ward without a terminal rung');

	const published = await publish('open');
	assert.equal(published.status, 200, published.text);
	const parts = published.json.extension.find((one) => one.url.endsWith('/rota-published')).extension;
	assert.deepEqual(parts.filter((part) => part.url === 'gap').map((part) => part.valueString), ['Nobody as Nurse from 2026-06-11 02:00 to 2026-06-11 03:00 (Europe/London)']);

	await hospital.bed('s37-ahead', { ward: 'open' });
	await hospital.advanceTo('2026-06-10T12:59:00.000Z');
	assert.deepEqual((await hospital.board('open')).rows.filter((row) => row.patient === null), []);
	await hospital.advanceTo('2026-06-10T13:00:00.000Z');
	const said = await hospital.placed('open', 'rota');
	expectAlert(said, { level: 'technical' });
	assert.match(said.description, /Nobody on the rota: Nurse from 02:00 until 03:00/);
	assert.equal(said.for, undefined);
	const [row] = (await hospital.board('open')).rows.filter((one) => one.patient === null);
	assert.deepEqual([row.alerts.length, row.alerts[0].rule], [1, 'rota']);
	await shift('open-shift-lead', 'unrelated', '2026-06-10T06:00:00Z', '2026-06-12T20:00:00Z');
	await hospital.put({ resourceType: 'Slot', id: 'open-filled', schedule: { reference: 'Schedule/rota-open-nurse' }, status: 'busy', start: '2026-06-11T00:30:00Z', end: '2026-06-11T02:30:00Z' });
	await hospital.advance(MIN);
	assert.equal((await hospital.placed('open', 'rota')).status, 'completed');
});

test('who works on a ward: shifts, channels without a number, gaps of seven days and what was published; another ward is not among them', async () => {
	const now = await hospital.now();
	await hospital.ward('who', CHILD, ['nurse', 'shift-lead', 'nurse-in-charge', 'registrar', 'consultant', 'switchboard']);
	await hospital.put({ resourceType: 'Practitioner', id: 'who-omar', name: [{ family: 'Night', given: ['Omar'] }] });
	await hospital.put({
		resourceType: 'PractitionerRole', id: 'who-night', active: true, organization: { reference: 'Organization/who' }, practitioner: { reference: 'Practitioner/who-omar' },
		code: ['nurse', 'shift-lead'].map((code) => ({ coding: [{ system: `${HW}CodeSystem/ward-role`, code }] })),
		telecom: [{ system: 'email', value: 'omar@ward.example', rank: 2, period: { start: '2020-01-01' } }, { system: 'phone', use: 'mobile', value: '07700 900001', rank: 1 }],
	});
	await hospital.put({
		resourceType: 'Endpoint', id: 'push-who', status: 'active', connectionType: { system: `${HW}CodeSystem/channel`, code: 'web-push' }, address: 'https://push.example/1', payloadType: [{ text: 'page' }],
		managingOrganization: { reference: 'Organization/who' }, extension: [{ url: `${HW}StructureDefinition/recipient`, valueReference: { reference: 'PractitionerRole/who-night' } }],
	});
	await person('who-gone', 'who', 'nurse', 'Gone');
	const { meta, ...gone } = await hospital.get('PractitionerRole/who-gone');
	await hospital.put({ ...gone, active: false });
	await shift('who-nurse', 'who-day', later(now, -HOUR), later(now, 3 * HOUR));
	await shift('who-nurse', 'who-next', later(now, 26 * HOUR), later(now, 36 * HOUR));
	await shift('who-night', 'who-late', later(now, 3 * HOUR), later(now, 24 * HOUR));

	const people = async () => (await hospital.get('//ward/people?ward=who'));
	const before = await people();
	assert.deepEqual([before.serverTime, before.ward, before.published], [now, { id: 'who', name: 'Ward who' }, null]);
	assert.deepEqual(before.people.map((one) => one.id).sort(), ['consultant', 'night', 'nurse', 'nurse-in-charge', 'registrar', 'shift-lead', 'switchboard'].map((one) => `who-${one}`));
	const of = (id) => before.people.find((one) => one.id === id);
	assert.deepEqual(of('who-nurse'), {
		id: 'who-nurse', name: 'The nurse', roles: ['Nurse'], channels: [], always: false, away: null,
		shift: { slot: 'who-day', start: later(now, -HOUR), end: later(now, 3 * HOUR) }, next: { slot: 'who-next', start: later(now, 26 * HOUR), end: later(now, 36 * HOUR) },
	});
	assert.deepEqual([of('who-night').name, of('who-night').roles, of('who-night').shift], ['Omar Night', ['Nurse', 'Shift lead'], null]);
	assert.deepEqual(of('who-night').channels.map((one) => one.channel), ['sms', 'email', 'voice'], 'a browser counts only where Web Push is set up');
	assert.ok(of('who-night').channels.every((one) => !one.setUp));
	assert.deepEqual([of('who-consultant').always, of('who-consultant').shift, of('who-consultant').next], [true, null, null]);
	assert.deepEqual(before.gaps.filter((gap) => gap.roles === 'Nurse'), [
		{ roles: 'Nurse', from: later(now, 24 * HOUR), until: later(now, 26 * HOUR), covered: true },
		{ roles: 'Nurse', from: later(now, 36 * HOUR), until: later(now, 7 * 24 * HOUR), covered: true },
	]);
	assert.doesNotMatch(JSON.stringify(before), /07700|900001|omar@|push\.example/);

	const published = await ask('Organization/who/$publish-rota', { start: { valueDateTime: now }, end: { valueDateTime: later(now, 24 * HOUR) }, by: role('who-nurse-in-charge') });
	assert.equal(published.status, 200, published.text);
	assert.deepEqual((await people()).published, { start: now, end: later(now, 24 * HOUR), at: now, by: 'PractitionerRole/who-nurse-in-charge' });

	const unknown = await hospital.server.get('//ward/people?ward=nowhere');
	assert.equal(unknown.status, 404);
	assert.equal((await hospital.server.get('//ward/people')).status, 400);
	await hospital.put({ resourceType: 'Organization', id: 'no-policy', name: 'No policy', type: [{ coding: [{ system: `${HW}CodeSystem/organization-type`, code: 'virtual-ward' }] }] });
	assert.deepEqual(await hospital.get('//ward/people?ward=no-policy').then(({ people: list, gaps }) => [list, gaps]), [[], null]);
});

test('S50 a limit of one patient: a nurse may not, a consultant may with reason and end; on the row; scores and fever untouched', async () => {
	const stay = await hospital.bed('s50');
	await hospital.bed('s50-other');
	const expires = later(await hospital.now(), 6 * HOUR);
	const wish = {
		by: role('children-consultant'), sign: { valueCode: 'temperature' }, above: { valueDecimal: 37.8 }, level: { valueCode: 'high' },
		reason: { valueString: 'Central line infection last week' }, expires: { valueDateTime: expires },
	};
	const limit = (more) => ask(`EpisodeOfCare/${stay}/$limit`, { ...wish, ...more });
	const nurse = await limit({ by: role('children-nurse') });
	assert.deepEqual([nurse.status, nurse.json.issue[0].code], [403, 'forbidden'], nurse.text);
	assert.equal((await limit({ by: role('adults-consultant') })).status, 403, 'of another ward');
	assert.equal((await limit({ reason: { valueString: ' ' } })).status, 422);
	assert.equal((await limit({ expires: { valueDateTime: '2020-01-01T00:00:00Z' } })).status, 422);
	assert.equal((await limit({ above: { valueDecimal: 39 } })).status, 422, 'the fever limit cannot be loosened');
	await hospital.settle();
	assert.deepEqual((await hospital.row(stay)).limits, []);

	const set = await limit({});
	assert.equal(set.status, 200, set.text);
	await hospital.settle();
	const [shown] = (await hospital.row(stay)).limits;
	assert.deepEqual([shown.sign, shown.above, shown.below, shown.level, shown.reason, shown.expires], ['temperature', 37.8, null, 'high', 'Central line infection last week', expires]);

	await hospital.send('s50', { ...WELL, temp: 37.8 });
	expectAlert(await hospital.alert('s50', 'limit'), { level: 'high', rung: 'Nurse' });
	expectScore(await hospital.score('s50'), { total: 0 });
	assert.deepEqual(await hospital.tasks('s50', '&code=fever'), []);
	await hospital.send('s50-other', { ...WELL, temp: 37.8 });
	await hospital.none('s50-other');
	await hospital.send('s50', { temp: 38 });
	expectAlert(await hospital.alert('s50', 'fever'), { level: 'high' });

	await hospital.resolve(await hospital.alert('s50', 'limit'));
	await hospital.resolve(await hospital.alert('s50', 'fever'));
	await hospital.advanceTo(expires);
	assert.deepEqual((await hospital.row(stay)).limits, [], 'it ends by itself');
	await hospital.send('s50', { temp: 37.9 });
	assert.equal((await hospital.tasks('s50', '&code=limit')).length, 1);
});

// As somebody who says who they are; `reason` breaks the glass.
const as = (who, where, { reason, method = 'GET', body } = {}) => hospital.server.ask(method, where, {
	body, headers: { 'X-Homeward-User': `PractitionerRole/${who}`, ...(reason ? { 'X-Homeward-Break-Glass': reason } : {}) },
});
const audits = async (patient, count) => until(async () => {
	const found = (await hospital.list(`AuditEvent?patient=Patient/${patient}`)).sort((a, b) => (a.id < b.id ? -1 : 1));
	return found.length >= count && found;
}, `${count} entries of the access log about ${patient}`);

test('S54 a clinician of another ward opens the record of a child: with a reason alone, in the log, and the nurse in charge is told', async () => {
	const stay = await hospital.bed('s54');
	const [reading] = await hospital.send('s54', WELL);
	const outside = 'adults-registrar';

	// Their own people read it, and that is in the log.
	assert.equal((await as('children-nurse', 'Patient/s54')).status, 200);
	const [first] = await audits('s54', 1);
	assert.deepEqual([first.agent[0].who.reference, first.action, first.outcome, first.purposeOfEvent], ['PractitionerRole/children-nurse', 'R', '0', undefined]);

	// Others do not, by whatever way: the patient, what is about them, searches, histories, compartments, the board, bundles.
	for (const where of ['Patient/s54', `Observation/${reading}`, `Observation/${reading}?_elements=status`, `Observation/${reading}/_history`, `Observation/${reading}/_history/1`,
		`EpisodeOfCare/${stay}`, 'Observation?patient=s54', 'Observation?subject=Patient/s54&_summary=count', 'Patient?_id=s54', 'Patient/s54/Observation', '//ward/board?ward=children']) {
		const answer = await as(outside, where);
		assert.equal(answer.status, 403, where);
		assert.doesNotMatch(answer.text, /Synthetic s54/);
	}
	// Pages and figures of the ward name stays and alerts: not for others either, nor without a ward.
	for (const where of ['//ward/home?patient=s54', '//ward/equipment?ward=children', '//ward/print?ward=children', '//flow/round?ward=children', '//flow/referrals?ward=children',
		'//flow/occupancy?ward=children', '//flow/sitrep?ward=children', `//flow/summary/${stay}`, '//flow/round',
		'Measure/ward-alarms-1/$evaluate-measure?periodStart=2026-06-01&periodEnd=2026-06-11&subject=Organization/children'])
		assert.equal((await as(outside, where)).status, 403, where);
	assert.equal((await as('children-nurse', '//flow/round?ward=children')).status, 200);
	assert.equal((await as('children-nurse', 'Measure/ward-alarms-1/$evaluate-measure?periodStart=2026-06-01&periodEnd=2026-06-11&subject=Organization/children')).status, 200);
	assert.match(words(await as(outside, 'Patient/s54')), /X-Homeward-Break-Glass with the reason/);
	for (const where of ['Observation?code=8310-5', 'Patient?name=Synthetic', 'Observation', '', '_history', 'Observation/_history', 'Patient?_has:Observation:patient:code=8310-5',
		'PractitionerRole?_revinclude=Task:owner', 'Task?patient.name=Synthetic', 'EpisodeOfCare?organization=Organization/children']) {
		const answer = await as(outside, where);
		assert.equal(answer.status, 403, where);
	}
	const batch = { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: 'Patient/s54' } }] };
	assert.equal((await as(outside, '', { method: 'POST', body: batch })).status, 403);
	assert.equal((await as(outside, 'Observation/_search', { method: 'POST', body: 'code=8310-5' })).status, 403);
	const change = hospital.observation('s54', 'temp', 36.5, { effectiveDateTime: await hospital.now() });
	assert.equal((await as(outside, 'Observation', { method: 'POST', body: change })).status, 403);
	assert.equal((await as(outside, 'Observation', { method: 'POST', body: JSON.stringify(change).replace('Patient/s54', 'Patient\\/s54') })).status, 403, 'an escape hides nothing');
	assert.equal((await as('nobody', 'Patient/s54')).status, 403, 'an unknown person');
	assert.equal((await as(outside, 'Patient/s54', { reason: ' ' })).status, 403, 'an empty reason is none');
	assert.equal((await as(outside, 'PractitionerRole?organization=Organization/children')).status, 200, 'who works where is no secret');
	await hospital.settle();
	assert.deepEqual(await hospital.tasks('s54', '&code=access'), []);

	// With a reason it opens, and before it does it is in the log.
	const reason = 'Called to the emergency department, child is here';
	const opened = await as(outside, 'Patient/s54', { reason });
	assert.equal(opened.status, 200, opened.text);
	assert.equal(opened.json.id, 's54');
	const broken = (await hospital.list('AuditEvent?patient=Patient/s54')).filter((event) => event.purposeOfEvent);
	assert.deepEqual(broken.map((event) => [event.agent[0].who.reference, event.purposeOfEvent[0].coding[0].code, event.purposeOfEvent[0].text]), [[`PractitionerRole/${outside}`, 'BTG', reason]]);
	await hospital.settle();
	const told = await hospital.alert('s54', 'access');
	expectAlert(told, { level: 'technical', rung: 'Nurse in charge', owner: 'children-nurse-in-charge' });
	assert.equal(told.description, `Opened from another ward by The registrar: ${reason}`);
	assert.equal((await as(outside, 'Observation?patient=s54', { reason })).status, 200);
	assert.equal((await as(outside, 'Patient/s54')).status, 403, 'one request at a time');
	await hospital.settle();
	assert.equal((await hospital.tasks('s54', '&code=access')).length, 1, 'one alert while it is open');

	// Refused attempts are in the log too; nobody changes it.
	const all = await audits('s54', 10);
	assert.ok(all.some((event) => event.outcome === '4' && event.agent[0].who.reference === `PractitionerRole/${outside}`));
	const [one] = all;
	assert.equal((await hospital.server.put(`AuditEvent/${one.id}`, { ...one, outcome: '8' })).status, 405);
	assert.equal((await hospital.server.ask('DELETE', `AuditEvent/${one.id}`)).status, 405);
	assert.equal((await hospital.server.put('AuditEvent/audit-0000099999', { ...one, id: 'audit-0000099999' })).status, 405);
	const transaction = { resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'DELETE', url: `AuditEvent/${one.id}` } }] };
	assert.ok((await hospital.server.post('', transaction)).status >= 400);
	const chain = (await hospital.list('AuditEvent?_sort=_id')).filter((event) => event.id.startsWith('audit-'));
	const numbers = chain.map((event) => Number(event.extension[0].extension.find((part) => part.url === 'number').valueString)).sort((a, b) => a - b);
	assert.deepEqual(numbers, numbers.map((_, i) => i + 1), 'numbers without a gap');

	// An own ward's person goes on with their work: search, write, admit.
	assert.equal((await as('children-nurse', 'Observation?patient=s54')).status, 200);
	assert.equal((await as('children-nurse', 'EpisodeOfCare?organization=Organization/children')).status, 200);
	assert.equal((await as('children-nurse', '//ward/board?ward=children')).status, 200);
	assert.equal((await as('children-nurse', 'Observation', { method: 'POST', body: change })).status, 201);
	await hospital.put({ resourceType: 'Patient', id: 's54-new', birthDate: '2023-05-10' });
	const admission = parameters({ patient: { valueReference: { reference: 'Patient/s54-new' } }, ward: { valueReference: { reference: 'Organization/children' } } });
	assert.equal((await as('adults-nurse', 'EpisodeOfCare/$admit', { method: 'POST', body: admission })).status, 403);
	assert.equal((await as('children-nurse', 'EpisodeOfCare/$admit', { method: 'POST', body: admission })).status, 201);
});
