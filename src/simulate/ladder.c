/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/ladder.h"

enum { RUNGS_MAX = 5 };
static const struct {
	int64_t acknowledge_min, review_min, repeat_min;
	uint32_t rungs; /* how many */
	uint32_t duties[RUNGS_MAX];
} ladders[GRADE_COUNT] = {
	/* First the technical desk, which no simulated ward has. */
	[GRADE_TECHNICAL] = { 240, 480, 480, 3, { 0, 1u << DUTY_NURSE, 1u << DUTY_CHARGE } },
	[GRADE_LOW] = { 60, 60, 240, 2, { 1u << DUTY_NURSE, 1u << DUTY_CHARGE } },
	[GRADE_MEDIUM] = { 15,
			   30,
			   30,
			   4,
			   { 1u << DUTY_NURSE, 1u << DUTY_CHARGE, 1u << DUTY_REGISTRAR,
			     1u << DUTY_SWITCHBOARD } },
	[GRADE_HIGH] = { 5,
			 15,
			 15,
			 5,
			 { 1u << DUTY_NURSE, 1u << DUTY_CHARGE, 1u << DUTY_REGISTRAR,
			   1u << DUTY_CONSULTANT, 1u << DUTY_SWITCHBOARD } },
	[GRADE_EMERGENCY] = { 2,
			      5,
			      15,
			      3,
			      { 1u << DUTY_NURSE | 1u << DUTY_LEAD | 1u << DUTY_REGISTRAR,
				1u << DUTY_CONSULTANT, 1u << DUTY_SWITCHBOARD } },
};

bool rota_is_on_shift(const struct rota_person *person, int64_t at_us)
{
	for (size_t i = 0; i < person->shift_count; i++) {
		if (person->shifts[i].start_us <= at_us && at_us < person->shifts[i].end_us)
			return true;
	}
	return person->always;
}

int64_t rota_home_us(const struct rota_person *person, int64_t at_us)
{
	int64_t home_us = at_us;
	for (size_t i = 0; i < person->shift_count; i++) {
		if (person->shifts[i].start_us <= home_us && home_us < person->shifts[i].end_us) {
			home_us = person->shifts[i].end_us;
			i = SIZE_MAX; /* and from the first again */
		}
	}
	return person->always ? INT64_MAX : home_us;
}

int64_t ladder_review_us(enum grade grade)
{
	return ladders[grade].review_min * DATE_US_PER_MIN;
}

int64_t ladder_acknowledge_us(enum grade grade, bool brisk)
{
	if (brisk && grade == GRADE_MEDIUM)
		return LADDER_BRISK_MEDIUM_MIN * DATE_US_PER_MIN;
	if (brisk && grade == GRADE_HIGH)
		return LADDER_BRISK_HIGH_MIN * DATE_US_PER_MIN;
	return ladders[grade].acknowledge_min * DATE_US_PER_MIN;
}

uint32_t ladder_rungs(enum grade grade)
{
	return ladders[grade].rungs;
}

uint32_t ladder_rung_of(enum grade grade, enum duty duty)
{
	for (uint32_t rung = 0; rung < ladders[grade].rungs; rung++) {
		if ((ladders[grade].duties[rung] & 1u << duty) != 0)
			return rung;
	}
	return 0;
}

uint32_t ladder_rung_in(enum grade grade, const struct ladder_place *place)
{
	uint32_t rung = place->rung, last = ladders[grade].rungs - 1;
	uint32_t duties = ladders[place->grade].duties[rung];
	if (!place->reached)
		return 0;
	for (uint32_t at = 0; at < rung && at < last && grade != place->grade; at++) {
		if ((duties & ladders[grade].duties[at]) == duties)
			return at;
	}
	return rung < last ? rung : last;
}

static size_t first_there(const struct rota *rota, size_t ward, uint32_t duties, int64_t at_us)
{
	for (size_t i = 0; i < rota->count; i++) {
		if (rota->people[i].ward == ward && (duties & 1u << rota->people[i].duty) != 0 &&
		    rota_is_on_shift(&rota->people[i], at_us))
			return i;
	}
	return LADDER_OTHER;
}

/* When the owner goes home for the first time since the alert is theirs. */
static int64_t goes_home_us(const struct rota *rota, const struct ladder_place *place)
{
	int64_t home_us = INT64_MAX;
	if (place->owner == LADDER_OTHER)
		return home_us;
	const struct rota_person *person = &rota->people[place->owner];
	for (size_t i = 0; i < person->shift_count; i++) {
		int64_t end_us = person->shifts[i].end_us;
		if (end_us >= place->owned_us && end_us < home_us &&
		    !rota_is_on_shift(person, end_us))
			home_us = end_us;
	}
	return home_us;
}

