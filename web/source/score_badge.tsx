/* SPDX-License-Identifier: Apache-2.0
 * The score of a row: number, level as colour, shape and word, and how far a partial score could reach. */
import type { Score } from './contract';
import { levelOf } from './level';
import { isOld } from './time';
import { useNow } from './now';
import { Age } from './clock';
import { Shape } from './shape';
import { signLabel } from './sign';

export function scaleName(scale: string): string {
	return scale === 'npews' ? 'PEWS' : scale === 'news2' ? 'NEWS2' : scale === 'meows' ? 'MEOWS' : scale;
}

export function missingText(score: Score): string {
	return score.missing.map((name) => signLabel(name)).join(', ');
}

export function ScoreBadge({ score }: { score: Score | null }) {
	const old = useNow((now) => score !== null && isOld(Date.parse(score.measuredAt), now));
	if (!score)
		return <div class="score score-absent"><span class="score-word">No score yet</span></div>;
	const level = levelOf(score.level);
	return (
		<div class={`score level-${level.key}${old ? ' score-old' : ''}`}>
			<span class="score-top">
				<Shape level={score.level} />
				<span class="score-number">{score.scale === 'meows' ? score.text : score.total}</span>
				<span class="score-words"><span class="score-scale">{scaleName(score.scale)}</span><span class="score-word">{level.word}</span></span>
			</span>
			{score.complete ? null : (
				<span class="score-partial">
					{score.scale === 'meows' ? 'partial: what is missing may be a trigger' : `partial, could be up to ${score.high}`}
					<span class="nhsuk-u-visually-hidden">; not measured: {missingText(score)}</span>
				</span>
			)}
			{score.chartChosenBy ? <span class="score-partial" title={score.chartReason ?? undefined}>chart {score.band}, chosen by {score.chartChosenBy}</span> : null}
			{old ? <span class="score-age">old: <Age at={score.measuredAt} /></span> : null}
		</div>
	);
}
