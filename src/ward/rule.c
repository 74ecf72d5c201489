/* SPDX-License-Identifier: Apache-2.0
 * The rules: what a new reading or a changed set means. Each rule raises, worsens or (only where the rule
 * says so, docs/decisions) closes the one alert of its cause. Source: docs/reference/ward.md sections 1.5 and 4. */
#include "ward/chart.h"
#include "ward/conflict.h"
#include "ward/disposition.h"
#include "ward/limit.h"
#include "ward/model.h"
#include "ward/timeline.h"

#define ASKED_US (5 * DATE_US_PER_MIN) /* "within 5 minutes", says the message */

void rule_when(const struct reading *reading, char ret_text[48])
{
	char measured[MODEL_CLOCK_BYTES], received[MODEL_CLOCK_BYTES];
	model_clock_time(reading->measured_us, measured);
	model_clock_time(reading->received_us, received);
	if (reading->time_suspect)
		model_format(ret_text, 48, "received %s, device clock wrong", received);
	else if (reading->late)
		model_format(ret_text, 48, "at %s, received late at %s", measured, received);
	else
		model_format(ret_text, 48, "at %s", measured);
}

/* How it is now, beside how it was; an older value that comes late is not "now". */
void rule_latest(const struct stay *stay, struct alert *alert, const struct reading *reading)
{
	char measured[MODEL_CLOCK_BYTES];
	const struct reading *other;
	for (uint32_t at = timeline_find(stay, reading->input, reading->measured_us + 1);
	     (other = timeline_at(stay, reading->input, at)) != NULL; at++) {
		if (reading_counts(other))
			return;
	}
	model_clock_time(reading->measured_us, measured);
	model_format(alert->latest, sizeof(alert->latest), "now %s at %s", reading->text, measured);
}

/* Measured before the value that has to be repeated, it is no repeat, whenever it comes. */
static bool is_before_unusable(const struct stay *stay, const struct reading *reading)
{
	const struct reading *other;
	for (uint32_t at = timeline_find(stay, reading->input, reading->measured_us + 1);
	     (other = timeline_at(stay, reading->input, at)) != NULL; at++) {
		if ((other->impossible || other->poor_signal) && !other->duplicate)
			return true;
	}
	return false;
}

/* A repeat that came closes the wish for it. */
static void repeat_arrived(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	if (reading->impossible || reading->poor_signal || reading->late ||
	    is_before_unusable(stay, reading))
		return;
	stay->repeat_us[reading->input] = 0;
	struct alert *alert = alert_open(stay, ALERT_CAUSE_IMPLAUSIBLE);
	if (alert == NULL || (alert->inputs & 1u << reading->input) == 0)
		return;
	alert->inputs &= ~(1u << reading->input);
	if (alert->inputs == 0)
		alert_close(core, alert, ALERT_END_ARRIVED, STR("A plausible repeat arrived."));
	else
		alert_touch(core, alert);
}

/* The family has had this very message within that time: once more would only bury the others. */
static bool asked_lately(const struct ward_core *core, const struct stay *stay, const char *text,
			 int64_t within_us)
{
	for (const struct page *page = stay->pages; page != NULL; page = page->next) {
		if (page->family && page->at_us > core->now_us - within_us &&
		    strcmp(page->text, text) == 0)
			return true;
	}
	return false;
}

void rule_ask_repeat(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	const struct policy *policy = stay_policy(core, stay);
	char text[MODEL_TEXT_BYTES];
	bool waiting = stay->repeat_us[reading->input] != 0;
	bool unusable = reading->impossible || reading->poor_signal;
	if (waiting || reading->sampled || !stay_is_asked(stay))
		return;
	if (unusable)
		stay->repeat_us[reading->input] = core->now_us + policy->repeat_us;
	model_format(text, sizeof(text), "Please measure again within 5 minutes: %.*s.",
		     STR_ARG(reading_input_label(reading->input)));
	/* What is unusable is asked for anew when the time that the message gives is over. */
	if (!asked_lately(core, stay, text, unusable ? ASKED_US : policy->repeat_us))
		page_family(core, stay, NULL, false, text);
}

/* Support whose amount nobody gave cannot be scored, and must not pass for none. */
static void ask_oxygen(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	static const char text[] =
		"Please send how much oxygen is being given: the flow in litres a minute.";
	if (reading->late || !stay_is_asked(stay) ||
	    asked_lately(core, stay, text, stay_policy(core, stay)->repeat_us) ||
	    set_part(stay, stay_policy(core, stay), reading) != SCORE_PART_UNKNOWN)
		return;
	page_family(core, stay, NULL, false, text);
}

