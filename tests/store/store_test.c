/* SPDX-License-Identifier: Apache-2.0
 * Writing, reading, history, feed, cursors, timers, and what happens when two want the same. */
#include "support.h"

#include "os/thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
	struct support *support = calloc(1, sizeof(*support));

	support_init(support);
	support_open(support);
	*state = support;
	return 0;
}

static int teardown(void **state)
{
	support_done(*state);
	free(*state);
	return 0;
}

static struct store_write vital(struct support *support, enum store_method method, const char *id,
				double value)
{
	struct support_vital vital = { .id = str_from_c(id),
				       .patient = STR("p1"),
				       .code = STR("8867-4"),
				       .at_us = SUPPORT_START_US,
				       .value = value };

	return support_vital(&support->arena, method, &vital);
}

static void assert_text(struct str text, const char *expected)
{
	assert_int_equal(text.len, strlen(expected));
	assert_memory_equal(text.ptr, expected, text.len);
}

static void create_read_update_delete(void **state)
{
	struct support *support = *state;
	struct store_write write = vital(support, STORE_CREATE, "o1", 80);
	struct store_reader *reader = store_reader_borrow(support->store);
	struct store_version version;

	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_true(write.created && !write.unchanged);
	assert_int_equal(write.version, 1);
	assert_int_equal(write.feed, 1);
	assert_int_equal(write.at_us, SUPPORT_START_US);
	assert_int_equal(store_read(reader, &support->arena, write.type, STR("o1"), &version),
			 ERROR_OK);
	assert_text(version.id, "o1");
	assert_text(version.origin, "test");
	assert_true(str_starts_with(version.body,
				    STR("{\"resourceType\":\"Observation\",\"id\":\"o1\",\"meta\":"
					"{\"versionId\":\"1\",\"lastUpdated\":"
					"\"2026-01-01T00:00:00.000Z\"},\"status\"")));
	/* The same again makes no version. */
	write = vital(support, STORE_UPDATE, "o1", 80);
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_true(write.unchanged && !write.created);
	assert_int_equal(write.version, 1);
	clock_advance(support->clock, 5001500);
	write = vital(support, STORE_UPDATE, "o1", 81);
	write.version_expected = 1;
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_int_equal(write.version, 2);
	assert_int_equal(write.at_us, SUPPORT_START_US + 5001000);
	write = vital(support, STORE_DELETE, "o1", 0);
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_int_equal(write.version, 3);
	assert_int_equal(store_read(reader, &support->arena, write.type, STR("o1"), &version),
			 ERROR_GONE);
	assert_int_equal(version.version, 3);
	assert_int_equal(version.body.len, 0);
	assert_text(version.id, "o1");
	assert_int_equal(support_commit(support, &write), ERROR_OK); /* again: nothing to do */
	assert_true(write.unchanged);
	write = vital(support, STORE_UPDATE, "o1", 82);
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_true(write.created);
	assert_int_equal(write.version, 4);
	assert_int_equal(
		store_read_version(reader, &support->arena, write.type, STR("o1"), 2, &version),
		ERROR_OK);
	assert_int_equal(version.feed, 2);
	assert_int_equal(
		store_read_version(reader, &support->arena, write.type, STR("o1"), 1, &version),
		ERROR_OK);
	assert_int_equal(
		store_read_version(reader, &support->arena, write.type, STR("o1"), 3, &version),
		ERROR_GONE);
	assert_int_equal(
		store_read_version(reader, &support->arena, write.type, STR("o1"), 5, &version),
		ERROR_NOT_FOUND);
	assert_int_equal(store_read(reader, &support->arena, write.type, STR("o2"), &version),
			 ERROR_NOT_FOUND);
	/* Referred to, but never made. */
	assert_int_equal(store_read(reader, &support->arena, fhir_resource_find(STR("Patient")),
				    STR("p1"), &version),
			 ERROR_NOT_FOUND);
	store_reader_return(reader);
}

