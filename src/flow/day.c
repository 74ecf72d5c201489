/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/day.h"

static int64_t floor_day(int64_t at_us)
{
	int64_t day = at_us / DATE_US_PER_DAY;
	return at_us % DATE_US_PER_DAY < 0 ? day - 1 : day;
}

int64_t day_of(int64_t at_us)
{
	return floor_day(at_us + date_london_offset_min(at_us) * DATE_US_PER_MIN);
}

/* The clocks change at 01:00 UTC, so that the offset at the same hour in UTC is the one that holds at 00:00
 * and from
 * 02:00 on. */
int64_t day_at(int64_t day, unsigned hour)
{
	int64_t utc_us = day * DATE_US_PER_DAY + hour * DATE_US_PER_HOUR;
	return utc_us - date_london_offset_min(utc_us) * DATE_US_PER_MIN;
}

void day_write(int64_t day, char ret_text[11])
{
	char instant[25];
	date_write_instant(day * DATE_US_PER_DAY, instant);
	memcpy(ret_text, instant, 10);
	ret_text[10] = '\0';
}

bool day_parse(struct str text, int64_t *ret_day)
{
	struct date date;
	if (date_parse(text, DATE_KIND_DATE, &date) != ERROR_OK || date.precision != DATE_DAY)
		return false;
	*ret_day = floor_day(date.low_us);
	return true;
}

bool day_period(struct str start, struct str end, int64_t *ret_from_us, int64_t *ret_to_us)
{
	struct date first, last;
	if (date_parse(start, DATE_KIND_DATETIME, &first) != ERROR_OK ||
	    date_parse(end, DATE_KIND_DATETIME, &last) != ERROR_OK)
		return false;
	int64_t from_us =
		first.precision <= DATE_DAY ? day_at(floor_day(first.low_us), 0) : first.low_us;
	int64_t to_us =
		last.precision <= DATE_DAY ? day_at(floor_day(last.high_us), 0) : last.low_us;
	if (to_us <= from_us)
		return false;
	*ret_from_us = from_us;
	*ret_to_us = to_us;
	return true;
}
