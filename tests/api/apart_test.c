/* SPDX-License-Identifier: Apache-2.0
 * What takes long is done by other threads: a server with one loop answers its other connections meanwhile. */
#include "api/http.h"
#include "os/socket.h"
#include "os/thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WAIT_MS 20000

static struct {
	struct server *server, *left; /* `left`: still held by its threads */
	struct clock *clock;
	struct mutex mutex;
	struct condition changed;
	int working, most; /* long questions being worked on, and how many there were at once */
	bool released;
} world;

/* --- what is served ----------------------------------------------------------------------------- */

static void work(struct call *call)
{
	mutex_lock(&world.mutex);
	world.working++;
	world.most = world.working > world.most ? world.working : world.most;
	condition_broadcast(&world.changed);
	while (!world.released)
		condition_wait(&world.changed, &world.mutex);
	world.working--;
	mutex_unlock(&world.mutex);
	call->status = 200;
	call->answer = STR("long");
	call->content_type = STR("text/plain");
}

static void long_handle(struct call *call)
{
	call_apart(call, work);
}

static void short_handle(struct call *call)
{
	call->status = 200;
	call->answer = STR("short");
	call->content_type = STR("text/plain");
}

static void failing_work(struct call *call)
{
	call_fail(call, issue_add(&call->issues, ERROR_CONFLICT, STR(""), "Found out late."));
}

static void failing_handle(struct call *call)
{
	call_apart(call, failing_work);
}

static const struct route routes[] = {
	{ HTTP_GET, "/long", long_handle, 0, false, "Takes long." },
	{ HTTP_GET, "/short", short_handle, 0, false, "Takes no time." },
	{ HTTP_GET, "/failing", failing_handle, 0, false, "Fails late." },
};

static int setup(void **state)
{
	static const struct route_table table = { routes, sizeof(routes) / sizeof(routes[0]) };
	struct arena arena;
	struct issues issues;
	memset(&world, 0, sizeof(world));
	world.clock = clock_create_real();
	const struct server_options options = {
		.clock = world.clock,
		.listen = STR("127.0.0.1:0"),
		.tables = &table,
		.table_count = 1,
		.thread_count = 1,
		.connections_max = 16,
		.connections_per_address_max = 16,
		.request_timeout_s = 10,
		.idle_timeout_s = 30,
		.answer_timeout_s = 10,
		.header_bytes_max = 16384,
		.body_bytes_max = 1024,
		.bodies_bytes_max = 65536,
	};
	(void)state;
	arena_init(&arena, (size_t)1024 * 1024);
	issues_init(&issues, &arena);
	mutex_init(&world.mutex);
	condition_init(&world.changed);
	if (server_start(&options, &issues, &world.server) != ERROR_OK)
		return 1;
	server_open(world.server);
	arena_done(&arena);
	return 0;
}

static void release(void)
{
	mutex_lock(&world.mutex);
	world.released = true;
	condition_broadcast(&world.changed);
	mutex_unlock(&world.mutex);
}

static int teardown(void **state)
{
	(void)state;
	release();
	if (world.server == NULL)
		return 0;
	bool stopped = server_stop(world.server, WAIT_MS);
	clock_destroy(world.clock);
	return stopped ? 0 : 1;
}

/* --- who asks ----------------------------------------------------------------------------------- */

static int ask(const char *path)
{
	struct arena arena;
	struct issues issues;
	char text[200];
	int handle = -1;
	arena_init(&arena, 65536);
	issues_init(&issues, &arena);
	struct str address = server_address(world.server);
	address = str_slice(address, strlen("http://"), address.len);
	assert_int_equal(socket_connect(address, WAIT_MS, &issues, &handle), ERROR_OK);
	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
	assert_true(socket_send_all(handle, str_from_c(text), WAIT_MS));
	arena_done(&arena);
	return handle;
}

/* The answer is there, begins with this status and has this in it. */
static void expect(int handle, const char *status, const char *body)
{
	char answer[4096] = "";
	size_t length = 0;
	while (strstr(answer, body) == NULL) {
		int came = socket_receive(handle, answer + length, sizeof(answer) - 1 - length,
					  WAIT_MS);
		assert_true(came > 0);
		length += (size_t)came;
		answer[length] = '\0';
	}
	assert_non_null(strstr(answer, status));
	socket_close(handle);
}

static void wait_until_working(int count)
{
	mutex_lock(&world.mutex);
	while (world.working < count)
		condition_wait(&world.changed, &world.mutex);
	mutex_unlock(&world.mutex);
}

/* --- tests -------------------------------------------------------------------------------------- */

static void a_question_that_takes_long_holds_up_no_other(void **state)
{
	(void)state;
	int first = ask("/long");
	wait_until_working(1);
	for (int i = 0; i < 5; i++)
		expect(ask("/short"), "200 OK", "short");
	release();
	expect(first, "200 OK", "long");
}

static void what_waits_for_a_thread_is_answered_in_its_turn(void **state)
{
	(void)state;
	int asked[6];
	for (int i = 0; i < 6; i++)
		asked[i] = ask("/long");
	wait_until_working(1);
	expect(ask("/short"), "200 OK", "short");
	release();
	for (int i = 0; i < 6; i++)
		expect(asked[i], "200 OK", "long");
	assert_int_equal(world.most, 1); /* as many as loops: memory and processors are bounded */
}

static void what_fails_late_is_told_as_any_failure(void **state)
{
	(void)state;
	expect(ask("/failing"), "409 Conflict", "Found out late.");
}

static void who_left_before_the_end_is_forgotten(void **state)
{
	(void)state;
	int gone = ask("/long");
	wait_until_working(1);
	socket_cut(gone);
	socket_close(gone);
	release();
	expect(ask("/long"), "200 OK", "long");
}

static void a_server_that_stops_does_what_it_has_begun(void **state)
{
	(void)state;
	int asked = ask("/long");
	wait_until_working(1);
	assert_false(server_stop(world.server, 50)); /* a thread still holds it */
	release();
	expect(asked, "200 OK", "long");
	world.left = world.server; /* nothing but the end of the process is safe now */
	world.server = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_question_that_takes_long_holds_up_no_other),
		TEST(what_waits_for_a_thread_is_answered_in_its_turn),
		TEST(what_fails_late_is_told_as_any_failure),
		TEST(who_left_before_the_end_is_forgotten),
		TEST(a_server_that_stops_does_what_it_has_begun),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
