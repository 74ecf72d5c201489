/* SPDX-License-Identifier: Apache-2.0
 * Another program, run to its end. Thread: any. */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#define PROCESS_FAILED (-1)

/* Runs the program at the path arguments[0] (no search along PATH, no shell) with these arguments, NULL at the end,
 * input and output closed to it but for standard error. Result: its exit code, or PROCESS_FAILED when it could not be
 * started, died by a signal, or ran longer than `timeout_ms` and was killed. */
int process_run(const char *const *arguments, int timeout_ms);

#endif
