/* SPDX-License-Identifier: Apache-2.0
 * One alert against its ladder: from where it stood at the last settling, through what homes demanded, nurses did and
 * time brought since, to where its Task must stand now. */
#include "simulate/inspector.h"

#include <stdio.h>
#include <string.h>

#define WORSE_TENTHS 5
#define WORSE_POINTS 2
#define SAME_SET_US (10 * DATE_US_PER_MIN)

enum { COURSE_ACTS_MAX = 2 * WATCH_ACTS_MAX };
struct course {
	struct inspector *inspector;
	struct watch *watch;
	struct ladder_walk walk;
	bool raised;
	bool optional;     /* what may worsen it does */
	bool demand_first; /* of one instant, what is demanded comes before the deadline */
	bool answered;     /* what a person has answered is not heard again */
	unsigned taken, clipped, again, longest; /* snoozes */
	unsigned taken_over;
	struct watch_act acts[COURSE_ACTS_MAX]; /* by time */
	size_t act_count;
};

/* "Any worsening re-alerts": a higher level, another abnormal sign, score + 2, half a degree, each new call. */
static bool is_worse(const struct course *course, const struct ideal_demand *demand)
{
	const struct watch *watch = course->watch;
	if (demand->grade > watch->place.grade || demand->again)
		return true;
	switch ((int)watch->cause) {
	case CAUSE_SCORE:
		return (demand->abnormal & ~watch->abnormal) != 0 ||
		       demand->total >= watch->total + WORSE_POINTS;
	case CAUSE_STRANGE:
		return (demand->abnormal & ~watch->abnormal) != 0;
	case CAUSE_LATE:
		/* Another set, not the same with a first reading that came last. */
		return demand->set_us > watch->set_us + SAME_SET_US ||
		       demand->set_us < watch->set_us - SAME_SET_US;
	case CAUSE_FEVER:
		return demand->value >= watch->value + WORSE_TENTHS;
	case CAUSE_COLD:
		return demand->value <= watch->value - WORSE_TENTHS;
	case CAUSE_WORRY:
		return course->optional;
	default:
		return false;
	}
}

static void take(struct watch *watch, const struct ideal_demand *demand)
{
	watch->value = demand->value;
	watch->abnormal |= demand->abnormal;
	watch->total = demand->total > watch->total ? demand->total : watch->total;
	watch->set_us = demand->set_us;
	watch->group_us = demand->group_us;
}

static void compare_set(struct watch *watch, const struct ideal_stand *stands, size_t count,
			bool open)
{
	uint32_t abnormal = 0;
	int total = 0;
	for (size_t i = 0; i < count; i++) {
		const struct ideal_stand *one = &stands[i];
		bool same = one->set_us <= watch->set_us + SAME_SET_US &&
			    one->set_us >= watch->set_us - SAME_SET_US;
		bool since = open && watch->cause == CAUSE_SCORE && !one->late &&
			     one->received_us >= watch->raised_us;
		if (one->set_us == 0 || (!same && !since))
			continue;
		abnormal |= one->abnormal;
		total = one->total > total ? one->total : total;
	}
	watch->abnormal &= abnormal;
	watch->total = total < watch->total ? total : watch->total;
}

/* Where nothing stands whatever is a fever, or a low temperature, is worse. */
static void compare_temperature(struct watch *watch, const struct ideal_stand *stands, size_t count)
{
	bool fever = watch->cause == CAUSE_FEVER;
	int furthest = fever ? IDEAL_FEVER_TENTHS - WORSE_TENTHS : IDEAL_COLD_TENTHS + WORSE_TENTHS;
	for (size_t i = 0; i < count; i++) {
		const struct ideal_stand *one = &stands[i];
		bool is_fever = one->value >= IDEAL_FEVER_TENTHS;
		if (one->set_us == 0 && is_fever == fever && one->received_us >= watch->raised_us &&
		    (fever ? one->value > furthest : one->value < furthest))
			furthest = one->value;
	}
	if (fever ? furthest < watch->value : furthest > watch->value)
		watch->value = furthest;
}

