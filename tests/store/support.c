/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void support_init(struct support *support)
{
	*support = (struct support){ .store = NULL };
	memcpy(support->folder, "/tmp/homeward-store-XXXXXX", 27);
	if (mkdtemp(support->folder) == NULL)
		abort();
	support->clock = clock_create_simulated(SUPPORT_START_US);
	arena_init(&support->arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	issues_init(&support->issues, &support->arena);
}

static void remove_folder(const char *folder)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;

	while (directory != NULL && (entry = readdir(directory)) != NULL)
		(void)unlinkat(dirfd(directory), entry->d_name, 0);
	if (directory != NULL)
		closedir(directory);
	(void)rmdir(folder);
}

void support_done(struct support *support)
{
	support_close(support);
	clock_destroy(support->clock);
	arena_done(&support->arena);
	remove_folder(support->folder);
}

struct store_options support_options(struct support *support)
{
	return (struct store_options){ .path = str_from_c(support->folder),
				       .clock = support->clock };
}

void support_open(struct support *support)
{
	struct store_options options = support_options(support);

	if (store_open(&options, &support->issues, &support->store) != ERROR_OK) {
		if (support->issues.first != NULL)
			fprintf(stderr, "# %.*s\n", STR_ARG(support->issues.first->diagnostics));
		abort();
	}
}

void support_close(struct support *support)
{
	store_close(support->store);
	support->store = NULL;
}

struct str support_format(struct arena *arena, const char *format, ...)
{
	char bytes[512];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(bytes, sizeof(bytes), format, arguments);
	va_end(arguments);
	return arena_copy(arena, (struct str){ bytes, (size_t)length });
}

struct fhir_index *support_index(struct arena *arena)
{
	struct fhir_index *index = ARENA_NEW(arena, struct fhir_index, 1);

	index->values = ARENA_NEW(arena, struct fhir_index_value, 64);
	return index;
}

struct fhir_index_value *support_value(struct fhir_index *index, uint16_t type, struct str code)
{
	const struct fhir_search_parameter *parameter = fhir_search_parameter_find(type, code);
	struct fhir_index_value *value = &index->values[index->count++];

	ASSERT(parameter != NULL);
	value->parameter = parameter;
	value->kind = parameter->kind;
	return value;
}

static void add_token(struct fhir_index *index, uint16_t type, const char *parameter,
		      struct str system, struct str code)
{
	struct fhir_index_value *value = support_value(index, type, str_from_c(parameter));

	value->system = system;
	value->code = code;
}

static void add_reference(struct fhir_index *index, const char *parameter, struct str target_type,
			  struct str id)
{
	uint16_t type = fhir_resource_find(STR("Observation"));
	struct fhir_index_value *value = support_value(index, type, str_from_c(parameter));

	value->reference.type = fhir_resource_find(target_type);
	value->reference.id = id;
}

static void add_quantity(struct fhir_index *index, const char *parameter, double number)
{
	uint16_t type = fhir_resource_find(STR("Observation"));
	struct fhir_index_value *value = support_value(index, type, str_from_c(parameter));

	value->number = number;
	value->low = number - 0.5;
	value->high = number + 0.5;
	value->system = SUPPORT_UCUM;
	value->code = STR("/min");
	value->text = STR("/min");
}

static void add_composite(struct arena *arena, struct fhir_index *index, const char *parameter,
			  const struct support_vital *vital)
{
	uint16_t type = fhir_resource_find(STR("Observation"));
	struct fhir_index_value *value = support_value(index, type, str_from_c(parameter));
	struct fhir_index part = { .values = ARENA_NEW(arena, struct fhir_index_value, 2) };

	value->components = part.values;
	value->component_count = 2;
	add_token(&part, type, "code", SUPPORT_LOINC, vital->code);
	add_quantity(&part, "value-quantity", vital->value);
}

static struct str vital_body(struct arena *arena, const struct support_vital *vital)
{
	struct text text;

	text_init(&text, arena, 65536);
	text_put_format(
		&text,
		"{\"resourceType\":\"Observation\",\"id\":\"%.*s\",\"meta\":{},"
		"\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
		"\"http://terminology.hl7.org/CodeSystem/observation-category\","
		"\"code\":\"vital-signs\",\"display\":\"Vital Signs\"}]}],"
		"\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"%.*s\"}]},",
		STR_ARG(vital->id), STR_ARG(vital->code));
	if (vital->identifier.len > 0)
		text_put_format(&text,
				"\"identifier\":[{\"system\":\"urn:test\",\"value\":\"%.*s\"}],",
				STR_ARG(vital->identifier));
	if (vital->patient.len > 0)
		text_put_format(&text, "\"subject\":{\"reference\":\"Patient/%.*s\"},",
				STR_ARG(vital->patient));
	if (vital->at_us != INT64_MIN) {
		char instant[25];

		date_write_instant(vital->at_us, instant);
		text_put_format(&text, "\"effectiveDateTime\":\"%s\",", instant);
	}
	if (vital->device.len > 0)
		text_put_format(&text, "\"device\":{\"reference\":\"Device/%.*s\"},",
				STR_ARG(vital->device));
	text_put_format(&text,
			"\"valueQuantity\":{\"value\":%g,\"unit\":\"/min\",\"system\":"
			"\"http://unitsofmeasure.org\",\"code\":\"/min\"}}",
			vital->value);
	return text_view(&text);
}

