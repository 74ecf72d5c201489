/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "os/process.h"
#include "os/socket.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int number = 1;
static int file = -1;

static bool look(void *context)
{
	int expected = *(const int *)context;
	bool sees = number == expected;
	number = 100; /* in the copy alone */
	return sees && fcntl(file, F_GETFD) < 0;
}

static bool give_up(void *context)
{
	(void)context;
	return false;
}

static bool sleep_long(void *context)
{
	const struct timespec long_time = { .tv_sec = 600 };
	(void)context;
	return nanosleep(&long_time, NULL) == 0;
}

static bool wait_for(int process)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	bool done = false;
	while (!process_ended(process, &done))
		nanosleep(&moment, NULL);
	return done;
}

static void a_copy_sees_what_was_and_changes_nothing(void **state)
{
	(void)state;
	int expected = 7;
	number = 7;
	file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(file > 2);
	int process = process_copy(look, &expected);
	assert_int_not_equal(process, PROCESS_FAILED);
	number = 8;
	assert_true(wait_for(process));
	assert_int_equal(number, 8);
	assert_int_equal(close(file), 0);
}

static void a_copy_says_that_its_work_failed(void **state)
{
	(void)state;
	int process = process_copy(give_up, NULL);
	assert_int_not_equal(process, PROCESS_FAILED);
	assert_false(wait_for(process));
}

static void a_copy_is_ended(void **state)
{
	(void)state;
	bool done;
	int process = process_copy(sleep_long, NULL);
	assert_int_not_equal(process, PROCESS_FAILED);
	assert_false(process_ended(process, &done));
	process_end(process);
}

static void a_partner_hears_and_its_end_is_told(void **state)
{
	const char *const words[] = { "/bin/sh", "-c",
				      "read word; test \"$word\" = hello && exit 7", NULL };
	struct process_partner partner;
	int signal = -1;
	(void)state;
	assert_true(process_start(words, &partner));
	assert_true(socket_send_all(partner.line, STR("hello\n"), 10000));
	assert_int_equal(process_join(partner.process, &signal), 7);
	assert_int_equal(signal, 0);
	char byte;
	assert_int_equal(socket_receive(partner.line, &byte, 1, 10000), -1);
	assert_false(socket_send_all(partner.line, STR("hello\n"), 10000));
	socket_close(partner.line);
}

static void a_partner_that_a_signal_ends_says_which(void **state)
{
	const char *const words[] = { "/bin/sh", "-c", "kill -9 $$", NULL };
	struct process_partner partner;
	int signal = 0;
	(void)state;
	assert_true(process_start(words, &partner));
	assert_int_equal(process_join(partner.process, &signal), PROCESS_FAILED);
	assert_int_equal(signal, 9);
	socket_close(partner.line);
}

static void what_is_no_program_is_not_started(void **state)
{
	const char *const words[] = { "/nowhere/at/all", NULL };
	struct process_partner partner;
	(void)state;
	assert_false(process_start(words, &partner));
}

static bool is_confined(void *context)
{
	struct rlimit core;
	int open_file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (open_file < 0 || !process_confine(*(const uint64_t *)context))
		return false;
	bool closed = fcntl(open_file, F_GETFD) < 0;
	bool gives_way = getpriority(PRIO_PROCESS, 0) == 19;
	bool coreless = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0;
#if !defined(__SANITIZE_ADDRESS__)
	void *volatile much = malloc((size_t)512 * 1024 * 1024);
	void *volatile little = malloc((size_t)1024 * 1024);
	return closed && gives_way && coreless && much == NULL && little != NULL;
#else
	return closed && gives_way && coreless;
#endif
}

static void what_is_confined_has_no_more_than_it_may(void **state)
{
	uint64_t bytes_max = (uint64_t)256 * 1024 * 1024;
	(void)state;
	int process = process_copy(is_confined, &bytes_max);
	assert_int_not_equal(process, PROCESS_FAILED);
	assert_true(wait_for(process));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_sees_what_was_and_changes_nothing),
		cmocka_unit_test(a_copy_says_that_its_work_failed),
		cmocka_unit_test(a_copy_is_ended),
		cmocka_unit_test(a_partner_hears_and_its_end_is_told),
		cmocka_unit_test(a_partner_that_a_signal_ends_says_which),
		cmocka_unit_test(what_is_no_program_is_not_started),
		cmocka_unit_test(what_is_confined_has_no_more_than_it_may),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
