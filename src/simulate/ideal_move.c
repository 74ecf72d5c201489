/* SPDX-License-Identifier: Apache-2.0
 * Which ward a stay is on, and by which policy what is raised there goes (docs/decisions/0006, "A stay that goes on on
 * another ward"). */
#include "simulate/ideal.h"

void ideal_move(struct ideal *ideal, size_t at, size_t ward, int64_t at_us)
{
	struct ideal_stay *stay = &ideal->stays[at];
	ideal_advance(ideal, at_us);
	ASSERT(stay->move_count < IDEAL_MOVES_MAX && ward != stay->ward);
	stay->moves[stay->move_count++] = (struct ideal_move){ at_us, stay->ward };
	stay->ward = ward;
}

void ideal_plan(struct ideal *ideal, size_t at, bool office, int64_t at_us)
{
	struct ideal_stay *stay = &ideal->stays[at];
	ideal_advance(ideal, at_us);
	stay->office_before = stay->office;
	stay->office = office;
	stay->plan_us = at_us;
}

size_t ideal_ward_at(const struct ideal_stay *stay, int64_t at_us)
{
	for (size_t i = 0; i < stay->move_count; i++) {
		if (stay->moves[i].at_us > at_us)
			return stay->moves[i].from;
	}
	return stay->ward;
}

bool ideal_office_at(const struct ideal_stay *stay, int64_t at_us)
{
	return at_us > stay->plan_us ? stay->office : stay->office_before;
}

int64_t ideal_moved_us(const struct ideal_stay *stay, int64_t after_us)
{
	for (size_t i = 0; i < stay->move_count; i++) {
		if (stay->moves[i].at_us > after_us)
			return stay->moves[i].at_us;
	}
	return INT64_MAX;
}
