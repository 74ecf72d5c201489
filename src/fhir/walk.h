/* SPDX-License-Identifier: Apache-2.0
 * A typed walk over a resource, object by object, without recursion: every object is entered
 * before the objects inside it, in the order of the text. */
#ifndef FHIR_WALK_H
#define FHIR_WALK_H

#include "base/limits.h"
#include "fhir/tables.h"

struct walk_frame {
	struct json *object;
	struct json *member; /* being walked inside this object */
	struct json *item;   /* the element of the member's array to enter next */
	uint32_t index;      /* of `item` */
	uint16_t shape;
	uint16_t element; /* of `member` */
	bool is_sibling;  /* `member` is a `_name` */
	bool left;
};
struct walk {
	struct walk_frame frames[LIMIT_JSON_DEPTH_MAX];
	size_t depth; /* frames in use; the last one is the current object */
	bool started;
};
enum walk_event { WALK_ENTER, WALK_LEAVE, WALK_END, WALK_TOO_DEEP };

/* `resource` is an object. */
void walk_start(struct walk *walk, struct json *resource, uint16_t shape);
/* On WALK_ENTER and WALK_LEAVE the object is the last frame's. The object may be edited when it is
 * entered. Members that the shape does not know, or that are no objects, are passed over. */
enum walk_event walk_next(struct walk *walk);
/* A FHIRPath expression for a member of the current object (NULL: the object itself), and one
 * element of it when `index` is not negative. */
struct str walk_path(const struct walk *walk, struct arena *arena, const struct json *member,
		     long index);

static inline struct walk_frame *walk_top(struct walk *walk)
{
	return &walk->frames[walk->depth - 1];
}

#endif
