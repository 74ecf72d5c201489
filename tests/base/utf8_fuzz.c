/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as UTF-8: what is called valid is exactly what decoding and writing again gives back;
 * folding gives valid text and does nothing the second time. */
#include "base/assert.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A second opinion, by value instead of by table: decode by the first byte, then look whether the
 * shortest form of what came out is what stood there. */
static bool is_valid_by_value(const uint8_t *bytes, size_t size)
{
	for (size_t at = 0; at < size;) {
		size_t length = bytes[at] < 0x80   ? 1
				: bytes[at] < 0xe0 ? 2
				: bytes[at] < 0xf0 ? 3
						   : 4;
		uint32_t value = bytes[at];
		char again[4];
		if (length > size - at || (bytes[at] >= 0x80 && bytes[at] < 0xc0) ||
		    bytes[at] >= 0xf8)
			return false;
		if (length > 1)
			value &= 0xffu >> (length + 1);
		for (size_t i = 1; i < length; i++) {
			if ((bytes[at + i] & 0xc0) != 0x80)
				return false;
			value = value << 6 | (bytes[at + i] & 0x3fu);
		}
		if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
			return false;
		if (utf8_write(value, again) != length)
			return false;
		at += length;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str text = { (const char *)bytes, size };
	struct arena arena;
	bool valid = utf8_is_valid(text);
	ASSERT(valid == is_valid_by_value(bytes, size));
	if (!valid)
		return 0;
	for (size_t at = 0; at < size;) {
		size_t from = at;
		char again[4];
		size_t length = utf8_write(utf8_next(text, &at), again);
		ASSERT(str_equal((struct str){ again, length }, str_slice(text, from, at)));
	}
	arena_init(&arena, 64 << 20);
	struct str once = utf8_fold(&arena, text);
	struct str twice = utf8_fold(&arena, once);
	ASSERT(!arena.failed && once.len <= size && utf8_is_valid(once));
	ASSERT(str_equal(once, twice));
	arena_done(&arena);
	return 0;
}
