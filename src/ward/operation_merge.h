/* SPDX-License-Identifier: Apache-2.0
 * The ids of one child in the record, for operations: what the links replaced-by and replaces of either record say, and
 * those of the records they name, and so on; the same as merge.h knows from the feed. */
#ifndef WARD_OPERATION_MERGE_H
#define WARD_OPERATION_MERGE_H

#include "ward/operation.h"

#define OPERATION_MERGE_MAX 16 /* ids of one child; more are not looked for */

struct operation_merge {
	struct str ids[OPERATION_MERGE_MAX]; /* in the call's arena; the one asked for first */
	size_t count;
};

/* False: answered with an error. */
bool operation_merge_read(struct call *call, struct str patient, struct operation_merge *ret_merge);
/* "Patient/a,Patient/b": any of them, as a search says it. Empty when the arena failed. */
struct str operation_merge_any(struct arena *arena, const struct operation_merge *merge);

#endif
