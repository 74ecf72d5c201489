/* SPDX-License-Identifier: Apache-2.0
 * Open addressing, at most half full. */
#include "fhir/contained.h"

#include "base/hash.h"

struct contained contained_open(struct arena *arena, const struct json *resource,
				const struct json **ret_list)
{
	const struct json *list = json_get(resource, STR("contained"));
	struct contained contained = { NULL, 0 };
	size_t size = 8;

	*ret_list = NULL;
	if (list == NULL || list->type != JSON_ARRAY)
		return contained;
	while (size < (size_t)list->count * 2)
		size *= 2;
	contained.slots = ARENA_NEW(arena, struct json *, size);
	contained.mask = size - 1;
	*ret_list = list;
	return contained;
}

struct json **contained_slot(const struct contained *contained, struct str id)
{
	size_t slot = hash_str(id) & contained->mask;

	while (contained->slots[slot] != NULL &&
	       !str_equal(json_get_text(contained->slots[slot], STR("id")), id))
		slot = (slot + 1) & contained->mask;
	return &contained->slots[slot];
}

struct json *contained_find(const struct contained *contained, struct str text)
{
	if (contained->slots == NULL || text.len < 2 || text.ptr[0] != '#')
		return NULL;
	return *contained_slot(contained, str_slice(text, 1, text.len));
}
