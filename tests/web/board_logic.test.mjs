/* SPDX-License-Identifier: Apache-2.0 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './module.mjs';

const { count, firstWaiting, matches, newAlerts, rowLevel, titleText } = await load('summary.ts');
const { actionOf, moved } = await load('keyboard.ts');
const { levelOf } = await load('level.ts');
const { axisRange, inOrder, isBelievable, signOf, years } = await load('sign.ts');
const { shades } = await load('band.ts');
const { byShift } = await load('staff_choice.ts');
const { outcomeText } = await load('http.ts');

const alert = (id, level, status = 'raised', deadline = '2026-11-22T03:10:00Z') => ({ id, rule: 'score', title: `alert ${id}`, level, status,
	raisedAt: '2026-11-22T03:00:00Z', deadline, reviewMinutesMax: 15, rung: { index: 0, name: 'Nurse', person: null }, acknowledgement: null });
const row = (name, alerts, more = {}) => ({ episode: name, urgency: 1, patient: { id: name, name, birthDate: '2020-01-01', age: '6 y' },
	policy: { title: 'Cancer', version: '1' }, admitted: '', values: [], score: null, nextDue: null, overdue: null, alerts, contacts: [], ...more });

test('only alerts that nobody has acknowledged are counted', () => {
	const rows = [row('a', [alert('1', 'emergency'), alert('2', 'high', 'acknowledged')]), row('b', [alert('3', 'high', 'delivered')], { overdue: 'amber' }),
		row('c', [alert('4', 'low')], { overdue: 'due' })];
	assert.deepEqual(count(rows), { patients: 3, emergency: 1, high: 1, medium: 0, other: 1, waiting: 3, overdue: 1 });
});
test('the title of the window tells the worst first, and when nothing can be told', () => {
	const counts = count([row('a', [alert('1', 'emergency'), alert('2', 'high')])]);
	assert.equal(titleText('W', counts, false), '(1 EMERGENCY, 1 high) W');
	assert.equal(titleText('W', counts, true), 'NOT LIVE: W');
	assert.equal(titleText('W', count([row('a', [alert('1', 'low')])]), false), '(1 alert) W');
	assert.equal(titleText('W', count([]), false), 'W: Homeward');
});
test('a raised level is news, an acknowledgement is not', () => {
	const before = [row('a', [alert('1', 'medium')])];
	assert.equal(newAlerts(before, before).length, 0);
	assert.equal(newAlerts(before, [row('a', [alert('1', 'high')])]).length, 1);
	assert.equal(newAlerts(before, [row('a', [alert('1', 'medium', 'acknowledged')])]).length, 0);
	assert.equal(newAlerts([], before).length, 1);
});
test('the worst alert is answered first, and among equals the one that is due', () => {
	const found = firstWaiting(row('a', [alert('low', 'low'), alert('later', 'high', 'raised', '2026-11-22T03:20:00Z'), alert('sooner', 'high'), alert('done', 'emergency', 'acknowledged')]));
	assert.equal(found.id, 'sooner');
	assert.equal(firstWaiting(row('a', [])), null);
});
test('a fever on a score of 0 colours the row by the alert; an unknown level counts as High', () => {
	const score = { scale: 'npews', band: null, total: 0, complete: true, low: 0, high: 0, level: 'none', missing: [], measuredAt: '', observation: '' };
	assert.equal(rowLevel(row('a', [alert('1', 'high')], { score })), 'high');
	assert.equal(rowLevel(row('a', [alert('1', 'high', 'acknowledged')], { score })), 'none');
	assert.equal(levelOf('catastrophe').rank, 5);
});
test('a snoozed alert is silent, and new again when its snooze ends', () => {
	const snoozed = { ...alert('1', 'medium'), snooze: { until: '2026-11-22T03:30:00Z', by: 'Poppy', count: 1 } };
	assert.equal(firstWaiting(row('a', [snoozed])), null);
	assert.deepEqual(newAlerts([row('a', [])], [row('a', [snoozed])]), []);
	assert.equal(newAlerts([row('a', [snoozed])], [row('a', [alert('1', 'medium')])]).length, 1);
	assert.equal(newAlerts([row('a', [alert('1', 'medium', 'acknowledged')])], [row('a', [alert('1', 'medium')])]).length, 1, 'raised again after an answer');
	assert.equal(newAlerts([row('a', [alert('1', 'medium')])], [row('a', [alert('1', 'medium')])]).length, 0);
});
test('what waits for office hours makes no sound, and does when they begin', () => {
	const waits = { ...alert('1', 'technical'), callAt: '2026-11-23T08:00:00Z' };
	assert.deepEqual(newAlerts([row('a', [])], [row('a', [waits])]), []);
	assert.equal(newAlerts([row('a', [waits])], [row('a', [alert('1', 'technical')])]).length, 1);
	assert.equal(newAlerts([row('a', [waits])], [row('a', [alert('1', 'medium')])]).length, 1, 'it became worse');
	assert.equal(firstWaiting(row('a', [waits])).id, '1', 'it may be answered before');
});
test('find looks at name, alert and level', () => {
	const found = row('Amara Okafor', [alert('1', 'high')], { overdue: 'amber' });
	for (const text of ['amara', 'oka ama', 'high', 'alert 1', 'overdue', ''])
		assert.equal(matches(found, text), true, text);
	assert.equal(matches(found, 'billy'), false);
});
test('single keys act outside of fields only and can be switched off; Escape always closes', () => {
	const press = (key, more = {}) => ({ key, modified: false, inField: false, ...more });
	assert.equal(actionOf(press('a'), true), 'acknowledge');
	assert.equal(actionOf(press('a'), false), null);
	assert.equal(actionOf(press('a', { inField: true }), true), null);
	assert.equal(actionOf(press('a', { modified: true }), true), null);
	assert.equal(actionOf(press('ArrowDown'), false), 'next');
	assert.equal(actionOf(press('Escape', { inField: true }), false), 'close');
	assert.equal(actionOf(press('x'), true), null);
	assert.equal(moved('next', -1, 3), 0);
	assert.equal(moved('next', 2, 3), 2);
	assert.equal(moved('previous', 0, 3), 0);
	assert.equal(moved('next', -1, 0), -1);
});
test('signs stand in the order of the board, unknown ones last', () => {
	assert.deepEqual(inOrder(new Set(['zeta', 'temperature', 'respiratoryRate', 'spo2'])), ['respiratoryRate', 'spo2', 'temperature', 'zeta']);
});
test('the axis fits the age and always holds the value', () => {
	assert.equal(years('2021-05-04', Date.parse('2026-05-03T12:00:00Z')), 4);
	assert.equal(years('2021-05-04', Date.parse('2026-05-04T12:00:00Z')), 5);
	assert.deepEqual(axisRange('heartRate', 3, []), [50, 190]);
	assert.deepEqual(axisRange('heartRate', 3, [212.4]), [50, 213]);
	assert.deepEqual(axisRange('spo2', 3, [71]), [71, 100]);
	assert.equal(years(null, 0), 30);
	assert.equal(isBelievable(signOf('heartRate'), 400), false);
	assert.equal(isBelievable(signOf('heartRate'), 320), true);
	assert.equal(isBelievable(signOf('worried'), 400), true);
	assert.deepEqual(axisRange('other', 3, []), [0, 1]);
});
test('the shading behind a chart is the score table of the age band, without a gap', () => {
	assert.deepEqual(shades('npews', '1-4 years', 'heartRate').map((one) => [one.from, one.to, one.points]),
		[[-Infinity, 60, 4], [60, 70, 2], [70, 90, 1], [90, 140, 0], [140, 150, 1], [150, 170, 2], [170, Infinity, 4]]);
	assert.equal(shades('npews', 'no such band', 'heartRate').length, 0);
	assert.ok(shades('npews', '0-11 months', 'spo2').length > 1, 'a table for all ages');
	assert.equal(shades('npews', '1-4 years', 'temperature').length, 0, 'temperature scores nothing in PEWS');
	assert.ok(shades('news2', null, 'temperature').length > 1);
	assert.equal(shades('news2', null, 'spo2').length, 0, 'which of two tables holds is not known here');
	assert.equal(shades('other', null, 'spo2').length, 0);
});
test('staff on shift come first', () => {
	const staff = [{ id: '1', name: 'Zoe', role: 'Nurse', onShift: true }, { id: '2', name: 'Ann', role: 'Nurse', onShift: false }, { id: '3', name: 'Ben', role: 'Nurse', onShift: true }];
	assert.deepEqual(byShift(staff).onShift.map((one) => one.name), ['Ben', 'Zoe']);
	assert.deepEqual(byShift(staff).others.map((one) => one.name), ['Ann']);
});
test('what the server says about a failure is passed on', () => {
	assert.equal(outcomeText({ resourceType: 'OperationOutcome', issue: [{ diagnostics: 'The alert is closed' }, { details: { text: 'twice' } }] }), 'The alert is closed; twice');
	assert.equal(outcomeText({ resourceType: 'Patient' }), '');
	assert.equal(outcomeText(null), '');
});
