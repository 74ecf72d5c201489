/* SPDX-License-Identifier: Apache-2.0
 * Every step of every table, against the charts as re-expressed here by hand: not made from data/score. */
#include "score/score.h"
#include "unit.h"

/* All numbers in thousandths. A row of the chart ends at `end`, the next one starts at `start`;
 * whatever lies strictly between them is undefined and takes the higher score. */
struct edge {
	int end, start;
};
struct chart {
	enum score_scale scale;
	const char *birth; /* NPEWS: the age at 1 June 2026 picks the chart */
	enum score_input input;
	int spo2_scale;
	bool oxygen;
	int low, high; /* sweep */
	int edge_count;
	struct edge edges[8];
	int points[9]; /* one more than edges */
};
#define U(n) \
	{ \
		(n) * 1000, (n)*1000 + 1000 \
	} /* whole units: 8 | 9 */
#define C(n) \
	{ \
		(n) * 1000 - 10, (n)*1000 \
	} /* hundredths: 9.99 | 10 */
#define E(n) \
	{ \
		(n) * 1000 - 1, (n)*1000 \
	} /* exact: under 10 | 10 */
#define INFANT "2026-01-15"
#define TODDLER "2023-01-15"
#define CHILD "2018-01-15"
#define TEEN "2011-01-15"
#define PEWS(born, what, from, to) \
	.scale = SCORE_NPEWS, .birth = born, .input = what, .low = (from)*1000, .high = (to)*1000
#define NEWS(what, from, to) \
	.scale = SCORE_NEWS2, .input = what, .low = (from)*1000, .high = (to)*1000
#define MEOWS(what, from, to) \
	.scale = SCORE_MEOWS, .input = what, .low = (from)*1000, .high = (to)*1000

