/* SPDX-License-Identifier: Apache-2.0
 * Homes: who is admitted, how ill they get, what they measure and when it leaves the house. All chance is of
 * the bed's own dice. */
#include "simulate/trial.h"

#include "simulate/paper.h"

#include <stdio.h>

#define MINUTE DATE_US_PER_MIN
#define HOUR DATE_US_PER_HOUR

static const struct {
	int usual[SIGN_COUNT], ill[SIGN_COUNT];
} bodies[CHART_ADULT + 1] = {
	{ { 380, 1300, 980, 367, 800, 10, 0, 0, 0 }, { 760, 1920, 870, 367, 560, 40, 30, 3, 0 } },
	{ { 290, 1130, 980, 367, 900, 10, 0, 0, 0 }, { 640, 1780, 880, 367, 640, 40, 30, 3, 0 } },
	{ { 220, 990, 980, 367, 1000, 10, 0, 0, 0 }, { 540, 1680, 880, 367, 740, 40, 30, 3, 0 } },
	{ { 190, 840, 980, 367, 1100, 10, 0, 0, 0 }, { 440, 1400, 880, 367, 820, 40, 30, 3, 0 } },
	{ { 160, 740, 970, 367, 1250, 10, 0, 0, 0 }, { 300, 1380, 880, 367, 860, 40, 30, 3, 0 } },
};

static int64_t between(struct bed *bed, int64_t low_min, int64_t high_min)
{
	/* Whole milliseconds: the record's own grain. */
	return dice_between(&bed->dice, low_min * 60000, high_min * 60000) * 1000;
}

/* --- admission ------------------------------------------------------------------------------ */

static void be_born(struct trial *trial, struct bed *bed, int64_t true_us)
{
	static const int turns[] = { 1, 5, 13 };
	int64_t days;
	bed->adult = dice_percent(&bed->dice, 25);
	if (bed->adult) {
		days = dice_between(&bed->dice, 20 * 366, 90 * 365);
	} else if (dice_percent(&bed->dice, 20)) {
		/* A birthday on the ward that changes the chart. */
		int years = turns[dice_between(&bed->dice, 0, 2)];
		struct date_civil day =
			date_to_civil(true_us + dice_between(&bed->dice, 1, 6) * DATE_US_PER_DAY);
		days = -1;
		day.day = day.month == 2 && day.day == 29 ? 28 : day.day;
		snprintf(bed->birth_date, sizeof(bed->birth_date), "%04u-%02u-%02u",
			 (unsigned)(day.year - years) % 10000, (unsigned)day.month % 100,
			 (unsigned)day.day % 100);
	} else {
		days = dice_between(&bed->dice, 20, 17 * 365);
	}
	if (days >= 0) {
		struct date_civil day = date_to_civil(true_us - days * DATE_US_PER_DAY);
		snprintf(bed->birth_date, sizeof(bed->birth_date), "%04u-%02u-%02u",
			 (unsigned)day.year % 10000, (unsigned)day.month % 100,
			 (unsigned)day.day % 100);
	}
	enum error error = date_parse(str_from_c(bed->birth_date), DATE_KIND_DATE, &bed->birth);
	ASSERT(error == ERROR_OK);
	bed->patient = bed->writes_as = trial->patient_count++;
	bed->second = bed->dead_as = TRIAL_NOBODY;
	bed->merged = false;
}

static void put(struct trial *trial, struct str type, struct str id, struct str body)
{
	enum error error = trial_commit(trial, type, id, body, RECORD_ANY);
	ASSERT(error == ERROR_OK);
}

static void move_in(struct trial *trial, struct bed *bed)
{
	struct arena *arena = &trial->scratch;
	office_write_patient(trial, bed, bed->patient);
	put(trial, STR("RelatedPerson"), paper_id(arena, "c", bed->patient),
	    paper_contact(arena, bed->patient));
	home_unpack(trial, bed);
}

