/* SPDX-License-Identifier: Apache-2.0
 * What the ward writes at its start (policies, questions, channels) over a disk that is full then: it is said on every
 * board, and written when there is space, without another start. */
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "running.h"
#include "unit.h"
#include "ward/channel.h"
#include "ward/runner.h"
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define WORDS "could not be written into the record"

static struct world story;
static char folder[64];
static struct clock *test_clock;
static struct store *store;
static struct ward *ward;
static struct arena arena;
static struct rlimit space;

static int open_all(void **state)
{
	struct issues issues;
	(void)state;
	log_set_level(LOG_LEVEL_NONE);
	arena_init(&arena, (size_t)1 << 30);
	issues_init(&issues, &arena);
	snprintf(folder, sizeof(folder), "/tmp/homeward-setup-XXXXXX");
	assert_non_null(mkdtemp(folder));
	test_clock = clock_create_simulated(WORLD_START_US);
	const struct store_options options = { .path = str_from_c(folder), .clock = test_clock };
	assert_int_equal(store_open(&options, &issues, &store), ERROR_OK);
	signal(SIGXFSZ, SIG_IGN); /* then a write past the limit says EFBIG */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &space), 0);
	world_open(&story);
	return 0;
}

static int close_all(void **state)
{
	static const char *const names[] = { "store.lock", "store.sqlite", "store.sqlite-wal",
					     "store.sqlite-shm" };
	int below;
	(void)state;
	world_close(&story);
	ward_stop(ward);
	ward = NULL;
	store_close(store);
	clock_destroy(test_clock);
	arena_done(&arena);
	assert_int_equal(file_open_folder(folder, &below), ERROR_OK);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)!file_remove(below, names[i]);
	file_close(below);
	return rmdir(folder);
}

static enum error write_event(const struct world_event *event)
{
	return running_write(&(struct running){ store, test_clock, &arena }, event);
}

/* Everything of the story, but what the ward itself puts into the record. */
static void write_story(void)
{
	for (size_t i = 0; i < story.event_count; i++) {
		if (!str_equal(story.events[i].type, STR("PlanDefinition")) &&
		    !str_equal(story.events[i].type, STR("Endpoint")))
			assert_int_equal(write_event(&story.events[i]), ERROR_OK);
	}
}

static void fill_disk(void)
{
	struct rlimit small = space;
	enum error error = ERROR_OK;
	small.rlim_cur = 1 << 20;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (unsigned n = 0; n < 20000 && error == ERROR_OK; n++) {
		world_put(&story, "Basic", "filler", n + 1, "\"code\":{\"text\":\"%u\"}", n);
		error = write_event(&story.events[story.event_count - 1]);
	}
	assert_int_equal(error, ERROR_STORAGE_FULL);
}

static void free_disk(void)
{
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &space), 0);
}

static void start_ward(void)
{
	const struct ward_options options = { .store = store,
					      .clock = test_clock,
					      .channels = UINT32_C(1) << CHANNEL_WEBHOOK };
	ward = ward_start(&options);
	assert_non_null(ward);
}

static bool board_says(const char *words)
{
	return running_board_says(&(struct running){ store, test_clock, &arena }, ward, words);
}

static void expect_board(const char *words, bool said)
{
	for (int tries = 0; tries < 2000 && board_says(words) != said; tries++)
		usleep(5000);
	assert_int_equal(board_says(words), said);
}

static int64_t stored_count(const char *type)
{
	int64_t *counts;
	struct store_reader *reader = store_reader_borrow(store);
	assert_int_equal(store_counts(reader, &arena, &counts), ERROR_OK);
	store_reader_return(reader);
	return counts[fhir_resource_find(str_from_c(type))];
}

static bool webhook_is_active(void)
{
	struct store_version version;
	struct json *endpoint;
	struct store_reader *reader = store_reader_borrow(store);
	bool active = store_read(reader, &arena, fhir_resource_find(STR("Endpoint")),
				 STR(CHANNEL_ENDPOINT_PREFIX "webhook"), &version) == ERROR_OK &&
		      json_parse(&arena, version.body, NULL, NULL, &endpoint) == ERROR_OK &&
		      str_equal(json_get_text(endpoint, STR("status")), STR("active"));
	store_reader_return(reader);
	return active;
}

static void what_the_full_disk_of_a_start_refused_is_written_when_there_is_space(void **state)
{
	(void)state;
	world_patient(&story, "girl", "2023-05-10");
	world_admit(&story, "e1", "girl", CHILD);
	write_story();
	fill_disk();
	start_ward();
	expect_board("\"rows\":[{", true);
	expect_board(WORDS, true);
	assert_int_equal(stored_count("PlanDefinition"), 0);
	assert_false(webhook_is_active());
	free_disk();
	expect_board(WORDS, false);
	assert_true(stored_count("PlanDefinition") >= 2);
	assert_true(stored_count("Questionnaire") > 0);
	assert_true(webhook_is_active());
	/* and the stay is judged by the policy that it names */
	world_number(&story, "girl", TEMPERATURE, "38.6", story.now_us);
	assert_int_equal(write_event(&story.events[story.event_count - 1]), ERROR_OK);
	expect_board("\"rule\":\"fever\"", true);
}

static void a_start_that_could_write_everything_says_nothing(void **state)
{
	(void)state;
	world_patient(&story, "girl", "2023-05-10");
	world_admit(&story, "e1", "girl", CHILD);
	write_story();
	start_ward();
	expect_board("\"rows\":[{", true);
	assert_false(board_says(WORDS));
	assert_true(webhook_is_active());
}

static void it_is_tried_at_once_when_the_store_comes_back_else_once_a_minute(void **state)
{
	const int64_t minute_us = DATE_US_PER_MIN;
	struct setup setup = { .error = ERROR_OK };
	(void)state;
	assert_true(setup_is_due(&setup, false, false, minute_us)); /* never yet */
	setup_tried(&setup, ERROR_STORAGE_FULL, minute_us);
	assert_false(setup_is_due(&setup, true, false, 9 * minute_us)); /* in vain */
	assert_true(setup_is_due(&setup, true, true, 9 * minute_us));
	setup_tried(&setup, ERROR_STORAGE_FULL, 9 * minute_us);
	assert_true(setup_is_due(&setup, true, true, 9 * minute_us + 1)); /* writable again */
	setup_tried(&setup, ERROR_BUSY, 9 * minute_us + 1);
	assert_false(setup_is_due(&setup, true, true, 10 * minute_us));
	assert_true(setup_is_due(&setup, true, true, 10 * minute_us + 1));
	setup_tried(&setup, ERROR_OK, 10 * minute_us + 1);
	assert_false(setup_is_due(&setup, false, true, 90 * minute_us)); /* done */
	assert_true(setup_is_due(&setup, true, true, 90 * minute_us));   /* switched off */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_the_full_disk_of_a_start_refused_is_written_when_there_is_space),
		TEST(a_start_that_could_write_everything_says_nothing),
		cmocka_unit_test(it_is_tried_at_once_when_the_store_comes_back_else_once_a_minute),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