static bool keeps_hours(const struct rota *rota, const struct ladder_place *place)
{
	return rota->office.days != 0 && place->keeps_hours && place->grade == GRADE_TECHNICAL;
}

static int64_t after_us(const struct rota *rota, const struct ladder_place *place, int64_t at_us,
			int64_t time_us)
{
	return keeps_hours(rota, place) ? office_after_us(&rota->office, at_us, time_us)
					: at_us + time_us;
}

/* Who is there for this rung; an empty one is skipped at once. */
static void resolve(const struct rota *rota, struct ladder_place *place, uint32_t rung,
		    struct ladder_climb *step)
{
	uint32_t duties = ladders[place->grade].duties[rung];
	place->rung = rung;
	place->owner = first_there(rota, place->ward, duties, step->at_us);
	place->reached = place->owner != LADDER_OTHER;
	if (place->reached)
		step->duties = duties;
	else
		step->empty |= duties;
}

/* From its rung up to the first with somebody on shift. With nobody up to the top it goes round, to the lowest rung
 * with somebody, who has the level's own limit; with nobody at all it waits as long on the top one. */
static void call_out(const struct rota *rota, struct ladder_place *place, int64_t at_us,
		     struct ladder_walk *walk)
{
	struct ladder_climb step = {
		.at_us = at_us, .only = LADDER_OTHER, .grade = place->grade, .ward = place->ward
	};
	uint32_t first = place->rung, top = ladders[place->grade].rungs - 1;
	place->reached = false;
	place->call_us = 0;
	place->rung_us = place->owned_us = at_us;
	for (uint32_t rung = first; rung <= top && !place->reached; rung++)
		resolve(rota, place, rung, &step);
	if (!place->reached) {
		place->deadline_us = after_us(rota, place, at_us,
					      ladder_acknowledge_us(place->grade, place->brisk));
		for (uint32_t rung = 0; rung < first && !place->reached; rung++)
			resolve(rota, place, rung, &step);
	}
	if (!place->reached)
		place->rung = top;
	step.deadline_us = place->deadline_us;
	if (walk->count < LADDER_CLIMBS_MAX)
		walk->climbs[walk->count++] = step;
}

/* `rung_again`: on which rung, and whether it is the last once more. Outside its hours nobody is called. */
static void climb(const struct rota *rota, struct ladder_place *place, const uint32_t rung_again[2],
		  int64_t at_us, struct ladder_walk *walk)
{
	int64_t wait_us = rung_again[1] != 0 ? ladders[place->grade].repeat_min * DATE_US_PER_MIN
					     : ladder_acknowledge_us(place->grade, place->brisk);
	int64_t call_us = after_us(rota, place, at_us, 0);
	place->snoozed = false;
	place->rung = rung_again[0];
	place->deadline_us = after_us(rota, place, at_us, wait_us);
	walk->office.stretched += place->deadline_us > at_us + wait_us;
	if (call_us == at_us) {
		call_out(rota, place, at_us, walk);
		return;
	}
	walk->office.waited++;
	place->reached = false;
	place->owner = LADDER_OTHER;
	place->rung_us = place->owned_us = at_us;
	place->call_us = call_us;
}

void ladder_start(const struct rota *rota, struct ladder_place *place, uint32_t rung, int64_t at_us,
		  struct ladder_walk *walk)
{
	uint32_t last = ladders[place->grade].rungs - 1;
	place->accepted = false;
	climb(rota, place, (const uint32_t[2]){ rung < last ? rung : last, 0 }, at_us, walk);
}

/* Called out anew, and not a moment later than it would have been. */
static void start_in_time(const struct rota *rota, struct ladder_place *place, uint32_t rung,
			  const int64_t at_until_us[2], struct ladder_walk *walk)
{
	int64_t until_us = at_until_us[1];
	ladder_start(rota, place, rung, at_until_us[0], walk);
	if (until_us > at_until_us[0] && until_us < place->deadline_us && until_us > place->call_us)
		place->deadline_us = until_us;
}

