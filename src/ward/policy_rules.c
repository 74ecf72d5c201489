/* SPDX-License-Identifier: Apache-2.0
 * What a policy may have beside schedule, score and ladders: how the interval follows the score, one value alone in a
 * partial set, watches over single signs, and questions. None of it is needed; what is there must be whole. */
#include "ward/policy_setting.h"

static void read_reassess(struct policy_reader *reader, struct policy *policy)
{
	const struct section reassess = section_of(reader, STR("reassess"));
	for (unsigned level = SCORE_LEVEL_LOW;
	     reassess.action != NULL && level <= SCORE_LEVEL_EMERGENCY; level++) {
		struct str name = score_level_name((enum score_level)level);
		policy->reassess_us[level] = policy->reassess_us[level - 1];
		if (!section_has(&reassess, name))
			continue;
		section_us(&reassess, name, &policy->reassess_us[level]);
		if (policy->reassess_us[level] < DATE_US_PER_MIN)
			section_refuse(&reassess, name, "must be a minute at least");
	}
}

/* part-1, part-2 … : the level of one value with that many points when the rest of the set is not whole. */
static void read_partial(struct policy_reader *reader, struct policy *policy)
{
	static const struct str names[] = { STR_INIT(""), STR_INIT("part-1"), STR_INIT("part-2"),
					    STR_INIT("part-3"), STR_INIT("part-4") };
	const struct section parameter = section_of(reader, STR("parameter"));
	for (size_t points = 1; points < sizeof(names) / sizeof(names[0]); points++) {
		policy->partial_levels[points] = policy->partial_levels[points - 1];
		if (!section_has(&parameter, names[points]))
			continue;
		policy->has_partial = true;
		section_level(&parameter, names[points], &policy->partial_levels[points]);
	}
}

static bool has_id(const struct json *action, struct str start)
{
	return str_starts_with(json_get_text(action, STR("id")), start);
}

static void read_bound(const struct section *section, struct str name, bool *ret_has,
		       struct decimal *ret_value)
{
	*ret_has = section_has(section, name);
	if (*ret_has)
		section_decimal(section, name, ret_value);
}

static void read_range(const struct section *section, struct watch *watch)
{
	watch->kind = WATCH_RANGE;
	read_bound(section, STR("from"), &watch->has_low, &watch->low);
	read_bound(section, STR("to"), &watch->has_high, &watch->high);
	if (!watch->has_low && !watch->has_high)
		section_refuse(section, STR("from"), "or to must be there");
	if (watch->has_low && watch->has_high && decimal_compare(watch->low, watch->high) > 0)
		section_refuse(section, STR("from"), "is above to");
}

static void read_change(const struct section *section, struct watch *watch)
{
	bool within = section_has(section, STR("within"));
	const struct decimal nothing = { 0, 0 };
	watch->kind = within ? WATCH_CHANGE : WATCH_BASELINE;
	watch->least = 1;
	read_bound(section, STR("down"), &watch->has_low, &watch->low);
	read_bound(section, STR("up"), &watch->has_high, &watch->high);
	if (!watch->has_low && !watch->has_high)
		section_refuse(section, STR("up"), "or down must be there");
	if ((watch->has_low && decimal_compare(watch->low, nothing) <= 0) ||
	    (watch->has_high && decimal_compare(watch->high, nothing) <= 0))
		section_refuse(section, STR("up"), "and down must be more than nothing");
	if (within)
		section_us(section, STR("within"), &watch->within_us);
	else
		section_int(section, STR("least"), &watch->least);
	if (watch->within_us > 14 * DATE_US_PER_DAY)
		section_refuse(section, STR("within"), "must be 14 days at most");
}

static void read_watch(struct policy_reader *reader, struct str id, struct policy *policy)
{
	const struct section section = section_of(reader, id);
	struct watch watch = { 0 };
	if (policy->watch_count == POLICY_WATCHES_MAX) {
		section_refuse(&section, STR("id"), "is one rule more than a policy may have");
		return;
	}
	MODEL_PUT(watch.id, id);
	if (!policy_input(section_code(&section, STR("sign")), &watch.input) ||
	    watch.input == SCORE_CONSCIOUSNESS || watch.input == SCORE_OXYGEN ||
	    watch.input == SCORE_RESPIRATORY_DISTRESS)
		section_refuse(&section, STR("sign"), "must be a sign that is a number");
	section_level(&section, STR("level"), &watch.level);
	if (watch.level == ALERT_LEVEL_NONE)
		section_refuse(&section, STR("level"), "must not be none");
	if (str_starts_with(id, STR("threshold-")))
		read_range(&section, &watch);
	else
		read_change(&section, &watch);
	policy->watches[policy->watch_count++] = watch;
}

static void read_questions(struct policy_reader *reader, struct str id, struct policy *policy)
{
	const struct section section = section_of(reader, id);
	const struct json *repeat =
		json_get(json_get(section.action, STR("timingTiming")), STR("repeat"));
	struct policy_questions questions = { 0 };
	if (policy->question_count == POLICY_QUESTIONS_MAX) {
		section_refuse(&section, STR("id"), "is one list more than a policy may have");
		return;
	}
	struct str canonical = json_get_text(section.action, STR("definitionCanonical"));
	if (canonical.len == 0 || canonical.len >= sizeof(questions.questionnaire))
		section_refuse(&section, STR("definitionCanonical"), "must name a Questionnaire");
	MODEL_PUT(questions.questionnaire, canonical);
	if (!policy_times(repeat, &questions.times) || questions.times.count == 0)
		section_refuse(&section, STR("timing"), "must have times of day");
	if (section_has(&section, STR("missing"))) {
		section_level(&section, STR("missing"), &questions.missing_level);
		section_us(&section, STR("after"), &questions.missing_us);
	}
	if (questions.missing_us >= DATE_US_PER_DAY)
		section_refuse(&section, STR("after"), "must be less than a day");
	policy->questions[policy->question_count++] = questions;
}

void policy_rules_read(struct policy_reader *reader, struct policy *policy)
{
	const struct json *actions = json_get(reader->plan, STR("action"));
	read_reassess(reader, policy);
	read_partial(reader, policy);
	policy_equipment_read(reader, policy);
	for (const struct json *action = actions == NULL ? NULL : actions->child; action != NULL;
	     action = action->next) {
		struct str id = json_get_text(action, STR("id"));
		if (has_id(action, STR("threshold-")) || has_id(action, STR("baseline-")))
			read_watch(reader, id, policy);
		else if (has_id(action, STR("questions-")))
			read_questions(reader, id, policy);
	}
}
