/* SPDX-License-Identifier: Apache-2.0
 * Office hours as the judge counts them: minute by minute, by what the clock on the wall says (decisions/0016). Shares
 * nothing with room ward. Pure. */
#ifndef SIMULATE_OFFICE_H
#define SIMULATE_OFFICE_H

#include "base/date.h"

enum { OFFICE_CLOSED_MAX = 8 };
struct office {
	unsigned days; /* bit per weekday, Monday first; 0: there are no hours */
	int from_min,
		until_min; /* after midnight on the wall; `until` not after `from` is the day after */
	size_t closed_count;
	int64_t closed[OFFICE_CLOSED_MAX]; /* days since 1970-01-01 */
};
bool office_is_open(const struct office *office, int64_t at_us);
/* When so much open time has passed; with 0 the first open instant from `from_us` on. */
int64_t office_after_us(const struct office *office, int64_t from_us, int64_t open_us);
/* The hours of a ward of the run that begins at `start_us`; one of four has none. */
struct office office_of_ward(size_t number, int64_t start_us);

#endif
