/* SPDX-License-Identifier: Apache-2.0
 * Reading FHIR's date texts. */
#include "base/date.h"

/* The part of a text that has not been read yet. */
struct reader {
	const char *at;
	const char *end;
};

/* What was written, before it becomes a range. */
struct written {
	struct date_civil civil;
	enum date_precision precision;
	int64_t fraction_us; /* length of the last written place of the fraction */
	int16_t offset_min;
	bool has_offset;
};

static bool read_byte(struct reader *reader, char byte)
{
	if (reader->at == reader->end || *reader->at != byte)
		return false;
	reader->at++;
	return true;
}

/* Exactly `width` digits whose value lies in [least, most]. */
static bool read_number(struct reader *reader, unsigned width, uint32_t least, uint32_t most,
			uint32_t *ret_value)
{
	uint32_t value = 0;
	if ((size_t)(reader->end - reader->at) < width)
		return false;
	for (unsigned i = 0; i < width; i++) {
		char byte = reader->at[i];
		if (byte < '0' || byte > '9')
			return false;
		value = value * 10 + (uint32_t)(byte - '0');
	}
	if (value < least || value > most)
		return false;
	reader->at += width;
	*ret_value = value;
	return true;
}

static bool read_byte_number(struct reader *reader, uint32_t least, uint32_t most,
			     uint8_t *ret_value)
{
	uint32_t value;
	if (!read_number(reader, 2, least, most, &value))
		return false;
	*ret_value = (uint8_t)value;
	return true;
}

static uint32_t days_in_month(uint32_t year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* YYYY, YYYY-MM or YYYY-MM-DD. */
static bool read_day(struct reader *reader, struct written *written)
{
	uint32_t year;
	if (!read_number(reader, 4, 1, 9999, &year))
		return false;
	written->civil.year = (int32_t)year;
	written->civil.month = 1;
	written->civil.day = 1;
	written->precision = DATE_YEAR;
	if (!read_byte(reader, '-'))
		return true;
	if (!read_byte_number(reader, 1, 12, &written->civil.month))
		return false;
	written->precision = DATE_MONTH;
	if (!read_byte(reader, '-'))
		return true;
	written->precision = DATE_DAY;
	return read_byte_number(reader, 1, days_in_month(year, written->civil.month),
				&written->civil.day);
}

/* Digits after the point; those behind the sixth are read and not kept. */
static bool read_fraction(struct reader *reader, struct written *written)
{
	const char *from = reader->at;
	int64_t place_us = DATE_US_PER_S;
	int64_t value_us = 0;
	for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
		if (place_us > 1) {
			place_us /= 10;
			value_us += (*reader->at - '0') * place_us;
		}
	}
	written->precision = DATE_FRACTION;
	written->fraction_us = place_us;
	written->civil.microsecond = (uint32_t)value_us;
	return reader->at > from;
}

/* hh:mm:ss(.s+)?, or hh:mm where `minutes_suffice`. */
static bool read_time(struct reader *reader, bool minutes_suffice, struct written *written)
{
	if (!read_byte_number(reader, 0, 23, &written->civil.hour) || !read_byte(reader, ':') ||
	    !read_byte_number(reader, 0, 59, &written->civil.minute))
		return false;
	written->precision = DATE_MINUTE;
	if (!read_byte(reader, ':'))
		return minutes_suffice;
	if (!read_byte_number(reader, 0, 60, &written->civil.second))
		return false;
	written->precision = DATE_SECOND;
	return !read_byte(reader, '.') || read_fraction(reader, written);
}

/* Z or +hh:mm or -hh:mm, up to fourteen hours. */
static bool read_offset(struct reader *reader, struct written *written)
{
	written->has_offset = true;
	if (read_byte(reader, 'Z'))
		return true;
	bool west = read_byte(reader, '-');
	uint32_t hours;
	uint32_t minutes;
	if ((!west && !read_byte(reader, '+')) || !read_number(reader, 2, 0, 14, &hours) ||
	    !read_byte(reader, ':') || !read_number(reader, 2, 0, hours == 14 ? 0 : 59, &minutes))
		return false;
	int offset = (int)(hours * 60 + minutes);
	written->offset_min = (int16_t)(west ? -offset : offset);
	return true;
}

static int64_t range_end_us(const struct written *written, int64_t low_us)
{
	struct date_civil next = written->civil;
	switch (written->precision) {
	case DATE_YEAR:
		next.year++;
		return date_from_civil(next);
	case DATE_MONTH:
		next.year += next.month == 12 ? 1 : 0;
		next.month = (uint8_t)(next.month % 12 + 1);
		return date_from_civil(next);
	case DATE_DAY:
		return low_us + DATE_US_PER_DAY;
	case DATE_MINUTE:
		return low_us + DATE_US_PER_MIN;
	case DATE_SECOND:
		return low_us + DATE_US_PER_S;
	case DATE_FRACTION:
		return low_us + written->fraction_us;
	}
	UNREACHABLE();
}

static struct date to_range(const struct written *written)
{
	int64_t local_us = date_from_civil(written->civil);
	int64_t shift_us = written->offset_min * DATE_US_PER_MIN;
	return (struct date){ .low_us = local_us - shift_us,
			      .high_us = range_end_us(written, local_us) - shift_us,
			      .precision = written->precision,
			      .has_offset = written->has_offset,
			      .offset_min = written->offset_min };
}

enum error date_parse(struct str text, enum date_kind kind, struct date *ret_date)
{
	if (text.len == 0)
		return ERROR_MALFORMED;
	struct reader reader = { text.ptr, text.ptr + text.len };
	struct written written = { 0 };
	if (!read_day(&reader, &written))
		return ERROR_MALFORMED;
	if (reader.at == reader.end) {
		if (kind == DATE_KIND_INSTANT)
			return ERROR_MALFORMED;
	} else if (kind == DATE_KIND_DATE || written.precision != DATE_DAY ||
		   !read_byte(&reader, 'T') || !read_time(&reader, false, &written) ||
		   !read_offset(&reader, &written) || reader.at != reader.end) {
		return ERROR_MALFORMED;
	}
	*ret_date = to_range(&written);
	return ERROR_OK;
}

enum error date_parse_search(struct str text, struct date *ret_date)
{
	if (text.len == 0)
		return ERROR_MALFORMED;
	struct reader reader = { text.ptr, text.ptr + text.len };
	struct written written = { 0 };
	if (!read_day(&reader, &written))
		return ERROR_MALFORMED;
	if (reader.at != reader.end) {
		if (written.precision != DATE_DAY || !read_byte(&reader, 'T') ||
		    !read_time(&reader, true, &written) ||
		    (reader.at != reader.end && !read_offset(&reader, &written)) ||
		    reader.at != reader.end)
			return ERROR_MALFORMED;
	}
	*ret_date = to_range(&written);
	return ERROR_OK;
}

bool date_time_of_day_is_valid(struct str text)
{
	if (text.len == 0)
		return false;
	struct reader reader = { text.ptr, text.ptr + text.len };
	struct written written = { 0 };
	return read_time(&reader, false, &written) && reader.at == reader.end;
}
