/* SPDX-License-Identifier: Apache-2.0
 * Silence. When no set comes by the due time the family is reminded, then the board turns amber, then there is an
 * alert that grows; each step at its own instant (reference/ward.md section 4). It ends when a set
 * arrives that the schedule asks for, or while the schedule is paused; both are written down. */
#include "ward/model.h"

struct str overdue_stage_name(unsigned stage)
{
	static const struct str names[OVERDUE_COUNT] = {
		STR_INIT(""),       STR_INIT("due"),  STR_INIT("amber"),
		STR_INIT("medium"), STR_INIT("high"), STR_INIT("emergency"),
	};
	ASSERT(stage < OVERDUE_COUNT);
	return names[stage];
}

static int64_t stage_us(const struct policy *policy, int64_t due_us, unsigned stage)
{
	return due_us + policy->overdue_us[stage];
}

static unsigned stage_at(const struct policy *policy, int64_t due_us, int64_t at_us)
{
	unsigned stage = OVERDUE_NONE;
	while (stage + 1 < OVERDUE_COUNT && stage_us(policy, due_us, stage + 1) <= at_us)
		stage++;
	return stage;
}

int64_t overdue_next_us(const struct ward_core *core, const struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	int64_t due_us = stay_due_us(core, stay);
	if (policy == NULL || due_us == MODEL_NEVER || stay->overdue + 1 >= OVERDUE_COUNT)
		return MODEL_NEVER;
	return stage_us(policy, due_us, stay->overdue + 1u);
}

/* Silence of the ward's synthetic patient is a fault of ours, not of a family. */
static enum alert_cause silence_cause(const struct stay *stay)
{
	return self_test_is(stay) ? ALERT_CAUSE_SELF_TEST : ALERT_CAUSE_OVERDUE;
}

/* What is missing of the newest set, when sets came that do not serve the schedule; empty: nothing came. */
static void missing_words(const struct ward_core *core, const struct stay *stay,
			  char words[MODEL_TEXT_BYTES])
{
	const struct policy *policy = stay_policy(core, stay);
	const struct set *newest = set_newest(stay);
	model_put(words, MODEL_TEXT_BYTES, STR(""));
	if (newest == NULL || newest->enough || newest->start_us <= stay->last_enough_us ||
	    newest->inputs == 0)
		return;
	uint32_t missing = policy->needs & ~newest->inputs;
	if (missing == 0)
		missing = policy->asks & ~newest->inputs;
	for (unsigned input = 0; input < READING_INPUT_COUNT; input++) {
		size_t at = strlen(words);
		if ((missing & 1u << input) != 0)
			model_format(words + at, MODEL_TEXT_BYTES - at, "%s%.*s",
				     at == 0 ? "" : ", ", STR_ARG(reading_input_label(input)));
	}
}

static void silence_title(const struct ward_core *core, const struct stay *stay, unsigned stage,
			  char title[MODEL_TEXT_BYTES])
{
	const struct policy *policy = stay_policy(core, stay);
	char due[MODEL_CLOCK_BYTES], last[MODEL_CLOCK_BYTES], missing[MODEL_TEXT_BYTES];
	const char *action = stage < OVERDUE_EMERGENCY ? ""
			     : policy->emergency_999
				     ? ". Nobody reached: call 999 to the home"
				     : ". Nobody reached: send a welfare check to the home";
	model_clock_time(stay_due_us(core, stay), due);
	model_clock_time(stay->last_enough_us, last);
	missing_words(core, stay, missing);
	if (self_test_is(stay))
		model_format(title, MODEL_TEXT_BYTES,
			     "The way from a reading to a page has not been tested since %s", last);
	else if (missing[0] != '\0')
		model_format(title, MODEL_TEXT_BYTES, "Readings incomplete, no %.60s; due at %s%s",
			     missing, due, action);
	else if (stay->last_enough_us == 0)
		model_format(title, MODEL_TEXT_BYTES,
			     "No readings since admission; first ones were due at %s%s", due,
			     action);
	else
		model_format(title, MODEL_TEXT_BYTES, "No readings since %s; due at %s%s", last,
			     due, action);
}

