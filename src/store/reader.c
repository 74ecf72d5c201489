/* SPDX-License-Identifier: Apache-2.0
 * Readers: a pool of connections, each on a snapshot while it works. */
#include "store/internal.h"

#include <stdlib.h>

enum error reader_open(struct store *store, struct store_reader *reader)
{
	reader->store = store;
	if (reader->database == NULL) {
		if (database_open(&reader->own, store->file, DATABASE_READER) != SQLITE_OK)
			return ERROR_STORAGE;
		reader->database = &reader->own;
	}
	reader->symbols.database = reader->database;
	reader->symbols.catalogue = &store->catalogue;
	reader->packer = body_packer_create();
	return reader->packer == NULL ? ERROR_LIMIT : ERROR_OK;
}

void reader_close(struct store_reader *reader)
{
	body_packer_destroy(reader->packer);
	reader->packer = NULL;
	if (reader->database == &reader->own)
		database_close(&reader->own);
	reader->database = NULL;
}

struct store_reader *store_reader_borrow(struct store *store)
{
	int64_t until_us = clock_monotonic_us() + (int64_t)LIMIT_QUERY_MS_MAX * 1000;
	struct store_reader *reader;

	mutex_lock(&store->readers_mutex);
	while (store->readers_free == NULL && clock_monotonic_us() < until_us)
		condition_wait_until(&store->reader_free, &store->readers_mutex, until_us);
	reader = store->readers_free;
	if (reader != NULL)
		store->readers_free = reader->next;
	mutex_unlock(&store->readers_mutex);
	if (reader != NULL) {
		reader->next = NULL;
		ASSERT(reader->snapshot_depth == 0);
	}
	return reader;
}

void store_reader_return(struct store_reader *reader)
{
	struct store *store = reader->store;

	ASSERT(reader->snapshot_depth == 0);
	ASSERT(reader->database == &reader->own);
	mutex_lock(&store->readers_mutex);
	reader->next = store->readers_free;
	store->readers_free = reader;
	condition_signal(&store->reader_free);
	mutex_unlock(&store->readers_mutex);
}

void store_snapshot_begin(struct store_reader *reader)
{
	if (reader->snapshot_depth++ > 0 || reader->database != &reader->own)
		return;
	reader->symbols.code = SQLITE_OK;
	reader->transaction = database_do(reader->database, STATEMENT_BEGIN_READ) == SQLITE_OK;
}

void store_snapshot_end(struct store_reader *reader)
{
	ASSERT(reader->snapshot_depth > 0);
	if (--reader->snapshot_depth > 0)
		return;
	/* A statement left between rows would hold its snapshot, and the next reader of this connection
	 * would see old data. */
	database_reset_all(reader->database);
	if (!reader->transaction)
		return;
	/* Ending a read cannot fail in a way that matters: nothing was written. */
	(void)!database_do(reader->database, STATEMENT_COMMIT);
	reader->transaction = false;
	ASSERT(sqlite3_txn_state(reader->database->handle, NULL) == SQLITE_TXN_NONE);
}

int64_t store_feed_last(struct store_reader *reader)
{
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_VERSION_LAST);

	return database_integer(row, 0);
}

/* --- versions ------------------------------------------------------------------------------- */

/* Origins are few: each reader remembers their names. */
static struct str origin_name(struct store_reader *reader, int64_t number)
{
	struct str *name;
	sqlite3_stmt *row;

	if (number < 1 || number >= STORE_ORIGINS_MAX)
		return (struct str){ NULL, 0 };
	name = &reader->origins[number];
	if (name->len > 0)
		return *name;
	row = database_statement(reader->database, STATEMENT_SYMBOL_TEXT);
	if (row == NULL)
		return *name;
	sqlite3_bind_int(row, 1, SYMBOL_ORIGIN);
	sqlite3_bind_int64(row, 2, number);
	if (sqlite3_step(row) == SQLITE_ROW) {
		struct str text = database_column_blob(row, 0);

		if (text.len <= sizeof(reader->origin_bytes[number])) {
			memcpy(reader->origin_bytes[number], text.ptr, text.len);
			*name = (struct str){ reader->origin_bytes[number], text.len };
		}
	}
	sqlite3_reset(row);
	return *name;
}

enum error reader_version(struct store_reader *reader, struct arena *arena, sqlite3_stmt *row,
			  struct store_version *ret_version)
{
	int64_t key = sqlite3_column_int64(row, 1);
	int64_t origin = sqlite3_column_int64(row, 5);
	struct store_version version = {
		.type = reader->store->catalogue.types[key_type(key)],
		.feed = sqlite3_column_int64(row, 0),
		.version = sqlite3_column_int64(row, 2),
		.at_us = sqlite3_column_int64(row, 3),
		.method = (enum store_method)sqlite3_column_int(row, 4),
	};
	struct str body, type;
	enum error error;

