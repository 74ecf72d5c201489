/* SPDX-License-Identifier: Apache-2.0 */
#include "store/row.h"

#include <stdlib.h>

struct list {
	struct arena *arena;
	struct row *rows;
	size_t count;
	size_t capacity;
};

static struct row *add(struct list *list, enum row_table table)
{
	struct row *row;

	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? 48 : list->capacity * 2;
		struct row *rows = arena_take(list->arena, capacity * sizeof(*rows), 16);

		if (rows == NULL)
			return NULL;
		if (list->count > 0)
			memcpy(rows, list->rows, list->count * sizeof(*rows));
		list->rows = rows;
		list->capacity = capacity;
	}
	row = &list->rows[list->count++];
	*row = (struct row){ .table = (uint8_t)table };
	return row;
}

static void add_wide(struct list *list, uint16_t parameter, int64_t low_us, int64_t high_us)
{
	struct row *row;

	if ((uint64_t)high_us - (uint64_t)low_us <= (uint64_t)ROW_NARROW_US)
		return;
	row = add(list, ROW_WIDE);
	if (row == NULL)
		return;
	row->is_date = true;
	row->number = parameter;
	row->low_us = low_us;
	row->high_us = high_us;
}

static void add_date(struct list *list, const struct entry *entry)
{
	struct row *row = add(list, ROW_DATE);

	if (row == NULL)
		return;
	row->number = entry->parameter;
	row->low_us = entry->low_us;
	add_wide(list, entry->parameter, entry->low_us, entry->high_us);
}

static void add_number(struct list *list, const struct entry *entry)
{
	struct row *row = add(list, ROW_NUMBER);

	if (row == NULL)
		return;
	row->low = entry->low;
	if (!(entry->low < entry->high))
		return;
	row = add(list, ROW_WIDE);
	if (row == NULL)
		return;
	row->number = entry->parameter;
	row->low = entry->low;
	row->high = entry->high;
}

static void add_plain(struct list *list, const struct entry *entry)
{
	struct row *row = NULL;

	switch (entry->kind) {
	case ENTRY_TOKEN:
	case ENTRY_IDENTIFIER:
	case ENTRY_URI:
		row = add(list, ROW_TOKEN);
		break;
	case ENTRY_STRING:
		row = add(list, ROW_STRING);
		break;
	case ENTRY_DATE:
		add_date(list, entry);
		break;
	case ENTRY_NUMBER:
		add_number(list, entry);
		break;
	default: /* references are gathered by target; composites have no rows of their own */
		break;
	}
	if (row != NULL) {
		row->text = entry->text;
		row->number =
			entry->kind == ENTRY_STRING || entry->kind == ENTRY_URI ? 0 : entry->number;
	}
}

/* The primary date of a resource, as its rows in `reference` carry it. */
struct primary {
	int64_t low_us;   /* the earliest; INT64_MIN: none */
	int64_t high_us;  /* the latest */
	int64_t width_us; /* -1: see the entries */
	size_t count;
};

static struct primary primary_date(struct str entries, uint16_t parameter)
{
	struct primary primary = { .low_us = INT64_MIN };
	struct entry entry;

	while (entry_next(&entries, &entry) && entry.parameter <= parameter) {
		uint64_t width = (uint64_t)entry.high_us - (uint64_t)entry.low_us;

		if (entry.parameter != parameter || entry.kind != ENTRY_DATE)
			continue;
		if (primary.count == 0 || entry.low_us < primary.low_us)
			primary.low_us = entry.low_us;
		if (primary.count++ == 0 || entry.high_us > primary.high_us)
			primary.high_us = entry.high_us;
		primary.width_us =
			primary.count > 1 || width > INT64_MAX || entry.high_us == INT64_MAX
				? -1
				: (int64_t)width;
	}
	return primary;
}

/* One reference: the resources a blob names may be thousands, so they are sorted once. */
struct link {
	int64_t target;
	uint16_t parameter;
};

static int compare_links(const void *a, const void *b)
{
	const struct link *left = a, *right = b;

	if (left->target != right->target)
		return left->target < right->target ? -1 : 1;
	return (int)left->parameter - (int)right->parameter;
}

static struct link *links_of(struct arena *arena, struct str entries, size_t *ret_count)
{
	struct str rest = entries;
	struct entry entry;
	struct link *links;
	size_t count = 0;

	while (entry_next(&rest, &entry))
		count += entry.kind == ENTRY_REFERENCE ? 1 : 0;
	links = ARENA_NEW(arena, struct link, count + 1);
	if (links == NULL)
		return NULL;
	count = 0;
	while (entry_next(&entries, &entry)) {
		if (entry.kind == ENTRY_REFERENCE)
			links[count++] = (struct link){ entry.number, entry.parameter };
	}
	if (count > 1)
		qsort(links, count, sizeof(*links), compare_links);
	*ret_count = count;
	return links;
}

