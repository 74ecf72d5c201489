/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/str.h"

static void order_is_by_bytes_then_length(void **state)
{
	(void)state;
	assert_true(str_compare(STR("a"), STR("b")) < 0);
	assert_true(str_compare(STR("ab"), STR("a")) > 0);
	assert_true(str_compare(STR("\xff"), STR("a")) > 0);
	assert_int_equal(str_compare(STR(""), (struct str){ NULL, 0 }), 0);
}

static void starts_ends_and_case(void **state)
{
	(void)state;
	assert_true(str_starts_with(STR("Patient/1"), STR("Patient/")));
	assert_false(str_starts_with(STR("Pat"), STR("Patient")));
	assert_true(str_ends_with(STR("a.json"), STR(".json")));
	assert_true(str_ends_with(STR("a"), STR("")));
	assert_false(str_ends_with(STR("n"), STR("json")));
	assert_true(str_equal_ignore_ascii_case(STR("If-Match"), STR("IF-mATCH")));
	assert_false(str_equal_ignore_ascii_case(STR("a"), STR("ab")));
	assert_false(str_equal_ignore_ascii_case(STR("@"), STR("`")));
}

static void finding(void **state)
{
	(void)state;
	assert_int_equal(str_find_byte(STR("a|b|c"), '|', 2), 3);
	assert_int_equal(str_find_byte(STR("abc"), '|', 0), 3);
	assert_int_equal(str_find_byte(STR("abc"), 'a', 9), 3);
	assert_int_equal(str_find(STR("one two"), STR("two")), 4);
	assert_int_equal(str_find(STR("one two"), STR("owt")), 7);
	assert_int_equal(str_find(STR(""), STR("")), 0);
}

static void cutting_ends_with_a_null_rest(void **state)
{
	(void)state;
	struct str rest = STR("a,,b");
	assert_str_equal(str_cut(&rest, ','), "a");
	assert_int_equal(str_cut(&rest, ',').len, 0);
	assert_non_null(rest.ptr);
	assert_str_equal(str_cut(&rest, ','), "b");
	assert_null(rest.ptr);
	rest = STR("a,");
	assert_str_equal(str_cut(&rest, ','), "a");
	assert_non_null(rest.ptr);
	assert_int_equal(str_cut(&rest, ',').len, 0);
	assert_null(rest.ptr);
}

static void slices_are_clamped_and_trimmed(void **state)
{
	(void)state;
	assert_str_equal(str_slice(STR("abcdef"), 2, 4), "cd");
	assert_int_equal(str_slice(STR("abc"), 5, 9).len, 0);
	assert_int_equal(str_slice(STR("abc"), 2, 1).len, 0);
	assert_str_equal(str_trim(STR(" \t\r\n a b \v\f")), "a b");
	assert_int_equal(str_trim(STR("  ")).len, 0);
}

static void numbers_are_whole_and_in_range(void **state)
{
	(void)state;
	uint64_t u = 7;
	int64_t i = 7;
	assert_true(str_to_u64(STR("18446744073709551615"), &u));
	assert_true(u == UINT64_MAX);
	assert_false(str_to_u64(STR("18446744073709551616"), &u));
	assert_false(str_to_u64(STR(""), &u));
	assert_false(str_to_u64(STR("+1"), &u));
	assert_false(str_to_u64(STR("1 "), &u));
	assert_true(u == UINT64_MAX);
	assert_true(str_to_i64(STR("-9223372036854775808"), &i));
	assert_true(i == INT64_MIN);
	assert_false(str_to_i64(STR("-9223372036854775809"), &i));
	assert_false(str_to_i64(STR("9223372036854775808"), &i));
	assert_true(str_to_i64(STR("9223372036854775807"), &i));
	assert_true(i == INT64_MAX);
	assert_false(str_to_i64(STR("-"), &i));
	assert_false(str_to_i64(STR("--1"), &i));
	assert_true(str_to_i64(STR("-0"), &i));
	assert_int_equal(i, 0);
}

static void narrowing_is_checked(void **state)
{
	(void)state;
	uint16_t narrow;
	uint32_t wide;
	assert_true(checked_to_u16(65535, &narrow));
	assert_false(checked_to_u16(65536, &narrow));
	assert_true(checked_to_u32(4294967295, &wide));
	assert_false(checked_to_u32((size_t)4294967296, &wide));
}

static void every_error_has_a_row(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ERROR_COUNT; i++) {
		const struct error_row *row = error_row((enum error)i);
		assert_true(row->name.len > 0);
		assert_in_range(row->http_status, 200, 599);
		assert_true(row->issue_type.len > 0);
	}
	assert_int_equal(error_row(ERROR_GONE)->http_status, 410);
	assert_str_equal(error_row(ERROR_GONE)->issue_type, "deleted");
	assert_int_equal(error_row(ERROR_BUSY)->retry, ERROR_RETRY_LATER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_by_bytes_then_length),
		cmocka_unit_test(starts_ends_and_case),
		cmocka_unit_test(finding),
		cmocka_unit_test(cutting_ends_with_a_null_rest),
		cmocka_unit_test(slices_are_clamped_and_trimmed),
		cmocka_unit_test(numbers_are_whole_and_in_range),
		cmocka_unit_test(narrowing_is_checked),
		cmocka_unit_test(every_error_has_a_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