static void draw_character(struct bed *bed, int64_t true_us)
{
	int chart = chart_of_age(date_age_years(bed->birth, true_us), bed->adult);
	for (unsigned sign = 0; sign < SIGN_COUNT; sign++) {
		bed->usual[sign] = bodies[chart].usual[sign];
		bed->ill[sign] = bodies[chart].ill[sign];
	}
	bed->usual[SIGN_PULSE] += (int)dice_between(&bed->dice, -4, 4) * 10;
	bed->late = (int)dice_between(&bed->dice, 2, 20);
	bed->half = (int)dice_between(&bed->dice, 2, 25);
	bed->missed = (int)dice_between(&bed->dice, 1, 15);
	bed->again = (int)dice_between(&bed->dice, 2, 15);
	bed->shuffled = (int)dice_between(&bed->dice, 0, 60);
	bed->singly = (int)dice_between(&bed->dice, 0, 60);
	bed->ill_to_us = bed->fever_to_us = bed->stuck_until_us = bed->clock_wrong_until_us = 0;
	bed->offline_until_us = 0;
	bed->outbox_count = bed->last_count = 0;
}

void home_admit(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	bool same = trial->figures.stays > 0 && !bed->dead && bed->last_count > 0 &&
		    dice_percent(&bed->dice, 30);
	struct ideal_stay stay = { .start_us = trial->now_us };
	if (!same) {
		be_born(trial, bed, true_us);
		move_in(trial, bed);
	}
	stay.patient = bed->patient;
	stay.adult = bed->adult;
	stay.office = trial->rota.office.days != 0 && stay.patient % 4 != 0;
	stay.birth = bed->birth;
	stay.ward = dice_percent(&bed->dice, 35);
	snprintf(stay.episode, sizeof(stay.episode), "e%zu-%lld", bed->patient,
		 (long long)trial->figures.stays++);
	draw_character(bed, true_us);
	bed->stay = ideal_admit(&trial->ideal, &stay);
	bed->taken = true;
	bed->paused = bed->dead = false;
	put(trial, STR("EpisodeOfCare"), str_from_c(stay.episode),
	    paper_episode(&trial->scratch, &stay, "active"));
	char plan[48];
	snprintf(plan, sizeof(plan), "plan-%s", stay.episode);
	put(trial, STR("CarePlan"), str_from_c(plan), paper_plan(&trial->scratch, &stay));
	story_add(&trial->story, bed->stay, trial->now_us, "admitted %s, born %s, %s", stay.episode,
		  bed->birth_date, bed->adult ? "NEWS2" : "National PEWS");
	home_wear(trial, at, true_us);
	bed->discharge_us = true_us + between(bed, 30 * 60, 11 * 24 * 60);
	bed->next_us = true_us + between(bed, 3, 150);
	(void)agenda_put(&trial->agenda, bed->next_us, THING_MEASURE, at);
	(void)agenda_put(&trial->agenda, bed->discharge_us, THING_DISCHARGE, at);
	if (dice_percent(&bed->dice, 12))
		(void)agenda_put(&trial->agenda, true_us + between(bed, 600, 3000), THING_PAUSE,
				 at);
	if (dice_percent(&bed->dice, 10))
		(void)agenda_put(&trial->agenda, true_us + between(bed, 300, 9000), THING_DEATH,
				 bed->stay);
	if (dice_percent(&bed->dice, 25))
		(void)agenda_put(&trial->agenda, true_us + between(bed, 200, 6000),
				 THING_SECOND_RECORD, at);
	for (int64_t turn = dice_between(&bed->dice, 0, 2); turn > 0; turn--)
		(void)agenda_put(&trial->agenda, true_us + between(bed, 60, 6000), THING_WORRY, at);
}

/* --- the course of an illness --------------------------------------------------------------- */

