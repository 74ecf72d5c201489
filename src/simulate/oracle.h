/* SPDX-License-Identifier: Apache-2.0
 * What a perfect ward would have raised, from what homes sent and when it arrived: written from
 * reference/ward.md and the published policy childrens-cancer 1, without the ward's code (scores alone come from room
 * score). Pure. */
#ifndef SIMULATE_ORACLE_H
#define SIMULATE_ORACLE_H

#include "simulate/alarm.h"

/* At some instant between first and last an alert of this rule must stand open at `least` or
 * higher; on the way there, levels up to `most` may be seen. */
struct expectation {
	size_t child;
	enum alarm_rule rule;
	enum alarm_level least, most;
	int64_t first_us, last_us;
	bool late_readings; /* readings that came long after they were measured: an alert of their own */
	bool doubtful;      /* so close to a limit of time that either is right */
};
struct expectation_list {
	struct expectation *expectations; /* by child, then in time */
	size_t count;
};
/* Memory is the plan's arena. `doubt_us`: how close to a limit is too close to call. False when memory is short. */
MUST_CHECK bool oracle_expect(struct plan *plan, int64_t until_us, int64_t doubt_us,
			      struct expectation_list *ret_list);
/* Level of one set by score and by single values, as published. */
enum alarm_level oracle_set_level(const struct home_child *child, const struct home_set *set);

#endif