void rule_time(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	char title[MODEL_TEXT_BYTES];
	if (!reading->time_suspect || alert_open(stay, ALERT_CAUSE_TIME) != NULL)
		return;
	model_format(title, sizeof(title),
		     "A reading carries a time that cannot be trusted: check the device's clock");
	struct alert *alert =
		alert_raise(core, stay, ALERT_CAUSE_TIME, ALERT_LEVEL_TECHNICAL, str_from_c(title));
	MODEL_PUT(alert->focus, str_from_c(reading->observation));
}

/* Whether `by` is at least `step` more than `than`, in thousandths. */
static bool at_least_more(struct decimal by, struct decimal than, struct decimal step)
{
	int64_t a, b, c;
	return decimal_to_scaled(by, 3, &a) && decimal_to_scaled(than, 3, &b) &&
	       decimal_to_scaled(step, 3, &c) && a - b >= c;
}

static void temperature_alert(struct ward_core *core, struct stay *stay,
			      const struct reading *reading, enum alert_cause cause)
{
	const struct policy *policy = stay_policy(core, stay);
	bool fever = cause == ALERT_CAUSE_FEVER;
	struct alert *alert = alert_open(stay, cause);
	char title[MODEL_TEXT_BYTES], time[48];
	rule_when(reading, time);
	model_format(title, sizeof(title),
		     "%s %s \xC2\xB0"
		     "C%s%s%s %s",
		     fever ? "Fever" : "Low temperature", reading->text,
		     reading->site[0] == '\0' ? "" : " (", reading->site,
		     reading->site[0] == '\0' ? "" : ")", time);
	if (alert == NULL) {
		alert = alert_raise(core, stay, cause,
				    fever ? policy->fever_level : policy->hypothermia_level,
				    str_from_c(title));
	} else {
		bool further = fever ? decimal_compare(reading->value, alert->extreme) > 0
				     : decimal_compare(reading->value, alert->extreme) < 0;
		bool worse =
			fever ? at_least_more(reading->value, alert->extreme, policy->fever_worse)
			      : at_least_more(alert->extreme, reading->value,
					      policy->hypothermia_worse);
		rule_latest(stay, alert, reading);
		antipyretic_beside(core, stay, alert, reading);
		alert_touch(core, alert);
		if (!further)
			return;
		MODEL_PUT(alert->title, str_from_c(title));
		alert->latest[0] = '\0';
		if (worse)
			alert_worsen(core, alert, (enum alert_level)alert->level, title);
		else
			return; /* the alert keeps the value it is compared with */
	}
	alert->extreme = reading->value;
	MODEL_PUT(alert->focus, str_from_c(reading->observation));
}

bool rule_is_fever(const struct policy *policy, struct decimal value)
{
	int order = decimal_compare(value, policy->fever_from);
	return policy->has_fever && (order > 0 || (order == 0 && policy->fever_inclusive));
}

bool rule_is_low(const struct policy *policy, struct decimal value)
{
	int order = decimal_compare(value, policy->hypothermia_below);
	return policy->has_hypothermia &&
	       (order < 0 || (order == 0 && policy->hypothermia_inclusive));
}

bool rule_is_raised(const struct policy *policy, struct decimal value)
{
	return policy->has_fever && decimal_compare(value, policy->fever_concern_from) >= 0;
}

enum alert_level rule_level_alone(const struct policy *policy, const struct reading *reading)
{
	if (reading->impossible || reading->declined)
		return ALERT_LEVEL_NONE;
	if (reading->input >= READING_PUPILS && reading->input != READING_TOTAL)
		return concern_sign_level(policy, reading);
	if (reading->input == READING_CONCERN && reading->code != 0)
		return reading->level > policy->parent_level ? (enum alert_level)reading->level
							     : policy->parent_level;
	if (reading->input == SCORE_CONSCIOUSNESS)
		return policy->concern_levels[reading->code];
	if (reading->input != SCORE_TEMPERATURE)
		return ALERT_LEVEL_NONE;
	if (rule_is_fever(policy, reading->value))
		return policy->fever_level;
	return rule_is_low(policy, reading->value) ? policy->hypothermia_level : ALERT_LEVEL_NONE;
}

