/* SPDX-License-Identifier: Apache-2.0
 * Source of what each type gives: the tables of hl7.org/fhir/R4/search.html (token, string,
 * reference, date, number, quantity). */
#include "fhir/value.h"

struct fhir_index_value *value_add(struct value_list *list,
				   const struct fhir_search_parameter *parameter)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
		struct fhir_index_value *values = arena_take(list->arena, capacity * sizeof *values,
							     _Alignof(struct fhir_index_value));

		if (values == NULL)
			return NULL;
		if (list->count > 0)
			memcpy(values, list->values, list->count * sizeof *values);
		list->values = values;
		list->capacity = capacity;
	}
	struct fhir_index_value *value = &list->values[list->count++];
	*value = (struct fhir_index_value){ .parameter = parameter, .kind = parameter->kind };
	return value;
}

/* The first element of an array; NULL for anything else. */
static const struct json *first_item(const struct json *array)
{
	return array != NULL && array->type == JSON_ARRAY ? array->child : NULL;
}

/* --- token ----------------------------------------------------------------------------------- */

static void add_token(struct value_list *list, const struct fhir_search_parameter *parameter,
		      struct str system, struct str code, struct str text)
{
	struct fhir_index_value *value;

	if (code.len == 0 && text.len == 0 && system.len == 0)
		return;
	value = value_add(list, parameter);
	if (value == NULL)
		return;
	value->system = system;
	value->code = code;
	value->text = text;
}

static void add_coding(struct value_list *list, const struct fhir_search_parameter *parameter,
		       const struct json *coding)
{
	add_token(list, parameter, json_get_text(coding, STR("system")),
		  json_get_text(coding, STR("code")), json_get_text(coding, STR("display")));
}

static void add_concept(struct value_list *list, const struct fhir_search_parameter *parameter,
			const struct json *concept)
{
	struct str text = json_get_text(concept, STR("text"));
	bool is_shown = false;

	for (const struct json *coding = first_item(json_get(concept, STR("coding")));
	     coding != NULL; coding = coding->next) {
		struct str display = json_get_text(coding, STR("display"));

		add_coding(list, parameter, coding);
		is_shown |= str_equal(display, text);
	}
	if (text.len > 0 && !is_shown)
		add_token(list, parameter, (struct str){ NULL, 0 }, (struct str){ NULL, 0 }, text);
}

/* The codings of the identifier's type become components, for `:of-type`. */
static void add_identifier(struct value_list *list, const struct fhir_search_parameter *parameter,
			   const struct json *identifier)
{
	const struct json *type = json_get(identifier, STR("type"));
	size_t before = list->count;

	add_token(list, parameter, json_get_text(identifier, STR("system")),
		  json_get_text(identifier, STR("value")), json_get_text(type, STR("text")));
	if (list->count == before || type == NULL)
		return;
	struct value_list types = { .arena = list->arena };
	for (const struct json *coding = first_item(json_get(type, STR("coding"))); coding != NULL;
	     coding = coding->next)
		add_coding(&types, parameter, coding);
	list->values[before].components = types.values;
	list->values[before].component_count = types.count;
}

static void add_code(struct value_list *list, const struct fhir_search_parameter *parameter,
		     struct path_node node)
{
	uint16_t binding = fhir_elements[node.element].binding;
	struct str code = json_text(node.node);
	struct str system = { NULL, 0 };

	if (node.node->type == JSON_TRUE || node.node->type == JSON_FALSE) {
		code = node.node->type == JSON_TRUE ? STR("true") : STR("false");
	} else if (binding != 0 && fhir_bindings[binding].kind == FHIR_BIND_CODES) {
		const struct fhir_code *row = fhir_code_find(binding, code);

		if (row != NULL)
			system = fhir_text(row->system);
	}
	add_token(list, parameter, system, code, (struct str){ NULL, 0 });
}

/* --- string, uri, reference ------------------------------------------------------------------ */

static void add_string(struct value_list *list, const struct fhir_search_parameter *parameter,
		       struct str text)
{
	struct fhir_index_value *value;

	if (text.len == 0 || (value = value_add(list, parameter)) == NULL)
		return;
	value->text = text;
}

