/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t at(const char *text)
{
	struct date date;
	assert_int_equal(date_parse_search(str_from_c(text), &date), ERROR_OK);
	return date.low_us;
}

static struct date birth(const char *text)
{
	struct date date = { 0 };
	assert_int_equal(date_parse(str_from_c(text), DATE_KIND_DATE, &date), ERROR_OK);
	return date;
}

static void civil_time_agrees_with_the_library_1900_to_2200(void **state)
{
	(void)state;
	const int64_t first = -2208988800; /* 1900-01-01 */
	const int64_t last = 7289654400;   /* 2201-01-01 */
	/* A stride coprime to days and years, so that all hours and dates are met. */
	for (int64_t second = first; second < last; second += 40009) {
		struct tm broken;
		time_t when = (time_t)second;
		assert_non_null(gmtime_r(&when, &broken));
		struct date_civil civil = date_to_civil(second * DATE_US_PER_S + 999999);
		assert_int_equal(civil.year, broken.tm_year + 1900);
		assert_int_equal(civil.month, broken.tm_mon + 1);
		assert_int_equal(civil.day, broken.tm_mday);
		assert_int_equal(civil.hour, broken.tm_hour);
		assert_int_equal(civil.minute, broken.tm_min);
		assert_int_equal(civil.second, broken.tm_sec);
		assert_int_equal(civil.microsecond, 999999);
		civil.microsecond = 0;
		assert_true(date_from_civil(civil) == (int64_t)timegm(&broken) * DATE_US_PER_S);
	}
}

static void every_day_goes_there_and_back(void **state)
{
	(void)state;
	int64_t day_us = at("0001-01-01");
	for (; day_us < at("9999-12-31"); day_us += DATE_US_PER_DAY)
		assert_true(date_from_civil(date_to_civil(day_us)) == day_us);
}

static void printing_reads_back(void **state)
{
	(void)state;
	char text[25];
	for (int64_t us = -62135596800000000; us < 253402300800000000; us += 86399123457007) {
		date_write_instant(us, text);
		struct date date;
		assert_int_equal(date_parse(str_from_c(text), DATE_KIND_INSTANT, &date), ERROR_OK);
		assert_true(us >= date.low_us && us < date.high_us);
		assert_true(date.high_us - date.low_us == 1000);
	}
	date_write_instant(at("2026-11-22T04:52:46.123Z"), text);
	assert_string_equal(text, "2026-11-22T04:52:46.123Z");
	date_write_instant(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
	date_write_instant(INT64_MIN, text);
	assert_string_equal(text, "0001-01-01T00:00:00.000Z");
	struct arena arena;
	arena_init(&arena, 1 << 20);
	assert_str_equal(date_print_instant(&arena, -1), "1969-12-31T23:59:59.999Z");
	arena_done(&arena);
}

static void precision_makes_the_range(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *low;
		const char *high;
	} rows[] = {
		{ "2024", "2024-01-01", "2025-01-01" },
		{ "2024-02", "2024-02-01", "2024-03-01" },
		{ "2024-12", "2024-12-01", "2025-01-01" },
		{ "2024-02-29", "2024-02-29", "2024-03-01" },
		{ "9999", "9999-01-01", NULL },
		{ "2024-05-01T10:00:00+01:00", "2024-05-01T09:00:00Z", "2024-05-01T09:00:01Z" },
		{ "2024-05-01T00:30:00.5-14:00", "2024-05-01T14:30:00.5Z",
		  "2024-05-01T14:30:00.6Z" },
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", "2017-01-01T00:00:01Z" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct date date;
		assert_int_equal(date_parse(str_from_c(rows[i].text), DATE_KIND_DATETIME, &date),
				 ERROR_OK);
		assert_true(date.low_us == at(rows[i].low));
		if (rows[i].high != NULL)
			assert_true(date.high_us == at(rows[i].high));
	}
	struct date date;
	assert_int_equal(
		date_parse(STR("2024-05-01T10:00:00.1234567891Z"), DATE_KIND_INSTANT, &date),
		ERROR_OK);
	assert_true(date.high_us - date.low_us == 1);
	assert_int_equal(date.low_us % DATE_US_PER_S, 123456);
	assert_int_equal(date.precision, DATE_FRACTION);
	assert_true(date.has_offset);
	assert_int_equal(date_parse_search(STR("2024-05-01T10:07"), &date), ERROR_OK);
	assert_true(date.high_us - date.low_us == DATE_US_PER_MIN);
	assert_false(date.has_offset);
	assert_int_equal(date_parse_search(STR("2024-05-01T10:07-05:30"), &date), ERROR_OK);
	assert_int_equal(date.offset_min, -330);
}

