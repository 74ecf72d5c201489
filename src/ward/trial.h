/* SPDX-License-Identifier: Apache-2.0
 * A policy tried on stored history: the feed is played through two cores, one as it was, one in which the chosen
 * stays come under the new policy. What people did to an alert is done to the alert of the same stay and cause in the
 * other; an alert that only the new policy raises is resolved after an hour, as if somebody had seen to it.
 * docs/decisions/0015. */
#ifndef WARD_TRIAL_H
#define WARD_TRIAL_H

#include "base/text.h"
#include "store/store.h"

#define TRIAL_WARDS_MAX 20
#define TRIAL_DAYS 28 /* a trial looks at least so far back, and counts for as long */

struct trial_options {
	struct str policy;       /* a PlanDefinition as JSON text */
	const struct str *wards; /* ids; none: the stays whose policy has the url of the new one */
	size_t ward_count;       /* at most TRIAL_WARDS_MAX */
	/* Alerts raised in [from, to) are counted. INT64_MIN: from the start, INT64_MAX: to the end of the store. */
	int64_t from_us, to_us;
	bool last_days;     /* without `from`: the last TRIAL_DAYS in which there was a stay */
	int64_t within_us;  /* a counterpart this late still counts */
	size_t lacking_max; /* alerts that are named, missed and added each; all are counted */
	/* Asked now and then with how much is done, 0 to 1; false ends the trial with ERROR_BUSY. May be NULL. */
	bool (*go_on)(void *context, double share);
	void *context;
	int64_t now_us; /* for how much is done; 0: not known */
};

struct trial_row {
	struct str level, rule;
	size_t before, after;
	size_t missed, added; /* of High and more */
};
struct trial_alert { /* of High and more, by stay and time */
	char stay[65];
	int64_t at_us;
	struct str level, rule;
};
struct trial_alerts {
	struct trial_alert *alerts;
	size_t kept;  /* of them stand here */
	size_t count; /* all */
};
/* Results live in the arena of the call. */
struct trial_result {
	const char *canonical;  /* "url|trial" */
	int64_t from_us, to_us; /* what was counted, cut to what is stored */
	/* The last TRIAL_DAYS in which there was a stay under the url or on the wards; the end of the store for
	 * both when there never was one. */
	int64_t last_from_us, last_to_us;
	size_t stays; /* that were counted; some have no time in the period yet */
	double patient_days;
	double left_out_days; /* under the url and not on the wards that were named */
	size_t before, after; /* alerts */
	struct trial_row
		*rows; /* one a level and rule, the most urgent first; those that have alerts */
	size_t row_count;
	struct trial_alerts
		missed;            /* under the old policy, and no alert as bad under the new one */
	struct trial_alerts added; /* the other way round */
	struct str wards[TRIAL_WARDS_MAX]; /* ids of those whose patients were counted */
	size_t ward_count;
};

/* Reads `store` alone. ERROR_INVALID with every reason when the policy cannot be used. Thread: any; one trial holds
 * two cores of the whole history in memory. */
MUST_CHECK enum error ward_trial(struct store *store, const struct trial_options *options,
				 struct issues *issues, struct arena *arena,
				 struct trial_result *ret_result);
/* The result as words for a terminal, or as JSON. */
void trial_words(const struct trial_result *result, bool as_json, struct text *text);

#endif
