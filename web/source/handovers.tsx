/* SPDX-License-Identifier: Apache-2.0
 * Handovers of this ward that nobody has accepted yet, above the rows: who waits for whom, and the button to take over. Until
 * it is accepted, the one who asked is still responsible. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ActionForm } from './action_form';
import { At } from './clock';
import type { Row, Staff } from './contract';
import { failureText } from './http';
import { handoversWaiting, operate, type HandoverTask } from './record';
import { rowName } from './summary';

interface Waiting {
	task: string;
	name: string;
	words: string; /* the summary that the server wrote when it was asked */
}
interface Asked {
	key: string;
	from: string;
	to: string;
	since: string;
	patients: Waiting[];
}
const EVERY_MS = 10_000;
const NAMES_MAX = 4; /* more would push the patients with alerts off the screen */

function namesText(patients: readonly Waiting[]): string {
	const names = patients.slice(0, NAMES_MAX).map((one) => one.name).join(', ');
	return patients.length > NAMES_MAX ? `${names} and ${patients.length - NAMES_MAX} more` : names;
}

/* One line for each pair of people: a whole ward is handed over at once. Only patients on this board count. */
export function askedOf(tasks: readonly HandoverTask[], rows: readonly Row[]): Asked[] {
	const found = new Map<string, Asked>();
	const sorted = tasks.slice().sort((a, b) => (a.authoredOn ?? '').localeCompare(b.authoredOn ?? ''));
	for (const task of sorted) {
		const episode = task.extension?.find((one) => one.url.endsWith('/episode'))?.valueReference?.reference?.replace('EpisodeOfCare/', '');
		const row = rows.find((one) => one.episode === episode);
		if (!row)
			continue;
		const key = `${task.requester?.reference ?? ''} ${task.owner?.reference ?? ''}`;
		const asked = found.get(key) ?? { key, from: task.requester?.display ?? 'Somebody', to: task.owner?.display ?? 'somebody', since: task.authoredOn ?? '', patients: [] };
		asked.patients.push({ task: task.id, name: rowName(row), words: task.note?.[0]?.text ?? '' });
		found.set(key, asked);
	}
	return [...found.values()];
}

export function Handovers({ rows, staff, changed, onDone }: { rows: readonly Row[]; staff: readonly Staff[]; changed: unknown; onDone(text: string): void }) {
	const [tasks, setTasks] = useState<HandoverTask[]>([]);
	const [problem, setProblem] = useState<string | null>(null);
	const [open, setOpen] = useState<string | null>(null);
	const [said, setSaid] = useState<string | null>(null);
	const accepted = useRef(new Set<string>());
	const load = () => handoversWaiting().then((found) => {
		setTasks(found.filter((one) => !accepted.current.has(one.id)));
		setProblem(null);
	}, (error: unknown) => setProblem(failureText(error)));
	useEffect(() => {
		void load();
		const timer = window.setInterval(() => void load(), EVERY_MS);
		return () => window.clearInterval(timer);
	}, [changed]);
	const asked = useMemo(() => askedOf(tasks, rows), [tasks, rows]);
	const taking = asked.find((one) => one.key === open);
	const accept = async (one: Asked, person: Staff) => {
		for (const patient of one.patients) {
			if (accepted.current.has(patient.task))
				continue;
			await operate(`Task/${patient.task}/$accept`, person, []);
			accepted.current.add(patient.task);
		}
		return `${person.name} has taken over ${namesText(one.patients)}.`;
	};
	if (asked.length === 0 && !problem && !said)
		return null;
	return (
		<section class="handovers" aria-label="Handovers that wait">
			{problem ? <p class="problem">Handovers that wait cannot be read: {problem}</p> : null}
			<div role="status">{said ? <p class="said-text">{said}</p> : null}</div>
			<ul>
				{asked.map((one) => (
					<li key={one.key} class="handover">
						<p><strong>{one.to}</strong> is asked to take over {one.patients.length === 1 ? '' : `${one.patients.length} patients: `}<strong>{namesText(one.patients)}</strong>{' '}
							from {one.from}, since <At at={one.since} />. {one.from} is responsible until it is accepted.</p>
						{taking === one ? (
							<ActionForm id="take-over" about={`Accept ${one.patients.length === 1 ? 'the handover' : `${one.patients.length} handovers`} from ${one.from} to ${one.to}. Open alerts come along.`} button="Accept"
								fields={[]} staff={staff} onSend={(person) => accept(one, person)} onCancel={() => setOpen(null)}
								onDone={(text) => { setOpen(null); setSaid(text); onDone(text); void load(); }} />
						) : (
							<p class="card-actions"><button type="button" class="nhsuk-button" data-accept onClick={() => { setSaid(null); setOpen(one.key); }}>Accept</button></p>
						)}
						<details class="handover-words"><summary>What was handed over</summary>
							{one.patients.map((patient) => <p key={patient.task}>{patient.words}</p>)}</details>
					</li>
				))}
			</ul>
		</section>
	);
}
