/* SPDX-License-Identifier: Apache-2.0
 * From a PlanDefinition to the settings the rules run on. A policy is data: schedule, rules and
 * ladders are actions, each number an extension "setting" (name, value). */
#include "ward/chart.h"
#include "ward/policy_setting.h"

static uint32_t read_signs(const struct section *schedule, struct str name)
{
	const struct json *sign = NULL;
	uint32_t signs = 0;
	for (size_t i = 0; (sign = section_setting(schedule, name, i)) != NULL; i++) {
		uint8_t input;
		if (policy_input(json_get_text(sign, STR("valueCode")), &input))
			signs |= 1u << input;
		else
			section_refuse(schedule, name, "names a sign that the ward cannot read");
	}
	return signs;
}

static void read_asks(const struct section *schedule, struct policy *policy)
{
	policy->asks = read_signs(schedule, STR("asks"));
	policy->needs = read_signs(schedule, STR("needs"));
	if (policy->asks == 0)
		section_refuse(schedule, STR("asks"), "must name at least one sign");
	if ((policy->needs & ~policy->asks) != 0)
		section_refuse(schedule, STR("needs"), "names a sign that is not asked for");
}

static void read_schedule(struct policy_reader *reader, struct policy *policy)
{
	const struct section schedule = section_of(reader, STR("schedule"));
	const struct json *repeat =
		json_get(json_get(schedule.action, STR("timingTiming")), STR("repeat"));
	int enough = 1;
	if (!policy_times(repeat, &policy->times))
		section_refuse(&schedule, STR("timing"), "has an unreadable or repeated timeOfDay");
	if (policy->times.count > 0)
		policy->period_us = DATE_US_PER_DAY / policy->times.count;
	else if (!policy_amount_us(json_get_text(repeat, STR("period")),
				   json_get_text(repeat, STR("periodUnit")), &policy->period_us) ||
		 policy->period_us < DATE_US_PER_MIN)
		section_refuse(&schedule, STR("timing"),
			       "must be a period of at least a minute, or times of day");
	section_us(&schedule, STR("firstDue"), &policy->first_due_us);
	section_us(&schedule, STR("set"), &policy->set_us);
	section_us(&schedule, STR("late"), &policy->late_us);
	section_us(&schedule, STR("clockSkew"), &policy->clock_skew_us);
	section_us(&schedule, STR("stale"), &policy->stale_us);
	if (section_has(&schedule, STR("sampleWindow")))
		section_us(&schedule, STR("sampleWindow"), &policy->sample_window_us);
	if (section_has(&schedule, STR("sampleShare")))
		section_decimal(&schedule, STR("sampleShare"), &policy->sample_share);
	if (section_has(&schedule, STR("early")))
		section_us(&schedule, STR("early"), &policy->early_us);
	if (section_has(&schedule, STR("completeEnough")))
		section_int(&schedule, STR("completeEnough"), &enough);
	policy->complete_enough = (uint32_t)enough;
	read_asks(&schedule, policy);
	uint32_t counted = policy->asks & ((1u << SCORE_INPUT_COUNT) - 1);
	if (policy->complete_enough > (uint32_t)__builtin_popcount(counted))
		section_refuse(&schedule, STR("completeEnough"),
			       "is more than the signs asked for");
}

static void read_score(struct policy_reader *reader, struct policy *policy)
{
	const struct section score = section_of(reader, STR("score"));
	const struct section parameter = section_of(reader, STR("parameter"));
	if (!score_scale_find(section_code(&score, STR("scale")), &policy->scale))
		section_refuse(&score, STR("scale"), "must be npews, news2 or meows");
	policy->spo2_scale = 1;
	if (section_has(&score, STR("spo2Scale")))
		section_int(&score, STR("spo2Scale"), &policy->spo2_scale);
	if (policy->spo2_scale != 1)
		section_refuse(&score, STR("spo2Scale"),
			       "must be 1: scale 2 is for one patient, when a consultant orders it "
			       "(EpisodeOfCare/{id}/$spo2-scale)");
	policy->borderline_us = CHART_BORDERLINE_US;
	if (section_has(&score, STR("borderline")))
		section_us(&score, STR("borderline"), &policy->borderline_us);
	if (policy->borderline_us > CHART_BORDERLINE_MAX_US)
		section_refuse(&score, STR("borderline"), "must be 92 days at most");
	for (unsigned level = SCORE_LEVEL_LOW; level <= SCORE_LEVEL_EMERGENCY; level++) {
		/* A level without a row of its own alerts as the highest below it; none may be left silent. */
		struct str name = score_level_name((enum score_level)level);
		policy->score_levels[level] = policy->score_levels[level - 1];
		if (section_has(&score, name))
			section_level(&score, name, &policy->score_levels[level]);
	}
	if (policy->score_levels[SCORE_LEVEL_HIGH] < ALERT_LEVEL_MEDIUM)
		section_refuse(&score, STR("high"), "must alert, as Medium at least");
	section_level(&score, STR("alertFrom"), &policy->alert_from);
	section_int(&score, STR("worse"), &policy->score_worse);
	section_int(&parameter, STR("part"), &policy->parameter_part);
	section_level(&parameter, STR("level"), &policy->parameter_level);
}

