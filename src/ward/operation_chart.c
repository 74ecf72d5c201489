/* SPDX-License-Identifier: Apache-2.0
 * $pews-chart: near a birthday that changes the chart of National PEWS a senior clinician of the ward may choose the
 * adjacent one for this stay, or the age's again (chart.h). It is for what comes: no score that was made is touched. */
#include "ward/operation_people.h"

#include "ward/chart.h"
#include "ward/cover.h"
#include "ward/print.h"

#define CHART_ROLES (1u << ROLE_NURSE_IN_CHARGE | 1u << ROLE_REGISTRAR | 1u << ROLE_CONSULTANT)

struct wish {
	struct str chart, reason, expires;
};

static bool may_choose(struct call *call, const struct staff *by, struct str ward)
{
	char who[120];
	if (str_equal(by->ward, ward) && (by->roles & CHART_ROLES) != 0)
		return true;
	cover_roles_text(CHART_ROLES, who, sizeof(who));
	operation_refuse(call, ERROR_FORBIDDEN,
			 "These may choose a chart, of the patient's own ward: %s. Nothing was "
			 "changed.",
			 who);
	return false;
}

static bool wish_read(struct call *call, const struct json *parameters, struct wish *wish)
{
	struct date end;
	int64_t now_us = clock_now_us(server_clock(call->server));
	wish->chart = operation_parameter_text(parameters, STR("chart"), STR("valueCode"));
	wish->reason =
		str_trim(operation_parameter_text(parameters, STR("reason"), STR("valueString")));
	wish->expires = operation_parameter_text(parameters, STR("expires"), STR("valueDateTime"));
	if (wish->chart.len == 0 || wish->reason.len == 0 || wish->reason.len >= MODEL_TEXT_BYTES) {
		operation_refuse(call, ERROR_BAD_REQUEST,
				 "Give `chart` (valueCode) and `reason` (valueString, at most %d "
				 "bytes).",
				 MODEL_TEXT_BYTES - 1);
		return false;
	}
	if (wish->expires.len == 0 ||
	    (date_parse(wish->expires, DATE_KIND_DATETIME, &end) == ERROR_OK &&
	     end.precision >= DATE_MINUTE && end.low_us > now_us))
		return true;
	operation_refuse(call, ERROR_INVALID,
			 "`expires` must be a dateTime with a time of day that is still to come.");
	return false;
}

/* The stay's own policy, if it scores by National PEWS. */
static bool policy_of(struct call *call, const struct json *care, struct policy **ret_policy)
{
	struct str canonical = json_text(json_at(json_get(care, STR("instantiatesCanonical")), 0));
	if (!operation_policy(call, canonical, ret_policy))
		return false;
	if (*ret_policy != NULL && (*ret_policy)->scale == SCORE_NPEWS)
		return true;
	operation_refuse(call, ERROR_INVALID,
			 "Charts by age belong to National PEWS; the policy of this stay has "
			 "another score.");
	return false;
}

/* Only the chart beside that of the age, and only while the age is near it. */
static bool is_offered(struct call *call, const struct json *episode, const struct policy *policy,
		       struct str chart)
{
	struct json *patient = NULL;
	int64_t version;
	struct str id = model_reference_id(json_get(episode, STR("patient")), STR("Patient"));
	if (!operation_read(call, STR("Patient"), id, &patient, &version))
		return false;
	struct chart_choice choice = chart_choice(policy, json_get_text(patient, STR("birthDate")),
						  clock_now_us(server_clock(call->server)));
	if (str_equal(chart, STR("by-age")) ||
	    (choice.beside >= 0 && str_equal(chart, chart_code(&call->arena, choice.beside))))
		return true;
	if (choice.beside < 0) {
		operation_refuse(call, ERROR_INVALID,
				 "The age is not borderline: no birthday that changes the chart is "
				 "within %lld days. The chart of the age counts.",
				 (long long)(policy->borderline_us / DATE_US_PER_DAY));
		return false;
	}
	struct str only = chart_code(&call->arena, choice.beside);
	operation_refuse(call, ERROR_INVALID,
			 "`chart` must be %.*s, the one beside that of the age, or by-age.",
			 STR_ARG(only));
	return false;
}

static struct json *part(struct arena *arena, struct json *parts, const char *url)
{
	struct json *one = json_new(arena, JSON_OBJECT);
	print_string(arena, one, STR("url"), str_from_c(url));
	json_append(parts, one);
	return one;
}

static struct json *order_json(struct call *call, const struct wish *wish, const struct staff *by)
{
	struct arena *arena = &call->arena;
	struct json *order = json_new(arena, JSON_OBJECT);
	struct json *parts = json_new(arena, JSON_ARRAY);
	struct json *who = json_new(arena, JSON_OBJECT);
	if (order == NULL || parts == NULL || who == NULL)
		return NULL;
	print_string(arena, order, STR("url"), STR(HOMEWARD_URL "StructureDefinition/pews-chart"));
	print_string(arena, part(arena, parts, "chart"), STR("valueCode"), wish->chart);
	print_instant(arena, part(arena, parts, "at"), STR("valueInstant"),
		      clock_now_us(server_clock(call->server)));
	print_string(arena, who, STR("reference"), by->reference);
	print_string_maybe(arena, who, STR("display"), by->name);
	json_add(part(arena, parts, "by"), STR("valueReference"), who);
	print_string(arena, part(arena, parts, "reason"), STR("valueString"), wish->reason);
	if (wish->expires.len > 0)
		print_string(arena, part(arena, parts, "expires"), STR("valueDateTime"),
			     wish->expires);
	json_add(order, STR("extension"), parts);
	return order;
}

static void choose(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *episode = NULL, *care = NULL;
	struct policy *policy = NULL;
	int64_t version = 0;
	struct str ward = STR("");
	struct staff by = { 0 };
	struct wish wish = { 0 };
	if (parameters == NULL || !operation_open_stay(call, &episode, &version, &ward) ||
	    !operation_staff(call, parameters, STR("by"), &by) || !may_choose(call, &by, ward) ||
	    !wish_read(call, parameters, &wish) ||
	    !operation_plan(call, episode, STR("active,on-hold"), &care, &version))
		return;
	if (care == NULL) {
		operation_refuse(call, ERROR_CONFLICT,
				 "This stay has no plan of care to write it in.");
		return;
	}
	if (!policy_of(call, care, &policy) || !is_offered(call, episode, policy, wish.chart))
		return;
	struct json *extensions = json_get(care, STR("extension"));
	if (extensions == NULL)
		extensions = json_put(care, STR("extension"), json_new(&call->arena, JSON_ARRAY));
	json_append(extensions, order_json(call, &wish, &by));
	operation_commit(call, care, version, choose, tries_left);
}

void operation_pews_chart(struct call *call)
{
	choose(call, OPERATION_TRIES);
}
