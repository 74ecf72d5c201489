/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/operation.h"

#include "base/limits.h"
#include "ward/model.h"
#include "ward/place.h"

#include <stdarg.h>
#include <stdio.h>

static const struct route routes[] = {
	{ .method = HTTP_POST,
	  .path = "/fhir/Task/{id}/$acknowledge",
	  .handler = operation_acknowledge,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Acknowledge an alert: who, plan and next review." },
	{ .method = HTTP_POST,
	  .path = "/fhir/Task/{id}/$resolve",
	  .handler = operation_resolve,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Resolve an alert: who and why." },
	{ .method = HTTP_POST,
	  .path = "/fhir/Device/{id}/$assign",
	  .handler = operation_assign,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Give equipment to a patient: its parts go with it." },
	{ .method = HTTP_POST,
	  .path = "/fhir/Device/{id}/$return",
	  .handler = operation_return,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Take equipment back from a patient: where it is now." },
	{ .method = HTTP_POST,
	  .path = "/fhir/Task/{id}/$snooze",
	  .handler = operation_snooze,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Silence an alert for some minutes: who is on shift, why and how long." },
	{ .method = HTTP_POST,
	  .path = "/fhir/Task/{id}/$second-opinion",
	  .handler = operation_second_opinion,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Ask for a review by a team from outside the ward: it is paged at once." },
	{ .method = HTTP_POST,
	  .path = "/fhir/EpisodeOfCare/{id}/$defer",
	  .handler = operation_defer,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Agree on later readings: reason and until when." },
	{ .method = HTTP_POST,
	  .path = "/fhir/EpisodeOfCare/{id}/$spo2-scale",
	  .handler = operation_spo2_scale,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "A consultant orders SpO2 scale 1 or 2 of NEWS2 for this stay." },
	{ .method = HTTP_POST,
	  .path = "/fhir/PlanDefinition/{id}/$sign",
	  .handler = operation_sign,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Sign a draft policy; the second person makes it active, and it never changes "
		     "again. One of the two is a consultant." },
	{ .method = HTTP_POST,
	  .path = "/fhir/PlanDefinition/{id}/$try",
	  .handler = operation_try,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary =
		  "Try a policy on stored history: answers at once where to ask how far it is." },
	{ .method = HTTP_GET,
	  .path = "/fhir/PlanDefinition/{id}/$try",
	  .handler = operation_try_newest,
	  .summary =
		  "The trial that a signature of the draft would stand on, or what is lacking." },
	{ .method = HTTP_GET,
	  .path = "/fhir/PlanDefinition/{id}/$try/{trial}",
	  .handler = operation_try_ask,
	  .summary = "How far a trial is (202), and its MeasureReport when it is done." },
	{ .method = HTTP_DELETE,
	  .path = "/fhir/PlanDefinition/{id}/$try/{trial}",
	  .handler = operation_try_stop,
	  .summary = "Stop a trial that runs." },
	{ .method = HTTP_POST,
	  .path = "/fhir/PlanDefinition/{id}/$retire",
	  .handler = operation_retire,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Put a policy out of force when nothing uses it, or withdraw a draft: who and "
		     "why." },
};
const struct route_table ward_operation_routes = { routes, sizeof(routes) / sizeof(routes[0]) };

void operation_refuse(struct call *call, enum error error, const char *format, ...)
{
	char text[MODEL_NOTE_BYTES];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (length > 0)
		(void)issue_add(&call->issues, error, STR("Parameters.parameter"), "%s", text);
	call_fail(call, error);
}

bool operation_ward_id(struct call *call, struct str *ret_id)
{
	struct str id = call_argument(call, STR("ward"));
	if (!fhir_id_is_valid(id)) {
		call_fail(call, issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
					  "Add ?ward=ID; GET /ward/list lists the wards."));
		return false;
	}
	*ret_id = id;
	return true;
}

bool operation_ward(struct call *call, struct str *ret_id, struct json **ret_organization)
{
	int64_t version;
	return operation_ward_id(call, ret_id) &&
	       operation_read(call, STR("Organization"), *ret_id, ret_organization, &version);
}

void operation_no_board(struct call *call, struct str ward)
{
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	struct store_version version = { 0 };
	struct json *organization = NULL;
	enum error error = ERROR_BUSY;
	if (reader != NULL) {
		error = store_read(reader, &call->arena, fhir_resource_find(STR("Organization")),
				   ward, &version);
		store_reader_return(reader);
	}
	if (error == ERROR_OK)
		error = json_parse(&call->arena, version.body, NULL, NULL, &organization);
	if (error == ERROR_NOT_FOUND || error == ERROR_GONE ||
	    (error == ERROR_OK && !place_is_ward(organization)))
		call_fail(call, issue_add(&call->issues, ERROR_NOT_FOUND, STR(""),
					  "No such ward; GET /ward/list lists the wards."));
	else
		call_fail(call, issue_add(&call->issues, ERROR_BUSY, STR(""),
					  "The ward is being read; ask again in a moment."));
}

struct json *operation_parameters(struct call *call)
{
	struct json *root = NULL;
	enum error error = json_parse(&call->arena, call->body, NULL, &call->issues, &root);
	if (error == ERROR_OK)
		error = fhir_validate(&call->arena, root, &call->issues);
	if (error == ERROR_OK &&
	    !str_equal(json_get_text(root, STR("resourceType")), STR("Parameters")))
		error = issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
				  "The body must be a Parameters resource.");
	if (error != ERROR_OK) {
		call_fail(call, error);
		return NULL;
	}
	return root;
}

const struct json *operation_parameter(const struct json *parameters, struct str name)
{
	const struct json *list = json_get(parameters, STR("parameter"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		if (str_equal(json_get_text(at, STR("name")), name))
			return at;
	}
	return NULL;
}

struct str operation_parameter_text(const struct json *parameters, struct str name,
				    struct str value_member)
{
	return json_get_text(operation_parameter(parameters, name), value_member);
}

struct str operation_parameter_reference(const struct json *parameters, struct str name)
{
	const struct json *found = operation_parameter(parameters, name);
	return json_get_text(json_get(found, STR("valueReference")), STR("reference"));
}

bool operation_read(struct call *call, struct str type, struct str id, struct json **ret_resource,
		    int64_t *ret_version)
{
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	if (reader == NULL) {
		call_fail(call, ERROR_BUSY);
		return false;
	}
	struct store_version version = { 0 };
	enum error error = store_read(reader, &call->arena, fhir_resource_find(type), id, &version);
	store_reader_return(reader);
	struct json *root = NULL;
	if (error == ERROR_OK)
		error = json_parse(&call->arena, version.body, NULL, &call->issues, &root);
	if (error != ERROR_OK) {
		issue_add(&call->issues, error, STR(""), "%.*s with that id cannot be read.",
			  STR_ARG(type));
		call_fail(call, error);
		return false;
	}
	*ret_resource = root;
	*ret_version = version.version;
	return true;
}

bool operation_write(struct call *call, struct json *resource, struct str id,
		     int64_t version_expected, struct store_write *ret_write)
{
	enum error error = fhir_validate(&call->arena, resource, &call->issues);
	struct fhir_index *index = ARENA_NEW(&call->arena, struct fhir_index, 1);
	if (error == ERROR_OK && index == NULL)
		error = ERROR_LIMIT;
	if (error == ERROR_OK)
		error = fhir_index_extract(&call->arena, resource, index);
	struct text body;
	text_init(&body, &call->arena, LIMIT_BODY_BYTES_MAX);
	if (error == ERROR_OK)
		store_body_print(&body, &call->arena, resource, id);
	if (error == ERROR_OK && body.failed)
		error = ERROR_LIMIT;
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	*ret_write = (struct store_write){
		.method = version_expected == STORE_VERSION_NONE ? STORE_CREATE : STORE_UPDATE,
		.type = fhir_resource_type_of(resource),
		.id = id,
		.version_expected = version_expected,
		.body = text_view(&body),
		.index = index,
	};
	return true;
}

void operation_answer(struct call *call, const struct store_write *write)
{
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	struct store_version version = { 0 };
	call->status = 200;
	if (reader == NULL)
		return;
	if (store_read_version(reader, &call->arena, write->type, write->id, write->version,
			       &version) == ERROR_OK)
		call->answer = version.body;
	store_reader_return(reader);
}
