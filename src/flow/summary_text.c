/* SPDX-License-Identifier: Apache-2.0
 * The narrative of a discharge summary: six sections of XHTML in the subset of FHIR's Narrative. */
#include "flow/summary.h"
#include "ward/channel.h"
#include "ward/print.h"

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

void summary_time(struct text *text, int64_t at_us)
{
	char clock[MODEL_CLOCK_BYTES];
	struct date_civil civil =
		date_to_civil(at_us + date_london_offset_min(at_us) * DATE_US_PER_MIN);
	model_clock_time(at_us, clock);
	text_put_format(text, "%d %s %d, %s", (int)civil.day, months[(civil.month + 11) % 12],
			(int)civil.year, clock);
}

void summary_escape(struct text *text, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char byte = value.ptr[i];
		if (byte == '&')
			text_put_c(text, "&amp;");
		else if (byte == '<')
			text_put_c(text, "&lt;");
		else if (byte == '>')
			text_put_c(text, "&gt;");
		else if (byte == '"')
			text_put_c(text, "&quot;");
		else
			text_put_byte(text, (unsigned char)byte < 0x20 ? ' ' : byte);
	}
}

static void put_line(struct text *text, const char *label, struct str value)
{
	text_put_format(text, "<p><b>%s:</b> ", label);
	summary_escape(text, value.len > 0 ? value : STR("not recorded"));
	text_put_c(text, "</p>");
}

static struct str parameter(const struct summary *summary, struct str name)
{
	return str_trim(
		operation_parameter_text(summary->part->parameters, name, STR("valueString")));
}

static struct str extension_code(const struct json *resource, struct str name)
{
	return json_get_text(model_extension(resource, name), STR("valueCode"));
}

static void put_reason(struct text *text, const struct summary *summary)
{
	const struct json *reason = json_at(json_get(summary->referral, STR("reasonCode")), 0);
	struct str words = json_get_text(reason, STR("text"));
	if (words.len == 0)
		words = json_get_text(json_at(json_get(reason, STR("coding")), 0), STR("display"));
	put_line(text, "Referred for", words);
	put_line(text, "Referred from",
		 summary->referral != NULL
			 ? extension_code(summary->referral, STR("referral-source"))
			 : extension_code(summary->part->episode, STR("admission-source")));
	put_line(text, "Pathway",
		 json_text(json_at(json_get(summary->plan, STR("instantiatesCanonical")), 0)));
}

static void put_escalations(struct text *text, const struct summary *summary)
{
	for (const struct json *at = summary->escalations->child; at != NULL; at = at->next) {
		const struct json *note = json_at(json_get(at, STR("note")), 0);
		text_put_c(text, "<p><b>Escalated:</b> ");
		summary_time(text, record_instant(at, STR("authoredOn"), summary->end_us));
		text_put_c(text, ": ");
		summary_escape(text, json_get_text(at, STR("description")));
		text_put_c(text, ". Outcome: ");
		struct str outcome = json_get_text(note, STR("text"));
		summary_escape(text, outcome.len > 0 ? outcome : STR("not recorded"));
		text_put_c(text, "</p>");
	}
}

