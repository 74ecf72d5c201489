/* SPDX-License-Identifier: Apache-2.0
 * A trial in the record: a MeasureReport that nobody writes but the trial itself (guard_report.c). What each part
 * says: docs/decisions/0015. */
#ifndef WARD_TRIAL_REPORT_H
#define WARD_TRIAL_REPORT_H

#include "os/hash.h"
#include "ward/model.h"
#include "ward/trial.h"

#define TRIAL_ORIGIN "trial" /* of the commit: nothing that a client writes has it */
#define TRIAL_MEASURE HOMEWARD_URL "Measure/policy-trial"
#define TRIAL_DIGEST_SYSTEM HOMEWARD_URL "NamingSystem/policy-digest"
#define TRIAL_DIGEST_BYTES (2 * HASH_SHA256_BYTES + 1)
#define TRIAL_NAMED_MAX 100 /* alerts missed, and alerts added, that a report names */

/* SHA-256 of what a policy says: the resource without status, meta and signatures, as this program prints it. Empty
 * text when the arena failed. */
void policy_digest(struct arena *arena, const struct json *plan,
		   char ret_digest[TRIAL_DIGEST_BYTES]);

struct trial_subject { /* what was tried, and by whom */
	struct str plan_id;
	int64_t plan_version;
	struct str canonical; /* "url|version" */
	struct str digest;
	struct str by_reference, by_name; /* may be empty */
	int64_t at_us;
};
/* The report as a tree; NULL when the arena failed. */
struct json *trial_report(struct arena *arena, const char *id, const struct trial_subject *subject,
			  const struct trial_result *result);

#endif
