/* SPDX-License-Identifier: Apache-2.0
 * A policy in the checkpoint. */
#include "ward/question.h"
#include "ward/walker.h"

static void walk_ladder(struct walker *walker, struct ladder *ladder)
{
	WALK(ladder->acknowledge_us);
	WALK(ladder->review_us);
	WALK(ladder->repeat_us);
	WALK(ladder->rung_count);
	for (unsigned j = 0; j < POLICY_RUNGS_MAX; j++) {
		WALK_TEXT(ladder->rungs[j].name);
		WALK(ladder->rungs[j].roles);
	}
	if (ladder->rung_count > POLICY_RUNGS_MAX)
		walker->failed = true;
}

static void walk_hours(struct walker *walker, struct policy_hours *hours)
{
	WALK(hours->days);
	WALK(hours->from_min);
	WALK(hours->until_min);
	WALK(hours->waits);
	WALK(hours->closed_count);
	if (hours->closed_count > POLICY_CLOSED_MAX) {
		walker->failed = true;
		return;
	}
	for (unsigned i = 0; i < hours->closed_count; i++)
		WALK(hours->closed[i]);
}

static void walk_policy_times(struct walker *walker, struct policy *policy)
{
	WALK(policy->period_us);
	WALK(policy->first_due_us);
	WALK(policy->set_us);
	WALK(policy->late_us);
	WALK(policy->clock_skew_us);
	WALK(policy->stale_us);
	WALK(policy->sample_window_us);
	WALK(policy->sample_share.coefficient);
	WALK(policy->sample_share.exponent);
	WALK(policy->repeat_us);
	WALK(policy->silent_continuous_us);
	WALK(policy->silent_spot_us);
	WALK(policy->silent_scale_us);
	WALK(policy->clock_amber_us);
	WALK(policy->battery_low);
	WALK(policy->battery_amber);
	WALK(policy->signal_quality);
	for (unsigned i = 0; i < OVERDUE_COUNT; i++)
		WALK(policy->overdue_us[i]);
	WALK(policy->antipyretic_us);
	WALK(policy->defer_us);
	for (unsigned i = 0; i < ALERT_LEVEL_COUNT; i++)
		walk_ladder(walker, &policy->ladders[i]);
	walk_ladder(walker, &policy->opinion_ladder);
	walk_ladder(walker, &policy->discrepancy_ladder);
	walk_hours(walker, &policy->hours);
}

static void walk_watch(struct walker *walker, struct watch *watch)
{
	WALK_TEXT(watch->id);
	WALK(watch->kind);
	WALK(watch->input);
	walk_level(walker, &watch->level);
	WALK(watch->has_low);
	WALK(watch->has_high);
	walk_decimal(walker, &watch->low);
	walk_decimal(walker, &watch->high);
	WALK(watch->within_us);
	WALK(watch->least);
	if (watch->kind >= WATCH_KIND_COUNT || watch->input >= READING_INPUT_COUNT)
		walker->failed = true;
}

static void walk_policy_rules(struct walker *walker, struct policy *policy)
{
	walk_times(walker, &policy->times);
	WALK(policy->early_us);
	for (unsigned i = 0; i <= SCORE_LEVEL_EMERGENCY; i++)
		WALK(policy->reassess_us[i]);
	WALK(policy->has_partial);
	for (unsigned i = 0; i < 5; i++)
		walk_level(walker, &policy->partial_levels[i]);
	WALK(policy->watch_count);
	WALK(policy->question_count);
	if (policy->watch_count > POLICY_WATCHES_MAX ||
	    policy->question_count > POLICY_QUESTIONS_MAX) {
		walker->failed = true;
		return;
	}
	for (unsigned i = 0; i < policy->watch_count; i++)
		walk_watch(walker, &policy->watches[i]);
	for (unsigned i = 0; i < policy->question_count; i++) {
		struct policy_questions *questions = &policy->questions[i];
		WALK_TEXT(questions->questionnaire);
		walk_times(walker, &questions->times);
		walk_level(walker, &questions->missing_level);
		WALK(questions->missing_us);
	}
}

void walker_policy(struct walker *walker, struct policy *policy)
{
	uint32_t scale = policy->scale;
	WALK_TEXT(policy->id);
	WALK_TEXT(policy->url);
	WALK_TEXT(policy->version);
	WALK_TEXT(policy->title);
	WALK(scale);
	if (scale >= SCORE_SCALE_COUNT)
		walker->failed = true;
	else
		policy->scale = (enum score_scale)scale;
	WALK(policy->spo2_scale);
	WALK(policy->borderline_us);
	WALK(policy->asks);
	WALK(policy->complete_enough);
	WALK(policy->needs);
	WALK(policy->emergency_999);
	for (unsigned i = 0; i <= SCORE_LEVEL_EMERGENCY; i++)
		walk_level(walker, &policy->score_levels[i]);
	walk_level(walker, &policy->alert_from);
	WALK(policy->score_worse);
	WALK(policy->parameter_part);
	walk_level(walker, &policy->parameter_level);
	WALK(policy->has_fever);
	WALK(policy->fever_inclusive);
	WALK(policy->has_hypothermia);
	WALK(policy->hypothermia_inclusive);
	walk_decimal(walker, &policy->fever_from);
	walk_decimal(walker, &policy->fever_concern_from);
	walk_decimal(walker, &policy->fever_worse);
	walk_decimal(walker, &policy->hypothermia_below);
	walk_decimal(walker, &policy->hypothermia_worse);
	walk_level(walker, &policy->fever_level);
	walk_level(walker, &policy->hypothermia_level);
	for (unsigned i = 0; i <= SCORE_ASLEEP; i++)
		walk_level(walker, &policy->concern_levels[i]);
	walk_level(walker, &policy->parent_level);
	walk_level(walker, &policy->pupils_level);
	walk_level(walker, &policy->sepsis_level);
	walk_level(walker, &policy->shock_level);
	walk_level(walker, &policy->intuition_level);
	WALK(policy->handover_us);
	WALK(policy->rota_ahead_us);
	WALK(policy->test_every_us);
	WALK(policy->limit_roles);
	walk_policy_times(walker, policy);
	walk_policy_rules(walker, policy);
}

static void walk_question(struct walker *walker, struct question *question)
{
	WALK_TEXT(question->link);
	WALK_TEXT(question->text);
	WALK(question->worried);
	WALK(question->level);
	WALK(question->option_count);
	if (question->option_count > QUESTION_OPTIONS_MAX || question->level >= ALERT_LEVEL_COUNT) {
		walker->failed = true;
		return;
	}
	for (uint32_t i = 0; i < question->option_count; i++) {
		struct question_option *option = &question->options[i];
		WALK_TEXT(option->code);
		WALK_TEXT(option->display);
		WALK(option->level);
		if (option->level >= ALERT_LEVEL_COUNT)
			walker->failed = true;
	}
}

void walker_questionnaire(struct walker *walker, struct questionnaire *questionnaire)
{
	WALK_TEXT(questionnaire->id);
	WALK_TEXT(questionnaire->url);
	WALK_TEXT(questionnaire->version);
	WALK_TEXT(questionnaire->title);
	WALK(questionnaire->count);
	if (questionnaire->count > QUESTIONS_MAX) {
		walker->failed = true;
		return;
	}
	for (uint32_t i = 0; i < questionnaire->count; i++)
		walk_question(walker, &questionnaire->questions[i]);
}
