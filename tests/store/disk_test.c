/* SPDX-License-Identifier: Apache-2.0
 * A full disk that first refuses the log's index. The index grows by 32 KiB when the log has its 4,062nd frame
 * (https://www.sqlite.org/walformat.html, 2.3), and SQLite keeps no record of why it could not. The disk is a file
 * system in memory, mounted in a namespace of this process. */
#include "support.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE_BYTES 4096
#define FRAME_BYTES (24 + PAGE_BYTES)
#define INDEX_FRAMES 4062

static bool may_mount;

static void write_text(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);

	if (file < 0)
		return;
	(void)!write(file, text, strlen(text));
	close(file);
}

/* Root needs a mount namespace only; others one of users too, where they are root. */
static bool namespace_enter(void)
{
	char map[64];
	bool as_root = geteuid() == 0;

	snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
	if (unshare(as_root ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0)
		return false;
	if (!as_root) {
		write_text("/proc/self/setgroups", "deny");
		write_text("/proc/self/uid_map", map);
	}
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int setup(void **state)
{
	struct support *support = calloc(1, sizeof(*support));

	support_init(support);
	*state = support;
	return may_mount ? mount("homeward-test", support->folder, "tmpfs", 0, "size=24m") : 0;
}

static int teardown(void **state)
{
	struct support *support = *state;

	support_close(support);
	if (may_mount)
		(void)umount2(support->folder, MNT_DETACH);
	support_done(support);
	free(support);
	return 0;
}

static long frames(struct support *support)
{
	struct stat status;
	struct str path = support_format(&support->arena, "%s/store.sqlite-wal", support->folder);

	return stat(path.ptr, &status) == 0 ? (long)(status.st_size - 32) / FRAME_BYTES : 0;
}

static long pages_left(struct support *support)
{
	struct statvfs status;

	assert_int_equal(statvfs(support->folder, &status), 0);
	return (long)(status.f_bavail * status.f_frsize / PAGE_BYTES);
}

/* Text that no packing makes smaller than its bits. */
static enum error create(struct support *support, int number, size_t padding)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
	static unsigned random = 1;
	struct store_write write = { .method = STORE_CREATE,
				     .type = fhir_resource_find(STR("Observation")),
				     .id = support_format(&support->arena, "n%d", number),
				     .version_expected = STORE_VERSION_ANY,
				     .index = support_index(&support->arena) };
	struct text text;

	text_init(&text, &support->arena, padding + 1024);
	text_put_format(&text,
			"{\"resourceType\":\"Observation\",\"id\":\"n%d\",\"meta\":{},"
			"\"status\":\"final\",\"note\":[{\"text\":\"",
			number);
	for (size_t i = 0; i < padding; i++)
		text_put_byte(&text, digits[rand_r(&random) % 64]);
	text_put(&text, STR("\"}]}"));
	write.body = text_view(&text);
	return support_commit(support, &write);
}

static void ballast(struct support *support, long pages)
{
	static const char page[PAGE_BYTES];
	struct str path = support_format(&support->arena, "%s/ballast", support->folder);
	int file = open(path.ptr, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(file >= 0);
	for (long i = 0; i < pages; i++)
		assert_int_equal(write(file, page, sizeof(page)), sizeof(page));
	close(file);
}

/* With so many pages left when the log's index is about to grow. */
static void fill(struct support *support, long left)
{
	struct str path = support_format(&support->arena, "%s/ballast", support->folder);
	struct store_reader *reader;
	struct store_version version;
	enum error error = ERROR_OK;
	int number = 0, stored;

	support_open(support);
	while (frames(support) < INDEX_FRAMES - 100)
		assert_int_equal(create(support, number++, 200000), ERROR_OK);
	while (frames(support) < INDEX_FRAMES - 12)
		assert_int_equal(create(support, number++, 100), ERROR_OK);
	assert_true(pages_left(support) > left);
	ballast(support, pages_left(support) - left);
	while (error == ERROR_OK && number < 10000)
		error = create(support, number++, 100);
	stored = number - 1;
	assert_int_equal(error, ERROR_STORAGE_FULL);
	assert_int_equal(store_state(support->store), STORE_FULL);
	assert_int_equal(create(support, number, 100), ERROR_STORAGE_FULL);
	usleep(1200000); /* a probe that fails leaves it so */
	assert_int_equal(store_state(support->store), STORE_FULL);
	assert_int_equal(unlink(path.ptr), 0);
	for (int i = 0; i < 200 && store_state(support->store) != STORE_READY; i++)
		usleep(50000);
	assert_int_equal(store_state(support->store), STORE_READY);
	assert_int_equal(create(support, stored, 100), ERROR_OK);
	assert_true(frames(support) > INDEX_FRAMES); /* or this test has not met the index */
	support_close(support);
	support_open(support);
	reader = store_reader_borrow(support->store);
	for (int i = 0; i <= stored; i++)
		assert_int_equal(store_read(reader, &support->arena,
					    fhir_resource_find(STR("Observation")),
					    support_format(&support->arena, "n%d", i), &version),
				 ERROR_OK);
	assert_int_equal(store_read(reader, &support->arena, fhir_resource_find(STR("Observation")),
				    support_format(&support->arena, "n%d", stored + 1), &version),
			 ERROR_NOT_FOUND);
	store_reader_return(reader);
}

static void run(void **state, long left)
{
	if (!may_mount) {
		print_message("# no file system can be mounted here\n");
		skip();
	}
	fill(*state, left);
}

#define LEFT(pages) \
	static void a_disk_with_##pages##_pages_left_is_full_and_heals(void **state) \
	{ \
		run(state, pages); \
	}
LEFT(4)
LEFT(8)
LEFT(11)
LEFT(16)
#undef LEFT

int main(void)
{
#define CASE(pages) \
	cmocka_unit_test_setup_teardown(a_disk_with_##pages##_pages_left_is_full_and_heals, setup, \
					teardown)
	const struct CMUnitTest tests[] = {
		CASE(4),
		CASE(8),
		CASE(11),
		CASE(16),
	};

	may_mount = namespace_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
