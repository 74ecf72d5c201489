/* SPDX-License-Identifier: Apache-2.0
 * One child under two records (docs/decisions/0006, "One child under two ids"): joined, what is sent under either is of
 * the stay that is open; before, and after they are parted, it is not. */
#include "simulate/ideal.h"

bool ideal_same(const struct ideal *ideal, size_t patient, size_t other)
{
	for (size_t i = 0; i < ideal->merge_count && patient != other; i++) {
		const struct ideal_merge *merge = &ideal->merges[i];
		if ((merge->one == patient && merge->other == other) ||
		    (merge->one == other && merge->other == patient))
			return true;
	}
	return patient == other;
}

static struct ideal_stay *open_stay(struct ideal *ideal, size_t patient)
{
	struct ideal_stay *stay = ideal_stay_of(ideal, patient);
	return stay != NULL && stay->state != STATE_ENDED ? stay : NULL;
}

/* What the other record has is this child's from now on, or no longer. */
static void equipment(struct ideal *ideal, size_t patient, size_t other)
{
	struct ideal_stay *stay = ideal_stay_of(ideal, patient);
	ideal_forget_told(ideal, other);
	if (stay != NULL)
		ideal_equipment(ideal, stay);
}

void ideal_merge(struct ideal *ideal, size_t patient, size_t other, int64_t at_us)
{
	ideal_advance(ideal, at_us);
	ASSERT(ideal->merge_count < IDEAL_RECORDS_MAX && !ideal_same(ideal, patient, other));
	ideal->merges[ideal->merge_count++] = (struct ideal_merge){ patient, other };
	struct ideal_stay *stay = open_stay(ideal, patient);
	if (stay != NULL) {
		stay->merged_said = true;
		ideal_ask(ideal, stay, CAUSE_MERGED, GRADE_TECHNICAL);
	}
	equipment(ideal, patient, other);
	ideal_look_who_is_dead(ideal);
}

void ideal_part(struct ideal *ideal, size_t patient, size_t other, int64_t at_us)
{
	size_t kept = 0;
	ideal_advance(ideal, at_us);
	struct ideal_stay *stay = open_stay(ideal, patient);
	for (size_t i = 0; i < ideal->merge_count; i++) {
		if (ideal->merges[i].one != patient || ideal->merges[i].other != other)
			ideal->merges[kept++] = ideal->merges[i];
	}
	ideal->merge_count = kept;
	/* What was charted meanwhile stands there, and may be another child's. */
	if (stay != NULL && stay->merged_said) {
		stay->merged_said = false;
		ideal_ask(ideal, stay, CAUSE_MERGED, GRADE_MEDIUM);
	}
	equipment(ideal, patient, other);
	ideal_look_who_is_dead(ideal);
}

void ideal_tell_merged(struct ideal *ideal, size_t subject)
{
	struct ideal_stay *stay = ideal_stay_of(ideal, subject);
	if (stay == NULL || stay->patient == subject || stay->merged_said)
		return;
	stay->merged_said = true;
	ideal_ask(ideal, stay, CAUSE_MERGED, GRADE_TECHNICAL);
}

void ideal_stray(struct ideal *ideal, enum grade grade, bool equipment)
{
	void *list = ideal->strays;
	if (!ideal_room(ideal, &list, &ideal->stray_capacity,
			(const size_t[2]){ ideal->stray_count, sizeof(struct ideal_stray) }))
		return;
	ideal->strays = list;
	ideal->strays[ideal->stray_count++] =
		(struct ideal_stray){ ideal->now_us, grade, equipment };
}
