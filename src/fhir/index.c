/* SPDX-License-Identifier: Apache-2.0
 * Runs every parameter of a type over a resource. */
#include "fhir/value.h"

#define COMPOSITES_MAX 10000 /* each costs a row; a resource with more is refused, not cut */
#define COMPONENTS_MAX 4

struct extractor {
	const struct json *resource;
	uint16_t type;
	struct contained contained;
	struct value_list list;
	struct value_list
		parts[COMPONENTS_MAX]; /* of the repeat at hand; combine copies out of them */
	size_t composites;
};

static uint16_t shape_of(const struct extractor *extractor, const struct fhir_program *program,
			 struct path_node node)
{
	if (node.element != 0)
		return fhir_elements[node.element].shape;
	return program->step_count == 0 ? program->shape : extractor->type;
}

static void add_boolean(struct value_list *list, const struct fhir_search_parameter *parameter,
			bool value)
{
	struct fhir_index_value *added = value_add(list, parameter);

	if (added != NULL)
		added->code = value ? STR("true") : STR("false");
}

static void run(struct extractor *extractor, struct value_list *list,
		const struct fhir_search_parameter *parameter, const struct fhir_program *program,
		struct path_node start)
{
	struct path path;
	struct path_node node;
	bool is_present = false;

	if ((program->flags & FHIR_FROM_ROOT) != 0)
		start = (struct path_node){ extractor->resource, 0 };
	path_start(&path, program, start, &extractor->contained);
	while (path_next(&path, &node)) {
		if ((program->flags & FHIR_PRESENT) != 0)
			is_present |= node.node->type != JSON_FALSE;
		else
			value_read(list, parameter, node, shape_of(extractor, program, node));
	}
	if ((program->flags & FHIR_PRESENT) != 0)
		add_boolean(list, parameter, is_present);
}

/* One composite value for each way to choose one value of each component. */
static enum error combine(struct extractor *extractor,
			  const struct fhir_search_parameter *parameter,
			  const struct value_list *parts)
{
	size_t count = parameter->component_count;
	size_t at[COMPONENTS_MAX] = { 0 };

	for (;;) {
		struct fhir_index_value *chosen =
			arena_take(extractor->list.arena, count * sizeof *chosen,
				   _Alignof(struct fhir_index_value));
		struct fhir_index_value *value = value_add(&extractor->list, parameter);
		size_t turn = 0;

		if (chosen == NULL || value == NULL || ++extractor->composites > COMPOSITES_MAX)
			return ERROR_LIMIT;
		for (size_t i = 0; i < count; i++)
			chosen[i] = parts[i].values[at[i]];
		value->components = chosen;
		value->component_count = count;
		while (turn < count && ++at[turn] == parts[turn].count)
			at[turn++] = 0;
		if (turn == count)
			return ERROR_OK;
	}
}

static enum error run_repeat(struct extractor *extractor,
			     const struct fhir_search_parameter *parameter,
			     const struct fhir_component *components, struct path_node node)
{
	for (size_t i = 0; i < parameter->component_count; i++) {
		const struct fhir_component *component = &components[i];

		struct value_list *part = &extractor->parts[i];

		part->arena = extractor->list.arena;
		part->count = 0;
		for (size_t p = 0; p < component->program_count; p++)
			run(extractor, part, &fhir_parameters[component->parameter],
			    &fhir_programs[component->program + p], node);
		if (part->count == 0)
			return ERROR_OK;
	}
	return combine(extractor, parameter, extractor->parts);
}

static enum error run_composite(struct extractor *extractor,
				const struct fhir_search_parameter *parameter,
				const struct fhir_parameter_path *row)
{
	ASSERT(parameter->component_count > 0 && parameter->component_count <= COMPONENTS_MAX);
	for (size_t p = 0; p < row->program_count; p++) {
		const struct fhir_component *components =
			&fhir_components[row->component + p * row->component_count];
		struct path path;
		struct path_node node;

		path_start(&path, &fhir_programs[row->program + p],
			   (struct path_node){ extractor->resource, 0 }, &extractor->contained);
		while (path_next(&path, &node)) {
			enum error error = run_repeat(extractor, parameter, components, node);

			if (error != ERROR_OK)
				return error;
		}
	}
	return ERROR_OK;
}

static bool is_of_store(const struct fhir_search_parameter *parameter)
{
	return str_equal(parameter->code, STR("_id")) ||
	       str_equal(parameter->code, STR("_lastUpdated"));
}

enum error fhir_index_extract(struct arena *arena, const struct json *resource,
			      struct fhir_index *ret_index)
{
	uint16_t type = fhir_resource_type_of(resource);
	struct extractor extractor = { .resource = resource,
				       .type = type,
				       .list = { .arena = arena } };
	const struct json *list;

	if (type == FHIR_TYPE_NONE)
		return ERROR_MALFORMED;
	extractor.contained = contained_open(arena, resource, &list);
	for (struct json *item = list == NULL ? NULL : list->child; item != NULL;
	     item = item->next) {
		struct str id = json_get_text(item, STR("id"));

		if (extractor.contained.slots != NULL && id.len > 0)
			*contained_slot(&extractor.contained, id) = item;
	}
	const struct fhir_range *range = &fhir_type_parameters[type];
	for (size_t i = range->first; i < (size_t)range->first + range->count; i++) {
		const struct fhir_search_parameter *parameter = &fhir_parameters[i];
		const struct fhir_parameter_path *row = &fhir_parameter_paths[i];
		enum error error = ERROR_OK;

		if (is_of_store(parameter))
			continue;
		if (parameter->kind == FHIR_SEARCH_COMPOSITE)
			error = run_composite(&extractor, parameter, row);
		for (size_t p = 0;
		     parameter->kind != FHIR_SEARCH_COMPOSITE && p < row->program_count; p++)
			run(&extractor, &extractor.list, parameter,
			    &fhir_programs[row->program + p], (struct path_node){ resource, 0 });
		if (error != ERROR_OK)
			return error;
	}
	if (arena->failed)
		return ERROR_LIMIT;
	ret_index->values = extractor.list.values;
	ret_index->count = extractor.list.count;
	return ERROR_OK;
}
