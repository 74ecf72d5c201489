/* SPDX-License-Identifier: Apache-2.0
 * Referrals of a ward that wait: assess the criteria, accept or refuse with a coded reason, and admit who was accepted. */
import type { Staff } from './contract';
import { RowActions, type RowAction } from './row_actions';
import { at, Table } from './table';
import { lengthText } from './time';

interface Criterion {
	id: string;
	title: string;
	answer: string; /* met, not-met, unknown */
	by: string | null; /* person, record */
}
export interface Referral {
	id: string;
	patient: { id: string; name: string; age?: string };
	ward: string | null;
	state: string;
	source: string | null;
	reason: string | null;
	priority: string | null;
	waitingMinutes: number;
	authored: string;
	decidedBy: string | null;
	criteria: Criterion[];
}

const ANSWERS = [{ value: 'met', label: 'Met' }, { value: 'not-met', label: 'Not met' }, { value: 'unknown', label: 'Unknown' }];
const ANSWER_WORDS: Record<string, string> = { met: '✓ met', 'not-met': '✗ not met', unknown: '? unknown' };
const REFUSALS = [['not-eligible', 'Not eligible'], ['no-capacity', 'No capacity'], ['family-declined', 'Family declined'], ['home-unsuitable', 'Home not suitable'], ['needs-hospital', 'Needs hospital'],
	['other-service', 'Another service'], ['out-of-area', 'Out of area'], ['duplicate', 'Duplicate referral'], ['died', 'Died'], ['other', 'Other']]
	.map(([value = '', label = '']) => ({ value, label }));

/* Codes of the extension referral-source (docs/decisions/0006), as a nurse says them. */
const SOURCES: Record<string, string> = { ed: 'emergency department', ward: 'a ward', gp: 'GP', community: 'community team', ambulance: 'ambulance service', 111: 'NHS 111' };

function actionsOf(row: Referral, ward: string): RowAction[] {
	const name = row.patient.name, path = `ServiceRequest/${encodeURIComponent(row.id)}`;
	const refuse: RowAction = { key: 'refuse', button: 'Refuse', about: `Refuse the referral of ${name}. It stays in the figures.`, path: `${path}/$refuse`, said: `Refused: ${name}.`,
		fields: [{ name: 'reason', label: 'Reason', kind: 'choice', options: REFUSALS }, { name: 'text', label: 'In words', kind: 'text' }],
		parameters: (values) => [{ name: 'reason', valueCode: values.reason }, { name: 'text', valueString: values.text?.trim() }] };
	if (row.state === 'accepted')
		return [{ key: 'admit', button: 'Admit', about: `Admit ${name} now, under the ward’s policy. Readings are due from then on.`, path: 'EpisodeOfCare/$admit', fields: [], said: `Admitted: ${name}.`,
			parameters: () => [{ name: 'patient', valueReference: { reference: `Patient/${row.patient.id}` } }, { name: 'ward', valueReference: { reference: `Organization/${ward}` } },
				{ name: 'referral', valueReference: { reference: `ServiceRequest/${row.id}` } }] }, refuse];
	const open = row.criteria.filter((one) => one.answer !== 'met');
	const accept: RowAction = { key: 'accept', button: 'Accept', path: `${path}/$accept`, said: `Accepted: ${name}. Not admitted yet.`,
		about: `Accept ${name}.${open.length === 0 ? '' : ` Not met or not answered: ${open.map((one) => one.title).join('; ')}.`}`,
		fields: open.length === 0 ? [] : [{ name: 'reason', label: 'Why all the same', kind: 'text', optional: true }],
		parameters: (values) => values.reason?.trim() ? [{ name: 'reason', valueString: values.reason.trim() }] : [] };
	const assess: RowAction = { key: 'assess', button: 'Assess', about: `Who may be admitted: ${name}. What is left out keeps its answer.`, path: `${path}/$assess`, said: `Assessed: ${name}.`,
		fields: row.criteria.map((one) => ({ name: one.id, label: one.title, kind: 'choice', options: ANSWERS, optional: true, initial: one.by === 'person' ? one.answer : '' })),
		parameters: (values) => row.criteria.filter((one) => values[one.id]).map((one) => ({ name: one.id, valueCode: values[one.id] })) };
	return row.criteria.length === 0 ? [accept, refuse] : [assess, accept, refuse];
}

export function Referrals({ ward, rows, staff, onDone }: { ward: string; rows: Referral[]; staff: readonly Staff[]; onDone(text: string): void }) {
	return <Table label="Referrals" empty="No referral waits." heads={['Patient', 'State', 'From', 'Why', 'Since', 'Criteria', 'What to do']} rows={rows.map((row) => ({
		key: row.id, cells: [
			<>{row.patient.name}<span class="quiet"> {row.patient.age}</span></>,
			<>{row.state}{row.state === 'accepted' && row.decidedBy ? `, ${row.decidedBy}` : ''}{row.ward === null ? ' (names no ward)' : ''}</>, row.source ? SOURCES[row.source] ?? row.source : '–', row.reason ?? '–',
			<>{at(row.authored)}<span class="quiet"> ({lengthText(row.waitingMinutes * 60_000)})</span></>,
			row.criteria.length === 0 ? 'none' : <ul>{row.criteria.map((one) => <li key={one.id}><b>{ANSWER_WORDS[one.answer] ?? one.answer}</b>: {one.title}{one.by === 'record' ? <span class="quiet"> (by the record)</span> : null}</li>)}</ul>,
			<RowActions key={`${row.id}-${row.state}`} id={row.id} name={row.patient.name} actions={actionsOf(row, ward)} staff={staff} onDone={onDone} />,
		] }))} />;
}
