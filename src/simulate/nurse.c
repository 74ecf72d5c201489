/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/nurse.h"

#include <stdio.h>

enum { PURPOSE_NURSE = 3, TASKS_MAX = 1000, OTHER_NURSE_WON = 409 };

static const char *const plans[ALARM_RULE_COUNT] = {
	[ALARM_FEVER] =
		"Phoned the family: come to the day unit now for blood cultures and antibiotics.",
	[ALARM_HYPOTHERMIA] = "Phoned the family: warm, measure again in 15 minutes.",
	[ALARM_CONCERN] = "Spoke with the parent, video call arranged.",
	[ALARM_SCORE] = "Phoned the family, repeat set asked for, registrar informed.",
	[ALARM_OVERDUE] = "Left a message, second contact tried.",
	[ALARM_EQUIPMENT] = "Family asked to look at the kit.",
	[ALARM_OTHER] = "Seen.",
};
static const char *const reasons[ALARM_RULE_COUNT] = {
	[ALARM_FEVER] = "Seen on the day unit, antibiotics given.",
	[ALARM_HYPOTHERMIA] = "Measured again at another site: normal.",
	[ALARM_CONCERN] = "Seen by video, family reassured.",
	[ALARM_SCORE] = "Reviewed by the registrar, plan written.",
	[ALARM_OVERDUE] = "Family reached by phone.",
	[ALARM_EQUIPMENT] = "The kit sends again.",
	[ALARM_OTHER] = "Dealt with.",
};

void nurse_init(struct nurse *nurse, uint64_t seed, int64_t start_us, int64_t until_us,
		bool thorough)
{
	*nurse = (struct nurse){ .seed = seed,
				 .next_us = start_us + 3 * DATE_US_PER_MIN,
				 .until_us = until_us,
				 .thorough = thorough };
}

/* A person may be quicker: an alert that closed meanwhile answers 409. */
static bool act(struct remote *remote, const char *task, const char *operation, const char *word,
		const char *text)
{
	remote_begin(remote);
	struct text path = remote_text(remote), body = remote_text(remote);
	text_put_format(&path, "/Task/%s/$%s", task, operation);
	text_put_format(&body,
			"{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"by\","
			"\"valueReference\":{\"reference\":"
			"\"PractitionerRole/%s-nurse\",\"display\":\"Sister Poppy "
			"Example\"}},{\"name\":\"%s\",\"valueString\":"
			"\"%s\"}]}",
			remote->prefix, word, text);
	struct client_request request = { .method = CLIENT_POST,
					  .path = text_view(&path),
					  .body = text_view(&body),
					  .repeatable = true };
	return remote_send(remote, &request, OTHER_NURSE_WON, NULL) != NULL;
}

bool nurse_acknowledge(struct nurse *nurse, struct remote *remote, const char *task,
		       const char *plan_text)
{
	nurse->acknowledged++;
	return act(remote, task, "acknowledge", "plan", plan_text);
}

static bool look(struct remote *remote, const struct plan *plan, const char *status,
		 struct alarm *ret_alarms, size_t *ret_count)
{
	remote_begin(remote);
	struct text path = remote_text(remote);
	text_put_format(&path, "/Task?status=%s&_count=%d", status, (int)TASKS_MAX);
	struct client_request request = { .method = CLIENT_GET, .path = text_view(&path) };
	const struct json *answer = remote_send(remote, &request, 0, NULL);
	const struct json *entries = json_get(answer, STR("entry"));
	size_t count = 0;
	if (answer == NULL)
		return false;
	for (const struct json *entry = entries != NULL ? entries->child : NULL;
	     entry != NULL && count < TASKS_MAX; entry = entry->next) {
		bool open = false;
		count += alarm_read(remote, plan, json_get(entry, STR("resource")),
				    &ret_alarms[count], &open);
	}
	*ret_count = count;
	return true;
}

/* Per cent: how likely she acts on it in this round. */
static int64_t eagerness(const struct nurse *nurse, enum alarm_rule rule, bool resolve)
{
	static const int64_t acknowledge_percent[ALARM_RULE_COUNT] = {
		[ALARM_FEVER] = 85, [ALARM_HYPOTHERMIA] = 80, [ALARM_CONCERN] = 75,
		[ALARM_SCORE] = 65, [ALARM_OVERDUE] = 50,     [ALARM_EQUIPMENT] = 30,
		[ALARM_OTHER] = 30,
	};
	if (nurse->thorough)
		return resolve && rule == ALARM_OVERDUE ? 0 : 97;
	if (!resolve)
		return acknowledge_percent[rule];
	return rule == ALARM_OVERDUE ? 4 : 20;
}

static bool work_through(struct nurse *nurse, struct remote *remote, const struct plan *plan,
			 bool resolve)
{
	static struct alarm alarms[TASKS_MAX];
	size_t count = 0;
	if (!look(remote, plan, resolve ? "accepted" : "requested,received", alarms, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		enum alarm_rule rule = alarms[i].rule;
		uint64_t number =
			(nurse->round * HOME_CHILDREN_MAX + alarms[i].child) * ALARM_RULE_COUNT +
			rule;
		struct dice dice =
			dice_for(nurse->seed, resolve ? PURPOSE_NURSE + 1 : PURPOSE_NURSE, number);
		if (!dice_percent(&dice, eagerness(nurse, rule, resolve)))
			continue;
		nurse->resolved += resolve;
		bool done = resolve ? act(remote, alarms[i].id, "resolve", "reason", reasons[rule])
				    : nurse_acknowledge(nurse, remote, alarms[i].id, plans[rule]);
		if (!done)
			return false;
	}
	return true;
}

bool nurse_round(struct nurse *nurse, struct remote *remote, const struct plan *plan)
{
	struct dice dice = dice_for(nurse->seed, PURPOSE_NURSE, nurse->round++);
	int64_t wait_us =
		dice_between(&dice, nurse->thorough ? 120 : 180, nurse->thorough ? 240 : 600) *
		DATE_US_PER_S;
	nurse->next_us += wait_us;
	/* What waits for her already first, then what is new. */
	return work_through(nurse, remote, plan, true) && work_through(nurse, remote, plan, false);
}