static void fall_ill(struct bed *bed, int64_t true_us)
{
	if (true_us > bed->ill_to_us && dice_percent(&bed->dice, 4)) {
		bed->ill_from_us = true_us;
		bed->ill_peak_us = true_us + between(bed, 60, 20 * 60);
		bed->ill_to_us = bed->ill_peak_us + between(bed, 120, 20 * 60);
		bed->severity = (int)dice_between(&bed->dice, 250, 1000);
	}
	if (true_us > bed->fever_to_us && dice_percent(&bed->dice, 4)) {
		bed->fever_from_us = true_us;
		bed->fever_to_us = true_us + between(bed, 60, 30 * 60);
		bed->fever_tenths = dice_percent(&bed->dice, 15)
					    ? (int)dice_between(&bed->dice, -16, -8)
					    : (int)dice_between(&bed->dice, 8, 36);
	}
}

static int severity_at(const struct bed *bed, int64_t true_us)
{
	if (true_us >= bed->ill_to_us || true_us < bed->ill_from_us)
		return 0;
	if (true_us < bed->ill_peak_us)
		return (int)(bed->severity * (true_us - bed->ill_from_us) /
			     (bed->ill_peak_us - bed->ill_from_us));
	return (int)(bed->severity * (bed->ill_to_us - true_us) /
		     (bed->ill_to_us - bed->ill_peak_us));
}

static int value_of(struct bed *bed, enum sign sign, int64_t true_us)
{
	static const int spread[SIGN_COUNT] = { 2, 6, 1, 2, 4, 0, 0, 0, 0 };
	int severity = severity_at(bed, true_us);
	int value = bed->usual[sign] + (bed->ill[sign] - bed->usual[sign]) * severity / 1000;
	int chance = (int)dice_between(&bed->dice, -spread[sign], spread[sign]);
	bool fever = true_us < bed->fever_to_us && true_us >= bed->fever_from_us;
	switch (sign) {
	case SIGN_TEMPERATURE:
		return value + chance + (fever ? bed->fever_tenths : 0);
	case SIGN_DISTRESS:
		return severity > 850 ? 3 : severity > 600 ? 2 : severity > 350 ? 1 : 0;
	case SIGN_MIND:
		if (severity > 800 && dice_percent(&bed->dice, 40))
			return (int)dice_between(&bed->dice, MIND_CONFUSED, MIND_UNRESPONSIVE);
		return !bed->adult && dice_percent(&bed->dice, 6) ? MIND_ASLEEP : MIND_ALERT;
	case SIGN_REFILL:
		return severity > 500 ? (int)dice_between(&bed->dice, 20, 40) : 10;
	case SIGN_OXYGEN:
		return severity > 700 ? (int)dice_between(&bed->dice, 1, 12) * 5 : 0;
	case SIGN_SPO2:
		value = value / 10 * 10 + chance * 10;
		return value > 1000 ? 1000 : value;
	case SIGN_BREATHS:
	case SIGN_PULSE:
	case SIGN_SYSTOLIC:
		value += fever && sign == SIGN_PULSE ? bed->fever_tenths * 4 : 0;
		return value / 10 * 10 + chance * 10;
	case SIGN_WORRY:
	case SIGN_KINDS:
	default:
		return value;
	}
}

/* --- faults --------------------------------------------------------------------------------- */

static void break_something(struct bed *bed, int64_t true_us)
{
	static const int64_t wrong_min[] = { 3,   9,    125,           600,
					     -20, -300, 366 * 24 * 60, -8 * 365 * 24 * 60 };
	if (true_us > bed->offline_until_us && dice_percent(&bed->dice, 4))
		bed->offline_until_us =
			true_us + between(bed, 10, dice_percent(&bed->dice, 30) ? 30 * 60 : 5 * 60);
	if (true_us > bed->clock_wrong_until_us && dice_percent(&bed->dice, 1)) {
		bed->clock_wrong_by_us = wrong_min[dice_between(&bed->dice, 0, 7)] * MINUTE;
		bed->clock_wrong_until_us = true_us + between(bed, 60, 24 * 60);
	}
	if (true_us > bed->stuck_until_us && dice_percent(&bed->dice, 1)) {
		bed->stuck_sign = (enum sign)dice_between(&bed->dice, SIGN_PULSE, SIGN_TEMPERATURE);
		bed->stuck_value = value_of(bed, bed->stuck_sign, true_us);
		bed->stuck_until_us = true_us + between(bed, 240, 36 * 60);
	}
}

