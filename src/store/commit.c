/* SPDX-License-Identifier: Apache-2.0
 * One commit inside the writer's transaction: checks first, changes after. */
#include "store/internal.h"
#include "store/search.h"

#include "base/hash.h"

/* The current row of a resource. */
struct standing {
	bool exists;  /* a row is there, perhaps of a deleted resource */
	bool current; /* and it is not deleted */
	int64_t key, feed, version;
	struct str entries; /* in the arena */
};

static enum error fault(struct writer *writer, int code)
{
	if (writer->code == SQLITE_OK)
		writer->code = code == SQLITE_OK ? SQLITE_ERROR : code;
	return ERROR_STORAGE;
}

/* `whole`: with the entries, which only a change needs. */
static enum error find_standing(struct writer *writer, uint8_t type_code, struct str id, bool whole,
				struct standing *ret_standing)
{
	struct standing standing = { .key = symbol_key(&writer->symbols, type_code, id, false) };
	sqlite3_stmt *row;
	int code;

	if (writer->symbols.code != SQLITE_OK)
		return fault(writer, writer->symbols.code);
	if (standing.key != 0) {
		row = database_statement(&writer->database, STATEMENT_RESOURCE_FIND);
		sqlite3_bind_int64(row, 1, standing.key);
		code = sqlite3_step(row);
		if (code == SQLITE_ROW) {
			standing.exists = true;
			standing.feed = sqlite3_column_int64(row, 1);
			standing.version = sqlite3_column_int64(row, 2);
			standing.current = sqlite3_column_int(row, 3) == 0;
			if (whole)
				standing.entries =
					arena_copy(&writer->arena, database_column_blob(row, 4));
		}
		sqlite3_reset(row);
		if (code != SQLITE_ROW && code != SQLITE_DONE)
			return fault(writer, code);
		if (writer->arena.failed)
			return fault(writer, SQLITE_NOMEM);
	}
	*ret_standing = standing;
	return ERROR_OK;
}

/* Whether the stored current body is, once unpacked, exactly `body`. */
static enum error is_identical(struct writer *writer, const struct standing *standing,
			       const struct store_write *write, struct str packed,
			       bool *ret_identical)
{
	sqlite3_stmt *row = database_statement(&writer->database, STATEMENT_VERSION_FIND);
	struct str body = { NULL, 0 };
	enum error error = ERROR_OK;
	int code;

	sqlite3_bind_int64(row, 1, standing->feed);
	code = sqlite3_step(row);
	if (code != SQLITE_ROW) {
		sqlite3_reset(row);
		return fault(writer, code == SQLITE_DONE ? SQLITE_CORRUPT : code);
	}
	*ret_identical = str_equal(database_column_blob(row, 6), packed);
	if (!*ret_identical) { /* another zstd may pack the same body differently */
		error = body_unpack(writer->reader.packer, &writer->arena,
				    database_column_blob(row, 6), &body);
		*ret_identical = error == ERROR_OK && str_equal(body, write->body);
	}
	sqlite3_reset(row);
	/* A damaged old body must not stop a new version from being written. */
	return ERROR_OK;
}

static enum error check_expected(const struct store_write *write, const struct standing *standing)
{
	int64_t now = standing->current ? standing->version : 0;

	if (write->method == STORE_CREATE && standing->current)
		return write->version_expected == STORE_VERSION_NONE ? ERROR_PRECONDITION
								     : ERROR_CONFLICT;
	if (write->version_expected != STORE_VERSION_ANY && write->version_expected != now)
		return ERROR_PRECONDITION;
	return ERROR_OK;
}

static enum error check_write(struct store_commit *commit, size_t at,
			      const struct standing *standing)
{
	commit->failed_write = at;
	commit->version_found = standing->current ? standing->version : 0;
	return check_expected(&commit->writes[at], standing);
}

