/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/ideal.h"

#include <stdlib.h>
#include <string.h>

/* reference/ward.md section 4 and the published policies. */
#define PERIOD_US (240 * DATE_US_PER_MIN)
#define FIRST_DUE_US (60 * DATE_US_PER_MIN)
#define SKEW_US (2 * DATE_US_PER_MIN)
#define LATE_US (30 * DATE_US_PER_MIN)
#define REPEAT_US (15 * DATE_US_PER_MIN)
#define GROUP_US (15 * DATE_US_PER_MIN) /* late readings this close together are one upload */
#define BEFORE_US (60 * DATE_US_PER_MIN)
#define KEPT_US (72 * DATE_US_PER_HOUR)
#define CONFLICT_US (60 * DATE_US_PER_S)
enum {
	RAISED_TENTHS = 375,
	STAGES = 5,
	STAGE_ALERT = 3, /* reminder and amber come before */
};
static const struct {
	int64_t after_min;
	enum grade grade;
} stages[STAGES + 1] = {
	{ 0, GRADE_NONE },    { 0, GRADE_NONE },   { 30, GRADE_NONE },
	{ 60, GRADE_MEDIUM }, { 120, GRADE_HIGH }, { 240, GRADE_EMERGENCY },
};

void ideal_done(struct ideal *ideal)
{
	for (size_t i = 0; i < ideal->stay_count; i++) {
		free(ideal->stays[i].readings);
		free(ideal->stays[i].sets);
	}
	free(ideal->stays);
	free(ideal->demands);
	free(ideal->stands);
	free(ideal->calms);
	free(ideal->asides);
	free(ideal->handovers);
	free(ideal->devices);
	free(ideal->held);
	free(ideal->strays);
	*ideal = (struct ideal){ 0 };
}

void ideal_demand(struct ideal *ideal, const struct ideal_demand *one)
{
	void *list = ideal->demands;
	if (!ideal_room(ideal, &list, &ideal->demand_capacity,
			(const size_t[2]){ ideal->demand_count, sizeof(*one) }))
		return;
	ideal->demands = list;
	size_t at = ideal->demand_count++;
	for (; at > 0 && ideal->demands[at - 1].at_us > one->at_us; at--)
		ideal->demands[at] = ideal->demands[at - 1];
	ideal->demands[at] = *one;
}

static void demand(struct ideal *ideal, const struct ideal_stay *stay, struct ideal_demand one)
{
	one.stay = (size_t)(stay - ideal->stays);
	one.at_us = ideal->now_us;
	ideal_demand(ideal, &one);
}

void ideal_ask(struct ideal *ideal, const struct ideal_stay *stay, enum cause cause,
	       enum grade grade)
{
	demand(ideal, stay,
	       (struct ideal_demand){
		       .cause = cause, .grade = grade, .required = true, .again = true });
}

void ideal_set_aside(struct ideal *ideal, const struct ideal_stay *stay, uint32_t observation)
{
	void *list = ideal->asides;
	if (!ideal_room(ideal, &list, &ideal->aside_capacity,
			(const size_t[2]){ ideal->aside_count, sizeof(struct ideal_aside) }))
		return;
	ideal->asides = list;
	ideal->asides[ideal->aside_count++] =
		(struct ideal_aside){ stay == NULL ? SIZE_MAX : (size_t)(stay - ideal->stays),
				      observation, ideal->now_us };
}

/* --- silence -------------------------------------------------------------------------------- */

int64_t ideal_due_us(const struct ideal_stay *stay)
{
	if (!ideal_is_asked(stay))
		return INT64_MAX;
	int64_t due_us = stay->last_enough_us != 0 ? stay->last_enough_us + PERIOD_US
						   : stay->start_us + FIRST_DUE_US;
	/* The schedule starts afresh when somebody comes back from hospital. */
	if (stay->resumed_us != 0 && stay->last_enough_us < stay->resumed_us &&
	    due_us < stay->resumed_us + PERIOD_US)
		due_us = stay->resumed_us + PERIOD_US;
	return due_us;
}

static int64_t stage_next_us(const struct ideal_stay *stay)
{
	int64_t due_us = ideal_due_us(stay);
	if (due_us == INT64_MAX || stay->stage >= STAGES)
		return INT64_MAX;
	return due_us + stages[stay->stage + 1].after_min * DATE_US_PER_MIN;
}

