/* SPDX-License-Identifier: Apache-2.0
 * When a build knows more search parameters than the store was indexed with, every resource is indexed
 * anew before the store opens: a search must not find a part in silence. Goes on where it stopped. */
#include "store/internal.h"

#define BATCH 1000

static int64_t next_key(struct database *database)
{
	sqlite3_stmt *row = database_statement(database, STATEMENT_CURSOR_FIND);

	database_bind_text(row, 1, CATALOGUE_REINDEX_CURSOR);
	return database_integer(row, -1);
}

static int save_key(struct database *database, int64_t key, bool done)
{
	sqlite3_stmt *row =
		database_statement(database, done ? STATEMENT_CURSOR_DELETE : STATEMENT_CURSOR_SET);

	database_bind_text(row, 1, CATALOGUE_REINDEX_CURSOR);
	if (!done)
		sqlite3_bind_int64(row, 2, key);
	return database_step_done(row);
}

/* Entries of the current body; deleted resources have none. */
static enum error entries_of(struct store *store, struct arena *arena, int64_t feed,
			     struct str *ret_entries)
{
	struct writer *writer = store->writer;
	struct fhir_index index = { .count = 0 };
	struct store_version version;
	struct json *resource = NULL;
	struct draft *drafts;
	size_t count = 0;
	enum error error = reader_version_at(&writer->reader, arena, feed, &version);

	if (error == ERROR_OK)
		error = json_parse(arena, version.body, NULL, NULL, &resource);
	if (error == ERROR_OK)
		error = fhir_index_extract(arena, resource, &index);
	if (error != ERROR_OK)
		return error;
	drafts = entry_drafts(arena, &store->catalogue, &index, &count);
	if (drafts == NULL)
		return ERROR_LIMIT;
	*ret_entries = entry_blob(arena, &writer->symbols, drafts, count);
	return arena->failed || writer->symbols.code != SQLITE_OK ? ERROR_STORAGE : ERROR_OK;
}

static enum error index_one(struct store *store, const struct row_change *old, int64_t version)
{
	struct writer *writer = store->writer;
	struct row_change change = *old;
	sqlite3_stmt *row;
	enum error error = entries_of(store, &writer->arena, change.feed, &change.entries);

	if (error != ERROR_OK)
		return error;
	if (row_change(&writer->database, &writer->arena, &store->catalogue, &change) != SQLITE_OK)
		return ERROR_STORAGE;
	row = database_statement(&writer->database, STATEMENT_RESOURCE_UPDATE);
	sqlite3_bind_int64(row, 1, change.key);
	sqlite3_bind_int64(row, 2, change.feed);
	sqlite3_bind_int64(row, 3, version);
	sqlite3_bind_int(row, 4, 0);
	database_bind_blob(row, 5, change.entries);
	return database_step_done(row) == SQLITE_OK ? ERROR_OK : ERROR_STORAGE;
}

/* The resources after *key, a batch at a time; *key is then the last one looked at. */
static enum error batch(struct store *store, int64_t *key, size_t *ret_count)
{
	struct writer *writer = store->writer;
	enum error error = ERROR_OK;
	size_t count = 0;

	while (error == ERROR_OK && count < BATCH) {
		sqlite3_stmt *row = database_statement(&writer->database, STATEMENT_RESOURCE_SCAN);
		struct row_change change = { .had = true, .has = true };
		int64_t version;
		bool deleted;

		sqlite3_bind_int64(row, 1, *key);
		sqlite3_bind_int64(row, 2, INT64_MAX);
		if (sqlite3_step(row) != SQLITE_ROW) {
			sqlite3_reset(row);
			break;
		}
		arena_reset(&writer->arena);
		*key = change.key = sqlite3_column_int64(row, 0);
		change.feed = sqlite3_column_int64(row, 2);
		version = sqlite3_column_int64(row, 3);
		deleted = sqlite3_column_int(row, 4) != 0;
		change.entries_old = arena_copy(&writer->arena, database_column_blob(row, 5));
		sqlite3_reset(row);
		if (!deleted)
			error = index_one(store, &change, version);
		count++;
	}
	*ret_count = count;
	return error;
}

enum error reindex_run(struct store *store, struct issues *issues)
{
	struct database *database = &store->writer->database;
	int64_t key = next_key(database);
	size_t count = BATCH;
	enum error error = ERROR_OK;

	while (key >= 0 && count == BATCH && error == ERROR_OK) {
		int code = database_do(database, STATEMENT_BEGIN_WRITE);

		error = code == SQLITE_OK ? batch(store, &key, &count) : ERROR_STORAGE;
		if (error == ERROR_OK)
			code = writer_save_numbers(store);
		if (error == ERROR_OK && code == SQLITE_OK)
			code = save_key(database, key, count < BATCH);
		if (error == ERROR_OK && code == SQLITE_OK)
			code = database_do(database, STATEMENT_COMMIT);
		if (error == ERROR_OK)
			error = database_error(database, code);
	}
	arena_reset(&store->writer->arena);
	if (error != ERROR_OK)
		return issue_add(
			issues, error, STR(""),
			"This program knows more search parameters than the store; indexing it "
			"anew failed. Make room on the disk and start again, or run the check.");
	return ERROR_OK;
}
