/* SPDX-License-Identifier: Apache-2.0
 * Acknowledge an alert: who, what will be done, when it is looked at again.
 * Nothing shows as acknowledged before the server has said so. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Alert, Staff } from './contract';
import { Field, Problem, StaffSelect } from './fields';
import { Failure, failureText } from './http';
import { acknowledge } from './record';
import { LevelTag } from './shape';
import { useShownAlerts } from './shown_alert';
import { rememberedStaff, rememberStaff } from './staff_choice';

const QUICK: readonly string[] = [
	'Phoned the family: no change, keep watching.',
	'Asked the family to repeat the readings now.',
	'Asked the registrar to review.',
	'Family is bringing the child to hospital.',
	'Family told to call 999.',
	'No answer by phone: trying the other contact.',
];

export interface AcknowledgeFormProps {
	alert: Alert;
	others: readonly Alert[]; /* waiting alerts of the same patient, which the same plan may answer */
	patient: string;
	staff: readonly Staff[];
	focus: boolean;
	onDone(text: string): void;
	onCancel(): void;
}

interface Errors {
	who: string | null;
	plan: string | null;
	minutes: string | null;
}

export function AcknowledgeForm({ alert, others, patient, staff, focus, onDone, onCancel }: AcknowledgeFormProps) {
	const id = `acknowledge-${alert.id}`;
	const form = useRef<HTMLFormElement>(null);
	const [who, setWho] = useState(() => rememberedStaff(staff));
	const [plan, setPlan] = useState('');
	const [minutes, setMinutes] = useState(String(alert.reviewMinutesMax));
	const [errors, setErrors] = useState<Errors>({ who: null, plan: null, minutes: null });
	const [also, setAlso] = useState<readonly string[]>([]);
	const [sending, setSending] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const sendShown = useShownAlerts([alert, ...others]);

	useLayoutEffect(() => {
		if (focus)
			form.current?.querySelector<HTMLElement>(who === '' ? 'select' : 'textarea')?.focus();
	}, []);

	const send = async (event: Event) => {
		event.preventDefault();
		const number = Number(minutes);
		const person = staff.find((one) => one.id === who);
		const found: Errors = {
			who: !person ? 'Choose your name' : null,
			plan: plan.trim() === '' ? 'Say what will be done' : null,
			minutes: Number.isInteger(number) && number >= 1 && number <= alert.reviewMinutesMax ? null
				: `Whole minutes, from 1 to ${alert.reviewMinutesMax}`,
		};
		setErrors(found);
		const wrong = found.who ? 'select' : found.plan ? 'textarea' : found.minutes ? 'input' : null;
		if (wrong || !person) {
			form.current?.querySelector<HTMLElement>(wrong ?? 'select')?.focus();
			return;
		}
		const done: string[] = [];
		setSending(true);
		setProblem(null);
		try {
			rememberStaff(who);
			/* This form's own alert last: it goes away with it. */
			for (const one of [...others.filter((other) => also.includes(other.id)), alert]) {
				await sendShown(one, (version) => acknowledge(one.id, version, person, plan.trim(), Math.min(number, one.reviewMinutesMax)));
				done.push(one.title);
			}
			onDone(`✓ Acknowledged: ${done.join(' and ')}, ${patient}. The server has confirmed it.`);
		} catch (error) {
			setSending(false);
			setProblem((done.length > 0 ? `Only this was recorded: ${done.join(' and ')}. ` : '') + failureText(error) + (error instanceof Failure && error.sent
				? ' It may have arrived all the same: look at the alert before you send again.' : ''));
		}
	};

	return (
		<form class="action-form" ref={form} noValidate onSubmit={(event) => void send(event)}
			aria-label={`Acknowledge ${alert.title} for ${patient}`}>
			<p class="action-patient">For <strong>{patient}</strong>: {alert.title}</p>
			<StaffSelect id={`${id}-who`} staff={staff} value={who} error={errors.who} onChange={setWho} />
			<Field id={`${id}-plan`} label="Plan" error={errors.plan}>
				<textarea class="nhsuk-textarea" id={`${id}-plan`} rows={2} value={plan} maxLength={2000}
					aria-describedby={errors.plan ? `${id}-plan-error` : undefined} aria-invalid={errors.plan !== null}
					onInput={(event) => setPlan(event.currentTarget.value)} />
			</Field>
			<div class="quick" role="group" aria-label="Common plans: adds the words to the plan">
				{QUICK.map((text) => (
					<button type="button" key={text} class="quick-choice"
						onClick={() => setPlan((before) => before.trim() === '' ? text : `${before.trim()} ${text}`)}>{text}</button>
				))}
			</div>
			<Field id={`${id}-minutes`} label="Look again in (minutes)" error={errors.minutes}>
				<input class="nhsuk-input nhsuk-input--width-4" id={`${id}-minutes`} type="text" inputMode="numeric"
					value={minutes} aria-describedby={errors.minutes ? `${id}-minutes-error` : undefined}
					aria-invalid={errors.minutes !== null} onInput={(event) => setMinutes(event.currentTarget.value)} />
			</Field>
			{others.length === 0 ? null : (
				<fieldset class="also">
					<legend class="nhsuk-label">The same plan also answers</legend>
					{others.map((other) => (
						<label key={other.id} class="also-choice">
							<input type="checkbox" checked={also.includes(other.id)} onChange={(event) => setAlso(event.currentTarget.checked
								? [...also, other.id] : also.filter((one) => one !== other.id))} />
							<LevelTag level={other.level} /> {other.title}
						</label>
					))}
				</fieldset>
			)}
			<Problem text={problem} again="Press Acknowledge to try again. If it keeps failing, phone the nurse in charge." />
			<div class="action-buttons">
				<button type="submit" class="nhsuk-button" disabled={sending}>{sending ? 'Sending…' : 'Acknowledge'}</button>
				<button type="button" class="nhsuk-button nhsuk-button--secondary" onClick={onCancel} disabled={sending}>Cancel</button>
			</div>
		</form>
	);
}
