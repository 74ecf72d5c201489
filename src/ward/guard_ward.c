/* SPDX-License-Identifier: Apache-2.0
 * A ward with open stays stays a ward: it is not deleted, put out of use, or made something else, for nobody would be
 * called about the patients who are on it. And it is given no policy that is not in force. */
#include "ward/guard.h"
#include "ward/place.h"

static struct str policy_named(const struct json *organization)
{
	return json_get_text(model_extension(organization, STR("ward-policy")),
			     STR("valueCanonical"));
}

/* A policy that is not in the record yet is let through: $admit refuses it while it is missing. */
static enum error check_policy(const struct guarded *guarded)
{
	struct str policy = policy_named(guarded->next);
	size_t bar = str_find_byte(policy, '|', 0);
	struct search_argument arguments[] = {
		{ STR("url"), str_slice(policy, 0, bar) },
		{ STR("version"), str_slice(policy, bar + 1, policy.len) },
		{ STR("status"), STR("draft,retired,unknown") },
	};
	size_t count = 0;
	if (bar >= policy.len || str_equal(policy, policy_named(guarded->current)))
		return ERROR_OK;
	enum error error = guard_find(guarded, "PlanDefinition", arguments, 3, &count);
	if (error != ERROR_OK || count == 0)
		return error;
	return issue_add(guarded->issues, ERROR_INVALID, STR("Organization.extension"),
			 "The ward's policy is not active: it was retired, or two people must "
			 "sign it first (PlanDefinition/{id}/$sign).");
}

static enum error check_open(const struct guarded *guarded)
{
	bool open = false;
	enum error error =
		guard_has_open_stay(guarded, STR("organization"), STR("Organization"), &open);
	if (error != ERROR_OK || !open)
		return error;
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("Organization"),
			 "This ward has open stays, and nobody would be called about them: end "
			 "each one (EpisodeOfCare/{id}/$discharge), or write it to another ward "
			 "(EpisodeOfCare.managingOrganization), before the ward is deleted, made "
			 "inactive or no ward.");
}

enum error guard_ward(const struct guarded *guarded)
{
	const struct json *current = guarded->current, *next = guarded->next;
	enum error error = ERROR_OK;
	if (current != NULL && place_is_ward(current) &&
	    (next == NULL || !place_is_ward(next) || guard_puts_out_of_use(guarded)))
		error = check_open(guarded);
	return error != ERROR_OK ? error : check_policy(guarded);
}
