/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/engine.h"

#include "base/hash.h"
#include "simulate/house.h"
#include "simulate/sabotage.h"

#include <stdio.h>
#include <stdlib.h>

#define STEP_BYTES_MAX ((size_t)1024 * 1024 * 1024)
enum { BATCH = 2000, CHUNK = 500, CHUNK_SMALL = 3 };

void engine_init(struct engine *engine, struct record *record, uint64_t seed, bool unbroken)
{
	*engine = (struct engine){ .record = record, .dice = dice_for(seed, 77, 0) };
	arena_init(&engine->arena, STEP_BYTES_MAX);
	engine->core = ward_core_create(NULL);
	if (unbroken)
		engine->unbroken = ward_core_create(NULL);
}

void engine_done(struct engine *engine)
{
	if (engine->house == NULL)
		ward_core_destroy(engine->core);
	house_close(engine->house);
	ward_core_destroy(engine->unbroken);
	arena_done(&engine->arena);
	free(engine->kept);
}

const char *engine_point_name(enum engine_point point)
{
	static const char *const names[POINT_COUNT] = { "nowhere",
							"before reading",
							"after reading",
							"after timers",
							"between commits",
							"after the commit",
							"while keeping a checkpoint" };
	return names[point];
}

static bool dies(struct engine *engine, enum engine_point point)
{
	if (engine->die_at != point)
		return false;
	engine->die_at = POINT_NONE;
	if (engine->house != NULL)
		house_die(engine->house, engine);
	else
		ward_core_destroy(engine->core);
	engine->core = NULL;
	return true;
}

void engine_move(struct engine *engine, struct house *house)
{
	ward_core_destroy(engine->core);
	engine->house = house;
	engine->core = house_core(house);
}

enum error engine_commit(struct engine *engine, const struct record_write *write,
			 int64_t *ret_version)
{
	if (engine->house != NULL)
		return house_commit(engine->house, engine, write, ret_version);
	return record_put(engine->record, write, ret_version);
}

const struct record_version *engine_find(struct engine *engine, struct str type, struct str id)
{
	return record_find(engine->record, type, id);
}

uint64_t engine_digest(const struct engine *engine)
{
	return engine->record->digest;
}

/* --- reading -------------------------------------------------------------------------------- */

static void apply(struct engine *engine, struct ward_core *core,
		  const struct record_version *version)
{
	struct json *resource = NULL;
	if (!ward_core_reads(version->type, version->body))
		return;
	enum error error = json_parse(&engine->arena, version->body, NULL, NULL, &resource);
	ASSERT(error == ERROR_OK);
	if (core == engine->core && engine->sabotage != SABOTAGE_NONE &&
	    !sabotage_event(engine, version, resource))
		return;
	const struct ward_event event = {
		.type = version->type,
		.id = version->id,
		.version = version->version,
		.feed = version->feed,
		.at_us = version->at_us,
		.origin = version->own ? STR(WARD_ORIGIN) : STR("api"),
		.resource = resource,
	};
	ward_core_apply(core, &event);
}

/* `settled`: what follows from it stands in the record already. */
static void read_until(struct engine *engine, int64_t until, bool settled)
{
	while (engine->seen < until) {
		arena_reset(&engine->arena);
		apply(engine, engine->core, &engine->record->versions[engine->seen]);
		if (settled)
			ward_core_settle(engine->core);
		engine->seen++;
	}
}

/* --- writing -------------------------------------------------------------------------------- */

/* Everything up to the cursor stands in the record; never beyond what was read, nor back. */
static void move_cursor(struct engine *engine)
{
	int64_t written = ward_core_written(engine->core);
	if (written > engine->seen)
		written = engine->seen;
	if (engine->sabotage == SABOTAGE_CURSOR_FIRST)
		written = engine->seen;
	if (written > engine->record->cursor)
		engine->record->cursor = written;
}