static void stage_enter(struct ideal *ideal, struct ideal_stay *stay, unsigned stage)
{
	stay->stage = stage;
	if (stage >= STAGE_ALERT)
		demand(ideal, stay,
		       (struct ideal_demand){ .cause = CAUSE_SILENCE,
					      .grade = stages[stage].grade,
					      .required = true });
}

void ideal_schedule(struct ideal *ideal, struct ideal_stay *stay)
{
	int64_t due_us = ideal_due_us(stay);
	unsigned stage = 0;
	while (due_us != INT64_MAX && stage < STAGES &&
	       due_us + stages[stage + 1].after_min * DATE_US_PER_MIN <= ideal->now_us)
		stage++;
	if (stage > stay->stage)
		stage_enter(ideal, stay, stage);
	stay->stage = stage;
}

int64_t ideal_next_us(const struct ideal *ideal)
{
	int64_t next_us = ideal_people_next_us(ideal);
	for (size_t i = 0; i < ideal->stay_count; i++) {
		const struct ideal_stay *stay = &ideal->stays[i];
		if (stay->state == STATE_ENDED)
			continue;
		int64_t stage_us = stage_next_us(stay);
		if (ideal_is_asked(stay) && stay->mute_next_us < next_us)
			next_us = stay->mute_next_us;
		next_us = stage_us < next_us ? stage_us : next_us;
		for (unsigned sign = 0; sign < SIGN_KINDS; sign++) {
			if (stay->repeat_us[sign] != 0 && stay->repeat_us[sign] < next_us)
				next_us = stay->repeat_us[sign];
		}
	}
	return next_us;
}

static void stay_advance(struct ideal *ideal, struct ideal_stay *stay)
{
	for (unsigned sign = 0; sign < SIGN_KINDS; sign++) {
		if (stay->repeat_us[sign] == 0 || stay->repeat_us[sign] > ideal->now_us)
			continue;
		stay->repeat_us[sign] = 0;
		ideal_ask(ideal, stay, CAUSE_UNUSABLE, GRADE_MEDIUM);
	}
	while (stage_next_us(stay) <= ideal->now_us)
		stage_enter(ideal, stay, stay->stage + 1);
	if (stay->mute_next_us <= ideal->now_us)
		ideal_equipment(ideal, stay);
}

void ideal_advance(struct ideal *ideal, int64_t until_us)
{
	for (int64_t next_us = ideal_next_us(ideal); next_us <= until_us;
	     next_us = ideal_next_us(ideal)) {
		if (next_us > ideal->now_us)
			ideal->now_us = next_us;
		for (size_t i = 0; i < ideal->stay_count; i++) {
			if (ideal->stays[i].state != STATE_ENDED)
				stay_advance(ideal, &ideal->stays[i]);
		}
		ideal_people_advance(ideal);
	}
	if (until_us > ideal->now_us)
		ideal->now_us = until_us;
}

void ideal_settled(struct ideal *ideal)
{
	ideal->demand_count = ideal->stand_count = 0;
	ideal->calm_count = ideal->aside_count = ideal->stray_count = 0;
	for (size_t i = 0; i < ideal->stay_count; i++) {
		struct ideal_stay *stay = &ideal->stays[i];
		stay->came_again = 0;
		for (size_t j = 0; j < stay->set_count; j++)
			stay->sets[j].touched = false;
	}
}

/* --- stays ---------------------------------------------------------------------------------- */

size_t ideal_admit(struct ideal *ideal, const struct ideal_stay *stay)
{
	void *list = ideal->stays;
	ideal_advance(ideal, stay->start_us);
	if (!ideal_room(ideal, &list, &ideal->stay_capacity,
			(const size_t[2]){ ideal->stay_count, sizeof(*stay) }))
		return 0;
	ideal->stays = list;
	ideal->stays[ideal->stay_count] = *stay;
	ideal->stays[ideal->stay_count].chart = -1;
	ideal->stays[ideal->stay_count].plan_us = stay->start_us; /* it is written after the stay */
	ideal->stay_count++;
	ideal_look_who_is_dead(ideal);
	ideal_equipment(ideal, &ideal->stays[ideal->stay_count - 1]);
	return ideal->stay_count - 1;
}

