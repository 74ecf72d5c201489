/* SPDX-License-Identifier: Apache-2.0
 * What a clinician orders for one patient stands in the CarePlan, and only the operations that ask who orders it
 * ($spo2-scale, $limit, $pews-chart) put it there, change it or move it. The policy of a stay and its times come from
 * $admit and are changed by $change-plan alone, which asks who and why. */
#include "ward/guard.h"

static bool is_of(const struct json *extension, struct str url)
{
	return str_equal(json_get_text(extension, STR("url")), url);
}

/* The extensions of one url, in their order. */
static struct json *orders_of(struct arena *arena, const struct json *plan, struct str url)
{
	const struct json *list = json_get(plan, STR("extension"));
	const struct json *one = list == NULL || list->type != JSON_ARRAY ? NULL : list->child;
	struct json *orders = json_new(arena, JSON_ARRAY);
	for (; one != NULL && orders != NULL; one = one->next) {
		if (is_of(one, url))
			(void)json_append(orders, json_copy(arena, one));
	}
	return orders;
}

static enum error check_orders(const struct guarded *guarded, struct str url, const char *operation,
			       bool *ret_any)
{
	struct arena *arena = &guarded->call->arena;
	const struct json *before = orders_of(arena, guarded->current, url);
	const struct json *after = orders_of(arena, guarded->next, url);
	if (before == NULL || after == NULL)
		return ERROR_LIMIT;
	*ret_any = *ret_any || before->count > 0;
	if (guarded->next == NULL || guard_same(arena, before, after))
		return ERROR_OK;
	return issue_add(guarded->issues, ERROR_INVALID, STR("CarePlan.extension"),
			 "This extension is set by EpisodeOfCare/{id}/$%s alone, which asks who "
			 "orders it: send the plan with the ones it has.",
			 operation);
}

/* A plan with orders stays this patient's, and this stay's. */
static enum error check_whose(const struct guarded *guarded)
{
	static const struct str names[] = { STR_INIT("subject"), STR_INIT("supportingInfo") };
	if (guarded->next == NULL)
		return issue_add(
			guarded->issues, ERROR_CONFLICT, STR("CarePlan"),
			"The plan holds what was ordered ($spo2-scale, $limit, $pews-chart): "
			"it is not deleted. It ends with EpisodeOfCare/{id}/$discharge.");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!guard_same(&guarded->call->arena, json_get(guarded->current, names[i]),
				json_get(guarded->next, names[i])))
			return issue_add(guarded->issues, ERROR_INVALID, STR("CarePlan"),
					 "The plan holds what was ordered for this patient "
					 "($spo2-scale, $limit, $pews-chart): it does not become "
					 "another's.");
	}
	return ERROR_OK;
}

/* --- the policy and the times of a stay ----------------------------------------------------- */

static struct str episode_of(const struct json *plan)
{
	const struct json *about = json_get(plan, STR("supportingInfo"));
	const struct json *one = about == NULL || about->type != JSON_ARRAY ? NULL : about->child;
	struct str episode = { NULL, 0 };
	for (; one != NULL && episode.len == 0; one = one->next)
		episode = model_reference_id(one, STR("EpisodeOfCare"));
	return episode;
}

/* What the engine takes a policy from (stay_plan_event). */
static bool governs(const struct json *plan)
{
	struct str status = json_get_text(plan, STR("status"));
	return episode_of(plan).len > 0 &&
	       json_text(json_at(json_get(plan, STR("instantiatesCanonical")), 0)).len > 0 &&
	       (str_equal(status, STR("active")) || str_equal(status, STR("on-hold")) ||
		str_equal(status, STR("completed")));
}

static const struct json *timing_of(const struct json *plan)
{
	const struct json *activity = json_at(json_get(plan, STR("activity")), 0);
	return json_get(json_get(activity, STR("detail")), STR("scheduledTiming"));
}

static enum error check_kept(const struct guarded *guarded)
{
	static const struct str names[] = { STR_INIT("instantiatesCanonical"), STR_INIT("status"),
					    STR_INIT("subject"), STR_INIT("supportingInfo") };
	struct arena *arena = &guarded->call->arena;
	bool kept = guarded->next != NULL &&
		    guard_same(arena, timing_of(guarded->current), timing_of(guarded->next));
	for (size_t i = 0; kept && i < sizeof(names) / sizeof(names[0]); i++)
		kept = guard_same(arena, json_get(guarded->current, names[i]),
				  json_get(guarded->next, names[i]));
	if (kept)
		return ERROR_OK;
	return issue_add(
		guarded->issues, ERROR_CONFLICT, STR("CarePlan"),
		"The policy of a stay, its times, and whose it is are not changed by writing the "
		"plan: use EpisodeOfCare/{id}/$change-plan with by, plan and reason, and `policy` "
		"or `periodHours`. It ends with $discharge.");
}

/* A second plan would take the place of the first. */
static enum error check_only(const struct guarded *guarded)
{
	struct search_argument arguments[] = {
		{ STR("subject"),
		  json_get_text(json_get(guarded->next, STR("subject")), STR("reference")) },
		{ STR("status"), STR("active,on-hold") },
		{ STR("instantiates-canonical:missing"), STR("false") },
	};
	size_t count = 0;
	if (!str_starts_with(arguments[0].value, STR("Patient/")))
		return ERROR_OK;
	enum error error = guard_find(guarded, "CarePlan", arguments, 3, &count);
	if (error != ERROR_OK || count == 0)
		return error;
	return issue_add(
		guarded->issues, ERROR_CONFLICT, STR("CarePlan"),
		"The patient has a plan of care under a policy already. Change that one by "
		"EpisodeOfCare/{id}/$change-plan with by, plan and reason.");
}

static enum error check_policy(const struct guarded *guarded)
{
	if (guarded->current != NULL && governs(guarded->current))
		return check_kept(guarded);
	return guarded->next != NULL && governs(guarded->next) ? check_only(guarded) : ERROR_OK;
}

enum error guard_plan(const struct guarded *guarded)
{
	bool any = false;
	enum error error = check_orders(guarded, STR(HOMEWARD_URL "StructureDefinition/spo2-scale"),
					"spo2-scale", &any);
	if (error == ERROR_OK)
		error = check_orders(guarded, STR(HOMEWARD_URL "StructureDefinition/limit"),
				     "limit", &any);
	if (error == ERROR_OK)
		error = check_orders(guarded, STR(HOMEWARD_URL "StructureDefinition/pews-chart"),
				     "pews-chart", &any);
	if (error == ERROR_OK && any)
		error = check_whose(guarded);
	return error == ERROR_OK ? check_policy(guarded) : error;
}
