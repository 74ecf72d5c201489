/* SPDX-License-Identifier: Apache-2.0 */
#include "os/process.h"

#include "os/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_NS (10 * 1000 * 1000L)
#define COPY_NICE 10

extern char **environ;

static bool spawn(const char *const *arguments, pid_t *ret_child)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	sigemptyset(&none);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return false;
	}
	/* The caller may have blocked signals; the program starts with none blocked. */
	bool ready = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) == 0 &&
		     posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) == 0 &&
		     posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
		     posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK) == 0;
	/* posix_spawn takes the arguments as not const for the sake of old programs; it does not write to them. */
	union {
		const char *const *given;
		char *const *taken;
	} list = { .given = arguments };
	ready = ready && posix_spawn(ret_child, arguments[0], &actions, &attributes, list.taken,
				     environ) == 0;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return ready;
}

int process_run(const char *const *arguments, int timeout_ms)
{
	const struct timespec look = { .tv_nsec = LOOK_NS };
	int64_t until_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
	pid_t child = 0;
	int status = 0;
	if (!spawn(arguments, &child))
		return PROCESS_FAILED;
	for (;;) {
		pid_t ended = waitpid(child, &status, WNOHANG);
		if (ended == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : PROCESS_FAILED;
		if ((ended < 0 && errno != EINTR) || clock_monotonic_us() >= until_us)
			break;
		nanosleep(&look, NULL);
	}
	kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return PROCESS_FAILED;
}

int process_copy(bool (*work)(void *context), void *context)
{
	pid_t original = getpid();
	pid_t copy = fork();
	if (copy < 0)
		return PROCESS_FAILED;
	if (copy > 0)
		return copy;
	/* Sockets, and locks on files, must not outlive the original. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != original ||
	    close_range(3, UINT_MAX, 0) != 0)
		_exit(1);
	(void)setpriority(PRIO_PROCESS, 0, COPY_NICE);
	_exit(work(context) ? 0 : 1);
}

bool process_ended(int process, bool *ret_done)
{
	int status = 0;
	pid_t ended = waitpid(process, &status, WNOHANG);
	if (ended == 0 || (ended < 0 && errno == EINTR))
		return false;
	*ret_done = ended == process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return true;
}

void process_end(int process)
{
	int status;
	kill(process, SIGKILL);
	while (waitpid(process, &status, 0) < 0 && errno == EINTR)
		continue;
}
