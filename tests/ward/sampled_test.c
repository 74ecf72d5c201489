/* SPDX-License-Identifier: Apache-2.0
 * Continuous readings: what a window counts as, what a poor signal counts as, and that thinning changes nothing. */
#include "girl.h"

#include "ward/reading.h"
#include "ward/sampled.h"

#include <stdio.h>

/* `seconds` samples from now on, made by `sample`; then the clock stands at their end. */
static void stream(const char *code, const char *unit, int seconds,
		   const char *(*sample)(int second), const char *more)
{
	struct text data;
	char start[25], id[32];
	static unsigned number;
	text_init(&data, &world.arena, 1 << 20);
	for (int second = 0; second < seconds; second++)
		text_put_format(&data, "%s%s", second == 0 ? "" : " ", sample(second));
	date_write_instant(world.now_us, start);
	snprintf(id, sizeof(id), "stream-%u", ++number);
	world_wait(&world, seconds * DATE_US_PER_S);
	world_put(&world, "Observation", id, 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		  "\"code\":\"%s\"}]},\"subject\":{\"reference\":\"Patient/girl\"},"
		  "\"device\":{\"display\":\"patch\"},\"effectivePeriod\":{\"start\":\"%s\"},"
		  "\"valueSampledData\":{\"origin\":{\"value\":0,\"code\":\"%s\"},\"period\":1000,"
		  "\"dimensions\":1,%s\"data\":\"%s\"}",
		  code, start, unit, more, text_view(&data).ptr);
}

static const char *calm(int second)
{
	return second % 2 == 0 ? "98" : "97";
}
static const char *low_for_twenty(int second)
{
	return second >= 5 && second < 25 ? "88" : "98";
}
static const char *one_twitch(int second)
{
	return second == 17 || second == 18 ? "62" : "98";
}
static const char *mostly_lost(int second)
{
	return second % 3 == 0 ? "98" : "E";
}
static const char *low_over_a_boundary(int second)
{
	return second >= 19 && second < 42 ? "88" : "98";
}
static const char *twitch_at_the_end(int second)
{
	return second >= 62 ? "80" : "98";
}
static const char *below_range(int second)
{
	return second < 20 ? "L" : "98";
}
static const char *hundredths(int second)
{
	(void)second;
	return "980";
}

static void a_calm_minute_raises_nothing_and_scores(void **state)
{
	(void)state;
	stream(SPO2, "%", 60, calm, "");
	assert_int_equal(total_of("e1"), 0);
	assert_int_equal(world_open_count(&world, "e1"), 0);
}

static void twenty_seconds_of_low_oxygen_alert(void **state)
{
	(void)state;
	stream(SPO2, "%", 60, low_for_twenty, "");
	assert_int_equal(total_of("e1"), 4);
	assert_non_null(task("parameter"));
}

static void a_finger_that_twitches_alerts_nobody(void **state)
{
	(void)state;
	stream(SPO2, "%", 60, one_twitch, "");
	assert_int_equal(total_of("e1"), 0);
	assert_int_equal(world_open_count(&world, "e1"), 0);
}

static void low_oxygen_over_the_end_of_a_window_alerts_as_well(void **state)
{
	(void)state;
	stream(SPO2, "%", 60, low_over_a_boundary, "");
	assert_int_equal(total_of("e1"), 4);
	assert_non_null(task("parameter"));
}

static void what_is_left_over_at_the_end_is_no_window_of_its_own(void **state)
{
	(void)state;
	stream(SPO2, "%", 66, twitch_at_the_end, "");
	assert_int_equal(total_of("e1"), 0);
	assert_int_equal(world_open_count(&world, "e1"), 0);
}

/* --- any stream ----------------------------------------------------------------------------- */

static struct reading *read_back(struct str data)
{
	struct json *observation = NULL;
	struct text text;
	bool cut = false;
	text_init(&text, &world.arena, 1 << 20);
	text_put_format(&text,
			"{\"effectivePeriod\":{\"start\":\"2026-06-10T08:00:00Z\"},"
			"\"valueSampledData\":{\"origin\":{\"value\":0},\"period\":1000,"
			"\"dimensions\":1,\"data\":\"%.*s\"}}",
			STR_ARG(data));
	assert_int_equal(json_parse(&world.arena, text_view(&text), NULL, NULL, &observation),
			 ERROR_OK);
	struct reading *first = sampled_read(json_get(observation, STR("valueSampledData")),
					     SCORE_SPO2, observation, NULL, NULL, &cut);
	assert_non_null(first);
	assert_false(cut);
	return first;
}

