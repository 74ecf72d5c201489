/* SPDX-License-Identifier: Apache-2.0
 * Which files may travel together. Sent one after the other, a file finds in the record what an earlier
 * one stored: its copy under another name is then known and not stored twice, and a newer version of the same
 * resource wins. Two files that share anything of the kind therefore still go one after the other. A hash
 * that two things happen to share only costs a wait. */
#include "base/hash.h"
#include "client/import.h"

#include <stdlib.h>

static uint64_t hash_of(struct str first, struct str second, struct str third)
{
	uint64_t hash = hash_bytes(first.ptr, first.len, 1);
	hash = hash_bytes(second.ptr, second.len, hash);
	return hash_bytes(third.ptr, third.len, hash);
}

static uint64_t hash_of_identifier(struct str type, const struct json *identifier)
{
	return hash_of(type, json_get_text(identifier, STR("system")),
		       json_get_text(identifier, STR("value")));
}

const struct json *import_identifier_of(const struct json *entry)
{
	const struct json *request = json_get(entry, STR("request"));
	const struct json *identifier =
		json_at(json_get(json_get(entry, STR("resource")), STR("identifier")), 0);
	bool posted = str_equal(json_get_text(request, STR("method")), STR("POST"));
	bool conditional = json_get(request, STR("ifNoneExist")) != NULL;
	bool named = json_get_text(identifier, STR("system")).len > 0 &&
		     json_get_text(identifier, STR("value")).len > 0;
	return posted && !conditional && named ? identifier : NULL;
}

static const struct json *identifiers_of(const struct json *resource)
{
	const struct json *list = json_get(resource, STR("identifier"));
	return list != NULL && list->type == JSON_ARRAY ? list : NULL;
}

static size_t count_marks(const struct json *list)
{
	size_t count = 0;
	for (const struct json *entry = list->child; entry != NULL; entry = entry->next) {
		const struct json *identifiers = identifiers_of(json_get(entry, STR("resource")));
		count += 1 + (identifiers != NULL ? identifiers->count : 0);
	}
	return count;
}

/* The address that a PUT, PATCH or DELETE names, or that a resource with an id will get. */
static bool address_of(const struct import_content *content, const struct json *entry,
		       uint64_t *ret_mark)
{
	const struct json *request = json_get(entry, STR("request"));
	const struct json *resource = json_get(entry, STR("resource"));
	struct str type = json_get_text(resource, STR("resourceType"));
	struct str id = json_get_text(resource, STR("id"));
	struct str url = json_get_text(request, STR("url"));
	bool as_it_is = content->kind == IMPORT_AS_IT_IS;
	if (as_it_is && str_equal(json_get_text(request, STR("method")), STR("POST")))
		return false;
	if (!as_it_is && id.len == 0)
		return false;
	if (as_it_is) {
		size_t slash = str_find_byte(url, '/', 0);
		*ret_mark = slash < url.len ? hash_of(str_slice(url, 0, slash), STR("/"),
						      str_slice(url, slash + 1, url.len))
					    : hash_of(url, STR(""), STR(""));
	} else {
		*ret_mark = hash_of(type, STR("/"), id);
	}
	return true;
}

static int compare_marks(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return left < right ? -1 : left > right;
}

bool import_marks_make(struct import_content *content, struct arena *arena)
{
	struct import_marks *marks = &content->marks;
	const struct json *list = json_get(content->root, STR("entry"));
	struct json whole = { .type = JSON_OBJECT };
	struct json only = { .type = JSON_ARRAY };
	struct json resource;
	if (content->kind == IMPORT_RESOURCE) {
		/* As if it stood in a Bundle. */
		resource = *content->root;
		resource.next = NULL;
		resource.name_ptr = "resource";
		resource.name_len = 8;
		whole.child = whole.last = &resource;
		whole.count = 1;
		only.child = only.last = &whole;
		only.count = 1;
		list = &only;
	}
	if (list == NULL || list->type != JSON_ARRAY)
		return true;
	size_t count = count_marks(list);
	marks->written = ARENA_NEW(arena, uint64_t, count + 1);
	marks->asked = ARENA_NEW(arena, uint64_t, (size_t)list->count * 2 + 1);
	if (marks->written == NULL || marks->asked == NULL)
		return false;
	for (const struct json *entry = list->child; entry != NULL; entry = entry->next) {
		const struct json *held = json_get(entry, STR("resource"));
		struct str type = json_get_text(held, STR("resourceType"));
		const struct json *identifiers = identifiers_of(held);
		const struct json *named = import_identifier_of(entry);
		uint64_t address = 0;
		for (const struct json *identifier = identifiers != NULL ? identifiers->child
									 : NULL;
		     identifier != NULL; identifier = identifier->next)
			marks->written[marks->written_count++] =
				hash_of_identifier(type, identifier);
		if (named != NULL)
			marks->asked[marks->asked_count++] = hash_of_identifier(type, named);
		if (address_of(content, entry, &address)) {
			marks->written[marks->written_count++] = address;
			marks->asked[marks->asked_count++] = address;
		}
	}
	qsort(marks->written, marks->written_count, sizeof(uint64_t), compare_marks);
	return true;
}

bool import_marks_clash(const struct import_marks *earlier, const struct import_marks *later)
{
	for (size_t i = 0; i < later->asked_count && earlier->written_count > 0; i++) {
		if (bsearch(&later->asked[i], earlier->written, earlier->written_count,
			    sizeof(uint64_t), compare_marks) != NULL)
			return true;
	}
	return false;
}