static void read_temperature(struct policy_reader *reader, struct policy *policy)
{
	const struct section fever = section_of(reader, STR("fever"));
	const struct section cold = section_of(reader, STR("hypothermia"));
	policy->has_fever = fever.action != NULL;
	policy->has_hypothermia = cold.action != NULL;
	if (policy->has_fever) {
		section_decimal(&fever, STR("from"), &policy->fever_from);
		section_decimal(&fever, STR("worse"), &policy->fever_worse);
		section_level(&fever, STR("level"), &policy->fever_level);
		if (policy->fever_level == ALERT_LEVEL_NONE)
			section_refuse(&fever, STR("level"), "must not be none");
		policy->fever_inclusive = section_bool(&fever, STR("inclusive"));
		policy->fever_concern_from = policy->fever_from;
		if (section_has(&fever, STR("concernFrom")))
			section_decimal(&fever, STR("concernFrom"), &policy->fever_concern_from);
	}
	if (policy->has_hypothermia) {
		policy->hypothermia_inclusive = section_bool(&cold, STR("inclusive"));
		section_decimal(&cold, STR("below"), &policy->hypothermia_below);
		section_decimal(&cold, STR("worse"), &policy->hypothermia_worse);
		section_level(&cold, STR("level"), &policy->hypothermia_level);
		if (policy->hypothermia_level == ALERT_LEVEL_NONE)
			section_refuse(&cold, STR("level"), "must not be none");
	}
}

static void read_concern(struct policy_reader *reader, struct policy *policy)
{
	const struct section concern = section_of(reader, STR("concern"));
	enum alert_level *levels = policy->concern_levels;
	section_level(&concern, STR("parent"), &policy->parent_level);
	if (policy->parent_level < ALERT_LEVEL_MEDIUM)
		section_refuse(&concern, STR("parent"),
			       "must be medium at least: concern is never filtered");
	section_level(&concern, STR("confusion"), &levels[SCORE_CONFUSION]);
	section_level(&concern, STR("voice"), &levels[SCORE_VOICE]);
	section_level(&concern, STR("pain"), &levels[SCORE_PAIN]);
	section_level(&concern, STR("asleep"), &levels[SCORE_ASLEEP]);
	levels[SCORE_UNRESPONSIVE] = levels[SCORE_PAIN];
}

static void read_overdue(struct policy_reader *reader, struct policy *policy)
{
	static const struct str names[OVERDUE_COUNT] = { STR_INIT(""),      STR_INIT("remind"),
							 STR_INIT("amber"), STR_INIT("medium"),
							 STR_INIT("high"),  STR_INIT("emergency") };
	const struct section overdue = section_of(reader, STR("overdue"));
	const struct section implausible = section_of(reader, STR("implausible"));
	for (unsigned stage = OVERDUE_DUE; stage < OVERDUE_COUNT; stage++) {
		section_us(&overdue, names[stage], &policy->overdue_us[stage]);
		if (stage > OVERDUE_DUE &&
		    policy->overdue_us[stage] < policy->overdue_us[stage - 1])
			section_refuse(&overdue, names[stage], "comes before the step under it");
	}
	section_us(&implausible, STR("repeat"), &policy->repeat_us);
	struct str action = section_has(&overdue, STR("emergencyAction"))
				    ? section_code(&overdue, STR("emergencyAction"))
				    : STR("welfare-check");
	policy->emergency_999 = str_equal(action, STR("call-999"));
	if (!policy->emergency_999 && !str_equal(action, STR("welfare-check")))
		section_refuse(&overdue, STR("emergencyAction"),
			       "must be welfare-check or call-999");
}

