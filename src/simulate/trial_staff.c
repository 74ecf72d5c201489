/* SPDX-License-Identifier: Apache-2.0
 * The rota with its gaps, and nurses with their habits: quick, slow, deaf, at the last millisecond, on a stale page,
 * acknowledging and forgetting, resolving at once. */
#include "simulate/trial.h"

#include "simulate/paper.h"

#include <stdio.h>

#define MINUTE DATE_US_PER_MIN
#define WEEK (7 * DATE_US_PER_DAY)

static const struct {
	const char *id;
	enum duty duty;
	size_t ward;
	int start_hour, end_hour; /* local; equal: always there */
} people[] = {
	/* by id: of several the first answers for an alert */
	{ "charge-day", DUTY_CHARGE, 0, 7, 19 },
	{ "charge-night", DUTY_CHARGE, 0, 19, 7 },
	{ "consultant", DUTY_CONSULTANT, 0, 0, 0 },
	{ "lead", DUTY_LEAD, 0, 8, 18 },
	{ "nurse-day", DUTY_NURSE, 0, 7, 20 },
	{ "nurse-night", DUTY_NURSE, 0, 19, 8 },
	{ "registrar", DUTY_REGISTRAR, 0, 8, 20 },
	{ "switchboard", DUTY_SWITCHBOARD, 0, 0, 0 },
	{ "two-charge-day", DUTY_CHARGE, 1, 8, 20 },
	{ "two-charge-night", DUTY_CHARGE, 1, 20, 8 },
	{ "two-consultant", DUTY_CONSULTANT, 1, 0, 0 },
	{ "two-nurse-day", DUTY_NURSE, 1, 6, 18 },
	{ "two-nurse-night", DUTY_NURSE, 1, 18, 6 },
	{ "two-registrar", DUTY_REGISTRAR, 1, 18, 8 },
	{ "two-switchboard", DUTY_SWITCHBOARD, 1, 0, 0 },
};
#define PEOPLE (sizeof(people) / sizeof(people[0]))

static void put(struct trial *trial, struct str type, struct str id, struct str body)
{
	enum error error = trial_commit(trial, type, id, body, RECORD_ANY);
	ASSERT(error == ERROR_OK);
}

void staff_begin(struct trial *trial)
{
	struct arena *arena = &trial->scratch;
	/* What is set up is tried in the order of rank; a mobile phone is rung after all else. */
	static const enum way reach[][WAY_COUNT] = {
		[DUTY_NURSE] = { WAY_SMS, WAY_VOICE },
		[DUTY_CHARGE] = { WAY_SMS, WAY_MAIL, WAY_VOICE },
		[DUTY_REGISTRAR] = { WAY_MAIL, WAY_VOICE },
		[DUTY_CONSULTANT] = { WAY_VOICE },
		[DUTY_SWITCHBOARD] = { WAY_VOICE, WAY_MAIL },
	};
	provider_begin(trial);
	/* What a stay's own plan says goes before what its ward has. */
	static const char *const policies[ROTA_WARDS] = { NULL, "paediatric-general|1" };
	for (size_t ward = 0; ward < ROTA_WARDS; ward++)
		put(trial, STR("Organization"), paper_ward_id(arena, ward),
		    paper_ward(arena, ward, trial->number % 2 == 0 ? NULL : policies[ward]));
	for (size_t i = 0; i < PEOPLE; i++) {
		struct rota_person *person = &trial->rota.people[trial->rota.count];
		char schedule[48];
		/* Some wards have no switchboard: then a ladder may end with nobody. */
		if (people[i].duty == DUTY_SWITCHBOARD && trial->number % 3 == 2)
			continue;
		snprintf(person->id, sizeof(person->id), "%s", people[i].id);
		person->duty = people[i].duty;
		person->ward = people[i].ward;
		person->always = people[i].start_hour == people[i].end_hour;
		person->shift_count = 0;
		if (provider_is_set_up(trial) && person->duty != DUTY_LEAD)
			memcpy(person->ways, reach[person->duty], sizeof(person->ways));
		trial->rota.count++;
		put(trial, STR("Practitioner"), str_from_c(person->id),
		    paper_practitioner(arena, person));
		put(trial, STR("PractitionerRole"), str_from_c(person->id),
		    paper_role(arena, person));
		if (person->always)
			continue;
		snprintf(schedule, sizeof(schedule), "s-%s", person->id);
		put(trial, STR("Schedule"), str_from_c(schedule), paper_schedule(arena, person));
	}
	trial->rota_until_us = trial->start_us - trial->start_us % DATE_US_PER_DAY;
	staff_rota(trial, trial->start_us);
}

