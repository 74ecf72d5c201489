/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

#include "os/copy.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

static void whole_files_are_written_and_read(void **state)
{
	(void)state;
	struct str bytes;
	struct stat status;
	assert_int_equal(file_write_whole(folder, "a", STR("first")), ERROR_OK);
	assert_int_equal(file_write_whole(folder, "a", STR("second text")), ERROR_OK);
	assert_int_equal(file_read_whole(&arena, folder, "a", 11, &bytes), ERROR_OK);
	assert_str_equal(bytes, "second text");
	assert_int_equal(bytes.ptr[bytes.len], 0);
	assert_int_equal(fstatat(folder, "a", &status, 0), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(fstatat(folder, "a.new", &status, 0), -1);
	assert_int_equal(file_read_whole(&arena, folder, "a", 10, &bytes), ERROR_TOO_LARGE);
	assert_int_equal(file_write_whole(folder, "a", STR("")), ERROR_OK);
	assert_int_equal(file_read_whole(&arena, folder, "a", 0, &bytes), ERROR_OK);
	assert_int_equal(bytes.len, 0);
	assert_int_equal(file_remove(folder, "a"), ERROR_OK);
	assert_int_equal(file_remove(folder, "a"), ERROR_NOT_FOUND);
	assert_int_equal(file_read_whole(&arena, folder, "a", 10, &bytes), ERROR_NOT_FOUND);
}

static void add_bytes(void *context, int64_t bytes)
{
	*(int64_t *)context += bytes;
}

static void a_copy_has_the_hash_of_what_was_copied_and_overwrites_nothing(void **state)
{
	(void)state;
	struct copy_seal seal, again;
	struct str bytes;
	int64_t told = 0;
	int below;
	const struct copy_progress progress = { add_bytes, &told }, silent = { NULL, NULL };
	static char large[20001];
	memset(large, 'x', sizeof(large) - 1);
	assert_int_equal(file_make_folder(folder, "below"), ERROR_OK);
	assert_int_equal(file_make_folder(folder, "below"), ERROR_CONFLICT);
	assert_int_equal(file_open_folder_below(folder, "below", false, &below), ERROR_OK);
	assert_int_equal(file_write_whole(folder, "abc", STR("abc")), ERROR_OK);
	assert_int_equal(file_write_whole(folder, "large", str_from_c(large)), ERROR_OK);
	assert_int_equal(copy_file(folder, below, "abc", &silent, &seal), ERROR_OK);
	/* FIPS 180-4's own example. */
	assert_string_equal(seal.sha256,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(seal.bytes, 3);
	assert_int_equal(file_read_whole(&arena, below, "abc", 3, &bytes), ERROR_OK);
	assert_str_equal(bytes, "abc");
	assert_int_equal(copy_file(folder, below, "abc", &silent, &seal), ERROR_CONFLICT);
	assert_int_equal(copy_file(folder, below, "absent", &silent, &seal), ERROR_NOT_FOUND);
	assert_int_equal(copy_file(folder, below, "below", &silent, &seal), ERROR_STORAGE);
	assert_int_equal(copy_file(folder, below, "large", &progress, &seal), ERROR_OK);
	assert_int_equal(told, sizeof(large) - 1);
	assert_int_equal(copy_seal_file(below, "large", &silent, &again), ERROR_OK);
	assert_string_equal(seal.sha256, again.sha256);
	assert_int_equal(file_remove_folder(folder, "below"), ERROR_CONFLICT);
	assert_int_equal(file_remove(below, "abc"), ERROR_OK);
	assert_int_equal(file_remove(below, "large"), ERROR_OK);
	file_close(below);
	assert_int_equal(file_remove_folder(folder, "below"), ERROR_OK);
	assert_int_equal(file_remove(folder, "abc"), ERROR_OK);
	assert_int_equal(file_remove(folder, "large"), ERROR_OK);
}

static void what_a_crash_left_behind_is_written_over(void **state)
{
	(void)state;
	struct str bytes;
	int file;
	assert_int_equal(file_open_below(folder, "b.new", O_CREAT | O_WRONLY, &file), ERROR_OK);
	assert_int_equal(write(file, "half of something", 17), 17);
	file_close(file);
	assert_int_equal(file_write_whole(folder, "b", STR("whole")), ERROR_OK);
	assert_int_equal(file_read_whole(&arena, folder, "b", 100, &bytes), ERROR_OK);
	assert_str_equal(bytes, "whole");
	assert_int_equal(file_remove(folder, "b"), ERROR_OK);
}

static void a_line_is_the_first_of_the_file_at_a_path(void **state)
{
	(void)state;
	char long_file[4097];
	char *name = arena_take(&arena, 100, 1);
	struct str line = { NULL, 0 };
	snprintf(name, 100, "%s/secret", path);
	assert_int_equal(file_read_line(&arena, str_from_c(name), &line), ERROR_NOT_FOUND);
	assert_int_equal(file_write_whole(folder, "secret", STR(" word of mouth \r\nnot this\n")),
			 ERROR_OK);
	assert_int_equal(file_read_line(&arena, str_from_c(name), &line), ERROR_OK);
	assert_true(str_equal(line, STR("word of mouth")));
	assert_int_equal(file_write_whole(folder, "secret", STR("")), ERROR_OK);
	assert_int_equal(file_read_line(&arena, str_from_c(name), &line), ERROR_OK);
	assert_int_equal(line.len, 0);
	memset(long_file, 'x', sizeof(long_file));
	assert_int_equal(
		file_write_whole(folder, "secret", (struct str){ long_file, sizeof(long_file) }),
		ERROR_OK);
	assert_int_equal(file_read_line(&arena, str_from_c(name), &line), ERROR_TOO_LARGE);
	assert_int_equal(file_remove(folder, "secret"), ERROR_OK);
	assert_int_equal(file_read_line(&arena, STR("/nothing/here"), &line), ERROR_NOT_FOUND);
	assert_int_equal(file_read_line(&arena, STR("/tmp/"), &line), ERROR_BAD_REQUEST);
}

static void names_never_become_paths(void **state)
{
	(void)state;
	char longest[300];
	memset(longest, 'x', sizeof(longest));
	longest[299] = '\0';
	const char *const bad[] = { "", ".", "..", "../a", "a/b", "/etc/passwd", longest };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int file = -7;
		struct str bytes;
		assert_int_equal(file_open_below(folder, bad[i], O_RDONLY, &file),
				 ERROR_BAD_REQUEST);
		assert_int_equal(file_open_folder_below(folder, bad[i], true, &file),
				 ERROR_BAD_REQUEST);
		assert_int_equal(file_read_whole(&arena, folder, bad[i], 10, &bytes),
				 ERROR_BAD_REQUEST);
		assert_int_equal(file_write_whole(folder, bad[i], STR("x")), ERROR_BAD_REQUEST);
		assert_int_equal(file_remove(folder, bad[i]), ERROR_BAD_REQUEST);
		assert_int_equal(file_lock(folder, bad[i], &file), ERROR_BAD_REQUEST);
		assert_int_equal(file, -7);
	}
}

static void links_folders_and_pipes_are_not_read(void **state)
{
	(void)state;
	struct str bytes;
	int below;
	assert_int_equal(symlinkat("/etc/passwd", folder, "link"), 0);
	assert_int_equal(file_read_whole(&arena, folder, "link", 100000, &bytes), ERROR_STORAGE);
	assert_int_equal(unlinkat(folder, "link", 0), 0);
	assert_int_equal(mkfifoat(folder, "pipe", 0600), 0);
	assert_int_equal(file_read_whole(&arena, folder, "pipe", 100000, &bytes), ERROR_STORAGE);
	assert_int_equal(unlinkat(folder, "pipe", 0), 0);
	assert_int_equal(file_open_folder_below(folder, "deep", false, &below), ERROR_NOT_FOUND);
	assert_int_equal(file_open_folder_below(folder, "deep", true, &below), ERROR_OK);
	assert_int_equal(fcntl(below, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	file_close(below);
	assert_int_equal(file_open_folder_below(folder, "deep", true, &below), ERROR_OK);
	file_close(below);
	assert_int_equal(file_read_whole(&arena, folder, "deep", 100000, &bytes), ERROR_STORAGE);
	assert_int_equal(unlinkat(folder, "deep", AT_REMOVEDIR), 0);
}

static void a_lock_has_one_holder(void **state)
{
	(void)state;
	int first;
	int second;
	assert_int_equal(file_lock(folder, "lock", &first), ERROR_OK);
	assert_int_equal(file_lock(folder, "lock", &second), ERROR_CONFLICT);
	file_close(first);
	assert_int_equal(file_lock(folder, "lock", &second), ERROR_OK);
	file_close(second);
	assert_int_equal(file_remove(folder, "lock"), ERROR_OK);
}

static void free_space_is_known(void **state)
{
	(void)state;
	uint64_t bytes = 0;
	assert_int_equal(file_free_bytes(path, &bytes), ERROR_OK);
	assert_true(bytes > 0);
	assert_int_equal(file_free_bytes("/nothing/here", &bytes), ERROR_NOT_FOUND);
}

/* A limit on the size of files stands for a disk without room: both end a write half way. */
static void a_failed_write_keeps_the_old_bytes_and_leaves_nothing(void **state)
{
	(void)state;
	static char large[65536];
	struct rlimit before;
	struct stat status;
	struct str bytes;
	assert_int_equal(file_write_whole(folder, "c", STR("old")), ERROR_OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	struct rlimit small = { 4096, before.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum error error = file_write_whole(folder, "c", (struct str){ large, sizeof(large) });
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(error, ERROR_STORAGE_FULL);
	assert_int_equal(fstatat(folder, "c.new", &status, 0), -1);
	assert_int_equal(file_read_whole(&arena, folder, "c", 100000, &bytes), ERROR_OK);
	assert_str_equal(bytes, "old");
	assert_int_equal(file_remove(folder, "c"), ERROR_OK);
	assert_int_equal(file_open_folder("/nowhere/at/all", &(int){ 0 }), ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_files_are_written_and_read),
		cmocka_unit_test(a_copy_has_the_hash_of_what_was_copied_and_overwrites_nothing),
		cmocka_unit_test(what_a_crash_left_behind_is_written_over),
		cmocka_unit_test(a_line_is_the_first_of_the_file_at_a_path),
		cmocka_unit_test(names_never_become_paths),
		cmocka_unit_test(links_folders_and_pipes_are_not_read),
		cmocka_unit_test(a_lock_has_one_holder),
		cmocka_unit_test(free_space_is_known),
		cmocka_unit_test(a_failed_write_keeps_the_old_bytes_and_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
