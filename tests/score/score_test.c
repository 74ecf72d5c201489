/* SPDX-License-Identifier: Apache-2.0
 * Whole sets: the scenarios of the clinical reference, ages, published vectors. */
#include "sets.h"

#include <stdio.h>

static void a_well_three_year_old_scores_nothing(void **state) /* S1 */
{
	(void)state;
	struct score_result result = result_of(
		SCORE_NPEWS, "{" THREE "," CALM ",\"respiratoryRate\":28,\"heartRate\":132,"
			     "\"systolic\":95,\"spo2\":98,\"temperature\":36.8}");
	assert_int_equal(result.total, 0);
	assert_true(result.complete);
	assert_int_equal(result.low, 0);
	assert_int_equal(result.high, 0);
	assert_int_equal(result.level, SCORE_LEVEL_NONE);
	assert_true(str_equal(result.band_name, STR("1-4 years")));
}

static void deterioration_climbs_to_medium_and_emergency(void **state) /* S2, S3 */
{
	(void)state;
	expect(SCORE_NPEWS,
	       "{" THREE ",\"respiratoryRate\":44,\"heartRate\":152,\"systolic\":95,\"spo2\":94,"
	       "\"oxygen\":{\"device\":\"air\"},\"respiratoryDistress\":\"mild\","
	       "\"capillaryRefill\":2}",
	       5, SCORE_LEVEL_MEDIUM);
	struct score_result result = result_of(
		SCORE_NPEWS, "{" THREE ",\"respiratoryRate\":52,\"heartRate\":172,"
			     "\"systolic\":75,\"spo2\":91,\"oxygen\":{\"device\":\"NP\","
			     "\"litresPerMinute\":0.5},"
			     "\"respiratoryDistress\":\"moderate\",\"capillaryRefill\":3}");
	const int parts[SCORE_INPUT_COUNT] = { 2, 4, 1, 4, -1, -1, 1, 2, 2, -1 };
	assert_memory_equal(result.parts, parts, sizeof(parts));
	assert_int_equal(result.total, 16);
	assert_true(result.complete);
	assert_int_equal(result.level, SCORE_LEVEL_EMERGENCY);
}

static void fever_and_consciousness_never_touch_a_childs_score(void **state) /* S4, D3 */
{
	(void)state;
	expect(SCORE_NPEWS,
	       "{" THREE "," CALM
	       ",\"respiratoryRate\":28,\"heartRate\":132,\"systolic\":95,\"spo2\":98,"
	       "\"temperature\":41.9}",
	       0, SCORE_LEVEL_NONE);
	const char *const words[] = { "A", "C", "V", "P", "U", "asleep" };
	for (size_t i = 0; i < 6; i++) {
		char line[200];
		snprintf(line, sizeof(line), "{" THREE ",\"consciousness\":\"%s\"}", words[i]);
		struct score_result result = result_of(SCORE_NPEWS, line);
		assert_int_equal(result.total, 0);
		assert_int_equal(result.parts[SCORE_CONSCIOUSNESS], SCORE_PART_UNKNOWN);
		assert_false(result.missing[SCORE_CONSCIOUSNESS]);
		assert_false(result.missing[SCORE_TEMPERATURE]);
	}
}

static void adult_fever_edge(void **state) /* S7 */
{
	(void)state;
#define ADULT_FINE \
	"\"respiratoryRate\":16,\"spo2\":97,\"oxygen\":{\"device\":\"air\"},\"systolic\":125," \
	"\"heartRate\":80,"
	expect(SCORE_NEWS2, "{" ADULT_FINE "\"consciousness\":\"A\",\"temperature\":38.0}", 0,
	       SCORE_LEVEL_NONE);
	expect(SCORE_NEWS2, "{" ADULT_FINE "\"consciousness\":\"A\",\"temperature\":38.1}", 1,
	       SCORE_LEVEL_LOW);
	expect(SCORE_NEWS2, "{" ADULT_FINE "\"consciousness\":\"A\",\"temperature\":38.01}", 1,
	       SCORE_LEVEL_LOW);
}