/* The parameter codes of links to one target. */
static struct str parameters_of(struct arena *arena, const struct link *links, size_t count)
{
	char *bytes = arena_take(arena, 2 * count + 1, 1);

	if (bytes == NULL)
		return (struct str){ NULL, 0 };
	for (size_t i = 0; i < count; i++) {
		bytes[2 * i] = (char)(links[i].parameter >> 8);
		bytes[2 * i + 1] = (char)links[i].parameter;
	}
	return (struct str){ bytes, 2 * count };
}

/* One row a code for a patient's resources, so that "patient and code, by date" is one range. */
static void add_codes(struct list *list, struct str entries, uint16_t parameter,
		      const struct row *plain)
{
	struct row base = *plain;
	size_t first = list->count;
	struct entry entry;

	while (entry_next(&entries, &entry) && entry.parameter <= parameter) {
		struct row *row = NULL;

		if (entry.parameter != parameter || entry.kind != ENTRY_TOKEN ||
		    entry.text.len == 0)
			continue;
		for (size_t i = first; i < list->count && row == NULL; i++) {
			if (str_equal(list->rows[i].text, entry.text))
				row = &list->rows[i];
		}
		if (row != NULL) {
			row->system = -1; /* one code in two systems: see the entries */
			continue;
		}
		row = add(list, ROW_REFERENCE);
		if (row == NULL)
			return;
		*row = base;
		row->text = entry.text;
		row->system = entry.number;
	}
}

static int compare_keys(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right ? 1 : 0;
}

static void add_references(struct list *list, const struct catalogue *catalogue, int64_t key,
			   struct str entries)
{
	const struct catalogue_role *role = &catalogue->roles[key_type(key)];
	struct primary primary = primary_date(entries, role->date);
	size_t count = 0, next;
	struct link *links = links_of(list->arena, entries, &count);

	/* Several dates stand in `reference` as one, the earliest: together they may be wide. */
	if (primary.count > 1)
		add_wide(list, role->date, primary.low_us, primary.high_us);
	for (size_t i = 0; links != NULL && i < count; i = next) {
		struct row *row = add(list, ROW_REFERENCE);

		for (next = i + 1; next < count && links[next].target == links[i].target;)
			next++;
		if (row == NULL)
			return;
		row->number = links[i].target;
		row->low_us = primary.low_us;
		row->width_us = primary.width_us;
		row->parameters = parameters_of(list->arena, &links[i], next - i);
		if (role->code != 0 && key_type(links[i].target) == catalogue->patient)
			add_codes(list, entries, role->code, row);
	}
}

/* In the order of the tables' keys. */
static int compare_rows(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	int order = (int)left->table - (int)right->table;

	if (order == 0)
		order = left->is_date == right->is_date ? 0 : left->is_date ? 1 : -1;
	if (order == 0 && left->table != ROW_TOKEN)
		order = compare_keys(&left->number, &right->number);
	if (order == 0)
		order = str_compare(left->text, right->text);
	if (order == 0)
		order = compare_keys(&left->number, &right->number);
	if (order == 0)
		order = compare_keys(&left->low_us, &right->low_us);
	if (order == 0)
		order = compare_keys(&left->high_us, &right->high_us);
	if (order == 0)
		order = left->low < right->low ? -1 : left->low > right->low ? 1 : 0;
	if (order == 0)
		order = left->high < right->high ? -1 : left->high > right->high ? 1 : 0;
	return order;
}

struct row *row_list(struct arena *arena, const struct catalogue *catalogue, int64_t key,
		     struct str entries, size_t *ret_count)
{
	struct list list = { .arena = arena };
	const struct catalogue_role *role = &catalogue->roles[key_type(key)];
	struct str rest = entries;
	struct entry entry;
	bool dated = role->date == 0;
	size_t count = 0;

	while (entry_next(&rest, &entry)) {
		dated = dated || (entry.parameter == role->date && entry.kind == ENTRY_DATE);
		add_plain(&list, &entry);
	}
	if (!dated) { /* so that a list by date also finds what has none */
		struct row *row = add(&list, ROW_DATE);

		if (row != NULL) {
			row->number = role->date;
			row->low_us = INT64_MIN;
		}
	}
	add_references(&list, catalogue, key, entries);
	if (list.rows == NULL) /* nothing to index: still a list */
		list.rows = ARENA_NEW(arena, struct row, 1);
	if (arena->failed || list.rows == NULL)
		return NULL;
	if (list.count > 1)
		qsort(list.rows, list.count, sizeof(*list.rows), compare_rows);
	for (size_t i = 0; i < list.count; i++) {
		if (i == 0 || compare_rows(&list.rows[i], &list.rows[count - 1]) != 0)
			list.rows[count++] = list.rows[i];
	}
	*ret_count = count;
	return list.rows;
}