/* A temperature just under fever counts together with concern. */
static void raised_with_concern(struct ward_core *core, struct stay *stay,
				const struct reading *reading)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_CONCERN);
	char why[MODEL_TEXT_BYTES], time[48];
	if (alert == NULL || (alert->inputs & 1u << SCORE_TEMPERATURE) != 0)
		return;
	rule_when(reading, time);
	model_format(why, sizeof(why),
		     "%s; temperature %s \xC2\xB0"
		     "C %s",
		     alert->title, reading->text, time);
	MODEL_PUT(alert->title, str_from_c(why));
	alert->inputs |= 1u << SCORE_TEMPERATURE;
	alert_worsen(core, alert, (enum alert_level)alert->level, why);
}

static void rule_temperature(struct ward_core *core, struct stay *stay,
			     const struct reading *reading)
{
	const struct policy *policy = stay_policy(core, stay);
	if (rule_is_fever(policy, reading->value)) {
		temperature_alert(core, stay, reading, ALERT_CAUSE_FEVER);
		return;
	}
	if (rule_is_low(policy, reading->value)) {
		temperature_alert(core, stay, reading, ALERT_CAUSE_HYPOTHERMIA);
		return;
	}
	if (rule_is_raised(policy, reading->value))
		raised_with_concern(core, stay, reading);
	/* Back in range resolves nothing (an antipyretic hides a fever): it is shown beside the alert. */
	static const enum alert_cause causes[] = { ALERT_CAUSE_FEVER, ALERT_CAUSE_HYPOTHERMIA };
	for (size_t i = 0; i < 2; i++) {
		struct alert *alert = alert_open(stay, causes[i]);
		if (alert != NULL) {
			rule_latest(stay, alert, reading);
			antipyretic_beside(core, stay, alert, reading);
			alert_touch(core, alert);
		}
	}
}

static void rule_consciousness(struct ward_core *core, struct stay *stay,
			       const struct reading *reading)
{
	static const char *const words[] = {
		[SCORE_ALERT] = "Alert",
		[SCORE_CONFUSION] = "New confusion",
		[SCORE_VOICE] = "Responds only to voice",
		[SCORE_PAIN] = "Responds only to pain",
		[SCORE_UNRESPONSIVE] = "Unresponsive",
		[SCORE_ASLEEP] = "Asleep: consciousness not judged, look again",
	};
	const struct policy *policy = stay_policy(core, stay);
	bool asleep = reading->code == SCORE_ASLEEP;
	enum alert_level level = policy->concern_levels[reading->code];
	enum alert_cause cause = asleep ? ALERT_CAUSE_ASLEEP : ALERT_CAUSE_CONSCIOUSNESS;
	struct alert *recheck = alert_open(stay, ALERT_CAUSE_ASLEEP);
	char title[MODEL_TEXT_BYTES], time[48];
	if (!asleep && recheck != NULL && !reading->late)
		alert_close(core, recheck, ALERT_END_ARRIVED, STR("Seen awake since."));
	struct alert *alert = alert_open(stay, cause);
	if (level == ALERT_LEVEL_NONE) {
		if (alert != NULL) {
			rule_latest(stay, alert, reading);
			alert_touch(core, alert);
		}
		return;
	}
	rule_when(reading, time);
	model_format(title, sizeof(title), "%s %s", words[reading->code], time);
	if (alert == NULL) {
		alert = alert_raise(core, stay, cause, level, str_from_c(title));
	} else if (level > alert->level) {
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert, level, title);
	} else {
		rule_latest(stay, alert, reading);
		alert_touch(core, alert);
		return;
	}
	MODEL_PUT(alert->focus, str_from_c(reading->observation));
}

/* The newest temperature of the last period, for the words beside a concern. */
static const struct reading *temperature_near(const struct ward_core *core, const struct stay *stay,
					      const struct reading *concern)
{
	int64_t from_us = concern->measured_us - stay_period_us(core, stay) + 1;
	uint32_t first = timeline_find(stay, SCORE_TEMPERATURE, from_us);
	for (uint32_t at = stay->timeline_of[SCORE_TEMPERATURE].count; at > first; at--) {
		const struct reading *reading = timeline_at(stay, SCORE_TEMPERATURE, at - 1);
		if (reading_counts(reading))
			return reading;
	}
	return NULL;
}

