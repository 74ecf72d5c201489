/* SPDX-License-Identifier: Apache-2.0
 * What an operator's own paths on the command line lead to, and whether a person is watching.
 * Names from outside never come here: those belong to os/file.h. Thread: any. */
#ifndef OS_PATH_H
#define OS_PATH_H

#include "base/arena.h"
#include "base/error.h"

struct path_about {
	bool is_folder;
	int64_t bytes;
	int64_t changed_us; /* time of the last change of its content */
};
/* ERROR_NOT_FOUND when there is no such file or it may not be looked at. */
MUST_CHECK enum error path_look(const char *path, struct path_about *ret_about);
/* The absolute path without symbolic links, with a NUL that is not counted. */
MUST_CHECK enum error path_absolute(struct arena *arena, const char *path, struct str *ret_path);
/* The path without slashes at its end, with a NUL that is not counted; empty when the arena failed. */
struct str path_plain(struct arena *arena, struct str path);
/* Names in a folder (not those that start with a dot), by bytes ascending, each with a NUL that is not
 * counted. ERROR_NOT_FOUND, ERROR_LIMIT (arena, or more than count_max). */
MUST_CHECK enum error path_list(struct arena *arena, const char *folder, size_t count_max,
				struct str **ret_names, size_t *ret_count);
/* Whether stderr is a terminal, where progress is drawn over itself. */
bool path_stderr_is_terminal(void);

#endif
