// SPDX-License-Identifier: Apache-2.0
// Nobody is put on shift for ever by taking their last rota away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HW } from './hospital.mjs';
import { Refusal } from './refusal.mjs';

let hospital, refusal;
before(async () => ({ hospital, refusal } = await Refusal.open()));
after(() => hospital?.close());

const LAST = /only Schedule of PractitionerRole\/.*always on shift.*active/;
const rota = (id, ...roles) => ({ resourceType: 'Schedule', id, actor: roles.map((role) => ({ reference: `PractitionerRole/${role}` })) });
const role = (id, code, more = {}) => ({
	resourceType: 'PractitionerRole', id, active: true, organization: { reference: 'Organization/children' }, practitioner: { display: `Nurse ${id}` },
	...(code ? { code: [{ coding: [{ system: `${HW}CodeSystem/ward-role`, code }] }] } : {}), ...more,
});
const person = async (id) => (await hospital.get('//ward/people?ward=children')).people.find((one) => one.id === id);

test('the last Schedule of a nurse is neither deleted nor given to others', async () => {
	await hospital.put(role('ann', 'nurse'));
	await hospital.put(role('bea', 'nurse'));
	await hospital.put(rota('of-ann', 'ann'));
	await hospital.put(rota('of-bea', 'bea'));
	await refusal.ofDelete('Schedule/of-ann', LAST);
	await refusal.of(409, rota('of-ann', 'bea'), LAST);
	assert.equal((await person('ann')).always, false);
});

test('one without shifts may be written, and puts nobody on shift', async () => {
	await hospital.put(role('cat', 'nurse'));
	await hospital.put(rota('of-cat', 'cat'));
	assert.equal((await refusal.put({ ...rota('of-cat', 'cat'), active: false })).status, 200);
	const cat = await person('cat');
	assert.deepEqual([cat.always, cat.shift], [false, null]);
});

test('one of several goes, and so does the rota of a desk, and of a role that is out of use or calls nobody', async () => {
	await hospital.put(role('dot', 'nurse'));
	await hospital.put(rota('of-dot-1', 'dot'));
	await hospital.put(rota('of-dot-2', 'dot'));
	assert.equal((await refusal.remove('Schedule/of-dot-1')).status, 204);
	await refusal.ofDelete('Schedule/of-dot-2', LAST);
	assert.equal((await refusal.put(role('dot', 'nurse', { active: false }))).status, 200);
	assert.equal((await refusal.remove('Schedule/of-dot-2')).status, 204);
	await hospital.put(role('desk', 'switchboard'));
	await hospital.put(rota('of-desk', 'desk'));
	assert.equal((await person('desk')).always, false);
	assert.equal((await refusal.remove('Schedule/of-desk')).status, 204);
	assert.equal((await person('desk')).always, true);
	await hospital.put(role('clinic'));
	await hospital.put(rota('of-clinic', 'clinic'));
	assert.equal((await refusal.remove('Schedule/of-clinic')).status, 204);
	await hospital.put({ resourceType: 'Schedule', id: 'of-room', actor: [{ reference: 'PractitionerRole/nobody' }, { display: 'Room 4' }] });
	assert.equal((await refusal.remove('Schedule/of-room')).status, 204);
});
