/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a date: ranges are never empty, strict texts are search texts, instants read back. */
#include "base/assert.h"
#include "base/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_range(const struct date *date)
{
	char words[25];
	struct date again;
	ASSERT(date->low_us < date->high_us);
	ASSERT(date->high_us - date->low_us <= 366 * DATE_US_PER_DAY);
	ASSERT(date_from_civil(date_to_civil(date->low_us)) == date->low_us);
	ASSERT(date_age_years(*date, date->high_us + DATE_US_PER_DAY) == 0);
	date_write_instant(date->low_us, words);
	ASSERT(date_parse((struct str){ words, 24 }, DATE_KIND_INSTANT, &again) == ERROR_OK);
	/* Offsets may push a date of year 1 or 9999 out of what can be printed. */
	ASSERT(again.low_us == date->low_us - (date->low_us % 1000 + 1000) % 1000 ||
	       date->low_us < -62135596800 * DATE_US_PER_S ||
	       date->low_us >= 253402300800 * DATE_US_PER_S);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const enum date_kind kinds[] = { DATE_KIND_DATE, DATE_KIND_DATETIME,
						DATE_KIND_INSTANT };
	struct str text = { (const char *)bytes, size };
	struct date search = { 0 };
	bool searchable = date_parse_search(text, &search) == ERROR_OK;
	if (searchable)
		check_range(&search);
	for (size_t i = 0; i < 3; i++) {
		struct date date = { 0 };
		if (date_parse(text, kinds[i], &date) != ERROR_OK)
			continue;
		ASSERT(searchable && date.low_us == search.low_us &&
		       date.high_us == search.high_us);
		check_range(&date);
	}
	(void)date_time_of_day_is_valid(text);
	return 0;
}
