/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "os/random.h"

static void bytes_are_filled_and_differ(void **state)
{
	(void)state;
	unsigned char a[1000] = { 0 };
	unsigned char b[1000] = { 0 };
	unsigned counts[256] = { 0 };
	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	for (size_t i = 0; i < sizeof(a); i++)
		counts[a[i]]++;
	assert_true(counts[0] < 40);
	random_bytes(a, 0);
}

static void uuids_have_version_4_and_do_not_repeat(void **state)
{
	(void)state;
	char last[37] = "";
	for (unsigned i = 0; i < 1000; i++) {
		char uuid[37];
		random_uuid(uuid);
		assert_int_equal(strlen(uuid), 36);
		for (size_t at = 0; at < 36; at++) {
			if (at == 8 || at == 13 || at == 18 || at == 23)
				assert_int_equal(uuid[at], '-');
			else
				assert_non_null(strchr("0123456789abcdef", uuid[at]));
		}
		assert_int_equal(uuid[14], '4');
		assert_non_null(strchr("89ab", uuid[19]));
		assert_string_not_equal(uuid, last);
		memcpy(last, uuid, sizeof(last));
	}
}

static void ordered_uuids_have_version_7_and_sort_by_time(void **state)
{
	(void)state;
	char last[37] = "";
	for (int64_t at_ms = 1750000000000; at_ms < 1750000001000; at_ms++) {
		char uuid[37];
		random_uuid_ordered(at_ms * 1000, uuid);
		assert_int_equal(strlen(uuid), 36);
		assert_int_equal(uuid[14], '7');
		assert_non_null(strchr("89ab", uuid[19]));
		assert_true(strcmp(last, uuid) < 0);
		memcpy(last, uuid, sizeof(last));
	}
	char a[37], b[37];
	random_uuid_ordered(INT64_C(1645557742000000), a); /* RFC 9562, appendix A.6 */
	random_uuid_ordered(INT64_C(1645557742000000), b);
	assert_memory_equal(a, "017f22e2-79b0-7", 15);
	assert_string_not_equal(a, b);
}

static void a_hash_is_a_uuid_of_version_8(void **state)
{
	(void)state;
	const uint8_t hash[16] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0xff, 0x77,
				   0xff, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	char uuid[37];
	random_uuid_of(hash, uuid);
	assert_string_equal(uuid, "00112233-4455-8f77-bf99-aabbccddeeff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_filled_and_differ),
		cmocka_unit_test(uuids_have_version_4_and_do_not_repeat),
		cmocka_unit_test(ordered_uuids_have_version_7_and_sort_by_time),
		cmocka_unit_test(a_hash_is_a_uuid_of_version_8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
