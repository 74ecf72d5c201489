/* SPDX-License-Identifier: Apache-2.0
 * How the score came about: every part with its value, its time and its points. */
import { Age, At } from './clock';
import type { Row } from './contract';
import { levelOf } from './level';
import { Shape } from './shape';
import { missingText, scaleName } from './score_badge';
import { inOrder } from './sign';
import { Points } from './value_cell';
import { instant, isOld } from './time';
import { shownState } from './value_state';
import { useNow } from './now';
import type { Value } from './contract';

const STATE: Record<Value['state'], string> = {
	current: '', stale: 'Old', implausible: 'Invalid: kept, not scored', suspect: 'Unusual: repeat it', missing: 'Not measured',
};

function Line({ value, unscored }: { value: Value; unscored: boolean }) {
	const state = useNow((now) => shownState(value, now));
	const old = useNow((now) => state !== 'missing' && state !== 'stale' && isOld(instant(value.measuredAt), now));
	const earlier = unscored && state !== 'missing' ? 'From an earlier set: not in this score' : '';
	const note = [STATE[state], old ? 'Old' : '', earlier, value.note ?? ''].filter((text) => text !== '').join('. ');
	return (
		<tr class={`part-${state}`}>
			<th scope="row">{value.label}</th>
			<td>{state === 'missing' ? '–' : `${value.text} ${value.unit}${value.site ? `, ${value.site}` : ''}`}</td>
			<td>{state === 'missing' || !value.measuredAt ? '–' : <><At at={value.measuredAt} /> <span class="quiet">(<Age at={value.measuredAt} />)</span></>}</td>
			<td class="part-points">{value.part === null || unscored ? <span class="quiet">not scored</span> : <Points part={value.part} />}</td>
			<td>{note}</td>
		</tr>
	);
}

export function ScoreTable({ row }: { row: Row }) {
	const score = row.score;
	const values = inOrder(new Set(row.values.map((value) => value.name)))
		.flatMap((name) => row.values.filter((value) => value.name === name));
	const notes = row.values.some((value) => value.note !== null || value.state !== 'current');
	return (
		<section class="panel-section" aria-labelledby="score-title">
			<h3 id="score-title">
				{score ? <>{scaleName(score.scale)} {score.total} <span class={`score-inline level-${levelOf(score.level).key}`}><Shape level={score.level} />{levelOf(score.level).word}</span></> : 'No score yet'}
			</h3>
			{score ? (
				<p class="card-line">
					{score.band ? `${score.band} chart` : ''}{score.chartChosenBy ? <>, <b>chosen by {score.chartChosenBy}</b>: {score.chartReason}</> : ''}{score.band ? '. ' : ''}Measured <At at={score.measuredAt} />.{' '}
					{score.complete ? 'Every part was measured.' : (
						<strong>Partial: from {score.low} to {score.high}. Not measured: {missingText(score)}.</strong>
					)}
				</p>
			) : null}
			<div class="table-scroll" tabIndex={0} role="region" aria-label="Parts of the score">
				<table class="plain-table">
					<caption class="nhsuk-u-visually-hidden">Readings and their points</caption>
					<thead><tr><th scope="col">Reading</th><th scope="col">Value</th><th scope="col">Measured</th><th scope="col">Points</th>
						<th scope="col">{notes ? 'Note' : <span class="nhsuk-u-visually-hidden">Note</span>}</th></tr></thead>
					<tbody>{values.map((value) => <Line key={value.name} value={value} unscored={score?.missing.includes(value.name) ?? false} />)}</tbody>
				</table>
			</div>
			{score?.scale === 'npews' ? (
				<p class="quiet">National PEWS is made for children in hospital. At home it is a guide beside the rules for fever,
					worry and missing readings; temperature scores nothing in it.</p>
			) : null}
		</section>
	);
}
