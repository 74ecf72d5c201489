/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "os/process.h"

#include <fcntl.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_sees_what_was_and_changes_nothing),
		cmocka_unit_test(a_copy_says_that_its_work_failed),
		cmocka_unit_test(a_copy_is_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
