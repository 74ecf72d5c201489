/* SPDX-License-Identifier: Apache-2.0 */
#include "store/database.h"

#include "os/clock.h"
#include "os/file.h"

#include <errno.h>
#include <pthread.h>

static const char *const statement_texts[STATEMENT_COUNT] = {
#define STATEMENT(name, text) [STATEMENT_##name] = (text),
#include "store/statement.def"
#undef STATEMENT
};

/* Steps of SQLite's machine between two looks at the clock: about 0.1 ms. */
#define PROGRESS_STEPS 4000

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void library_configure(void)
{
	/* Statistics take a global lock at each allocation; statement journals of a savepoint stay in
	 * memory. Both may only be set before the library is used, and are harmless when it was. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
	sqlite3_initialize();
}

static int progress(void *context)
{
	const struct database *database = context;

	return database_deadline_passed(database) ? 1 : 0;
}

static int harden(struct database *database)
{
	sqlite3 *handle = database->handle;
	int code = sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);

	if (code == SQLITE_OK)
		code = sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
	if (code == SQLITE_OK)
		code = sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0,
					 (int *)NULL);
	if (code == SQLITE_OK)
		code = sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, (int *)NULL);
	sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 10000);
	sqlite3_limit(handle, SQLITE_LIMIT_VARIABLE_NUMBER, 32);
	return code;
}

int database_open(struct database *database, const char *file, enum database_mode mode)
{
	static const int flags_of[] = {
		[DATABASE_WRITER] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		[DATABASE_CHECKPOINT] = SQLITE_OPEN_READWRITE,
		[DATABASE_READER] = SQLITE_OPEN_READONLY,
		[DATABASE_COPY] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};
	int flags = flags_of[mode];
	int code;

	pthread_once(&library_once, library_configure);
	*database = (struct database){ .handle = NULL };
	code = sqlite3_open_v2(file, &database->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK)
		code = harden(database);
	if (code == SQLITE_OK) {
		sqlite3_extended_result_codes(database->handle, 1);
		sqlite3_busy_timeout(database->handle, 2000);
		sqlite3_progress_handler(database->handle, PROGRESS_STEPS, progress, database);
		code = database_run(database, "PRAGMA temp_store = MEMORY");
	}
	/* The log keeps its length when it starts over, up to 128 MiB: a log that grows makes each sync one of the file
	 * system's own log as well. Load makes 107 MB of it, and a start after a kill writes all of it again. */
	if (code == SQLITE_OK && mode == DATABASE_WRITER)
		code = database_run(database, "PRAGMA page_size = 4096;"
					      "PRAGMA journal_mode = WAL;"
					      "PRAGMA synchronous = FULL;"
					      "PRAGMA secure_delete = OFF;"
					      "PRAGMA wal_autocheckpoint = 0;"
					      "PRAGMA journal_size_limit = 134217728;"
					      "PRAGMA cache_size = -65536");
	if (code == SQLITE_OK && mode == DATABASE_CHECKPOINT)
		code = database_run(database, "PRAGMA synchronous = FULL;"
					      "PRAGMA wal_autocheckpoint = 0;"
					      "PRAGMA cache_size = -256");
	if (code == SQLITE_OK && mode == DATABASE_READER)
		code = database_run(database, "PRAGMA query_only = ON; PRAGMA cache_size = -8192");
	if (code != SQLITE_OK)
		database_close(database);
	return code;
}

void database_close(struct database *database)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(database->statements[i]);
	sqlite3_close_v2(database->handle);
	*database = (struct database){ .handle = NULL };
}

int database_run(struct database *database, const char *text)
{
	return sqlite3_exec(database->handle, text, NULL, NULL, NULL);
}

sqlite3_stmt *database_statement(struct database *database, enum statement name)
{
	sqlite3_stmt *statement = database->statements[name];

	if (statement == NULL) {
		if (sqlite3_prepare_v3(database->handle, statement_texts[name], -1,
				       SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
			return NULL;
		database->statements[name] = statement;
		return statement;
	}
	sqlite3_reset(statement);
	return statement;
}

void database_reset_all(struct database *database)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++) {
		if (database->statements[i] != NULL && sqlite3_stmt_busy(database->statements[i]))
			sqlite3_reset(database->statements[i]);
	}
}

