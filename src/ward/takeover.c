/* SPDX-License-Identifier: Apache-2.0
 * The rules in code have no version of their own: a newer engine plays the feed by its rules and may hold other alerts
 * than stand open in the record. Once a start the two are made one: an open alert that the core does not hold is handed
 * to it by a version of its Task (carried.h), one that it holds otherwise is written as it holds it, and one that the
 * record lacks is written with its pages. docs/decisions/0017 */
#include "os/log.h"
#include "store/search.h"
#include "ward/carried.h"
#include "ward/print.h"
#include "ward/runner.h"

#define OPEN_STATUSES "draft,requested,received,accepted,ready,in-progress,on-hold"
#define PAGE_COUNT "200"

struct takeover {
	struct ward *ward;
	struct store_version *open; /* Tasks of the page */
	size_t open_count;
	struct str cursor;
	int64_t carried, changed; /* by this try */
};

/* --- what stands open in the record ----------------------------------------------------------- */

static enum error find_open(struct takeover *takeover)
{
	struct ward *ward = takeover->ward;
	const struct search_argument arguments[] = {
		{ STR("status"), STR(OPEN_STATUSES) },
		{ STR("code"), STR(HOMEWARD_URL "CodeSystem/ward-rule|") },
		{ STR("_count"), STR(PAGE_COUNT) },
		{ STR("_cursor"), takeover->cursor },
	};
	const struct search_parse_options options = { .now_us = ward_core_now_us(ward->core) };
	struct search_request *request = NULL;
	struct search_result result = { 0 };
	struct issues issues;
	issues_init(&issues, &ward->arena);
	enum error error =
		search_parse(&ward->arena, fhir_resource_find(STR("Task")), arguments,
			     takeover->cursor.len > 0 ? 4 : 3, &options, &issues, &request);
	struct store_reader *reader =
		error == ERROR_OK ? store_reader_borrow(ward->options.store) : NULL;
	if (error == ERROR_OK && reader == NULL)
		return ERROR_BUSY;
	if (error == ERROR_OK)
		error = search_run(reader, &ward->arena, request, &issues, &result);
	if (reader != NULL)
		store_reader_return(reader);
	takeover->open = result.matches;
	takeover->open_count = result.match_count;
	takeover->cursor = result.cursor_next;
	return error;
}

/* Raised by an engine, not put there by anybody else. */
static enum error is_raised(struct takeover *takeover, struct str id, bool *ret_raised)
{
	struct ward *ward = takeover->ward;
	struct store_version first = { 0 };
	struct store_reader *reader = store_reader_borrow(ward->options.store);
	if (reader == NULL)
		return ERROR_BUSY;
	enum error error = store_read_version(reader, &ward->arena, fhir_resource_find(STR("Task")),
					      id, 1, &first);
	store_reader_return(reader);
	*ret_raised = error == ERROR_OK && str_equal(first.origin, STR(WARD_ORIGIN));
	return error == ERROR_NOT_FOUND || error == ERROR_GONE ? ERROR_OK : error;
}

static enum error hand_over(struct takeover *takeover, const struct store_version *version,
			    struct json *task)
{
	struct arena *arena = &takeover->ward->arena;
	struct store_write write;
	if (model_extension(task, STR(CARRIED_EXTENSION)) == NULL)
		print_extension(arena, task, CARRIED_EXTENSION, STR("valueBoolean"),
				json_new(arena, JSON_TRUE));
	enum error error = runner_prepare(arena, STR("Task"), version->id, task, &write);
	if (error != ERROR_OK)
		return error;
	write.version_expected = version->version;
	struct store_commit commit = {
		.writes = &write,
		.write_count = 1,
		.origin = STR(CARRIED_ORIGIN),
		.feed_expected = -1,
		.priority = STORE_URGENT,
	};
	error = store_commit_wait(takeover->ward->options.store, &commit);
	if (error == ERROR_OK)
		takeover->carried++;
	return error;
}

