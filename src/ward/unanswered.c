/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/unanswered.h"

#include "ward/question.h"

/* What was answered some hours before its time is answered. */
#define ANSWER_EARLY_US (6 * DATE_US_PER_HOUR)

bool unanswered_is(const struct stay *stay, uint32_t number, int64_t due_us)
{
	/* What fell due in a hospital bed, or under a policy that did not ask it, was never asked. */
	return due_us > stay_known_us(stay) && due_us > stay->resumed_us &&
	       due_us > stay->asked_us[number] &&
	       stay->answered_us[number] < due_us - ANSWER_EARLY_US;
}

static bool is_same(const struct policy_questions *one, const struct policy_questions *other)
{
	struct str a = str_from_c(one->questionnaire), b = str_from_c(other->questionnaire);
	return str_equal(str_slice(a, 0, str_find_byte(a, '|', 0)),
			 str_slice(b, 0, str_find_byte(b, '|', 0)));
}

void unanswered_policy(const struct ward_core *core, struct stay *stay, const struct policy *before)
{
	const struct policy *policy = stay->policy;
	int64_t asked_us[POLICY_QUESTIONS_MAX] = { 0 }, answered_us[POLICY_QUESTIONS_MAX] = { 0 };
	int64_t unanswered_us[POLICY_QUESTIONS_MAX] = { 0 };
	if (before == NULL || policy == NULL || before == policy)
		return;
	for (uint32_t i = 0; i < policy->question_count; i++) {
		uint32_t old = 0;
		while (old < before->question_count &&
		       !is_same(&policy->questions[i], &before->questions[old]))
			old++;
		bool known = old < before->question_count;
		asked_us[i] = known ? stay->asked_us[old] : core->now_us;
		answered_us[i] = known ? stay->answered_us[old] : 0;
		unanswered_us[i] = known ? stay->unanswered_us[old] : 0;
	}
	memcpy(stay->asked_us, asked_us, sizeof(asked_us));
	memcpy(stay->answered_us, answered_us, sizeof(answered_us));
	memcpy(stay->unanswered_us, unanswered_us, sizeof(unanswered_us));
}

static bool is_asked(const struct stay *stay)
{
	return stay_is_asked(stay) && stay->patient != NULL && !self_test_is(stay);
}

/* When the silence about these questions is said next; MODEL_NEVER: by this policy it is only shown. */
static int64_t said_next_us(const struct ward_core *core, const struct stay *stay,
			    const struct policy_questions *questions, uint32_t number)
{
	int64_t due_us = question_due_us(questions, core->now_us);
	if (questions->missing_level == ALERT_LEVEL_NONE)
		return MODEL_NEVER;
	if (unanswered_is(stay, number, due_us) && stay->unanswered_us[number] < due_us)
		return due_us + questions->missing_us;
	return interval_wall_us(&questions->times, core->now_us) + questions->missing_us;
}

int64_t unanswered_next_us(const struct ward_core *core, const struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	int64_t next_us = MODEL_NEVER;
	for (uint32_t i = 0; is_asked(stay) && policy != NULL && i < policy->question_count; i++) {
		int64_t at_us = said_next_us(core, stay, &policy->questions[i], i);
		next_us = at_us < next_us ? at_us : next_us;
	}
	return next_us;
}

static void say(struct ward_core *core, struct stay *stay, const struct policy_questions *questions,
		int64_t due_us)
{
	const struct questionnaire *known =
		question_find(core, str_from_c(questions->questionnaire));
	struct alert *alert = alert_open(stay, ALERT_CAUSE_UNANSWERED);
	char title[MODEL_TEXT_BYTES], due[MODEL_CLOCK_BYTES];
	model_clock_time(due_us, due);
	model_format(title, sizeof(title),
		     "No answers to the questions of %s (%s): phone the family", due,
		     known == NULL ? questions->questionnaire : known->title);
	if (alert == NULL) {
		(void)alert_raise(core, stay, ALERT_CAUSE_UNANSWERED, questions->missing_level,
				  str_from_c(title));
	} else {
		/* Another day without them: whatever was answered about the one before, it is said anew. */
		enum alert_level level = questions->missing_level > (enum alert_level)alert->level
						 ? questions->missing_level
						 : (enum alert_level)alert->level;
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert, level, title);
	}
	page_family(core, stay, NULL, false, "Please answer the questions of today.");
}

void unanswered_fire(struct ward_core *core, struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	for (uint32_t i = 0; is_asked(stay) && policy != NULL && i < policy->question_count; i++) {
		const struct policy_questions *questions = &policy->questions[i];
		int64_t due_us = question_due_us(questions, core->now_us);
		if (said_next_us(core, stay, questions, i) > core->now_us)
			continue;
		stay->unanswered_us[i] = due_us;
		say(core, stay, questions, due_us);
	}
}

void unanswered_update(struct ward_core *core, struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	struct alert *alert = alert_open(stay, ALERT_CAUSE_UNANSWERED);
	bool missing = false;
	if (alert == NULL)
		return;
	for (uint32_t i = 0; policy != NULL && i < policy->question_count; i++) {
		int64_t due_us = question_due_us(&policy->questions[i], core->now_us);
		missing =
			missing || (stay->unanswered_us[i] != 0 && unanswered_is(stay, i, due_us));
	}
	if (!is_asked(stay))
		alert_close(core, alert, ALERT_END_PAUSED, STR("The schedule is paused."));
	else if (!missing)
		alert_close(core, alert, ALERT_END_ARRIVED, STR("The answers arrived."));
}
