/* SPDX-License-Identifier: Apache-2.0
 * $step-up: the patient goes to a hospital bed and the stay stands on hold, so that the schedule at home rests
 * and no
 * reading is overdue (scenario S47). $return: only this brings them back, never a reading. */
#include "flow/act.h"
#include "flow/operations.h"
#include "ward/print.h"

/* The state that ends now goes to statusHistory; it began where the one before it ended. */
static void change_status(struct call *call, const struct act_stay *stay, struct str status)
{
	struct arena *arena = &call->arena;
	struct json *history = act_array(arena, stay->episode, STR("statusHistory"));
	struct json *entry = json_new(arena, JSON_OBJECT);
	struct json *period = json_new(arena, JSON_OBJECT);
	struct str since = json_get_text(json_get(stay->episode, STR("period")), STR("start"));
	if (history == NULL || entry == NULL || period == NULL)
		return;
	if (history->count > 0) {
		struct str last = json_get_text(
			json_get(json_at(history, history->count - 1), STR("period")), STR("end"));
		since = last.len > 0 ? last : since;
	}
	print_string(arena, entry, STR("status"), stay->status);
	print_string_maybe(arena, period, STR("start"), since);
	json_add(period, STR("end"), act_now(call));
	json_add(entry, STR("period"), period);
	json_append(history, entry);
	json_put(stay->episode, STR("status"), json_new_string(arena, status));
}

static void put_step(struct call *call, const struct act_stay *stay,
		     const struct act_person *person, struct str reason)
{
	struct arena *arena = &call->arena;
	struct json *step = act_extension(arena, stay->episode, "step");
	act_part(arena, step, "at", STR("valueDateTime"), act_now(call));
	act_part(arena, step, "by", STR("valueReference"), act_person_json(arena, person));
	act_part(arena, step, "reason", STR("valueString"), json_new_string(arena, reason));
}

static void commit_stay(struct call *call, const struct act_stay *stay, route_handler *again)
{
	struct store_write *write = ARENA_NEW(&call->arena, struct store_write, 1);
	if (write == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	if (operation_write(call, stay->episode, stay->id, stay->version, write))
		act_commit(call, write, 1, again);
}

void flow_step_up(struct call *call)
{
	struct json *parameters = operation_parameters(call);
	struct act_person person;
	struct act_stay stay;
	struct str reason;
	if (parameters == NULL || !act_by(call, parameters, &person) ||
	    !act_text(call, parameters, STR("reason"), "Say why the patient goes to hospital",
		      &reason) ||
	    !act_stay(call, true, &stay))
		return;
	if (str_equal(stay.status, STR("onhold"))) {
		act_conflict(call,
			     "The patient is in a hospital bed already; use $return when they "
			     "come home, or $discharge.");
		return;
	}
	change_status(call, &stay, STR("onhold"));
	put_step(call, &stay, &person, reason);
	commit_stay(call, &stay, flow_step_up);
}

void flow_return(struct call *call)
{
	struct json *parameters = operation_parameters(call);
	struct act_person person;
	struct act_stay stay;
	struct str reason;
	if (parameters == NULL || !act_by(call, parameters, &person) ||
	    !act_text(call, parameters, STR("reason"), "Say why the patient can be at home",
		      &reason) ||
	    !act_stay(call, true, &stay))
		return;
	if (str_equal(stay.status, STR("active"))) {
		act_conflict(call, "The patient is at home already; use $step-up when they go to a "
				   "hospital bed.");
		return;
	}
	change_status(call, &stay, STR("active"));
	put_step(call, &stay, &person, reason);
	commit_stay(call, &stay, flow_return);
}
