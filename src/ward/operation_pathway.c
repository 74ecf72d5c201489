/* SPDX-License-Identifier: Apache-2.0
 * What a pathway asks of an admission, and the order of an SpO2 scale. Only an active policy (signed twice) admits; its
 * criteria that a program can check are checked; NEWS2 is refused in pregnancy. */
#include "ward/operation_pathway.h"

#include "ward/model.h"
#include "ward/operation_merge.h"
#include "ward/operation_people.h"

#define CRITERION HOMEWARD_URL "StructureDefinition/criterion"

static bool refuse(struct call *call, enum error error, const char *why)
{
	operation_refuse(call, error, "%s", why);
	return false;
}

/* --- pregnancy -------------------------------------------------------------------------------- */

static bool any_says(struct call *call, const char *type, struct search_argument *arguments,
		     size_t count, bool *ret_pregnant)
{
	struct search_result found = { 0 };
	if (!operation_search(call, type, arguments, count, &found))
		return false;
	*ret_pregnant = *ret_pregnant || found.match_count > 0;
	return true;
}

/* The newest Observation of pregnancy status (LOINC 82810-3). */
static bool observed(struct call *call, struct str patient, bool *ret_pregnant)
{
	struct search_argument arguments[] = {
		{ STR("subject"), patient },
		{ STR("code"), STR("http://loinc.org|82810-3") },
		{ STR("status:not"), STR("entered-in-error,cancelled") },
	};
	struct search_result found = { 0 };
	int64_t newest_us = INT64_MIN;
	bool says = false;
	if (!operation_search(call, "Observation", arguments, 3, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *one = NULL;
		struct date date = { 0 };
		if (json_parse(&call->arena, found.matches[i].body, NULL, NULL, &one) != ERROR_OK ||
		    date_parse(json_get_text(one, STR("effectiveDateTime")), DATE_KIND_DATETIME,
			       &date) != ERROR_OK)
			date.low_us = found.matches[i].at_us;
		bool pregnant = pregnancy_says(json_get(one, STR("valueCodeableConcept")));
		if (date.low_us < newest_us)
			continue;
		says = pregnant || (says && date.low_us == newest_us);
		newest_us = date.low_us;
	}
	*ret_pregnant = *ret_pregnant || says;
	return true;
}

/* What the ward's core takes for pregnancy (pregnancy.c), asked of the record, under whichever id of hers. */
static bool is_pregnant(struct call *call, struct str reference, bool *ret_pregnant)
{
	struct operation_merge merge;
	if (!operation_merge_read(call, model_reference_text_id(reference, STR("Patient")), &merge))
		return false;
	struct str patient = operation_merge_any(&call->arena, &merge);
	struct search_argument conditions[] = {
		{ STR("subject"), patient },
		{ STR("code"), STR("http://snomed.info/sct|77386006") },
		{ STR("clinical-status:not"), STR("inactive,remission,resolved") },
		{ STR("verification-status:not"), STR("refuted,entered-in-error") },
	};
	struct search_argument flags[] = { { STR("subject"), patient } };
	struct search_result found = { 0 };
	if (patient.len == 0) {
		call_fail(call, ERROR_LIMIT);
		return false;
	}
	if (!any_says(call, "Condition", conditions, 4, ret_pregnant) ||
	    !observed(call, patient, ret_pregnant) ||
	    !operation_search(call, "Flag", flags, 1, &found))
		return false;
	for (size_t i = 0; i < found.match_count; i++) {
		struct json *flag = NULL;
		if (json_parse(&call->arena, found.matches[i].body, NULL, NULL, &flag) ==
			    ERROR_OK &&
		    str_equal(json_get_text(flag, STR("status")), STR("active")) &&
		    pregnancy_says(json_get(flag, STR("code"))))
			*ret_pregnant = true;
	}
	return true;
}

/* --- criteria --------------------------------------------------------------------------------- */

static bool fails_age(const struct json *patient, struct str kind, const struct json *value,
		      int64_t now_us)
{
	struct date birth;
	int64_t limit = 0;
	if (!str_to_i64(json_get_text(value, STR("valueInteger")), &limit) ||
	    date_parse(json_get_text(patient, STR("birthDate")), DATE_KIND_DATE, &birth) !=
		    ERROR_OK)
		return false; /* the score asks for the birth date by itself */
	int years = date_age_years(birth, now_us);
	return str_equal(kind, STR("age-from")) ? years < limit : years > limit;
}

static bool fails(const struct json *criterion, const struct json *patient, bool pregnant,
		  int64_t now_us)
{
	const struct json *checked = model_extension(criterion, STR("criterion"));
	const struct json *value = model_part(checked, STR("value"));
	struct str kind = json_get_text(model_part(checked, STR("kind")), STR("valueCode"));
	if (str_starts_with(kind, STR("age-")))
		return fails_age(patient, kind, value, now_us);
	if (str_equal(kind, STR("pregnant")))
		return pregnant != (json_get(value, STR("valueBoolean"))->type == JSON_TRUE);
	return false;
}

static const struct json *action_of(const struct json *plan, struct str id)
{
	const struct json *actions = json_get(plan, STR("action"));
	for (const struct json *action = actions == NULL ? NULL : actions->child; action != NULL;
	     action = action->next) {
		if (str_equal(json_get_text(action, STR("id")), id))
			return action;
	}
	return NULL;
}

static size_t unmet(struct call *call, const struct json *plan, const struct json *patient,
		    bool pregnant)
{
	const struct json *list = json_get(action_of(plan, STR("eligibility")), STR("action"));
	int64_t now_us = clock_now_us(server_clock(call->server));
	size_t count = 0;
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		if (!fails(one, patient, pregnant, now_us))
			continue;
		count++;
		issue_add(&call->issues, ERROR_INVALID, STR("Parameters.parameter"),
			  "The policy admits only: %.*s. Choose a policy for this patient.",
			  STR_ARG(json_get_text(one, STR("title"))));
	}
	return count;
}