/* Whether every write would find what it expects, were it the first. */
static enum error check_writes(struct store *store, struct store_commit *commit)
{
	struct writer *writer = store->writer;

	for (size_t i = 0; i < commit->write_count; i++) {
		const struct store_write *write = &commit->writes[i];
		struct standing standing;
		enum error error = find_standing(writer, store->catalogue.type_codes[write->type],
						 write->id, false, &standing);

		if (error == ERROR_OK)
			error = check_write(commit, i, &standing);
		if (error != ERROR_OK)
			return error;
	}
	return ERROR_OK;
}

/* Whether two writes of the commit are of one resource. */
static enum error has_twice(struct writer *writer, const struct store_commit *commit,
			    bool *ret_twice)
{
	size_t places = 4;
	const struct store_write **table;

	while (places < 2 * commit->write_count)
		places *= 2;
	table = ARENA_NEW(&writer->arena, const struct store_write *, places);
	if (table == NULL)
		return fault(writer, SQLITE_NOMEM);
	for (size_t i = 0; i < commit->write_count; i++) {
		const struct store_write *write = &commit->writes[i];
		size_t at = hash_str(write->id) & (places - 1);

		while (table[at] != NULL &&
		       (table[at]->type != write->type || !str_equal(table[at]->id, write->id)))
			at = (at + 1) & (places - 1);
		*ret_twice = table[at] != NULL;
		if (*ret_twice)
			return ERROR_OK;
		table[at] = write;
	}
	return ERROR_OK;
}

static int insert_version(struct writer *writer, const struct store_write *write, int64_t key,
			  struct str packed, int64_t origin)
{
	sqlite3_stmt *row = database_statement(&writer->database, STATEMENT_VERSION_INSERT);

	sqlite3_bind_int64(row, 1, write->feed);
	sqlite3_bind_int64(row, 2, key);
	sqlite3_bind_int(row, 3, key_type(key));
	sqlite3_bind_int64(row, 4, write->version);
	sqlite3_bind_int64(row, 5, write->at_us);
	sqlite3_bind_int(row, 6, (int)write->method);
	sqlite3_bind_int64(row, 7, origin);
	database_bind_blob(row, 8, packed);
	return database_step_done(row);
}

static int put_resource(struct writer *writer, const struct store_write *write,
			const struct standing *standing, struct str entries)
{
	bool deleted = write->method == STORE_DELETE;
	sqlite3_stmt *row;
	int code;

	if (!standing->exists) {
		row = database_statement(&writer->database, STATEMENT_RESOURCE_INSERT);
		sqlite3_bind_int64(row, 1, standing->key);
		sqlite3_bind_int64(row, 2, write->feed);
		sqlite3_bind_int64(row, 3, write->feed);
		sqlite3_bind_int64(row, 4, write->version);
		sqlite3_bind_int(row, 5, deleted ? 1 : 0);
		database_bind_blob(row, 6, entries);
		return database_step_done(row);
	}
	row = database_statement(&writer->database, STATEMENT_RESOURCE_UPDATE);
	sqlite3_bind_int64(row, 1, standing->key);
	sqlite3_bind_int64(row, 2, write->feed);
	sqlite3_bind_int64(row, 3, write->version);
	sqlite3_bind_int(row, 4, deleted ? 1 : 0);
	database_bind_blob(row, 5, entries);
	code = database_step_done(row);
	if (code != SQLITE_OK)
		return code;
	row = database_statement(&writer->database, STATEMENT_REVISION_INSERT);
	sqlite3_bind_int64(row, 1, standing->key);
	sqlite3_bind_int64(row, 2, write->version);
	sqlite3_bind_int64(row, 3, write->feed);
	return database_step_done(row);
}

/* Everything a new version changes. From here on only the disk can fail. */
static enum error make_version(struct store *store, struct store_write *write,
			       struct prepared *prepared, struct standing *standing, int64_t origin)
{
	struct writer *writer = store->writer;
	uint8_t type_code = store->catalogue.type_codes[write->type];
	bool deleted = write->method == STORE_DELETE;
	struct row_change change = { .had = standing->current,
				     .has = !deleted,
				     .entries_old = standing->entries };
	int code;

