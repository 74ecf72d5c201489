/* SPDX-License-Identifier: Apache-2.0
 * Folding of text for string search. No letter's folded form is longer than the letter, so the
 * length of the text bounds the result. */
#include "base/assert.h"
#include "base/utf8.h"
#include "base/utf8_fold_table.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_space(uint32_t code_point)
{
	if (code_point < 0x80)
		return code_point == ' ' || (code_point >= '\t' && code_point <= '\r');
	return code_point == 0x85 || code_point == 0xa0 || code_point == 0x1680 ||
	       (code_point >= 0x2000 && code_point <= 0x200a) || code_point == 0x2028 ||
	       code_point == 0x2029 || code_point == 0x202f || code_point == 0x205f ||
	       code_point == 0x3000;
}

/* An entry of the tables; letters outside them stand for themselves. */
static uint32_t fold_letter(uint32_t code_point)
{
	if (code_point - FOLD_LATIN_FIRST < COUNT(fold_latin))
		return fold_latin[code_point - FOLD_LATIN_FIRST];
	if (code_point - FOLD_GREEK_CYRILLIC_FIRST < COUNT(fold_greek_cyrillic))
		return fold_greek_cyrillic[code_point - FOLD_GREEK_CYRILLIC_FIRST];
	if (code_point - FOLD_ADDITIONAL_FIRST < COUNT(fold_additional))
		return fold_additional[code_point - FOLD_ADDITIONAL_FIRST];
	return code_point;
}

static size_t write_folded(uint32_t code_point, char *to)
{
	uint32_t folded = fold_letter(code_point);
	if (folded == code_point || (folded & 0x8000) == 0)
		return utf8_write(folded, to);
	to[0] = (char)('a' - 1 + (folded >> 5 & 31));
	to[1] = (char)('a' - 1 + (folded & 31));
	return 2;
}

struct str utf8_fold(struct arena *arena, struct str text)
{
	/* Three bytes more, since the last letter is written by utf8_write into a room of four. */
	char *folded = arena_take(arena, text.len + 4, 1);
	size_t length = 0;
	bool after_space = false;
	if (folded == NULL)
		return (struct str){ NULL, 0 };
	for (size_t at = 0; at < text.len;) {
		uint32_t code_point = utf8_next(text, &at);
		/* A mark that falls away leaves no trace, not even between two spaces. */
		if (code_point >= 0x300 && code_point <= 0x36f)
			continue;
		bool space = is_space(code_point);
		if (space) {
			if (!after_space)
				folded[length++] = ' ';
		} else if (code_point < 0x80) {
			char byte = (char)code_point;
			folded[length++] = byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
		} else {
			length += write_folded(code_point, folded + length);
		}
		after_space = space;
		ASSERT(length <= at);
	}
	folded[length] = '\0';
	return (struct str){ folded, length };
}