void ideal_state(struct ideal *ideal, size_t at, enum stay_state state, int64_t at_us)
{
	struct ideal_stay *stay = &ideal->stays[at];
	ideal_advance(ideal, at_us);
	if (state == STATE_ACTIVE && stay->state == STATE_PAUSED)
		stay->resumed_us = at_us;
	if (state != STATE_ACTIVE)
		memset(stay->repeat_us, 0, sizeof(stay->repeat_us));
	if (state == STATE_ENDED) {
		stay->end_us = at_us;
		ideal_people_end(ideal, at);
	}
	stay->state = state;
	ideal_schedule(ideal, stay);
	ideal_equipment(ideal, stay);
}

/* --- readings ------------------------------------------------------------------------------- */

/* What was taken before this stay began belongs to the one that was running then. */
static struct ideal_stay *stay_then(struct ideal *ideal, struct ideal_stay *stay, int64_t stated_us)
{
	for (size_t i = 0; stay != NULL && stated_us < stay->start_us && i < ideal->stay_count;
	     i++) {
		struct ideal_stay *other = &ideal->stays[i];
		if (other->patient == stay->patient && other->state == STATE_ENDED &&
		    other->start_us <= stated_us && stated_us < other->end_us)
			return other;
	}
	return stay;
}

/* The stay of the patient that is open; else the last of those that ended, within this time if so. */
static struct ideal_stay *stay_within(struct ideal *ideal, size_t patient, int64_t within_us)
{
	struct ideal_stay *ended = NULL;
	for (size_t i = 0; i < ideal->stay_count; i++) {
		struct ideal_stay *stay = &ideal->stays[i];
		if (!ideal_same(ideal, stay->patient, patient))
			continue;
		if (stay->state != STATE_ENDED)
			return stay;
		if (ideal->now_us - stay->end_us < within_us &&
		    (ended == NULL || stay->end_us > ended->end_us))
			ended = stay;
	}
	return ended;
}

struct ideal_stay *ideal_stay_of(struct ideal *ideal, size_t patient)
{
	return stay_within(ideal, patient, KEPT_US);
}

/* What a home sends is never nobody's. */
struct ideal_stay *ideal_stay_for_home(struct ideal *ideal, size_t patient)
{
	return stay_within(ideal, patient, INT64_MAX);
}

struct ideal_reading ideal_judge(const struct delivery *sent)
{
	struct ideal_reading one = {
		.received_us = sent->received_us,
		.stated_us = sent->stated_us,
		.feed = sent->feed,
		.observation = sent->observation,
		.device = sent->device,
		.device_of = sent->device_of,
		.sign = sent->sign,
		.value = sent->unreadable ? 0 : sent->value,
		.picked = sent->picked,
		.suspect = sent->stated_us > sent->received_us + SKEW_US,
	};
	one.impossible =
		sent->unreadable || chart_plausibility(sent->sign, sent->value) == IMPOSSIBLE;
	one.measured_us =
		one.suspect || one.stated_us > one.received_us ? one.received_us : one.stated_us;
	one.late = one.received_us - one.measured_us > LATE_US;
	return one;
}

static bool is_same(const struct ideal_reading *a, const struct ideal_reading *b)
{
	return a->sign == b->sign && a->value == b->value && a->stated_us == b->stated_us &&
	       a->device == b->device && a->device_of == b->device_of && a->picked == b->picked &&
	       a->impossible == b->impossible;
}

/* NULL when it belongs to no time of this stay or memory is short. */
static struct ideal_reading *insert(struct ideal *ideal, struct ideal_stay *stay,
				    struct ideal_reading one)
{
	void *list = stay->readings;
	if (!ideal_room(ideal, &list, &stay->reading_capacity,
			(const size_t[2]){ stay->reading_count, sizeof(one) }))
		return NULL;
	stay->readings = list;
	size_t at = stay->reading_count;
	for (size_t i = 0; i < stay->reading_count; i++)
		one.duplicate = one.duplicate || is_same(&stay->readings[i], &one); /* it is last */
	while (at > 0 && stay->readings[at - 1].measured_us > one.measured_us)
		at--;
	memmove(stay->readings + at + 1, stay->readings + at,
		(stay->reading_count - at) * sizeof(one));
	stay->readings[at] = one;
	stay->reading_count++;
	return &stay->readings[at];
}

