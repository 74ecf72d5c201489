/* SPDX-License-Identifier: Apache-2.0
 * Of whom the record says that they have died: the home is asked for nothing, what still comes is judged, and the ward
 * is told to end the stay (docs/decisions/0006, "Somebody who has died"). */
#include "simulate/ideal.h"

#include <string.h>

bool ideal_is_asked(const struct ideal_stay *stay)
{
	return stay->state == STATE_ACTIVE && !stay->dead;
}

bool ideal_was_dead(const struct ideal_stay *stay, int64_t at_us)
{
	bool over = stay->living_us > stay->died_us && at_us >= stay->living_us;
	return stay->died_us != 0 && at_us >= stay->died_us && !over;
}

static void tell(struct ideal *ideal, const struct ideal_stay *stay)
{
	const struct ideal_demand demand = { .stay = (size_t)(stay - ideal->stays),
					     .cause = CAUSE_DIED,
					     .grade = GRADE_LOW,
					     .at_us = ideal->now_us,
					     .required = true };
	ideal_demand(ideal, &demand);
}

static bool is_dead(const struct ideal *ideal, size_t patient)
{
	for (size_t i = 0; i < ideal->dead_count; i++) {
		if (ideal_same(ideal, patient, ideal->dead[i]))
			return true;
	}
	return false;
}

void ideal_look_who_is_dead(struct ideal *ideal)
{
	for (size_t i = 0; i < ideal->stay_count; i++) {
		struct ideal_stay *stay = &ideal->stays[i];
		bool dead = is_dead(ideal, stay->patient);
		if (stay->dead == dead)
			continue;
		stay->dead = dead;
		*(dead ? &stay->died_us : &stay->living_us) = ideal->now_us;
		if (stay->state == STATE_ENDED)
			continue;
		if (dead) {
			memset(stay->repeat_us, 0, sizeof(stay->repeat_us));
			tell(ideal, stay);
		}
		ideal_schedule(ideal, stay);
		ideal_equipment(ideal, stay);
	}
}

void ideal_die(struct ideal *ideal, size_t patient, bool dead, int64_t at_us)
{
	size_t kept = 0;
	ideal_advance(ideal, at_us);
	for (size_t i = 0; i < ideal->dead_count; i++) {
		if (ideal->dead[i] != patient)
			ideal->dead[kept++] = ideal->dead[i];
	}
	ASSERT(kept < IDEAL_RECORDS_MAX);
	if (dead)
		ideal->dead[kept++] = patient;
	ideal->dead_count = kept;
	ideal_look_who_is_dead(ideal);
}
