/* SPDX-License-Identifier: Apache-2.0
 * The judge must see what is wrong: a ward that raises nothing, too late, twice or too low fails. */
#include "simulate/judge.h"
#include "unit.h"

#include <stdio.h>

#define MIN DATE_US_PER_MIN
#define START INT64_C(1780300800000000) /* 2026-06-01T08:00:00Z */

static struct arena arena;
static struct plan plan;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)64 * 1024 * 1024);
	plan = (struct plan){ .arena = &arena,
			      .child_count = 1,
			      .start_us = START,
			      .end_us = START + 24 * DATE_US_PER_HOUR };
	plan.children = ARENA_NEW(&arena, struct home_child, 1);
	struct dice dice = dice_for(1, 1, 1);
	home_child_make(plan.children, &dice, 3, START);
	snprintf(plan.children[0].id, sizeof(plan.children[0].id), "sim-1-c0");
	plan.children[0].admitted_us = START;
	return 0;
}
static int tear_down(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

/* A set of calm values that arrived `after` minutes after it was measured. */
static struct home_set *arrive(int64_t measured_min, int64_t after_min)
{
	struct home_set *set = plan_add(&plan, 0, START + measured_min * MIN,
					START + (measured_min + after_min) * MIN);
	set->vitals = (struct home_vitals){ 28, 115, 98, 368, 92, SCORE_DISTRESS_NONE };
	set->has[SCORE_RESPIRATORY_RATE] = set->has[SCORE_HEART_RATE] = true;
	set->has[SCORE_SPO2] = set->has[SCORE_TEMPERATURE] = true;
	set->arrived = true;
	set->first_arrival_us = set->last_arrival_us = set->send_us;
	return set;
}

static struct expectation_list expected_until(int64_t until_min)
{
	struct expectation_list list;
	assert_true(oracle_expect(&plan, START + until_min * MIN, DATE_US_PER_S, &list));
	return list;
}

static void assert_expectation(const struct expectation *one, enum alarm_rule rule,
			       enum alarm_level level, int64_t at_min)
{
	assert_int_equal(one->rule, rule);
	assert_int_equal(one->least, level);
	assert_int_equal(one->first_us, START + at_min * MIN);
}

static void calm_readings_in_time_expect_nothing(void **state)
{
	(void)state;
	for (int64_t at = 10; at < 1440; at += 240)
		arrive(at, 1);
	assert_int_equal(expected_until(1440).count, 0);
}

static void fever_edges_are_those_of_the_policy(void **state)
{
	(void)state;
	static const struct {
		int tenths;
		size_t count;
		enum alarm_rule rule;
	} rows[] = { { 379, 0, ALARM_FEVER },
		     { 380, 1, ALARM_FEVER },
		     { 360, 0, ALARM_FEVER },
		     { 359, 1, ALARM_HYPOTHERMIA } };
	for (size_t i = 0; i < 4; i++) {
		plan.set_count = 0;
		arrive(30, 1)->vitals.temperature_tenths = rows[i].tenths;
		struct expectation_list list = expected_until(60);
		assert_int_equal(list.count, rows[i].count);
		if (list.count > 0)
			assert_expectation(&list.expectations[0], rows[i].rule, ALARM_HIGH, 31);
	}
}

static void silence_climbs_its_ladder(void **state)
{
	(void)state;
	struct expectation_list list = expected_until(1440);
	assert_int_equal(list.count, 3);
	assert_expectation(&list.expectations[0], ALARM_OVERDUE, ALARM_MEDIUM, 120);
	assert_expectation(&list.expectations[1], ALARM_OVERDUE, ALARM_HIGH, 180);
	assert_expectation(&list.expectations[2], ALARM_OVERDUE, ALARM_EMERGENCY, 300);
	arrive(10, 1);
	arrive(10 + 240 + 150, 1); /* two and a half hours late */
	list = expected_until(10 + 240 + 150 + 240);
	assert_int_equal(list.count, 2);
	assert_expectation(&list.expectations[0], ALARM_OVERDUE, ALARM_MEDIUM, 310);
	assert_expectation(&list.expectations[1], ALARM_OVERDUE, ALARM_HIGH, 370);
}

static void late_readings_are_medium_past_their_peak(void **state)
{
	(void)state;
	arrive(10, 1);
	struct home_set *ill = arrive(255, 295);
	ill->vitals =
		(struct home_vitals){ 64, 178, 88, 368, 92, SCORE_DISTRESS_NONE }; /* 4 + 4 + 4 */
	arrive(490, 60);
	ill = &plan.sets[1];
	assert_int_equal(oracle_set_level(plan.children, ill), ALARM_HIGH);
	struct expectation_list list = expected_until(560);
	const struct expectation *last = &list.expectations[list.count - 1];
	assert_expectation(last, ALARM_SCORE, ALARM_HIGH,
			   550); /* the newest known when it arrived */
	ill->number = 3;
	plan.sets[2].number = 2; /* the other way round */
	list = expected_until(560);
	last = &list.expectations[list.count - 1];
	assert_expectation(last, ALARM_SCORE, ALARM_MEDIUM, 550);
	assert_true(last->late_readings);
}

static void one_single_value_far_out_is_medium(void **state)
{
	(void)state;
	struct home_set *set = arrive(10, 1);
	set->vitals.spo2 = 91;
	assert_int_equal(oracle_set_level(plan.children, set), ALARM_MEDIUM);
	set->vitals.spo2 = 92;
	assert_int_equal(oracle_set_level(plan.children, set), ALARM_LOW);
}

/* --- the judge --------------------------------------------------------------------------------- */

static struct judge judge_with(struct alarm_list *alarms)
{
	struct judge judge = { .search_us = 5 * MIN,
			       .late_us = 10 * DATE_US_PER_S,
			       .until_us = plan.end_us };
	struct expectation_list list = expected_until(60);
	judge_compare(&judge, &plan, &list, alarms);
	return judge;
}

static struct alarm fever_alarm(struct alarm_step *step, int64_t at_us, enum alarm_level level)
{
	*step = (struct alarm_step){ .at_us = at_us, .level = level, .open = true };
	return (struct alarm){ .rule = ALARM_FEVER,
			       .id = "a",
			       .cause = STR("e/fever/1"),
			       .raised_us = at_us,
			       .closed_us = INT64_MAX,
			       .steps = step,
			       .step_count = 1 };
}

static void the_judge_tells_right_missing_late_extra_and_doubled_apart(void **state)
{
	(void)state;
	struct alarm_step steps[2];
	struct alarm alarms[2];
	struct alarm_list list = { alarms, 0 };
	arrive(30, 0)->vitals.temperature_tenths = 384;
	int64_t at_us = START + 30 * MIN;

	struct judge judge = judge_with(&list);
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].missing, 1);
	assert_false(judge_is_good(&judge));

	alarms[0] = fever_alarm(&steps[0], at_us, ALARM_HIGH);
	list.count = 1;
	judge = judge_with(&list);
	assert_true(judge_is_good(&judge));
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].expected, 1);
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].raised, 1);
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].extra, 0);
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].late, 0);

	alarms[0] = fever_alarm(&steps[0], at_us + MIN, ALARM_HIGH);
	judge = judge_with(&list);
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].late, 1);

	alarms[0] = fever_alarm(&steps[0], at_us, ALARM_LOW);
	judge = judge_with(&list);
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].missing, 1);

	alarms[0] = fever_alarm(&steps[0], at_us + 6 * MIN, ALARM_HIGH);
	judge = judge_with(&list);
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].missing, 1);
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].extra, 1);

	alarms[0] = fever_alarm(&steps[0], at_us, ALARM_HIGH);
	alarms[1] = fever_alarm(&steps[1], at_us + DATE_US_PER_S, ALARM_HIGH);
	alarms[1].cause = STR("e/fever/2");
	list.count = 2;
	judge = judge_with(&list);
	assert_int_equal(judge.doubled, 1);
	assert_false(judge_is_good(&judge));

	alarms[0].closed_us = at_us + DATE_US_PER_S / 2; /* one after the other, but of one cause */
	alarms[1].cause = alarms[0].cause;
	judge = judge_with(&list);
	assert_int_equal(judge.doubled, 1);
}

