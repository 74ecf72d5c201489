/* SPDX-License-Identifier: Apache-2.0
 * Silence that people ask for: snooze (S38), agreed silence (section 4), and the opinion of others (S45). */
#include "girl.h"

#include <stdio.h>

static void sick(void)
{
	girl_set("44", "152", "94", NULL);
	girl_rest("95", "mild", "2", NULL);
}

static bool is_snoozed(const char *rule)
{
	struct text out;
	text_init(&out, &world.arena, 100000);
	json_print(&out, task(rule));
	return str_find(text_view(&out), STR("\"url\":\"until\"")) < text_view(&out).len;
}

static void s38_a_snooze_ends_and_pages_the_same_rung_again(void **state)
{
	(void)state;
	sick();
	deed_snooze(&world, task("score"), "nurse-1", 30, "asleep");
	assert_true(is_snoozed("score"));
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 30 * MIN);
	world_wait(&world, 30 * MIN - 1);
	assert_true(is_snoozed("score"));
	world_wait(&world, 1);
	assert_false(is_snoozed("score"));
	assert_string_equal(world_rung(task("score")), "Nurse");
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 15 * MIN);
}

static void s38_it_is_no_longer_than_the_review_time_and_needs_somebody_of_the_ward(void **state)
{
	(void)state;
	sick();
	deed_snooze(&world, task("score"), "nurse-1", 90, "asleep");
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 30 * MIN);
	world_wait(&world, 30 * MIN);
	deed_snooze(&world, task("score"), "nobody", 10, "asleep");
	assert_false(is_snoozed("score"));
	deed_snooze(&world, task("score"), "charge-1", 10, " ");
	assert_false(is_snoozed("score"));
}

static void s38_the_second_in_a_row_needs_the_nurse_in_charge(void **state)
{
	(void)state;
	sick();
	deed_snooze(&world, task("score"), "nurse-1", 10, "asleep");
	world_wait(&world, 10 * MIN);
	deed_snooze(&world, task("score"), "nurse-1", 10, "asleep");
	assert_false(is_snoozed("score"));
	world_wait(&world, 1000);
	deed_snooze(&world, task("score"), "charge-1", 10, "asleep");
	assert_true(is_snoozed("score"));
	/* an answer with a plan ends the row */
	world_wait(&world, MIN);
	world_acknowledge(&world, task("score"), "Nora", "phoned");
	assert_false(is_snoozed("score"));
	world_wait(&world, MIN);
	deed_snooze(&world, task("score"), "nurse-1", 10, "asleep");
	assert_true(is_snoozed("score"));
}

static void s38_a_snooze_of_what_was_acknowledged_is_no_answer_and_counts_in_the_row(void **state)
{
	(void)state;
	sick();
	world_acknowledge(&world, task("score"), "Nora", "phoned");
	world_wait(&world, MIN);
	deed_snooze(&world, task("score"), "nurse-1", 10, "asleep");
	assert_true(is_snoozed("score"));
	int64_t until_us = world_deadline_us(task("score"));
	world_wait(&world, MIN);
	deed_snooze(&world, task("score"), "nurse-1", 30, "asleep");
	assert_true(is_snoozed("score"));
	assert_int_equal(world_deadline_us(task("score")), until_us);
	world_wait(&world, 9 * MIN);
	assert_string_equal(world_text(task("score"), "status"), "requested");
}

static void s38_a_snooze_does_not_acknowledge_a_worsening_that_came_before_it(void **state)
{
	(void)state;
	sick();
	world_acknowledge(&world, task("score"), "Nora", "phoned");
	world_wait(&world, 11 * MIN);
	const struct json *as_seen = task("score");
	girl_set("44", "152", "94", NULL);
	girl_rest("95", "none", "3", NULL); /* the same level, another sign */
	assert_string_equal(world_text(task("score"), "status"), "requested");
	world_wait(&world, 1000);
	deed_snooze(&world, as_seen, "nurse-1", 10, "asleep");
	assert_string_equal(world_text(task("score"), "status"), "requested");
	/* nor does one that is not allowed */
	world_wait(&world, 1000);
	deed_snooze(&world, as_seen, "nobody", 10, "asleep");
	assert_string_equal(world_text(task("score"), "status"), "requested");
}

/* Two people in one millisecond are two requests; what one person asks twice in it is one. */
static void s38_a_snooze_of_another_in_the_same_instant_is_no_answer_either(void **state)
{
	(void)state;
	sick();
	world_acknowledge(&world, task("score"), "Nora", "phoned");
	world_wait(&world, MIN);
	deed_snooze(&world, task("score"), "nurse-1", 10, "asleep");
	deed_snooze(&world, task("score"), "charge-1", 20, "asleep");
	assert_true(is_snoozed("score"));
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 20 * MIN);
	deed_snooze(&world, task("score"), "charge-1", 5, "asleep");
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 20 * MIN);
}

