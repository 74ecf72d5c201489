/* SPDX-License-Identifier: Apache-2.0
 * An alert that an earlier version of the ward raised and today's rules do not hold: docs/decisions/0017. It keeps its
 * Task, level and words, is paged anew from the first rung, and no rule touches it: it ends by a person. */
#ifndef WARD_CARRIED_H
#define WARD_CARRIED_H

#include "ward/model.h"

/* The origin of the version of a Task that hands it over; clients write under another. */
#define CARRIED_ORIGIN "ward-carried"
/* Extension of every version of such a Task. */
#define CARRIED_EXTENSION "carried-over"

bool carried_is(const struct alert *alert);
/* The cause whose rule the alert is of: its own, or the one that it was raised for under an earlier version. */
enum alert_cause carried_cause(const struct alert *alert);
/* Takes the alert of this Task over; it has CARRIED_ORIGIN. */
void carried_event(struct ward_core *core, const struct ward_event *event);

#endif
