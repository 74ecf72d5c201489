/* SPDX-License-Identifier: Apache-2.0
 * From the core's changed things to a commit. The guard of each write is the version the core last saw, so that a
 * nurse's acknowledgement that came in between is never overwritten: the feed is read and the Task printed anew. */
#include "ward/runner.h"

#include "ward/model.h"
#include "ward/policy_files.h"
#include "ward/print.h"
#include "ward/questionnaire_files.h"

#define SETTINGS_ORIGIN "settings"
#define COMMIT_BODY_BYTES_MAX ((size_t)4 * 1024 * 1024)

enum error runner_prepare(struct arena *arena, struct str type, struct str id,
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
		.priority = STORE_URGENT,
	};
	return store_commit_wait(ward->options.store, &commit);
}

/* With all that waits the cursor moves to what has been read, in the same commit; with all alerts and pages, the mark
 * up to which they are what the feed says. */
static enum error submit(struct ward *ward, const struct ward_outputs *outputs,
			 struct store_write *writes)
{
	const struct store_timer timers[] = {
		{ STR(RUNNER_TIME), ward_core_now_us(ward->core) },
		{ STR(RUNNER_ALERTS), ward->seen },
	};
	size_t count = outputs->count;
	struct store_commit commit = {
		.writes = writes,
		.write_count = count,
		.timers = timers,
		.timer_count = outputs->pressing_all ? 2 : 0,
		.origin = STR(WARD_ORIGIN),
		.cursor_name = STR(RUNNER_CURSOR),
		.cursor = outputs->all ? ward->seen : runner_written(ward),
		.feed_expected = -1,
		.priority = STORE_URGENT,
	};
	enum error error = store_commit_wait(ward->options.store, &commit);
	if (error == ERROR_OK)
		ward->cursor = commit.cursor;
	if (error != ERROR_PRECONDITION || commit.failed_write >= count ||
	    runner_barrier(ward) != ERROR_OK)
		return error;
	/* Nothing unread stands in the feed: what the core believed about this version was wrong. */
	ward_output_found(ward->core, &outputs->outputs[commit.failed_write], commit.version_found);
	return error;
}

enum error runner_mark(struct ward *ward)
{
	const struct ward_outputs nothing = { .all = true, .pressing_all = true };
	return submit(ward, &nothing, NULL);
}

/* Nothing of the feed before this number waits to be written; never beyond what has been read, nor back. */
int64_t runner_written(struct ward *ward)
{
	int64_t written = ward_core_written(ward->core);
	if (written > ward->seen)
		written = ward->seen;
	if (written > ward->written)
		ward->written = written;
	return ward->written;
}

static enum error write_some(struct ward *ward, const struct ward_outputs *outputs)
{
	struct arena *arena = &ward->arena;
	struct store_write *writes = ARENA_NEW(arena, struct store_write, outputs->count);
	if (writes == NULL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < outputs->count; i++) {
		const struct ward_output *output = &outputs->outputs[i];
		enum error error = runner_prepare(arena, output->type, output->id, output->resource,
						  &writes[i]);
		if (error != ERROR_OK)
			return error;
		if (output->version > 0)
			writes[i].version_expected = output->version;
	}
	enum error error = submit(ward, outputs, writes);
	for (size_t i = 0; i < outputs->count && error == ERROR_OK; i++)
		ward_output_done(ward->core, &outputs->outputs[i], writes[i].version);
	return error;
}

enum error runner_write(struct ward *ward, const struct ward_output_limits *limits,
			size_t *ret_calm)
{
	struct ward_output_limits rest = *limits;
	*ret_calm = 0;
	for (;;) {
		struct ward_outputs outputs;
		arena_reset(&ward->arena);
		if (!ward_core_outputs_some(ward->core, &ward->arena, &rest, &outputs))
			return ERROR_LIMIT;
		if (outputs.count == 0)
			return ERROR_OK;
		enum error error = write_some(ward, &outputs);
		if (error != ERROR_OK)
			return error;
		*ret_calm += outputs.calm;
		rest.calm_max -= outputs.calm;
	}
}

static enum error ship(struct ward *ward, const char *type, struct str file)
{
	struct json *resource;
	struct store_write write;
	arena_reset(&ward->arena);
	enum error error = json_parse(&ward->arena, file, NULL, NULL, &resource);
	if (error == ERROR_OK)
		error = runner_prepare(&ward->arena, str_from_c(type),
				       json_get_text(resource, STR("id")), resource, &write);
	if (error != ERROR_OK)
		return error;
	struct store_commit commit = {
		.writes = &write, .write_count = 1, .origin = STR(WARD_ORIGIN), .feed_expected = -1
	};
	error = store_commit_wait(ward->options.store, &commit);
	return error == ERROR_PRECONDITION ? ERROR_OK : error;
}

