/* SPDX-License-Identifier: Apache-2.0
 * Time, injected. Every room asks a clock it was given; only os reads the machine's.
 * A clock's wall time never goes back within a process. In --dev mode and in tests a clock may be
 * advanced or run faster (rate); waiting functions of os/thread.h take real time limits.
 * When the machine's wall clock is set back, or a floor lies ahead of it, the clock goes on at nine
 * tenths of real pace until the wall has caught up: deadlines must not stand still. */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock;

struct clock *clock_create_real(void);
/* Starts at `start_us` and moves only by clock_advance / clock_set_rate. */
struct clock *clock_create_simulated(int64_t start_us);
void clock_destroy(struct clock *clock);
/* Microseconds since 1970 UTC; never less than an earlier answer. Thread: any. */
int64_t clock_now_us(struct clock *clock);
/* Time since an arbitrary start, unaffected by the wall; for timeouts and durations. Real always. */
int64_t clock_monotonic_us(void);
/* Moves the clock forward by `by_us` >= 0. */
void clock_advance(struct clock *clock, int64_t by_us);
/* Wall seconds per real second from now on: 1 is real time, 60 plays an hour in a minute, 0 stands
 * still. 0 <= rate <= 100000. */
void clock_set_rate(struct clock *clock, double rate);
double clock_rate(struct clock *clock);
/* The clock never reads less than this (the last commit of a store, after a restart). */
void clock_set_floor(struct clock *clock, int64_t floor_us);

#endif
