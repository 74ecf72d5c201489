/* SPDX-License-Identifier: Apache-2.0
 * $review: the daily review of a patient, kept as a Task and as a note of the CarePlan. $change-plan: a new
 * version of the
 * CarePlan with who and why; `periodHours` changes how often readings are due. The same words by the same
 * person within a
 * minute are one act. `policy` puts the stay under another policy in force. */
#include "flow/act.h"
#include "flow/operations.h"
#include "ward/operation_pathway.h"
#include "ward/print.h"

#include "base/decimal.h"

struct plan {
	struct json *tree;
	struct str id;
	int64_t version;
};
struct finding {
	struct arena *arena;
	struct str episode;
	struct plan plan;
};

static bool visit_plan(void *context, const struct store_version *version, const struct json *plan)
{
	struct finding *finding = context;
	const struct json *about = json_get(plan, STR("supportingInfo"));
	for (const struct json *at = about == NULL ? NULL : about->child; at != NULL;
	     at = at->next) {
		if (!str_equal(model_reference_id(at, STR("EpisodeOfCare")), finding->episode))
			continue;
		finding->plan.tree = json_copy(finding->arena, plan);
		finding->plan.id = arena_copy(finding->arena, version->id);
		finding->plan.version = version->version;
	}
	return true;
}

static bool plan_of(struct call *call, const struct act_stay *stay, struct plan *ret_plan)
{
	struct finding finding = { .arena = &call->arena, .episode = stay->id };
	struct record record;
	if (!record_open(&record, call))
		return false;
	const struct search_argument arguments[] = {
		{ STR("subject"), record_reference(&call->arena, "Patient", stay->patient) },
		{ STR("status"), STR("active,on-hold") },
	};
	const struct record_search search = { "CarePlan", arguments, 2, visit_plan, &finding };
	enum error error = record_each(&record, &search);
	record_close(&record);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	*ret_plan = finding.plan;
	if (finding.plan.tree != NULL)
		return true;
	act_conflict(call, "This stay has no active CarePlan; make one that names it in "
			   "supportingInfo.");
	return false;
}

/* Whether that person said just this a moment ago. */
static bool is_repeat(const struct json *notes, const struct act_person *person, struct str text,
		      int64_t now_us)
{
	for (const struct json *at = notes == NULL ? NULL : notes->child; at != NULL;
	     at = at->next) {
		struct str author = json_get_text(at, STR("authorString"));
		if (author.len == 0)
			author = json_get_text(json_get(at, STR("authorReference")),
					       STR("reference"));
		if (str_equal(json_get_text(at, STR("text")), text) &&
		    str_equal(author, act_signature(person)) &&
		    record_instant(at, STR("time"), 0) + ACT_TWICE_US > now_us)
			return true;
	}
	return false;
}

/* Criteria for discharge as the reviewer found them: parameters `criterion`, parts `id` and `answer`. */
static bool put_criteria(struct call *call, const struct json *parameters, struct json *task)
{
	static const char *const answers[] = { "met", "not-met", "unknown", NULL };
	struct arena *arena = &call->arena;
	const struct json *list = json_get(parameters, STR("parameter"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		if (!str_equal(json_get_text(at, STR("name")), STR("criterion")))
			continue;
		struct str id = { NULL, 0 }, answer = { NULL, 0 };
		const struct json *parts = json_get(at, STR("part"));
		for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
		     part = part->next) {
			if (str_equal(json_get_text(part, STR("name")), STR("id")))
				id = json_get_text(part, STR("valueCode"));
			if (str_equal(json_get_text(part, STR("name")), STR("answer")))
				answer = json_get_text(part, STR("valueCode"));
		}
		if (id.len == 0 || id.len > 60 || !record_code_is_known(answer, answers)) {
			act_refuse(
				call, ERROR_INVALID,
				"A `criterion` has the parts `id` (valueCode, of the policy) and "
				"`answer` (valueCode met, not-met or unknown).");
			return false;
		}
		act_output(arena, task, arena_copy(arena, id).ptr, STR("valueCode"),
			   json_new_string(arena, answer));
	}
	return true;
}

static void commit_plan(struct call *call, struct store_write *writes, size_t count,
			const struct plan *plan, route_handler *again)
{
	if (operation_write(call, plan->tree, plan->id, plan->version, &writes[count]))
		act_commit(call, writes, count + 1, again);
}

