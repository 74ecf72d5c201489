/* SPDX-License-Identifier: Apache-2.0
 * A growing text. Capacity doubles; one byte is always kept for the closing NUL. */
#include "base/text.h"

#include "base/checked.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_BYTES_MIN ((size_t)256)

void text_init(struct text *text, struct arena *arena, size_t limit)
{
	*text = (struct text){ .arena = arena, .limit = limit };
}

static bool text_grow(struct text *text, size_t needed)
{
	size_t capacity = text->capacity < TEXT_BYTES_MIN ? TEXT_BYTES_MIN : text->capacity;
	while (capacity < needed) {
		if (!checked_mul_size(capacity, 2, &capacity))
			return false;
	}
	if (text->limit < SIZE_MAX && capacity > text->limit + 1)
		capacity = text->limit + 1;
	char *ptr = arena_take(text->arena, capacity, 1);
	if (ptr == NULL)
		return false;
	if (text->len > 0)
		memcpy(ptr, text->ptr, text->len);
	text->ptr = ptr;
	text->capacity = capacity;
	return true;
}

char *text_reserve(struct text *text, size_t size)
{
	size_t needed;
	if (text->failed)
		return NULL;
	if (size < text->capacity - text->len)
		return text->ptr + text->len;
	if (text->len > text->limit || size > text->limit - text->len ||
	    !checked_add_size(text->len, size, &needed) || !checked_add_size(needed, 1, &needed) ||
	    (needed > text->capacity && !text_grow(text, needed))) {
		text->failed = true;
		return NULL;
	}
	return text->ptr + text->len;
}

void text_put(struct text *text, struct str view)
{
	if (view.len == 0)
		return;
	char *to = text_reserve(text, view.len);
	if (to == NULL)
		return;
	memcpy(to, view.ptr, view.len);
	text->len += view.len;
}

void text_put_c(struct text *text, const char *c_string)
{
	text_put(text, str_from_c(c_string));
}

void text_put_byte(struct text *text, char byte)
{
	char *to = text_reserve(text, 1);
	if (to == NULL)
		return;
	*to = byte;
	text->len++;
}

void text_put_u64(struct text *text, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	text_put(text, (struct str){ digits + at, sizeof(digits) - at });
}

void text_put_i64(struct text *text, int64_t value)
{
	if (value < 0) {
		text_put_byte(text, '-');
		text_put_u64(text, (uint64_t)0 - (uint64_t)value);
	} else {
		text_put_u64(text, (uint64_t)value);
	}
}

void text_put_format(struct text *text, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	char *to = length < 0 ? NULL : text_reserve(text, (size_t)length);
	if (to == NULL) {
		text->failed = true;
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(to, (size_t)length + 1, format, arguments);
	va_end(arguments);
	text->len += (size_t)length;
}

struct str text_view(struct text *text)
{
	if (text->failed || text_reserve(text, 0) == NULL)
		return STR("");
	text->ptr[text->len] = '\0';
	return (struct str){ text->ptr, text->len };
}
