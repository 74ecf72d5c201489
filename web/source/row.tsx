/* SPDX-License-Identifier: Apache-2.0
 * One patient of the board. */
import { Component } from 'preact';
import { AlertLine } from './alert_line';
import type { Row } from './contract';
import { ContactLink, Due } from './due';
import { levelOf } from './level';
import { ScoreBadge } from './score_badge';
import { rowLevel, rowName } from './summary';
import { ValueCell } from './value_cell';

export interface RowProps {
	row: Row;
	columns: readonly string[];
	open: boolean;
	onOpen(episode: string): void;
}

/* Drawn again only when its own data changed: a board of many rows stays quick. */
export class PatientRow extends Component<RowProps> {
	override shouldComponentUpdate(next: RowProps): boolean {
		return next.row !== this.props.row || next.open !== this.props.open || next.onOpen !== this.props.onOpen
			|| next.columns.join() !== this.props.columns.join();
	}

	override render({ row, columns, open, onOpen }: RowProps) {
		const contact = row.contacts[0];
		return (
			<li class={`row row-${levelOf(rowLevel(row)).key}${row.patient ? '' : ' row-ward'}${open ? ' row-open' : ''}`} data-episode={row.episode}>
				{row.patient ? <ScoreBadge score={row.score} /> : <div class="score score-absent"><span class="score-word">The ward</span></div>}
				<div class="who">
					<h2 class="who-name">
						<button type="button" class="who-button" data-row={row.episode} aria-expanded={open}
							aria-controls={open ? 'detail' : undefined} onClick={() => onOpen(row.episode)}>
							{rowName(row)}
						</button>
					</h2>
					{row.patient ? (
						<>
							<p class="who-line">{row.patient.age === '' ? 'age unknown' : row.patient.age} · {row.policy.title} <span class="who-version">v{row.policy.version}</span></p>
							{contact ? <ContactLink contact={contact} /> : <span class="contact-none">No family contact</span>}
						</>
					) : <p class="who-line">Staff and rota, no patient</p>}
				</div>
				{row.patient ? (
					<ul class="values" aria-label="Readings">
						{columns.map((name) => (
							<ValueCell key={name} name={name} unscored={row.score?.missing.includes(name) ?? false}
								value={row.values.find((one) => one.name === name) ?? null} />
						))}
					</ul>
				) : <div class="values" />}
				{row.patient ? <Due row={row} /> : <div class="due" />}
				{row.alerts.length === 0 ? null : (
					<ul class="alerts" aria-label="Open alerts">
						{row.alerts.map((alert) => <AlertLine key={alert.id} alert={alert} />)}
					</ul>
				)}
			</li>
		);
	}
}
