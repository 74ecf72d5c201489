/* SPDX-License-Identifier: Apache-2.0
 * Loaded before a program (LD_PRELOAD) it makes its monotonic clock, and what it waits by that clock, ten times as
 * fast, so that a test can see a default of minutes come true. Time of day stays as it is. */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SPEED 10
#define S_NS INT64_C(1000000000)

static int64_t start_ns;

static int64_t real_ns(struct timespec *now)
{
	(void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, now);
	return (int64_t)now->tv_sec * S_NS + now->tv_nsec;
}

__attribute__((constructor)) static void begin(void)
{
	struct timespec now;
	start_ns = real_ns(&now);
}

static struct timespec shorter(const struct timespec *wait)
{
	int64_t ns = ((int64_t)wait->tv_sec * S_NS + wait->tv_nsec) / SPEED;
	return (struct timespec){ .tv_sec = (time_t)(ns / S_NS), .tv_nsec = (long)(ns % S_NS) };
}

int clock_gettime(clockid_t which, struct timespec *now)
{
	if (which != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, which, now);
	int64_t ns = start_ns + (real_ns(now) - start_ns) * SPEED;
	*now = (struct timespec){ .tv_sec = (time_t)(ns / S_NS), .tv_nsec = (long)(ns % S_NS) };
	return 0;
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	struct timespec wait = shorter(timeout);
	return (int)syscall(SYS_rt_sigtimedwait, set, info, &wait, (size_t)(_NSIG / 8));
}

int poll(struct pollfd *wanted, nfds_t count, int timeout)
{
	struct timespec wait = { .tv_sec = timeout / 1000,
				 .tv_nsec = (long)(timeout % 1000) * 1000000 };
	wait = shorter(&wait);
	return (int)syscall(SYS_ppoll, wanted, count, timeout < 0 ? NULL : &wait, NULL, (size_t)0);
}
