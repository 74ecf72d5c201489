/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/stay_chart.h"

#include "base/hash.h"
#include "base/limits.h"
#include "flow/summary.h"

/* --- alerts and what people did --------------------------------------------------------------- */

static void add_notes(struct stay_chart *chart, struct stay_chart_list *list,
		      const struct json *resource, size_t from)
{
	const struct json *notes = json_get(resource, STR("note"));
	size_t number = 0;
	for (const struct json *at = notes == NULL ? NULL : notes->child; at != NULL;
	     at = at->next) {
		if (number++ >= from)
			(void)stay_chart_add(
				chart, list, record_instant(at, STR("time"), 0),
				stay_chart_person(json_get(at, STR("authorReference")),
						  json_get_text(at, STR("authorString"))),
				json_get_text(at, STR("text")));
	}
}

static void add_alert(struct stay_chart *chart, const struct json *task, int64_t at_us)
{
	const struct json *period = json_get(task, STR("executionPeriod"));
	int64_t answered_us = record_instant(period, STR("start"), 0);
	int64_t ended_us = record_instant(period, STR("end"), 0);
	struct stay_chart_list notes;
	struct stay_chart_entry *alert =
		stay_chart_add(chart, &chart->alerts, at_us, (struct str){ NULL, 0 },
			       json_get_text(task, STR("description")));
	if (alert == NULL)
		return;
	stay_chart_list_init(&notes);
	alert->level = stay_chart_keep(
		chart, json_get_text(model_extension(task, STR("alert-level")), STR("valueCode")));
	if (answered_us != 0)
		(void)stay_chart_add(
			chart, &notes, answered_us,
			stay_chart_person(json_get(task, STR("owner")), (struct str){ NULL, 0 }),
			STR("acknowledged"));
	add_notes(chart, &notes, task, 0);
	if (ended_us != 0)
		(void)stay_chart_add(
			chart, &notes, ended_us, STR("ended"),
			json_get_text(json_get(task, STR("statusReason")), STR("text")));
	alert->notes = notes.first;
}

static void add_work(struct stay_chart *chart, const struct json *task, struct str kind,
		     int64_t at_us)
{
	struct text text;
	text_init(&text, chart->arena, STAY_CHART_TEXT_MAX);
	text_put_format(&text, "%.*s: %.*s", STR_ARG(kind),
			STR_ARG(json_get_text(task, STR("description"))));
	const struct json *owner = json_get(task, STR("owner"));
	const struct json *requester = json_get(task, STR("requester"));
	(void)stay_chart_add(
		chart, &chart->plans, at_us,
		stay_chart_person(owner == NULL ? requester : owner, (struct str){ NULL, 0 }),
		text_view(&text));
	add_notes(chart, &chart->plans, task, 0);
}

bool stay_chart_visit_task(void *context, const struct store_version *version,
			   const struct json *task)
{
	struct stay_chart *chart = context;
	const struct json *episode =
		json_get(model_extension(task, STR("episode")), STR("valueReference"));
	int64_t at_us = record_instant(task, STR("authoredOn"), record_ms(version->at_us));
	struct str kind = record_code(json_get(task, STR("code")), "ward-task");
	if (!str_equal(model_reference_id(episode, STR("EpisodeOfCare")), chart->id))
		return true;
	if (record_code(json_get(task, STR("code")), "ward-rule").len > 0)
		add_alert(chart, task, at_us);
	else if (kind.len > 0)
		add_work(chart, task, kind, at_us);
	return !chart->arena->failed;
}

/* --- the plan over its versions ------------------------------------------------------------- */

#define ORDERS_MAX 1000
struct plan_history {
	struct stay_chart *chart;
	size_t notes;                /* seen so far */
	uint64_t orders[ORDERS_MAX]; /* the same, by what they say */
	size_t order_count;
};

static struct str part_text(const struct json *extension, struct str name)
{
	const struct json *part = model_part(extension, name);
	static const struct str members[] = {
		STR_INIT("valueString"),  STR_INIT("valueCode"),     STR_INIT("valueInteger"),
		STR_INIT("valueDecimal"), STR_INIT("valueDateTime"), STR_INIT("valueInstant"),
	};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct str text = json_get_text(part, members[i]);
		if (text.len > 0)
			return text;
	}
	return (struct str){ NULL, 0 };
}