static enum error write_one(struct engine *engine, const struct ward_output *output)
{
	struct text body;
	int64_t version;
	text_init(&body, &engine->arena, (size_t)4 * 1024 * 1024);
	json_print(&body, output->resource);
	const struct record_write write = { .type = sabotage_type(output->type),
					    .id = output->id,
					    .body = text_view(&body),
					    .expected = output->version,
					    .own = true,
					    .at_us = engine->now_us };
	ASSERT(!body.failed);
	enum error error = record_put(engine->record, &write, &version);
	if (error == ERROR_PRECONDITION && engine->seen == (int64_t)engine->record->count) {
		/* Nothing unread: what the core believed about this version was wrong. */
		ward_output_found(engine->core, output, version);
		return error;
	}
	if (error != ERROR_OK)
		return error;
	if (engine->see != NULL && version != output->version)
		engine->see(engine->context, write.type, output->resource);
	engine->versions += version != output->version;
	ward_output_done(engine->core, output, version);
	return ERROR_OK;
}

/* A commit is all or nothing: its guards are looked at before the first write. */
static bool guards_hold(struct engine *engine, const struct ward_output *outputs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct record_version *current =
			record_find(engine->record, sabotage_type(outputs[i].type), outputs[i].id);
		int64_t version = current == NULL ? 0 : current->version;
		if (version == outputs[i].version)
			continue;
		if (engine->seen == (int64_t)engine->record->count)
			ward_output_found(engine->core, &outputs[i], version);
		return false;
	}
	return true;
}

/* One commit of some outputs, all or nothing, with the cursor. */
static enum error write_some(struct engine *engine, const struct ward_outputs *some)
{
	if (!guards_hold(engine, some->outputs, some->count))
		return ERROR_CONFLICT;
	engine->commits++;
	for (size_t i = 0; i < some->count; i++) {
		struct ward_output *output = &some->outputs[i];
		enum error error = ERROR_OK;
		if (engine->sabotage != SABOTAGE_NONE && !sabotage_output(engine, output))
			ward_output_done(engine->core, output, output->version);
		else
			error = write_one(engine, output);
		if (error != ERROR_OK)
			return error;
	}
	move_cursor(engine);
	return ERROR_OK;
}

/* ERROR_CONFLICT: somebody else wrote. The caller looks whether the process died on the way. */
static enum error write_all(struct engine *engine)
{
	const struct ward_output_limits limits = { engine->die_at == POINT_BETWEEN ? CHUNK_SMALL
										   : CHUNK,
						   CHUNK, INT64_MAX };
	for (;;) {
		struct ward_outputs some;
		arena_reset(&engine->arena);
		if (!ward_core_outputs_some(engine->core, &engine->arena, &limits, &some))
			return ERROR_LIMIT;
		if (some.count == 0)
			return ERROR_OK;
		enum error error = write_some(engine, &some);
		if (error != ERROR_OK)
			return error;
		if (!some.all && dies(engine, POINT_BETWEEN))
			return ERROR_OK;
	}
}

/* --- turns ---------------------------------------------------------------------------------- */

static void fire(struct engine *engine)
{
	if (ward_core_next_us(engine->core) > engine->now_us ||
	    engine->seen < (int64_t)engine->record->count)
		return; /* the barrier: something unread stands in the feed */
	if (engine->sabotage == SABOTAGE_FORGET_TIMER && !sabotage_timer(engine))
		return;
	ward_core_advance(engine->core, engine->now_us);
}

/* The runner's own steps cannot be cut in the middle: it dies before them or after. */
static bool turn_house(struct engine *engine)
{
	if (dies(engine, POINT_READ) || dies(engine, POINT_APPLIED) || dies(engine, POINT_FIRED))
		return false;
	house_turn(engine->house, engine);
	engine->core = house_core(engine->house); /* a rebuild may have made another */
	return !dies(engine, POINT_BETWEEN) && !dies(engine, POINT_COMMITTED);
}

