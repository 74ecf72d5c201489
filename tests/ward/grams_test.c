/* SPDX-License-Identifier: Apache-2.0
 * A scale that sends a stream in grams says what one in kilograms says: in its windows, across the end of a stream, and
 * on the chart. */
#include "girl.h"

#include "ward/reading.h"
#include "ward/timeline.h"

#include <stdio.h>

#define WEIGHT "29463-7"

/* One Observation's stream; `more` stands between its unit and its data. */
static const char *body(const char *unit, const char *origin, const char *more, const char *data,
			int64_t start_us)
{
	static char text[2000];
	char start[25];
	date_write_instant(start_us, start);
	snprintf(text, sizeof(text),
		 "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		 "\"code\":\"" WEIGHT "\"}]},\"subject\":{\"reference\":\"Patient/girl\"},"
		 "\"device\":{\"display\":\"scale\"},\"effectivePeriod\":{\"start\":\"%s\"},"
		 "\"valueSampledData\":{\"origin\":{\"value\":%s,\"system\":"
		 "\"http://unitsofmeasure.org\",\"code\":\"%s\"},\"period\":5000,%s"
		 "\"dimensions\":1,\"data\":\"%s\"}",
		 start, origin, unit, more, data);
	return text;
}

static struct reading *windows(const char *unit, const char *origin, const char *more,
			       const char *data)
{
	struct json *observation = NULL;
	struct text text;
	bool cut;
	text_init(&text, &world.arena, 4000);
	text_put_format(&text, "{\"id\":\"o\",%s}", body(unit, origin, more, data, WORLD_START_US));
	assert_int_equal(json_parse(&world.arena, text_view(&text), NULL, NULL, &observation),
			 ERROR_OK);
	return reading_parse(observation, NULL, NULL, &cut);
}

static void expect_alike(struct reading *grams, struct reading *kilograms)
{
	const struct reading *a = grams, *b = kilograms;
	size_t values = 0;
	for (; a != NULL && b != NULL; a = a->next, b = b->next) {
		assert_int_equal(a->input, READING_WEIGHT);
		assert_true(a->sampled && b->sampled && !a->impossible && !b->impossible);
		assert_int_equal(a->stated_us, b->stated_us);
		assert_int_equal(a->poor_signal, b->poor_signal);
		assert_int_equal(a->has_value, b->has_value);
		assert_int_equal(decimal_compare(a->value, b->value), 0);
		assert_string_equal(a->text, b->text);
		values += a->has_value;
	}
	assert_true(a == b && values > 0);
	reading_free(grams);
	reading_free(kilograms);
}

static void the_windows_of_a_stream_in_grams_are_those_in_kilograms(void **state)
{
	(void)state;
	expect_alike(windows("g", "0", "", "12500 12510 12490 12505 E 12500.4 12600 12590 12610"),
		     windows("kg", "0", "", "12.5 12.51 12.49 12.505 E 12.5004 12.6 12.59 12.61"));
	expect_alike(windows("g", "12000", "\"factor\":100,", "5 6 4 5 5 5 7 8"),
		     windows("kg", "12", "\"factor\":0.1,", "5 6 4 5 5 5 7 8"));
	expect_alike(
		windows("g", "0", "\"lowerLimit\":3000,\"upperLimit\":150000,",
			"L L L U U U U U U U"),
		windows("kg", "0", "\"lowerLimit\":3,\"upperLimit\":150,", "L L L U U U U U U U"));
	expect_alike(windows("g", "0", "", "12500 12500 12500 12500 E E E E E E E E E E"),
		     windows("kg", "0", "", "12.5 12.5 12.5 12.5 E E E E E E E E E E"));
	/* half a milligram and more is a whole one */
	expect_alike(windows("g", "0", "", "12500.0004 12500.0004"),
		     windows("kg", "0", "", "12.5000004 12.5000004"));
	expect_alike(windows("g", "0", "", "12500.0005 12500.0005"),
		     windows("kg", "0", "", "12.5000005 12.5000005"));
}

static void a_stream_is_what_a_single_weight_in_grams_is(void **state)
{
	(void)state;
	world_put(&world, "Observation", "stream", 1, "%s",
		  body("g", "0", "", "12500 12500 12500 12500", world.now_us - MIN));
	char at[25];
	date_write_instant(world.now_us, at);
	world_put(&world, "Observation", "single", 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		  "\"code\":\"" WEIGHT "\"}]},\"subject\":{\"reference\":\"Patient/girl\"},"
		  "\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":12500,\"system\":"
		  "\"http://unitsofmeasure.org\",\"code\":\"g\"}",
		  at);
	const struct stay *stay = map_get(&world.core->stay_by_id, STR("e1"));
	assert_int_equal(stay->timeline_of[READING_WEIGHT].count, 2);
	const struct reading *stream = timeline_at(stay, READING_WEIGHT, 0);
	const struct reading *single = timeline_at(stay, READING_WEIGHT, 1);
	assert_true(stream->sampled && !single->sampled);
	assert_int_equal(decimal_compare(stream->value, single->value), 0);
	expect_none("e1", "implausible");
}

static void streams_of_one_scale_in_both_units_are_joined_in_kilograms(void **state)
{
	(void)state;
	world_wait(&world, HOUR);
	int64_t start_us = world.now_us - 10 * MIN;
	world_put(&world, "Observation", "first", 1, "%s",
		  body("kg", "0", "", "12.5 12.5 12.5 12.6 12.6 12.6", start_us));
	world_put(&world, "Observation", "second", 1, "%s",
		  body("g", "0", "", "12600 12600 12600 12600 12600 12600",
		       start_us + 30 * DATE_US_PER_S));
	const struct stay *stay = map_get(&world.core->stay_by_id, STR("e1"));
	size_t bridges = 0;
	for (const struct reading *at = stay->readings; at != NULL; at = at->next) {
		assert_true(at->has_value && !at->impossible);
		assert_true(decimal_compare(at->value, (struct decimal){ 125, -1 }) >= 0);
		assert_true(decimal_compare(at->value, (struct decimal){ 126, -1 }) <= 0);
		bridges += at->bridges;
	}
	assert_true(bridges > 0);
	world_reload(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_windows_of_a_stream_in_grams_are_those_in_kilograms),
		TEST(a_stream_is_what_a_single_weight_in_grams_is),
		TEST(streams_of_one_scale_in_both_units_are_joined_in_kilograms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
