/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/office.h"

#define LOOK_US (60 * DATE_US_PER_DAY)

static bool is_working_day(const struct office *office, int64_t day)
{
	/* 5 January 1970 was a Monday. */
	int64_t weekday = (day - 4) % 7;
	bool works = (office->days >> (weekday < 0 ? weekday + 7 : weekday) & 1) != 0;
	for (size_t i = 0; i < office->closed_count; i++)
		works = works && office->closed[i] != day;
	return works;
}

bool office_is_open(const struct office *office, int64_t at_us)
{
	int64_t wall_us = at_us + date_london_offset_min(at_us) * DATE_US_PER_MIN;
	int64_t day = wall_us / DATE_US_PER_DAY;
	int64_t minute = wall_us % DATE_US_PER_DAY / DATE_US_PER_MIN;
	ASSERT(wall_us >= 0);
	if (office->from_min < office->until_min)
		return minute >= office->from_min && minute < office->until_min &&
		       is_working_day(office, day);
	return (minute >= office->from_min && is_working_day(office, day)) ||
	       (minute < office->until_min && is_working_day(office, day - 1));
}

int64_t office_after_us(const struct office *office, int64_t from_us, int64_t open_us)
{
	int64_t at_us = from_us;
	while (at_us < from_us + LOOK_US) {
		int64_t next_us = at_us - at_us % DATE_US_PER_MIN + DATE_US_PER_MIN;
		if (office_is_open(office, at_us)) {
			if (open_us <= next_us - at_us)
				return at_us + open_us;
			open_us -= next_us - at_us;
		}
		at_us = next_us;
	}
	return at_us;
}

struct office office_of_ward(size_t number, int64_t start_us)
{
	int64_t today = start_us / DATE_US_PER_DAY;
	/* The desk of the shipped pathways; one by night; one all day long. Each has closed days in the run. */
	static const struct office kinds[] = {
		{ .days = 31, .from_min = 8 * 60, .until_min = 18 * 60 },
		{ .days = 62, .from_min = 20 * 60, .until_min = 4 * 60 },
		{ .days = 79, .from_min = 0, .until_min = 0 },
	};
	struct office office = { .days = 0 };
	if (number % 4 == 3)
		return office;
	office = kinds[number % 3];
	office.closed[office.closed_count++] = today + 3;
	office.closed[office.closed_count++] = today + 4;
	office.closed[office.closed_count++] = today + 10;
	return office;
}