void inspector_compare(const struct inspector *inspector, struct watch *watch,
		       const struct ideal_demand *went)
{
	const struct ideal_stand *stands = inspector->ideal->stands + went->stand_first;
	if (watch->cause == CAUSE_FEVER || watch->cause == CAUSE_COLD)
		compare_temperature(watch, stands, went->stand_count);
	else
		compare_set(watch, stands, went->stand_count, went->at_us <= watch->closed_us);
}

/* What concerns the ward's running goes to who runs it. */
static uint32_t first_rung(const struct watch *watch)
{
	bool runs = watch->cause == CAUSE_HANDOVER || watch->cause == CAUSE_MOVED ||
		    watch->cause == CAUSE_DIED || watch->cause == CAUSE_MERGED;
	return runs ? ladder_rung_of(watch->place.grade, DUTY_CHARGE) : 0;
}

/* Of stays that have one by then: the plan is written after the stay. An alert keeps what it was raised under. */
static bool has_own_policy(const struct inspector *inspector, const struct watch *watch)
{
	return watch->stay != STORY_NOBODY &&
	       ideal_office_at(&inspector->ideal->stays[watch->stay], watch->raised_us);
}

/* What the policy lets wait. */
static bool keeps_hours(const struct inspector *inspector, const struct watch *watch)
{
	bool waits = watch->cause == CAUSE_BATTERY || watch->cause == CAUSE_TIME ||
		     watch->cause == CAUSE_CONFLICT || watch->cause == CAUSE_BAND;
	return waits && has_own_policy(inspector, watch);
}

static void raise(struct course *course, const struct ideal_demand *demand)
{
	struct watch *watch = course->watch;
	const struct ideal *ideal = course->inspector->ideal;
	course->raised = true;
	watch->place = (struct ladder_place){
		.grade = demand->grade,
		.ward = watch->stay == STORY_NOBODY
				? watch->ward
				: ideal_ward_at(&ideal->stays[watch->stay], demand->at_us),
		.brisk = has_own_policy(course->inspector, watch),
		.keeps_hours = keeps_hours(course->inspector, watch),
	};
	ladder_start(course->inspector->rota, &watch->place, first_rung(watch), demand->at_us,
		     &course->walk);
	watch->value = demand->value;
	watch->abnormal = 0;
	watch->total = 0;
	take(watch, demand);
}

static void lower(struct course *course, const struct ideal_demand *demand)
{
	struct watch *watch = course->watch;
	struct ladder_walk *walk = &course->walk;
	if (walk->lower_count < LADDER_HOMES_MAX)
		walk->lowers[walk->lower_count++] =
			(struct ladder_home){ demand->at_us, demand->grade };
	uint32_t last = ladder_rungs(demand->grade) - 1;
	watch->place.grade = demand->grade;
	if (watch->place.accepted || watch->place.snoozed)
		return;
	watch->place.rung = watch->place.rung < last ? watch->place.rung : last;
	watch->place.deadline_us =
		demand->at_us + ladder_acknowledge_us(demand->grade, watch->place.brisk);
}