static void rule_concern(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	const struct policy *policy = stay_policy(core, stay);
	char title[MODEL_TEXT_BYTES], time[48];
	if (reading->code == 0)
		return; /* "same" or "better" takes no concern back */
	enum alert_level level = policy->parent_level;
	if (reading->level > level)
		level = (enum alert_level)reading->level;
	rule_when(reading, time);
	model_format(title, sizeof(title), "Parent or carer is worried %s", time);
	struct alert *alert = alert_open(stay, ALERT_CAUSE_CONCERN);
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_CONCERN, level, str_from_c(title));
	} else {
		/* Each new call for help is heard, whatever was acknowledged before. */
		if (level < alert->level)
			level = (enum alert_level)alert->level;
		MODEL_PUT(alert->title, str_from_c(title));
		alert->inputs &= ~(1u << SCORE_TEMPERATURE);
		alert_worsen(core, alert, level, title);
	}
	MODEL_PUT(alert->focus, str_from_c(reading->observation));
	const struct reading *temperature = temperature_near(core, stay, reading);
	if (temperature != NULL && rule_is_raised(policy, temperature->value) &&
	    !rule_is_fever(policy, temperature->value))
		raised_with_concern(core, stay, temperature);
}

/* A diastolic pressure or a weight that nobody asked for is not asked for again. */
static bool is_used(const struct policy *policy, unsigned input)
{
	return (input != SCORE_DIASTOLIC && input != READING_WEIGHT) ||
	       (policy->asks & 1u << input) != 0 || watch_has(policy, input) ||
	       (input == SCORE_DIASTOLIC && policy->scale == SCORE_MEOWS);
}

void rule_reading(struct ward_core *core, struct stay *stay, struct reading *reading)
{
	if (reading->duplicate || reading->declined || stay_policy(core, stay) == NULL)
		return;
	rule_time(core, stay, reading);
	if (after_filed(stay, reading->measured_us, reading->received_us)) {
		after_reading(core, stay, reading);
		return;
	}
	if (reading->input == READING_TOTAL) {
		stay->stated_us = core->now_us; /* looked at when everything of the event is in */
		return;
	}
	if (reading->impossible || reading->poor_signal) {
		if (is_used(stay_policy(core, stay), reading->input))
			rule_ask_repeat(core, stay, reading);
		return;
	}
	repeat_arrived(core, stay, reading);
	if (reading->soft)
		rule_ask_repeat(core, stay, reading);
	if (reading->input == READING_CONCERN) {
		rule_concern(core, stay, reading);
		return;
	}
	if (reading->input >= READING_PUPILS) {
		concern_sign(core, stay, reading);
		return;
	}
	if (reading->input == SCORE_TEMPERATURE)
		rule_temperature(core, stay, reading);
	if (reading->input == SCORE_CONSCIOUSNESS)
		rule_consciousness(core, stay, reading);
	if (reading->input == SCORE_OXYGEN)
		ask_oxygen(core, stay, reading);
	watch_reading(core, stay, reading);
	conflict_reading(core, stay, reading);
	limit_reading(core, stay, reading);
}

/* --- sets ----------------------------------------------------------------------------------- */

static const struct reading *worst_in(const struct stay *stay, const struct policy *policy,
				      const struct set *set, unsigned input)
{
	const struct reading *worst = NULL, *reading;
	int worst_part = 0;
	for (uint32_t at = timeline_find(stay, input, set->start_us);
	     (reading = timeline_at(stay, input, at)) != NULL &&
	     reading->measured_us <= set->start_us + policy->set_us;
	     at++) {
		if (!reading_counts(reading) || reading->duplicate)
			continue;
		int part = set_part(stay, policy, reading);
		if (worst == NULL || part >= worst_part) {
			worst = reading;
			worst_part = part;
		}
	}
	return worst;
}

/* "PEWS 16 at 10:02: Resp rate 52, SpO2 91" or, when one value makes the level, that first. */
/* Whom the nurse tells, by NEWS2's chart 4 (ward.md 1.1); the other charts' responses are their ladders. */
static void add_response(const struct policy *policy, const struct set *set,
			 char title[MODEL_TEXT_BYTES])
{
	static const char *const responses[SCORE_LEVEL_EMERGENCY + 1] = {
		[SCORE_LEVEL_LOW_MEDIUM] = ". Tell the medical team: they review",
		[SCORE_LEVEL_MEDIUM] = ". Tell the medical team now",
		[SCORE_LEVEL_HIGH] = ". Tell the registrar now",
	};
	const char *response = policy->scale == SCORE_NEWS2 ? responses[set->result.level] : NULL;
	size_t at = strlen(title);
	if (response != NULL)
		model_format(title + at, MODEL_TEXT_BYTES - at, "%s", response);
}

