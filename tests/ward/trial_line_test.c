/* SPDX-License-Identifier: Apache-2.0
 * The line between the server and the process of a trial: what is sent arrives whole, and what is no message, or too
 * long, or of a side that is gone, is none. */
#include "unit.h"

#include "os/socket.h"
#include "ward/trial_line.h"

#include <sys/socket.h>

static struct arena arena;
static int ends[2];

static int open_line(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
}

static int close_line(void **state)
{
	(void)state;
	arena_done(&arena);
	socket_close(ends[0]);
	if (ends[1] >= 0)
		socket_close(ends[1]);
	return 0;
}

static bool receive(size_t bytes_max, struct trial_message *ret_message)
{
	return trial_line_receive(ends[0], &arena, bytes_max, NULL, NULL, ret_message);
}

static void hang_up(void)
{
	socket_close(ends[1]);
	ends[1] = -1;
}

static void messages_arrive_whole_and_in_order(void **state)
{
	struct trial_message message;
	(void)state;
	assert_true(trial_line_send(ends[1], TRIAL_PROGRESS, STR("42")));
	assert_true(trial_line_send(ends[1], TRIAL_GO_ON, STR("")));
	assert_true(receive(2, &message));
	assert_int_equal(message.letter, TRIAL_PROGRESS);
	assert_true(str_equal(message.text, STR("42")));
	assert_true(receive(0, &message));
	assert_int_equal(message.letter, TRIAL_GO_ON);
	assert_int_equal(message.text.len, 0);
}

static void what_is_too_long_is_not_taken(void **state)
{
	struct trial_message message;
	(void)state;
	assert_true(trial_line_send(ends[1], TRIAL_REPORT, STR("four")));
	assert_false(receive(3, &message));
}

static void what_is_no_message_is_none(void **state)
{
	struct trial_message message;
	(void)state;
	assert_true(socket_send_all(ends[1], STR("p0000000G"), 1000));
	assert_false(receive(100, &message));
}

static void half_a_message_of_a_side_that_is_gone_is_none(void **state)
{
	struct trial_message message;
	(void)state;
	assert_true(socket_send_all(ends[1], STR("p00000010half"), 1000));
	hang_up();
	assert_false(receive(100, &message));
	assert_false(trial_line_send(ends[0], TRIAL_GO_ON, STR("")));
}

static bool once(void *context)
{
	int *asked = context;
	return (*asked)++ < 1;
}

static void waiting_ends_when_it_is_told_to(void **state)
{
	struct trial_message message;
	int asked = 0;
	(void)state;
	assert_false(trial_line_receive(ends[0], &arena, 100, once, &asked, &message));
	assert_int_equal(asked, 2);
}

#define LINE_TEST(name) cmocka_unit_test_setup_teardown(name, open_line, close_line)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(messages_arrive_whole_and_in_order),
		LINE_TEST(what_is_too_long_is_not_taken),
		LINE_TEST(what_is_no_message_is_none),
		LINE_TEST(half_a_message_of_a_side_that_is_gone_is_none),
		LINE_TEST(waiting_ends_when_it_is_told_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
