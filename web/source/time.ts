/* SPDX-License-Identifier: Apache-2.0
 * Instants and lengths of time as words. Instants are milliseconds since 1970 UTC; wards think in Europe/London. */

const ZONE = 'Europe/London';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const hourMinute = new Intl.DateTimeFormat('en-GB',
	{ timeZone: ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const hourMinuteSecond = new Intl.DateTimeFormat('en-GB',
	{ timeZone: ZONE, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const shortDay = new Intl.DateTimeFormat('en-GB',
	{ timeZone: ZONE, weekday: 'short', day: 'numeric', month: 'short' });
const shortDayYear = new Intl.DateTimeFormat('en-GB',
	{ timeZone: ZONE, day: 'numeric', month: 'short', year: 'numeric' });
const zoneName = new Intl.DateTimeFormat('en-GB',
	{ timeZone: ZONE, hour: '2-digit', timeZoneName: 'short' });

/* Milliseconds of a FHIR instant or dateTime; NaN when it is not one. */
export function instant(text: string | null | undefined): number {
	return text ? Date.parse(text) : NaN;
}

/* Today in London. Asked for by every time on the page at every tick: worked out once a minute. */
let dayMinute = NaN, dayOfMinute = '';
export function londonDay(now: number): string {
	const minute = Math.floor(now / MINUTE);
	if (minute !== dayMinute) {
		dayMinute = minute;
		dayOfMinute = Number.isFinite(now) ? shortDayYear.format(now) : '';
	}
	return dayOfMinute;
}

/* In the hour that the clocks go back through, "01:30" happens twice: the zone tells which. */
function zoneSuffix(at: number): string {
	const time = hourMinute.format(at);
	if (hourMinute.format(at + HOUR) !== time && hourMinute.format(at - HOUR) !== time)
		return '';
	const part = zoneName.formatToParts(at).find((one) => one.type === 'timeZoneName');
	return part ? ` ${part.value}` : '';
}

/* "03:02"; with the day when that is not today: "Sat 21 Nov 03:02". */
export function clockText(at: number, now: number): string {
	if (!Number.isFinite(at))
		return 'unknown time';
	const time = hourMinute.format(at) + zoneSuffix(at);
	const day = shortDayYear.format(at);
	if (day === londonDay(now))
		return time;
	if (Math.abs(at - now) > 300 * DAY)
		return `${day} ${time}`;
	return `${shortDay.format(at).replace(',', '')} ${time}`;
}

/* What a field for date and time holds: "2026-11-22T14:05", London's time wherever the browser is; in the hour that comes
 * twice with the zone behind it, "2026-10-25T01:30 GMT", so that it is the same instant again when it is read. */
const field = new Intl.DateTimeFormat('en-GB',
	{ timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
/* By its parts: how a locale puts them together differs between browsers. */
function wallText(at: number): string {
	const part = Object.fromEntries(field.formatToParts(at).map(({ type, value }) => [type, value]));
	return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}
export function fieldText(at: number): string {
	return Number.isFinite(at) ? wallText(at) + zoneSuffix(at) : '';
}

/* How often a day has that time: once, twice when the clocks go back through it, never when they go forward over it. */
export type FieldTime = { kind: 'none' } | { kind: 'once'; at: number } | { kind: 'twice'; first: number; second: number } | { kind: 'skipped' };
export function fieldTime(text: string | undefined): FieldTime {
	const [wall, zone] = (text ?? '').split(' ');
	const winter = Date.parse(`${wall ?? ''}Z`), summer = winter - HOUR;
	if (!Number.isFinite(winter))
		return { kind: 'none' };
	const isSummer = wallText(summer) === wall, isWinter = wallText(winter) === wall;
	if (isSummer && isWinter)
		return zone === 'BST' ? { kind: 'once', at: summer } : zone === 'GMT' ? { kind: 'once', at: winter } : { kind: 'twice', first: summer, second: winter };
	return isSummer || isWinter ? { kind: 'once', at: isSummer ? summer : winter } : { kind: 'skipped' };
}
/* The instant; NaN when the text is none, or does not say which. */
export function fieldInstant(text: string | undefined): number {
	const time = fieldTime(text);
	return time.kind === 'once' ? time.at : NaN;
}

export function clockSecondsText(at: number): string {
	return Number.isFinite(at) ? hourMinuteSecond.format(at) + zoneSuffix(at) : '--:--:--';
}

export function dateText(date: string): string {
	const at = Date.parse(date.length === 10 ? `${date}T12:00:00Z` : date);
	return Number.isFinite(at) ? shortDayYear.format(at) : date;
}

/* Under a chart: "06:00", and the day at midnight. */
export function tickText(at: number): string {
	const time = hourMinute.format(at);
	return time === '00:00' ? shortDay.format(at).replace(',', '').replace(/ \w+$/, '') : time;
}

/* A coarse length, for ages: "now", "12 min", "3 h 05", "2 d 4 h". */
export function lengthText(length: number): string {
	if (!Number.isFinite(length))
		return 'unknown';
	if (length < MINUTE)
		return 'now';
	const minutes = Math.floor(length / MINUTE);
	if (minutes < 60)
		return `${minutes} min`;
	const hours = Math.floor(minutes / 60);
	if (hours < 24)
		return `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
	return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/* A running clock: "52 s", "14 min 07 s", "1 h 02 min", "2 d 4 h". Never negative. Units, not colons: "17:57" would be
 * read as a time of day. */
export function runningText(length: number): string {
	const seconds = Math.max(0, Math.floor(length / 1000));
	if (!Number.isFinite(seconds))
		return 'unknown';
	if (seconds < 60)
		return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60)
		return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
	return minutes < 1440 ? `${lengthText(length)} min` : lengthText(length);
}

/* Age of a reading. One dated more than two minutes ahead is a wrong clock, not a fresh value
 * (shared reference ward.md section 4). */
export function ageText(measuredAt: number, now: number): string {
	if (!Number.isFinite(measuredAt))
		return 'time unknown';
	if (measuredAt > now + 2 * MINUTE)
		return 'dated ahead';
	return lengthText(Math.max(0, now - measuredAt));
}

/* Values are greyed after four hours whatever else is said about them. */
export const OLD_AFTER = 4 * HOUR;
export function isOld(measuredAt: number, now: number): boolean {
	return !(now - measuredAt < OLD_AFTER);
}
