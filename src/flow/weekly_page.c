/* SPDX-License-Identifier: Apache-2.0
 * GET /flow/weekly?ward=&start=: which weeks of a ward have a report, and those of one week (the newest, or the one
 * that began on `start`). */
#include "flow/act.h"
#include "flow/day.h"
#include "flow/operations.h"
#include "flow/page.h"
#include "flow/weekly.h"
#include "flow/weekly_list.h"

/* The first days of the weeks that have a report, newest first: a report of any Measure will do. */
static bool has_week(struct record *record, const struct weekly_names *measures, struct str ward,
		     int64_t day)
{
	char id[MODEL_ID_BYTES];
	for (const struct weekly_name *measure = measures->first; measure != NULL;
	     measure = measure->next) {
		weekly_id(ward, measure->id, day, id);
		if (weekly_is_there(record, id))
			return true;
	}
	return false;
}

static struct json *week_json(struct arena *arena, int64_t day)
{
	char text[11];
	struct json *week = json_new(arena, JSON_OBJECT);
	if (week == NULL)
		return NULL;
	day_write(day - WEEKLY_DAYS, text);
	print_string(arena, week, STR("start"), str_from_c(text));
	day_write(day - 1, text);
	print_string(arena, week, STR("end"), str_from_c(text));
	return week;
}

static void put_reports(struct record *record, const struct weekly_names *measures, struct str ward,
			int64_t day, struct json *reports)
{
	struct arena *arena = &record->call->arena;
	for (const struct weekly_name *measure = measures->first; measure != NULL;
	     measure = measure->next) {
		char id[MODEL_ID_BYTES];
		struct json *report = NULL, *one = json_new(arena, JSON_OBJECT);
		int64_t version;
		weekly_id(ward, measure->id, day, id);
		if (one == NULL ||
		    record_read(record, "MeasureReport", arena_copy(arena, str_from_c(id)), &report,
				&version) != ERROR_OK)
			continue;
		print_string(arena, one, STR("measure"), measure->id);
		print_string(arena, one, STR("title"), measure->title);
		json_add(one, STR("report"), report);
		json_append(reports, one);
	}
}

static enum error show(struct record *record, struct str ward, int64_t asked_day, struct json *root)
{
	struct arena *arena = &record->call->arena;
	struct weekly_names measures = { 0 };
	struct json *weeks = json_new(arena, JSON_ARRAY), *reports = json_new(arena, JSON_ARRAY);
	enum error error = weekly_list_measures(record, &measures);
	int64_t today = day_of(act_now_us(record->call)), shown_day = INT64_MIN;
	/* The day of the week on which reports were made may have been another once. */
	for (int64_t day = today; error == ERROR_OK && day > today - WEEKLY_SHOWN * WEEKLY_DAYS;
	     day--) {
		if (!has_week(record, &measures, ward, day))
			continue;
		json_append(weeks, week_json(arena, day));
		if (shown_day == INT64_MIN && (asked_day == INT64_MIN || asked_day == day))
			shown_day = day;
	}
	if (error == ERROR_OK && shown_day != INT64_MIN)
		put_reports(record, &measures, ward, shown_day, reports);
	if (error != ERROR_OK || root == NULL || weeks == NULL || reports == NULL)
		return error != ERROR_OK ? error : ERROR_LIMIT;
	print_string(arena, root, STR("ward"), ward);
	json_add(root, STR("weeks"), weeks);
	json_add(root, STR("week"),
		 shown_day == INT64_MIN ? json_new(arena, JSON_NULL) : week_json(arena, shown_day));
	json_add(root, STR("reports"), reports);
	return arena->failed ? ERROR_LIMIT : ERROR_OK;
}

void flow_weekly_reports(struct call *call)
{
	struct record record;
	struct json *ward = NULL, *root = json_new(&call->arena, JSON_OBJECT);
	struct str id, start = call_argument(call, STR("start"));
	int64_t day = INT64_MIN;
	if (!operation_ward(call, &id, &ward))
		return;
	if (start.len > 0 && !day_parse(start, &day)) {
		act_refuse(call, ERROR_BAD_REQUEST, "`start` is the first day of a week, a date.");
		return;
	}
	if (!record_open(&record, call))
		return;
	enum error error = show(&record, id, day == INT64_MIN ? day : day + WEEKLY_DAYS, root);
	record_close(&record);
	if (error != ERROR_OK)
		call_fail(call, error);
	else
		act_answer_page(call, root);
}
