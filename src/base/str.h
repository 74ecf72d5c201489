/* SPDX-License-Identifier: Apache-2.0
 * A view of text: pointer and length, never assumed to end in NUL. Views do not own; they live as
 * long as what they look into (an arena, a literal, a request buffer). Text inside the program is
 * valid UTF-8, checked where it entered. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *ptr;
	size_t len;
};

/* A view of a string literal; LITERAL for initialisers of static tables. */
#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_INIT(literal) \
	{ \
		"" literal, sizeof(literal) - 1 \
	}
/* For "%.*s" in printf-like calls. */
#define STR_ARG(view) (int)(view).len, (view).ptr

static inline struct str str_from_c(const char *text)
{
	return text == NULL ? (struct str){ NULL, 0 } : (struct str){ text, strlen(text) };
}

static inline bool str_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Order by bytes, shorter first where one begins the other: negative, 0, positive. */
int str_compare(struct str a, struct str b);
bool str_starts_with(struct str whole, struct str start);
bool str_ends_with(struct str whole, struct str end);
bool str_equal_ignore_ascii_case(struct str a, struct str b);
/* Index of the first `byte` at or after `from`, or whole.len. */
size_t str_find_byte(struct str whole, char byte, size_t from);
/* Index of the first occurrence of `part`, or whole.len. */
size_t str_find(struct str whole, struct str part);
/* The part [from, to); both are clamped to the length. */
struct str str_slice(struct str whole, size_t from, size_t to);
/* Cuts the text before the first `separator` off *rest and returns it; *rest then starts after the
 * separator, or is empty with a NULL pointer when there was none left. */
struct str str_cut(struct str *rest, char separator);
struct str str_trim(struct str whole); /* ASCII white space at both ends */
/* Decimal digits only, whole text; false when empty, too large or anything else stands there. */
bool str_to_u64(struct str digits, uint64_t *ret_value);
bool str_to_i64(struct str digits, int64_t *ret_value);

#endif
