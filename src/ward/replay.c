/* SPDX-License-Identifier: Apache-2.0
 * Proof that the stored alerts are what the feed says: a fresh core reads the feed from its start, and each
 * alert it holds is compared with the stored Task. */
#include "ward/carried.h"
#include "ward/model.h"
#include "ward/runner.h"

#define REPLAY_ARENA_BYTES ((size_t)1024 * 1024 * 1024)

/* How far the ward had come when it last wrote. */
struct reached {
	int64_t cursor;
	int64_t time_us;
	int64_t earlier; /* another version may have written up to here */
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
	struct reached reached = { cursor, INT64_MIN, 0 };
	enum error error = runner_earlier(reader, arena, &reached.earlier);
	if (error == ERROR_OK)
		error = store_timers(reader, arena, STR(RUNNER_TIME), INT64_MAX, &rows, &count);
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

static bool is_ended(const struct json *task)
{
	struct str status = json_get_text(task, STR("status"));
	return str_equal(status, STR("completed")) || str_equal(status, STR("cancelled"));
}

/* The stored Task. *ret_pending: a person wrote it after what the ward has read; it will be printed anew.
 * *ret_earlier: it ended when another version may have been at work. */
static struct json *stored_task(struct store_reader *reader, struct arena *arena, struct str id,
				const struct reached *reached, bool *ret_pending, bool *ret_earlier)
{
	struct store_version version;
	struct json *task;
	*ret_pending = *ret_earlier = false;
	enum error error = store_read(reader, arena, fhir_resource_find(STR("Task")), id, &version);
	if (error == ERROR_OK || error == ERROR_GONE)
		*ret_pending = version.feed > reached->cursor &&
			       !str_equal(version.origin, STR(WARD_ORIGIN));
	if (error != ERROR_OK || json_parse(arena, version.body, NULL, NULL, &task) != ERROR_OK)
		return NULL;
	(void)json_remove(task, STR("meta"));
	*ret_earlier = version.feed <= reached->earlier && is_ended(task);
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

struct replay {
	struct store *store;
	struct ward_core *core;
	struct arena *arena;
	struct issues *issues;
	struct reached reached;
	int64_t earlier_us; /* when that was written */
	struct ward_replayed replayed;
	size_t wrong;
};

static void complain(struct replay *replay, struct str id, const char *why)
{
	replay->wrong++;
	(void)issue_add(replay->issues, ERROR_CONFLICT, STR("Task"), "Task/%.*s: %s", STR_ARG(id),
			why);
}

/* Began and ended before this version ran over the record: it wrote only what stood open then. */
static bool is_before(const struct replay *replay, const struct ward_output *output)
{
	const struct alert *alert = map_get(&replay->core->alert_by_id, output->id);
	return alert != NULL && !alert_is_open(alert) && alert->closed_us <= replay->earlier_us;
}

static void compare_one(struct replay *replay, struct store_reader *reader,
			const struct ward_output *output)
{
	bool pending, earlier;
	struct json *found = stored_task(reader, replay->arena, output->id, &replay->reached,
					 &pending, &earlier);
	replay->replayed.carried +=
		model_extension(output->resource, STR(CARRIED_EXTENSION)) != NULL;
	if (pending || (found != NULL && json_equal(output->resource, found)))
		return;
	if (found == NULL ? is_before(replay, output) : earlier) {
		replay->replayed.earlier++;
	} else if (found == NULL) {
		complain(replay, output->id, "the feed raises this alert and the record lacks it.");
	} else {
		replay->wrong++;
		differ(replay->issues, output->resource, found);
	}
}

static enum error compare(struct replay *replay)
{
	struct ward_output *outputs;
	size_t count;
	arena_reset(replay->arena);
	if (!ward_core_alerts(replay->core, replay->arena, &outputs, &count))
		return ERROR_LIMIT;
	struct store_reader *reader = store_reader_borrow(replay->store);
	if (reader == NULL)
		return ERROR_BUSY;
	for (size_t i = 0; i < count; i++)
		compare_one(replay, reader, &outputs[i]);
	store_reader_return(reader);
	replay->replayed.alerts = (int64_t)count;
	return ERROR_OK;
}

/* A Task of the ward's that no alert of the core stands for. */
static void find_stray(struct replay *replay, struct store_reader *reader, struct str id)
{
	bool pending, earlier;
	(void)stored_task(reader, replay->arena, id, &replay->reached, &pending, &earlier);
	if (earlier)
		replay->replayed.earlier++;
	else
		complain(replay, id, "the record holds an alert that the feed does not raise.");
}

static bool is_raised(const struct store_version *version)
{
	return str_equal(fhir_resource_name(version->type), STR("Task")) &&
	       str_equal(version->origin, STR(WARD_ORIGIN)) && version->version == 1;
}

static enum error find_strays(struct replay *replay)
{
	int64_t seen = 0;
	size_t count = 1;
	while (count > 0) {
		struct store_version *versions;
		arena_reset(replay->arena);
		struct store_reader *reader = store_reader_borrow(replay->store);
		if (reader == NULL)
			return ERROR_BUSY;
		enum error error = store_feed(reader, replay->arena, seen, 1000, &versions, &count);
		for (size_t i = 0; i < count && error == ERROR_OK; i++) {
			seen = versions[i].feed;
			if (is_raised(&versions[i]) &&
			    map_get(&replay->core->alert_by_id, versions[i].id) == NULL)
				find_stray(replay, reader, versions[i].id);
		}
		store_reader_return(reader);
		if (error != ERROR_OK)
			return error;
	}
	return ERROR_OK;
}

/* To where the ward had come, and no further: what it had not read yet it could not have written. */
static enum error play(struct replay *replay)
{
	int64_t seen = 0;
	size_t count = 1;
	enum error error = read_reached(replay->store, replay->arena, &replay->reached);
	const struct runner_reach reach = { replay->reached.cursor, true };
	struct runner_reach before = reach;
	before.until =
		replay->reached.earlier < reach.until ? replay->reached.earlier : reach.until;
	while (error == ERROR_OK && seen < before.until && count > 0)
		error = runner_read(replay->store, replay->core, replay->arena, &seen, before,
				    &count);
	replay->earlier_us = ward_core_now_us(replay->core);
	for (count = 1; error == ERROR_OK && seen < reach.until && count > 0;)
		error = runner_read(replay->store, replay->core, replay->arena, &seen, reach,
				    &count);
	if (error == ERROR_OK)
		ward_core_advance(replay->core, replay->reached.time_us);
	return error;
}

enum error ward_replay(struct store *store, struct issues *issues,
		       struct ward_replayed *ret_replayed)
{
	const struct ward_core_options options = { .keep_alerts = true };
	struct arena arena;
	arena_init(&arena, REPLAY_ARENA_BYTES);
	struct replay replay = { .store = store,
				 .core = ward_core_create(&options),
				 .arena = &arena,
				 .issues = issues };
	enum error error = play(&replay);
	if (error == ERROR_OK)
		error = compare(&replay);
	if (error == ERROR_OK)
		error = find_strays(&replay);
	arena_done(&arena);
	ward_core_destroy(replay.core);
	*ret_replayed = replay.replayed;
	return error == ERROR_OK && replay.wrong > 0 ? ERROR_CONFLICT : error;
}
