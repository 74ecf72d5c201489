/* SPDX-License-Identifier: Apache-2.0
 * What is too large for the engine to read whole. The API refuses it before it is stored (413); what stands in the
 * feed all the same, from an older store, is said to a ward: nothing of it is judged, and nothing is dropped in
 * silence. By its size alone, so that a replay does the same. */
#ifndef WARD_OVERSIZE_H
#define WARD_OVERSIZE_H

#include "ward/core.h"

/* No stay, plan, person or reading is as large; its tree must fit in the runner's arena. */
#define OVERSIZE_BODY_BYTES_MAX ((size_t)8 * 1024 * 1024)

/* The small top-level members of a stored body, in the arena: whose it is. A large one within which Observations or
 * answers may stand is `true` in it. NULL when the arena failed. */
struct json *oversize_outline(struct arena *arena, struct str body);
/* `event->resource` is an outline. */
void oversize_event(struct ward_core *core, const struct ward_event *event);

#endif
