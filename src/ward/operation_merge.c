/* SPDX-License-Identifier: Apache-2.0
 * The records of one child, asked of the record itself: an operation has no core (merge.h). */
#include "ward/operation_merge.h"

#include "ward/model.h"

static bool is_merge(const struct json *link)
{
	struct str type = json_get_text(link, STR("type"));
	return str_equal(type, STR("replaced-by")) || str_equal(type, STR("replaces"));
}

static void add_id(struct operation_merge *merge, struct str id)
{
	for (size_t i = 0; i < merge->count; i++) {
		if (str_equal(merge->ids[i], id))
			return;
	}
	if (id.len > 0 && merge->count < OPERATION_MERGE_MAX)
		merge->ids[merge->count++] = id;
}

/* What the record says of itself, or, of another, whether it says so of `id`. */
static void add_links(struct operation_merge *merge, const struct json *record, struct str id)
{
	const struct json *list = json_get(record, STR("link"));
	struct str own = json_get_text(record, STR("id"));
	for (const struct json *link = list == NULL ? NULL : list->child; link != NULL;
	     link = link->next) {
		struct str other = model_reference_id(json_get(link, STR("other")), STR("Patient"));
		if (is_merge(link) && str_equal(own, id))
			add_id(merge, other);
		else if (is_merge(link) && str_equal(other, id))
			add_id(merge, own);
	}
}

static bool follow(struct call *call, struct operation_merge *merge, struct str id, struct str name)
{
	struct search_argument argument = { name, id };
	struct search_result found = { 0 };
	if (!operation_search(call, "Patient", &argument, 1, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *record = NULL;
		if (json_parse(&call->arena, found.matches[i].body, NULL, NULL, &record) !=
		    ERROR_OK) {
			call_fail(call, ERROR_INTERNAL);
			return false;
		}
		add_links(merge, record, id);
	}
	return true;
}

bool operation_merge_read(struct call *call, struct str patient, struct operation_merge *ret_merge)
{
	*ret_merge = (struct operation_merge){ .count = 0 };
	add_id(ret_merge, patient);
	for (size_t i = 0; i < ret_merge->count; i++) {
		struct str id = ret_merge->ids[i];
		if (!follow(call, ret_merge, id, STR("_id")) ||
		    !follow(call, ret_merge, id, STR("link")))
			return false;
	}
	return true;
}

struct str operation_merge_any(struct arena *arena, const struct operation_merge *merge)
{
	struct text text;
	text_init(&text, arena, OPERATION_MERGE_MAX * MODEL_REFERENCE_BYTES);
	for (size_t i = 0; i < merge->count; i++)
		text_put_format(&text, "%sPatient/%.*s", i == 0 ? "" : ",", STR_ARG(merge->ids[i]));
	return text.failed ? (struct str){ NULL, 0 } : text_view(&text);
}
