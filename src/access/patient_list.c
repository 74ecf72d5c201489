/* SPDX-License-Identifier: Apache-2.0 */
#include "access/patient_list.h"

#include "fhir/fhir.h"

bool patient_list_add(struct patient_list *list, struct arena *arena, struct str id)
{
	for (size_t i = 0; i < list->count; i++) {
		if (str_equal(list->ids[i], id))
			return true;
	}
	if (list->count == PATIENT_LIST_MAX) {
		list->cut = true;
		return true;
	}
	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
		struct str *ids = ARENA_NEW(arena, struct str, capacity);
		if (ids == NULL)
			return false;
		for (size_t i = 0; i < list->count; i++)
			ids[i] = list->ids[i];
		list->ids = ids;
		list->capacity = capacity;
	}
	list->ids[list->count++] = arena_copy(arena, id);
	return !arena->failed;
}

static bool is_id_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.';
}

/* The id that begins at `at`; empty when there is none. */
static struct str id_at(struct str text, size_t at)
{
	size_t end = at;
	while (end < text.len && is_id_byte(text.ptr[end]))
		end++;
	struct str id = str_slice(text, at, end);
	return fhir_id_is_valid(id) ? id : str_slice(text, at, at);
}

static bool scan_for(struct patient_list *list, struct arena *arena, struct str text,
		     struct str mark)
{
	struct str rest = text;
	for (;;) {
		size_t found = str_find(rest, mark);
		if (found >= rest.len)
			return true;
		struct str id = id_at(rest, found + mark.len);
		if (id.len > 0 && !patient_list_add(list, arena, id))
			return false;
		rest = str_slice(rest, found + mark.len, rest.len);
	}
}

bool patient_list_scan(struct patient_list *list, struct arena *arena, struct str text)
{
	return scan_for(list, arena, text, STR("\"Patient/")) &&
	       scan_for(list, arena, text, STR("/Patient/")) &&
	       scan_for(list, arena, text, STR("\"resourceType\":\"Patient\",\"id\":\""));
}
