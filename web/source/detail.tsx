/* SPDX-License-Identifier: Apache-2.0
 * Everything about one patient, beside the list. Takes the focus when it opens; Escape closes it. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { AlertCard } from './alert_card';
import { ChartPanel } from './chart_panel';
import { At } from './clock';
import type { Row, Staff } from './contract';
import { ContactLink, Due } from './due';
import { levelOf } from './level';
import { PatientActions } from './patient_actions';
import { PatientFacts } from './patient_facts';
import { usePlan } from './plan';
import { seen } from './record';
import { rememberedStaff } from './staff_choice';
import { ScoreTable } from './score_table';
import { rowLevel, rowName } from './summary';
import { dateText } from './time';

export interface DetailProps {
	row: Row;
	staff: readonly Staff[];
	acknowledging: string | null;
	said: string | null;
	onAcknowledging(alert: string | null): void;
	onSaid(text: string): void;
	onClose(): void;
}

export function Detail({ row, staff, acknowledging, said, onAcknowledging, onSaid, onClose }: DetailProps) {
	const title = useRef<HTMLHeadingElement>(null);
	const names = new Map(staff.map((one) => [one.id, one.name]));
	useLayoutEffect(() => {
		if (!acknowledging)
			title.current?.focus();
	}, [row.episode]);
	const plan = usePlan(row, said);
	const open = row.alerts.map((alert) => alert.id).join();
	useEffect(() => {
		const person = rememberedStaff(staff);
		if (person !== '')
			row.alerts.forEach((alert) => seen(alert.id, person));
	}, [row.episode, open]);
	const done = (text: string) => {
		onSaid(text);
		title.current?.focus();
	};
	return (
		<section class="detail" id="detail" aria-labelledby="detail-title">
			<div class={`detail-head row-${levelOf(rowLevel(row)).key}`}>
				<div>
					<h2 id="detail-title" tabIndex={-1} ref={title}>{rowName(row)}</h2>
					{row.patient === null ? <p class="who-line">Staff and rota, no patient</p> : <p class="who-line">{row.patient.birthDate ? `${row.patient.age}, born ${dateText(row.patient.birthDate)}` : 'No date of birth'} · {row.policy.title} v{row.policy.version}{' '}
						· on the ward since <At at={row.admitted} /></p>}
				</div>
				<button type="button" class="top-button detail-close" onClick={onClose}>Close <kbd>Esc</kbd></button>
			</div>
			<div class="detail-body">
				<div class="said" role="status">{said ? <p class="said-text">{said}</p> : null}</div>
				{row.patient === null ? null : <div class="detail-facts">
					<ul class="contacts" aria-label="Family contacts">
						{row.contacts.map((contact) => <li key={contact.phone + contact.name}><ContactLink contact={contact} />{' '}
							<span class="quiet">{contact.name}</span></li>)}
						{row.contacts.length === 0 ? <li>No family contact in the record.</li> : null}
					</ul>
					<Due row={row} />
				</div>}
				{row.patient === null ? null : <><PatientFacts row={row} plan={plan} names={names} /><PatientActions key={row.episode} row={row} staff={staff} onDone={done} /></>}
				<section class="panel-section" aria-labelledby="alerts-title">
					<h3 id="alerts-title">{row.alerts.length === 0 ? 'No open alert' : row.alerts.length === 1 ? '1 open alert' : `${row.alerts.length} open alerts`}</h3>
					<ul class="cards">
						{row.alerts.map((alert) => (
							<AlertCard key={alert.id} alert={alert} row={row} staff={staff} names={names}
								acknowledging={acknowledging === alert.id} onAcknowledging={onAcknowledging} onDone={done} />
						))}
					</ul>
				</section>
				{row.patient === null ? null : <><ScoreTable row={row} /><ChartPanel row={row} patient={row.patient} /></>}
			</div>
		</section>
	);
}