static void expected_versions(void **state)
{
	struct support *support = *state;
	struct store_write write = vital(support, STORE_CREATE, "o1", 80);
	struct store_commit commit;

	write.version_expected = STORE_VERSION_NONE;
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_int_equal(support_commit(support, &write), ERROR_PRECONDITION);
	write.version_expected = STORE_VERSION_ANY;
	assert_int_equal(support_commit(support, &write), ERROR_CONFLICT);
	write = vital(support, STORE_UPDATE, "o1", 81);
	write.version_expected = 7;
	commit = support_commit_of(&write, 1);
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_PRECONDITION);
	assert_int_equal(commit.failed_write, 0);
	assert_int_equal(commit.version_found, 1);
	write.version_expected = STORE_VERSION_NONE;
	assert_int_equal(support_commit(support, &write), ERROR_PRECONDITION);
}

static void all_of_a_commit_or_nothing(void **state)
{
	struct support *support = *state;
	struct store_write writes[3] = { vital(support, STORE_CREATE, "a", 1),
					 vital(support, STORE_CREATE, "b", 2),
					 vital(support, STORE_UPDATE, "c", 3) };
	struct store_timer timer = { STR("t"), 5 };
	struct store_reader *reader = store_reader_borrow(support->store);
	struct store_commit commit;
	struct store_version version;
	struct store_timer_row *rows;
	struct store_figures figures;
	int64_t *counts;
	size_t count;

	writes[2].version_expected = 4;
	commit = support_commit_of(writes, 3);
	commit.timers = &timer;
	commit.timer_count = 1;
	commit.cursor_name = STR("ward");
	commit.cursor = 99;
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_PRECONDITION);
	assert_int_equal(commit.failed_write, 2);
	assert_int_equal(store_read(reader, &support->arena, writes[0].type, STR("a"), &version),
			 ERROR_NOT_FOUND);
	assert_int_equal(store_cursor(reader, STR("ward")), 0);
	assert_int_equal(store_feed_last(reader), 0);
	writes[2].version_expected = STORE_VERSION_ANY;
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_OK);
	assert_int_equal(writes[2].feed, 3);
	assert_int_equal(store_cursor(reader, STR("ward")), 99);
	assert_int_equal(store_timers(reader, &support->arena, STR("t"), 5, &rows, &count),
			 ERROR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_timers(reader, &support->arena, STR("t"), 4, &rows, &count),
			 ERROR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_counts(reader, &support->arena, &counts), ERROR_OK);
	assert_int_equal(counts[writes[0].type], 3);
	timer.due_us = INT64_MIN;
	commit.write_count = 0;
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_OK);
	assert_int_equal(store_timers(reader, &support->arena, STR(""), 5, &rows, &count),
			 ERROR_OK);
	assert_int_equal(count, 0);
	store_figures(support->store, &figures);
	assert_int_equal(figures.commits, 2);
	assert_int_equal(figures.feed_last, 3);
	store_reader_return(reader);
}

static void feed_expected_sees_other_origins_only(void **state)
{
	struct support *support = *state;
	struct store_write write = vital(support, STORE_CREATE, "a", 1);
	struct store_commit commit = support_commit_of(&write, 1);

	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_OK);
	write = vital(support, STORE_CREATE, "b", 1);
	commit.origin = STR("ward");
	commit.feed_expected = 0;
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_CONFLICT);
	commit.feed_expected = 1;
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_OK);
	write = vital(support, STORE_CREATE, "c", 1);
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_OK);
	support_close(support);
	support_open(support);
	write = vital(support, STORE_CREATE, "d", 1);
	commit.feed_expected = 0;
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_CONFLICT);
	commit.feed_expected = 1;
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_OK);
}

