/* SPDX-License-Identifier: Apache-2.0
 * $accept and $refuse. A referral whose criteria are not all met is accepted only with a reason; a refusal
 * needs a coded
 * reason and stays in the record, and so in the figures. */
#include "flow/referral.h"

#include "flow/act.h"
#include "flow/operations.h"
#include "ward/print.h"

static const char *const refusals[] = {
	"not-eligible",
	"no-capacity",
	"family-declined",
	"home-unsuitable",
	"needs-hospital",
	"other-service",
	"out-of-area",
	"duplicate",
	"died",
	"other",
	NULL,
};

const struct json *referral_decision(const struct json *request, struct str part)
{
	const struct json *parts =
		json_get(model_extension(request, STR("referral-decision")), STR("extension"));
	for (const struct json *at = parts == NULL ? NULL : parts->child; at != NULL;
	     at = at->next) {
		if (str_equal(json_get_text(at, STR("url")), part))
			return at;
	}
	return NULL;
}

static enum error read_eligibility(struct record *record, struct referral *referral)
{
	struct json *ward = NULL;
	int64_t version;
	enum error error = record_read(record, "Organization", referral->ward, &ward, &version);
	if (error != ERROR_OK)
		return error == ERROR_NOT_FOUND ? ERROR_OK : error;
	error = eligibility_criteria(record, eligibility_policy_of_ward(ward), STR("eligibility"),
				     &referral->criteria);
	if (error != ERROR_OK)
		return error;
	error = record_read(record, "Patient", referral->patient, &referral->person, &version);
	if (error != ERROR_OK && error != ERROR_NOT_FOUND)
		return error;
	error = record_read(record, "Task", eligibility_task_id(&record->call->arena, referral->id),
			    &referral->task, &referral->task_version);
	return error == ERROR_NOT_FOUND ? ERROR_OK : error;
}

bool referral_read(struct call *call, struct str id, struct referral *ret_referral)
{
	struct referral referral = { .id = id };
	struct record record;
	if (!operation_read(call, STR("ServiceRequest"), id, &referral.request, &referral.version))
		return false;
	const struct json *performers = json_get(referral.request, STR("performer"));
	for (const struct json *at = performers == NULL ? NULL : performers->child;
	     at != NULL && referral.ward.len == 0; at = at->next)
		referral.ward = model_reference_id(at, STR("Organization"));
	referral.status = json_get_text(referral.request, STR("status"));
	referral.patient =
		model_reference_id(json_get(referral.request, STR("subject")), STR("Patient"));
	referral.outcome = json_get_text(referral_decision(referral.request, STR("outcome")),
					 STR("valueCode"));
	if (!str_equal(record_code(json_get(referral.request, STR("code")), "ward-task"),
		       STR("referral"))) {
		act_conflict(call, "This ServiceRequest is no referral to a ward: its code must be "
				   "ward-task referral.");
		return false;
	}
	if (referral.ward.len == 0) {
		act_conflict(call, "This referral names no ward; put the ward's Organization into "
				   "performer first.");
		return false;
	}
	if (!record_open(&record, call))
		return false;
	enum error error = read_eligibility(&record, &referral);
	record_close(&record);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	*ret_referral = referral;
	return true;
}

bool referral_is_waiting(struct call *call, const struct referral *referral)
{
	if (str_equal(referral->outcome, STR("accepted")) &&
	    str_equal(referral->status, STR("active"))) {
		act_conflict(call, "This referral was accepted already; admit the patient with "
				   "EpisodeOfCare/$admit, or $refuse it with a reason.");
		return false;
	}
	if (str_equal(referral->status, STR("active")) && referral->outcome.len == 0)
		return true;
	act_conflict(call,
		     "This referral is closed (%.*s); refer the patient again if care is "
		     "still wanted.",
		     STR_ARG(referral->status));
	return false;
}

static struct json *decide(struct call *call, const struct referral *referral, const char *outcome,
			   const struct act_person *person)
{
	struct arena *arena = &call->arena;
	struct json *decision = act_extension(arena, referral->request, "referral-decision");
	act_part(arena, decision, "outcome", STR("valueCode"),
		 json_new_string(arena, str_from_c(outcome)));
	act_part(arena, decision, "at", STR("valueDateTime"), act_now(call));
	act_part(arena, decision, "by", STR("valueReference"), act_person_json(arena, person));
	return decision;
}

static void commit_referral(struct call *call, const struct referral *referral,
			    route_handler *again)
{
	struct store_write *write = ARENA_NEW(&call->arena, struct store_write, 1);
	if (write == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	if (operation_write(call, referral->request, referral->id, referral->version, write))
		act_commit(call, write, 1, again);
}

void flow_accept(struct call *call)
{
	struct json *parameters = operation_parameters(call);
	struct act_person person;
	struct referral referral;
	struct str reason;
	if (parameters == NULL || !act_by(call, parameters, &person) ||
	    !act_text(call, parameters, STR("reason"), NULL, &reason) ||
	    !referral_read(call, call->path_parts[0], &referral) ||
	    !referral_is_waiting(call, &referral))
		return;
	const struct eligibility_facts known = { .patient = referral.person,
						 .now_us = act_now_us(call) };
	struct eligibility count =
		eligibility_count(&call->arena, referral.criteria, referral.task, &known);
	if (count.not_met + count.unknown > 0 && reason.len == 0) {
		act_conflict(call,
			     "%zu criteria are not met and %zu are not answered: answer them "
			     "with $assess, or say in `reason` (valueString) why the patient "
			     "is accepted all the same.",
			     count.not_met, count.unknown);
		return;
	}
	struct json *decision = decide(call, &referral, "accepted", &person);
	if (reason.len > 0)
		act_part(&call->arena, decision, "text", STR("valueString"),
			 json_new_string(&call->arena, reason));
	commit_referral(call, &referral, flow_accept);
}

void flow_refuse(struct call *call)
{
	struct json *parameters = operation_parameters(call);
	struct arena *arena = &call->arena;
	struct act_person person;
	struct referral referral;
	struct str reason, text;
	if (parameters == NULL || !act_by(call, parameters, &person) ||
	    !act_code(call, parameters, STR("reason"), refusals, &reason) ||
	    !act_text(call, parameters, STR("text"), "Say in words why", &text) ||
	    !referral_read(call, call->path_parts[0], &referral))
		return;
	/* One that was accepted may still be refused: the family changed its mind, the patient worsened. */
	bool accepted = str_equal(referral.status, STR("active")) &&
			str_equal(referral.outcome, STR("accepted"));
	if (!accepted && !referral_is_waiting(call, &referral))
		return;
	struct json *decision = decide(call, &referral, "refused", &person);
	act_part(arena, decision, "reason", STR("valueCode"), json_new_string(arena, reason));
	act_part(arena, decision, "text", STR("valueString"), json_new_string(arena, text));
	json_put(referral.request, STR("status"), json_new_string(arena, STR("revoked")));
	commit_referral(call, &referral, flow_refuse);
}