static void temperature(struct ideal *ideal, struct ideal_stay *stay, int tenths)
{
	if (stay->adult)
		return; /* NEWS2 scores it; there is no rule beside it */
	if (tenths >= IDEAL_FEVER_TENTHS || tenths < IDEAL_COLD_TENTHS)
		demand(ideal, stay,
		       (struct ideal_demand){ .cause = tenths >= IDEAL_FEVER_TENTHS ? CAUSE_FEVER
										    : CAUSE_COLD,
					      .grade = GRADE_HIGH,
					      .required = true,
					      .value = tenths });
	else if (tenths >= RAISED_TENTHS) /* counts together with an open concern */
		demand(ideal, stay, (struct ideal_demand){ .cause = CAUSE_WORRY });
}

static const enum grade mind_grades[] = { GRADE_NONE,      GRADE_HIGH,      GRADE_HIGH,
					  GRADE_EMERGENCY, GRADE_EMERGENCY, GRADE_LOW };

static void mind(struct ideal *ideal, struct ideal_stay *stay, int code)
{
	if (code == MIND_ALERT || (stay->adult && code == MIND_CONFUSED))
		return; /* of an adult NEWS2 gives it 3 points */
	demand(ideal, stay,
	       (struct ideal_demand){ .cause = code == MIND_ASLEEP ? CAUSE_ASLEEP : CAUSE_MIND,
				      .grade = mind_grades[code],
				      .required = true });
}

enum grade ideal_grade_alone(const struct ideal_stay *stay, const struct ideal_reading *one)
{
	if (one->impossible)
		return GRADE_NONE;
	if (one->sign == SIGN_WORRY && one->value != 0)
		return one->picked > GRADE_MEDIUM ? one->picked : GRADE_MEDIUM;
	if (one->sign == SIGN_MIND)
		return stay->adult && one->value == MIND_CONFUSED ? GRADE_NONE
								  : mind_grades[one->value];
	if (one->sign == SIGN_TEMPERATURE && !stay->adult &&
	    (one->value >= IDEAL_FEVER_TENTHS || one->value < IDEAL_COLD_TENTHS))
		return GRADE_HIGH;
	return GRADE_NONE;
}

/* Two values that mean the same do not disagree, unless both are said of one instant. */
static bool is_alike(const struct ideal_stay *stay, const struct ideal_reading *a,
		     const struct ideal_reading *b)
{
	int chart_a = chart_of_age(date_age_years(stay->birth, a->measured_us), stay->adult);
	int chart_b = chart_of_age(date_age_years(stay->birth, b->measured_us), stay->adult);
	bool cold = a->sign == SIGN_TEMPERATURE && !stay->adult &&
		    (a->value < IDEAL_COLD_TENTHS) != (b->value < IDEAL_COLD_TENTHS);
	return a->value == b->value ||
	       ((a->stated_us != b->stated_us || a->suspect || b->suspect) && !cold &&
		chart_points(chart_a, a->sign, a->value) ==
			chart_points(chart_b, b->sign, b->value) &&
		ideal_grade_alone(stay, a) == ideal_grade_alone(stay, b));
}

/* One device, a moment later: a pulse and a breath move; half the rate is the sensor's mistake. */
static bool has_moved(const struct ideal_reading *a, const struct ideal_reading *b)
{
	int64_t low = a->value < b->value ? a->value : b->value;
	int64_t high = a->value < b->value ? b->value : a->value;
	bool half = a->sign == SIGN_PULSE && high * 10 >= low * 18 && high * 10 <= low * 22;
	return a->device != 0 && a->device == b->device && a->device_of == b->device_of &&
	       a->stated_us != b->stated_us && !a->suspect && !b->suspect && !half &&
	       (a->sign == SIGN_PULSE || a->sign == SIGN_BREATHS || a->sign == SIGN_SPO2);
}

static void conflict(struct ideal *ideal, struct ideal_stay *stay, const struct ideal_reading *one)
{
	for (size_t i = 0; i < stay->reading_count && !one->late; i++) {
		const struct ideal_reading *other = &stay->readings[i];
		int64_t apart_us = other->measured_us - one->measured_us;
		if (other == one || other->sign != one->sign || other->duplicate ||
		    other->impossible || apart_us > CONFLICT_US || apart_us < -CONFLICT_US ||
		    is_alike(stay, one, other) || has_moved(one, other))
			continue;
		demand(ideal, stay,
		       (struct ideal_demand){ .cause = CAUSE_CONFLICT,
					      .grade = GRADE_TECHNICAL,
					      .required = true });
		return;
	}
}

