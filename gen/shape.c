/* SPDX-License-Identifier: Apache-2.0
 * Types and their elements, from the snapshots of the base StructureDefinitions. A shape is a
 * resource, a data type, a primitive, or a backbone ("Observation.component"). Each JSON key is an
 * element of its own: a choice such as value[x] gives one a type, all in one group. */
#include "gen.h"

#include <stdlib.h>

#define DEFINITION STR("http://hl7.org/fhir/StructureDefinition/")
#define SYSTEM_TYPE STR("http://hl7.org/fhirpath/System.")
#define FHIR_TYPE STR("http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type")

uint16_t gen_shape_find(const struct gen *gen, struct str name)
{
	for (size_t i = 1; i <= gen->shape_count; i++)
		if (str_equal(gen_text_view(gen, gen->shapes[i].name), name))
			return (uint16_t)i;
	return 0;
}

uint16_t gen_resource_find(const struct gen *gen, struct str name)
{
	uint16_t shape = gen_shape_find(gen, name);

	return shape <= gen->resource_count ? shape : 0;
}

static uint16_t add_shape(struct gen *gen, struct str name, enum gen_shape_kind kind)
{
	if (gen->shape_count + 1 >= GEN_SHAPES_MAX)
		gen_fail("too many shapes", name);
	gen->shape_count++;
	gen->shapes[gen->shape_count].name = gen_intern(gen, name);
	gen->shapes[gen->shape_count].kind = kind;
	return (uint16_t)gen->shape_count;
}

/* Base definitions only: profiles have another type in their url, logical models another kind. */
static bool find_kind(const struct json *root, enum gen_shape_kind *ret_kind)
{
	struct str url = json_get_text(root, STR("url"));
	struct str type = json_get_text(root, STR("type"));
	struct str kind = json_get_text(root, STR("kind"));
	const struct json *abstract = json_get(root, STR("abstract"));

	if (!str_starts_with(url, DEFINITION) ||
	    !str_equal(str_slice(url, DEFINITION.len, url.len), type) ||
	    str_equal(json_get_text(root, STR("derivation")), STR("constraint")))
		return false;
	if (str_equal(kind, STR("resource"))) {
		bool is_abstract = abstract != NULL && abstract->type == JSON_TRUE;
		*ret_kind = is_abstract ? GEN_ANY_RESOURCE : GEN_RESOURCE;
		return true;
	}
	*ret_kind = str_equal(kind, STR("primitive-type")) ? GEN_PRIMITIVE : GEN_COMPLEX;
	return *ret_kind == GEN_PRIMITIVE || str_equal(kind, STR("complex-type"));
}

struct found {
	struct str name;
	struct str file;
	enum gen_shape_kind kind;
};

static int compare_found(const void *left, const void *right)
{
	const struct found *a = left;
	const struct found *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return str_compare(a->name, b->name);
}

/* Resources come first, by name, so that a type's number is its shape's number. */
static void name_shapes(struct gen *gen)
{
	static struct found found[400];
	size_t count = 0;

	for (size_t i = 0; i < gen->file_count; i++) {
		enum gen_shape_kind kind;

		if (!str_starts_with(gen->files[i], STR("StructureDefinition-")))
			continue;
		struct json *root = gen_package_read(gen, gen->files[i]);
		if (!find_kind(root, &kind))
			continue;
		if (count == sizeof found / sizeof found[0])
			gen_fail("too many types", gen->files[i]);
		struct str name = arena_copy(&gen->arena, json_get_text(root, STR("type")));
		found[count++] = (struct found){ name, gen->files[i], kind };
	}
	qsort(found, count, sizeof found[0], compare_found);
	for (size_t i = 0; i < count; i++) {
		uint16_t shape = add_shape(gen, found[i].name, found[i].kind);

		gen->shapes[shape].file = gen_intern(gen, found[i].file);
		if (found[i].kind == GEN_RESOURCE)
			gen->resource_count = shape;
	}
	if (gen->resource_count == 0 || gen->resource_count >= GEN_RESOURCES_MAX)
		gen_fail("no resource types, or too many", STR(""));
}

