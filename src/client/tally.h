/* SPDX-License-Identifier: Apache-2.0
 * Counts of resources by type: what the files held and what became of it. */
#ifndef CLIENT_TALLY_H
#define CLIENT_TALLY_H

#include "base/arena.h"
#include "base/assert.h"

enum { TALLY_TYPES_MAX = 256 };
enum tally_column {
	TALLY_IN_FILES,
	TALLY_CREATED,
	TALLY_EXISTING,
	TALLY_REFUSED,
	TALLY_COLUMN_COUNT
};

struct tally_row {
	struct str type;
	int64_t counts[TALLY_COLUMN_COUNT];
};
struct tally {
	struct arena *arena; /* keeps the names */
	struct tally_row rows[TALLY_TYPES_MAX];
	size_t row_count;
};

void tally_init(struct tally *tally, struct arena *arena);
/* Types past the limit (there are 148 in R4) are counted together as "other". */
void tally_add(struct tally *tally, struct str type, enum tally_column column, int64_t by);
void tally_add_all(struct tally *tally, const struct tally *from);
int64_t tally_total(const struct tally *tally, enum tally_column column);
void tally_sort(struct tally *tally); /* by name */

#endif
