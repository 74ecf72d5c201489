/* SPDX-License-Identifier: Apache-2.0
 * GET /flow/summary/{id of the stay}: its discharge summary as a page to print: the narrative of the stored
 * document and
 * nothing else. The narrative was checked when it was stored; the page runs no script and loads nothing. */
#include "flow/act.h"
#include "flow/operations.h"
#include "flow/summary.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	"<title>Discharge summary</title><style>"
	"body{font:16px/1.5 Arial,sans-serif;color:#212b32;max-width:60rem;margin:2rem "
	"auto;padding:0 1rem}"
	"h1{font-size:1.75rem}h2{font-size:1.25rem;border-bottom:2px solid #005eb8;margin-top:2rem}"
	"table{border-collapse:collapse;width:100%}th,td{border:1px solid #768692;padding:.25rem "
	".5rem;"
	"text-align:left;vertical-align:top}p{margin:.25rem 0}"
	"@media print{body{margin:0;max-width:none;font-size:11pt}tr,section{break-inside:avoid}}"
	"</style></head><body><main>\n";

static void put_patient(struct text *text, const struct json *patient)
{
	const struct json *identifiers = json_get(patient, STR("identifier"));
	struct arena *arena = text->arena;
	text_put_c(text, "<p><b>Patient:</b> ");
	summary_escape(text, record_patient_name(arena, patient));
	text_put_c(text, "</p><p><b>Born:</b> ");
	summary_escape(text, json_get_text(patient, STR("birthDate")));
	text_put_c(text, "</p>");
	size_t shown = 0;
	for (const struct json *at = identifiers == NULL ? NULL : identifiers->child;
	     at != NULL && shown < 5; at = at->next, shown++) {
		text_put_c(text, "<p><b>Identifier:</b> ");
		summary_escape(text, json_get_text(at, STR("value")));
		text_put_c(text, "</p>");
	}
}

static void put_sections(struct text *text, const struct json *composition)
{
	const struct json *sections = json_get(composition, STR("section"));
	for (const struct json *at = sections == NULL ? NULL : sections->child; at != NULL;
	     at = at->next) {
		text_put_c(text, "<section><h2>");
		summary_escape(text, json_get_text(at, STR("title")));
		text_put_c(text, "</h2>\n");
		text_put(text, json_get_text(json_get(at, STR("text")), STR("div")));
		text_put_c(text, "</section>\n");
	}
}

static void put_page(struct text *text, const struct json *bundle)
{
	const struct json *entries = json_get(bundle, STR("entry"));
	const struct json *composition = json_get(json_at(entries, 0), STR("resource"));
	int64_t at_us = record_instant(composition, STR("date"), 0);
	text_put_c(text, head);
	text_put_c(text, "<h1>");
	summary_escape(text, json_get_text(composition, STR("title")));
	text_put_c(text, "</h1>\n");
	for (const struct json *at = entries == NULL ? NULL : entries->child; at != NULL;
	     at = at->next) {
		const struct json *resource = json_get(at, STR("resource"));
		if (str_equal(json_get_text(resource, STR("resourceType")), STR("Patient")))
			put_patient(text, resource);
	}
	text_put_c(text, "<p><b>Written:</b> ");
	summary_time(text, at_us);
	text_put_c(text, "</p>\n");
	put_sections(text, composition);
	text_put_c(text, "</main></body></html>\n");
}

void flow_summary(struct call *call)
{
	struct json *episode = NULL, *bundle = NULL;
	int64_t version;
	struct text text;
	if (!operation_read(call, STR("EpisodeOfCare"), call->path_parts[0], &episode, &version))
		return;
	struct str id = model_reference_id(
		json_get(model_extension(episode, STR("discharge-summary")), STR("valueReference")),
		STR("Bundle"));
	if (id.len == 0) {
		act_refuse(call, ERROR_NOT_FOUND,
			   "This stay has no summary; it is made by $discharge.");
		return;
	}
	if (!operation_read(call, STR("Bundle"), id, &bundle, &version))
		return;
	text_init(&text, &call->arena, 8 * SUMMARY_TEXT_BYTES_MAX);
	put_page(&text, bundle);
	if (text.failed) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	call->status = 200;
	call->answer = text_view(&text);
	call->content_type = STR("text/html; charset=utf-8");
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
	call_answer_header(call, STR("Referrer-Policy"), STR("no-referrer"));
	call_answer_header(call, STR("Content-Security-Policy"),
			   STR("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
			       "form-action 'none'; frame-ancestors 'none'"));
}
