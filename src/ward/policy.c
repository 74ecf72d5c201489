/* SPDX-License-Identifier: Apache-2.0
 * From a PlanDefinition to the settings the rules run on. A policy is data: schedule, rules and
 * ladders are actions, each number an extension "setting" (name, value). */
#include "ward/model.h"

#include "base/checked.h"

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

static bool setting_matches(const struct json *extension, struct str name,
			    const struct json **ret_value)
{
	if (!str_equal(json_get_text(extension, STR("url")),
		       STR(HOMEWARD_URL "StructureDefinition/setting")))
		return false;
	const struct json *parts = json_get(extension, STR("extension"));
	const struct json *value = NULL;
	bool named = false;
	for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
	     part = part->next) {
		struct str url = json_get_text(part, STR("url"));
		if (str_equal(url, STR("name")))
			named = str_equal(json_get_text(part, STR("valueCode")), name);
		else if (str_equal(url, STR("value")))
			value = part;
	}
	if (!named || value == NULL)
		return false;
	*ret_value = value;
	return true;
}

/* The n-th setting of this name on the action, or NULL. */
static const struct json *setting(const struct json *action, struct str name, size_t number)
{
	const struct json *extensions = json_get(action, STR("extension"));
	const struct json *value = NULL;
	for (const struct json *extension = extensions == NULL ? NULL : extensions->child;
	     extension != NULL; extension = extension->next) {
		if (setting_matches(extension, name, &value) && number-- == 0)
			return value;
	}
	return NULL;
}

static int64_t unit_us(struct str code)
{
	static const struct {
		struct str code;
		int64_t us;
	} units[] = { { STR_INIT("s"), DATE_US_PER_S },
		      { STR_INIT("min"), DATE_US_PER_MIN },
		      { STR_INIT("h"), DATE_US_PER_HOUR },
		      { STR_INIT("d"), DATE_US_PER_DAY } };
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (str_equal(units[i].code, code))
			return units[i].us;
	}
	return 0;
}

static bool amount_us(struct str number, struct str unit, int64_t *ret_us)
{
	struct decimal value;
	int64_t scaled, us;
	if (decimal_parse(number, &value) != ERROR_OK || !decimal_to_scaled(value, 3, &scaled) ||
	    scaled < 0 || !checked_mul_i64(scaled, unit_us(unit), &us) || unit_us(unit) == 0)
		return false;
	*ret_us = us / 1000;
	return true;
}

static bool read_us(const struct json *action, struct str name, int64_t *ret_us)
{
	const struct json *duration = json_get(setting(action, name, 0), STR("valueDuration"));
	return amount_us(json_get_text(duration, STR("value")),
			 json_get_text(duration, STR("code")), ret_us);
}

static bool read_decimal(const struct json *action, struct str name, struct decimal *ret_value)
{
	struct str text = json_get_text(setting(action, name, 0), STR("valueDecimal"));
	return text.len > 0 && decimal_parse(text, ret_value) == ERROR_OK;
}

static bool read_int(const struct json *action, struct str name, int *ret_value)
{
	int64_t value;
	if (!str_to_i64(json_get_text(setting(action, name, 0), STR("valueInteger")), &value) ||
	    value < 0 || value > 1000)
		return false;
	*ret_value = (int)value;
	return true;
}

static struct str read_code(const struct json *action, struct str name)
{
	return json_get_text(setting(action, name, 0), STR("valueCode"));
}

static bool read_bool(const struct json *action, struct str name)
{
	const struct json *value = json_get(setting(action, name, 0), STR("valueBoolean"));
	return value != NULL && value->type == JSON_TRUE;
}

static bool read_level(const struct json *action, struct str name, enum alert_level *ret_level)
{
	return alert_level_find(read_code(action, name), ret_level);
}

