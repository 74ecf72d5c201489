/* SPDX-License-Identifier: Apache-2.0
 * Silence that does not look like silence: sets without the sign that matters, questions nobody answers, nobody to be
 * reached at all. The world begins at 08:00 on a Sunday in winter; the policy is the second of children's cancer. */
#include "pages.h"

#define CHILD_2 HW "PlanDefinition/childrens-cancer|2"

static int open_second(void **state)
{
	(void)state;
	world_open(&world);
	world_patient(&world, "girl", "2023-05-10"); /* 3 years */
	world_admit(&world, "e1", "girl", CHILD_2);
	return 0;
}

static const char *words_of(const char *rule)
{
	return world_text(task(rule), "description");
}

static void without_a_temperature_the_readings_of_a_child_with_cancer_are_overdue(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	for (int i = 0; i < 10; i++) {
		world_wait(&world, 30 * MIN - 1);
		girl_set(NULL, "132", "98", NULL); /* the oximeter goes on and on */
		world_wait(&world, 1);
	}
	expect_level("e1", "overdue", "medium");
	assert_string_equal(words_of("overdue"),
			    "Readings incomplete, no Temperature; due at 12:00");
	girl_set("28", "132", "98", "36.8");
	assert_string_equal(world_text(task("overdue"), "status"), "completed");
}

static void one_sign_alone_is_no_set(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 4 * HOUR);
	girl_set(NULL, NULL, NULL, "36.8");
	world_wait(&world, HOUR);
	expect_level("e1", "overdue", "medium");
}

static void after_two_missed_sets_it_is_said_what_to_do(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 8 * HOUR - 1);
	expect_level("e1", "overdue", "high");
	assert_null(strstr(words_of("overdue"), "welfare"));
	world_wait(&world, 1);
	expect_level("e1", "overdue", "emergency");
	assert_string_equal(words_of("overdue"), "No readings since 08:00; due at 12:00. Nobody "
						 "reached: send a welfare check to the home");
}

static void the_family_hears_999_whatever_the_emergency_came_from(void **state)
{
	(void)state;
	const struct json *found[MAX_PAGES];
	set_up("sms");
	world_put(&world, "RelatedPerson", "mother", 1,
		  "\"patient\":{\"reference\":\"Patient/girl\"},\"telecom\":[" MOBILE "]");
	const struct world_limit limit = {
		"temperature",         "above", "37.8", "emergency", "2026-11-22T08:00:00Z",
		"2026-11-29T08:00:00Z"
	};
	world_limit(&world, "e1", "girl", &limit);
	girl_set(NULL, NULL, NULL, "37.9");
	expect_level("e1", "limit", "emergency");
	assert_int_equal(pages(found, "sms", "mother"), 1);
	const struct json *payload = json_at(json_get(found[0], STR("payload")), 0);
	assert_non_null(strstr(world_text(payload, "contentString"), "Call 999 now"));
}

static void answer(const char *id)
{
	world_put(&world, "Questionnaire", "daily", 1,
		  "\"url\":\"" HW "Questionnaire/childrens-daily\",\"version\":\"1\",\"status\":"
		  "\"active\",\"item\":[{\"linkId\":\"worried\",\"text\":\"Worried?\","
		  "\"type\":\"boolean\",\"code\":[{\"code\":\"worried\"}]}]");
	world_put(&world, "QuestionnaireResponse", id, 1,
		  "\"status\":\"completed\",\"questionnaire\":\"" HW
		  "Questionnaire/childrens-daily|1\",\"subject\":{\"reference\":\"Patient/girl\"},"
		  "\"item\":[{\"linkId\":\"worried\",\"answer\":[{\"valueBoolean\":false}]}]");
}

static void questions_nobody_answers_are_told_once_a_day_and_an_answer_ends_it(void **state)
{
	(void)state;
	world_wait(&world, 12 * HOUR - 1); /* 18:00 and two hours */
	expect_none("e1", "unanswered");
	world_wait(&world, 1);
	expect_level("e1", "unanswered", "low");
	world_resolve(&world, task("unanswered"), "they sleep");
	world_wait(&world, 24 * HOUR - 1);
	assert_int_equal(world_task_count(&world, "e1", "unanswered"), 1);
	world_wait(&world, 1);
	assert_int_equal(world_task_count(&world, "e1", "unanswered"), 2);
	answer("r1");
	assert_string_equal(world_text(task("unanswered"), "status"), "completed");
	world_wait(&world, 23 * HOUR);
	assert_int_equal(world_task_count(&world, "e1", "unanswered"), 2);
	world_wait(&world, HOUR);
	assert_int_equal(world_task_count(&world, "e1", "unanswered"), 3);
}

static void answers_some_hours_early_are_answers(void **state)
{
	(void)state;
	world_wait(&world, 5 * HOUR);
	answer("r1");
	world_wait(&world, 20 * HOUR);
	expect_none("e1", "unanswered");
}

#define TEST_SECOND(name) cmocka_unit_test_setup_teardown(name, open_second, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_SECOND(without_a_temperature_the_readings_of_a_child_with_cancer_are_overdue),
		TEST_SECOND(one_sign_alone_is_no_set),
		TEST_SECOND(after_two_missed_sets_it_is_said_what_to_do),
		TEST_SECOND(the_family_hears_999_whatever_the_emergency_came_from),
		TEST_SECOND(questions_nobody_answers_are_told_once_a_day_and_an_answer_ends_it),
		TEST_SECOND(answers_some_hours_early_are_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
