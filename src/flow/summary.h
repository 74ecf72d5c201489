/* SPDX-License-Identifier: Apache-2.0
 * The discharge summary for the GP: a Composition, and a document Bundle that begins with it and holds what it
 * refers to.
 * Its sections are plain narrative, bounded, so that a person can read it without any program of ours. */
#ifndef FLOW_SUMMARY_H
#define FLOW_SUMMARY_H

#include "flow/act.h"

#define SUMMARY_SIGNS_MAX 30
#define SUMMARY_ALERTS_MAX 100
#define SUMMARY_READINGS_MAX 5000
#define SUMMARY_TEXT_BYTES_MAX ((size_t)400 * 1024)

struct summary_sign {
	struct str code, site, label, unit, first, last;
	struct decimal least, most;
	struct str least_text, most_text;
	int64_t count, last_us, first_us;
};
struct summary_alert {
	struct str id, title, level, status, answer, by;
	int64_t raised_us;
	struct json *task;
};
struct summary {
	struct call *call;
	struct arena *arena;
	const struct operation_part *part;
	const struct act_person *person;
	struct str id, episode_id;
	int64_t start_us, end_us;
	struct json *patient, *ward, *plan, *referral, *author;
	struct summary_sign signs[SUMMARY_SIGNS_MAX];
	size_t sign_count, reading_count;
	bool readings_cut;
	struct summary_alert alerts[SUMMARY_ALERTS_MAX];
	size_t alert_count, alert_total;
	struct json *escalations; /* Tasks */
	size_t review_count;
};

/* False: the call is answered. `part->episode` is the stay as it will be stored. */
bool summary_make(struct call *call, const struct operation_part *part,
		  const struct act_person *person, struct str id, struct json **ret_composition,
		  struct json **ret_bundle);

/* summary_text.c: sections of a Composition with their narrative. */
struct json *summary_sections(const struct summary *summary);
/* "10 Jun 2026, 09:41" in Europe/London. */
void summary_time(struct text *text, int64_t at_us);
/* With XML's escapes. */
void summary_escape(struct text *text, struct str value);

#endif
