/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/hash.h"

#include <stdlib.h>

static unsigned char pattern[256];

static int fill_pattern(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(pattern); i++)
		pattern[i] = (unsigned char)(i * 7 + 3);
	return 0;
}

/* Stored indexes hold these values: a change here is a change of the store's format. */
static void values_never_change(void **state)
{
	(void)state;
	static const struct {
		size_t length;
		uint64_t seed;
		uint64_t hash;
	} rows[] = {
		{ 0, 0, UINT64_C(0x16dc8f233cfcaf54) },
		{ 0, UINT64_C(0x0123456789abcdef), UINT64_C(0x0a5d08728c9efb4c) },
		{ 1, 0, UINT64_C(0x4fd4ab2f1edba1d4) },
		{ 2, 0, UINT64_C(0xb883152f8cf458ac) },
		{ 3, 0, UINT64_C(0x644726ee2df575be) },
		{ 3, UINT64_C(0x0123456789abcdef), UINT64_C(0xaac9b9ad796fd9d6) },
		{ 4, 0, UINT64_C(0xa379679467aa5157) },
		{ 7, 0, UINT64_C(0x89a5f0fa0692790b) },
		{ 8, 0, UINT64_C(0xbdad6ac953d68518) },
		{ 8, UINT64_C(0x0123456789abcdef), UINT64_C(0x195f367e3ca285cf) },
		{ 9, 0, UINT64_C(0x285c69a03fe4fddb) },
		{ 15, 0, UINT64_C(0xedf02dcfa09db5d5) },
		{ 16, 0, UINT64_C(0x79c0c292ff6e6ae3) },
		{ 16, UINT64_C(0x0123456789abcdef), UINT64_C(0x11bc5e8ffebcdc98) },
		{ 17, 0, UINT64_C(0x9073fddfb3e80703) },
		{ 31, 0, UINT64_C(0x307c37f5cc9bed33) },
		{ 32, 0, UINT64_C(0x5a11f16a8c841fe5) },
		{ 32, UINT64_C(0x0123456789abcdef), UINT64_C(0x50e9689a76295c21) },
		{ 33, 0, UINT64_C(0xd2e593cbe0cf7030) },
		{ 48, 0, UINT64_C(0xf3bf77af759b8975) },
		{ 64, 0, UINT64_C(0xd8e80c418b0db3b0) },
		{ 64, UINT64_C(0x0123456789abcdef), UINT64_C(0x66326ffd2477113a) },
		{ 65, 0, UINT64_C(0x42253fd0aab20710) },
		{ 100, 0, UINT64_C(0xfbef03498240e814) },
		{ 255, 0, UINT64_C(0xa7692f36209b9aaf) },
		{ 255, UINT64_C(0x0123456789abcdef), UINT64_C(0x3439356eb972c4a5) },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(hash_bytes(pattern, rows[i].length, rows[i].seed) == rows[i].hash);
}

static void one_bit_changes_about_half_of_the_hash(void **state)
{
	(void)state;
	for (size_t length = 1; length <= 100; length++) {
		uint64_t before = hash_bytes(pattern, length, 0);
		unsigned total = 0;
		for (size_t bit = 0; bit < length * 8; bit++) {
			pattern[bit / 8] ^= (unsigned char)(1u << bit % 8);
			uint64_t changed = before ^ hash_bytes(pattern, length, 0);
			pattern[bit / 8] ^= (unsigned char)(1u << bit % 8);
			assert_in_range(__builtin_popcountll(changed), 8, 56);
			total += (unsigned)__builtin_popcountll(changed);
		}
		assert_in_range(total / (length * 8), 28, 36);
	}
}

static int compare_words(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a;
	uint64_t second = *(const uint64_t *)b;
	return (first > second) - (first < second);
}

static void numbered_names_do_not_collide(void **state)
{
	(void)state;
	enum { COUNT = 200000 };
	uint64_t *hashes = calloc(COUNT, sizeof(*hashes));
	assert_non_null(hashes);
	size_t at_low = 0;
	for (uint64_t i = 0; i < COUNT; i++) {
		char name[16] = "Patient/";
		memcpy(name + 8, &i, 8);
		hashes[i] = hash_bytes(name, sizeof(name), 0);
		at_low += hashes[i] % 1024 == 0;
	}
	qsort(hashes, COUNT, sizeof(*hashes), compare_words);
	for (size_t i = 1; i < COUNT; i++)
		assert_true(hashes[i] != hashes[i - 1]);
	assert_in_range(at_low, 100, 300);
	free(hashes);
}

static void length_and_seed_count(void **state)
{
	(void)state;
	static const char zeros[64];
	for (size_t length = 0; length < 64; length++) {
		assert_true(hash_bytes(zeros, length, 0) != hash_bytes(zeros, length + 1, 0) ||
			    length == 63);
		assert_true(hash_bytes(zeros, length, 0) != hash_bytes(zeros, length, 1));
	}
	assert_true(hash_bytes(NULL, 0, 5) == hash_bytes(zeros, 0, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_never_change),
		cmocka_unit_test(one_bit_changes_about_half_of_the_hash),
		cmocka_unit_test(numbered_names_do_not_collide),
		cmocka_unit_test(length_and_seed_count),
	};
	return cmocka_run_group_tests(tests, fill_pattern, NULL);
}
