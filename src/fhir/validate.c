/* SPDX-License-Identifier: Apache-2.0
 * Validation: each object is checked as a whole when the walk enters it; contained resources are
 * settled when the walk leaves the resource that contains them. */
#include "fhir/contained.h"
#include "fhir/narrative.h"
#include "fhir/primitive.h"
#include "fhir/walk.h"

/* A resource that is not contained in another: what its local references may name. */
struct scope {
	size_t depth; /* of its frame */
	struct contained map;
	const struct json *contained; /* the array, or NULL */
};
struct validator {
	struct arena *arena;
	struct issues *issues;
	size_t count;
	enum error worst;
	struct walk walk;
	struct scope scopes[LIMIT_JSON_DEPTH_MAX];
	size_t scope_count;
};

/* What kind of thing is wrong: the error it makes of the whole, and its FHIR issue type. */
enum finding { STRUCTURE, FORM, REQUIRED, VALUE, CODE, RULE };
static const struct {
	enum error error;
	struct str issue_type;
} findings[] = {
	[STRUCTURE] = { ERROR_MALFORMED, STR_INIT("structure") },
	[FORM] = { ERROR_MALFORMED, STR_INIT("value") },
	[REQUIRED] = { ERROR_INVALID, STR_INIT("required") },
	[VALUE] = { ERROR_INVALID, STR_INIT("value") },
	[CODE] = { ERROR_INVALID, STR_INIT("code-invalid") },
	[RULE] = { ERROR_INVALID, STR_INIT("invariant") },
};

static void report(struct validator *v, enum finding finding, const struct json *member, long index,
		   const char *sentence)
{
	struct str name = member == NULL ? STR("This") : json_name(member);

	if (v->worst != ERROR_MALFORMED)
		v->worst = findings[finding].error;
	v->count++;
	if (v->issues == NULL || v->count > LIMIT_ISSUES_MAX)
		return;
	issue_add_as(v->issues, ISSUE_ERROR, findings[finding].error, findings[finding].issue_type,
		     walk_path(&v->walk, v->arena, member, index), "%.*s %s.",
		     STR_ARG(str_slice(name, 0, 64)), sentence);
}

static bool is_primitive(uint16_t element)
{
	return fhir_shapes[fhir_elements[element].shape].kind == FHIR_PRIMITIVE;
}

/* --- contained resources --------------------------------------------------------------------- */

static void scope_open(struct validator *v)
{
	const struct walk_frame *frame = walk_top(&v->walk);
	struct scope *scope = &v->scopes[v->scope_count++];

	*scope = (struct scope){ .depth = v->walk.depth };
	scope->map = contained_open(v->arena, frame->object, &scope->contained);
	if (scope->map.slots == NULL)
		return;
	long index = 0;
	for (struct json *item = scope->contained->child; item != NULL;
	     item = item->next, index++) {
		struct str id = json_get_text(item, STR("id"));
		struct json **slot = id.len > 0 ? contained_slot(&scope->map, id) : NULL;

		item->mark = 0;
		if (slot == NULL)
			report(v, REQUIRED, scope->contained, index,
			       "has a resource without an id");
		else if (*slot != NULL)
			report(v, RULE, scope->contained, index, "has an id twice");
		else
			*slot = item;
	}
}

/* Rule dom-3: each contained resource is used by, or itself refers to, the resource around it. */
static void scope_close(struct validator *v)
{
	struct scope *scope = &v->scopes[--v->scope_count];
	long index = 0;

	if (scope->contained == NULL)
		return;
	for (struct json *item = scope->contained->child; item != NULL;
	     item = item->next, index++) {
		if (item->mark == 0)
			report(v, RULE, scope->contained, index,
			       "holds a resource that nothing refers to (dom-3)");
		item->mark = 0;
	}
}

/* The contained resource that the walk stands in, or NULL. */
static struct json *current_contained(struct validator *v)
{
	size_t depth = v->scopes[v->scope_count - 1].depth;

