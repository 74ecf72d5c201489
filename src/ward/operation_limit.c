/* SPDX-License-Identifier: Apache-2.0
 * $limit: a limit for one patient, by somebody whom the ward's policy allows (a consultant), with a reason and an end.
 * It stands in the CarePlan and adds to the rules; it takes nothing away from them. */
#include "ward/operation_people.h"

#include "base/limits.h"
#include "ward/cover.h"
#include "ward/limit.h"
#include "ward/print.h"

#define EXPIRES_MAX_US (92 * DATE_US_PER_DAY)

struct wish {
	uint8_t input;
	bool above;
	enum alert_level level;
	struct decimal value;
	struct str sign, text, reason, expires;
};

static bool value_of(struct call *call, const struct json *parameters, struct wish *wish)
{
	struct str above = operation_parameter_text(parameters, STR("above"), STR("valueDecimal"));
	struct str below = operation_parameter_text(parameters, STR("below"), STR("valueDecimal"));
	wish->above = above.len > 0;
	wish->text = wish->above ? above : below;
	if ((above.len > 0) != (below.len > 0) && wish->text.len < 24 &&
	    decimal_parse(wish->text, &wish->value) == ERROR_OK)
		return true;
	operation_refuse(call, ERROR_INVALID, "Give either `above` or `below` as a valueDecimal.");
	return false;
}

static bool end_of(struct call *call, const struct json *parameters, struct wish *wish)
{
	struct date end;
	int64_t now_us = clock_now_us(server_clock(call->server));
	wish->expires = operation_parameter_text(parameters, STR("expires"), STR("valueDateTime"));
	if (date_parse(wish->expires, DATE_KIND_DATETIME, &end) == ERROR_OK &&
	    end.precision >= DATE_MINUTE && end.low_us > now_us &&
	    end.low_us <= now_us + EXPIRES_MAX_US)
		return true;
	operation_refuse(
		call, ERROR_INVALID,
		"A limit needs an end: `expires` as a dateTime with a time of day, at most "
		"92 days ahead.");
	return false;
}

static bool wish_read(struct call *call, const struct json *parameters, struct wish *wish)
{
	wish->sign = operation_parameter_text(parameters, STR("sign"), STR("valueCode"));
	wish->reason =
		str_trim(operation_parameter_text(parameters, STR("reason"), STR("valueString")));
	if (!limit_sign_find(wish->sign, &wish->input)) {
		operation_refuse(call, ERROR_INVALID,
				 "`sign` must be respiratoryRate, heartRate, spo2, temperature, "
				 "systolic or capillaryRefill (valueCode).");
		return false;
	}
	if (!alert_level_find(operation_parameter_text(parameters, STR("level"), STR("valueCode")),
			      &wish->level) ||
	    wish->level < ALERT_LEVEL_LOW) {
		operation_refuse(call, ERROR_INVALID,
				 "`level` must be low, medium, high or emergency (valueCode).");
		return false;
	}
	if (wish->reason.len == 0) {
		operation_refuse(call, ERROR_INVALID, "Say why: `reason` with valueString.");
		return false;
	}
	return value_of(call, parameters, wish) && end_of(call, parameters, wish);
}

/* A limit beyond the ward's own would read as if the ward's had moved: it has not. */
static bool is_not_looser(struct call *call, const struct policy *policy, const struct wish *wish)
{
	bool fever = policy->has_fever && wish->above &&
		     decimal_compare(wish->value, policy->fever_from) > 0;
	bool cold = policy->has_hypothermia && !wish->above &&
		    decimal_compare(wish->value, policy->hypothermia_below) < 0;
	if (wish->input != SCORE_TEMPERATURE || (!fever && !cold))
		return true;
	operation_refuse(call, ERROR_INVALID,
			 "The ward's own limits for fever and low temperature stand for every "
			 "patient; a limit of one patient can only be stricter.");
	return false;
}

static bool may_set(struct call *call, const struct policy *policy, const struct staff *by,
		    struct str ward)
{
	char who[120];
	if (str_equal(by->ward, ward) && (by->roles & policy->limit_roles) != 0)
		return true;
	cover_roles_text(policy->limit_roles, who, sizeof(who));
	operation_refuse(call, ERROR_FORBIDDEN,
			 "Only a %s of the patient's ward may set a limit; nothing was changed.",
			 who);
	return false;
}

static bool plan_of(struct call *call, const struct json *episode, struct json **ret_plan,
		    int64_t *ret_version)
{
	if (!operation_plan(call, episode, STR("active,on-hold"), ret_plan, ret_version))
		return false;
	if (*ret_plan == NULL)
		operation_refuse(call, ERROR_CONFLICT, "The stay has no open CarePlan.");
	return *ret_plan != NULL;
}

static struct json *part(struct arena *arena, struct json *parts, const char *url)
{
	struct json *one = json_append(parts, json_new(arena, JSON_OBJECT));
	print_string(arena, one, STR("url"), str_from_c(url));
	return one;
}

