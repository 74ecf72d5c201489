/* SPDX-License-Identifier: Apache-2.0
 * A folder of the test's own, empty when it ends. */
#ifndef TESTS_OS_FOLDER_H
#define TESTS_OS_FOLDER_H

#include "unit.h"

#include "os/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/homeward-os-test-XXXXXX";
static int folder;
static struct arena arena;

static inline int make_folder(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	assert_non_null(mkdtemp(path));
	assert_int_equal(file_open_folder(path, &folder), ERROR_OK);
	return 0;
}

static inline int remove_folder(void **state)
{
	(void)state;
	file_close(folder);
	arena_done(&arena);
	return rmdir(path);
}

#endif