static void hear(struct course *course, const struct ideal_demand *demand)
{
	struct watch *watch = course->watch;
	struct ladder_place *place = &watch->place;
	if (demand->went) {
		if (course->raised)
			inspector_compare(course->inspector, watch, demand);
		return;
	}
	if (!course->raised) {
		if (demand->at_us == watch->raised_us && demand->grade > GRADE_NONE)
			raise(course, demand);
		return;
	}
	/* While late readings still come their alert follows them; afterwards it stands. */
	if (watch->cause == CAUSE_LATE && demand->grade < place->grade) {
		if (demand->group_us == watch->group_us) {
			lower(course, demand);
			take(watch, demand);
		}
		return;
	}
	if (!is_worse(course, demand)) {
		if (watch->cause == CAUSE_LATE)
			take(watch, demand);
		return;
	}
	bool higher = demand->grade > place->grade, accepted = place->accepted;
	if (demand->grade > GRADE_NONE)
		take(watch, demand);
	if (!higher && !accepted && !place->snoozed)
		return; /* is being paged already */
	place->snoozes = 0;
	uint32_t rung = ladder_rung_in(higher ? demand->grade : place->grade, place);
	if (higher)
		place->grade = demand->grade;
	ladder_start(course->inspector->rota, place,
		     accepted || place->grade == GRADE_EMERGENCY ? first_rung(watch) : rung,
		     demand->at_us, &course->walk);
}

/* Fever, low temperature and whatever somebody worries about are never silent (decisions/0006). */
static bool may_be_silent(enum cause cause)
{
	return cause != CAUSE_FEVER && cause != CAUSE_COLD && cause != CAUSE_WORRY &&
	       cause != CAUSE_MIND && cause != CAUSE_ASLEEP;
}

/* What one person asks twice within a millisecond is one request. */
static bool was_asked(const struct watch *watch, const struct watch_act *act)
{
	return watch->silenced_us == act->at_us && watch->silenced_by == act->person;
}

/* What a nurse did; a snooze is no acknowledgement and takes none back. */
static void obey(struct course *course, const struct watch_act *act)
{
	const struct rota *rota = course->inspector->rota;
	struct ladder_place *place = &course->watch->place;
	if (!course->raised || act->kind == ACT_RESOLVE || act->at_us > course->watch->closed_us)
		return;
	ladder_wait(rota, place, act->at_us, &course->walk);
	if (act->kind == ACT_ACCEPT) {
		ladder_accept(rota, place, act->at_us, act->wished_us, act->person);
	} else if (act->kind == ACT_TAKE_OVER) {
		course->taken_over +=
			ladder_take_over(place, (const size_t[2]){ act->from, act->person },
					 act->at_us, &course->walk);
	} else if (act->kind == ACT_MOVE) {
		ladder_move(rota, place, (const size_t[2]){ act->ward, first_rung(course->watch) },
			    act->at_us, &course->walk);
	} else if (may_be_silent(course->watch->cause) && !was_asked(course->watch, act)) {
		const struct rota_person *person = &rota->people[act->person];
		if (ladder_snooze(place, person, act->at_us, act->wished_us)) {
			course->watch->silenced_us = act->at_us;
			course->watch->silenced_by = act->person;
			course->taken++;
			course->clipped += rota_home_us(person, act->at_us) == place->deadline_us;
			course->again += place->snoozes > 1;
			course->longest +=
				place->deadline_us == act->at_us + ladder_review_us(place->grade);
		}
	}
}

/* Everything since the last settling in the order of time; of one instant what homes sent comes first. */
static void run(struct course *course, int64_t now_us)
{
	struct watch *watch = course->watch;
	const struct ideal *ideal = course->inspector->ideal;
	size_t act = 0;
	for (size_t i = 0; i <= ideal->demand_count; i++) {
		const struct ideal_demand *demand =
			i < ideal->demand_count ? &ideal->demands[i] : NULL;
		int64_t until_us = demand == NULL ? INT64_MAX : demand->at_us;
		for (; act < course->act_count && course->acts[act].at_us < until_us; act++)
			obey(course, &course->acts[act]);
		if (demand == NULL || demand->stay != watch->stay ||
		    demand->cause != watch->cause || demand->at_us < watch->raised_us ||
		    demand->at_us > watch->closed_us ||
		    (course->answered && inspector_is_answered(course->inspector, demand)))
			continue;
		if (course->raised)
			ladder_wait(course->inspector->rota, &watch->place,
				    demand->at_us - course->demand_first, &course->walk);
		hear(course, demand);
	}
	if (course->raised && watch->open)
		ladder_wait(course->inspector->rota, &watch->place, now_us, &course->walk);
}

