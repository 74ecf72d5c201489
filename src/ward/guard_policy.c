/* SPDX-License-Identifier: Apache-2.0
 * What the ward lets nobody do to its policies through the FHIR interface: make one active past $sign, or change or
 * delete one that somebody has signed into force or that a stay was admitted under. Alerts name the version of the
 * policy they were raised under; it must stay what it was. */
#include "ward/guard.h"

static bool has_signature(const struct json *plan)
{
	return model_extension(plan, STR("signature")) != NULL;
}

static enum error keep_used(const struct guarded *guarded)
{
	struct search_argument arguments[] = {
		{ STR("instantiates-canonical"),
		  policy_canonical(&guarded->call->arena, guarded->current) },
	};
	size_t count = 0;
	enum error error = guard_find(guarded, "CarePlan", arguments, 1, &count);
	if (error != ERROR_OK || count == 0)
		return error;
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("PlanDefinition"),
			 "A stay was admitted under this policy: it never changes again. Write a "
			 "new version under another id.");
}

enum error guard_policy(const struct guarded *guarded)
{
	const struct json *next = guarded->next;
	bool was = guarded->current != NULL && policy_is_ward(guarded->current);
	if (was && !str_equal(json_get_text(guarded->current, STR("status")), STR("draft")))
		return issue_add(guarded->issues, ERROR_CONFLICT, STR("PlanDefinition"),
				 "A policy that was signed or retired never changes again. Write a "
				 "new version under another id and have it signed.");
	enum error error = was ? keep_used(guarded) : ERROR_OK;
	if (error != ERROR_OK || next == NULL || !policy_is_ward(next))
		return error;
	if (!str_equal(json_get_text(next, STR("status")), STR("draft")))
		return issue_add(guarded->issues, ERROR_INVALID, STR("PlanDefinition.status"),
				 "A ward policy is written as `draft`; two people make it active "
				 "(PlanDefinition/{id}/$sign).");
	if (has_signature(next))
		return issue_add(
			guarded->issues, ERROR_INVALID, STR("PlanDefinition.extension"),
			"Signatures are made by PlanDefinition/{id}/$sign alone: leave them "
			"out. A change takes back those already there.");
	return ERROR_OK;
}
