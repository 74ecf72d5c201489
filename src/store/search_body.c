/* SPDX-License-Identifier: Apache-2.0
 * What the entries do not say is read from the resource itself: display texts (:text) and the type of
 * an identifier (:of-type). Slow, and asked last. */
#include "store/query.h"

#include "base/utf8.h"

static bool text_matches(struct arena *arena, const struct fhir_index *index,
			 const struct search_criterion *criterion)
{
	for (size_t i = 0; i < index->count; i++) {
		const struct fhir_index_value *value = &index->values[i];
		struct str folded;

		if (value->parameter != criterion->parameter || value->text.len == 0)
			continue;
		folded = utf8_fold(arena, value->text);
		for (size_t j = 0; j < criterion->value_count; j++) {
			if (str_starts_with(folded, criterion->values[j].text))
				return true;
		}
	}
	return false;
}

static bool type_matches(const struct json *resource, const struct search_criterion *criterion)
{
	const struct json *list = json_get(resource, STR("identifier"));
	const struct json *first = list == NULL || list->type != JSON_ARRAY ? list : list->child;

	for (const struct json *one = first; one != NULL; one = one == list ? NULL : one->next) {
		const struct json *codings = json_get(json_get(one, STR("type")), STR("coding"));
		struct str value = json_get_text(one, STR("value"));

		for (const struct json *coding = codings == NULL ? NULL : codings->child;
		     coding != NULL; coding = coding->next) {
			struct str system = json_get_text(coding, STR("system"));
			struct str code = json_get_text(coding, STR("code"));

			for (size_t i = 0; i < criterion->value_count; i++) {
				const struct search_value *wanted = &criterion->values[i];

				if (str_equal(system, wanted->system) &&
				    str_equal(code, wanted->code) &&
				    str_equal(value, wanted->value))
					return true;
			}
		}
	}
	return false;
}

enum error match_body(struct run *run, const struct candidate *candidate,
		      const struct search_criterion *criterion, bool *ret_match)
{
	struct store_version version;
	struct fhir_index index = { .count = 0 };
	struct json *resource = NULL;
	struct arena arena; /* thousands of resources may be read before one matches */
	enum error error;

	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	error = reader_version_at(run->reader, &arena, candidate->feed, &version);
	if (error == ERROR_OK)
		error = json_parse(&arena, version.body, NULL, NULL, &resource);
	if (error == ERROR_OK && criterion->modifier == MODIFIER_TEXT)
		error = fhir_index_extract(&arena, resource, &index);
	if (error == ERROR_OK)
		*ret_match = criterion->modifier == MODIFIER_TEXT
				     ? text_matches(&arena, &index, criterion)
				     : type_matches(resource, criterion);
	arena_done(&arena);
	return error == ERROR_MALFORMED ? ERROR_STORAGE : error;
}
