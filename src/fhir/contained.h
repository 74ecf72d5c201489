/* SPDX-License-Identifier: Apache-2.0
 * Contained resources by id. Building is linear and finding constant, whatever the numbers. */
#ifndef FHIR_CONTAINED_H
#define FHIR_CONTAINED_H

#include "fhir/fhir.h"

struct contained {
	struct json **slots; /* NULL: there are none */
	size_t mask;
};

/* An empty map when `resource` has no array `contained`; *ret_list is that array or NULL. */
struct contained contained_open(struct arena *arena, const struct json *resource,
				const struct json **ret_list);
/* The slot that holds the resource of this id, or the empty one where it belongs. */
struct json **contained_slot(const struct contained *contained, struct str id);
/* The resource that "#id" names, or NULL. All contained resources must have been added. */
struct json *contained_find(const struct contained *contained, struct str text);

#endif