static void spoil(struct bed *bed, struct delivery *one)
{
	static const int impossible[SIGN_KINDS] = { [SIGN_BREATHS] = 1990,
						    [SIGN_PULSE] = 4000,
						    [SIGN_SPO2] = 0,
						    [SIGN_TEMPERATURE] = 523,
						    [SIGN_SYSTOLIC] = 3500 };
	static const int doubtful[SIGN_KINDS] = { [SIGN_SPO2] = 660, [SIGN_TEMPERATURE] = 418 };
	if (impossible[one->sign] == 0 && one->sign != SIGN_SPO2)
		return;
	switch (dice_between(&bed->dice, 0, 2)) {
	case 0:
		one->value = impossible[one->sign];
		break;
	case 1:
		one->unreadable = true;
		break;
	default:
		one->value = doubtful[one->sign] != 0 ? doubtful[one->sign] : one->value;
		break;
	}
}

/* --- measuring ------------------------------------------------------------------------------ */

static bool by_device(enum sign sign)
{
	return sign == SIGN_PULSE || sign == SIGN_SPO2 || sign == SIGN_TEMPERATURE ||
	       sign == SIGN_SYSTOLIC;
}

static void take(struct bed *bed, enum sign sign, int64_t true_us)
{
	if (bed->outbox_count == BED_OUTBOX_MAX)
		return;
	struct delivery *one = &bed->outbox[bed->outbox_count++];
	*one = (struct delivery){ .sign = sign,
				  .subject = bed->writes_as,
				  .stated_us = true_us - true_us % 1000 };
	one->value = value_of(bed, sign, true_us);
	if (by_device(sign)) {
		one->device = sign == SIGN_TEMPERATURE ? 2 : sign == SIGN_SYSTOLIC ? 3 : 1;
		one->device_of = bed->uses[one->device];
		if (true_us < bed->clock_wrong_until_us)
			one->stated_us += bed->clock_wrong_by_us;
		if (true_us < bed->stuck_until_us && sign == bed->stuck_sign)
			one->value = bed->stuck_value;
	}
	if (dice_percent(&bed->dice, 1))
		spoil(bed, one);
}

static void take_set(struct bed *bed, int64_t true_us)
{
	int64_t at_us = true_us;
	bool half = dice_percent(&bed->dice, bed->half);
	int severity = severity_at(bed, true_us);
	for (unsigned sign = 0; sign < SIGN_COUNT; sign++) {
		bool asked =
			sign <= SIGN_TEMPERATURE ||
			(sign == SIGN_SYSTOLIC && (bed->adult || dice_percent(&bed->dice, 30)));
		bool told = severity > 350 && dice_percent(&bed->dice, 50);
		bool rare = dice_percent(&bed->dice, sign == SIGN_OXYGEN ? 40 : 5);
		if (!(asked ? !half || dice_percent(&bed->dice, 50)
			    : sign > SIGN_SYSTOLIC && (told || rare)))
			continue;
		take(bed, (enum sign)sign, at_us);
		at_us += dice_between(&bed->dice, 2000, 40000) * 1000;
	}
	/* A second oximeter, or the same finger again at once. */
	if (dice_percent(&bed->dice, 3))
		take(bed, SIGN_SPO2, at_us);
	if (dice_percent(&bed->dice, 1))
		take(bed, SIGN_PULSE, true_us + dice_between(&bed->dice, 0, 60) * 1000000);
}

static void shuffle(struct bed *bed)
{
	for (size_t i = bed->outbox_count; i > 1; i--) {
		size_t other = (size_t)dice_between(&bed->dice, 0, (int64_t)i - 1);
		struct delivery kept = bed->outbox[i - 1];
		bed->outbox[i - 1] = bed->outbox[other];
		bed->outbox[other] = kept;
	}
}