static uint64_t chance;
static size_t draw(size_t below)
{
	chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)((chance >> 33) % below);
}

/* `length` samples of 98, and one stretch of something else. */
static struct reading *stretch(size_t length, size_t from, size_t count, const char *what)
{
	struct text data;
	text_init(&data, &world.arena, 1 << 20);
	for (size_t i = 0; i < length; i++)
		text_put_format(&data, "%s%s", i == 0 ? "" : " ",
				i >= from && i < from + count ? what : "98");
	return read_back(text_view(&data));
}

static bool has_low(const struct reading *first)
{
	for (; first != NULL; first = first->next) {
		if (first->has_value && strcmp(first->text, "88") == 0)
			return true;
	}
	return false;
}

static void three_quarters_of_a_window_are_seen_wherever_they_begin(void **state)
{
	(void)state;
	chance = 5;
	for (unsigned turn = 0; turn < 500; turn++) {
		size_t length = 30 + draw(200), count = 23 + draw(8);
		struct reading *first = stretch(length, draw(length - count + 1), count, "88");
		assert_true(has_low(first));
		reading_free(first);
	}
}

static void less_than_half_a_window_is_no_event_wherever_it_begins(void **state)
{
	(void)state;
	chance = 6;
	for (unsigned turn = 0; turn < 500; turn++) {
		size_t length = 30 + draw(200);
		struct reading *first = stretch(length, draw(length), 1 + draw(14), "88");
		assert_false(has_low(first));
		reading_free(first);
	}
}

static void values_come_in_order_each_later_than_the_one_before(void **state)
{
	(void)state;
	chance = 7;
	for (unsigned turn = 0; turn < 500; turn++) {
		size_t length = 1 + draw(200);
		struct reading *first = stretch(length, draw(length), draw(90), "E");
		int64_t before_us = INT64_MIN;
		for (struct reading *at = first; at != NULL; at = at->next) {
			assert_true(at->has_value != at->poor_signal);
			if (!at->has_value)
				continue;
			assert_true(at->stated_us > before_us);
			before_us = at->stated_us;
		}
		reading_free(first);
	}
}

static void a_poor_signal_is_no_normal_value(void **state)
{
	(void)state;
	stream(SPO2, "%", 60, mostly_lost, "");
	assert_null(world_score(&world, "e1"));
	assert_int_equal(world_open_count(&world, "e1"), 0);
	world_wait(&world, 5 * HOUR); /* it satisfies no schedule either */
	assert_non_null(task("overdue"));
}

static void beyond_the_devices_range_counts_as_its_limit(void **state)
{
	(void)state;
	stream(SPO2, "%", 30, below_range, "\"lowerLimit\":70,");
	assert_int_equal(total_of("e1"), 4);
}

static void factor_and_origin_are_applied(void **state)
{
	(void)state;
	stream(SPO2, "%", 30, hundredths, "\"factor\":0.1,");
	assert_int_equal(total_of("e1"), 0);
	assert_int_equal(world_open_count(&world, "e1"), 0);
}

static void a_stream_in_another_unit_is_unreadable_not_missing(void **state)
{
	(void)state;
	stream(SPO2, "1", 30, calm, "");
	world_wait(&world, 20 * MIN);
	assert_non_null(task("implausible"));
}

static void six_hours_of_seconds_stay_small_and_keep_their_worst(void **state)
{
	(void)state;
	int worst = 0;
	for (int minute = 0; minute < 6 * 60; minute++) {
		stream(SPO2, "%", 60, minute == 101 ? low_for_twenty : calm, "");
		stream(HR, "/min", 60, calm, "");
		if (minute == 101)
			worst = total_of("e1");
	}
	assert_true(worst >= 4);
	/* Two signs, three windows a minute, six hours: 1,080 windows each. Kept: a few a set of ten minutes. */
	size_t kept = world_text_count(world_dump(world.core, &world.arena), STR("stream-"));
	assert_true(kept > 36 && kept < 6 * 6 * 2 * 8);
	assert_non_null(task("parameter"));
}