static bool fits(const struct watch *watch)
{
	const struct ladder_place *place = &watch->place;
	return place->grade == watch->grade && place->accepted == watch->accepted &&
	       place->rung == watch->rung && place->deadline_us == watch->deadline_us &&
	       place->owner == watch->owner && place->call_us == watch->call_us &&
	       place->snoozed == (watch->snoozed_us != 0) && place->snoozes == watch->snoozes &&
	       (!place->snoozed || watch->snoozed_us == watch->deadline_us);
}

/* Whom a rung reached has a page of that instant, for each person on shift then. The first without one, or NULL. */
static const struct rota_person *unpaged(const struct inspector *inspector,
					 const struct watch *watch,
					 const struct ladder_climb *climb)
{
	const struct rota *rota = inspector->rota;
	for (size_t i = 0; i < rota->count; i++) {
		bool found = false;
		bool called = (climb->duties & 1u << rota->people[i].duty) != 0 &&
			      rota->people[i].ward == climb->ward &&
			      rota_is_on_shift(&rota->people[i], climb->at_us);
		if (!called && climb->only != i)
			continue;
		for (size_t j = 0; j < watch->page_count && j < WATCH_PAGES_MAX; j++)
			found = found || (watch->pages[j].person == i &&
					  watch->pages[j].sent_us == climb->at_us);
		if (!found)
			return &rota->people[i];
	}
	return NULL;
}

/* Not more than a watch keeps of them. */
static bool shows_pages(const struct ladder_walk *walk)
{
	return walk->count <= WATCH_PAGES_MAX / 4;
}

/* Whether the pages of a climb are to be seen. Closed in that very instant: which came first is not. Pages replaced
 * in the instant they were made say less than the ones that follow. */
static bool owes_pages(const struct watch *watch, const struct ladder_walk *walk, size_t at)
{
	bool replaced =
		at + 1 < walk->count && walk->climbs[at + 1].at_us == walk->climbs[at].at_us;
	return walk->climbs[at].at_us < watch->closed_us && !replaced && shows_pages(walk);
}

static bool is_paged(const struct inspector *inspector, const struct watch *watch,
		     const struct ladder_walk *walk)
{
	for (size_t i = 0; i < walk->count; i++) {
		if (owes_pages(watch, walk, i) &&
		    unpaged(inspector, watch, &walk->climbs[i]) != NULL)
			return false;
	}
	return true;
}

static bool is_nobody_told(const struct inspector *inspector, const struct watch *watch,
			   const struct ladder_climb *climb)
{
	/* What is technical does not say it, also when it became worse afterwards. */
	if (climb->empty == 0 || climb->grade == GRADE_TECHNICAL ||
	    climb->at_us >= watch->closed_us)
		return true;
	for (size_t i = inspector->watch_count; i > 0; i--) {
		const struct watch *other = &inspector->watches[i - 1];
		if (other->cause == CAUSE_NOBODY && other->ward == climb->ward &&
		    other->raised_us <= climb->at_us && other->closed_us >= climb->at_us)
			return true;
	}
	return false;
}

static bool are_nobodies_told(const struct inspector *inspector, const struct watch *watch,
			      const struct ladder_walk *walk)
{
	for (size_t i = 0; i < walk->count; i++) {
		if (!is_nobody_told(inspector, watch, &walk->climbs[i]))
			return false;
	}
	return true;
}

