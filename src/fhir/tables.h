/* SPDX-License-Identifier: Apache-2.0
 * The shape of the tables that gen/gen_fhir.c makes from the official definitions. Rows are found by
 * 16-bit numbers, texts lie in one pool. Number 0 means "none" in shapes, elements, bindings, lists.
 * Hash tables: slot = hash_bytes(text, length, seed) & mask, then the next slots until an empty one. */
#ifndef FHIR_TABLES_H
#define FHIR_TABLES_H

#include "base/hash.h"
#include "fhir/fhir.h"

struct fhir_text {
	uint32_t at;
	uint32_t len;
};

enum fhir_shape_kind {
	FHIR_RESOURCE,
	FHIR_ANY_RESOURCE,
	FHIR_COMPLEX,
	FHIR_PRIMITIVE,
	FHIR_BACKBONE
};
/* An object's type: a resource (shape number = type number), a data type, or a part of one. */
struct fhir_shape {
	struct fhir_text name; /* "Patient", "Quantity", "Observation.component" */
	uint64_t required;     /* bit n: the element of group n must be there */
	uint16_t first;        /* elements */
	uint16_t count;
	uint8_t kind;
	uint8_t group_count;
};

enum {
	FHIR_ARRAY = 1,
	FHIR_REQUIRED = 2,
	FHIR_CHOICE = 4,
	FHIR_SUMMARY = 8,
	FHIR_MODIFIER = 16,
};
/* One JSON key of a shape; the keys of a choice share a group. */
struct fhir_element {
	uint32_t name_at;
	uint8_t name_len;
	uint8_t base_len; /* of the name without the type of a choice */
	uint8_t flags;
	uint8_t group;
	uint16_t owner;
	uint16_t shape;
	uint16_t targets; /* in fhir_lists: count, then types; 0: any */
	uint16_t binding;
};

enum fhir_binding_kind {
	FHIR_BIND_NONE,
	FHIR_BIND_CODES,
	FHIR_BIND_OPEN,
	FHIR_BIND_MIME,
	FHIR_BIND_CURRENCY
};
struct fhir_binding {
	struct fhir_text url;
	uint16_t first; /* codes */
	uint16_t count;
	uint8_t kind;
};
struct fhir_code {
	struct fhir_text code;
	struct fhir_text system;
	uint16_t binding;
};

enum fhir_op {
	FHIR_OP_ELEMENT,   /* the member that is element `argument` */
	FHIR_OP_GROUP,     /* the member of the choice that element `argument` belongs to */
	FHIR_OP_EQUALS,    /* keep when member `argument` has the text */
	FHIR_OP_TYPE,      /* keep a Reference that leads to type `argument` */
	FHIR_OP_EXTENSION, /* keep what has an extension with this url */
	FHIR_OP_URL,       /* keep an extension with this url */
};
struct fhir_step {
	struct fhir_text literal;
	uint16_t argument;
	uint8_t op;
	uint8_t first_only; /* [0] */
};
enum { FHIR_FROM_ROOT = 1, FHIR_PRESENT = 2 };
struct fhir_program {
	uint16_t step;
	uint8_t step_count;
	uint8_t flags;
	uint16_t shape; /* where a program of no step or a composite's repeat ends; 0: several */
};
struct fhir_component {
	uint16_t parameter;
	uint16_t program;
	uint8_t program_count;
};
/* Beside each row of fhir_parameters. A composite has component_count components for each of its
 * programs, in order. */
struct fhir_parameter_path {
	uint16_t program;
	uint16_t component;
	uint8_t program_count;
	uint8_t component_count;
};
struct fhir_range {
	uint16_t first;
	uint16_t count;
};

#include "fhir/fhir_tables.h"

extern const char fhir_pool[];
extern const struct fhir_shape fhir_shapes[FHIR_SHAPE_COUNT + 1];
extern const struct fhir_element fhir_elements[FHIR_ELEMENT_COUNT + 1];
extern const uint16_t fhir_element_slots[FHIR_ELEMENT_SLOTS]; /* seed: the owner */
extern const uint16_t fhir_type_slots[FHIR_TYPE_SLOTS];       /* seed: 0 */
extern const struct fhir_binding fhir_bindings[FHIR_BINDING_COUNT + 1];
extern const struct fhir_code fhir_codes[FHIR_CODE_COUNT];
extern const uint16_t fhir_code_slots[FHIR_CODE_SLOTS]; /* seed: the binding; code number + 1 */
extern const struct fhir_step fhir_steps[];
extern const struct fhir_program fhir_programs[];
extern const struct fhir_component fhir_components[];
extern const struct fhir_search_parameter fhir_parameters[FHIR_PARAMETER_COUNT];
extern const struct fhir_parameter_path fhir_parameter_paths[FHIR_PARAMETER_COUNT];
extern const struct fhir_range fhir_type_parameters[FHIR_RESOURCE_COUNT + 1];
extern const uint16_t fhir_lists[];
extern const uint16_t fhir_compartment_types[FHIR_COMPARTMENT_COUNT];
extern const uint16_t fhir_compartments[FHIR_COMPARTMENT_COUNT][FHIR_RESOURCE_COUNT + 1];

static inline struct str fhir_text(struct fhir_text text)
{
	return (struct str){ fhir_pool + text.at, text.len };
}
static inline struct str fhir_element_name(const struct fhir_element *element)
{
	return (struct str){ fhir_pool + element->name_at, element->name_len };
}

/* shape.c */
/* The element of `shape` with this JSON key, or 0. */
uint16_t fhir_element_find(uint16_t shape, struct str name);
/* The same for a member of an object; the number kept in node->tag is used when it is true. */
uint16_t fhir_element_of(uint16_t shape, const struct json *member);
/* The code's row within a value set, or NULL. */
const struct fhir_code *fhir_code_find(uint16_t binding, struct str code);

#endif
