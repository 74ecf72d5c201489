/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/print.h"

struct json *print_copy(struct arena *arena, struct str text)
{
	return json_new_string(arena, arena_copy(arena, text));
}

void print_string(struct arena *arena, struct json *object, struct str name, struct str value)
{
	json_add(object, name, print_copy(arena, value));
}

void print_string_maybe(struct arena *arena, struct json *object, struct str name, struct str value)
{
	if (value.len > 0)
		print_string(arena, object, name, value);
}

void print_instant(struct arena *arena, struct json *object, struct str name, int64_t at_us)
{
	json_add(object, name, json_new_string(arena, date_print_instant(arena, at_us)));
}

struct json *print_resource(struct arena *arena, struct str type, const char *id)
{
	struct json *resource = json_new(arena, JSON_OBJECT);
	if (resource == NULL)
		return NULL;
	json_add(resource, STR("resourceType"), json_new_string(arena, type));
	print_string(arena, resource, STR("id"), str_from_c(id));
	return resource;
}

struct json *print_reference(struct arena *arena, const char *type, const char *id,
			     const char *display)
{
	struct json *reference = json_new(arena, JSON_OBJECT);
	char text[MODEL_REFERENCE_BYTES + MODEL_ID_BYTES];
	if (reference == NULL)
		return NULL;
	if (type != NULL)
		model_format(text, sizeof(text), "%s/%s", type, id);
	else
		model_format(text, sizeof(text), "%s", id);
	print_string_maybe(arena, reference, STR("reference"), str_from_c(text));
	print_string_maybe(arena, reference, STR("display"), str_from_c(display));
	return reference;
}

struct json *print_concept(struct arena *arena, struct str system, struct str code,
			   struct str display)
{
	struct json *concept = json_new(arena, JSON_OBJECT);
	struct json *coding = json_new(arena, JSON_OBJECT);
	if (concept == NULL || coding == NULL)
		return NULL;
	json_add(coding, STR("system"), json_new_string(arena, system));
	print_string(arena, coding, STR("code"), code);
	print_string_maybe(arena, coding, STR("display"), display);
	print_one(arena, concept, STR("coding"), coding);
	return concept;
}

void print_one(struct arena *arena, struct json *object, struct str name, struct json *element)
{
	struct json *array = json_new(arena, JSON_ARRAY);
	if (array == NULL || element == NULL)
		return;
	json_append(array, element);
	json_add(object, name, array);
}

void print_extension(struct arena *arena, struct json *object, const char *name,
		     struct str value_name, struct json *value)
{
	struct json *list = json_get(object, STR("extension"));
	struct json *extension = json_new(arena, JSON_OBJECT);
	char url[160];
	if (extension == NULL || value == NULL)
		return;
	if (list == NULL)
		list = json_add(object, STR("extension"), json_new(arena, JSON_ARRAY));
	if (list == NULL)
		return;
	model_format(url, sizeof(url), HOMEWARD_URL "StructureDefinition/%s", name);
	print_string(arena, extension, STR("url"), str_from_c(url));
	json_add(extension, value_name, value);
	json_append(list, extension);
}

void print_whose(struct arena *arena, struct json *object, const struct stay *stay)
{
	if (stay->is_place)
		print_extension(arena, object, "ward", STR("valueReference"),
				print_reference(arena, "Organization", stay->ward->id, ""));
	else
		print_extension(arena, object, "episode", STR("valueReference"),
				print_reference(arena, "EpisodeOfCare", stay->id, ""));
}
