/* SPDX-License-Identifier: Apache-2.0
 * Figures of the running server as Prometheus reads them (text format 0.0.4). Names begin with homeward_, end in
 * their unit, and in _total when they only grow; times are Unix seconds, ages seconds. Labels take words of the
 * program alone: never a name, an id or anything else of a person or a ward. tools/reference.py writes
 * docs/reference/metrics.md from the calls of these functions: name, type and help stand in them as literals. */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "api/route.h"
#include "base/text.h"

/* A room's own figures; called on a loop thread for each GET /metrics, so that it must not wait for anybody. */
typedef void metrics_room(struct call *call, struct text *text);

/* The lines above the samples of one metric; `name` without homeward_. */
void metrics_head(struct text *text, const char *name, const char *type, const char *help);
/* A metric of one sample. */
void metrics_figure(struct text *text, const char *name, const char *type, const char *help,
		    int64_t value);
/* The same of a time or a span, in seconds. */
void metrics_time(struct text *text, const char *name, const char *type, const char *help,
		  int64_t time_us);
/* One sample with labels, such as level="high". */
void metrics_sample(struct text *text, const char *name, const char *labels, int64_t value);
void metrics_sample_time(struct text *text, const char *name, const char *labels, int64_t time_us);

/* GET /metrics */
void metrics_handle(struct call *call);

#endif