/* An open alert that waits to be written, or says what the Task says, is left alone. */
static void compare(struct takeover *takeover, struct alert *alert, struct json *task)
{
	struct ward_core *core = takeover->ward->core;
	const struct json *printed =
		alert->dirty ? NULL : print_task(core, &takeover->ward->arena, alert);
	(void)json_remove(task, STR("meta"));
	if (printed == NULL || json_equal(printed, task))
		return;
	takeover->changed++;
	alert_touch(core, alert);
}

static enum error look_at(struct takeover *takeover, const struct store_version *version)
{
	struct ward_core *core = takeover->ward->core;
	struct alert *alert = map_get(&core->alert_by_id, version->id);
	struct json *task = NULL;
	bool raised = false;
	enum error error = json_parse(&takeover->ward->arena, version->body, NULL, NULL, &task);
	if (error == ERROR_OK)
		error = is_raised(takeover, version->id, &raised);
	if (error != ERROR_OK || !raised)
		return error;
	if (alert != NULL && (alert_is_open(alert) || alert->dirty)) {
		compare(takeover, alert, task);
		return ERROR_OK;
	}
	/* Handed over before, and there is no ward to take it. */
	if (str_equal(version->origin, STR(CARRIED_ORIGIN)))
		return ERROR_OK;
	return hand_over(takeover, version, task);
}

/* --- what the record lacks -------------------------------------------------------------------- */

static void write_lacking(struct takeover *takeover)
{
	struct ward_core *core = takeover->ward->core;
	for (struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
			if (!alert_is_open(alert) || alert->dirty || alert->version > 0)
				continue;
			for (struct page *page = alert->pages; page != NULL; page = page->next)
				page->dirty = page->dirty || page->version == 0;
			takeover->changed++;
			alert_touch(core, alert);
		}
	}
}

/* --- up to where another version may have written --------------------------------------------- */

enum error runner_earlier(struct store_reader *reader, struct arena *arena, int64_t *ret_feed)
{
	struct store_timer_row *rows;
	size_t count;
	*ret_feed = 0;
	enum error error =
		store_timers(reader, arena, STR(RUNNER_EARLIER), INT64_MAX, &rows, &count);
	for (size_t i = 0; i < count && error == ERROR_OK; i++) {
		if (str_equal(rows[i].name, STR(RUNNER_EARLIER)))
			*ret_feed = rows[i].due_us;
	}
	return error;
}

static enum error mark_earlier(struct takeover *takeover)
{
	struct ward *ward = takeover->ward;
	const struct store_timer timer = { STR(RUNNER_EARLIER), ward->seen };
	int64_t earlier = 0;
	struct store_reader *reader = store_reader_borrow(ward->options.store);
	if (reader == NULL)
		return ERROR_BUSY;
	enum error error = runner_earlier(reader, &ward->arena, &earlier);
	store_reader_return(reader);
	if (error != ERROR_OK || (earlier > 0 && !ward->took_any))
		return error;
	struct store_commit commit = { .timers = &timer,
				       .timer_count = 1,
				       .origin = STR(WARD_ORIGIN),
				       .feed_expected = -1,
				       .priority = STORE_URGENT };
	return store_commit_wait(ward->options.store, &commit);
}

enum error runner_take_over(struct ward *ward)
{
	struct takeover takeover = { .ward = ward };
	enum error error = ERROR_OK;
	arena_reset(&ward->arena);
	do {
		error = find_open(&takeover);
		for (size_t i = 0; i < takeover.open_count && error == ERROR_OK; i++)
			error = look_at(&takeover, &takeover.open[i]);
	} while (error == ERROR_OK && takeover.cursor.len > 0);
	if (error == ERROR_OK)
		write_lacking(&takeover);
	ward->took_any = ward->took_any || takeover.carried > 0 || takeover.changed > 0;
	if (error == ERROR_OK)
		error = mark_earlier(&takeover);
	ward->took_over = error == ERROR_OK;
	if (takeover.carried > 0 || takeover.changed > 0)
		LOG_WITH(EVENT_WARD_TAKEN_OVER, LOG_COUNT("carried", takeover.carried),
			 LOG_COUNT("changed", takeover.changed));
	return error;
}