/* Another system's page, open since before the refusal, still has the request in its copy of the Task. */
static void s38_what_was_refused_is_not_taken_with_a_later_answer(void **state)
{
	(void)state;
	sick();
	deed_snooze(&world, task("score"), "nurse-1", 10, "asleep");
	world_wait(&world, 10 * MIN);
	const struct json *stale = deed_snooze(&world, task("score"), "nurse-1", 20, "asleep");
	assert_false(is_snoozed("score"));
	world_wait(&world, 1000);
	/* the answer ends the row, so that the same request would be allowed now */
	world_acknowledge(&world, stale, "Nora", "phoned");
	assert_false(is_snoozed("score"));
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 30 * MIN);
	world_wait(&world, 1000);
	deed_snooze(&world, task("score"), "nurse-1", 10, "asleep");
	assert_true(is_snoozed("score"));
}

static void s38_a_refused_request_does_not_make_an_answer_unheard(void **state)
{
	(void)state;
	sick();
	world_acknowledge(&world, task("score"), "Nora", "phoned");
	world_wait(&world, 11 * MIN);
	girl_set("44", "152", "94", NULL);
	girl_rest("95", "none", "3", NULL); /* the same level, another sign */
	const struct json *stale = deed_snooze(&world, task("score"), "nobody", 10, "asleep");
	assert_string_equal(world_text(task("score"), "status"), "requested");
	world_wait(&world, 1000);
	world_acknowledge(&world, stale, "Nora", "going there");
	assert_string_equal(world_text(task("score"), "status"), "accepted");
}

static void s46_what_comes_of_an_ended_stay_ends_a_snooze_too(void **state)
{
	(void)state;
	int64_t end_us = girl_goes_home();
	world_wait(&world, HOUR);
	world_number(&world, "girl", HR, "131", end_us - 10 * MIN);
	world_wait(&world, MIN);
	deed_snooze(&world, task("after-stay"), "nurse-1", 30, "asleep");
	assert_true(is_snoozed("after-stay"));
	world_wait(&world, MIN);
	world_number(&world, "girl", RR, "30", end_us - 5 * MIN);
	assert_false(is_snoozed("after-stay"));
	assert_int_equal(world_deadline_us(task("after-stay")), world.now_us + HOUR);
}

static void s38_never_past_the_end_of_the_shift_also_when_that_is_moved(void **state)
{
	(void)state;
	world_shift(&world, "nurse-1", "late", world.now_us - 8 * HOUR, world.now_us + 20 * MIN);
	sick();
	deed_snooze(&world, task("score"), "nurse-1", 30, "asleep");
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 20 * MIN);
	world_shift(&world, "nurse-1", "late", world.now_us - 8 * HOUR, world.now_us + 10 * MIN);
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 10 * MIN);
	world_shift(&world, "nurse-1", "late", world.now_us - 8 * HOUR, world.now_us - MIN);
	assert_false(is_snoozed("score"));
	deed_snooze(&world, task("score"), "nurse-1", 30, "asleep");
	assert_false(is_snoozed("score"));
}

static void s38_whatever_gets_worse_ends_it(void **state)
{
	(void)state;
	sick();
	deed_snooze(&world, task("score"), "nurse-1", 30, "asleep");
	world_wait(&world, 11 * MIN);
	sick(); /* no worse */
	assert_true(is_snoozed("score"));
	world_wait(&world, 11 * MIN);
	girl_set("44", "152", "94", NULL);
	girl_rest("95", "none", "3", NULL); /* the same level, another sign */
	assert_false(is_snoozed("score"));
	assert_int_equal(world_deadline_us(task("score")), world.now_us + 15 * MIN);
}

static void s38_emergency_fever_cold_and_concern_are_never_silent(void **state)
{
	static const char *const rules[] = { "fever", "concern", "intuition", "score" };
	(void)state;
	girl_set("52", "172", "91", "38.4");
	girl_rest("75", "moderate", "3", NULL);
	world_code(&world, "girl", "worried", "true", world.now_us);
	deed_sign(&world, "girl", "intuition", "medium");
	for (size_t i = 0; i < 4; i++) {
		int64_t deadline_us = world_deadline_us(task(rules[i]));
		deed_snooze(&world, task(rules[i]), "charge-1", 30, "asleep");
		assert_false(is_snoozed(rules[i]));
		assert_int_equal(world_deadline_us(task(rules[i])), deadline_us);
	}
	world_number(&world, "man", TEMPERATURE, "36.8", world.now_us);
}

