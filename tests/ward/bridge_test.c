/* SPDX-License-Identifier: Apache-2.0
 * Streams that follow each other: what lies across the end of one is called as were they one Observation, in whatever
 * order they come, once, and no longer than they stand. */
#include "girl.h"

#include <stdio.h>

#define SECOND DATE_US_PER_S

struct piece {
	const char *id;
	int64_t version;
	int from, until; /* seconds after WORLD_START_US + 1 h */
	const char *device;
	int period_ms; /* 0: 1000 */
};
struct dip {
	int from, count; /* seconds */
};

static struct str samples(const struct piece *piece, struct dip dip, const char *low)
{
	struct text data;
	int step_ms = piece->period_ms == 0 ? 1000 : piece->period_ms;
	text_init(&data, &world.arena, 1 << 20);
	for (int at_ms = piece->from * 1000; at_ms < piece->until * 1000; at_ms += step_ms) {
		bool is_low = at_ms >= dip.from * 1000 && at_ms < (dip.from + dip.count) * 1000;
		text_put_format(&data, "%s%s", at_ms == piece->from * 1000 ? "" : " ",
				is_low ? low : "98");
	}
	return text_view(&data);
}

static void put(const struct piece *piece, struct dip dip)
{
	char start[25];
	const char *device = piece->device == NULL ? "Device/patch" : piece->device;
	date_write_instant(WORLD_START_US + HOUR + piece->from * SECOND, start);
	world_put(&world, "Observation", piece->id, piece->version,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		  "\"code\":\"59408-5\"}]},\"subject\":{\"reference\":\"Patient/girl\"},"
		  "\"device\":{\"reference\":\"%s\"},\"effectivePeriod\":{\"start\":\"%s\"},"
		  "\"valueSampledData\":{\"origin\":{\"value\":0,\"code\":\"%%\"},\"period\":%d,"
		  "\"dimensions\":1,\"data\":\"%s\"}",
		  device, start, piece->period_ms == 0 ? 1000 : piece->period_ms,
		  samples(piece, dip, "88").ptr);
}

static void withdraw(const char *id, int64_t version)
{
	world_put(&world, "Observation", id, version,
		  "\"status\":\"entered-in-error\",\"code\":{\"coding\":[{\"system\":"
		  "\"http://loinc.org\",\"code\":\"59408-5\"}]},\"subject\":{\"reference\":"
		  "\"Patient/girl\"}");
}

static void start_world(void)
{
	open_world(NULL);
	world_wait(&world, HOUR + 5 * MIN);
}

static bool is_called(void)
{
	return world_task_count(&world, "e1", "parameter") > 0;
}

/* Whether somebody is called, when the pieces come in this order. */
static bool calls(const struct piece *pieces, size_t count, struct dip dip)
{
	start_world();
	for (size_t i = 0; i < count; i++)
		put(&pieces[i], dip);
	bool called = is_called();
	close_world(NULL);
	return called;
}

/* --- a dip of any length, anywhere ---------------------------------------------------------- */

/* Dips of every `step`-th length at every offset around an end of a stream. */
static void expect_as_one(const struct piece *pieces, size_t count, int until, int edge, int step)
{
	const struct piece whole = { "whole", 1, 0, until, NULL, 0 };
	for (int length = 15; length <= 40; length += step) {
		for (int from = edge - length - 2; from <= edge + 2; from++) {
			struct dip dip = { from, length };
			if (!calls(pieces, count, dip) && calls(&whole, 1, dip))
				fail_msg("%d s from %d are called in one Observation alone", length,
					 from);
		}
	}
}

static void a_dip_over_the_end_is_called_as_in_one_observation(void **state)
{
	const struct piece pieces[] = { { "a", 1, 0, 60, NULL, 0 }, { "b", 1, 60, 120, NULL, 0 } };
	(void)state;
	expect_as_one(pieces, 2, 120, 60, 1);
}

static void it_is_called_whatever_the_lengths_of_the_streams(void **state)
{
	const struct piece uneven[] = { { "a", 1, 0, 47, NULL, 0 }, { "b", 1, 47, 118, NULL, 0 } };
	const struct piece thirties[] = { { "a", 1, 0, 30, NULL, 0 },
					  { "b", 1, 30, 60, NULL, 0 },
					  { "c", 1, 60, 90, NULL, 0 } };
	(void)state;
	expect_as_one(uneven, 2, 118, 47, 5);
	expect_as_one(thirties, 3, 90, 60, 5);
}

static void short_streams_are_one_with_those_before(void **state)
{
	const struct piece twenties[] = { { "a", 1, 0, 20, NULL, 0 },
					  { "b", 1, 20, 40, NULL, 0 },
					  { "c", 1, 40, 60, NULL, 0 },
					  { "d", 1, 60, 80, NULL, 0 } };
	const struct piece sixes[] = { { "a", 1, 0, 30, NULL, 0 },  { "b", 1, 30, 36, NULL, 0 },
				       { "c", 1, 36, 42, NULL, 0 }, { "d", 1, 42, 48, NULL, 0 },
				       { "e", 1, 48, 54, NULL, 0 }, { "f", 1, 54, 60, NULL, 0 },
				       { "g", 1, 60, 90, NULL, 0 } };
	(void)state;
	expect_as_one(twenties, 4, 80, 40, 5);
	expect_as_one(sixes, 7, 90, 48, 5);
}

