/* SPDX-License-Identifier: Apache-2.0 */
#include "os/path.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum error path_look(const char *path, struct path_about *ret_about)
{
	struct stat about;
	if (stat(path, &about) != 0)
		return ERROR_NOT_FOUND;
	*ret_about = (struct path_about){
		.is_folder = S_ISDIR(about.st_mode),
		.bytes = (int64_t)about.st_size,
		.changed_us =
			(int64_t)about.st_mtim.tv_sec * 1000000 + about.st_mtim.tv_nsec / 1000,
	};
	return ERROR_OK;
}

enum error path_absolute(struct arena *arena, const char *path, struct str *ret_path)
{
	char *absolute = realpath(path, NULL);
	if (absolute == NULL)
		return ERROR_NOT_FOUND;
	struct str copy = arena_copy(arena, str_from_c(absolute));
	free(absolute);
	if (copy.len == 0)
		return ERROR_LIMIT;
	*ret_path = copy;
	return ERROR_OK;
}

struct str path_plain(struct arena *arena, struct str path)
{
	while (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	return arena_copy(arena, path);
}

static int compare_names(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* Reads on from where the folder stands; NULL at its end. Dots are passed over. */
static const char *next_name(DIR *folder)
{
	for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
		if (entry->d_name[0] != '.')
			return entry->d_name;
	}
	return NULL;
}

enum error path_list(struct arena *arena, const char *folder, size_t count_max,
		     struct str **ret_names, size_t *ret_count)
{
	DIR *open_folder = opendir(folder);
	size_t capacity = 0, count = 0;
	if (open_folder == NULL)
		return ERROR_NOT_FOUND;
	while (next_name(open_folder) != NULL)
		capacity++;
	rewinddir(open_folder);
	struct str *names = ARENA_NEW(arena, struct str, capacity + 1);
	const char *name = names != NULL && capacity <= count_max ? next_name(open_folder) : NULL;
	for (; name != NULL && count < capacity; name = next_name(open_folder))
		names[count++] = arena_copy(arena, str_from_c(name));
	closedir(open_folder);
	if (names == NULL || arena->failed || capacity > count_max)
		return ERROR_LIMIT;
	qsort(names, count, sizeof(*names), compare_names);
	*ret_names = names;
	*ret_count = count;
	return ERROR_OK;
}

bool path_stderr_is_terminal(void)
{
	return isatty(STDERR_FILENO) == 1;
}