int database_step_done(sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	if (statement == NULL)
		return SQLITE_ERROR;
	sqlite3_reset(statement);
	return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

int database_do(struct database *database, enum statement name)
{
	sqlite3_stmt *statement = database_statement(database, name);

	if (statement == NULL)
		return sqlite3_extended_errcode(database->handle);
	return database_step_done(statement);
}

int64_t database_integer(sqlite3_stmt *statement, int64_t otherwise)
{
	int64_t value = otherwise;

	if (statement == NULL)
		return otherwise;
	if (sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return value;
}

void database_bind_text(sqlite3_stmt *statement, int at, struct str text)
{
	sqlite3_bind_text64(statement, at, text.ptr == NULL ? "" : text.ptr, text.len,
			    SQLITE_STATIC, SQLITE_UTF8);
}

void database_bind_blob(sqlite3_stmt *statement, int at, struct str bytes)
{
	sqlite3_bind_blob64(statement, at, bytes.ptr == NULL ? "" : bytes.ptr, bytes.len,
			    SQLITE_STATIC);
}

struct str database_column_text(sqlite3_stmt *statement, int at)
{
	const void *bytes = sqlite3_column_text(statement, at);

	return (struct str){ bytes, (size_t)sqlite3_column_bytes(statement, at) };
}

struct str database_column_blob(sqlite3_stmt *statement, int at)
{
	const void *bytes = sqlite3_column_blob(statement, at);

	return (struct str){ bytes, (size_t)sqlite3_column_bytes(statement, at) };
}

void database_deadline_set(struct database *database, int64_t ms)
{
	database->deadline_us = ms == 0 ? 0 : clock_monotonic_us() + ms * 1000;
}

bool database_deadline_passed(const struct database *database)
{
	return database->deadline_us != 0 && clock_monotonic_us() > database->deadline_us;
}

/* What the system said to the last write of the file or its log: SQLite's own record of it does not
 * outlive the roll-back. */
static int last_errno(struct database *database)
{
	sqlite3_file *log = NULL;
	int number = 0;

	if (database->handle == NULL)
		return 0;
	if (sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) ==
		    SQLITE_OK &&
	    log != NULL && log->pMethods != NULL)
		log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &number);
	if (number == 0)
		sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_LAST_ERRNO, &number);
	return number != 0 ? number : sqlite3_system_errno(database->handle);
}

/* Below this a disk is full to everyone who writes more than a byte. */
#define SPACE_LEFT_MIN_BYTES (UINT64_C(1024) * 1024)

static bool has_no_space(struct database *database)
{
	const char *file = sqlite3_db_filename(database->handle, "main");
	uint64_t bytes;

	return file != NULL && file_free_bytes(file, &bytes) == ERROR_OK &&
	       bytes < SPACE_LEFT_MIN_BYTES;
}

enum error database_error(struct database *database, int code)
{
	int system;

	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERROR_OK;
	case SQLITE_FULL:
		return ERROR_STORAGE_FULL;
	case SQLITE_INTERRUPT:
		return ERROR_TOO_COSTLY;
	case SQLITE_NOMEM:
		return ERROR_LIMIT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERROR_BUSY;
	case SQLITE_IOERR:
		system = last_errno(database);
		/* EFBIG: the limit on a file's size, which is a full disk by another name. */
		if (system == ENOSPC || system == EDQUOT || system == EFBIG)
			return ERROR_STORAGE_FULL;
		/* The log's index could not grow. SQLite keeps no record of why. */
		if (code == SQLITE_IOERR_SHMSIZE && has_no_space(database))
			return ERROR_STORAGE_FULL;
		return ERROR_STORAGE;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return ERROR_STORAGE;
	default:
		return ERROR_INTERNAL;
	}
}

const char *database_statement_text(enum statement name)
{
	return statement_texts[name];
}
