/* SPDX-License-Identifier: Apache-2.0
 * Between two people: whoever goes home with an open alert, or is not relieved, makes the alert of a handover; it ends
 * when nothing open of the patient is without an answer and no wish waits beyond its time (decisions/0004). */
#include "simulate/inspector.h"

void inspector_homes(struct inspector *inspector, const struct watch *watch,
		     const struct ladder_walk *walk, bool required)
{
	for (size_t i = 0; i < walk->home_count; i++) {
		const struct ladder_home *home = &walk->homes[i];
		const struct ideal_demand demand = {
			.stay = watch->stay,
			.cause = CAUSE_HANDOVER,
			.grade = home->grade < GRADE_MEDIUM ? home->grade : GRADE_MEDIUM,
			.at_us = home->at_us,
			.required = required,
			.again = true,
		};
		ideal_demand(inspector->ideal, &demand);
		inspector->tally[TALLY_WENT_HOME]++;
	}
}

void inspector_take_over(struct inspector *inspector, struct watch_act act)
{
	const struct rota *rota = inspector->rota;
	if (inspector->handed_count == INSPECTOR_HANDED_MAX)
		return;
	act.order = ++inspector->order;
	inspector->handed[inspector->handed_count++] = act;
	story_add(inspector->story, act.stay, act.at_us, "%s takes the patient over from %s",
		  rota->people[act.person].id, rota->people[act.from].id);
}

/* Something of the patient that is open and that nobody has answered, as the record says now. */
static const struct watch *unanswered(const struct inspector *inspector, const struct watch *told)
{
	for (size_t i = 0; i < inspector->open_count; i++) {
		const struct watch *watch = &inspector->watches[inspector->open[i]];
		if (watch != told && watch->stay == told->stay && watch->open && !watch->accepted)
			return watch;
	}
	return NULL;
}

/* It was closed: nothing may have stood open without an answer all the time since the last settling. */
bool inspector_may_be_covered(const struct inspector *inspector, const struct watch *watch)
{
	const struct watch *left = unanswered(inspector, watch);
	if (watch->cause != CAUSE_HANDOVER)
		return false;
	return left == NULL || left->written || left->raised_us >= watch->closed_us;
}

void inspector_check_covered(struct inspector *inspector, int64_t now_us)
{
	for (size_t i = 0; i < inspector->open_count; i++) {
		const struct watch *watch = &inspector->watches[inspector->open[i]];
		inspector->tally[TALLY_COVERED] += watch->cause == CAUSE_HANDOVER && !watch->open &&
						   watch->written && !watch->by_person;
		if (watch->open && watch->cause == CAUSE_HANDOVER &&
		    !ideal_waits_for_handover(inspector->ideal, watch->stay) &&
		    unanswered(inspector, watch) == NULL)
			story_violation(inspector->story, watch->stay, now_us,
					"the alert of a handover stands open although nothing "
					"waits for an answer (Task/%s)",
					watch->id);
	}
}
