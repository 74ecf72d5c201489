/* SPDX-License-Identifier: Apache-2.0
 * gen_fhir PACKAGE_FOLDER TABLES.c TABLES.h */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void gen_fail(const char *what, struct str where)
{
	fprintf(stderr, "gen_fhir: %s: %.*s\n", what, STR_ARG(where));
	exit(1);
}

static void take_tables(struct gen *gen)
{
	gen->shapes = ARENA_NEW(&gen->arena, struct gen_shape, GEN_SHAPES_MAX);
	gen->elements = ARENA_NEW(&gen->arena, struct gen_element, GEN_ELEMENTS_MAX);
	gen->bindings = ARENA_NEW(&gen->arena, struct gen_binding, GEN_BINDINGS_MAX);
	gen->codes = ARENA_NEW(&gen->arena, struct gen_code, GEN_CODES_MAX);
	gen->steps = ARENA_NEW(&gen->arena, struct gen_step, GEN_STEPS_MAX);
	gen->programs = ARENA_NEW(&gen->arena, struct gen_program, GEN_PROGRAMS_MAX);
	gen->parameters = ARENA_NEW(&gen->arena, struct gen_parameter, GEN_PARAMETERS_MAX);
	gen->components = ARENA_NEW(&gen->arena, struct gen_component, GEN_COMPONENTS_MAX);
	gen->list = ARENA_NEW(&gen->arena, uint16_t, GEN_LIST_MAX);
	if (gen->arena.failed)
		gen_fail("out of memory", STR("tables"));
	gen->list_count = 1; /* place 0: the empty list */
}

int main(int argc, char **argv)
{
	static struct gen gen;

	if (argc != 4) {
		fprintf(stderr, "usage: gen_fhir PACKAGE_FOLDER TABLES.c TABLES.h\n");
		return 2;
	}
	arena_init(&gen.arena, (size_t)1 << 30);
	arena_init(&gen.scratch, (size_t)1 << 30);
	gen.folder = argv[1];
	take_tables(&gen);
	gen_package_list(&gen);
	gen_shapes(&gen);
	gen_bindings(&gen);
	gen_parameters(&gen);
	gen_compartments(&gen);
	gen_output(&gen, argv[2], argv[3]);
	fprintf(stderr,
		"gen_fhir: %zu resource types, %zu shapes, %zu elements, %zu bindings with %zu "
		"codes, "
		"%zu search parameters, %zu programs, %zu bytes of text\n",
		gen.resource_count, gen.shape_count, gen.element_count, gen.binding_count,
		gen.code_count, gen.parameter_count, gen.program_count, gen.pool_len);
	arena_done(&gen.scratch);
	arena_done(&gen.arena);
	return 0;
}
