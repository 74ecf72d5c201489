/* SPDX-License-Identifier: Apache-2.0
 * Equipment of a ward: who has it, what it says of itself; give it to a patient, take it back. */
import { useEffect, useState } from 'preact/hooks';
import type { Row, Staff } from './contract';
import { failureText } from './http';
import { locationsOf, type Location } from './record';
import { RowActions, type RowAction } from './row_actions';
import { at, Table } from './table';

interface Part {
	device: string;
	type: string;
	name: string | null;
	battery: number | null;
	lastSeen: string | null;
	state: string;
}
export interface Kit extends Part {
	patient: { id: string; name: string; episode: string } | null;
	location: { id: string; name: string | null } | null;
	parts: Part[];
}

function partText(part: Part): string {
	const battery = part.battery === null ? '' : `, battery ${part.battery} %`;
	return `${part.name ?? part.type}${battery}${part.state === 'current' ? '' : `, ${part.state}`}`;
}
function kitName(row: Kit): string {
	return row.name ?? `${row.type} ${row.device}`;
}

function holder(row: Kit, places: readonly Location[]): string {
	if (row.patient)
		return row.patient.name;
	return row.location ? row.location.name ?? places.find((one) => one.id === row.location?.id)?.name ?? row.location.id : 'nobody';
}

function actionOf(row: Kit, patients: readonly Row[], places: readonly Location[]): RowAction {
	const name = kitName(row), path = `Device/${encodeURIComponent(row.device)}`;
	const parts = row.parts.length === 0 ? '' : ' Its parts go with it.';
	if (row.patient)
		return { key: 'return', button: 'Take back', about: `${name} comes back from ${row.patient.name}.${parts} Readings from it are not ${row.patient.name}’s from now on.`, path: `${path}/$return`,
			said: `${name} is back from ${row.patient.name}.`, fields: [{ name: 'location', label: 'Where it is now', kind: 'choice', options: places.map((one) => ({ value: one.id, label: one.name ?? one.id })) }],
			parameters: (values) => [{ name: 'location', valueReference: { reference: `Location/${values.location}` } }] };
	return { key: 'assign', button: 'Give to a patient', about: `Give ${name} to a patient of this ward.${parts} What it measures from now on is that patient’s.`, path: `${path}/$assign`, said: `${name} is given out.`,
		fields: [{ name: 'patient', label: 'To whom', kind: 'choice', options: patients.flatMap((one) => one.patient ? [{ value: one.patient.id, label: `${one.patient.name}, ${one.patient.age}` }] : []) }],
		parameters: (values) => [{ name: 'patient', valueReference: { reference: `Patient/${values.patient}` } }] };
}

export function Equipment({ ward, rows, patients, staff, onDone }: { ward: string; rows: Kit[]; patients: readonly Row[]; staff: readonly Staff[]; onDone(text: string): void }) {
	const [places, setPlaces] = useState<Location[] | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	useEffect(() => {
		locationsOf(ward).then((found) => { setPlaces(found); setProblem(null); }, (error: unknown) => setProblem(failureText(error)));
	}, [ward]);
	return (
		<>
			{problem ? <p class="problem">The places to put equipment cannot be read: {problem}</p> : null}
			{places?.length === 0 ? <p>This ward has no place for equipment in the record: add a Location, or nothing can be taken back.</p> : null}
			<Table label="Equipment" empty="This ward has no equipment in the record." heads={['Kit', 'With', 'Parts', 'Last sign of life', 'State', 'What to do']} rows={rows.map((row) => ({
				key: row.device, cells: [kitName(row), holder(row, places ?? []), row.parts.map(partText).join('; ') || '–', at(row.lastSeen), row.state,
					<RowActions key={`${row.device}-${row.patient?.id ?? ''}`} id={row.device} name={kitName(row)} actions={[actionOf(row, patients, places ?? [])]} staff={staff} onDone={onDone} />] }))} />
		</>
	);
}
