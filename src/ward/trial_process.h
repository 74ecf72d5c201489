/* SPDX-License-Identifier: Apache-2.0
 * A trial in a process of its own: `homeward ward trial`, which the server starts and nobody else. It reads the record
 * and changes nothing, gives way to everything, and has a bound on its memory, so that neither what a draft makes of
 * the engine nor a history of any size can stop the server that calls people. */
#ifndef WARD_TRIAL_PROCESS_H
#define WARD_TRIAL_PROCESS_H

#include <stdint.h>

/* The process itself, with the server on its standard input. Result: its exit code. */
int trial_process(const char *folder, uint64_t memory_bytes_max);

#endif