/* The instant of this hour on the wall in London on the day that `day_us` (UTC midnight) names. */
static int64_t local_hour(int64_t day_us, int hour)
{
	int64_t at_us = day_us + hour * DATE_US_PER_HOUR;
	return at_us - date_london_offset_min(at_us) * MINUTE;
}

static void publish(struct trial *trial, struct rota_person *person, const int hours[2],
		    int64_t day_us)
{
	struct rota_shift shift = { local_hour(day_us, hours[0]), 0 };
	shift.end_us =
		local_hour(hours[1] > hours[0] ? day_us : day_us + DATE_US_PER_DAY, hours[1]);
	if (dice_percent(&trial->dice, 6) || person->shift_count == ROTA_SHIFTS_MAX)
		return; /* nobody could be found */
	if (dice_percent(&trial->dice, 8))
		shift.end_us -= dice_between(&trial->dice, 1, 4) * DATE_US_PER_HOUR;
	person->shifts[person->shift_count++] = shift;
	struct str id = paper_id(&trial->scratch, "slot-", trial->slots++);
	put(trial, STR("Slot"), id, paper_slot(&trial->scratch, person, &shift, id));
}

void staff_rota(struct trial *trial, int64_t true_us)
{
	int64_t from_us = trial->rota_until_us;
	trial->rota_until_us += WEEK;
	for (size_t i = 0; i < trial->rota.count; i++) {
		struct rota_person *person = &trial->rota.people[i];
		size_t row = 0;
		while (strcmp(people[row].id, person->id) != 0)
			row++;
		const int hours[2] = { people[row].start_hour, people[row].end_hour };
		/* The night that reaches into the first morning is published with the first week. */
		int64_t first_us =
			from_us - (trial->slots < 8 && hours[1] < hours[0] ? DATE_US_PER_DAY : 0);
		for (int64_t day_us = first_us; day_us < trial->rota_until_us && !person->always;
		     day_us += DATE_US_PER_DAY)
			publish(trial, person, hours, day_us);
	}
	(void)true_us;
	(void)agenda_put(&trial->agenda, trial->rota_until_us - 12 * DATE_US_PER_HOUR, THING_ROTA,
			 0);
}

/* --- answers -------------------------------------------------------------------------------- */

static int64_t whole_ms(int64_t us)
{
	return us - us % 1000;
}

void staff_look(struct trial *trial, int64_t true_us)
{
	struct inspector *inspector = &trial->inspector;
	for (size_t i = 0; i < inspector->open_count; i++) {
		size_t at = inspector->open[i];
		struct watch *watch = &inspector->watches[at];
		int64_t wait_us;
		if (watch->open && watch->written && watch->call_us != 0 &&
		    dice_percent(&trial->dice, 8)) /* the hours begin while the server is away */
			(void)agenda_put(&trial->agenda,
					 true_us + (watch->call_us - trial->now_us) - MINUTE / 2,
					 THING_CUT, 0);
		if (!watch->open || !watch->written || watch->accepted || watch->visit_us > true_us)
			continue;
		int64_t habit = dice_between(&trial->dice, 0, 99);
		if (habit < 40)
			wait_us = dice_between(&trial->dice, 5000, 4 * 60000) * 1000;
		else if (habit < 60)
			wait_us = dice_between(&trial->dice, 4 * 60000, 45 * 60000) * 1000;
		else if (habit < 70) /* races the engine */
			wait_us = whole_ms(watch->deadline_us - trial->now_us) +
				  dice_between(&trial->dice, -1, 1) * 1000;
		else
			continue;
		if (wait_us < 0 || wait_us > 12 * DATE_US_PER_HOUR)
			wait_us = 0;
		watch->visit_us = true_us + wait_us;
		office_move_beside(trial, watch, watch->visit_us);
		(void)agenda_put(&trial->agenda, watch->visit_us, THING_NURSE, at);
	}
}

