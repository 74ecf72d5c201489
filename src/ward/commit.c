/* SPDX-License-Identifier: Apache-2.0
 * From the core's changed things to a commit. The guard of each write is the version the core last saw, so that a
 * nurse's acknowledgement that came in between is never overwritten: the feed is read and the Task printed anew. */
#include "ward/runner.h"

#include "ward/model.h"
#include "ward/policy_files.h"

#define COMMIT_WRITES_MAX 500
#define COMMIT_BODY_BYTES_MAX ((size_t)4 * 1024 * 1024)

static enum error prepare(struct arena *arena, struct str type, struct str id,
			  struct json *resource, struct store_write *ret_write)
{
	struct text body;
	struct fhir_index *index = ARENA_NEW(arena, struct fhir_index, 1);
	if (index == NULL)
		return ERROR_LIMIT;
	enum error error = fhir_index_extract(arena, resource, index);
	if (error != ERROR_OK)
		return error;
	text_init(&body, arena, COMMIT_BODY_BYTES_MAX);
	store_body_print(&body, arena, resource, id);
	struct str view = text_view(&body);
	if (body.failed)
		return ERROR_LIMIT;
	*ret_write = (struct store_write){
		.method = STORE_UPDATE,
		.type = fhir_resource_find(type),
		.id = id,
		.version_expected = STORE_VERSION_NONE,
		.body = view,
		.index = index,
	};
	return ERROR_OK;
}

enum error runner_barrier(struct ward *ward)
{
	struct store_commit commit = {
		.origin = STR(WARD_ORIGIN),
		.feed_expected = ward->seen,
	};
	return store_commit_wait(ward->options.store, &commit);
}

/* `last`: with these everything up to `seen` is written, so the cursor moves in the same commit. */
static enum error submit(struct ward *ward, const struct ward_output *outputs,
			 struct store_write *writes, size_t count, bool last)
{
	const struct store_timer time = { STR(RUNNER_TIME), ward_core_now_us(ward->core) };
	struct store_commit commit = {
		.writes = writes,
		.write_count = count,
		.timers = &time,
		.timer_count = last ? 1 : 0,
		.origin = STR(WARD_ORIGIN),
		.cursor_name = last ? STR(RUNNER_CURSOR) : STR(""),
		.cursor = ward->seen,
		.feed_expected = -1,
	};
	enum error error = store_commit_wait(ward->options.store, &commit);
	if (error != ERROR_PRECONDITION || commit.failed_write >= count ||
	    runner_barrier(ward) != ERROR_OK)
		return error;
	/* Nothing unread stands in the feed: what the core believed about this version was wrong. */
	ward_output_found(ward->core, &outputs[commit.failed_write], commit.version_found);
	return error;
}

enum error runner_mark(struct ward *ward)
{
	return submit(ward, NULL, NULL, 0, true);
}

enum error runner_write(struct ward *ward)
{
	struct arena *arena = &ward->arena;
	for (;;) {
		struct ward_output *outputs;
		size_t count;
		arena_reset(arena);
		if (!ward_core_outputs(ward->core, arena, COMMIT_WRITES_MAX, &outputs, &count))
			return ERROR_LIMIT;
		if (count == 0)
			return ERROR_OK;
		struct store_write *writes = ARENA_NEW(arena, struct store_write, count);
		if (writes == NULL)
			return ERROR_LIMIT;
		for (size_t i = 0; i < count; i++) {
			enum error error = prepare(arena, outputs[i].type, outputs[i].id,
						   outputs[i].resource, &writes[i]);
			if (error != ERROR_OK)
				return error;
			if (outputs[i].version > 0)
				writes[i].version_expected = outputs[i].version;
		}
		enum error error = submit(ward, outputs, writes, count, count < COMMIT_WRITES_MAX);
		if (error != ERROR_OK)
			return error;
		for (size_t i = 0; i < count; i++)
			ward_output_done(ward->core, &outputs[i], writes[i].version);
	}
}

/* The policies that come with the program, where the record has none of that id. */
enum error runner_policies(struct ward *ward)
{
	for (size_t i = 0; i < policy_file_count; i++) {
		struct json *plan;
		struct store_write write;
		arena_reset(&ward->arena);
		enum error error = json_parse(&ward->arena, policy_files[i], NULL, NULL, &plan);
		if (error != ERROR_OK)
			return error;
		error = prepare(&ward->arena, STR("PlanDefinition"), json_get_text(plan, STR("id")),
				plan, &write);
		if (error != ERROR_OK)
			return error;
		struct store_commit commit = { .writes = &write,
					       .write_count = 1,
					       .origin = STR(WARD_ORIGIN),
					       .feed_expected = -1 };
		error = store_commit_wait(ward->options.store, &commit);
		if (error != ERROR_OK && error != ERROR_PRECONDITION)
			return error;
	}
	return ERROR_OK;
}
