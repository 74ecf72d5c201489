/* SPDX-License-Identifier: Apache-2.0
 * The result of a trial for a terminal and for programs (`homeward ward simulate-policy`). */
#include "base/date.h"
#include "ward/trial.h"

static void put_rows(const struct trial_result *result, bool as_json, struct text *text)
{
	double per = result->patient_days > 0 ? result->patient_days : 1;
	for (size_t i = 0; i < result->row_count; i++) {
		const struct trial_row *row = &result->rows[i];
		text_put_format(
			text,
			as_json ? "%s{\"level\":\"%.*s\",\"rule\":\"%.*s\",\"before\":%zu,"
				  "\"after\":%zu,\"beforePerDay\":%.3f,\"afterPerDay\":%.3f}"
				: "%s%-10.*s %-14.*s %6zu %6zu  %8.3f %8.3f\n",
			as_json && i > 0 ? "," : "", STR_ARG(row->level), STR_ARG(row->rule),
			row->before, row->after, (double)row->before / per,
			(double)row->after / per);
	}
}

/* By stay and time, no names. */
static void put_alerts(const struct trial_alerts *alerts, bool as_json, struct text *text)
{
	for (size_t i = 0; i < alerts->kept; i++) {
		const struct trial_alert *one = &alerts->alerts[i];
		char time[25];
		date_write_instant(one->at_us, time);
		text_put_format(text,
				as_json ? "%s{\"stay\":\"%s\",\"at\":\"%s\",\"level\":\"%.*s\","
					  "\"rule\":\"%.*s\"}"
					: "%s  %s  %s  %.*s %.*s\n",
				as_json && i > 0 ? "," : "", one->stay, time, STR_ARG(one->level),
				STR_ARG(one->rule));
	}
}

void trial_words(const struct trial_result *result, bool as_json, struct text *text)
{
	text_put_format(text,
			as_json ? "{\"policy\":\"%s\",\"patientDays\":%.3f,\"alerts\":["
				: "Policy %s on %.3f patient days\n\nlevel      rule           "
				  "before  after  per day: before, after\n",
			result->canonical, result->patient_days);
	put_rows(result, as_json, text);
	text_put_c(text,
		   as_json ? "],\"missed\":["
			   : "\nHigh or more under the old policy and missed by the new one:\n");
	put_alerts(&result->missed, as_json, text);
	text_put_c(text,
		   as_json ? "],\"added\":[" : "\nHigh or more under the new policy alone:\n");
	put_alerts(&result->added, as_json, text);
	text_put_c(text, as_json ? "]}\n" : "");
}
