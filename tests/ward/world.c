/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "ward/policy_files.h"
#include "ward/questionnaire_files.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define HW "https://fhir.homeward.example/"

static const char *keep(struct world *world, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static const char *keep(struct world *world, const char *format, ...)
{
	char whole[4000];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(whole, sizeof(whole), format, arguments);
	va_end(arguments);
	ASSERT(length >= 0 && (size_t)length < sizeof(whole));
	return arena_copy(&world->arena, str_from_c(whole)).ptr;
}

void world_apply(struct ward_core *core, struct arena *arena, const struct world_event *event)
{
	struct json *resource = NULL;
	bool oversize;
	if (!ward_core_reads(event->type, event->body))
		return;
	ASSERT(ward_core_read(arena, event->body, event->body.len == 0, &resource, &oversize) ==
	       ERROR_OK);
	struct ward_event given = { event->type,  event->id,     event->version, event->feed,
				    event->at_us, event->origin, resource,       oversize };
	ward_core_apply(core, &given);
}

static void feed(struct world *world, const char *type, const char *id, int64_t version,
		 struct str body)
{
	if (world->event_count == world->event_capacity) {
		world->event_capacity =
			world->event_capacity == 0 ? 256 : world->event_capacity * 2;
		world->events =
			realloc(world->events, world->event_capacity * sizeof(*world->events));
		ASSERT(world->events != NULL);
	}
	struct world_event *event = &world->events[world->event_count++];
	*event = (struct world_event){ arena_copy(&world->arena, str_from_c(type)),
				       arena_copy(&world->arena, str_from_c(id)),
				       arena_copy(&world->arena, body),
				       STR("api"),
				       version,
				       world->now_us,
				       ++world->feed };
	world_apply(world->core, &world->arena, event);
	if (world->settles)
		ward_core_settle(world->core);
}

void world_put(struct world *world, const char *type, const char *id, int64_t version,
	       const char *format, ...)
{
	char inner[6000], whole[7000];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(inner, sizeof(inner), format, arguments);
	va_end(arguments);
	ASSERT(length >= 0 && (size_t)length < sizeof(inner));
	length = snprintf(whole, sizeof(whole), "{\"resourceType\":\"%s\",\"id\":\"%s\",%s}", type,
			  id, inner);
	ASSERT(length >= 0 && (size_t)length < sizeof(whole));
	feed(world, type, id, version, str_from_c(whole));
}

void world_put_body(struct world *world, const char *type, const char *id, int64_t version,
		    struct str body)
{
	feed(world, type, id, version, body);
}

void world_delete(struct world *world, const char *type, const char *id, int64_t version)
{
	feed(world, type, id, version, STR(""));
}

static void staff(struct world *world, const char *id, const char *role, const char *name)
{
	world_put(world, "Practitioner", id, 1, "\"name\":[{\"text\":\"%s\"}]", name);
	world_put(world, "PractitionerRole", id, 1,
		  "\"practitioner\":{\"reference\":\"Practitioner/"
		  "%s\"},\"organization\":{\"reference\":"
		  "\"Organization/ward-1\"},\"code\":[{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/ward-role\",\"code\":\"%s\"}]}]",
		  id, role);
}

void world_open(struct world *world)
{
	*world = (struct world){ .now_us = WORLD_START_US };
	arena_init(&world->arena, (size_t)1 << 30);
	world->core = ward_core_create(NULL);
	for (size_t i = 0; i < policy_file_count; i++) {
		struct json *plan;
		ASSERT(json_parse(&world->arena, policy_files[i], NULL, NULL, &plan) == ERROR_OK);
		feed(world, "PlanDefinition",
		     keep(world, "%.*s", STR_ARG(json_get_text(plan, STR("id")))), 1,
		     policy_files[i]);
	}
	for (size_t i = 0; i < questionnaire_file_count; i++) {
		struct json *form;
		ASSERT(json_parse(&world->arena, questionnaire_files[i], NULL, NULL, &form) ==
		       ERROR_OK);
		feed(world, "Questionnaire",
		     keep(world, "%.*s", STR_ARG(json_get_text(form, STR("id")))), 1,
		     questionnaire_files[i]);
	}
	world_put(world, "Organization", "ward-1", 1,
		  "\"name\":\"Children's ward\",\"type\":[{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/organization-type\",\"code\":\"virtual-ward\"}]}]");
	staff(world, "nurse-1", "nurse", "Nora Nurse");
	staff(world, "lead-1", "shift-lead", "Leo Lead");
	staff(world, "charge-1", "nurse-in-charge", "Carla Charge");
	staff(world, "registrar-1", "registrar", "Rita Registrar");
	staff(world, "consultant-1", "consultant", "Con Sultant");
	staff(world, "switchboard-1", "switchboard", "Switchboard");
}

void world_close(struct world *world)
{
	ward_core_destroy(world->core);
	free(world->events);
	arena_done(&world->arena);
}

void world_wait(struct world *world, int64_t by_us)
{
	world->now_us += by_us;
	ward_core_advance(world->core, world->now_us);
}

void world_shift(struct world *world, const char *role, const char *slot, int64_t from_us,
		 int64_t until_us)
{
	char schedule[60], start[25], end[25];
	snprintf(schedule, sizeof(schedule), "schedule-%s", role);
	date_write_instant(from_us, start);
	date_write_instant(until_us, end);
	int64_t version = world->feed + 1; /* later than any before it */
	world_put(world, "Schedule", schedule, version,
		  "\"actor\":[{\"reference\":\"PractitionerRole/%s\"}]", role);
	world_put(
		world, "Slot", slot, version,
		"\"schedule\":{\"reference\":\"Schedule/%s\"},\"status\":\"busy\",\"start\":\"%s\","
		"\"end\":\"%s\"",
		schedule, start, end);
}

void world_patient(struct world *world, const char *id, const char *birth_date)
{
	world_put(world, "Patient", id, 1,
		  "\"name\":[{\"given\":[\"Ada\"],\"family\":\"Test\"}],\"birthDate\":\"%s\"",
		  birth_date);
	world_put(world, "RelatedPerson", keep(world, "mother-%s", id), 1,
		  "\"patient\":{\"reference\":\"Patient/%s\"},\"name\":[{\"text\":\"Mum Test\"}],"
		  "\"relationship\":[{\"text\":\"mother\"}],\"telecom\":[{\"system\":\"phone\","
		  "\"value\":"
		  "\"07700900001\",\"rank\":1}]",
		  id);
}

void world_admit(struct world *world, const char *episode, const char *patient, const char *policy)
{
	char now[25];
	date_write_instant(world->now_us, now);
	world_put(
		world, "EpisodeOfCare", episode, 1,
		"\"status\":\"active\",\"type\":[{\"coding\":[{\"system\":\"" HW "CodeSystem/"
		"episode-type\",\"code\":\"virtual-ward\"}]}],\"patient\":{\"reference\":"
		"\"Patient/%s\"},\"managingOrganization\":{\"reference\":\"Organization/ward-1\"},"
		"\"period\":{\"start\":\"%s\"}",
		patient, now);
	world_put(world, "CarePlan", keep(world, "plan-%s", episode), 1,
		  "\"status\":\"active\",\"intent\":\"plan\",\"subject\":{\"reference\":\"Patient/"
		  "%s\"},"
		  "\"instantiatesCanonical\":[\"%s\"],\"supportingInfo\":[{\"reference\":"
		  "\"EpisodeOfCare/%s\"}],"
		  "\"activity\":[{\"detail\":{\"status\":\"in-progress\",\"scheduledTiming\":{"
		  "\"repeat\":"
		  "{\"period\":4,\"periodUnit\":\"h\"}}}}]",
		  patient, policy, episode);
}

void world_limit(struct world *world, const char *episode, const char *patient,
		 const struct world_limit *limit)
{
	static int64_t version = 1;
	world_put(world, "CarePlan", keep(world, "plan-%s", episode), ++version,
		  "\"extension\":[{\"url\":\"" HW "StructureDefinition/limit\",\"extension\":["
		  "{\"url\":\"sign\",\"valueCode\":\"%s\"},{\"url\":\"%s\",\"valueDecimal\":%s},"
		  "{\"url\":\"level\",\"valueCode\":\"%s\"},"
		  "{\"url\":\"reason\",\"valueString\":\"Shunt in place\"},"
		  "{\"url\":\"by\",\"valueReference\":{\"display\":\"Con Sultant\"}},"
		  "{\"url\":\"set\",\"valueDateTime\":\"%s\"},"
		  "{\"url\":\"expires\",\"valueDateTime\":\"%s\"}]}],"
		  "\"status\":\"active\",\"intent\":\"plan\",\"subject\":{\"reference\":\"Patient/"
		  "%s\"},"
		  "\"instantiatesCanonical\":[\"" CHILD "\"],\"supportingInfo\":[{\"reference\":"
		  "\"EpisodeOfCare/%s\"}],\"activity\":[{\"detail\":{\"status\":\"in-progress\","
		  "\"scheduledTiming\":{\"repeat\":{\"period\":4,\"periodUnit\":\"h\"}}}}]",
		  limit->sign, limit->direction, limit->value, limit->level, limit->set,
		  limit->expires, patient, episode);
}

static const char *unit_of(const char *code)
{
	if (strcmp(code, SPO2) == 0)
		return "%";
	if (strcmp(code, TEMPERATURE) == 0)
		return "Cel";
	if (strcmp(code, SYSTOLIC) == 0)
		return "mm[Hg]";
	return strcmp(code, CRT) == 0 ? "s" : "/min";
}

void world_device(struct world *world, const char *id, int64_t version, const char *type,
		  const char *patient, const char *kit)
{
	char who[200] = "", parent[200] = "";
	if (patient != NULL)
		snprintf(who, sizeof(who), "\"patient\":{\"reference\":\"Patient/%s\"},", patient);
	if (kit != NULL)
		snprintf(parent, sizeof(parent), "\"parent\":{\"reference\":\"Device/%s\"},", kit);
	world_put(world, "Device", id, version,
		  "\"status\":\"active\",%s%s\"owner\":{\"reference\":\"Organization/"
		  "ward-1\"},\"type\":{"
		  "\"coding\":[{\"system\":\"" HW "CodeSystem/device-type\",\"code\":\"%s\"}]}",
		  who, parent, type);
}

static void put_number(struct world *world, const char *id, int64_t version,
		       const struct world_number *number)
{
	char at[25];
	date_write_instant(number->measured_us, at);
	world_put(world, "Observation", id, version,
		  "\"status\":\"%s\",\"code\":{\"coding\":[{\"system\":\"http://"
		  "loinc.org\",\"code\":\"%s\"}]},"
		  "\"subject\":{\"reference\":\"Patient/"
		  "%s\"},\"effectiveDateTime\":\"%s\",\"device\":{"
		  "\"reference\":\"Device/d-%s\"},\"valueQuantity\":{\"value\":%s,\"system\":"
		  "\"http://unitsofmeasure.org\",\"code\":\"%s\"}",
		  version == 1 ? "final" : "corrected", number->code, number->patient, at,
		  number->patient, number->value, unit_of(number->code));
}

const char *world_number(struct world *world, const char *patient, const char *code,
			 const char *value, int64_t measured_us)
{
	const char *id = keep(world, "o%u", ++world->next_id);
	put_number(world, id, 1, &(struct world_number){ patient, code, value, measured_us });
	return id;
}

void world_correct(struct world *world, const char *id, const struct world_number *number)
{
	put_number(world, id, 2, number);
}

const char *world_code(struct world *world, const char *patient, const char *what, const char *code,
		       int64_t measured_us)
{
	static const struct {
		const char *what, *snomed, *system;
	} kinds[] = { { "consciousness", "1104441000000107", "consciousness" },
		      { "distress", "1364081000000103", "respiratory-distress" },
		      { "carer", "1364121000000100", "carer-question" } };
	const char *id = keep(world, "o%u", ++world->next_id);
	char at[25];
	date_write_instant(measured_us, at);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].what, what) == 0)
			world_put(world, "Observation", id, 1,
				  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
				  "\"http://snomed.info/"
				  "sct\",\"code\":\"%s\"}]},\"subject\":{\"reference\":"
				  "\"Patient/"
				  "%s\"},\"effectiveDateTime\":\"%s\",\"valueCodeableConcept\":{"
				  "\"coding\":[{\"system\":\"" HW
				  "CodeSystem/%s\",\"code\":\"%s\"}]}",
				  kinds[i].snomed, patient, at, kinds[i].system, code);
	}
	if (strcmp(what, "oxygen") == 0) /* "NP 0.5" or "air" */
		world_put(world, "Observation", id, 1,
			  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://"
			  "loinc.org\",\"code\":"
			  "\"3151-8\"}]},\"method\":{\"coding\":[{\"system\":\"" HW "CodeSystem/"
			  "oxygen-device\",\"code\":\"%.2s\"}]},\"subject\":{\"reference\":"
			  "\"Patient/"
			  "%s\"},\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%s,"
			  "\"system\":\"http://unitsofmeasure.org\",\"code\":\"L/min\"}",
			  code, patient, at, code + 3);
	if (strcmp(what, "air") == 0)
		world_put(world, "Observation", id, 1,
			  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://"
			  "snomed.info/sct\","
			  "\"code\":\"722742002\"}]},\"subject\":{\"reference\":\"Patient/%s\"},"
			  "\"effectiveDateTime\":\"%s\"",
			  patient, at);
	if (strcmp(what, "worried") == 0)
		world_put(world, "Observation", id, 1,
			  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"" HW
			  "CodeSystem/"
			  "observation\",\"code\":\"worried\"}]},\"subject\":{\"reference\":"
			  "\"Patient/%s\"},\"effectiveDateTime\":\"%s\",\"valueBoolean\":%s",
			  patient, at, code);
	return id;
}

