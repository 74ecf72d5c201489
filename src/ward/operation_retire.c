/* SPDX-License-Identifier: Apache-2.0
 * PlanDefinition/{id}/$retire: a policy goes out of force, or a draft is withdrawn; who, when and why stay with it.
 * Refused while an open stay or a ward's own setting names it: it would go on deciding about people whom nobody could
 * admit under it any more. What was raised under it keeps its words; the engine knows it as before. */
#include "ward/model.h"
#include "ward/operation.h"

#include "base/limits.h"

#define NAMED_MAX 20    /* users that a refusal names */
#define TOGETHER_MAX 60 /* patients in one search: their references must fit into it */

static const char plans_searched[] = "active,on-hold,draft,unknown";

struct open_stay {
	struct open_stay *next;
	struct str id, patient;
};
struct use {
	struct call *call;
	struct str canonical;
	struct open_stay *open; /* those that a plan may name */
	size_t wards, stays;
	struct str asked[TOGETHER_MAX]; /* ids of stays whose plans are looked at together */
	size_t asked_count;
};

/* The last that was counted is still one that a refusal names. */
static bool is_named(const struct use *use)
{
	return use->wards + use->stays <= NAMED_MAX;
}

/* --- wards ---------------------------------------------------------------------------------- */

static bool visit_ward(void *context, const struct json *ward)
{
	struct use *use = context;
	struct str named =
		json_get_text(model_extension(ward, STR("ward-policy")), STR("valueCanonical"));
	if (!str_equal(named, use->canonical))
		return true;
	use->wards++;
	if (is_named(use))
		(void)issue_add(&use->call->issues, ERROR_CONFLICT, STR("PlanDefinition"),
				"Organization/%.*s (%.*s) admits under it.",
				STR_ARG(json_get_text(ward, STR("id"))),
				STR_ARG(json_get_text(ward, STR("name"))));
	return true;
}

/* --- open stays ----------------------------------------------------------------------------- */

static void count_stay(struct use *use, struct str episode)
{
	use->stays++;
	if (is_named(use))
		(void)issue_add(&use->call->issues, ERROR_CONFLICT, STR("PlanDefinition"),
				"EpisodeOfCare/%.*s is an open stay under it.", STR_ARG(episode));
}

static bool visit_plan(void *context, const struct json *plan)
{
	struct use *use = context;
	const struct json *about = json_get(plan, STR("supportingInfo"));
	for (const struct json *at = about == NULL ? NULL : about->child; at != NULL;
	     at = at->next) {
		struct str episode = model_reference_id(at, STR("EpisodeOfCare"));
		for (size_t i = 0; episode.len > 0 && i < use->asked_count; i++) {
			if (!str_equal(use->asked[i], episode))
				continue;
			use->asked[i] = STR(""); /* once */
			count_stay(use, episode);
		}
	}
	return true;
}

/* Plans of any status: the engine goes by a completed one too while the stay is open. */
static bool look_at_plans(struct use *use)
{
	const struct open_stay *stay = use->open;
	while (stay != NULL) {
		struct text patients;
		text_init(&patients, &use->call->arena, LIMIT_URL_BYTES_MAX);
		for (use->asked_count = 0; stay != NULL && use->asked_count < TOGETHER_MAX;
		     stay = stay->next) {
			text_put_format(&patients, "%s%.*s", use->asked_count == 0 ? "" : ",",
					STR_ARG(stay->patient));
			use->asked[use->asked_count++] = stay->id;
		}
		struct search_argument arguments[] = {
			{ STR("instantiates-canonical"), use->canonical },
			{ STR("subject"), text_view(&patients) },
		};
		const struct operation_every plans = { "CarePlan", arguments, 2, visit_plan, use };
		if (!operation_search_all(use->call, &plans))
			return false;
	}
	return true;
}

static bool visit_stay(void *context, const struct json *episode)
{
	struct use *use = context;
	struct str patient = json_get_text(json_get(episode, STR("patient")), STR("reference"));
	struct str own =
		json_get_text(model_extension(episode, STR("policy")), STR("valueCanonical"));
	struct open_stay *stay = ARENA_NEW(&use->call->arena, struct open_stay, 1);
	if (stay == NULL) {
		call_fail(use->call, ERROR_LIMIT);
		return false;
	}
	*stay = (struct open_stay){ use->open, json_get_text(episode, STR("id")), patient };
	if (str_equal(own, use->canonical))
		count_stay(use, stay->id);
	else if (patient.len > 0)
		use->open = stay;
	return true;
}

/* --- the refusal ---------------------------------------------------------------------------- */

