/* SPDX-License-Identifier: Apache-2.0
 * A policy tried on stored history: the feed is played through two cores, one as it was, one in which the chosen
 * stays come under the new policy. What people did to an alert is done to the alert of the same stay and cause in the
 * other; an alert that only the new policy raises is resolved after an hour, as if somebody had seen to it. */
#ifndef WARD_TRIAL_H
#define WARD_TRIAL_H

#include "base/text.h"
#include "store/store.h"

struct trial_options {
	struct str policy;      /* a PlanDefinition as JSON text */
	struct str ward;        /* empty: the stays whose policy has the url of the new one */
	int64_t from_us, to_us; /* alerts raised in [from, to) are counted */
	int64_t within_us;      /* a counterpart this late still counts */
	bool as_json;
};
/* The report into `text`. ERROR_INVALID with every reason when the policy cannot be used. */
MUST_CHECK enum error ward_trial(struct store *store, const struct trial_options *options,
				 struct issues *issues, struct text *text);
#endif
