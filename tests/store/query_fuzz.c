/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as the parameters of a search, of any type, and as the cursor of a page: what is refused says why, and a
 * cursor that is let through is one that could have been written. */
#include "base/utf8.h"
#include "store/query.h"

enum { ARGUMENTS_MAX = 40 };
#define ARENA_BYTES ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_cursor(struct arena *arena, struct str input)
{
	struct cursor cursor;
	uint64_t hash = 0;
	struct str rest = input;
	for (size_t i = 0; i < 16 && i < rest.len; i++) {
		char byte = rest.ptr[i];
		unsigned digit = byte >= '0' && byte <= '9' ? (unsigned)(byte - '0')
							    : (unsigned)(byte - 'a' + 10) & 15;
		hash = hash << 4 | digit;
	}
	if (cursor_read(arena, input, hash, &cursor) == ERROR_OK)
		ASSERT(str_equal(cursor_write(arena, hash, &cursor), input));
}

/* name=value pairs between ampersands. */
static size_t arguments_of(struct str rest, struct search_argument ret_arguments[ARGUMENTS_MAX])
{
	size_t count = 0;
	while (rest.len > 0 && count < ARGUMENTS_MAX) {
		struct str value = str_cut(&rest, '&');
		struct str name = str_cut(&value, '=');
		ret_arguments[count++] = (struct search_argument){ name, value };
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena;
	struct search_argument arguments[ARGUMENTS_MAX];
	struct str rest = { (const char *)bytes, size };
	struct str name = str_cut(&rest, '?');
	/* As api/url.c does: nothing else gets as far. */
	if (!utf8_is_valid(rest))
		return 0;
	size_t count = arguments_of(rest, arguments);
	arena_init(&arena, ARENA_BYTES);
	check_cursor(&arena, rest);
	uint16_t type = fhir_resource_find(name);
	for (unsigned how = 0; how < 4; how++) {
		struct search_parse_options options = {
			.lenient = (how & 1) != 0,
			.conditional = (how & 2) != 0,
			.compartment = FHIR_TYPE_NONE,
			.base_url = STR("http://127.0.0.1:8080/fhir"),
			.now_us = INT64_C(1795334400000000),
		};
		struct search_request *request = NULL;
		struct issues issues;
		issues_init(&issues, &arena);
		enum error error =
			search_parse(&arena, type, arguments, count, &options, &issues, &request);
		ASSERT(error == ERROR_OK ? request != NULL
					 : issues.first != NULL || error == ERROR_LIMIT);
	}
	arena_done(&arena);
	return 0;
}
