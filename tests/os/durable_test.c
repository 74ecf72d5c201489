/* SPDX-License-Identifier: Apache-2.0
 * In which order a file reaches the disk: what a power loss leaves of it depends on that. The calls that os/file.c
 * makes are written down on their way (the linker's --wrap). */
#include "folder.h"

#include <fcntl.h>

ssize_t __real_write(int file, const void *bytes, size_t length);
ssize_t __wrap_write(int file, const void *bytes, size_t length);
ssize_t __real_pwrite64(int file, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_pwrite64(int file, const void *bytes, size_t length, off_t offset);
int __real_fsync(int file);
int __wrap_fsync(int file);
int __real_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __real_unlinkat(int in, const char *name, int flags);
int __wrap_unlinkat(int in, const char *name, int flags);
int __real_mkdirat(int in, const char *name, mode_t mode);
int __wrap_mkdirat(int in, const char *name, mode_t mode);

static char calls[1000];
static bool calls_off;

static void called(const char *what, const char *name)
{
	size_t length = strlen(calls);

	if (calls_off)
		return;
	snprintf(calls + length, sizeof(calls) - length, "%s%s %s", length > 0 ? ", " : "", what,
		 name);
}

static void called_on(const char *what, int file)
{
	char link[64], name[256] = "";
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	length = readlink(link, name, sizeof(name) - 1);
	if (length < (ssize_t)sizeof(path) - 1 || memcmp(name, path, sizeof(path) - 1) != 0)
		return;
	name[length] = '\0';
	called(what, name[sizeof(path) - 1] == '/' ? name + sizeof(path) : "folder");
}

ssize_t __wrap_write(int file, const void *bytes, size_t length)
{
	called_on("write", file);
	return __real_write(file, bytes, length);
}

ssize_t __wrap_pwrite64(int file, const void *bytes, size_t length, off_t offset)
{
	called_on("write", file);
	return __real_pwrite64(file, bytes, length, offset);
}

int __wrap_fsync(int file)
{
	called_on("sync", file);
	return __real_fsync(file);
}

int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	called("rename to", to);
	return __real_renameat(from_folder, from, to_folder, to);
}

int __wrap_unlinkat(int in, const char *name, int flags)
{
	called("remove", name);
	return __real_unlinkat(in, name, flags);
}

int __wrap_mkdirat(int in, const char *name, mode_t mode)
{
	called("make", name);
	return __real_mkdirat(in, name, mode);
}

static void calls_are(const char *expected)
{
	if (strcmp(calls, expected) != 0)
		fail_msg("%s", calls);
	calls[0] = '\0';
}

static void bytes_are_on_the_disk_before_their_name_is(void **state)
{
	(void)state;
	calls[0] = '\0';
	assert_int_equal(file_write_whole(folder, "a", STR("text")), ERROR_OK);
	calls_are("write a.new, sync a.new, rename to a, sync folder");
	assert_int_equal(file_rename(folder, "a", "b"), ERROR_OK);
	calls_are("rename to b, sync folder");
	assert_int_equal(file_remove(folder, "b"), ERROR_OK);
	calls_are("remove b, sync folder");
}

static void a_new_folder_is_on_the_disk_before_it_is_used(void **state)
{
	(void)state;
	int below;
	calls[0] = '\0';
	assert_int_equal(file_open_folder_below(folder, "below", true, &below), ERROR_OK);
	calls_are("make below, sync folder");
	file_close(below);
	char name[100];
	snprintf(name, sizeof(name), "%s/below", path);
	assert_int_equal(rmdir(name), 0);
}

static int64_t told_bytes;
static size_t told_times;

static void tell(int64_t bytes)
{
	told_bytes = bytes;
	told_times++;
}

static void who_waits_for_a_long_file_to_settle_is_told_once(void **state)
{
	enum { LONG_BYTES = 13 << 20 };
	(void)state;
	struct arena large;
	struct str read;
	arena_init(&large, (size_t)3 * LONG_BYTES);
	char *bytes = arena_take(&large, LONG_BYTES, 1);
	for (size_t i = 0; i < LONG_BYTES; i++)
		bytes[i] = (char)(i >> 9);
	struct str whole = { bytes, LONG_BYTES };
	assert_int_equal(file_write_whole(folder, "log", whole), ERROR_OK);
	calls_off = true;
	assert_int_equal(file_settle(folder, "log", INT64_MAX, tell), ERROR_OK);
	assert_int_equal(told_times, 0);
	assert_int_equal(file_settle(folder, "log", 0, tell), ERROR_OK);
	assert_int_equal(told_times, 1);
	assert_int_equal(told_bytes, LONG_BYTES);
	assert_int_equal(file_read_whole(&large, folder, "log", LONG_BYTES, &read), ERROR_OK);
	assert_true(str_equal(read, whole));
	calls_off = false;
	assert_int_equal(file_remove(folder, "log"), ERROR_OK);
	arena_done(&large);
	told_bytes = 0;
}

static void what_is_settled_is_written_again_and_stays_as_it_was(void **state)
{
	(void)state;
	char *bytes = arena_take(&arena, 20000, 1);
	struct str read;
	for (size_t i = 0; i < 20000; i++)
		bytes[i] = (char)(i * 7);
	struct str whole = { bytes, 20000 };
	assert_int_equal(file_write_whole(folder, "log", whole), ERROR_OK);
	calls[0] = '\0';
	assert_int_equal(file_settle(folder, "log", 0, tell), ERROR_OK);
	calls_are("write log, write log, write log, sync log, sync folder");
	assert_int_equal(told_bytes, 0); /* it is done before anybody could be told */
	assert_int_equal(file_read_whole(&arena, folder, "log", 20000, &read), ERROR_OK);
	assert_true(str_equal(read, whole));
	assert_int_equal(file_write_whole(folder, "log", STR("")), ERROR_OK);
	calls[0] = '\0';
	assert_int_equal(file_settle(folder, "log", 0, tell), ERROR_OK);
	calls_are("sync log, sync folder");
	assert_int_equal(file_remove(folder, "log"), ERROR_OK);
	assert_int_equal(file_settle(folder, "log", 0, tell), ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_on_the_disk_before_their_name_is),
		cmocka_unit_test(a_new_folder_is_on_the_disk_before_it_is_used),
		cmocka_unit_test(who_waits_for_a_long_file_to_settle_is_told_once),
		cmocka_unit_test(what_is_settled_is_written_again_and_stays_as_it_was),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