/* The type's own name; FHIRPath system types carry the FHIR one in an extension. */
static struct str type_name(const struct json *type, struct str path, bool is_resource)
{
	struct str code = json_get_text(type, STR("code"));

	if (!str_starts_with(code, SYSTEM_TYPE))
		return code;
	/* R4 says string for the ids of resources, which are of type id. */
	if (is_resource && str_ends_with(path, STR(".id")) &&
	    str_find_byte(path, '.', 0) == path.len - 3)
		return STR("id");
	const struct json *extension = json_get(type, STR("extension"));
	for (extension = extension == NULL ? NULL : extension->child; extension != NULL;
	     extension = extension->next)
		if (str_equal(json_get_text(extension, STR("url")), FHIR_TYPE))
			return json_get_text(extension, STR("valueUrl"));
	gen_fail("no FHIR type", path);
}

static int compare_u16(const void *left, const void *right)
{
	return (int)*(const uint16_t *)left - (int)*(const uint16_t *)right;
}

static uint16_t target_list(struct gen *gen, const struct json *type)
{
	uint16_t targets[GEN_RESOURCES_MAX];
	size_t count = 0;
	const struct json *profile = json_get(type, STR("targetProfile"));

	if (profile == NULL || !str_equal(json_get_text(type, STR("code")), STR("Reference")))
		return 0;
	for (profile = profile->child; profile != NULL; profile = profile->next) {
		struct str url = json_text(profile);
		uint16_t target = gen_resource_find(gen, str_slice(url, DEFINITION.len, url.len));

		if (target == 0)
			return 0; /* Resource: any */
		if (count < GEN_RESOURCES_MAX)
			targets[count++] = target;
	}
	qsort(targets, count, sizeof targets[0], compare_u16);
	return gen_list_add(gen, targets, count);
}

static uint8_t flags_of(const struct json *definition, struct str path)
{
	const struct json *summary = json_get(definition, STR("isSummary"));
	const struct json *modifier = json_get(definition, STR("isModifier"));
	struct str minimum = json_get_text(definition, STR("min"));
	struct str maximum = json_get_text(definition, STR("max"));
	uint8_t flags = 0;

	if (!str_equal(maximum, STR("1")) && !str_equal(maximum, STR("*")))
		gen_fail("max is neither 1 nor *", path);
	if (!str_equal(minimum, STR("0")) && !str_equal(minimum, STR("1")))
		gen_fail("min is neither 0 nor 1", path);
	flags |= str_equal(maximum, STR("*")) ? GEN_ARRAY : 0;
	flags |= str_equal(minimum, STR("1")) ? GEN_REQUIRED : 0;
	flags |= summary != NULL && summary->type == JSON_TRUE ? GEN_SUMMARY : 0;
	flags |= modifier != NULL && modifier->type == JSON_TRUE ? GEN_MODIFIER : 0;
	return flags;
}

static struct gen_element *add_element(struct gen *gen, uint16_t owner)
{
	if (gen->element_count + 1 >= GEN_ELEMENTS_MAX)
		gen_fail("too many elements", STR(""));
	struct gen_element *element = &gen->elements[++gen->element_count];
	element->owner = owner;
	element->order = (uint32_t)gen->element_count;
	element->group = gen->shapes[owner].group_count;
	return element;
}

/* The JSON key: the last part of the path, without [x] and with the type's name for a choice. */
static struct gen_text key_of(struct gen *gen, struct str part, struct str type, bool is_choice)
{
	struct text key;

	text_init(&key, &gen->scratch, 256);
	text_put(&key, part);
	if (is_choice) {
		text_put_byte(&key, (char)(type.ptr[0] >= 'a' ? type.ptr[0] - 32 : type.ptr[0]));
		text_put(&key, str_slice(type, 1, type.len));
	}
	return gen_intern(gen, text_view(&key));
}

