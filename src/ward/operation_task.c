/* SPDX-License-Identifier: Apache-2.0
 * $acknowledge and $resolve: a named human answers an alert. Nothing is taken for granted: without a
 * name and a plan (or a reason) the alert stays as it is. */
#include "ward/operation.h"

#include "api/header.h"
#include "base/limits.h"
#include "ward/operation_people.h"

/* The engine may change the alert (a rung climbed) while a person answers it: the answer is then made
 * again on the newer version, a few times. */
struct answer {
	struct store_commit commit;
	operation_again *again;
	int tries_left;
};

static void answer_commit(struct call *call, struct store_commit *commit)
{
	struct answer *answer = (struct answer *)commit; /* its first member */
	bool changed = commit->error == ERROR_PRECONDITION ||
		       (commit->error == ERROR_CONFLICT && commit->condition_count > 0);
	if (changed && answer->tries_left > 0) {
		answer->again(call, answer->tries_left - 1);
		return;
	}
	if (changed) {
		issue_add(&call->issues, ERROR_CONFLICT, STR(""),
			  "It changed while you answered; look at it and answer again.");
		call_fail(call, ERROR_CONFLICT);
		return;
	}
	if (commit->error != ERROR_OK) {
		call_fail(call, commit->error);
		return;
	}
	operation_answer(call, &commit->writes[0]);
}

void operation_commit(struct call *call, struct json *resource, int64_t version,
		      operation_again *again, int tries_left)
{
	const struct operation_conditions none = { NULL, 0 };
	operation_commit_when(call, resource, version, &none, again, tries_left);
}

