/* SPDX-License-Identifier: Apache-2.0
 * SQLite syncs a folder when it deletes a file with that wish, and once after it has synced a log that it opened with
 * leave to make it (os_unix.c, UNIXFILE_DIRSYNC). Both go through a function that can be replaced, so what is written
 * down is what it did, not what it is believed to do. */
#include "power_record.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INDEX_BYTES 32768
#define INDEX_EACH 16 /* syncs between two copies of the log's index */

struct layer {
	sqlite3_file base;
	struct record *record; /* NULL: not written down */
	int file;
	unsigned syncs;
	const volatile void *index; /* first part of the log's index */
};

static sqlite3_vfs *below;
static sqlite3_io_methods methods;
static struct record *current;
static struct record_weakness weak;
static _Thread_local bool folder_synced;
static int (*open_directory)(const char *, int *);

static sqlite3_file *real(sqlite3_file *file)
{
	return (sqlite3_file *)(void *)((struct layer *)(void *)file + 1);
}

/* --- the list of events --------------------------------------------------------------------- */

/* With the mutex held. */
static size_t add(struct record *record, struct record_event event, const void *bytes)
{
	if (record->count == record->capacity) {
		record->capacity = record->capacity == 0 ? 4096 : 2 * record->capacity;
		record->events = realloc(record->events, record->capacity * sizeof(event));
		if (record->events == NULL)
			abort();
	}
	if (event.length > 0) {
		event.bytes = malloc(event.length);
		if (event.bytes == NULL)
			abort();
		memcpy(event.bytes, bytes, event.length);
	}
	event.ended = SIZE_MAX;
	record->events[record->count] = event;
	return record->count++;
}

static size_t begin(struct record *record, struct record_event event, const void *bytes)
{
	size_t at;

	mutex_lock(&record->mutex);
	at = add(record, event, bytes);
	mutex_unlock(&record->mutex);
	return at;
}

static void ended(struct record *record, size_t at)
{
	mutex_lock(&record->mutex);
	record->events[at].ended = record->count;
	mutex_unlock(&record->mutex);
}

static size_t count_now(struct record *record)
{
	size_t count;

	mutex_lock(&record->mutex);
	count = record->count;
	mutex_unlock(&record->mutex);
	return count;
}

void record_start(struct record *record, const char *folder)
{
	*record = (struct record){ .count = 0 };
	mutex_init(&record->mutex);
	snprintf(record->folder, sizeof(record->folder), "%s/", folder);
	current = record;
}

void record_stop(void)
{
	current = NULL;
}

void record_free(struct record *record)
{
	for (size_t i = 0; i < record->count; i++)
		free(record->events[i].bytes);
	free(record->events);
	mutex_destroy(&record->mutex);
	record->events = NULL;
}

void record_note(struct record *record, int64_t note)
{
	mutex_lock(&record->mutex);
	(void)add(record, (struct record_event){ .kind = RECORD_NOTE, .offset = note }, NULL);
	record->noted = true;
	mutex_unlock(&record->mutex);
}

int record_add_file(struct record *record, const char *name)
{
	if (record->file_count == RECORD_FILES_MAX || strlen(name) >= RECORD_NAME_BYTES)
		abort();
	snprintf(record->names[record->file_count], RECORD_NAME_BYTES, "%s", name);
	return record->file_count++;
}

void record_weaken(const struct record_weakness *weakness)
{
	weak = weakness == NULL ? (struct record_weakness){ .synchronous = NULL } : *weakness;
}

/* The newest file of this name, or -1. */
static int file_named(const struct record *record, const char *name)
{
	int file = record->file_count - 1;

	while (file >= 0 && strcmp(record->names[file], name) != 0)
		file--;
	return file;
}

/* The name within the folder that is written down, or NULL. */
static const char *name_within(const struct record *record, const char *path)
{
	size_t length = record == NULL ? 0 : strlen(record->folder);

	return record == NULL || path == NULL || strncmp(path, record->folder, length) != 0
		       ? NULL
		       : path + length;
}

