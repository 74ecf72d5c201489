/* SPDX-License-Identifier: Apache-2.0
 * "Notify this device": whose pages this browser shows, also while the board is closed. */
import { useEffect, useState } from 'preact/hooks';
import { ActionForm } from './action_form';
import type { Staff } from './contract';
import { Problem } from './fields';
import { failureText } from './http';
import { pushIsSetUp, pushOff, pushOn, pushState, type PushState } from './push';

const EVERY_MS = 60_000;

export interface Push {
	setUp: boolean; /* false: not set up by the hospital, or not known yet */
	state: PushState | null;
	open: boolean;
	setOpen(open: boolean): void;
	setState(state: PushState | null): void;
}

export function usePush(): Push {
	const [setUp, setSetUp] = useState(false);
	const [state, setState] = useState<PushState | null>(null);
	const [open, setOpen] = useState(false);
	useEffect(() => {
		pushIsSetUp().then(setSetUp, () => setSetUp(false));
		/* Again and again: the server switches off a subscription that its push service has dropped. */
		const look = () => void pushState().then(setState, () => undefined);
		look();
		const timer = window.setInterval(look, EVERY_MS);
		return () => window.clearInterval(timer);
	}, []);
	return { setUp, state, open, setOpen, setState };
}

export function PushButton({ push, staff }: { push: Push; staff: readonly Staff[] }) {
	if (!push.setUp)
		return null;
	const name = staff.find((one) => one.id === push.state?.person)?.name ?? 'another person';
	return (
		<button type="button" class="top-button" data-push aria-pressed={push.state !== null} aria-expanded={push.open} onClick={() => push.setOpen(!push.open)}
			title="Whose pages this device shows, also while the board is closed">
			{push.state ? `Notify: ${name}` : 'Notify off'}
		</button>
	);
}

export function PushPanel({ push, ward, staff }: { push: Push; ward: string; staff: readonly Staff[] }) {
	const [said, setSaid] = useState<string | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	useEffect(() => {
		if (push.open) {
			setSaid(null);
			setProblem(null);
		}
	}, [push.open]);
	const { setUp, state } = push;
	const off = () => {
		if (state)
			pushOff(state).then(() => { push.setState(null); push.setOpen(false); setSaid('This device shows nobody’s pages now.'); }, (error: unknown) => setProblem(failureText(error)));
	};
	if (!setUp || (!push.open && !said))
		return null;
	return (
		<section class="handovers push" aria-label="Notify this device">
			<div role="status">{said ? <p class="said-text">{said} <button type="button" class="link-button" onClick={() => setSaid(null)}>Close</button></p> : null}</div>
			{!push.open ? null : state ? (
				<>
					<p>This device shows the pages of <strong>{staff.find((one) => one.id === state.person)?.name ?? 'another person'}</strong>, also while the board is closed.</p>
					<Problem text={problem} again="Press Stop to try again." />
					<p class="card-actions"><button type="button" class="nhsuk-button" data-push-off onClick={off}>Stop</button>
						<button type="button" class="nhsuk-button nhsuk-button--secondary" onClick={() => push.setOpen(false)}>Close</button></p>
				</>
			) : (
				<ActionForm id="push" button="Notify this device" fields={[]} staff={staff} onCancel={() => push.setOpen(false)}
					about="Your pages show on this device, also while the board is closed. They say whom to phone and a reference, nothing of a patient. Stop it at the end of your shift on a shared device."
					onSend={async (person) => {
						push.setState(await pushOn(ward, person));
						return `This device shows the pages of ${person.name}.`;
					}}
					onDone={(text) => { push.setOpen(false); setSaid(text); }} />
			)}
		</section>
	);
}
