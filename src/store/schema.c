/* SPDX-License-Identifier: Apache-2.0
 *
 * Layout.
 *   version    every version ever, in feed order: an append-only table
 *   resource   one row a resource: its current version and `entries`, all its index values (entry.h)
 *   identity   type and id to key; also for resources that are only referred to so far
 *   revision   feed numbers of versions 2 and later (the first is resource.born)
 *   token string date number wide reference   rows that lead a search to candidates; `entries`
 *              of the candidate decides, so these rows need not say more than leads there quickly
 * A key is type code << 40 | sequence, so that a type's resources lie together and a key tells its
 * type. In `reference` a row stands for one target of one resource, with the resource's primary date:
 * code '' once, and once for each code of the parameter `code`. That makes "patient, code, newest
 * first" a range scan. low_us is INT64_MIN for a resource without that date. */
#include "store/schema.h"

#include "base/hash.h"

#define APPLICATION_ID 0x48574431 /* "HWD1" */

static const char migration_1[] =
	"CREATE TABLE symbol (kind INTEGER NOT NULL, number INTEGER NOT NULL, text BLOB NOT NULL,"
	" PRIMARY KEY (kind, number)) WITHOUT ROWID;"
	"CREATE UNIQUE INDEX symbol_text ON symbol (kind, text);"
	"CREATE TABLE type (code INTEGER PRIMARY KEY, next INTEGER NOT NULL, count INTEGER NOT "
	"NULL);"
	"CREATE TABLE origin (number INTEGER PRIMARY KEY, feed INTEGER NOT NULL);"
	"CREATE TABLE identity (type INTEGER NOT NULL, id TEXT NOT NULL, key INTEGER NOT NULL,"
	" PRIMARY KEY (type, id)) WITHOUT ROWID;"
	"CREATE TABLE resource (key INTEGER PRIMARY KEY, born INTEGER NOT NULL,"
	" feed INTEGER NOT NULL REFERENCES version (feed), version INTEGER NOT NULL,"
	" deleted INTEGER NOT NULL, entries BLOB NOT NULL);"
	"CREATE TABLE version (feed INTEGER PRIMARY KEY, key INTEGER NOT NULL, type INTEGER NOT "
	"NULL,"
	" version INTEGER NOT NULL, at_us INTEGER NOT NULL, method INTEGER NOT NULL,"
	" origin INTEGER NOT NULL, body BLOB NOT NULL);"
	"CREATE INDEX version_type ON version (type);"
	"CREATE TABLE revision (key INTEGER NOT NULL, version INTEGER NOT NULL, feed INTEGER NOT "
	"NULL,"
	" PRIMARY KEY (key, version)) WITHOUT ROWID;"
	"CREATE TABLE cursor (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE timer (name TEXT PRIMARY KEY, due_us INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX timer_due ON timer (due_us, name);"
	"CREATE TABLE probe (number INTEGER PRIMARY KEY, filler BLOB NOT NULL);"
	"CREATE TABLE token (type INTEGER NOT NULL, code TEXT NOT NULL, system INTEGER NOT NULL,"
	" resource INTEGER NOT NULL, PRIMARY KEY (type, code, system, resource)) WITHOUT ROWID;"
	"CREATE TABLE string (type INTEGER NOT NULL, text TEXT NOT NULL, resource INTEGER NOT NULL,"
	" PRIMARY KEY (type, text, resource)) WITHOUT ROWID;"
	"CREATE TABLE date (parameter INTEGER NOT NULL, low_us INTEGER NOT NULL,"
	" resource INTEGER NOT NULL, PRIMARY KEY (parameter, low_us, resource)) WITHOUT ROWID;"
	"CREATE TABLE number (type INTEGER NOT NULL, number REAL NOT NULL, resource INTEGER NOT "
	"NULL,"
	" PRIMARY KEY (type, number, resource)) WITHOUT ROWID;"
	"CREATE TABLE wide (parameter INTEGER NOT NULL, high NOT NULL, low NOT NULL,"
	" resource INTEGER NOT NULL, PRIMARY KEY (parameter, high, low, resource)) WITHOUT ROWID;"
	"CREATE TABLE reference (target INTEGER NOT NULL, type INTEGER NOT NULL, code TEXT NOT "
	"NULL,"
	" low_us INTEGER NOT NULL, resource INTEGER NOT NULL, width_us INTEGER NOT NULL,"
	" feed INTEGER NOT NULL, system INTEGER NOT NULL, parameters BLOB NOT NULL,"
	" PRIMARY KEY (target, type, code, low_us, resource)) WITHOUT ROWID;";

static const char *const migrations[] = { migration_1 };
#define MIGRATION_COUNT ((int)(sizeof(migrations) / sizeof(migrations[0])))

int schema_version(void)
{
	return MIGRATION_COUNT;
}

static int64_t checksum(const char *text)
{
	return (int64_t)(hash_bytes(text, strlen(text), 1) >> 1);
}

static int64_t ask(struct database *database, const char *text, int64_t otherwise)
{
	sqlite3_stmt *statement = NULL;
	int64_t value = otherwise;

	if (sqlite3_prepare_v2(database->handle, text, -1, &statement, NULL) == SQLITE_OK)
		value = database_integer(statement, otherwise);
	sqlite3_finalize(statement);
	return value;
}

/* How many of our migrations the store has; refuses what is not ours. */
static enum error applied_count(struct database *database, struct issues *issues, int *ret_count)
{
	sqlite3_stmt *statement = NULL;
	int count = 0;
	int code;

