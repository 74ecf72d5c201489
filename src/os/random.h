/* SPDX-License-Identifier: Apache-2.0
 * Randomness from the kernel, good enough for secrets. Thread: any. */
#ifndef OS_RANDOM_H
#define OS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Cannot fail: a machine without randomness stops the process. */
void random_bytes(void *ret_bytes, size_t length);
/* A version 4 UUID in lower case with its NUL (RFC 9562). */
void random_uuid(char ret_text[37]);
/* A version 7 UUID (RFC 9562): 48 bits of milliseconds since 1970, then 74 random bits. Ids made one after
 * another stand side by side in an index. */
void random_uuid_ordered(int64_t at_us, char ret_text[37]);
/* These bytes, a hash, as a UUID of version 8 (RFC 9562): nothing in it is random. */
void random_uuid_of(const uint8_t bytes[16], char ret_text[37]);

#endif
