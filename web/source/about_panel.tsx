/* SPDX-License-Identifier: Apache-2.0
 * What an alert is about, read from the record when it is opened: what was sent, by whom and when, and what the ward did with it. */
import { At } from './clock';
import { PictureList } from './photographs';
import { dispositionsOf, readResource } from './record';
import { tell, type Told } from './told';
import { useLoaded } from './use_loaded';

/* A link that the page can follow: a resource of this server. */
export function canOpen(about: string | null | undefined): about is string {
	return /^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9.-]{1,64}$/.test(about ?? '');
}

/* Whose a line is stands there wherever one of them may be somebody else's: only the record can tell who that is. */
function Lines({ told, patient }: { told: Told; patient: string | null }) {
	const own = `Patient/${patient ?? ''}`;
	const timed = told.lines.some((line) => line.at !== null), sent = told.lines.some((line) => line.from !== '');
	const others = told.lines.some((line) => line.whose !== '' && line.whose !== own);
	return (
		<div class="table-scroll" tabIndex={0} role="region" aria-label="What was sent">
			<table class="plain-table">
				<caption class="nhsuk-u-visually-hidden">What was sent, as it was sent</caption>
				<thead><tr>{others ? <th scope="col">Whose</th> : null}<th scope="col">What</th><th scope="col">Value</th>{timed ? <th scope="col">At</th> : null}{sent ? <th scope="col">From</th> : null}</tr></thead>
				<tbody>
					{told.lines.map((line, index) => (
						<tr key={index}>{others ? <td class={line.whose === own ? undefined : 'about-other'}>{line.whose === own ? 'This patient' : line.whose === '' ? 'not named' : line.whose}</td> : null}
							<th scope="row">{line.what === '' ? 'not named' : line.what}</th>
							<td>{line.value === '' ? 'no value' : line.value}{line.withdrawn ? ' (withdrawn)' : ''}</td>
							{timed ? <td>{line.at === null ? 'not given' : <At at={line.at} />}</td> : null}{sent ? <td>{line.from}</td> : null}</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/* `stamp` changes when the alert does: then it is read again. */
export function AboutPanel({ about, patient, stamp }: { about: string; patient: string | null; stamp: string }) {
	const { found, problem, again } = useLoaded(async () => {
		const [resource, dispositions] = await Promise.all([readResource(about), dispositionsOf(about)]);
		return { told: tell(resource), dispositions };
	}, [about, stamp]);
	if (problem)
		return <p class="problem" role="alert">This could not be loaded. {problem} <button type="button" class="link-button" onClick={again}>Try again</button></p>;
	if (!found)
		return <p class="quiet">Loading what it is about…</p>;
	const { told, dispositions } = found;
	return (
		<div class="about" data-about={about}>
			{told.lines.length > 0 ? <Lines told={told} patient={patient} /> : null}
			{told.left > 0 ? <p>{told.left} more {told.left === 1 ? 'line' : 'lines'} in the record.</p> : null}
			<PictureList pictures={told.pictures} />
			{dispositions.map((text) => <p key={text} class="quiet">What was done with it: {text}</p>)}
			<p class="quiet">{about}. <a href={`/fhir/${about}`} target="_blank" rel="noreferrer">As it stands in the record (FHIR)</a></p>
		</div>
	);
}
