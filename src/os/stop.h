/* SPDX-License-Identifier: Apache-2.0
 * SIGTERM and SIGINT as a wait that ends, for programs with a loop of their own. Thread: the main one. */
#ifndef OS_STOP_H
#define OS_STOP_H

#include <stdbool.h>
#include <stdint.h>

/* From now on both are held back until they are waited for, in this thread and those that it starts, and writing to a
 * connection that is gone is an error instead of the program's end. */
void stop_hold(void);
/* Waits `wait_us` (0: only looks); true when the program was told to stop. */
bool stop_wait(int64_t wait_us);

#endif