/* Taken during the stay, arrived after its end. */
static bool is_filed(const struct ideal_stay *stay, int64_t measured_us, int64_t received_us)
{
	return stay->state == STATE_ENDED && measured_us < stay->end_us &&
	       received_us >= stay->end_us;
}

/* One alert, as bad as the worst of them and never less than Low, so that a named person looks. */
static void file(struct ideal_stay *stay, enum grade grade)
{
	enum grade least = grade > GRADE_LOW ? grade : GRADE_LOW;
	stay->filed = least > stay->filed ? least : stay->filed;
}

/* A value and the set that it belongs to are one piece of news. */
static void tell_filed(struct ideal *ideal, struct ideal_stay *stay)
{
	if (stay->filed != GRADE_NONE)
		ideal_ask(ideal, stay, CAUSE_AFTER, stay->filed);
	stay->filed = GRADE_NONE;
}

/* What has to be measured again is measured after it. */
static bool is_before_unusable(const struct ideal_stay *stay, const struct ideal_reading *one)
{
	for (size_t i = 0; i < stay->reading_count; i++) {
		const struct ideal_reading *other = &stay->readings[i];
		if (other->sign == one->sign && other->impossible && !other->duplicate &&
		    other->measured_us > one->measured_us)
			return true;
	}
	return false;
}

static void meaning(struct ideal *ideal, struct ideal_stay *stay, const struct ideal_reading *one)
{
	if (one->duplicate)
		return;
	if (one->suspect)
		demand(ideal, stay,
		       (struct ideal_demand){
			       .cause = CAUSE_TIME, .grade = GRADE_TECHNICAL, .required = true });
	if (is_filed(stay, one->measured_us, one->received_us)) {
		file(stay, ideal_grade_alone(stay, one));
		return;
	}
	if (one->impossible) {
		if (ideal_is_asked(stay) && stay->repeat_us[one->sign] == 0)
			stay->repeat_us[one->sign] = ideal->now_us + REPEAT_US;
		return;
	}
	if (!one->late && !is_before_unusable(stay, one)) {
		stay->repeat_us[one->sign] = 0;
		stay->came_again |= 1u << one->sign;
	}
	if (one->sign == SIGN_WORRY) {
		if (one->value != 0)
			ideal_ask(ideal, stay, CAUSE_WORRY,
				  one->picked > GRADE_MEDIUM ? one->picked : GRADE_MEDIUM);
		return;
	}
	if (one->sign == SIGN_TEMPERATURE)
		temperature(ideal, stay, one->value);
	if (one->sign == SIGN_MIND)
		mind(ideal, stay, one->value);
	conflict(ideal, stay, one);
}

static struct ideal_demand of_set(const struct ideal_set *set, enum cause cause, enum grade grade)
{
	return (struct ideal_demand){ .cause = cause,
				      .grade = grade,
				      .required = grade > GRADE_NONE,
				      .total = set->sum.total,
				      .abnormal = set->sum.abnormal,
				      .set_us = set->start_us,
				      .group_us = set->group_us };
}

/* What came late together makes one alert: its peak, Medium at most, unless the newest known is worse. */
static void late_group(struct ideal *ideal, struct ideal_stay *stay)
{
	const struct ideal_set *peak = NULL;
	if (stay->group_us == 0 || stay->set_count == 0)
		return;
	const struct ideal_set *newest = &stay->sets[stay->set_count - 1];
	for (size_t i = 0; i < stay->set_count; i++) {
		const struct ideal_set *set = &stay->sets[i];
		if (set->late && set->group_us == stay->group_us &&
		    (peak == NULL || set->sum.grade > peak->sum.grade ||
		     (set->sum.grade == peak->sum.grade && set->sum.total > peak->sum.total)))
			peak = set;
	}
	if (peak == NULL || peak->sum.grade == GRADE_NONE)
		return;
	enum grade grade = peak->sum.grade < GRADE_MEDIUM ? peak->sum.grade : GRADE_MEDIUM;
	if (newest->late && newest->group_us == stay->group_us && newest->sum.grade > grade)
		grade = newest->sum.grade;
	demand(ideal, stay, of_set(peak, CAUSE_LATE, grade));
}

