/* SPDX-License-Identifier: Apache-2.0
 * A consistent copy of a store while another process writes it: docs/decisions/0018. One read transaction stands over
 * the whole copy, so that every page is of one instant and nothing has to be begun again. */
#include "store/internal.h"
#include "store/schema.h"

#include <errno.h>
#include <string.h>

#define COPY_PAGES 256 /* at once: 1 MiB */
#define COPY_BUSY_MAX 600
#define COPY_BUSY_MS 100

static bool put_path(char path[STORE_FILE_MAX], struct str folder)
{
	if (folder.len == 0 || folder.len + 32 > STORE_FILE_MAX)
		return false;
	memcpy(path, folder.ptr, folder.len);
	memcpy(path + folder.len, "/store.sqlite", sizeof("/store.sqlite"));
	return true;
}

/* The snapshot begins with the first read. */
static int begin(struct database *from, int64_t *ret_feed)
{
	int code = database_do(from, STATEMENT_BEGIN_READ);
	if (code == SQLITE_OK) {
		*ret_feed = database_integer(database_statement(from, STATEMENT_VERSION_LAST), -1);
		code = *ret_feed < 0 ? SQLITE_ERROR : SQLITE_OK;
	}
	return code;
}

static int copy_pages(sqlite3_backup *backup, void (*progress)(void *context, double share),
		      void *context)
{
	int code = SQLITE_OK;
	unsigned busy = 0;
	while (code == SQLITE_OK) {
		code = sqlite3_backup_step(backup, COPY_PAGES);
		if ((code == SQLITE_BUSY || code == SQLITE_LOCKED) && busy++ < COPY_BUSY_MAX) {
			sqlite3_sleep(COPY_BUSY_MS);
			code = SQLITE_OK;
		}
		int pages = sqlite3_backup_pagecount(backup);
		if (progress != NULL && pages > 0)
			progress(context, 1 - (double)sqlite3_backup_remaining(backup) / pages);
	}
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* One file without a log beside it, so that it is whole by itself and opens from a disk that is read-only. */
static int close_copy(struct database *to)
{
	return database_run(to, "PRAGMA journal_mode = DELETE");
}

static enum error run(struct database *from, struct database *to, struct issues *issues,
		      void (*progress)(void *context, double share), void *context)
{
	sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
	int code = backup == NULL ? sqlite3_extended_errcode(to->handle)
				  : copy_pages(backup, progress, context);
	int number = errno;
	if (backup != NULL)
		(void)sqlite3_backup_finish(backup);
	if (code == SQLITE_OK) {
		code = close_copy(to);
		number = errno;
	}
	if (code == SQLITE_OK)
		return ERROR_OK;
	if (database_error(to, code) == ERROR_STORAGE_FULL || number == ENOSPC)
		return issue_add(issues, ERROR_STORAGE_FULL, STR(""),
				 "The disk that the copy goes to is full.");
	return issue_add(issues, ERROR_STORAGE, STR(""), "The record cannot be copied: %s.",
			 sqlite3_errstr(code));
}

int store_schema(void)
{
	return schema_version();
}

enum error store_copy(struct str from, struct str to, struct issues *issues,
		      void (*progress)(void *context, double share), void *context,
		      int64_t *ret_feed)
{
	struct database source, target;
	char source_path[STORE_FILE_MAX], target_path[STORE_FILE_MAX];
	if (!put_path(source_path, from) || !put_path(target_path, to))
		return issue_add(issues, ERROR_BAD_REQUEST, STR(""),
				 "The path of a folder is empty or too long.");
	int code = database_open(&source, source_path, DATABASE_READER);
	if (code != SQLITE_OK)
		return store_refusal(code, errno, issues);
	enum error error = schema_check(&source, issues);
	if (error == ERROR_OK && begin(&source, ret_feed) != SQLITE_OK)
		error = issue_add(issues, ERROR_STORAGE, STR(""), "The record cannot be read.");
	if (error == ERROR_OK) {
		code = database_open(&target, target_path, DATABASE_COPY);
		error = code == SQLITE_OK ? run(&source, &target, issues, progress, context)
					  : store_refusal(code, errno, issues);
		if (code == SQLITE_OK)
			database_close(&target);
	}
	database_close(&source);
	return error;
}
