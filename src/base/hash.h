/* SPDX-License-Identifier: Apache-2.0
 * A fast 64-bit hash for tables inside one process and for compact index keys in the store (its
 * values are therefore part of the store's format and never change). Not for secrets. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

uint64_t hash_bytes(const void *bytes, size_t length, uint64_t seed);
static inline uint64_t hash_str(struct str text)
{
	return hash_bytes(text.ptr, text.len, 0);
}

#endif