static void s45_a_second_opinion_goes_to_outreach_first(void **state)
{
	(void)state;
	world_put(&world, "PractitionerRole", "outreach-1", 1,
		  "\"organization\":{\"reference\":\"Organization/ward-1\"},\"code\":[{\"coding\":"
		  "[{\"system\":\"https://fhir.homeward.example/CodeSystem/ward-role\","
		  "\"code\":\"outreach\"}]}]");
	world_code(&world, "girl", "worried", "true", world.now_us);
	deed_opinion(&world, task("concern"), "Mum");
	expect_level("e1", "second-opinion", "high");
	assert_string_equal(world_rung(task("second-opinion")), "Critical care outreach");
	assert_int_equal(world_deadline_us(task("second-opinion")), world.now_us + 5 * MIN);
	expect_level("e1", "concern", "medium");
	world_wait(&world, 5 * MIN);
	assert_string_equal(world_rung(task("second-opinion")), "Nurse in charge");
	/* the same words again, in another version of the Task, are no new request */
	world_resolve(&world, task("second-opinion"), "seen");
	world_resolve(&world, task("concern"), "seen");
	assert_int_equal(world_task_count(&world, "e1", "second-opinion"), 1);
	world_wait(&world, MIN);
	deed_opinion(&world, task("concern"), "Mum"); /* also when the alert is closed */
	assert_int_equal(world_task_count(&world, "e1", "second-opinion"), 2);
	assert_int_equal(world_open_count(&world, "e1"), 1);
}

/* Two people in one millisecond are two requests; what one person asks twice in it is one. */
static void s45_two_who_ask_for_an_opinion_in_one_instant_are_both_heard(void **state)
{
	(void)state;
	char long_name[200];
	world_code(&world, "girl", "worried", "true", world.now_us);
	deed_opinion(&world, task("concern"), "Mum");
	world_acknowledge(&world, task("second-opinion"), "Olga", "on my way");
	assert_string_equal(world_text(task("second-opinion"), "status"), "accepted");
	deed_opinion(&world, task("concern"), "Mum");
	assert_string_equal(world_text(task("second-opinion"), "status"), "accepted");
	deed_opinion(&world, task("concern"), "Dad");
	assert_string_equal(world_text(task("second-opinion"), "status"), "requested");
	/* a name longer than is kept is the same name the next time */
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	deed_opinion(&world, task("concern"), long_name);
	world_acknowledge(&world, task("second-opinion"), "Olga", "there");
	deed_opinion(&world, task("concern"), long_name);
	assert_string_equal(world_text(task("second-opinion"), "status"), "accepted");
}

static void silence_is_agreed_for_one_period_at_the_most(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	int64_t due_us = world.now_us + 4 * HOUR;
	world_wait(&world, HOUR);
	deed_defer(&world, "e1", "girl", CHILD, "asleep", due_us + 20 * HOUR);
	world_wait(&world, due_us + 4 * HOUR + 59 * MIN - world.now_us);
	expect_none("e1", "overdue");
	/* one more does not chain */
	deed_defer(&world, "e1", "girl", CHILD, "asleep", due_us + 20 * HOUR);
	world_wait(&world, MIN);
	expect_level("e1", "overdue", "medium");
	girl_set("28", "132", "98", "36.8");
	assert_string_equal(world_text(task("overdue"), "status"), "completed");
	/* and is over with that set */
	world_wait(&world, 5 * HOUR);
	expect_level("e1", "overdue", "medium");
	assert_string_equal(world_text(task("overdue"), "status"), "requested");
}

static void a_reason_ends_the_alert_of_silence_and_says_so(void **state)
{
	(void)state;
	girl_set("28", "132", "98", "36.8");
	world_wait(&world, 5 * HOUR + 10 * MIN);
	expect_level("e1", "overdue", "medium");
	deed_defer(&world, "e1", "girl", CHILD, "equipment", world.now_us + 2 * HOUR);
	const struct json *why = json_get(task("overdue"), STR("statusReason"));
	assert_true(str_starts_with(json_get_text(why, STR("text")), STR("Silence agreed until")));
	world_wait(&world, 3 * HOUR);
	assert_string_equal(world_text(task("overdue"), "status"), "requested");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(s38_a_snooze_ends_and_pages_the_same_rung_again),
		TEST(s38_it_is_no_longer_than_the_review_time_and_needs_somebody_of_the_ward),
		TEST(s38_the_second_in_a_row_needs_the_nurse_in_charge),
		TEST(s38_a_snooze_of_what_was_acknowledged_is_no_answer_and_counts_in_the_row),
		TEST(s38_a_snooze_does_not_acknowledge_a_worsening_that_came_before_it),
		TEST(s38_a_snooze_of_another_in_the_same_instant_is_no_answer_either),
		TEST(s38_what_was_refused_is_not_taken_with_a_later_answer),
		TEST(s38_a_refused_request_does_not_make_an_answer_unheard),
		TEST(s46_what_comes_of_an_ended_stay_ends_a_snooze_too),
		TEST(s38_never_past_the_end_of_the_shift_also_when_that_is_moved),
		TEST(s38_whatever_gets_worse_ends_it),
		TEST(s38_emergency_fever_cold_and_concern_are_never_silent),
		TEST(s45_a_second_opinion_goes_to_outreach_first),
		TEST(s45_two_who_ask_for_an_opinion_in_one_instant_are_both_heard),
		TEST(silence_is_agreed_for_one_period_at_the_most),
		TEST(a_reason_ends_the_alert_of_silence_and_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