static bool read_schedule(const struct json *plan, struct policy *policy)
{
	const struct json *action = action_of(plan, STR("schedule"));
	const struct json *repeat = json_get(json_get(action, STR("timingTiming")), STR("repeat"));
	int enough = 1;
	if (!amount_us(json_get_text(repeat, STR("period")),
		       json_get_text(repeat, STR("periodUnit")), &policy->period_us) ||
	    policy->period_us < DATE_US_PER_MIN ||
	    !read_us(action, STR("firstDue"), &policy->first_due_us) ||
	    !read_us(action, STR("set"), &policy->set_us) ||
	    !read_us(action, STR("late"), &policy->late_us) ||
	    !read_us(action, STR("clockSkew"), &policy->clock_skew_us) ||
	    !read_us(action, STR("stale"), &policy->stale_us))
		return false;
	(void)read_int(action, STR("completeEnough"), &enough);
	policy->complete_enough = (uint32_t)enough;
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		const struct json *asked = NULL;
		for (size_t i = 0; (asked = setting(action, STR("asks"), i)) != NULL; i++) {
			if (str_equal(json_get_text(asked, STR("valueCode")),
				      reading_input_name(input)))
				policy->asks |= 1u << input;
		}
	}
	return policy->asks != 0;
}

static bool read_score(const struct json *plan, struct policy *policy)
{
	const struct json *action = action_of(plan, STR("score"));
	const struct json *parameter = action_of(plan, STR("parameter"));
	struct str scale = read_code(action, STR("scale"));
	if (str_equal(scale, STR("npews")))
		policy->scale = SCORE_NPEWS;
	else if (str_equal(scale, STR("news2")))
		policy->scale = SCORE_NEWS2;
	else
		return false;
	policy->spo2_scale = 1;
	(void)read_int(action, STR("spo2Scale"), &policy->spo2_scale);
	for (unsigned level = SCORE_LEVEL_LOW; level <= SCORE_LEVEL_EMERGENCY; level++) {
		/* A level without a row of its own alerts as the highest below it; none may be left silent. */
		policy->score_levels[level] = policy->score_levels[level - 1];
		(void)read_level(action, score_level_name((enum score_level)level),
				 &policy->score_levels[level]);
	}
	return read_level(action, STR("alertFrom"), &policy->alert_from) &&
	       read_int(action, STR("worse"), &policy->score_worse) &&
	       policy->score_levels[SCORE_LEVEL_HIGH] >= ALERT_LEVEL_MEDIUM &&
	       read_int(parameter, STR("part"), &policy->parameter_part) &&
	       read_level(parameter, STR("level"), &policy->parameter_level);
}

static bool read_temperature(const struct json *plan, struct policy *policy)
{
	const struct json *fever = action_of(plan, STR("fever"));
	const struct json *cold = action_of(plan, STR("hypothermia"));
	policy->has_fever = fever != NULL;
	policy->has_hypothermia = cold != NULL;
	if (fever != NULL) {
		if (!read_decimal(fever, STR("from"), &policy->fever_from) ||
		    !read_decimal(fever, STR("worse"), &policy->fever_worse) ||
		    !read_level(fever, STR("level"), &policy->fever_level))
			return false;
		policy->fever_inclusive = read_bool(fever, STR("inclusive"));
		if (!read_decimal(fever, STR("concernFrom"), &policy->fever_concern_from))
			policy->fever_concern_from = policy->fever_from;
	}
	if (cold != NULL) {
		policy->hypothermia_inclusive = read_bool(cold, STR("inclusive"));
		return read_decimal(cold, STR("below"), &policy->hypothermia_below) &&
		       read_decimal(cold, STR("worse"), &policy->hypothermia_worse) &&
		       read_level(cold, STR("level"), &policy->hypothermia_level);
	}
	return true;
}

