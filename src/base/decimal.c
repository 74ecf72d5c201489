/* SPDX-License-Identifier: Apache-2.0
 * Meaning of decimal texts. */
#include "base/decimal.h"

#include <stdio.h>
#include <stdlib.h>

#define DIGITS_MAX 18
#define EXPONENT_MAX 1000
#define EXPONENT_WRITTEN_MAX 100000000 /* larger ones are all the same: out of range */

/* Where the parts of a well-formed decimal stand. */
struct parts {
	struct str whole;    /* digits before the point */
	struct str fraction; /* digits after it, may be empty */
	int64_t exponent;    /* as written, saturated */
	bool negative;
};

static size_t skip_digits(struct str text, size_t at)
{
	while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
		at++;
	return at;
}

static bool read_exponent(struct str text, size_t at, int64_t *ret_exponent)
{
	bool negative = at < text.len && text.ptr[at] == '-';
	if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
		at++;
	if (at == text.len || skip_digits(text, at) != text.len)
		return false;
	int64_t exponent = 0;
	for (; at < text.len; at++) {
		if (exponent < EXPONENT_WRITTEN_MAX)
			exponent = exponent * 10 + (text.ptr[at] - '0');
	}
	*ret_exponent = negative ? -exponent : exponent;
	return true;
}

static bool split(struct str text, struct parts *ret_parts)
{
	struct parts parts = { .negative = text.len > 0 && text.ptr[0] == '-' };
	size_t from = parts.negative ? 1 : 0;
	size_t at = skip_digits(text, from);
	parts.whole = str_slice(text, from, at);
	if (parts.whole.len == 0 || (parts.whole.len > 1 && parts.whole.ptr[0] == '0'))
		return false;
	if (at < text.len && text.ptr[at] == '.') {
		from = at + 1;
		at = skip_digits(text, from);
		parts.fraction = str_slice(text, from, at);
		if (parts.fraction.len == 0)
			return false;
	}
	if (at < text.len) {
		if (text.ptr[at] != 'e' && text.ptr[at] != 'E')
			return false;
		if (!read_exponent(text, at + 1, &parts.exponent))
			return false;
	}
	*ret_parts = parts;
	return true;
}

bool decimal_is_valid(struct str text)
{
	struct parts parts;
	return split(text, &parts);
}

/* Adds digits to the coefficient; leading zeros are not significant. */
static bool gather(struct str digits, int64_t *coefficient, unsigned *significant)
{
	for (size_t i = 0; i < digits.len; i++) {
		if (*significant == 0 && digits.ptr[i] == '0')
			continue;
		if (++*significant > DIGITS_MAX)
			return false;
		*coefficient = *coefficient * 10 + (digits.ptr[i] - '0');
	}
	return true;
}

enum error decimal_parse(struct str text, struct decimal *ret_value)
{
	struct parts parts;
	int64_t coefficient = 0;
	unsigned significant = 0;
	if (!split(text, &parts))
		return ERROR_MALFORMED;
	if (!gather(parts.whole, &coefficient, &significant) ||
	    !gather(parts.fraction, &coefficient, &significant) ||
	    parts.fraction.len > EXPONENT_WRITTEN_MAX)
		return ERROR_LIMIT;
	int64_t exponent = parts.exponent - (int64_t)parts.fraction.len;
	if (exponent < -EXPONENT_MAX || exponent > EXPONENT_MAX)
		return ERROR_LIMIT;
	ret_value->coefficient = parts.negative ? -coefficient : coefficient;
	ret_value->exponent = (int32_t)exponent;
	return ERROR_OK;
}

/* What follows after the digits that are kept makes the value lie between two of them: a last digit 0 becomes 1. */
bool decimal_read(struct str text, struct decimal *ret_value)
{
	struct parts parts;
	int64_t coefficient = 0, dropped = 0;
	unsigned significant = 0;
	bool more = false;
	if (!split(text, &parts))
		return false;
	size_t count = parts.whole.len + parts.fraction.len;
	for (size_t i = 0; i < count; i++) {
		char digit = i < parts.whole.len ? parts.whole.ptr[i]
						 : parts.fraction.ptr[i - parts.whole.len];
		if (significant == 0 && digit == '0')
			continue;
		if (significant < DIGITS_MAX) {
			coefficient = coefficient * 10 + (digit - '0');
			significant++;
		} else {
			dropped++;
			more = more || digit != '0';
		}
	}
	if (more && coefficient % 10 == 0)
		coefficient++;
	int64_t exponent = parts.exponent - (int64_t)parts.fraction.len + dropped;
	if (exponent > EXPONENT_MAX)
		exponent = EXPONENT_MAX;
	ret_value->coefficient = parts.negative ? -coefficient : coefficient;
	ret_value->exponent = (int32_t)(exponent < -EXPONENT_MAX ? -EXPONENT_MAX : exponent);
	return true;
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value;
}

static int64_t count_digits(uint64_t value)
{
	int64_t digits = 1;
	for (; value >= 10; value /= 10)
		digits++;
	return digits;
}

