/* SPDX-License-Identifier: Apache-2.0
 * Files over openat(2) and friends. */
#include "os/file.h"

#include "os/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SETTLE_STEP_BYTES ((off_t)4 * 1024 * 1024)

#define MODE_FILE 0600
#define MODE_FOLDER 0700
#define LINE_FILE_BYTES_MAX ((size_t)4096)

static enum error from_errno(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return ERROR_NOT_FOUND;
	case EEXIST:
	case ENOTEMPTY:
	case EWOULDBLOCK:
		return ERROR_CONFLICT;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERROR_STORAGE_FULL;
	default:
		return ERROR_STORAGE;
	}
}

static bool is_name(const char *name)
{
	size_t length = strnlen(name, NAME_MAX + 1);
	return length > 0 && length <= NAME_MAX && strchr(name, '/') == NULL &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int open_again(int folder, const char *name, int flags)
{
	int file;
	do {
		file = openat(folder, name, flags | O_CLOEXEC, MODE_FILE);
	} while (file < 0 && errno == EINTR);
	return file;
}

enum error file_open_folder(const char *path, int *ret_folder)
{
	int folder = open_again(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
	if (folder < 0)
		return from_errno(errno);
	*ret_folder = folder;
	return ERROR_OK;
}

enum error file_open_below(int folder, const char *name, int flags, int *ret_file)
{
	if (!is_name(name))
		return ERROR_BAD_REQUEST;
	int file = open_again(folder, name, flags | O_NOFOLLOW);
	if (file < 0)
		return from_errno(errno);
	*ret_file = file;
	return ERROR_OK;
}

enum error file_make_folder(int folder, const char *name)
{
	if (!is_name(name))
		return ERROR_BAD_REQUEST;
	if (mkdirat(folder, name, MODE_FOLDER) != 0 || fsync(folder) != 0)
		return from_errno(errno);
	return ERROR_OK;
}

enum error file_open_folder_below(int folder, const char *name, bool make, int *ret_folder)
{
	if (!is_name(name))
		return ERROR_BAD_REQUEST;
	if (make) {
		if (mkdirat(folder, name, MODE_FOLDER) == 0) {
			/* The name of the new folder must outlive a stop of the machine too. */
			if (fsync(folder) != 0)
				return from_errno(errno);
		} else if (errno != EEXIST) {
			return from_errno(errno);
		}
	}
	return file_open_below(folder, name, O_RDONLY | O_DIRECTORY, ret_folder);
}

void file_close(int file)
{
	/* Whatever close answers, the descriptor is gone; what had to be durable was synced. */
	if (file >= 0)
		(void)close(file);
}

static enum error read_all(struct arena *arena, int file, size_t bytes_max, struct str *ret_bytes)
{
	struct stat status;
	if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
		return ERROR_STORAGE;
	if (status.st_size < 0 || (uint64_t)status.st_size > bytes_max)
		return ERROR_TOO_LARGE;
	size_t size = (size_t)status.st_size;
	size_t length = 0;
	char *bytes = arena_take(arena, size + 1, 1);
	if (bytes == NULL)
		return ERROR_LIMIT;
	while (length < size) {
		ssize_t got = read(file, bytes + length, size - length);
		if (got < 0 && errno != EINTR)
			return from_errno(errno);
		if (got == 0)
			break;
		length += got > 0 ? (size_t)got : 0;
	}
	bytes[length] = '\0';
	*ret_bytes = (struct str){ bytes, length };
	return ERROR_OK;
}

enum error file_read_whole(struct arena *arena, int folder, const char *name, size_t bytes_max,
			   struct str *ret_bytes)
{
	int file;
	/* Not to be held up by a pipe that stands where a file should. */
	enum error error = file_open_below(folder, name, O_RDONLY | O_NONBLOCK, &file);
	if (error != ERROR_OK)
		return error;
	error = read_all(arena, file, bytes_max, ret_bytes);
	file_close(file);
	return error;
}

enum error file_open_folder_of(struct arena *arena, struct str path, const char **ret_name,
			       int *ret_folder)
{
	size_t slash = path.len;
	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	struct str above = arena_copy(arena, slash == 0 ? STR("./") : str_slice(path, 0, slash));
	struct str name = arena_copy(arena, str_slice(path, slash, path.len));
	if (arena->failed)
		return ERROR_LIMIT;
	*ret_name = name.ptr;
	return file_open_folder(above.ptr, ret_folder);
}

enum error file_read_line(struct arena *arena, struct str path, struct str *ret_line)
{
	const char *name;
	int folder;
	struct str bytes;
	enum error error = file_open_folder_of(arena, path, &name, &folder);
	if (error != ERROR_OK)
		return error;
	error = file_read_whole(arena, folder, name, LINE_FILE_BYTES_MAX, &bytes);
	file_close(folder);
	if (error == ERROR_OK)
		*ret_line = str_trim(str_cut(&bytes, '\n'));
	return error;
}

static enum error write_and_sync(int file, struct str bytes)
{
	size_t length = 0;
	while (length < bytes.len) {
		ssize_t written = write(file, bytes.ptr + length, bytes.len - length);
		if (written < 0 && errno != EINTR)
			return from_errno(errno);
		length += written > 0 ? (size_t)written : 0;
	}
	return fsync(file) == 0 ? ERROR_OK : from_errno(errno);
}

enum error file_write_whole(int folder, const char *name, struct str bytes)
{
	char temporary[NAME_MAX + sizeof(".new")];
	int file;
	if (!is_name(name))
		return ERROR_BAD_REQUEST;
	/* Always the same name, so that what a crash left behind is written over. */
	(void)snprintf(temporary, sizeof(temporary), "%s.new", name);
	enum error error = file_open_below(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC, &file);
	if (error != ERROR_OK)
		return error;
	error = write_and_sync(file, bytes);
	file_close(file);
	if (error == ERROR_OK && renameat(folder, temporary, folder, name) != 0)
		error = from_errno(errno);
	if (error != ERROR_OK) {
		(void)unlinkat(folder, temporary, 0);
		return error;
	}
	return fsync(folder) == 0 ? ERROR_OK : from_errno(errno);
}

enum error file_rename(int folder, const char *from, const char *to)
{
	if (!is_name(from) || !is_name(to))
		return ERROR_BAD_REQUEST;
	if (renameat(folder, from, folder, to) != 0 || fsync(folder) != 0)
		return from_errno(errno);
	return ERROR_OK;
}

enum error file_remove(int folder, const char *name)
{
	if (!is_name(name))
		return ERROR_BAD_REQUEST;
	if (unlinkat(folder, name, 0) != 0 || fsync(folder) != 0)
		return from_errno(errno);
	return ERROR_OK;
}

enum error file_remove_folder(int folder, const char *name)
{
	if (!is_name(name))
		return ERROR_BAD_REQUEST;
	if (unlinkat(folder, name, AT_REMOVEDIR) != 0 || fsync(folder) != 0)
		return from_errno(errno);
	return ERROR_OK;
}

/* The bytes from `at` up to a step's end; *ret_at where that was, the same at the end of the file. */
static enum error write_step(int file, off_t at, off_t *ret_at)
{
	char bytes[8192];
	off_t until = at + SETTLE_STEP_BYTES;
	ssize_t length = 1;
	while (at < until && length != 0) {
		length = pread(file, bytes, sizeof(bytes), at);
		if (length > 0)
			length = pwrite(file, bytes, (size_t)length, at);
		if (length < 0 && errno != EINTR)
			return from_errno(errno);
		at += length > 0 ? length : 0;
	}
	*ret_at = at;
	return fsync(file) == 0 ? ERROR_OK : from_errno(errno);
}

static enum error write_again(int file, int64_t patience_us, void (*slow)(int64_t bytes))
{
	int64_t started_us = clock_monotonic_us();
	struct stat status;
	off_t at = 0;
	bool told = false;
	if (fstat(file, &status) != 0)
		return from_errno(errno);
	for (;;) {
		off_t was = at;
		enum error error = write_step(file, at, &at);
		if (error != ERROR_OK || at < was + SETTLE_STEP_BYTES)
			return error;
		/* Each step is synced, so that a slow disk shows before all of it has been written. */
		if (!told && clock_monotonic_us() - started_us >= patience_us) {
			slow(status.st_size);
			told = true;
		}
	}
}

enum error file_settle(int folder, const char *name, int64_t patience_us,
		       void (*slow)(int64_t bytes))
{
	int file;
	enum error error = file_open_below(folder, name, O_RDWR, &file);
	if (error != ERROR_OK)
		return error;
	error = write_again(file, patience_us, slow);
	file_close(file);
	if (error == ERROR_OK && fsync(folder) != 0)
		return from_errno(errno);
	return error;
}

enum error file_free_bytes(const char *path, uint64_t *ret_bytes)
{
	struct statvfs status;
	if (statvfs(path, &status) != 0)
		return from_errno(errno);
	if (__builtin_mul_overflow((uint64_t)status.f_bavail, (uint64_t)status.f_frsize, ret_bytes))
		*ret_bytes = UINT64_MAX;
	return ERROR_OK;
}

enum error file_lock(int folder, const char *name, int *ret_file)
{
	int file;
	enum error error = file_open_below(folder, name, O_RDWR | O_CREAT, &file);
	if (error != ERROR_OK)
		return error;
	if (flock(file, LOCK_EX | LOCK_NB) != 0) {
		error = from_errno(errno);
		file_close(file);
		return error;
	}
	*ret_file = file;
	return ERROR_OK;
}