bool pathway_admits(struct call *call, const struct json *plan, struct str patient_reference,
		    const struct json *patient)
{
	struct policy *policy = ARENA_NEW(&call->arena, struct policy, 1);
	struct str status = json_get_text(plan, STR("status"));
	bool pregnant = false;
	if (str_equal(status, STR("retired")))
		return refuse(call, ERROR_INVALID,
			      "That policy was retired: no stay begins under it any more. Choose "
			      "another, or give the ward another.");
	if (!str_equal(status, STR("active")))
		return refuse(call, ERROR_INVALID,
			      "That policy is not active: two people must sign it first "
			      "(PlanDefinition/{id}/$sign).");
	if (policy == NULL || !policy_read(plan, NULL, policy))
		return refuse(call, ERROR_INVALID, "That PlanDefinition is no policy of a ward.");
	if (!is_pregnant(call, patient_reference, &pregnant))
		return false;
	size_t count = unmet(call, plan, patient, pregnant);
	if (pregnant && policy->scale == SCORE_NEWS2) {
		count++;
		issue_add(&call->issues, ERROR_INVALID, STR("Parameters.parameter"),
			  "The patient is pregnant: NEWS2 is not for pregnancy. Admit her under a "
			  "maternity policy (such as %s), or correct the record.",
			  HOMEWARD_URL "PlanDefinition/maternity|1");
	}
	if (count > 0)
		call_fail(call, ERROR_INVALID);
	return count == 0;
}

/* The policy's own schedule, unless the caller gave a period: what the plan says counts above the policy. */
void pathway_put_timing(struct text *text, const struct json *plan, struct str hours)
{
	const struct json *repeat = json_get(
		json_get(action_of(plan, STR("schedule")), STR("timingTiming")), STR("repeat"));
	if (hours.len == 0 && json_get(repeat, STR("timeOfDay")) != NULL) {
		json_print(text, repeat);
		return;
	}
	if (hours.len == 0 && str_equal(json_get_text(repeat, STR("periodUnit")), STR("h")))
		hours = json_get_text(repeat, STR("period"));
	text_put_c(text, "{\"frequency\":1,\"period\":");
	text_put(text, hours.len == 0 ? STR("4") : hours);
	text_put_c(text, ",\"periodUnit\":\"h\"}");
}

/* --- another policy for a stay ---------------------------------------------------------------- */

/* The definition in force; NULL: answered. */
static struct json *in_force(struct call *call, struct str canonical)
{
	size_t bar = str_find_byte(canonical, '|', 0);
	struct search_argument arguments[] = {
		{ STR("url"), str_slice(canonical, 0, bar) },
		{ STR("version"), str_slice(canonical, bar + 1, canonical.len) },
		{ STR("status"), STR("active") },
	};
	struct search_result found = { 0 };
	struct json *definition = NULL;
	if (bar < canonical.len && !operation_search(call, "PlanDefinition", arguments, 3, &found))
		return NULL;
	if (found.match_count == 0) {
		(void)refuse(call, ERROR_INVALID,
			     "`policy` (valueCanonical url|version) names no policy in force.");
		return NULL;
	}
	if (json_parse(&call->arena, found.matches[0].body, NULL, NULL, &definition) == ERROR_OK)
		return definition;
	call_fail(call, ERROR_LIMIT);
	return NULL;
}

static bool put_policy(struct call *call, struct str canonical, const struct json *definition,
		       struct json *plan)
{
	struct arena *arena = &call->arena;
	struct json *list =
		json_put(plan, STR("instantiatesCanonical"), json_new(arena, JSON_ARRAY));
	struct json *detail = json_get(json_at(json_get(plan, STR("activity")), 0), STR("detail"));
	struct json *timing = json_get(detail, STR("scheduledTiming"));
	struct json *repeat = NULL;
	struct text text;
	json_append(list, json_new_string(arena, canonical));
	if (timing == NULL)
		return true;
	text_init(&text, arena, 16384);
	pathway_put_timing(&text, definition, STR(""));
	if (text.failed || json_parse(arena, text_view(&text), NULL, NULL, &repeat) != ERROR_OK) {
		call_fail(call, ERROR_LIMIT);
		return false;
	}
	json_put(timing, STR("repeat"), repeat);
	return true;
}