void home_measure_now(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	if (!bed->taken || bed->dead || true_us != bed->next_us)
		return;
	int64_t pace_us = between(bed, 215, 245);
	fall_ill(bed, true_us);
	break_something(bed, true_us);
	if (!bed->paused && !dice_percent(&bed->dice, bed->missed)) {
		take_set(bed, true_us);
		if (dice_percent(&bed->dice, bed->shuffled))
			shuffle(bed);
		(void)agenda_put(&trial->agenda, true_us + between(bed, 0, 6), THING_SEND, at);
	}
	if (dice_percent(&bed->dice, bed->late))
		pace_us += between(bed, 20, 260);
	else if (dice_percent(&bed->dice, 5))
		pace_us = between(bed, 4, 100);
	bed->next_us = true_us + pace_us;
	(void)agenda_put(&trial->agenda, bed->next_us, THING_MEASURE, at);
}

/* --- sending -------------------------------------------------------------------------------- */

static void deliver(struct trial *trial, struct bed *bed, struct delivery one)
{
	static const char *const names[SIGN_KINDS] = { "breaths",     "pulse",    "SpO2",
						       "temperature", "systolic", "refill",
						       "oxygen",      "distress", "mind",
						       "worried" };
	char stated[25];
	one.stay = bed->stay;
	one.observation = ++trial->observations;
	one.received_us = trial->now_us;
	if (one.sign == SIGN_WORRY)
		one.device = 0;
	put(trial, STR("Observation"), paper_id(&trial->scratch, "o", one.observation),
	    paper_observation(&trial->scratch, &one, "final"));
	one.feed = ++trial->sequence;
	date_write_instant(one.stated_us, stated);
	story_add(&trial->story, bed->stay, trial->now_us, "o%u %s %d.%d%s measured %s",
		  one.observation, names[one.sign], one.value / 10, one.value % 10,
		  one.unreadable ? " in an unknown unit" : "", stated);
	ideal_take(&trial->ideal, &one);
	trial->figures.readings++;
	if (one.subject != bed->patient)
		trial->inspector.tally[ideal_same(&trial->ideal, one.subject, bed->patient)
					       ? TALLY_AFTER_MERGE
					       : TALLY_BEFORE_MERGE]++;
	trial->inspector.tally[TALLY_DIED_READING] += trial->ideal.stays[bed->stay].dead;
	if (bed->last_count < BED_UPLOAD_MAX)
		bed->last[bed->last_count++] = one;
}

void home_send(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	if (bed->outbox_count == 0)
		return;
	if (true_us < bed->offline_until_us) {
		(void)agenda_put(&trial->agenda, bed->offline_until_us + between(bed, 0, 3),
				 THING_SEND, at);
		return;
	}
	bool singly = dice_percent(&bed->dice, bed->singly);
	size_t count = singly ? 1 : bed->outbox_count;
	if (!singly)
		bed->last_count = 0;
	for (size_t i = 0; i < count; i++)
		deliver(trial, bed, bed->outbox[i]);
	if (!singly)
		home_batteries(trial, at);
	bed->outbox_count -= count;
	memmove(bed->outbox, bed->outbox + count, bed->outbox_count * sizeof(bed->outbox[0]));
	if (bed->outbox_count > 0)
		(void)agenda_put(&trial->agenda,
				 true_us + dice_between(&bed->dice, 1, 20000) * 1000, THING_SEND,
				 at);
	else if (dice_percent(&bed->dice, 3))
		(void)agenda_put(&trial->agenda, true_us + between(bed, 0, 600), THING_CORRECT, at);
	else if (dice_percent(&bed->dice, bed->again))
		(void)agenda_put(&trial->agenda, true_us + between(bed, 0, 300), THING_AGAIN, at);
}

void home_again(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	struct delivery upload[BED_UPLOAD_MAX];
	size_t count = bed->last_count;
	if (true_us < bed->offline_until_us || (!bed->taken && bed->paused))
		return;
	memcpy(upload, bed->last, sizeof(upload));
	bed->last_count = 0;
	for (size_t i = 0; i < count; i++)
		deliver(trial, bed, upload[i]);
}