static void note_calm(struct ideal *ideal, const struct ideal_stay *stay)
{
	const struct ideal_set *newest =
		stay->set_count == 0 ? NULL : &stay->sets[stay->set_count - 1];
	void *list = ideal->calms;
	if (newest == NULL || newest->sum.grade != GRADE_NONE || !newest->enough ||
	    !ideal_room(ideal, &list, &ideal->calm_capacity,
			(const size_t[2]){ ideal->calm_count, sizeof(struct ideal_calm) }))
		return;
	ideal->calms = list;
	ideal->calms[ideal->calm_count++] =
		(struct ideal_calm){ (size_t)(stay - ideal->stays), ideal->now_us, newest->start_us,
				     newest->signs };
}

static void sets(struct ideal *ideal, struct ideal_stay *stay)
{
	ideal_group(ideal, stay);
	for (size_t i = 0; i < stay->set_count; i++) {
		struct ideal_set *set = &stay->sets[i];
		if (!set->fresh)
			continue;
		if (i + 1 == stay->set_count && !stay->adult) {
			if (stay->chart >= 0 && stay->chart != set->chart)
				demand(ideal, stay,
				       (struct ideal_demand){ .cause = CAUSE_BAND,
							      .grade = GRADE_TECHNICAL,
							      .required = true });
			stay->chart = set->chart;
		}
		if (is_filed(stay, set->start_us, set->received_us)) {
			if (set->sum.grade > GRADE_NONE)
				file(stay, set->sum.grade);
		} else if (set->late) {
			set->group_us = stay->group_us;
		} else if (set->sum.grade > GRADE_NONE)
			demand(ideal, stay, of_set(set, CAUSE_SCORE, set->sum.grade));
	}
	int64_t enough_us = 0;
	for (size_t i = 0; i < stay->set_count; i++) {
		if (stay->sets[i].enough)
			enough_us = stay->sets[i].start_us;
	}
	/* None left inside the window: what satisfied the schedule was withdrawn. */
	if (enough_us != 0 || stay->last_enough_us >= ideal->now_us - KEPT_US)
		stay->last_enough_us = enough_us;
	note_calm(ideal, stay);
}

static void finish(struct ideal *ideal, struct ideal_stay *stay)
{
	tell_filed(ideal, stay);
	if (stay->group_us != 0 && ideal->now_us - stay->group_last_us > GROUP_US)
		stay->group_us = 0;
	late_group(ideal, stay);
	ideal_schedule(ideal, stay);
}

/* `news`: it says something that was not said before. */
static void take_in(struct ideal *ideal, struct ideal_stay *stay, struct ideal_reading one,
		    bool news)
{
	struct ideal_reading *kept = insert(ideal, stay, one);
	if (kept == NULL)
		return;
	if (news && kept->late && !kept->duplicate) {
		if (stay->group_us == 0 || ideal->now_us - stay->group_last_us > GROUP_US)
			stay->group_us = ideal->now_us;
		stay->group_last_us = ideal->now_us;
	}
	/* Of an upload that came late its first reading says what the rest is. */
	if (news && (kept->duplicate ? !kept->late : kept->impossible || kept->suspect))
		ideal_set_aside(ideal, stay, kept->observation);
	if (news)
		meaning(ideal, stay, kept);
	sets(ideal, stay);
	finish(ideal, stay);
}

void ideal_take(struct ideal *ideal, const struct delivery *sent)
{
	ideal_advance(ideal, sent->received_us);
	ideal_tell_merged(ideal, sent->subject);
	if (ideal_hold_back(ideal, sent))
		return;
	struct ideal_stay *stay =
		stay_then(ideal, ideal_stay_for_home(ideal, sent->subject), sent->stated_us);
	struct ideal_reading one = ideal_judge(sent);
	if (stay == NULL) {
		/* What a person wrote of somebody who is on no ward is a chart's; a call for help is one. */
		if (sent->sign != SIGN_WORRY)
			return;
		ideal_set_aside(ideal, NULL, sent->observation);
		ideal_stray(ideal,
			    sent->value == 0              ? GRADE_LOW
			    : sent->picked > GRADE_MEDIUM ? sent->picked
							  : GRADE_MEDIUM,
			    false);
		return;
	}
	bool before = one.measured_us < stay->start_us - BEFORE_US;
	if (before || one.measured_us < ideal->now_us - KEPT_US) {
		/* Nothing is dropped in silence: somebody looks at the chart. What was keyed in from before the stay
		 * may be history; a home device cannot have been there. */
		demand(ideal, stay,
		       (struct ideal_demand){ .cause = CAUSE_TIME,
					      .grade = before && one.device == 0 ? GRADE_TECHNICAL
										 : GRADE_MEDIUM,
					      .required = true });
		return;
	}
	take_in(ideal, stay, one, true);
}