static void set_title(const struct stay *stay, const struct policy *policy, const struct set *set,
		      char ret_title[MODEL_TEXT_BYTES])
{
	char time[MODEL_CLOCK_BYTES], values[MODEL_TEXT_BYTES] = "";
	char words[48], unscored[MODEL_TEXT_BYTES];
	size_t at = 0;
	model_clock_time(set->start_us, time);
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		const struct reading *reading = (set->abnormal & 1u << input) != 0
							? worst_in(stay, policy, set, input)
							: NULL;
		if (reading == NULL)
			continue;
		model_format(values + at, sizeof(values) - at, "%s%.*s %s", at == 0 ? "" : ", ",
			     STR_ARG(reading_input_label(input)), reading->text);
		at += strlen(values + at);
		if (at + 1 >= sizeof(values))
			break;
	}
	if (!set->scored) {
		model_format(ret_title, MODEL_TEXT_BYTES, "Not scored, and far out at %s: %s", time,
			     values);
		return;
	}
	set_words(policy, set, words);
	if (policy->has_partial && !set->result.complete) {
		set_unscored(policy, set, unscored);
		model_format(ret_title, MODEL_TEXT_BYTES, "%s at %s: partial %.*s %s, unscored: %s",
			     values, time, STR_ARG(set_scale_name(policy)), words, unscored);
		add_response(policy, set, ret_title);
		return;
	}
	model_format(ret_title, MODEL_TEXT_BYTES, "%s%.*s %s%s at %s%s%s",
		     set->by_parameter ? "One value far out: " : "",
		     STR_ARG(set_scale_name(policy)), words,
		     set->result.complete ? "" : " or more (partial)", time, at == 0 ? "" : ": ",
		     values);
	add_response(policy, set, ret_title);
}

static void set_latest(struct ward_core *core, struct alert *alert, const struct policy *policy,
		       const struct set *set)
{
	char time[MODEL_CLOCK_BYTES], words[48];
	model_clock_time(set->start_us, time);
	if (!set->scored) {
		model_format(alert->latest, sizeof(alert->latest),
			     "far out again at %s, not scored", time);
		alert_touch(core, alert);
		return;
	}
	set_words(policy, set, words);
	model_format(alert->latest, sizeof(alert->latest), "now %.*s %s%s at %s",
		     STR_ARG(set_scale_name(policy)), words,
		     set->result.complete ? "" : " (partial)", time);
	alert_touch(core, alert);
}

static void take_set(struct alert *alert, const struct set *set)
{
	alert->set_us = set->start_us;
	alert->inputs |= set->abnormal;
	if (set->result.total > alert->total)
		alert->total = set->result.total;
	MODEL_PUT(alert->focus, str_from_c(set->id));
}

/* Whether the alert is about this set; a reading that comes later and was taken earlier moves its start. */
static bool is_same_set(const struct policy *policy, const struct set *set,
			const struct alert *alert)
{
	return set->start_us <= alert->set_us + policy->set_us &&
	       set->start_us >= alert->set_us - policy->set_us;
}

/* A person resolved an alert of this very set: only what is worse than that raises another. */
static bool resolved_already(const struct stay *stay, const struct policy *policy,
			     const struct set *set)
{
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if ((alert->cause == ALERT_CAUSE_SCORE || alert->cause == ALERT_CAUSE_LATE) &&
		    alert->end == ALERT_END_PERSON && is_same_set(policy, set, alert) &&
		    set->level <= alert->level && (set->abnormal & ~alert->inputs) == 0 &&
		    set->result.total < alert->total + policy->score_worse)
			return true;
	}
	return false;
}

