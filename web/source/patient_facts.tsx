/* SPDX-License-Identifier: Apache-2.0
 * What a nurse must know beside the numbers: limits of this patient, equipment that fails, medicine that hides a fever,
 * agreed silence, the team, and how the family reaches a second opinion. */
import type { ComponentChildren } from 'preact';
import { At } from './clock';
import type { ChartChoice, Row } from './contract';
import { Photographs } from './photographs';
import { noteOf, scaleOf, scheduleText } from './plan';
import type { PlanOfCare } from './record';
import { dateText } from './time';

const REASONS: Record<string, string> = { asleep: 'asleep by agreement', refused: 'refused', 'in-hospital': 'in hospital', equipment: 'equipment fault' };

/* The order that stands now, and the scale of the score that is shown where it is still another. */
function Scale({ row, plan }: { row: Row; plan: PlanOfCare | null }) {
	const order = scaleOf(plan), scored = row.score?.spo2Scale;
	if (order)
		return <>SpO₂ scale {order.scale}, ordered by {order.by} at <At at={order.at} />: {order.reason}{scored !== undefined && scored !== order.scale ? <>. <b>The score shown was still made on scale {scored}.</b></> : null}</>;
	return <>SpO₂ scale {scored}{row.score?.scaleSetBy ? <>, ordered by {row.score.scaleSetBy} at <At at={row.score.scaleSetAt ?? null} /></> : ' by the policy'}</>;
}

function Chart({ chart, chosen }: { chart: ChartChoice; chosen: NonNullable<ChartChoice['chosen']> }) {
	return <>PEWS chart {chosen.chart.name}, chosen by {chosen.by} at <At at={chosen.at} />: {chosen.reason} (by age: {chart.byAge?.name ?? 'none'};{' '}
		{chosen.until ? <>until <At at={chosen.until} /></> : 'while the birthday is near'})</>;
}

export function PatientFacts({ row, plan, names }: { row: Row; plan: PlanOfCare | null; names: ReadonlyMap<string, string> }) {
	const facts: ComponentChildren[] = [];
	const note = noteOf(plan, names), schedule = scheduleText(plan);
	if (schedule !== '' && row.nextDue !== null)
		facts.push(<>{schedule}</>);
	if (note)
		facts.push(<>Plan: {note.text} ({note.by}, <At at={note.at} />)</>);
	if (row.score?.spo2Scale || row.policy.scale === 'news2' && !row.pregnant && scaleOf(plan))
		facts.push(<Scale row={row} plan={plan} />);
	if (row.chart?.chosen)
		facts.push(<Chart chart={row.chart} chosen={row.chart.chosen} />);
	else if (row.chart?.beside && row.chart.byAge)
		facts.push(<>Near a birthday that changes the PEWS chart: {row.chart.byAge.name} counts by age, {row.chart.beside.name} may be chosen</>);
	for (const one of row.questions ?? [])
		if (one.missing)
			facts.push(<>Not answered: {one.title}, due <At at={one.due} /></>);
	if (row.photographs && row.photographs.count > 0 && row.patient)
		facts.push(<Photographs patient={row.patient.id} count={row.photographs.count} newestAt={row.photographs.newestAt} />);
	if (row.antipyreticAt)
		facts.push(<>Medicine against fever at <At at={row.antipyreticAt} />: a normal temperature may be hidden fever</>);
	if (row.defer)
		facts.push(<>Readings agreed for <At at={row.defer.until} /> ({REASONS[row.defer.reason] ?? row.defer.reason}, {row.defer.by})</>);
	if (row.pregnant)
		facts.push(<>Pregnant: NEWS2 does not apply</>);
	for (const limit of row.limits ?? [])
		facts.push(<>Limit for this patient: {limit.label} {limit.above !== null ? `above ${limit.above}` : `below ${limit.below}`} is {limit.level} ({limit.by}, until {dateText(limit.expires)}: {limit.reason})</>);
	for (const one of row.equipment ?? [])
		if (one.state !== 'current')
			facts.push(<>{one.name ?? one.type}: {one.state === 'silent' ? <>not heard since {one.lastSeen ? <At at={one.lastSeen} /> : 'ever'}</> : `battery ${one.battery ?? '?'} %`}</>);
	for (const one of row.team ?? [])
		facts.push(<>{one.role}: {one.name}</>);
	if (row.secondOpinion)
		facts.push(<>Second opinion for the family: {row.secondOpinion.phone} {row.secondOpinion.text}</>);
	if (facts.length === 0)
		return null;
	return <ul class="facts" aria-label="About this patient">{facts.map((fact, index) => <li key={index}>{fact}</li>)}</ul>;
}
