/* SPDX-License-Identifier: Apache-2.0
 * The trial that a signature stands on. */
#ifndef WARD_TRIAL_PROOF_H
#define WARD_TRIAL_PROOF_H

#include "ward/model.h"
#include "ward/operation.h"

struct trial_proof {
	struct str reference; /* MeasureReport/id */
	struct json *report;
	int64_t at_us;              /* when it was tried */
	char why[MODEL_NOTE_BYTES]; /* without one: what to do about it */
};
/* The newest trial of exactly what this draft says that it may be signed on; *ret_proof has an empty reference when
 * there is none. `wanted` (MeasureReport/id) may be empty: any. False: answered with an error. */
bool trial_proof_find(struct call *call, const struct json *plan, struct str wanted,
		      struct trial_proof *ret_proof);

#endif