	if (v->walk.depth <= depth)
		return NULL;
	const struct walk_frame *frame = &v->walk.frames[depth - 1];
	return frame->member == v->scopes[v->scope_count - 1].contained
		       ? v->walk.frames[depth].object
		       : NULL;
}

/* Notes the use of "#id"; the contained resource, or NULL when there is none of that id. */
static struct json *use_local(struct validator *v, struct str text)
{
	struct scope *scope = &v->scopes[v->scope_count - 1];

	if (text.len == 1) {
		struct json *item = current_contained(v);

		if (item != NULL)
			item->mark = 1;
		return NULL;
	}
	struct json *item = contained_find(&scope->map, text);
	if (item != NULL)
		item->mark = 1;
	return item;
}

static void check_contained(struct validator *v, struct json *resource)
{
	const struct json *meta = json_get(resource, STR("meta"));
	const struct json *nested = json_get(resource, STR("contained"));

	if (nested != NULL)
		report(v, RULE, nested, -1, "must not stand in a contained resource (dom-2)");
	if (json_get(meta, STR("versionId")) != NULL || json_get(meta, STR("lastUpdated")) != NULL)
		report(v, RULE, meta, -1,
		       "of a contained resource must not have versionId or lastUpdated (dom-4)");
	if (json_get(meta, STR("security")) != NULL)
		report(v, RULE, meta, -1, "of a contained resource must not have security (dom-5)");
}

/* --- values ---------------------------------------------------------------------------------- */

/* "type/subtype; parameters", or one of the words that R4's own definitions give beside media types
 * (CapabilityStatement.format: "xml | json | ttl | mime type"). */
static bool media_type_is_valid(struct str text)
{
	struct str whole = str_slice(text, 0, str_find_byte(text, ';', 0));
	size_t slash = str_find_byte(whole, '/', 0);

	for (size_t i = 0; i < whole.len; i++)
		if ((unsigned char)whole.ptr[i] <= ' ' || (unsigned char)whole.ptr[i] > '~')
			return false;
	if (slash == whole.len)
		return str_equal(text, STR("xml")) || str_equal(text, STR("json")) ||
		       str_equal(text, STR("ttl"));
	return slash > 0 && slash + 1 < whole.len;
}

static bool currency_is_valid(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < 'A' || text.ptr[i] > 'Z')
			return false;
	return text.len == 3;
}

static bool code_is_bound(uint16_t binding, struct str code)
{
	switch ((enum fhir_binding_kind)fhir_bindings[binding].kind) {
	case FHIR_BIND_CODES:
		return fhir_code_find(binding, code) != NULL;
	case FHIR_BIND_MIME:
		return media_type_is_valid(code);
	case FHIR_BIND_CURRENCY:
		return currency_is_valid(code);
	case FHIR_BIND_NONE:
	case FHIR_BIND_OPEN:
	default:
		return true;
	}
}

static void check_primitive(struct validator *v, const struct json *member,
			    const struct json *value, uint16_t element, long index)
{
	const struct fhir_element *row = &fhir_elements[element];
	enum error error;
	const char *reason = primitive_check(row->shape, value, &error);

	if (reason != NULL) {
		report(v, error == ERROR_MALFORMED ? FORM : VALUE, member, index, reason);
		return;
	}
	if (row->binding != 0 && !code_is_bound(row->binding, json_text(value)))
		report(v, CODE, member, index,
		       "is not a code of the value set that must be used here");
	if (row->shape == FHIR_SHAPE_xhtml &&
	    (reason = narrative_check(v->arena, json_text(value))) != NULL)
		report(v, VALUE, member, index, reason);
	if (value->text_len > 0 && value->text_ptr[0] == '#' && value->type == JSON_STRING &&
	    row->shape != FHIR_SHAPE_string)
		(void)use_local(v, json_text(value));
}

