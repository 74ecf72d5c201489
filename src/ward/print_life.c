/* SPDX-License-Identifier: Apache-2.0
 * What the life of an alert adds to its Task, and another system's total to a score: docs/decisions/0006. */
#include "ward/print.h"

static struct json *part_new(struct arena *arena, struct json *list, const char *url)
{
	struct json *part = json_append(list, json_new(arena, JSON_OBJECT));
	if (part != NULL)
		print_string(arena, part, STR("url"), str_from_c(url));
	return part;
}

static struct json *parts_new(struct arena *arena, struct json *resource, const char *name)
{
	struct json *list = json_get(resource, STR("extension"));
	struct json *extension = json_new(arena, JSON_OBJECT);
	char url[160];
	if (list == NULL)
		list = json_add(resource, STR("extension"), json_new(arena, JSON_ARRAY));
	if (list == NULL || extension == NULL)
		return NULL;
	model_format(url, sizeof(url), HOMEWARD_URL "StructureDefinition/%s", name);
	struct json *parts = json_new(arena, JSON_ARRAY);
	print_string(arena, extension, STR("url"), str_from_c(url));
	json_add(extension, STR("extension"), parts);
	json_append(list, extension);
	return parts;
}

static void put_snooze(struct arena *arena, struct json *task, const struct snooze *snooze)
{
	struct json *parts = parts_new(arena, task, "snooze");
	struct json *part = parts == NULL ? NULL : part_new(arena, parts, "at");
	if (part == NULL)
		return;
	print_string(arena, part, STR("valueInstant"), str_from_c(snooze->taken.time));
	if (snooze->until_us != 0) /* else it is over, and counts towards the next in a row */
		print_instant(arena, part_new(arena, parts, "until"), STR("valueInstant"),
			      snooze->until_us);
	json_add(part_new(arena, parts, "by"), STR("valueReference"),
		 print_reference(arena, NULL, snooze->taken.by, snooze->by_name));
	print_string(arena, part_new(arena, parts, "reason"), STR("valueString"),
		     str_from_c(snooze->reason));
	json_add(part_new(arena, parts, "count"), STR("valueInteger"),
		 json_new_i64(arena, snooze->count));
}

void print_alert_life(struct arena *arena, struct json *task, const struct alert *alert)
{
	struct str reason = concern_reason(alert);
	if (reason.len > 0)
		print_extension(arena, task, "reason", STR("valueCode"),
				json_new_string(arena, reason));
	if (alert->call_us != 0)
		print_extension(arena, task, "call-at", STR("valueInstant"),
				json_new_string(arena, date_print_instant(arena, alert->call_us)));
	if (alert->snooze.count > 0 && alert_is_open(alert))
		put_snooze(arena, task, &alert->snooze);
	if (alert->opinion_time[0] == '\0')
		return;
	struct json *parts = parts_new(arena, task, "second-opinion");
	struct json *part = parts == NULL ? NULL : part_new(arena, parts, "at");
	if (part == NULL)
		return;
	print_string(arena, part, STR("valueInstant"), str_from_c(alert->opinion_time));
	print_string(arena, part_new(arena, parts, "by"), STR("valueString"),
		     str_from_c(alert->opinion_by));
}

void print_stated(struct arena *arena, struct json *observation, const struct stay *stay,
		  const struct set *set)
{
	const struct reading *stated = stated_of(stay, set);
	if (stated == NULL)
		return;
	print_extension(arena, observation, "stated-score", STR("valueString"),
			print_copy(arena, str_from_c(stated->text)));
	print_extension(arena, observation, "stated-by", STR("valueReference"),
			print_reference(arena, "Observation", stated->observation, ""));
}