static void check_walk(struct inspector *inspector, struct watch *watch,
		       const struct ladder_walk *walk)
{
	for (size_t i = 0; i < walk->count; i++) {
		const struct ladder_climb *climb = &walk->climbs[i];
		inspector->climbs++;
		if (!is_nobody_told(inspector, watch, climb))
			story_violation(inspector->story, watch->stay, climb->at_us,
					"an empty rung was skipped and nobody was told (Task/%s)",
					watch->id);
		inspector_explain(inspector, watch, climb, owes_pages(watch, walk, i));
		const struct rota_person *person =
			owes_pages(watch, walk, i) ? unpaged(inspector, watch, climb) : NULL;
		if (person != NULL)
			story_violation(inspector->story, watch->stay, climb->at_us,
					"nobody paged %s about %s (Task/%s)", person->id,
					watch->display, watch->id);
	}
	for (size_t i = 0; i < walk->lower_count; i++)
		inspector_note_grade(watch, walk->lowers[i].at_us, walk->lowers[i].grade);
}

/* --- how it ended --------------------------------------------------------------------------- */

/* `watch` as of the last settling: what came with the values that closed it is another matter. */
static bool may_improve(const struct inspector *inspector, const struct watch *watch,
			int64_t closed_us)
{
	if (watch->cause != CAUSE_SCORE ||
	    (!watch->accepted && !watch->place.accepted && watch->grade != GRADE_LOW))
		return false;
	for (size_t i = 0; i < inspector->ideal->calm_count; i++) {
		const struct ideal_calm *calm = &inspector->ideal->calms[i];
		if (calm->stay == watch->stay && calm->start_us > watch->set_us &&
		    calm->at_us == closed_us && (watch->abnormal & ~calm->signs) == 0)
			return true;
	}
	return false;
}

static bool may_end(const struct inspector *inspector, struct watch *watch,
		    const struct watch *before)
{
	const struct ideal_stay *stay =
		watch->stay == STORY_NOBODY ? NULL : &inspector->ideal->stays[watch->stay];
	if (strcmp(watch->end, "covered") == 0 && watch->cause == CAUSE_HANDOVER)
		return inspector_may_be_covered(inspector, watch);
	if (strcmp(watch->end, "person") == 0) {
		for (size_t i = 0; i < watch->act_count; i++)
			watch->by_person = watch->by_person || watch->acts[i].kind == ACT_RESOLVE;
		return watch->by_person;
	}
	if (watch->cause == CAUSE_OTHER)
		return watch->end[0] != '\0' && strcmp(watch->end, "open") != 0;
	if (stay == NULL)
		return false;
	if (strcmp(watch->end, "discharged") == 0)
		return stay->state == STATE_ENDED;
	if (strcmp(watch->end, "paused") == 0)
		return (watch->cause == CAUSE_SILENCE || watch->cause == CAUSE_MUTE ||
			watch->cause == CAUSE_BATTERY) &&
		       (stay->state != STATE_ACTIVE || stay->died_us == watch->closed_us);
	if (watch->cause == CAUSE_DIED)
		return strcmp(watch->end, "improved") == 0 && stay->living_us == watch->closed_us;
	if (strcmp(watch->end, "improved") == 0)
		return may_improve(inspector, watch, watch->closed_us) ||
		       (before->inspected && may_improve(inspector, before, watch->closed_us));
	if (strcmp(watch->end, "arrived") != 0)
		return false;
	switch ((int)watch->cause) {
	case CAUSE_SILENCE:
		return stay->last_enough_us != 0; /* check_silence knows whether it is over */
	case CAUSE_UNUSABLE:
		return stay->came_again != 0;
	case CAUSE_MUTE:
		return stay->mute_over_us == watch->closed_us;
	case CAUSE_BATTERY:
		return stay->low_over_us == watch->closed_us;
	case CAUSE_ASLEEP:
		return (stay->came_again & 1u << SIGN_MIND) != 0;
	default:
		return false;
	}
}

/* Causes outside the model follow the same ladder from the level that they show. */
static void raise_unmodelled(struct course *course)
{
	const struct watch *watch = course->watch;
	const struct ideal_demand as_seen = { .grade = watch->grade, .at_us = watch->raised_us };
	if (watch->cause == CAUSE_OTHER || watch->cause == CAUSE_NOBODY)
		raise(course, &as_seen);
}