struct store_write support_vital(struct arena *arena, enum store_method method,
				 const struct support_vital *vital)
{
	struct fhir_index *index = support_index(arena);
	uint16_t type = fhir_resource_find(STR("Observation"));
	struct store_write write = { .method = method,
				     .type = type,
				     .id = vital->id,
				     .version_expected = STORE_VERSION_ANY,
				     .index = index };

	add_token(index, type, "status", STR("http://hl7.org/fhir/observation-status"),
		  STR("final"));
	add_token(index, type, "category",
		  STR("http://terminology.hl7.org/CodeSystem/observation-category"),
		  STR("vital-signs"));
	add_token(index, type, "code", SUPPORT_LOINC, vital->code);
	add_token(index, type, "combo-code", SUPPORT_LOINC, vital->code);
	if (vital->identifier.len > 0)
		add_token(index, type, "identifier", STR("urn:test"), vital->identifier);
	if (vital->patient.len > 0) {
		add_reference(index, "subject", STR("Patient"), vital->patient);
		add_reference(index, "patient", STR("Patient"), vital->patient);
	}
	if (vital->device.len > 0)
		add_reference(index, "device", STR("Device"), vital->device);
	if (vital->at_us != INT64_MIN) {
		struct fhir_index_value *value = support_value(index, type, STR("date"));

		value->low_us = vital->at_us;
		value->high_us = vital->at_us + 1000;
	}
	add_quantity(index, "value-quantity", vital->value);
	add_quantity(index, "combo-value-quantity", vital->value);
	add_composite(arena, index, "code-value-quantity", vital);
	add_composite(arena, index, "combo-code-value-quantity", vital);
	write.body = vital_body(arena, vital);
	return write;
}

struct store_write support_patient(struct arena *arena, enum store_method method, struct str id,
				   struct str family, int64_t born_us)
{
	struct fhir_index *index = support_index(arena);
	uint16_t type = fhir_resource_find(STR("Patient"));
	struct store_write write = { .method = method,
				     .type = type,
				     .id = id,
				     .version_expected = STORE_VERSION_ANY,
				     .index = index };
	struct fhir_index_value *value;
	struct text text;
	char instant[25];

	support_value(index, type, STR("name"))->text = family;
	support_value(index, type, STR("family"))->text = family;
	value = support_value(index, type, STR("birthdate"));
	value->low_us = born_us;
	value->high_us = born_us + DATE_US_PER_DAY;
	date_write_instant(born_us, instant);
	text_init(&text, arena, 65536);
	text_put_format(&text,
			"{\"resourceType\":\"Patient\",\"id\":\"%.*s\",\"meta\":{},"
			"\"name\":[{\"family\":\"%.*s\"}],\"birthDate\":\"%.10s\"}",
			STR_ARG(id), STR_ARG(family), instant);
	write.body = text_view(&text);
	return write;
}

struct store_commit support_commit_of(struct store_write *writes, size_t count)
{
	return (struct store_commit){
		.writes = writes, .write_count = count, .origin = STR("test"), .feed_expected = -1
	};
}

enum error support_commit(struct support *support, struct store_write *write)
{
	struct store_commit commit = support_commit_of(write, 1);

	return store_commit_wait(support->store, &commit);
}

struct store_write support_resource(struct arena *arena, struct issues *issues, struct str json)
{
	struct fhir_index *index = ARENA_NEW(arena, struct fhir_index, 1);
	struct store_write write = { .method = STORE_UPDATE,
				     .version_expected = STORE_VERSION_ANY,
				     .index = index };
	struct json *resource;
	struct text text;

	if (json_parse(arena, json, NULL, issues, &resource) != ERROR_OK ||
	    fhir_index_extract(arena, resource, index) != ERROR_OK)
		abort();
	write.type = fhir_resource_type_of(resource);
	write.id = arena_copy(arena, json_get_text(resource, STR("id")));
	text_init(&text, arena, LIMIT_BODY_BYTES_MAX);
	store_body_print(&text, arena, resource, write.id);
	write.body = text_view(&text);
	return write;
}

struct store_write support_put(struct support *support, const char *json)
{
	struct store_write write =
		support_resource(&support->arena, &support->issues, str_from_c(json));

	if (support_commit(support, &write) != ERROR_OK)
		abort();
	return write;
}