void operation_commit_when(struct call *call, struct json *resource, int64_t version,
			   const struct operation_conditions *conditions, operation_again *again,
			   int tries_left)
{
	struct store_write *write = ARENA_NEW(&call->arena, struct store_write, 1);
	struct answer *answer = ARENA_NEW(&call->arena, struct answer, 1);
	if (write == NULL || answer == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	answer->again = again;
	answer->tries_left = tries_left;
	struct store_commit *commit = &answer->commit;
	if (!operation_write(call, resource, json_get_text(resource, STR("id")), version, write))
		return;
	commit->writes = write;
	commit->write_count = 1;
	commit->conditions = conditions->conditions;
	commit->condition_count = conditions->count;
	commit->origin = STR("api");
	commit->feed_expected = -1;
	call_commit(call, commit, answer_commit);
}

bool operation_by(struct call *call, const struct json *parameters, struct str *ret_reference,
		  struct str *ret_name)
{
	*ret_reference = operation_parameter_reference(parameters, STR("by"));
	*ret_name = str_trim(operation_parameter_text(parameters, STR("by"), STR("valueString")));
	const struct json *by =
		json_get(operation_parameter(parameters, STR("by")), STR("valueReference"));
	if (ret_name->len == 0)
		*ret_name = json_get_text(by, STR("display"));
	if (ret_reference->len == 0 && ret_name->len == 0) {
		issue_add(&call->issues, ERROR_BAD_REQUEST, STR("Parameters.parameter"),
			  "Say who answers: parameter `by` with valueReference (Practitioner or "
			  "PractitionerRole) or valueString.");
		call_fail(call, ERROR_BAD_REQUEST);
		return false;
	}
	return true;
}

/* An alert ends or is silent by somebody of the staff who is in the record, or by a name: never by the family whom it
 * is about, a device, or a reference to nobody. The name is the record's where none is sent: people read it. */
static bool answerer(struct call *call, const struct json *parameters, struct str *ret_reference,
		     struct str *ret_name)
{
	struct fhir_reference reference = { 0 };
	struct staff staff;
	struct json *person = NULL;
	int64_t version;
	if (!operation_by(call, parameters, ret_reference, ret_name))
		return false;
	if (ret_reference->len == 0)
		return true;
	bool ours = fhir_reference_parse(*ret_reference, &reference) && reference.base.len == 0;
	if (ours && reference.type == fhir_resource_find(STR("PractitionerRole"))) {
		if (!operation_staff_read(call, reference.id, &staff))
			return false;
		*ret_name = ret_name->len > 0 ? *ret_name : staff.name;
		return true;
	}
	if (ours && reference.type == fhir_resource_find(STR("Practitioner"))) {
		if (!operation_read(call, STR("Practitioner"), reference.id, &person, &version))
			return false;
		*ret_name = ret_name->len > 0
				    ? *ret_name
				    : model_human_name(&call->arena, json_get(person, STR("name")));
		return true;
	}
	operation_refuse(call, ERROR_INVALID,
			 "An alert is answered by staff: parameter `by` with a valueReference "
			 "Practitioner/id or PractitionerRole/id, or valueString.");
	return false;
}

void operation_note(struct call *call, struct json *task, struct str reference, struct str name,
		    struct str text)
{
	struct arena *arena = &call->arena;
	struct json *notes = json_get(task, STR("note"));
	if (notes == NULL)
		notes = json_put(task, STR("note"), json_new(arena, JSON_ARRAY));
	struct json *note = json_append(notes, json_new(arena, JSON_OBJECT));
	/* Annotation.authorReference cannot be a PractitionerRole (R4), so a role signs by name. */
	if (str_starts_with(reference, STR("Practitioner/"))) {
		struct json *author =
			json_add(note, STR("authorReference"), json_new(arena, JSON_OBJECT));
		json_add(author, STR("reference"), json_new_string(arena, reference));
		if (name.len > 0)
			json_add(author, STR("display"), json_new_string(arena, name));
	} else {
		json_add(note, STR("authorString"),
			 json_new_string(arena, name.len > 0 ? name : reference));
	}
	json_add(note, STR("time"),
		 json_new_string(arena, date_print_instant(
						arena, clock_now_us(server_clock(call->server)))));
	json_add(note, STR("text"), json_new_string(arena, text));
}

static void put_owner(struct call *call, struct json *task, struct str reference, struct str name)
{
	struct json *owner = json_put(task, STR("owner"), json_new(&call->arena, JSON_OBJECT));
	if (reference.len > 0)
		json_add(owner, STR("reference"), json_new_string(&call->arena, reference));
	if (name.len > 0)
		json_add(owner, STR("display"), json_new_string(&call->arena, name));
}

/* The member object of that name, made when absent. */
static struct json *object_member(struct arena *arena, struct json *object, struct str name)
{
	struct json *found = json_get(object, name);
	return found != NULL ? found : json_put(object, name, json_new(arena, JSON_OBJECT));
}

bool operation_version_read(struct call *call, int64_t version)
{
	struct str if_match = str_trim(call_header(call, "If-Match"));
	int64_t read = 0;
	if (if_match.len == 0 || str_equal(if_match, STR("*")))
		return true;
	if (!header_etag_version(if_match, &read)) {
		issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
			  "If-Match must be an entity tag of this server, such as W/\"3\".");
		call_fail(call, ERROR_BAD_REQUEST);
		return false;
	}
	if (read == version)
		return true;
	issue_add(&call->issues, ERROR_PRECONDITION, STR(""),
		  "The alert has changed since version %lld; look at it and answer again.",
		  (long long)read);
	call_fail(call, ERROR_PRECONDITION);
	return false;
}

bool operation_open_alert(struct call *call, struct json **ret_task, int64_t *ret_version)
{
	if (!operation_read(call, STR("Task"), call->path_parts[0], ret_task, ret_version) ||
	    !operation_version_read(call, *ret_version))
		return false;
	struct str status = json_get_text(*ret_task, STR("status"));
	if (str_equal(status, STR("requested")) || str_equal(status, STR("received")) ||
	    str_equal(status, STR("accepted")))
		return true;
	issue_add(&call->issues, ERROR_CONFLICT, STR("Task.status"),
		  "The alert is closed (%.*s); nothing was changed.", STR_ARG(status));
	call_fail(call, ERROR_CONFLICT);
	return false;
}

