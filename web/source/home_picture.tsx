/* SPDX-License-Identifier: Apache-2.0
 * Pictures for who reads little or not at all: one for each sign and each thing to do, drawn for this page. Each stands
 * beside its word, so it tells nothing to a screen reader. */
import type { JSX } from 'preact';

const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': 4, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' } as const;
const solid = { fill: 'currentColor', stroke: 'none' } as const;

const DRAWN: Readonly<Record<string, JSX.Element>> = {
	/* a thermometer with its column and marks */
	temperature: <><path {...line} d="M26 38V12a6 6 0 0 1 12 0v26a11 11 0 1 1-12 0z" /><circle {...solid} cx="32" cy="47" r="6" /><path {...line} d="M32 46V22M46 14h6M46 24h6M46 34h6" /></>,
	/* a heart with a beat across it */
	heartRate: <><path {...line} d="M32 55C14 42 7 33 7 22A12 12 0 0 1 32 17a12 12 0 0 1 25 5c0 11-7 20-25 33z" /><path {...line} d="M14 31h10l4-9 7 17 4-8h11" /></>,
	/* a nose and mouth from the side with breath that goes */
	respiratoryRate: <><path {...line} d="M12 8c10 0 15 6 15 14l7 9c1 2 0 4-3 4h-4v8c0 5-3 7-8 7h-7" /><path {...line} d="M40 36c5-4 9 4 16 0M38 46c6-4 10 4 18 0M38 56c6-4 10 4 18 0" /></>,
	/* a finger in a clip that shines */
	spo2: <><path {...line} d="M5 38h25a7 7 0 0 0 0-14H5M37 16h14a8 8 0 0 1 8 8v14a8 8 0 0 1-8 8H24M37 16H24" /><circle {...solid} cx="47" cy="31" r="4" /><path {...line} d="M47 5v4M57 8l-2 3M37 8l2 3" /></>,
	/* an arm with a cuff and its dial */
	systolic: <><path {...line} d="M4 26h14M4 42h14M38 26h20M38 42h20" /><rect {...line} x="18" y="21" width="20" height="26" rx="4" /><circle {...line} cx="50" cy="12" r="8" /><path {...line} d="M50 12l3-3M42 14c-8 0-10 2-12 7" /></>,
	/* scales with a dial */
	weight: <><rect {...line} x="8" y="12" width="48" height="44" rx="8" /><path {...line} d="M20 30a13 13 0 0 1 24 0zM32 30l4-6" /></>,
	/* a face that is not well */
	worried: <><circle {...line} cx="32" cy="32" r="25" /><circle {...solid} cx="23" cy="27" r="3.5" /><circle {...solid} cx="41" cy="27" r="3.5" /><path {...line} d="M21 46c5-8 17-8 22 0M17 20l8-4M47 20l-8-4" /></>,
	/* a receiver */
	phone: <path {...line} d="M18 8l8 12-6 6c3 8 9 14 18 18l6-6 12 8c0 7-5 11-11 11C26 57 7 38 7 19 7 13 11 8 18 8z" />,
	/* a measuring hand-held page that goes up and away */
	readings: <><rect {...line} x="10" y="22" width="44" height="34" rx="6" /><path {...line} d="M32 44V6M20 18L32 6l12 12" /></>,
	questions: <><circle {...line} cx="32" cy="32" r="25" /><path {...line} d="M24 25a8 8 0 1 1 12 7c-3 2-4 3-4 7" /><circle {...solid} cx="32" cy="47" r="3" /></>,
	/* a hospital with a tick */
	received: <><path {...line} d="M8 56V18h32v38M4 56h56M24 24v14M17 31h14" /><path {...line} d="M44 40l6 7 10-14" /></>,
	photo: <><rect {...line} x="6" y="18" width="52" height="36" rx="6" /><circle {...line} cx="32" cy="36" r="10" /><path {...line} d="M22 18l4-8h12l4 8" /></>,
	/* a cup */
	drinking: <><path {...line} d="M12 12h36l-4 44H16zM14 30h32" /><path {...line} d="M34 12l6-8h8" /></>,
	/* an arm with spots */
	rash: <><path {...line} d="M4 22c20-6 36-6 56 0M4 46c20 6 36 6 56 0" /><circle {...solid} cx="20" cy="32" r="3.5" /><circle {...solid} cx="32" cy="38" r="3.5" /><circle {...solid} cx="34" cy="27" r="3.5" /><circle {...solid} cx="46" cy="34" r="3.5" /></>,
};
const ALSO: Readonly<Record<string, string>> = { breathing: 'respiratoryRate', breathless: 'respiratoryRate' };

/* `name`: of a sign, a question or a thing to do; a question mark for one without a picture. */
export function Picture({ name }: { name: string }) {
	return <svg class="picture" viewBox="0 0 64 64" aria-hidden="true" focusable="false">{DRAWN[ALSO[name] ?? name] ?? DRAWN.questions}</svg>;
}
