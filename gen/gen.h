/* SPDX-License-Identifier: Apache-2.0
 * Build-time generator: FHIR R4 definitions (npm hl7.fhir.r4.examples) to read-only C tables.
 * One struct gen holds everything that is collected; the parts fill it in this order: package,
 * shape, binding, parameter, compartment, output. Any definition that is not understood stops the
 * build with a message: a table is complete or there is none. Single thread, runs once. */
#ifndef GEN_GEN_H
#define GEN_GEN_H

#include "base/arena.h"
#include "json/json.h"

#define GEN_ELEMENTS_MAX 20000
#define GEN_SHAPES_MAX 2000
#define GEN_CODES_MAX 20000
#define GEN_BINDINGS_MAX 400
#define GEN_PARAMETERS_MAX 6000
#define GEN_PROGRAMS_MAX 6000
#define GEN_STEPS_MAX 20000
#define GEN_COMPONENTS_MAX 1000
#define GEN_LIST_MAX 60000
#define GEN_FILES_MAX 8000
#define GEN_POOL_BYTES_MAX ((size_t)4 << 20)
#define GEN_RESOURCES_MAX 200
#define GEN_COMPARTMENTS_MAX 5

struct gen_text { /* a place in the pool */
	uint32_t at;
	uint32_t len;
};

enum gen_shape_kind { GEN_RESOURCE, GEN_ANY_RESOURCE, GEN_COMPLEX, GEN_PRIMITIVE, GEN_BACKBONE };
struct gen_shape {
	struct gen_text name; /* "Patient", "string", "Observation.component" */
	struct gen_text file;
	enum gen_shape_kind kind;
	uint16_t first;
	uint16_t count;
	uint8_t group_count;
	uint64_t required;
};

enum { GEN_ARRAY = 1, GEN_REQUIRED = 2, GEN_CHOICE = 4, GEN_SUMMARY = 8, GEN_MODIFIER = 16 };
struct gen_element {
	struct gen_text name;    /* the JSON key */
	struct gen_text content; /* content reference, resolved at the end; len 0: none */
	uint32_t base_len;       /* length of the key without the type of a choice */
	uint8_t flags;
	uint8_t group;
	uint16_t owner;
	uint16_t shape;
	uint16_t targets; /* place in `list`: count, then types; 0: any */
	uint16_t binding;
	uint32_t order;
};

enum gen_binding_kind {
	GEN_BIND_NONE,
	GEN_BIND_CODES,
	GEN_BIND_OPEN,
	GEN_BIND_MIME,
	GEN_BIND_CURRENCY
};
struct gen_binding {
	struct gen_text url;
	enum gen_binding_kind kind;
	uint16_t first;
	uint16_t count;
};
struct gen_code {
	struct gen_text code;
	struct gen_text system;
	uint16_t binding;
};

enum gen_op {
	GEN_OP_ELEMENT,
	GEN_OP_GROUP,
	GEN_OP_EQUALS,
	GEN_OP_TYPE,
	GEN_OP_EXTENSION,
	GEN_OP_URL
};
struct gen_step {
	enum gen_op op;
	bool first_only;
	uint16_t argument;
	struct gen_text literal;
};
enum { GEN_FROM_ROOT = 1, GEN_PRESENT = 2 }; /* PRESENT: gives true or false: there and not false */
struct gen_program {
	uint16_t step;
	uint8_t step_count;
	uint8_t flags;
	uint16_t shape;   /* what it ends at; 0: one of several */
	uint16_t element; /* its last element; 0: none */
};
struct gen_parameter {
	struct gen_text code, definition, expression;
	uint16_t type;
	uint8_t kind;
	uint16_t targets; /* place in `list` */
	uint16_t program;
	uint8_t program_count;
	uint16_t component; /* first row in `components`: component_count rows a program; 0: none */
	uint8_t component_count;
};
struct gen_component {
	struct gen_text definition;
	uint16_t parameter;
	uint16_t program;
	uint8_t program_count;
};

struct gen {
	struct arena arena;   /* everything that stays */
	struct arena scratch; /* one file at a time */
	const char *folder;
	struct str *files; /* names, sorted by bytes */
	size_t file_count;
	char *pool;
	size_t pool_len;
	uint32_t *pool_slots;
	struct gen_text *pool_texts;
	size_t pool_count;
	struct gen_shape *shapes; /* 1.. */
	size_t shape_count;
	size_t resource_count;
	struct gen_element *elements; /* 1.. */
	size_t element_count;
	struct gen_binding *bindings; /* 1.. */
	size_t binding_count;
	struct gen_code *codes;
	size_t code_count;
	struct gen_step *steps;
	size_t step_count;
	struct gen_program *programs;
	size_t program_count;
	struct gen_parameter *parameters;
	size_t parameter_count;
	struct gen_component *components; /* 1.. */
	size_t component_count;
	uint16_t *list; /* counted lists; place 0 is the empty list */
	size_t list_count;
	uint16_t parameter_first[GEN_RESOURCES_MAX];
	uint16_t compartment_types[GEN_COMPARTMENTS_MAX];
	uint16_t compartments[GEN_COMPARTMENTS_MAX][GEN_RESOURCES_MAX]; /* places in `list` */
	size_t compartment_count;
};

_Noreturn void gen_fail(const char *what, struct str where);

/* pool.c */
struct gen_text gen_intern(struct gen *gen, struct str text);
struct str gen_text_view(const struct gen *gen, struct gen_text text);
/* Adds a counted list and returns its place; the same list gets the same place. */
uint16_t gen_list_add(struct gen *gen, const uint16_t *values, size_t count);

/* package.c */
void gen_package_list(struct gen *gen);
/* Reads a file of the package into the scratch arena, which is emptied first. */
struct json *gen_package_read(struct gen *gen, struct str file);
/* The file of `kind` ("ValueSet") whose url this is, read; NULL when there is none. */
struct json *gen_package_find(struct gen *gen, struct str kind, struct str url);

/* shape.c */
void gen_shapes(struct gen *gen);
uint16_t gen_shape_find(const struct gen *gen, struct str name);
uint16_t gen_resource_find(const struct gen *gen, struct str name);

/* binding.c */
uint16_t gen_binding_add(struct gen *gen, struct str url);
void gen_bindings(struct gen *gen);

/* path.c */
/* Compiles `expression` for resources of `type`; relative to `shape` unless that is 0. Programs, one
 * for each alternative that speaks of the type, go to the end of gen->programs; returns how many. */
size_t gen_path(struct gen *gen, struct str expression, uint16_t type, uint16_t shape);

/* parameter.c */
void gen_parameters(struct gen *gen);
void gen_compartments(struct gen *gen);

/* output.c */
void gen_output(const struct gen *gen, const char *source_path, const char *header_path);

#endif
