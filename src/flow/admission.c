/* SPDX-License-Identifier: Apache-2.0
 * EpisodeOfCare/$admit. With `referral` the stay names the referral it came from and the referral is
 * completed, in one
 * commit: two people who press at once make one stay. Without one, `source` (valueCode) may say where the
 * patient came
 * from; it is counted as unknown otherwise. */
#include "flow/act.h"
#include "flow/operations.h"
#include "flow/referral.h"
#include "ward/print.h"

static const char *const sources[] = { "ed", "ward", "gp", "community", "ambulance", "111", NULL };

static bool check_referral(struct call *call, const struct referral *referral,
			   const struct json *episode)
{
	struct str patient = model_reference_id(json_get(episode, STR("patient")), STR("Patient"));
	struct str ward = model_reference_id(json_get(episode, STR("managingOrganization")),
					     STR("Organization"));
	if (!str_equal(patient, referral->patient) || !str_equal(ward, referral->ward)) {
		act_conflict(call, "The referral is of another patient or to another ward; admit "
				   "the patient and ward that it names.");
		return false;
	}
	if (!str_equal(referral->status, STR("active"))) {
		act_conflict(call,
			     "The referral is closed (%.*s): it was refused or led to a stay "
			     "already. Refer the patient again.",
			     STR_ARG(referral->status));
		return false;
	}
	if (!str_equal(referral->outcome, STR("accepted"))) {
		act_conflict(call, "The referral waits for a decision; $accept it first.");
		return false;
	}
	return true;
}

static bool join_referral(struct call *call, struct operation_part *part, struct str id)
{
	struct arena *arena = &call->arena;
	struct referral referral;
	if (!referral_read(call, id, &referral) || !check_referral(call, &referral, part->episode))
		return false;
	print_one(arena, part->episode, STR("referralRequest"),
		  print_reference(arena, NULL, record_reference(arena, "ServiceRequest", id).ptr,
				  ""));
	json_put(referral.request, STR("status"), json_new_string(arena, STR("completed")));
	return operation_write(call, referral.request, id, referral.version,
			       &part->writes[part->count++]);
}

static bool join(struct call *call, struct operation_part *part)
{
	struct str source;
	struct fhir_reference reference = { 0 };
	if (operation_parameter(part->parameters, STR("source")) != NULL) {
		if (!act_code(call, part->parameters, STR("source"), sources, &source))
			return false;
		print_extension(&call->arena, part->episode, "admission-source", STR("valueCode"),
				json_new_string(&call->arena, source));
	}
	if (operation_parameter(part->parameters, STR("referral")) == NULL)
		return true;
	if (!fhir_reference_parse(operation_parameter_reference(part->parameters, STR("referral")),
				  &reference) ||
	    reference.type != fhir_resource_find(STR("ServiceRequest"))) {
		act_refuse(call, ERROR_BAD_REQUEST,
			   "Parameter `referral` must have a valueReference such as "
			   "ServiceRequest/id.");
		return false;
	}
	return join_referral(call, part, reference.id);
}

void flow_admit(struct call *call)
{
	operation_admit(call, join);
}