static bool is_of(const struct json *task, const char *episode, const char *rule)
{
	struct str identifier =
		json_get_text(json_at(json_get(task, STR("identifier")), 0), STR("value"));
	struct str of = str_cut(&identifier, '/');
	const struct json *coding =
		json_at(json_get(json_get(task, STR("code")), STR("coding")), 0);
	return str_equal(of, str_from_c(episode)) &&
	       (rule == NULL || str_equal(json_get_text(coding, STR("code")), str_from_c(rule)));
}

static bool is_open(const struct json *task)
{
	struct str status = json_get_text(task, STR("status"));
	return !str_equal(status, STR("completed")) && !str_equal(status, STR("cancelled"));
}

static size_t tasks(struct world *world, const char *episode, const char *rule, bool open,
		    const struct json **ret_last)
{
	struct ward_output *outputs;
	size_t count, found = 0;
	ASSERT(ward_core_alerts(world->core, &world->arena, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		if (!is_of(outputs[i].resource, episode, rule) ||
		    (open && !is_open(outputs[i].resource)))
			continue;
		found++;
		*ret_last = outputs[i].resource;
	}
	return found;
}

const struct json *world_task(struct world *world, const char *episode, const char *rule)
{
	const struct json *last = NULL;
	(void)tasks(world, episode, rule, false, &last);
	return last;
}

size_t world_task_count(struct world *world, const char *episode, const char *rule)
{
	const struct json *last;
	return tasks(world, episode, rule, false, &last);
}

size_t world_open_count(struct world *world, const char *episode)
{
	const struct json *last;
	return tasks(world, episode, NULL, true, &last);
}

static const char *c_text(struct str text)
{
	static char buffers[8][400];
	static unsigned turn;
	char *buffer = buffers[turn++ % 8];
	int length = snprintf(buffer, sizeof(buffers[0]), "%.*s", STR_ARG(text));
	ASSERT(length >= 0);
	return buffer;
}

const char *world_level(const struct json *task)
{
	const struct json *extensions = json_get(task, STR("extension"));
	return c_text(json_get_text(json_at(extensions, 0), STR("valueCode")));
}

const char *world_text(const struct json *task, const char *name)
{
	return c_text(json_get_text(task, str_from_c(name)));
}

const char *world_rung(const struct json *task)
{
	return c_text(json_get_text(json_get(task, STR("businessStatus")), STR("text")));
}

int64_t world_deadline_us(const struct json *task)
{
	struct date date;
	struct str end = json_get_text(json_get(json_get(task, STR("restriction")), STR("period")),
				       STR("end"));
	return date_parse(end, DATE_KIND_DATETIME, &date) == ERROR_OK ? date.low_us : 0;
}

void world_write(struct world *world, struct json *task)
{
	struct text text;
	struct str id = json_get_text(task, STR("id"));
	text_init(&text, &world->arena, 1 << 20);
	json_print(&text, task);
	feed(world, "Task", keep(world, "%.*s", STR_ARG(id)), 2, text_view(&text));
}

void world_acknowledge(struct world *world, const struct json *task, const char *by,
		       const char *plan)
{
	struct arena *arena = &world->arena;
	struct json *copy = json_copy(arena, task);
	struct json *period = json_new(arena, JSON_OBJECT), *owner = json_new(arena, JSON_OBJECT);
	struct json *note = json_new(arena, JSON_OBJECT), *notes = json_get(copy, STR("note"));
	struct str now = date_print_instant(arena, world->now_us);
	json_put(copy, STR("status"), json_new_string(arena, STR("accepted")));
	json_add(period, STR("start"), json_new_string(arena, now));
	json_put(copy, STR("executionPeriod"), period);
	json_add(owner, STR("display"), json_new_string(arena, str_from_c(by)));
	json_put(copy, STR("owner"), owner);
	json_remove(copy, STR("restriction"));
	if (notes == NULL)
		notes = json_add(copy, STR("note"), json_new(arena, JSON_ARRAY));
	json_add(note, STR("authorString"), json_new_string(arena, str_from_c(by)));
	json_add(note, STR("time"), json_new_string(arena, now));
	json_add(note, STR("text"), json_new_string(arena, str_from_c(plan)));
	json_append(notes, note);
	world_write(world, copy);
}

void world_resolve(struct world *world, const struct json *task, const char *reason)
{
	struct arena *arena = &world->arena;
	struct json *copy = json_copy(arena, task);
	struct json *why = json_new(arena, JSON_OBJECT);
	json_put(copy, STR("status"), json_new_string(arena, STR("completed")));
	json_add(why, STR("text"), json_new_string(arena, str_from_c(reason)));
	json_put(copy, STR("statusReason"), why);
	world_write(world, copy);
}

struct str world_dump(struct ward_core *core, struct arena *arena)
{
	struct text text;
	text_init(&text, arena, (size_t)256 << 20);
	ward_core_save(core, &text);
	ASSERT(!text.failed);
	return text_view(&text);
}

void world_reload(struct world *world)
{
	struct str saved = world_dump(world->core, &world->arena);
	struct ward_core *again = ward_core_load(NULL, saved);
	ASSERT(again != NULL && str_equal(saved, world_dump(again, &world->arena)));
	ward_core_destroy(world->core);
	world->core = again;
}

size_t world_output_count(struct world *world, const char *type)
{
	struct ward_output *outputs;
	size_t count, found = 0;
	ASSERT(ward_core_outputs(world->core, &world->arena, 10000, &outputs, &count));
	for (size_t i = 0; i < count; i++)
		found += str_equal(outputs[i].type, str_from_c(type));
	return found;
}

size_t world_text_count(struct str whole, struct str part)
{
	size_t count = 0;
	for (size_t at; (at = str_find(whole, part)) < whole.len; count++)
		whole = str_slice(whole, at + part.len, whole.len);
	return count;
}

const struct json *world_score(struct world *world, const char *episode)
{
	struct ward_output *outputs;
	size_t count;
	const struct json *newest = NULL;
	ASSERT(ward_core_outputs(world->core, &world->arena, 10000, &outputs, &count));
	for (size_t i = 0; i < count; i++) {
		const struct json *resource = outputs[i].resource;
		struct text text;
		if (!str_equal(outputs[i].type, STR("Observation")))
			continue;
		text_init(&text, &world->arena, 100000);
		json_print(&text, json_get(resource, STR("extension")));
		if (str_find(text_view(&text),
			     str_from_c(keep(world, "EpisodeOfCare/%s\"", episode))) == text.len)
			continue;
		if (newest == NULL ||
		    str_compare(json_get_text(resource, STR("effectiveDateTime")),
				json_get_text(newest, STR("effectiveDateTime"))) > 0)
			newest = resource;
	}
	return newest;
}

struct ward_core *world_replay(struct world *world, size_t count)
{
	struct ward_core *core = ward_core_create(NULL);
	for (size_t i = 0; i < count; i++) {
		world_apply(core, &world->arena, &world->events[i]);
		ward_core_settle(core);
	}
	return core;
}
