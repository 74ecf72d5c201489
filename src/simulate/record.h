/* SPDX-License-Identifier: Apache-2.0
 * A record in memory with the rules of room store that the ward leans on: one feed without gaps, version guards, no
 * version for an identical body, a durable cursor. For simulated months in minutes; `house.h` runs the same trials over
 * the real store. */
#ifndef SIMULATE_RECORD_H
#define SIMULATE_RECORD_H

#include "base/arena.h"
#include "base/error.h"

#define RECORD_ANY INT64_C(-1)
struct record_version {
	struct str type, id, body;
	int64_t version, feed, at_us;
	bool own; /* the ward's */
};
struct record {
	struct arena arena;
	struct record_version *versions; /* [feed - 1] */
	size_t count, capacity;
	uint32_t *table; /* current version by type and id: index + 1 */
	size_t table_capacity, table_count;
	int64_t cursor;  /* what follows from the feed up to here is written */
	uint64_t digest; /* of every version, in order */
};
struct record_write {
	struct str type, id, body;
	int64_t expected; /* RECORD_ANY, 0: must not be there, else the current version's number */
	bool own;
	int64_t at_us;
};
void record_init(struct record *record);
void record_done(struct record *record);
/* The current version or NULL. */
const struct record_version *record_find(const struct record *record, struct str type,
					 struct str id);
/* ERROR_PRECONDITION with *ret_version what is there; ERROR_OK with the number it has now. */
MUST_CHECK enum error record_put(struct record *record, const struct record_write *write,
				 int64_t *ret_version);

/* A version of another record, as it stands there; the next in its feed. */
void record_copy(struct record *record, const struct record_version *version);

#endif
