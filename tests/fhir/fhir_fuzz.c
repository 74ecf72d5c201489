/* SPDX-License-Identifier: Apache-2.0
 * Bytes -> parse -> validate -> extract -> print. What is valid must print back as the same value, stay
 * valid and give as many index values; what is not valid must have said why. */
#include "base/limits.h"
#include "fhir/fhir.h"

#define ARENA_BYTES ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct str keep(void *context, struct str text, bool is_reference)
{
	size_t *count = context;

	*count += text.len > 0 && is_reference ? 1 : 0;
	return (struct str){ NULL, 0 };
}

static void check_valid(struct arena *arena, struct json *root)
{
	struct fhir_index index = { NULL, 0 };
	struct fhir_index again = { NULL, 0 };
	struct json *other;
	struct text text;
	size_t references = 0;
	enum error error = fhir_index_extract(arena, root, &index);

	ASSERT(error == ERROR_OK || error == ERROR_LIMIT);
	ASSERT(fhir_links_visit(arena, root, keep, &references) == ERROR_OK);
	text_init(&text, arena, LIMIT_BODY_BYTES_MAX);
	json_print(&text, root);
	ASSERT(json_parse(arena, text_view(&text), NULL, NULL, &other) == ERROR_OK);
	ASSERT(json_equal(root, other));
	ASSERT(fhir_validate(arena, other, NULL) == ERROR_OK);
	ASSERT(fhir_index_extract(arena, other, &again) == error);
	ASSERT(index.count == again.count);
	ASSERT(fhir_subset(arena, other, FHIR_SUMMARY_TRUE, NULL, 0) == ERROR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena;
	struct issues issues;
	struct fhir_index index;
	struct json *root;

	arena_init(&arena, ARENA_BYTES);
	issues_init(&issues, &arena);
	if (json_parse(&arena, (struct str){ (const char *)bytes, size }, NULL, &issues, &root) ==
	    ERROR_OK) {
		enum error error = fhir_validate(&arena, root, &issues);

		if (error == ERROR_OK)
			check_valid(&arena, root);
		else
			ASSERT(issues.first != NULL &&
			       fhir_outcome(&arena, error, &issues) != NULL);
		/* Rows of the store may be older than a rule: extraction bears what is not valid. */
		enum error extracted = fhir_index_extract(&arena, root, &index);
		ASSERT(extracted == ERROR_OK || fhir_resource_type_of(root) == FHIR_TYPE_NONE ||
		       extracted == ERROR_LIMIT);
	}
	arena_done(&arena);
	return 0;
}
