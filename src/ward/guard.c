/* SPDX-License-Identifier: Apache-2.0
 * What the ward lets nobody do to its policies through the FHIR interface: make one active past $sign, change or delete
 * one that somebody has signed into force or that a stay was admitted under, or give a ward one that is not in force.
 * Alerts name the version of the policy they were raised under; it must stay what it was. */
#include "ward/model.h"
#include "ward/operation.h"
#include "ward/ward.h"

static bool has_signature(const struct json *plan)
{
	return model_extension(plan, STR("signature")) != NULL;
}

/* Whether an answer to the search exists at all. */
static enum error exists(const struct guarded *guarded, const char *type,
			 const struct search_argument *arguments, size_t count,
			 struct search_match ret_matches[2], size_t *ret_count)
{
	struct search_parse_options options = {
		.conditional = true,
		.base_url = server_base_url(guarded->call->server),
		.now_us = clock_now_us(server_clock(guarded->call->server)),
	};
	struct search_request *request = NULL;
	enum error error = search_parse(&guarded->call->arena, fhir_resource_find(str_from_c(type)),
					arguments, count, &options, guarded->issues, &request);
	if (error != ERROR_OK)
		return error;
	return search_resolve(guarded->reader, &guarded->call->arena, request, ret_matches,
			      ret_count);
}

static struct str canonical_of(struct arena *arena, const struct json *plan)
{
	struct text text;
	text_init(&text, arena, 1000);
	text_put(&text, json_get_text(plan, STR("url")));
	text_put_byte(&text, '|');
	text_put(&text, json_get_text(plan, STR("version")));
	return arena_copy(arena, text_view(&text));
}

static enum error keep_used(const struct guarded *guarded)
{
	struct search_argument arguments[] = {
		{ STR("instantiates-canonical"),
		  canonical_of(&guarded->call->arena, guarded->current) },
	};
	struct search_match found[2];
	size_t count = 0;
	enum error error = exists(guarded, "CarePlan", arguments, 1, found, &count);
	if (error != ERROR_OK || count == 0)
		return error;
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("PlanDefinition"),
			 "A stay was admitted under this policy: it never changes again. Write a "
			 "new version under another id.");
}

static enum error check_policy(const struct guarded *guarded)
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

static struct str policy_named(const struct json *organization)
{
	return json_get_text(model_extension(organization, STR("ward-policy")),
			     STR("valueCanonical"));
}

/* A policy that is not in the record yet is let through: $admit refuses it while it is missing. */
static enum error check_ward(const struct guarded *guarded)
{
	struct str policy = policy_named(guarded->next);
	size_t bar = str_find_byte(policy, '|', 0);
	struct search_argument arguments[] = {
		{ STR("url"), str_slice(policy, 0, bar) },
		{ STR("version"), str_slice(policy, bar + 1, policy.len) },
		{ STR("status"), STR("draft,retired,unknown") },
	};
	struct search_match found[2];
	size_t count = 0;
	if (bar >= policy.len || str_equal(policy, policy_named(guarded->current)))
		return ERROR_OK;
	enum error error = exists(guarded, "PlanDefinition", arguments, 3, found, &count);
	if (error != ERROR_OK || count == 0)
		return error;
	return issue_add(guarded->issues, ERROR_INVALID, STR("Organization.extension"),
			 "The ward's policy is not active: it was retired, or two people must "
			 "sign it first (PlanDefinition/{id}/$sign).");
}

const struct change_guard ward_guards[WARD_GUARD_COUNT] = {
	{ STR_INIT("PlanDefinition"), check_policy },
	{ STR_INIT("Organization"), check_ward },
};