static void history_pages_are_pinned(void **state)
{
	struct support *support = *state;
	struct store_reader *reader = store_reader_borrow(support->store);
	struct store_history history = { .type = fhir_resource_find(STR("Observation")),
					 .since_us = INT64_MIN,
					 .before_us = INT64_MAX,
					 .feed_max = INT64_MAX,
					 .feed_below = INT64_MAX,
					 .count = 2 };
	struct store_version *versions;
	struct store_write write;
	int64_t total;
	size_t count;

	for (int i = 0; i < 5; i++) {
		write = vital(support, i == 0 ? STORE_CREATE : STORE_UPDATE, "o1", i);
		assert_int_equal(support_commit(support, &write), ERROR_OK);
		clock_advance(support->clock, DATE_US_PER_S);
	}
	write = vital(support, STORE_CREATE, "o2", 1);
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_int_equal(
		store_history(reader, &support->arena, &history, &versions, &count, &total),
		ERROR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(total, 6);
	assert_int_equal(versions[0].feed, 6);
	history.feed_max = 6;
	history.feed_below = versions[1].feed;
	write = vital(support, STORE_CREATE, "o3", 1);
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_int_equal(
		store_history(reader, &support->arena, &history, &versions, &count, &total),
		ERROR_OK);
	assert_int_equal(total, 6);
	assert_int_equal(versions[0].feed, 4);
	history = (struct store_history){ .type = history.type,
					  .id = STR("o1"),
					  .since_us = SUPPORT_START_US + 2 * DATE_US_PER_S,
					  .before_us = INT64_MAX,
					  .feed_max = INT64_MAX,
					  .feed_below = INT64_MAX,
					  .count = 10 };
	assert_int_equal(
		store_history(reader, &support->arena, &history, &versions, &count, &total),
		ERROR_OK);
	assert_int_equal(count, 3);
	assert_int_equal(total, 3);
	assert_int_equal(versions[2].version, 3);
	history.before_us = SUPPORT_START_US + 3 * DATE_US_PER_S;
	assert_int_equal(
		store_history(reader, &support->arena, &history, &versions, &count, &total),
		ERROR_OK);
	assert_int_equal(count, 1);
	history = (struct store_history){ .since_us = INT64_MIN,
					  .before_us = INT64_MAX,
					  .feed_max = INT64_MAX,
					  .feed_below = 4,
					  .count = 10 };
	assert_int_equal(
		store_history(reader, &support->arena, &history, &versions, &count, &total),
		ERROR_OK);
	assert_int_equal(count, 3);
	assert_int_equal(total, 7);
	assert_int_equal(store_feed(reader, &support->arena, 5, 10, &versions, &count), ERROR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(versions[0].feed, 6);
	store_reader_return(reader);
}

static void reopening_keeps_everything_and_time(void **state)
{
	struct support *support = *state;
	struct store_write write = vital(support, STORE_CREATE, "o1", 80);
	struct store_version version;
	struct store_reader *reader;

	clock_advance(support->clock, DATE_US_PER_DAY);
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	support_close(support);
	clock_destroy(support->clock);
	support->clock = clock_create_simulated(SUPPORT_START_US); /* the wall went back a day */
	support_open(support);
	write = vital(support, STORE_CREATE, "o2", 80);
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_int_equal(write.feed, 2);
	assert_true(write.at_us >= SUPPORT_START_US + DATE_US_PER_DAY);
	reader = store_reader_borrow(support->store);
	assert_int_equal(store_read(reader, &support->arena, write.type, STR("o1"), &version),
			 ERROR_OK);
	store_reader_return(reader);
}

static void a_snapshot_does_not_move(void **state)
{
	struct support *support = *state;
	struct store_reader *reader = store_reader_borrow(support->store);
	struct store_write write = vital(support, STORE_CREATE, "o1", 80);

	store_snapshot_begin(reader);
	assert_int_equal(store_feed_last(reader), 0);
	assert_int_equal(support_commit(support, &write), ERROR_OK);
	assert_int_equal(store_feed_last(reader), 0);
	store_snapshot_end(reader);
	assert_int_equal(store_feed_last(reader), 1);
	store_feed_wait(support->store, 0, 60000); /* returns at once */
	store_feed_wait(support->store, 1, 1);     /* and after its time */
	store_reader_return(reader);
}

/* --- many submitters ------------------------------------------------------------------------ */

#define MANY 400

static void count_answer(struct store_commit *commit)
{
	int *answers = commit->context;

	__atomic_add_fetch(answers, 1, __ATOMIC_SEQ_CST);
}

static void one_failing_commit_does_not_harm_the_group(void **state)
{
	struct support *support = *state;
	struct store_write *writes = ARENA_NEW(&support->arena, struct store_write, 2 * MANY);
	struct store_commit *commits = ARENA_NEW(&support->arena, struct store_commit, MANY);
	struct store_figures figures;
	int answers = 0;
	int64_t versions = 0;

	for (int i = 0; i < MANY; i++) {
		struct str id = support_format(&support->arena, "o%d", i);
		bool pair = i % 2 == 0, bad = i % 7 == 0;

		writes[2 * i] = vital(support, STORE_CREATE, id.ptr, i);
		writes[2 * i + 1] =
			vital(support, STORE_CREATE,
			      support_format(&support->arena, "x%d", bad ? i + 1 : i).ptr, i);
		if (bad) /* the second of a pair, so that the first is undone; else the only one */
			writes[pair ? 2 * i + 1 : 2 * i].version_expected = 3;
		commits[i] = support_commit_of(&writes[2 * i], pair ? 2 : 1);
		commits[i].done = count_answer;
		commits[i].context = &answers;
		versions += bad ? 0 : (int64_t)commits[i].write_count;
	}
	for (int i = 0; i < MANY; i++)
		assert_int_equal(store_submit(support->store, &commits[i]), ERROR_OK);
	support_close(support); /* finishes what is queued */
	assert_int_equal(answers, MANY);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(commits[i].error, i % 7 == 0 ? ERROR_PRECONDITION : ERROR_OK);
	support_open(support);
	store_figures(support->store, &figures);
	assert_int_equal(figures.feed_last,
			 versions); /* no gaps: numbers of undone ones are reused */
}

static void a_full_queue_is_busy(void **state)
{
	struct support *support = *state;
	struct store_options options = support_options(support);
	struct store_write *writes = ARENA_NEW(&support->arena, struct store_write, 1000);
	struct store_commit *commits = ARENA_NEW(&support->arena, struct store_commit, 1000);
	int answers = 0, accepted = 0;

	support_close(support);
	options.queue_max = 2;
	assert_int_equal(store_open(&options, &support->issues, &support->store), ERROR_OK);
	for (int i = 0; i < 1000; i++) {
		enum error error;

		writes[i] = vital(support, STORE_CREATE,
				  support_format(&support->arena, "o%d", i).ptr, i);
		commits[i] = support_commit_of(&writes[i], 1);
		commits[i].done = count_answer;
		commits[i].context = &answers;
		error = store_submit(support->store, &commits[i]);
		assert_true(error == ERROR_OK || error == ERROR_BUSY);
		accepted += error == ERROR_OK ? 1 : 0;
	}
	support_close(support);
	assert_int_equal(answers, accepted);
}

/* --- priorities ----------------------------------------------------------------------------- */

enum { BULK = 600, NORMAL = 5 };

struct order {
	struct mutex mutex;
	struct condition moved;
	bool held, released;
	int answered;
	int place[BULK + NORMAL + 1]; /* of each commit among the answers, by context */
};
static struct order order;

static void hold(struct store_commit *commit)
{
	(void)commit;
	mutex_lock(&order.mutex);
	order.held = true;
	condition_broadcast(&order.moved);
	while (!order.released)
		condition_wait(&order.moved, &order.mutex);
	mutex_unlock(&order.mutex);
}

static void note_place(struct store_commit *commit)
{
	mutex_lock(&order.mutex);
	*(int *)commit->context = ++order.answered;
	condition_broadcast(&order.moved);
	mutex_unlock(&order.mutex);
}

/* The writer stands still in `done` of a commit until order_release. */
static void order_begin(struct support *support, struct store_commit *first,
			struct store_write *write)
{
	order = (struct order){ .held = false };
	mutex_init(&order.mutex);
	condition_init(&order.moved);
	*write = vital(support, STORE_CREATE, "first", 1);
	*first = support_commit_of(write, 1);
	first->done = hold;
	assert_int_equal(store_submit(support->store, first), ERROR_OK);
	mutex_lock(&order.mutex);
	while (!order.held)
		condition_wait(&order.moved, &order.mutex);
	mutex_unlock(&order.mutex);
}

static void order_release(int answers)
{
	mutex_lock(&order.mutex);
	order.released = true;
	condition_broadcast(&order.moved);
	while (order.answered < answers)
		condition_wait(&order.moved, &order.mutex);
	mutex_unlock(&order.mutex);
}

static void submit(struct support *support, enum store_priority priority, int number)
{
	struct store_write *write = ARENA_NEW(&support->arena, struct store_write, 1);
	struct store_commit *commit = ARENA_NEW(&support->arena, struct store_commit, 1);

	*write = vital(support, STORE_CREATE, support_format(&support->arena, "o%d", number).ptr,
		       number);
	*commit = support_commit_of(write, 1);
	commit->done = note_place;
	commit->context = &order.place[number];
	commit->priority = priority;
	assert_int_equal(store_submit(support->store, commit), ERROR_OK);
}

static void who_is_to_be_called_goes_before_who_waits_and_the_many_come_last(void **state)
{
	struct support *support = *state;
	struct store_commit first;
	struct store_write write;
	int number = 0;

	order_begin(support, &first, &write);
	while (number < BULK)
		submit(support, STORE_BULK, number++);
	while (number < BULK + NORMAL)
		submit(support, STORE_NORMAL, number++);
	submit(support, STORE_URGENT, number++);
	order_release(number);
	assert_int_equal(order.place[BULK + NORMAL], 1);
	for (int i = 0; i < NORMAL; i++)
		assert_int_equal(order.place[BULK + i], 2 + i);
	for (int i = 0; i < BULK; i++)
		assert_int_equal(order.place[i], 2 + NORMAL + i);
}

static void the_many_are_never_starved(void **state)
{
	struct support *support = *state;
	struct store_commit first;
	struct store_write write;
	enum { EACH = 300 };
	int number = 0;

	order_begin(support, &first, &write);
	while (number < EACH)
		submit(support, STORE_BULK, number++);
	while (number < 2 * EACH)
		submit(support, STORE_NORMAL, number++);
	order_release(number);
	/* All that stand alone were one group: those of the bulk that it took are stored with them. */
	assert_int_equal(order.place[EACH], 1);
	assert_int_equal(order.place[0], EACH + 1);
	struct store_figures figures;
	store_figures(support->store, &figures);
	assert_true(figures.groups >= 3);
}

static void slow_bulk_trickles_and_others_pass_it(void **state)
{
	struct support *support = *state;
	struct store_commit first;
	struct store_write write;
	enum { EACH = 500 }; /* two seconds and a half of trickle */
	int number = 0;

	store_slow_bulk(support->store, true);
	order_begin(support, &first, &write);
	while (number < EACH)
		submit(support, STORE_BULK, number++);
	order_release(1); /* it goes on, if slowly */
	submit(support, STORE_NORMAL, number);
	mutex_lock(&order.mutex);
	while (order.place[EACH] == 0)
		condition_wait(&order.moved, &order.mutex);
	mutex_unlock(&order.mutex);
	assert_true(order.place[EACH] < EACH); /* before the last of them */
	store_slow_bulk(support->store, false);
	order_release(number + 1);
}

static void a_full_queue_takes_what_is_urgent(void **state)
{
	struct support *support = *state;
	struct store_options options = support_options(support);
	struct store_commit first, refused;
	struct store_write write, write_refused;

	support_close(support);
	options.queue_max = 2;
	assert_int_equal(store_open(&options, &support->issues, &support->store), ERROR_OK);
	order_begin(support, &first, &write);
	submit(support, STORE_NORMAL, 0);
	submit(support, STORE_BULK, 1);
	write_refused = vital(support, STORE_CREATE, "refused", 9);
	refused = support_commit_of(&write_refused, 1);
	refused.done = note_place;
	assert_int_equal(store_submit(support->store, &refused), ERROR_BUSY);
	submit(support, STORE_URGENT, 2);
	order_release(3);
	assert_int_equal(order.place[2], 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(create_read_update_delete),
		CASE(expected_versions),
		CASE(all_of_a_commit_or_nothing),
		CASE(feed_expected_sees_other_origins_only),
		CASE(history_pages_are_pinned),
		CASE(reopening_keeps_everything_and_time),
		CASE(a_snapshot_does_not_move),
		CASE(one_failing_commit_does_not_harm_the_group),
		CASE(a_full_queue_is_busy),
		CASE(a_full_queue_takes_what_is_urgent),
		CASE(who_is_to_be_called_goes_before_who_waits_and_the_many_come_last),
		CASE(the_many_are_never_starved),
		CASE(slow_bulk_trickles_and_others_pass_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
