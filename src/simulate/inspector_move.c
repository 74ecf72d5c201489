/* SPDX-License-Identifier: Apache-2.0
 * Stays that go on on another ward: each open alert is called anew there (ladder_move), and both wards are told when
 * there was any (docs/decisions/0006). */
#include "simulate/inspector.h"

#include <string.h>

void inspector_move(struct inspector *inspector, size_t stay, size_t ward, int64_t at_us)
{
	if (inspector->handed_count == INSPECTOR_HANDED_MAX)
		return;
	inspector->handed[inspector->handed_count++] =
		(struct watch_act){ .at_us = at_us,
				    .kind = ACT_MOVE,
				    .person = LADDER_OTHER,
				    .stay = stay,
				    .ward = ward,
				    .order = ++inspector->order };
}

/* What came or went in that very instant may have been there or not. */
struct carried {
	size_t surely, perhaps;
};

static struct carried carried_along(const struct inspector *inspector, const struct watch_act *move)
{
	struct carried carried = { 0 };
	for (size_t i = 0; i < inspector->open_count; i++) {
		const struct watch *watch = &inspector->watches[inspector->open[i]];
		bool there = watch->stay == move->stay && watch->cause != CAUSE_MOVED &&
			     watch->raised_us <= move->at_us && watch->closed_us >= move->at_us;
		bool surely =
			there && watch->raised_us < move->at_us && watch->closed_us > move->at_us;
		carried.surely += surely;
		carried.perhaps += there && !surely;
	}
	return carried;
}

static bool is_old_ward_told(const struct inspector *inspector, const struct watch_act *move,
			     size_t from)
{
	for (size_t i = 0; i < inspector->open_count; i++) {
		const struct watch *watch = &inspector->watches[inspector->open[i]];
		if (watch->stay == STORY_NOBODY && watch->ward == from &&
		    strcmp(watch->display, "Moved to another ward") == 0 &&
		    watch->raised_us <= move->at_us && watch->closed_us >= move->at_us)
			return true;
	}
	return false;
}

static size_t ward_before(const struct ideal_stay *stay, int64_t at_us)
{
	size_t at = stay->move_count - 1;
	while (at > 0 && stay->moves[at].at_us > at_us)
		at--;
	return stay->moves[at].from;
}

void inspector_moves(struct inspector *inspector)
{
	for (size_t i = 0; i < inspector->handed_count; i++) {
		const struct watch_act *move = &inspector->handed[i];
		if (move->kind != ACT_MOVE)
			continue;
		const struct ideal_stay *stay = &inspector->ideal->stays[move->stay];
		const struct carried carried = carried_along(inspector, move);
		const struct ideal_demand demand = { .stay = move->stay,
						     .cause = CAUSE_MOVED,
						     .grade = GRADE_TECHNICAL,
						     .at_us = move->at_us,
						     .required = carried.surely > 0 };
		inspector->tally[TALLY_MOVED_ALERT] += (int64_t)carried.surely;
		if (carried.surely + carried.perhaps > 0)
			ideal_demand(inspector->ideal, &demand);
		if (carried.surely > 0 &&
		    !is_old_ward_told(inspector, move, ward_before(stay, move->at_us)))
			story_violation(inspector->story, move->stay, move->at_us,
					"a stay went to another ward with %zu open alerts and the "
					"ward it left was not told",
					carried.surely);
	}
}