static bool review_minutes(struct call *call, const struct json *parameters,
			   const struct json *task, int64_t *ret_minutes)
{
	int64_t longest = 0;
	if (!operation_review_min(call, task, &longest))
		return false;
	struct str given =
		operation_parameter_text(parameters, STR("reviewMinutes"), STR("valueInteger"));
	if (given.len == 0) {
		*ret_minutes = longest;
		return true;
	}
	int64_t minutes = 0;
	if (str_to_i64(given, &minutes) && minutes >= 1 && minutes <= longest) {
		*ret_minutes = minutes;
		return true;
	}
	issue_add(&call->issues, ERROR_INVALID, STR("Parameters.parameter"),
		  "reviewMinutes must be 1 to %lld for an alert of this level.",
		  (long long)longest);
	call_fail(call, ERROR_INVALID);
	return false;
}

static void acknowledge(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct str reference, name;
	if (parameters == NULL || !answerer(call, parameters, &reference, &name))
		return;
	struct str plan =
		str_trim(operation_parameter_text(parameters, STR("plan"), STR("valueString")));
	if (plan.len == 0) {
		issue_add(&call->issues, ERROR_BAD_REQUEST, STR("Parameters.parameter"),
			  "Say what will be done: parameter `plan` with valueString.");
		call_fail(call, ERROR_BAD_REQUEST);
		return;
	}
	struct json *task = NULL;
	int64_t version = 0, minutes = 0;
	if (!operation_open_alert(call, &task, &version) ||
	    !review_minutes(call, parameters, task, &minutes))
		return;
	struct arena *arena = &call->arena;
	int64_t now_us = clock_now_us(server_clock(call->server));
	json_put(task, STR("status"), json_new_string(arena, STR("accepted")));
	put_owner(call, task, reference, name);
	operation_note(call, task, reference, name, plan);
	struct json *execution = object_member(arena, task, STR("executionPeriod"));
	json_put(execution, STR("start"),
		 json_new_string(arena, date_print_instant(arena, now_us)));
	struct json *period =
		object_member(arena, object_member(arena, task, STR("restriction")), STR("period"));
	json_put(period, STR("end"),
		 json_new_string(arena,
				 date_print_instant(arena, now_us + minutes * DATE_US_PER_MIN)));
	operation_commit(call, task, version, acknowledge, tries_left);
}

static void resolve(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct str reference, name;
	if (parameters == NULL || !answerer(call, parameters, &reference, &name))
		return;
	struct str reason =
		str_trim(operation_parameter_text(parameters, STR("reason"), STR("valueString")));
	if (reason.len == 0) {
		issue_add(&call->issues, ERROR_BAD_REQUEST, STR("Parameters.parameter"),
			  "Say why it can be closed: parameter `reason` with valueString.");
		call_fail(call, ERROR_BAD_REQUEST);
		return;
	}
	struct json *task = NULL;
	int64_t version = 0;
	if (!operation_open_alert(call, &task, &version))
		return;
	struct arena *arena = &call->arena;
	json_put(task, STR("status"), json_new_string(arena, STR("completed")));
	put_owner(call, task, reference, name);
	operation_note(call, task, reference, name, reason);
	struct json *why = json_put(task, STR("statusReason"), json_new(arena, JSON_OBJECT));
	json_add(why, STR("text"), json_new_string(arena, reason));
	struct json *execution = object_member(arena, task, STR("executionPeriod"));
	json_put(execution, STR("end"),
		 json_new_string(arena, date_print_instant(
						arena, clock_now_us(server_clock(call->server)))));
	operation_commit(call, task, version, resolve, tries_left);
}

void operation_acknowledge(struct call *call)
{
	acknowledge(call, OPERATION_TRIES);
}

void operation_resolve(struct call *call)
{
	resolve(call, OPERATION_TRIES);
}