bool engine_turn(struct engine *engine, int64_t now_us)
{
	ASSERT(engine->core != NULL && now_us >= engine->now_us);
	engine->now_us = now_us;
	if (engine->house != NULL)
		return turn_house(engine);
	for (;;) {
		int64_t last = (int64_t)engine->record->count;
		if (dies(engine, POINT_READ))
			return false;
		/* Sometimes only a part is there when the feed is read. */
		if (last - engine->seen > 1 && dice_percent(&engine->dice, 10))
			last = engine->seen + dice_between(&engine->dice, 1, last - engine->seen);
		if (last - engine->seen > BATCH)
			last = engine->seen + BATCH;
		read_until(engine, last, false);
		if (dies(engine, POINT_APPLIED))
			return false;
		fire(engine);
		if (engine->sabotage == SABOTAGE_CURSOR_FIRST)
			move_cursor(engine);
		if (dies(engine, POINT_FIRED))
			return false;
		enum error error = write_all(engine);
		if (engine->core == NULL || dies(engine, POINT_COMMITTED))
			return false;
		ASSERT(error == ERROR_OK || error == ERROR_CONFLICT || error == ERROR_PRECONDITION);
		if (error == ERROR_OK && engine->seen == (int64_t)engine->record->count)
			break;
	}
	move_cursor(engine);
	engine->die_at = engine->die_at == POINT_BETWEEN ? POINT_READ : engine->die_at;
	return true;
}

int64_t engine_next_us(const struct engine *engine)
{
	return engine->core == NULL ? INT64_MAX : ward_core_next_us(engine->core);
}

/* --- checkpoint ----------------------------------------------------------------------------- */

void engine_keep(struct engine *engine)
{
	struct text text;
	if (engine->core == NULL || ward_core_dirty_count(engine->core) > 0)
		return;
	if (engine->house != NULL) {
		house_keep(engine->house, engine->die_at == POINT_KEPT);
		(void)dies(engine, POINT_KEPT);
		return;
	}
	/* The file is replaced at once or not at all; by chance the disk has lied about it. */
	if (engine->die_at == POINT_KEPT && !dice_percent(&engine->dice, 20)) {
		(void)dies(engine, POINT_KEPT);
		return;
	}
	move_cursor(engine);
	arena_reset(&engine->arena);
	text_init(&text, &engine->arena, STEP_BYTES_MAX / 4);
	ward_core_save(engine->core, &text);
	struct str state = text_view(&text);
	char *kept = calloc(state.len + 1, 1);
	ASSERT(!text.failed && kept != NULL);
	memcpy(kept, state.ptr, state.len + 1);
	free(engine->kept);
	engine->kept = kept;
	engine->kept_length = state.len;
	engine->kept_hash = hash_str(state);
	engine->kept_seen = engine->seen;
	if (engine->die_at == POINT_KEPT && engine->kept_length > 0) {
		engine->kept[engine->kept_length / 2] ^= 1;
		(void)dies(engine, POINT_KEPT);
	}
}

bool engine_start(struct engine *engine, enum engine_wake wake, int64_t now_us)
{
	struct record *record = engine->record;
	struct str kept = { engine->kept, engine->kept_length };
	engine->now_us = now_us;
	engine->seen = 0;
	engine->restarts++;
	if (engine->house != NULL) {
		bool started = house_start(engine->house, engine, wake);
		engine->core = house_core(engine->house);
		return started;
	}
	if (wake == WAKE_DAMAGED && engine->kept_length > 0)
		engine->kept[dice_between(&engine->dice, 0, (int64_t)engine->kept_length - 1)] ^= 4;
	if (wake != WAKE_NOTHING && engine->kept != NULL && hash_str(kept) == engine->kept_hash &&
	    engine->kept_seen <= record->cursor) {
		engine->core = ward_core_load(NULL, kept);
		engine->seen = engine->kept_seen;
		if (engine->core == NULL)
			return false; /* its hash is right, so it must be readable */
	} else {
		engine->core = ward_core_create(NULL);
		engine->rebuilt++;
		free(engine->kept);
		engine->kept = NULL;
		engine->kept_length = 0;
	}
	if (engine->sabotage == SABOTAGE_SKIP_TAIL)
		engine->seen = (int64_t)record->count;
	/* Up to the cursor everything stands in the record already; then to the end before the first word. */
	read_until(engine, record->cursor, true);
	read_until(engine, (int64_t)record->count, false);
	return true;
}

