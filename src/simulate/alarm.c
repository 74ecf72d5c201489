/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/alarm.h"

#include <stdio.h>

enum { ALARMS_MAX = 100000, TASKS_OF_CHILD_MAX = 1000 };

static const char *const rule_names[ALARM_RULE_COUNT] = {
	[ALARM_FEVER] = "fever",     [ALARM_HYPOTHERMIA] = "hypothermia",
	[ALARM_CONCERN] = "concern", [ALARM_SCORE] = "score",
	[ALARM_OVERDUE] = "overdue", [ALARM_EQUIPMENT] = "equipment",
	[ALARM_OTHER] = "other",
};
static const char *const level_names[ALARM_LEVEL_COUNT] = {
	[ALARM_NONE] = "none",     [ALARM_TECHNICAL] = "technical", [ALARM_LOW] = "low",
	[ALARM_MEDIUM] = "medium", [ALARM_HIGH] = "high",           [ALARM_EMERGENCY] = "emergency",
};

const char *alarm_rule_name(enum alarm_rule rule)
{
	ASSERT((unsigned)rule < ALARM_RULE_COUNT);
	return rule_names[rule];
}

const char *alarm_level_name(enum alarm_level level)
{
	ASSERT((unsigned)level < ALARM_LEVEL_COUNT);
	return level_names[level];
}

static enum alarm_rule rule_of(const struct json *task)
{
	struct str system = STR(REMOTE_HOMEWARD "CodeSystem/ward-rule");
	const struct json *codings = json_get(json_get(task, STR("code")), STR("coding"));
	for (const struct json *coding = codings != NULL ? codings->child : NULL; coding != NULL;
	     coding = coding->next) {
		struct str code = json_get_text(coding, STR("code"));
		if (!str_equal(json_get_text(coding, STR("system")), system))
			continue;
		if (str_equal(code, STR("parameter")))
			return ALARM_SCORE;
		for (unsigned rule = 0; rule < ALARM_OTHER; rule++) {
			if (str_equal(code, str_from_c(rule_names[rule])))
				return (enum alarm_rule)rule;
		}
	}
	return ALARM_OTHER;
}

static enum alarm_level level_of(const struct json *task)
{
	struct str url = STR(REMOTE_HOMEWARD "StructureDefinition/alert-level");
	const struct json *extensions = json_get(task, STR("extension"));
	for (const struct json *one = extensions != NULL ? extensions->child : NULL; one != NULL;
	     one = one->next) {
		if (!str_equal(json_get_text(one, STR("url")), url))
			continue;
		for (unsigned level = 0; level < ALARM_LEVEL_COUNT; level++) {
			if (str_equal(json_get_text(one, STR("valueCode")),
				      str_from_c(level_names[level])))
				return (enum alarm_level)level;
		}
	}
	return ALARM_NONE;
}

static bool is_open(const struct json *task)
{
	static const char *const words[] = { "requested", "received", "accepted", "in-progress",
					     "on-hold" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_equal(json_get_text(task, STR("status")), str_from_c(words[i])))
			return true;
	}
	return false;
}

/* Ids of children end in their number: "sim-7-c12". */
static bool child_of(const struct remote *remote, const struct plan *plan, const struct json *task,
		     size_t *ret_child)
{
	char start[64];
	uint64_t number = 0;
	struct str reference = json_get_text(json_get(task, STR("for")), STR("reference"));
	snprintf(start, sizeof(start), "Patient/%s-c", remote->prefix);
	if (!str_starts_with(reference, str_from_c(start)) ||
	    !str_to_u64(str_slice(reference, strlen(start), reference.len), &number) ||
	    number >= plan->child_count)
		return false;
	*ret_child = (size_t)number;
	return true;
}

bool alarm_read(const struct remote *remote, const struct plan *plan, const struct json *task,
		struct alarm *ret_alarm, bool *ret_open)
{
	struct alarm alarm = { .rule = rule_of(task), .closed_us = INT64_MAX };
	struct str id = json_get_text(task, STR("id"));
	if (!child_of(remote, plan, task, &alarm.child) || id.len == 0 ||
	    id.len >= sizeof(alarm.id))
		return false;
	memcpy(alarm.id, id.ptr, id.len);
	alarm.cause = json_get_text(json_at(json_get(task, STR("identifier")), 0), STR("value"));
	*ret_open = is_open(task);
	*ret_alarm = alarm;
	return true;
}

