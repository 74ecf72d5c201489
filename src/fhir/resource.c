/* SPDX-License-Identifier: Apache-2.0
 * Resource types, ids and reference texts. */
#include "fhir/tables.h"

uint16_t fhir_resource_find(struct str name)
{
	size_t slot = hash_bytes(name.ptr, name.len, 0) & (FHIR_TYPE_SLOTS - 1);

	while (fhir_type_slots[slot] != 0) {
		if (str_equal(fhir_text(fhir_shapes[fhir_type_slots[slot]].name), name))
			return fhir_type_slots[slot];
		slot = (slot + 1) & (FHIR_TYPE_SLOTS - 1);
	}
	return FHIR_TYPE_NONE;
}

struct str fhir_resource_name(uint16_t type)
{
	if (type == FHIR_TYPE_NONE || type > FHIR_RESOURCE_COUNT)
		return (struct str){ NULL, 0 };
	return fhir_text(fhir_shapes[type].name);
}

uint16_t fhir_resource_count(void)
{
	return FHIR_RESOURCE_COUNT;
}

uint16_t fhir_resource_type_of(const struct json *resource)
{
	const struct json *type;

	if (resource == NULL || resource->type != JSON_OBJECT)
		return FHIR_TYPE_NONE;
	type = json_get(resource, STR("resourceType"));
	if (type == NULL || type->type != JSON_STRING)
		return FHIR_TYPE_NONE;
	return fhir_resource_find(json_text(type));
}

static bool is_id_byte(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.';
}

bool fhir_id_is_valid(struct str id)
{
	if (id.len == 0 || id.len > 64)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (!is_id_byte(id.ptr[i]))
			return false;
	return true;
}

/* Where the path segment before `end` begins; `end` is the place of the slash after it, or the
 * length. */
static size_t segment_start(struct str text, size_t end)
{
	size_t start = end;

	while (start > 0 && text.ptr[start - 1] != '/')
		start--;
	return start;
}

static bool base_is_valid(struct str base)
{
	size_t scheme = str_find(base, STR("://"));

	if (!str_starts_with(base, STR("http://")) && !str_starts_with(base, STR("https://")))
		return false;
	if (base.len == scheme + 3 || base.ptr[scheme + 3] == '/')
		return false;
	for (size_t i = 0; i < base.len; i++)
		if ((unsigned char)base.ptr[i] <= ' ' || base.ptr[i] == '?' || base.ptr[i] == '#')
			return false;
	return true;
}

bool fhir_reference_parse(struct str text, struct fhir_reference *ret_reference)
{
	struct fhir_reference reference = { .type = FHIR_TYPE_NONE };
	size_t end = text.len;
	size_t start = segment_start(text, end);
	struct str last = str_slice(text, start, end);

	if (start < 4) /* no slash, or no type before it */
		return false;
	size_t before = segment_start(text, start - 1);
	if (str_equal(str_slice(text, before, start - 1), STR("_history"))) {
		if (!fhir_id_is_valid(last) || before < 4)
			return false;
		reference.version = last;
		end = before - 1;
		start = segment_start(text, end);
		last = str_slice(text, start, end);
		if (start < 4)
			return false;
		before = segment_start(text, start - 1);
	}
	reference.id = last;
	reference.type = fhir_resource_find(str_slice(text, before, start - 1));
	if (reference.type == FHIR_TYPE_NONE || !fhir_id_is_valid(last))
		return false;
	if (before > 0) {
		reference.base = str_slice(text, 0, before - 1);
		if (!base_is_valid(reference.base))
			return false;
	}
	*ret_reference = reference;
	return true;
}