/* The alert as she saw it may be older than the one in the record: then she is refused and looks again. */
static bool write_answer(struct trial *trial, const struct watch *watch,
			 const struct paper_answer *answer, const struct paper_snooze *snooze)
{
	for (int tries = 0; tries < 2; tries++) {
		const struct record_version *task =
			engine_find(&trial->engine, STR("Task"), str_from_c(watch->id));
		bool stale = tries == 0 && dice_percent(&trial->dice, 10);
		struct json *tree;
		if (task == NULL ||
		    json_parse(&trial->scratch, task->body, NULL, NULL, &tree) != ERROR_OK)
			return false;
		struct str status = json_get_text(tree, STR("status"));
		if (str_equal(status, STR("completed")) || str_equal(status, STR("cancelled")))
			return false;
		struct str body = snooze != NULL
					  ? paper_snoozed(&trial->scratch, task->body, snooze)
					  : paper_answered(&trial->scratch, task->body, answer);
		int64_t version = task->version - (stale && task->version > 1);
		if (trial_commit(trial, STR("Task"), str_from_c(watch->id), body, version) ==
		    ERROR_OK) {
			/* It stands in the record from now on; the ward may find nothing to add to it. */
			if (json_parse(&trial->scratch, body, NULL, NULL, &tree) == ERROR_OK)
				inspector_see(&trial->inspector, STR("Task"), tree);
			return true;
		}
		trial->figures.refused++;
	}
	return false;
}

static void come_again(struct trial *trial, size_t at, int64_t true_us)
{
	struct watch *watch = &trial->inspector.watches[at];
	watch->visit_us = true_us + dice_between(&trial->dice, 2 * 60000, 50 * 60000) * 1000;
	(void)agenda_put(&trial->agenda, watch->visit_us, THING_NURSE, at);
}

/* Whose alert it is; sometimes somebody of the other ward, which has seen it on a page of before. */
static size_t ward_of(struct trial *trial, const struct watch *watch)
{
	size_t ward =
		watch->stay == STORY_NOBODY ? watch->ward : trial->ideal.stays[watch->stay].ward;
	return dice_percent(&trial->dice, 8) ? (ward + 1) % ROTA_WARDS : ward;
}

size_t staff_nurse_there(struct trial *trial, size_t ward, bool in_charge)
{
	size_t found = LADDER_OTHER;
	for (size_t i = 0; i < trial->rota.count; i++) {
		const struct rota_person *person = &trial->rota.people[i];
		bool fits =
			person->duty == DUTY_CHARGE || (person->duty == DUTY_NURSE && !in_charge);
		if (fits && person->ward == ward && rota_is_on_shift(person, trial->now_us) &&
		    (found == LADDER_OTHER || dice_percent(&trial->dice, 50)))
			found = i;
	}
	return found;
}

/* What $snooze would answer; a false one is what another system might write straight into the Task. */
static bool api_lets_snooze(const struct trial *trial, const struct watch *watch,
			    const struct rota_person *person)
{
	bool worried = watch->cause == CAUSE_WORRY || watch->cause == CAUSE_MIND ||
		       watch->cause == CAUSE_ASLEEP;
	return rota_is_on_shift(person, trial->now_us) &&
	       person->ward == trial->ideal.stays[watch->stay].ward &&
	       watch->grade != GRADE_EMERGENCY && watch->cause != CAUSE_FEVER &&
	       watch->cause != CAUSE_COLD && !worried &&
	       (watch->snoozes == 0 || person->duty == DUTY_CHARGE);
}