static bool read_concern(const struct json *plan, struct policy *policy)
{
	const struct json *action = action_of(plan, STR("concern"));
	const struct json *overdue = action_of(plan, STR("overdue"));
	enum alert_level *levels = policy->concern_levels;
	if (!read_level(action, STR("parent"), &policy->parent_level) ||
	    policy->parent_level < ALERT_LEVEL_MEDIUM || /* never filterable */
	    !read_level(action, STR("confusion"), &levels[SCORE_CONFUSION]) ||
	    !read_level(action, STR("voice"), &levels[SCORE_VOICE]) ||
	    !read_level(action, STR("pain"), &levels[SCORE_PAIN]) ||
	    !read_level(action, STR("asleep"), &levels[SCORE_ASLEEP]))
		return false;
	levels[SCORE_UNRESPONSIVE] = levels[SCORE_PAIN];
	int64_t *after = policy->overdue_us;
	return read_us(overdue, STR("remind"), &after[OVERDUE_DUE]) &&
	       read_us(overdue, STR("amber"), &after[OVERDUE_AMBER]) &&
	       read_us(overdue, STR("medium"), &after[OVERDUE_MEDIUM]) &&
	       read_us(overdue, STR("high"), &after[OVERDUE_HIGH]) &&
	       read_us(overdue, STR("emergency"), &after[OVERDUE_EMERGENCY]) &&
	       after[OVERDUE_DUE] <= after[OVERDUE_AMBER] &&
	       after[OVERDUE_AMBER] <= after[OVERDUE_MEDIUM] &&
	       after[OVERDUE_MEDIUM] <= after[OVERDUE_HIGH] &&
	       after[OVERDUE_HIGH] <= after[OVERDUE_EMERGENCY] &&
	       read_us(action_of(plan, STR("implausible")), STR("repeat"), &policy->repeat_us);
}

static void read_rung(const struct json *action, struct rung *rung)
{
	MODEL_PUT(rung->name, json_get_text(action, STR("title")));
	const struct json *people = json_get(action, STR("participant"));
	for (const struct json *person = people == NULL ? NULL : people->child; person != NULL;
	     person = person->next) {
		struct str code = model_code(json_get(person, STR("role")),
					     STR(HOMEWARD_URL "CodeSystem/ward-role"));
		for (unsigned role = 0; role < ROLE_COUNT; role++) {
			if (str_equal(code, role_code((enum ward_role)role)))
				rung->roles |= 1u << role;
		}
	}
}

static bool read_ladder(const struct json *action, struct ladder *ladder)
{
	if (!read_us(action, STR("acknowledge"), &ladder->acknowledge_us) ||
	    !read_us(action, STR("review"), &ladder->review_us) ||
	    !read_us(action, STR("repeat"), &ladder->repeat_us) ||
	    ladder->acknowledge_us < DATE_US_PER_S || ladder->review_us < DATE_US_PER_S ||
	    ladder->repeat_us < DATE_US_PER_S)
		return false;
	const struct json *rungs = json_get(action, STR("action"));
	for (const struct json *rung = rungs == NULL ? NULL : rungs->child;
	     rung != NULL && ladder->rung_count < POLICY_RUNGS_MAX; rung = rung->next) {
		struct rung *target = &ladder->rungs[ladder->rung_count];
		read_rung(rung, target);
		if (target->roles != 0)
			ladder->rung_count++;
	}
	return ladder->rung_count > 0;
}

bool policy_read(const struct json *plan, struct policy *ret_policy)
{
	struct policy policy = { 0 };
	char name[64];
	MODEL_PUT(policy.id, json_get_text(plan, STR("id")));
	MODEL_PUT(policy.url, json_get_text(plan, STR("url")));
	MODEL_PUT(policy.version, json_get_text(plan, STR("version")));
	MODEL_PUT(policy.title, json_get_text(plan, STR("title")));
	if (!read_schedule(plan, &policy) || !read_score(plan, &policy) ||
	    !read_temperature(plan, &policy) || !read_concern(plan, &policy))
		return false;
	for (unsigned level = ALERT_LEVEL_TECHNICAL; level < ALERT_LEVEL_COUNT; level++) {
		model_format(name, sizeof(name), "ladder-%.*s",
			     STR_ARG(alert_level_name((enum alert_level)level)));
		if (!read_ladder(action_of(plan, str_from_c(name)), &policy.ladders[level]))
			return false;
	}
	*ret_policy = policy;
	return true;
}

const struct policy *policy_find(const struct ward_core *core, struct str canonical)
{
	size_t bar = str_find_byte(canonical, '|', 0);
	struct str url = str_slice(canonical, 0, bar);
	struct str version = str_slice(canonical, bar + 1, canonical.len);
	const struct policy *same_url = NULL;
	for (const struct policy *policy = core->policies; policy != NULL; policy = policy->next) {
		if (!str_equal(str_from_c(policy->url), url))
			continue;
		if (str_equal(str_from_c(policy->version), version))
			return policy;
		if (same_url == NULL)
			same_url = policy;
	}
	return same_url;
}