static void check_value(struct validator *v, struct json *member, struct json *value,
			uint16_t element, long index)
{
	if (is_primitive(element)) {
		check_primitive(v, member, value, element, index);
		return;
	}
	if (value->type != JSON_OBJECT)
		report(v, STRUCTURE, member, index, "must be an object");
	else if (value->count == 0)
		report(v, STRUCTURE, member, index, "is an empty object");
	else if (fhir_elements[element].shape == FHIR_SHAPE_Resource &&
		 fhir_resource_type_of(value) == FHIR_TYPE_NONE)
		report(v, STRUCTURE, member, index, "must be a resource with a known resourceType");
}

/* The `_name` member beside `member` (or the other way round), or NULL. */
static const struct json *beside(const struct json *object, struct str name)
{
	if (name.ptr[0] == '_')
		return json_get(object, str_slice(name, 1, name.len));
	for (const struct json *m = object->child; m != NULL; m = m->next)
		if (m->name_len == name.len + 1 && m->name_ptr[0] == '_' &&
		    memcmp(m->name_ptr + 1, name.ptr, name.len) == 0)
			return m;
	return NULL;
}

/* Walks the other array of a primitive in step; null needs something at the same place there. */
struct neighbour {
	const struct json *item; /* beside the current one, or NULL */
	bool opened;
};

static bool null_is_allowed(struct neighbour *neighbour, const struct json *object,
			    const struct json *member, long index)
{
	if (!neighbour->opened) {
		const struct json *other = beside(object, json_name(member));

		neighbour->opened = true;
		if (other != NULL && other->type == JSON_ARRAY && other->count == member->count)
			neighbour->item = json_at(other, (size_t)index);
	}
	return neighbour->item != NULL && neighbour->item->type != JSON_NULL;
}

static void check_array(struct validator *v, const struct json *object, struct json *member,
			uint16_t element, bool is_sibling)
{
	struct neighbour neighbour = { NULL, false };
	long index = 0;

	if (member->count == 0)
		report(v, STRUCTURE, member, -1, "is an empty array");
	for (struct json *item = member->child; item != NULL; item = item->next, index++) {
		if (item->type == JSON_NULL && is_primitive(element)) {
			if (!null_is_allowed(&neighbour, object, member, index))
				report(v, STRUCTURE, member, index,
				       "is null without a value or extension beside it");
		} else if (!is_sibling) {
			check_value(v, member, item, element, index);
		} else if (item->type != JSON_OBJECT || item->count == 0) {
			report(v, STRUCTURE, member, index,
			       "must be an object that is not empty, or null");
		}
		if (neighbour.item != NULL)
			neighbour.item = neighbour.item->next;
	}
}

static void check_sibling(struct validator *v, const struct json *object, struct json *member,
			  uint16_t element)
{
	const struct json *base = beside(object, json_name(member));
	bool is_array = (fhir_elements[element].flags & FHIR_ARRAY) != 0;

	if (is_array != (member->type == JSON_ARRAY)) {
		report(v, STRUCTURE, member, -1,
		       is_array ? "must be an array" : "must not be an array");
	} else if (is_array) {
		if (base != NULL && base->type == JSON_ARRAY && base->count != member->count)
			report(v, STRUCTURE, member, -1,
			       "must be as long as the array of the values");
		check_array(v, object, member, element, true);
	} else if (member->type != JSON_OBJECT || member->count == 0) {
		report(v, STRUCTURE, member, -1, "must be an object that is not empty");
	}
}

/* --- objects --------------------------------------------------------------------------------- */

static bool choice_is_double(const struct json *object, uint16_t shape, uint16_t element)
{
	for (const struct json *m = object->child; m != NULL; m = m->next) {
		struct str name = json_name(m);
		uint16_t other;

		if (name.len > 0 && name.ptr[0] == '_')
			name = str_slice(name, 1, name.len);
		other = fhir_element_find(shape, name);
		if (other != 0 && other != element &&
		    fhir_elements[other].group == fhir_elements[element].group)
			return true;
	}
	return false;
}

/* Returns the bit of the member's group, or 0. */
static uint64_t check_member(struct validator *v, const struct walk_frame *frame,
			     struct json *member, uint64_t seen)
{
	struct str name = json_name(member);
	bool is_sibling = name.len > 0 && name.ptr[0] == '_';
	uint16_t element;

