/* SPDX-License-Identifier: Apache-2.0
 * The words of a handover in the order that wards use (situation, background, assessment, recommendation), made of
 * what the board shows: nothing in it that the nurse who comes could not check there. */
#include "ward/operation_people.h"

static void put_time(struct text *text, struct str instant)
{
	struct date date;
	char clock[MODEL_CLOCK_BYTES];
	if (date_parse(instant, DATE_KIND_INSTANT, &date) != ERROR_OK) {
		text_put_c(text, "a time unknown");
		return;
	}
	model_clock_time(date.low_us, clock);
	text_put_c(text, clock);
}

static void put_member(struct text *text, const struct json *object, const char *name)
{
	text_put(text, json_get_text(object, str_from_c(name)));
}

static void put_situation(struct text *text, const struct json *row)
{
	const struct json *patient = json_get(row, STR("patient"));
	const struct json *score = json_get(row, STR("score"));
	const struct json *alerts = json_get(row, STR("alerts"));
	text_put_c(text, "Situation: ");
	put_member(text, patient, "name");
	text_put_c(text, ", ");
	put_member(text, patient, "age");
	if (json_get(score, STR("total")) != NULL) {
		text_put_c(text, "; ");
		put_member(text, score, "scale");
		text_put_byte(text, ' ');
		put_member(text, score, "total");
		text_put_c(text, " at ");
		put_time(text, json_get_text(score, STR("measuredAt")));
	}
	const struct json *alert = alerts == NULL ? NULL : alerts->child;
	if (alert == NULL)
		text_put_c(text, "; no open alert");
	for (; alert != NULL; alert = alert->next) {
		const struct json *done = json_get(alert, STR("acknowledgement"));
		text_put_c(text, "; ");
		put_member(text, alert, "level");
		text_put_c(text, " alert \"");
		put_member(text, alert, "title");
		text_put_c(text, "\" since ");
		put_time(text, json_get_text(alert, STR("raisedAt")));
		if (json_get(done, STR("by")) != NULL) {
			text_put_c(text, ", answered by ");
			put_member(text, done, "by");
		} else {
			text_put_c(text, ", not answered");
		}
	}
	text_put_c(text, ".\n");
}

static void put_background(struct text *text, const struct json *row)
{
	const struct json *limits = json_get(row, STR("limits"));
	const struct json *team = json_get(row, STR("team"));
	text_put_c(text, "Background: ");
	put_member(text, json_get(row, STR("policy")), "title");
	text_put_c(text, ", on the ward since ");
	text_put(text, str_slice(json_get_text(row, STR("admitted")), 0, 10));
	for (const struct json *at = limits == NULL ? NULL : limits->child; at != NULL;
	     at = at->next) {
		bool above = json_get_text(at, STR("above")).len > 0;
		text_put_c(text, "; limit for this patient: ");
		put_member(text, at, "label");
		text_put_c(text, above ? " at or above " : " at or below ");
		put_member(text, at, above ? "above" : "below");
		text_put_c(text, " (");
		put_member(text, at, "by");
		text_put_c(text, ": ");
		put_member(text, at, "reason");
		text_put_byte(text, ')');
	}
	for (const struct json *at = team == NULL ? NULL : team->child; at != NULL; at = at->next) {
		text_put_c(text, "; ");
		put_member(text, at, "role");
		text_put_byte(text, ' ');
		put_member(text, at, "name");
	}
	text_put_c(text, ".\n");
}

static void put_assessment(struct text *text, const struct json *row)
{
	const struct json *values = json_get(row, STR("values"));
	bool first = true;
	text_put_c(text, "Assessment: ");
	for (const struct json *at = values == NULL ? NULL : values->child; at != NULL;
	     at = at->next) {
		struct str state = json_get_text(at, STR("state"));
		text_put_c(text, first ? "" : ", ");
		first = false;
		put_member(text, at, "label");
		text_put_byte(text, ' ');
		if (str_equal(state, STR("missing"))) {
			text_put_c(text, "not measured");
			continue;
		}
		put_member(text, at, "text");
		text_put_byte(text, ' ');
		put_member(text, at, "unit");
		text_put_c(text, " at ");
		put_time(text, json_get_text(at, STR("measuredAt")));
		if (!str_equal(state, STR("current"))) {
			text_put_c(text, " (");
			text_put(text, state);
			text_put_byte(text, ')');
		}
	}
	text_put_c(text, first ? "no readings yet.\n" : ".\n");
}

static void put_recommendation(struct text *text, const struct json *row)
{
	const struct json *alerts = json_get(row, STR("alerts"));
	struct str due = json_get_text(row, STR("nextDue"));
	text_put_c(text, "Recommendation: ");
	for (const struct json *at = alerts == NULL ? NULL : alerts->child; at != NULL;
	     at = at->next) {
		const struct json *done = json_get(at, STR("acknowledgement"));
		if (json_get_text(done, STR("plan")).len == 0)
			continue;
		text_put_c(text, "plan: ");
		put_member(text, done, "plan");
		text_put_c(text, ", look again by ");
		put_time(text, json_get_text(done, STR("reviewAt")));
		text_put_c(text, "; ");
	}
	if (due.len == 0) {
		text_put_c(text, "no readings are planned.");
		return;
	}
	text_put_c(text, "next readings due at ");
	put_time(text, due);
	text_put_byte(text, '.');
}

void hand_over_words(const struct json *row, struct text *text)
{
	put_situation(text, row);
	put_background(text, row);
	put_assessment(text, row);
	put_recommendation(text, row);
}
