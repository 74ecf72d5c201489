/* SPDX-License-Identifier: Apache-2.0
 * What the watcher keeps of the access log, and when it calls people about it. */
#include "unit.h"
#include "watch/witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HOUR_US (INT64_C(3600) * 1000000)
#define WALL_US INT64_C(1795334400000000)

static char folder[64], path[128];
static struct arena arena;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)64 << 20);
	snprintf(folder, sizeof(folder), "/tmp/homeward-witness-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/anchors", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_done(&arena);
	(void)unlink(path);
	return rmdir(folder);
}

/* A hash of one digit, as good as any. */
static enum witness_act beat(struct witness *witness, int64_t number, char digit, int64_t at_us)
{
	struct beat beat = { .result = BEAT_GOOD, .log_number = number };
	memset(beat.log_hash, digit, sizeof(beat.log_hash) - 1);
	return witness_beat(witness, &arena, &beat, at_us + 1, WALL_US + at_us);
}

static size_t lines(void)
{
	struct anchor *anchors = NULL;
	size_t count = 0;
	assert_int_equal(anchor_read(&arena, path, &anchors, &count), ERROR_OK);
	return count;
}

static void a_line_an_hour_is_kept_when_the_log_has_moved(void **state)
{
	struct witness witness;
	(void)state;
	assert_true(witness_start(&witness, &arena, path));
	for (int64_t minute = 0; minute < 180; minute++)
		assert_int_equal(beat(&witness, minute, 'a', minute * HOUR_US / 60),
				 WITNESS_NOTHING);
	assert_int_equal(lines(), 3);
	for (int64_t hour = 3; hour < 9; hour++)
		assert_int_equal(beat(&witness, 179, 'a', hour * HOUR_US), WITNESS_NOTHING);
	assert_int_equal(lines(), 4); /* what did not move says nothing new */
}

static void a_log_that_ends_before_what_was_seen_is_told_once_also_after_a_restart(void **state)
{
	struct witness witness;
	(void)state;
	assert_true(witness_start(&witness, &arena, path));
	assert_int_equal(beat(&witness, 7, 'a', 0), WITNESS_NOTHING);
	assert_true(witness_start(&witness, &arena, path));
	assert_int_equal(beat(&witness, 6, 'a', HOUR_US), WITNESS_CUT);
	assert_int_equal(beat(&witness, 6, 'a', 2 * HOUR_US), WITNESS_NOTHING);
	assert_int_equal(beat(&witness, 8, 'a', 3 * HOUR_US), WITNESS_NOTHING);
	assert_int_equal(beat(&witness, 7, 'b', 4 * HOUR_US), WITNESS_CUT);
}

static void another_event_of_the_same_number_is_told(void **state)
{
	struct witness witness;
	(void)state;
	assert_true(witness_start(&witness, &arena, NULL));
	assert_int_equal(beat(&witness, 7, 'a', 0), WITNESS_NOTHING);
	assert_int_equal(beat(&witness, -1, 'b', 0),
			 WITNESS_NOTHING); /* not signed: nothing is known */
	assert_int_equal(beat(&witness, 7, 'b', 0), WITNESS_CUT);
}

static void a_line_that_cannot_be_written_is_tried_again(void **state)
{
	struct witness witness;
	(void)state;
	assert_true(witness_start(&witness, &arena, "/proc/no-such-folder/anchors"));
	assert_int_equal(beat(&witness, 1, 'a', 0), WITNESS_NOT_KEPT);
	witness.path = path;
	assert_int_equal(beat(&witness, 1, 'a', 1000000), WITNESS_NOTHING);
	assert_int_equal(lines(), 1);
}

static void only_anchors_are_read(void **state)
{
	static const char *const wrong[] = {
		"",
		"2026-06-10T08:00:00Z",
		"2026-06-10T08:00:00Z 1",
		"2026-06-10T08:00:00Z 1 abc",
		"2026-06-10T08:00:00Z -1 "
		"0000000000000000000000000000000000000000000000000000000000000000",
		"yesterday 1 0000000000000000000000000000000000000000000000000000000000000000",
		"2026-06-10T08:00:00Z 1 "
		"000000000000000000000000000000000000000000000000000000000000000G",
	};
	struct anchor anchor;
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(anchor_parse(str_from_c(wrong[i]), &anchor));
	assert_true(
		anchor_parse(STR("2026-06-10T08:00:00.000Z 12 "
				 "00000000000000000000000000000000000000000000000000000000000000"
				 "ff"),
			     &anchor));
	assert_int_equal(anchor.number, 12);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_an_hour_is_kept_when_the_log_has_moved),
		TEST(a_log_that_ends_before_what_was_seen_is_told_once_also_after_a_restart),
		TEST(another_event_of_the_same_number_is_told),
		TEST(a_line_that_cannot_be_written_is_tried_again),
		TEST(only_anchors_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
