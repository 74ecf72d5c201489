/* SPDX-License-Identifier: Apache-2.0
 * What an operation must know of the policy under which an alert stands: read from the record, never repeated here. */
#include "ward/model.h"
#include "ward/operation.h"

#include "base/limits.h"

#define ARGUMENTS_MAX 6

bool operation_search(struct call *call, const char *type, const struct search_argument *arguments,
		      size_t count, struct search_result *ret_result)
{
	struct search_parse_options options = {
		.conditional = true,
		.base_url = server_base_url(call->server),
		.now_us = clock_now_us(server_clock(call->server)),
	};
	struct search_request *request = NULL;
	struct search_result result = { 0 };
	enum error error = search_parse(&call->arena, fhir_resource_find(str_from_c(type)),
					arguments, count, &options, &call->issues, &request);
	struct store_reader *reader =
		error == ERROR_OK ? store_reader_borrow(server_store(call->server)) : NULL;
	if (error == ERROR_OK && reader == NULL)
		error = ERROR_BUSY;
	if (reader != NULL) {
		request->count = LIMIT_PAGE_COUNT_MAX;
		error = search_run(reader, &call->arena, request, &call->issues, &result);
		store_reader_return(reader);
	}
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	*ret_result = result;
	return true;
}

static enum error visit_page(struct call *call, const struct search_result *page,
			     const struct operation_every *every, bool *ret_go_on)
{
	for (size_t i = 0; i < page->match_count; i++) {
		struct json *tree = NULL;
		if (json_parse(&call->arena, page->matches[i].body, NULL, NULL, &tree) != ERROR_OK)
			return ERROR_INTERNAL;
		if (!every->visit(every->context, tree)) {
			*ret_go_on = false;
			return ERROR_OK;
		}
	}
	return ERROR_OK;
}

static enum error search_pages(struct call *call, struct store_reader *reader,
			       const struct operation_every *every, bool *ret_go_on)
{
	const struct search_parse_options options = {
		.base_url = server_base_url(call->server),
		.now_us = clock_now_us(server_clock(call->server)),
	};
	struct search_argument arguments[ARGUMENTS_MAX + 1];
	struct search_result page = { 0 };
	size_t count = every->count;
	ASSERT(count <= ARGUMENTS_MAX);
	for (size_t i = 0; i < count; i++)
		arguments[i] = every->arguments[i];
	do {
		struct search_request *request = NULL;
		enum error error =
			search_parse(&call->arena, fhir_resource_find(str_from_c(every->type)),
				     arguments, count, &options, &call->issues, &request);
		if (error != ERROR_OK)
			return error;
		request->count = LIMIT_PAGE_COUNT_MAX;
		request->total = SEARCH_TOTAL_NONE;
		page = (struct search_result){ 0 };
		error = search_run(reader, &call->arena, request, &call->issues, &page);
		if (error == ERROR_OK)
			error = visit_page(call, &page, every, ret_go_on);
		if (error != ERROR_OK)
			return error;
		arguments[every->count] =
			(struct search_argument){ STR("_cursor"), page.cursor_next };
		count = every->count + 1;
	} while (*ret_go_on && page.cursor_next.len > 0);
	return ERROR_OK;
}

bool operation_search_all(struct call *call, const struct operation_every *every)
{
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	bool go_on = true;
	enum error error = ERROR_BUSY;
	if (reader != NULL) {
		store_snapshot_begin(reader);
		error = search_pages(call, reader, every, &go_on);
		store_snapshot_end(reader);
		store_reader_return(reader);
	}
	if (error != ERROR_OK)
		call_fail(call, error);
	return error == ERROR_OK && go_on;
}

static bool is_plan_of(const struct json *plan, struct str episode_id)
{
	const struct json *about = json_get(plan, STR("supportingInfo"));
	for (const struct json *one = about == NULL ? NULL : about->child; one != NULL;
	     one = one->next) {
		if (str_equal(model_reference_id(one, STR("EpisodeOfCare")), episode_id))
			return true;
	}
	return false;
}

bool operation_plan(struct call *call, const struct json *episode, struct str status,
		    struct json **ret_plan, int64_t *ret_version)
{
	struct search_argument arguments[] = {
		{ STR("subject"),
		  json_get_text(json_get(episode, STR("patient")), STR("reference")) },
		{ STR("status"), status },
	};
	struct search_result found = { 0 };
	*ret_plan = NULL;
	if (!operation_search(call, "CarePlan", arguments, 2, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *plan = NULL;
		if (json_parse(&call->arena, found.matches[i].body, NULL, NULL, &plan) !=
			    ERROR_OK ||
		    !is_plan_of(plan, json_get_text(episode, STR("id"))))
			continue;
		*ret_plan = plan;
		*ret_version = found.matches[i].version;
		return true;
	}
	return true;
}

bool operation_policy(struct call *call, struct str canonical, struct policy **ret_policy)
{
	size_t bar = str_find_byte(canonical, '|', 0);
	struct search_argument arguments[] = {
		{ STR("url"), str_slice(canonical, 0, bar) },
		{ STR("version"), str_slice(canonical, bar + 1, canonical.len) },
	};
	struct search_result found = { 0 };
	*ret_policy = NULL;
	if (bar >= canonical.len)
		return true;
	if (!operation_search(call, "PlanDefinition", arguments, 2, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *plan = NULL;
		struct policy *policy = ARENA_NEW(&call->arena, struct policy, 1);
		if (policy == NULL || json_parse(&call->arena, found.matches[i].body, NULL, NULL,
						 &plan) != ERROR_OK) {
			call_fail(call, ERROR_LIMIT);
			return false;
		}
		if (policy_was_in_force(plan) && policy_read(plan, NULL, policy)) {
			*ret_policy = policy;
			return true;
		}
	}
	return true;
}

bool operation_review_min(struct call *call, const struct json *task, int64_t *ret_minutes)
{
	struct str canonical =
		json_get_text(model_extension(task, STR("policy")), STR("valueCanonical"));
	struct alert alert = { .level = ALERT_LEVEL_EMERGENCY }; /* no level: the shortest */
	enum alert_level level;
	struct policy *policy = NULL;
	if (alert_level_find(
		    json_get_text(model_extension(task, STR("alert-level")), STR("valueCode")),
		    &level) &&
	    level > ALERT_LEVEL_NONE)
		alert.level = (uint8_t)level;
	if (!operation_policy(call, canonical, &policy))
		return false;
	alert.policy = policy;
	*ret_minutes = page_ladder(&alert)->review_us / DATE_US_PER_MIN;
	return true;
}
