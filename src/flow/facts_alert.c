/* SPDX-License-Identifier: Apache-2.0
 * Alerts of the stays, each with what its versions say, and what people did about them: reviews and escalations. */
#include "flow/facts.h"

static bool is_open_status(struct str status)
{
	return str_equal(status, STR("requested")) || str_equal(status, STR("received")) ||
	       str_equal(status, STR("accepted")) || str_equal(status, STR("in-progress"));
}

static struct str text_or(struct arena *arena, struct str text, struct str other)
{
	return text.len > 0 ? arena_copy(arena, text) : other;
}

static bool add_alert(struct facts *facts, struct facts_stay *stay,
		      const struct store_version *version, const struct json *task)
{
	struct arena *arena = facts->arena;
	struct facts_alert *alert = ARENA_NEW(arena, struct facts_alert, 1);
	if (alert == NULL)
		return false;
	alert->stay = stay;
	alert->id = arena_copy(arena, version->id);
	alert->rule = arena_copy(arena, record_code(json_get(task, STR("code")), "ward-rule"));
	alert->level = text_or(
		arena, json_get_text(model_extension(task, STR("alert-level")), STR("valueCode")),
		STR("unknown"));
	alert->status = arena_copy(arena, json_get_text(task, STR("status")));
	alert->title = arena_copy(arena, json_get_text(task, STR("description")));
	alert->raised_us = record_instant(task, STR("authoredOn"), record_ms(version->at_us));
	alert->closed_us = FACTS_OPEN;
	alert->deadline_us = FACTS_OPEN;
	if (stay != NULL && str_equal(alert->rule, STR("fever")) &&
	    (stay->fever_us == 0 || alert->raised_us < stay->fever_us))
		stay->fever_us = alert->raised_us;
	alert->next = facts->alerts;
	facts->alerts = alert;
	return !arena->failed;
}

static struct str output_of(const struct json *task, const char *type)
{
	const struct json *list = json_get(task, STR("output"));
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		if (str_equal(record_code(json_get(at, STR("type")), "ward-task"),
			      str_from_c(type))) {
			struct str code = json_get_text(at, STR("valueCode"));
			return code.len > 0 ? code : json_get_text(at, STR("valueString"));
		}
	}
	return (struct str){ NULL, 0 };
}

static bool add_event(struct facts *facts, struct facts_stay *stay,
		      const struct store_version *version, const struct json *task)
{
	struct arena *arena = facts->arena;
	struct str kind = record_code(json_get(task, STR("code")), "ward-task");
	if (!str_equal(kind, STR("review")) && !str_equal(kind, STR("escalation")))
		return true;
	struct facts_event *event = ARENA_NEW(arena, struct facts_event, 1);
	if (event == NULL)
		return false;
	const struct json *owner = json_get(task, STR("owner"));
	struct str by = json_get_text(owner, STR("display"));
	event->stay = stay;
	event->id = arena_copy(arena, version->id);
	event->kind = arena_copy(arena, kind);
	event->to = arena_copy(arena, output_of(task, "to"));
	event->outcome = arena_copy(arena, output_of(task, "outcome"));
	event->by = arena_copy(arena, by.len > 0 ? by : json_get_text(owner, STR("reference")));
	event->text = arena_copy(arena, json_get_text(task, STR("description")));
	event->at_us = record_instant(task, STR("authoredOn"), record_ms(version->at_us));
	event->next_of_stay = stay->events;
	stay->events = event;
	if (!facts_is_ours(stay, event->at_us))
		return !arena->failed;
	event->next = facts->events;
	facts->events = event;
	return !arena->failed;
}

static bool visit_task(void *context, const struct store_version *version, const struct json *task)
{
	struct facts *facts = context;
	const struct json *episode =
		json_get(model_extension(task, STR("episode")), STR("valueReference"));
	struct facts_stay *stay =
		map_get(&facts->stays_by_id, model_reference_id(episode, STR("EpisodeOfCare")));
	int64_t at_us = record_instant(task, STR("authoredOn"), record_ms(version->at_us));
	if (stay == NULL || str_equal(json_get_text(task, STR("status")), STR("entered-in-error")))
		return true;
	if (record_code(json_get(task, STR("code")), "ward-task").len > 0)
		return add_event(facts, stay, version, task);
	if (record_code(json_get(task, STR("code")), "ward-rule").len == 0 ||
	    !facts_in(facts, at_us) || !facts_is_ours(stay, at_us))
		return true;
	return add_alert(facts, stay, version, task);
}

/* An alert of the ward itself, such as a gap in the rota, names no patient. */
static bool visit_ward_task(void *context, const struct store_version *version,
			    const struct json *task)
{
	struct facts *facts = context;
	const struct json *ward =
		json_get(model_extension(task, STR("ward")), STR("valueReference"));
	int64_t at_us = record_instant(task, STR("authoredOn"), record_ms(version->at_us));
	if (json_get(task, STR("for")) != NULL || !facts_in(facts, at_us) ||
	    !str_equal(model_reference_id(ward, STR("Organization")), facts->ward))
		return true;
	return add_alert(facts, NULL, version, task);
}

