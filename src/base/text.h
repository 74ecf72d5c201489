/* SPDX-License-Identifier: Apache-2.0
 * A growing text with a ceiling. Failure (ceiling or memory) is sticky: put calls become no-ops
 * and text_view returns an empty view; test `failed` once at the end. Lives in an arena. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"
#include "base/assert.h"

struct text {
	struct arena *arena;
	char *ptr;
	size_t len;
	size_t capacity;
	size_t limit;
	bool failed;
};

void text_init(struct text *text, struct arena *arena, size_t limit);
void text_put(struct text *text, struct str view);
void text_put_c(struct text *text, const char *c_string);
void text_put_byte(struct text *text, char byte);
void text_put_u64(struct text *text, uint64_t value);
void text_put_i64(struct text *text, int64_t value);
void text_put_format(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for `size` more bytes, or NULL on failure; who writes there adds what was written to `len`.
 * For inner loops that know their size beforehand. */
char *text_reserve(struct text *text, size_t size);
/* What has been put so far; always followed by a NUL byte that is not counted. */
struct str text_view(struct text *text);

#endif
