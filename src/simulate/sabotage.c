/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/sabotage.h"

#include "base/date.h"
#include "base/hash.h"

const char *sabotage_name(enum sabotage sabotage)
{
	static const char *const names[SABOTAGE_COUNT] = {
		"none",
		"drop-event",
		"forget-timer",
		"double-alert",
		"lose-page",
		"skip-tail",
		"missing-as-normal",
		"close-early",
		"cursor-first",
		"deaf-to-nurses",
		"wall-time",
		"snooze-past-shift",
		"deaf-to-acceptance",
		"any-device",
		"deaf-to-heartbeats",
		"blind-to-batteries",
		"no-next-way",
		"night-desk",
		"deaf-to-moves",
		"deaf-to-death",
		"deaf-to-merges",
	};
	return names[sabotage];
}

struct str sabotage_type(struct str type)
{
	static const struct str types[] = { STR_INIT("Task"),        STR_INIT("Communication"),
					    STR_INIT("Observation"), STR_INIT("DetectedIssue"),
					    STR_INIT("Composition"), STR_INIT("AuditEvent") };
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (str_equal(types[i], type))
			return types[i];
	}
	return type;
}

static bool every(struct engine *engine, uint64_t count)
{
	return ++engine->turns % count == 0;
}

/* A quiet chest and a good pressure that nobody measured. */
static void add_normal(struct engine *engine, struct json *observation)
{
	static const struct str text = STR_INIT(
		"[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"44963-7\"}]},"
		"\"valueQuantity\":{\"value\":1,\"code\":\"s\"}},{\"code\":{\"coding\":[{"
		"\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]},\"valueQuantity\":{"
		"\"value\":100,\"code\":\"mm[Hg]\"}}]");
	struct json *components;
	if (json_parse(&engine->arena, text, NULL, NULL, &components) == ERROR_OK)
		json_put(observation, STR("component"), components);
}

/* As if the home's clock on the wall were UTC. */
static void wall_time(struct engine *engine, struct json *observation)
{
	struct date date;
	struct str at = json_get_text(observation, STR("effectiveDateTime"));
	if (date_parse(at, DATE_KIND_DATETIME, &date) != ERROR_OK)
		return;
	int64_t moved_us = date.low_us - date_london_offset_min(date.low_us) * DATE_US_PER_MIN;
	json_put(observation, STR("effectiveDateTime"),
		 json_new_string(&engine->arena, date_print_instant(&engine->arena, moved_us)));
}

/* As if somebody who never goes home had asked for it. */
static void snooze_past_shift(struct engine *engine, const struct json *task)
{
	const struct json *list = json_get(task, STR("extension"));
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		const struct json *parts = json_get(one, STR("extension"));
		if (!str_ends_with(json_get_text(one, STR("url")), STR("/snooze")))
			continue;
		for (const struct json *part = parts->child; part != NULL; part = part->next) {
			struct json *by = json_get(part, STR("valueReference"));
			if (by != NULL)
				json_put(by, STR("reference"),
					 json_new_string(&engine->arena,
							 STR("PractitionerRole/consultant")));
		}
	}
}

/* As if whatever is in the home were the patient's own. */
static void own_device(struct engine *engine, struct json *observation)
{
	struct json *device = json_get(observation, STR("device"));
	struct str kind = json_get_text(device, STR("reference"));
	struct str patient = json_get_text(json_get(observation, STR("subject")), STR("reference"));
	struct text text;
	if (!str_starts_with(patient, STR("Patient/p")) || device == NULL)
		return;
	(void)str_cut(&kind, '-');
	text_init(&text, &engine->arena, 100);
	text_put_format(&text, "Device/d%.*s-%.*s",
			STR_ARG(str_slice(patient, strlen("Patient/p"), patient.len)),
			STR_ARG(kind));
	json_put(device, STR("reference"), json_new_string(&engine->arena, text_view(&text)));
}

/* As if the technical desk worked day and night. */
static void night_desk(struct engine *engine, struct json *plan)
{
	struct json *actions = json_get(plan, STR("action"));
	for (struct json *action = actions->child; action != NULL; action = action->next) {
		if (str_equal(json_get_text(action, STR("id")), STR("office-hours")))
			json_put(action, STR("id"), json_new_string(&engine->arena, STR("none")));
	}
}

/* As if a stay remained on the first ward whatever is written of it later. */
static void stay_put(struct engine *engine, struct json *episode)
{
	json_put(json_get(episode, STR("managingOrganization")), STR("reference"),
		 json_new_string(&engine->arena, STR("Organization/ward-1")));
}

