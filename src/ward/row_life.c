/* SPDX-License-Identifier: Apache-2.0
 * What the life of an alert adds to a row of the board: docs/decisions/0006, "Board additions". */
#include "ward/model.h"
#include "ward/timeline.h"

static void put_instant(struct text *text, const char *key, int64_t at_us)
{
	char instant[25];
	text_put_format(text, ",\"%s\":", key);
	if (at_us == 0 || at_us == MODEL_NEVER) {
		text_put_c(text, "null");
		return;
	}
	date_write_instant(at_us, instant);
	text_put_format(text, "\"%s\"", instant);
}

static void put_string(struct text *text, const char *key, const char *value)
{
	text_put_format(text, ",\"%s\":", key);
	if (value[0] == '\0')
		text_put_c(text, "null");
	else
		json_print_string(text, str_from_c(value));
}

static void add(char note[MODEL_TEXT_BYTES], const char *words)
{
	size_t at = strlen(note);
	if (words[0] != '\0')
		model_format(note + at, MODEL_TEXT_BYTES - at, "%s%s", at == 0 ? "" : "; ", words);
}

void row_life_note(const struct ward_core *core, const struct stay *stay, unsigned input,
		   const struct reading *reading, char note[MODEL_TEXT_BYTES])
{
	const struct reading *declined = NULL;
	char words[64], time[MODEL_CLOCK_BYTES];
	if (reading != NULL) {
		antipyretic_words(core, stay, reading, words);
		add(note, words);
		if (input == READING_TOTAL)
			add(note, "another system's; the ward's own score counts");
	}
	const struct reading *other;
	for (uint32_t at = timeline_find(stay, input,
					 reading == NULL ? INT64_MIN : reading->measured_us + 1);
	     (other = timeline_at(stay, input, at)) != NULL; at++) {
		if (other->declined)
			declined = other;
	}
	if (declined == NULL)
		return;
	model_clock_time(declined->measured_us, time);
	model_format(words, sizeof(words), "not done at %s: %s", time, declined->text);
	add(note, words);
}

/* The resource that gave rise to it; a reading goes by its bare id. */
static void put_about(const struct alert *alert, struct text *text)
{
	char about[sizeof(alert->focus) + sizeof("Observation/")];
	model_format(about, sizeof(about), "%s%s",
		     strchr(alert->focus, '/') == NULL ? "Observation/" : "", alert->focus);
	text_put_c(text, ",\"about\":");
	if (alert->focus[0] == '\0')
		text_put_c(text, "null");
	else
		json_print_string(text, str_from_c(about));
}

void row_life_alert(const struct alert *alert, struct text *text)
{
	struct str reason = concern_reason(alert);
	char instant[25];
	text_put_c(text, ",\"reason\":");
	if (reason.len > 0)
		json_print_string(text, reason);
	else
		text_put_c(text, "null");
	put_about(alert, text);
	text_put_c(text, ",\"callAt\":");
	if (alert->call_us == 0) {
		text_put_c(text, "null");
	} else {
		date_write_instant(alert->call_us, instant);
		text_put_format(text, "\"%s\"", instant);
	}
	text_put_c(text, ",\"snooze\":");
	if (!snooze_is_on(alert)) {
		text_put_c(text, "null");
		return;
	}
	date_write_instant(alert->snooze.until_us, instant);
	text_put_format(text, "{\"until\":\"%s\"", instant);
	put_string(text, "by", alert->snooze.by_name);
	text_put_format(text, ",\"count\":%u}", alert->snooze.count);
}

void row_life_print(const struct ward_core *core, const struct stay *stay, struct text *text)
{
	char instant[25];
	const struct ward_place *ward = stay->ward;
	text_put_format(text, ",\"deceased\":%s", stay->deceased ? "true" : "false");
	put_instant(text, "antipyreticAt", antipyretic_before_us(core, stay, core->shown_us));
	put_instant(text, "deferUntilMax", defer_until_max_us(core, stay));
	text_put_c(text, ",\"defer\":");
	if (defer_is_on(core, stay)) {
		date_write_instant(stay_due_us(core, stay), instant);
		text_put_format(text, "{\"until\":\"%s\"", instant);
		put_string(text, "reason", stay->deferral.reason);
		put_string(text, "by", stay->deferral.by);
		text_put_byte(text, '}');
	} else {
		text_put_c(text, "null");
	}
	text_put_c(text, ",\"secondOpinion\":");
	if (ward == NULL || ward->opinion_phone[0] == '\0') {
		text_put_c(text, "null");
		return;
	}
	text_put_c(text, "{\"phone\":");
	json_print_string(text, str_from_c(ward->opinion_phone));
	put_string(text, "text", ward->opinion_text);
	text_put_byte(text, '}');
}