void flow_review(struct call *call)
{
	struct json *parameters = operation_parameters(call);
	struct arena *arena = &call->arena;
	struct act_person person;
	struct act_stay stay;
	struct act_found *found = NULL;
	struct plan plan;
	struct str text;
	size_t count = 0;
	if (parameters == NULL || !act_by(call, parameters, &person) ||
	    !act_text(call, parameters, STR("plan"), "Say what was found and what will be done",
		      &text) ||
	    !act_stay(call, true, &stay) || !act_tasks(call, &stay, "review", &found, &count) ||
	    !plan_of(call, &stay, &plan))
		return;
	for (; found != NULL; found = found->newer) {
		if (!is_repeat(json_get(found->task, STR("note")), &person, text, act_now_us(call)))
			continue;
		act_answer(call, found->task);
		return;
	}
	const struct act_task task = {
		.kind = "review",
		.status = "completed",
		.id = act_task_id(call, stay.id, "review", count),
		.patient = stay.patient,
		.episode = stay.id,
		.focus = record_reference(arena, "EpisodeOfCare", stay.id),
		.description = STR("Daily review"),
		.by = &person,
	};
	struct json *json = act_task_json(call, &task);
	struct store_write *writes = ARENA_NEW(arena, struct store_write, 2);
	if (json == NULL || writes == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	json_append(act_array(arena, json, STR("note")), act_annotation(call, &person, text));
	if (!put_criteria(call, parameters, json))
		return;
	json_append(act_array(arena, plan.tree, STR("note")), act_annotation(call, &person, text));
	if (operation_write(call, json, task.id, STORE_VERSION_NONE, &writes[0]))
		commit_plan(call, writes, 1, &plan, flow_review);
}

/* Sets the period of the first activity's timing. */
static bool change_period(struct call *call, const struct json *parameters, struct json *plan)
{
	struct arena *arena = &call->arena;
	struct str given =
		operation_parameter_text(parameters, STR("periodHours"), STR("valueDecimal"));
	struct decimal hours, least = { 25, -2 }, most = { 168, 0 };
	struct json *detail = json_get(json_at(json_get(plan, STR("activity")), 0), STR("detail"));
	struct json *repeat = json_get(json_get(detail, STR("scheduledTiming")), STR("repeat"));
	if (given.len == 0)
		return true;
	if (decimal_parse(given, &hours) != ERROR_OK || decimal_compare(hours, least) < 0 ||
	    decimal_compare(hours, most) > 0) {
		act_refuse(call, ERROR_INVALID,
			   "Parameter `periodHours` must lie between 0.25 and 168.");
		return false;
	}
	if (repeat == NULL) {
		act_conflict(call, "The CarePlan has no schedule in its first activity to change.");
		return false;
	}
	json_put(repeat, STR("period"), json_new_number(arena, given));
	json_put(repeat, STR("periodUnit"), json_new_string(arena, STR("h")));
	return true;
}

void flow_change_plan(struct call *call)
{
	struct json *parameters = operation_parameters(call);
	struct arena *arena = &call->arena;
	struct act_person person;
	struct act_stay stay;
	struct plan plan;
	struct str text, reason;
	if (parameters == NULL || !act_by(call, parameters, &person) ||
	    !act_text(call, parameters, STR("plan"), "Say what changes", &text) ||
	    !act_text(call, parameters, STR("reason"), "Say why the plan changes", &reason) ||
	    !act_stay(call, true, &stay) || !plan_of(call, &stay, &plan))
		return;
	struct text note;
	text_init(&note, arena, 2 * ACT_TEXT_BYTES_MAX + 100);
	text_put_format(&note, "%.*s (why: %.*s)", STR_ARG(text), STR_ARG(reason));
	if (is_repeat(json_get(plan.tree, STR("note")), &person, text_view(&note),
		      act_now_us(call))) {
		act_answer(call, plan.tree);
		return;
	}
	struct str policy =
		operation_parameter_text(parameters, STR("policy"), STR("valueCanonical"));
	if (policy.len > 0 && !pathway_change(call, policy, stay.episode, plan.tree))
		return;
	if (!change_period(call, parameters, plan.tree))
		return;
	json_append(act_array(arena, plan.tree, STR("note")),
		    act_annotation(call, &person, text_view(&note)));
	struct store_write *writes = ARENA_NEW(arena, struct store_write, 1);
	if (writes == NULL)
		call_fail(call, ERROR_LIMIT);
	else
		commit_plan(call, writes, 0, &plan, flow_change_plan);
}
