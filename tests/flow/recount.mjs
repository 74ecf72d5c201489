// SPDX-License-Identifier: Apache-2.0
// Counts every figure of docs/decisions/0012 anew from raw resources and their versions, as a client could: nothing here
// asks the program for a figure. Each figure is a list of { reference, times, value (ms), strata }.
import { extension } from '../ward/hospital.mjs';

const DAY = 86400000;
const HOUR = 3600000;
const ms = (instant) => Date.parse(instant);
const codeOf = (concept, system) => concept?.coding?.find((one) => one.system === `https://fhir.homeward.example/CodeSystem/${system}`)?.code;
const part = (resource, name, of) => resource.extension?.find((one) => one.url.endsWith(`/${name}`))?.extension?.find((one) => one.url === of);
const idOf = (reference) => reference?.reference?.split('/').at(-1);

async function all(hospital, query) {
	const found = [];
	for (let next = `${query}${query.includes('?') ? '&' : '?'}_count=500`; next;) {
		const page = await hospital.get(next);
		found.push(...(page.entry ?? []).map((entry) => entry.resource));
		const link = page.link?.find((one) => one.relation === 'next')?.url;
		next = link?.slice(link.indexOf('/fhir/') + 6);
	}
	return found;
}
// Versions, oldest first; deleted ones as { deleted, at }.
async function versions(hospital, where) {
	const found = [];
	for (let next = `${where}/_history?_count=500`; next;) {
		const page = await hospital.get(next);
		found.push(...(page.entry ?? []).map((entry) => ({ resource: entry.resource, id: entry.fullUrl?.split('/').at(-1) ?? entry.request.url.split('/')[1], at: ms(entry.response.lastModified) })));
		const link = page.link?.find((one) => one.relation === 'next')?.url;
		next = link?.slice(link.indexOf('/fhir/') + 6);
	}
	return found.reverse();
}

