/* SPDX-License-Identifier: Apache-2.0
 * kill -9 at random moments, a full disk, a store of a newer version, a second process, damage,
 * a folder that cannot be written. */
#include "support.h"

#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int setup(void **state)
{
	struct support *support = calloc(1, sizeof(*support));

	support_init(support);
	*state = support;
	return 0;
}

static int teardown(void **state)
{
	support_done(*state);
	free(*state);
	return 0;
}

static enum error create(struct support *support, const char *id, struct store_write *ret_write)
{
	struct support_vital vital = { .id = str_from_c(id),
				       .patient = STR("p1"),
				       .code = STR("8867-4"),
				       .at_us = SUPPORT_START_US,
				       .value = 80 };

	*ret_write = support_vital(&support->arena, STORE_CREATE, &vital);
	return support_commit(support, ret_write);
}

static void message_has(struct support *support, const char *word)
{
	assert_non_null(support->issues.first);
	if (str_find(support->issues.first->diagnostics, str_from_c(word)) ==
	    support->issues.first->diagnostics.len)
		fail_msg("\"%s\" is not in: %.*s", word,
			 STR_ARG(support->issues.first->diagnostics));
}

/* --- kill -9 -------------------------------------------------------------------------------- */

static int answers_fd;

static void tell_parent(struct store_commit *commit)
{
	int number = (int)(intptr_t)commit->context;

	if (commit->error == ERROR_OK && write(answers_fd, &number, sizeof(number)) < 0)
		_exit(1);
}

/* The child: creates resources (every fourth commit of two) until it is killed, and says which are
 * acknowledged. */
static void child_run(struct support *support, int first)
{
	struct store_write *writes = ARENA_NEW(&support->arena, struct store_write, 200000);
	struct store_commit *commits = ARENA_NEW(&support->arena, struct store_commit, 100000);

	support_open(support);
	for (int i = 0; i < 100000; i++) {
		int number = first + i;
		size_t count = number % 4 == 0 ? 2 : 1;

		for (size_t j = 0; j < count; j++) {
			struct support_vital vital = { .id = support_format(&support->arena,
									    "r%d-%zu", number, j),
						       .patient = STR("p1"),
						       .code = STR("8867-4"),
						       .at_us = SUPPORT_START_US + number,
						       .value = 80 };

			writes[2 * i + (int)j] =
				support_vital(&support->arena, STORE_CREATE, &vital);
		}
		commits[i] = support_commit_of(&writes[2 * i], count);
		commits[i].done = tell_parent;
		commits[i].context = (void *)(intptr_t)number;
		while (store_submit(support->store, &commits[i]) == ERROR_BUSY)
			usleep(100);
	}
	_exit(0);
}

static bool exists(struct support *support, struct store_reader *reader, int number, int part)
{
	struct store_version version;

	return store_read(reader, &support->arena, fhir_resource_find(STR("Observation")),
			  support_format(&support->arena, "r%d-%d", number, part),
			  &version) == ERROR_OK;
}

static void what_was_acknowledged_survives_kill_9(void **state)
{
	struct support *support = *state;
	unsigned random = (unsigned)clock_monotonic_us();
	int acknowledged_in_all = 0;

	printf("# seed %u\n", random);
	for (int round = 0; round < 20; round++) {
		static int acknowledged[100000];
		int pipes[2], status, count = 0, number, first = round * 100000;
		struct store_reader *reader;
		struct store_figures figures;
		struct store_version *versions;
		size_t version_count;
		pid_t child;

		assert_int_equal(pipe(pipes), 0);
		fflush(NULL);
		child = fork();
		if (child == 0) {
			close(pipes[0]);
			answers_fd = pipes[1];
			child_run(support, first);
		}
		close(pipes[1]);
		/* Killed after so many answers, somewhere in the next group. */
		for (int until = (int)(rand_r(&random) % 600); count <= until; count++) {
			if (read(pipes[0], &number, sizeof(number)) != sizeof(number))
				break;
			acknowledged[count] = number;
		}
		usleep((unsigned)rand_r(&random) % 3000);
		kill(child, SIGKILL);
		while (count < 100000 && read(pipes[0], &number, sizeof(number)) == sizeof(number))
			acknowledged[count++] = number;
		close(pipes[0]);
		waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status));
		arena_reset(&support->arena);
		issues_init(&support->issues, &support->arena);
		support_open(support);
		reader = store_reader_borrow(support->store);
		for (int i = 0; i < count; i++) {
			assert_true(exists(support, reader, acknowledged[i], 0));
			if (acknowledged[i] % 4 == 0)
				assert_true(exists(support, reader, acknowledged[i], 1));
		}
		/* None half-written: of a pair both or none, acknowledged or not. */
		for (int i = first; i < first + count + 2000; i += 4)
			assert_true(exists(support, reader, i, 0) == exists(support, reader, i, 1));
		store_figures(support->store, &figures);
		assert_int_equal(store_feed(reader, &support->arena, 0,
					    (size_t)figures.feed_last + 1, &versions,
					    &version_count),
				 ERROR_OK);
		assert_int_equal(version_count, figures.feed_last); /* no gap */
		store_reader_return(reader);
		support_close(support);
		acknowledged_in_all += count;
	}
	printf("# %d acknowledged commits, none lost\n", acknowledged_in_all);
	assert_true(acknowledged_in_all > 0);
}

