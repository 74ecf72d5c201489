/* SPDX-License-Identifier: Apache-2.0
 * The walk keeps a frame for each object that is open; JSON's depth limit bounds them. */
#include "fhir/walk.h"

#define PATH_BYTES_MAX 2048

void walk_start(struct walk *walk, struct json *resource, uint16_t shape)
{
	walk->depth = 1;
	walk->started = false;
	walk->frames[0] = (struct walk_frame){ .object = resource, .shape = shape };
}

/* Sets the frame to the first object that `member` holds; false when it holds none. */
static bool open_member(struct walk_frame *frame, struct json *member)
{
	struct str name = json_name(member);
	bool is_sibling = name.len > 0 && name.ptr[0] == '_';

	if (member->type != JSON_OBJECT && member->type != JSON_ARRAY)
		return false;
	frame->element = is_sibling ? fhir_element_find(frame->shape, str_slice(name, 1, name.len))
				    : fhir_element_of(frame->shape, member);
	if (frame->element == 0)
		return false;
	frame->is_sibling = is_sibling;
	frame->index = 0;
	frame->item = member->type == JSON_ARRAY ? member->child : member;
	return frame->item != NULL;
}

/* The next object inside the current one, or NULL. */
static struct json *next_object(struct walk_frame *frame)
{
	for (;;) {
		while (frame->item != NULL) {
			struct json *item = frame->item;

			if (frame->member->type == JSON_ARRAY) {
				frame->item = item->next;
				frame->index++; /* one ahead of what is returned */
			} else {
				frame->item = NULL;
			}
			if (item->type == JSON_OBJECT)
				return item;
		}
		do {
			frame->member =
				frame->member == NULL ? frame->object->child : frame->member->next;
			if (frame->member == NULL)
				return NULL;
		} while (!open_member(frame, frame->member));
	}
}

enum walk_event walk_next(struct walk *walk)
{
	if (!walk->started) {
		walk->started = true;
		return WALK_ENTER;
	}
	if (walk->depth == 0)
		return WALK_END;
	struct walk_frame *frame = walk_top(walk);
	if (frame->left) {
		walk->depth--;
		if (walk->depth == 0)
			return WALK_END;
		frame = walk_top(walk);
	}
	struct json *object = next_object(frame);
	if (object == NULL) {
		frame->left = true;
		return WALK_LEAVE;
	}
	if (walk->depth == LIMIT_JSON_DEPTH_MAX)
		return WALK_TOO_DEEP;
	uint16_t shape = frame->is_sibling ? (uint16_t)FHIR_SHAPE_Element
					   : fhir_elements[frame->element].shape;
	if (shape == FHIR_SHAPE_Resource)
		shape = fhir_resource_type_of(object);
	walk->frames[walk->depth++] = (struct walk_frame){ .object = object, .shape = shape };
	return WALK_ENTER;
}

static void put_name(struct text *text, uint16_t shape, const struct json *member)
{
	struct str name = json_name(member);
	bool is_sibling = name.len > 0 && name.ptr[0] == '_';
	uint16_t element;

	if (is_sibling)
		name = str_slice(name, 1, name.len);
	element = fhir_element_find(shape, name);
	if (element != 0)
		name = str_slice(name, 0, fhir_elements[element].base_len);
	text_put_byte(text, '.');
	text_put(text, str_slice(name, 0, 64)); /* outside text when the element is unknown */
}

static void put_index(struct text *text, uint64_t index)
{
	text_put_byte(text, '[');
	text_put_u64(text, index);
	text_put_byte(text, ']');
}

struct str walk_path(const struct walk *walk, struct arena *arena, const struct json *member,
		     long index)
{
	struct text text;

	text_init(&text, arena, PATH_BYTES_MAX);
	text_put(&text, fhir_text(fhir_shapes[walk->frames[0].shape].name));
	for (size_t i = 0; i + 1 < walk->depth; i++) {
		const struct walk_frame *frame = &walk->frames[i];

		put_name(&text, frame->shape, frame->member);
		if (frame->member->type == JSON_ARRAY)
			put_index(&text, frame->index - 1);
	}
	if (member != NULL) {
		put_name(&text, walk->frames[walk->depth - 1].shape, member);
		if (index >= 0)
			put_index(&text, (uint64_t)index);
	}
	return text_view(&text);
}
