/* SPDX-License-Identifier: Apache-2.0
 * A value that a device gives as a bound ("< 70", what an oximeter says below its range). It counts as its limit where
 * every value beyond is at least as bad on every chart of the policy; else nobody knows what it means. */
#include "ward/model.h"

#define STEPS_MAX 400

bool bound_is(const struct reading *reading)
{
	return reading->text[0] == '<' || reading->text[0] == '>';
}

/* The part of a value on one chart; SCORE_PART_UNKNOWN where it cannot be. */
static int part_of(const struct policy *policy, const struct reading *reading, int band)
{
	struct score_set set = { .has_band = true, .band = band };
	struct score_result result;
	set_input(&set, reading);
	if (score_compute(policy->scale, &set, NULL, &result) != ERROR_OK)
		return SCORE_PART_UNKNOWN;
	return result.parts[reading->input];
}

static bool is_worse_beyond(const struct policy *policy, const struct reading *reading, int band)
{
	struct reading at = *reading;
	int64_t step = reading->input == SCORE_TEMPERATURE ? 100 : 1000, thousandths;
	int least = part_of(policy, reading, band);
	if (least <= 0 || !decimal_to_scaled(reading->value, 3, &thousandths))
		return false;
	for (unsigned i = 0; i < STEPS_MAX; i++) {
		thousandths += reading->text[0] == '<' ? -step : step;
		at.value = (struct decimal){ thousandths, -3 };
		int part = part_of(policy, &at, band);
		if (part == SCORE_PART_UNKNOWN)
			break; /* no living person has it */
		if (part < least)
			return false;
	}
	return true;
}

bool bound_is_bad(const struct policy *policy, const struct reading *reading)
{
	if (policy == NULL || reading->input >= SCORE_INPUT_COUNT)
		return false;
	if (reading->input == SCORE_TEMPERATURE && reading->text[0] == '>' &&
	    rule_is_fever(policy, reading->value))
		return true;
	if (reading->input == SCORE_TEMPERATURE && reading->text[0] == '<' &&
	    rule_is_low(policy, reading->value))
		return true;
	int count = score_band_count(policy->scale);
	for (int band = 0; band == 0 || band < count; band++) {
		if (!is_worse_beyond(policy, reading, band))
			return false;
	}
	return true;
}