/* --- a full disk ---------------------------------------------------------------------------- */

static int64_t log_size(struct support *support)
{
	struct stat status;
	struct str path = support_format(&support->arena, "%s/store.sqlite-wal", support->folder);

	return stat(path.ptr, &status) == 0 ? status.st_size : 0;
}

static void a_full_disk_acknowledges_nothing_and_heals(void **state)
{
	struct support *support = *state;
	struct rlimit limit, before;
	struct store_write write;
	struct store_reader *reader;
	struct store_version version;
	enum error error = ERROR_OK;
	int number = 0, failed;

	signal(SIGXFSZ, SIG_IGN); /* then a write past the limit says EFBIG */
	support_open(support);
	assert_int_equal(create(support, "first", &write), ERROR_OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)log_size(support) + 200000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	while (error == ERROR_OK && number < 10000) {
		struct str id = support_format(&support->arena, "n%d", number++);

		error = create(support, id.ptr, &write);
	}
	failed = number - 1;
	assert_int_equal(error, ERROR_STORAGE_FULL);
	assert_int_equal(store_state(support->store), STORE_FULL);
	assert_int_equal(create(support, "later", &write), ERROR_STORAGE_FULL);
	reader = store_reader_borrow(support->store); /* reading goes on */
	assert_int_equal(store_read(reader, &support->arena, write.type, STR("first"), &version),
			 ERROR_OK);
	assert_int_equal(store_read(reader, &support->arena, write.type,
				    support_format(&support->arena, "n%d", failed), &version),
			 ERROR_NOT_FOUND);
	store_reader_return(reader);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	for (int i = 0; i < 200 && store_state(support->store) != STORE_READY; i++)
		usleep(50000);
	assert_int_equal(store_state(support->store), STORE_READY);
	assert_int_equal(create(support, "later", &write), ERROR_OK);
	assert_int_equal(write.feed, failed + 2); /* numbers of what failed are not lost */
	support_close(support);
	support_open(support);
	reader = store_reader_borrow(support->store);
	for (int i = 0; i < failed; i++)
		assert_int_equal(store_read(reader, &support->arena, write.type,
					    support_format(&support->arena, "n%d", i), &version),
				 ERROR_OK);
	store_reader_return(reader);
}

/* --- opening -------------------------------------------------------------------------------- */

static enum error try_open(struct support *support)
{
	struct store_options options = support_options(support);
	struct store *store = NULL;
	enum error error;

	issues_init(&support->issues, &support->arena);
	error = store_open(&options, &support->issues, &store);
	if (error == ERROR_OK)
		store_close(store);
	return error;
}

