/* SPDX-License-Identifier: Apache-2.0
 * Opening and closing; one process owns a store at a time. */
#include "store/internal.h"
#include "store/schema.h"

#include "os/file.h"
#include "os/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SETTLE_PATIENCE_US INT64_C(1000000)

static enum error paths(struct store *store, struct str path, struct issues *issues)
{
	if (path.len == 0 || path.len + 32 > STORE_FILE_MAX ||
	    str_find_byte(path, '\0', 0) < path.len)
		return issue_add(issues, ERROR_BAD_REQUEST, STR(""),
				 "The path of the data folder is empty or too long.");
	memcpy(store->folder, path.ptr, path.len);
	memcpy(store->file, path.ptr, path.len);
	memcpy(store->file + path.len, "/store.sqlite", sizeof("/store.sqlite"));
	return ERROR_OK;
}

static enum error refuse(struct issues *issues, enum error error)
{
	return issue_add(issues, error == ERROR_STORAGE_FULL ? error : ERROR_STORAGE, STR(""),
			 "The data folder cannot be made or written: check its path, its owner and "
			 "rights, and the disk.");
}

/* Opens the folder, making what is absent of its path. */
static enum error make_folder(const struct store *store, struct issues *issues, int *ret_folder)
{
	char path[STORE_FILE_MAX];
	size_t length = strlen(store->folder), start = store->folder[0] == '/' ? 1 : 0;
	int folder = -1;
	enum error error = file_open_folder(start == 1 ? "/" : ".", &folder);

	memcpy(path, store->folder, length + 1);
	for (size_t i = 1; i <= length && error == ERROR_OK; i++) {
		int below = -1;

		if (path[i] != '/' && path[i] != '\0')
			continue;
		if (path[i - 1] == '/') { /* two together, or one at the end */
			start = i + 1;
			continue;
		}
		path[i] = '\0';
		error = file_open_folder(path, &below);
		if (error == ERROR_NOT_FOUND)
			error = file_open_folder_below(folder, path + start, true, &below);
		if (folder >= 0)
			file_close(folder);
		folder = below;
		path[i] = i == length ? '\0' : '/';
		start = i + 1;
	}
	if (error != ERROR_OK || folder < 0)
		return refuse(issues, error);
	*ret_folder = folder;
	return ERROR_OK;
}

static void say_settling(int64_t bytes)
{
	LOG_WITH(EVENT_STORE_SETTLING, LOG_COUNT("mebibytes", bytes / (1024 * 1024)));
}

/* A process that was killed between writing to the log and syncing it leaves commits there that only the system holds,
 * and after a sync that failed no later one brings them to the disk. SQLite takes them for committed. They are made
 * the disk's before anybody sees them: what is shown, or called unchanged, must not go with the power. */
static enum error settle_log(int folder, struct issues *issues)
{
	enum error error =
		file_settle(folder, "store.sqlite-wal", SETTLE_PATIENCE_US, say_settling);

	if (error == ERROR_STORAGE_FULL)
		return issue_add(issues, error, STR(""), DATABASE_FULL_TEXT);
	return error == ERROR_OK || error == ERROR_NOT_FOUND ? ERROR_OK : refuse(issues, error);
}

/* `folder` stays open. */
static enum error take_lock(struct store *store, int folder, struct issues *issues)
{
	enum error error = file_lock(folder, "store.lock", &store->lock_fd);

	if (error == ERROR_CONFLICT)
		return issue_add(
			issues, ERROR_STORAGE, STR(""),
			"Another homeward process has this data folder open: stop it first, or "
			"choose another folder.");
	return error == ERROR_OK ? ERROR_OK : refuse(issues, error);
}

enum error store_refusal(int code, int number, struct issues *issues)
{
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* a header that says what no SQLite knows */
		return issue_add(
			issues, ERROR_STORAGE, STR(""),
			"The store is damaged or no SQLite file: %s. Restore it from a backup.",
			sqlite3_errstr(code));
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return issue_add(
			issues, ERROR_STORAGE, STR(""),
			"The store cannot be opened for writing: %s. Check the owner, the rights "
			"and whether the disk is read-only.",
			sqlite3_errstr(code));
	default:
		if ((code & 0xff) == SQLITE_FULL || number == ENOSPC || number == EDQUOT ||
		    number == EFBIG)
			return issue_add(issues, ERROR_STORAGE_FULL, STR(""), DATABASE_FULL_TEXT);
		return issue_add(issues, ERROR_STORAGE, STR(""), "The store cannot be opened: %s.",
				 sqlite3_errstr(code));
	}
}

static enum error open_writing(struct store *store, struct issues *issues)
{
	int64_t now_us = clock_now_us(store->clock);
	int code, folder = -1;
	enum error error = make_folder(store, issues, &folder);