static void a_home_set_is_partial_with_bounds(void **state) /* S8 */
{
	(void)state;
	struct score_result result = result_of(
		SCORE_NPEWS, "{" THREE ",\"temperature\":36.9,\"heartRate\":142,\"spo2\":97,"
			     "\"respiratoryRate\":36,\"oxygen\":{\"device\":\"air\"}}");
	assert_int_equal(result.total, 1);
	assert_false(result.complete);
	assert_int_equal(result.low, 1);
	assert_int_equal(result.high, 11);
	const bool missing[SCORE_INPUT_COUNT] = { [SCORE_SYSTOLIC] = true,
						  [SCORE_RESPIRATORY_DISTRESS] = true,
						  [SCORE_CAPILLARY_REFILL] = true };
	assert_memory_equal(result.missing, missing, sizeof(missing));
}

static void gaps_and_open_ends(void **state) /* S9 */
{
	(void)state;
	expect(SCORE_NPEWS, "{" THREE ",\"respiratoryRate\":39.995}", 1, SCORE_LEVEL_LOW);
	expect(SCORE_NPEWS, "{" THREE ",\"spo2\":91.2}", 1, SCORE_LEVEL_LOW);
	expect(SCORE_NPEWS, "{" THREE ",\"spo2\":91.005}", 4, SCORE_LEVEL_LOW);
	expect(SCORE_NPEWS, "{" THREE ",\"spo2\":94.995}", 1, SCORE_LEVEL_LOW);
	expect(SCORE_NPEWS, "{" THREE ",\"capillaryRefill\":2.5}", 2, SCORE_LEVEL_LOW);
	expect(SCORE_NPEWS, "{" THREE ",\"oxygen\":{\"device\":\"NRB\",\"litresPerMinute\":25}}", 4,
	       SCORE_LEVEL_LOW);
}

static int oxygen_points(enum score_scale scale, const char *oxygen)
{
	char line[200];
	snprintf(line, sizeof(line), "{" THREE ",\"oxygen\":%s}", oxygen);
	if (scale == SCORE_NEWS2)
		snprintf(line, sizeof(line), "{\"oxygen\":%s}", oxygen);
	return result_of(scale, line).parts[SCORE_OXYGEN];
}