/* Each string inside a HumanName or Address is a value of its own. */
static void add_parts(struct value_list *list, const struct fhir_search_parameter *parameter,
		      const struct json *object, uint16_t shape)
{
	for (const struct json *member = object->child; member != NULL; member = member->next) {
		uint16_t element = fhir_element_of(shape, member);

		if (element == 0 || fhir_elements[element].shape != FHIR_SHAPE_string ||
		    str_equal(json_name(member), STR("id")))
			continue;
		if (member->type != JSON_ARRAY) {
			add_string(list, parameter, json_text(member));
			continue;
		}
		for (const struct json *item = member->child; item != NULL; item = item->next)
			add_string(list, parameter, json_text(item));
	}
}

static void add_reference(struct value_list *list, const struct fhir_search_parameter *parameter,
			  const struct json *node)
{
	const struct json *identifier = json_get(node, STR("identifier"));
	struct str text = json_get_text(node, STR("reference"));
	struct fhir_index_value *value;

	if ((text.len == 0 && identifier == NULL) || (value = value_add(list, parameter)) == NULL)
		return;
	value->text = text;
	value->system = json_get_text(identifier, STR("system"));
	value->code = json_get_text(identifier, STR("value"));
	(void)fhir_reference_parse(text,
				   &value->reference); /* false: the text alone is the value */
}

/* canonical and uri: compared as text, unless it is a relative reference. */
static void add_link(struct value_list *list, const struct fhir_search_parameter *parameter,
		     struct str text)
{
	struct fhir_index_value *value;

	if (text.len == 0 || (value = value_add(list, parameter)) == NULL)
		return;
	value->text = text;
	if (str_find(text, STR("://")) == text.len)
		(void)fhir_reference_parse(text, &value->reference); /* false: as above */
}

/* A resource that stands where a reference is searched for (Bundle.entry[0].resource). */
static void add_inline(struct value_list *list, const struct fhir_search_parameter *parameter,
		       const struct json *resource)
{
	uint16_t type = fhir_resource_type_of(resource);
	struct str id = json_get_text(resource, STR("id"));
	bool is_target = parameter->target_count == 0;
	struct fhir_index_value *value;
	struct text text;

	for (uint16_t i = 0; i < parameter->target_count; i++)
		is_target |= parameter->targets[i] == type;
	if (type == FHIR_TYPE_NONE || id.len == 0 || !is_target ||
	    (value = value_add(list, parameter)) == NULL)
		return;
	text_init(&text, list->arena, 256);
	text_put(&text, fhir_resource_name(type));
	text_put_byte(&text, '/');
	text_put(&text, id);
	value->text = text_view(&text);
	value->reference.type = type;
	value->reference.id = id;
}

/* --- dispatch -------------------------------------------------------------------------------- */

static void read_token(struct value_list *list, const struct fhir_search_parameter *parameter,
		       struct path_node node, uint16_t shape)
{
	switch (shape) {
	case FHIR_SHAPE_Coding:
		add_coding(list, parameter, node.node);
		break;
	case FHIR_SHAPE_CodeableConcept:
		add_concept(list, parameter, node.node);
		break;
	case FHIR_SHAPE_Identifier:
		add_identifier(list, parameter, node.node);
		break;
	case FHIR_SHAPE_ContactPoint:
		add_token(list, parameter, json_get_text(node.node, STR("use")),
			  json_get_text(node.node, STR("value")), (struct str){ NULL, 0 });
		break;
	default:
		add_code(list, parameter, node);
		break;
	}
}

static void read_string(struct value_list *list, const struct fhir_search_parameter *parameter,
			const struct json *node, uint16_t shape)
{
	if (shape == FHIR_SHAPE_HumanName || shape == FHIR_SHAPE_Address)
		add_parts(list, parameter, node, shape);
	else
		add_string(list, parameter, json_text(node));
}

static void read_reference(struct value_list *list, const struct fhir_search_parameter *parameter,
			   const struct json *node, uint16_t shape)
{
	if (shape == FHIR_SHAPE_Reference)
		add_reference(list, parameter, node);
	else if (shape == FHIR_SHAPE_Resource)
		add_inline(list, parameter, node);
	else
		add_link(list, parameter, json_text(node));
}

