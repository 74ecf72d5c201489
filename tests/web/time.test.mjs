/* SPDX-License-Identifier: Apache-2.0 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './module.mjs';

const { ageText, clockText, clockSecondsText, dateText, fieldInstant, fieldText, fieldTime, isOld, lengthText, runningText, tickText } = await load('time.ts');
const at = (text) => Date.parse(text);

test('a time of today is an hour and a minute in London, whatever zone the machine is in', () => {
	assert.equal(clockText(at('2026-07-01T02:02:00Z'), at('2026-07-01T03:00:00Z')), '03:02');
	assert.equal(clockText(at('2026-01-01T03:02:00Z'), at('2026-01-01T04:00:00Z')), '03:02');
});
test('a time of another day of London carries its day, even minutes after midnight', () => {
	/* 23:30 UTC on 30 June is 00:30 on 1 July in London */
	assert.equal(clockText(at('2026-06-30T23:30:00Z'), at('2026-07-01T03:00:00Z')), '00:30');
	assert.equal(clockText(at('2026-06-30T22:30:00Z'), at('2026-06-30T23:10:00Z')), 'Tue 30 Jun 23:30');
});
test('a time about a year away carries its year', () => {
	assert.equal(clockText(at('2161-07-12T12:00:00Z'), at('2026-07-12T12:00:00Z')), '12 Jul 2161 13:00');
});
test('in the hour that happens twice the zone is told, and only then', () => {
	const now = at('2026-10-25T06:00:00Z');
	assert.equal(clockText(at('2026-10-25T00:30:00Z'), now), '01:30 BST');
	assert.equal(clockText(at('2026-10-25T01:30:00Z'), now), '01:30 GMT');
	assert.equal(clockText(at('2026-10-25T02:00:00Z'), now), '02:00');
	assert.equal(clockText(at('2026-10-24T23:59:00Z'), now), '00:59');
});
test('four elapsed hours over the spring change end at 03:00', () => {
	assert.equal(clockText(at('2026-03-28T22:00:00Z') + 4 * 3_600_000, at('2026-03-29T00:30:00Z')), '03:00');
});
test('the live mark has seconds', () => {
	assert.equal(clockSecondsText(at('2026-07-01T02:02:09Z')), '03:02:09');
	assert.equal(clockSecondsText(NaN), '--:--:--');
});
test('midnight under a chart is a day', () => {
	assert.equal(tickText(at('2026-11-21T00:00:00Z')), 'Sat 21');
	assert.equal(tickText(at('2026-11-21T06:00:00Z')), '06:00');
});
test('ages are coarse and never in the future', () => {
	const now = at('2026-11-22T03:00:00Z'), minute = 60_000;
	assert.equal(ageText(now - 30_000, now), 'now');
	assert.equal(ageText(now - 12 * minute, now), '12 min');
	assert.equal(ageText(now - 65 * minute, now), '1 h 05');
	assert.equal(ageText(now - 26 * 60 * minute, now), '1 d 2 h');
	assert.equal(ageText(now + minute, now), 'now');
	assert.equal(ageText(now + 3 * minute, now), 'dated ahead');
	assert.equal(ageText(NaN, now), 'time unknown');
});
test('running clocks', () => {
	assert.equal(runningText(0), '0 s');
	assert.equal(runningText(52_999), '52 s');
	assert.equal(runningText(847_000), '14 min 07 s');
	assert.equal(runningText(3_753_000), '1 h 02 min');
	assert.equal(runningText(-5), '0 s');
	assert.equal(runningText(NaN), 'unknown');
	assert.equal(runningText(52 * 3_600_000), '2 d 4 h');
	assert.equal(lengthText(NaN), 'unknown');
});
test('a value is old at exactly four hours, and one of unknown time always', () => {
	const now = at('2026-11-22T08:00:00Z');
	assert.equal(isOld(now - 4 * 3_600_000 + 1, now), false);
	assert.equal(isOld(now - 4 * 3_600_000, now), true);
	assert.equal(isOld(NaN, now), true);
});
test('a date of birth is a date, in no time zone', () => {
	assert.equal(dateText('2021-05-04'), '4 May 2021');
	assert.equal(dateText('2021'), '1 Jan 2021');
	assert.equal(dateText('rubbish'), 'rubbish');
});
test('a field for date and time holds London’s time, and is read as such, in summer, winter and when the clocks change', () => {
	for (const [instant, text] of [['2026-07-01T02:05:00Z', '2026-07-01T03:05'], ['2026-01-01T00:00:00Z', '2026-01-01T00:00'], ['2026-10-25T02:00:00Z', '2026-10-25T02:00'],
		['2026-10-25T00:30:00Z', '2026-10-25T01:30 BST'], ['2026-10-25T01:30:00Z', '2026-10-25T01:30 GMT'], ['2026-10-25T01:00:00Z', '2026-10-25T01:00 GMT'], ['2026-10-25T00:59:00Z', '2026-10-25T01:59 BST'], ['2026-03-29T01:00:00Z', '2026-03-29T02:00'], ['2026-06-30T23:30:00Z', '2026-07-01T00:30']]) {
		assert.equal(fieldText(at(instant)), text);
		assert.equal(fieldInstant(text), at(instant));
	}
	assert.deepEqual(fieldTime('2026-10-25T01:30'), { kind: 'twice', first: at('2026-10-25T00:30:00Z'), second: at('2026-10-25T01:30:00Z') });
	assert.deepEqual([fieldTime('2026-03-29T01:30'), fieldTime('2027-03-28T01:00'), fieldTime('2027-03-28T00:59').kind, fieldTime('')], [{ kind: 'skipped' }, { kind: 'skipped' }, 'once', { kind: 'none' }]);
	assert.deepEqual([fieldInstant('2026-10-25T01:30'), fieldInstant('2026-03-29T01:30')], [NaN, NaN], 'what does not say which instant is none');
	assert.deepEqual([fieldText(NaN), fieldInstant(''), fieldInstant(undefined)], ['', NaN, NaN]);
});
