/* SPDX-License-Identifier: Apache-2.0
 * Close an alert for good, with who and why. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Alert, Staff } from './contract';
import { Field, Problem, StaffSelect } from './fields';
import { Failure, failureText } from './http';
import { resolve } from './record';
import { useShownAlerts } from './shown_alert';
import { rememberedStaff, rememberStaff } from './staff_choice';

export interface ResolveFormProps {
	alert: Alert;
	patient: string;
	staff: readonly Staff[];
	onDone(text: string): void;
	onCancel(): void;
}

export function ResolveForm({ alert, patient, staff, onDone, onCancel }: ResolveFormProps) {
	const id = `resolve-${alert.id}`;
	const form = useRef<HTMLFormElement>(null);
	const [who, setWho] = useState(() => rememberedStaff(staff));
	const [reason, setReason] = useState('');
	const [whoError, setWhoError] = useState<string | null>(null);
	const [reasonError, setReasonError] = useState<string | null>(null);
	const [sending, setSending] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const sendShown = useShownAlerts([alert]);

	useLayoutEffect(() => {
		form.current?.querySelector<HTMLElement>(who === '' ? 'select' : 'textarea')?.focus();
	}, []);

	const send = async (event: Event) => {
		event.preventDefault();
		const person = staff.find((one) => one.id === who);
		setWhoError(!person ? 'Choose your name' : null);
		setReasonError(reason.trim() === '' ? 'Say why this alert can be closed' : null);
		if (!person || reason.trim() === '') {
			form.current?.querySelector<HTMLElement>(!person ? 'select' : 'textarea')?.focus();
			return;
		}
		setSending(true);
		setProblem(null);
		try {
			rememberStaff(who);
			await sendShown(alert, (version) => resolve(alert.id, version, person, reason.trim()));
			onDone(`✓ Resolved: ${alert.title}, ${patient}. The server has confirmed it.`);
		} catch (error) {
			setSending(false);
			setProblem(failureText(error) + (error instanceof Failure && error.sent
				? ' It may have arrived all the same: look at the alert before you send again.' : ''));
		}
	};

	return (
		<form class="action-form" ref={form} noValidate onSubmit={(event) => void send(event)}
			aria-label={`Resolve ${alert.title} for ${patient}`}>
			<p class="action-patient">For <strong>{patient}</strong>: {alert.title}. A resolved alert leaves the board; its history stays.</p>
			<StaffSelect id={`${id}-who`} staff={staff} value={who} error={whoError} onChange={setWho} />
			<Field id={`${id}-reason`} label="Why can it be closed?" error={reasonError}>
				<textarea class="nhsuk-textarea" id={`${id}-reason`} rows={2} value={reason} maxLength={2000}
					aria-describedby={reasonError ? `${id}-reason-error` : undefined} aria-invalid={reasonError !== null}
					onInput={(event) => setReason(event.currentTarget.value)} />
			</Field>
			<Problem text={problem} again="Press Resolve to try again." />
			<div class="action-buttons">
				<button type="submit" class="nhsuk-button" disabled={sending}>{sending ? 'Sending…' : 'Resolve'}</button>
				<button type="button" class="nhsuk-button nhsuk-button--secondary" onClick={onCancel} disabled={sending}>Cancel</button>
			</div>
		</form>
	);
}