	if (fhir_shapes[frame->shape].kind == FHIR_RESOURCE && str_equal(name, STR("resourceType")))
		return 0;
	element = fhir_element_find(frame->shape, is_sibling ? str_slice(name, 1, name.len) : name);
	if (element == 0 || (is_sibling && !is_primitive(element))) {
		report(v, STRUCTURE, member, -1, "is not known here");
		return 0;
	}
	member->tag = element;
	const struct fhir_element *row = &fhir_elements[element];
	uint64_t bit = UINT64_C(1) << row->group;
	if ((seen & bit) != 0 && choice_is_double(frame->object, frame->shape, element))
		report(v, STRUCTURE, member, -1,
		       "is a second type of an element that may have one only");
	if (is_sibling)
		check_sibling(v, frame->object, member, element);
	else if ((row->flags & FHIR_ARRAY) == 0 && member->type == JSON_ARRAY)
		report(v, STRUCTURE, member, -1, "must not be an array");
	else if ((row->flags & FHIR_ARRAY) == 0)
		check_value(v, member, member, element, -1);
	else if (member->type != JSON_ARRAY)
		report(v, STRUCTURE, member, -1, "must be an array");
	else
		check_array(v, frame->object, member, element, false);
	return bit;
}

static void report_missing(struct validator *v, uint16_t shape, uint64_t missing)
{
	const struct fhir_shape *row = &fhir_shapes[shape];

	for (uint16_t i = row->first; i < row->first + row->count; i++) {
		const struct fhir_element *element = &fhir_elements[i];
		struct json absent = { .name_ptr = fhir_pool + element->name_at,
				       .name_len = element->base_len };
		uint64_t bit = UINT64_C(1) << element->group;

		if ((missing & bit) == 0)
			continue;
		missing &= ~bit;
		report(v, REQUIRED, &absent, -1, "must be present");
	}
}

static bool targets_have(uint16_t targets, uint16_t type)
{
	const uint16_t *list = &fhir_lists[targets];

	for (uint16_t i = 1; i <= list[0]; i++)
		if (list[i] == type)
			return true;
	return list[0] == 0;
}

/* The type that a reference text names: also of "Patient?identifier=…" and "#contained". */
static uint16_t reference_type(struct validator *v, const struct json *member)
{
	struct str text = json_text(member);
	struct fhir_reference reference;

	if (text.len > 0 && text.ptr[0] == '#') {
		const struct json *item = use_local(v, text);

		if (item == NULL && text.len > 1)
			report(v, RULE, member, -1,
			       "names a contained resource that is not there (ref-1)");
		return fhir_resource_type_of(item);
	}
	if (fhir_reference_parse(text, &reference))
		return reference.type;
	size_t question = str_find_byte(text, '?', 0);
	return question < text.len ? fhir_resource_find(str_slice(text, 0, question))
				   : FHIR_TYPE_NONE;
}

static void check_reference(struct validator *v, const struct json *object, uint16_t targets)
{
	const struct json *text = json_get(object, STR("reference"));
	const struct json *type = json_get(object, STR("type"));
	uint16_t named = FHIR_TYPE_NONE;
	uint16_t stated = FHIR_TYPE_NONE;

	if (text != NULL && text->type == JSON_STRING)
		named = reference_type(v, text);
	if (type != NULL && type->type == JSON_STRING)
		stated = fhir_resource_find(json_text(type));
	if (named != FHIR_TYPE_NONE && !targets_have(targets, named))
		report(v, VALUE, text, -1, "leads to a type that is not allowed here");
	if (named == FHIR_TYPE_NONE && stated != FHIR_TYPE_NONE && !targets_have(targets, stated))
		report(v, VALUE, type, -1, "is a type that is not allowed here");
	if (named != FHIR_TYPE_NONE && stated != FHIR_TYPE_NONE && named != stated)
		report(v, VALUE, type, -1, "is not the type that the reference leads to");
}

