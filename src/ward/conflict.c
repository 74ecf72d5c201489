/* SPDX-License-Identifier: Apache-2.0
 * Values of one sign that contradict each other (docs/reference/ward.md section 4, "Ingest dedupe", S23, S24): both
 * stay, the worse counts, the ward is told, and a repeat is asked for. */
#include "ward/conflict.h"

#include "ward/disposition.h"
#include "ward/timeline.h"

#define WITHIN_US (60 * DATE_US_PER_S) /* two values this close in time should agree */

/* A sensor that misses every other beat, or counts each twice. */
static bool is_half_rate(const struct reading *a, const struct reading *b)
{
	int64_t low, high;
	if (a->input != SCORE_HEART_RATE || !a->has_value || !b->has_value ||
	    !decimal_to_scaled(a->value, 1, &low) || !decimal_to_scaled(b->value, 1, &high))
		return false;
	if (low > high) {
		int64_t swap = low;
		low = high;
		high = swap;
	}
	return low > 0 && high * 10 >= low * 18 && high * 10 <= low * 22;
}

/* What one device measures a moment later is no contradiction: a pulse and a breath move. A temperature does not
 * within a minute, and half the rate is the sensor's mistake. */
static bool has_moved(const struct reading *a, const struct reading *b)
{
	bool moves = a->input == SCORE_HEART_RATE || a->input == SCORE_RESPIRATORY_RATE ||
		     a->input == SCORE_SPO2;
	if (strcmp(a->device, b->device) != 0)
		return false;
	if (a->sampled && b->sampled)
		return true;
	return a->device[0] != '\0' && moves && a->stated_us != b->stated_us && !a->time_suspect &&
	       !b->time_suspect && !is_half_rate(a, b);
}

/* Two values that mean the same to every rule do not disagree, unless both are said of one instant. `part` is that of
 * the reading: it is dear, and the same for every other. */
static bool is_alike(const struct stay *stay, const struct policy *policy,
		     const struct reading *reading, int part, const struct reading *other)
{
	bool one_instant = reading->stated_us == other->stated_us && !reading->time_suspect &&
			   !other->time_suspect;
	return !one_instant && !is_half_rate(reading, other) &&
	       rule_level_alone(policy, reading) == rule_level_alone(policy, other) &&
	       (reading->input != SCORE_TEMPERATURE ||
		rule_is_low(policy, reading->value) == rule_is_low(policy, other->value)) &&
	       part == set_part(stay, policy, other);
}

static bool disagrees(const struct stay *stay, const struct policy *policy,
		      const struct reading *reading, int part, const struct reading *other)
{
	return other != reading && !has_moved(other, reading) && !other->duplicate &&
	       reading_counts(other) && !reading_same_value(other, reading) &&
	       !is_alike(stay, policy, reading, part, other);
}

/* The readings within a minute of one that disagree with it. */
struct disagreements {
	const struct stay *stay;
	const struct policy *policy;
	const struct reading *reading;
	int part;    /* of the reading */
	uint32_t at; /* in its timeline: the next to be looked at */
};

static struct disagreements disagreements_of(const struct ward_core *core, const struct stay *stay,
					     const struct reading *reading)
{
	const struct policy *policy = stay_policy(core, stay);
	int64_t from_us = reading->measured_us - WITHIN_US;
	return (struct disagreements){ stay, policy, reading, set_part(stay, policy, reading),
				       timeline_find(stay, reading->input, from_us) };
}

static struct reading *disagreements_next(struct disagreements *list)
{
	const struct reading *reading = list->reading;
	struct reading *other;
	while ((other = timeline_at(list->stay, reading->input, list->at++)) != NULL &&
	       other->measured_us <= reading->measured_us + WITHIN_US) {
		if (disagrees(list->stay, list->policy, reading, list->part, other))
			return other;
	}
	return NULL;
}

const struct reading *conflict_worse(const struct ward_core *core, const struct stay *stay,
				     const struct reading *reading,
				     const struct reading **ret_other)
{
	struct disagreements list = disagreements_of(core, stay, reading);
	const struct policy *policy = list.policy;
	const struct reading *worse = reading, *other;
	*ret_other = NULL;
	while ((other = disagreements_next(&list)) != NULL) {
		int part = set_part(stay, policy, other), worst = set_part(stay, policy, worse);
		enum alert_level alone = rule_level_alone(policy, other);
		if (part > worst || (part == worst && alone > rule_level_alone(policy, worse)))
			worse = other;
		if (*ret_other == NULL || other == worse)
			*ret_other = other;
	}
	if (worse == *ret_other)
		*ret_other = reading;
	return worse;
}

void conflict_reading(struct ward_core *core, struct stay *stay, struct reading *reading)
{
	struct disagreements list = disagreements_of(core, stay, reading);
	bool found = false, half = false;
	struct reading *other;
	while ((other = disagreements_next(&list)) != NULL) {
		half = half || is_half_rate(other, reading);
		if (!other->conflict)
			disposition_conflict(core, stay, other);
		if (!reading->conflict)
			disposition_conflict(core, stay, reading);
		other->conflict = reading->conflict = true;
		found = true;
	}
	struct alert *alert = alert_open(stay, ALERT_CAUSE_CONFLICT);
	if (!found || reading->late ||
	    (alert != NULL && (alert->inputs & 1u << reading->input) != 0))
		return;
	const struct reading *beside;
	const struct reading *worse = conflict_worse(core, stay, reading, &beside);
	char title[MODEL_TEXT_BYTES], time[48];
	rule_when(reading, time);
	model_format(title, sizeof(title), "%.*s: %s and %s %s; the worse one counts%s",
		     STR_ARG(reading_input_label(reading->input)), worse->text,
		     beside == NULL ? "another" : beside->text, time,
		     half ? "; one is half the other, check the signal of both" : "");
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_CONFLICT, ALERT_LEVEL_TECHNICAL,
				    str_from_c(title));
		MODEL_PUT(alert->focus, str_from_c(reading->observation));
	} else {
		MODEL_PUT(alert->title, str_from_c(title));
		alert_touch(core, alert);
	}
	alert->inputs |= 1u << reading->input;
	rule_ask_repeat(core, stay, reading);
}
