/* SPDX-License-Identifier: Apache-2.0
 * Totals that another system computed. They are never trusted and never dropped: kept beside our own score of
 * the same readings, and where the two differ somebody is told. What is decided follows ours. A total whose
 * readings are not all here yet is looked at again when a set can no longer grow (policy: the span of a set
 * after it came). */
#include "ward/model.h"
#include "ward/timeline.h"

#define STATED_MEDIUM 5 /* NEWS2 and National PEWS: from here Medium by either chart */

bool stated_read(const struct json *element, struct reading *reading)
{
	const struct json *code = json_get(element, STR("code"));
	const struct json *codings = json_get(code, STR("coding"));
	const struct json *quantity = json_get(element, STR("valueQuantity"));
	struct str number = json_get_text(quantity, STR("value"));
	if (number.len == 0)
		number = json_get_text(element, STR("valueInteger"));
	reading->code = SCORE_NPEWS;
	for (const struct json *coding = codings == NULL ? NULL : codings->child; coding != NULL;
	     coding = coding->next) {
		if (str_equal(json_get_text(coding, STR("code")), STR("1104051000000101")))
			reading->code = SCORE_NEWS2;
	}
	if (!decimal_read(number, &reading->value))
		return false;
	reading->has_value = true;
	model_format(reading->text, sizeof(reading->text), "%s %.*s",
		     reading->code == SCORE_NEWS2 ? "NEWS2" : "PEWS", STR_ARG(number));
	return true;
}

void stated_anchor(const struct ward_core *core, const struct json *observation,
		   struct reading *first)
{
	const struct json *sources = json_get(observation, STR("derivedFrom"));
	if (first == NULL || first->input != READING_TOTAL)
		return;
	for (const struct json *source = sources == NULL ? NULL : sources->child; source != NULL;
	     source = source->next) {
		const struct reading *other =
			timeline_of(core, model_reference_id(source, STR("Observation")));
		if (other == NULL)
			continue;
		first->stated_us = other->stated_us;
		first->time_suspect = other->time_suspect;
		return;
	}
}

static struct set *set_with(const struct stay *stay, const struct reading *total)
{
	struct set *found = NULL;
	for (struct set *set = stay->sets; set != NULL; set = set->next) {
		if (set->inputs != 0 && set->scored && set->start_us <= total->measured_us &&
		    total->measured_us <= set->start_us + set->span_us)
			found = set;
	}
	return found;
}

const struct reading *stated_of(const struct stay *stay, const struct set *set)
{
	const struct reading *total, *found = NULL;
	for (uint32_t at = timeline_find(stay, READING_TOTAL, set->start_us);
	     (total = timeline_at(stay, READING_TOTAL, at)) != NULL &&
	     total->measured_us <= set->start_us + set->span_us;
	     at++) {
		if (!total->duplicate && !total->declined && total->has_value)
			found = total;
	}
	return found;
}

static void tell(struct ward_core *core, struct stay *stay, const struct reading *total,
		 enum alert_level level, const char *title)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_DISCREPANCY);
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_DISCREPANCY, level, str_from_c(title));
	} else {
		MODEL_PUT(alert->title, str_from_c(title));
		if (level < alert->level)
			level = (enum alert_level)alert->level;
		alert_worsen(core, alert, level, title);
	}
	MODEL_PUT(alert->focus, str_from_c(total->observation));
}

/* Nothing here says how it was reached: somebody looks, at once when it is not a low one. */
static void unchecked(struct ward_core *core, struct stay *stay, const struct reading *total)
{
	const struct decimal medium = { STATED_MEDIUM, 0 };
	char title[MODEL_TEXT_BYTES], time[48];
	rule_when(total, time);
	model_format(
		title, sizeof(title),
		"Another system says %s %s; the readings for it are not here: look at the chart",
		total->text, time);
	tell(core, stay, total,
	     decimal_compare(total->value, medium) >= 0 ? ALERT_LEVEL_MEDIUM : ALERT_LEVEL_LOW,
	     title);
}

static void compare(struct ward_core *core, struct stay *stay, const struct policy *policy,
		    const struct reading *total, const struct score_result *ours)
{
	const struct decimal low = { ours->complete ? ours->total : ours->low, 0 };
	const struct decimal high = { ours->complete ? ours->total : ours->high, 0 };
	char title[MODEL_TEXT_BYTES], time[48];
	if (decimal_compare(total->value, low) >= 0 && decimal_compare(total->value, high) <= 0)
		return;
	rule_when(total, time);
	model_format(title, sizeof(title),
		     "Another system says %s %s; from its readings it is %.*s %d%s, which counts",
		     total->text, time, STR_ARG(set_scale_name(policy)), ours->total,
		     ours->complete ? "" : " or more (partial)");
	tell(core, stay, total, ALERT_LEVEL_LOW, title);
}

void stated_judge(struct ward_core *core, struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	if (stay->stated_us == 0 || policy == NULL)
		return;
	stay->stated_us = 0;
	struct reading *total;
	for (uint32_t at = timeline_find(stay, READING_TOTAL, INT64_MIN);
	     (total = timeline_at(stay, READING_TOTAL, at)) != NULL; at++) {
		if (total->judged || total->duplicate || total->declined || total->impossible)
			continue;
		int64_t again_us = total->received_us + policy->set_us;
		struct set *set = total->has_value && total->code == (uint8_t)policy->scale
					  ? set_with(stay, total)
					  : NULL;
		if (core->now_us < again_us && (set == NULL || !set->result.complete)) {
			if (stay->stated_us == 0 || again_us < stay->stated_us)
				stay->stated_us = again_us;
			continue;
		}
		total->judged = true;
		if (set == NULL) {
			unchecked(core, stay, total);
			continue;
		}
		set->dirty = true; /* it says beside itself what the source said */
		compare(core, stay, policy, total, &set->result);
	}
	stay_mark(core, stay);
}
