/* SPDX-License-Identifier: Apache-2.0
 * Partial sets: what is unknown stays within the bounds that were given. */
#include "sets.h"

static uint64_t random_state;
static unsigned random_below(unsigned bound)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((random_state >> 33) % bound);
}

static struct score_set random_set(void)
{
	struct score_set set = { .spo2_scale = (int)random_below(3),
				 .has_birth_date = true,
				 .has_at = true };
	assert_int_equal(date_parse(STR("2026-06-01"), DATE_KIND_DATE, &set.birth_date), ERROR_OK);
	set.at_us = set.birth_date.low_us + DATE_US_PER_DAY +
		    (int64_t)random_below(16 * 365) * DATE_US_PER_DAY;
	set.respiratory_rate = (struct decimal){ 1 + random_below(1500), -1 };
	set.heart_rate = (struct decimal){ 15 + random_below(306), 0 };
	set.systolic = (struct decimal){ 30 + random_below(271), 0 };
	set.spo2 = (struct decimal){ 7500 + random_below(2501), -2 };
	set.temperature = (struct decimal){ 250 + random_below(201), -1 };
	set.capillary_refill = (struct decimal){ random_below(80), -1 };
	set.diastolic = (struct decimal){ 1 + random_below(200), 0 };
	set.consciousness = (enum score_consciousness)random_below(5);
	set.oxygen_device = (enum score_oxygen_device)random_below(8);
	set.has_oxygen_litres = set.oxygen_device != SCORE_AIR;
	set.oxygen_litres = (struct decimal){ random_below(160), -1 };
	set.distress = (enum score_distress)random_below(4);
	for (size_t i = 0; i < SCORE_INPUT_COUNT; i++)
		set.has[i] = random_below(3) != 0;
	return set;
}

static enum error compute_any(enum score_scale scale, struct score_set *set,
			      struct score_result *ret_result)
{
	if (scale != SCORE_NPEWS)
		set->has_birth_date = false;
	return score_compute(scale, set, NULL, ret_result);
}

static void adding_a_missing_value_stays_within_the_bounds(void **state)
{
	(void)state;
	random_state = 20261122;
	unsigned added = 0;
	for (int round = 0; round < 40000; round++) {
		enum score_scale scale = (enum score_scale)(round % SCORE_SCALE_COUNT);
		struct score_set set = random_set();
		struct score_result before, after;
		assert_int_equal(compute_any(scale, &set, &before), ERROR_OK);
		assert_true(before.total <= before.low && before.low <= before.high);
		assert_true(!before.complete ||
			    (before.total == before.low && before.total == before.high));
		for (size_t i = 0; i < SCORE_INPUT_COUNT; i++) {
			if (set.has[i])
				continue;
			set.has[i] = true;
			assert_int_equal(compute_any(scale, &set, &after), ERROR_OK);
			assert_true(after.total >= before.total && after.total <= before.high);
			assert_true(after.low >= before.low && after.high <= before.high);
			assert_true(after.level >= before.level);
			before = after;
			added++;
		}
		assert_true(before.complete);
	}
	assert_true(added > 10000);
}

static void bounds_are_reached(void **state)
{
	(void)state;
	assert_int_equal(result_of(SCORE_NEWS2, "{}").high, 20);
	assert_int_equal(result_of(SCORE_NEWS2, "{}").low, 0);
	assert_int_equal(result_of(SCORE_NPEWS, "{" THREE "}").high, 26);
	assert_int_equal(result_of(SCORE_NPEWS, "{" THREE "}").low, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adding_a_missing_value_stays_within_the_bounds),
		cmocka_unit_test(bounds_are_reached),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
