/* SPDX-License-Identifier: Apache-2.0
 * $assign and $return: who has which equipment. A kit goes as a whole, so a part of one is not given away by itself;
 * what somebody has must come back before it goes to another family. Who did it stands in Device.note. */
#include "ward/operation.h"

/* The reference of a parameter to a resource of this type that the record has. */
static bool existing(struct call *call, const struct json *parameters, struct str name,
		     struct str type, struct str *ret_text)
{
	struct str text = operation_parameter_reference(parameters, name);
	struct fhir_reference reference = { 0 };
	struct json *resource = NULL;
	int64_t version = 0;
	if (!fhir_reference_parse(text, &reference) || reference.base.len > 0 ||
	    reference.type != fhir_resource_find(type)) {
		issue_add(&call->issues, ERROR_BAD_REQUEST, STR("Parameters.parameter"),
			  "Parameter `%.*s` must have a valueReference such as %.*s/id.",
			  STR_ARG(name), STR_ARG(type));
		call_fail(call, ERROR_BAD_REQUEST);
		return false;
	}
	*ret_text = text;
	return operation_read(call, type, reference.id, &resource, &version);
}

/* The device of the path, if it may change hands at all. */
static bool movable(struct call *call, struct json **ret_device, int64_t *ret_version)
{
	if (!operation_read(call, STR("Device"), call->path_parts[0], ret_device, ret_version))
		return false;
	struct str kit = json_get_text(json_get(*ret_device, STR("parent")), STR("reference"));
	if (kit.len == 0)
		return true;
	issue_add(&call->issues, ERROR_INVALID, STR("Device.parent"),
		  "It is a part of %.*s and goes where that goes: assign or return the kit.",
		  STR_ARG(kit));
	call_fail(call, ERROR_INVALID);
	return false;
}

static void put_reference(struct call *call, struct json *device, struct str name,
			  struct str reference)
{
	struct json *object = json_put(device, name, json_new(&call->arena, JSON_OBJECT));
	json_add(object, STR("reference"), json_new_string(&call->arena, reference));
}

static void put_note(struct call *call, struct json *device, const struct json *parameters,
		     const char *what, struct str where)
{
	struct str reference, name;
	struct text text;
	if (!operation_by(call, parameters, &reference, &name))
		return;
	text_init(&text, &call->arena, 1000);
	text_put_c(&text, what);
	text_put(&text, where);
	operation_note(call, device, reference, name, text_view(&text));
}

static void assign(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *device = NULL;
	struct str patient, who, name;
	int64_t version = 0;
	if (parameters == NULL || !operation_by(call, parameters, &who, &name) ||
	    !existing(call, parameters, STR("patient"), STR("Patient"), &patient) ||
	    !movable(call, &device, &version))
		return;
	struct str status = json_get_text(device, STR("status"));
	struct str holder = json_get_text(json_get(device, STR("patient")), STR("reference"));
	if (str_equal(status, STR("inactive")) || str_equal(status, STR("entered-in-error"))) {
		operation_refuse(call, ERROR_INVALID,
				 "The device is out of use; make it active first.");
		return;
	}
	if (holder.len > 0 && !str_equal(holder, patient)) {
		issue_add(&call->issues, ERROR_CONFLICT, STR("Device.patient"),
			  "%.*s has it; take it back with $return first.", STR_ARG(holder));
		call_fail(call, ERROR_CONFLICT);
		return;
	}
	put_reference(call, device, STR("patient"), patient);
	(void)json_remove(device, STR("location"));
	put_note(call, device, parameters, "Assigned to ", patient);
	operation_commit(call, device, version, assign, tries_left);
}

static void give_back(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *device = NULL;
	struct str place, who, name;
	int64_t version = 0;
	if (parameters == NULL || !operation_by(call, parameters, &who, &name) ||
	    !existing(call, parameters, STR("location"), STR("Location"), &place) ||
	    !movable(call, &device, &version))
		return;
	(void)json_remove(device, STR("patient"));
	put_reference(call, device, STR("location"), place);
	put_note(call, device, parameters, "Returned to ", place);
	operation_commit(call, device, version, give_back, tries_left);
}

void operation_assign(struct call *call)
{
	assign(call, OPERATION_TRIES);
}

void operation_return(struct call *call)
{
	give_back(call, OPERATION_TRIES);
}