static bool is_quantity(uint16_t shape)
{
	return shape == FHIR_SHAPE_Quantity || shape == FHIR_SHAPE_Age ||
	       shape == FHIR_SHAPE_Count || shape == FHIR_SHAPE_Distance ||
	       shape == FHIR_SHAPE_Duration || shape == FHIR_SHAPE_Money ||
	       shape == FHIR_SHAPE_Range || shape == FHIR_SHAPE_SampledData;
}

static bool is_link(uint16_t shape)
{
	return shape == FHIR_SHAPE_uri || shape == FHIR_SHAPE_url ||
	       shape == FHIR_SHAPE_canonical || shape == FHIR_SHAPE_oid || shape == FHIR_SHAPE_uuid;
}

static bool is_number(uint16_t shape)
{
	return shape == FHIR_SHAPE_decimal || shape == FHIR_SHAPE_integer ||
	       shape == FHIR_SHAPE_positiveInt || shape == FHIR_SHAPE_unsignedInt;
}

bool value_is_readable(enum fhir_search_kind kind, uint16_t shape)
{
	switch (kind) {
	case FHIR_SEARCH_NUMBER:
		return is_number(shape);
	case FHIR_SEARCH_DATE:
		return shape == FHIR_SHAPE_date || shape == FHIR_SHAPE_dateTime ||
		       shape == FHIR_SHAPE_instant || shape == FHIR_SHAPE_Period ||
		       shape == FHIR_SHAPE_Timing;
	case FHIR_SEARCH_STRING:
		return shape == FHIR_SHAPE_string || shape == FHIR_SHAPE_markdown ||
		       shape == FHIR_SHAPE_HumanName || shape == FHIR_SHAPE_Address;
	case FHIR_SEARCH_TOKEN:
		return shape == FHIR_SHAPE_Coding || shape == FHIR_SHAPE_CodeableConcept ||
		       shape == FHIR_SHAPE_Identifier || shape == FHIR_SHAPE_ContactPoint ||
		       shape == FHIR_SHAPE_boolean || shape == FHIR_SHAPE_string ||
		       is_link(shape) || shape == FHIR_SHAPE_code || shape == FHIR_SHAPE_id;
	case FHIR_SEARCH_REFERENCE:
		return shape == FHIR_SHAPE_Reference || shape == FHIR_SHAPE_Resource ||
		       is_link(shape);
	case FHIR_SEARCH_QUANTITY:
		return is_quantity(shape) || is_number(shape);
	case FHIR_SEARCH_URI:
		return is_link(shape);
	case FHIR_SEARCH_SPECIAL:
		return fhir_shapes[shape].kind == FHIR_BACKBONE;
	case FHIR_SEARCH_COMPOSITE:
	default:
		return false;
	}
}

void value_read(struct value_list *list, const struct fhir_search_parameter *parameter,
		struct path_node node, uint16_t shape)
{
	if (shape == FHIR_SHAPE_Extension) { /* its value, of whatever type that is */
		for (const struct json *m = node.node->child; m != NULL; m = m->next) {
			if (str_starts_with(json_name(m), STR("value"))) {
				node = (struct path_node){ m, fhir_element_of(shape, m) };
				break;
			}
		}
		shape = fhir_elements[node.element].shape;
	}
	if (!value_is_readable(parameter->kind, shape))
		return; /* another type of a choice */
	switch (parameter->kind) {
	case FHIR_SEARCH_NUMBER:
		value_read_number(list, parameter, node.node);
		break;
	case FHIR_SEARCH_DATE:
		value_read_dates(list, parameter, node.node, shape);
		break;
	case FHIR_SEARCH_STRING:
		read_string(list, parameter, node.node, shape);
		break;
	case FHIR_SEARCH_TOKEN:
		read_token(list, parameter, node, shape);
		break;
	case FHIR_SEARCH_REFERENCE:
		read_reference(list, parameter, node.node, shape);
		break;
	case FHIR_SEARCH_QUANTITY:
		value_read_quantity(list, parameter, node.node, shape);
		break;
	case FHIR_SEARCH_URI:
		add_string(list, parameter, json_text(node.node));
		break;
	case FHIR_SEARCH_SPECIAL:
		value_read_position(list, parameter, node.node);
		break;
	case FHIR_SEARCH_COMPOSITE:
	default:
		UNREACHABLE();
	}
}
