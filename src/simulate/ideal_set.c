/* SPDX-License-Identifier: Apache-2.0
 * Readings of one stay to sets: what was measured within ten minutes of the first is scored together, of several
 * values of one sign the worse counts; readings of 72 hours are looked at. */
#include "base/hash.h"
#include "simulate/ideal.h"

#include <stdlib.h>
#include <string.h>

#define SET_US (10 * DATE_US_PER_MIN)
#define KEPT_US (72 * DATE_US_PER_HOUR)

static const uint32_t asked_child =
	1u << SIGN_BREATHS | 1u << SIGN_PULSE | 1u << SIGN_SPO2 | 1u << SIGN_TEMPERATURE;

bool ideal_room(struct ideal *ideal, void **list, size_t *capacity, const size_t count_size[2])
{
	if (count_size[0] < *capacity)
		return true;
	size_t more = *capacity == 0 ? 32 : *capacity * 2;
	void *larger = realloc(*list, more * count_size[1]);
	if (larger == NULL) {
		ideal->failed = true;
		return false;
	}
	*list = larger;
	*capacity = more;
	return true;
}

static bool counts(const struct ideal_reading *reading)
{
	return reading->sign < SIGN_COUNT && !reading->impossible && !reading->duplicate;
}

/* The set of the readings [first, end), without what was remembered of it. */
static struct ideal_set measure(const struct ideal_stay *stay, size_t first, size_t end)
{
	struct ideal_set set = { .start_us = stay->readings[first].measured_us,
				 .late = true,
				 .signature = 7 };
	int points[SIGN_COUNT] = { 0 };
	set.chart = chart_of_age(date_age_years(stay->birth, set.start_us), stay->adult);
	for (size_t i = first; i < end; i++) {
		const struct ideal_reading *one = &stay->readings[i];
		if (!counts(one))
			continue;
		/* Each value by the chart of its own day; the set by that of its start. */
		int chart =
			chart_of_age(date_age_years(stay->birth, one->measured_us), stay->adult);
		int worth = chart_points(chart, one->sign, one->value);
		int in_set = chart_points(set.chart, one->sign, one->value);
		uint32_t bit = 1u << one->sign;
		if ((set.signs & bit) == 0 || worth >= points[one->sign])
			points[one->sign] = in_set;
		set.signs |= bit;
		set.members++;
		set.received_us =
			one->received_us > set.received_us ? one->received_us : set.received_us;
		set.late = set.late && one->late;
		set.enough =
			set.enough ||
			(!one->suspect &&
			 ((asked_child | (stay->adult ? 1u << SIGN_SYSTOLIC : 0u)) & bit) != 0);
		const int64_t said[] = { one->observation, one->value, one->measured_us };
		set.signature = hash_bytes(said, sizeof(said), set.signature);
	}
	set.sum = chart_add(set.chart, set.signs, points);
	return set;
}

/* Sets that left the window go with their readings. */
static size_t forget(struct ideal_stay *stay, const struct ideal_set *sets, size_t set_count,
		     int64_t now_us)
{
	size_t gone = 0, kept = 0;
	while (gone < set_count && sets[gone].start_us + SET_US < now_us - KEPT_US)
		gone++;
	if (gone == 0)
		return 0;
	int64_t from_us = gone < set_count ? sets[gone].start_us : now_us - KEPT_US;
	for (size_t i = 0; i < stay->reading_count; i++) {
		if (stay->readings[i].measured_us >= from_us)
			stay->readings[kept++] = stay->readings[i];
	}
	stay->reading_count = kept;
	return gone;
}

static void remember(const struct ideal_stay *stay, struct ideal_set *set)
{
	set->touched = set->fresh = true;
	for (size_t i = 0; i < stay->set_count; i++) {
		const struct ideal_set *before = &stay->sets[i];
		if (before->start_us != set->start_us)
			continue;
		set->group_us = before->group_us;
		set->fresh = before->signature != set->signature;
		set->touched = before->touched || set->fresh;
		return;
	}
}

void ideal_group(struct ideal *ideal, struct ideal_stay *stay)
{
	struct ideal_set *sets = NULL;
	size_t count = 0, capacity = 0, at = 0;
	while (at < stay->reading_count) {
		if (!counts(&stay->readings[at])) {
			at++;
			continue;
		}
		size_t end = at;
		while (end < stay->reading_count &&
		       stay->readings[end].measured_us <= stay->readings[at].measured_us + SET_US)
			end++;
		void *list = sets;
		if (!ideal_room(ideal, &list, &capacity, (const size_t[2]){ count, sizeof(*sets) }))
			break;
		sets = list;
		sets[count] = measure(stay, at, end);
		remember(stay, &sets[count]);
		count++;
		at = end;
	}
	size_t gone = forget(stay, sets, count, ideal->now_us);
	if (gone > 0)
		memmove(sets, sets + gone, (count - gone) * sizeof(*sets));
	free(stay->sets);
	stay->sets = sets;
	stay->set_count = count - gone;
	stay->set_capacity = capacity;
}

struct ideal_set *ideal_set_at(struct ideal_stay *stay, int64_t start_us)
{
	for (size_t i = 0; i < stay->set_count; i++) {
		if (stay->sets[i].start_us == start_us)
			return &stay->sets[i];
	}
	return NULL;
}
