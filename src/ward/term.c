/* SPDX-License-Identifier: Apache-2.0
 * How long somebody has a part: PractitionerRole.period and RelatedPerson.period. */
#include "ward/model.h"

struct term term_of_period(const struct json *period)
{
	struct term term = { 0, MODEL_NEVER };
	struct date date;
	if (date_parse(json_get_text(period, STR("start")), DATE_KIND_DATETIME, &date) == ERROR_OK)
		term.from_us = date.low_us;
	if (date_parse(json_get_text(period, STR("end")), DATE_KIND_DATETIME, &date) == ERROR_OK)
		term.until_us = date.high_us;
	return term;
}

struct term term_read(const struct json *resource)
{
	return term_of_period(json_get(resource, STR("period")));
}

bool term_holds(const struct term *term, int64_t at_us)
{
	return term->from_us <= at_us && at_us < term->until_us;
}