	if (version.type == FHIR_TYPE_NONE || version.version < 1)
		return ERROR_STORAGE;
	error = body_unpack(reader->packer, arena, database_column_blob(row, 6), &body);
	if (error != ERROR_OK)
		return error;
	if (!body_identity(body, &type, &version.id))
		return ERROR_STORAGE;
	if (version.method != STORE_DELETE) {
		error = body_splice(arena, body, version.version, version.at_us, &version.body);
		if (error != ERROR_OK)
			return error;
	}
	version.origin = origin_name(reader, origin);
	*ret_version = version;
	return ERROR_OK;
}

/* The one row of a bound statement; ERROR_NOT_FOUND without one. */
static enum error version_of(struct store_reader *reader, struct arena *arena, sqlite3_stmt *row,
			     struct store_version *ret_version)
{
	enum error error;
	int code;

	if (row == NULL)
		return ERROR_STORAGE;
	code = sqlite3_step(row);
	if (code == SQLITE_ROW)
		error = reader_version(reader, arena, row, ret_version);
	else if (code == SQLITE_DONE)
		error = ERROR_NOT_FOUND;
	else
		error = database_error(reader->database, code);
	sqlite3_reset(row);
	return error;
}

enum error reader_version_at(struct store_reader *reader, struct arena *arena, int64_t feed,
			     struct store_version *ret_version)
{
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_VERSION_FIND);

	if (row != NULL)
		sqlite3_bind_int64(row, 1, feed);
	return version_of(reader, arena, row, ret_version);
}

enum error store_read(struct store_reader *reader, struct arena *arena, uint16_t type,
		      struct str id, struct store_version *ret_version)
{
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_CURRENT_FIND);
	enum error error;

	if (type == FHIR_TYPE_NONE || type > fhir_resource_count())
		return ERROR_NOT_FOUND;
	if (row != NULL) {
		sqlite3_bind_int(row, 1, reader->store->catalogue.type_codes[type]);
		database_bind_text(row, 2, id);
	}
	error = version_of(reader, arena, row, ret_version);
	if (error == ERROR_OK && ret_version->method == STORE_DELETE)
		return ERROR_GONE;
	return error;
}

static int64_t integer_of(struct store_reader *reader, enum statement name, int64_t a, int64_t b)
{
	sqlite3_stmt *row = database_statement(reader->database, name);

	if (row == NULL)
		return 0;
	sqlite3_bind_int64(row, 1, a);
	if (sqlite3_bind_parameter_count(row) > 1)
		sqlite3_bind_int64(row, 2, b);
	return database_integer(row, 0);
}

enum error store_read_version(struct store_reader *reader, struct arena *arena, uint16_t type,
			      struct str id, int64_t version, struct store_version *ret_version)
{
	int64_t key, feed = 0;
	sqlite3_stmt *row;
	enum error error;

	if (type == FHIR_TYPE_NONE || type > fhir_resource_count() || version < 1)
		return ERROR_NOT_FOUND;
	store_snapshot_begin(reader);
	key = symbol_key(&reader->symbols, reader->store->catalogue.type_codes[type], id, false);
	if (key != 0 && version > 1)
		feed = integer_of(reader, STATEMENT_REVISION_FIND, key, version);
	row = database_statement(reader->database, STATEMENT_RESOURCE_FIND);
	if (key != 0 && version == 1 && row != NULL) {
		sqlite3_bind_int64(row, 1, key);
		feed = database_integer(row, 0);
	}
	error = feed == 0 ? ERROR_NOT_FOUND : reader_version_at(reader, arena, feed, ret_version);
	store_snapshot_end(reader);
	if (error == ERROR_OK && ret_version->method == STORE_DELETE)
		return ERROR_GONE;
	return error;
}

/* --- history and feed ----------------------------------------------------------------------- */

