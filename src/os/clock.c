/* SPDX-License-Identifier: Apache-2.0
 * A clock reads either the machine's wall ("follows") or an anchor plus the real time passed since,
 * times a rate. The anchor is a pair: what the clock read, and the monotonic time then. */
#include "os/clock.h"

#include "base/assert.h"
#include "os/thread.h"

#include <stdlib.h>
#include <time.h>

struct clock {
	struct mutex mutex;
	bool real; /* made by clock_create_real: at rate 1 it follows the wall */
	double rate;
	int64_t ahead_us; /* a real clock's distance from the wall: what was advanced */
	int64_t anchor_us;
	int64_t anchor_monotonic_us;
};

static int64_t read_us(clockid_t id)
{
	struct timespec now;
	ASSERT(clock_gettime(id, &now) == 0);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

static struct clock *create(bool real, int64_t start_us)
{
	struct clock *clock = calloc(1, sizeof(*clock));
	ASSERT(clock != NULL);
	mutex_init(&clock->mutex);
	clock->real = real;
	clock->rate = real ? 1 : 0;
	clock->anchor_us = start_us;
	clock->anchor_monotonic_us = clock_monotonic_us();
	return clock;
}

struct clock *clock_create_real(void)
{
	return create(true, read_us(CLOCK_REALTIME));
}

struct clock *clock_create_simulated(int64_t start_us)
{
	return create(false, start_us);
}

void clock_destroy(struct clock *clock)
{
	if (clock == NULL)
		return;
	mutex_destroy(&clock->mutex);
	free(clock);
}

static bool follows(const struct clock *clock)
{
	return clock->real && clock->rate >= 1 && clock->rate <= 1;
}

/* What the clock reads when the machine's clocks read `wall_us` and `monotonic_us`. Pure but for the
 * anchor, which moves along while the wall leads. */
static int64_t read_at(struct clock *clock, int64_t wall_us, int64_t monotonic_us)
{
	int64_t passed_us = monotonic_us - clock->anchor_monotonic_us;
	if (!follows(clock))
		return clock->anchor_us + (int64_t)((double)passed_us * clock->rate);
	int64_t shown_us = wall_us + clock->ahead_us;
	int64_t slow_us = clock->anchor_us + passed_us / 10 * 9 + passed_us % 10 * 9 / 10;
	if (shown_us < slow_us)
		return slow_us;
	clock->anchor_us = shown_us;
	clock->anchor_monotonic_us = monotonic_us;
	return shown_us;
}

static int64_t read_now(struct clock *clock)
{
	/* Monotonic first and under the lock, so that a reader never sees another's later anchor. */
	int64_t monotonic_us = clock_monotonic_us();
	return read_at(clock, read_us(CLOCK_REALTIME), monotonic_us);
}

/* From now on the clock reads `at_us` and goes on from there. */
static void set(struct clock *clock, int64_t at_us)
{
	clock->anchor_us = at_us;
	clock->anchor_monotonic_us = clock_monotonic_us();
}

int64_t clock_now_us(struct clock *clock)
{
	mutex_lock(&clock->mutex);
	int64_t now_us = read_now(clock);
	mutex_unlock(&clock->mutex);
	return now_us;
}

void clock_advance(struct clock *clock, int64_t by_us)
{
	ASSERT(by_us >= 0);
	mutex_lock(&clock->mutex);
	int64_t now_us = read_now(clock);
	ASSERT(!__builtin_add_overflow(now_us, by_us, &now_us));
	set(clock, now_us);
	clock->ahead_us = now_us - read_us(CLOCK_REALTIME);
	mutex_unlock(&clock->mutex);
}

void clock_set_rate(struct clock *clock, double rate)
{
	ASSERT(rate >= 0 && rate <= 100000);
	mutex_lock(&clock->mutex);
	int64_t now_us = read_now(clock);
	bool followed = follows(clock);
	clock->rate = rate;
	set(clock, now_us);
	/* A real clock that returns to rate 1 keeps the lead it has gained. */
	if (!followed)
		clock->ahead_us = now_us - read_us(CLOCK_REALTIME);
	mutex_unlock(&clock->mutex);
}

double clock_rate(struct clock *clock)
{
	mutex_lock(&clock->mutex);
	double rate = clock->rate;
	mutex_unlock(&clock->mutex);
	return rate;
}

void clock_set_floor(struct clock *clock, int64_t floor_us)
{
	mutex_lock(&clock->mutex);
	if (read_now(clock) < floor_us)
		set(clock, floor_us);
	mutex_unlock(&clock->mutex);
}
