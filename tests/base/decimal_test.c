/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/decimal.h"

static struct decimal read(struct str text)
{
	struct decimal value = { 0 };
	assert_int_equal(decimal_parse(text, &value), ERROR_OK);
	return value;
}

static void the_grammar_is_exact(void **state)
{
	(void)state;
	static const struct str good[] = {
		STR_INIT("0"),     STR_INIT("-0"),    STR_INIT("1.00"), STR_INIT("-12.5e+3"),
		STR_INIT("1E400"), STR_INIT("0.001"), STR_INIT("10"),   STR_INIT("1e-5"),
	};
	static const struct str bad[] = {
		STR_INIT(""),   STR_INIT("-"),   STR_INIT("+1"),   STR_INIT("01"),  STR_INIT("1."),
		STR_INIT(".5"), STR_INIT("1e"),  STR_INIT("1e+"),  STR_INIT("1 "),  STR_INIT("--1"),
		STR_INIT("1x"), STR_INIT("NaN"), STR_INIT("1.e1"), STR_INIT("0x1"), STR_INIT("00"),
	};
	struct decimal value;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(decimal_is_valid(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(decimal_is_valid(bad[i]));
		assert_int_equal(decimal_parse(bad[i], &value), ERROR_MALFORMED);
	}
}

static void trailing_zeros_are_kept(void **state)
{
	(void)state;
	assert_int_equal(read(STR("1.00")).coefficient, 100);
	assert_int_equal(read(STR("1.00")).exponent, -2);
	assert_int_equal(read(STR("-0.0012e5")).coefficient, -12);
	assert_int_equal(read(STR("-0.0012e5")).exponent, 1);
	assert_int_equal(read(STR("0.000")).exponent, -3);
}

static void limits_are_eighteen_digits_and_exponents_to_1000(void **state)
{
	(void)state;
	struct decimal value = { 5, 5 };
	assert_int_equal(read(STR("999999999999999999")).coefficient, 999999999999999999);
	assert_int_equal(decimal_parse(STR("1000000000000000000"), &value), ERROR_LIMIT);
	assert_int_equal(decimal_parse(STR("1e1001"), &value), ERROR_LIMIT);
	assert_int_equal(decimal_parse(STR("1e99999999999999999999"), &value), ERROR_LIMIT);
	assert_int_equal(decimal_parse(STR("1e-1001"), &value), ERROR_LIMIT);
	assert_int_equal(decimal_parse(STR("1e1000"), &value), ERROR_OK);
	assert_int_equal(decimal_parse(STR("0.000000000000000000000000001"), &value), ERROR_OK);
	assert_int_equal(value.exponent, -27);
}

static void order_is_exact_whatever_the_exponents(void **state)
{
	(void)state;
	static const struct str rising[] = {
		STR_INIT("-1e1000"),
		STR_INIT("-999999999999999999"),
		STR_INIT("-1.5"),
		STR_INIT("-1e-1000"),
		STR_INIT("0"),
		STR_INIT("9e-1000"),
		STR_INIT("0.1"),
		STR_INIT("0.100000000000000001"),
		STR_INIT("1"),
		STR_INIT("99999999999999999.8"),
		STR_INIT("99999999999999999.9"),
		STR_INIT("1e17"),
		STR_INIT("999999999999999998"),
		STR_INIT("9.99999999999999999e17"),
		STR_INIT("1e18"),
		STR_INIT("1e1000"),
	};
	const size_t count = sizeof(rising) / sizeof(rising[0]);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			int order = decimal_compare(read(rising[i]), read(rising[j]));
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
	assert_int_equal(decimal_compare(read(STR("1.00")), read(STR("1"))), 0);
	assert_int_equal(decimal_compare(read(STR("-0")), read(STR("0.0e9"))), 0);
	assert_int_equal(decimal_compare(read(STR("100e-2")), read(STR("1"))), 0);
	struct decimal most = { INT64_MAX, 0 };
	struct decimal least = { INT64_MIN, 0 };
	assert_true(decimal_compare(least, most) < 0);
	assert_true(decimal_compare(most, read(STR("1"))) > 0);
}

static void doubles_are_the_nearest(void **state)
{
	(void)state;
	assert_true(decimal_to_double(read(STR("0.1"))) == 0.1);
	assert_true(decimal_to_double(read(STR("-36.6"))) == -36.6);
	assert_true(decimal_to_double(read(STR("123456789012345678"))) == 123456789012345678.0);
	assert_true(decimal_to_double(read(STR("1.7e308"))) == 1.7e308);
	assert_true(decimal_to_double(read(STR("5e-324"))) == 5e-324);
	assert_true(decimal_to_double(read(STR("999999999999999999e-25"))) ==
		    999999999999999999e-25);
}

static void search_ranges_are_half_a_unit_each_way(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		double low;
		double high;
	} rows[] = {
		{ STR_INIT("100"), 99.5, 100.5 },   { STR_INIT("1.0"), 0.95, 1.05 },
		{ STR_INIT("1e2"), 95, 105 },       { STR_INIT("-2"), -2.5, -1.5 },
		{ STR_INIT("0"), -0.5, 0.5 },       { STR_INIT("5.40e-3"), 0.005395, 0.005405 },
		{ STR_INIT("-1.0"), -1.05, -0.95 }, { STR_INIT("0.0"), -0.05, 0.05 },
		{ STR_INIT("-1e2"), -105, -95 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double low;
		double high;
		decimal_search_range(read(rows[i].text), &low, &high);
		assert_true(low == rows[i].low);
		assert_true(high == rows[i].high);
	}
}

static void scaling_rounds_half_away_from_zero(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		unsigned places;
		int64_t scaled;
	} rows[] = {
		{ STR_INIT("36.6"), 1, 366 },
		{ STR_INIT("36.65"), 1, 367 },
		{ STR_INIT("36.64"), 1, 366 },
		{ STR_INIT("-36.65"), 1, -367 },
		{ STR_INIT("0.5"), 0, 1 },
		{ STR_INIT("-0.5"), 0, -1 },
		{ STR_INIT("0.49"), 0, 0 },
		{ STR_INIT("1e3"), 2, 100000 },
		{ STR_INIT("1e-1000"), 9, 0 },
		{ STR_INIT("0e1000"), 9, 0 },
		{ STR_INIT("9e18"), 0, 9000000000000000000 },
		{ STR_INIT("999999999999999999e-19"), 0, 0 },
		{ STR_INIT("999999999999999999e-18"), 0, 1 },
	};
	int64_t scaled = 77;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(decimal_to_scaled(read(rows[i].text), rows[i].places, &scaled));
		assert_true(scaled == rows[i].scaled);
	}
	scaled = 77;
	assert_false(decimal_to_scaled(read(STR("1e19")), 0, &scaled));
	assert_false(decimal_to_scaled(read(STR("9.3e18")), 0, &scaled));
	assert_false(decimal_to_scaled(read(STR("1e1000")), 0, &scaled));
	assert_int_equal(scaled, 77);
}

