/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/worst.h"

uint32_t worst_bands(enum score_scale scale, const struct score_set *set)
{
	int count = score_band_count(scale);
	uint32_t bands = 0;
	if (count == 0)
		return 0;
	if (set->has_chart)
		return 1u << set->chart;
	if (!set->has_birth_date)
		return (1u << count) - 1;
	struct date youngest = set->birth_date, oldest = set->birth_date;
	youngest.low_us = youngest.high_us - DATE_US_PER_DAY;
	oldest.high_us = oldest.low_us + DATE_US_PER_DAY;
	youngest.precision = oldest.precision = DATE_DAY;
	int low = score_band_at(scale, youngest, set->at_us);
	int high = score_band_at(scale, oldest, set->at_us);
	if (low < 0)
		return 0;
	for (int band = low; band <= (high < low ? low : high); band++)
		bands |= 1u << band;
	return bands;
}

static bool is_worse(const struct score_result *one, const struct score_result *than)
{
	return one->level > than->level || (one->level == than->level && one->total > than->total);
}

static bool is_exact(const struct score_set *set)
{
	return set->has_chart || (set->has_birth_date && set->birth_date.precision >= DATE_DAY);
}

enum error worst_score(enum score_scale scale, const struct score_set *set,
		       struct score_result *ret_result)
{
	uint32_t bands = set->has_birth_date && !is_exact(set) ? worst_bands(scale, set) : 0;
	enum error error = ERROR_INVALID;
	if (bands == 0)
		return score_compute(scale, set, NULL, ret_result);
	for (int band = 0; band < score_band_count(scale); band++) {
		struct score_set by = *set;
		struct score_result result;
		by.has_band = true;
		by.band = band;
		if ((bands & 1u << band) == 0 ||
		    score_compute(scale, &by, NULL, &result) != ERROR_OK)
			continue;
		if (error != ERROR_OK || is_worse(&result, ret_result))
			*ret_result = result;
		error = ERROR_OK;
	}
	return error;
}

/* By each chart in turn; false after the last. Without bands there is one. */
static bool next_chart(enum score_scale scale, uint32_t bands, struct score_set *set)
{
	int count = score_band_count(scale);
	set->band = set->has_band ? set->band + 1 : 0;
	set->has_band = true;
	while (set->band < count && (bands & 1u << set->band) == 0)
		set->band++;
	return set->band < (count == 0 ? 1 : count);
}

int worst_part(enum score_scale scale, const struct score_set *set, unsigned input)
{
	struct score_set by = *set;
	struct score_result result;
	int worst = SCORE_PART_UNKNOWN;
	uint32_t bands = worst_bands(scale, set);
	if (is_exact(set) || score_band_count(scale) == 0)
		return score_compute(scale, set, NULL, &result) == ERROR_OK ? result.parts[input]
									    : worst;
	while (next_chart(scale, bands, &by)) {
		if (score_compute(scale, &by, NULL, &result) == ERROR_OK &&
		    result.parts[input] > worst)
			worst = result.parts[input];
	}
	return worst;
}

/* --- without a score ------------------------------------------------------------------------- */

/* Keeps the values that are far out by themselves on this chart, and says what they make together. */
static uint32_t far_out(enum score_scale scale, int part, const struct score_set *set,
			struct score_result *ret_result)
{
	struct score_set alone = *set;
	uint32_t inputs = 0;
	if (score_compute(scale, set, NULL, ret_result) != ERROR_OK) {
		alone.has[SCORE_OXYGEN] = false; /* all else that could be refused is no value */
		if (score_compute(scale, &alone, NULL, ret_result) != ERROR_OK)
			return 0;
	}
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		if (ret_result->parts[input] >= part)
			inputs |= 1u << input;
		else
			alone.has[input] = false;
	}
	if ((inputs & 1u << SCORE_SYSTOLIC) == 0)
		alone.has_bp_not_done = false;
	return score_compute(scale, &alone, NULL, ret_result) == ERROR_OK ? inputs : 0;
}

static void add(const struct policy *policy, enum score_scale scale, const struct score_set *values,
		struct set *set)
{
	int part = scale == policy->scale && policy->parameter_part > 0 ? policy->parameter_part
									: SCORE_RED;
	struct score_result result;
	uint32_t inputs = far_out(scale, part, values, &result);
	if (inputs == 0)
		return;
	enum alert_level level = policy->parameter_level, together = ALERT_LEVEL_NONE;
	if (level < ALERT_LEVEL_MEDIUM)
		level = ALERT_LEVEL_MEDIUM;
	if (scale == policy->scale && __builtin_popcount(inputs) > 1)
		together = policy->score_levels[result.level];
	level = together > level ? together : level;
	set->abnormal |= inputs;
	set->by_parameter = true;
	if (level > set->level)
		set->level = (uint8_t)level;
}

void worst_unscored(const struct policy *policy, const struct score_set *values, bool pregnant,
		    struct set *set)
{
	struct score_set by = *values;
	bool is_exact_age = is_exact(values) && worst_bands(policy->scale, values) != 0;
	uint32_t bands = is_exact_age ? worst_bands(policy->scale, values) : UINT32_MAX;
	set->result = (struct score_result){ .band = -1 };
	set->by_parameter = false;
	by.has_birth_date = by.has_chart = false; /* these charts are for whoever they may be for */
	while (next_chart(policy->scale, bands, &by))
		add(policy, policy->scale, &by, set);
	by.has_band = false;
	if (pregnant)
		add(policy, SCORE_MEOWS, &by, set);
}
