/* SPDX-License-Identifier: Apache-2.0
 * What the two cores of a trial say, compared. For trial.c. */
#ifndef WARD_TRIAL_COUNT_H
#define WARD_TRIAL_COUNT_H

#include "ward/model.h"
#include "ward/trial.h"

struct trial_cores {
	const struct trial_options *options;
	struct ward_core *before, *after; /* as it was; under the new policy */
	struct str url;                   /* of the new policy */
	int64_t last_us;                  /* of the newest version played */
};

/* Whether a stay of the core as it was comes under the new policy. */
bool trial_chooses(const struct trial_cores *cores, const struct stay *stay);
/* ERROR_LIMIT when the arena failed. */
MUST_CHECK enum error trial_count(const struct trial_cores *cores, struct arena *arena,
				  struct trial_result *ret_result);

#endif
