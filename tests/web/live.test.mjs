/* SPDX-License-Identifier: Apache-2.0 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './module.mjs';

const { apply, isBoard, readEvent } = await load('board_state.ts');
const { DEAD_AFTER, LATE_AFTER, elapsed, liveness } = await load('liveness.ts');
const { heard, serverNow, unheard } = await load('server_clock.ts');

const row = (episode, urgency, name = episode) => ({ episode, urgency, patient: { id: episode, name, birthDate: '2020-01-01', age: '6 y' },
	policy: { title: 'p', version: '1' }, admitted: '2026-01-01T00:00:00Z', values: [], score: null, nextDue: null, overdue: null, alerts: [], contacts: [] });
const board = (rows, version = 10) => ({ serverTime: '2026-11-22T03:00:00Z', dev: false, clockRate: 1, version, ward: { id: 'w', name: 'W' }, system: [], staff: [], rows });
const order = (state) => state.rows.map((one) => one.episode).join('');

test('a row that becomes urgent moves up, and one that does not change stays where it is', () => {
	let state = apply(null, { kind: 'snapshot', board: board([row('a', 5), row('b', 5), row('c', 5)]) });
	state = apply(state, { kind: 'row', row: row('c', 9) });
	assert.equal(order(state), 'cab');
	state = apply(state, { kind: 'row', row: row('a', 5, 'again') });
	assert.equal(order(state), 'cab');
	assert.equal(state.rows[1].patient.name, 'again');
});
test('a new patient is added, a removed one goes', () => {
	let state = apply(null, { kind: 'snapshot', board: board([row('a', 5)]) });
	state = apply(state, { kind: 'row', row: row('n', 1) });
	assert.equal(order(state), 'an');
	state = apply(state, { kind: 'remove', episode: 'a' });
	assert.equal(order(state), 'n');
	assert.equal(order(apply(state, { kind: 'remove', episode: 'unknown' })), 'n');
});
test('every event counts, whatever version the board claims: an alert is never dropped', () => {
	const state = apply(null, { kind: 'snapshot', board: board([row('a', 1), row('b', 2)], Number.MAX_SAFE_INTEGER) });
	assert.equal(order(apply(state, { kind: 'row', row: row('a', 9) })), 'ab');
});
test('rows of one urgency stand by id, as the server sorts them', () => {
	const state = apply(null, { kind: 'snapshot', board: board([row('b', 5)]) });
	assert.equal(order(apply(state, { kind: 'row', row: row('a', 5) })), 'ab');
});
test('events before any board change nothing', () => {
	assert.equal(apply(null, { kind: 'row', row: row('a', 1) }), null);
});
test('system messages and the clock are taken over', () => {
	let state = apply(null, { kind: 'snapshot', board: board([]) });
	state = apply(state, { kind: 'system', system: [{ level: 'high', text: 'disk full' }] });
	assert.equal(state.system[0].text, 'disk full');
	state = apply(state, { kind: 'beat', beat: { serverTime: '2026-11-22T04:00:00Z', version: 11, clockRate: 60 } });
	assert.equal(state.clockRate, 60);
});
test('broken events are not believed', () => {
	assert.equal(readEvent('row', '{"episode":'), null);
	assert.equal(readEvent('row', '{"episode":"a"}'), null);
	assert.equal(readEvent('row', 'null'), null);
	assert.equal(readEvent('remove', '{}'), null);
	assert.equal(readEvent('other', '{}'), null);
	assert.equal(readEvent('beat', '{"serverTime":"2026-11-22T03:00:00Z","version":3,"clockRate":1}').kind, 'beat');
	assert.deepEqual(readEvent('remove', '{"episode":"a"}'), { kind: 'remove', episode: 'a' });
	assert.equal(isBoard(board([row('a', 1)])), true);
	assert.equal(isBoard({ ...board([]), rows: [{}] }), false);
	assert.equal(isBoard(null), false);
});

const moment = (wall, steady = wall) => ({ wall, steady });
test('live, late, dead by the real time since the last message', () => {
	const began = moment(0);
	assert.equal(liveness(null, began, moment(1000)), 'waiting');
	assert.equal(liveness(null, began, moment(DEAD_AFTER)), 'dead', 'a page that never heard anything is not waiting for ever');
	assert.equal(liveness(moment(1000), began, moment(1000 + LATE_AFTER - 1)), 'live');
	assert.equal(liveness(moment(1000), began, moment(1000 + LATE_AFTER)), 'late');
	assert.equal(liveness(moment(1000), began, moment(1000 + DEAD_AFTER)), 'dead');
	assert.ok(DEAD_AFTER <= 55_000, 'red within 60 s, with room for a late timer');
});
test('sleep is noticed by the wall clock, a wall clock set back by the steady one', () => {
	assert.equal(liveness(moment(0, 0), moment(0, 0), moment(3_600_000, 500)), 'dead');
	assert.equal(liveness(moment(3_600_000, 0), moment(0, 0), moment(0, 60_000)), 'dead');
	assert.equal(elapsed(moment(5, 5), moment(10, 8)), 5);
});
test('the server clock runs on, at its own rate', () => {
	const clock = heard('2026-11-22T03:00:00Z', 60, 1000);
	assert.equal(serverNow(clock, 2000), Date.parse('2026-11-22T03:01:00Z'));
	assert.equal(serverNow(unheard, 2000), 2000);
	assert.equal(serverNow(heard('2026-11-22T03:00:00Z', NaN, 0), 1000), Date.parse('2026-11-22T03:00:01Z'));
});