/* The questions and policies that come with the program, where the record has none of that id. */
enum error runner_policies(struct ward *ward)
{
	enum error error = ERROR_OK;
	for (size_t i = 0; i < questionnaire_file_count && error == ERROR_OK; i++)
		error = ship(ward, "Questionnaire", questionnaire_files[i]);
	for (size_t i = 0; i < policy_file_count && error == ERROR_OK; i++)
		error = ship(ward, "PlanDefinition", policy_files[i]);
	return error;
}

static struct json *channel_endpoint(struct arena *arena, const char *id, enum channel channel,
				     bool active)
{
	struct json *endpoint = print_resource(arena, STR("Endpoint"), id);
	struct json *type = json_new(arena, JSON_OBJECT);
	struct json *payload = json_new(arena, JSON_OBJECT);
	char address[160];
	if (endpoint == NULL || type == NULL || payload == NULL)
		return NULL;
	print_string(arena, endpoint, STR("status"), active ? STR("active") : STR("off"));
	print_string(arena, type, STR("system"), STR(CHANNEL_SYSTEM));
	print_string(arena, type, STR("code"), channel_code(channel));
	json_add(endpoint, STR("connectionType"), type);
	print_string(arena, payload, STR("text"), STR("A page to a person"));
	print_one(arena, endpoint, STR("payloadType"), payload);
	/* Where it really leads may hold secrets: that stands in the settings. */
	model_format(address, sizeof(address), HOMEWARD_URL "channel/%.*s",
		     STR_ARG(channel_code(channel)));
	print_string(arena, endpoint, STR("address"), str_from_c(address));
	return arena->failed ? NULL : endpoint;
}

/* The version that stands in the record (0: none) and whether it says "active". */
static enum error channel_stored(struct ward *ward, struct str id, int64_t *ret_version,
				 bool *ret_active)
{
	struct store_version version = { 0 };
	struct json *stored = NULL;
	struct store_reader *reader = store_reader_borrow(ward->options.store);
	if (reader == NULL)
		return ERROR_BUSY;
	enum error error =
		store_read(reader, &ward->arena, fhir_resource_find(STR("Endpoint")), id, &version);
	store_reader_return(reader);
	*ret_version = STORE_VERSION_NONE;
	*ret_active = false;
	if (error == ERROR_NOT_FOUND || error == ERROR_GONE)
		return ERROR_OK;
	if (error == ERROR_OK)
		error = json_parse(&ward->arena, version.body, NULL, NULL, &stored);
	if (error != ERROR_OK)
		return error;
	*ret_version = version.version;
	*ret_active = str_equal(json_get_text(stored, STR("status")), STR("active"));
	return ERROR_OK;
}

static enum error channel_write(struct ward *ward, enum channel channel)
{
	bool wanted = (ward->options.channels & UINT32_C(1) << channel) != 0;
	bool active;
	int64_t version;
	char id[MODEL_ID_BYTES];
	struct store_write write;
	arena_reset(&ward->arena);
	model_format(id, sizeof(id), CHANNEL_ENDPOINT_PREFIX "%.*s",
		     STR_ARG(channel_code(channel)));
	enum error error = channel_stored(ward, str_from_c(id), &version, &active);
	if (error != ERROR_OK || active == wanted)
		return error;
	struct json *endpoint = channel_endpoint(&ward->arena, id, channel, wanted);
	if (endpoint == NULL)
		return ERROR_LIMIT;
	error = runner_prepare(&ward->arena, STR("Endpoint"), str_from_c(id), endpoint, &write);
	if (error != ERROR_OK)
		return error;
	write.version_expected = version;
	struct store_commit commit = { .writes = &write,
				       .write_count = 1,
				       .origin = STR(SETTINGS_ORIGIN),
				       .feed_expected = -1 };
	return store_commit_wait(ward->options.store, &commit);
}

uint32_t runner_missing_channels(const struct ward *ward)
{
	return ward->options.channels & ~ward_core_channels(ward->core) &
	       ((UINT32_C(1) << CHANNEL_COUNT) - (UINT32_C(1) << CHANNEL_WEBHOOK));
}

enum error runner_channels(struct ward *ward)
{
	enum error error = ERROR_OK;
	for (unsigned channel = CHANNEL_WEBHOOK; channel < CHANNEL_COUNT && error == ERROR_OK;
	     channel++)
		error = channel_write(ward, (enum channel)channel);
	return error;
}
