/* SPDX-License-Identifier: Apache-2.0
 * Calendar arithmetic on the proleptic Gregorian calendar, printing, Europe/London, ages. */
#include "base/date.h"

#include "base/assert.h"

#define DAYS_PER_ERA 146097     /* 400 years */
#define EPOCH_SHIFT_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

/* Years are counted from 1 March, so that the leap day is a year's last. 153 days are the five
 * months March to July, and the same pattern of lengths comes again from August. */
static int64_t days_from_civil(int32_t year, unsigned month, unsigned day)
{
	int64_t shifted = (int64_t)year - (month <= 2 ? 1 : 0);
	int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
	int64_t year_of_era = shifted - era * 400;
	int64_t month_from_march = (int64_t)((month + 9) % 12);
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + (int64_t)day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT_DAYS;
}

static void civil_from_days(int64_t days, struct date_civil *ret_civil)
{
	int64_t shifted = days + EPOCH_SHIFT_DAYS;
	int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int64_t day_of_era = shifted - era * DAYS_PER_ERA;
	/* Takes out the leap days before dividing by the length of a common year. */
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			       day_of_era / (DAYS_PER_ERA - 1)) /
			      365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	ret_civil->year = (int32_t)(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
	ret_civil->month = (uint8_t)month;
	ret_civil->day = (uint8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
}

static int64_t floor_divide(int64_t value, int64_t by)
{
	return value / by - (value % by < 0 ? 1 : 0);
}

struct date_civil date_to_civil(int64_t at_us)
{
	struct date_civil civil = { 0 };
	int64_t days = floor_divide(at_us, DATE_US_PER_DAY);
	int64_t of_day = at_us - days * DATE_US_PER_DAY;
	civil_from_days(days, &civil);
	civil.hour = (uint8_t)(of_day / DATE_US_PER_HOUR);
	civil.minute = (uint8_t)(of_day / DATE_US_PER_MIN % 60);
	civil.second = (uint8_t)(of_day / DATE_US_PER_S % 60);
	civil.microsecond = (uint32_t)(of_day % DATE_US_PER_S);
	return civil;
}

int64_t date_from_civil(struct date_civil civil)
{
	ASSERT(civil.month >= 1 && civil.month <= 12);
	ASSERT(civil.year >= -200000 && civil.year <= 200000);
	return days_from_civil(civil.year, civil.month, civil.day) * DATE_US_PER_DAY +
	       civil.hour * DATE_US_PER_HOUR + civil.minute * DATE_US_PER_MIN +
	       civil.second * DATE_US_PER_S + civil.microsecond;
}

static void write_digits(char *to, unsigned width, uint32_t value)
{
	while (width > 0) {
		to[--width] = (char)('0' + value % 10);
		value /= 10;
	}
}

void date_write_instant(int64_t at_us, char ret_text[25])
{
	/* 0001-01-01T00:00:00Z and the last microsecond of 9999: all that the form can show. */
	const int64_t first_us = INT64_C(-62135596800) * DATE_US_PER_S;
	const int64_t last_us = INT64_C(253402300800) * DATE_US_PER_S - 1;
	int64_t shown_us = at_us < first_us ? first_us : at_us > last_us ? last_us : at_us;
	struct date_civil civil = date_to_civil(shown_us);
	memcpy(ret_text, "0000-00-00T00:00:00.000Z", 25);
	write_digits(ret_text, 4, (uint32_t)civil.year);
	write_digits(ret_text + 5, 2, civil.month);
	write_digits(ret_text + 8, 2, civil.day);
	write_digits(ret_text + 11, 2, civil.hour);
	write_digits(ret_text + 14, 2, civil.minute);
	write_digits(ret_text + 17, 2, civil.second);
	write_digits(ret_text + 20, 3, civil.microsecond / 1000);
}

struct str date_print_instant(struct arena *arena, int64_t at_us)
{
	char words[25];
	date_write_instant(at_us, words);
	return arena_copy(arena, (struct str){ words, sizeof(words) - 1 });
}

/* 01:00 UTC on the last Sunday of a month with 31 days. 1970-01-01 was a Thursday. */
static int64_t last_sunday_change_us(int32_t year, unsigned month)
{
	int64_t last = days_from_civil(year, month, 31);
	int64_t weekday = (last % 7 + 7 + 4) % 7; /* 0 is Sunday */
	return (last - weekday) * DATE_US_PER_DAY + DATE_US_PER_HOUR;
}

int date_london_offset_min(int64_t at_us)
{
	struct date_civil civil = { 0 };
	civil_from_days(floor_divide(at_us, DATE_US_PER_DAY), &civil);
	if (civil.month < 3 || civil.month > 10)
		return 0;
	return at_us >= last_sunday_change_us(civil.year, 3) &&
			       at_us < last_sunday_change_us(civil.year, 10)
		       ? 60
		       : 0;
}

int date_age_years(struct date birth, int64_t at_us)
{
	int64_t local_us = at_us + date_london_offset_min(at_us) * DATE_US_PER_MIN;
	int64_t local_day = floor_divide(local_us, DATE_US_PER_DAY);
	if (floor_divide(birth.low_us, DATE_US_PER_DAY) > local_day)
		return -1;
	/* A birth known to the month or year may have been on its last day. */
	struct date_civil born = date_to_civil(birth.high_us - 1);
	struct date_civil today = { 0 };
	civil_from_days(local_day, &today);
	int age = today.year - born.year;
	if (today.month < born.month || (today.month == born.month && today.day < born.day))
		age--;
	return age < 0 ? 0 : age;
}
