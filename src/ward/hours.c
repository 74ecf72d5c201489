/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/hours.h"

/* A span is an hour at least and a technical time seven days at most (policy_hours.c): 168 weeks of one day, and as
 * many again that are closed. */
#define HOURS_DAYS_MAX 1700

struct hours_span {
	int64_t start_us, end_us;
};

static int64_t day_of(int64_t at_us)
{
	int64_t local_us = at_us + date_london_offset_min(at_us) * DATE_US_PER_MIN;
	int64_t day = local_us / DATE_US_PER_DAY;
	return local_us % DATE_US_PER_DAY < 0 ? day - 1 : day;
}

static bool span_of(const struct policy_hours *hours, int64_t day, struct hours_span *ret_span)
{
	int64_t weekday = ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	int64_t midnight_us = day * DATE_US_PER_DAY;
	if ((hours->days & 1u << weekday) == 0)
		return false;
	for (uint32_t i = 0; i < hours->closed_count; i++) {
		if (hours->closed[i] == day)
			return false;
	}
	ret_span->start_us = interval_local_us(midnight_us, hours->from_min);
	if (hours->until_min <= hours->from_min)
		midnight_us += DATE_US_PER_DAY;
	ret_span->end_us = interval_local_us(midnight_us, hours->until_min);
	return true;
}

int64_t hours_after_us(const struct policy_hours *hours, int64_t from_us, int64_t open_us)
{
	int64_t day = day_of(from_us) - 1; /* what began yesterday may last past midnight */
	ASSERT(open_us >= 0);
	for (int i = 0; i < HOURS_DAYS_MAX; i++, day++) {
		struct hours_span span;
		if (!span_of(hours, day, &span) || span.end_us <= from_us ||
		    span.end_us <= span.start_us) /* the hour that spring leaves out */
			continue;
		int64_t start_us = span.start_us > from_us ? span.start_us : from_us;
		if (open_us <= span.end_us - start_us)
			return start_us + open_us;
		open_us -= span.end_us - start_us;
	}
	return from_us; /* never open: nothing may wait for it */
}

const struct policy_hours *hours_of(const struct alert *alert)
{
	const struct policy *policy = alert->policy;
	bool waits = policy != NULL && alert->own_policy && policy->hours.days != 0 &&
		     alert->level == ALERT_LEVEL_TECHNICAL && !self_test_is(alert->stay) &&
		     (policy->hours.waits & UINT64_C(1) << alert->cause) != 0;
	return waits ? &policy->hours : NULL;
}

int64_t hours_limit_us(const struct alert *alert, int64_t from_us, int64_t time_us)
{
	const struct policy_hours *hours = hours_of(alert);
	return hours == NULL ? from_us + time_us : hours_after_us(hours, from_us, time_us);
}

int64_t hours_call_us(const struct alert *alert, int64_t at_us)
{
	return hours_limit_us(alert, at_us, 0);
}

/* No others: silent equipment, pages that do not arrive, gaps of the rota, handovers and the self-test are about the
 * watching itself; a sign or an answer that a policy calls technical is about a patient. */
bool hours_cause(struct str name, enum alert_cause *ret_cause)
{
	static const struct {
		struct str name;
		enum alert_cause cause;
	} causes[] = { { STR_INIT("battery"), ALERT_CAUSE_BATTERY },
		       { STR_INIT("time-suspect"), ALERT_CAUSE_TIME },
		       { STR_INIT("conflict"), ALERT_CAUSE_CONFLICT },
		       { STR_INIT("age-band"), ALERT_CAUSE_BAND },
		       { STR_INIT("access"), ALERT_CAUSE_ACCESS } };
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (str_equal(causes[i].name, name)) {
			*ret_cause = causes[i].cause;
			return true;
		}
	}
	return false;
}
