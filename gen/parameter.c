/* SPDX-License-Identifier: Apache-2.0
 * Search parameters and compartments. One row a resource type: a parameter of several types, or of
 * Resource, gets a row in each. Parameters without an expression (_text, _content, _query, _filter
 * and a few on extensions) and the three examples of SearchParameter itself get none. */
#include "gen.h"

#include <stdlib.h>

#define DEFINITION STR("http://hl7.org/fhir/SearchParameter/")

static const struct str kinds[] = {
	/* in the order of enum fhir_search_kind */
	STR_INIT("number"),   STR_INIT("date"),      STR_INIT("string"),
	STR_INIT("token"),    STR_INIT("reference"), STR_INIT("composite"),
	STR_INIT("quantity"), STR_INIT("uri"),       STR_INIT("special"),
};
#define KIND_REFERENCE 4
#define KIND_COMPOSITE 5

static uint8_t kind_of(struct str name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_equal(kinds[i], name))
			return (uint8_t)i;
	gen_fail("unknown kind of search parameter", name);
}

static bool list_has(const struct gen *gen, uint16_t list, uint16_t value)
{
	for (uint16_t i = 1; i <= gen->list[list]; i++)
		if (gen->list[list + i] == value)
			return true;
	return false;
}

/* The types of `target` that at least one program can reach: `resolve() is X` gives X, an element
 * its own target types. */
static uint16_t targets_of(struct gen *gen, const struct json *root,
			   const struct gen_parameter *row)
{
	const struct json *target = json_get(root, STR("target"));
	uint16_t reached[GEN_RESOURCES_MAX];
	size_t count = 0;

	for (uint16_t type = 1; type <= gen->resource_count; type++) {
		bool wanted = target == NULL;
		bool reachable = false;

		for (const struct json *t = target == NULL ? NULL : target->child; t != NULL;
		     t = t->next)
			wanted |= gen_resource_find(gen, json_text(t)) == type;
		for (uint16_t i = 0; wanted && i < row->program_count; i++) {
			const struct gen_program *program = &gen->programs[row->program + i];
			const struct gen_step *last =
				&gen->steps[program->step + program->step_count - 1];
			uint16_t allowed = gen->elements[program->element].targets;

			if (program->step_count > 0 && last->op == GEN_OP_TYPE)
				reachable |= last->argument == type;
			else
				reachable |= allowed == 0 || list_has(gen, allowed, type);
		}
		if (wanted && reachable)
			reached[count++] = type;
	}
	return count == gen->resource_count ? 0 : gen_list_add(gen, reached, count);
}

static void add_components(struct gen *gen, const struct json *root, struct gen_parameter *row)
{
	row->component = (uint16_t)(gen->component_count + 1);
	for (uint16_t i = 0; i < row->program_count; i++) {
		uint16_t shape = gen->programs[row->program + i].shape;
		const struct json *component = json_get(root, STR("component"));

		row->component_count = (uint8_t)component->count;
		for (component = component->child; component != NULL; component = component->next) {
			struct str expression = json_get_text(component, STR("expression"));
			struct str definition = json_get_text(component, STR("definition"));

			if (gen->component_count + 1 >= GEN_COMPONENTS_MAX)
				gen_fail("too many components", expression);
			struct gen_component *added = &gen->components[++gen->component_count];
			added->definition = gen_intern(gen, definition);
			added->program = (uint16_t)gen->program_count;
			added->program_count = (uint8_t)gen_path(gen, expression, row->type, shape);
		}
	}
}

static void add_parameter(struct gen *gen, const struct json *root, uint16_t type)
{
	struct str expression = json_get_text(root, STR("expression"));
	struct gen_parameter row = { .type = type };

	row.kind = kind_of(json_get_text(root, STR("type")));
	row.code = gen_intern(gen, json_get_text(root, STR("code")));
	row.definition = gen_intern(gen, json_get_text(root, STR("url")));
	row.expression = gen_intern(gen, expression);
	row.program = (uint16_t)gen->program_count;
	row.program_count = (uint8_t)gen_path(gen, expression, type, 0);
	if (row.program_count == 0)
		gen_fail("no expression for one of the base types",
			 json_get_text(root, STR("url")));
	if (row.kind == KIND_REFERENCE)
		row.targets = targets_of(gen, root, &row);
	if (row.kind == KIND_COMPOSITE)
		add_components(gen, root, &row);
	if (gen->parameter_count == GEN_PARAMETERS_MAX)
		gen_fail("too many search parameters", expression);
	gen->parameters[gen->parameter_count++] = row;
}