static const struct chart charts[] = {
	{ PEWS(INFANT, SCORE_RESPIRATORY_RATE, 1, 150), .edge_count = 6,
	  .edges = { C(10), C(20), C(30), C(50), C(60), C(70) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(TODDLER, SCORE_RESPIRATORY_RATE, 1, 150), .edge_count = 5,
	  .edges = { C(10), C(20), C(40), C(50), C(60) }, .points = { 4, 2, 0, 1, 2, 4 } },
	{ PEWS(CHILD, SCORE_RESPIRATORY_RATE, 1, 150), .edge_count = 6,
	  .edges = { C(10), C(15), C(20), C(25), C(40), C(50) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(TEEN, SCORE_RESPIRATORY_RATE, 1, 150), .edge_count = 5,
	  .edges = { C(10), C(15), C(25), C(30), C(40) }, .points = { 4, 1, 0, 1, 2, 4 } },
	{ PEWS(INFANT, SCORE_HEART_RATE, 15, 320), .edge_count = 6,
	  .edges = { C(80), C(90), C(110), C(150), C(170), C(180) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(TODDLER, SCORE_HEART_RATE, 15, 320), .edge_count = 6,
	  .edges = { C(60), C(70), C(90), C(140), C(150), C(170) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(CHILD, SCORE_HEART_RATE, 15, 320), .edge_count = 6,
	  .edges = { C(60), C(70), C(80), C(120), C(140), C(160) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(TEEN, SCORE_HEART_RATE, 15, 320), .edge_count = 6,
	  .edges = { C(50), C(60), C(70), C(100), C(120), C(130) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(INFANT, SCORE_SYSTOLIC, 30, 300), .edge_count = 6,
	  .edges = { C(50), C(60), C(70), C(90), C(100), C(110) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(TODDLER, SCORE_SYSTOLIC, 30, 300), .edge_count = 6,
	  .edges = { C(50), C(60), C(80), C(100), C(120), C(130) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(CHILD, SCORE_SYSTOLIC, 30, 300), .edge_count = 6,
	  .edges = { C(70), C(80), C(90), C(110), C(120), C(130) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(TEEN, SCORE_SYSTOLIC, 30, 300), .edge_count = 6,
	  .edges = { C(80), C(90), C(100), C(120), C(130), C(140) },
	  .points = { 4, 2, 1, 0, 1, 2, 4 } },
	{ PEWS(TODDLER, SCORE_SPO2, 30, 100), .edge_count = 2,
	  .edges = { { 91000, 91010 }, { 94990, 95000 } }, .points = { 4, 1, 0 } },
	{ PEWS(TEEN, SCORE_SPO2, 30, 100), .edge_count = 2,
	  .edges = { { 91000, 91010 }, { 94990, 95000 } }, .points = { 4, 1, 0 } },
	{ PEWS(INFANT, SCORE_CAPILLARY_REFILL, 0, 12), .edge_count = 1, .edges = { U(2) },
	  .points = { 0, 2 } },
	{ PEWS(CHILD, SCORE_CAPILLARY_REFILL, 0, 12), .edge_count = 1, .edges = { U(2) },
	  .points = { 0, 2 } },
	{ NEWS(SCORE_RESPIRATORY_RATE, 1, 150), .edge_count = 4,
	  .edges = { U(8), U(11), U(20), U(24) }, .points = { 3, 1, 0, 2, 3 } },
	{ NEWS(SCORE_HEART_RATE, 15, 320), .edge_count = 5,
	  .edges = { U(40), U(50), U(90), U(110), U(130) }, .points = { 3, 1, 0, 1, 2, 3 } },
	{ NEWS(SCORE_SYSTOLIC, 30, 300), .edge_count = 4,
	  .edges = { U(90), U(100), U(110), U(219) }, .points = { 3, 2, 1, 0, 3 } },
	{ NEWS(SCORE_SPO2, 30, 100), .edge_count = 3, .edges = { U(91), U(93), U(95) },
	  .points = { 3, 2, 1, 0 } },
	{ NEWS(SCORE_SPO2, 30, 100), .spo2_scale = 1, .oxygen = true, .edge_count = 3,
	  .edges = { U(91), U(93), U(95) }, .points = { 3, 2, 1, 0 } },
	{ NEWS(SCORE_SPO2, 30, 100), .spo2_scale = 2, .edge_count = 3,
	  .edges = { U(83), U(85), U(87) }, .points = { 3, 2, 1, 0 } },
	{ NEWS(SCORE_SPO2, 30, 100), .spo2_scale = 2, .oxygen = true, .edge_count = 6,
	  .edges = { U(83), U(85), U(87), U(92), U(94), U(96) },
	  .points = { 3, 2, 1, 0, 1, 2, 3 } },
	{ NEWS(SCORE_TEMPERATURE, 25, 45), .edge_count = 4,
	  .edges = { { 35000, 35100 }, { 36000, 36100 }, { 38000, 38100 }, { 39000, 39100 } },
	  .points = { 3, 1, 0, 1, 2 } },
	/* ward.md 1.4; white 0, yellow 1, red 2; an edge that two colours name is the worse one's */
	{ MEOWS(SCORE_RESPIRATORY_RATE, 1, 150), .edge_count = 3, .edges = { E(10), U(20), E(30) },
	  .points = { 2, 0, 1, 2 } },
	{ MEOWS(SCORE_HEART_RATE, 15, 320), .edge_count = 4,
	  .edges = { U(40), U(50), E(100), E(120) }, .points = { 2, 1, 0, 1, 2 } },
	{ MEOWS(SCORE_SYSTOLIC, 30, 300), .edge_count = 4,
	  .edges = { U(90), U(100), E(150), E(160) }, .points = { 2, 1, 0, 1, 2 } },
	{ MEOWS(SCORE_DIASTOLIC, 1, 300), .edge_count = 2, .edges = { E(90), E(100) },
	  .points = { 0, 1, 2 } },
	{ MEOWS(SCORE_SPO2, 30, 100), .edge_count = 1, .edges = { E(95) }, .points = { 2, 0 } },
	{ MEOWS(SCORE_TEMPERATURE, 25, 45), .edge_count = 3,
	  .edges = { { 35000, 35010 }, { 36000, 36010 }, { 38000, 38010 } },
	  .points = { 2, 1, 0, 2 } },
};

static int expected_points(const struct chart *chart, int value)
{
	int at = 0;
	while (at < chart->edge_count && value >= chart->edges[at].start)
		at++;
	int points = chart->points[at];
	if (at < chart->edge_count && value > chart->edges[at].end &&
	    chart->points[at + 1] > points)
		points = chart->points[at + 1];
	return points;
}

static struct decimal *number_of(struct score_set *set, enum score_input input)
{
	struct decimal *const numbers[SCORE_INPUT_COUNT] = {
		[SCORE_RESPIRATORY_RATE] = &set->respiratory_rate,
		[SCORE_HEART_RATE] = &set->heart_rate,
		[SCORE_SYSTOLIC] = &set->systolic,
		[SCORE_SPO2] = &set->spo2,
		[SCORE_TEMPERATURE] = &set->temperature,
		[SCORE_CAPILLARY_REFILL] = &set->capillary_refill,
		[SCORE_DIASTOLIC] = &set->diastolic,
	};
	return numbers[input];
}

static struct score_set set_for(const struct chart *chart)
{
	struct score_set set = { .spo2_scale = chart->spo2_scale };
	if (chart->birth != NULL) {
		struct date at;
		assert_int_equal(
			date_parse(str_from_c(chart->birth), DATE_KIND_DATE, &set.birth_date),
			ERROR_OK);
		assert_int_equal(date_parse(STR("2026-06-01T12:00:00Z"), DATE_KIND_INSTANT, &at),
				 ERROR_OK);
		set.at_us = at.low_us;
		set.has_birth_date = set.has_at = true;
	}
	if (chart->spo2_scale != 0) {
		set.has[SCORE_OXYGEN] = true;
		set.oxygen_device = chart->oxygen ? SCORE_FM : SCORE_AIR;
	}
	set.has[chart->input] = true;
	return set;
}

static int points_at(const struct chart *chart, struct score_set *set, int value)
{
	struct score_result result;
	*number_of(set, chart->input) = (struct decimal){ value, -3 };
	assert_int_equal(score_compute(chart->scale, set, NULL, &result), ERROR_OK);
	return result.parts[chart->input];
}

static void check(const struct chart *chart, struct score_set *set, int value)
{
	int points = points_at(chart, set, value);
	if (points != expected_points(chart, value))
		fail_msg("scale %d input %d born %s value %d/1000: %d, the chart says %d",
			 (int)chart->scale, (int)chart->input,
			 chart->birth != NULL ? chart->birth : "-", value, points,
			 expected_points(chart, value));
}

static void s19_every_value_of_every_chart_has_its_points(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(charts) / sizeof(charts[0]); i++) {
		struct score_set set = set_for(&charts[i]);
		for (int value = charts[i].low; value <= charts[i].high; value += 10)
			check(&charts[i], &set, value);
	}
}

static void s19_every_edge_is_exact_to_a_thousandth(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(charts) / sizeof(charts[0]); i++) {
		struct score_set set = set_for(&charts[i]);
		for (int e = 0; e < charts[i].edge_count; e++) {
			for (int value = charts[i].edges[e].end - 12;
			     value <= charts[i].edges[e].start + 12; value++)
				check(&charts[i], &set, value);
		}
	}
}

static void no_point_is_lost_by_how_a_number_is_written(void **state)
{
	(void)state;
	const struct decimal ways[] = {
		{ 38, 0 }, { 380, -1 }, { 3800, -2 }, { 380000000000000000, -16 }
	};
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct score_set set = { .temperature = ways[i] };
		struct score_result result;
		set.has[SCORE_TEMPERATURE] = true;
		assert_int_equal(score_compute(SCORE_NEWS2, &set, NULL, &result), ERROR_OK);
		assert_int_equal(result.parts[SCORE_TEMPERATURE], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s19_every_value_of_every_chart_has_its_points),
		cmocka_unit_test(s19_every_edge_is_exact_to_a_thousandth),
		cmocka_unit_test(no_point_is_lost_by_how_a_number_is_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
