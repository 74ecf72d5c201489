/* SPDX-License-Identifier: Apache-2.0
 * What is asked of a trial, and the text in which the server gives it to the trial's own process. */
#ifndef WARD_TRIAL_REQUEST_H
#define WARD_TRIAL_REQUEST_H

#include "ward/trial_report.h"

#define TRIAL_WITHIN_US (15 * DATE_US_PER_MIN) /* as of `homeward ward simulate-policy` */

struct trial_request {
	struct trial_subject subject;
	struct str policy; /* JSON text */
	struct str wards[TRIAL_WARDS_MAX];
	size_t ward_count;
	int64_t from_us, to_us; /* as of struct trial_options; without `from` the last TRIAL_DAYS */
};

/* A copy in the arena; false when that failed. */
bool trial_request_keep(struct arena *arena, const struct trial_request *request,
			struct trial_request *ret_request);
/* Whether the same is asked for, at whatever time and by whomever. */
bool trial_request_same(const struct trial_request *a, const struct trial_request *b);
/* With the id of the trial. */
void trial_request_print(struct text *text, struct arena *arena,
			 const struct trial_request *request, const char *id);
bool trial_request_read(struct arena *arena, struct str text, struct trial_request *ret_request,
			char ret_id[MODEL_ID_BYTES]);
/* What it asks of ward_trial, but for who looks after it. */
struct trial_options trial_request_options(const struct trial_request *request);
/* Whether a report is one of this trial: what it says of what was tried is what was asked for. */
bool trial_request_answered(const struct trial_request *request, const char *id,
			    const struct json *report);

#endif
