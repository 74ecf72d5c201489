/* SPDX-License-Identifier: Apache-2.0
 * Checking, reading and writing UTF-8. */
#include "base/utf8.h"

#include "base/assert.h"

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Length of the well-formed sequence at `at` (table 3-7 of the Unicode Standard), 0 if there is
 * none. `at` < `end` and the first byte is not ASCII. */
static size_t sequence_length(const unsigned char *at, const unsigned char *end)
{
	size_t left = (size_t)(end - at);
	unsigned char first = at[0];
	if (first >= 0xc2 && first <= 0xdf)
		return left >= 2 && is_continuation(at[1]) ? 2 : 0;
	if (first >= 0xe0 && first <= 0xef) {
		unsigned char least = first == 0xe0 ? 0xa0 : 0x80;
		unsigned char most = first == 0xed ? 0x9f : 0xbf;
		return left >= 3 && at[1] >= least && at[1] <= most && is_continuation(at[2]) ? 3
											      : 0;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		unsigned char least = first == 0xf0 ? 0x90 : 0x80;
		unsigned char most = first == 0xf4 ? 0x8f : 0xbf;
		return left >= 4 && at[1] >= least && at[1] <= most && is_continuation(at[2]) &&
				       is_continuation(at[3])
			       ? 4
			       : 0;
	}
	return 0;
}

bool utf8_is_valid(struct str text)
{
	if (text.len == 0)
		return true;
	const unsigned char *at = (const unsigned char *)text.ptr;
	const unsigned char *end = at + text.len;
	while (at < end) {
		uint64_t word;
		if ((size_t)(end - at) >= sizeof(word)) {
			memcpy(&word, at, sizeof(word));
			if ((word & UINT64_C(0x8080808080808080)) == 0) {
				at += sizeof(word);
				continue;
			}
		}
		if (*at < 0x80) {
			at++;
			continue;
		}
		size_t length = sequence_length(at, end);
		if (length == 0)
			return false;
		at += length;
	}
	return true;
}

uint32_t utf8_next(struct str text, size_t *at)
{
	ASSERT(*at < text.len);
	const unsigned char *bytes = (const unsigned char *)text.ptr + *at;
	size_t left = text.len - *at;
	if (bytes[0] < 0x80) {
		*at += 1;
		return bytes[0];
	}
	if (bytes[0] < 0xe0) {
		ASSERT(left >= 2);
		*at += 2;
		return (bytes[0] & 0x1fu) << 6 | (bytes[1] & 0x3fu);
	}
	if (bytes[0] < 0xf0) {
		ASSERT(left >= 3);
		*at += 3;
		return (bytes[0] & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
	}
	ASSERT(left >= 4);
	*at += 4;
	return (bytes[0] & 0x07u) << 18 | (bytes[1] & 0x3fu) << 12 | (bytes[2] & 0x3fu) << 6 |
	       (bytes[3] & 0x3fu);
}

size_t utf8_write(uint32_t code_point, char ret_bytes[4])
{
	ASSERT(code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff));
	if (code_point < 0x80) {
		ret_bytes[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		ret_bytes[0] = (char)(0xc0 | code_point >> 6);
		ret_bytes[1] = (char)(0x80 | (code_point & 0x3f));
		return 2;
	}
	if (code_point < 0x10000) {
		ret_bytes[0] = (char)(0xe0 | code_point >> 12);
		ret_bytes[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
		ret_bytes[2] = (char)(0x80 | (code_point & 0x3f));
		return 3;
	}
	ret_bytes[0] = (char)(0xf0 | code_point >> 18);
	ret_bytes[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
	ret_bytes[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
	ret_bytes[3] = (char)(0x80 | (code_point & 0x3f));
	return 4;
}