/* The first feed number whose time is at or after `at_us`; times never go back along the feed. */
static int64_t feed_from(struct store_reader *reader, int64_t at_us, int64_t last)
{
	int64_t low = 1, high = last + 1;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (integer_of(reader, STATEMENT_VERSION_AT, middle, 0) < at_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int64_t reader_feed_from(struct store_reader *reader, int64_t at_us)
{
	int64_t last = store_feed_last(reader);

	return at_us == INT64_MIN ? 1 : feed_from(reader, at_us, last);
}

/* Feed numbers [low, high) that a history may show. */
struct span {
	int64_t low, high, pinned_high;
};

static struct span span_of(struct store_reader *reader, const struct store_history *history)
{
	int64_t last = store_feed_last(reader);
	struct span span = { .low = 1, .pinned_high = last + 1 };

	if (history->feed_max < last)
		span.pinned_high = history->feed_max + 1;
	if (history->since_us != INT64_MIN)
		span.low = feed_from(reader, history->since_us, last);
	if (history->before_us != INT64_MAX) {
		int64_t before = feed_from(reader, history->before_us, last);

		if (before < span.pinned_high)
			span.pinned_high = before;
	}
	span.high = history->feed_below < span.pinned_high ? history->feed_below : span.pinned_high;
	return span;
}

struct page {
	struct store_reader *reader;
	struct arena *arena;
	struct store_version *versions;
	size_t count, count_max;
};

static enum error page_add(struct page *page, int64_t feed)
{
	enum error error =
		reader_version_at(page->reader, page->arena, feed, &page->versions[page->count]);

	page->count += error == ERROR_OK ? 1 : 0;
	return error == ERROR_NOT_FOUND ? ERROR_STORAGE : error;
}

static enum error history_of_one(struct page *page, const struct store_history *history,
				 struct span span, int64_t *ret_total)
{
	struct store_reader *reader = page->reader;
	int64_t key =
		symbol_key(&reader->symbols, reader->store->catalogue.type_codes[history->type],
			   history->id, false);
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_RESOURCE_FIND);
	int64_t born = 0, total = 0;
	enum error error = ERROR_OK;
	int code = SQLITE_ROW;

	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int64(row, 1, key);
	born = key == 0 ? 0 : database_integer(row, 0);
	if (born == 0)
		return ERROR_NOT_FOUND;
	row = database_statement(reader->database, STATEMENT_REVISION_DOWN);
	sqlite3_bind_int64(row, 1, key);
	sqlite3_bind_int64(row, 2, INT64_MAX);
	while (error == ERROR_OK && code == SQLITE_ROW) {
		int64_t feed = born;

		code = sqlite3_step(row);
		if (code == SQLITE_ROW)
			feed = sqlite3_column_int64(row, 0);
		total += feed >= span.low && feed < span.pinned_high ? 1 : 0;
		if (feed >= span.low && feed < span.high && page->count < page->count_max)
			error = page_add(page, feed);
	}
	sqlite3_reset(row);
	if (error == ERROR_OK && code != SQLITE_DONE)
		error = database_error(reader->database, code);
	*ret_total = total;
	return error;
}

static enum error history_of_type(struct page *page, uint16_t type, struct span span,
				  int64_t *ret_total)
{
	struct store_reader *reader = page->reader;
	uint8_t type_code = reader->store->catalogue.type_codes[type];
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_HISTORY_TYPE);
	enum error error = ERROR_OK;
	int code = SQLITE_DONE;

	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int(row, 1, type_code);
	sqlite3_bind_int64(row, 2, span.high);
	sqlite3_bind_int64(row, 3, span.low);
	sqlite3_bind_int64(row, 4, (int64_t)page->count_max);
	while (error == ERROR_OK && (code = sqlite3_step(row)) == SQLITE_ROW)
		error = page_add(page, sqlite3_column_int64(row, 0));
	sqlite3_reset(row);
	if (error == ERROR_OK && code != SQLITE_DONE)
		return database_error(reader->database, code);
	row = database_statement(reader->database, STATEMENT_HISTORY_TYPE_COUNT);
	sqlite3_bind_int(row, 1, type_code);
	sqlite3_bind_int64(row, 2, span.pinned_high);
	sqlite3_bind_int64(row, 3, span.low);
	*ret_total = database_integer(row, 0);
	return error;
}

static enum error history_of_all(struct page *page, struct span span, int64_t *ret_total)
{
	enum error error = ERROR_OK;

	/* The feed has no gaps, so numbers are rows. */
	for (int64_t feed = span.high - 1;
	     feed >= span.low && error == ERROR_OK && page->count < page->count_max; feed--)
		error = page_add(page, feed);
	*ret_total = span.pinned_high > span.low ? span.pinned_high - span.low : 0;
	return error;
}

enum error store_history(struct store_reader *reader, struct arena *arena,
			 const struct store_history *history, struct store_version **ret_versions,
			 size_t *ret_count, int64_t *ret_total)
{
	struct page page = { .reader = reader, .arena = arena };
	struct span span;
	enum error error;
	int64_t total = 0;

	ASSERT(history->id.len == 0 || history->type != FHIR_TYPE_NONE);
	page.count_max =
		history->count > LIMIT_PAGE_COUNT_MAX ? LIMIT_PAGE_COUNT_MAX : history->count;
	page.versions = ARENA_NEW(arena, struct store_version, page.count_max + 1);
	if (page.versions == NULL)
		return ERROR_LIMIT;
	store_snapshot_begin(reader);
	database_deadline_set(reader->database, LIMIT_QUERY_MS_MAX);
	span = span_of(reader, history);
	if (history->id.len > 0)
		error = history_of_one(&page, history, span, &total);
	else if (history->type != FHIR_TYPE_NONE)
		error = history_of_type(&page, history->type, span, &total);
	else
		error = history_of_all(&page, span, &total);
	database_deadline_set(reader->database, 0);
	store_snapshot_end(reader);
	if (error != ERROR_OK)
		return error;
	*ret_versions = page.versions;
	*ret_count = page.count;
	*ret_total = total;
	return ERROR_OK;
}