static void a_newer_store_is_refused_and_left_alone(void **state)
{
	struct support *support = *state;
	sqlite3 *handle = NULL;
	struct str file;

	support_open(support);
	support_close(support);
	file = support_format(&support->arena, "%s/store.sqlite", support->folder);
	assert_int_equal(sqlite3_open(file.ptr, &handle), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(handle, "INSERT INTO migration VALUES (999, 1, 1)", NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(try_open(support), ERROR_STORAGE);
	message_has(support, "version 999");
	assert_int_equal(sqlite3_exec(handle,
				      "DELETE FROM migration WHERE number = 999;"
				      "UPDATE migration SET checksum = 5 WHERE number = 1",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(handle);
	assert_int_equal(try_open(support), ERROR_STORAGE);
	message_has(support, "Migration 1");
}

static void one_process_owns_a_store(void **state)
{
	struct support *support = *state;
	struct store_options options = support_options(support);
	struct store_write write;
	struct store *tool = NULL;
	struct store_reader *reader;
	struct store_version version;

	support_open(support);
	assert_int_equal(create(support, "o1", &write), ERROR_OK);
	assert_int_equal(try_open(support), ERROR_STORAGE);
	message_has(support, "Another homeward process");
	/* A tool may read beside it. */
	options.read_only = true;
	assert_int_equal(store_open(&options, &support->issues, &tool), ERROR_OK);
	reader = store_reader_borrow(tool);
	assert_int_equal(store_read(reader, &support->arena, write.type, STR("o1"), &version),
			 ERROR_OK);
	store_reader_return(reader);
	{
		struct store_commit commit = support_commit_of(&write, 1);

		assert_int_equal(store_commit_wait(tool, &commit), ERROR_STORAGE);
	}
	store_close(tool);
	assert_int_equal(create(support, "o2", &write), ERROR_OK);
}

static void damage_is_told(void **state)
{
	struct support *support = *state;
	struct str file = support_format(&support->arena, "%s/store.sqlite", support->folder);
	struct store_write write;
	int fd;

	support_open(support);
	assert_int_equal(create(support, "o1", &write), ERROR_OK);
	support_close(support);
	fd = open(file.ptr, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "not a database at all", 21, 0), 21);
	close(fd);
	assert_int_equal(try_open(support), ERROR_STORAGE);
	message_has(support, "damaged");
	/* Another program's file. */
	fd = open(file.ptr, O_WRONLY | O_TRUNC | O_CLOEXEC);
	close(fd);
	{
		sqlite3 *handle = NULL;

		assert_int_equal(sqlite3_open(file.ptr, &handle), SQLITE_OK);
		assert_int_equal(sqlite3_exec(handle, "CREATE TABLE x (a)", NULL, NULL, NULL),
				 SQLITE_OK);
		sqlite3_close(handle);
	}
	assert_int_equal(try_open(support), ERROR_STORAGE);
	message_has(support, "another program");
}

static void verify_finds_what_was_tampered_with(void **state)
{
	struct support *support = *state;
	struct str file = support_format(&support->arena, "%s/store.sqlite", support->folder);
	static const char *const tampering[] = {
		"DELETE FROM token WHERE code = 'final'",
		"INSERT INTO string VALUES (1, 'x', 1)",
		"UPDATE version SET at_us = at_us + 1000000 WHERE feed = 1",
		"UPDATE version SET body = x'0001' WHERE feed = 2",
		"DELETE FROM version WHERE feed = 1",
	};

	for (size_t i = 0; i < sizeof(tampering) / sizeof(tampering[0]); i++) {
		sqlite3 *handle = NULL;

		support_open(support);
		if (i == 0) {
			support_put(support,
				    "{\"resourceType\":\"Observation\",\"id\":\"a\",\"status\":"
				    "\"final\",\"code\":{\"text\":\"x\"}}");
			support_put(support,
				    "{\"resourceType\":\"Observation\",\"id\":\"b\",\"status\":"
				    "\"final\",\"code\":{\"text\":\"x\"}}");
			assert_int_equal(store_verify(support->store, &support->issues, NULL, NULL),
					 ERROR_OK);
		}
		support_close(support);
		assert_int_equal(sqlite3_open(file.ptr, &handle), SQLITE_OK);
		assert_int_equal(sqlite3_exec(handle, tampering[i], NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(handle);
		support_open(support);
		issues_init(&support->issues, &support->arena);
		assert_int_equal(store_verify(support->store, &support->issues, NULL, NULL),
				 ERROR_CONFLICT);
		assert_true(support->issues.count > 0);
		support_close(support);
	}
}

static void a_path_that_is_no_folder_is_refused(void **state)
{
	struct support *support = *state;
	struct store_options options = support_options(support);
	struct store *store = NULL;

	options.path = STR("/proc/nothing/here");
	assert_int_equal(store_open(&options, &support->issues, &store), ERROR_STORAGE);
	message_has(support, "data folder");
	/* What is absent of a path is made. */
	options.path = support_format(&support->arena, "%s/a/b//c", support->folder);
	assert_int_equal(store_open(&options, &support->issues, &store), ERROR_OK);
	store_close(store);
	assert_int_equal(
		unlink(support_format(&support->arena, "%s/a/b/c/store.lock", support->folder).ptr),
		0);
	assert_int_equal(
		unlink(support_format(&support->arena, "%s/a/b/c/store.sqlite", support->folder)
			       .ptr),
		0);
	assert_int_equal(rmdir(support_format(&support->arena, "%s/a/b/c", support->folder).ptr),
			 0);
	assert_int_equal(rmdir(support_format(&support->arena, "%s/a/b", support->folder).ptr), 0);
	assert_int_equal(rmdir(support_format(&support->arena, "%s/a", support->folder).ptr), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(what_was_acknowledged_survives_kill_9),
		CASE(a_full_disk_acknowledges_nothing_and_heals),
		CASE(a_newer_store_is_refused_and_left_alone),
		CASE(one_process_owns_a_store),
		CASE(damage_is_told),
		CASE(verify_finds_what_was_tampered_with),
		CASE(a_path_that_is_no_folder_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
