/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/act.h"

#include "base/limits.h"
#include "ward/print.h"

#include <stdarg.h>
#include <stdio.h>

#define TRIES 4

void act_refuse(struct call *call, enum error error, const char *why)
{
	issue_add(&call->issues, error, STR(""), "%s", why);
	call_fail(call, error);
}

void act_conflict(struct call *call, const char *format, ...)
{
	char text[400];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	act_refuse(call, ERROR_CONFLICT, text);
}

bool act_by(struct call *call, const struct json *parameters, struct act_person *ret_person)
{
	const struct json *by = operation_parameter(parameters, STR("by"));
	const struct json *reference = json_get(by, STR("valueReference"));
	struct act_person person = {
		.reference = json_get_text(reference, STR("reference")),
		.name = str_trim(json_get_text(by, STR("valueString"))),
	};
	if (person.name.len == 0)
		person.name = json_get_text(reference, STR("display"));
	*ret_person = person;
	if (person.reference.len > 0 || person.name.len > 0)
		return true;
	act_refuse(call, ERROR_BAD_REQUEST,
		   "Say who does it: parameter `by` with valueReference (Practitioner or "
		   "PractitionerRole) or valueString.");
	return false;
}

struct json *act_person_json(struct arena *arena, const struct act_person *person)
{
	struct json *reference = json_new(arena, JSON_OBJECT);
	if (reference == NULL)
		return NULL;
	print_string_maybe(arena, reference, STR("reference"), person->reference);
	print_string_maybe(arena, reference, STR("display"), person->name);
	return reference;
}

struct str act_person_text(const struct act_person *person)
{
	return person->name.len > 0 ? person->name : person->reference;
}

/* Annotation.authorReference cannot be a PractitionerRole (R4), so a role signs by name. */
static bool signs_by_reference(const struct act_person *person)
{
	return str_starts_with(person->reference, STR("Practitioner/"));
}

struct str act_signature(const struct act_person *person)
{
	return signs_by_reference(person) ? person->reference : act_person_text(person);
}

struct json *act_annotation(struct call *call, const struct act_person *person, struct str text)
{
	struct arena *arena = &call->arena;
	struct json *note = json_new(arena, JSON_OBJECT);
	if (note == NULL)
		return NULL;
	if (signs_by_reference(person))
		json_add(note, STR("authorReference"), act_person_json(arena, person));
	else
		print_string(arena, note, STR("authorString"), act_signature(person));
	json_add(note, STR("time"), act_now(call));
	print_string(arena, note, STR("text"), text);
	return note;
}

bool act_text(struct call *call, const struct json *parameters, struct str name, const char *why,
	      struct str *ret_text)
{
	struct str text = str_trim(operation_parameter_text(parameters, name, STR("valueString")));
	if (text.len == 0 && why != NULL) {
		issue_add(&call->issues, ERROR_BAD_REQUEST, STR("Parameters.parameter"),
			  "%s: parameter `%.*s` with valueString.", why, STR_ARG(name));
		call_fail(call, ERROR_BAD_REQUEST);
		return false;
	}
	if (text.len > ACT_TEXT_BYTES_MAX) {
		act_refuse(call, ERROR_INVALID, "The text is longer than 8000 bytes.");
		return false;
	}
	*ret_text = text;
	return true;
}

bool act_code(struct call *call, const struct json *parameters, struct str name,
	      const char *const *codes, struct str *ret_code)
{
	struct str code = operation_parameter_text(parameters, name, STR("valueCode"));
	if (record_code_is_known(code, codes)) {
		*ret_code = code;
		return true;
	}
	issue_add(&call->issues, ERROR_INVALID, STR("Parameters.parameter"),
		  "Parameter `%.*s` must be a valueCode out of: %s.", STR_ARG(name),
		  record_codes_text(&call->arena, codes).ptr);
	call_fail(call, ERROR_INVALID);
	return false;
}