static void what_is_not_in_the_grammar_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"0000",
		"24",
		"2024-",
		"2024-13",
		"2024-00",
		"2024-1",
		"2024-02-30",
		"2023-02-29",
		"1900-02-29",
		"2024-04-31",
		"2024-05-00",
		"2024-05-01T",
		"2024-05-01T10",
		"2024-05-01T24:00:00Z",
		"2024-05-01T10:60:00Z",
		"2024-05-01T10:00:61Z",
		"2024-05-01T10:00:00",
		"2024-05-01T10:00Z",
		"2024-05-01T10:00:00.Z",
		"2024-05-01T10:00:00+14:01",
		"2024-05-01T10:00:00+15:00",
		"2024-05-01T10:00:00+1:00",
		"2024-05-01T10:00:00z",
		"2024-05-01t10:00:00Z",
		"2024-05-01 10:00:00Z",
		"2024-05-01T10:00:00Z ",
		" 2024",
		"2024-05T10:00:00Z",
		"12024",
		"-2024",
		"2024-05-01T10:00:00+01:60",
		"2024-05-01T10:00:00ZZ",
		"2024/05/01",
	};
	struct date date = { .low_us = 7 };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(date_parse(str_from_c(bad[i]), DATE_KIND_DATETIME, &date),
				 ERROR_MALFORMED);
		assert_int_equal(date.low_us, 7);
	}
	assert_int_equal(date_parse(STR("2024-05-01T10:00:00Z"), DATE_KIND_DATE, &date),
			 ERROR_MALFORMED);
	assert_int_equal(date_parse(STR("2024-05-01"), DATE_KIND_INSTANT, &date), ERROR_MALFORMED);
	assert_int_equal(date_parse_search(STR("2024-05-01T10"), &date), ERROR_MALFORMED);
	assert_int_equal(date_parse(STR("2000-02-29"), DATE_KIND_DATE, &date), ERROR_OK);
}

static void times_of_day(void **state)
{
	(void)state;
	assert_true(date_time_of_day_is_valid(STR("08:00:00")));
	assert_true(date_time_of_day_is_valid(STR("23:59:59.999")));
	assert_false(date_time_of_day_is_valid(STR("08:00")));
	assert_false(date_time_of_day_is_valid(STR("24:00:00")));
	assert_false(date_time_of_day_is_valid(STR("08:00:00Z")));
	assert_false(date_time_of_day_is_valid(STR("08:00:00.")));
	assert_false(date_time_of_day_is_valid(STR("")));
}

static void london_changes_at_one_utc_on_last_sundays(void **state)
{
	(void)state;
	static const struct {
		const char *before;
		const char *after;
		int offset_before;
	} rows[] = {
		{ "2026-03-29T00:59:59.999999Z", "2026-03-29T01:00:00Z", 0 },
		{ "2026-10-25T00:59:59.999999Z", "2026-10-25T01:00:00Z", 60 },
		{ "2027-03-28T00:59:59.999999Z", "2027-03-28T01:00:00Z", 0 },
		{ "2027-10-31T00:59:59.999999Z", "2027-10-31T01:00:00Z", 60 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(date_london_offset_min(at(rows[i].before)), rows[i].offset_before);
		assert_int_equal(date_london_offset_min(at(rows[i].after)),
				 60 - rows[i].offset_before);
	}
	assert_int_equal(date_london_offset_min(at("2026-01-01")), 0);
	assert_int_equal(date_london_offset_min(at("2026-07-01")), 60);
}

/* The machine's own zone data, where it has them, is a second opinion. */
static void london_agrees_with_the_zone_data(void **state)
{
	(void)state;
	FILE *zone = fopen("/usr/share/zoneinfo/Europe/London", "rb");
	if (zone == NULL)
		SKIP_BECAUSE("this machine has no zone data");
	(void)fclose(zone);
	assert_int_equal(setenv("TZ", "Europe/London", 1), 0);
	tzset();
	for (int64_t second = 820454400; second < 4102444800; second += 3599) {
		struct tm local;
		time_t when = (time_t)second;
		assert_non_null(localtime_r(&when, &local));
		assert_int_equal(date_london_offset_min(second * DATE_US_PER_S) * 60,
				 local.tm_gmtoff);
	}
}

static void ages_count_completed_years_of_the_london_day(void **state)
{
	(void)state;
	static const struct {
		const char *born;
		const char *at;
		int age;
	} rows[] = {
		{ "2020-06-15", "2026-06-14T22:59:59Z", 5 }, /* still the 14th in London */
		{ "2020-06-15", "2026-06-14T23:00:00Z", 6 }, /* summer: local midnight */
		{ "2020-12-15", "2026-12-14T23:30:00Z", 5 }, /* winter: UTC midnight */
		{ "2020-12-15", "2026-12-15T00:00:00Z", 6 },
		{ "2020-02-29", "2021-02-28T23:59:59Z", 0 },
		{ "2020-02-29", "2021-03-01T00:00:00Z", 1 },
		{ "2020-02-29", "2024-02-28T12:00:00Z", 3 },
		{ "2020-02-29", "2024-02-29T00:00:00Z", 4 },
		{ "2026-11-22", "2026-11-22T12:00:00Z", 0 },
		{ "2026-11-23", "2026-11-22T12:00:00Z", -1 },
		{ "2010", "2026-11-22T12:00:00Z", 15 }, /* perhaps born on 31 December */
		{ "2010", "2026-12-31T12:00:00Z", 16 },
		{ "2024-02", "2025-02-28T12:00:00Z", 0 },
		{ "2024-02", "2025-03-01T12:00:00Z", 1 },
		{ "2026", "2026-05-01T12:00:00Z", 0 },
		{ "2027", "2026-05-01T12:00:00Z", -1 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(date_age_years(birth(rows[i].born), at(rows[i].at)), rows[i].age);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(civil_time_agrees_with_the_library_1900_to_2200),
		cmocka_unit_test(every_day_goes_there_and_back),
		cmocka_unit_test(printing_reads_back),
		cmocka_unit_test(precision_makes_the_range),
		cmocka_unit_test(what_is_not_in_the_grammar_is_refused),
		cmocka_unit_test(times_of_day),
		cmocka_unit_test(london_changes_at_one_utc_on_last_sundays),
		cmocka_unit_test(london_agrees_with_the_zone_data),
		cmocka_unit_test(ages_count_completed_years_of_the_london_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
