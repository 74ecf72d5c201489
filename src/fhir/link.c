/* SPDX-License-Identifier: Apache-2.0
 * Visits every link of a resource: what a transaction rewrites and what integrity checks follow. */
#include "fhir/narrative.h"
#include "fhir/walk.h"

static bool is_link(uint16_t shape)
{
	return shape == FHIR_SHAPE_uri || shape == FHIR_SHAPE_url ||
	       shape == FHIR_SHAPE_canonical || shape == FHIR_SHAPE_oid || shape == FHIR_SHAPE_uuid;
}

static enum error visit_value(struct arena *arena, struct json *value, uint16_t shape,
			      fhir_link_visit *visit, void *context)
{
	struct str text = json_text(value);

	if (value->type != JSON_STRING)
		return ERROR_OK;
	if (shape == FHIR_SHAPE_xhtml) {
		enum error error = narrative_visit(arena, text, visit, context, &text);

		if (error != ERROR_OK)
			return error;
	} else {
		struct str other = visit(context, text, shape == FHIR_SHAPE_string);

		text = other.len > 0 ? other : text;
	}
	if (text.len > UINT32_MAX)
		return ERROR_LIMIT;
	value->text_ptr = text.ptr;
	value->text_len = (uint32_t)text.len;
	return ERROR_OK;
}

static enum error visit_object(struct arena *arena, const struct walk_frame *frame,
			       fhir_link_visit *visit, void *context)
{
	for (struct json *member = frame->object->child; member != NULL; member = member->next) {
		uint16_t element = fhir_element_of(frame->shape, member);
		uint16_t shape = fhir_elements[element].shape;
		bool is_reference = frame->shape == FHIR_SHAPE_Reference &&
				    str_equal(json_name(member), STR("reference"));
		enum error error = ERROR_OK;

		if (element == 0 || (!is_link(shape) && shape != FHIR_SHAPE_xhtml && !is_reference))
			continue;
		if (member->type != JSON_ARRAY)
			error = visit_value(arena, member, shape, visit, context);
		for (struct json *item = member->type == JSON_ARRAY ? member->child : NULL;
		     item != NULL && error == ERROR_OK; item = item->next)
			error = visit_value(arena, item, shape, visit, context);
		if (error != ERROR_OK)
			return error;
	}
	return ERROR_OK;
}

enum error fhir_links_visit(struct arena *arena, struct json *resource, fhir_link_visit *visit,
			    void *context)
{
	struct walk walk;
	uint16_t type = fhir_resource_type_of(resource);

	if (type == FHIR_TYPE_NONE)
		return ERROR_MALFORMED;
	walk_start(&walk, resource, type);
	for (;;) {
		enum walk_event event = walk_next(&walk);
		enum error error = ERROR_OK;

		if (event == WALK_END)
			return arena->failed ? ERROR_LIMIT : ERROR_OK;
		if (event == WALK_TOO_DEEP)
			return ERROR_LIMIT;
		if (event == WALK_ENTER)
			error = visit_object(arena, walk_top(&walk), visit, context);
		if (error != ERROR_OK)
			return error;
	}
}
