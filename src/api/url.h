/* SPDX-License-Identifier: Apache-2.0
 * The target of a request line, and form bodies: split first, percent-decoded after, so that an escaped
 * separator stays data. Sources: RFC 3986; application/x-www-form-urlencoded as the WHATWG URL
 * standard has it ('+' is a space in queries and forms, not in paths).
 * Everything is pure; results live in the arena or look into the input. */
#ifndef API_URL_H
#define API_URL_H

#include "base/error.h"
#include "base/text.h"
#include "store/search.h"

#define URL_SEGMENTS_MAX 12
#define URL_ARGUMENTS_MAX 256

struct url {
	struct str path;                       /* decoded, without the query */
	struct str segments[URL_SEGMENTS_MAX]; /* decoded, empty ones left out */
	size_t segment_count;
	struct str query;                  /* as it came, without '?' */
	struct search_argument *arguments; /* decoded, in order */
	size_t argument_count;
};

/* Reads "/a/b?c=d", "http://host/a/b" (absolute form) or, for Bundle entries, "Patient?name=x".
 * ERROR_BAD_REQUEST: broken escape, NUL, invalid UTF-8; ERROR_URL_TOO_LONG; ERROR_LIMIT: too many parts. */
MUST_CHECK enum error url_parse(struct arena *arena, struct str target, struct url *ret_url);
/* name=value pairs joined by '&'. An empty text gives no pairs. */
MUST_CHECK enum error url_query_parse(struct arena *arena, struct str query,
				      struct search_argument **ret_arguments, size_t *ret_count);
/* Puts the text so that url_query_parse reads it back; letters, digits and -._~:/,* stay
 * where RFC 3986 allows them or escaping would only hurt reading. */
void url_encode(struct text *text, struct str value);
/* "a=b&c=d". */
void url_query_print(struct text *text, const struct search_argument *arguments, size_t count);

#endif
