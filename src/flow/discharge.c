/* SPDX-License-Identifier: Apache-2.0
 * EpisodeOfCare/{id}/$discharge: `reason`, and `destination`, `by`, `plan`, `medicines`, `safetyNet`. The
 * stay, its plan and
 * the summary for the GP are one commit. No stay ends, whatever the destination, while a High or Emergency alert or a
 * concern has had no answer: what is open would be nobody's. */
#include "flow/act.h"
#include "flow/operations.h"
#include "flow/summary.h"
#include "os/random.h"
#include "ward/guard.h"
#include "ward/print.h"

static const char *const destinations[] = { "home",       "hospital", "hospice",
					    "other-ward", "died",     NULL };

static bool is_answered(struct call *call, const struct json *episode)
{
	struct record record;
	bool unanswered = false;
	struct str patient = model_reference_id(json_get(episode, STR("patient")), STR("Patient"));
	if (!record_open(&record, call))
		return false;
	const struct guarded asked = { .call = call,
				       .issues = &call->issues,
				       .reader = record.reader };
	enum error error = guard_unanswered(
		&asked, record_reference(&call->arena, "Patient", patient), &unanswered);
	record_close(&record);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	if (unanswered)
		act_conflict(call,
			     "A High or Emergency alert, or a concern, of this patient has had "
			     "no answer; acknowledge it before the patient leaves.");
	return !unanswered;
}

static bool put_destination(struct call *call, struct operation_part *part)
{
	struct str destination;
	if (operation_parameter(part->parameters, STR("destination")) == NULL)
		return true;
	if (!act_code(call, part->parameters, STR("destination"), destinations, &destination))
		return false;
	print_extension(&call->arena, part->episode, "discharge-destination", STR("valueCode"),
			json_new_string(&call->arena, destination));
	return true;
}

static bool join(struct call *call, struct operation_part *part)
{
	struct arena *arena = &call->arena;
	struct act_person person = { .name = STR("not recorded") };
	char id[37];
	if (!is_answered(call, part->episode) || !put_destination(call, part))
		return false;
	if (operation_parameter(part->parameters, STR("by")) != NULL &&
	    !act_by(call, part->parameters, &person))
		return false;
	struct json *by = act_extension(arena, part->episode, "discharge-by");
	json_add(by, STR("valueReference"), act_person_json(arena, &person));
	random_uuid_ordered(act_now_us(call), id);
	struct str document = arena_copy(arena, str_from_c(id));
	print_extension(arena, part->episode, "discharge-summary", STR("valueReference"),
			print_reference(arena, "Bundle", id, ""));
	struct json *composition = NULL, *bundle = NULL;
	if (!summary_make(call, part, &person, document, &composition, &bundle))
		return false;
	return operation_write(call, composition, document, STORE_VERSION_NONE,
			       &part->writes[part->count++]) &&
	       operation_write(call, bundle, document, STORE_VERSION_NONE,
			       &part->writes[part->count++]);
}

void flow_discharge(struct call *call)
{
	operation_discharge(call, join);
}
