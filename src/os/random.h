/* SPDX-License-Identifier: Apache-2.0
 * Randomness from the kernel, good enough for secrets. Thread: any. */
#ifndef OS_RANDOM_H
#define OS_RANDOM_H

#include <stddef.h>

/* Cannot fail: a machine without randomness stops the process. */
void random_bytes(void *ret_bytes, size_t length);
/* A version 4 UUID in lower case with its NUL (RFC 9562). */
void random_uuid(char ret_text[37]);

#endif
