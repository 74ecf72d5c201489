/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"

#include "flow/figure.h"

#define HOUR DATE_US_PER_HOUR
#define ARENA_BYTES ((size_t)1024 * 1024)

static struct figure_items list(const struct facts *facts, struct arena *arena, struct str name)
{
	struct figure_items items = { .arena = arena };
	unsigned parts = 0;
	assert_true(figure_find(name, &parts));
	assert_true(figure_list(facts, name, &items));
	return items;
}

static int64_t weight(const struct facts *facts, const char *name)
{
	struct arena arena;
	int64_t sum = 0;
	arena_init(&arena, ARENA_BYTES);
	struct figure_items items = list(facts, &arena, str_from_c(name));
	for (size_t i = 0; i < items.count; i++)
		sum += items.items[i].weight;
	arena_done(&arena);
	return sum;
}

static void a_percentile_is_a_value_that_was_there(void **state)
{
	(void)state;
	struct arena arena;
	struct figure_item one[20] = { 0 };
	struct figure_items items = { .arena = &arena, .items = one };
	arena_init(&arena, ARENA_BYTES);
	assert_int_equal(figure_percentile(&arena, &items, 50), 0);
	for (size_t i = 0; i < 20; i++)
		one[19 - i].value_us = (int64_t)i + 1;
	items.count = 20;
	assert_int_equal(figure_percentile(&arena, &items, 50), 10);
	assert_int_equal(figure_percentile(&arena, &items, 95), 19);
	assert_int_equal(figure_percentile(&arena, &items, 100), 20);
	items.count = 1;
	assert_int_equal(figure_percentile(&arena, &items, 95), 20);
	arena_done(&arena);
}

static void a_stay_fills_a_bed_from_its_start_until_before_its_end(void **state)
{
	(void)state;
	struct facts_span hold = { .start_us = 20 * HOUR, .end_us = 30 * HOUR };
	struct facts_stay stay = { .id = STR_INIT("a"),
				   .start_us = 10 * HOUR,
				   .end_us = 50 * HOUR,
				   .destination = STR_INIT("home"),
				   .holds = &hold };
	struct facts facts = {
		.stays = &stay, .from_us = 0, .to_us = 100 * HOUR, .now_us = 40 * HOUR
	};
	assert_true(facts_fills(&stay, 10 * HOUR));
	assert_false(facts_fills(&stay, 10 * HOUR - 1));
	assert_true(facts_fills(&stay, 50 * HOUR - 1));
	assert_false(facts_fills(&stay, 50 * HOUR));
	assert_true(facts_is_held(&stay, 20 * HOUR));
	assert_false(facts_is_held(&stay, 30 * HOUR));
	/* At home for 30 hours up to now, less ten in hospital. */
	assert_int_equal(facts_home_us(&facts, &stay), 20 * HOUR);
	facts.to_us = 25 * HOUR;
	assert_int_equal(facts_home_us(&facts, &stay), 10 * HOUR);
	facts.from_us = 22 * HOUR;
	assert_int_equal(facts_home_us(&facts, &stay), 0);
}

static void a_fever_is_judged_when_it_led_to_hospital_or_two_days_have_passed(void **state)
{
	(void)state;
	struct facts_span hold = { .start_us = 60 * HOUR, .end_us = FACTS_OPEN };
	struct facts_stay stay = { .id = STR_INIT("a"),
				   .start_us = 0,
				   .end_us = FACTS_OPEN,
				   .destination = STR_INIT("unknown"),
				   .fever_us = 10 * HOUR };
	struct facts facts = { .stays = &stay, .to_us = 20 * HOUR, .now_us = 58 * HOUR - 1 };
	assert_int_equal(weight(&facts, "fever-stays"), 1);
	assert_int_equal(weight(&facts, "fever-stays-judged"), 0);
	facts.now_us = 58 * HOUR;
	assert_int_equal(weight(&facts, "fever-stays-judged"), 1);
	assert_int_equal(weight(&facts, "fever-stays-at-home"), 1);
	/* To hospital after the two days is not the fever's doing; within them it is. */
	stay.holds = &hold;
	assert_int_equal(weight(&facts, "fever-stays-at-home"), 1);
	hold.start_us = 57 * HOUR;
	assert_int_equal(weight(&facts, "fever-stays-at-home"), 0);
	assert_int_equal(weight(&facts, "fever-stays-judged"), 1);
	stay.holds = NULL;
	stay.end_us = 40 * HOUR;
	assert_int_equal(weight(&facts, "fever-stays-at-home"), 1);
	stay.destination = STR("died");
	assert_int_equal(weight(&facts, "fever-stays-at-home"), 0);
}

static void an_answer_is_owed_when_the_deadline_passed_while_the_alert_was_open(void **state)
{
	(void)state;
	struct facts_alert alert = { .id = STR_INIT("t"),
				     .rule = STR_INIT("overdue"),
				     .level = STR_INIT("medium"),
				     .raised_us = HOUR,
				     .deadline_us = 2 * HOUR,
				     .closed_us = FACTS_OPEN };
	struct facts facts = { .alerts = &alert, .to_us = 9 * HOUR, .now_us = 2 * HOUR - 1 };
	assert_int_equal(weight(&facts, "alerts-owed-an-answer"), 0);
	facts.now_us = 2 * HOUR;
	assert_int_equal(weight(&facts, "alerts-owed-an-answer"), 1);
	assert_int_equal(weight(&facts, "alerts-answered-in-time"), 0);
	alert.closed_us = 2 * HOUR;
	assert_int_equal(weight(&facts, "alerts-owed-an-answer"), 0);
	alert.acknowledged_us = 2 * HOUR;
	assert_int_equal(weight(&facts, "alerts-answered-in-time"), 1);
	alert.acknowledged_us = 2 * HOUR + 1;
	assert_int_equal(weight(&facts, "alerts-owed-an-answer"), 1);
	assert_int_equal(weight(&facts, "alerts-answered-in-time"), 0);
}

static void what_the_record_does_not_say_is_unknown(void **state)
{
	(void)state;
	struct facts_alert alert = { .id = STR_INIT("t"), .rule = STR_INIT("rota") };
	const struct figure_item item = { .kind = FIGURE_ALERT, .thing = &alert, .weight = 1 };
	unsigned parts;
	assert_str_equal(figure_stratum(&item, STR("language")), "unknown");
	assert_str_equal(figure_stratum(&item, STR("channel")), "unknown");
	assert_str_equal(figure_stratum(&item, STR("level")), "unknown");
	assert_str_equal(figure_stratum(&item, STR("rule")), "rota");
	assert_str_equal(facts_age_group(NULL, 0), "unknown");
	assert_false(figure_find(STR("moons"), &parts));
	assert_false(figure_stratifier_is_known(STR("moons")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_percentile_is_a_value_that_was_there),
		cmocka_unit_test(a_stay_fills_a_bed_from_its_start_until_before_its_end),
		cmocka_unit_test(a_fever_is_judged_when_it_led_to_hospital_or_two_days_have_passed),
		cmocka_unit_test(
			an_answer_is_owed_when_the_deadline_passed_while_the_alert_was_open),
		cmocka_unit_test(what_the_record_does_not_say_is_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