static void put_until(struct text *text, struct str expires)
{
	struct date date;
	if (date_parse(expires, DATE_KIND_DATETIME, &date) != ERROR_OK)
		return;
	text_put_c(text, ", until ");
	summary_time(text, date.low_us);
}

static void add_order(struct plan_history *history, const struct json *extension, struct str name,
		      int64_t at_us)
{
	struct text text;
	const struct json *by = json_get(model_part(extension, STR("by")), STR("valueReference"));
	struct str sign = part_text(extension, STR("sign"));
	struct str above = part_text(extension, STR("above"));
	text_init(&text, history->chart->arena, STAY_CHART_TEXT_MAX);
	if (str_equal(name, STR("limit")))
		text_put_format(
			&text, "Limit: %.*s %s %.*s is %.*s", STR_ARG(sign),
			above.len > 0 ? "at or above" : "at or below",
			STR_ARG((above.len > 0 ? above : part_text(extension, STR("below")))),
			STR_ARG(part_text(extension, STR("level"))));
	else if (str_equal(name, STR("pews-chart")))
		text_put_format(&text, "PEWS chart: %.*s",
				STR_ARG(part_text(extension, STR("chart"))));
	else
		text_put_format(&text, "SpO2 scale %.*s",
				STR_ARG(part_text(extension, STR("scale"))));
	put_until(&text, part_text(extension, STR("expires")));
	text_put_format(&text, " (%.*s)", STR_ARG(part_text(extension, STR("reason"))));
	(void)stay_chart_add(history->chart, &history->chart->plans, at_us,
			     stay_chart_person(by, (struct str){ NULL, 0 }), text_view(&text));
}

/* Every version of a plan has the orders of the one before it. */
static bool is_new(struct plan_history *history, const struct json *extension)
{
	struct text text;
	text_init(&text, history->chart->arena, LIMIT_BODY_BYTES_MAX);
	json_print(&text, extension);
	struct str view = text_view(&text);
	uint64_t says = hash_bytes(view.ptr, view.len, 1);
	for (size_t i = 0; i < history->order_count; i++) {
		if (history->orders[i] == says)
			return false;
	}
	if (history->order_count == ORDERS_MAX) {
		history->chart->is_cut = true;
		return false;
	}
	history->orders[history->order_count++] = says;
	return true;
}

static void add_orders(struct plan_history *history, const struct json *plan)
{
	static const struct str names[] = { STR_INIT("limit"), STR_INIT("pews-chart"),
					    STR_INIT("spo2-scale") };
	const struct json *list = json_get(plan, STR("extension"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		struct str url = json_get_text(at, STR("url"));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			struct date date;
			struct str time = part_text(at, i == 0 ? STR("set") : STR("at"));
			if (str_ends_with(url, names[i]) &&
			    date_parse(time, DATE_KIND_DATETIME, &date) == ERROR_OK &&
			    is_new(history, at))
				add_order(history, at, names[i], date.low_us);
		}
	}
}

static bool visit_plan(void *context, const struct store_version *version, const struct json *plan)
{
	struct plan_history *history = context;
	const struct json *notes = json_get(plan, STR("note"));
	(void)version;
	if (plan == NULL)
		return true;
	add_notes(history->chart, &history->chart->plans, plan, history->notes);
	if (notes != NULL && notes->count > history->notes)
		history->notes = notes->count;
	add_orders(history, plan);
	return !history->chart->arena->failed;
}

enum error stay_chart_read_plans(struct stay_chart *chart, struct record *record)
{
	struct plan_history *history = ARENA_NEW(chart->arena, struct plan_history, 1);
	if (history == NULL)
		return ERROR_LIMIT;
	*history = (struct plan_history){ .chart = chart };
	return record_history(record, "CarePlan", json_get_text(chart->plan, STR("id")), visit_plan,
			      history);
}
