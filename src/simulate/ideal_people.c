/* SPDX-License-Identifier: Apache-2.0
 * What people ask of each other: a patient is handed over, and whoever was asked accepts within a quarter of an hour,
 * or the nurse in charge hears of it (reference/ward.md section 4). */
#include "simulate/ideal.h"

#define ACCEPT_US (15 * DATE_US_PER_MIN)

void ideal_hand_over(struct ideal *ideal, const struct ideal_handover *handover, int64_t at_us)
{
	void *list = ideal->handovers;
	ideal_advance(ideal, at_us);
	if (!ideal_room(ideal, &list, &ideal->handover_capacity,
			(const size_t[2]){ ideal->handover_count, sizeof(*handover) }))
		return;
	ideal->handovers = list;
	ideal->handovers[ideal->handover_count] = *handover;
	ideal->handovers[ideal->handover_count++].deadline_us = at_us + ACCEPT_US;
}

struct ideal_handover *ideal_handover(const struct ideal *ideal, uint32_t number)
{
	for (size_t i = 0; i < ideal->handover_count; i++) {
		if (ideal->handovers[i].number == number)
			return &ideal->handovers[i];
	}
	return NULL;
}

void ideal_handed(struct ideal *ideal, uint32_t number, int64_t at_us)
{
	ideal_advance(ideal, at_us);
	struct ideal_handover *found = ideal_handover(ideal, number);
	if (found != NULL)
		*found = ideal->handovers[--ideal->handover_count];
}

bool ideal_waits_for_handover(const struct ideal *ideal, size_t stay)
{
	for (size_t i = 0; i < ideal->handover_count; i++) {
		if (ideal->handovers[i].stay == stay &&
		    ideal->handovers[i].deadline_us == INT64_MAX)
			return true;
	}
	return false;
}

int64_t ideal_people_next_us(const struct ideal *ideal)
{
	int64_t next_us = INT64_MAX;
	for (size_t i = 0; i < ideal->handover_count; i++) {
		if (ideal->handovers[i].deadline_us < next_us)
			next_us = ideal->handovers[i].deadline_us;
	}
	return next_us;
}

void ideal_people_advance(struct ideal *ideal)
{
	for (size_t i = 0; i < ideal->handover_count; i++) {
		struct ideal_handover *handover = &ideal->handovers[i];
		if (handover->deadline_us > ideal->now_us)
			continue;
		handover->deadline_us = INT64_MAX;
		ideal_ask(ideal, &ideal->stays[handover->stay], CAUSE_HANDOVER, GRADE_MEDIUM);
	}
}

void ideal_people_end(struct ideal *ideal, size_t stay)
{
	size_t kept = 0;
	for (size_t i = 0; i < ideal->handover_count; i++) {
		if (ideal->handovers[i].stay != stay)
			ideal->handovers[kept++] = ideal->handovers[i];
	}
	ideal->handover_count = kept;
}
