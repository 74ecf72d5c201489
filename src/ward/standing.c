/* SPDX-License-Identifier: Apache-2.0
 * What an alert is compared with when the next value comes (its furthest value, its highest total, its abnormal
 * signs) must still stand on the chart. After a correction or a withdrawal it is taken anew from what stands since the
 * alert was raised; it only ever comes nearer to normal, so that nothing is heard later than before. */
#include "ward/limit.h"
#include "ward/timeline.h"

/* Whether a reading stands that made or could have made the alert. `wanted` false for what means nothing to it. */
static bool stands(const struct ward_core *core, const struct stay *stay, const struct alert *alert,
		   unsigned input,
		   bool (*wanted)(const struct ward_core *core, const struct stay *stay,
				  const struct alert *alert, const struct reading *reading))
{
	const struct reading *reading;
	for (uint32_t at = 0; (reading = timeline_at(stay, input, at)) != NULL; at++) {
		if (!reading->impossible && !reading->declined && !reading->poor_signal &&
		    !reading->duplicate && wanted(core, stay, alert, reading))
			return true;
	}
	return false;
}

static bool is_watched(const struct ward_core *core, const struct stay *stay,
		       const struct alert *alert, const struct reading *reading)
{
	return reading->received_us >= alert->raised_us &&
	       watch_hits(core, stay, reading, alert->cause == ALERT_CAUSE_PARAMETER);
}

static bool is_beyond(const struct ward_core *core, const struct stay *stay,
		      const struct alert *alert, const struct reading *reading)
{
	(void)core;
	return reading->received_us >= alert->raised_us && limit_hits(stay, reading);
}

/* A temperature of the time before the worry counts with it: rule.c. */
static bool is_beside_concern(const struct ward_core *core, const struct stay *stay,
			      const struct alert *alert, const struct reading *reading)
{
	return reading->measured_us > alert->raised_us - stay_period_us(core, stay) &&
	       rule_is_raised(stay_policy(core, stay), reading->value);
}

/* --- temperatures ---------------------------------------------------------------------------- */

/* Just so far that whatever raises the alert is worse by the policy's step. */
static struct decimal nothing_stands(const struct policy *policy, bool fever)
{
	struct decimal from = fever ? policy->fever_from : policy->hypothermia_below;
	struct decimal step = fever ? policy->fever_worse : policy->hypothermia_worse;
	int64_t a = 0, b = 0;
	if (!decimal_to_scaled(from, 3, &a) || !decimal_to_scaled(step, 3, &b))
		return from;
	return (struct decimal){ fever ? a - b : a + b, -3 };
}

static bool review_temperature(struct ward_core *core, struct stay *stay, struct alert *alert)
{
	const struct policy *policy = stay_policy(core, stay);
	bool fever = alert->cause == ALERT_CAUSE_FEVER;
	struct decimal furthest = nothing_stands(policy, fever);
	const struct reading *reading;
	for (uint32_t at = 0; (reading = timeline_at(stay, SCORE_TEMPERATURE, at)) != NULL; at++) {
		bool counts = reading_counts(reading) && !reading->duplicate &&
			      reading->received_us >= alert->raised_us &&
			      (fever ? rule_is_fever(policy, reading->value)
				     : rule_is_low(policy, reading->value));
		int order = decimal_compare(reading->value, furthest);
		if (counts && (fever ? order > 0 : order < 0))
			furthest = reading->value;
	}
	int order = decimal_compare(furthest, alert->extreme);
	if (fever ? order >= 0 : order <= 0)
		return false;
	alert->extreme = furthest;
	return true;
}

/* --- scores ---------------------------------------------------------------------------------- */

/* A set that came since, or the one that the alert is about. */
static bool is_of(const struct policy *policy, const struct alert *alert, const struct set *set)
{
	bool same = set->start_us <= alert->set_us + policy->set_us &&
		    set->start_us >= alert->set_us - policy->set_us;
	return same || (alert->cause == ALERT_CAUSE_SCORE && alert_is_open(alert) && !set->late &&
			set->received_us >= alert->raised_us);
}

static bool review_score(struct ward_core *core, struct stay *stay, struct alert *alert)
{
	const struct policy *policy = stay_policy(core, stay);
	uint32_t inputs = 0;
	int32_t total = 0;
	for (const struct set *set = stay->sets; set != NULL; set = set->next) {
		if (set->inputs == 0 || !set->scored || !is_of(policy, alert, set))
			continue;
		inputs |= set->abnormal;
		if (set->result.total > total)
			total = set->result.total;
	}
	bool less = (alert->inputs & ~inputs) != 0 || total < alert->total;
	alert->inputs &= inputs;
	if (total < alert->total)
		alert->total = total;
	return less;
}

/* --- one alert ------------------------------------------------------------------------------- */

static bool review_input(struct ward_core *core, struct stay *stay, struct alert *alert,
			 unsigned input)
{
	bool there = true;
	if ((alert->inputs & 1u << input) == 0)
		return false;
	switch ((int)alert->cause) {
	case ALERT_CAUSE_PARAMETER:
	case ALERT_CAUSE_BASELINE:
		there = stands(core, stay, alert, input, is_watched);
		break;
	case ALERT_CAUSE_LIMIT:
		there = stands(core, stay, alert, input, is_beyond);
		break;
	case ALERT_CAUSE_CONCERN:
		there = input != SCORE_TEMPERATURE ||
			stands(core, stay, alert, input, is_beside_concern);
		break;
	default:
		break;
	}
	if (!there)
		alert->inputs &= ~(1u << input);
	return !there;
}

static bool review(struct ward_core *core, struct stay *stay, struct alert *alert,
		   const struct reading *gone)
{
	bool scored = alert->cause == ALERT_CAUSE_SCORE || alert->cause == ALERT_CAUSE_LATE;
	bool less = false;
	/* What a person answered is not heard again (rule.c, resolved_already), unless it does not stand any more. */
	if (scored && (alert_is_open(alert) || alert->end == ALERT_END_PERSON))
		return review_score(core, stay, alert);
	if (!alert_is_open(alert))
		return false;
	if (alert->cause == ALERT_CAUSE_FEVER || alert->cause == ALERT_CAUSE_HYPOTHERMIA)
		return review_temperature(core, stay, alert);
	for (; gone != NULL; gone = gone->next) {
		bool fewer = review_input(core, stay, alert, gone->input);
		less = less || fewer;
	}
	return less;
}

void standing_review(struct ward_core *core, struct stay *stay, const struct reading *gone)
{
	char time[MODEL_CLOCK_BYTES];
	if (gone == NULL || stay_policy(core, stay) == NULL)
		return;
	model_clock_time(core->now_us, time);
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (!review(core, stay, alert, gone) || !alert_is_open(alert))
			continue;
		model_format(alert->latest, sizeof(alert->latest),
			     "a value of it was corrected or withdrawn at %s", time);
		alert_touch(core, alert);
	}
}