/* As `stream`, from `start_us` and with that period, all at once. */
static void flood(int number, int64_t start_us, int period_ms, int count,
		  const char *(*sample)(int second))
{
	struct text body;
	char start[25], id[32];
	date_write_instant(start_us, start);
	snprintf(id, sizeof(id), "stream-%d", number);
	text_init(&body, &world.arena, 1 << 20);
	text_put_format(
		&body,
		"{\"resourceType\":\"Observation\",\"id\":\"%s\",\"meta\":{},"
		"\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		"\"code\":\"" SPO2 "\"}]},\"subject\":{\"reference\":\"Patient/girl\"},"
		"\"device\":{\"reference\":\"Device/hub\"},\"effectivePeriod\":{\"start\":"
		"\"%s\"},\"valueSampledData\":{\"origin\":{\"value\":0,\"code\":\"%%\"},"
		"\"period\":%d,\"dimensions\":1,\"data\":\"",
		id, start, period_ms);
	for (int second = 0; second < count; second++)
		text_put_format(&body, "%s%s", second == 0 ? "" : " ", sample(second));
	text_put_c(&body, "\"}}");
	world_put_body(&world, "Observation", id, 1, text_view(&body));
}

static size_t kept_readings(void)
{
	return world_text_count(world_dump(world.core, &world.arena),
				STR("[\"reading\",\"stream-"));
}

static const char *low_at_noon(int second)
{
	return second == 3000 ? "80" : "98";
}
static const char *beyond_belief(int second)
{
	return second % 2 == 0 ? "55" : "56";
}
static const char *nothing_at_all(int second)
{
	(void)second;
	return "0";
}

static void hours_ahead_of_the_clock_are_a_few_readings_and_the_worst_calls(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		flood(i, world.now_us + HOUR, 30000, 5900, low_at_noon);
	assert_true(kept_readings() <= 12);
	assert_int_equal(total_of("e1"), 4);
	assert_non_null(task("parameter"));
}

static void days_of_any_values_keep_a_few_readings_a_set(void **state)
{
	const char *(*const samples[])(int) = { low_at_noon, beyond_belief, nothing_at_all };
	(void)state;
	world_wait(&world, 60 * HOUR);
	for (int i = 0; i < 9; i++)
		flood(i, world.now_us - 50 * HOUR, 30000, 5900, samples[i % 3]);
	/* 49 hours of sets of ten minutes; of one sign eight kinds that stay, and the first. */
	assert_true(kept_readings() <= (49 * 6 + 1) * 9);
	assert_non_null(task("score"));
}

static const char *lost(int second)
{
	return second % 7 == 0 ? "0" : "E";
}

static void a_sensor_beside_the_bed_for_a_day_keeps_a_few_readings(void **state)
{
	(void)state;
	world_wait(&world, 30 * HOUR);
	for (int i = 0; i < 24; i++)
		flood(i, world.now_us - (25 - i) * HOUR, 1000, 3600, lost);
	assert_true(kept_readings() > 0 && kept_readings() <= 25 * 6 * 4);
}

static void a_restart_in_the_middle_of_streams_changes_nothing(void **state)
{
	(void)state;
	for (int minute = 0; minute < 45; minute++)
		stream(SPO2, "%", 60, minute % 7 == 3 ? low_for_twenty : calm, "");
	struct str expected = world_dump(world.core, &world.arena);
	for (size_t at = 0; at <= world.event_count; at += 5) {
		struct ward_core *first = world_replay(&world, at);
		struct ward_core *second = ward_core_load(NULL, world_dump(first, &world.arena));
		assert_non_null(second);
		for (size_t i = at; i < world.event_count; i++)
			world_apply(second, &world.arena, &world.events[i]);
		ward_core_advance(second, world.now_us);
		assert_true(str_equal(expected, world_dump(second, &world.arena)));
		ward_core_destroy(first);
		ward_core_destroy(second);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_calm_minute_raises_nothing_and_scores),
		TEST(twenty_seconds_of_low_oxygen_alert),
		TEST(a_finger_that_twitches_alerts_nobody),
		TEST(low_oxygen_over_the_end_of_a_window_alerts_as_well),
		TEST(what_is_left_over_at_the_end_is_no_window_of_its_own),
		TEST(three_quarters_of_a_window_are_seen_wherever_they_begin),
		TEST(less_than_half_a_window_is_no_event_wherever_it_begins),
		TEST(values_come_in_order_each_later_than_the_one_before),
		TEST(a_poor_signal_is_no_normal_value),
		TEST(beyond_the_devices_range_counts_as_its_limit),
		TEST(factor_and_origin_are_applied),
		TEST(a_stream_in_another_unit_is_unreadable_not_missing),
		TEST(six_hours_of_seconds_stay_small_and_keep_their_worst),
		TEST(hours_ahead_of_the_clock_are_a_few_readings_and_the_worst_calls),
		TEST(days_of_any_values_keep_a_few_readings_a_set),
		TEST(a_sensor_beside_the_bed_for_a_day_keeps_a_few_readings),
		TEST(a_restart_in_the_middle_of_streams_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
