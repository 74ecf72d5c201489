/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"

#include "flow/day.h"

static int64_t at(const char *text)
{
	struct date date;
	assert_int_equal(date_parse_search(str_from_c(text), &date), ERROR_OK);
	return date.low_us;
}

static int64_t day(const char *text)
{
	int64_t found = 0;
	assert_true(day_parse(str_from_c(text), &found));
	return found;
}

static void every_instant_of_ten_years_falls_on_one_day(void **state)
{
	(void)state;
	for (int64_t number = day("2020-01-01"); number < day("2030-01-01"); number++) {
		int64_t start_us = day_at(number, 0), end_us = day_at(number + 1, 0);
		int64_t eight_us = day_at(number, 8);
		assert_int_equal(day_of(start_us), number);
		assert_int_equal(day_of(end_us - 1), number);
		assert_int_equal(day_of(end_us), number + 1);
		assert_true(start_us < eight_us && eight_us < end_us);
		/* At 08:00 the wall clock shows eight. */
		int64_t wall_us = eight_us + date_london_offset_min(eight_us) * DATE_US_PER_MIN;
		assert_int_equal(wall_us % DATE_US_PER_DAY, 8 * DATE_US_PER_HOUR);
		int64_t hours = (end_us - start_us) / DATE_US_PER_HOUR;
		assert_true(hours >= 23 && hours <= 25);
	}
}

static void the_days_of_the_clock_change_have_23_and_25_hours(void **state)
{
	(void)state;
	assert_int_equal(day_at(day("2026-03-29"), 0), at("2026-03-29T00:00:00Z"));
	assert_int_equal(day_at(day("2026-03-30"), 0), at("2026-03-29T23:00:00Z"));
	assert_int_equal(day_at(day("2026-03-29"), 8), at("2026-03-29T07:00:00Z"));
	assert_int_equal(day_at(day("2026-10-25"), 0), at("2026-10-24T23:00:00Z"));
	assert_int_equal(day_at(day("2026-10-26"), 0), at("2026-10-26T00:00:00Z"));
	assert_int_equal(day_at(day("2026-10-25"), 8), at("2026-10-25T08:00:00Z"));
	assert_int_equal(day_of(at("2026-10-24T22:59:59Z")), day("2026-10-24"));
	assert_int_equal(day_of(at("1969-12-31T22:59:59Z")), -1);
}

static void a_period_of_dates_is_whole_local_days(void **state)
{
	(void)state;
	int64_t from = 0, to = 0;
	assert_true(day_period(STR("2026-10-24"), STR("2026-10-25"), &from, &to));
	assert_int_equal(from, at("2026-10-23T23:00:00Z"));
	assert_int_equal(to, at("2026-10-26T00:00:00Z"));
	assert_true(day_period(STR("2026-02"), STR("2026-02"), &from, &to));
	assert_int_equal((to - from) / DATE_US_PER_DAY, 28);
	assert_true(day_period(STR("2026"), STR("2026"), &from, &to));
	assert_int_equal((to - from) / DATE_US_PER_HOUR, 365 * 24);
	assert_true(day_period(STR("2026-06-01T08:00:00+01:00"), STR("2026-06-01T07:00:01Z"), &from,
			       &to));
	assert_int_equal(to - from, DATE_US_PER_S);
}

static void a_period_that_ends_before_it_begins_is_none(void **state)
{
	(void)state;
	int64_t from = 5, to = 6;
	assert_false(day_period(STR("2026-06-02"), STR("2026-06-01"), &from, &to));
	assert_false(
		day_period(STR("2026-06-01T08:00:00Z"), STR("2026-06-01T08:00:00Z"), &from, &to));
	assert_false(day_period(STR(""), STR("2026-06-01"), &from, &to));
	assert_false(day_period(STR("2026-06-01"), STR("tomorrow"), &from, &to));
	assert_int_equal(from + to, 11);
}

static void a_day_is_written_and_read(void **state)
{
	(void)state;
	char text[11];
	int64_t number;
	day_write(day("2024-02-29"), text);
	assert_string_equal(text, "2024-02-29");
	assert_false(day_parse(STR("2024-02"), &number));
	assert_false(day_parse(STR("2024-02-30"), &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_instant_of_ten_years_falls_on_one_day),
		cmocka_unit_test(the_days_of_the_clock_change_have_23_and_25_hours),
		cmocka_unit_test(a_period_of_dates_is_whole_local_days),
		cmocka_unit_test(a_period_that_ends_before_it_begins_is_none),
		cmocka_unit_test(a_day_is_written_and_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