static void score_raise(struct ward_core *core, struct stay *stay, const struct policy *policy,
			const struct set *set)
{
	char title[MODEL_TEXT_BYTES];
	struct alert *alert = alert_open(stay, ALERT_CAUSE_SCORE);
	set_title(stay, policy, set, title);
	if (alert == NULL) {
		if (resolved_already(stay, policy, set))
			return;
		alert = alert_raise(core, stay, ALERT_CAUSE_SCORE, (enum alert_level)set->level,
				    str_from_c(title));
		alert->rule = set->by_parameter;
		take_set(alert, set);
		return;
	}
	bool higher = set->level > alert->level;
	bool worse = higher || (set->abnormal & ~alert->inputs) != 0 ||
		     set->result.total >= alert->total + policy->score_worse;
	if (!worse) {
		if (set == set_newest(stay) && set->start_us > alert->set_us)
			set_latest(core, alert, policy, set);
		else if (set->start_us == alert->set_us) {
			/* The same set has filled up: what it says now is no longer one value alone. */
			if (policy->has_partial && set->level >= alert->level)
				alert->rule = set->by_parameter;
			MODEL_PUT(alert->title, str_from_c(title));
			alert_touch(core, alert);
		}
		return;
	}
	if (set->level >= alert->level) {
		MODEL_PUT(alert->title, str_from_c(title));
		alert->latest[0] = '\0';
		alert->rule = set->by_parameter;
	} else {
		set_latest(core, alert, policy, set);
	}
	take_set(alert, set);
	alert_worsen(core, alert,
		     higher ? (enum alert_level)set->level : (enum alert_level)alert->level, title);
}

/* A later set that measured again everything that made the alert, all of it normal, ends an alert that
 * somebody has acknowledged; a Low alert needs nobody for that. */
static void score_improved(struct ward_core *core, struct stay *stay, const struct policy *policy,
			   const struct set *set)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_SCORE);
	if (alert == NULL || set != set_newest(stay) || set->start_us <= alert->set_us)
		return;
	set_latest(core, alert, policy, set);
	/* Nothing that raised it stands any more: a person says what it was. */
	if (alert->inputs == 0)
		return;
	if (set->level != ALERT_LEVEL_NONE || !set->enough || (alert->inputs & ~set->inputs) != 0 ||
	    (alert->inputs & set->abnormal) != 0)
		return;
	if (alert->status == ALERT_ACCEPTED || alert->level == ALERT_LEVEL_LOW) {
		char time[MODEL_CLOCK_BYTES], reason[MODEL_TEXT_BYTES];
		model_clock_time(set->start_us, time);
		model_format(reason, sizeof(reason),
			     "All values that raised it were normal again at %s.", time);
		alert_close(core, alert, ALERT_END_IMPROVED, str_from_c(reason));
	}
}

static const char *const unscored_titles[] = {
	[RULE_UNSCORED_CUT] =
		"An Observation holds more values than the ward reads: look at the chart",
	[RULE_UNSCORED_ELSEWHERE] = "A sign arrived that was measured on somebody else (focus): no "
				    "rule reads it, look at the chart",
	[RULE_UNSCORED_POLICY] =
		"The ward policy of this stay is not in the record; another one stands in",
	[RULE_UNSCORED_PREGNANT] =
		"Pregnant: NEWS2 is not for pregnancy, nothing is scored. A maternity tool is "
		"required: move the stay to the maternity policy",
	[RULE_UNSCORED_CHART] = "Readings cannot be scored: check birth date and ward policy",
};

const char *rule_unscored_title(enum rule_unscored reason)
{
	return unscored_titles[reason];
}

void rule_unscored(struct ward_core *core, struct stay *stay, enum rule_unscored reason)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_UNSCORED);
	struct str why = str_from_c(unscored_titles[reason]);
	bool another = reason == RULE_UNSCORED_CUT || reason == RULE_UNSCORED_ELSEWHERE;
	char title[MODEL_TEXT_BYTES];
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_UNSCORED, ALERT_LEVEL_MEDIUM, why);
		alert->inputs |= 1u << reason;
		return;
	}
	bool said = (alert->inputs & 1u << reason) != 0;
	if (said && !(another && alert->status == ALERT_ACCEPTED))
		return;
	alert->inputs |= 1u << reason;
	if (!said) {
		MODEL_PUT(title, why);
		alert_say_first(alert, title);
	}
	alert_worsen(core, alert, (enum alert_level)alert->level, unscored_titles[reason]);
}

/* No score, and still a sign that is far out calls somebody, beside the alert that nothing is scored. */
static void rule_far_out(struct ward_core *core, struct stay *stay, const struct policy *policy,
			 const struct set *set)
{
	if (pregnancy_refuses(core, stay))
		pregnancy_check(core, stay);
	else
		rule_unscored(core, stay, RULE_UNSCORED_CHART);
	if (set->level == ALERT_LEVEL_NONE || after_filed(stay, set->start_us, set->received_us))
		return; /* what is filed after the end its readings say themselves */
	/* What is past already is told, and calls nobody out of bed. */
	struct set past = *set;
	if (past.level > ALERT_LEVEL_MEDIUM)
		past.level = ALERT_LEVEL_MEDIUM;
	score_raise(core, stay, policy, set->late && set != set_newest(stay) ? &past : set);
}

