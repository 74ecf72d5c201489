/* SPDX-License-Identifier: Apache-2.0
 * What a clinician orders for one patient stands in the CarePlan, and only the operations that ask who orders it
 * ($spo2-scale, $limit, $pews-chart) put it there, change it or move it. */
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
	return error == ERROR_OK && any ? check_whose(guarded) : error;
}