static void overdue_alert(struct ward_core *core, struct stay *stay, unsigned stage)
{
	enum alert_level level = self_test_is(stay)        ? ALERT_LEVEL_TECHNICAL
				 : stage == OVERDUE_MEDIUM ? ALERT_LEVEL_MEDIUM
				 : stage == OVERDUE_HIGH   ? ALERT_LEVEL_HIGH
							   : ALERT_LEVEL_EMERGENCY;
	enum alert_cause cause = silence_cause(stay);
	struct alert *alert = alert_open(stay, cause);
	char title[MODEL_TEXT_BYTES];
	silence_title(core, stay, stage, title);
	if (alert == NULL) {
		(void)alert_raise(core, stay, cause, level, str_from_c(title));
	} else {
		MODEL_PUT(alert->title, str_from_c(title));
		if (level > alert->level)
			alert_worsen(core, alert, level, title);
		else
			alert_touch(core, alert);
	}
	if (stage >= OVERDUE_HIGH)
		page_family(
			core, stay, alert_open(stay, cause), true,
			stage == OVERDUE_EMERGENCY
				? "We have had no readings and cannot reach you. Phone the ward "
				  "now, or somebody will be sent to your home."
				: "We have had no readings. Please send them now or phone the "
				  "ward.");
}

static void stage_enter(struct ward_core *core, struct stay *stay, unsigned stage)
{
	stay->overdue = (uint8_t)stage;
	stay_mark(core, stay);
	if (stage == OVERDUE_DUE)
		page_family(core, stay, NULL, false, "Readings are due now. Please send them.");
	else if (stage == OVERDUE_AMBER)
		page_family(core, stay, NULL, false,
			    "Readings are half an hour late. Please send them now.");
	else if (stage >= OVERDUE_MEDIUM)
		overdue_alert(core, stay, stage);
}

static void close_deferred(struct ward_core *core, const struct stay *stay, struct alert *alert,
			   int64_t due_us)
{
	char until[MODEL_CLOCK_BYTES], reason[MODEL_TEXT_BYTES];
	model_clock_time(due_us, until);
	model_format(reason, sizeof(reason), "Silence agreed until %s by %s: %s.", until,
		     stay->deferral.by, stay->deferral.reason);
	alert_close(core, alert, ALERT_END_PAUSED, str_from_c(reason));
}

/* The schedule moved: a set came, the plan changed, the stay was paused or went on. */
void overdue_update(struct ward_core *core, struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	int64_t due_us = stay_due_us(core, stay);
	struct alert *alert = alert_open(stay, silence_cause(stay));
	if (policy == NULL)
		return;
	unsigned stage = due_us == MODEL_NEVER ? (unsigned)OVERDUE_NONE
					       : stage_at(policy, due_us, core->now_us);
	if (stage == OVERDUE_NONE && alert != NULL) {
		if (defer_is_on(core, stay))
			close_deferred(core, stay, alert, due_us);
		else if (due_us == MODEL_NEVER)
			alert_close(core, alert, ALERT_END_PAUSED,
				    stay->deceased ? STR("The record says that this patient has "
							 "died: the schedule is paused.")
						   : STR("The schedule is paused."));
		else
			alert_close(core, alert, ALERT_END_ARRIVED, STR("Readings arrived."));
	}
	if (stage > stay->overdue)
		stage_enter(core, stay, stage);
	else if (stage < stay->overdue) {
		stay->overdue = (uint8_t)stage;
		stay_mark(core, stay);
	}
}

void overdue_fire(struct ward_core *core, struct stay *stay)
{
	while (overdue_next_us(core, stay) <= core->now_us)
		stage_enter(core, stay, stay->overdue + 1u);
}
