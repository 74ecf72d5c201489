/* SPDX-License-Identifier: Apache-2.0
 * One SQLite connection with its prepared statements. Everything that runs is a constant text of
 * statement.def with bound values, so that no outside byte can enter SQL. Each statement is prepared
 * once for a connection and kept. Thread: a connection belongs to one thread at a time. */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include "base/error.h"
#include "base/issue.h"

#include <sqlite3.h>

enum statement {
#define STATEMENT(name, text) STATEMENT_##name,
#include "store/statement.def"
#undef STATEMENT
	STATEMENT_COUNT
};

struct database {
	sqlite3 *handle;
	sqlite3_stmt *statements[STATEMENT_COUNT];
	int64_t deadline_us; /* of clock_monotonic_us; 0: none. Statements stop with INTERRUPT. */
};

/* COPY: a new file that another one is copied into. */
enum database_mode { DATABASE_WRITER, DATABASE_CHECKPOINT, DATABASE_READER, DATABASE_COPY };

/* `file` ends in NUL. SQLite result code; on failure nothing is left open. */
MUST_CHECK int database_open(struct database *database, const char *file, enum database_mode mode);
void database_close(struct database *database);
/* Runs constant text without results (schema, pragmas). */
MUST_CHECK int database_run(struct database *database, const char *text);

/* The statement, reset and ready to bind; NULL when it cannot be prepared (then step gives MISUSE). */
sqlite3_stmt *database_statement(struct database *database, enum statement name);
/* Resets every statement that stands between rows. */
void database_reset_all(struct database *database);
/* Steps a statement that gives no rows and resets it: SQLITE_OK or the error. */
MUST_CHECK int database_step_done(sqlite3_stmt *statement);
/* Runs a statement without parameters or rows. */
MUST_CHECK int database_do(struct database *database, enum statement name);
/* First column of the first row, or `otherwise`. For statements whose values are bound already. */
int64_t database_integer(sqlite3_stmt *statement, int64_t otherwise);

void database_bind_text(sqlite3_stmt *statement, int at, struct str text);
void database_bind_blob(sqlite3_stmt *statement, int at, struct str bytes);
struct str database_column_text(sqlite3_stmt *statement, int at);
struct str database_column_blob(sqlite3_stmt *statement, int at);

/* Sets a time limit for what the connection does from now on; 0 ms takes it away. */
void database_deadline_set(struct database *database, int64_t ms);
bool database_deadline_passed(const struct database *database);

#define DATABASE_FULL_TEXT "The disk is full: make room, then start again."
/* What a failed SQLite call means to the caller of the store. */
enum error database_error(struct database *database, int code);
/* The text of a statement, for the test that all of them are constants. */
const char *database_statement_text(enum statement name);

#endif