static bool snooze(struct trial *trial, struct watch *watch, int64_t true_us)
{
	bool charge = watch->snoozes > 0 && dice_percent(&trial->dice, 70);
	size_t by = staff_nurse_there(trial, ward_of(trial, watch), charge);
	bool past_the_api = dice_percent(&trial->dice, 10);
	int64_t longest_min = ladder_review_us(watch->grade) / MINUTE;
	int64_t minutes = dice_percent(&trial->dice, 40)
				  ? longest_min
				  : dice_between(&trial->dice, 1, longest_min);
	if (past_the_api) {
		by = (size_t)dice_between(&trial->dice, 0, (int64_t)trial->rota.count - 1);
		minutes *= dice_between(&trial->dice, 1, 3);
	}
	if (by == LADDER_OTHER)
		return false;
	const struct rota_person *person = &trial->rota.people[by];
	struct paper_snooze paper = { person->id, trial->now_us, trial->now_us + minutes * MINUTE,
				      watch->snoozes + 1 };
	int64_t home_us = rota_home_us(person, trial->now_us);
	if (!past_the_api && !api_lets_snooze(trial, watch, person)) {
		trial->inspector.tally[TALLY_SNOOZE_REFUSED]++;
		return false;
	}
	if (!past_the_api && home_us < paper.until_us)
		paper.until_us = home_us;
	if (!write_answer(trial, watch, NULL, &paper))
		return false;
	inspector_act(&trial->inspector, str_from_c(watch->id),
		      (struct watch_act){ .at_us = trial->now_us,
					  .kind = ACT_SNOOZE,
					  .wished_us = paper.until_us,
					  .person = by });
	/* Some end while the server is away. */
	if (dice_percent(&trial->dice, 3))
		(void)agenda_put(&trial->agenda,
				 true_us + (paper.until_us - trial->now_us) - MINUTE / 2, THING_CUT,
				 0);
	return true;
}

void staff_answer(struct trial *trial, size_t at, int64_t true_us)
{
	struct watch *watch = &trial->inspector.watches[at];
	struct paper_answer answer = { .by = "Nora Nurse", .at_us = trial->now_us };
	/* The same answer twice in one millisecond is one. */
	if (!watch->open || watch->acted_us == trial->now_us)
		return;
	/* An alert without a patient is not for $snooze. */
	if (watch->stay != STORY_NOBODY && dice_percent(&trial->dice, 12) &&
	    snooze(trial, watch, true_us)) {
		if (dice_percent(&trial->dice, 40))
			come_again(trial, at, true_us);
		return;
	}
	bool resolve = dice_percent(&trial->dice, watch->accepted ? 75 : 20);
	int64_t longest_us = ladder_review_us(watch->grade);
	size_t by = dice_percent(&trial->dice, 50)
			    ? staff_nurse_there(trial, ward_of(trial, watch), false)
			    : LADDER_OTHER;
	if (by != LADDER_OTHER)
		answer.role = trial->rota.people[by].id;
	if (!resolve)
		answer.review_us =
			trial->now_us +
			(dice_percent(&trial->dice, 70) ? longest_us : whole_ms(longest_us / 2));
	if (!write_answer(trial, watch, &answer, NULL))
		return;
	trial->figures.answers++;
	inspector_act(&trial->inspector, str_from_c(watch->id),
		      (struct watch_act){ .at_us = trial->now_us,
					  .kind = resolve ? ACT_RESOLVE : ACT_ACCEPT,
					  .wished_us = answer.review_us,
					  .person = by });
	if (!resolve && dice_percent(&trial->dice, 70))
		come_again(trial, at, true_us);
}
