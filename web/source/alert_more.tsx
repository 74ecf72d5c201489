/* SPDX-License-Identifier: Apache-2.0
 * What else can be done with an alert: silence it for a while, or ask a team from outside for a second opinion. */
import { ActionForm } from './action_form';
import type { Alert, Staff } from './contract';
import { operate } from './record';
import { useShownAlerts } from './shown_alert';

/* Those that the ward never lets anybody silence: docs/reference/ward.md section 4. */
const NEVER: readonly string[] = ['fever', 'hypothermia', 'concern', 'second-opinion'];
export function canSnooze(alert: Alert): boolean {
	return alert.level !== 'emergency' && !NEVER.includes(alert.rule);
}

export type More = 'snooze' | 'second-opinion';

export function MoreForm({ more, alert, patient, staff, onDone, onCancel }: {
	more: More; alert: Alert; patient: string; staff: readonly Staff[]; onDone(text: string): void; onCancel(): void;
}) {
	const sendShown = useShownAlerts([alert]);
	const common = { staff, onDone, onCancel, id: `${more}-${alert.id}` };
	if (more === 'snooze')
		return <ActionForm {...common} about={`Silence for a while: ${patient}, ${alert.title}. It comes back by itself, and at once if anything gets worse. The second time in a row needs the nurse in charge.`}
			button="Snooze" fields={[
				{ name: 'reason', label: 'Why can it wait?', kind: 'text' },
				{ name: 'minutes', label: 'Minutes', kind: 'number', initial: String(alert.reviewMinutesMax), max: alert.reviewMinutesMax },
			]}
			onSend={async (person, values) => {
				await sendShown(alert, (version) => operate(`Task/${alert.id}/$snooze`, person, [
					{ name: 'reason', valueString: values.reason?.trim() }, { name: 'minutes', valueInteger: Math.round(Number(values.minutes)) }], version));
				return `Snoozed: ${alert.title}, ${patient}.`;
			}} />;
	return <ActionForm {...common} about={`Second opinion for ${patient}: ${alert.title}. Critical care outreach is paged now.`} button="Page outreach"
		fields={[{ name: 'reason', label: 'What should they know?', kind: 'text' }]}
		onSend={async (person, values) => {
			await sendShown(alert, (version) => operate(`Task/${alert.id}/$second-opinion`, person, [{ name: 'reason', valueString: values.reason?.trim() }], version));
			return `Second opinion asked for: ${patient}.`;
		}} />;
}
