/* SPDX-License-Identifier: Apache-2.0
 * The charts were typed twice, in room score from the official tables and in room simulate from the reference: they
 * must agree on every value, or one of them was typed wrong. */
#include "score/score.h"
#include "simulate/chart.h"
#include "unit.h"

static const char *const births[] = { "2026-01-05", "2023-01-05", "2017-01-05", "2011-01-05",
				      "1960-01-05" };
#define AT_US INT64_C(1795334400000000)

static struct score_set frame(int chart)
{
	struct score_set set = {
		.spo2_scale = 1, .has_birth_date = true, .has_at = true, .at_us = AT_US
	};
	assert_int_equal(date_parse(str_from_c(births[chart]), DATE_KIND_DATE, &set.birth_date),
			 ERROR_OK);
	return set;
}

static const enum score_input inputs[SIGN_COUNT] = {
	[SIGN_BREATHS] = SCORE_RESPIRATORY_RATE,
	[SIGN_PULSE] = SCORE_HEART_RATE,
	[SIGN_SPO2] = SCORE_SPO2,
	[SIGN_TEMPERATURE] = SCORE_TEMPERATURE,
	[SIGN_SYSTOLIC] = SCORE_SYSTOLIC,
	[SIGN_REFILL] = SCORE_CAPILLARY_REFILL,
	[SIGN_OXYGEN] = SCORE_OXYGEN,
	[SIGN_DISTRESS] = SCORE_RESPIRATORY_DISTRESS,
	[SIGN_MIND] = SCORE_CONSCIOUSNESS,
};

static void put(struct score_set *set, enum sign sign, int value)
{
	const struct decimal tenths = { value, -1 };
	set->has[inputs[sign]] = true;
	switch (sign) {
	case SIGN_BREATHS:
		set->respiratory_rate = tenths;
		break;
	case SIGN_PULSE:
		set->heart_rate = tenths;
		break;
	case SIGN_SPO2:
		set->spo2 = tenths;
		break;
	case SIGN_TEMPERATURE:
		set->temperature = tenths;
		break;
	case SIGN_SYSTOLIC:
		set->systolic = tenths;
		break;
	case SIGN_REFILL:
		set->capillary_refill = tenths;
		break;
	case SIGN_OXYGEN:
		set->oxygen_device = value > 0 ? SCORE_NP : SCORE_AIR;
		set->has_oxygen_litres = value > 0;
		set->oxygen_litres = tenths;
		break;
	case SIGN_DISTRESS:
		set->distress = (enum score_distress)value;
		break;
	case SIGN_MIND:
		set->consciousness = (enum score_consciousness)value;
		break;
	case SIGN_WORRY:
	case SIGN_KINDS:
	default:
		fail();
	}
}

static void compare(int chart, enum sign sign, int low, int high, int step)
{
	enum score_scale scale = chart == CHART_ADULT ? SCORE_NEWS2 : SCORE_NPEWS;
	for (int value = low; value <= high; value += step) {
		struct score_set set = frame(chart);
		struct score_result result;
		int points[SIGN_COUNT] = { 0 };
		put(&set, sign, value);
		assert_int_equal(score_compute(scale, &set, NULL, &result), ERROR_OK);
		points[sign] = chart_points(chart, sign, value);
		struct chart_sum sum = chart_add(chart, 1u << sign, points);
		if (sum.total != result.total || sum.complete != result.complete)
			fail_msg("chart %d, sign %d, value %d: %d here, %d in room score", chart,
				 (int)sign, value, sum.total, result.total);
	}
}

static void both_charts_agree_on_every_value(void **state)
{
	(void)state;
	for (int chart = 0; chart <= CHART_ADULT; chart++) {
		compare(chart, SIGN_BREATHS, 10, 1500, 10);
		compare(chart, SIGN_PULSE, 150, 3200, 10);
		compare(chart, SIGN_SPO2, 300, 1000, 10);
		compare(chart, SIGN_TEMPERATURE, 250, 450, 1);
		compare(chart, SIGN_SYSTOLIC, 300, 3000, 10);
		compare(chart, SIGN_REFILL, 0, 60, 1);
		compare(chart, SIGN_OXYGEN, 0, 150, 1);
		compare(chart, SIGN_DISTRESS, 0, 3, 1);
		compare(chart, SIGN_MIND, MIND_ALERT, MIND_UNRESPONSIVE, 1);
	}
}

static void both_agree_on_what_cannot_be(void **state)
{
	(void)state;
	static const enum plausibility meaning[] = { [SCORE_PLAUSIBLE] = PLAUSIBLE,
						     [SCORE_SUSPECT] = DOUBTFUL,
						     [SCORE_IMPOSSIBLE] = IMPOSSIBLE };
	for (unsigned sign = 0; sign <= SIGN_SYSTOLIC; sign++) {
		for (int value = 0; value <= 4000; value++) {
			enum score_plausibility judged =
				score_plausibility(inputs[sign], (struct decimal){ value, -1 });
			if (chart_plausibility((enum sign)sign, value) != meaning[judged])
				fail_msg("sign %u, value %d", sign, value);
		}
	}
}

static void a_whole_set_adds_up_to_the_published_example(void **state)
{
	(void)state;
	/* S3: RR 52 HR 172 SBP 75 SpO2 91 moderate distress NP 0.5 l CRT 3, a girl of three: 16, Emergency. */
	static const int values[SIGN_COUNT] = { 520, 1720, 910, 368, 750, 30, 5, 2, 0 };
	int points[SIGN_COUNT];
	uint32_t signs = 0;
	for (unsigned sign = 0; sign < SIGN_MIND; sign++) {
		points[sign] = chart_points(1, (enum sign)sign, values[sign]);
		signs |= 1u << sign;
	}
	struct chart_sum sum = chart_add(1, signs, points);
	assert_int_equal(sum.total, 16);
	assert_true(sum.complete);
	assert_int_equal(sum.grade, GRADE_EMERGENCY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_charts_agree_on_every_value),
		cmocka_unit_test(both_agree_on_what_cannot_be),
		cmocka_unit_test(a_whole_set_adds_up_to_the_published_example),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
