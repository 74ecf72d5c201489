/* SPDX-License-Identifier: Apache-2.0 */
#include "os/process.h"

#include "os/clock.h"

#if defined(__SANITIZE_ADDRESS__)
#define PROCESS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PROCESS_SANITIZED 1
#endif
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_NS (10 * 1000 * 1000L)
#define COPY_NICE 10
#define LOWEST_NICE 19

extern char **environ;

/* `input` is what it has as standard input; -1: nothing. */
static bool spawn(const char *const *arguments, int input, pid_t *ret_child)
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
	int opened = input >= 0 ? posix_spawn_file_actions_adddup2(&actions, input, 0)
				: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
								   O_RDONLY, 0);
	bool ready = opened == 0 &&
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
	if (!spawn(arguments, -1, &child))
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

bool process_start(const char *const *arguments, struct process_partner *ret_partner)
{
	int ends[2];
	pid_t child = 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	bool started = spawn(arguments, ends[1], &child);
	close(ends[1]);
	if (!started) {
		close(ends[0]);
		return false;
	}
	*ret_partner = (struct process_partner){ child, ends[0] };
	return true;
}

static bool bound_memory(uint64_t bytes_max)
{
#ifdef PROCESS_SANITIZED
	(void)bytes_max;
	return true;
#else
	const struct rlimit memory = { bytes_max, bytes_max };
	return setrlimit(RLIMIT_AS, &memory) == 0;
#endif
}

bool process_confine(uint64_t memory_bytes_max)
{
	const struct rlimit none = { 0, 0 };
	if (close_range(3, UINT_MAX, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	/* Where the system refuses these, it is as it would be without them. */
	(void)setpriority(PRIO_PROCESS, 0, LOWEST_NICE);
	(void)setrlimit(RLIMIT_CORE, &none);
	int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (file >= 0) {
		ssize_t written = write(file, "1000", 4);
		(void)written;
		close(file);
	}
	return bound_memory(memory_bytes_max);
}

int process_join(int process, int *ret_signal)
{
	int status = 0;
	pid_t ended;
	do {
		ended = waitpid(process, &status, 0);
	} while (ended < 0 && errno == EINTR);
	*ret_signal = ended == process && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return ended == process && WIFEXITED(status) ? WEXITSTATUS(status) : PROCESS_FAILED;
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