static uint64_t power_of_ten(int64_t exponent) /* 0..19 */
{
	uint64_t power = 1;
	for (; exponent > 0; exponent--)
		power *= 10;
	return power;
}

/* Both are not 0. The place of the first digit decides; only when it is the same are the
 * coefficients brought to one length, which cannot overflow. */
static int compare_magnitudes(struct decimal a, struct decimal b)
{
	uint64_t a_value = magnitude(a.coefficient);
	uint64_t b_value = magnitude(b.coefficient);
	int64_t a_digits = count_digits(a_value);
	int64_t b_digits = count_digits(b_value);
	int64_t a_place = a_digits + a.exponent;
	int64_t b_place = b_digits + b.exponent;
	if (a_place != b_place)
		return a_place < b_place ? -1 : 1;
	if (a_digits < b_digits)
		a_value *= power_of_ten(b_digits - a_digits);
	else
		b_value *= power_of_ten(a_digits - b_digits);
	return (a_value > b_value) - (a_value < b_value);
}

int decimal_compare(struct decimal a, struct decimal b)
{
	int a_sign = (a.coefficient > 0) - (a.coefficient < 0);
	int b_sign = (b.coefficient > 0) - (b.coefficient < 0);
	if (a_sign != b_sign)
		return a_sign < b_sign ? -1 : 1;
	if (a_sign == 0)
		return 0;
	return a_sign * compare_magnitudes(a, b);
}

/* Text of sign, digits and power, read by the library's correctly rounding reader. It holds no
 * point, so the locale has no say. */
static double read_double(bool negative, uint64_t digits, const char *more, int64_t exponent)
{
	char words[64];
	(void)snprintf(words, sizeof(words), "%s%llu%sE%lld", negative ? "-" : "",
		       (unsigned long long)digits, more, (long long)exponent);
	return strtod(words, NULL);
}

double decimal_to_double(struct decimal value)
{
	static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
					 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
					 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	uint64_t digits = magnitude(value.coefficient);
	/* Both numbers are exact doubles, so one operation rounds once. */
	if (digits < (UINT64_C(1) << 53) && value.exponent >= -22 && value.exponent <= 22) {
		double exact = (double)value.coefficient;
		return value.exponent < 0 ? exact / powers[-value.exponent]
					  : exact * powers[value.exponent];
	}
	return read_double(value.coefficient < 0, digits, "", value.exponent);
}

/* The next double above or below; beyond the largest there is infinity, and beyond that nothing. Doubles of one sign
 * are in the order of their bits (IEEE 754). */
static double next_double(double value, bool up)
{
	bool negative = value < 0 || (!(value > 0) && !up);
	bool away = up != negative;
	bool is_last = value - value != 0; /* infinity */
	uint64_t bits = 0;
	double length = value < 0 ? -value : value > 0 ? value : 0;
	memcpy(&bits, &length, sizeof(bits));
	if (!(is_last && away))
		bits = away ? bits + 1 : bits - 1;
	memcpy(&length, &bits, sizeof(length));
	return negative ? -length : length;
}

/* Half a unit of the last written place away from the value, in magnitude: a digit 5 behind the
 * coefficient is half a unit more, behind the coefficient less one it is half a unit less. With a
 * positive exponent the standard's own example reads one place finer: 1e2 is [95, 105). */
void decimal_search_range(struct decimal value, double *ret_low, double *ret_high)
{
	bool negative = value.coefficient < 0;
	bool finer = value.exponent > 0;
	uint64_t digits = magnitude(value.coefficient);
	int64_t exponent = (int64_t)value.exponent - (finer ? 2 : 1);
	double far = read_double(negative, digits, finer ? "05" : "5", exponent);
	double near = -far;
	if (digits > 0)
		near = read_double(negative, digits - 1, finer ? "95" : "5", exponent);
	double middle = decimal_to_double(value);
	double low = negative ? far : near;
	double high = negative ? near : far;
	*ret_low = low < middle ? low : next_double(middle, false);
	*ret_high = high > middle ? high : next_double(middle, true);
}

bool decimal_to_scaled(struct decimal value, unsigned places, int64_t *ret_scaled)
{
	ASSERT(places <= 9);
	int64_t shift = (int64_t)value.exponent + (int64_t)places;
	uint64_t digits = magnitude(value.coefficient);
	if (digits == 0 || shift < -19) {
		*ret_scaled = 0;
		return true;
	}
	if (shift > 18)
		return false;
	if (shift >= 0) {
		if (__builtin_mul_overflow(digits, power_of_ten(shift), &digits))
			return false;
	} else {
		uint64_t unit = power_of_ten(-shift);
		uint64_t rest = digits % unit;
		digits = digits / unit + (rest >= unit - rest ? 1 : 0);
	}
	if (digits > (uint64_t)INT64_MAX)
		return false;
	*ret_scaled = value.coefficient < 0 ? -(int64_t)digits : (int64_t)digits;
	return true;
}
