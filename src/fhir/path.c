/* SPDX-License-Identifier: Apache-2.0
 * Depth first: each step keeps where it is in the members or elements that it gives. */
#include "fhir/path.h"

void path_start(struct path *path, const struct fhir_program *program, struct path_node start,
		const struct contained *contained)
{
	ASSERT(program->step_count <= PATH_STEPS_MAX);
	path->program = program;
	path->contained = contained;
	path->start = start;
	path->start_given = false;
	path->level = -1;
}

/* The member of an object that is the step's element, or a type of the step's choice. */
static const struct json *find_member(const struct fhir_step *step, const struct json *object,
				      uint16_t *ret_element)
{
	const struct fhir_element *element = &fhir_elements[step->argument];
	bool is_group = step->op == FHIR_OP_GROUP;
	size_t base_len = is_group ? element->base_len : element->name_len;
	const char *name = fhir_pool + element->name_at;

	for (const struct json *m = object->child; m != NULL; m = m->next) {
		if (m->name_len < base_len || m->name_ptr[0] != name[0] ||
		    (!is_group && m->name_len != base_len) ||
		    memcmp(m->name_ptr, name, base_len) != 0)
			continue;
		if (!is_group) {
			*ret_element = step->argument;
			return m;
		}
		uint16_t found = fhir_element_of(element->owner, m);
		if (found != 0 && fhir_elements[found].group == element->group) {
			*ret_element = found;
			return m;
		}
	}
	return NULL;
}

static bool has_extension(const struct json *node, struct str url)
{
	const struct json *list = json_get(node, STR("extension"));

	if (list == NULL || list->type != JSON_ARRAY)
		return false;
	for (const struct json *item = list->child; item != NULL; item = item->next)
		if (str_equal(json_get_text(item, STR("url")), url))
			return true;
	return false;
}

static bool leads_to(const struct path *path, const struct json *node, uint16_t type)
{
	struct str text = json_get_text(node, STR("reference"));
	struct fhir_reference reference;

	if (fhir_reference_parse(text, &reference))
		return reference.type == type;
	const struct json *contained = contained_find(path->contained, text);
	if (contained != NULL)
		return fhir_resource_type_of(contained) == type;
	return fhir_resource_find(json_get_text(node, STR("type"))) == type;
}

static bool passes(const struct path *path, const struct fhir_step *step, const struct json *node)
{
	switch ((enum fhir_op)step->op) {
	case FHIR_OP_EQUALS:
		return str_equal(
			json_get_text(node, fhir_element_name(&fhir_elements[step->argument])),
			fhir_text(step->literal));
	case FHIR_OP_TYPE:
		return leads_to(path, node, step->argument);
	case FHIR_OP_EXTENSION:
		return has_extension(node, fhir_text(step->literal));
	case FHIR_OP_URL:
		return str_equal(json_get_text(node, STR("url")), fhir_text(step->literal));
	case FHIR_OP_ELEMENT:
	case FHIR_OP_GROUP:
	default:
		UNREACHABLE();
	}
}

/* Makes the next level ready to give what its step finds from `from`. */
static void open_level(struct path *path, struct path_node from)
{
	const struct fhir_step *step = &fhir_steps[path->program->step + path->level + 1];
	struct path_level *level = &path->levels[++path->level];

	level->next = NULL;
	level->single = true;
	level->element = from.element;
	if (from.node->type != JSON_OBJECT)
		return;
	if (step->op != FHIR_OP_ELEMENT && step->op != FHIR_OP_GROUP) {
		level->next = passes(path, step, from.node) ? from.node : NULL;
		return;
	}
	const struct json *member = find_member(step, from.node, &level->element);
	if (member == NULL)
		return;
	level->next = member->type == JSON_ARRAY ? member->child : member;
	level->single = member->type != JSON_ARRAY || step->first_only;
}

bool path_next(struct path *path, struct path_node *ret_node)
{
	int last = path->program->step_count - 1;

	if (path->level < 0) {
		if (path->start_given)
			return false;
		path->start_given = true;
		if (last < 0) {
			*ret_node = path->start;
			return true;
		}
		open_level(path, path->start);
	}
	while (path->level >= 0) {
		struct path_level *level = &path->levels[path->level];
		struct path_node node = { level->next, level->element };

		if (node.node == NULL) {
			path->level--;
			continue;
		}
		level->next = level->single ? NULL : node.node->next;
		if (node.node->type == JSON_NULL)
			continue; /* a primitive with extensions only */
		if (path->level == last) {
			*ret_node = node;
			return true;
		}
		open_level(path, node);
	}
	return false;
}
