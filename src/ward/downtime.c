/* SPDX-License-Identifier: Apache-2.0
 * The board on paper. When the server, the network or the power is gone the ward goes on with the last printed state:
 * GET /ward/print answers it, and a thread of its own keeps it current as files WARD.html in a folder that may lie on
 * another machine (a share that hangs holds up nobody but that thread). The page needs no script, no other file and
 * no server, and has lines to write on. It is made from the rows that the live board shows: docs/decisions/0002. */
#include "ward/runner.h"

#include "os/file.h"
#include "os/log.h"
#include "ward/model.h"
#include "ward/operation.h"

#define DOWNTIME_FOLDER "downtime"
#define DOWNTIME_US (60 * INT64_C(1000000))
#define DOWNTIME_WAIT_US (1 * INT64_C(1000000))
#define DOWNTIME_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define DOWNTIME_ARENA_BYTES ((size_t)512 * 1024 * 1024)
#define BLANK_LINES 4

/* --- page ----------------------------------------------------------------------------------- */

static void put_escaped(struct text *text, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		switch (value.ptr[i]) {
		case '<':
			text_put_c(text, "&lt;");
			break;
		case '>':
			text_put_c(text, "&gt;");
			break;
		case '&':
			text_put_c(text, "&amp;");
			break;
		case '"':
			text_put_c(text, "&quot;");
			break;
		default:
			text_put_byte(text, value.ptr[i]);
		}
	}
}

static void put_element(struct text *text, const char *open, struct str value, const char *close)
{
	text_put_c(text, open);
	put_escaped(text, value);
	text_put_c(text, close);
}

/* "Sun 22 Nov 08:10" is more than is needed: the day matters only when it is not the page's own. */
static void put_time(struct text *text, struct str instant)
{
	struct date date;
	char clock[MODEL_CLOCK_BYTES], local[25];
	if (instant.len == 0 || date_parse(instant, DATE_KIND_INSTANT, &date) != ERROR_OK) {
		text_put_c(text, "not yet");
		return;
	}
	model_clock_time(date.low_us, clock);
	text_put_c(text, clock);
	text_put_c(text, " <small>");
	date_write_instant(date.low_us + date_london_offset_min(date.low_us) * DATE_US_PER_MIN,
			   local);
	text_put_format(text, "%.2s/%.2s</small>", local + 8, local + 5);
}

static void put_values(struct text *text, const struct json *values)
{
	text_put_c(text, "<table class=values><tr>");
	for (const struct json *value = values == NULL ? NULL : values->child; value != NULL;
	     value = value->next)
		put_element(text, "<th>", json_get_text(value, STR("label")), "</th>");
	text_put_c(text, "</tr><tr>");
	for (const struct json *value = values == NULL ? NULL : values->child; value != NULL;
	     value = value->next) {
		struct str shown = json_get_text(value, STR("text"));
		struct str state = json_get_text(value, STR("state"));
		if (shown.len == 0) {
			text_put_c(text, "<td>not measured</td>");
			continue;
		}
		put_element(text, "<td><b>", shown, "</b> ");
		put_element(text, "", json_get_text(value, STR("unit")), "<br>");
		put_time(text, json_get_text(value, STR("measuredAt")));
		if (json_get_text(value, STR("site")).len > 0)
			put_element(text, "<br>", json_get_text(value, STR("site")), "");
		if (!str_equal(state, STR("current")))
			put_element(text, "<br><i>", state, "</i>");
		text_put_c(text, "</td>");
	}
	text_put_c(text, "</tr></table>");
}

static void put_score(struct text *text, const struct json *score)
{
	const struct json *complete = json_get(score, STR("complete"));
	if (score == NULL || score->type != JSON_OBJECT) {
		text_put_c(text, "<p>No score yet.</p>");
		return;
	}
	text_put_format(text, "<p><b>%s %.*s%s</b> ",
			str_equal(json_get_text(score, STR("scale")), STR("npews"))   ? "PEWS"
			: str_equal(json_get_text(score, STR("scale")), STR("news2")) ? "NEWS2"
										      : "Score",
			STR_ARG(json_get_text(score, STR("total"))),
			complete != NULL && complete->type == JSON_TRUE ? ""
									: " or more (partial)");
	put_element(text, "", json_get_text(score, STR("band")), " ");
	if (json_get_text(score, STR("chartChosenBy")).len > 0)
		put_element(text, "(chart chosen by ", json_get_text(score, STR("chartChosenBy")),
			    ") ");
	text_put_c(text, "at ");
	put_time(text, json_get_text(score, STR("measuredAt")));
	text_put_c(text, "</p>");
}