/* --- files ---------------------------------------------------------------------------------- */

#define LAYER(file) ((struct layer *)(void *)(file))
#define BELOW(file) (real(file)->pMethods)

static int layer_close(sqlite3_file *file)
{
	return BELOW(file)->xClose(real(file));
}

static int layer_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
	return BELOW(file)->xRead(real(file), bytes, length, offset);
}

static int layer_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
	struct layer *layer = LAYER(file);
	size_t at = 0;
	int code;

	if (layer->record != NULL)
		at = begin(layer->record,
			   (struct record_event){ .kind = RECORD_WRITE,
						  .file = layer->file,
						  .offset = offset,
						  .length = (size_t)length },
			   bytes);
	code = BELOW(file)->xWrite(real(file), bytes, length, offset);
	if (layer->record != NULL)
		ended(layer->record, at);
	return code;
}

static int layer_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct layer *layer = LAYER(file);
	size_t at = 0;
	int code;

	if (layer->record != NULL)
		at = begin(layer->record,
			   (struct record_event){
				   .kind = RECORD_TRUNCATE, .file = layer->file, .offset = size },
			   NULL);
	code = BELOW(file)->xTruncate(real(file), size);
	if (layer->record != NULL)
		ended(layer->record, at);
	return code;
}

static void folder_was_synced(struct record *record, size_t covers)
{
	if (folder_synced)
		(void)begin(record,
			    (struct record_event){ .kind = RECORD_SYNC_FOLDER, .covers = covers },
			    NULL);
}

static void keep_index(struct layer *layer)
{
	static const char empty[INDEX_BYTES];
	struct record *record = layer->record;
	size_t at;

	/* What others change meanwhile is copied as it stands, as a disk would. */
	at = begin(record, (struct record_event){ .kind = RECORD_INDEX, .length = INDEX_BYTES },
		   empty);
	mutex_lock(&record->mutex);
	for (size_t i = 0; i < INDEX_BYTES; i++)
		record->events[at].bytes[i] = ((const volatile char *)layer->index)[i];
	mutex_unlock(&record->mutex);
}

/* As Linux has it: the system tells of the failure once, and takes what it could not write for written. */
static bool sync_fails(struct layer *layer)
{
	struct record *record = layer->record;
	const char *dash = strrchr(record->names[layer->file], '-');
	bool fails;

	mutex_lock(&record->mutex);
	fails = record->noted && dash != NULL && strcmp(dash, "-wal") == 0 &&
		++record->log_syncs == weak.log_sync_failing;
	if (fails)
		(void)add(record,
			  (struct record_event){ .kind = RECORD_SYNC_FAILED,
						 .file = layer->file,
						 .covers = record->count },
			  NULL);
	mutex_unlock(&record->mutex);
	return fails;
}

static int layer_sync(sqlite3_file *file, int flags)
{
	struct layer *layer = LAYER(file);
	size_t covers;
	int code;

	if (weak.no_sync && layer->record == NULL)
		return SQLITE_OK;
	if (layer->record != NULL && sync_fails(layer))
		return SQLITE_IOERR_FSYNC;
	covers = layer->record == NULL ? 0 : count_now(layer->record);
	folder_synced = false;
	code = BELOW(file)->xSync(real(file), flags);
	if (layer->record == NULL || code != SQLITE_OK)
		return code;
	(void)begin(
		layer->record,
		(struct record_event){ .kind = RECORD_SYNC, .file = layer->file, .covers = covers },
		NULL);
	folder_was_synced(layer->record, covers);
	if (layer->index != NULL && layer->syncs++ % INDEX_EACH == 0)
		keep_index(layer);
	return code;
}

static int layer_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return BELOW(file)->xFileSize(real(file), size);
}

