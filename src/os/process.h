/* SPDX-License-Identifier: Apache-2.0
 * Another program, run to its end; a copy of this one for a long look at its own memory. Thread: any. */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#include <stdbool.h>

#define PROCESS_FAILED (-1)

/* Runs the program at the path arguments[0] (no search along PATH, no shell) with these arguments, NULL at the end,
 * input and output closed to it but for standard error. Result: its exit code, or PROCESS_FAILED when it could not be
 * started, died by a signal, or ran longer than `timeout_ms` and was killed. */
int process_run(const char *const *arguments, int timeout_ms);

/* A copy of this process as it is at this instant, in which `work` runs while the original goes on. Nothing else runs
 * in it: `work` must need no lock that another thread may hold (memory may be taken). It has no open files but the
 * standard ones, gives way to the original, and dies with the thread that made it. Result: its number, or
 * PROCESS_FAILED. */
int process_copy(bool (*work)(void *context), void *context);
/* True when it has ended, without waiting; *ret_done: what `work` gave. */
bool process_ended(int process, bool *ret_done);
/* Ends it, whatever it does. */
void process_end(int process);

#endif