	code = sqlite3_prepare_v2(database->handle,
				  "SELECT number, checksum FROM migration ORDER BY number", -1,
				  &statement, NULL);
	if (code != SQLITE_OK)
		return issue_add(issues, ERROR_STORAGE, STR(""),
				 "The store cannot be read: %s. Restore it from a backup.",
				 sqlite3_errstr(code));
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		int64_t number = sqlite3_column_int64(statement, 0);

		if (number > MIGRATION_COUNT) {
			sqlite3_finalize(statement);
			return issue_add(
				issues, ERROR_STORAGE, STR(""),
				"The store has version %lld, this program knows %d: start the "
				"newer program, or restore a backup made by this one.",
				(long long)number, MIGRATION_COUNT);
		}
		if (number != count + 1 ||
		    sqlite3_column_int64(statement, 1) != checksum(migrations[count])) {
			sqlite3_finalize(statement);
			return issue_add(
				issues, ERROR_STORAGE, STR(""),
				"Migration %d of the store is not the one this program has: it "
				"was made by another build. Start that one, or export and import.",
				count + 1);
		}
		count++;
	}
	sqlite3_finalize(statement);
	if (code != SQLITE_DONE)
		return issue_add(issues, ERROR_STORAGE, STR(""),
				 "The store is damaged: %s. Restore it from a backup.",
				 sqlite3_errstr(code));
	*ret_count = count;
	return ERROR_OK;
}

static int apply(struct database *database, int at, int64_t now_us)
{
	sqlite3_stmt *statement = NULL;
	int code = database_run(database, "BEGIN IMMEDIATE");

	if (code == SQLITE_OK)
		code = database_run(database, migrations[at]);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(database->handle,
					  "INSERT INTO migration (number, checksum, at_us)"
					  " VALUES (?1, ?2, ?3)",
					  -1, &statement, NULL);
	if (code == SQLITE_OK) {
		sqlite3_bind_int(statement, 1, at + 1);
		sqlite3_bind_int64(statement, 2, checksum(migrations[at]));
		sqlite3_bind_int64(statement, 3, now_us);
		code = database_step_done(statement);
	}
	sqlite3_finalize(statement);
	if (code == SQLITE_OK)
		code = database_run(database, "COMMIT");
	if (code != SQLITE_OK && sqlite3_get_autocommit(database->handle) == 0 &&
	    database_run(database, "ROLLBACK") != SQLITE_OK)
		return code;
	return code;
}

static enum error identify(struct database *database, struct issues *issues, bool *ret_is_new)
{
	int64_t tables = ask(database, "SELECT count(*) FROM sqlite_master", -1);
	int64_t application = ask(database, "PRAGMA application_id", -1);

	if (tables < 0) {
		int code = sqlite3_extended_errcode(database->handle);
		if (database_error(database, code) == ERROR_STORAGE_FULL)
			return issue_add(issues, ERROR_STORAGE_FULL, STR(""), DATABASE_FULL_TEXT);
		return issue_add(
			issues, ERROR_STORAGE, STR(""),
			"The store is damaged or no SQLite file: %s. Restore it from a backup.",
			sqlite3_errstr(code));
	}
	if (tables > 0 && application != APPLICATION_ID)
		return issue_add(issues, ERROR_STORAGE, STR(""),
				 "The file store.sqlite belongs to another program; choose another "
				 "data folder.");
	*ret_is_new = tables == 0;
	return ERROR_OK;
}

enum error schema_migrate(struct database *database, int64_t now_us, struct issues *issues)
{
	bool is_new = false;
	int count = 0;
	int code = SQLITE_OK;
	enum error error = identify(database, issues, &is_new);

	if (error != ERROR_OK)
		return error;
	if (is_new)
		code = database_run(database,
				    "BEGIN IMMEDIATE; PRAGMA application_id = 1213678641;"
				    "CREATE TABLE migration (number INTEGER PRIMARY KEY,"
				    " checksum INTEGER NOT NULL, at_us INTEGER NOT NULL); COMMIT");
	_Static_assert(APPLICATION_ID == 1213678641, "the pragma's text has the same number");
	if (code == SQLITE_OK) {
		error = applied_count(database, issues, &count);
		if (error != ERROR_OK)
			return error;
	}
	while (code == SQLITE_OK && count < MIGRATION_COUNT)
		code = apply(database, count++, now_us);
	if (code != SQLITE_OK) {
		error = database_error(database, code);
		if (error == ERROR_STORAGE_FULL)
			return issue_add(issues, error, STR(""), DATABASE_FULL_TEXT);
		return issue_add(issues, error == ERROR_OK ? ERROR_STORAGE : error, STR(""),
				 "The store's tables could not be made: %s.", sqlite3_errstr(code));
	}
	return ERROR_OK;
}

enum error schema_check(struct database *database, struct issues *issues)
{
	bool is_new = false;
	int count = 0;
	enum error error = identify(database, issues, &is_new);

	if (error == ERROR_OK && is_new)
		return issue_add(issues, ERROR_STORAGE, STR(""), "The store is empty.");
	if (error == ERROR_OK)
		error = applied_count(database, issues, &count);
	if (error == ERROR_OK && count < MIGRATION_COUNT)
		return issue_add(
			issues, ERROR_STORAGE, STR(""),
			"The store has version %d, this program needs %d: start the server "
			"once, it will bring the store up to date.",
			count, MIGRATION_COUNT);
	return error;
}