/* False: answered, with what uses the policy. */
static bool is_unused(struct call *call, struct str canonical)
{
	struct use *use = ARENA_NEW(&call->arena, struct use, 1);
	struct search_argument wards[] = {
		{ STR("type"), STR(HOMEWARD_URL "CodeSystem/organization-type|virtual-ward") },
	};
	struct search_argument open[] = { { STR("status"), STR("active,onhold,planned") } };
	if (use == NULL) {
		call_fail(call, ERROR_LIMIT);
		return false;
	}
	use->call = call;
	use->canonical = canonical;
	const struct operation_every each_ward = { "Organization", wards, 1, visit_ward, use };
	const struct operation_every each_stay = { "EpisodeOfCare", open, 1, visit_stay, use };
	if (!operation_search_all(call, &each_ward) || !operation_search_all(call, &each_stay) ||
	    !look_at_plans(use))
		return false;
	if (use->wards + use->stays == 0)
		return true;
	(void)issue_add(
		&call->issues, ERROR_CONFLICT, STR("PlanDefinition"),
		"The policy stays in force: %zu open stay%s and %zu ward%s use it. Give the "
		"wards another policy, and retire this one when its last stay has ended.",
		use->stays, use->stays == 1 ? "" : "s", use->wards, use->wards == 1 ? "" : "s");
	call_fail(call, ERROR_CONFLICT);
	return false;
}

/* --- the operation -------------------------------------------------------------------------- */

static void put_retired(struct call *call, struct json *plan, struct str reference, struct str name,
			struct str reason)
{
	struct arena *arena = &call->arena;
	struct json *parts = operation_extension(call, plan, "retired");
	struct json *who = json_new(arena, JSON_OBJECT);
	if (parts == NULL)
		return;
	json_add(who, STR("reference"), json_new_string(arena, reference));
	if (name.len > 0)
		json_add(who, STR("display"), json_new_string(arena, name));
	if (reference.len > 0)
		operation_put(call, parts, "by", "valueReference", who);
	else
		operation_put(call, parts, "by", "valueString", json_new_string(arena, name));
	operation_put(call, parts, "at", "valueInstant",
		      operation_instant(call, clock_now_us(server_clock(call->server))));
	operation_put(call, parts, "reason", "valueString", json_new_string(arena, reason));
	operation_put(call, parts, "was", "valueCode",
		      json_new_string(arena, json_get_text(plan, STR("status"))));
	json_put(plan, STR("status"), json_new_string(arena, STR("retired")));
}

static bool reason_of(struct call *call, const struct json *parameters, struct str *ret_reason)
{
	*ret_reason =
		str_trim(operation_parameter_text(parameters, STR("reason"), STR("valueString")));
	if (ret_reason->len > 0 && ret_reason->len < MODEL_NOTE_BYTES)
		return true;
	operation_refuse(call, ERROR_BAD_REQUEST,
			 "Say why in a few sentences: parameter `reason` with valueString.");
	return false;
}

/* A draft is used by nobody. */
static bool may_be_retired(struct call *call, const struct json *plan)
{
	struct str status = json_get_text(plan, STR("status"));
	if (!policy_is_ward(plan)) {
		operation_refuse(call, ERROR_INVALID,
				 "This PlanDefinition is no policy of a ward.");
		return false;
	}
	if (str_equal(status, STR("draft")))
		return true;
	if (str_equal(status, STR("active")))
		return is_unused(call, policy_canonical(&call->arena, plan));
	operation_refuse(call, ERROR_CONFLICT,
			 "This policy is out of force already; nothing was changed.");
	return false;
}

/* Nobody has been admitted under it since the look, which began at that time. */
static bool guard_admissions(struct call *call, const struct json *plan, int64_t look_us,
			     struct store_condition *ret_condition)
{
	struct text since;
	text_init(&since, &call->arena, 40);
	text_put_c(&since, "ge");
	text_put(&since, date_print_instant(&call->arena, look_us));
	struct search_argument arguments[] = {
		{ STR("instantiates-canonical"), policy_canonical(&call->arena, plan) },
		{ STR("status"), str_from_c(plans_searched) },
		{ STR("_lastUpdated"), text_view(&since) },
	};
	struct search_parse_options options = {
		.conditional = true,
		.base_url = server_base_url(call->server),
		.now_us = clock_now_us(server_clock(call->server)),
	};
	struct search_request *request = NULL;
	enum error error = search_parse(&call->arena, fhir_resource_find(STR("CarePlan")),
					arguments, 3, &options, &call->issues, &request);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	*ret_condition = (struct store_condition){ .search = request, .found = false };
	return true;
}

static void retire(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *plan = NULL;
	struct str reference, name, reason;
	struct store_condition *condition = ARENA_NEW(&call->arena, struct store_condition, 1);
	int64_t version = 0, look_us = clock_now_us(server_clock(call->server));
	if (parameters == NULL || !operation_by(call, parameters, &reference, &name) ||
	    !reason_of(call, parameters, &reason) ||
	    !operation_read(call, STR("PlanDefinition"), call->path_parts[0], &plan, &version) ||
	    !may_be_retired(call, plan))
		return;
	if (condition == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	if (!guard_admissions(call, plan, look_us, condition))
		return;
	put_retired(call, plan, reference, name, reason);
	operation_commit_when(call, plan, version, &(struct operation_conditions){ condition, 1 },
			      retire, tries_left);
}

void operation_retire(struct call *call)
{
	retire(call, OPERATION_TRIES);
}
