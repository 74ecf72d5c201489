/* SPDX-License-Identifier: Apache-2.0
 * What no score counts: specific concern, intuition, antipyretics, totals of other systems, signs that were
 * declined, readings of an ended stay. Scenarios S6, S11 to S13, S18 and S46 in the core. */
#include "girl.h"

#include <stdio.h>

#define NPEWS_TOTAL "1363261000000104"
#define NEWS2_TOTAL "1104051000000101"

static const char *reason_of(const struct json *found)
{
	static char text[16];
	const struct json *list = json_get(found, STR("extension"));
	text[0] = '\0';
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (str_ends_with(json_get_text(one, STR("url")), STR("/reason")))
			snprintf(text, sizeof(text), "%.*s",
				 STR_ARG(json_get_text(one, STR("valueCode"))));
	}
	return text;
}

static const char *row(const char *episode)
{
	static char text[40000];
	struct text out;
	text_init(&out, &world.arena, sizeof(text) - 1);
	assert_true(ward_core_row_print(world.core, str_from_c(episode), &out));
	snprintf(text, sizeof(text), "%.*s", STR_ARG(text_view(&out)));
	return text;
}

static bool row_has(const char *episode, const char *words)
{
	return strstr(row(episode), words) != NULL;
}

static void s12_specific_concern_has_its_level_and_no_score_takes_it_back(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	girl_rest("95", "none", "2", NULL);
	deed_sign(&world, "girl", "sepsis", "suspected");
	expect_level("e1", "concern", "medium");
	assert_string_equal(reason_of(task("concern")), "SC");
	deed_sign(&world, "girl", "sepsis", "shock");
	expect_level("e1", "concern", "high");
	assert_int_equal(world_task_count(&world, "e1", "concern"), 1);
	deed_sign(&world, "girl", "pupils", "abnormal");
	expect_level("e1", "concern", "emergency");
	assert_int_equal(world_task_count(&world, "e1", "concern"), 2);
	world_wait(&world, 20 * MIN);
	girl_set("28", "132", "98", "36.8");
	girl_rest("95", "none", "2", NULL);
	deed_sign(&world, "girl", "pupils", "normal");
	deed_sign(&world, "girl", "sepsis", "none");
	assert_int_equal(world_open_count(&world, "e1"), 2);
}

static void an_answer_that_cannot_be_read_is_looked_at_and_is_never_calm(void **state)
{
	(void)state;
	deed_sign(&world, "girl", "pupils", "odd");
	expect_level("e1", "concern", "medium");
	deed_sign(&world, "man", "intuition", "quite");
	expect_level("e2", "intuition", "medium");
}

static void s13_a_clinician_picks_the_level_and_each_unease_is_heard(void **state)
{
	(void)state;
	deed_sign(&world, "girl", "intuition", "none");
	expect_none("e1", "intuition");
	deed_sign(&world, "girl", "intuition", "low");
	expect_level("e1", "intuition", "low");
	assert_string_equal(reason_of(task("intuition")), "CI");
	world_acknowledge(&world, task("intuition"), "Nora", "look");
	world_wait(&world, MIN);
	deed_sign(&world, "girl", "intuition", "low");
	assert_string_equal(world_text(task("intuition"), "status"), "requested");
	deed_sign(&world, "girl", "intuition", "emergency");
	expect_level("e1", "intuition", "emergency");
	deed_sign(&world, "girl", "intuition", "low"); /* a lower one lowers nothing */
	expect_level("e1", "intuition", "emergency");
}

static void s6_temperatures_after_a_dose_carry_it_and_the_alert_stays(void **state)
{
	(void)state;
	girl_set(NULL, NULL, NULL, "38.2");
	int64_t given_us = world.now_us;
	deed_dose(&world, "d1", "girl", "Paracetamol 120mg/5ml oral suspension", "completed",
		  given_us);
	world_wait(&world, 4 * HOUR);
	girl_set(NULL, NULL, NULL, "37.2");
	assert_true(row_has("e1", "antipyretic within 4 h"));
	assert_non_null(strstr(world_text(task("fever"), "description"),
			       "now 37.2 at 12:00, antipyretic within 4 h"));
	assert_string_equal(world_text(task("fever"), "status"), "requested");
	world_wait(&world, MIN);
	girl_set(NULL, NULL, NULL, "37.0");
	assert_false(row_has("e1", "antipyretic within 4 h"));
	assert_true(row_has("e1", "\"antipyreticAt\":null"));
	/* recorded afterwards, it speaks of the temperature that is there already */
	deed_dose(&world, "d2", "girl", "IBUPROFEN", "completed", world.now_us - HOUR);
	assert_true(row_has("e1", "antipyretic within 4 h"));
	assert_non_null(strstr(world_text(task("fever"), "description"), "antipyretic within 4 h"));
	deed_dose(&world, "d2", "girl", "IBUPROFEN", "entered-in-error", world.now_us - HOUR);
	assert_false(row_has("e1", "antipyretic within 4 h"));
	deed_dose(&world, "d3", "girl", "Ondansetron", "completed", world.now_us);
	deed_dose(&world, "d4", "girl", "Paracetamol", "not-done", world.now_us);
	assert_false(row_has("e1", "antipyretic within 4 h"));
}

