/* SPDX-License-Identifier: Apache-2.0
 * What a value would score, for the shading behind a chart. From the same data files that the score room is made of,
 * so that a picture cannot disagree with a score. */
import news2 from '../../data/score/news2.json';
import npews from '../../data/score/npews.json';

export interface Shade {
	from: number; /* -Infinity for the lowest */
	to: number;   /* Infinity for the highest */
	points: number;
}
interface Limits {
	from?: number;
	score: number;
}
interface Scale {
	bands: readonly { name: string }[];
	tables: readonly { input: string; band?: number; rows: readonly Limits[] }[];
}
const SCALES: Record<string, Scale> = { npews: npews as Scale, news2: news2 as Scale };

/* Lowest first, without gaps: a row reaches up to the start of the next. Empty where nothing can be said: no table, no
 * such age band, or oxygen saturation in NEWS2, which has two tables and the choice is the clinician's. */
export function shades(scale: string, band: string | null, input: string): Shade[] {
	const found = SCALES[scale];
	if (!found || (scale === 'news2' && input === 'spo2'))
		return [];
	const number = found.bands.findIndex((one) => one.name === band);
	const table = found.tables.find((one) => one.input === input && (one.band === undefined || one.band === number));
	const rows = (table?.rows ?? []).slice().sort((a, b) => (a.from ?? -Infinity) - (b.from ?? -Infinity));
	return rows.map((row, index) => ({
		from: row.from ?? -Infinity,
		to: rows[index + 1]?.from ?? Infinity,
		points: row.score,
	}));
}