bool pathway_change(struct call *call, struct str canonical, const struct json *episode,
		    struct json *plan)
{
	struct json *patient = NULL;
	int64_t version;
	struct str reference = json_get_text(json_get(episode, STR("patient")), STR("reference"));
	struct str ward =
		json_get_text(json_get(episode, STR("managingOrganization")), STR("reference"));
	struct json *definition = in_force(call, canonical);
	return definition != NULL &&
	       operation_read(call, STR("Patient"),
			      model_reference_text_id(reference, STR("Patient")), &patient,
			      &version) &&
	       operation_has_terminal_rung(call, ward, canonical) &&
	       pathway_admits(call, definition, reference, patient) &&
	       put_policy(call, canonical, definition, plan);
}

/* --- $spo2-scale ------------------------------------------------------------------------------ */

/* Only of the stay's own ward. */
static bool consultant_of(struct call *call, const struct json *parameters, struct str ward,
			  struct staff *ret_by)
{
	if (!operation_staff(call, parameters, STR("by"), ret_by))
		return false;
	if (str_equal(ret_by->ward, ward) && (ret_by->roles & 1u << ROLE_CONSULTANT) != 0)
		return true;
	return refuse(call, ERROR_FORBIDDEN,
		      "Only a consultant of the ward can order an SpO2 scale.");
}

static bool is_news2(struct call *call, const struct json *care)
{
	struct str canonical = json_text(json_at(json_get(care, STR("instantiatesCanonical")), 0));
	struct policy *policy = NULL;
	if (!operation_policy(call, canonical, &policy))
		return false;
	if (policy == NULL || policy->scale != SCORE_NEWS2)
		return refuse(
			call, ERROR_INVALID,
			"SpO2 scales belong to NEWS2; the policy of this stay has another score.");
	return true;
}

static void put_order(struct call *call, struct json *care, struct str values[4])
{
	struct arena *arena = &call->arena;
	struct text text;
	struct json *order = NULL;
	text_init(&text, arena, 16384);
	text_put_c(&text,
		   "{\"url\":\"" HOMEWARD_URL "StructureDefinition/spo2-scale\",\"extension\":["
		   "{\"url\":\"scale\",\"valueInteger\":");
	text_put(&text, values[0]);
	text_put_c(&text, "},{\"url\":\"at\",\"valueInstant\":");
	json_print_string(&text,
			  date_print_instant(arena, clock_now_us(server_clock(call->server))));
	text_put_c(&text, "},{\"url\":\"by\",\"valueReference\":{\"reference\":");
	json_print_string(&text, values[1]);
	if (values[2].len > 0) {
		text_put_c(&text, ",\"display\":");
		json_print_string(&text, values[2]);
	}
	text_put_c(&text, "}},{\"url\":\"reason\",\"valueString\":");
	json_print_string(&text, values[3]);
	text_put_c(&text, "}]}");
	struct json *extensions = json_get(care, STR("extension"));
	if (extensions == NULL)
		extensions = json_put(care, STR("extension"), json_new(arena, JSON_ARRAY));
	if (!text.failed && json_parse(arena, text_view(&text), NULL, NULL, &order) == ERROR_OK)
		json_append(extensions, order);
}

static void order_scale(struct call *call, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *episode = NULL, *care = NULL;
	int64_t version = 0;
	struct str ward = STR("");
	struct staff by = { 0 };
	if (parameters == NULL || !operation_open_stay(call, &episode, &version, &ward) ||
	    !consultant_of(call, parameters, ward, &by))
		return;
	struct str scale = operation_parameter_text(parameters, STR("scale"), STR("valueInteger"));
	struct str reason =
		str_trim(operation_parameter_text(parameters, STR("reason"), STR("valueString")));
	if ((!str_equal(scale, STR("1")) && !str_equal(scale, STR("2"))) || reason.len == 0) {
		(void)refuse(call, ERROR_BAD_REQUEST,
			     "Give `scale` (valueInteger 1 or 2) and `reason` (valueString).");
		return;
	}
	if (!operation_plan(call, episode, STR("active,on-hold"), &care, &version))
		return;
	if (care == NULL) {
		(void)refuse(call, ERROR_CONFLICT, "This stay has no plan of care to write it in.");
		return;
	}
	if (!is_news2(call, care))
		return;
	put_order(call, care, (struct str[4]){ scale, by.reference, by.name, reason });
	operation_commit(call, care, version, order_scale, tries_left);
}

void operation_spo2_scale(struct call *call)
{
	order_scale(call, OPERATION_TRIES);
}