static enum statement statement_of(const struct row *row, int kind)
{
	static const enum statement names[ROW_TABLES][3] = {
		[ROW_TOKEN] = { STATEMENT_TOKEN_INSERT, STATEMENT_TOKEN_DELETE,
				STATEMENT_TOKEN_HAS },
		[ROW_STRING] = { STATEMENT_STRING_INSERT, STATEMENT_STRING_DELETE,
				 STATEMENT_STRING_HAS },
		[ROW_DATE] = { STATEMENT_DATE_INSERT, STATEMENT_DATE_DELETE, STATEMENT_DATE_HAS },
		[ROW_NUMBER] = { STATEMENT_NUMBER_INSERT, STATEMENT_NUMBER_DELETE,
				 STATEMENT_NUMBER_HAS },
		[ROW_WIDE] = { STATEMENT_WIDE_INSERT, STATEMENT_WIDE_DELETE, STATEMENT_WIDE_HAS },
		[ROW_REFERENCE] = { STATEMENT_REFERENCE_INSERT, STATEMENT_REFERENCE_DELETE,
				    STATEMENT_REFERENCE_HAS },
	};

	return names[row->table][kind];
}

enum { KIND_INSERT, KIND_DELETE, KIND_HAS };

static sqlite3_stmt *bind(struct database *database, const struct row *row, int64_t key,
			  int64_t feed, int kind)
{
	sqlite3_stmt *statement = database_statement(database, statement_of(row, kind));

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1,
			   row->table == ROW_REFERENCE                        ? row->number
			   : row->table == ROW_DATE || row->table == ROW_WIDE ? row->number
									      : key_type(key));
	switch ((enum row_table)row->table) {
	case ROW_TOKEN:
		database_bind_text(statement, 2, row->text);
		sqlite3_bind_int64(statement, 3, row->number);
		sqlite3_bind_int64(statement, 4, key);
		break;
	case ROW_STRING:
		database_bind_text(statement, 2, row->text);
		sqlite3_bind_int64(statement, 3, key);
		break;
	case ROW_DATE:
		sqlite3_bind_int64(statement, 2, row->low_us);
		sqlite3_bind_int64(statement, 3, key);
		break;
	case ROW_NUMBER:
		sqlite3_bind_double(statement, 2, row->low);
		sqlite3_bind_int64(statement, 3, key);
		break;
	case ROW_WIDE:
		if (row->is_date) {
			sqlite3_bind_int64(statement, 2, row->high_us);
			sqlite3_bind_int64(statement, 3, row->low_us);
		} else {
			sqlite3_bind_double(statement, 2, row->high);
			sqlite3_bind_double(statement, 3, row->low);
		}
		sqlite3_bind_int64(statement, 4, key);
		break;
	case ROW_REFERENCE:
		sqlite3_bind_int64(statement, 2, key_type(key));
		database_bind_text(statement, 3, row->text);
		sqlite3_bind_int64(statement, 4, row->low_us);
		sqlite3_bind_int64(statement, 5, key);
		if (kind == KIND_DELETE)
			break;
		sqlite3_bind_int64(statement, 6, row->width_us);
		sqlite3_bind_int64(statement, 7, feed);
		sqlite3_bind_int64(statement, 8, row->system);
		database_bind_blob(statement, 9, row->parameters);
		break;
	case ROW_TABLES:
		UNREACHABLE();
	}
	return statement;
}

int row_change(struct database *database, struct arena *arena, const struct catalogue *catalogue,
	       const struct row_change *change)
{
	struct row *old = NULL, *rows = NULL;
	size_t old_count = 0, count = 0, i = 0, j = 0;
	int code = SQLITE_OK;

	if (change->had)
		old = row_list(arena, catalogue, change->key, change->entries_old, &old_count);
	if (change->has)
		rows = row_list(arena, catalogue, change->key, change->entries, &count);
	if ((change->had && old == NULL) || (change->has && rows == NULL))
		return SQLITE_NOMEM;
	while (code == SQLITE_OK && (i < old_count || j < count)) {
		int order = i == old_count ? 1 : j == count ? -1 : compare_rows(&old[i], &rows[j]);

		if (order < 0) {
			code = database_step_done(
				bind(database, &old[i++], change->key, 0, KIND_DELETE));
			continue;
		}
		/* Reference rows carry the feed number and more outside their keys. */
		if (order > 0 || rows[j].table == ROW_REFERENCE)
			code = database_step_done(
				bind(database, &rows[j], change->key, change->feed, KIND_INSERT));
		i += order == 0 ? 1 : 0;
		j++;
	}
	return code;
}

int row_stands(struct database *database, const struct row *row, int64_t key, int64_t feed)
{
	sqlite3_stmt *statement = bind(database, row, key, feed, KIND_HAS);
	int code;

	if (statement == NULL)
		return -1;
	code = sqlite3_step(statement);
	sqlite3_reset(statement);
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : -1;
}
