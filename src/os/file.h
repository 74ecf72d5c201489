/* SPDX-License-Identifier: Apache-2.0
 * Files below folders that are held open. A name is one part of a path: not empty, no slash, not
 * "." or "..", not longer than the system allows; anything else is ERROR_BAD_REQUEST, so that no text
 * from outside becomes a path. Symbolic links are not followed; descriptors are not inherited.
 * Errors: ERROR_NOT_FOUND, ERROR_CONFLICT (exists, or locked by another process), ERROR_TOO_LARGE,
 * ERROR_LIMIT (arena), ERROR_STORAGE_FULL, ERROR_STORAGE (all else). Thread: any. */
#ifndef OS_FILE_H
#define OS_FILE_H

#include "base/arena.h"
#include "base/error.h"

/* The folder at an operator's own path; symbolic links may lead there. */
MUST_CHECK enum error file_open_folder(const char *path, int *ret_folder);
/* The folder that holds the file at an operator's own path, which may be relative, and the file's name in it, in the
 * arena. ERROR_LIMIT and those of file_open_folder. */
MUST_CHECK enum error file_open_folder_of(struct arena *arena, struct str path,
					  const char **ret_name, int *ret_folder);
/* The folder `name` in `folder`; made, readable by its owner only, when `make` and not there yet. */
MUST_CHECK enum error file_open_folder_below(int folder, const char *name, bool make,
					     int *ret_folder);
/* A new folder `name` in `folder`, readable by its owner only, on the disk. ERROR_CONFLICT: something has that name. */
MUST_CHECK enum error file_make_folder(int folder, const char *name);
/* `flags` as open(2) has them; new files are readable by their owner only. */
MUST_CHECK enum error file_open_below(int folder, const char *name, int flags, int *ret_file);
void file_close(int file);
/* All bytes of a regular file, at most `bytes_max`; a NUL that is not counted follows them. */
MUST_CHECK enum error file_read_whole(struct arena *arena, int folder, const char *name,
				      size_t bytes_max, struct str *ret_bytes);
/* The first line, trimmed, of the file at an operator's own path, which may be relative: a secret stands so, in a
 * file of at most 4096 bytes. ERROR_LIMIT, ERROR_TOO_LARGE and those of file_read_whole. */
MUST_CHECK enum error file_read_line(struct arena *arena, struct str path, struct str *ret_line);
/* After ERROR_OK the file holds exactly `bytes`, on the disk; whatever fails and whenever the
 * machine stops, it holds the old bytes or the new ones. One writer a name at a time; NAME.new is
 * used on the way. */
MUST_CHECK enum error file_write_whole(int folder, const char *name, struct str bytes);
/* `to` is then what `from` was, on the disk. A folder takes the place of an empty one alone. */
MUST_CHECK enum error file_rename(int folder, const char *from, const char *to);
MUST_CHECK enum error file_remove(int folder, const char *name);
/* An empty folder. */
MUST_CHECK enum error file_remove_folder(int folder, const char *name);
/* What reads of the file give is then on the disk, and its name. A sync alone does not do that: after one that
 * failed the system takes what it could not write for written, and gives it to readers all the same. So every byte
 * is written again where it stands. The file must be nobody else's to write. When that takes longer than `patience_us`,
 * `slow` is told once, with the length of the file, while it goes on. */
MUST_CHECK enum error file_settle(int folder, const char *name, int64_t patience_us,
				  void (*slow)(int64_t bytes));
/* Bytes that this user may still write on the disk of the file or folder at an operator's own path. */
MUST_CHECK enum error file_free_bytes(const char *path, uint64_t *ret_bytes);
/* Makes the file if need be and holds an exclusive lock on it until it is closed. */
MUST_CHECK enum error file_lock(int folder, const char *name, int *ret_file);

#endif
