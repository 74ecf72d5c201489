/* SPDX-License-Identifier: Apache-2.0
 * What an answer raises stands in the Questionnaire, and a signed policy names it with its version: that version stays
 * as it was when they signed, and no other resource takes its name. */
#include "ward/guard.h"

static enum error count_canonical(const struct guarded *guarded, const struct json *form,
				  const char *type, size_t *ret_count)
{
	struct str url = json_get_text(form, STR("url"));
	struct str version = json_get_text(form, STR("version"));
	struct search_argument of_policy[] = {
		{ STR("definition"), policy_canonical(&guarded->call->arena, form) },
		{ STR("status"), STR("active,retired") },
	};
	struct search_argument of_form[] = { { STR("url"), url }, { STR("version"), version } };
	bool policy = str_equal(str_from_c(type), STR("PlanDefinition"));
	*ret_count = 0;
	if (url.len == 0 || version.len == 0)
		return ERROR_OK;
	return guard_find(guarded, type, policy ? of_policy : of_form, 2, ret_count);
}

static bool is_same(const struct guarded *guarded)
{
	struct json *before = json_copy(&guarded->call->arena, guarded->current);
	struct json *after = json_copy(&guarded->call->arena, guarded->next);
	if (before == NULL || after == NULL)
		return false;
	(void)json_remove(before, STR("meta"));
	(void)json_remove(after, STR("meta"));
	return guard_same(&guarded->call->arena, before, after);
}

enum error guard_form(const struct guarded *guarded)
{
	const struct json *current = guarded->current, *next = guarded->next;
	size_t used = 0, twins = 0;
	enum error error = ERROR_OK;
	if (current != NULL && (next == NULL || !is_same(guarded)))
		error = count_canonical(guarded, current, "PlanDefinition", &used);
	if (error == ERROR_OK && used == 0 && next != NULL &&
	    (current == NULL || !str_equal(policy_canonical(&guarded->call->arena, current),
					   policy_canonical(&guarded->call->arena, next)))) {
		error = count_canonical(guarded, next, "Questionnaire", &twins);
		if (error == ERROR_OK && twins > 0)
			error = count_canonical(guarded, next, "PlanDefinition", &used);
	}
	if (error != ERROR_OK || used == 0)
		return error;
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("Questionnaire"),
			 "A signed policy asks these questions: this version stays as it is. Write "
			 "a new version under another id, and a policy that names it.");
}