static struct json *extension_of(struct call *call, const struct wish *wish, const struct staff *by)
{
	struct arena *arena = &call->arena;
	struct json *limit = json_new(arena, JSON_OBJECT);
	struct json *parts = json_new(arena, JSON_ARRAY);
	struct json *who = json_new(arena, JSON_OBJECT);
	print_string(arena, limit, STR("url"), STR(HOMEWARD_URL "StructureDefinition/limit"));
	print_string(arena, part(arena, parts, "sign"), STR("valueCode"), wish->sign);
	json_add(part(arena, parts, wish->above ? "above" : "below"), STR("valueDecimal"),
		 json_new_number(arena, wish->text));
	print_string(arena, part(arena, parts, "level"), STR("valueCode"),
		     alert_level_name(wish->level));
	print_string(arena, part(arena, parts, "reason"), STR("valueString"), wish->reason);
	print_string(arena, who, STR("reference"), by->reference);
	print_string_maybe(arena, who, STR("display"), by->name);
	json_add(part(arena, parts, "by"), STR("valueReference"), who);
	print_instant(arena, part(arena, parts, "set"), STR("valueDateTime"),
		      clock_now_us(server_clock(call->server)));
	print_string(arena, part(arena, parts, "expires"), STR("valueDateTime"), wish->expires);
	json_add(limit, STR("extension"), parts);
	return limit;
}

/* Another limit of this sign and direction gives way: the plan's history keeps it. */
static bool is_replaced(const struct json *extension, const struct wish *wish)
{
	const struct json *parts = json_get(extension, STR("extension"));
	bool sign = false, direction = false;
	if (!str_equal(json_get_text(extension, STR("url")),
		       STR(HOMEWARD_URL "StructureDefinition/limit")))
		return false;
	for (const struct json *at = parts == NULL ? NULL : parts->child; at != NULL;
	     at = at->next) {
		struct str url = json_get_text(at, STR("url"));
		sign = sign || (str_equal(url, STR("sign")) &&
				str_equal(json_get_text(at, STR("valueCode")), wish->sign));
		direction = direction || str_equal(url, wish->above ? STR("above") : STR("below"));
	}
	return sign && direction;
}

static bool put_limit(struct call *call, struct json *plan, const struct wish *wish,
		      const struct staff *by)
{
	struct arena *arena = &call->arena;
	const struct json *extensions = json_get(plan, STR("extension"));
	struct json *kept = json_new(arena, JSON_ARRAY);
	size_t limits = 0;
	for (const struct json *at = extensions == NULL ? NULL : extensions->child; at != NULL;
	     at = at->next) {
		if (is_replaced(at, wish))
			continue;
		limits += str_equal(json_get_text(at, STR("url")),
				    STR(HOMEWARD_URL "StructureDefinition/limit"));
		json_append(kept, json_copy(arena, at));
	}
	if (limits >= LIMIT_COUNT_MAX) {
		operation_refuse(call, ERROR_INVALID, "A patient has at most %d limits.",
				 LIMIT_COUNT_MAX);
		return false;
	}
	json_append(kept, extension_of(call, wish, by));
	json_put(plan, STR("extension"), kept);
	return true;
}

struct setting {
	struct store_commit commit;
	struct store_write write;
};

static void answer(struct call *call, struct store_commit *commit)
{
	if (commit->error == ERROR_PRECONDITION)
		operation_refuse(call, ERROR_CONFLICT,
				 "The plan changed meanwhile; look at it and set the limit again.");
	else if (commit->error != ERROR_OK)
		call_fail(call, commit->error);
	else
		operation_answer(call, &commit->writes[0]);
}

void operation_limit(struct call *call)
{
	struct json *parameters = operation_parameters(call);
	struct json *episode = NULL, *plan = NULL;
	struct policy *policy = NULL;
	struct staff by = { 0 };
	struct wish wish = { 0 };
	struct str ward;
	int64_t version = 0, plan_version = 0;
	if (parameters == NULL || !operation_open_stay(call, &episode, &version, &ward) ||
	    !operation_staff(call, parameters, STR("by"), &by) ||
	    !plan_of(call, episode, &plan, &plan_version) ||
	    !operation_policy(call,
			      json_text(json_at(json_get(plan, STR("instantiatesCanonical")), 0)),
			      &policy))
		return;
	if (policy == NULL) {
		operation_refuse(call, ERROR_CONFLICT,
				 "The policy of this stay is not in the record.");
		return;
	}
	if (!may_set(call, policy, &by, ward) || !wish_read(call, parameters, &wish) ||
	    !is_not_looser(call, policy, &wish) || !put_limit(call, plan, &wish, &by))
		return;
	struct setting *setting = ARENA_NEW(&call->arena, struct setting, 1);
	if (setting == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	if (!operation_write(call, plan, json_get_text(plan, STR("id")), plan_version,
			     &setting->write))
		return;
	setting->commit.writes = &setting->write;
	setting->commit.write_count = 1;
	setting->commit.origin = STR("api");
	setting->commit.feed_expected = -1;
	call_commit(call, &setting->commit, answer);
}