/* A reader of the feed must not fail for lack of memory because a few giants stand side by side. */
#define FEED_BYTES_MAX ((size_t)16 * 1024 * 1024)

enum error store_feed(struct store_reader *reader, struct arena *arena, int64_t after,
		      size_t count_max, struct store_version **ret_versions, size_t *ret_count)
{
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_VERSION_AFTER);
	struct store_version *versions = ARENA_NEW(arena, struct store_version, count_max + 1);
	enum error error = ERROR_OK;
	size_t count = 0, bytes = 0;
	int code = SQLITE_DONE;

	if (versions == NULL)
		return ERROR_LIMIT;
	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int64(row, 1, after);
	sqlite3_bind_int64(row, 2, (int64_t)count_max);
	while (error == ERROR_OK && bytes < FEED_BYTES_MAX &&
	       (code = sqlite3_step(row)) == SQLITE_ROW && count < count_max) {
		error = reader_version(reader, arena, row, &versions[count]);
		bytes += error == ERROR_OK ? versions[count].body.len : 0;
		count += error == ERROR_OK ? 1 : 0;
	}
	sqlite3_reset(row);
	if (error == ERROR_OK && code != SQLITE_DONE && code != SQLITE_ROW)
		error = database_error(reader->database, code);
	if (error != ERROR_OK)
		return error;
	*ret_versions = versions;
	*ret_count = count;
	return ERROR_OK;
}

void store_feed_wait(struct store *store, int64_t after, int timeout_ms)
{
	int64_t until_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;

	mutex_lock(&store->mutex);
	while (store->feed_last <= after && !store->stopping &&
	       condition_wait_until(&store->feed_moved, &store->mutex, until_us))
		continue;
	mutex_unlock(&store->mutex);
}

/* --- cursors, timers, counts ---------------------------------------------------------------- */

int64_t store_cursor(struct store_reader *reader, struct str name)
{
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_CURSOR_FIND);

	if (row == NULL)
		return 0;
	database_bind_text(row, 1, name);
	return database_integer(row, 0);
}

enum error store_timers(struct store_reader *reader, struct arena *arena, struct str name_prefix,
			int64_t due_until_us, struct store_timer_row **ret_rows, size_t *ret_count)
{
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_TIMER_DUE);
	struct store_timer_row *rows = NULL;
	size_t count = 0, capacity = 0;
	int code;

	if (row == NULL)
		return ERROR_STORAGE;
	sqlite3_bind_int64(row, 1, due_until_us);
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		struct str name = database_column_text(row, 0);

		if (!str_starts_with(name, name_prefix))
			continue;
		if (count == capacity) {
			struct store_timer_row *grown;

			capacity = capacity == 0 ? 16 : capacity * 2;
			grown = ARENA_NEW(arena, struct store_timer_row, capacity);
			if (grown == NULL)
				break;
			if (count > 0)
				memcpy(grown, rows, count * sizeof(*rows));
			rows = grown;
		}
		rows[count].name = arena_copy(arena, name);
		rows[count++].due_us = sqlite3_column_int64(row, 1);
	}
	sqlite3_reset(row);
	if (arena->failed)
		return ERROR_LIMIT;
	if (code != SQLITE_DONE)
		return database_error(reader->database, code);
	*ret_rows = rows;
	*ret_count = count;
	return ERROR_OK;
}

enum error store_counts(struct store_reader *reader, struct arena *arena, int64_t **ret_counts)
{
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_TYPE_ALL);
	int64_t *counts = ARENA_NEW(arena, int64_t, (size_t)fhir_resource_count() + 1);
	int code;

	if (counts == NULL)
		return ERROR_LIMIT;
	if (row == NULL)
		return ERROR_STORAGE;
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		int64_t type_code = sqlite3_column_int64(row, 0);
		uint16_t type = type_code < 1 || type_code > CATALOGUE_TYPES_MAX
					? FHIR_TYPE_NONE
					: reader->store->catalogue.types[type_code];

		if (type != FHIR_TYPE_NONE)
			counts[type] = sqlite3_column_int64(row, 2);
	}
	sqlite3_reset(row);
	if (code != SQLITE_DONE)
		return database_error(reader->database, code);
	*ret_counts = counts;
	return ERROR_OK;
}