void rule_set(struct ward_core *core, struct stay *stay, struct set *set)
{
	const struct policy *policy = stay_policy(core, stay);
	if (!set->scored) {
		rule_far_out(core, stay, policy, set);
		return;
	}
	chart_set(core, stay, set);
	if (after_filed(stay, set->start_us, set->received_us)) {
		after_set(core, stay, set);
		return;
	}
	if (set->late) {
		set->group_us = stay->group_us;
		return; /* rule_late looks at the whole group */
	}
	if (set->level != ALERT_LEVEL_NONE && set->level >= policy->alert_from)
		score_raise(core, stay, policy, set);
	else
		score_improved(core, stay, policy, set);
}

/* --- late readings --------------------------------------------------------------------------- */

static void late_title(const struct policy *policy, const struct set *peak,
		       const struct set *newest, char ret_title[MODEL_TEXT_BYTES])
{
	char peak_time[MODEL_CLOCK_BYTES], newest_time[MODEL_CLOCK_BYTES];
	struct str scale = set_scale_name(policy);
	char peak_words[48], newest_words[48];
	set_words(policy, peak, peak_words);
	set_words(policy, newest, newest_words);
	model_clock_time(peak->start_us, peak_time);
	model_clock_time(newest->start_us, newest_time);
	if (peak == newest)
		model_format(ret_title, MODEL_TEXT_BYTES, "Received late: %.*s %s%s at %s",
			     STR_ARG(scale), peak_words,
			     peak->result.complete ? "" : " or more (partial)", peak_time);
	else
		model_format(ret_title, MODEL_TEXT_BYTES,
			     "Received late: %.*s peak %s at %s, now %s at %s", STR_ARG(scale),
			     peak_words, peak_time, newest_words, newest_time);
}

/* Readings that came together long after they were measured make one alert: how bad it was, how it is now.
 * Past its peak it is Medium at most; what is the newest known about the patient counts in full. */
void rule_late(struct ward_core *core, struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	const struct set *peak = NULL;
	const struct set *newest = set_newest(stay);
	char title[MODEL_TEXT_BYTES];
	if (policy == NULL || stay->group_us == 0)
		return;
	for (const struct set *set = stay->sets; set != NULL; set = set->next) {
		if (!set->late || set->inputs == 0 || set->group_us != stay->group_us ||
		    !set->scored)
			continue;
		if (peak == NULL || set->level > peak->level ||
		    (set->level == peak->level && set->result.total > peak->result.total))
			peak = set;
	}
	if (peak == NULL || peak->level == ALERT_LEVEL_NONE || peak->level < policy->alert_from)
		return;
	bool still = newest->late && newest->group_us == stay->group_us;
	enum alert_level level = peak->level < ALERT_LEVEL_MEDIUM ? (enum alert_level)peak->level
								  : ALERT_LEVEL_MEDIUM;
	if (still && newest->level > level)
		level = (enum alert_level)newest->level;
	late_title(policy, peak, newest, title);
	struct alert *alert = alert_open(stay, ALERT_CAUSE_LATE);
	if (alert == NULL) {
		if (resolved_already(stay, policy, peak))
			return;
		alert = alert_raise(core, stay, ALERT_CAUSE_LATE, level, str_from_c(title));
	} else if (level == alert->level && peak->start_us == alert->set_us &&
		   str_equal(str_from_c(title), str_from_c(alert->title))) {
		alert->group_us = stay->group_us;
		return;
	} else if (level < alert->level && alert->group_us != stay->group_us) {
		return; /* it stands: another upload takes nothing back, not even by correcting it */
	} else {
		/* A first reading that comes last moves the start of the same set: nothing is worse for it. */
		bool other = !is_same_set(policy, peak, alert);
		bool worse = other || level > alert->level;
		MODEL_PUT(alert->title, str_from_c(title));
		if (level < alert->level)
			alert_lower(core, alert, level);
		else if (worse)
			alert_worsen(core, alert, level, title);
		alert_touch(core, alert);
	}
	take_set(alert, peak);
	alert->group_us = stay->group_us;
}
