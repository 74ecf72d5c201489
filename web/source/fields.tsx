/* SPDX-License-Identifier: Apache-2.0
 * Form pieces with label, error and description tied together, in the NHS design system's classes. */
import type { ComponentChildren } from 'preact';
import type { Staff } from './contract';
import { byShift } from './staff_choice';

export interface FieldProps {
	id: string;
	label: string;
	error: string | null;
	children: ComponentChildren;
}

export function Field({ id, label, error, children }: FieldProps) {
	return (
		<div class={`nhsuk-form-group${error ? ' nhsuk-form-group--error' : ''}`}>
			<label class="nhsuk-label" for={id}>{label}</label>
			{error ? <span class="nhsuk-error-message" id={`${id}-error`}><span class="nhsuk-u-visually-hidden">Error: </span>{error}</span> : null}
			{children}
		</div>
	);
}

/* "nurse-in-charge" for people. */
export function roleText(role: string): string {
	return role.replaceAll('-', ' ');
}

export interface StaffSelectProps {
	id: string;
	staff: readonly Staff[];
	value: string;
	error: string | null;
	onChange(id: string): void;
}

export function StaffSelect({ id, staff, value, error, onChange }: StaffSelectProps) {
	const { onShift, others } = byShift(staff);
	const option = (one: Staff) => <option key={one.id} value={one.id}>{one.name}, {roleText(one.role)}</option>;
	return (
		<Field id={id} label="Who are you?" error={error}>
			<select class="nhsuk-select" id={id} value={value} aria-describedby={error ? `${id}-error` : undefined}
				aria-invalid={error !== null} onChange={(event) => onChange(event.currentTarget.value)}>
				<option value="">Choose your name</option>
				{onShift.length > 0 ? <optgroup label="On shift now">{onShift.map(option)}</optgroup> : null}
				{others.length > 0 ? <optgroup label="Not on shift">{others.map(option)}</optgroup> : null}
			</select>
		</Field>
	);
}

export interface ProblemProps {
	text: string | null;
	again: string;
	reasons?: readonly string[]; /* when there are several: a list */
	reason?: ((text: string) => ComponentChildren) | undefined; /* how one is shown */
}
export function Problem({ text, again, reasons = [], reason }: ProblemProps) {
	if (!text)
		return null;
	return (
		<div class="problem" role="alert">
			<strong>Not recorded.</strong> {text} {reasons.length === 0 ? again : null}
			{reasons.length === 0 ? null : <><ul class="sub problem-reasons">{reasons.map((one, index) => <li key={index}>{reason?.(one) ?? one}</li>)}</ul>{again}</>}
		</div>
	);
}
