/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "os/log.h"

#include <errno.h>
#include <unistd.h>

static int ends[2];

static int open_pipe(void **state)
{
	(void)state;
	assert_int_equal(pipe(ends), 0);
	log_set_output(ends[1]);
	log_set_level(LOG_LEVEL_INFO);
	return 0;
}

static int close_pipe(void **state)
{
	(void)state;
	log_set_output(STDERR_FILENO);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return 0;
}

/* The line that was written, behind the time. */
static struct str read_log(void)
{
	static char bytes[8192];
	ssize_t length = read(ends[0], bytes, sizeof(bytes));
	assert_true(length > 0);
	struct str text = { bytes, (size_t)length };
	assert_true(str_starts_with(text, STR("{\"time\":\"20")));
	return str_slice(text, sizeof("{\"time\":\"2026-11-22T04:52:46.123Z\"") - 1, text.len);
}

static void a_line_is_one_object_with_typed_fields(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_DEBUG);
	LOG_WITH(EVENT_REQUEST, LOG_COUNT("status", 200), LOG_DURATION("took", 1234),
		 LOG_WORD("method", "GET"), LOG_ERROR("error", ERROR_GONE),
		 LOG_ERRNO("cause", ENOSPC));
	assert_str_equal(
		read_log(),
		",\"level\":\"debug\",\"event\":\"request\",\"status\":200,\"took_us\":1234,"
		"\"method\":\"GET\",\"error\":\"GONE\",\"cause\":\"ENOSPC\"}\n");
	LOG(EVENT_SERVER_READY);
	assert_str_equal(read_log(), ",\"level\":\"info\",\"event\":\"server.ready\"}\n");
}

static void events_below_the_level_are_dropped(void **state)
{
	(void)state;
	LOG(EVENT_REQUEST);
	LOG(EVENT_SERVER_READY);
	assert_str_equal(read_log(), ",\"level\":\"info\",\"event\":\"server.ready\"}\n");
	log_set_level(LOG_LEVEL_ERROR);
	LOG(EVENT_SERVER_READY);
	LOG(EVENT_STORE_FAILED);
	assert_str_equal(read_log(), ",\"level\":\"error\",\"event\":\"store.failed\"}\n");
}

static void ids_do_not_appear_but_can_be_told_apart(void **state)
{
	(void)state;
	static char first[8192];
	LOG_WITH(EVENT_SERVER_READY, LOG_ID("patient", STR("943 476 5919")));
	struct str line = read_log();
	assert_int_equal(str_find(line, STR("943")), line.len);
	memcpy(first, line.ptr, line.len);
	struct str kept = { first, line.len };
	LOG_WITH(EVENT_SERVER_READY, LOG_ID("patient", STR("943 476 5919")));
	assert_true(str_equal(read_log(), kept));
	LOG_WITH(EVENT_SERVER_READY, LOG_ID("patient", STR("943 476 5870")));
	assert_false(str_equal(read_log(), kept));
}

static void level_names_are_read(void **state)
{
	(void)state;
	enum log_level level;
	assert_true(log_level_from_name(STR("warning"), &level));
	assert_int_equal(level, LOG_LEVEL_WARNING);
	assert_false(log_level_from_name(STR("WARN"), &level));
	assert_false(log_level_from_name(STR(""), &level));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_is_one_object_with_typed_fields, open_pipe,
						close_pipe),
		cmocka_unit_test_setup_teardown(events_below_the_level_are_dropped, open_pipe,
						close_pipe),
		cmocka_unit_test_setup_teardown(ids_do_not_appear_but_can_be_told_apart, open_pipe,
						close_pipe),
		cmocka_unit_test(level_names_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
