/* SPDX-License-Identifier: Apache-2.0
 * Rules of the policy on one sign by itself: a range of values ("SpO2 92 and less"), a change within days ("2 kg in 3
 * days"), a distance from the patient's own two weeks. The figures are the policy's. What looks back further than
 * readings are kept has a list of its own. */
#include "ward/timeline.h"

#include <stdlib.h>

#define WATCH_WINDOW_US \
	(14 * DATE_US_PER_DAY)          /* a baseline is two weeks (ward.md 3, heart failure) */
#define WATCH_RECENT_US DATE_US_PER_DAY /* what is to be judged is not its own baseline */
#define WATCH_KEPT_US (15 * DATE_US_PER_DAY)
#define WATCH_STEP_US DATE_US_PER_HOUR /* one value an hour is kept: the last */
#define WATCH_VALUES_MAX 400

static bool looks_back(const struct policy *policy, unsigned input)
{
	if (input == READING_WEIGHT)
		return true;
	for (uint32_t i = 0; i < policy->watch_count; i++) {
		if (policy->watches[i].input == input && policy->watches[i].kind != WATCH_RANGE)
			return true;
	}
	return false;
}

bool watch_has(const struct policy *policy, unsigned input)
{
	for (uint32_t i = 0; i < policy->watch_count; i++) {
		if (policy->watches[i].input == input)
			return true;
	}
	return false;
}

/* --- values of two weeks --------------------------------------------------------------------- */

void watch_insert(struct stay *stay, struct measure *measure)
{
	struct measure **link = &stay->measures;
	while (*link != NULL && ((*link)->at_us < measure->at_us ||
				 ((*link)->at_us == measure->at_us &&
				  strcmp((*link)->observation, measure->observation) <= 0)))
		link = &(*link)->next;
	measure->next = *link;
	*link = measure;
}

static void withdraw_from(struct stay *stay, struct str observation)
{
	struct measure **link = &stay->measures;
	while (*link != NULL) {
		struct measure *measure = *link;
		if (!str_equal(str_from_c(measure->observation), observation)) {
			link = &measure->next;
			continue;
		}
		*link = measure->next;
		model_give(measure);
	}
}

void watch_withdraw(struct ward_core *core, struct str observation, struct stay *known)
{
	if (known != NULL) {
		withdraw_from(known, observation);
		return;
	}
	/* Older than what readings are found by, or of a stay that is over: rare, so every stay is asked. */
	for (struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		if (stay->measures != NULL)
			withdraw_from(stay, observation);
	}
}

void watch_forget(struct stay *stay, int64_t before_us)
{
	while (stay->measures != NULL && stay->measures->at_us < before_us) {
		struct measure *measure = stay->measures;
		stay->measures = measure->next;
		model_give(measure);
	}
}

/* A device that sends each second must not fill the list: of one hour the latest value stays. */
static void thin_out(struct stay *stay, const struct measure *added)
{
	bool passed = false; /* the list is in order of time: what follows `added` is later */
	const struct measure *gone = NULL;
	for (const struct measure *other = stay->measures; other != NULL && gone == NULL;
	     other = other->next) {
		passed = passed || other == added;
		if (other != added && other->input == added->input &&
		    other->at_us / WATCH_STEP_US == added->at_us / WATCH_STEP_US)
			gone = passed ? added : other;
	}
	for (struct measure **link = &stay->measures; gone != NULL; link = &(*link)->next) {
		struct measure *measure = *link;
		if (measure != gone)
			continue;
		*link = measure->next;
		model_give(measure);
		return;
	}
}

