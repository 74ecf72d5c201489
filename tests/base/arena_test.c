/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/arena.h"

static void pieces_are_aligned_and_apart(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, 1 << 20);
	char *last_end = NULL;
	for (size_t i = 0; i < 1000; i++) {
		size_t alignment = (size_t)1 << (i % 5);
		char *piece = arena_take(&arena, i % 37, alignment);
		assert_non_null(piece);
		assert_int_equal((uintptr_t)piece % alignment, 0);
		memset(piece, 0x5a, i % 37);
		assert_true(piece != last_end || i % 37 == 0);
		last_end = piece;
	}
	assert_false(arena.failed);
	arena_done(&arena);
}

static void the_limit_holds_and_failure_stays(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, 100 * 1024);
	while (arena_take(&arena, 1000, 8) != NULL)
		assert_true(arena.used <= 100 * 1024);
	assert_true(arena.failed);
	assert_true(arena.used <= 100 * 1024);
	assert_true(arena.used > 90 * 1024);
	assert_null(arena_take(&arena, 1, 1));
	arena_reset(&arena);
	assert_false(arena.failed);
	assert_non_null(arena_take(&arena, 1, 1));
	arena_done(&arena);
}

static void a_piece_that_nearly_fills_the_limit_fits(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, 1 << 20);
	assert_non_null(arena_take(&arena, (1 << 20) - 64, 16));
	assert_null(arena_take(&arena, 1 << 10, 16));
	arena_done(&arena);
}

static void overflow_is_failure(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, SIZE_MAX);
	assert_null(arena_take(&arena, SIZE_MAX, 16));
	arena_reset(&arena);
	assert_null(arena_take_zeroed(&arena, SIZE_MAX / 2, 3, 8));
	assert_true(arena.failed);
	arena_done(&arena);
}

static void zeroed_memory_is_zero_after_reuse(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, 1 << 20);
	memset(arena_take(&arena, 4096, 8), 0xff, 4096);
	arena_reset(&arena);
	const uint64_t *words = ARENA_NEW(&arena, uint64_t, 512);
	for (size_t i = 0; i < 512; i++)
		assert_int_equal(words[i], 0);
	arena_done(&arena);
}

static void reset_keeps_one_chunk_and_no_giant(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, (size_t)1 << 30);
	for (size_t i = 0; i < 100; i++)
		assert_non_null(arena_take(&arena, 10000, 8));
	assert_non_null(arena_take(&arena, (size_t)64 << 20, 8));
	arena_reset(&arena);
	assert_true(arena.used >= 256 * 1024);
	assert_true(arena.used <= 8 << 20);
	size_t kept = arena.used;
	assert_non_null(arena_take(&arena, 1000, 8));
	assert_int_equal(arena.used, kept);
	arena_done(&arena);
}

static void few_chunks_serve_a_large_request(void **state)
{
	(void)state;
	struct arena arena;
	size_t chunks = 0;
	size_t used = 0;
	arena_init(&arena, (size_t)1 << 30);
	for (size_t i = 0; i < 1000000; i++) {
		assert_non_null(arena_take(&arena, 48, 8));
		chunks += arena.used != used;
		used = arena.used;
	}
	assert_true(chunks <= 16);
	arena_done(&arena);
}

static void copies_end_in_nul(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, 1 << 20);
	struct str copy = arena_copy(&arena, STR("wort"));
	assert_str_equal(copy, "wort");
	assert_int_equal(copy.ptr[4], 0);
	struct str empty = arena_copy(&arena, (struct str){ NULL, 0 });
	assert_int_equal(empty.len, 0);
	assert_non_null(empty.ptr);
	arena_done(&arena);
}

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>

static void what_is_not_handed_out_is_poisoned(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, 1 << 20);
	char *piece = arena_take(&arena, 10, 1);
	assert_non_null(piece);
	assert_false(__asan_address_is_poisoned(piece + 9));
	assert_true(__asan_address_is_poisoned(piece + 10));
	assert_true(__asan_address_is_poisoned(piece + 100));
	arena_reset(&arena);
	assert_true(__asan_address_is_poisoned(piece));
	arena_done(&arena);
}
#else
static void what_is_not_handed_out_is_poisoned(void **state)
{
	(void)state;
	SKIP_BECAUSE("built without AddressSanitizer");
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_apart),
		cmocka_unit_test(the_limit_holds_and_failure_stays),
		cmocka_unit_test(a_piece_that_nearly_fills_the_limit_fits),
		cmocka_unit_test(overflow_is_failure),
		cmocka_unit_test(zeroed_memory_is_zero_after_reuse),
		cmocka_unit_test(reset_keeps_one_chunk_and_no_giant),
		cmocka_unit_test(few_chunks_serve_a_large_request),
		cmocka_unit_test(copies_end_in_nul),
		cmocka_unit_test(what_is_not_handed_out_is_poisoned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