struct json *act_array(struct arena *arena, struct json *object, struct str name)
{
	struct json *array = json_get(object, name);
	return array != NULL ? array : json_put(object, name, json_new(arena, JSON_ARRAY));
}

struct json *act_extension(struct arena *arena, struct json *resource, const char *name)
{
	struct json *list = act_array(arena, resource, STR("extension"));
	struct json *found = list == NULL ? NULL : list->child;
	struct text url;
	text_init(&url, arena, 200);
	text_put_format(&url, HOMEWARD_URL "StructureDefinition/%s", name);
	while (found != NULL && !str_equal(json_get_text(found, STR("url")), text_view(&url)))
		found = found->next;
	if (found == NULL)
		found = json_append(list, json_new(arena, JSON_OBJECT));
	while (found != NULL && found->child != NULL)
		json_remove(found, json_name(found->child));
	json_add(found, STR("url"), json_new_string(arena, text_view(&url)));
	return found;
}

void act_part(struct arena *arena, struct json *extension, const char *url, struct str value_name,
	      struct json *value)
{
	struct json *part = json_new(arena, JSON_OBJECT);
	if (part == NULL || extension == NULL || value == NULL)
		return;
	print_string(arena, part, STR("url"), str_from_c(url));
	json_add(part, value_name, value);
	json_append(act_array(arena, extension, STR("extension")), part);
}

int64_t act_now_us(struct call *call)
{
	return record_ms(clock_now_us(server_clock(call->server)));
}

struct json *act_now(struct call *call)
{
	return json_new_string(&call->arena, date_print_instant(&call->arena, act_now_us(call)));
}

bool act_stay(struct call *call, bool open, struct act_stay *ret_stay)
{
	struct act_stay stay = { .id = call->path_parts[0] };
	if (!operation_read(call, STR("EpisodeOfCare"), stay.id, &stay.episode, &stay.version))
		return false;
	stay.status = json_get_text(stay.episode, STR("status"));
	stay.patient = model_reference_id(json_get(stay.episode, STR("patient")), STR("Patient"));
	if (open && !str_equal(stay.status, STR("active")) &&
	    !str_equal(stay.status, STR("onhold"))) {
		act_conflict(call,
			     "This stay is not open (%.*s); nothing was changed. Admit the "
			     "patient again if care goes on.",
			     STR_ARG(stay.status));
		return false;
	}
	*ret_stay = stay;
	return true;
}

struct json *act_task_json(struct call *call, const struct act_task *task)
{
	struct arena *arena = &call->arena;
	struct json *json = print_resource(arena, STR("Task"), task->id.ptr);
	if (json == NULL)
		return NULL;
	if (task->episode.len > 0)
		print_extension(
			arena, json, "episode", STR("valueReference"),
			print_reference(arena, NULL,
					record_reference(arena, "EpisodeOfCare", task->episode).ptr,
					""));
	print_string(arena, json, STR("status"), str_from_c(task->status));
	print_string(arena, json, STR("intent"), STR("order"));
	json_add(json, STR("code"),
		 print_concept(arena, STR(HOMEWARD_URL "CodeSystem/ward-task"),
			       str_from_c(task->kind), STR("")));
	print_string_maybe(arena, json, STR("description"), task->description);
	json_add(json, STR("focus"), print_reference(arena, NULL, task->focus.ptr, ""));
	json_add(json, STR("for"),
		 print_reference(arena, NULL, record_reference(arena, "Patient", task->patient).ptr,
				 ""));
	json_add(json, STR("authoredOn"), act_now(call));
	json_add(json, STR("owner"), act_person_json(arena, task->by));
	return json;
}

void act_output(struct arena *arena, struct json *task, const char *type, struct str value_name,
		struct json *value)
{
	struct json *output = json_new(arena, JSON_OBJECT);
	if (output == NULL || value == NULL)
		return;
	json_add(output, STR("type"),
		 print_concept(arena, STR(HOMEWARD_URL "CodeSystem/ward-task"), str_from_c(type),
			       STR("")));
	json_add(output, value_name, value);
	json_append(act_array(arena, task, STR("output")), output);
}