static void remember(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	struct measure *measure = MODEL_NEW(struct measure);
	measure->at_us = reading->measured_us;
	measure->input = reading->input;
	MODEL_PUT(measure->observation, str_from_c(reading->observation));
	if (!decimal_to_scaled(reading->value, 3, &measure->value)) {
		model_give(measure);
		return;
	}
	watch_insert(stay, measure);
	thin_out(stay, measure);
	watch_forget(stay, core->now_us - WATCH_KEPT_US);
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* The values of an input in [from, until); how many. */
static size_t values_of(const struct stay *stay, unsigned input, int64_t from_us, int64_t until_us,
			int64_t ret_values[WATCH_VALUES_MAX])
{
	size_t count = 0;
	for (const struct measure *measure = stay->measures; measure != NULL;
	     measure = measure->next) {
		if (measure->input == input && measure->at_us >= from_us &&
		    measure->at_us < until_us && count < WATCH_VALUES_MAX)
			ret_values[count++] = measure->value;
	}
	qsort(ret_values, count, sizeof(ret_values[0]), by_value);
	return count;
}

/* --- rules ----------------------------------------------------------------------------------- */

static bool scaled(struct decimal value, int64_t *ret_value)
{
	return decimal_to_scaled(value, 3, ret_value);
}

static void amount_text(int64_t thousandths, char ret_text[24])
{
	struct decimal value = { thousandths < 0 ? -thousandths : thousandths, -3 };
	model_format(ret_text, 24, "%.1f", decimal_to_double(value));
}

static bool in_range(const struct watch *watch, const struct reading *reading, char ret_why[96])
{
	if ((watch->has_low && decimal_compare(reading->value, watch->low) < 0) ||
	    (watch->has_high && decimal_compare(reading->value, watch->high) > 0))
		return false;
	ret_why[0] = '\0';
	return true;
}

/* Against the lowest (for a rise) and the highest (for a fall) of the days before. */
static bool changed(const struct stay *stay, const struct watch *watch,
		    const struct reading *reading, char ret_why[96])
{
	int64_t values[WATCH_VALUES_MAX], now, low = 0, high = 0;
	size_t count = values_of(stay, reading->input, reading->measured_us - watch->within_us,
				 reading->measured_us, values);
	char amount[24];
	if (count == 0 || !scaled(reading->value, &now))
		return false;
	bool up = watch->has_high && scaled(watch->high, &high) && now - values[0] >= high;
	bool down = watch->has_low && scaled(watch->low, &low) && values[count - 1] - now >= low;
	if (!up && !down)
		return false;
	amount_text(up ? now - values[0] : values[count - 1] - now, amount);
	model_format(ret_why, 96, ", %s by %s within %lld days", up ? "up" : "down", amount,
		     (long long)(watch->within_us / DATE_US_PER_DAY));
	return true;
}

static bool off_baseline(const struct stay *stay, const struct watch *watch,
			 const struct reading *reading, char ret_why[96])
{
	int64_t values[WATCH_VALUES_MAX], now, low = 0, high = 0;
	size_t count = values_of(stay, reading->input, reading->measured_us - WATCH_WINDOW_US,
				 reading->measured_us - WATCH_RECENT_US, values);
	char amount[24], usual[24];
	if (count < (size_t)watch->least || count == 0 || !scaled(reading->value, &now))
		return false;
	int64_t median = count % 2 == 1 ? values[count / 2]
					: (values[count / 2 - 1] + values[count / 2]) / 2;
	bool up = watch->has_high && scaled(watch->high, &high) && now - median >= high;
	bool down = watch->has_low && scaled(watch->low, &low) && median - now >= low;
	if (!up && !down)
		return false;
	amount_text(now - median, amount);
	amount_text(median, usual);
	model_format(ret_why, 96, ", %s %s the patient's own %s of two weeks", amount,
		     up ? "above" : "under", usual);
	return true;
}

static bool hits(const struct stay *stay, const struct watch *watch, const struct reading *reading,
		 char ret_why[96])
{
	if (watch->kind == WATCH_RANGE)
		return in_range(watch, reading, ret_why);
	return watch->kind == WATCH_CHANGE ? changed(stay, watch, reading, ret_why)
					   : off_baseline(stay, watch, reading, ret_why);
}

static bool is_newest(const struct stay *stay, const struct reading *reading)
{
	uint32_t at = timeline_find(stay, reading->input, reading->measured_us + 1);
	for (const struct reading *other = timeline_at(stay, reading->input, at); other != NULL;
	     other = timeline_at(stay, reading->input, ++at)) {
		if (!other->impossible && !other->duplicate)
			return false;
	}
	return true;
}

static void raise(struct ward_core *core, struct stay *stay, const struct reading *reading,
		  enum alert_cause cause, enum alert_level level, const char *why)
{
	struct alert *alert = alert_open(stay, cause);
	char title[MODEL_TEXT_BYTES], time[48];
	uint32_t bit = 1u << reading->input;
	rule_when(reading, time);
	model_format(title, sizeof(title), "%.*s %s%s %s",
		     STR_ARG(reading_input_label(reading->input)), reading->text, why, time);
	if (alert == NULL) {
		alert = alert_raise(core, stay, cause, level, str_from_c(title));
	} else if (level > alert->level || (alert->inputs & bit) == 0) {
		/* Each sign that is out stays named, the worse first. */
		char both[MODEL_TEXT_BYTES];
		bool another = alert->inputs != 0 && (alert->inputs & bit) == 0;
		if (another && level > alert->level)
			model_format(both, sizeof(both), "%s; %s", title, alert->title);
		else if (another)
			model_format(both, sizeof(both), "%s; %s", alert->title, title);
		MODEL_PUT(alert->title, str_from_c(another ? both : title));
		alert->latest[0] = '\0';
		alert_worsen(core, alert,
			     level > alert->level ? level : (enum alert_level)alert->level, title);
	} else {
		rule_latest(stay, alert, reading);
		alert_touch(core, alert);
	}
	alert->inputs |= bit;
	MODEL_PUT(alert->focus, str_from_c(reading->observation));
}

/* As a score's: what made it is normal again, and somebody has looked at it or it was Low. */
static void improved(struct ward_core *core, struct stay *stay, const struct reading *reading,
		     enum alert_cause cause)
{
	struct alert *alert = alert_open(stay, cause);
	char time[MODEL_CLOCK_BYTES], reason[MODEL_TEXT_BYTES];
	if (alert == NULL || (alert->inputs & 1u << reading->input) == 0 ||
	    !is_newest(stay, reading) || reading->time_suspect)
		return;
	rule_latest(stay, alert, reading);
	alert_touch(core, alert);
	if (alert->status != ALERT_ACCEPTED && alert->level != ALERT_LEVEL_LOW)
		return;
	alert->inputs &= ~(1u << reading->input);
	if (alert->inputs != 0)
		return;
	model_clock_time(reading->measured_us, time);
	model_format(reason, sizeof(reason), "All values that raised it were back at %s.", time);
	alert_close(core, alert, ALERT_END_IMPROVED, str_from_c(reason));
}

static void judge(struct ward_core *core, struct stay *stay, const struct reading *reading,
		  bool ranges)
{
	const struct policy *policy = stay_policy(core, stay);
	enum alert_cause cause = ranges ? ALERT_CAUSE_PARAMETER : ALERT_CAUSE_BASELINE;
	enum alert_level level = ALERT_LEVEL_NONE;
	char why[96] = "", found[96];
	bool watched = false;
	for (uint32_t i = 0; i < policy->watch_count; i++) {
		const struct watch *watch = &policy->watches[i];
		if (watch->input != reading->input || (watch->kind == WATCH_RANGE) != ranges)
			continue;
		watched = true;
		if (watch->level > level && hits(stay, watch, reading, found)) {
			level = watch->level;
			MODEL_PUT(why, str_from_c(found));
		}
	}
	if (!watched)
		return;
	/* What is past already is told, and calls nobody out of bed. */
	if (reading->late && !is_newest(stay, reading) && level > ALERT_LEVEL_MEDIUM)
		level = ALERT_LEVEL_MEDIUM;
	if (level == ALERT_LEVEL_NONE)
		improved(core, stay, reading, cause);
	else
		raise(core, stay, reading, cause, level, why);
}

bool watch_hits(const struct ward_core *core, const struct stay *stay,
		const struct reading *reading, bool ranges)
{
	const struct policy *policy = stay_policy(core, stay);
	char why[96];
	for (uint32_t i = 0; reading->has_value && i < policy->watch_count; i++) {
		const struct watch *watch = &policy->watches[i];
		if (watch->input == reading->input && (watch->kind == WATCH_RANGE) == ranges &&
		    watch->level != ALERT_LEVEL_NONE && hits(stay, watch, reading, why))
			return true;
	}
	return false;
}

void watch_reading(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	const struct policy *policy = stay_policy(core, stay);
	if (!reading->has_value || reading->has_litres || reading->has_fio2)
		return;
	if (looks_back(policy, reading->input))
		remember(core, stay, reading);
	judge(core, stay, reading, true);
	judge(core, stay, reading, false);
}
