/* SPDX-License-Identifier: Apache-2.0
 * A form for one action on the record: who, and a few fields. Nothing shows as done before the server has said so. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Staff } from './contract';
import { Field, Problem, roleText, StaffSelect } from './fields';
import { Failure, failureText } from './http';
import { rememberedStaff, rememberStaff } from './staff_choice';

export interface ActionField {
	name: string;
	label: string;
	kind: 'text' | 'number' | 'time' | 'choice' | 'staff';
	initial?: string;
	options?: readonly { value: string; label: string }[];
	max?: number;
	optional?: boolean;
}
export interface ActionFormProps {
	id: string;
	about: string; /* whom and what it concerns, shown above the fields */
	button: string;
	fields: readonly ActionField[];
	staff: readonly Staff[];
	onSend(person: Staff, values: Record<string, string>): Promise<string>; /* what to say when it is done */
	onDone(text: string): void;
	onCancel(): void;
	reason?: ((text: string) => ComponentChildren) | undefined; /* how one of several reasons of a refusal is shown */
}

function problemOf(field: ActionField, value: string): string | null {
	if (value.trim() === '')
		return field.optional ? null : 'Fill this in';
	if (field.kind === 'number' && !(Number(value) > 0 && (field.max === undefined || Number(value) <= field.max)))
		return field.max === undefined ? 'A number above 0' : `A number from 1 to ${field.max}`;
	return null;
}

function Control({ id, field, value, staff, error, onInput }: {
	id: string; field: ActionField; value: string; staff: readonly Staff[]; error: string | null; onInput(value: string): void;
}) {
	const described = { 'aria-describedby': error ? `${id}-error` : undefined, 'aria-invalid': error !== null };
	if (field.kind === 'choice' || field.kind === 'staff') {
		const options = field.kind === 'staff' ? staff.map((one) => ({ value: one.id, label: `${one.name}, ${roleText(one.role)}` })) : field.options ?? [];
		return (
			<select class="nhsuk-select" id={id} value={value} {...described} onChange={(event) => onInput(event.currentTarget.value)}>
				<option value="">Choose</option>
				{options.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
			</select>
		);
	}
	if (field.kind === 'text')
		return <textarea class="nhsuk-textarea" id={id} rows={2} maxLength={2000} value={value} {...described} onInput={(event) => onInput(event.currentTarget.value)} />;
	return <input class={field.kind === 'time' ? 'nhsuk-input time-field' : 'nhsuk-input nhsuk-input--width-4'} id={id} type={field.kind === 'time' ? 'datetime-local' : 'text'} inputMode={field.kind === 'time' ? undefined : 'decimal'}
		value={value} {...described} onInput={(event) => onInput(event.currentTarget.value)} />;
}

export function ActionForm({ id, about, button, fields, staff, onSend, onDone, onCancel, reason }: ActionFormProps) {
	const form = useRef<HTMLFormElement>(null);
	const [who, setWho] = useState(() => rememberedStaff(staff));
	const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(fields.map((field) => [field.name, field.initial ?? ''])));
	const [errors, setErrors] = useState<Record<string, string | null>>({});
	const [sending, setSending] = useState(false);
	const [problem, setProblem] = useState<{ text: string; reasons: readonly string[] } | null>(null);
	useLayoutEffect(() => {
		form.current?.querySelector<HTMLElement>(who === '' ? 'select' : 'textarea, input, select')?.focus();
	}, []);
	const send = async (event: Event) => {
		event.preventDefault();
		const person = staff.find((one) => one.id === who);
		const found: Record<string, string | null> = { who: person ? null : 'Choose your name' };
		for (const field of fields)
			found[field.name] = problemOf(field, values[field.name] ?? '');
		setErrors(found);
		const wrong = ['who', ...fields.map((field) => field.name)].find((name) => found[name]);
		if (wrong || !person) {
			document.getElementById(`${id}-${wrong ?? 'who'}`)?.focus();
			return;
		}
		setSending(true);
		setProblem(null);
		try {
			rememberStaff(who);
			onDone(`✓ ${await onSend(person, values)} The server has confirmed it.`);
		} catch (error) {
			setSending(false);
			const reasons = error instanceof Failure ? error.reasons : [];
			setProblem({ reasons, text: (reasons.length > 0 && error instanceof Failure ? `${error.message} The server says:` : failureText(error))
				+ (error instanceof Failure && error.sent ? ' It may have arrived all the same: look before you send again.' : '') });
		}
	};
	return (
		<form class="action-form" ref={form} noValidate onSubmit={(event) => void send(event)} aria-label={about}>
			<p class="action-patient">{about}</p>
			<StaffSelect id={`${id}-who`} staff={staff} value={who} error={errors.who ?? null} onChange={setWho} />
			{fields.map((field) => (
				<Field key={field.name} id={`${id}-${field.name}`} label={field.label} error={errors[field.name] ?? null}>
					<Control id={`${id}-${field.name}`} field={field} value={values[field.name] ?? ''} staff={staff} error={errors[field.name] ?? null}
						onInput={(value) => setValues({ ...values, [field.name]: value })} />
				</Field>
			))}
			<Problem text={problem?.text ?? null} reasons={problem?.reasons ?? []} reason={reason} again={`Press ${button} to try again.`} />
			<div class="action-buttons">
				<button type="submit" class="nhsuk-button" disabled={sending}>{sending ? 'Sending…' : button}</button>
				<button type="button" class="nhsuk-button nhsuk-button--secondary" onClick={onCancel} disabled={sending}>Cancel</button>
			</div>
		</form>
	);
}
