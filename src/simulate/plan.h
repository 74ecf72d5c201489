/* SPDX-License-Identifier: Apache-2.0
 * Everything that homes will send, in order, before the first of it is sent. */
#ifndef SIMULATE_PLAN_H
#define SIMULATE_PLAN_H

#include "base/arena.h"
#include "simulate/home.h"

struct plan {
	struct arena *arena;
	struct home_child *children;
	size_t child_count;
	struct home_set *sets; /* after plan_sort: by send_us */
	size_t set_count, set_capacity;
	int64_t start_us, end_us;
	bool failed; /* memory */
};
/* The sets may move: the result is good until the next call. NULL when memory is short. */
struct home_set *plan_add(struct plan *plan, size_t child, int64_t measured_us, int64_t send_us);
/* A set of readings of a child in that course, sent a minute or so after it was measured. */
struct home_set *plan_measure(struct plan *plan, struct dice *dice, size_t child,
			      int64_t measured_us, const struct home_course *course);
/* Sends the newest set again at `send_us`. */
void plan_repeat(struct plan *plan, int64_t send_us);
void plan_worry(struct plan *plan, size_t child, int64_t at_us);
void plan_sort(struct plan *plan);
/* Homes from start to end: readings every four hours with what goes wrong in life. */
void plan_ward(struct plan *plan, uint64_t seed);

#endif
