/* SPDX-License-Identifier: Apache-2.0
 * Stays that go on on the other ward of the hospital, some of them back soon, some just as somebody is about to answer;
 * by the same policy, or by another that the new ward writes into the plan. */
#include "simulate/trial.h"

#include "simulate/paper.h"

#include <stdio.h>

#define MINUTE DATE_US_PER_MIN

static void put(struct trial *trial, struct str type, struct str id, struct str body)
{
	enum error error = trial_commit(trial, type, id, body, RECORD_ANY);
	ASSERT(error == ERROR_OK);
}

static void write_plan(struct trial *trial, size_t at)
{
	struct ideal_stay *stay = &trial->ideal.stays[at];
	char plan[48];
	ideal_plan(&trial->ideal, at, !stay->office, trial->now_us);
	snprintf(plan, sizeof(plan), "plan-%s", stay->episode);
	put(trial, STR("CarePlan"), str_from_c(plan), paper_plan(&trial->scratch, stay));
	trial->inspector.tally[TALLY_MOVED_PLAN]++;
	story_add(&trial->story, at, trial->now_us, "its plan has %s",
		  stay->office ? "office hours" : "no office hours");
}

/* What is on its way to staff about this stay. */
static int64_t letters_of(const struct trial *trial, size_t stay)
{
	int64_t count = 0;
	for (size_t i = 0; i < trial->inspector.letter_count; i++) {
		const struct letter *letter = &trial->inspector.letters[i];
		count += letter->stay == stay && !letter->done && !letter->stopped &&
			 letter->person != LADDER_OTHER && letter->received_us == 0;
	}
	return count;
}

static void move_on(struct trial *trial, const struct bed *bed)
{
	struct ideal_stay *stay = &trial->ideal.stays[bed->stay];
	size_t ward = (stay->ward + 1) % ROTA_WARDS;
	trial->inspector.tally[TALLY_MOVED]++;
	trial->inspector.tally[TALLY_MOVED_LETTER] += letters_of(trial, bed->stay);
	ideal_move(&trial->ideal, bed->stay, ward, trial->now_us);
	inspector_move(&trial->inspector, bed->stay, ward, trial->now_us);
	put(trial, STR("EpisodeOfCare"), str_from_c(stay->episode),
	    paper_episode(&trial->scratch, stay, bed->paused ? "onhold" : "active"));
	story_add(&trial->story, bed->stay, trial->now_us, "the stay goes on on ward %zu",
		  ward + 1);
	if (trial->rota.office.days != 0 && dice_percent(&trial->dice, 40))
		write_plan(trial, bed->stay);
}

void office_move(struct trial *trial, size_t of, int64_t true_us)
{
	size_t at = of % TRIAL_BEDS_MAX;
	const struct bed *bed = &trial->beds[at];
	int64_t wait_min = dice_percent(&trial->dice, 30) ? dice_between(&trial->dice, 1, 30)
							  : dice_between(&trial->dice, 1000, 12000);
	if (of == at)
		(void)agenda_put(&trial->agenda, true_us + wait_min * MINUTE, THING_MOVE_ON, at);
	if (bed->taken && trial->ideal.stays[bed->stay].move_count < IDEAL_MOVES_MAX)
		move_on(trial, bed);
}

void office_move_beside(struct trial *trial, const struct watch *watch, int64_t visit_us)
{
	/* Where pages leave the house more often, so that some are under way. */
	int chance = provider_is_set_up(trial) ? 5 : 1;
	for (size_t at = 0; at < (size_t)trial->options->beds; at++) {
		const struct bed *bed = &trial->beds[at];
		if (!bed->taken || bed->stay != watch->stay || !dice_percent(&trial->dice, chance))
			continue;
		trial->inspector.tally[TALLY_MOVED_EDGE]++;
		(void)agenda_put(&trial->agenda,
				 visit_us + dice_between(&trial->dice, -1, 1) * 1000, THING_MOVE_ON,
				 at + TRIAL_BEDS_MAX);
	}
}