	if (standing->key == 0)
		standing->key = symbol_key(&writer->symbols, type_code, write->id, true);
	change.key = standing->key;
	if (!deleted)
		change.entries = entry_blob(&writer->arena, &writer->symbols, prepared->drafts,
					    prepared->draft_count);
	if (writer->symbols.code != SQLITE_OK)
		return fault(writer, writer->symbols.code);
	if (writer->arena.failed)
		return fault(writer, SQLITE_NOMEM);
	write->version = standing->exists ? standing->version + 1 : 1;
	write->feed = ++writer->numbers.feed_last;
	write->at_us = writer->at_us;
	write->created = !standing->current;
	write->unchanged = false;
	change.feed = write->feed;
	code = insert_version(writer, write, standing->key, prepared->packed, origin);
	if (code == SQLITE_OK)
		code = put_resource(writer, write, standing, change.entries);
	if (code == SQLITE_OK)
		code = row_change(&writer->database, &writer->arena, &store->catalogue, &change);
	if (code != SQLITE_OK)
		return fault(writer, code);
	if (standing->current != !deleted) {
		writer->numbers.counts[type_code] += deleted ? -1 : 1;
		writer->counts_changed[type_code] = true;
	}
	writer->numbers.origin_feeds[origin] = write->feed;
	writer->origin_changed[origin] = true;
	return ERROR_OK;
}

static enum error apply_write(struct store *store, struct store_commit *commit, size_t at,
			      struct prepared *prepared, int64_t origin)
{
	struct writer *writer = store->writer;
	struct store_write *write = &commit->writes[at];
	struct standing standing = { .key = 0 };
	bool identical = false;
	enum error error;

	ASSERT(write->type != FHIR_TYPE_NONE && write->type <= fhir_resource_count());
	error = find_standing(writer, store->catalogue.type_codes[write->type], write->id, true,
			      &standing);
	if (error == ERROR_OK)
		error = check_write(commit, at, &standing);
	if (error != ERROR_OK)
		return error;
	if (write->method == STORE_UPDATE && standing.current) {
		error = is_identical(writer, &standing, write, prepared->packed, &identical);
		if (error != ERROR_OK)
			return error;
	}
	if (identical || (write->method == STORE_DELETE && !standing.current)) {
		write->version = standing.version;
		write->feed = standing.feed;
		write->created = false;
		write->unchanged = true;
		write->at_us = writer->at_us;
		if (standing.feed != 0) {
			sqlite3_stmt *row =
				database_statement(&writer->database, STATEMENT_VERSION_AT);

			sqlite3_bind_int64(row, 1, standing.feed);
			write->at_us = database_integer(row, writer->at_us);
		}
		return ERROR_OK;
	}
	return make_version(store, write, prepared, &standing, origin);
}

static enum error check_conditions(struct store *store, const struct store_commit *commit)
{
	struct writer *writer = store->writer;

	for (size_t i = 0; i < commit->condition_count; i++) {
		const struct store_condition *condition = &commit->conditions[i];
		struct search_match matches[2];
		size_t count = 0;
		enum error error = search_resolve(&writer->reader, &writer->arena,
						  condition->search, matches, &count);

		if (error != ERROR_OK)
			return error;
		if (count != (condition->found ? 1U : 0U))
			return ERROR_CONFLICT;
		if (condition->found && (matches[0].type != condition->type ||
					 !str_equal(matches[0].id, condition->id)))
			return ERROR_CONFLICT;
	}
	return ERROR_OK;
}

