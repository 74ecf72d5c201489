/* SPDX-License-Identifier: Apache-2.0
 * What concerns a ward and no patient stands on a stay of its own, without a patient: alerts of it are Tasks
 * without `for`, with the extension `ward` (docs/decisions/0006). It is found by the ward and is no EpisodeOfCare. */
#ifndef WARD_PLACE_H
#define WARD_PLACE_H

#include "ward/model.h"

/* An Organization that is a virtual ward by its type; false for NULL. */
bool place_is_ward(const struct json *organization);
/* The ward's own stay, made when it is needed first. Its id cannot be that of any resource. */
struct stay *place_stay(struct ward_core *core, struct ward_place *ward);
/* Ties a loaded stay to its ward again. */
void place_link(struct stay *stay);
/* The ward's policy, else any; NULL: there is none at all. */
const struct policy *place_policy_of(const struct ward_core *core, const struct ward_place *ward);
/* The ward's policy may have changed. */
void place_policy(struct ward_core *core, struct ward_place *ward, struct str canonical);

#endif
