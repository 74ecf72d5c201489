/* SPDX-License-Identifier: Apache-2.0
 * One small chart of one sign, drawn by uPlot. The table beside the charts says the same in words. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Shade } from './band';
import { tickText } from './time';

export interface ChartProps {
	label: string;
	unit: string;
	data: [number[], (number | null)[]];
	range: [number, number];
	span: [number, number]; /* seconds */
	marks: readonly { at: number; level: string }[]; /* alerts, seconds */
	shades: readonly Shade[]; /* what a value there would score */
	times: boolean; /* show the time axis */
	steps: boolean; /* a score holds until the next */
}

const MARK_COLOUR: Record<string, string> =
	{ emergency: '#d5281b', high: '#b24000', medium: '#8a6100', low: '#005eb8' };
const INK = '#212b32', QUIET = '#4c6272', GRID = '#dfe5e8', LINE = '#005eb8';
const FONT = '12px system-ui, sans-serif';
const HEIGHT = 92, TIMES_HEIGHT = 26;

function drawMarks(marks: ChartProps['marks']) {
	return (plot: uPlot) => {
		const { ctx } = plot;
		ctx.save();
		ctx.lineWidth = 2 * devicePixelRatio;
		ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
		for (const mark of marks) {
			const x = Math.round(plot.valToPos(mark.at, 'x', true));
			if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width)
				continue;
			ctx.strokeStyle = MARK_COLOUR[mark.level] ?? QUIET;
			ctx.beginPath();
			ctx.moveTo(x, plot.bbox.top);
			ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
			ctx.stroke();
		}
		ctx.restore();
	};
}

const SHADE_COLOUR: Record<number, string> = { 1: '#fff3cf', 2: '#ffe0b5', 3: '#f9cfca', 4: '#f9cfca' };

function drawShades(shades: readonly Shade[]) {
	return (plot: uPlot) => {
		const { ctx, bbox } = plot;
		const clamp = (value: number) => {
			const y = Number.isFinite(value) ? plot.valToPos(value, 'y', true) : value > 0 ? bbox.top : bbox.top + bbox.height;
			return Math.min(bbox.top + bbox.height, Math.max(bbox.top, y));
		};
		ctx.save();
		for (const shade of shades) {
			const colour = SHADE_COLOUR[shade.points];
			if (!colour)
				continue;
			ctx.fillStyle = colour;
			const top = clamp(shade.to);
			ctx.fillRect(bbox.left, top, bbox.width, clamp(shade.from) - top);
		}
		ctx.restore();
	};
}

function options(props: ChartProps, width: number): uPlot.Options {
	const points = { show: true, size: 7, fill: LINE, stroke: '#fff', width: 1 };
	const stepped = props.steps ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
	return {
		width,
		height: HEIGHT + (props.times ? TIMES_HEIGHT : 0),
		tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Europe/London'),
		legend: { show: false },
		cursor: { show: false },
		padding: [8, 22, props.times ? 0 : 6, 0],
		scales: { x: { time: true, range: () => props.span }, y: { range: () => props.range } },
		axes: [
			{ show: props.times, stroke: QUIET, font: FONT, size: TIMES_HEIGHT + 8, gap: 4, grid: { stroke: GRID, width: 1 }, ticks: { stroke: GRID },
				space: 56, values: (_plot, seconds) => seconds.map((at) => tickText(at * 1000)), incrs: [10800, 21600, 43200, 86400] },
			{ stroke: QUIET, font: FONT, size: 40, gap: 4, space: 22, grid: { stroke: GRID, width: 1 }, ticks: { show: false } },
		],
		series: [{}, { stroke: props.steps ? INK : LINE, width: 1.5, points, spanGaps: false, ...(stepped ? { paths: stepped } : {}) }],
		hooks: { drawClear: [drawShades(props.shades)], draw: [drawMarks(props.marks)] },
	};
}

export function Chart(props: ChartProps) {
	const box = useRef<HTMLDivElement>(null);
	const stamp = JSON.stringify([props.data, props.range, props.span, props.marks, props.shades]);
	useEffect(() => {
		const element = box.current;
		if (!element)
			return undefined;
		let plot: uPlot | null = null;
		const draw = () => {
			plot?.destroy();
			plot = new uPlot(options(props, Math.max(200, element.clientWidth)), props.data, element);
		};
		draw();
		const watch = new ResizeObserver(() => {
			if (plot && Math.abs(plot.width - element.clientWidth) > 2)
				draw();
		});
		watch.observe(element);
		return () => {
			watch.disconnect();
			plot?.destroy();
		};
	}, [stamp]);
	const values = props.data[1].filter((value): value is number => value !== null);
	const last = values[values.length - 1];
	const words = values.length === 0 ? 'no readings'
		: `${values.length} reading${values.length === 1 ? '' : 's'}, from ${Math.min(...values)} to ${Math.max(...values)}, last ${last ?? ''}`;
	return (
		<figure class="chart">
			<figcaption class="chart-label">{props.label}<span class="chart-unit"> {props.unit}</span>
				{last === undefined ? null : <span class="chart-last">{last}</span>}</figcaption>
			<div class="chart-box" ref={box} role="img" aria-label={`${props.label}, last 48 hours: ${words}`} />
		</figure>
	);
}