	if (error == ERROR_OK)
		error = take_lock(store, folder, issues);
	if (error == ERROR_OK)
		error = settle_log(folder, issues);
	file_close(folder);
	if (error != ERROR_OK)
		return error;
	store->writer = calloc(1, sizeof(*store->writer));
	if (store->writer == NULL)
		return issue_add(issues, ERROR_LIMIT, STR(""), "There is not enough memory.");
	code = database_open(&store->writer->database, store->file, DATABASE_WRITER);
	if (code != SQLITE_OK)
		return store_refusal(code, errno, issues);
	error = schema_migrate(&store->writer->database, now_us, issues);
	if (error == ERROR_OK)
		error = catalogue_open(&store->catalogue, &store->writer->database, true, issues);
	return error == ERROR_OK ? writer_start(store, issues) : error;
}

static enum error open_reading(struct store *store, struct issues *issues)
{
	struct database database;
	int code = database_open(&database, store->file, DATABASE_READER);
	enum error error;

	if (code != SQLITE_OK)
		return store_refusal(code, errno, issues);
	error = schema_check(&database, issues);
	if (error == ERROR_OK)
		error = catalogue_open(&store->catalogue, &database, false, issues);
	database_close(&database);
	return error;
}

static enum error open_readers(struct store *store, size_t count, struct issues *issues)
{
	store->readers = calloc(count, sizeof(*store->readers));
	if (store->readers == NULL)
		return issue_add(issues, ERROR_LIMIT, STR(""), "There is not enough memory.");
	store->reader_count = count;
	for (size_t i = 0; i < count; i++) {
		enum error error = reader_open(store, &store->readers[i]);

		if (error != ERROR_OK)
			return issue_add(issues, error, STR(""), "A reader could not be opened.");
		store->readers[i].next = store->readers_free;
		store->readers_free = &store->readers[i];
	}
	return ERROR_OK;
}

enum error store_open(const struct store_options *options, struct issues *issues,
		      struct store **ret_store)
{
	struct store *store = calloc(1, sizeof(*store));
	size_t readers = options->reader_count == 0 ? STORE_READERS_DEFAULT : options->reader_count;
	enum error error;

	if (store == NULL)
		return issue_add(issues, ERROR_LIMIT, STR(""), "There is not enough memory.");
	store->lock_fd = -1;
	store->clock = options->clock;
	store->read_only = options->read_only;
	store->queue_max = options->queue_max == 0 ? STORE_QUEUE_DEFAULT : options->queue_max;
	mutex_init(&store->mutex);
	mutex_init(&store->readers_mutex);
	mutex_init(&store->checkpoint_mutex);
	condition_init(&store->queue_filled);
	condition_init(&store->queue_gathered);
	condition_init(&store->feed_moved);
	condition_init(&store->reader_free);
	condition_init(&store->checkpoint_wanted);
	atomic_store(&store->state, STORE_READY);
	error = paths(store, options->path, issues);
	if (error == ERROR_OK)
		error = store->read_only ? open_reading(store, issues)
					 : open_writing(store, issues);
	if (error == ERROR_OK)
		error = open_readers(
			store, readers > STORE_READERS_MAX ? STORE_READERS_MAX : readers, issues);
	if (error != ERROR_OK) {
		store_close(store);
		return error;
	}
	*ret_store = store;
	return ERROR_OK;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	writer_stop(store);
	for (size_t i = 0; i < store->reader_count; i++)
		reader_close(&store->readers[i]);
	free(store->readers);
	writer_close(store);
	catalogue_done(&store->catalogue);
	mutex_destroy(&store->mutex);
	mutex_destroy(&store->readers_mutex);
	mutex_destroy(&store->checkpoint_mutex);
	condition_destroy(&store->queue_filled);
	condition_destroy(&store->queue_gathered);
	condition_destroy(&store->feed_moved);
	condition_destroy(&store->reader_free);
	condition_destroy(&store->checkpoint_wanted);
	if (store->lock_fd >= 0)
		file_close(store->lock_fd);
	free(store);
}

struct str store_folder(const struct store *store)
{
	return str_from_c(store->folder);
}

enum store_state store_state(struct store *store)
{
	return (enum store_state)atomic_load(&store->state);
}

static int64_t file_size(const char *path)
{
	FILE *file = fopen(path, "rbe");
	long size = 0;

	if (file == NULL)
		return 0;
	if (fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	fclose(file);
	return size < 0 ? 0 : size;
}

void store_figures(struct store *store, struct store_figures *ret_figures)
{
	char log[STORE_FILE_MAX + 8];
	struct store_figures figures;
	size_t length = strlen(store->file);

	memcpy(log, store->file, length);
	memcpy(log + length, "-wal", 5);
	mutex_lock(&store->mutex);
	figures = (struct store_figures){ .commits = store->commits,
					  .groups = store->groups,
					  .writes = store->writes,
					  .queue_length = (int64_t)store->queue_length,
					  .feed_last = store->feed_last };
	mutex_unlock(&store->mutex);
	figures.bytes_on_disk = file_size(store->file) + file_size(log);
	*ret_figures = figures;
}
