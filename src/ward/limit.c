/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/limit.h"

#include "ward/timeline.h"

static const uint8_t inputs[] = {
	SCORE_RESPIRATORY_RATE, SCORE_HEART_RATE, SCORE_SPO2,
	SCORE_TEMPERATURE,      SCORE_SYSTOLIC,   SCORE_CAPILLARY_REFILL,
};

bool limit_sign_find(struct str name, uint8_t *ret_input)
{
	for (size_t i = 0; i < sizeof(inputs); i++) {
		if (str_equal(reading_input_name(inputs[i]), name)) {
			*ret_input = inputs[i];
			return true;
		}
	}
	return false;
}

/* --- reading the plan ----------------------------------------------------------------------- */

static const struct json *part(const struct json *extension, struct str name)
{
	const struct json *parts = json_get(extension, STR("extension"));
	for (const struct json *at = parts == NULL ? NULL : parts->child; at != NULL;
	     at = at->next) {
		if (str_equal(json_get_text(at, STR("url")), name))
			return at;
	}
	return NULL;
}

static bool instant_of(const struct json *extension, struct str name, int64_t *ret_us)
{
	struct date date;
	struct str text = json_get_text(part(extension, name), STR("valueDateTime"));
	if (date_parse(text, DATE_KIND_DATETIME, &date) != ERROR_OK)
		return false;
	*ret_us = date.low_us;
	return true;
}

/* A limit without a name, a reason or an end is none. */
static bool limit_read(const struct json *extension, struct limit *limit)
{
	const struct json *by = json_get(part(extension, STR("by")), STR("valueReference"));
	const struct json *above = part(extension, STR("above"));
	enum alert_level level;
	struct str value = json_get_text(above != NULL ? above : part(extension, STR("below")),
					 STR("valueDecimal"));
	MODEL_PUT(limit->by, json_get_text(by, STR("display")));
	if (limit->by[0] == '\0')
		MODEL_PUT(limit->by, json_get_text(by, STR("reference")));
	MODEL_PUT(limit->reason, json_get_text(part(extension, STR("reason")), STR("valueString")));
	MODEL_PUT(limit->text, value);
	limit->above = above != NULL;
	if (!limit_sign_find(json_get_text(part(extension, STR("sign")), STR("valueCode")),
			     &limit->input) ||
	    !alert_level_find(json_get_text(part(extension, STR("level")), STR("valueCode")),
			      &level) ||
	    level < ALERT_LEVEL_LOW || !decimal_read(value, &limit->value) ||
	    !instant_of(extension, STR("set"), &limit->set_us) ||
	    !instant_of(extension, STR("expires"), &limit->expires_us))
		return false;
	limit->level = (uint8_t)level;
	return limit->by[0] != '\0' && limit->reason[0] != '\0';
}

void limit_destroy(struct stay *stay)
{
	while (stay->limits != NULL) {
		struct limit *limit = stay->limits;
		stay->limits = limit->next;
		model_give(limit);
	}
}

static bool same(const struct limit *a, const struct limit *b)
{
	return a->input == b->input && a->above == b->above && a->set_us == b->set_us &&
	       decimal_compare(a->value, b->value) == 0;
}

static bool stands_in(const struct limit *list, const struct limit *wanted)
{
	for (; list != NULL; list = list->next) {
		if (same(list, wanted))
			return true;
	}
	return false;
}

static void judge(struct ward_core *core, struct stay *stay, const struct limit *limit,
		  const struct reading *reading);

/* What is known of the sign when the limit begins counts, unless it is old. */
static void look_back(struct ward_core *core, struct stay *stay, const struct limit *limit)
{
	const struct policy *policy = stay_policy(core, stay);
	const struct reading *newest = timeline_newest(stay, limit->input);
	if (policy != NULL && newest != NULL && reading_counts(newest) &&
	    core->now_us - newest->measured_us <= policy->stale_us)
		judge(core, stay, limit, newest);
}

void limit_plan(struct ward_core *core, struct stay *stay, const struct json *plan)
{
	const struct json *extensions = json_get(plan, STR("extension"));
	struct limit *before = stay->limits;
	struct limit **tail = &stay->limits;
	unsigned count = 0;
	stay->limits = NULL;
	for (const struct json *at = extensions == NULL ? NULL : extensions->child;
	     at != NULL && count < LIMIT_COUNT_MAX; at = at->next) {
		struct limit read = { 0 };
		if (!str_equal(json_get_text(at, STR("url")),
			       STR(HOMEWARD_URL "StructureDefinition/limit")) ||
		    !limit_read(at, &read) || read.expires_us <= core->now_us)
			continue;
		*tail = MODEL_NEW(struct limit);
		**tail = read;
		tail = &(*tail)->next;
		count++;
	}
	for (const struct limit *limit = stay->limits; limit != NULL; limit = limit->next) {
		if (!stands_in(before, limit))
			look_back(core, stay, limit);
	}
	struct stay old = { .limits = before };
	limit_destroy(&old);
}

