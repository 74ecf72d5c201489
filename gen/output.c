/* SPDX-License-Identifier: Apache-2.0
 * Writes the tables; src/fhir/tables.h says what they mean. The same input gives the same bytes. */
#include "gen.h"

#include "base/hash.h"

#include <stdio.h>

#define ELEMENT_SLOTS 32768u
#define TYPE_SLOTS 512u
#define CODE_SLOTS 16384u

static void put_pool(FILE *out, const struct gen *gen)
{
	fputs("const char fhir_pool[] =\n\t\"", out);
	for (size_t i = 0; i < gen->pool_len; i++) {
		unsigned char c = (unsigned char)gen->pool[i];

		if (i > 0 && i % 80 == 0)
			fputs("\"\n\t\"", out);
		if (c == '"' || c == '\\' || c == '?' || c < 0x20 || c > 0x7e)
			fprintf(out, "\\%03o", (unsigned)c);
		else
			fputc(c, out);
	}
	fputs("\";\n\n", out);
}

static void put_numbers(FILE *out, const char *declaration, const uint16_t *numbers, size_t count)
{
	fprintf(out, "const uint16_t %s = {", declaration);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%u,", i % 16 == 0 ? "\n\t" : " ", (unsigned)numbers[i]);
	fputs("\n};\n\n", out);
}

static void put_slot(uint16_t *slots, size_t slot_count, uint64_t hash, uint16_t number)
{
	size_t slot = hash & (slot_count - 1);

	while (slots[slot] != 0)
		slot = (slot + 1) & (slot_count - 1);
	slots[slot] = number;
}

static uint64_t text_hash(const struct gen *gen, struct gen_text text, uint64_t seed)
{
	struct str view = gen_text_view(gen, text);

	return hash_bytes(view.ptr, view.len, seed);
}

static void put_slots(FILE *out, const struct gen *gen)
{
	static uint16_t elements[ELEMENT_SLOTS];
	static uint16_t types[TYPE_SLOTS];
	static uint16_t codes[CODE_SLOTS];

	if (gen->element_count * 2 > ELEMENT_SLOTS || gen->code_count * 2 > CODE_SLOTS)
		gen_fail("a hash table is too small", STR("output.c"));
	for (size_t i = 1; i <= gen->element_count; i++)
		put_slot(elements, ELEMENT_SLOTS,
			 text_hash(gen, gen->elements[i].name, gen->elements[i].owner),
			 (uint16_t)i);
	for (size_t i = 1; i <= gen->resource_count; i++)
		put_slot(types, TYPE_SLOTS, text_hash(gen, gen->shapes[i].name, 0), (uint16_t)i);
	for (size_t i = 0; i < gen->code_count; i++)
		put_slot(codes, CODE_SLOTS,
			 text_hash(gen, gen->codes[i].code, gen->codes[i].binding),
			 (uint16_t)(i + 1));
	put_numbers(out, "fhir_element_slots[FHIR_ELEMENT_SLOTS]", elements, ELEMENT_SLOTS);
	put_numbers(out, "fhir_type_slots[FHIR_TYPE_SLOTS]", types, TYPE_SLOTS);
	put_numbers(out, "fhir_code_slots[FHIR_CODE_SLOTS]", codes, CODE_SLOTS);
}

static void put_shapes(FILE *out, const struct gen *gen)
{
	static const char *const kinds[] = { "FHIR_RESOURCE", "FHIR_ANY_RESOURCE", "FHIR_COMPLEX",
					     "FHIR_PRIMITIVE", "FHIR_BACKBONE" };

	fputs("const struct fhir_shape fhir_shapes[FHIR_SHAPE_COUNT + 1] = {\n\t{ .first = 0 },\n",
	      out);
	for (size_t i = 1; i <= gen->shape_count; i++) {
		const struct gen_shape *shape = &gen->shapes[i];

		fprintf(out, "\t{ { %u, %u }, 0x%llx, %u, %u, %s, %u }, /* %zu %.*s */\n",
			shape->name.at, shape->name.len, (unsigned long long)shape->required,
			shape->first, shape->count, kinds[shape->kind], shape->group_count, i,
			STR_ARG(gen_text_view(gen, shape->name)));
	}
	fputs("};\n\nconst struct fhir_element fhir_elements[FHIR_ELEMENT_COUNT + 1] = {\n"
	      "\t{ .owner = 0 },\n",
	      out);
	for (size_t i = 1; i <= gen->element_count; i++) {
		const struct gen_element *e = &gen->elements[i];

		if (e->name.len > 255)
			gen_fail("an element's name is too long", gen_text_view(gen, e->name));
		fprintf(out, "\t{ %u, %u, %u, %u, %u, %u, %u, %u, %u }, /* %zu %.*s */\n",
			e->name.at, e->name.len, e->base_len, e->flags, e->group, e->owner,
			e->shape, e->targets, e->binding, i, STR_ARG(gen_text_view(gen, e->name)));
	}
	fputs("};\n\n", out);
}

