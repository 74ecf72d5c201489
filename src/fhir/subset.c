/* SPDX-License-Identifier: Apache-2.0
 * _summary and _elements (source: hl7.org/fhir/R4/search.html#summary). */
#include "fhir/walk.h"

struct subset {
	enum fhir_summary summary;
	const struct str *elements;
	size_t element_count;
};

static bool is_common(struct str name)
{
	return str_equal(name, STR("resourceType")) || str_equal(name, STR("id")) ||
	       str_equal(name, STR("meta"));
}

static bool is_listed(const struct subset *subset, const struct fhir_element *element)
{
	struct str name = fhir_element_name(element);

	for (size_t i = 0; i < subset->element_count; i++)
		if (str_equal(subset->elements[i], name) ||
		    str_equal(subset->elements[i], str_slice(name, 0, element->base_len)))
			return true;
	return false;
}

/* A top-level member stays when it is mandatory or a modifier, or the request asks for it. */
static bool stays_at_top(const struct subset *subset, struct str name,
			 const struct fhir_element *element)
{
	if (is_common(name) || (element->flags & (FHIR_REQUIRED | FHIR_MODIFIER)) != 0)
		return true;
	if (subset->element_count > 0)
		return is_listed(subset, element);
	switch (subset->summary) {
	case FHIR_SUMMARY_TRUE:
		return (element->flags & FHIR_SUMMARY) != 0;
	case FHIR_SUMMARY_TEXT:
		return str_equal(name, STR("text"));
	case FHIR_SUMMARY_DATA:
		return !str_equal(name, STR("text"));
	case FHIR_SUMMARY_FALSE:
	default:
		return true;
	}
}

static bool stays(const struct subset *subset, const struct walk *walk, const struct json *member)
{
	const struct walk_frame *frame = &walk->frames[walk->depth - 1];
	struct str name = json_name(member);
	uint16_t element;

	if (is_common(name))
		return true;
	if (name.len > 0 && name.ptr[0] == '_')
		name = str_slice(name, 1, name.len);
	element = fhir_element_find(frame->shape, name);
	if (element == 0)
		return true;
	if (walk->depth == 1)
		return stays_at_top(subset, name, &fhir_elements[element]);
	return subset->summary != FHIR_SUMMARY_TRUE || subset->element_count > 0 ||
	       (fhir_elements[element].flags & (FHIR_SUMMARY | FHIR_REQUIRED | FHIR_MODIFIER)) != 0;
}

/* Unlinks what does not stay; an object inside the resource is never emptied. */
static void trim_object(const struct subset *subset, const struct walk *walk)
{
	struct json *object = walk->frames[walk->depth - 1].object;
	size_t kept = 0;

	for (const struct json *member = object->child; member != NULL; member = member->next)
		kept += stays(subset, walk, member) ? 1 : 0;
	if (kept == 0 || kept == object->count)
		return;
	for (struct json *member = object->child; member != NULL;) {
		struct json *next = member->next;

		if (!stays(subset, walk, member))
			(void)json_remove(object, json_name(member)); /* it is there */
		member = next;
	}
}

static enum error add_tag(struct arena *arena, struct json *resource)
{
	struct json *meta = json_get(resource, STR("meta"));
	struct json *tags;
	struct json *tag;

	if (meta == NULL)
		meta = json_put(resource, STR("meta"), json_new(arena, JSON_OBJECT));
	if (meta == NULL)
		return ERROR_LIMIT;
	tags = json_get(meta, STR("tag"));
	for (tag = tags == NULL ? NULL : tags->child; tag != NULL; tag = tag->next)
		if (str_equal(json_get_text(tag, STR("code")), STR("SUBSETTED")))
			return ERROR_OK;
	if (tags == NULL)
		tags = json_put(meta, STR("tag"), json_new(arena, JSON_ARRAY));
	tag = json_new(arena, JSON_OBJECT);
	if (tags == NULL || tag == NULL)
		return ERROR_LIMIT;
	json_add(tag, STR("system"),
		 json_new_string(arena,
				 STR("http://terminology.hl7.org/CodeSystem/v3-ObservationValue")));
	json_add(tag, STR("code"), json_new_string(arena, STR("SUBSETTED")));
	json_append(tags, tag);
	return arena->failed ? ERROR_LIMIT : ERROR_OK;
}

enum error fhir_subset(struct arena *arena, struct json *resource, enum fhir_summary summary,
		       const struct str *elements, size_t element_count)
{
	struct subset subset = { summary, elements, element_count };
	struct walk walk;
	uint16_t type = fhir_resource_type_of(resource);

	if (type == FHIR_TYPE_NONE)
		return ERROR_MALFORMED;
	if (summary == FHIR_SUMMARY_FALSE && element_count == 0)
		return ERROR_OK;
	walk_start(&walk, resource, type);
	for (;;) {
		enum walk_event event = walk_next(&walk);

		if (event == WALK_END)
			return add_tag(arena, resource);
		if (event == WALK_TOO_DEEP)
			return ERROR_LIMIT;
		if (event == WALK_ENTER && walk_top(&walk)->shape != 0)
			trim_object(&subset, &walk);
	}
}
