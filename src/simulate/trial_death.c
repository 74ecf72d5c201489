/* SPDX-License-Identifier: Apache-2.0
 * Somebody dies at home or elsewhere: the record says so, what was measured before may still come, and somebody ends
 * the stay hours or days later. Some of these entries are wrong, and are taken back. */
#include "simulate/trial.h"

#include "simulate/paper.h"

#define MINUTE DATE_US_PER_MIN

static void write_patient(struct trial *trial, struct bed *bed, bool dead)
{
	/* Of two records of one child either may say it. */
	size_t record = bed->dead_as;
	if (dead)
		record = bed->merged && dice_percent(&trial->dice, 50) ? bed->second : bed->patient;
	bed->dead_as = dead ? record : TRIAL_NOBODY;
	office_write_patient(trial, bed, record);
	story_add(&trial->story, bed->stay, trial->now_us,
		  dead ? "the record says that the patient has died"
		       : "the record no longer says that the patient has died");
	ideal_die(&trial->ideal, record, dead, trial->now_us);
}

/* Where this patient lies, or lay last; NULL: somebody else does. */
static struct bed *bed_of(struct trial *trial, size_t stay)
{
	size_t patient = trial->ideal.stays[stay].patient;
	for (size_t at = 0; at < (size_t)trial->options->beds; at++) {
		if (trial->beds[at].patient == patient && trial->beds[at].birth_date[0] != '\0')
			return &trial->beds[at];
	}
	return NULL;
}

static void count(struct trial *trial, size_t stay)
{
	struct inspector *inspector = &trial->inspector;
	inspector->tally[TALLY_DIED]++;
	for (size_t i = 0; i < inspector->open_count; i++) {
		const struct watch *watch = &inspector->watches[inspector->open[i]];
		inspector->tally[TALLY_DIED_ALERT] += watch->open && watch->stay == stay;
	}
	for (size_t i = 0; i < inspector->letter_count; i++) {
		const struct letter *letter = &inspector->letters[i];
		inspector->tally[TALLY_DIED_LETTER] +=
			letter->stay == stay && letter->person == LADDER_OTHER && !letter->done &&
			!letter->stopped && letter->received_us == 0;
	}
}

void office_death_beside(struct trial *trial)
{
	struct dice *dice = &trial->provider;
	const struct inspector *inspector = &trial->inspector;
	const struct letter *newest = inspector->letter_count == 0
					      ? NULL
					      : &inspector->letters[inspector->letter_count - 1];
	if (newest == NULL || newest->person != LADDER_OTHER || newest->stay == STORY_NOBODY ||
	    !dice_percent(dice, 2))
		return;
	(void)agenda_put(&trial->agenda, trial->true_us + dice_between(dice, 1, 14) * MINUTE,
			 THING_DEATH, newest->stay);
}

void office_death(struct trial *trial, size_t stay, int64_t true_us)
{
	struct bed *bed = bed_of(trial, stay);
	if (bed == NULL || !bed->taken || bed->stay != stay || bed->dead_as != TRIAL_NOBODY)
		return; /* went home before, or is known to have died */
	count(trial, stay);
	write_patient(trial, bed, true);
	if (dice_percent(&trial->dice, 35)) {
		(void)agenda_put(&trial->agenda,
				 true_us + dice_between(&trial->dice, 20, 900) * MINUTE,
				 THING_LIVING, stay);
		return;
	}
	bed->dead = true;
	(void)agenda_put(&trial->agenda, true_us + dice_between(&trial->dice, 20, 4000) * MINUTE,
			 THING_DISCHARGE, (size_t)(bed - trial->beds));
}

void office_living(struct trial *trial, size_t stay, int64_t true_us)
{
	struct bed *bed = bed_of(trial, stay);
	(void)true_us;
	if (bed == NULL || bed->dead_as == TRIAL_NOBODY)
		return;
	trial->inspector.tally[TALLY_LIVING]++;
	write_patient(trial, bed, false);
}
