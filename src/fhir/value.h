/* SPDX-License-Identifier: Apache-2.0
 * From a data element to the values that a search parameter of some kind has for it. */
#ifndef FHIR_VALUE_H
#define FHIR_VALUE_H

#include "fhir/path.h"

/* A growing list in an arena; failure shows in arena->failed. */
struct value_list {
	struct arena *arena;
	struct fhir_index_value *values;
	size_t count;
	size_t capacity;
};

/* Adds a cleared value of the parameter; NULL when the arena failed. */
struct fhir_index_value *value_add(struct value_list *list,
				   const struct fhir_search_parameter *parameter);
/* Adds the values of one node that a path led to. `shape` is the node's type. */
void value_read(struct value_list *list, const struct fhir_search_parameter *parameter,
		struct path_node node, uint16_t shape);
/* Whether value_read knows how to read this type for this kind of parameter. */
bool value_is_readable(enum fhir_search_kind kind, uint16_t shape);

/* value_range.c: the kinds whose values are ranges. */
void value_read_dates(struct value_list *list, const struct fhir_search_parameter *parameter,
		      const struct json *node, uint16_t shape);
void value_read_number(struct value_list *list, const struct fhir_search_parameter *parameter,
		       const struct json *node);
void value_read_quantity(struct value_list *list, const struct fhir_search_parameter *parameter,
			 const struct json *node, uint16_t shape);
void value_read_position(struct value_list *list, const struct fhir_search_parameter *parameter,
			 const struct json *node);

#endif