static bool is_by_rule(const struct json *task)
{
	struct str end = record_code(json_get(task, STR("statusReason")), "alert-end");
	return end.len > 0 && !str_equal(end, STR("person"));
}

static bool visit_version(void *context, const struct store_version *version,
			  const struct json *task)
{
	struct facts_alert *alert = context;
	(void)version;
	if (task == NULL)
		return true;
	struct str status = json_get_text(task, STR("status"));
	const struct json *execution = json_get(task, STR("executionPeriod"));
	const struct json *limit = json_get(json_get(task, STR("restriction")), STR("period"));
	int64_t started_us = record_instant(execution, STR("start"), 0);
	bool open = is_open_status(status);
	bool accepted = str_equal(status, STR("accepted"));
	if (alert->deadline_us == FACTS_OPEN)
		alert->deadline_us = record_instant(limit, STR("end"), FACTS_OPEN);
	if (alert->acknowledged_us == 0 && started_us != 0)
		alert->acknowledged_us = started_us;
	else if (alert->acknowledged_us == 0 && str_equal(status, STR("completed")) &&
		 !is_by_rule(task))
		alert->acknowledged_us = record_instant(execution, STR("end"), 0);
	alert->closed_us = open ? FACTS_OPEN
				: record_instant(execution, STR("end"), record_ms(version->at_us));
	if (alert->was_accepted && open && !accepted)
		alert->raised_again++;
	alert->was_accepted = accepted;
	return true;
}

/* A snooze is printed again with every change of the Task: a new `at` is a new snooze. */
static bool visit_snooze(void *context, const struct store_version *version,
			 const struct json *task)
{
	struct facts_alert *alert = context;
	const struct json *parts = json_get(model_extension(task, STR("snooze")), STR("extension"));
	(void)version;
	for (const struct json *at = parts == NULL ? NULL : parts->child; at != NULL;
	     at = at->next) {
		if (!str_equal(json_get_text(at, STR("url")), STR("at")))
			continue;
		int64_t at_us = record_instant(at, STR("valueInstant"), 0);
		alert->snoozes += at_us != alert->snoozed_us ? 1 : 0;
		alert->snoozed_us = at_us;
	}
	return true;
}

static bool visit_both(void *context, const struct store_version *version, const struct json *task)
{
	return visit_version(context, version, task) && visit_snooze(context, version, task);
}

static bool acted(const struct facts_alert *alert)
{
	int64_t until_us = alert->raised_us + FACTS_ACTION_US;
	if (alert->acknowledged_us != 0 || alert->stay == NULL)
		return alert->acknowledged_us != 0;
	if (alert->closed_us < until_us)
		until_us = alert->closed_us;
	for (const struct facts_event *event = alert->stay->events; event != NULL;
	     event = event->next_of_stay) {
		if (event->at_us >= alert->raised_us && event->at_us < until_us)
			return true;
	}
	return facts_left_home(alert->stay, alert->raised_us, until_us);
}

static enum error tasks_of_stays(struct facts *facts)
{
	struct arena *arena = facts->arena;
	enum error error = ERROR_OK;
	size_t at = 0;
	void *value;
	while (error == ERROR_OK && map_next(&facts->persons, &at, &value)) {
		struct facts_person *person = value;
		const struct search_argument arguments[] = {
			{ STR("patient"), record_reference(arena, "Patient", person->id) },
			{ STR("authored-on"), record_bound(arena, "ge", facts->from_us) },
			{ STR("authored-on"),
			  record_bound(arena, "lt", facts->to_us + FACTS_FEVER_US) },
		};
		const struct record_search search = { "Task", arguments, 3, visit_task, facts };
		error = record_each(facts->record, &search);
	}
	return error;
}

enum error facts_alerts(struct facts *facts)
{
	struct arena *arena = facts->arena;
	const struct search_argument arguments[] = {
		{ STR("code"), STR(HOMEWARD_URL "CodeSystem/ward-rule|rota," HOMEWARD_URL
						"CodeSystem/ward-rule|handover," HOMEWARD_URL
						"CodeSystem/ward-rule|delivery") },
		{ STR("authored-on"), record_bound(arena, "ge", facts->from_us) },
		{ STR("authored-on"), record_bound(arena, "lt", facts->to_us) },
	};
	const struct record_search search = { "Task", arguments, 3, visit_ward_task, facts };
	enum error error = tasks_of_stays(facts);
	if (error == ERROR_OK)
		error = record_each(facts->record, &search);
	for (struct facts_alert *alert = facts->alerts; error == ERROR_OK && alert != NULL;
	     alert = alert->next) {
		error = record_history(facts->record, "Task", alert->id, visit_both, alert);
		alert->is_actioned = acted(alert);
	}
	return error;
}
