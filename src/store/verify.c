/* SPDX-License-Identifier: Apache-2.0
 * The whole store against itself: the feed, every body, and every index row recomputed from the bodies.
 * Issues name feed numbers and tables, never a person's data. */
#include "store/internal.h"

struct verifying {
	struct store_reader *reader;
	struct arena arena; /* of the resource at hand */
	struct issues *issues;
	void (*progress)(void *context, double share);
	void *context;
	int64_t feed_last;
	int64_t rows[ROW_TABLES]; /* that must be there */
	int64_t faults;
	enum error error; /* that ends the check */
};

static void fault(struct verifying *verifying, int64_t feed, const char *what)
{
	verifying->faults++;
	issue_add(verifying->issues, ERROR_STORAGE, STR(""), "Feed number %lld: %s.",
		  (long long)feed, what);
}

static void tell(const struct verifying *verifying, double from, int64_t done)
{
	if (verifying->progress != NULL && verifying->feed_last > 0)
		verifying->progress(verifying->context,
				    from + 0.5 * (double)done / (double)verifying->feed_last);
}

static void ended(struct verifying *verifying, int code)
{
	if ((code & 0xff) == SQLITE_CORRUPT) {
		verifying->faults++;
		issue_add(verifying->issues, ERROR_STORAGE, STR(""),
			  "The file is damaged: restore it from a backup.");
	}
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		verifying->error = database_error(verifying->reader->database, code);
}

/* --- the feed ------------------------------------------------------------------------------- */

/* The resource of a version knows it, or a later one, as current. */
static void check_newest(struct verifying *verifying, const struct store_version *version,
			 int64_t key)
{
	sqlite3_stmt *row =
		database_statement(verifying->reader->database, STATEMENT_RESOURCE_FIND);
	bool known = false;

	if (row == NULL) {
		verifying->error = ERROR_STORAGE;
		return;
	}
	sqlite3_bind_int64(row, 1, key);
	if (sqlite3_step(row) == SQLITE_ROW) {
		int64_t feed = sqlite3_column_int64(row, 1), newest = sqlite3_column_int64(row, 2);

		known = version->feed == feed ? version->version == newest
					      : version->feed < feed && version->version < newest;
		known = known &&
			(version->feed != feed ||
			 (sqlite3_column_int(row, 3) != 0) == (version->method == STORE_DELETE));
	}
	sqlite3_reset(row);
	if (!known)
		fault(verifying, version->feed, "the resource's current version is not the newest");
}

static void check_body(struct verifying *verifying, const struct store_version *version)
{
	struct json *resource = NULL;
	struct issues found;

	issues_init(&found, &verifying->arena);
	if (json_parse(&verifying->arena, version->body, NULL, &found, &resource) != ERROR_OK)
		fault(verifying, version->feed, "the body is not JSON");
	else if (fhir_resource_type_of(resource) != version->type)
		fault(verifying, version->feed, "the body is of another type");
	else if (fhir_validate(&verifying->arena, resource, &found) != ERROR_OK)
		fault(verifying, version->feed, "the body is not valid");
}

static void check_feed(struct verifying *verifying)
{
	struct store_reader *reader = verifying->reader;
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_VERSION_AFTER);
	int64_t expected = 1, at_us = INT64_MIN;
	int code = SQLITE_DONE;

	if (row == NULL) {
		verifying->error = ERROR_STORAGE;
		return;
	}
	sqlite3_bind_int64(row, 1, 0);
	sqlite3_bind_int64(row, 2, INT64_MAX);
	while (verifying->error == ERROR_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
		int64_t feed = sqlite3_column_int64(row, 0);
		struct store_version version;

		arena_reset(&verifying->arena);
		if (feed != expected)
			fault(verifying, feed, "the feed has a gap before it");
		expected = feed + 1;
		if (sqlite3_column_int64(row, 3) < at_us)
			fault(verifying, feed, "its time is before that of the one before it");
		at_us = sqlite3_column_int64(row, 3);
		enum error error = reader_version(reader, &verifying->arena, row, &version);
		if (error == ERROR_LIMIT)
			verifying->error = error;
		else if (error != ERROR_OK)
			fault(verifying, feed, "the body is damaged");
		if (error != ERROR_OK)
			continue;
		check_newest(verifying, &version, sqlite3_column_int64(row, 1));
		if (version.method != STORE_DELETE)
			check_body(verifying, &version);
		if (feed % 1024 == 0)
			tell(verifying, 0, feed);
	}
	sqlite3_reset(row);
	ended(verifying, code);
}

/* --- the index ------------------------------------------------------------------------------ */

/* The entries that the body gives. */
static enum error recompute(struct verifying *verifying, const struct store_version *version,
			    struct str *ret_entries)
{
	struct store_reader *reader = verifying->reader;
	struct arena *arena = &verifying->arena;
	struct fhir_index index = { .count = 0 };
	struct json *resource = NULL;
	struct draft *drafts;
	size_t count = 0;
	enum error error = json_parse(arena, version->body, NULL, NULL, &resource);

	if (error == ERROR_OK)
		error = fhir_index_extract(arena, resource, &index);
	if (error != ERROR_OK)
		return error;
	drafts = entry_drafts(arena, &reader->store->catalogue, &index, &count);
	if (drafts == NULL)
		return ERROR_LIMIT;
	*ret_entries = entry_blob(arena, &reader->symbols, drafts, count);
	return arena->failed || reader->symbols.code != SQLITE_OK ? ERROR_LIMIT : ERROR_OK;
}