static bool is_quiet(const struct inspector *inspector, const struct watch *watch, int64_t now_us)
{
	if (watch->written || !watch->inspected || watch->act_count > 0 ||
	    inspector->handed_count > 0 || ladder_next_us(inspector->rota, &watch->place) <= now_us)
		return false;
	for (size_t i = 0; i < inspector->ideal->demand_count; i++) {
		const struct ideal_demand *demand = &inspector->ideal->demands[i];
		if (demand->stay == watch->stay && demand->cause == watch->cause)
			return false;
	}
	return true;
}

static const char *person_name(const struct inspector *inspector, size_t person)
{
	return person == LADDER_OTHER ? "nobody by role" : inspector->rota->people[person].id;
}

enum { SNOOZE_WORDS_BYTES = 80 };

/* `until_us`: 0 when it is not silent now; what was counts towards the next in a row. */
static const char *snooze_words(int64_t until_us, uint32_t count, char text[SNOOZE_WORDS_BYTES])
{
	char until[25] = "none";
	if (until_us == 0 && count == 0)
		return "";
	if (until_us != 0 && until_us != INT64_MAX)
		date_write_instant(until_us, until);
	snprintf(text, SNOOZE_WORDS_BYTES, ", snoozed until %s (in a row: %u)", until, count);
	return text;
}

/* Says everything that fits() compares. */
static void tell_misfit(struct inspector *inspector, const struct watch *watch, int64_t now_us)
{
	const struct ladder_place *place = &watch->place;
	char is[25] = "none", must[25] = "none";
	char is_silent[SNOOZE_WORDS_BYTES], must_silent[SNOOZE_WORDS_BYTES];
	if (watch->deadline_us != INT64_MAX)
		date_write_instant(watch->deadline_us, is);
	if (place->deadline_us != INT64_MAX)
		date_write_instant(place->deadline_us, must);
	story_violation(
		inspector->story, watch->stay, now_us,
		"alert %s (Task/%s) stands at %s, rung %u%s%s, until %s; it must be %s, "
		"rung %u%s%s, until %s (of %s, must be of %s)",
		watch->display, watch->id, grade_name(watch->grade), watch->rung,
		watch->accepted ? ", acknowledged" : "",
		snooze_words(watch->snoozed_us, watch->snoozes, is_silent), is,
		grade_name(place->grade), place->rung, place->accepted ? ", acknowledged" : "",
		snooze_words(place->snoozed ? place->deadline_us : 0, place->snoozes, must_silent),
		must, person_name(inspector, watch->owner), person_name(inspector, place->owner));
}

enum { ORDERS = 8 };

/* Before any order was run: what the walk held then is still at its start. */
struct course_start {
	bool raised;
	size_t climbs;
};

static void run_order(struct course *course, const struct course_start *before,
		      const struct watch *watch, unsigned order, int64_t now_us)
{
	*course->watch = *watch;
	course->raised = before->raised;
	course->walk.count = before->climbs;
	course->walk.home_count = course->walk.lower_count = 0;
	course->walk.office = (struct ladder_office){ 0 };
	course->optional = (order & 1) != 0;
	course->demand_first = (order & 2) != 0;
	course->answered = (order & 4) != 0;
	course->taken = course->clipped = course->again = course->longest = course->taken_over = 0;
	run(course, now_us);
}

/* A walk too long for its pages to be checked shows in who went home from it: for each there must be the alert of a
 * handover. How many more are there than are missing. */
static int homes_told(const struct inspector *inspector, const struct watch *watch,
		      const struct ladder_walk *walk)
{
	int told = 0;
	for (size_t i = 0; i < walk->home_count; i++) {
		bool found = false;
		for (size_t j = inspector->watch_count; j > 0 && !found; j--) {
			const struct watch *other = &inspector->watches[j - 1];
			found = other->stay == watch->stay && other->cause == CAUSE_HANDOVER &&
				other->raised_us <= walk->homes[i].at_us &&
				other->closed_us >= walk->homes[i].at_us;
		}
		told += found ? 1 : -1;
	}
	return told;
}

