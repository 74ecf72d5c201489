/* SPDX-License-Identifier: Apache-2.0
 * ServiceRequest/{id}/$assess: who found which criteria met. */
#include "flow/eligibility.h"

#include "flow/act.h"
#include "flow/operations.h"
#include "flow/referral.h"
#include "ward/print.h"

struct finding {
	struct arena *arena;
	struct json *plan;
};

static bool visit_policy(void *context, const struct store_version *version,
			 const struct json *plan)
{
	struct finding *finding = context;
	(void)version;
	if (!policy_was_in_force(plan))
		return true; /* another with the same url and version is */
	finding->plan = json_copy(finding->arena, plan);
	return finding->plan != NULL;
}

enum error eligibility_criteria(struct record *record, struct str policy, struct str action,
				const struct json **ret_action)
{
	struct finding finding = { .arena = &record->call->arena };
	size_t bar = str_find_byte(policy, '|', 0);
	*ret_action = NULL;
	if (bar == policy.len)
		return ERROR_OK;
	const struct search_argument arguments[] = {
		{ STR("url"), str_slice(policy, 0, bar) },
		{ STR("version"), str_slice(policy, bar + 1, policy.len) },
	};
	const struct record_search search = { "PlanDefinition", arguments, 2, visit_policy,
					      &finding };
	enum error error = record_each(record, &search);
	const struct json *list = json_get(finding.plan, STR("action"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		if (str_equal(json_get_text(at, STR("id")), action))
			*ret_action = at;
	}
	return error;
}

struct str eligibility_policy_of_ward(const struct json *ward)
{
	return json_get_text(model_extension(ward, STR("ward-policy")), STR("valueCanonical"));
}

struct str eligibility_task_id(struct arena *arena, struct str referral)
{
	char cause[100], id[MODEL_ID_BYTES];
	model_format(cause, sizeof(cause), "%.*s/eligibility", STR_ARG(referral));
	model_id(id, "w", cause);
	return arena_copy(arena, str_from_c(id));
}

/* --- $assess -------------------------------------------------------------------------------- */

/* Answers stay as they were given; a new one for the same criterion stands behind the old one, with who and
 * when. */
static bool put_answers(struct call *call, const struct json *parameters, const struct json *action,
			struct json *task, const struct act_person *person)
{
	static const char *const answers[] = { "met", "not-met", "unknown", NULL };
	struct arena *arena = &call->arena;
	const struct json *criteria = json_get(action, STR("action"));
	size_t given = 0, number = 0;
	const struct eligibility_facts nothing = { 0 };
	for (const struct json *at = criteria == NULL ? NULL : criteria->child; at != NULL;
	     at = at->next) {
		struct criterion criterion = eligibility_criterion(arena, at, ++number);
		struct criterion by_people = { .id = criterion.id };
		struct str id = criterion.id;
		struct str answer = operation_parameter_text(parameters, id, STR("valueCode"));
		if (answer.len == 0)
			continue;
		if (!act_code(call, parameters, id, answers, &answer))
			return false;
		given++;
		if (str_equal(eligibility_answer(&by_people, task, &nothing).answer, answer))
			continue;
		struct text said;
		text_init(&said, arena, 2000);
		text_put_format(&said, "%.*s: %.*s", STR_ARG(criterion.title), STR_ARG(answer));
		act_output(arena, task, arena_copy(arena, id).ptr, STR("valueCode"),
			   json_new_string(arena, answer));
		json_append(act_array(arena, task, STR("note")),
			    act_annotation(call, person, text_view(&said)));
	}
	if (given > 0)
		return true;
	struct text text;
	text_init(&text, arena, 4000);
	number = 0;
	for (const struct json *at = criteria == NULL ? NULL : criteria->child; at != NULL;
	     at = at->next) {
		struct criterion criterion = eligibility_criterion(arena, at, ++number);
		text_put_format(&text, " %.*s", STR_ARG(criterion.id));
	}
	act_conflict(call,
		     "Answer at least one criterion of the ward's policy by its id (valueCode "
		     "met, not-met or unknown):%.300s",
		     text.len == 0 ? " this policy has none" : text_view(&text).ptr);
	return false;
}

void flow_assess(struct call *call)
{
	struct json *parameters = operation_parameters(call);
	struct arena *arena = &call->arena;
	struct act_person person;
	struct referral referral;
	if (parameters == NULL || !act_by(call, parameters, &person) ||
	    !referral_read(call, call->path_parts[0], &referral) ||
	    !referral_is_waiting(call, &referral))
		return;
	const struct act_task task = {
		.kind = "eligibility",
		.status = "in-progress",
		.id = eligibility_task_id(arena, referral.id),
		.patient = referral.patient,
		.focus = record_reference(arena, "ServiceRequest", referral.id),
		.description = STR("Eligibility for the ward"),
		.by = &person,
	};
	struct json *json = referral.task != NULL ? referral.task : act_task_json(call, &task);
	struct store_write *write = ARENA_NEW(arena, struct store_write, 1);
	if (json == NULL || write == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	if (!put_answers(call, parameters, referral.criteria, json, &person))
		return;
	const struct eligibility_facts known = { .patient = referral.person,
						 .now_us = act_now_us(call) };
	struct eligibility count = eligibility_count(arena, referral.criteria, json, &known);
	json_put(
		json, STR("status"),
		json_new_string(arena, count.unknown == 0 ? STR("completed") : STR("in-progress")));
	json_put(json, STR("owner"), act_person_json(arena, &person));
	if (operation_write(call, json, task.id, referral.task_version, write))
		act_commit(call, write, 1, flow_assess);
}
