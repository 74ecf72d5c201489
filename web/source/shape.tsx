/* SPDX-License-Identifier: Apache-2.0
 * The shape of a level: an octagon warns where colour is not seen. Decoration for the word beside it. */
import { levelOf } from './level';

const PATHS: Record<string, string> = {
	octagon: 'M9 1h14l8 8v14l-8 8H9l-8-8V9z',
	diamond: 'M16 0l16 16-16 16L0 16z',
	triangle: 'M16 1l16 29H0z',
	circle: 'M16 2a14 14 0 1 1 0 28 14 14 0 0 1 0-28z',
	square: 'M3 3h26v26H3z',
	ring: 'M16 2a14 14 0 1 1 0 28 14 14 0 0 1 0-28zm0 3.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z',
};

export function Shape({ level }: { level: string }) {
	const { key, shape } = levelOf(level);
	return (
		<svg class={`shape shape-${key}`} viewBox="0 0 32 32" width="16" height="16" aria-hidden="true" focusable="false">
			<path d={PATHS[shape] ?? ''} />
		</svg>
	);
}

/* A tag of shape and word on the level's colour. */
export function LevelTag({ level }: { level: string }) {
	const found = levelOf(level);
	return <span class={`level-tag level-${found.key}`}><Shape level={level} />{found.word}</span>;
}
