/* SPDX-License-Identifier: Apache-2.0
 * A form for one action on the record: who, and a few fields. Nothing shows as done before the server has said so. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Staff } from './contract';
import { Field, Problem, roleText, StaffSelect } from './fields';
import { Failure, failureText } from './http';
import { rememberedStaff, rememberStaff } from './staff_choice';
import { fieldTime } from './time';

export interface ActionField {
	name: string;
	label: string;
	kind: 'text' | 'number' | 'time' | 'choice' | 'staff';
	initial?: string;
	options?: readonly { value: string; label: string }[];
	max?: number;
	optional?: boolean;
	empty?: string; /* of a choice: what choosing nothing is */
	about?: (value: string) => ComponentChildren; /* said below it, about what is chosen */
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

const hourOf = (value: string) => value.slice(11, 16);
function timeProblem(value: string): string | null {
	switch (fieldTime(value).kind) {
	case 'once':
		return null;
	case 'twice':
		return `${hourOf(value)} comes twice that night, when the clocks go back: choose which`;
	case 'skipped':
		return `There is no ${hourOf(value)} on that day: the clocks go forward from 01:00 to 02:00`;
	case 'none':
		return 'A date and a time';
	}
}

function problemOf(field: ActionField, value: string): string | null {
	if (value.trim() === '')
		return field.optional ? null : 'Fill this in';
	if (field.kind === 'time')
		return timeProblem(value);
	if (field.kind === 'number' && !(Number(value) > 0 && (field.max === undefined || Number(value) <= field.max)))
		return field.max === undefined ? 'A number above 0' : `A number from 1 to ${field.max}`;
	return null;
}

/* Of an hour that comes twice nobody but the person knows which: it is asked, and nothing is chosen for them. */
function Which({ id, value, error, onInput }: { id: string; value: string; error: string | null; onInput(value: string): void }) {
	const [wall, zone] = value.split(' ');
	if (fieldTime(wall).kind !== 'twice')
		return null;
	return (
		<>
			<label class="nhsuk-label" for={`${id}-which`}>Which {hourOf(value)}? It comes twice that night.</label>
			<select class="nhsuk-select" id={`${id}-which`} value={zone ?? ''} aria-describedby={error ? `${id}-error` : undefined} aria-invalid={error !== null}
				onChange={(event) => onInput(`${wall ?? ''}${event.currentTarget.value === '' ? '' : ` ${event.currentTarget.value}`}`)}>
				<option value="">Choose</option>
				<option value="BST">BST, the first: before the clocks go back</option>
				<option value="GMT">GMT, an hour later: after they went back</option>
			</select>
		</>
	);
}

function Control({ id, field, value, staff, error, onInput }: {
	id: string; field: ActionField; value: string; staff: readonly Staff[]; error: string | null; onInput(value: string): void;
}) {
	const described = { 'aria-describedby': error ? `${id}-error` : undefined, 'aria-invalid': error !== null };
	if (field.kind === 'choice' || field.kind === 'staff') {
		const options = field.kind === 'staff' ? staff.map((one) => ({ value: one.id, label: `${one.name}, ${roleText(one.role)}` })) : field.options ?? [];
		return (
			<select class="nhsuk-select" id={id} value={value} {...described} onChange={(event) => onInput(event.currentTarget.value)}>
				<option value="">{field.empty ?? 'Choose'}</option>
				{options.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
			</select>
		);
	}
	if (field.kind === 'text')
		return <textarea class="nhsuk-textarea" id={id} rows={2} maxLength={2000} value={value} {...described} onInput={(event) => onInput(event.currentTarget.value)} />;
	if (field.kind === 'time')
		return (
			<>
				<input class="nhsuk-input time-field" id={id} type="datetime-local" value={value.split(' ')[0]} {...described} onInput={(event) => onInput(event.currentTarget.value)} />
				<Which id={id} value={value} error={error} onInput={onInput} />
			</>
		);
	return <input class="nhsuk-input nhsuk-input--width-4" id={id} type="text" inputMode="decimal" value={value} {...described} onInput={(event) => onInput(event.currentTarget.value)} />;
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
			const missing = `${id}-${wrong ?? 'who'}`;
			(document.getElementById(`${missing}-which`) ?? document.getElementById(missing))?.focus();
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
					{field.about ? <div class="field-about" role="status">{field.about(values[field.name] ?? '')}</div> : null}
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
