/* SPDX-License-Identifier: Apache-2.0
 * Memory of one request: taken piece by piece, given back all at once. A hard limit is set at
 * init. When it is reached or the system has no memory, take returns NULL and `failed` stays set,
 * so a caller may test once at the end of a phase (ERROR_LIMIT).
 * Thread: one arena belongs to one thread at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunk; /* newest first */
	char *at;
	char *end;
	size_t used;  /* bytes obtained from the system */
	size_t limit; /* bytes it may obtain */
	bool failed;
};

/* No memory is obtained before the first take. `limit` in bytes. */
void arena_init(struct arena *arena, size_t limit);
/* Gives everything back; the arena may be used again after arena_init. */
void arena_done(struct arena *arena);
/* Forgets all pieces but keeps one chunk for the next use; clears `failed`. */
void arena_reset(struct arena *arena);
/* `size` bytes aligned to `alignment` (a power of two up to 16), not cleared; NULL on failure. */
void *arena_take(struct arena *arena, size_t size, size_t alignment);
/* count * size bytes, cleared, overflow-checked. */
void *arena_take_zeroed(struct arena *arena, size_t count, size_t size, size_t alignment);
/* A copy that ends in NUL as well (the NUL is not counted in len). Empty view on failure. */
struct str arena_copy(struct arena *arena, struct str text);

#define ARENA_NEW(arena, type, count) \
	((type *)arena_take_zeroed((arena), (count), sizeof(type), _Alignof(type)))

#endif
