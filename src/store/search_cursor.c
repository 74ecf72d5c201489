/* SPDX-License-Identifier: Apache-2.0
 * Page cursors: the query's hash, the feed number of page one, the total, and the sort keys of the last
 * row, in hexadecimal. What comes back is checked: it may have been made up. */
#include "store/query.h"

#define FIXED_BYTES ((size_t)24)

static void put_u64(struct text *text, uint64_t value)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		text_put_byte(text, (char)(value >> shift));
}

static uint64_t take_u64(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

struct str cursor_write(struct arena *arena, uint64_t hash, const struct cursor *cursor)
{
	static const char digits[] = "0123456789abcdef";
	struct text bytes, text;
	struct str view;

	text_init(&bytes, arena, FIXED_BYTES + POSITION_BYTES_MAX);
	put_u64(&bytes, hash);
	put_u64(&bytes, (uint64_t)cursor->feed_max);
	put_u64(&bytes, (uint64_t)cursor->total);
	text_put(&bytes, cursor->position);
	view = text_view(&bytes);
	text_init(&text, arena, 2 * (FIXED_BYTES + POSITION_BYTES_MAX));
	for (size_t i = 0; i < view.len; i++) {
		text_put_byte(&text, digits[(uint8_t)view.ptr[i] >> 4]);
		text_put_byte(&text, digits[(uint8_t)view.ptr[i] & 15]);
	}
	return text_view(&text);
}

static int digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

enum error cursor_read(struct arena *arena, struct str text, uint64_t hash,
		       struct cursor *ret_cursor)
{
	uint8_t *bytes = arena_take(arena, text.len / 2 + 1, 1);
	struct cursor cursor;

	if (bytes == NULL)
		return ERROR_LIMIT;
	if (text.len % 2 != 0 || text.len < 2 * FIXED_BYTES + 2 ||
	    text.len > 2 * (FIXED_BYTES + POSITION_BYTES_MAX))
		return ERROR_BAD_REQUEST;
	for (size_t i = 0; i < text.len / 2; i++) {
		int high = digit(text.ptr[2 * i]), low = digit(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return ERROR_BAD_REQUEST;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	if (take_u64(bytes) != hash)
		return ERROR_BAD_REQUEST;
	cursor.feed_max = (int64_t)take_u64(bytes + 8);
	cursor.total = (int64_t)take_u64(bytes + 16);
	cursor.position =
		(struct str){ (const char *)bytes + FIXED_BYTES, text.len / 2 - FIXED_BYTES };
	if (cursor.feed_max < 0 || cursor.total < -1)
		return ERROR_BAD_REQUEST;
	*ret_cursor = cursor;
	return ERROR_OK;
}