/* --- corrections ---------------------------------------------------------------------------- */

static size_t place_of(const struct ideal_stay *stay, uint32_t observation)
{
	size_t at = 0;
	while (at < stay->reading_count && stay->readings[at].observation != observation)
		at++;
	return at;
}

bool ideal_is_charted(const struct ideal *ideal, size_t stay, uint32_t observation)
{
	return place_of(&ideal->stays[stay], observation) < ideal->stays[stay].reading_count;
}

/* What repeated a reading that went may now be the first. */
static void take_out(struct ideal_stay *stay, size_t at)
{
	stay->reading_count--;
	memmove(stay->readings + at, stay->readings + at + 1,
		(stay->reading_count - at) * sizeof(stay->readings[0]));
	for (size_t i = 0; i < stay->reading_count; i++) {
		struct ideal_reading *one = &stay->readings[i];
		one->duplicate = false;
		for (size_t j = 0; j < stay->reading_count; j++)
			one->duplicate = one->duplicate || (stay->readings[j].feed < one->feed &&
							    is_same(&stay->readings[j], one));
	}
}

static void stand(struct ideal *ideal, struct ideal_stand one)
{
	void *list = ideal->stands;
	if (!ideal_room(ideal, &list, &ideal->stand_capacity,
			(const size_t[2]){ ideal->stand_count, sizeof(one) }))
		return;
	ideal->stands = list;
	ideal->stands[ideal->stand_count++] = one;
}

/* What was withdrawn makes nothing worse and nothing better: alerts are compared with what still stands. */
static void tell_what_stands(struct ideal *ideal, const struct ideal_stay *stay)
{
	static const enum cause compared[] = { CAUSE_SCORE, CAUSE_LATE, CAUSE_FEVER, CAUSE_COLD };
	size_t first = ideal->stand_count;
	for (size_t i = 0; i < stay->set_count; i++) {
		const struct ideal_set *set = &stay->sets[i];
		stand(ideal, (struct ideal_stand){ .set_us = set->start_us,
						   .received_us = set->received_us,
						   .total = set->sum.total,
						   .abnormal = set->sum.abnormal,
						   .late = set->late });
	}
	for (size_t i = 0; i < stay->reading_count; i++) {
		const struct ideal_reading *one = &stay->readings[i];
		if (one->sign == SIGN_TEMPERATURE && !one->impossible && !one->duplicate &&
		    (one->value >= IDEAL_FEVER_TENTHS || one->value < IDEAL_COLD_TENTHS))
			stand(ideal, (struct ideal_stand){ .received_us = one->received_us,
							   .value = one->value });
	}
	for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++)
		demand(ideal, stay,
		       (struct ideal_demand){ .cause = compared[i],
					      .went = true,
					      .stand_first = first,
					      .stand_count = ideal->stand_count - first });
}

void ideal_correct(struct ideal *ideal, const struct delivery *sent, bool withdrawn)
{
	struct ideal_stay *stay = &ideal->stays[sent->stay];
	struct delivery as_received = *sent;
	ideal_advance(ideal, sent->received_us);
	ideal_tell_merged(ideal, sent->subject);
	size_t at = place_of(stay, sent->observation);
	struct ideal_reading old = stay->readings[at];
	as_received.received_us = old.received_us; /* it came when it first came */
	if (sent->device != 0 && !withdrawn)
		ideal_hear(ideal, ideal_device(ideal, sent->device_of, sent->device),
			   sent->stated_us, -1);
	take_out(stay, at);
	if (!withdrawn) {
		struct ideal_reading one = ideal_judge(&as_received);
		take_in(ideal, stay, one, !is_same(&old, &one));
	} else {
		sets(ideal, stay);
		finish(ideal, stay);
	}
	tell_what_stands(ideal, stay);
}