/* Somebody sees a typing error, or that it was the brother's. */
void home_correct(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	if (!bed->taken || bed->paused || bed->last_count == 0)
		return;
	size_t which = (size_t)dice_between(&bed->dice, 0, (int64_t)bed->last_count - 1);
	struct delivery one = bed->last[which];
	bool withdrawn = dice_percent(&bed->dice, 40);
	if (one.sign == SIGN_WORRY || one.stay != bed->stay ||
	    !ideal_same(&trial->ideal, one.subject, bed->patient) ||
	    !ideal_is_charted(&trial->ideal, bed->stay, one.observation))
		return;
	one.unreadable = false;
	one.value = withdrawn ? one.value : value_of(bed, one.sign, true_us);
	one.received_us = trial->now_us;
	one.feed = ++trial->sequence;
	put(trial, STR("Observation"), paper_id(&trial->scratch, "o", one.observation),
	    paper_observation(&trial->scratch, &one, withdrawn ? "entered-in-error" : "corrected"));
	story_add(&trial->story, bed->stay, trial->now_us, "o%u is %s, now %d.%d", one.observation,
		  withdrawn ? "withdrawn" : "corrected", one.value / 10, one.value % 10);
	ideal_correct(&trial->ideal, &one, withdrawn);
	trial->figures.corrections++;
	if (withdrawn)
		bed->last[which] = bed->last[--bed->last_count];
	else
		bed->last[which] = one;
}

void home_worry(struct trial *trial, size_t at, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	static const enum grade picks[] = { GRADE_NONE, GRADE_NONE, GRADE_NONE, GRADE_HIGH,
					    GRADE_EMERGENCY };
	if (!bed->taken || bed->dead || bed->outbox_count == BED_OUTBOX_MAX)
		return;
	struct delivery *one = &bed->outbox[bed->outbox_count++];
	*one = (struct delivery){ .sign = SIGN_WORRY,
				  .subject = bed->writes_as,
				  .value = !dice_percent(&bed->dice, 10),
				  .stated_us = true_us - true_us % 1000 };
	one->picked = one->value != 0 ? picks[dice_between(&bed->dice, 0, 4)] : GRADE_NONE;
	(void)agenda_put(&trial->agenda, true_us, THING_SEND, at);
	if (dice_percent(&bed->dice, 40))
		(void)agenda_put(&trial->agenda, true_us + between(bed, 2, 60), THING_WORRY, at);
}

/* --- to and from hospital ------------------------------------------------------------------- */

void home_move(struct trial *trial, size_t at, enum thing_kind kind, int64_t true_us)
{
	struct bed *bed = &trial->beds[at];
	struct ideal_stay *stay = &trial->ideal.stays[bed->stay];
	const char *status = kind == THING_PAUSE ? "onhold" : "active";
	enum stay_state state = kind == THING_PAUSE ? STATE_PAUSED : STATE_ACTIVE;
	if (!bed->taken || (kind == THING_RETURN) != bed->paused)
		if (!bed->taken || kind != THING_DISCHARGE)
			return;
	if (kind == THING_DISCHARGE) {
		status = "finished";
		state = STATE_ENDED;
	}
	ideal_state(&trial->ideal, bed->stay, state, trial->now_us);
	put(trial, STR("EpisodeOfCare"), str_from_c(stay->episode),
	    paper_episode(&trial->scratch, stay, status));
	story_add(&trial->story, bed->stay, trial->now_us, "the stay is %s", status);
	bed->paused = kind == THING_PAUSE;
	if (kind == THING_PAUSE)
		(void)agenda_put(&trial->agenda, true_us + between(bed, 60, 3000), THING_RETURN,
				 at);
	if (kind != THING_DISCHARGE)
		return;
	bed->taken = false;
	/* Some go on sending for a while; then somebody else, or the same child again, comes. */
	if (!bed->dead && dice_percent(&bed->dice, 50)) {
		take_set(bed, true_us - between(bed, 0, 120));
		(void)agenda_put(&trial->agenda, true_us + between(bed, 1, 100), THING_SEND, at);
	}
	(void)agenda_put(&trial->agenda, true_us + between(bed, 120, 30 * 60), THING_ADMIT, at);
}