static int layer_lock(sqlite3_file *file, int kind)
{
	return BELOW(file)->xLock(real(file), kind);
}

static int layer_unlock(sqlite3_file *file, int kind)
{
	return BELOW(file)->xUnlock(real(file), kind);
}

static int layer_check_lock(sqlite3_file *file, int *result)
{
	return BELOW(file)->xCheckReservedLock(real(file), result);
}

/* SQLite hands over its own copy of the text, which is there to be read after this: a shorter one fits into it. */
static void replace(char *pragma[4], const char *name, const char *text)
{
	if (text == NULL || pragma[2] == NULL || strcmp(pragma[1], name) != 0)
		return;
	if (strlen(text) > strlen(pragma[2]))
		abort();
	memcpy(pragma[2], text, strlen(text) + 1);
}

static int layer_control(sqlite3_file *file, int operation, void *argument)
{
	if (operation == SQLITE_FCNTL_PRAGMA) {
		replace(argument, "synchronous", weak.synchronous);
		replace(argument, "journal_size_limit", weak.journal_size_limit);
	}
	return BELOW(file)->xFileControl(real(file), operation, argument);
}

static int layer_sector_size(sqlite3_file *file)
{
	return BELOW(file)->xSectorSize(real(file));
}

static int layer_characteristics(sqlite3_file *file)
{
	return BELOW(file)->xDeviceCharacteristics(real(file));
}

static int layer_shm_map(sqlite3_file *file, int page, int size, int extend,
			 void volatile **ret_region)
{
	int code = BELOW(file)->xShmMap(real(file), page, size, extend, ret_region);

	if (code == SQLITE_OK && page == 0 && size == INDEX_BYTES)
		LAYER(file)->index = *ret_region;
	return code;
}

static int layer_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return BELOW(file)->xShmLock(real(file), offset, count, flags);
}

static void layer_shm_barrier(sqlite3_file *file)
{
	BELOW(file)->xShmBarrier(real(file));
}

static int layer_shm_unmap(sqlite3_file *file, int delete_it)
{
	LAYER(file)->index = NULL;
	return BELOW(file)->xShmUnmap(real(file), delete_it);
}

static int layer_fetch(sqlite3_file *file, sqlite3_int64 offset, int length, void **ret_bytes)
{
	return BELOW(file)->xFetch(real(file), offset, length, ret_bytes);
}

static int layer_unfetch(sqlite3_file *file, sqlite3_int64 offset, void *bytes)
{
	return BELOW(file)->xUnfetch(real(file), offset, bytes);
}

/* --- room os -------------------------------------------------------------------------------- */

