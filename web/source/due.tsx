/* SPDX-License-Identifier: Apache-2.0
 * When the next readings are due, or how late they are, and whom to call. */
import type { Contact, Row } from './contract';
import { At } from './clock';
import { levelOf } from './level';
import { useNow } from './now';
import { Shape } from './shape';
import { instant, lengthText } from './time';

export function Due({ row }: { row: Row }) {
	const late = useNow((now) => lengthText(Math.max(0, now - instant(row.nextDue))));
	if (!row.nextDue)
		return <div class="due"><span class="due-label">No readings planned</span></div>;
	const level = row.overdue === 'due' ? 'low' : row.overdue === 'amber' ? 'medium' : row.overdue;
	if (level === null)
		return (
			<div class="due">
				<span class="due-label">Next due</span>
				<span class="due-time"><At at={row.nextDue} /></span>
			</div>
		);
	return (
		<div class={`due due-overdue due-${levelOf(level).key}`}>
			<span class="due-label"><Shape level={level} /> Overdue</span>
			<span class="due-late screen-only">by {late}</span>
			<span class="due-since">due <At at={row.nextDue} /></span>
		</div>
	);
}

export function telephone(phone: string): string {
	return `tel:${phone.replace(/[^+0-9]/g, '')}`;
}

export function ContactLink({ contact }: { contact: Contact }) {
	const who = contact.relationship === '' ? contact.name : contact.relationship;
	return (
		<a class="contact" href={telephone(contact.phone)} aria-label={`Phone ${contact.name}, ${contact.relationship}, ${contact.phone}`}>
			<span aria-hidden="true">☎</span> {who} <span class="contact-phone">{contact.phone}</span>
		</a>
	);
}
