/* SPDX-License-Identifier: Apache-2.0
 * When the next set is due. "Every four hours" is elapsed time; "08:00 daily" is wall time in Europe/London, the same
 * hour on the day a clock changes. A set that scores shortens the interval (ward.md 1.1 and 1.2, the charts' monitoring
 * columns), and the next calm set gives the schedule's own back. */
#include "ward/model.h"

int64_t interval_local_us(int64_t midnight_us, unsigned minute)
{
	int64_t wall_us = midnight_us + minute * DATE_US_PER_MIN;
	for (int offset = 60; offset >= 0; offset -= 60) {
		int64_t at_us = wall_us - offset * DATE_US_PER_MIN;
		if (date_london_offset_min(at_us) == offset)
			return at_us;
	}
	return wall_us;
}

int64_t interval_wall_us(const struct policy_times *times, int64_t after_us)
{
	int64_t local = after_us + date_london_offset_min(after_us) * DATE_US_PER_MIN;
	int64_t midnight_us = local - (local % DATE_US_PER_DAY + DATE_US_PER_DAY) % DATE_US_PER_DAY;
	ASSERT(times->count > 0);
	for (int day = 0; day < 3; day++) {
		for (uint32_t i = 0; i < times->count; i++) {
			int64_t at_us = interval_local_us(midnight_us + day * DATE_US_PER_DAY,
							  times->minutes[i]);
			if (at_us > after_us)
				return at_us;
		}
	}
	UNREACHABLE();
}

int64_t interval_next_us(const struct ward_core *core, const struct stay *stay, int64_t after_us)
{
	const struct policy *policy = stay_policy(core, stay);
	const struct policy_times *times = stay->times.count > 0 ? &stay->times : &policy->times;
	bool wall = times->count > 0 && stay->period_us == 0;
	int64_t next_us = wall ? interval_wall_us(times, after_us + policy->early_us)
			       : after_us + stay_period_us(core, stay);
	int64_t sooner_us = after_us + stay->reassess_us;
	return stay->reassess_us > 0 && sooner_us < next_us ? sooner_us : next_us;
}

int64_t interval_of_set(const struct policy *policy, const struct set *set)
{
	return policy != NULL && set->scored ? policy->reassess_us[set->result.level] : 0;
}

int64_t stay_period_us(const struct ward_core *core, const struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	if (stay->period_us > 0)
		return stay->period_us;
	return policy == NULL ? 4 * DATE_US_PER_HOUR : policy->period_us;
}

int64_t stay_known_us(const struct stay *stay)
{
	return stay->opened_us > stay->start_us ? stay->opened_us : stay->start_us;
}

bool stay_is_asked(const struct stay *stay)
{
	return stay->status == STAY_ACTIVE && !stay->deceased;
}

int64_t stay_due_us(const struct ward_core *core, const struct stay *stay)
{
	return defer_due_us(core, stay, stay_due_regular_us(core, stay));
}

int64_t stay_due_regular_us(const struct ward_core *core, const struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	int64_t due_us;
	if (!stay_is_asked(stay) || policy == NULL)
		return MODEL_NEVER;
	if (stay->last_enough_us != 0)
		due_us = interval_next_us(core, stay, stay->last_enough_us);
	else
		due_us = stay_known_us(stay) + policy->first_due_us;
	/* A return from hospital starts the schedule afresh. */
	if (stay->resumed_us != 0 && stay->last_enough_us < stay->resumed_us) {
		int64_t fresh_us = interval_next_us(core, stay, stay->resumed_us);
		due_us = due_us < fresh_us ? fresh_us : due_us;
	}
	return due_us;
}
