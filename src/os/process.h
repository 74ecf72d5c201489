/* SPDX-License-Identifier: Apache-2.0
 * Another program, run to its end or beside this one; a copy of this one for a long look at its own memory.
 * Thread: any. */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#define PROCESS_FAILED (-1)

/* Runs the program at the path arguments[0] (no search along PATH, no shell) with these arguments, NULL at the end,
 * input and output closed to it but for standard error. Result: its exit code, or PROCESS_FAILED when it could not be
 * started, died by a signal, or ran longer than `timeout_ms` and was killed. */
int process_run(const char *const *arguments, int timeout_ms);

/* A program that runs beside this one, as process_run starts it, but that its standard input is one end of a line on
 * which both may send (os/socket.h); `line` is the other end, and the caller's to close. False: not started. */
struct process_partner {
	int process, line;
};
bool process_start(const char *const *arguments, struct process_partner *ret_partner);
/* Such a program calls this first. From then on it has no open files but the standard ones, takes the processor when
 * nothing else wants it, is the first to go when the machine has no memory left, leaves no core behind, gains no
 * rights, ends with the thread that started it, and has at most this much memory. False: the system does not bound it
 * so. Under AddressSanitizer, which needs terabytes of addresses, the memory is not bounded. */
bool process_confine(uint64_t memory_bytes_max);
/* Waits for its end. Result: its exit code, or PROCESS_FAILED when a signal ended it, *ret_signal. */
int process_join(int process, int *ret_signal);

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
