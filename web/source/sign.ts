/* SPDX-License-Identifier: Apache-2.0
 * The signs a ward measures: order on the board, name for people, and the axis a chart gets at an age.
 * Axis limits only lay out the picture; they score nothing. They enclose the values that the National PEWS charts
 * of each age band and NEWS2 give points to; a value outside widens the axis. */

export interface Sign {
	name: string;
	label: string;
	unit: string;
	charted: boolean;
	believable?: readonly [number, number]; /* beyond these a value is kept, but not drawn: it would flatten the rest */
}

export const SIGNS: readonly Sign[] = [
	{ name: 'respiratoryRate', label: 'Resp rate', unit: '/min', charted: true, believable: [1, 150] },
	{ name: 'respiratoryDistress', label: 'Distress', unit: '', charted: false },
	{ name: 'spo2', label: 'SpO₂', unit: '%', charted: true, believable: [30, 100] },
	{ name: 'oxygen', label: 'Oxygen', unit: '', charted: false },
	{ name: 'heartRate', label: 'Heart rate', unit: '/min', charted: true, believable: [15, 320] },
	{ name: 'systolic', label: 'Systolic BP', unit: 'mmHg', charted: true, believable: [30, 300] },
	{ name: 'capillaryRefill', label: 'Cap refill', unit: 's', charted: false },
	{ name: 'consciousness', label: 'Conscious', unit: '', charted: false },
	{ name: 'temperature', label: 'Temp', unit: '°C', charted: true, believable: [25, 45] },
	{ name: 'worried', label: 'Parent', unit: '', charted: false },
];
const order = new Map(SIGNS.map((sign, index) => [sign.name, index]));
const bySign = new Map(SIGNS.map((sign) => [sign.name, sign]));

/* Short, for a column; a sign that the page does not know keeps the server's `label`. */
export function signLabel(name: string, label: string = name): string {
	return bySign.get(name)?.label ?? label;
}

/* Names in board order; one the page does not know comes last, by name. */
export function inOrder(names: Iterable<string>): string[] {
	return [...names].sort((a, b) => (order.get(a) ?? 99) - (order.get(b) ?? 99) || a.localeCompare(b));
}

/* Completed years at `at`, by calendar; 30 without a date of birth. */
export function years(birthDate: string | null, at: number): number {
	const birth = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(birthDate ?? '');
	if (!birth)
		return 30;
	const now = new Date(at);
	const month = Number(birth[2] ?? 1), day = Number(birth[3] ?? 1);
	const before = now.getUTCMonth() + 1 < month
		|| (now.getUTCMonth() + 1 === month && now.getUTCDate() < day);
	return now.getUTCFullYear() - Number(birth[1]) - (before ? 1 : 0);
}

export function isBelievable(sign: Sign | undefined, value: number): boolean {
	return !sign?.believable || (value >= sign.believable[0] && value <= sign.believable[1]);
}
export function signOf(name: string): Sign | undefined {
	return bySign.get(name);
}

type Range = readonly [number, number];
const RANGES: readonly { below: number; ranges: Record<string, Range> }[] = [
	{ below: 1, ranges: { respiratoryRate: [0, 80], heartRate: [60, 200], systolic: [40, 120] } },
	{ below: 5, ranges: { respiratoryRate: [0, 70], heartRate: [50, 190], systolic: [40, 140] } },
	{ below: 13, ranges: { respiratoryRate: [0, 60], heartRate: [50, 180], systolic: [60, 140] } },
	{ below: 16, ranges: { respiratoryRate: [0, 50], heartRate: [40, 150], systolic: [70, 150] } },
	{ below: 999, ranges: { respiratoryRate: [0, 40], heartRate: [30, 150], systolic: [70, 230] } },
];

/* The axis of a sign at an age, widened to hold every value. */
export function axisRange(name: string, age: number, values: readonly number[]): [number, number] {
	const found: Range | undefined = name === 'spo2' ? [84, 100]
		: name === 'temperature' ? [35, 41]
		: name === 'score' ? [0, 16]
		: RANGES.find((one) => age < one.below)?.ranges[name];
	let [low, high] = found ?? [Infinity, -Infinity];
	for (const value of values) {
		low = Math.min(low, Math.floor(value));
		high = Math.max(high, Math.ceil(value));
	}
	return Number.isFinite(low) ? [low, high] : [0, 1];
}