enum alarm_level alarm_level_at(const struct alarm *alarm, int64_t at_us)
{
	enum alarm_level level = ALARM_NONE;
	for (size_t i = 0; i < alarm->step_count && alarm->steps[i].at_us <= at_us; i++)
		level = alarm->steps[i].open ? alarm->steps[i].level : ALARM_NONE;
	return level;
}

static bool fetch_history(struct remote *remote, struct plan *plan, struct alarm *alarm)
{
	remote_begin(remote);
	struct text path = remote_text(remote);
	text_put_format(&path, "/Task/%s/_history?_count=1000", alarm->id);
	struct client_request request = { .method = CLIENT_GET, .path = text_view(&path) };
	const struct json *answer = remote_send(remote, &request, 0, NULL);
	const struct json *entries = json_get(answer, STR("entry"));
	if (entries == NULL || entries->count == 0) {
		fputs("homeward simulate: a Task without history\n", stderr);
		return false;
	}
	alarm->steps = ARENA_NEW(plan->arena, struct alarm_step, entries->count);
	if (alarm->steps == NULL)
		return false;
	alarm->step_count = entries->count;
	size_t at = entries->count; /* newest first in the answer */
	for (const struct json *entry = entries->child; entry != NULL; entry = entry->next) {
		const struct json *task = json_get(entry, STR("resource"));
		struct alarm_step *step = &alarm->steps[--at];
		step->level = level_of(task);
		step->open = is_open(task);
		if (!remote_instant(json_get_text(json_get(task, STR("meta")), STR("lastUpdated")),
				    &step->at_us))
			return false;
	}
	alarm->raised_us = alarm->steps[0].at_us;
	for (size_t i = 0; i < alarm->step_count && alarm->closed_us == INT64_MAX; i++) {
		if (!alarm->steps[i].open)
			alarm->closed_us = alarm->steps[i].at_us;
	}
	return true;
}

/* Adds the alerts of one child; their histories come after, since each exchange forgets the last. */
static bool fetch_child(struct remote *remote, struct plan *plan, size_t child,
			struct alarm_list *list)
{
	remote_begin(remote);
	struct text path = remote_text(remote);
	text_put_format(&path, "/Task?patient=Patient/%s&_count=%d", plan->children[child].id,
			(int)TASKS_OF_CHILD_MAX);
	struct client_request request = { .method = CLIENT_GET, .path = text_view(&path) };
	const struct json *answer = remote_send(remote, &request, 0, NULL);
	const struct json *entries = json_get(answer, STR("entry"));
	if (answer == NULL)
		return false;
	size_t first = list->count;
	for (const struct json *entry = entries != NULL ? entries->child : NULL; entry != NULL;
	     entry = entry->next) {
		struct alarm *alarm = &list->alarms[list->count];
		bool open = false;
		if (list->count == ALARMS_MAX) {
			fputs("homeward simulate: more alerts than can be judged\n", stderr);
			return false;
		}
		if (!alarm_read(remote, plan, json_get(entry, STR("resource")), alarm, &open))
			continue;
		alarm->cause = arena_copy(plan->arena, alarm->cause);
		list->count++;
	}
	for (size_t i = first; i < list->count; i++) {
		if (!fetch_history(remote, plan, &list->alarms[i]))
			return false;
	}
	return true;
}

bool alarm_fetch(struct remote *remote, struct plan *plan, struct alarm_list *ret_list)
{
	struct alarm_list list = { ARENA_NEW(plan->arena, struct alarm, ALARMS_MAX), 0 };
	if (list.alarms == NULL)
		return false;
	for (size_t child = 0; child < plan->child_count; child++) {
		if (!fetch_child(remote, plan, child, &list))
			return false;
	}
	*ret_list = list;
	return true;
}