static void put_bindings(FILE *out, const struct gen *gen)
{
	static const char *const kinds[] = { "FHIR_BIND_NONE", "FHIR_BIND_CODES", "FHIR_BIND_OPEN",
					     "FHIR_BIND_MIME", "FHIR_BIND_CURRENCY" };

	fputs("const struct fhir_binding fhir_bindings[FHIR_BINDING_COUNT + 1] = {\n"
	      "\t{ .first = 0 },\n",
	      out);
	for (size_t i = 1; i <= gen->binding_count; i++) {
		const struct gen_binding *binding = &gen->bindings[i];

		fprintf(out, "\t{ { %u, %u }, %u, %u, %s },\n", binding->url.at, binding->url.len,
			binding->first, binding->count, kinds[binding->kind]);
	}
	fputs("};\n\nconst struct fhir_code fhir_codes[FHIR_CODE_COUNT] = {\n", out);
	for (size_t i = 0; i < gen->code_count; i++) {
		const struct gen_code *code = &gen->codes[i];

		fprintf(out, "\t{ { %u, %u }, { %u, %u }, %u },\n", code->code.at, code->code.len,
			code->system.at, code->system.len, code->binding);
	}
	fputs("};\n\n", out);
}

static void put_programs(FILE *out, const struct gen *gen)
{
	static const char *const ops[] = { "FHIR_OP_ELEMENT", "FHIR_OP_GROUP",     "FHIR_OP_EQUALS",
					   "FHIR_OP_TYPE",    "FHIR_OP_EXTENSION", "FHIR_OP_URL" };

	fputs("const struct fhir_step fhir_steps[] = {\n", out);
	for (size_t i = 0; i < gen->step_count; i++) {
		const struct gen_step *step = &gen->steps[i];

		fprintf(out, "\t{ { %u, %u }, %u, %s, %d },\n", step->literal.at, step->literal.len,
			step->argument, ops[step->op], (int)step->first_only);
	}
	fputs("};\n\nconst struct fhir_program fhir_programs[] = {\n", out);
	for (size_t i = 0; i < gen->program_count; i++)
		fprintf(out, "\t{ %u, %u, %u, %u },\n", gen->programs[i].step,
			gen->programs[i].step_count, gen->programs[i].flags,
			gen->programs[i].shape);
	fputs("};\n\nconst struct fhir_component fhir_components[] = {\n\t{ 0, 0, 0 },\n", out);
	for (size_t i = 1; i <= gen->component_count; i++)
		fprintf(out, "\t{ %u, %u, %u },\n", gen->components[i].parameter,
			gen->components[i].program, gen->components[i].program_count);
	fputs("};\n\n", out);
}

static void put_parameters(FILE *out, const struct gen *gen)
{
	fputs("const struct fhir_search_parameter fhir_parameters[FHIR_PARAMETER_COUNT] = {\n",
	      out);
	for (size_t i = 0; i < gen->parameter_count; i++) {
		const struct gen_parameter *p = &gen->parameters[i];

		fprintf(out,
			"\t{ { fhir_pool + %u, %u }, { fhir_pool + %u, %u }, { fhir_pool + %u, %u "
			"}, "
			"%zu, %u, (enum fhir_search_kind)%u, fhir_lists + %u, %u, ",
			p->code.at, p->code.len, p->definition.at, p->definition.len,
			p->expression.at, p->expression.len, i, p->type, p->kind, p->targets + 1u,
			gen->list[p->targets]);
		if (p->component_count > 0)
			fprintf(out, "component_numbers + %u, %u },", p->component,
				p->component_count);
		else
			fputs("component_numbers, 0 },", out);
		fprintf(out, " /* %zu %.*s */\n", i, STR_ARG(gen_text_view(gen, p->code)));
	}
	fputs("};\n\nconst struct fhir_parameter_path fhir_parameter_paths[FHIR_PARAMETER_COUNT] = "
	      "{\n",
	      out);
	for (size_t i = 0; i < gen->parameter_count; i++)
		fprintf(out, "\t{ %u, %u, %u, %u },\n", gen->parameters[i].program,
			gen->parameters[i].component, gen->parameters[i].program_count,
			gen->parameters[i].component_count);
	fputs("};\n\nconst struct fhir_range fhir_type_parameters[FHIR_RESOURCE_COUNT + 1] = {\n"
	      "\t{ 0, 0 },\n",
	      out);
	for (size_t type = 1, at = 0; type <= gen->resource_count; type++) {
		size_t first = at;

		while (at < gen->parameter_count && gen->parameters[at].type == type)
			at++;
		fprintf(out, "\t{ %zu, %zu },\n", first, at - first);
	}
	fputs("};\n\n", out);
}

