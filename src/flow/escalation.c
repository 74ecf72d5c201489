/* SPDX-License-Identifier: Apache-2.0
 * $escalate: 999 was called, or the hospital. It is a Task of its own: who, when, to whom, why, and what came
 * of it. The
 * outcome may be said at once or by a second call; until then the escalation is open and a second one is
 * refused, so that
 * one emergency is not counted twice. */
#include "flow/act.h"
#include "flow/operations.h"
#include "ward/print.h"

static const char *const places[] = { "999", "hospital", NULL };

static bool is_open(const struct act_found *found)
{
	return str_equal(json_get_text(found->task, STR("status")), STR("in-progress"));
}

static void put_outcome(struct call *call, struct json *task, const struct act_person *person,
			struct str outcome)
{
	struct arena *arena = &call->arena;
	if (outcome.len == 0)
		return;
	act_output(arena, task, "outcome", STR("valueString"), json_new_string(arena, outcome));
	json_append(act_array(arena, task, STR("note")), act_annotation(call, person, outcome));
	json_put(task, STR("status"), json_new_string(arena, STR("completed")));
	struct json *execution = json_get(task, STR("executionPeriod"));
	if (execution != NULL)
		json_put(execution, STR("end"), act_now(call));
}

static void commit_task(struct call *call, struct json *task, struct str id, int64_t version)
{
	struct store_write *write = ARENA_NEW(&call->arena, struct store_write, 1);
	if (write == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	if (operation_write(call, task, id, version, write))
		act_commit(call, write, 1, flow_escalate);
}

static void begin(struct call *call, const struct json *parameters, const struct act_stay *stay,
		  const struct act_person *person, size_t number)
{
	struct arena *arena = &call->arena;
	struct str to, reason, outcome;
	if (!act_code(call, parameters, STR("to"), places, &to) ||
	    !act_text(call, parameters, STR("reason"), "Say why it was escalated", &reason) ||
	    !act_text(call, parameters, STR("outcome"), NULL, &outcome))
		return;
	const struct act_task task = {
		.kind = "escalation",
		.status = "in-progress",
		.id = act_task_id(call, stay->id, "escalation", number),
		.patient = stay->patient,
		.episode = stay->id,
		.focus = record_reference(arena, "EpisodeOfCare", stay->id),
		.description = reason,
		.by = person,
	};
	struct json *json = act_task_json(call, &task);
	struct json *execution = json_new(arena, JSON_OBJECT);
	if (json == NULL || execution == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	json_add(execution, STR("start"), act_now(call));
	json_add(json, STR("executionPeriod"), execution);
	act_output(arena, json, "to", STR("valueCode"), json_new_string(arena, to));
	put_outcome(call, json, person, outcome);
	commit_task(call, json, task.id, STORE_VERSION_NONE);
}

/* The same place and reason by anybody within a minute is the same escalation. */
static bool is_repeat(struct call *call, const struct json *parameters,
		      const struct act_found *found)
{
	return str_equal(json_get_text(found->task, STR("description")),
			 str_trim(operation_parameter_text(parameters, STR("reason"),
							   STR("valueString")))) &&
	       record_instant(found->task, STR("authoredOn"), 0) + ACT_TWICE_US > act_now_us(call);
}

void flow_escalate(struct call *call)
{
	struct json *parameters = operation_parameters(call);
	struct act_person person;
	struct act_stay stay;
	struct act_found *found = NULL;
	struct str outcome;
	size_t count = 0;
	if (parameters == NULL || !act_by(call, parameters, &person) ||
	    !act_text(call, parameters, STR("outcome"), NULL, &outcome) ||
	    !act_stay(call, false, &stay) || !act_tasks(call, &stay, "escalation", &found, &count))
		return;
	struct act_found *last = found;
	while (last != NULL && last->newer != NULL)
		last = last->newer;
	bool begins = operation_parameter(parameters, STR("to")) != NULL;
	if (last != NULL && begins && is_repeat(call, parameters, last)) {
		act_answer(call, last->task);
		return;
	}
	if (last != NULL && is_open(last) && !begins && outcome.len > 0) {
		put_outcome(call, last->task, &person, outcome);
		commit_task(call, last->task, last->id, last->version);
		return;
	}
	if (last != NULL && is_open(last)) {
		struct str since = json_get_text(last->task, STR("authoredOn"));
		act_conflict(call,
			     "An escalation since %.*s has no outcome yet; say what came of it "
			     "first: $escalate with `by` and `outcome` only.",
			     STR_ARG(since));
		return;
	}
	if (str_equal(stay.status, STR("finished"))) {
		act_conflict(call, "This stay has ended; nothing was changed. Call 999 or the "
				   "hospital as for any patient, and readmit if care goes on.");
		return;
	}
	begin(call, parameters, &stay, &person, count);
}