static void an_open_alert_answers_later_causes_too(void **state)
{
	(void)state;
	struct alarm_step steps[2];
	arrive(20, 0)->vitals.temperature_tenths = 384;
	arrive(40, 0)->vitals.temperature_tenths = 385;
	struct alarm alarm = fever_alarm(steps, START + 20 * MIN, ALARM_HIGH);
	struct alarm_list list = { &alarm, 1 };
	struct judge judge = judge_with(&list);
	assert_true(judge_is_good(&judge));
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].expected, 1);
	/* Once it is closed, the next cause needs another. */
	steps[1] = (struct alarm_step){ .at_us = START + 30 * MIN,
					.level = ALARM_HIGH,
					.open = false };
	alarm.step_count = 2;
	alarm.closed_us = steps[1].at_us;
	steps[0].used = false;
	judge = judge_with(&list);
	assert_int_equal(judge.rows[ALARM_FEVER][ALARM_HIGH].missing, 1);
}

static void the_same_seed_plays_the_same_ward(void **state)
{
	(void)state;
	struct plan other = plan;
	plan_ward(&plan, 7);
	other.sets = NULL;
	other.set_count = other.set_capacity = 0;
	plan_ward(&other, 7);
	assert_int_equal(plan.set_count, other.set_count);
	assert_memory_equal(plan.sets, other.sets, plan.set_count * sizeof(plan.sets[0]));
	other.set_count = 0;
	plan_ward(&other, 8);
	assert_true(plan.set_count != other.set_count ||
		    memcmp(plan.sets, other.sets, plan.set_count * sizeof(plan.sets[0])) != 0);
}