static void put_component_numbers(FILE *out, const struct gen *gen)
{
	fputs("static const uint16_t component_numbers[] = {\n\t0,", out);
	for (size_t i = 1; i <= gen->component_count; i++)
		fprintf(out, "%s%u,", i % 16 == 0 ? "\n\t" : " ", gen->components[i].parameter);
	fputs("\n};\n\n", out);
}

static void put_compartments(FILE *out, const struct gen *gen)
{
	put_numbers(out, "fhir_compartment_types[FHIR_COMPARTMENT_COUNT]", gen->compartment_types,
		    gen->compartment_count);
	fputs("const uint16_t fhir_compartments[FHIR_COMPARTMENT_COUNT][FHIR_RESOURCE_COUNT + 1] = "
	      "{\n",
	      out);
	for (size_t i = 0; i < gen->compartment_count; i++) {
		fputs("\t{", out);
		for (size_t type = 0; type <= gen->resource_count; type++)
			fprintf(out, " %u,", gen->compartments[i][type]);
		fputs(" },\n", out);
	}
	fputs("};\n", out);
}

static void put_header(FILE *out, const struct gen *gen)
{
	fputs("/* Made by gen/gen_fhir.c from the FHIR R4 definitions (CC0). Not to be edited. */\n"
	      "#ifndef FHIR_FHIR_TABLES_H\n#define FHIR_FHIR_TABLES_H\n\n",
	      out);
	fprintf(out, "#define FHIR_RESOURCE_COUNT %zu\n", gen->resource_count);
	fprintf(out, "#define FHIR_SHAPE_COUNT %zu\n", gen->shape_count);
	fprintf(out, "#define FHIR_ELEMENT_COUNT %zu\n", gen->element_count);
	fprintf(out, "#define FHIR_ELEMENT_SLOTS %u\n", ELEMENT_SLOTS);
	fprintf(out, "#define FHIR_TYPE_SLOTS %u\n", TYPE_SLOTS);
	fprintf(out, "#define FHIR_BINDING_COUNT %zu\n", gen->binding_count);
	fprintf(out, "#define FHIR_CODE_COUNT %zu\n", gen->code_count);
	fprintf(out, "#define FHIR_CODE_SLOTS %u\n", CODE_SLOTS);
	fprintf(out, "#define FHIR_PARAMETER_COUNT %zu\n", gen->parameter_count);
	fprintf(out, "#define FHIR_COMPARTMENT_COUNT %zu\n\n", gen->compartment_count);
	fputs("/* Numbers of the types that are not resources. */\nenum {\n", out);
	for (size_t i = gen->resource_count + 1; i <= gen->shape_count; i++)
		if (gen->shapes[i].kind != GEN_BACKBONE)
			fprintf(out, "\tFHIR_SHAPE_%.*s = %zu,\n",
				STR_ARG(gen_text_view(gen, gen->shapes[i].name)), i);
	fputs("};\n\n#endif\n", out);
}

static FILE *open_output(const char *path)
{
	FILE *out = fopen(path, "wb");

	if (out == NULL)
		gen_fail("cannot write", str_from_c(path));
	return out;
}

void gen_output(const struct gen *gen, const char *source_path, const char *header_path)
{
	FILE *out = open_output(source_path);

	fputs("/* Made by gen/gen_fhir.c from the FHIR R4 definitions (CC0). Not to be edited. */\n"
	      "#include \"fhir/tables.h\"\n\n",
	      out);
	put_pool(out, gen);
	put_shapes(out, gen);
	put_slots(out, gen);
	put_bindings(out, gen);
	put_programs(out, gen);
	put_numbers(out, "fhir_lists[]", gen->list, gen->list_count);
	put_component_numbers(out, gen);
	put_parameters(out, gen);
	put_compartments(out, gen);
	if (fclose(out) != 0)
		gen_fail("cannot write", str_from_c(source_path));
	out = open_output(header_path);
	put_header(out, gen);
	if (fclose(out) != 0)
		gen_fail("cannot write", str_from_c(header_path));
}