/* What the program itself does to these files, by the calls that src/os/file.c makes (the linker's --wrap). */
ssize_t __real_pwrite64(int file, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_pwrite64(int file, const void *bytes, size_t length, off_t offset);
int __real_fsync(int file);
int __wrap_fsync(int file);

/* The number of an open file of the folder; -1: none, -2: the folder itself. */
static int number_of(struct record *record, int file)
{
	char link[64], path[256] = "";
	ssize_t length;
	int number = -1;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	length = record == NULL ? -1 : readlink(link, path, sizeof(path) - 2);
	if (length <= 0)
		return -1;
	path[length] = '/';
	path[length + 1] = '\0';
	if (strcmp(path, record->folder) == 0)
		return -2;
	path[length] = '\0';
	mutex_lock(&record->mutex);
	if (name_within(record, path) != NULL)
		number = file_named(record, name_within(record, path));
	mutex_unlock(&record->mutex);
	return number;
}

ssize_t __wrap_pwrite64(int file, const void *bytes, size_t length, off_t offset)
{
	struct record *record = current;
	int number = number_of(record, file);
	ssize_t written;
	size_t at = 0;

	if (number >= 0)
		at = begin(record,
			   (struct record_event){ .kind = RECORD_WRITE,
						  .file = number,
						  .offset = offset,
						  .length = length },
			   bytes);
	written = __real_pwrite64(file, bytes, length, offset);
	if (number >= 0)
		ended(record, at);
	return written;
}

int __wrap_fsync(int file)
{
	struct record *record = current;
	int number = number_of(record, file);
	size_t covers = number == -1 ? 0 : count_now(record);
	int result = __real_fsync(file);

	if (number != -1)
		(void)begin(record,
			    (struct record_event){ .kind = number == -2 ? RECORD_SYNC_FOLDER
									: RECORD_SYNC,
						   .file = number == -2 ? 0 : number,
						   .covers = covers },
			    NULL);
	return result;
}

/* --- the file system ------------------------------------------------------------------------ */

static int directory_opened(const char *path, int *ret_file)
{
	folder_synced = true; /* it is opened for nothing else */
	return open_directory(path, ret_file);
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
		    int *ret_flags)
{
	struct layer *layer = LAYER(file);
	struct record *record = current;
	const char *name = name_within(record, path);
	bool exists = false;
	int code;

	(void)vfs;
	*layer = (struct layer){ .record = NULL };
	if (name != NULL) {
		mutex_lock(&record->mutex);
		exists = access(path, F_OK) == 0; /* to SQLite an empty file is none */
	}
	code = below->xOpen(below, path, real(file), flags, ret_flags);
	if (code == SQLITE_OK && name != NULL) {
		layer->record = record;
		layer->file = file_named(record, name);
		if (!exists || layer->file < 0) {
			layer->file = record_add_file(record, name);
			(void)add(
				record,
				(struct record_event){ .kind = RECORD_CREATE, .file = layer->file },
				NULL);
		}
	}
	if (name != NULL)
		mutex_unlock(&record->mutex);
	if (real(file)->pMethods != NULL)
		layer->base.pMethods = &methods;
	return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	struct record *record = current;
	const char *name = name_within(record, path);
	size_t covers = 0;
	int code;

	(void)vfs;
	folder_synced = false;
	if (name != NULL) {
		mutex_lock(&record->mutex);
		(void)add(record,
			  (struct record_event){ .kind = RECORD_DELETE,
						 .file = file_named(record, name) },
			  NULL);
		covers = record->count;
		mutex_unlock(&record->mutex);
	}
	code = below->xDelete(below, path, sync_folder);
	if (name != NULL && code == SQLITE_OK)
		folder_was_synced(record, covers);
	return code;
}

void record_install(void)
{
	static sqlite3_vfs vfs;

	sqlite3_initialize();
	below = sqlite3_vfs_find(NULL);
	methods = (sqlite3_io_methods){ .iVersion = 3,
					.xClose = layer_close,
					.xRead = layer_read,
					.xWrite = layer_write,
					.xTruncate = layer_truncate,
					.xSync = layer_sync,
					.xFileSize = layer_size,
					.xLock = layer_lock,
					.xUnlock = layer_unlock,
					.xCheckReservedLock = layer_check_lock,
					.xFileControl = layer_control,
					.xSectorSize = layer_sector_size,
					.xDeviceCharacteristics = layer_characteristics,
					.xShmMap = layer_shm_map,
					.xShmLock = layer_shm_lock,
					.xShmBarrier = layer_shm_barrier,
					.xShmUnmap = layer_shm_unmap,
					.xFetch = layer_fetch,
					.xUnfetch = layer_unfetch };
	open_directory =
		(int (*)(const char *, int *))below->xGetSystemCall(below, "openDirectory");
	if (open_directory == NULL ||
	    below->xSetSystemCall(below, "openDirectory", (sqlite3_syscall_ptr)directory_opened) !=
		    SQLITE_OK)
		abort();
	vfs = *below;
	vfs.zName = "power";
	vfs.szOsFile = (int)sizeof(struct layer) + below->szOsFile;
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		abort();
}
