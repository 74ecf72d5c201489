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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_filled_and_differ),
		cmocka_unit_test(uuids_have_version_4_and_do_not_repeat),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
