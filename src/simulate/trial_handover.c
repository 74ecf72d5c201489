/* SPDX-License-Identifier: Apache-2.0
 * Patients go from one nurse to the other: asked for at any hour, accepted in time, at the last millisecond, late or
 * never; asked for anew, and accepted by the nurse in charge in somebody's place. */
#include "simulate/trial.h"

#include "simulate/paper.h"

#define MINUTE DATE_US_PER_MIN
#define ACCEPT_MS (15 * 60000)

static void write_task(struct trial *trial, const struct ideal_handover *handover,
		       const char *status, size_t by)
{
	bool accepted = strcmp(status, "accepted") == 0;
	struct str id = paper_id(&trial->scratch, "handover-", handover->number);
	const struct paper_hand_over paper = {
		.id = id,
		.stay = &trial->ideal.stays[handover->stay],
		.status = status,
		.from = trial->rota.people[handover->from].id,
		.to = trial->rota.people[by].id,
		.asked_us = trial->now_us,
		.accepted_us = accepted ? trial->now_us : 0,
	};
	enum error error = trial_commit(trial, STR("Task"), id,
					paper_hand_over(&trial->scratch, &paper), RECORD_ANY);
	ASSERT(error == ERROR_OK);
	story_add(&trial->story, handover->stay, trial->now_us, "handover %u from %s to %s: %s",
		  handover->number, paper.from, paper.to, status);
}

/* Who has an open alert of the patient, else any nurse who is there. */
static size_t leaving(struct trial *trial, size_t stay)
{
	const struct inspector *inspector = &trial->inspector;
	for (size_t i = 0; i < inspector->open_count; i++) {
		const struct watch *watch = &inspector->watches[inspector->open[i]];
		if (watch->stay == stay && watch->open && watch->owner != LADDER_OTHER &&
		    dice_percent(&trial->dice, 70))
			return watch->owner;
	}
	return staff_nurse_there(trial, trial->ideal.stays[stay].ward, false);
}

static size_t coming(struct trial *trial, size_t from, size_t ward)
{
	for (int tries = 0; tries < 20; tries++) {
		size_t to = (size_t)dice_between(&trial->dice, 0, (int64_t)trial->rota.count - 1);
		const struct rota_person *person = &trial->rota.people[to];
		if (to != from && person->duty != DUTY_SWITCHBOARD && person->ward == ward &&
		    (rota_is_on_shift(person, trial->now_us) || dice_percent(&trial->dice, 20)))
			return to;
	}
	return LADDER_OTHER;
}

/* A newer wish takes the place of one that nobody has accepted. */
static void withdraw(struct trial *trial, size_t stay)
{
	for (size_t i = 0; i < trial->ideal.handover_count; i++) {
		const struct ideal_handover handover = trial->ideal.handovers[i];
		if (handover.stay != stay)
			continue;
		write_task(trial, &handover, "cancelled", handover.to);
		ideal_handed(&trial->ideal, handover.number, trial->now_us);
		trial->inspector.tally[TALLY_HANDOVER_WITHDRAWN]++;
		return;
	}
}

void staff_hand_over(struct trial *trial, size_t at, int64_t true_us)
{
	const struct bed *bed = &trial->beds[at];
	int64_t chance = dice_between(&trial->dice, 0, 99);
	(void)agenda_put(&trial->agenda, true_us + dice_between(&trial->dice, 400, 3000) * MINUTE,
			 THING_HAND_OVER, at);
	size_t from = bed->taken ? leaving(trial, bed->stay) : LADDER_OTHER;
	size_t to = from == LADDER_OTHER ? LADDER_OTHER
					 : coming(trial, from, trial->ideal.stays[bed->stay].ward);
	if (to == LADDER_OTHER)
		return;
	withdraw(trial, bed->stay);
	const struct ideal_handover asked = {
		.stay = bed->stay, .number = ++trial->handovers, .from = from, .to = to
	};
	ideal_hand_over(&trial->ideal, &asked, trial->now_us);
	write_task(trial, &asked, "requested", to);
	trial->inspector.tally[TALLY_HANDOVER]++;
	int64_t wait_ms = chance < 55   ? dice_between(&trial->dice, 1000, ACCEPT_MS - 1000)
			  : chance < 70 ? ACCEPT_MS + dice_between(&trial->dice, -1, 1)
			  : chance < 85 ? dice_between(&trial->dice, ACCEPT_MS, 8 * ACCEPT_MS)
					: 0;
	if (wait_ms > 0)
		(void)agenda_put(&trial->agenda, true_us + wait_ms * 1000, THING_ACCEPT,
				 asked.number);
}

void staff_accept(struct trial *trial, size_t number, int64_t true_us)
{
	const struct ideal_handover *found = ideal_handover(&trial->ideal, (uint32_t)number);
	int64_t *tally = trial->inspector.tally;
	(void)true_us;
	if (found == NULL)
		return;
	const struct ideal_handover handover = *found;
	size_t by = handover.to,
	       charge = staff_nurse_there(trial, trial->ideal.stays[handover.stay].ward, true);
	if (charge != LADDER_OTHER && charge != handover.from && dice_percent(&trial->dice, 15))
		by = charge;
	tally[TALLY_HANDOVER_BY_CHARGE] += by != handover.to;
	if (handover.deadline_us == INT64_MAX)
		tally[TALLY_HANDOVER_LATE]++;
	else
		tally[TALLY_HANDOVER_IN_TIME]++;
	tally[TALLY_HANDOVER_EDGE] += handover.deadline_us != INT64_MAX
					      ? handover.deadline_us - trial->now_us <= 1000
					      : false;
	ideal_handed(&trial->ideal, handover.number, trial->now_us);
	write_task(trial, &handover, "accepted", by);
	inspector_take_over(&trial->inspector, (struct watch_act){ .at_us = trial->now_us,
								   .kind = ACT_TAKE_OVER,
								   .person = by,
								   .from = handover.from,
								   .stay = handover.stay });
}