// The wall clock of London by the machine's own time zone data.
// By its parts: how a locale puts them together differs from one release to the next.
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const wall = (at) => {
	const part = Object.fromEntries(clock.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
	return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
};
function eights(from, to) {
	const found = [];
	for (let at = Math.ceil(from / HOUR) * HOUR; at < to; at += HOUR) {
		if (wall(at).endsWith('T08:00'))
			found.push(at);
	}
	return found;
}
function ageGroup(birthDate, at) {
	if (!birthDate)
		return 'unknown';
	const today = wall(at).slice(0, 10);
	const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (today.slice(5) < birthDate.slice(5) ? 1 : 0);
	return [[1, '0'], [5, '1-4'], [13, '5-12'], [18, '13-17'], [65, '18-64'], [80, '65-79']].find(([below]) => years < below)?.[1] ?? '80+';
}

async function readStay(hospital, ward, episode, from, to, now) {
	const stay = { moves: [], id: episode.id, patient: idOf(episode.patient), start: ms(episode.period.start), end: episode.period.end ? ms(episode.period.end) : Infinity, holds: [] };
	let held = null;
	for (const { resource, at } of await versions(hospital, `EpisodeOfCare/${episode.id}`)) {
		const ours = resource.managingOrganization.reference === `Organization/${ward}`;
		if (stay.moves.at(-1)?.ours !== ours)
			stay.moves.push({ at, ours });
		if (resource.status === 'onhold' && held === null)
			held = at;
		if (resource.status !== 'onhold' && held !== null) {
			stay.holds.push([held, Math.min(at, stay.end)]);
			held = null;
		}
	}
	if (held !== null)
		stay.holds.push([held, stay.end]);
	/* Whose stay it was: what the newest version up to then said, before them all what the first said. */
	stay.ours = (at) => (stay.moves.filter((one) => one.at <= at).at(-1) ?? stay.moves[0]).ours;
	/* The times on this ward, cut at start and end. */
	stay.visits = stay.moves.map((one, i) => ({ ...one, from: Math.max(stay.start, i === 0 ? -Infinity : one.at), to: Math.min(stay.end, stay.moves[i + 1]?.at ?? Infinity) }))
		.filter((one) => one.ours && one.from < one.to);
	const referral = episode.referralRequest ? await hospital.get(episode.referralRequest[0].reference) : null;
	stay.source = (referral ? extension(referral, 'referral-source') : extension(episode, 'admission-source')) ?? 'unknown';
	stay.destination = extension(episode, 'discharge-destination') ?? 'unknown';
	// Rounds of readings.
	const [plan] = (await all(hospital, `CarePlan?subject=Patient/${stay.patient}`)).filter((one) => one.supportingInfo?.some((about) => about.reference === `EpisodeOfCare/${stay.id}`));
	const periods = (await versions(hospital, `CarePlan/${plan.id}`)).map(({ resource, at }) => [at, resource.activity[0].detail.scheduledTiming.repeat.period * HOUR]);
	const period = (at) => (periods.filter(([since]) => since <= at).at(-1) ?? periods[0])[1];
	const scores = (await all(hospital, `Observation?subject=Patient/${stay.patient}&category=survey`))
		.filter((one) => extension(one, 'episode')?.reference === `EpisodeOfCare/${stay.id}` && one.status === 'final');
	const times = scores.map((one) => ms(one.effectiveDateTime)).filter((at) => at < to).sort((a, b) => a - b);
	stay.sets = times.filter((at) => at >= from && stay.start <= at && at < stay.end && stay.ours(at)).length;
	stay.missed = 0;
	let left = stay.start;
	for (const [gone, back] of [...stay.holds, [stay.end, Infinity]]) {
		const until = Math.min(gone, to, now);
		let due = left === stay.start ? left + HOUR : left + period(left);
		let after = left - 1;
		while (true) {
			const next = times.find((at) => at > after && at < until && at <= due + HOUR);
			if (next !== undefined) {
				after = next;
				due = next + period(next);
			} else if (due + HOUR < until) {
				stay.missed += due + HOUR >= from && due + HOUR < to && stay.ours(due + HOUR) ? 1 : 0;
				after = Math.max(after, due);
				due += period(after);
			} else {
				break;
			}
		}
		left = back;
	}
	const channels = {};
	for (const score of scores.filter((one) => ms(one.effectiveDateTime) >= from && ms(one.effectiveDateTime) < to && stay.ours(ms(one.effectiveDateTime)))) {
		const reading = await hospital.get(score.derivedFrom[0].reference);
		const channel = extension(reading, 'source') ?? (reading.device ? 'device' : 'entered');
		channels[channel] = (channels[channel] ?? 0) + 1;
	}
	stay.channel = Object.keys(channels).sort((a, b) => channels[b] - channels[a] || (a < b ? -1 : 1))[0] ?? 'unknown';
	return stay;
}

async function readAlert(hospital, task) {
	const history = await versions(hospital, `Task/${task.id}`);
	const alert = { id: task.id, rule: codeOf(task.code, 'ward-rule'), level: extension(task, 'alert-level') ?? 'unknown', raised: ms(task.authoredOn), again: 0 };
	alert.deadline = ms(history.map(({ resource }) => resource.restriction?.period?.end).find(Boolean) ?? 'never');
	const answered = history.find(({ resource }) => resource.executionPeriod?.start
		|| (resource.status === 'completed' && ['person', undefined].includes(codeOf(resource.statusReason, 'alert-end'))));
	alert.answered = answered ? ms(answered.resource.executionPeriod.start ?? answered.resource.executionPeriod.end) : null;
	const open = ['requested', 'received', 'accepted'].includes(task.status);
	alert.closed = open ? Infinity : ms(task.executionPeriod.end);
	history.forEach(({ resource }, i) => {
		if (i > 0 && history[i - 1].resource.status === 'accepted' && ['requested', 'received'].includes(resource.status))
			alert.again++;
	});
	alert.snoozes = new Set(history.map(({ resource }) => part(resource, 'snooze', 'at')?.valueInstant).filter(Boolean)).size;
	return alert;
}

async function readPerson(hospital, id) {
	const patient = await hospital.get(`Patient/${id}`);
	const spoken = (list) => (list?.find((one) => one.preferred) ?? list?.[0])?.language.coding[0].code;
	const contacts = (await all(hospital, `RelatedPerson?patient=Patient/${id}`)).sort((a, b) => (a.id < b.id ? -1 : 1));
	return {
		birthDate: patient.birthDate, language: contacts.map((one) => spoken(one.communication)).find(Boolean) ?? spoken(patient.communication) ?? 'unknown',
		deprivation: String(extension(patient, 'deprivation-decile') ?? 'unknown'),
	};
}

const TECHNICAL = ['conflict', 'delivery', 'discrepancy', 'equipment', 'handover', 'implausible', 'rota', 'self-test', 'technical', 'time-suspect'];

export async function recount(hospital, ward, from, to) {
	const now = ms(await hospital.now());
	const within = (at) => at >= from && at < to;
	const people = {};
	const person = async (id) => { people[id] ??= await readPerson(hospital, id); return people[id]; };
	const stays = [];
	for (const episode of await all(hospital, 'EpisodeOfCare?status=active,onhold,finished')) {
		const stay = await readStay(hospital, ward, episode, from, to, now);
		if (stay.moves.some((one) => one.ours))
			stays.push(stay);
	}
	const strata = async (stay) => {
		const { birthDate, language, deprivation } = await person(stay.patient);
		return {
			'age-group': ageGroup(birthDate, stay.start), language, deprivation, channel: stay.channel, source: stay.source, destination: stay.destination,
			direction: { ward: 'step-down', unknown: 'unknown' }[stay.source] ?? 'step-up',
		};
	};
	const figures = {};
	const put = (name, reference, groups, times = 1, value = 0) => {
		figures[name] ??= [];
		if (times > 0)
			figures[name].push({ reference, times: Number(times), value, strata: groups });
	};
	const mornings = eights(from, Math.min(to, now + 1));
	for (const stay of stays) {
		const tasks = (await all(hospital, `Task?patient=Patient/${stay.patient}`)).filter((one) => extension(one, 'episode')?.reference === `EpisodeOfCare/${stay.id}`);
		const events = tasks.filter((one) => codeOf(one.code, 'ward-task')).map((one) => ({ id: one.id, kind: codeOf(one.code, 'ward-task'), at: ms(one.authoredOn), to: one.output?.find((each) => codeOf(each.type, 'ward-task') === 'to')?.valueCode ?? 'unknown' }));
		const groups = await strata(stay);
		const me = `EpisodeOfCare/${stay.id}`;
		const left = (since, until) => stay.holds.some(([at]) => at >= since && at < until) || events.some((one) => one.kind === 'escalation' && one.at >= since && one.at < until)
			|| (stay.end >= since && stay.end < until && ['hospital', 'died'].includes(stay.destination));
		const overlap = (a, b) => Math.max(0, Math.min(b, to, now) - Math.max(a, from));
		const home = stay.visits.reduce((all, visit) => all + overlap(visit.from, visit.to)
			- stay.holds.reduce((sum, [a, b]) => sum + overlap(Math.max(a, visit.from), Math.min(b, visit.to)), 0), 0);
		const ended = within(stay.end) && stay.ours(stay.end - 1); /* also one that ended in the instant it began */
		const length = stay.visits.reduce((sum, visit) => sum + visit.to - visit.from, 0);
		put('stays', me, groups, home > 0, home);
		put('admissions', me, groups, within(stay.start) && stay.ours(stay.start));
		put('discharges', me, groups, ended, length);
		put('transfers-in', me, groups, stay.visits.filter((visit) => visit.from > stay.start && within(visit.from)).length);
		put('transfers-out', me, groups, stay.visits.filter((visit) => visit.to < stay.end && within(visit.to)).length);
		put('deaths', me, groups, ended && stay.destination === 'died');
		put('stays-over-14-days', me, groups, ended && length > 14 * DAY);
		put('occupied-mornings', me, groups, mornings.filter((at) => stay.visits.some((one) => one.from <= at && at < one.to)).length);
		put('held-mornings', me, groups, mornings.filter((at) => stay.visits.some((one) => one.from <= at && at < one.to) && stay.holds.some(([a, b]) => a <= at && at < b)).length);
		put('step-ups', me, groups, stay.holds.filter(([at]) => within(at) && stay.ours(at)).length);
		put('sets', me, groups, stay.sets);
		put('missed-rounds', me, groups, stay.missed);
		put('rounds', me, groups, stay.sets + stay.missed);
		const declined = (await all(hospital, `Observation?subject=Patient/${stay.patient}`)).filter((one) => one.dataAbsentReason
			&& within(ms(one.effectiveDateTime)) && stay.visits.some((visit) => ms(one.effectiveDateTime) >= visit.from && ms(one.effectiveDateTime) < visit.to));
		put('declined-signs', me, groups, declined.length);
		put('declined-signs-without-a-code', me, groups, declined.filter((one) => !one.dataAbsentReason.coding).length);
		for (const event of events) {
			put('escalations', `Task/${event.id}`, { ...groups, to: event.to }, event.kind === 'escalation' && within(event.at) && stay.ours(event.at));
			put('reviews', `Task/${event.id}`, groups, event.kind === 'review' && within(event.at) && stay.ours(event.at));
		}
		let fever = Infinity;
		for (const task of tasks.filter((one) => codeOf(one.code, 'ward-rule') && within(ms(one.authoredOn)) && stay.ours(ms(one.authoredOn)))) {
			const alert = await readAlert(hospital, task);
			const own = { ...groups, rule: alert.rule, level: alert.level };
			const it = `Task/${alert.id}`;
			const until = Math.min(alert.raised + DAY, alert.closed);
			const actioned = alert.answered !== null || events.some((one) => ['review', 'escalation'].includes(one.kind) && one.at >= alert.raised && one.at < until) || left(alert.raised, until);
			const technical = TECHNICAL.includes(alert.rule);
			if (alert.rule === 'fever')
				fever = Math.min(fever, alert.raised);
			put('alerts', it, own);
			put('alerts-actioned', it, own, actioned);
			put('alerts-owed-an-answer', it, own, alert.answered !== null || (alert.deadline <= now && alert.deadline < alert.closed));
			put('alerts-answered-in-time', it, own, alert.answered !== null && alert.answered <= alert.deadline);
			put('alerts-answered', it, own, alert.answered !== null, alert.answered - alert.raised);
			put('snoozes', it, own, alert.snoozes);
			put('alerts-raised-again', it, own, alert.again);
			put('technical-alerts', it, own, technical);
			put('technical-alerts-without-action', it, own, technical && alert.closed !== Infinity && !actioned);
		}
		const hospitalized = fever !== Infinity && left(fever, fever + 2 * DAY);
		put('fever-stays', me, groups, fever !== Infinity);
		put('fever-stays-judged', me, groups, fever !== Infinity && (hospitalized || fever + 2 * DAY <= now));
		put('fever-stays-at-home', me, groups, fever !== Infinity && !hospitalized && fever + 2 * DAY <= now);
	}
	for (const referral of await all(hospital, `ServiceRequest?performer=Organization/${ward}`)) {
		const { birthDate, language, deprivation } = await person(idOf(referral.subject));
		const outcome = part(referral, 'referral-decision', 'outcome')?.valueCode;
		const decided = outcome !== undefined && within(ms(part(referral, 'referral-decision', 'at').valueDateTime));
		const groups = {
			'age-group': ageGroup(birthDate, ms(referral.authoredOn)), language, deprivation, source: extension(referral, 'referral-source') ?? 'unknown',
			reason: part(referral, 'referral-decision', 'reason')?.valueCode ?? 'unknown',
		};
		const it = `ServiceRequest/${referral.id}`;
		put('referrals', it, groups, within(ms(referral.authoredOn)));
		put('referrals-accepted', it, groups, decided && outcome === 'accepted');
		put('referrals-refused', it, groups, decided && outcome === 'refused');
		put('referrals-waiting', it, groups, within(ms(referral.authoredOn)) && !outcome && referral.status === 'active');
	}
	const places = {};
	for (const { resource, id, at } of await versions(hospital, 'Location'))
		(places[id] ??= []).push([at, resource?.managingOrganization?.reference === `Organization/${ward}` && resource.status === 'active' && resource.operationalStatus?.code !== 'C' && resource.physicalType?.coding[0].code === 'bd']);
	for (const [id, changes] of Object.entries(places))
		put('bed-mornings', `Location/${id}`, {}, mornings.filter((at) => changes.filter(([since]) => since <= at).at(-1)?.[1]).length);
	for (const list of Object.values(figures))
		list.sort((a, b) => (a.reference < b.reference ? -1 : 1));
	return figures;
}

// What a score of a group must be, from the lists of its populations by role; undefined when there is none.
export function score(kind, lists) {
	const times = (list) => list.reduce((sum, one) => sum + one.times, 0);
	const sum = (list) => list.reduce((all, one) => all + one.value, 0);
	const values = (list) => list.map((one) => one.value).sort((a, b) => a - b);
	const { numerator, denominator, 'measure-population': measured } = lists;
	const rank = (percent) => values(measured)[Math.max(1, Math.ceil(measured.length * percent / 100)) - 1];
	if (measured?.length === 0)
		return undefined;
	switch (kind) {
	case 'share': return times(denominator) > 0 ? 100 * times(numerator) / times(denominator) : undefined;
	case 'per-patient-day': return sum(denominator) >= HOUR ? times(numerator) / (sum(denominator) / DAY) : undefined; /* of minutes it says nothing */
	case 'per-hour': return denominator.length > 0 ? times(numerator) / (sum(denominator) / HOUR) : undefined;
	case 'mean-days': return sum(measured) / measured.length / DAY;
	case 'median-days': return rank(50) / DAY;
	case 'median-minutes': return rank(50) / 60000;
	case 'p95-minutes': return rank(95) / 60000;
	default: return undefined;
	}
}
