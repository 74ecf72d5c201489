/* SPDX-License-Identifier: Apache-2.0
 * Counters of requests by route and class of status, with a histogram of durations. Counting takes no
 * lock. Thread: any. Labels are route patterns only, never paths that were asked for. */
#ifndef API_COUNTERS_H
#define API_COUNTERS_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct router;
struct counters;

struct counters *counters_create(size_t route_count); /* one more row is kept for "no route" */
void counters_destroy(struct counters *counters);
void counters_count(struct counters *counters, size_t route, unsigned status, int64_t duration_us);
/* Prometheus text of all rows that have counted something. */
void counters_print(struct text *text, const struct counters *counters,
		    const struct router *router);
uint64_t counters_total(const struct counters *counters);

#endif
