/* SPDX-License-Identifier: Apache-2.0
 * The plan of care of a stay as the record has it: how often readings are due, what was said last, which SpO2 scale a
 * consultant has ordered. */
import { useEffect, useState } from 'preact/hooks';
import type { Row } from './contract';
import { planOfCare, type PlanOfCare } from './record';

/* Read again when the row says that the schedule moved, or when something was done here. Without it the panel says less, so a
 * failure is not told: the board above it tells when the server is away. */
export function usePlan(row: Row, said: string | null): PlanOfCare | null {
	const [plan, setPlan] = useState<PlanOfCare | null>(null);
	const patient = row.patient?.id;
	useEffect(() => {
		let current = true;
		if (patient !== undefined)
			planOfCare(patient, row.episode).then((found) => { if (current) setPlan(found); }, () => undefined);
		return () => { current = false; };
	}, [patient, row.episode, row.nextDue, row.score?.scaleSetAt, said]);
	return plan;
}

/* "Readings every 4 hours", "Readings at 08:00 and 20:00"; a period counts above times of the day, as on the server. */
export function scheduleText(plan: PlanOfCare | null): string {
	const repeat = plan?.activity?.[0]?.detail?.scheduledTiming?.repeat;
	if (repeat?.period !== undefined && repeat.periodUnit === 'h')
		return repeat.period === 1 ? 'Readings every hour' : `Readings every ${repeat.period} hours`;
	return repeat?.timeOfDay?.length ? `Readings at ${repeat.timeOfDay.map((one) => one.slice(0, 5)).join(', ')}` : '';
}

/* What was written into the plan last. */
export function noteOf(plan: PlanOfCare | null, names: ReadonlyMap<string, string>): { text: string; by: string; at: string | null } | null {
	const note = [...plan?.note ?? []].sort((a, b) => (a.time ?? '').localeCompare(b.time ?? '')).at(-1);
	if (!note?.text)
		return null;
	const author = note.authorReference;
	return { text: note.text, at: note.time ?? null, by: note.authorString ?? author?.display ?? names.get(author?.reference?.replace('PractitionerRole/', '') ?? '') ?? 'somebody' };
}

/* The order that counts now: the newest of the stay. */
export function scaleOf(plan: PlanOfCare | null): { scale: number; by: string; at: string; reason: string } | null {
	const orders = (plan?.extension ?? []).filter((one) => one.url.endsWith('/StructureDefinition/spo2-scale')).map((one) => {
		const part = (name: string) => one.extension?.find((each) => each.url === name);
		const by = part('by')?.valueReference;
		return { scale: part('scale')?.valueInteger ?? 1, by: by?.display ?? by?.reference ?? 'somebody', at: part('at')?.valueInstant ?? '', reason: part('reason')?.valueString ?? '' };
	});
	return orders.sort((a, b) => a.at.localeCompare(b.at)).at(-1) ?? null;
}