static void s18_a_stated_total_is_compared_when_the_set_is_whole(void **state)
{
	(void)state;
	deed_total(&world, "man", NEWS2_TOTAL, "6", world.now_us); /* before its readings */
	man_set("21", "93", "120", "95", "A", "37.5");
	assert_int_equal(total_of("e2"), 5);
	expect_level("e2", "discrepancy", "low");
	assert_string_equal(world_rung(world_task(&world, "e2", "discrepancy")), "Nurse");
	expect_level("e2", "score", "high");
	/* the right one says nothing, before or after the readings */
	world_wait(&world, 2 * HOUR);
	man_set("21", "93", "120", "95", "A", "37.5");
	deed_total(&world, "man", NEWS2_TOTAL, "5", world.now_us);
	world_wait(&world, HOUR);
	assert_int_equal(world_task_count(&world, "e2", "discrepancy"), 1);
}

static void s18_a_total_that_cannot_be_checked_is_looked_at(void **state)
{
	(void)state;
	deed_total(&world, "girl", NPEWS_TOTAL, "2", world.now_us);
	world_wait(&world, 9 * MIN);
	expect_none("e1", "discrepancy");
	world_wait(&world, MIN);
	expect_level("e1", "discrepancy", "low");
	deed_total(&world, "man", NPEWS_TOTAL, "8", world.now_us); /* not his scale */
	world_wait(&world, 10 * MIN);
	expect_level("e2", "discrepancy", "medium");
}

static void s18_a_partial_set_is_compared_with_its_bounds(void **state)
{
	(void)state;
	girl_set("28", "132", "98", NULL);
	deed_total(&world, "girl", NPEWS_TOTAL, "3",
		   world.now_us); /* may be: the rest is not here */
	world_wait(&world, 10 * MIN);
	expect_none("e1", "discrepancy");
	world_wait(&world, 20 * MIN);
	girl_set("52", "172", "91", NULL);
	deed_total(&world, "girl", NPEWS_TOTAL, "1", world.now_us); /* cannot be */
	world_wait(&world, 10 * MIN);
	expect_level("e1", "discrepancy", "low");
}

static void s11_a_declined_sign_is_shown_and_counts_nowhere(void **state)
{
	(void)state;
	girl_set(NULL, NULL, "98", NULL);
	world_wait(&world, 20 * MIN);
	deed_declined(&world, "girl", SPO2, "refused");
	deed_declined(&world, "girl", TEMPERATURE, "asleep");
	assert_int_equal(world_open_count(&world, "e1"), 0);
	assert_true(row_has("e1", "not done at 08:20: refused"));
	assert_true(row_has("e1", "not done at 08:20: asleep"));
	assert_true(row_has("e1", "\"text\":\"98\""));
	/* it satisfies no schedule */
	world_wait(&world, 4 * HOUR + 40 * MIN);
	expect_level("e1", "overdue", "medium");
}

static void s46_what_was_taken_before_the_end_and_comes_later_is_filed_and_looked_at(void **state)
{
	(void)state;
	int64_t end_us = girl_goes_home();
	world_wait(&world, HOUR);
	world_number(&world, "girl", HR, "131", end_us - 10 * MIN);
	expect_level("e1", "after-stay", "low");
	assert_string_equal(world_rung(task("after-stay")), "Nurse");
	world_acknowledge(&world, task("after-stay"), "Nora", "seen");
	world_number(&world, "girl", RR, "30", end_us - 5 * MIN);
	assert_string_equal(world_text(task("after-stay"), "status"), "requested");
	world_number(&world, "girl", TEMPERATURE, "38.4", end_us - 5 * MIN);
	expect_level("e1", "after-stay", "high");
	expect_none("e1", "fever");
	/* what is taken after the end is judged as ever */
	girl_set(NULL, NULL, NULL, "39.1");
	expect_level("e1", "fever", "high");
	assert_int_equal(world_task_count(&world, "e1", "after-stay"), 1);
}

static void s46_the_stay_ended_when_the_record_says(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 2 * HOUR);
	/* written down an hour late: what came in between was measured after the end */
	deed_discharge(&world, "e1", "girl", 2, world.now_us - HOUR);
	world_number(&world, "girl", TEMPERATURE, "38.4", world.now_us - 30 * MIN);
	expect_level("e1", "fever", "high");
	expect_none("e1", "after-stay");
}

static void a_reading_of_the_first_stay_is_filed_with_it_in_the_second(void **state)
{
	(void)state;
	int64_t end_us = girl_goes_home();
	world_wait(&world, 5 * HOUR);
	world_admit(&world, "e9", "girl", CHILD);
	world_number(&world, "girl", HR, "131", end_us - 10 * MIN);
	expect_level("e1", "after-stay", "low");
	assert_int_equal(world_open_count(&world, "e9"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(s12_specific_concern_has_its_level_and_no_score_takes_it_back),
		TEST(an_answer_that_cannot_be_read_is_looked_at_and_is_never_calm),
		TEST(s13_a_clinician_picks_the_level_and_each_unease_is_heard),
		TEST(s6_temperatures_after_a_dose_carry_it_and_the_alert_stays),
		TEST(s18_a_stated_total_is_compared_when_the_set_is_whole),
		TEST(s18_a_total_that_cannot_be_checked_is_looked_at),
		TEST(s18_a_partial_set_is_compared_with_its_bounds),
		TEST(s11_a_declined_sign_is_shown_and_counts_nowhere),
		TEST(s46_what_was_taken_before_the_end_and_comes_later_is_filed_and_looked_at),
		TEST(s46_the_stay_ended_when_the_record_says),
		TEST(a_reading_of_the_first_stay_is_filed_with_it_in_the_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