static void check_rows(struct verifying *verifying, int64_t key, int64_t feed, struct str entries)
{
	size_t count = 0;
	struct row *rows = row_list(&verifying->arena, &verifying->reader->store->catalogue, key,
				    entries, &count);

	if (rows == NULL) {
		verifying->error = ERROR_LIMIT;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		int stands = row_stands(verifying->reader->database, &rows[i], key, feed);

		verifying->rows[rows[i].table]++;
		if (stands < 0)
			verifying->error = ERROR_STORAGE;
		else if (stands == 0)
			fault(verifying, feed, "an index row is missing");
	}
}

static void check_resource(struct verifying *verifying, int64_t key, int64_t feed,
			   struct str entries)
{
	struct store_version version;
	struct str recomputed = { NULL, 0 };

	if (reader_version_at(verifying->reader, &verifying->arena, feed, &version) != ERROR_OK)
		return; /* told with the feed */
	enum error error = recompute(verifying, &version, &recomputed);
	if (error == ERROR_LIMIT)
		verifying->error = error;
	else if (error != ERROR_OK)
		fault(verifying, feed, "the body's index values cannot be computed");
	else if (!str_equal(recomputed, entries))
		fault(verifying, feed, "the index values are not those of the body");
	check_rows(verifying, key, feed, entries);
}

static void check_index(struct verifying *verifying)
{
	struct store_reader *reader = verifying->reader;
	sqlite3_stmt *row = database_statement(reader->database, STATEMENT_RESOURCE_SCAN);
	int64_t done = 0;
	int code = SQLITE_DONE;

	if (row == NULL) {
		verifying->error = ERROR_STORAGE;
		return;
	}
	sqlite3_bind_int64(row, 1, 0);
	sqlite3_bind_int64(row, 2, INT64_MAX);
	while (verifying->error == ERROR_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
		arena_reset(&verifying->arena);
		if (sqlite3_column_int(row, 4) == 0)
			check_resource(verifying, sqlite3_column_int64(row, 0),
				       sqlite3_column_int64(row, 2), database_column_blob(row, 5));
		if (++done % 1024 == 0)
			tell(verifying, 0.5, done);
	}
	sqlite3_reset(row);
	ended(verifying, code);
}

static void check_row_counts(struct verifying *verifying)
{
	static const struct {
		enum statement count;
		const char *name;
	} tables[ROW_TABLES] = {
		[ROW_TOKEN] = { STATEMENT_COUNT_TOKEN, "token" },
		[ROW_STRING] = { STATEMENT_COUNT_STRING, "string" },
		[ROW_DATE] = { STATEMENT_COUNT_DATE, "date" },
		[ROW_NUMBER] = { STATEMENT_COUNT_NUMBER, "number" },
		[ROW_WIDE] = { STATEMENT_COUNT_WIDE, "wide" },
		[ROW_REFERENCE] = { STATEMENT_COUNT_REFERENCE, "reference" },
	};

	for (size_t i = 0; i < ROW_TABLES; i++) {
		int64_t count = database_integer(
			database_statement(verifying->reader->database, tables[i].count), -1);

		if (count == verifying->rows[i])
			continue;
		verifying->faults++;
		issue_add(verifying->issues, ERROR_STORAGE, STR(""),
			  "The index table \"%s\" has %lld rows, not %lld.", tables[i].name,
			  (long long)count, (long long)verifying->rows[i]);
	}
}

static void check_file(struct verifying *verifying)
{
	sqlite3_stmt *row = database_statement(verifying->reader->database, STATEMENT_QUICK_CHECK);
	int code = SQLITE_DONE;

	while (row != NULL && (code = sqlite3_step(row)) == SQLITE_ROW) {
		if (str_equal(database_column_text(row, 0), STR("ok")))
			continue;
		verifying->faults++;
		issue_add(verifying->issues, ERROR_STORAGE, STR(""),
			  "The file is damaged: restore it from a backup.");
	}
	sqlite3_reset(row);
	ended(verifying, code);
	if ((code & 0xff) == SQLITE_CORRUPT)
		verifying->error = ERROR_OK; /* what can still be read is checked */
}

enum error store_verify(struct store *store, struct issues *issues,
			void (*progress)(void *context, double share), void *context)
{
	struct verifying verifying = { .issues = issues, .progress = progress, .context = context };

	verifying.reader = store_reader_borrow(store);
	if (verifying.reader == NULL)
		return ERROR_BUSY;
	arena_init(&verifying.arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	store_snapshot_begin(verifying.reader);
	verifying.feed_last = store_feed_last(verifying.reader);
	check_file(&verifying);
	if (verifying.error == ERROR_OK)
		check_feed(&verifying);
	if (verifying.error == ERROR_OK)
		check_index(&verifying);
	if (verifying.error == ERROR_OK)
		check_row_counts(&verifying);
	store_snapshot_end(verifying.reader);
	store_reader_return(verifying.reader);
	arena_done(&verifying.arena);
	if (progress != NULL)
		progress(context, 1);
	if (verifying.error != ERROR_OK)
		(void)issue_add(issues, verifying.error, STR(""),
				"The record could not be read to its end.");
	return verifying.faults > 0 ? ERROR_CONFLICT : verifying.error;
}
