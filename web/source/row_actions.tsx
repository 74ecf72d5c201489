/* SPDX-License-Identifier: Apache-2.0
 * Buttons of one row of a ward's page, and in their place the form of the one that was pressed. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ActionForm, type ActionField } from './action_form';
import type { Staff } from './contract';
import { operate } from './record';

export interface RowAction {
	key: string;
	button: string;
	about: string;
	fields: readonly ActionField[];
	path: string; /* below /fhir/ */
	parameters(values: Record<string, string>): object[];
	said: string;
	send?(person: Staff, values: Record<string, string>): Promise<string>; /* in place of an operation */
	reason?: (text: string) => ComponentChildren;
}

export function RowActions({ id, name, actions, staff, onDone }: { id: string; name: string; actions: readonly RowAction[]; staff: readonly Staff[]; onDone(text: string): void }) {
	const [open, setOpen] = useState<string | null>(null);
	const last = useRef<string | null>(null);
	const group = useRef<HTMLDivElement>(null);
	const action = actions.find((one) => one.key === open);
	useEffect(() => { /* the focus goes back to where the form was opened */
		if (open === null && last.current !== null)
			group.current?.querySelector<HTMLElement>(`[data-action="${last.current}"]`)?.focus();
		last.current = open;
	}, [open]);
	if (action)
		return <ActionForm id={`${action.key}-${id}`} about={action.about} button={action.button} fields={action.fields} staff={staff} onCancel={() => setOpen(null)}
			onDone={(text) => { setOpen(null); onDone(text); }} reason={action.reason}
			onSend={async (person, values) => {
				if (action.send)
					return await action.send(person, values);
				await operate(action.path, person, action.parameters(values));
				return action.said;
			}} />;
	return (
		<div class="card-actions row-actions" role="group" aria-label={`Actions for ${name}`} ref={group}>
			{actions.map((one) => <button type="button" key={one.key} class="quick-choice" data-action={one.key} onClick={() => setOpen(one.key)}>{one.button}</button>)}
		</div>
	);
}