static void the_later_stream_may_come_first(void **state)
{
	const struct piece pieces[] = { { "b", 1, 60, 120, NULL, 0 }, { "a", 1, 0, 60, NULL, 0 } };
	const struct piece shorts[] = { { "d", 1, 60, 80, NULL, 0 },
					{ "b", 1, 20, 40, NULL, 0 },
					{ "a", 1, 0, 20, NULL, 0 },
					{ "c", 1, 40, 60, NULL, 0 } };
	(void)state;
	expect_as_one(pieces, 2, 120, 60, 5);
	expect_as_one(shorts, 4, 80, 40, 5);
}

static void streams_that_overlap_are_read_as_one(void **state)
{
	const struct piece pieces[] = { { "a", 1, 0, 60, NULL, 0 }, { "b", 1, 52, 120, NULL, 0 } };
	(void)state;
	expect_as_one(pieces, 2, 120, 56, 5);
}

/* --- what is no continuation ---------------------------------------------------------------- */

/* 11 s on each side of the end: neither side alone has half a window of it. */
static const struct dip over_the_end = { 49, 22 };

static void one_sample_may_be_missing_and_no_more(void **state)
{
	struct piece pieces[] = { { "a", 1, 0, 60, NULL, 0 }, { "b", 1, 61, 120, NULL, 0 } };
	(void)state;
	assert_true(calls(pieces, 2, over_the_end));
	pieces[1].from = 62;
	assert_false(calls(pieces, 2, over_the_end));
}

static void another_device_or_pace_is_another_stream(void **state)
{
	struct piece pieces[] = { { "a", 1, 0, 60, NULL, 0 },
				  { "b", 1, 60, 120, "Device/other", 0 } };
	(void)state;
	assert_false(calls(pieces, 2, over_the_end));
	pieces[1] = (struct piece){ "b", 1, 60, 120, NULL, 500 };
	assert_false(calls(pieces, 2, over_the_end));
	pieces[1].period_ms = 0;
	assert_true(calls(pieces, 2, over_the_end));
}

static void a_twitch_at_the_end_calls_nobody(void **state)
{
	const struct piece pieces[] = { { "a", 1, 0, 60, NULL, 0 }, { "b", 1, 60, 120, NULL, 0 } };
	(void)state;
	for (int from = 46; from <= 60; from++)
		assert_false(calls(pieces, 2, (struct dip){ from, 14 }));
}

static void two_probes_side_by_side_each_go_on(void **state)
{
	const struct dip none = { 0, 0 };
	(void)state;
	for (int low = 0; low < 2; low++) {
		start_world();
		put(&(struct piece){ "a1", 1, 0, 60, NULL, 0 }, low == 0 ? over_the_end : none);
		put(&(struct piece){ "a2", 1, 0, 60, NULL, 0 }, low == 1 ? over_the_end : none);
		put(&(struct piece){ "b1", 1, 60, 120, NULL, 0 }, low == 0 ? over_the_end : none);
		put(&(struct piece){ "b2", 1, 60, 120, NULL, 0 }, low == 1 ? over_the_end : none);
		assert_true(is_called());
		close_world(NULL);
	}
}

static void samples_faster_than_are_kept_are_bridged_as_well(void **state)
{
	const struct piece pieces[] = { { "a", 1, 0, 60, NULL, 100 },
					{ "b", 1, 60, 120, NULL, 100 } };
	(void)state;
	assert_true(calls(pieces, 2, (struct dip){ 51, 18 }));
	assert_false(calls(pieces, 2, (struct dip){ 53, 14 }));
}

/* --- corrections, withdrawals, repeats ------------------------------------------------------- */

static void a_correction_of_either_side_is_judged_anew(void **state)
{
	const struct dip none = { 0, 0 };
	(void)state;
	for (int side = 0; side < 2; side++) {
		start_world();
		put(&(struct piece){ "a", 1, 0, 60, NULL, 0 }, side == 0 ? none : over_the_end);
		put(&(struct piece){ "b", 1, 60, 120, NULL, 0 }, side == 1 ? none : over_the_end);
		assert_false(is_called());
		put(&(struct piece){ side == 0 ? "a" : "b", 2, side * 60, side * 60 + 60, NULL, 0 },
		    over_the_end);
		assert_true(is_called());
		close_world(NULL);
	}
}

