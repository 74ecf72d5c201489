/* SPDX-License-Identifier: Apache-2.0
 * Threads, mutexes and conditions: thin, and every failure but "no more threads" is a programmer's
 * error. Prefer os/queue.h: shared state belongs to one thread, and pointers travel. Waits take real
 * time (clock_monotonic_us), never the injected clock. */
#ifndef OS_THREAD_H
#define OS_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct thread {
	pthread_t handle;
	bool started;
};
struct mutex {
	pthread_mutex_t handle;
};
struct condition {
	pthread_cond_t handle;
};

/* Runs run(argument) in a new thread, all signals blocked there. `name` is what debuggers show, cut
 * after 15 bytes. False when the system has no room for another thread. */
bool thread_start(struct thread *thread, const char *name, void (*run)(void *), void *argument);
/* Waits for its end; does nothing when it was never started or was joined before. */
void thread_join(struct thread *thread);
/* From now on this thread takes the processor only when no other thread wants it; there is no way back. */
void thread_yield_to_all(void);
/* Processors this machine has running; at least 1. */
unsigned thread_processors(void);
/* Memory of a large piece goes back to the system when it is freed, instead of staying with the program: what a rare
 * large request took is not held for ever. Call it before the first thread starts. */
void memory_return_large(void);

void mutex_init(struct mutex *mutex);
void mutex_destroy(struct mutex *mutex);
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);

void condition_init(struct condition *condition);
void condition_destroy(struct condition *condition);
/* Both may wake for no reason: test what was waited for in a loop. */
void condition_wait(struct condition *condition, struct mutex *mutex);
/* False once the deadline, by clock_monotonic_us, has passed. */
bool condition_wait_until(struct condition *condition, struct mutex *mutex, int64_t deadline_us);
void condition_signal(struct condition *condition);
void condition_broadcast(struct condition *condition);

#endif
