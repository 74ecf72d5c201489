/* SPDX-License-Identifier: Apache-2.0
 * Threads over pthreads. */
#include "os/thread.h"

#include "base/assert.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define LARGE_BYTES (1024 * 1024)
#define LOWEST_NICE 19

struct start {
	void (*run)(void *);
	void *argument;
	char name[16];
};

static void *thread_main(void *argument)
{
	struct start start = *(struct start *)argument;
	free(argument);
	(void)pthread_setname_np(pthread_self(), start.name);
	start.run(start.argument);
	return NULL;
}

bool thread_start(struct thread *thread, const char *name, void (*run)(void *), void *argument)
{
	sigset_t all;
	sigset_t before;
	struct start *start = calloc(1, sizeof(*start));
	if (start == NULL)
		return false;
	start->run = run;
	start->argument = argument;
	(void)snprintf(start->name, sizeof(start->name), "%.15s", name);
	/* The new thread inherits the mask: signals stay with the thread that waits for them. */
	(void)sigfillset(&all);
	ASSERT(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
	int failure = pthread_create(&thread->handle, NULL, thread_main, start);
	ASSERT(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	thread->started = failure == 0;
	if (failure != 0)
		free(start);
	return thread->started;
}

void thread_join(struct thread *thread)
{
	if (!thread->started)
		return;
	ASSERT(pthread_join(thread->handle, NULL) == 0);
	thread->started = false;
}

void thread_yield_to_all(void)
{
	/* On Linux the calling thread's alone; a system that refuses leaves it as it was. */
	(void)setpriority(PRIO_PROCESS, 0, LOWEST_NICE);
}

void mutex_init(struct mutex *mutex)
{
	ASSERT(pthread_mutex_init(&mutex->handle, NULL) == 0);
}

void mutex_destroy(struct mutex *mutex)
{
	ASSERT(pthread_mutex_destroy(&mutex->handle) == 0);
}

void mutex_lock(struct mutex *mutex)
{
	ASSERT(pthread_mutex_lock(&mutex->handle) == 0);
}

void mutex_unlock(struct mutex *mutex)
{
	ASSERT(pthread_mutex_unlock(&mutex->handle) == 0);
}

void condition_init(struct condition *condition)
{
	pthread_condattr_t attributes;
	ASSERT(pthread_condattr_init(&attributes) == 0);
	ASSERT(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
	ASSERT(pthread_cond_init(&condition->handle, &attributes) == 0);
	ASSERT(pthread_condattr_destroy(&attributes) == 0);
}

void condition_destroy(struct condition *condition)
{
	ASSERT(pthread_cond_destroy(&condition->handle) == 0);
}

void condition_wait(struct condition *condition, struct mutex *mutex)
{
	ASSERT(pthread_cond_wait(&condition->handle, &mutex->handle) == 0);
}

bool condition_wait_until(struct condition *condition, struct mutex *mutex, int64_t deadline_us)
{
	struct timespec deadline = { 0 };
	if (deadline_us > 0) {
		deadline.tv_sec = (time_t)(deadline_us / 1000000);
		deadline.tv_nsec = (long)(deadline_us % 1000000) * 1000;
	}
	int failure = pthread_cond_timedwait(&condition->handle, &mutex->handle, &deadline);
	ASSERT(failure == 0 || failure == ETIMEDOUT);
	return failure == 0;
}

void condition_signal(struct condition *condition)
{
	ASSERT(pthread_cond_signal(&condition->handle) == 0);
}

void condition_broadcast(struct condition *condition)
{
	ASSERT(pthread_cond_broadcast(&condition->handle) == 0);
}

unsigned thread_processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);
	return count < 1 ? 1U : (unsigned)count;
}

void memory_return_large(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}