static void add_rows(struct gen *gen, const struct json *definition, struct str path, size_t dot,
		     uint16_t owner)
{
	struct str part = str_slice(path, dot + 1, path.len);
	bool is_choice = str_ends_with(part, STR("[x]"));
	const struct json *binding = json_get(definition, STR("binding"));
	const struct json *type = json_get(definition, STR("type"));
	uint8_t flags = flags_of(definition, path);
	uint16_t bound = 0;

	part = is_choice ? str_slice(part, 0, part.len - 3) : part;
	if (str_equal(json_get_text(binding, STR("strength")), STR("required")) &&
	    json_get(binding, STR("valueSet")) != NULL)
		bound = gen_binding_add(gen, json_get_text(binding, STR("valueSet")));
	struct str content = json_get_text(definition, STR("contentReference"));
	if (content.len > 1) {
		struct gen_element *element = add_element(gen, owner);
		element->name = gen_intern(gen, part);
		element->base_len = (uint32_t)part.len;
		element->flags = flags;
		element->content = gen_intern(gen, str_slice(content, 1, content.len));
	}
	for (type = type == NULL ? NULL : type->child; type != NULL; type = type->next) {
		struct str name = type_name(type, path, owner <= gen->resource_count);
		struct gen_element *element = add_element(gen, owner);

		element->name = key_of(gen, part, name, is_choice);
		element->base_len = (uint32_t)part.len;
		element->flags = (uint8_t)(flags | (is_choice ? GEN_CHOICE : 0));
		element->targets = target_list(gen, type);
		if (str_equal(name, STR("code")) || str_equal(name, STR("CodeableConcept")) ||
		    str_equal(name, STR("Coding")))
			element->binding = bound;
		if (str_equal(name, STR("BackboneElement")) || str_equal(name, STR("Element")))
			element->content = gen_intern(gen, path);
		else if ((element->shape = gen_shape_find(gen, name)) == 0)
			gen_fail("unknown type", path);
	}
}

static void read_elements(struct gen *gen, struct str file)
{
	struct json *root = gen_package_read(gen, file);
	const struct json *list = json_get(json_get(root, STR("snapshot")), STR("element"));

	if (list == NULL)
		gen_fail("no snapshot", file);
	for (const struct json *row = list->child; row != NULL; row = row->next) {
		struct str path = json_get_text(row, STR("path"));
		size_t dot = path.len;

		while (dot > 0 && path.ptr[dot - 1] != '.')
			dot--;
		if (dot == 0)
			continue; /* the type itself */
		dot--;
		struct str parent = str_slice(path, 0, dot);
		uint16_t owner = gen_shape_find(gen, parent);
		if (owner == 0)
			owner = add_shape(gen, parent, GEN_BACKBONE);
		struct gen_shape *shape = &gen->shapes[owner];
		if (shape->group_count >= 64)
			gen_fail("more than 64 elements in one object", path);
		add_rows(gen, row, path, dot, owner);
		if (str_equal(json_get_text(row, STR("min")), STR("1")))
			shape->required |= UINT64_C(1) << shape->group_count;
		shape->group_count++;
	}
}

static int compare_elements(const void *left, const void *right)
{
	const struct gen_element *a = left;
	const struct gen_element *b = right;

	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void gen_shapes(struct gen *gen)
{
	name_shapes(gen);
	size_t types = gen->shape_count;
	for (size_t i = 1; i <= types; i++)
		if (gen->shapes[i].kind != GEN_PRIMITIVE)
			read_elements(gen, gen_text_view(gen, gen->shapes[i].file));
	qsort(gen->elements + 1, gen->element_count, sizeof *gen->elements, compare_elements);
	for (size_t i = 1; i <= gen->element_count; i++) {
		struct gen_element *element = &gen->elements[i];
		struct gen_shape *owner = &gen->shapes[element->owner];

		if (element->content.len > 0)
			element->shape = gen_shape_find(gen, gen_text_view(gen, element->content));
		if (element->shape == 0)
			gen_fail("no type", gen_text_view(gen, element->name));
		if (owner->count++ == 0)
			owner->first = (uint16_t)i;
	}
}