/* --- tasks of a stay ------------------------------------------------------------------------ */

struct finding {
	struct arena *arena;
	struct str episode;
	struct act_found *first;
	size_t count;
};

static int64_t authored(const struct act_found *found)
{
	return record_instant(found->task, STR("authoredOn"), 0);
}

static bool visit_task(void *context, const struct store_version *version, const struct json *task)
{
	struct finding *finding = context;
	const struct json *episode =
		json_get(model_extension(task, STR("episode")), STR("valueReference"));
	if (!str_equal(model_reference_id(episode, STR("EpisodeOfCare")), finding->episode))
		return true;
	struct act_found *found = ARENA_NEW(finding->arena, struct act_found, 1);
	if (found == NULL)
		return false;
	found->id = arena_copy(finding->arena, version->id);
	found->version = version->version;
	found->task = json_copy(finding->arena, task);
	struct act_found **link = &finding->first;
	while (*link != NULL && authored(*link) <= authored(found))
		link = &(*link)->newer;
	found->newer = *link;
	*link = found;
	finding->count++;
	return found->task != NULL;
}

bool act_tasks(struct call *call, const struct act_stay *stay, const char *kind,
	       struct act_found **ret_first, size_t *ret_count)
{
	struct finding finding = { .arena = &call->arena, .episode = stay->id };
	struct record record;
	if (!record_open(&record, call))
		return false;
	const struct search_argument arguments[] = {
		{ STR("patient"), record_reference(&call->arena, "Patient", stay->patient) },
		{ STR("code"), record_token(&call->arena, "ward-task", str_from_c(kind)) },
	};
	const struct record_search search = { "Task", arguments, 2, visit_task, &finding };
	enum error error = record_each(&record, &search);
	record_close(&record);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	*ret_first = finding.first;
	*ret_count = finding.count;
	return true;
}

struct str act_task_id(struct call *call, struct str about, const char *kind, size_t number)
{
	char cause[200], id[MODEL_ID_BYTES];
	model_format(cause, sizeof(cause), "%.*s/%s/%zu", STR_ARG(about), kind, number);
	model_id(id, "w", cause);
	return arena_copy(&call->arena, str_from_c(id));
}

/* --- commit --------------------------------------------------------------------------------- */

struct act {
	struct store_commit commit; /* first: the finish function finds the act by it */
	route_handler *again;
	int tries_left;
};

static void finish(struct call *call, struct store_commit *commit)
{
	struct act *act = (struct act *)commit;
	if (commit->error == ERROR_PRECONDITION && act->tries_left > 0) {
		act->tries_left--;
		act->again(call);
		return;
	}
	if (commit->error == ERROR_PRECONDITION) {
		act_conflict(call, "The record changed meanwhile; read it again and repeat.");
		return;
	}
	if (commit->error != ERROR_OK) {
		call_fail(call, commit->error);
		return;
	}
	operation_answer(call, &commit->writes[0]);
}

void act_commit(struct call *call, struct store_write *writes, size_t count, route_handler *again)
{
	struct act *act = call->state;
	if (act == NULL) {
		act = ARENA_NEW(&call->arena, struct act, 1);
		if (act == NULL) {
			call_fail(call, ERROR_LIMIT);
			return;
		}
		act->tries_left = TRIES;
		act->again = again;
		call->state = act;
	}
	int tries_left = act->tries_left;
	*act = (struct act){ .again = again, .tries_left = tries_left };
	act->commit.writes = writes;
	act->commit.write_count = count;
	act->commit.origin = STR("api");
	act->commit.feed_expected = -1;
	call_commit(call, &act->commit, finish);
}

void act_answer(struct call *call, const struct json *resource)
{
	call_answer_json(call, 200, resource);
}

void act_answer_page(struct call *call, const struct json *tree)
{
	call_answer_json(call, 200, tree);
	if (call->status != 200)
		return;
	call->content_type = STR("application/json; charset=utf-8");
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
}