bool sabotage_event(struct engine *engine, const struct record_version *version,
		    struct json *resource)
{
	bool reading = !version->own && str_equal(version->type, STR("Observation"));
	if (engine->sabotage == SABOTAGE_DROP_EVENT && reading)
		return version->feed % 397 != 0;
	if (engine->sabotage == SABOTAGE_DEAF_TO_NURSES && !version->own &&
	    str_equal(version->type, STR("Task")))
		return version->feed % 7 != 0;
	if (engine->sabotage == SABOTAGE_MISSING_AS_NORMAL && reading && version->feed % 5 == 0)
		add_normal(engine, resource);
	if (engine->sabotage == SABOTAGE_WALL_TIME && reading)
		wall_time(engine, resource);
	if (engine->sabotage == SABOTAGE_DEAF_TO_HEARTBEATS &&
	    str_starts_with(version->id, STR("life-")))
		return json_get(resource, STR("valueQuantity")) != NULL;
	if (engine->sabotage == SABOTAGE_BLIND_TO_BATTERIES &&
	    str_starts_with(version->id, STR("life-")))
		json_remove(resource, STR("valueQuantity"));
	if (engine->sabotage == SABOTAGE_DEAF_TO_MOVES && version->version > 1 &&
	    str_equal(version->type, STR("EpisodeOfCare")))
		stay_put(engine, resource);
	if (engine->sabotage == SABOTAGE_DEAF_TO_DEATH &&
	    str_equal(version->type, STR("Patient"))) {
		(void)json_remove(resource, STR("deceasedBoolean"));
		(void)json_remove(resource, STR("deceasedDateTime"));
	}
	if (engine->sabotage == SABOTAGE_DEAF_TO_MERGES && str_equal(version->type, STR("Patient")))
		(void)json_remove(resource, STR("link"));
	if (engine->sabotage == SABOTAGE_NIGHT_DESK &&
	    str_equal(version->type, STR("PlanDefinition")))
		night_desk(engine, resource);
	if (engine->sabotage == SABOTAGE_ANY_DEVICE && reading)
		own_device(engine, resource);
	if (engine->sabotage == SABOTAGE_DEAF_TO_ACCEPTANCE && version->version > 1 &&
	    str_starts_with(version->id, STR("handover-")))
		return false;
	if (engine->sabotage == SABOTAGE_SNOOZE_PAST_SHIFT && !version->own &&
	    str_equal(version->type, STR("Task")))
		snooze_past_shift(engine, resource);
	return true;
}

static void double_alert(struct engine *engine, const struct ward_output *output)
{
	struct text body;
	int64_t version;
	struct json *copy = json_copy(&engine->arena, output->resource);
	text_init(&body, &engine->arena, 65536);
	text_put_format(&body, "twice-%llu",
			(unsigned long long)(hash_str(output->id) & 0xffffffff));
	struct str id = arena_copy(&engine->arena, text_view(&body));
	json_put(copy, STR("id"), json_new_string(&engine->arena, id));
	text_init(&body, &engine->arena, 65536);
	json_print(&body, copy);
	const struct record_write write = { STR("Task"), id,   text_view(&body),
					    RECORD_ANY,  true, engine->now_us };
	if (record_put(engine->record, &write, &version) == ERROR_OK && engine->see != NULL)
		engine->see(engine->context, STR("Task"), copy);
}

static bool is_call(const struct json *page)
{
	const struct json *medium =
		json_at(json_get(json_at(json_get(page, STR("medium")), 0), STR("coding")), 0);
	return str_equal(json_get_text(medium, STR("code")), STR("voice"));
}

bool sabotage_output(struct engine *engine, struct ward_output *output)
{
	bool task = str_equal(output->type, STR("Task"));
	bool page = str_equal(output->type, STR("Communication"));
	if (engine->sabotage == SABOTAGE_DOUBLE_ALERT && task && output->version == 0 &&
	    every(engine, 7))
		double_alert(engine, output);
	if (engine->sabotage == SABOTAGE_NO_NEXT_WAY && page && output->version == 0)
		return !is_call(output->resource);
	if (engine->sabotage == SABOTAGE_LOSE_PAGE && page && output->version == 0)
		return !every(engine, 20);
	if (engine->sabotage == SABOTAGE_CLOSE_EARLY && task && every(engine, 30))
		json_put(output->resource, STR("status"),
			 json_new_string(&engine->arena, STR("completed")));
	return true;
}

bool sabotage_timer(struct engine *engine)
{
	return !every(engine, 25);
}