static enum error check_feed(const struct writer *writer, const struct store_commit *commit,
			     int64_t origin)
{
	if (commit->feed_expected < 0)
		return ERROR_OK;
	for (int64_t i = 1; i < STORE_ORIGINS_MAX; i++) {
		if (i != origin && writer->numbers.origin_feeds[i] > commit->feed_expected)
			return ERROR_CONFLICT;
	}
	return ERROR_OK;
}

static enum error apply_timers(struct writer *writer, const struct store_commit *commit)
{
	int code = SQLITE_OK;

	if (commit->cursor_name.len > 0) {
		sqlite3_stmt *row = database_statement(&writer->database, STATEMENT_CURSOR_SET);

		database_bind_text(row, 1, commit->cursor_name);
		sqlite3_bind_int64(row, 2, commit->cursor);
		code = database_step_done(row);
	}
	for (size_t i = 0; i < commit->timer_count && code == SQLITE_OK; i++) {
		const struct store_timer *timer = &commit->timers[i];
		bool gone = timer->due_us == INT64_MIN;
		sqlite3_stmt *row = database_statement(
			&writer->database, gone ? STATEMENT_TIMER_DELETE : STATEMENT_TIMER_SET);

		database_bind_text(row, 1, timer->name);
		if (!gone)
			sqlite3_bind_int64(row, 2, timer->due_us);
		code = database_step_done(row);
	}
	return code == SQLITE_OK ? ERROR_OK : fault(writer, code);
}

static enum error apply_all(struct store *store, struct job *job, int64_t origin)
{
	struct writer *writer = store->writer;
	struct store_commit *commit = job->commit;

	for (size_t i = 0; i < commit->write_count; i++) {
		enum error error = apply_write(store, commit, i, &job->prepared[i], origin);

		if (error != ERROR_OK)
			return error;
		arena_reset(&writer->arena);
	}
	commit->failed_write = commit->write_count;
	commit->version_found = 0;
	return apply_timers(writer, commit);
}

enum error commit_apply(struct store *store, struct job *job)
{
	struct writer *writer = store->writer;
	struct store_commit *commit = job->commit;
	int64_t origin = symbol_number(&writer->symbols, SYMBOL_ORIGIN, commit->origin);
	bool guarded = false;
	struct numbers before;
	enum error error;
	int code = SQLITE_OK;

	commit->failed_write = commit->write_count;
	commit->version_found = 0;
	if (writer->symbols.code != SQLITE_OK)
		return fault(writer, writer->symbols.code);
	ASSERT(origin > 0 && origin < STORE_ORIGINS_MAX);
	error = check_feed(writer, commit, origin);
	if (error == ERROR_OK)
		error = check_conditions(store, commit);
	if (error == ERROR_OK && commit->write_count > 1)
		error = has_twice(writer, commit, &guarded);
	if (error == ERROR_OK && commit->write_count > 1 && !guarded)
		error = check_writes(store, commit);
	if (error != ERROR_OK)
		return error;
	arena_reset(&writer->arena);
	/* What was looked at before fails no more but by the disk. Only a resource that is written twice needs to be
	 * taken back: SQLite's journal of a savepoint is walked once for each statement inside, which makes a large
	 * commit slow. */
	if (guarded) {
		before = writer->numbers;
		code = database_do(&writer->database, STATEMENT_SAVEPOINT);
	}
	if (code != SQLITE_OK)
		return fault(writer, code);
	error = apply_all(store, job, origin);
	if (writer->code != SQLITE_OK)
		return error;
	if (!guarded) /* a part of it must not stay */
		return error == ERROR_OK || commit->write_count == 1
			       ? error
			       : fault(writer, SQLITE_INTERNAL);
	if (error != ERROR_OK) {
		code = database_do(&writer->database, STATEMENT_SAVEPOINT_ROLLBACK);
		symbol_cache_clear(writer->symbols.cache);
		writer->numbers = before;
	}
	if (code == SQLITE_OK)
		code = database_do(&writer->database, STATEMENT_SAVEPOINT_RELEASE);
	return code == SQLITE_OK ? error : fault(writer, code);
}
