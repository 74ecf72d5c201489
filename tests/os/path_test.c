/* SPDX-License-Identifier: Apache-2.0 */
#include "os/path.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void names_of_a_folder_ascend_without_hidden_ones(void **state)
{
	(void)state;
	static const char *const files[] = { "b", "a", ".hidden", "0-first" };
	char folder[] = "/tmp/homeward-path-XXXXXX";
	char path[100];
	struct arena arena;
	struct str *names = NULL;
	size_t count = 0;
	struct path_about about;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		assert_true(file >= 0);
		assert_int_equal(write(file, "12345", i), i);
		close(file);
	}
	arena_init(&arena, 100000);
	assert_int_equal(path_list(&arena, folder, 3, &names, &count), ERROR_OK);
	assert_int_equal(count, 3);
	assert_str_equal(names[0], "0-first");
	assert_str_equal(names[1], "a");
	assert_str_equal(names[2], "b");
	assert_int_equal(path_list(&arena, folder, 2, &names, &count), ERROR_LIMIT);
	assert_int_equal(path_look(path, &about), ERROR_OK);
	assert_false(about.is_folder);
	assert_int_equal(about.bytes, 3);
	assert_true(about.changed_us > 0);
	assert_int_equal(path_look(folder, &about), ERROR_OK);
	assert_true(about.is_folder);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
	arena_done(&arena);
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	struct arena arena;
	struct str *names = NULL, path;
	size_t count = 0;
	struct path_about about;
	arena_init(&arena, 100000);
	assert_int_equal(path_look("/nowhere/at/all", &about), ERROR_NOT_FOUND);
	assert_int_equal(path_list(&arena, "/nowhere/at/all", 10, &names, &count), ERROR_NOT_FOUND);
	assert_int_equal(path_absolute(&arena, "/nowhere/at/all", &path), ERROR_NOT_FOUND);
	assert_int_equal(path_absolute(&arena, "/usr/../usr/.", &path), ERROR_OK);
	assert_str_equal(path, "/usr");
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_a_folder_ascend_without_hidden_ones),
		cmocka_unit_test(what_is_not_there_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
