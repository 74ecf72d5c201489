/* SPDX-License-Identifier: Apache-2.0
 * FHIR date, dateTime, instant and time. A date is a range by its precision: "2024-05" is the whole
 * month. Instants are microseconds since 1970-01-01T00:00:00Z ("_us"). Sources:
 * hl7.org/fhir/R4/datatypes.html#dateTime; Europe/London rules: clocks change at 01:00 UTC on the
 * last Sundays of March and October (since 1996). */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/arena.h"
#include "base/error.h"

#define DATE_US_PER_S INT64_C(1000000)
#define DATE_US_PER_MIN (60 * DATE_US_PER_S)
#define DATE_US_PER_HOUR (60 * DATE_US_PER_MIN)
#define DATE_US_PER_DAY (24 * DATE_US_PER_HOUR)

enum date_precision { DATE_YEAR, DATE_MONTH, DATE_DAY, DATE_MINUTE, DATE_SECOND, DATE_FRACTION };
enum date_kind { DATE_KIND_DATE, DATE_KIND_DATETIME, DATE_KIND_INSTANT };

struct date {
	int64_t low_us;  /* first instant of the range */
	int64_t high_us; /* first instant after the range */
	enum date_precision precision;
	bool has_offset;
	int16_t offset_min; /* minutes east of UTC, 0 when absent */
};

/* Reads FHIR's grammar for `kind` and nothing else (a dateTime with a time needs seconds and an
 * offset; second 60 is allowed; year 0000 is not). Texts without an offset are read as UTC. */
MUST_CHECK enum error date_parse(struct str text, enum date_kind kind, struct date *ret_date);
/* As date_parse, but as search values are written: minutes without seconds are allowed, offset
 * optional. */
MUST_CHECK enum error date_parse_search(struct str text, struct date *ret_date);
bool date_time_of_day_is_valid(struct str text); /* FHIR `time`: hh:mm:ss(.s+)? */
/* "2026-11-22T04:52:46.123Z"; 24 characters. */
struct str date_print_instant(struct arena *arena, int64_t at_us);
/* The same into the caller's 25 bytes, NUL included. */
void date_write_instant(int64_t at_us, char ret_text[25]);
/* Minutes that Europe/London is east of UTC at this instant: 0 or 60. */
int date_london_offset_min(int64_t at_us);
struct date_civil {
	int32_t year;
	uint8_t month, day, hour, minute, second;
	uint32_t microsecond;
};
struct date_civil date_to_civil(int64_t at_us); /* UTC */
int64_t date_from_civil(struct date_civil civil);
/* Completed calendar years from a birth date (YYYY-MM-DD, or coarser: then the youngest possible
 * age counts) to the local day in Europe/London of `at_us`; born 29 February turns a year older
 * on 1 March in common years. -1 when born after that day. */
int date_age_years(struct date birth, int64_t at_us);

#endif