static void what_is_withdrawn_on_either_side_takes_the_bridge_with_it(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		start_world();
		put(&(struct piece){ "a", 1, 0, 60, NULL, 0 }, over_the_end);
		put(&(struct piece){ "b", 1, 60, 120, NULL, 0 }, over_the_end);
		assert_int_equal(total_of("e1"), 4);
		withdraw(side == 0 ? "a" : "b", 2);
		assert_int_equal(total_of("e1"), 0);
		close_world(NULL);
	}
}

static void a_correction_that_changes_nothing_calls_nobody_again(void **state)
{
	(void)state;
	start_world();
	put(&(struct piece){ "a", 1, 0, 60, NULL, 0 }, over_the_end);
	put(&(struct piece){ "b", 1, 60, 120, NULL, 0 }, over_the_end);
	world_resolve(&world, task("parameter"), "seen");
	put(&(struct piece){ "a", 2, 0, 60, NULL, 0 }, over_the_end);
	assert_int_equal(world_task_count(&world, "e1", "parameter"), 1);
	close_world(NULL);
}

static void the_same_stream_again_calls_nobody_again(void **state)
{
	(void)state;
	start_world();
	put(&(struct piece){ "a", 1, 0, 60, NULL, 0 }, over_the_end);
	put(&(struct piece){ "b", 1, 60, 120, NULL, 0 }, over_the_end);
	world_resolve(&world, task("parameter"), "seen");
	put(&(struct piece){ "b-again", 1, 60, 120, NULL, 0 }, over_the_end);
	put(&(struct piece){ "a-again", 1, 0, 60, NULL, 0 }, over_the_end);
	assert_int_equal(world_task_count(&world, "e1", "parameter"), 1);
	close_world(NULL);
}

/* --- the state ------------------------------------------------------------------------------- */

static void a_restart_between_the_two_loses_nothing(void **state)
{
	(void)state;
	start_world();
	put(&(struct piece){ "b", 1, 60, 120, NULL, 0 }, over_the_end);
	put(&(struct piece){ "a", 1, 0, 60, NULL, 0 }, over_the_end);
	put(&(struct piece){ "c", 1, 120, 125, NULL, 0 }, over_the_end);
	put(&(struct piece){ "a", 2, 0, 60, NULL, 0 }, (struct dip){ 0, 0 });
	withdraw("b", 2);
	struct str expected = world_dump(world.core, &world.arena);
	for (size_t at = 0; at <= world.event_count; at++) {
		struct ward_core *first = world_replay(&world, at);
		struct ward_core *second = ward_core_load(NULL, world_dump(first, &world.arena));
		assert_non_null(second);
		for (size_t i = at; i < world.event_count; i++)
			world_apply(second, &world.arena, &world.events[i]);
		ward_core_advance(second, world.now_us);
		assert_true(str_equal(expected, world_dump(second, &world.arena)));
		ward_core_destroy(first);
		ward_core_destroy(second);
	}
	close_world(NULL);
}

static void what_is_kept_of_streams_is_bounded(void **state)
{
	static char id[1000][16], device[1000][24];
	(void)state;
	start_world();
	for (int i = 0; i < 1000; i++) {
		snprintf(id[i], sizeof(id[i]), "stream-%d", i);
		snprintf(device[i], sizeof(device[i]), "Device/d%d", i);
		put(&(struct piece){ id[i], 1, 0, 60, device[i], 0 }, (struct dip){ 0, 0 });
	}
	size_t kept = world_text_count(world_dump(world.core, &world.arena), STR("[\"strand\""));
	assert_true(kept > 0 && kept <= 256);
	/* Kept no longer than readings are. */
	world_wait(&world, 80 * HOUR);
	put(&(struct piece){ "late", 1, 79 * 3600, 79 * 3600 + 60, NULL, 0 }, (struct dip){ 0, 0 });
	assert_int_equal(world_text_count(world_dump(world.core, &world.arena), STR("[\"strand\"")),
			 1);
	close_world(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dip_over_the_end_is_called_as_in_one_observation),
		cmocka_unit_test(it_is_called_whatever_the_lengths_of_the_streams),
		cmocka_unit_test(short_streams_are_one_with_those_before),
		cmocka_unit_test(the_later_stream_may_come_first),
		cmocka_unit_test(streams_that_overlap_are_read_as_one),
		cmocka_unit_test(one_sample_may_be_missing_and_no_more),
		cmocka_unit_test(another_device_or_pace_is_another_stream),
		cmocka_unit_test(a_twitch_at_the_end_calls_nobody),
		cmocka_unit_test(two_probes_side_by_side_each_go_on),
		cmocka_unit_test(samples_faster_than_are_kept_are_bridged_as_well),
		cmocka_unit_test(a_correction_of_either_side_is_judged_anew),
		cmocka_unit_test(what_is_withdrawn_on_either_side_takes_the_bridge_with_it),
		cmocka_unit_test(a_correction_that_changes_nothing_calls_nobody_again),
		cmocka_unit_test(the_same_stream_again_calls_nobody_again),
		cmocka_unit_test(a_restart_between_the_two_loses_nothing),
		cmocka_unit_test(what_is_kept_of_streams_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
