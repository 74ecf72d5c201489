/* SPDX-License-Identifier: Apache-2.0
 * Short words for building FHIR trees. Every function passes NULL (a failed arena) through. */
#ifndef WARD_PRINT_H
#define WARD_PRINT_H

#include "ward/model.h"

struct json *print_resource(struct arena *arena, struct str type, const char *id);
void print_string(struct arena *arena, struct json *object, struct str name, struct str value);
/* As print_string, nothing at all for an empty value. */
void print_string_maybe(struct arena *arena, struct json *object, struct str name,
			struct str value);
void print_instant(struct arena *arena, struct json *object, struct str name, int64_t at_us);
/* {"reference": "Type/id"}, with a display when there is one. */
struct json *print_reference(struct arena *arena, const char *type, const char *id,
			     const char *display);
/* {"coding":[{"system","code"}]} */
struct json *print_concept(struct arena *arena, struct str system, struct str code,
			   struct str display);
/* Appends {"url": HOMEWARD_URL "StructureDefinition/" name, value_name: value} to object.extension. */
void print_extension(struct arena *arena, struct json *object, const char *name,
		     struct str value_name, struct json *value);
/* The extension `episode`, or `ward` for what concerns no patient. */
void print_whose(struct arena *arena, struct json *object, const struct stay *stay);
/* Adds an array with one element. */
void print_one(struct arena *arena, struct json *object, struct str name, struct json *element);
struct json *print_copy(struct arena *arena,
			struct str text); /* a string that outlives the model */

#endif
