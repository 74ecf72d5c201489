/* SPDX-License-Identifier: Apache-2.0
 * When the report of the past week is due: by the wall in Europe/London. */
#include "../base/unit.h"

#include "flow/day.h"
#include "flow/weekly.h"

static int64_t at(const char *text)
{
	struct date date;
	assert_int_equal(date_parse(str_from_c(text), DATE_KIND_DATETIME, &date), ERROR_OK);
	return date.low_us;
}

static void expect_day(const char *time_text, const char *now, const char *expected)
{
	struct weekly_time time;
	char day[11];
	assert_true(weekly_time_read(str_from_c(time_text), &time));
	day_write(weekly_day(&time, at(now)), day);
	assert_string_equal(day, expected);
}

static void a_report_is_due_from_its_minute_on(void **state)
{
	(void)state;
	expect_day("mon 06:00", "2026-11-23T05:59:59Z", "2026-11-16");
	expect_day("mon 06:00", "2026-11-23T06:00:00Z", "2026-11-23");
	expect_day("mon 06:00", "2026-11-29T23:59:59Z", "2026-11-23");
	expect_day("wed 07:30", "2026-11-25T07:29:59Z", "2026-11-18");
	expect_day("wed 07:30", "2026-11-25T07:30:00Z", "2026-11-25");
}

static void the_clocks_change_and_it_stays_six_on_the_wall(void **state)
{
	(void)state;
	expect_day("mon 06:00", "2026-03-30T04:59:59Z", "2026-03-23"); /* BST since Sunday */
	expect_day("mon 06:00", "2026-03-30T05:00:00Z", "2026-03-30");
	expect_day("mon 06:00", "2026-10-26T05:59:59Z", "2026-10-19"); /* GMT since Sunday */
	expect_day("mon 06:00", "2026-10-26T06:00:00Z", "2026-10-26");
	expect_day("sun 23:30", "2026-10-25T23:30:00Z", "2026-10-25");
}

static void other_words_are_no_time(void **state)
{
	(void)state;
	static const char *const wrong[] = { "",           "mon",       "06:00",     "monday 06:00",
					     "mon 6:00",   "mon 24:00", "mon 06:60", "mon 06-00",
					     "mon 06:00 ", "Mon 06:00" };
	struct weekly_time time;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(weekly_time_read(str_from_c(wrong[i]), &time));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_due_from_its_minute_on),
		cmocka_unit_test(the_clocks_change_and_it_stays_six_on_the_wall),
		cmocka_unit_test(other_words_are_no_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
