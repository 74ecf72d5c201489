/* SPDX-License-Identifier: Apache-2.0
 * Index rows of one resource. They follow from its entries alone, so that an update can remove
 * what the old version had, and a check can tell what must be there. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "store/entry.h"

enum row_table { ROW_TOKEN, ROW_STRING, ROW_DATE, ROW_NUMBER, ROW_WIDE, ROW_REFERENCE, ROW_TABLES };

struct row {
	uint8_t table;
	bool is_date;    /* wide: low_us and high_us, else low and high */
	struct str text; /* code, folded text; reference: code or empty */
	int64_t number;  /* token: system; date, wide: parameter; reference: target */
	int64_t low_us, high_us;
	double low, high;
	/* reference, outside the row's key */
	int64_t width_us;
	int64_t system;
	struct str parameters; /* codes, 2 bytes each, high first */
};

/* Values wider than this have a row in `wide`, so that a search "from then on" need not look at
 * everything that began before. A day and the time zones around it. */
#define ROW_NARROW_US (INT64_C(36) * 3600 * 1000000)

/* Sorted, without doubles. NULL when the arena failed. */
struct row *row_list(struct arena *arena, const struct catalogue *catalogue, int64_t key,
		     struct str entries, size_t *ret_count);
/* Makes the rows of `key` be those of `entries` where they were those of `entries_old`. A deleted
 * resource has none: both may be empty with has_* false. SQLite's code. */
struct row_change {
	int64_t key;
	int64_t feed;
	struct str entries_old, entries;
	bool had, has;
};
MUST_CHECK int row_change(struct database *database, struct arena *arena,
			  const struct catalogue *catalogue, const struct row_change *change);
/* Whether the row stands in its table; -1 when that cannot be read. */
int row_stands(struct database *database, const struct row *row, int64_t key, int64_t feed);

#endif