/* Who may do what, and when the nurse in charge hears of it; a policy that is silent has the defaults. */
static void read_people(struct policy_reader *reader, struct policy *policy)
{
	const struct section people = section_of(reader, STR("people"));
	const struct json *code;
	policy->handover_us = 15 * DATE_US_PER_MIN;
	policy->rota_ahead_us = 12 * DATE_US_PER_HOUR;
	policy->test_every_us = POLICY_TEST_EVERY_US;
	if (section_has(&people, STR("handover")))
		section_us(&people, STR("handover"), &policy->handover_us);
	if (section_has(&people, STR("rotaAhead")))
		section_us(&people, STR("rotaAhead"), &policy->rota_ahead_us);
	if (section_has(&people, STR("testEvery")))
		section_us(&people, STR("testEvery"), &policy->test_every_us);
	if (policy->test_every_us < DATE_US_PER_DAY || policy->test_every_us > 31 * DATE_US_PER_DAY)
		section_refuse(&people, STR("testEvery"), "must be from 1 d to 31 d");
	for (size_t i = 0; (code = section_setting(&people, STR("limitRole"), i)) != NULL; i++) {
		for (unsigned role = 0; role < ROLE_COUNT; role++) {
			if (str_equal(json_get_text(code, STR("valueCode")),
				      role_code((enum ward_role)role)))
				policy->limit_roles |= 1u << role;
		}
	}
	if (policy->limit_roles == 0)
		policy->limit_roles = 1u << ROLE_CONSULTANT;
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

static void read_ladder(const struct section *section, struct ladder *ladder)
{
	section_us(section, STR("acknowledge"), &ladder->acknowledge_us);
	section_us(section, STR("review"), &ladder->review_us);
	section_us(section, STR("repeat"), &ladder->repeat_us);
	if (ladder->acknowledge_us < DATE_US_PER_S || ladder->review_us < DATE_US_PER_S ||
	    ladder->repeat_us < DATE_US_PER_S)
		section_refuse(section, STR("times"), "must each be a second at least");
	const struct json *rungs = json_get(section->action, STR("action"));
	for (const struct json *rung = rungs == NULL ? NULL : rungs->child;
	     rung != NULL && ladder->rung_count < POLICY_RUNGS_MAX; rung = rung->next) {
		struct rung *target = &ladder->rungs[ladder->rung_count];
		read_rung(rung, target);
		if (target->roles != 0)
			ladder->rung_count++;
	}
	if (ladder->rung_count == 0)
		section_refuse(section, STR("action"), "has no rung with a role of the ward");
}

static const struct ladder opinion_ladder = {
	.acknowledge_us = 5 * DATE_US_PER_MIN,
	.review_us = 15 * DATE_US_PER_MIN,
	.repeat_us = 15 * DATE_US_PER_MIN,
	.rung_count = 5,
	.rungs = { { "Critical care outreach", 1u << ROLE_OUTREACH },
		   { "Nurse in charge", 1u << ROLE_NURSE_IN_CHARGE },
		   { "Registrar", 1u << ROLE_REGISTRAR },
		   { "Consultant", 1u << ROLE_CONSULTANT },
		   { "Switchboard", 1u << ROLE_SWITCHBOARD } },
};
static const struct ladder discrepancy_ladder = {
	.acknowledge_us = 60 * DATE_US_PER_MIN,
	.review_us = 60 * DATE_US_PER_MIN,
	.repeat_us = 240 * DATE_US_PER_MIN,
	.rung_count = 3,
	.rungs = { { "Technical desk", 1u << ROLE_TECHNICAL_DESK },
		   { "Nurse", 1u << ROLE_NURSE },
		   { "Nurse in charge", 1u << ROLE_NURSE_IN_CHARGE } },
};

/* A setting that may raise what the chart says, not lower it. */
static void read_raised(const struct section *section, struct str name, enum alert_level least,
			enum alert_level *ret_level)
{
	*ret_level = least;
	if (!section_has(section, name))
		return;
	section_level(section, name, ret_level);
	if (*ret_level < least)
		section_refuse(section, name, "must not be less urgent than the chart says");
}

static void read_own_ladder(struct policy_reader *reader, struct str name,
			    const struct ladder *otherwise, struct ladder *ret_ladder)
{
	const struct section section = section_of(reader, name);
	if (section.action == NULL)
		*ret_ladder = *otherwise;
	else
		read_ladder(&section, ret_ladder);
}

/* What a policy need not say: then the chart of National PEWS (specific concerns) and the reference's defaults
 * count. */
static void read_life(struct policy_reader *reader, struct policy *policy)
{
	const struct section concern = section_of(reader, STR("concern"));
	const struct section fever = section_of(reader, STR("fever"));
	const struct section overdue = section_of(reader, STR("overdue"));
	read_raised(&concern, STR("pupils"), ALERT_LEVEL_EMERGENCY, &policy->pupils_level);
	read_raised(&concern, STR("sepsis"), ALERT_LEVEL_MEDIUM, &policy->sepsis_level);
	read_raised(&concern, STR("septicShock"), ALERT_LEVEL_HIGH, &policy->shock_level);
	read_raised(&concern, STR("intuition"), ALERT_LEVEL_MEDIUM, &policy->intuition_level);
	policy->antipyretic_us = policy->defer_us = 4 * DATE_US_PER_HOUR;
	if (section_has(&fever, STR("antipyretic")))
		section_us(&fever, STR("antipyretic"), &policy->antipyretic_us);
	if (section_has(&overdue, STR("deferMax")))
		section_us(&overdue, STR("deferMax"), &policy->defer_us);
	read_own_ladder(reader, STR("ladder-second-opinion"), &opinion_ladder,
			&policy->opinion_ladder);
	read_own_ladder(reader, STR("ladder-discrepancy"), &discrepancy_ladder,
			&policy->discrepancy_ladder);
}

static void read_ladders(struct policy_reader *reader, struct policy *policy)
{
	for (unsigned level = ALERT_LEVEL_TECHNICAL; level < ALERT_LEVEL_COUNT; level++) {
		char name[64];
		model_format(name, sizeof(name), "ladder-%.*s",
			     STR_ARG(alert_level_name((enum alert_level)level)));
		const struct section ladder = section_of(reader, str_from_c(name));
		read_ladder(&ladder, &policy->ladders[level]);
	}
}

struct str policy_canonical(struct arena *arena, const struct json *plan)
{
	struct text text;
	text_init(&text, arena, 2000);
	text_put(&text, json_get_text(plan, STR("url")));
	text_put_byte(&text, '|');
	text_put(&text, json_get_text(plan, STR("version")));
	return text_view(&text);
}

bool policy_is_signature(const struct json *extension)
{
	return str_equal(json_get_text(extension, STR("url")),
			 STR(HOMEWARD_URL "StructureDefinition/signature"));
}

bool policy_is_ward(const struct json *plan)
{
	struct policy_reader reader = { .plan = plan };
	const struct section schedule = section_of(&reader, STR("schedule"));
	return section_has(&schedule, STR("asks")) || section_has(&schedule, STR("firstDue"));
}

bool policy_was_in_force(const struct json *plan)
{
	struct str status = json_get_text(plan, STR("status"));
	struct str was = json_get_text(
		model_part(model_extension(plan, STR("retired")), STR("was")), STR("valueCode"));
	return !str_equal(status, STR("draft")) && !str_equal(was, STR("draft"));
}

bool policy_read(const struct json *plan, struct issues *issues, struct policy *ret_policy)
{
	struct policy policy = { 0 };
	struct policy_reader reader = { .plan = plan, .issues = issues };
	MODEL_PUT(policy.id, json_get_text(plan, STR("id")));
	MODEL_PUT(policy.url, json_get_text(plan, STR("url")));
	MODEL_PUT(policy.version, json_get_text(plan, STR("version")));
	MODEL_PUT(policy.title, json_get_text(plan, STR("title")));
	if (policy.url[0] == '\0' || policy.version[0] == '\0') {
		reader.failed = true;
		(void)issue_add(issues, ERROR_INVALID, STR("PlanDefinition"),
				"url and version must be there: stays name a policy by them");
	}
	read_schedule(&reader, &policy);
	read_score(&reader, &policy);
	read_temperature(&reader, &policy);
	read_concern(&reader, &policy);
	read_overdue(&reader, &policy);
	read_ladders(&reader, &policy);
	policy_hours_read(&reader, &policy);
	read_people(&reader, &policy);
	read_life(&reader, &policy);
	policy_rules_read(&reader, &policy);
	if (issues != NULL)
		policy_words_check(&reader);
	if (reader.failed)
		return false;
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
