/* SPDX-License-Identifier: Apache-2.0
 * $defer: silence that was agreed, with a coded reason and an end, written into the stay's CarePlan (defer.c).
 * The latest end is the ward's own answer, as the board shows it: one period after the due time and never beyond
 * the policy's cap. */
#include "ward/model.h"
#include "ward/operation.h"
#include "ward/runner.h"

static bool plan_of(struct call *call, const struct json *episode, struct json **ret_plan,
		    int64_t *ret_version)
{
	if (!operation_plan(call, episode, STR("active"), ret_plan, ret_version))
		return false;
	if (*ret_plan == NULL)
		operation_refuse(call, ERROR_CONFLICT,
				 "The stay has no plan in force; nothing was changed.");
	return *ret_plan != NULL;
}

/* Sleep is a reason when everybody knows beforehand how the night is watched. */
static bool sleep_plan(struct call *call, const struct json *parameters, struct json *plan)
{
	struct str words = str_trim(
		operation_parameter_text(parameters, STR("sleepPlan"), STR("valueString")));
	if (words.len == 0) {
		if (model_extension(plan, STR("sleep-plan")) != NULL)
			return true;
		operation_refuse(call, ERROR_CONFLICT,
				 "Sleep defers readings only with an agreed sleep plan: say it in "
				 "`sleepPlan`, valueString.");
		return false;
	}
	struct json *parts = operation_extension(call, plan, "sleep-plan");
	if (parts == NULL)
		return false;
	operation_put(call, parts, "text", "valueString", json_new_string(&call->arena, words));
	operation_put(call, parts, "at", "valueInstant",
		      operation_instant(call, clock_now_us(server_clock(call->server))));
	return true;
}

/* Between now and the latest end that the ward's own row names. */
static bool until_of(struct call *call, const struct json *parameters, struct str episode,
		     int64_t *ret_until_us)
{
	struct str given = operation_parameter_text(parameters, STR("until"), STR("valueDateTime"));
	struct ward *ward = server_room(call->server, "ward");
	struct str text;
	struct json *row = NULL;
	struct date until, latest;
	if (date_parse(given, DATE_KIND_DATETIME, &until) != ERROR_OK ||
	    until.precision < DATE_MINUTE) {
		operation_refuse(call, ERROR_INVALID,
				 "Parameter `until` must be a valueDateTime with time and offset.");
		return false;
	}
	if (ward == NULL || !board_row_copy(ward->board, episode, &call->arena, &text) ||
	    json_parse(&call->arena, text, NULL, NULL, &row) != ERROR_OK ||
	    date_parse(json_get_text(row, STR("deferUntilMax")), DATE_KIND_INSTANT, &latest) !=
		    ERROR_OK) {
		operation_refuse(call, ERROR_CONFLICT,
				 "No readings are due for this stay at present.");
		return false;
	}
	if (until.low_us > clock_now_us(server_clock(call->server)) &&
	    until.low_us <= latest.low_us) {
		*ret_until_us = until.low_us;
		return true;
	}
	issue_add(&call->issues, ERROR_INVALID, STR("Parameters.parameter"),
		  "`until` must lie ahead, and at the latest at %.*s.",
		  STR_ARG(json_get_text(row, STR("deferUntilMax"))));
	call_fail(call, ERROR_INVALID);
	return false;
}

static bool reason_of(struct call *call, const struct json *parameters, struct str *ret_reason)
{
	static const struct str reasons[] = { STR_INIT("asleep"), STR_INIT("refused"),
					      STR_INIT("in-hospital"), STR_INIT("equipment") };
	*ret_reason = operation_parameter_text(parameters, STR("reason"), STR("valueCode"));
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (str_equal(*ret_reason, reasons[i]))
			return true;
	}
	operation_refuse(call, ERROR_INVALID,
			 "Parameter `reason` must be a valueCode: asleep, refused, in-hospital or "
			 "equipment.");
	return false;
}

static void defer(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *episode = NULL, *plan = NULL;
	struct str reference, name, reason, id = call->path_parts[0];
	int64_t version = 0, until_us = 0;
	if (parameters == NULL || !operation_by(call, parameters, &reference, &name) ||
	    !reason_of(call, parameters, &reason) ||
	    !operation_read(call, STR("EpisodeOfCare"), id, &episode, &version))
		return;
	if (!str_equal(json_get_text(episode, STR("status")), STR("active"))) {
		operation_refuse(call, ERROR_CONFLICT, "The stay is not active; nothing is due.");
		return;
	}
	if (!until_of(call, parameters, id, &until_us) ||
	    !plan_of(call, episode, &plan, &version) ||
	    (str_equal(reason, STR("asleep")) && !sleep_plan(call, parameters, plan)))
		return;
	struct json *parts = operation_extension(call, plan, "defer");
	if (parts == NULL)
		return;
	operation_put(call, parts, "reason", "valueCode", json_new_string(&call->arena, reason));
	operation_put(call, parts, "until", "valueInstant", operation_instant(call, until_us));
	operation_put(call, parts, "at", "valueInstant",
		      operation_instant(call, clock_now_us(server_clock(call->server))));
	operation_put(call, parts, "by", "valueString",
		      json_new_string(&call->arena, name.len > 0 ? name : reference));
	operation_commit(call, plan, version, defer, tries_left);
}

void operation_defer(struct call *call)
{
	defer(call, OPERATION_TRIES);
}
