/* SPDX-License-Identifier: Apache-2.0
 * Levels of urgency: one table of word, rank and shape, so that colour is never the only sign. */

export interface Level {
	key: string;
	word: string;
	rank: number;
	shape: 'octagon' | 'diamond' | 'triangle' | 'circle' | 'ring' | 'square';
}

const LEVELS: readonly Level[] = [
	{ key: 'emergency', word: 'Emergency', rank: 6, shape: 'octagon' },
	{ key: 'high', word: 'High', rank: 5, shape: 'diamond' },
	{ key: 'medium', word: 'Medium', rank: 4, shape: 'triangle' },
	{ key: 'low-medium', word: 'Low to medium', rank: 3, shape: 'triangle' },
	{ key: 'low', word: 'Low', rank: 2, shape: 'circle' },
	{ key: 'technical', word: 'Technical', rank: 1, shape: 'square' },
	{ key: 'none', word: 'No points', rank: 0, shape: 'ring' },
];
const byKey = new Map(LEVELS.map((level) => [level.key, level]));

/* A word the page does not know is shown as it came, and ranks as High: unknown is never calm. */
export function levelOf(key: string): Level {
	return byKey.get(key) ?? { key: 'high', word: key, rank: 5, shape: 'diamond' };
}
