/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "json/scan.h"

#include <stdlib.h>

static bool machine_can(void)
{
#ifdef SCAN_AVX2
	return __builtin_cpu_supports("avx2") != 0;
#else
	return true;
#endif
}

/* Exactly as large as the text, so that AddressSanitizer sees a read past it. */
static char *copy_of(const char *text, size_t length)
{
	char *copy = malloc(length == 0 ? 1 : length);
	assert_non_null(copy);
	memcpy(copy, text, length);
	return copy;
}

static void every_stop_is_found_at_every_place(void **state)
{
	(void)state;
	if (!machine_can())
		SKIP_BECAUSE("this processor has no AVX2");
	for (size_t length = 0; length <= 80; length++) {
		for (size_t stop = 0; stop <= length; stop++) {
			for (unsigned byte = 0; byte < 256; byte += 1 + (unsigned)(stop % 3)) {
				char text[80];
				memset(text, 'x', sizeof(text));
				if (stop < length)
					text[stop] = (char)byte;
				char *copy = copy_of(text, length);
				bool high = false;
				bool special = stop < length && scan_is_special((char)byte);
				const char *found = scan_special(copy, copy + length, &high);
				assert_int_equal(found - copy, special ? stop : length);
				assert_int_equal(high, stop < length && byte >= 0x80);
				free(copy);
			}
		}
	}
}

static void bytes_behind_the_stop_do_not_count_as_high(void **state)
{
	(void)state;
	if (!machine_can())
		SKIP_BECAUSE("this processor has no AVX2");
	for (size_t stop = 0; stop < 63; stop++) {
		char text[64];
		bool high = false;
		memset(text, 'x', sizeof(text));
		text[stop] = '"';
		text[stop + 1] = (char)0xc3;
		assert_ptr_equal(scan_special(text, text + 64, &high), text + stop);
		assert_false(high);
		if (stop == 0)
			continue;
		text[stop - 1] = (char)0xc3;
		assert_ptr_equal(scan_special(text, text + 64, &high), text + stop);
		assert_true(high);
	}
}

static void white_space_ends_where_it_ends(void **state)
{
	(void)state;
	if (!machine_can())
		SKIP_BECAUSE("this processor has no AVX2");
	for (size_t length = 0; length <= 70; length++) {
		for (size_t stop = 0; stop <= length; stop++) {
			for (unsigned byte = 0; byte < 256; byte += 1 + (unsigned)(length % 5)) {
				char text[80];
				for (size_t i = 0; i < sizeof(text); i++)
					text[i] = " \n\r\t"[i % 4];
				if (stop < length)
					text[stop] = (char)byte;
				char *copy = copy_of(text, length);
				bool ends = stop < length && !scan_is_space((char)byte);
				const char *found = scan_space(copy, copy + length);
				assert_int_equal(found - copy, ends ? stop : length);
				free(copy);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_stop_is_found_at_every_place),
		cmocka_unit_test(bytes_behind_the_stop_do_not_count_as_high),
		cmocka_unit_test(white_space_ends_where_it_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
