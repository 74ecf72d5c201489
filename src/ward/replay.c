/* SPDX-License-Identifier: Apache-2.0
 * Proof that the stored alerts are what the feed says: a fresh core reads the feed from its start, and each
 * alert it holds is compared with the stored Task. */
#include "ward/model.h"
#include "ward/runner.h"

#define REPLAY_ARENA_BYTES ((size_t)1024 * 1024 * 1024)

/* How far the ward had come when it last wrote. */
struct reached {
	int64_t cursor;
	int64_t time_us;
};

static enum error read_reached(struct store *store, struct arena *arena,
			       struct reached *ret_reached)
{
	struct store_timer_row *rows;
	size_t count;
	struct store_reader *reader = store_reader_borrow(store);
	if (reader == NULL)
		return ERROR_BUSY;
	int64_t cursor = store_cursor(reader, STR(RUNNER_CURSOR));
	struct reached reached = { cursor, INT64_MIN };
	enum error error = store_timers(reader, arena, STR(RUNNER_TIME), INT64_MAX, &rows, &count);
	if (error == ERROR_OK && count > 0)
		reached.time_us = rows[0].due_us;
	/* Alerts are written before scores. */
	if (error == ERROR_OK)
		error = store_timers(reader, arena, STR(RUNNER_ALERTS), INT64_MAX, &rows, &count);
	store_reader_return(reader);
	if (error == ERROR_OK && count > 0 && rows[0].due_us > cursor)
		reached.cursor = rows[0].due_us;
	*ret_reached = reached;
	return error;
}

/* The stored Task. *ret_pending: a person wrote it after what the ward has read; it will be printed anew. */
static struct json *stored_task(struct store_reader *reader, struct arena *arena, struct str id,
				int64_t cursor, bool *ret_pending)
{
	struct store_version version;
	struct json *task;
	*ret_pending = false;
	enum error error = store_read(reader, arena, fhir_resource_find(STR("Task")), id, &version);
	if (error == ERROR_OK || error == ERROR_GONE)
		*ret_pending =
			version.feed > cursor && !str_equal(version.origin, STR(WARD_ORIGIN));
	if (error != ERROR_OK || json_parse(arena, version.body, NULL, NULL, &task) != ERROR_OK)
		return NULL;
	(void)json_remove(task, STR("meta"));
	return task;
}

static void differ(struct issues *issues, const struct json *expected, const struct json *found)
{
	struct str id = json_get_text(expected, STR("id"));
	for (const struct json *member = expected->child; member != NULL; member = member->next) {
		const struct json *other = json_get(found, json_name(member));
		if (other != NULL && json_equal(member, other))
			continue;
		(void)issue_add(issues, ERROR_CONFLICT, STR("Task"),
				"Task/%.*s: `%.*s` is not what the feed gives.", STR_ARG(id),
				STR_ARG(json_name(member)));
		return;
	}
	(void)issue_add(issues, ERROR_CONFLICT, STR("Task"),
			"Task/%.*s holds more than the feed gives.", STR_ARG(id));
}

static enum error compare(struct store *store, struct ward_core *core, struct arena *arena,
			  struct issues *issues, int64_t *ret_alerts)
{
	struct reached reached;
	struct ward_output *outputs;
	size_t count, wrong = 0;
	arena_reset(arena);
	enum error error = read_reached(store, arena, &reached);
	if (error != ERROR_OK)
		return error;
	if (!ward_core_alerts(core, arena, &outputs, &count))
		return ERROR_LIMIT;
	struct store_reader *reader = store_reader_borrow(store);
	if (reader == NULL)
		return ERROR_BUSY;
	for (size_t i = 0; i < count; i++) {
		bool pending;
		struct json *found =
			stored_task(reader, arena, outputs[i].id, reached.cursor, &pending);
		if (pending || (found != NULL && json_equal(outputs[i].resource, found)))
			continue;
		wrong++;
		if (found == NULL)
			(void)issue_add(
				issues, ERROR_CONFLICT, STR("Task"),
				"Task/%.*s: the feed raises this alert and the record lacks it.",
				STR_ARG(outputs[i].id));
		else
			differ(issues, outputs[i].resource, found);
	}
	store_reader_return(reader);
	*ret_alerts = (int64_t)count;
	return wrong == 0 ? ERROR_OK : ERROR_CONFLICT;
}

/* Tasks of the ward's that no alert of the core stands for. */
struct stray {
	struct ward_core *core;
	struct issues *issues;
	size_t count;
};

static enum error find_strays(struct store *store, struct stray *stray, struct arena *arena)
{
	int64_t seen = 0;
	size_t count = 1;
	while (count > 0) {
		struct store_version *versions;
		arena_reset(arena);
		struct store_reader *reader = store_reader_borrow(store);
		if (reader == NULL)
			return ERROR_BUSY;
		enum error error = store_feed(reader, arena, seen, 1000, &versions, &count);
		store_reader_return(reader);
		if (error != ERROR_OK)
			return error;
		for (size_t i = 0; i < count; i++) {
			seen = versions[i].feed;
			if (!str_equal(fhir_resource_name(versions[i].type), STR("Task")) ||
			    !str_equal(versions[i].origin, STR(WARD_ORIGIN)) ||
			    versions[i].version > 1 ||
			    map_get(&stray->core->alert_by_id, versions[i].id) != NULL)
				continue;
			stray->count++;
			(void)issue_add(stray->issues, ERROR_CONFLICT, STR("Task"),
					"Task/%.*s: the record holds an alert that the feed does "
					"not raise.",
					STR_ARG(versions[i].id));
		}
	}
	return ERROR_OK;
}

/* To where the ward had come, and no further: what it had not read yet it could not have written. */
static enum error play(struct store *store, struct ward_core *core, struct arena *arena)
{
	struct reached reached;
	int64_t seen = 0;
	size_t count = 1;
	enum error error = read_reached(store, arena, &reached);
	const struct runner_reach reach = { reached.cursor, true };
	while (error == ERROR_OK && seen < reached.cursor && count > 0)
		error = runner_read(store, core, arena, &seen, reach, &count);
	if (error == ERROR_OK)
		ward_core_advance(core, reached.time_us);
	return error;
}

enum error ward_replay(struct store *store, struct issues *issues, int64_t *ret_alerts)
{
	const struct ward_core_options options = { .keep_alerts = true };
	struct ward_core *core = ward_core_create(&options);
	struct arena arena;
	arena_init(&arena, REPLAY_ARENA_BYTES);
	enum error error = play(store, core, &arena);
	if (error == ERROR_OK) {
		struct stray stray = { core, issues, 0 };
		error = compare(store, core, &arena, issues, ret_alerts);
		if (error == ERROR_OK || error == ERROR_CONFLICT) {
			enum error strays = find_strays(store, &stray, &arena);
			if (strays != ERROR_OK)
				error = strays;
			else if (stray.count > 0)
				error = ERROR_CONFLICT;
		}
	}
	arena_done(&arena);
	ward_core_destroy(core);
	return error;
}
