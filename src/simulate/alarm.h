/* SPDX-License-Identifier: Apache-2.0
 * Alerts as any FHIR client finds them: Tasks with their history. */
#ifndef SIMULATE_ALARM_H
#define SIMULATE_ALARM_H

#include "simulate/remote.h"

/* Rules as the judge tells them apart; "parameter" counts as score. */
enum alarm_rule {
	ALARM_FEVER,
	ALARM_HYPOTHERMIA,
	ALARM_CONCERN,
	ALARM_SCORE,
	ALARM_OVERDUE,
	ALARM_EQUIPMENT,
	ALARM_OTHER,
	ALARM_RULE_COUNT,
};
enum alarm_level {
	ALARM_NONE,
	ALARM_TECHNICAL,
	ALARM_LOW,
	ALARM_MEDIUM,
	ALARM_HIGH,
	ALARM_EMERGENCY,
	ALARM_LEVEL_COUNT,
};
const char *alarm_rule_name(enum alarm_rule rule);
const char *alarm_level_name(enum alarm_level level);

/* One version of a Task. */
struct alarm_step {
	int64_t at_us; /* when it was stored */
	enum alarm_level level;
	bool open;
	bool used; /* the judge's: explains an expectation */
};
struct alarm {
	size_t child;
	char id[65];
	struct str cause; /* identifier */
	enum alarm_rule rule;
	int64_t raised_us, closed_us; /* INT64_MAX while open */
	struct alarm_step *steps;     /* oldest first */
	size_t step_count;
};
struct alarm_list {
	struct alarm *alarms;
	size_t count;
};
/* What a Task says of itself now. False when it is no alert of these children. */
bool alarm_read(const struct remote *remote, const struct plan *plan, const struct json *task,
		struct alarm *ret_alarm, bool *ret_open);
/* All alerts of the plan's children with their histories; memory is the plan's arena. */
MUST_CHECK bool alarm_fetch(struct remote *remote, struct plan *plan, struct alarm_list *ret_list);
/* Whether it was open at that instant, and with which level. */
enum alarm_level alarm_level_at(const struct alarm *alarm, int64_t at_us);

#endif
