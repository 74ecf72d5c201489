// SPDX-License-Identifier: Apache-2.0
// A repeat is what was measured after the value that could not be used, whenever it arrives.
import { after, before, test } from 'node:test';
import { CHILD, Hospital, MIN, expectAlert, later } from './hospital.mjs';

let hospital;
before(async () => { hospital = await Hospital.open({ start: '2026-06-10T08:00:00Z' }); });
after(async () => { await hospital?.close(); });

test('a reading from before the unusable one is no repeat, though it comes after it', async () => {
	await hospital.bed('older', { policy: `${CHILD}|3` });
	await hospital.advance(10 * MIN);
	const now = await hospital.now();
	await hospital.send('older', { spo2: 0 }, { at: now });
	await hospital.send('older', { spo2: 98 }, { at: later(now, -5 * MIN) });
	await hospital.advance(15 * MIN);
	expectAlert(await hospital.alert('older', 'implausible'), { level: 'medium', owner: 'children-nurse' });
	await hospital.send('older', { spo2: 97 });
	await hospital.none('older');
});