/* Runs the course in each order that the rules leave open, until one leads to what the record says. Several may lead
 * to one place: which it was shows in the pages, and in the empty rungs that were said. False when none leads there:
 * then the first is held against it. */
static bool try_orders(struct course *course, int64_t now_us)
{
	const struct course_start before = { course->raised, course->walk.count };
	const struct watch watch = *course->watch;
	unsigned place = ORDERS, best = ORDERS;
	int best_told = 0;
	for (unsigned order = 0; order < ORDERS; order++) {
		run_order(course, &before, &watch, order, now_us);
		if (!course->raised && order == 0)
			return true; /* nothing asked for it: the caller tells */
		bool there = course->raised && (!course->watch->open || fits(course->watch));
		if (there && is_paged(course->inspector, course->watch, &course->walk) &&
		    are_nobodies_told(course->inspector, course->watch, &course->walk)) {
			int told = homes_told(course->inspector, course->watch, &course->walk);
			if (shows_pages(&course->walk))
				return true;
			if (best == ORDERS || told > best_told) {
				best = order;
				best_told = told;
			}
		}
		place = there && place == ORDERS ? order : place;
	}
	place = best != ORDERS ? best : place;
	run_order(course, &before, &watch, place == ORDERS ? 0 : place, now_us);
	return place != ORDERS;
}

static void count_snoozes(struct inspector *inspector, const struct course *course,
			  const struct watch *before)
{
	const struct watch *watch = course->watch;
	int64_t *figures = inspector->tally, until_us = before->place.deadline_us;
	unsigned asked = 0;
	for (size_t i = 0; i < watch->act_count; i++)
		asked += watch->acts[i].kind == ACT_SNOOZE;
	figures[TALLY_SNOOZE] += course->taken;
	figures[TALLY_SNOOZE_LONGEST] += course->longest;
	figures[TALLY_SNOOZE_CLIPPED] += course->clipped;
	figures[TALLY_SNOOZE_AGAIN] += course->again;
	figures[TALLY_SNOOZE_IGNORED] += asked - course->taken;
	if (!before->inspected || !before->place.snoozed || watch->act_count > 0 || !watch->open)
		return;
	bool over = until_us <= inspector->ideal->now_us;
	figures[TALLY_SNOOZE_ENDED] += over;
	figures[TALLY_SNOOZE_ENDED_DOWN] +=
		over && inspector->down_us != 0 && until_us > inspector->down_us;
	figures[TALLY_SNOOZE_WORSE] += !over && !watch->place.snoozed;
}

static void count_office(struct inspector *inspector, const struct course *course,
			 const struct watch *before)
{
	const struct ladder_office *office = &course->walk.office;
	bool waited = before->inspected && before->place.call_us != 0;
	inspector->tally[TALLY_OFFICE_WAITED] += office->waited;
	inspector->tally[TALLY_OFFICE_CALLED] += office->called;
	inspector->tally[TALLY_OFFICE_LEFT] += office->left;
	inspector->tally[TALLY_OFFICE_STRETCHED] += office->stretched;
	inspector->tally[TALLY_OFFICE_ANSWERED] +=
		waited && office->called == 0 && (course->watch->accepted || !course->watch->open);
	inspector->tally[TALLY_OFFICE_DOWN] += waited && office->called > 0 &&
					       inspector->down_us != 0 &&
					       before->place.call_us > inspector->down_us;
}