/* A concept with codings must have one of the value set that is required for it. */
static void check_concept(struct validator *v, const struct json *object, uint16_t binding)
{
	const struct json *coding = json_get(object, STR("coding"));

	if (fhir_bindings[binding].kind != FHIR_BIND_CODES || coding == NULL ||
	    coding->type != JSON_ARRAY)
		return;
	for (const struct json *c = coding->child; c != NULL; c = c->next) {
		const struct fhir_code *row =
			fhir_code_find(binding, json_get_text(c, STR("code")));

		if (row != NULL &&
		    str_equal(fhir_text(row->system), json_get_text(c, STR("system"))))
			return;
	}
	report(v, CODE, coding, -1, "has no code of the value set that must be used here");
}

static void check_rules(struct validator *v, const struct walk_frame *frame, uint16_t element)
{
	const struct json *object = frame->object;

	switch (frame->shape) {
	case FHIR_SHAPE_Reference:
		check_reference(v, object, fhir_elements[element].targets);
		break;
	case FHIR_SHAPE_CodeableConcept:
		if (fhir_elements[element].binding != 0)
			check_concept(v, object, fhir_elements[element].binding);
		break;
	default:
		break;
	}
}

static void enter_object(struct validator *v)
{
	struct walk_frame *frame = walk_top(&v->walk);
	const struct fhir_shape *shape = &fhir_shapes[frame->shape];
	uint16_t element = v->walk.depth > 1 ? v->walk.frames[v->walk.depth - 2].element : 0;
	uint64_t seen = 0;

	if (frame->shape == 0)
		return; /* reported as a resource of unknown type */
	if (shape->kind == FHIR_RESOURCE) {
		if (v->scope_count > 0 && current_contained(v) == frame->object)
			check_contained(v, frame->object);
		else
			scope_open(v);
	}
	for (struct json *member = frame->object->child; member != NULL; member = member->next)
		seen |= check_member(v, frame, member, seen);
	if ((shape->required & ~seen) != 0)
		report_missing(v, frame->shape, shape->required & ~seen);
	if (shape->kind != FHIR_RESOURCE && frame->object->count == 1 &&
	    str_equal(json_name(frame->object->child), STR("id")))
		report(v, RULE, NULL, -1, "element has an id only (ele-1)");
	if (frame->shape == FHIR_SHAPE_Extension) {
		uint16_t nested = fhir_element_find(FHIR_SHAPE_Extension, STR("extension"));
		uint16_t value = fhir_element_find(FHIR_SHAPE_Extension, STR("valueString"));
		bool has_nested = (seen >> fhir_elements[nested].group & 1) != 0;
		bool has_value = (seen >> fhir_elements[value].group & 1) != 0;

		if (has_nested == has_value)
			report(v, RULE, NULL, -1,
			       "extension must have either a value or extensions (ext-1)");
	}
	check_rules(v, frame, element);
}

enum error fhir_validate(struct arena *arena, struct json *resource, struct issues *issues)
{
	struct validator v = { .arena = arena, .issues = issues };
	uint16_t type = fhir_resource_type_of(resource);

	if (type == FHIR_TYPE_NONE)
		return issue_add(issues, ERROR_MALFORMED, (struct str){ NULL, 0 },
				 "This is not an object with a resourceType of FHIR R4.");
	walk_start(&v.walk, resource, type);
	while (v.count < LIMIT_ISSUES_MAX) {
		enum walk_event event = walk_next(&v.walk);

		if (event == WALK_END)
			break;
		if (event == WALK_TOO_DEEP)
			return issue_add(issues, ERROR_LIMIT, (struct str){ NULL, 0 },
					 "The resource is nested too deep.");
		if (event == WALK_ENTER)
			enter_object(&v);
		else if (v.scope_count > 0 && v.scopes[v.scope_count - 1].depth == v.walk.depth)
			scope_close(&v);
	}
	if (arena->failed)
		return issue_add(issues, ERROR_LIMIT, (struct str){ NULL, 0 },
				 "The resource takes more memory than a request may.");
	return v.worst;
}