static void put_alerts(struct text *text, const struct json *alerts)
{
	text_put_c(text, "<ul>");
	for (const struct json *alert = alerts == NULL ? NULL : alerts->child; alert != NULL;
	     alert = alert->next) {
		const struct json *answer = json_get(alert, STR("acknowledgement"));
		put_element(text, "<li><b>", json_get_text(alert, STR("level")), "</b>: ");
		put_element(text, "", json_get_text(alert, STR("title")), "; since ");
		put_time(text, json_get_text(alert, STR("raisedAt")));
		if (answer != NULL && answer->type == JSON_OBJECT) {
			put_element(text, "; ", json_get_text(answer, STR("by")), ": ");
			put_element(text, "", json_get_text(answer, STR("plan")), "; review by ");
			put_time(text, json_get_text(answer, STR("reviewAt")));
		} else {
			text_put_c(text, "; <b>not acknowledged</b>");
		}
		text_put_c(text, "</li>");
	}
	text_put_c(text, "</ul>");
}

static void put_contacts(struct text *text, const struct json *contacts)
{
	text_put_c(text, "<p>");
	for (const struct json *contact = contacts == NULL ? NULL : contacts->child;
	     contact != NULL; contact = contact->next) {
		put_element(text, "<span class=phone>", json_get_text(contact, STR("name")), " (");
		put_element(text, "", json_get_text(contact, STR("relationship")), ") <b>");
		put_element(text, "", json_get_text(contact, STR("phone")), "</b></span> ");
	}
	if (contacts == NULL || contacts->child == NULL)
		text_put_c(text, "<b>No family contact is recorded.</b>");
	text_put_c(text, "</p>");
}

static void put_blank(struct text *text)
{
	static const char *const columns[] = { "Time", "Resp rate",    "SpO2", "Oxygen",
					       "BP",   "Heart rate",   "Temp", "Consciousness",
					       "Plan", "Signed (name)" };
	text_put_c(text, "<table class=blank><tr>");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		text_put_format(text, "<th>%s</th>", columns[i]);
	text_put_c(text, "</tr>");
	for (size_t line = 0; line < BLANK_LINES; line++) {
		text_put_c(text, "<tr>");
		for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
			text_put_c(text, "<td></td>");
		text_put_c(text, "</tr>");
	}
	text_put_c(text, "</table>");
}

static void put_row(struct text *text, const struct json *row)
{
	const struct json *patient = json_get(row, STR("patient"));
	text_put_c(text, "<section>");
	if (patient == NULL || patient->type != JSON_OBJECT) {
		text_put_c(text, "<h2>The ward itself</h2>");
		put_alerts(text, json_get(row, STR("alerts")));
		text_put_c(text, "</section>");
		return;
	}
	put_element(text, "<h2>", json_get_text(patient, STR("name")), ", ");
	put_element(text, "", json_get_text(patient, STR("age")), " <small>born ");
	put_element(text, "", json_get_text(patient, STR("birthDate")), "; ");
	put_element(text, "", json_get_text(json_get(row, STR("policy")), STR("title")),
		    "</small></h2>");
	put_contacts(text, json_get(row, STR("contacts")));
	put_alerts(text, json_get(row, STR("alerts")));
	put_score(text, json_get(row, STR("score")));
	put_values(text, json_get(row, STR("values")));
	text_put_c(text, "<p>Next readings due: <b>");
	put_time(text, json_get_text(row, STR("nextDue")));
	text_put_c(text, "</b></p>");
	put_blank(text);
	text_put_c(text, "</section>");
}

static void put_page(struct text *text, const struct json *board)
{
	struct str name = json_get_text(json_get(board, STR("ward")), STR("name"));
	const struct json *rows = json_get(board, STR("rows"));
	text_put_c(text,
		   "<!doctype html><html lang=en-GB><meta charset=utf-8><title>Downtime "
		   "board</title><style>"
		   "body{font:11pt/1.35 sans-serif;margin:12mm;color:#000;background:#fff}"
		   "h1{font-size:17pt;margin:0}h2{font-size:13pt;margin:0 0 1mm}p,ul{margin:1mm 0}"
		   "section{border-top:2px solid #000;padding:3mm 0;break-inside:avoid}"
		   "table{border-collapse:collapse;width:100%;margin:1mm 0}"
		   "th,td{border:1px solid #555;padding:1mm;text-align:left;vertical-align:top;"
		   "font-weight:normal}th{font-size:9pt}"
		   ".blank td{height:8mm}.warn{border:2px solid #000;padding:2mm;margin:2mm 0}"
		   ".phone{white-space:nowrap;margin-right:5mm}"
		   "@media print{@page{size:A4;margin:10mm}body{margin:0}}</style><main>");
	put_element(text, "<h1>Downtime board: ", name, "</h1>");
	text_put_c(text, "<p class=warn>As it was at <b>");
	put_time(text, json_get_text(board, STR("serverTime")));
	text_put_c(text, "</b>. Nothing here is newer than that. While the system is down phone "
			 "every family when its readings are due, "
			 "write on the lines, score by the printed chart, and enter everything "
			 "afterwards with the time it was measured.</p>");
	for (const struct json *row = rows == NULL ? NULL : rows->child; row != NULL;
	     row = row->next)
		put_row(text, row);
	if (rows == NULL || rows->child == NULL)
		text_put_c(text, "<p>Nobody is on this ward.</p>");
	text_put_c(text, "</main></html>\n");
}

