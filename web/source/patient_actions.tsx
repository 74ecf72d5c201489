/* SPDX-License-Identifier: Apache-2.0
 * What a nurse or doctor does about a stay: review, agreed silence, a limit, hand-over, hospital and back, discharge. */
import { useState } from 'preact/hooks';
import { ActionForm, type ActionField } from './action_form';
import type { Row, Staff } from './contract';
import { policyField, usePolicies, type PolicyList } from './policy_choice';
import { operate } from './record';
import { rowName } from './summary';
import { fieldInstant, fieldText } from './time';

interface Action {
	key: string;
	button: string;
	about(row: Row): string;
	fields(row: Row, policies: PolicyList | null): readonly ActionField[];
	operation: string;
	parameters(values: Record<string, string>, by: Staff): object[];
	said: string;
	offered?(row: Row): boolean; /* absent: always */
}

const local = (at: string | null | undefined) => fieldText(Date.parse(at ?? ''));
const text = (name: string, label: string): ActionField => ({ name, label, kind: 'text' });
const instant = (value: string | undefined) => new Date(fieldInstant(value)).toISOString();
const LEVELS = ['low', 'medium', 'high', 'emergency'].map((value) => ({ value, label: value }));

const ACTIONS: readonly Action[] = [
	{ key: 'review', button: 'Reviewed', about: (row) => `Daily review of ${rowName(row)}.`, operation: '$review', said: 'Review recorded',
		fields: () => [text('plan', 'Plan until the next review')], parameters: (values) => [{ name: 'plan', valueString: values.plan?.trim() }] },
	{ key: 'defer', button: 'Agree on later readings', operation: '$defer', said: 'Later readings agreed',
		about: (row) => `Readings of ${rowName(row)} may wait, at most one period. Silence after that alerts as always.`,
		fields: (row) => [
			{ name: 'reason', label: 'Reason', kind: 'choice', options: [{ value: 'asleep', label: 'Asleep, with an agreed sleep plan' }, { value: 'refused', label: 'Refused' },
				{ value: 'in-hospital', label: 'In hospital' }, { value: 'equipment', label: 'Equipment fault' }] },
			{ name: 'sleepPlan', label: 'Asleep: how the night is watched', kind: 'text', optional: true },
			{ name: 'until', label: 'Until', kind: 'time', initial: local(row.deferUntilMax) }],
		parameters: (values) => [{ name: 'reason', valueCode: values.reason }, ...(values.sleepPlan?.trim() ? [{ name: 'sleepPlan', valueString: values.sleepPlan.trim() }] : []), { name: 'until', valueDateTime: instant(values.until) }] },
	{ key: 'hand-over', button: 'Hand over', operation: '$hand-over', said: 'Handover asked for; it counts when it is accepted',
		about: (row) => `Ask somebody to take over ${rowName(row)}. Not accepted within 15 minutes, the nurse in charge is told.`,
		fields: () => [{ name: 'to', label: 'To whom', kind: 'staff' }],
		parameters: (values, by) => [{ name: 'from', valueReference: { reference: `PractitionerRole/${by.id}` } }, { name: 'to', valueReference: { reference: `PractitionerRole/${values.to}` } }] },
	{ key: 'limit', button: 'Set a limit', operation: '$limit', said: 'Limit set',
		about: (row) => `A limit for ${rowName(row)} alone, beside all rules of the ward. Consultants only.`,
		fields: (row) => [
			{ name: 'sign', label: 'Sign', kind: 'choice', options: row.values.filter((value) => value.unit !== '').map((value) => ({ value: value.name, label: value.label })) },
			{ name: 'direction', label: 'Alert when', kind: 'choice', options: [{ value: 'above', label: 'above' }, { value: 'below', label: 'below' }] },
			{ name: 'value', label: 'Value', kind: 'number' }, { name: 'level', label: 'Level', kind: 'choice', options: LEVELS },
			text('reason', 'Reason'), { name: 'expires', label: 'Until', kind: 'time' }],
		parameters: (values) => [{ name: 'sign', valueCode: values.sign }, { name: values.direction, valueDecimal: Number(values.value) }, { name: 'level', valueCode: values.level },
			{ name: 'reason', valueString: values.reason?.trim() }, { name: 'expires', valueDateTime: instant(values.expires) }] },
	{ key: 'change-plan', button: 'Change plan', operation: '$change-plan', said: 'Plan changed',
		about: (row) => `Change the plan of care of ${rowName(row)}. What stands in it now is said above; it stays, with who changed it and why.`,
		fields: (row, policies) => [text('plan', 'What changes'), text('reason', 'Why'), { name: 'periodHours', label: 'Readings every how many hours (leave empty to keep the hours as they are)', kind: 'number', max: 168, optional: true },
			policyField(row, policies)],
		parameters: (values) => [{ name: 'plan', valueString: values.plan?.trim() }, { name: 'reason', valueString: values.reason?.trim() },
			...(values.periodHours?.trim() ? [{ name: 'periodHours', valueDecimal: Number(values.periodHours) }] : []), ...(values.policy ? [{ name: 'policy', valueCanonical: values.policy }] : [])] },
	{ key: 'spo2-scale', button: 'SpO₂ scale', operation: '$spo2-scale', said: 'SpO₂ scale ordered; it counts from the next set of readings', offered: (row) => row.policy.scale === 'news2' && !row.pregnant,
		about: (row) => `Order the SpO₂ scale of NEWS2 for ${rowName(row)}. Consultants only. Scale 2 is never for everybody with a lung disease: only for a confirmed risk of hypercapnic failure, with a target of 88 to 92 %.`,
		fields: () => [{ name: 'scale', label: 'Scale', kind: 'choice', options: [{ value: '1', label: 'Scale 1, the usual one' }, { value: '2', label: 'Scale 2, target 88 to 92 %' }] }, text('reason', 'Reason')],
		parameters: (values) => [{ name: 'scale', valueInteger: Number(values.scale) }, { name: 'reason', valueString: values.reason?.trim() }] },
	{ key: 'pews-chart', button: 'PEWS chart', operation: '$pews-chart', said: 'PEWS chart chosen; it counts from the next set of readings', offered: (row) => Boolean(row.chart?.beside || row.chart?.chosen),
		about: (row) => `Choose the PEWS chart for ${rowName(row)}, who is near a birthday that changes it: by age it is ${row.chart?.byAge?.name ?? 'none'}. Nurse in charge, registrar or consultant only. Scores that were made stay as they are; the choice ends by itself when the birthday is no longer near.`,
		fields: (row) => [{ name: 'chart', label: 'Chart', kind: 'choice', options: [...(row.chart?.beside ? [{ value: row.chart.beside.code, label: `${row.chart.beside.name}, beside that of the age` }] : []),
			{ value: 'by-age', label: `${row.chart?.byAge?.name ?? 'None'}, by age` }] }, text('reason', 'Reason'), { name: 'expires', label: 'Until (leave empty: while the birthday is near)', kind: 'time', optional: true }],
		parameters: (values) => [{ name: 'chart', valueCode: values.chart }, { name: 'reason', valueString: values.reason?.trim() },
			...(values.expires ? [{ name: 'expires', valueDateTime: instant(values.expires) }] : [])] },
	{ key: 'escalate', button: 'Escalate', operation: '$escalate', said: 'Escalation recorded', about: (row) => `Record a call to 999 or the hospital for ${rowName(row)}.`,
		fields: () => [{ name: 'to', label: 'To', kind: 'choice', options: [{ value: '999', label: '999' }, { value: 'hospital', label: 'Hospital' }] }, text('reason', 'Why')],
		parameters: (values) => [{ name: 'to', valueCode: values.to }, { name: 'reason', valueString: values.reason?.trim() }] },
	{ key: 'step-up', button: 'To hospital', operation: '$step-up', said: 'In hospital; the schedule at home rests', about: (row) => `${rowName(row)} goes to a hospital bed.`,
		fields: () => [text('reason', 'Why')], parameters: (values) => [{ name: 'reason', valueString: values.reason?.trim() }] },
	{ key: 'return', button: 'Home again', operation: '$return', said: 'Home again; the schedule goes on', about: (row) => `${rowName(row)} is back at home.`,
		fields: () => [text('reason', 'Why')], parameters: (values) => [{ name: 'reason', valueString: values.reason?.trim() }] },
	{ key: 'discharge', button: 'Discharge', operation: '$discharge', said: 'Discharged; the summary for the GP stands in the record', about: (row) => `End the stay of ${rowName(row)}.`,
		fields: () => [{ name: 'destination', label: 'Destination', kind: 'choice', options: ['home', 'hospital', 'hospice', 'other-ward', 'died'].map((value) => ({ value, label: value.replace('-', ' ') })) },
			text('reason', 'Why')],
		parameters: (values) => [{ name: 'destination', valueCode: values.destination }, { name: 'reason', valueString: values.reason?.trim() }] },
];

export function PatientActions({ row, staff, onDone }: { row: Row; staff: readonly Staff[]; onDone(text: string): void }) {
	const [open, setOpen] = useState<Action | null>(null);
	const policies = usePolicies(open?.key === 'change-plan');
	const onHold = row.nextDue === null;
	const shown = ACTIONS.filter((action) => action.offered?.(row) !== false && (action.key === 'return' ? onHold : action.key !== 'step-up' && action.key !== 'defer' || !onHold));
	if (open)
		return <ActionForm id={`${open.key}-${row.episode}`} about={open.about(row)} button={open.button} fields={open.fields(row, policies)} staff={staff}
			onCancel={() => setOpen(null)} onDone={(said) => { setOpen(null); onDone(said); }}
			onSend={async (person, values) => {
				await operate(`EpisodeOfCare/${row.episode}/${open.operation}`, person, open.parameters(values, person));
				return `${open.said}: ${rowName(row)}.`;
			}} />;
	return (
		<p class="card-actions patient-actions" role="group" aria-label="Actions for this patient">
			{shown.map((action) => <button type="button" key={action.key} class="quick-choice" data-action={action.key} onClick={() => setOpen(action)}>{action.button}</button>)}
		</p>
	);
}
