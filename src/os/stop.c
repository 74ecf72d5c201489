/* SPDX-License-Identifier: Apache-2.0 */
#include "os/stop.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

#define S_US INT64_C(1000000)

static void stops(sigset_t *ret_set)
{
	sigemptyset(ret_set);
	sigaddset(ret_set, SIGTERM);
	sigaddset(ret_set, SIGINT);
}

void stop_hold(void)
{
	sigset_t set;
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	stops(&set);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigaction(SIGXFSZ, &ignore, NULL); /* a limit on a file's size is a full disk */
}

bool stop_wait(int64_t wait_us)
{
	sigset_t set;
	const struct timespec left = { .tv_sec = (time_t)(wait_us / S_US),
				       .tv_nsec = (long)(wait_us % S_US) * 1000L };
	stops(&set);
	return sigtimedwait(&set, NULL, &left) > 0;
}
