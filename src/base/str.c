/* SPDX-License-Identifier: Apache-2.0
 * Views of text. */
#include "base/str.h"

#include "base/checked.h"

int str_compare(struct str a, struct str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool str_starts_with(struct str whole, struct str start)
{
	return whole.len >= start.len && str_equal((struct str){ whole.ptr, start.len }, start);
}

bool str_ends_with(struct str whole, struct str end)
{
	return whole.len >= end.len &&
	       str_equal(str_slice(whole, whole.len - end.len, whole.len), end);
}

static char ascii_lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

bool str_equal_ignore_ascii_case(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
			return false;
	}
	return true;
}

size_t str_find_byte(struct str whole, char byte, size_t from)
{
	if (from >= whole.len)
		return whole.len;
	const char *found = memchr(whole.ptr + from, (unsigned char)byte, whole.len - from);
	return found == NULL ? whole.len : (size_t)(found - whole.ptr);
}

size_t str_find(struct str whole, struct str part)
{
	if (part.len == 0)
		return 0;
	if (part.len > whole.len)
		return whole.len;
	const char *found = memmem(whole.ptr, whole.len, part.ptr, part.len);
	return found == NULL ? whole.len : (size_t)(found - whole.ptr);
}

struct str str_slice(struct str whole, size_t from, size_t to)
{
	if (to > whole.len)
		to = whole.len;
	if (from > to)
		from = to;
	return whole.ptr == NULL ? whole : (struct str){ whole.ptr + from, to - from };
}

struct str str_cut(struct str *rest, char separator)
{
	struct str whole = *rest;
	size_t at = str_find_byte(whole, separator, 0);
	if (at == whole.len)
		*rest = (struct str){ NULL, 0 };
	else
		*rest = str_slice(whole, at + 1, whole.len);
	return str_slice(whole, 0, at);
}

static bool is_ascii_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct str str_trim(struct str whole)
{
	size_t from = 0;
	size_t to = whole.len;
	while (from < to && is_ascii_space(whole.ptr[from]))
		from++;
	while (to > from && is_ascii_space(whole.ptr[to - 1]))
		to--;
	return str_slice(whole, from, to);
}

bool str_to_u64(struct str digits, uint64_t *ret_value)
{
	uint64_t value = 0;
	if (digits.len == 0)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		char byte = digits.ptr[i];
		if (byte < '0' || byte > '9')
			return false;
		if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(byte - '0'), &value))
			return false;
	}
	*ret_value = value;
	return true;
}

bool str_to_i64(struct str digits, int64_t *ret_value)
{
	bool negative = digits.len > 0 && digits.ptr[0] == '-';
	uint64_t magnitude;
	if (!str_to_u64(str_slice(digits, negative ? 1 : 0, digits.len), &magnitude))
		return false;
	uint64_t most = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	if (magnitude > most)
		return false;
	/* -magnitude without a step outside the range: INT64_MIN has no positive partner. */
	if (negative)
		*ret_value = magnitude == 0 ? 0 : -(int64_t)(magnitude - 1) - 1;
	else
		*ret_value = (int64_t)magnitude;
	return true;
}