static void homes_have_every_kind_of_trouble_and_plausible_values(void **state)
{
	(void)state;
	size_t fevers = 0, repeats = 0, late = 0, worried = 0, ill = 0, calm = 0;
	plan.child_count = 60;
	plan.children = ARENA_NEW(&arena, struct home_child, 60);
	for (size_t i = 0; i < 60; i++) {
		struct dice dice = dice_for(3, 1, i);
		home_child_make(&plan.children[i], &dice, (int)(i % 18), START);
		assert_int_equal(date_age_years(plan.children[i].birth, START), i % 18);
	}
	plan_ward(&plan, 3);
	for (size_t i = 0; i < plan.set_count; i++) {
		const struct home_set *set = &plan.sets[i];
		struct score_set score;
		struct score_result result;
		home_score_set(&plan.children[set->child], set, &score);
		assert_true(set->worried ||
			    score_compute(SCORE_NPEWS, &score, NULL, &result) == ERROR_OK);
		fevers += set->vitals.temperature_tenths >= 380;
		repeats += set->is_repeat;
		late += set->send_us - set->measured_us > 30 * MIN;
		worried += set->worried;
		ill += !set->worried && result.total >= 5;
		calm += !set->worried && result.total == 0;
	}
	assert_true(fevers > 10 && repeats > 10 && late > 10 && worried >= 10 && ill > 10);
	assert_true(calm > plan.set_count / 2);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(calm_readings_in_time_expect_nothing),
		CASE(fever_edges_are_those_of_the_policy),
		CASE(silence_climbs_its_ladder),
		CASE(late_readings_are_medium_past_their_peak),
		CASE(one_single_value_far_out_is_medium),
		CASE(the_judge_tells_right_missing_late_extra_and_doubled_apart),
		CASE(an_open_alert_answers_later_causes_too),
		CASE(the_same_seed_plays_the_same_ward),
		CASE(homes_have_every_kind_of_trouble_and_plausible_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
