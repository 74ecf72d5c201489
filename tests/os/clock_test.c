/* SPDX-License-Identifier: Apache-2.0
 * The source itself is included, so that the machine's clocks can be replaced by chosen times. */
#include "unit.h"

#include "os/clock.c"

#include "base/date.h"

#define START_US INT64_C(1795000000000000)

static void a_simulated_clock_stands_until_it_is_moved(void **state)
{
	(void)state;
	struct clock *clock = clock_create_simulated(START_US);
	assert_true(clock_now_us(clock) == START_US);
	assert_true(clock_rate(clock) == 0.0);
	int64_t until_us = clock_monotonic_us() + 2000;
	while (clock_monotonic_us() < until_us)
		assert_true(clock_now_us(clock) == START_US);
	clock_advance(clock, DATE_US_PER_HOUR);
	assert_true(clock_now_us(clock) == START_US + DATE_US_PER_HOUR);
	clock_set_floor(clock, START_US);
	assert_true(clock_now_us(clock) == START_US + DATE_US_PER_HOUR);
	clock_set_floor(clock, START_US + 2 * DATE_US_PER_HOUR);
	assert_true(clock_now_us(clock) == START_US + 2 * DATE_US_PER_HOUR);
	clock_advance(clock, 1);
	assert_true(clock_now_us(clock) == START_US + 2 * DATE_US_PER_HOUR + 1);
	clock_destroy(clock);
}

static void a_rate_multiplies_real_time_and_keeps_what_was_gained(void **state)
{
	(void)state;
	struct clock *clock = clock_create_simulated(START_US);
	int64_t before_us = clock_monotonic_us();
	clock_set_rate(clock, 1000);
	while (clock_monotonic_us() < before_us + 3000)
		continue;
	int64_t now_us = clock_now_us(clock);
	int64_t passed_us = clock_monotonic_us() - before_us;
	assert_true(now_us >= START_US);
	assert_true(now_us <= START_US + passed_us * 1000);
	clock_set_rate(clock, 0);
	now_us = clock_now_us(clock);
	assert_true(now_us > START_US);
	assert_true(clock_now_us(clock) == now_us);
	clock_destroy(clock);
}

static void a_real_clock_follows_the_wall(void **state)
{
	(void)state;
	struct clock *clock = clock_create_real();
	assert_true(read_at(clock, START_US, clock->anchor_monotonic_us + 5) >= START_US ||
		    clock->anchor_us > START_US);
	int64_t anchor_us = clock->anchor_us;
	int64_t monotonic_us = clock->anchor_monotonic_us;
	/* The wall jumps ahead by an hour: so does the clock. */
	assert_true(read_at(clock, anchor_us + DATE_US_PER_HOUR, monotonic_us + 10) ==
		    anchor_us + DATE_US_PER_HOUR);
	clock_destroy(clock);
}

static void a_wall_that_goes_back_slows_the_clock_and_never_turns_or_stops_it(void **state)
{
	(void)state;
	struct clock *clock = clock_create_real();
	int64_t wall_us = clock->anchor_us + DATE_US_PER_S;
	int64_t monotonic_us = clock->anchor_monotonic_us + DATE_US_PER_S;
	int64_t last_us = read_at(clock, wall_us, monotonic_us);
	assert_true(last_us == wall_us);
	/* A minute is taken away; ten seconds of real time are nine on the clock. */
	wall_us -= DATE_US_PER_MIN;
	for (int i = 1; i <= 10; i++) {
		int64_t now_us = read_at(clock, wall_us + i * DATE_US_PER_S,
					 monotonic_us + i * DATE_US_PER_S);
		assert_true(now_us == last_us + DATE_US_PER_S / 10 * 9);
		last_us = now_us;
	}
	/* After ten minutes the wall has caught up, and the clock follows it again. */
	for (int i = 11; i <= 700; i++) {
		int64_t now_us = read_at(clock, wall_us + i * DATE_US_PER_S,
					 monotonic_us + i * DATE_US_PER_S);
		assert_true(now_us > last_us);
		last_us = now_us;
	}
	assert_true(last_us == wall_us + 700 * DATE_US_PER_S);
	clock_destroy(clock);
}

static void a_floor_ahead_of_the_wall_holds_and_time_goes_on(void **state)
{
	(void)state;
	struct clock *clock = clock_create_real();
	int64_t floor_us = clock_now_us(clock) + DATE_US_PER_HOUR;
	clock_set_floor(clock, floor_us);
	int64_t first_us = clock_now_us(clock);
	assert_true(first_us >= floor_us);
	int64_t until_us = clock_monotonic_us() + 1000;
	while (clock_monotonic_us() < until_us)
		continue;
	assert_true(clock_now_us(clock) > first_us);
	assert_true(clock_now_us(clock) < floor_us + DATE_US_PER_MIN);
	clock_advance(clock, DATE_US_PER_HOUR);
	assert_true(clock_now_us(clock) >= floor_us + DATE_US_PER_HOUR);
	clock_destroy(clock);
}

static void a_real_clock_keeps_its_lead_when_it_returns_to_rate_one(void **state)
{
	(void)state;
	struct clock *clock = clock_create_real();
	clock_advance(clock, 10 * DATE_US_PER_DAY);
	int64_t before_us = clock_now_us(clock);
	clock_set_rate(clock, 100000);
	int64_t until_us = clock_monotonic_us() + 2000;
	while (clock_monotonic_us() < until_us)
		continue;
	clock_set_rate(clock, 1);
	int64_t after_us = clock_now_us(clock);
	assert_true(after_us >= before_us + 2000 * INT64_C(99999));
	assert_true(read_at(clock, read_us(CLOCK_REALTIME) + DATE_US_PER_DAY,
			    clock_monotonic_us()) >= after_us + DATE_US_PER_DAY);
	clock_destroy(clock);
}

struct reader {
	struct thread thread;
	struct clock *clock;
	bool went_back;
};

static void read_often(void *argument)
{
	struct reader *reader = argument;
	int64_t last_us = 0;
	for (unsigned i = 0; i < 20000; i++) {
		int64_t now_us = clock_now_us(reader->clock);
		reader->went_back = reader->went_back || now_us < last_us;
		last_us = now_us;
	}
}

static void no_thread_sees_time_go_back(void **state)
{
	(void)state;
	struct reader readers[3] = { 0 };
	struct clock *clock = clock_create_real();
	for (size_t i = 0; i < 3; i++) {
		readers[i].clock = clock;
		assert_true(thread_start(&readers[i].thread, "reader", read_often, &readers[i]));
	}
	for (unsigned i = 0; i < 2000; i++) {
		clock_set_rate(clock, i % 3 == 0 ? 1 : 50);
		clock_advance(clock, i);
		clock_set_floor(clock, clock_now_us(clock) + i % 7);
	}
	for (size_t i = 0; i < 3; i++) {
		thread_join(&readers[i].thread);
		assert_false(readers[i].went_back);
	}
	clock_destroy(clock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_simulated_clock_stands_until_it_is_moved),
		cmocka_unit_test(a_rate_multiplies_real_time_and_keeps_what_was_gained),
		cmocka_unit_test(a_real_clock_follows_the_wall),
		cmocka_unit_test(a_wall_that_goes_back_slows_the_clock_and_never_turns_or_stops_it),
		cmocka_unit_test(a_floor_ahead_of_the_wall_holds_and_time_goes_on),
		cmocka_unit_test(a_real_clock_keeps_its_lead_when_it_returns_to_rate_one),
		cmocka_unit_test(no_thread_sees_time_go_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