/* False: no such ward, or no room in the arena. */
static bool print_ward(struct ward *ward, struct str id, struct arena *arena, struct text *ret_text)
{
	struct text json;
	struct json *board = NULL;
	const struct json_options options = { .bytes_max = DOWNTIME_BYTES_MAX,
					      .values_max = SIZE_MAX };
	struct board_now now = { clock_now_us(ward->options.clock), clock_rate(ward->options.clock),
				 ward->options.dev };
	text_init(&json, arena, DOWNTIME_BYTES_MAX);
	if (!board_print(ward->board, id, &now, arena, &json) || json.failed ||
	    json_parse(arena, text_view(&json), &options, NULL, &board) != ERROR_OK)
		return false;
	text_init(ret_text, arena, DOWNTIME_BYTES_MAX);
	put_page(ret_text, board);
	return !ret_text->failed;
}

void downtime_handle(struct call *call)
{
	struct ward *ward = server_room(call->server, "ward");
	struct str id;
	struct text text;
	char name[MODEL_NAME_BYTES];
	if (ward == NULL || !atomic_load(&ward->shown)) {
		call_fail(call,
			  issue_add(&call->issues, ERROR_BUSY, STR(""),
				    "The ward is reading the record; ask again in a moment."));
		return;
	}
	if (!operation_ward_id(call, &id))
		return;
	if (!print_ward(ward, id, &call->arena, &text)) {
		if (!board_ward_name(ward->board, id, name, sizeof(name)))
			operation_no_board(call, id);
		else
			call_fail(call, issue_add(&call->issues, ERROR_LIMIT, STR(""),
						  "The board is too large for one page."));
		return;
	}
	call->status = 200;
	call->answer = text_view(&text);
	call->content_type = STR("text/html; charset=utf-8");
	call_answer_header(call, STR("Cache-Control"), STR("no-store"));
	call_answer_header(call, STR("Content-Security-Policy"),
			   STR("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
			       "frame-ancestors 'none'"));
	call_answer_header(call, STR("Referrer-Policy"), STR("no-referrer"));
}

/* --- files ---------------------------------------------------------------------------------- */

static bool keep_ward(struct ward *ward, struct arena *arena, struct str id)
{
	char name[MODEL_ID_BYTES + 8];
	struct text text;
	if (!print_ward(ward, id, arena, &text))
		return true;
	model_format(name, sizeof(name), "%.*s.html", STR_ARG(id));
	return file_write_whole(ward->downtime_folder, name, text_view(&text)) == ERROR_OK;
}

static void keep_all(struct ward *ward)
{
	struct arena arena;
	struct text list;
	struct json *wards = NULL;
	bool kept = true;
	arena_init(&arena, DOWNTIME_ARENA_BYTES);
	text_init(&list, &arena, DOWNTIME_BYTES_MAX);
	board_list_print(ward->board, &list);
	if (json_parse(&arena, text_view(&list), NULL, NULL, &wards) == ERROR_OK) {
		struct arena page;
		arena_init(&page, DOWNTIME_ARENA_BYTES);
		for (const struct json *one = wards->child;
		     one != NULL && !atomic_load(&ward->stopping); one = one->next) {
			kept = keep_ward(ward, &page, json_get_text(one, STR("id"))) && kept;
			arena_reset(&page);
		}
		arena_done(&page);
	}
	arena_done(&arena);
	if (!kept && !ward->downtime_failed)
		LOG(EVENT_WARD_DOWNTIME_FAILED);
	ward->downtime_failed = !kept;
}

static void run(void *argument)
{
	struct ward *ward = argument;
	int64_t kept_us = 0;
	mutex_lock(&ward->mutex);
	while (!atomic_load(&ward->stopping)) {
		int64_t now_us = clock_monotonic_us();
		if (atomic_load(&ward->shown) &&
		    (kept_us == 0 || now_us - kept_us >= DOWNTIME_US)) {
			mutex_unlock(&ward->mutex);
			keep_all(ward);
			mutex_lock(&ward->mutex);
			kept_us = clock_monotonic_us();
		}
		(void)condition_wait_until(&ward->halted, &ward->mutex, now_us + DOWNTIME_WAIT_US);
	}
	mutex_unlock(&ward->mutex);
}

bool downtime_start(struct ward *ward, struct str folder)
{
	int above = -1;
	ward->downtime_folder = -1;
	if (folder.len > 0) {
		char path[1024];
		MODEL_PUT(path, folder);
		if (file_open_folder(path, &ward->downtime_folder) != ERROR_OK)
			return false;
	} else if (ward->folder_path == NULL) {
		return true;
	} else if (file_open_folder(ward->folder_path, &above) != ERROR_OK ||
		   file_open_folder_below(above, DOWNTIME_FOLDER, true, &ward->downtime_folder) !=
			   ERROR_OK) {
		if (above >= 0)
			file_close(above);
		return false;
	}
	if (above >= 0)
		file_close(above);
	return thread_start(&ward->downtime, "downtime", run, ward);
}

void downtime_stop(struct ward *ward)
{
	thread_join(&ward->downtime);
	if (ward->downtime_folder >= 0)
		file_close(ward->downtime_folder);
	ward->downtime_folder = -1;
}