static void oxygen_of_children_by_device_and_level(void **state) /* S10 */
{
	(void)state;
	const struct {
		const char *oxygen;
		int points;
	} rows[] = {
		{ "{\"device\":\"HF\",\"litresPerMinute\":2}", 4 },
		{ "{\"device\":\"HF\"}", 4 },
		{ "{\"device\":\"BiPAP\",\"fio2\":21}", 4 },
		{ "{\"device\":\"CPAP\"}", 4 },
		{ "{\"device\":\"NP\"}", SCORE_PART_UNKNOWN },
		{ "{\"device\":\"FM\"}", SCORE_PART_UNKNOWN },
		{ "{\"device\":\"air\"}", 0 },
		{ "{\"device\":\"air\",\"fio2\":21}", 0 },
		{ "{\"device\":\"air\",\"litresPerMinute\":0}", 0 },
		{ "{\"device\":\"NP\",\"fio2\":21}", 1 },
		{ "{\"device\":\"NP\",\"fio2\":15}", 1 },
		{ "{\"device\":\"NP\",\"fio2\":16}", 1 },
		{ "{\"device\":\"NP\",\"fio2\":29.99}", 1 },
		{ "{\"device\":\"NP\",\"fio2\":30}", 2 },
		{ "{\"device\":\"FM\",\"fio2\":49.99}", 2 },
		{ "{\"device\":\"HB\",\"fio2\":50}", 4 },
		{ "{\"device\":\"NRB\",\"fio2\":100}", 4 },
		{ "{\"device\":\"NP\",\"litresPerMinute\":0}", 1 },
		{ "{\"device\":\"NP\",\"litresPerMinute\":0.01}", 1 },
		{ "{\"device\":\"NP\",\"litresPerMinute\":1.99}", 1 },
		{ "{\"device\":\"NP\",\"litresPerMinute\":2}", 2 },
		{ "{\"device\":\"NP\",\"litresPerMinute\":5.99}", 2 },
		{ "{\"device\":\"FM\",\"litresPerMinute\":6}", 4 },
		{ "{\"device\":\"NRB\",\"litresPerMinute\":25}", 4 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (oxygen_points(SCORE_NPEWS, rows[i].oxygen) != rows[i].points)
			fail_msg("%s does not score %d", rows[i].oxygen, rows[i].points);
	}
	struct score_result result =
		result_of(SCORE_NPEWS, "{" THREE ",\"oxygen\":{\"device\":\"NP\"}}");
	assert_true(result.missing[SCORE_OXYGEN]);
	assert_int_equal(result.low, 1);
}

static void oxygen_of_adults_counts_once(void **state)
{
	(void)state;
	assert_int_equal(oxygen_points(SCORE_NEWS2, "{\"device\":\"air\"}"), 0);
	const char *const devices[] = { "NP", "FM", "HB", "NRB", "HF", "BiPAP", "CPAP" };
	for (size_t i = 0; i < 7; i++) {
		char oxygen[80];
		snprintf(oxygen, sizeof(oxygen), "{\"device\":\"%s\"}", devices[i]);
		assert_int_equal(oxygen_points(SCORE_NEWS2, oxygen), 2);
		snprintf(oxygen, sizeof(oxygen), "{\"device\":\"%s\",\"litresPerMinute\":15}",
			 devices[i]);
		assert_int_equal(oxygen_points(SCORE_NEWS2, oxygen), 2);
	}
}

static void a_pressure_not_done_has_its_code(void **state) /* S11 */
{
	(void)state;
	const struct {
		const char *code;
		int points;
	} rows[] = { { "NCO", 0 }, { "U0", 0 }, { "U4", 4 } };
	for (size_t i = 0; i < 3; i++) {
		char line[200];
		snprintf(line, sizeof(line), "{" THREE ",\"bpNotDone\":\"%s\"}", rows[i].code);
		struct score_result result = result_of(SCORE_NPEWS, line);
		assert_int_equal(result.parts[SCORE_SYSTOLIC], rows[i].points);
		assert_false(result.missing[SCORE_SYSTOLIC]);
		snprintf(line, sizeof(line), "{\"bpNotDone\":\"%s\"}", rows[i].code);
		assert_true(result_of(SCORE_NEWS2, line).missing[SCORE_SYSTOLIC]);
	}
}

static void scale_2_scores_by_oxygen(void **state) /* S14, S15 */
{
	(void)state;
#define S14 \
	"\"respiratoryRate\":20,\"spo2\":90,\"oxygen\":{\"device\":\"NP\",\"litresPerMinute\":2}," \
	"\"systolic\":130," \
	"\"heartRate\":88,\"consciousness\":\"A\",\"temperature\":37.0"
	expect(SCORE_NEWS2, "{" S14 ",\"spo2Scale\":2}", 2, SCORE_LEVEL_LOW);
	expect(SCORE_NEWS2, "{" S14 ",\"spo2Scale\":1}", 5, SCORE_LEVEL_MEDIUM);
	expect(SCORE_NEWS2, "{" S14 "}", 5, SCORE_LEVEL_MEDIUM);
	expect(SCORE_NEWS2, "{\"spo2Scale\":2,\"spo2\":93,\"oxygen\":{\"device\":\"air\"}}", 0,
	       SCORE_LEVEL_NONE);
	expect(SCORE_NEWS2, "{\"spo2Scale\":2,\"spo2\":93,\"oxygen\":{\"device\":\"NP\"}}", 3,
	       SCORE_LEVEL_LOW);
	expect(SCORE_NEWS2, "{\"spo2Scale\":2,\"spo2\":97,\"oxygen\":{\"device\":\"NP\"}}", 5,
	       SCORE_LEVEL_MEDIUM);
	expect(SCORE_NEWS2, "{\"spo2Scale\":2,\"spo2\":83}", 3, SCORE_LEVEL_LOW_MEDIUM);
}

static void scale_2_without_oxygen_known_is_bounded(void **state)
{
	(void)state;
	struct score_result result = result_of(SCORE_NEWS2, "{\"spo2Scale\":2,\"spo2\":97}");
	assert_int_equal(result.parts[SCORE_SPO2], SCORE_PART_UNKNOWN);
	assert_false(result.missing[SCORE_SPO2]);
	assert_true(result.missing[SCORE_OXYGEN]);
	assert_int_equal(result.total, 0);
	assert_int_equal(result.low, 0);
	assert_int_equal(result.high, 3 + 2 + 3 * 5);
	assert_int_equal(result_of(SCORE_NEWS2, "{\"spo2Scale\":2,\"spo2\":92}").parts[SCORE_SPO2],
			 0);
}

static void new_confusion_alone_is_low_medium(void **state) /* S16 */
{
	(void)state;
	expect(SCORE_NEWS2, "{" ADULT_FINE "\"consciousness\":\"C\",\"temperature\":36.8}", 3,
	       SCORE_LEVEL_LOW_MEDIUM);
	struct score_result result = result_of(SCORE_NEWS2, "{\"consciousness\":\"asleep\"}");
	assert_true(result.missing[SCORE_CONSCIOUSNESS]);
	assert_false(result.complete);
}

static void worsening_adult(void **state) /* S17, and S18: the published total 6 is wrong */
{
	(void)state;
	expect(SCORE_NEWS2,
	       "{\"respiratoryRate\":22,\"spo2\":94,\"oxygen\":{\"device\":\"air\"},\"systolic\":"
	       "108,"
	       "\"heartRate\":95,\"consciousness\":\"A\",\"temperature\":37.2}",
	       5, SCORE_LEVEL_MEDIUM);
	expect(SCORE_NEWS2,
	       "{\"respiratoryRate\":25,\"spo2\":93,\"oxygen\":{\"device\":\"air\"},\"systolic\":"
	       "108,"
	       "\"heartRate\":95,\"consciousness\":\"A\",\"temperature\":37.2}",
	       7, SCORE_LEVEL_HIGH);
	expect(SCORE_NEWS2,
	       "{\"respiratoryRate\":21,\"spo2\":93,\"oxygen\":{\"device\":\"air\"},\"systolic\":"
	       "120,"
	       "\"heartRate\":95,\"consciousness\":\"A\",\"temperature\":37.5}",
	       5, SCORE_LEVEL_MEDIUM);
}

static void a_chosen_chart_is_the_adjacent_one_or_none(void **state) /* SPOT C2.2 */
{
	(void)state;
	struct score_set set = { .has_birth_date = true, .has_at = true, .has_chart = true };
	struct score_result result = { 0 };
	struct date at;
	set.has[SCORE_RESPIRATORY_RATE] = true;
	set.respiratory_rate = (struct decimal){ 22, 0 };
	assert_int_equal(date_parse(STR("2021-06-10"), DATE_KIND_DATE, &set.birth_date), ERROR_OK);
	assert_int_equal(date_parse(STR("2026-06-01T12:00:00Z"), DATE_KIND_INSTANT, &at), ERROR_OK);
	set.at_us = at.low_us;
	const int expected[] = { 1, 0, 0 }; /* 22 breaths: 0-11 months 1, then none */
	for (int chart = -1; chart <= 4; chart++) {
		set.chart = chart;
		enum error error = score_compute(SCORE_NPEWS, &set, NULL, &result);
		assert_int_equal(error, chart >= 0 && chart <= 2 ? ERROR_OK : ERROR_INVALID);
		if (error != ERROR_OK)
			continue;
		assert_int_equal(result.band, chart);
		assert_int_equal(result.parts[SCORE_RESPIRATORY_RATE], expected[chart]);
	}
	set.chart = 1;
	assert_int_equal(score_compute(SCORE_NEWS2, &set, NULL, &result), ERROR_INVALID);
	assert_int_equal(score_band_at(SCORE_NPEWS, set.birth_date, set.at_us), 1);
	assert_int_equal(score_band_at(SCORE_NPEWS, set.birth_date, 0), 0); /* not yet born */
	assert_int_equal(score_band_at(SCORE_NEWS2, set.birth_date, set.at_us), -1);
	assert_int_equal(score_band_count(SCORE_NPEWS), 4);
}

static void the_band_follows_the_local_birthday(void **state) /* S20, S21 */
{
	(void)state;
#define S20 "\"birthDate\":\"2021-05-04\",\"respiratoryRate\":22,\"heartRate\":100,\"systolic\":105"
	expect(SCORE_NPEWS, "{" S20 ",\"at\":\"2026-05-03T23:50:00+01:00\"}", 1, SCORE_LEVEL_LOW);
	expect(SCORE_NPEWS, "{" S20 ",\"at\":\"2026-05-03T22:59:59.999Z\"}", 1, SCORE_LEVEL_LOW);
	expect(SCORE_NPEWS, "{" S20 ",\"at\":\"2026-05-03T23:00:00Z\"}", 0, SCORE_LEVEL_NONE);
	expect(SCORE_NPEWS, "{" S20 ",\"at\":\"2026-05-03T23:10:00Z\"}", 0, SCORE_LEVEL_NONE);
#define FIRST \
	"\"birthDate\":\"2025-02-10\",\"respiratoryRate\":45,\"heartRate\":145,\"systolic\":85"
	expect(SCORE_NPEWS, "{" FIRST ",\"at\":\"2026-02-09T23:59:59Z\"}", 0, SCORE_LEVEL_NONE);
	expect(SCORE_NPEWS, "{" FIRST ",\"at\":\"2026-02-10T00:00:00Z\"}", 2, SCORE_LEVEL_LOW);
#define TEENS \
	"\"birthDate\":\"2013-02-10\",\"respiratoryRate\":12,\"heartRate\":85,\"systolic\":100"
	expect(SCORE_NPEWS, "{" TEENS ",\"at\":\"2026-02-09T12:00:00Z\"}", 2, SCORE_LEVEL_LOW);
	expect(SCORE_NPEWS, "{" TEENS ",\"at\":\"2026-02-10T12:00:00Z\"}", 1, SCORE_LEVEL_LOW);
#define LEAP "\"birthDate\":\"2024-02-29\",\"heartRate\":145"
	assert_int_equal(result_of(SCORE_NPEWS, "{" LEAP ",\"at\":\"2025-02-28T12:00:00Z\"}").band,
			 0);
	assert_int_equal(result_of(SCORE_NPEWS, "{" LEAP ",\"at\":\"2025-03-01T00:00:00Z\"}").band,
			 1);
}

static void each_scale_keeps_to_its_ages(void **state) /* S22 */
{
	(void)state;
	struct score_result result;
	assert_int_equal(compute(SCORE_NEWS2,
				 "{\"birthDate\":\"2010-06-02\",\"at\":\"2026-06-01T12:00:00Z\"}",
				 &result),
			 ERROR_INVALID);
	assert_int_equal(compute(SCORE_NEWS2,
				 "{\"birthDate\":\"2010-06-01\",\"at\":\"2026-06-01T12:00:00Z\"}",
				 &result),
			 ERROR_OK);
	assert_int_equal(result.band, -1);
	assert_int_equal(compute(SCORE_NEWS2, "{\"heartRate\":80}", &result), ERROR_OK);
	assert_int_equal(compute(SCORE_NPEWS, "{\"heartRate\":80}", &result), ERROR_INVALID);
	assert_int_equal(compute(SCORE_NPEWS, "{\"birthDate\":\"2020-01-01\"}", &result),
			 ERROR_INVALID);
	assert_int_equal(compute(SCORE_NPEWS, "{\"at\":\"2026-06-01T12:00:00Z\"}", &result),
			 ERROR_INVALID);
	assert_int_equal(compute(SCORE_NPEWS,
				 "{\"birthDate\":\"2026-06-02\",\"at\":\"2026-06-01T12:00:00Z\"}",
				 &result),
			 ERROR_INVALID);
	assert_int_equal(compute(SCORE_NPEWS,
				 "{\"birthDate\":\"2007-06-02\",\"at\":\"2026-06-01T12:00:00Z\"}",
				 &result),
			 ERROR_OK);
	assert_int_equal(result.band, 3);
	assert_int_equal(compute(SCORE_NPEWS,
				 "{\"birthDate\":\"2007-06-01\",\"at\":\"2026-06-01T12:00:00Z\"}",
				 &result),
			 ERROR_INVALID);
}

/* Values and totals of the public Open-eObs feature files (submit_news_obs_risk_score_calculation and
 * 3in1_risk_score_calculation), which are of NEWS2 scale 1; one row each, restated. */
static void s19_twenty_nine_published_rows_agree(void **state) /* S19 */
{
	(void)state;
	static const struct {
		int rate, spo2, temperature_tenths, systolic, pulse;
		const char *word;
		int total;
	} rows[] = {
		{ 12, 96, 361, 111, 51, "A", 0 },  { 11, 96, 380, 111, 51, "A", 1 },
		{ 9, 95, 361, 219, 90, "A", 2 },   { 10, 94, 351, 219, 90, "A", 3 },
		{ 10, 94, 381, 110, 51, "A", 4 },  { 10, 94, 390, 101, 50, "A", 5 },
		{ 10, 94, 390, 100, 41, "A", 6 },  { 10, 93, 390, 91, 91, "A", 7 },
		{ 10, 92, 391, 91, 110, "A", 8 },  { 10, 92, 391, 91, 111, "A", 9 },
		{ 21, 92, 391, 91, 130, "A", 10 }, { 24, 91, 391, 91, 130, "A", 11 },
		{ 25, 91, 391, 91, 130, "A", 12 }, { 24, 91, 350, 90, 130, "A", 13 },
		{ 8, 91, 350, 220, 130, "A", 14 }, { 8, 91, 350, 220, 131, "A", 15 },
		{ 10, 91, 350, 220, 40, "V", 16 }, { 23, 91, 350, 220, 40, "V", 17 },
		{ 25, 91, 350, 220, 40, "V", 18 }, { 25, 96, 380, 111, 51, "A", 3 },
		{ 8, 96, 380, 111, 51, "A", 3 },   { 12, 91, 361, 219, 51, "A", 3 },
		{ 12, 96, 350, 219, 51, "A", 3 },  { 12, 96, 361, 90, 51, "A", 3 },
		{ 12, 96, 361, 220, 51, "A", 3 },  { 12, 96, 361, 219, 40, "A", 3 },
		{ 20, 96, 361, 111, 131, "A", 3 }, { 20, 96, 361, 111, 90, "V", 3 },
		{ 20, 97, 361, 111, 90, "U", 3 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[300];
		snprintf(
			line, sizeof(line),
			"{\"respiratoryRate\":%d,\"spo2\":%d,\"temperature\":%d.%d,\"systolic\":%d,"
			"\"heartRate\":%d,\"consciousness\":\"%s\",\"oxygen\":{\"device\":\"air\"}"
			"}",
			rows[i].rate, rows[i].spo2, rows[i].temperature_tenths / 10,
			rows[i].temperature_tenths % 10, rows[i].systolic, rows[i].pulse,
			rows[i].word);
		struct score_result result = result_of(SCORE_NEWS2, line);
		assert_true(result.complete);
		assert_int_equal(result.total, rows[i].total);
		if (i >= 19)
			assert_int_equal(result.level, SCORE_LEVEL_LOW_MEDIUM);
	}
	expect(SCORE_NEWS2,
	       "{\"respiratoryRate\":25,\"spo2\":90,\"temperature\":40.0,\"systolic\":220,"
	       "\"heartRate\":40,"
	       "\"consciousness\":\"P\",\"oxygen\":{\"device\":\"NP\",\"litresPerMinute\":82}}",
	       19, SCORE_LEVEL_HIGH);
	expect(SCORE_NEWS2,
	       "{\"respiratoryRate\":8,\"spo2\":90,\"temperature\":35.0,\"systolic\":221,"
	       "\"heartRate\":39,"
	       "\"consciousness\":\"U\",\"oxygen\":{\"device\":\"NP\",\"litresPerMinute\":82}}",
	       20, SCORE_LEVEL_HIGH);
}

/* Facts of the public digital-pews fixtures: a stable 5-12 year old 0, SpO2 94 alone in an infant 1,
 * stored totals never trusted. */
static void published_children_agree(void **state)
{
	(void)state;
	expect(SCORE_NPEWS,
	       "{\"birthDate\":\"2017-01-01\",\"at\":\"2026-06-01T08:00:00Z\",\"respiratoryRate\":"
	       "22,"
	       "\"heartRate\":95,\"systolic\":100,\"spo2\":98,\"temperature\":36.9," CALM "}",
	       0, SCORE_LEVEL_NONE);
	expect(SCORE_NPEWS,
	       "{\"birthDate\":\"2026-01-01\",\"at\":\"2026-06-01T08:00:00Z\",\"spo2\":94,"
	       "\"heartRate\":130,\"capillaryRefill\":2,\"temperature\":38.2,\"oxygen\":{"
	       "\"device\":\"NP\"}}",
	       1, SCORE_LEVEL_LOW);
}

static void levels_start_where_the_charts_say(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int total;
		enum score_level level;
	} rows[] = {
		{ "\"spo2\":91", 4, SCORE_LEVEL_LOW },
		{ "\"spo2\":91,\"respiratoryDistress\":\"mild\"", 5, SCORE_LEVEL_MEDIUM },
		{ "\"spo2\":91,\"heartRate\":170", 8, SCORE_LEVEL_MEDIUM },
		{ "\"spo2\":91,\"heartRate\":170,\"respiratoryDistress\":\"mild\"", 9,
		  SCORE_LEVEL_HIGH },
		{ "\"spo2\":91,\"heartRate\":170,\"respiratoryRate\":60", 12, SCORE_LEVEL_HIGH },
		{ "\"spo2\":91,\"heartRate\":170,\"respiratoryRate\":60,\"respiratoryDistress\":"
		  "\"mild\"",
		  13, SCORE_LEVEL_EMERGENCY },
		{ "\"spo2\":91,\"heartRate\":170,\"respiratoryRate\":60,\"respiratoryDistress\":"
		  "\"severe\",\"systolic\":130,"
		  "\"oxygen\":{\"device\":\"HF\"},\"capillaryRefill\":3",
		  26, SCORE_LEVEL_EMERGENCY },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[300];
		snprintf(line, sizeof(line), "{" THREE ",%s}", rows[i].line);
		expect(SCORE_NPEWS, line, rows[i].total, rows[i].level);
	}
	expect(SCORE_NEWS2, "{\"respiratoryRate\":21,\"temperature\":39.1}", 4, SCORE_LEVEL_LOW);
	expect(SCORE_NEWS2, "{\"respiratoryRate\":25,\"temperature\":38.1}", 4,
	       SCORE_LEVEL_LOW_MEDIUM);
	expect(SCORE_NEWS2, "{\"respiratoryRate\":21,\"temperature\":39.1,\"spo2\":95}", 5,
	       SCORE_LEVEL_MEDIUM);
	expect(SCORE_NEWS2, "{\"respiratoryRate\":25,\"temperature\":39.1}", 5, SCORE_LEVEL_MEDIUM);
	expect(SCORE_NEWS2, "{\"respiratoryRate\":21,\"temperature\":39.1,\"spo2\":93}", 6,
	       SCORE_LEVEL_MEDIUM);
	expect(SCORE_NEWS2, "{\"respiratoryRate\":21,\"temperature\":39.1,\"spo2\":91}", 7,
	       SCORE_LEVEL_HIGH);
}

/* Maternity, ward.md 1.4: one red, or two yellows at the same time. */
static void meows_triggers_on_one_red_or_two_yellows(void **state)
{
	(void)state;
#define MOTHER \
	"\"systolic\":120,\"diastolic\":70,\"spo2\":97,\"temperature\":37.0,\"consciousness\":" \
	"\"A\","
	static const struct {
		const char *line;
		int total;
		enum score_level level;
	} rows[] = {
		{ "{" MOTHER "\"respiratoryRate\":16,\"heartRate\":80}", 0, SCORE_LEVEL_NONE },
		{ "{" MOTHER "\"respiratoryRate\":22,\"heartRate\":80}", 1, SCORE_LEVEL_LOW },
		{ "{" MOTHER "\"respiratoryRate\":22,\"heartRate\":104}", 2, SCORE_LEVEL_HIGH },
		{ "{" MOTHER "\"respiratoryRate\":16,\"heartRate\":124}", 2, SCORE_LEVEL_HIGH },
		{ "{\"systolic\":160}", 2, SCORE_LEVEL_HIGH },
		{ "{\"diastolic\":100}", 2, SCORE_LEVEL_HIGH },
		{ "{\"systolic\":150,\"diastolic\":90}", 2, SCORE_LEVEL_HIGH },
		{ "{\"consciousness\":\"V\"}", 1, SCORE_LEVEL_LOW },
		{ "{\"consciousness\":\"C\"}", 2, SCORE_LEVEL_HIGH },
		{ "{\"consciousness\":\"U\"}", 2, SCORE_LEVEL_HIGH },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(SCORE_MEOWS, rows[i].line, rows[i].total, rows[i].level);
}

static void meows_never_takes_a_missing_sign_for_white(void **state)
{
	(void)state;
	struct score_result result = result_of(
		SCORE_MEOWS, "{\"heartRate\":80,\"oxygen\":{\"device\":\"NP\"},\"consciousness\":"
			     "\"asleep\"}");
	assert_false(result.complete);
	assert_true(result.low == 0 && result.high >= SCORE_RED);
	const bool missing[SCORE_INPUT_COUNT] = {
		[SCORE_RESPIRATORY_RATE] = true,
		[SCORE_SYSTOLIC] = true,
		[SCORE_SPO2] = true,
		[SCORE_TEMPERATURE] = true,
		[SCORE_CONSCIOUSNESS] = true,
		[SCORE_DIASTOLIC] = true,
	};
	assert_memory_equal(result.missing, missing, sizeof(missing));
	struct text text;
	text_init(&text, &arena, 1000);
	score_line_answer(&arena, SCORE_MEOWS, STR("{\"heartRate\":104}"), &text);
	assert_true(
		str_starts_with(text_view(&text), STR("{\"trigger\":null,\"red\":0,\"yellow\":1,"
						      "\"complete\":false,\"parts\":{\"heartRate\":"
						      "\"yellow\"}")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_well_three_year_old_scores_nothing),
		cmocka_unit_test(deterioration_climbs_to_medium_and_emergency),
		cmocka_unit_test(fever_and_consciousness_never_touch_a_childs_score),
		cmocka_unit_test(adult_fever_edge),
		cmocka_unit_test(a_home_set_is_partial_with_bounds),
		cmocka_unit_test(gaps_and_open_ends),
		cmocka_unit_test(oxygen_of_children_by_device_and_level),
		cmocka_unit_test(oxygen_of_adults_counts_once),
		cmocka_unit_test(a_pressure_not_done_has_its_code),
		cmocka_unit_test(scale_2_scores_by_oxygen),
		cmocka_unit_test(scale_2_without_oxygen_known_is_bounded),
		cmocka_unit_test(new_confusion_alone_is_low_medium),
		cmocka_unit_test(worsening_adult),
		cmocka_unit_test(the_band_follows_the_local_birthday),
		cmocka_unit_test(a_chosen_chart_is_the_adjacent_one_or_none),
		cmocka_unit_test(each_scale_keeps_to_its_ages),
		cmocka_unit_test(s19_twenty_nine_published_rows_agree),
		cmocka_unit_test(published_children_agree),
		cmocka_unit_test(levels_start_where_the_charts_say),
		cmocka_unit_test(meows_triggers_on_one_red_or_two_yellows),
		cmocka_unit_test(meows_never_takes_a_missing_sign_for_white),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