static const struct gen *sorted_gen; /* qsort has no context */

static int compare_parameters(const void *left, const void *right)
{
	const struct gen_parameter *a = left;
	const struct gen_parameter *b = right;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return str_compare(gen_text_view(sorted_gen, a->code), gen_text_view(sorted_gen, b->code));
}

static void number_components(struct gen *gen)
{
	for (size_t p = 0; p < gen->parameter_count; p++) {
		const struct gen_parameter *row = &gen->parameters[p];
		size_t rows = (size_t)row->program_count * row->component_count;

		for (size_t c = row->component; rows > 0 && c < row->component + rows; c++) {
			struct gen_component *component = &gen->components[c];
			uint16_t at = gen->parameter_first[row->type];

			while (at < gen->parameter_count && gen->parameters[at].type == row->type &&
			       gen->parameters[at].definition.at != component->definition.at)
				at++;
			if (at == gen->parameter_count || gen->parameters[at].type != row->type)
				gen_fail("a composite has a component that is no parameter",
					 gen_text_view(gen, component->definition));
			component->parameter = at;
		}
	}
}

void gen_parameters(struct gen *gen)
{
	for (size_t i = 0; i < gen->file_count; i++) {
		struct str file = gen->files[i];

		if (!str_starts_with(file, STR("SearchParameter-")) ||
		    str_starts_with(file, STR("SearchParameter-example")))
			continue;
		struct json *root = gen_package_read(gen, file);
		const struct json *base = json_get(root, STR("base"));
		if (base == NULL || json_get(root, STR("expression")) == NULL)
			continue;
		for (base = base->child; base != NULL; base = base->next) {
			uint16_t type = gen_resource_find(gen, json_text(base));

			if (type != 0)
				add_parameter(gen, root, type);
			else if (str_equal(json_text(base), STR("Resource")))
				for (uint16_t t = 1; t <= gen->resource_count; t++)
					add_parameter(gen, root, t);
			else
				gen_fail("unknown base type", file);
		}
	}
	sorted_gen = gen;
	qsort(gen->parameters, gen->parameter_count, sizeof *gen->parameters, compare_parameters);
	for (size_t i = gen->parameter_count; i-- > 0;) {
		gen->parameter_first[gen->parameters[i].type] = (uint16_t)i;
		if (i > 0 && compare_parameters(&gen->parameters[i - 1], &gen->parameters[i]) == 0)
			gen_fail("two parameters have one code",
				 gen_text_view(gen, gen->parameters[i].definition));
	}
	number_components(gen);
}

static uint16_t parameter_by_code(const struct gen *gen, uint16_t type, struct str code)
{
	for (size_t i = gen->parameter_first[type]; i < gen->parameter_count; i++) {
		if (gen->parameters[i].type != type)
			break;
		if (str_equal(gen_text_view(gen, gen->parameters[i].code), code))
			return (uint16_t)i;
	}
	return UINT16_MAX;
}

static void add_compartment(struct gen *gen, const struct json *root)
{
	const struct json *row = json_get(root, STR("resource"));
	size_t at = gen->compartment_count++;

	gen->compartment_types[at] = gen_resource_find(gen, json_get_text(root, STR("code")));
	for (row = row == NULL ? NULL : row->child; row != NULL; row = row->next) {
		uint16_t type = gen_resource_find(gen, json_get_text(row, STR("code")));
		const struct json *param = json_get(row, STR("param"));
		uint16_t numbers[32];
		size_t count = 0;

		for (param = param == NULL ? NULL : param->child; param != NULL;
		     param = param->next) {
			uint16_t number = parameter_by_code(gen, type, json_text(param));

			if (str_equal(json_text(param), STR("{def}")))
				continue; /* the compartment's own resource */
			if (type == 0 || number == UINT16_MAX || count == 32)
				gen_fail("a compartment names an unknown parameter",
					 json_text(param));
			numbers[count++] = number;
		}
		gen->compartments[at][type] = gen_list_add(gen, numbers, count);
	}
}

void gen_compartments(struct gen *gen)
{
	for (size_t i = 0; i < gen->file_count; i++) {
		if (!str_starts_with(gen->files[i], STR("CompartmentDefinition-")) ||
		    str_ends_with(gen->files[i], STR("-example.json")))
			continue;
		struct json *root = gen_package_read(gen, gen->files[i]);
		if (gen->compartment_count == GEN_COMPARTMENTS_MAX)
			gen_fail("too many compartments", gen->files[i]);
		add_compartment(gen, root);
	}
}