/* The watch's own, and what was taken over of its patient, in the order in which they were done. */
static void gather_acts(struct course *course)
{
	const struct inspector *inspector = course->inspector;
	const struct watch *watch = course->watch;
	size_t own = 0;
	course->act_count = 0;
	for (size_t i = 0; i <= inspector->handed_count; i++) {
		const struct watch_act *handed =
			i < inspector->handed_count ? &inspector->handed[i] : NULL;
		for (; own < watch->act_count &&
		       (handed == NULL || watch->acts[own].order < handed->order);
		     own++)
			course->acts[course->act_count++] = watch->acts[own];
		if (handed != NULL && handed->stay == watch->stay &&
		    course->act_count < COURSE_ACTS_MAX - WATCH_ACTS_MAX)
			course->acts[course->act_count++] = *handed;
	}
}

/* What is not modelled, or was closed before we looked, explains the alert of a handover and does not demand it. */
__attribute__((noinline)) /* two walks do not fit one frame under the sanitizers */
static void
go_home(struct course *course, int64_t now_us)
{
	struct watch *watch = course->watch;
	struct ladder_place place = watch->place;
	struct ladder_walk walk = { .count = 0 };
	bool required = watch->open && watch->cause != CAUSE_OTHER;
	if (!course->raised || watch->cause == CAUSE_HANDOVER || watch->stay == STORY_NOBODY)
		return;
	if (!watch->open)
		ladder_wait(course->inspector->rota, &place,
			    watch->closed_us < now_us ? watch->closed_us : now_us, &walk);
	for (size_t i = 0; i < walk.count && watch->cause != CAUSE_OTHER; i++)
		inspector_explain(course->inspector, watch, &walk.climbs[i], false);
	inspector_homes(course->inspector, watch, &walk, false);
	inspector_homes(course->inspector, watch, &course->walk, required);
}

static size_t ward_now(const struct inspector *inspector, const struct watch *watch)
{
	return watch->stay == STORY_NOBODY ? watch->ward
					   : inspector->ideal->stays[watch->stay].ward;
}

void inspector_alert(struct inspector *inspector, struct watch *watch, int64_t now_us)
{
	if (is_quiet(inspector, watch, now_us))
		return;
	struct course course = { .inspector = inspector,
				 .watch = watch,
				 .raised = watch->inspected };
	struct watch before = *watch;
	if (!watch->inspected)
		raise_unmodelled(&course);
	gather_acts(&course);
	bool good = try_orders(&course, now_us);
	go_home(&course, now_us);
	if (!course.raised) {
		story_violation(inspector->story, watch->stay, watch->raised_us,
				"extra: an alert %s %s that nothing asked for at that instant "
				"(Task/%s)",
				watch->display, grade_name(watch->grade), watch->id);
	} else if (good && watch->cause != CAUSE_OTHER) {
		check_walk(inspector, watch, &course.walk);
	} else if (watch->cause != CAUSE_OTHER) {
		tell_misfit(inspector, watch, now_us);
	}
	count_snoozes(inspector, &course, &before);
	inspector->tally[TALLY_TAKEN_OVER] += course.taken_over;
	count_office(inspector, &course, &before);
	if (!good || !course.raised) /* told once; or not modelled */
		watch->place = (struct ladder_place){ .grade = watch->grade,
						      .ward = ward_now(inspector, watch),
						      .accepted = watch->accepted,
						      .reached = true,
						      .owner = watch->owner,
						      .owned_us = now_us,
						      .rung = watch->rung,
						      .rung_us = now_us,
						      .deadline_us = watch->deadline_us,
						      .brisk = before.place.brisk,
						      .keeps_hours = before.place.keeps_hours,
						      .call_us = watch->call_us,
						      .snoozed = watch->snoozed_us != 0,
						      .snoozes = watch->snoozes };
	watch->inspected = true;
	if (watch->open && watch->deadline_us <= now_us)
		story_violation(inspector->story, watch->stay, now_us,
				"a deadline passed and nothing happened: %s (Task/%s)",
				watch->display, watch->id);
	if (!watch->open && watch->written && !may_end(inspector, watch, &before))
		story_violation(inspector->story, watch->stay, now_us,
				"closed without a person or a rule: %s, %s (Task/%s)",
				watch->display, watch->end, watch->id);
}
