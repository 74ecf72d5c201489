/* SPDX-License-Identifier: Apache-2.0
 * Chunks double in size, so that a request of any size needs few of them; memory is not cleared
 * when it is obtained. Under AddressSanitizer everything not handed out is poisoned and a gap
 * stands between pieces, so that a walk past a piece is caught as it would be with malloc. */
#include "base/arena.h"

#include "base/assert.h"
#include "base/checked.h"

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define ARENA_GAP ((size_t)16)
#define ARENA_POISON(from, size) ASAN_POISON_MEMORY_REGION((from), (size))
#define ARENA_UNPOISON(from, size) ASAN_UNPOISON_MEMORY_REGION((from), (size))
#else
#define ARENA_GAP ((size_t)0)
#define ARENA_POISON(from, size) ((void)0)
#define ARENA_UNPOISON(from, size) ((void)0)
#endif

#define ARENA_ALIGNMENT_MAX ((size_t)16)
#define CHUNK_BYTES_MIN ((size_t)16 * 1024)
#define CHUNK_BYTES_MAX ((size_t)64 * 1024 * 1024)
/* A larger chunk is given back by arena_reset: an idle thread must not sit on a rare giant. */
#define CHUNK_BYTES_KEPT_MAX ((size_t)8 * 1024 * 1024)

struct arena_chunk {
	struct arena_chunk *older;
	size_t size; /* header included */
};

_Static_assert(sizeof(struct arena_chunk) % ARENA_ALIGNMENT_MAX == 0, "pieces stay aligned");

void arena_init(struct arena *arena, size_t limit)
{
	*arena = (struct arena){ .limit = limit };
}

static void chunk_free(struct arena_chunk *chunk)
{
	ARENA_UNPOISON(chunk, chunk->size);
	free(chunk);
}

void arena_done(struct arena *arena)
{
	for (struct arena_chunk *chunk = arena->chunk; chunk != NULL;) {
		struct arena_chunk *older = chunk->older;
		chunk_free(chunk);
		chunk = older;
	}
	*arena = (struct arena){ .limit = arena->limit };
}

static void arena_use_chunk(struct arena *arena, struct arena_chunk *chunk)
{
	arena->chunk = chunk;
	arena->at = (char *)(chunk + 1);
	arena->end = (char *)chunk + chunk->size;
	ARENA_POISON(arena->at, (size_t)(arena->end - arena->at));
}

void arena_reset(struct arena *arena)
{
	struct arena_chunk *kept = NULL;
	for (struct arena_chunk *chunk = arena->chunk; chunk != NULL;) {
		struct arena_chunk *older = chunk->older;
		bool better = chunk->size <= CHUNK_BYTES_KEPT_MAX &&
			      (kept == NULL || chunk->size > kept->size);
		struct arena_chunk *freed = better ? kept : chunk;
		if (better)
			kept = chunk;
		if (freed != NULL)
			chunk_free(freed);
		chunk = older;
	}
	*arena = (struct arena){ .limit = arena->limit };
	if (kept != NULL) {
		kept->older = NULL;
		arena->used = kept->size;
		arena_use_chunk(arena, kept);
	}
}

/* The size of the next chunk: twice the last, at least what is needed, at most what is left. */
static bool next_chunk_size(const struct arena *arena, size_t needed, size_t *ret_size)
{
	size_t least;
	if (!checked_add_size(needed, sizeof(struct arena_chunk) + ARENA_ALIGNMENT_MAX, &least))
		return false;
	ASSERT(arena->used <= arena->limit);
	size_t left = arena->limit - arena->used;
	if (least > left)
		return false;
	size_t size = arena->chunk == NULL ? CHUNK_BYTES_MIN : arena->chunk->size;
	if (arena->chunk != NULL && size <= CHUNK_BYTES_MAX / 2)
		size *= 2;
	if (size > CHUNK_BYTES_MAX)
		size = CHUNK_BYTES_MAX;
	if (size < least)
		size = least;
	*ret_size = size < left ? size : left;
	return true;
}

static bool arena_grow(struct arena *arena, size_t needed)
{
	size_t size;
	if (!next_chunk_size(arena, needed, &size))
		return false;
	struct arena_chunk *chunk = malloc(size);
	if (chunk == NULL)
		return false;
	chunk->older = arena->chunk;
	chunk->size = size;
	arena->used += size;
	arena_use_chunk(arena, chunk);
	return true;
}

/* Bytes to skip from `at` to the next multiple of `alignment`. */
static size_t padding(const char *at, size_t alignment)
{
	return (size_t)(-(uintptr_t)at & (uintptr_t)(alignment - 1));
}

void *arena_take(struct arena *arena, size_t size, size_t alignment)
{
	ASSERT(alignment != 0 && alignment <= ARENA_ALIGNMENT_MAX &&
	       (alignment & (alignment - 1)) == 0);
	size_t whole;
	if (arena->failed || !checked_add_size(size == 0 ? 1 : size, ARENA_GAP, &whole)) {
		arena->failed = true;
		return NULL;
	}
	size_t skipped = padding(arena->at, alignment);
	size_t left = (size_t)(arena->end - arena->at);
	if (skipped > left || whole > left - skipped) {
		if (!arena_grow(arena, whole)) {
			arena->failed = true;
			return NULL;
		}
		skipped = padding(arena->at, alignment);
	}
	char *piece = arena->at + skipped;
	arena->at = piece + whole;
	ARENA_UNPOISON(piece, size);
	return piece;
}

void *arena_take_zeroed(struct arena *arena, size_t count, size_t size, size_t alignment)
{
	size_t bytes;
	if (!checked_mul_size(count, size, &bytes)) {
		arena->failed = true;
		return NULL;
	}
	void *piece = arena_take(arena, bytes, alignment);
	if (piece != NULL)
		memset(piece, 0, bytes);
	return piece;
}

struct str arena_copy(struct arena *arena, struct str text)
{
	size_t size;
	if (!checked_add_size(text.len, 1, &size)) {
		arena->failed = true;
		return (struct str){ NULL, 0 };
	}
	char *copy = arena_take(arena, size, 1);
	if (copy == NULL)
		return (struct str){ NULL, 0 };
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return (struct str){ copy, text.len };
}
