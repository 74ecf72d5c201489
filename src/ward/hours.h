/* SPDX-License-Identifier: Apache-2.0
 * Office hours: when a technical alert that may wait calls somebody, and how its time is counted (reference/ward.md,
 * section 4: "4 h in hours"). The policy that the alert was raised under says the hours and which causes may wait;
 * docs/decisions/0016 says why. Pure. */
#ifndef WARD_HOURS_H
#define WARD_HOURS_H

#include "ward/model.h"

/* The instant by which `open_us` of open time have passed since `from_us`; with 0 the next open instant, `from_us`
 * itself when it is open. It may be the very end of a span. */
int64_t hours_after_us(const struct policy_hours *hours, int64_t from_us, int64_t open_us);
/* The hours that this alert keeps now; NULL: it calls at all hours, as where no policy was named. */
const struct policy_hours *hours_of(const struct alert *alert);
/* `time_us` after `from_us`, of open time where the alert keeps hours. */
int64_t hours_limit_us(const struct alert *alert, int64_t from_us, int64_t time_us);
/* When its rung may be called: `at_us` itself, or when the hours begin. */
int64_t hours_call_us(const struct alert *alert, int64_t at_us);
/* A cause by the word that a policy names it with; false: none, or one that may never wait. */
bool hours_cause(struct str name, enum alert_cause *ret_cause);

#endif
