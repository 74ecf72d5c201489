/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tally.h"

#include <stdlib.h>

void tally_init(struct tally *tally, struct arena *arena)
{
	*tally = (struct tally){ .arena = arena };
}

static struct tally_row *row_of(struct tally *tally, struct str type)
{
	for (size_t i = 0; i < tally->row_count; i++) {
		if (str_equal(tally->rows[i].type, type))
			return &tally->rows[i];
	}
	if (tally->row_count == TALLY_TYPES_MAX)
		return &tally->rows[TALLY_TYPES_MAX - 1];
	struct tally_row *row = &tally->rows[tally->row_count++];
	row->type =
		tally->row_count == TALLY_TYPES_MAX ? STR("other") : arena_copy(tally->arena, type);
	return row;
}

void tally_add(struct tally *tally, struct str type, enum tally_column column, int64_t by)
{
	ASSERT((unsigned)column < TALLY_COLUMN_COUNT);
	row_of(tally, type)->counts[column] += by;
}

void tally_add_all(struct tally *tally, const struct tally *from)
{
	for (size_t i = 0; i < from->row_count; i++) {
		for (int column = 0; column < TALLY_COLUMN_COUNT; column++)
			tally_add(tally, from->rows[i].type, (enum tally_column)column,
				  from->rows[i].counts[column]);
	}
}

int64_t tally_total(const struct tally *tally, enum tally_column column)
{
	int64_t total = 0;
	for (size_t i = 0; i < tally->row_count; i++)
		total += tally->rows[i].counts[column];
	return total;
}

static int compare_rows(const void *a, const void *b)
{
	return str_compare(((const struct tally_row *)a)->type,
			   ((const struct tally_row *)b)->type);
}

void tally_sort(struct tally *tally)
{
	qsort(tally->rows, tally->row_count, sizeof(tally->rows[0]), compare_rows);
}