static void put_holds(struct text *text, const struct summary *summary)
{
	const struct json *list = json_get(summary->part->episode, STR("statusHistory"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		const struct json *period = json_get(at, STR("period"));
		if (!str_equal(json_get_text(at, STR("status")), STR("onhold")))
			continue;
		text_put_c(text, "<p><b>In a hospital bed:</b> ");
		summary_time(text, record_instant(period, STR("start"), summary->start_us));
		text_put_c(text, " to ");
		summary_time(text, record_instant(period, STR("end"), summary->end_us));
		text_put_c(text, "</p>");
	}
}

static void put_course(struct text *text, const struct summary *summary)
{
	struct str destination =
		extension_code(summary->part->episode, STR("discharge-destination"));
	int64_t hours = (summary->end_us - summary->start_us) / DATE_US_PER_HOUR;
	text_put_c(text, "<p><b>Admitted to the virtual ward:</b> ");
	summary_time(text, summary->start_us);
	text_put_c(text, "</p><p><b>Discharged:</b> ");
	summary_time(text, summary->end_us);
	text_put_format(text, " (after %lld days and %lld hours)</p>", (long long)(hours / 24),
			(long long)(hours % 24));
	put_line(text, "Discharged to", destination);
	put_line(text, "Why", parameter(summary, STR("reason")));
	put_line(text, "Discharged by", act_person_text(summary->person));
	text_put_format(text, "<p><b>Daily reviews recorded:</b> %zu</p>", summary->review_count);
	put_holds(text, summary);
	put_escalations(text, summary);
}

static void put_signs(struct text *text, const struct summary *summary)
{
	if (summary->sign_count == 0) {
		text_put_c(text, "<p>No reading was received during this stay.</p>");
		return;
	}
	text_put_format(text, "<p>%zu readings%s.</p>", summary->reading_count,
			summary->readings_cut ? ", the newest ones; there are more in the record"
					      : "");
	text_put_c(text, "<table><thead><tr><th>Sign</th><th>Readings</th><th>First</th>"
			 "<th>Lowest</th><th>Highest</th><th>Last</th><th>Last measured</th></tr>"
			 "</thead><tbody>");
	for (size_t i = 0; i < summary->sign_count; i++) {
		const struct summary_sign *sign = &summary->signs[i];
		const struct str cells[] = { sign->first, sign->least_text, sign->most_text,
					     sign->last };
		text_put_c(text, "<tr><td>");
		summary_escape(text, sign->label);
		if (sign->unit.len > 0) {
			text_put_c(text, " (");
			summary_escape(text, sign->unit);
			text_put_c(text, ")");
		}
		text_put_format(text, "</td><td>%lld</td>", (long long)sign->count);
		for (size_t k = 0; k < 4; k++) {
			text_put_c(text, "<td>");
			summary_escape(text, cells[k]);
			text_put_c(text, "</td>");
		}
		text_put_c(text, "<td>");
		summary_time(text, sign->last_us);
		text_put_c(text, "</td></tr>");
	}
	text_put_c(text, "</tbody></table>");
}

static void put_alerts(struct text *text, const struct summary *summary)
{
	if (summary->alert_total == 0) {
		text_put_c(text, "<p>No alert was raised during this stay.</p>");
		return;
	}
	text_put_format(text, "<p>%zu alerts%s.</p>", summary->alert_total,
			summary->alert_total > summary->alert_count
				? "; the newest are listed, the others are in the record"
				: "");
	text_put_c(text, "<table><thead><tr><th>Raised</th><th>Level</th><th>What</th>"
			 "<th>State at discharge</th><th>What was done</th></tr></thead><tbody>");
	for (size_t i = 0; i < summary->alert_count; i++) {
		const struct summary_alert *alert = &summary->alerts[i];
		text_put_c(text, "<tr><td>");
		summary_time(text, alert->raised_us);
		text_put_c(text, "</td><td>");
		summary_escape(text, alert->level);
		text_put_c(text, "</td><td>");
		summary_escape(text, alert->title);
		text_put_c(text, "</td><td>");
		summary_escape(text, alert->status);
		text_put_c(text, "</td><td>");
		summary_escape(text,
			       alert->answer.len > 0 ? alert->answer : STR("no answer recorded"));
		text_put_c(text, "</td></tr>");
	}
	text_put_c(text, "</tbody></table>");
}

static void put_plan(struct text *text, const struct summary *summary)
{
	const struct json *notes = json_get(summary->plan, STR("note"));
	const struct json *last =
		notes == NULL || notes->count == 0 ? NULL : json_at(notes, notes->count - 1);
	struct str plan = parameter(summary, STR("plan"));
	put_line(text, "Plan", plan.len > 0 ? plan : json_get_text(last, STR("text")));
	put_line(text, "Changes of medicines", parameter(summary, STR("medicines")));
	put_line(text, "Safety net", parameter(summary, STR("safetyNet")));
}

static void put_contact(struct text *text, const struct summary *summary)
{
	const struct json *list = json_get(summary->ward, STR("telecom"));
	const struct json *gp = json_at(json_get(summary->patient, STR("generalPractitioner")), 0);
	put_line(text, "Ward", json_get_text(summary->ward, STR("name")));
	size_t shown = 0;
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL && shown < 10;
	     at = at->next) {
		if (!channel_telecom_holds(at, summary->end_us))
			continue;
		put_line(text, "Call", json_get_text(at, STR("value")));
		shown++;
	}
	if (shown == 0)
		put_line(text, "Call", STR(""));
	text_put_c(text,
		   "<p>In an emergency call 999. For urgent advice at any hour call 111.</p>");
	put_line(text, "To the general practitioner", json_get_text(gp, STR("display")));
}

static const struct {
	const char *title, *system, *code;
	void (*put)(struct text *text, const struct summary *summary);
} sections[] = {
	{ "Reason for referral", "http://loinc.org", "42349-1", put_reason },
	{ "Course of the stay", "http://loinc.org", "8648-8", put_course },
	{ "Observations", "http://loinc.org", "8716-3", put_signs },
	{ "Alerts and what was done", HOMEWARD_URL "CodeSystem/summary-section", "alerts",
	  put_alerts },
	{ "Plan and safety net", "http://loinc.org", "18776-5", put_plan },
	{ "Who to call", HOMEWARD_URL "CodeSystem/summary-section", "contact", put_contact },
};

struct json *summary_sections(const struct summary *summary)
{
	struct arena *arena = summary->arena;
	struct json *list = json_new(arena, JSON_ARRAY);
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]) && list != NULL; i++) {
		struct json *section = json_new(arena, JSON_OBJECT);
		struct json *narrative = json_new(arena, JSON_OBJECT);
		struct text text;
		if (section == NULL || narrative == NULL)
			return NULL;
		text_init(&text, arena, SUMMARY_TEXT_BYTES_MAX);
		text_put_c(&text, "<div xmlns=\"http://www.w3.org/1999/xhtml\">");
		sections[i].put(&text, summary);
		text_put_c(&text, "</div>");
		if (text.failed)
			return NULL;
		print_string(arena, section, STR("title"), str_from_c(sections[i].title));
		json_add(section, STR("code"),
			 print_concept(arena, str_from_c(sections[i].system),
				       str_from_c(sections[i].code), STR("")));
		print_string(arena, narrative, STR("status"), STR("generated"));
		json_add(narrative, STR("div"), json_new_string(arena, text_view(&text)));
		json_add(section, STR("text"), narrative);
		json_append(list, section);
	}
	return list;
}