static void pass_on(const struct rota *rota, struct ladder_place *place, int64_t at_us,
		    struct ladder_walk *walk)
{
	int64_t until_us = place->accepted ? INT64_MAX : place->deadline_us;
	start_in_time(rota, place, place->rung, (const int64_t[2]){ at_us, until_us }, walk);
	/* What waits for the hours is nobody's to take over. */
	if (place->call_us != 0)
		walk->office.left++;
	else if (walk->home_count < LADDER_HOMES_MAX)
		walk->homes[walk->home_count++] = (struct ladder_home){ at_us, place->grade };
}

static void expire(const struct rota *rota, struct ladder_place *place, struct ladder_walk *walk)
{
	uint32_t next[2] = { place->rung + 1, 0 };
	place->accepted = false;
	if (place->snoozed) {
		/* Nobody was asked meanwhile: the same rung once more. */
		ladder_start(rota, place, ladder_rung_in(place->grade, place), place->deadline_us,
			     walk);
		return;
	}
	if (!place->reached) {
		next[0] = 0;
	} else if (next[0] >= ladders[place->grade].rungs) {
		next[0] = ladders[place->grade].rungs - 1;
		next[1] = 1;
	}
	climb(rota, place, next, place->deadline_us, walk);
}

void ladder_wait(const struct rota *rota, struct ladder_place *place, int64_t until_us,
		 struct ladder_walk *walk)
{
	for (;;) {
		int64_t home_us = goes_home_us(rota, place);
		if (place->call_us != 0 && place->call_us <= until_us &&
		    place->call_us <= place->deadline_us) {
			walk->office.called++;
			call_out(rota, place, place->call_us, walk);
		} else if (home_us <= until_us && home_us <= place->deadline_us)
			pass_on(rota, place, home_us, walk);
		else if (place->deadline_us <= until_us)
			expire(rota, place, walk);
		else
			return;
	}
}

int64_t ladder_next_us(const struct rota *rota, const struct ladder_place *place)
{
	int64_t home_us = goes_home_us(rota, place);
	int64_t next_us = home_us < place->deadline_us ? home_us : place->deadline_us;
	return place->call_us != 0 && place->call_us < next_us ? place->call_us : next_us;
}

void ladder_accept(const struct rota *rota, struct ladder_place *place, int64_t at_us,
		   int64_t wished_us, size_t by)
{
	int64_t review_us = ladder_review_us(place->grade);
	place->accepted = true;
	place->reached = true;
	place->snoozed = false;
	place->snoozes = 0;
	place->owner = by;
	place->owned_us = at_us;
	place->call_us = 0;
	if (wished_us > at_us && wished_us - at_us < review_us)
		review_us = wished_us - at_us;
	place->deadline_us = after_us(rota, place, at_us, review_us);
}

bool ladder_take_over(struct ladder_place *place, const size_t from_to[2], int64_t at_us,
		      struct ladder_walk *walk)
{
	if (place->owner == LADDER_OTHER || place->owner != from_to[0])
		return false;
	place->owner = from_to[1];
	place->owned_us = at_us;
	/* What was answered is only another's from now on; what is silent stays it. */
	if (!place->accepted && !place->snoozed && walk->count < LADDER_CLIMBS_MAX)
		walk->climbs[walk->count++] =
			(struct ladder_climb){ .at_us = at_us,
					       .only = from_to[1],
					       .grade = place->grade,
					       .ward = place->ward,
					       .deadline_us = place->deadline_us };
	return true;
}

void ladder_move(const struct rota *rota, struct ladder_place *place, const size_t ward_rung[2],
		 int64_t at_us, struct ladder_walk *walk)
{
	int64_t until_us = place->accepted || place->snoozed ? INT64_MAX : place->deadline_us;
	place->ward = ward_rung[0];
	place->snoozed = false;
	place->snoozes = 0;
	start_in_time(rota, place, (uint32_t)ward_rung[1], (const int64_t[2]){ at_us, until_us },
		      walk);
}

bool ladder_snooze(struct ladder_place *place, const struct rota_person *person, int64_t at_us,
		   int64_t wished_us)
{
	int64_t longest_us = at_us + ladder_review_us(place->grade);
	int64_t home_us = rota_home_us(person, at_us);
	int64_t until_us = wished_us < longest_us ? wished_us : longest_us;
	until_us = home_us < until_us ? home_us : until_us;
	if (place->grade == GRADE_EMERGENCY || until_us <= at_us || person->ward != place->ward ||
	    (place->snoozes > 0 && person->duty != DUTY_CHARGE))
		return false;
	place->snoozed = true;
	place->call_us = 0;
	place->snoozes++;
	place->deadline_us = until_us;
	return true;
}