/* --- the rule ------------------------------------------------------------------------------- */

static bool is_beyond(const struct limit *limit, const struct reading *reading)
{
	int order = decimal_compare(reading->value, limit->value);
	return limit->above ? order >= 0 : order <= 0;
}

static void judge(struct ward_core *core, struct stay *stay, const struct limit *limit,
		  const struct reading *reading)
{
	char title[MODEL_TEXT_BYTES], time[MODEL_CLOCK_BYTES];
	struct alert *alert = alert_open(stay, ALERT_CAUSE_LIMIT);
	enum alert_level level = (enum alert_level)limit->level;
	if (stay->status == STAY_FINISHED || limit->expires_us <= core->now_us ||
	    !is_beyond(limit, reading))
		return;
	model_clock_time(reading->measured_us, time);
	model_format(title, sizeof(title),
		     "%.*s %s at %s%s: %s %s is the limit set for this patient",
		     STR_ARG(reading_input_label(reading->input)), reading->text, time,
		     reading->late ? ", received late" : "",
		     limit->above ? "at or above" : "at or below", limit->text);
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_LIMIT, level, str_from_c(title));
	} else if (level > alert->level || (alert->inputs & 1u << reading->input) == 0) {
		MODEL_PUT(alert->title, str_from_c(title));
		alert->latest[0] = '\0';
		alert_worsen(core, alert,
			     level > alert->level ? level : (enum alert_level)alert->level, title);
	} else {
		model_format(alert->latest, sizeof(alert->latest), "now %s at %s", reading->text,
			     time);
		alert_touch(core, alert);
	}
	alert->inputs |= 1u << reading->input;
	MODEL_PUT(alert->focus, str_from_c(reading->observation));
}

bool limit_hits(const struct stay *stay, const struct reading *reading)
{
	for (const struct limit *limit = stay->limits; limit != NULL; limit = limit->next) {
		if (limit->input == reading->input && reading->has_value &&
		    reading->measured_us >= limit->set_us && is_beyond(limit, reading))
			return true;
	}
	return false;
}

void limit_reading(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	if (!reading_counts(reading) || !reading->has_value)
		return;
	for (const struct limit *limit = stay->limits; limit != NULL; limit = limit->next) {
		if (limit->input == reading->input && reading->measured_us >= limit->set_us)
			judge(core, stay, limit, reading);
	}
}

int64_t limit_next_us(const struct stay *stay)
{
	int64_t next_us = MODEL_NEVER;
	for (const struct limit *limit = stay->limits; limit != NULL; limit = limit->next) {
		if (limit->expires_us < next_us)
			next_us = limit->expires_us;
	}
	return next_us;
}

void limit_fire(struct ward_core *core, struct stay *stay)
{
	struct limit **link = &stay->limits;
	while (*link != NULL) {
		struct limit *limit = *link;
		if (limit->expires_us > core->now_us) {
			link = &limit->next;
			continue;
		}
		*link = limit->next;
		model_give(limit);
		stay_mark(core, stay);
	}
}

/* --- the row -------------------------------------------------------------------------------- */

static void put_text(struct text *text, const char *key, struct str value)
{
	text_put_format(text, ",\"%s\":", key);
	json_print_string(text, value);
}

void limit_print(const struct stay *stay, struct text *text)
{
	text_put_c(text, ",\"limits\":[");
	for (const struct limit *limit = stay->limits; limit != NULL; limit = limit->next) {
		char set[25], expires[25];
		date_write_instant(limit->set_us, set);
		date_write_instant(limit->expires_us, expires);
		text_put_format(text, "%s{\"sign\":\"%.*s\"", limit == stay->limits ? "" : ",",
				STR_ARG(reading_input_name(limit->input)));
		put_text(text, "label", reading_input_label(limit->input));
		text_put_format(text, ",\"above\":%s,\"below\":%s",
				limit->above ? limit->text : "null",
				limit->above ? "null" : limit->text);
		put_text(text, "level", alert_level_name((enum alert_level)limit->level));
		put_text(text, "by", str_from_c(limit->by));
		put_text(text, "reason", str_from_c(limit->reason));
		text_put_format(text, ",\"setAt\":\"%s\",\"expires\":\"%s\"}", set, expires);
	}
	text_put_byte(text, ']');
}
