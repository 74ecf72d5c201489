/* SPDX-License-Identifier: Apache-2.0
 * Values of one sign that contradict each other within a minute. Only the files of this room's core include this
 * header. */
#ifndef WARD_CONFLICT_H
#define WARD_CONFLICT_H

#include "ward/model.h"

/* Marks a new reading and those that it contradicts, and tells the ward. */
void conflict_reading(struct ward_core *core, struct stay *stay, struct reading *reading);
/* Of values that disagree with this one, and it, the worst: it counts. *ret_other: another of them; NULL: none. */
const struct reading *conflict_worse(const struct ward_core *core, const struct stay *stay,
				     const struct reading *reading,
				     const struct reading **ret_other);

#endif
