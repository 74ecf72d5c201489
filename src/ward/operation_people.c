/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/operation_people.h"

#include "base/limits.h"

static const struct route routes[] = {
	{ .method = HTTP_POST,
	  .path = "/fhir/EpisodeOfCare/{id}/$hand-over",
	  .handler = operation_hand_over,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Ask somebody to take a patient over: a Task that waits to be accepted." },
	{ .method = HTTP_POST,
	  .path = "/fhir/Organization/{id}/$hand-over",
	  .handler = operation_hand_over_all,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "The same for every patient of a ward: a Bundle of Tasks." },
	{ .method = HTTP_POST,
	  .path = "/fhir/Task/{id}/$accept",
	  .handler = operation_accept,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Accept a handover: the patient's open alerts come along." },
	{ .method = HTTP_POST,
	  .path = "/fhir/Slot/{id}/$close",
	  .handler = operation_close_shift,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "End a shift; refused while an open alert has not been taken over." },
	{ .method = HTTP_POST,
	  .path = "/fhir/Organization/{id}/$publish-rota",
	  .handler = operation_publish_rota,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Publish a rota when every rung has somebody at every instant." },
	{ .method = HTTP_POST,
	  .path = "/fhir/EpisodeOfCare/{id}/$limit",
	  .handler = operation_limit,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Set a limit for one patient: a consultant, with reason and expiry." },
	{ .method = HTTP_POST,
	  .path = "/fhir/EpisodeOfCare/{id}/$pews-chart",
	  .handler = operation_pews_chart,
	  .body_bytes_max = LIMIT_OPERATION_BODY_BYTES_MAX,
	  .summary = "Near a birthday, choose the adjacent chart of National PEWS for this stay: "
		     "who and why." },
};
const struct route_table ward_people_routes = { routes, sizeof(routes) / sizeof(routes[0]) };

static struct str name_of(struct call *call, const struct json *practitioner)
{
	struct str display = json_get_text(practitioner, STR("display"));
	struct fhir_reference reference = { 0 };
	struct json *person = NULL;
	struct store_version version = { 0 };
	if (display.len > 0 ||
	    !fhir_reference_parse(json_get_text(practitioner, STR("reference")), &reference))
		return display;
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	if (reader == NULL)
		return display;
	enum error error = store_read(reader, &call->arena, fhir_resource_find(STR("Practitioner")),
				      reference.id, &version);
	store_reader_return(reader);
	if (error != ERROR_OK ||
	    json_parse(&call->arena, version.body, NULL, NULL, &person) != ERROR_OK)
		return display;
	return model_human_name(&call->arena, json_get(person, STR("name")));
}

bool operation_staff_read(struct call *call, struct str id, struct staff *ret_staff)
{
	struct json *role = NULL;
	int64_t version;
	struct staff staff = { 0 };
	struct text text;
	if (!operation_read(call, STR("PractitionerRole"), id, &role, &version))
		return false;
	const struct json *active = json_get(role, STR("active"));
	if (active != NULL && active->type == JSON_FALSE) {
		operation_refuse(call, ERROR_INVALID, "PractitionerRole/%.*s is not active.",
				 STR_ARG(id));
		return false;
	}
	const struct json *practitioner = json_get(role, STR("practitioner"));
	text_init(&text, &call->arena, MODEL_REFERENCE_BYTES);
	text_put_format(&text, "PractitionerRole/%.*s", STR_ARG(id));
	staff.reference = text_view(&text);
	staff.practitioner = json_get_text(practitioner, STR("reference"));
	staff.ward = model_reference_id(json_get(role, STR("organization")), STR("Organization"));
	const struct json *codes = json_get(role, STR("code"));
	for (const struct json *concept = codes == NULL ? NULL : codes->child; concept != NULL;
	     concept = concept->next) {
		struct str code = model_code(concept, STR(HOMEWARD_URL "CodeSystem/ward-role"));
		for (unsigned i = 0; i < ROLE_COUNT; i++) {
			if (str_equal(code, role_code((enum ward_role)i)))
				staff.roles |= 1u << i;
		}
	}
	staff.name = name_of(call, practitioner);
	for (unsigned i = 0; i < ROLE_COUNT && staff.name.len == 0; i++) {
		if ((staff.roles & 1u << i) != 0)
			staff.name = role_name((enum ward_role)i);
	}
	*ret_staff = staff;
	return true;
}

bool operation_staff(struct call *call, const struct json *parameters, struct str name,
		     struct staff *ret_staff)
{
	struct fhir_reference reference = { 0 };
	struct str text = operation_parameter_reference(parameters, name);
	if (!fhir_reference_parse(text, &reference) || reference.base.len > 0 ||
	    reference.type != fhir_resource_find(STR("PractitionerRole"))) {
		operation_refuse(call, ERROR_BAD_REQUEST,
				 "Parameter `%.*s` must have a valueReference such as "
				 "PractitionerRole/id.",
				 STR_ARG(name));
		return false;
	}
	return operation_staff_read(call, reference.id, ret_staff);
}

bool operation_open_stay(struct call *call, struct json **ret_episode, int64_t *ret_version,
			 struct str *ret_ward)
{
	if (!operation_read(call, STR("EpisodeOfCare"), call->path_parts[0], ret_episode,
			    ret_version))
		return false;
	struct str status = json_get_text(*ret_episode, STR("status"));
	*ret_ward = model_reference_id(json_get(*ret_episode, STR("managingOrganization")),
				       STR("Organization"));
	if (ret_ward->len > 0 &&
	    (str_equal(status, STR("active")) || str_equal(status, STR("onhold"))))
		return true;
	operation_refuse(call, ERROR_CONFLICT, "The stay is not open; nothing was changed.");
	return false;
}

bool operation_is_ward_task(const struct json *task, struct str code)
{
	return str_equal(
		model_code(json_get(task, STR("code")), STR(HOMEWARD_URL "CodeSystem/ward-task")),
		code);
}