/* Whatever follows, the order against what charts and policies hold is that of the whole text. */
static void a_decimal_of_any_length_keeps_its_order(void **state)
{
	(void)state;
	static const struct {
		struct str text, other;
		int order;
	} rows[] = {
		{ STR_INIT("38.00000000000000000000"), STR_INIT("38"), 0 },
		{ STR_INIT("38.00000000000000000001"), STR_INIT("38"), 1 },
		{ STR_INIT("37.99999999999999999999"), STR_INIT("38"), -1 },
		{ STR_INIT("-38.0000000000000000000000001"), STR_INIT("-38"), -1 },
		{ STR_INIT("-37.9999999999999999999999999"), STR_INIT("-38"), 1 },
		{ STR_INIT("39.39999999999999857891452847979962825775146484375"), STR_INIT("39.4"),
		  -1 },
		{ STR_INIT("39.39999999999999857891452847979962825775146484375"),
		  STR_INIT("39.3999999999999"), 1 },
		{ STR_INIT("0.00000000000000000000000000000000000001"), STR_INIT("0"), 1 },
		{ STR_INIT("100000000000000000000000000000000000000000"), STR_INIT("1e41"), 0 },
		{ STR_INIT("12345678901234567890"), STR_INIT("12345678901234567e3"), 1 },
		{ STR_INIT("9999999999999999999999"), STR_INIT("1e22"), -1 },
		{ STR_INIT("3800000000000000000000000e-23"), STR_INIT("38"), 0 },
		{ STR_INIT("1e5000"), STR_INIT("9e300"), 1 },
		{ STR_INIT("-1e99999999999999999999"), STR_INIT("-9e300"), -1 },
		{ STR_INIT("1e-5000"), STR_INIT("0"), 1 },
		{ STR_INIT("1e-5000"), STR_INIT("1e-17"), -1 },
		{ STR_INIT("0e5000"), STR_INIT("0"), 0 },
		{ STR_INIT("36.8"), STR_INIT("36.8"), 0 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct decimal value;
		assert_true(decimal_read(rows[i].text, &value));
		assert_int_equal(decimal_compare(value, read(rows[i].other)), rows[i].order);
	}
	struct decimal untouched = { 7, 7 };
	assert_false(decimal_read(STR("1."), &untouched));
	assert_false(decimal_read(STR(""), &untouched));
	assert_int_equal(untouched.coefficient, 7);
}

static void what_decimal_parse_takes_is_read_the_same(void **state)
{
	(void)state;
	static const struct str texts[] = {
		STR_INIT("1.00"),   STR_INIT("-0.5e3"),
		STR_INIT("0"),      STR_INIT("999999999999999999"),
		STR_INIT("1e1000"), STR_INIT("0.0000000000000000000000001")
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct decimal a, b;
		assert_int_equal(decimal_parse(texts[i], &a), ERROR_OK);
		assert_true(decimal_read(texts[i], &b));
		assert_int_equal(a.coefficient, b.coefficient);
		assert_int_equal(a.exponent, b.exponent);
	}
}

static void a_search_range_is_never_empty(void **state)
{
	(void)state;
	static const struct str texts[] = { STR_INIT("37.1234567890123456"),
					    STR_INIT("37.12345678901234567890"),
					    STR_INIT("-0.123456789012345678"),
					    STR_INIT("123456789012345678"),
					    STR_INIT("1e-400"),
					    STR_INIT("-1e-5000"),
					    STR_INIT("0.00000000000000000000") };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct decimal value;
		double low, high;
		assert_true(decimal_read(texts[i], &value));
		decimal_search_range(value, &low, &high);
		assert_true(low < decimal_to_double(value));
		assert_true(high > decimal_to_double(value));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decimal_of_any_length_keeps_its_order),
		cmocka_unit_test(what_decimal_parse_takes_is_read_the_same),
		cmocka_unit_test(a_search_range_is_never_empty),
		cmocka_unit_test(the_grammar_is_exact),
		cmocka_unit_test(trailing_zeros_are_kept),
		cmocka_unit_test(limits_are_eighteen_digits_and_exponents_to_1000),
		cmocka_unit_test(order_is_exact_whatever_the_exponents),
		cmocka_unit_test(doubles_are_the_nearest),
		cmocka_unit_test(search_ranges_are_half_a_unit_each_way),
		cmocka_unit_test(scaling_rounds_half_away_from_zero),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