static struct str state_of(struct engine *engine, struct ward_core *core)
{
	struct text text;
	text_init(&text, &engine->arena, STEP_BYTES_MAX / 4);
	ward_core_save(core, &text);
	ASSERT(!text.failed);
	return text_view(&text);
}

static void tell_difference(struct engine *engine, struct str broken, struct str unbroken)
{
	while (broken.len > 0 || unbroken.len > 0) {
		struct str a = str_cut(&broken, '\n'), b = str_cut(&unbroken, '\n');
		size_t at = 0;
		if (str_equal(a, b))
			continue;
		while (at < a.len && at < b.len && a.ptr[at] == b.ptr[at])
			at++;
		at = at > 70 ? at - 70 : 0;
		a = str_slice(a, at, at + 160);
		b = str_slice(b, at, at + 160);
		snprintf(engine->difference, sizeof(engine->difference),
			 "it is %.*s and must be %.*s", STR_ARG(a), STR_ARG(b));
		return;
	}
}

bool engine_is_unbroken(struct engine *engine)
{
	if (engine->unbroken == NULL || engine->core == NULL)
		return true;
	for (; engine->unbroken_seen < (int64_t)engine->record->count; engine->unbroken_seen++) {
		arena_reset(&engine->arena);
		apply(engine, engine->unbroken, &engine->record->versions[engine->unbroken_seen]);
		ward_core_settle(engine->unbroken);
	}
	ward_core_advance(engine->unbroken, engine->now_us);
	ward_core_settle(engine->unbroken);
	ward_core_advance(engine->core, engine->now_us);
	arena_reset(&engine->arena);
	struct str broken = state_of(engine, engine->core);
	struct str unbroken = state_of(engine, engine->unbroken);
	if (str_equal(broken, unbroken))
		return true;
	tell_difference(engine, broken, unbroken);
	return false;
}

/* --- the stored alerts ---------------------------------------------------------------------- */

static bool is_stored(struct engine *engine, struct arena *arena, const struct ward_output *output)
{
	struct json *found;
	const struct record_version *stored = record_find(engine->record, STR("Task"), output->id);
	if (stored == NULL || json_parse(arena, stored->body, NULL, NULL, &found) != ERROR_OK)
		return false;
	(void)json_remove(found, STR("meta"));
	return json_equal(found, output->resource);
}

bool engine_verify(struct engine *engine, size_t *ret_alerts)
{
	const struct ward_core_options options = { .keep_alerts = true };
	struct ward_core *core = ward_core_create(&options);
	struct ward_output *outputs;
	size_t count, stored = 0;
	bool good;
	if (engine->house != NULL && !house_verify(engine->house)) {
		ward_core_destroy(core);
		return false;
	}
	for (size_t i = 0; i < engine->record->count; i++) {
		arena_reset(&engine->arena);
		apply(engine, core, &engine->record->versions[i]);
		ward_core_settle(core);
		stored += engine->record->versions[i].version == 1 &&
			  engine->record->versions[i].own &&
			  str_equal(engine->record->versions[i].type, STR("Task"));
	}
	ward_core_advance(core, engine->now_us);
	arena_reset(&engine->arena);
	good = ward_core_alerts(core, &engine->arena, &outputs, &count) && count == stored;
	snprintf(engine->difference, sizeof(engine->difference), "%zu stored, %zu in the feed",
		 stored, count);
	for (size_t i = 0; good && i < count; i++) {
		good = is_stored(engine, &engine->arena, &outputs[i]);
		snprintf(engine->difference, sizeof(engine->difference), "Task/%.*s",
			 STR_ARG(outputs[i].id));
	}
	ward_core_destroy(core);
	*ret_alerts = stored;
	return good;
}
