/* SPDX-License-Identifier: Apache-2.0
 * Office hours of a policy, action "office-hours". A policy without it calls at all hours. */
#include "ward/hours.h"
#include "ward/policy_setting.h"

#define TIME_US_MAX (7 * DATE_US_PER_DAY)
#define SPAN_MIN_LEAST 60
#define DAY_MIN (24 * 60)

static void read_days(const struct section *section, struct policy_hours *hours)
{
	static const struct str names[] = { STR_INIT("mon"), STR_INIT("tue"), STR_INIT("wed"),
					    STR_INIT("thu"), STR_INIT("fri"), STR_INIT("sat"),
					    STR_INIT("sun") };
	const struct json *one;
	for (size_t i = 0; (one = section_setting(section, STR("open"), i)) != NULL; i++) {
		size_t day = 0;
		while (day < 7 && !str_equal(json_get_text(one, STR("valueCode")), names[day]))
			day++;
		if (day == 7)
			section_refuse(section, STR("open"), "must be mon, tue … sun");
		else
			hours->days |= (uint8_t)(1u << day);
	}
	if (hours->days == 0)
		section_refuse(section, STR("open"), "must name a day at least");
}

static void read_closed(const struct section *section, struct policy_hours *hours)
{
	const struct json *one;
	for (size_t i = 0; (one = section_setting(section, STR("closed"), i)) != NULL; i++) {
		struct date date;
		if (date_parse(json_get_text(one, STR("valueDate")), DATE_KIND_DATE, &date) !=
			    ERROR_OK ||
		    date.precision != DATE_DAY || hours->closed_count == POLICY_CLOSED_MAX) {
			section_refuse(section, STR("closed"), "must be dates, 64 at most");
			return;
		}
		/* Ascending, so that two policies that mean the same are the same. */
		int64_t day = date.low_us / DATE_US_PER_DAY;
		size_t at = hours->closed_count++;
		for (; at > 0 && hours->closed[at - 1] > day; at--)
			hours->closed[at] = hours->closed[at - 1];
		hours->closed[at] = day;
	}
}

static void read_waits(const struct section *section, struct policy_hours *hours)
{
	const struct json *one;
	for (size_t i = 0; (one = section_setting(section, STR("waits"), i)) != NULL; i++) {
		enum alert_cause cause;
		if (hours_cause(json_get_text(one, STR("valueCode")), &cause))
			hours->waits |= UINT64_C(1) << cause;
		else
			section_refuse(section, STR("waits"),
				       "must be battery, time-suspect, conflict, age-band or "
				       "access: nothing else may wait");
	}
}

void policy_hours_read(struct policy_reader *reader, struct policy *policy)
{
	const struct section section = section_of(reader, STR("office-hours"));
	const struct ladder *ladder = &policy->ladders[ALERT_LEVEL_TECHNICAL];
	struct policy_hours hours = { 0 };
	if (section.action == NULL)
		return;
	read_days(&section, &hours);
	section_minute(&section, STR("from"), &hours.from_min);
	section_minute(&section, STR("until"), &hours.until_min);
	read_closed(&section, &hours);
	read_waits(&section, &hours);
	int long_min = (hours.until_min - hours.from_min + DAY_MIN) % DAY_MIN;
	if (long_min != 0 && long_min < SPAN_MIN_LEAST)
		section_refuse(&section, STR("until"), "must be an hour after from at least");
	if (ladder->acknowledge_us > TIME_US_MAX || ladder->review_us > TIME_US_MAX ||
	    ladder->repeat_us > TIME_US_MAX)
		section_refuse(&section, STR("times"),
			       "of ladder-technical must be 7 days at most");
	policy->hours = hours;
}
