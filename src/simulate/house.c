/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/house.h"

#include "os/file.h"
#include "os/log.h"
#include "os/random.h"
#include "ward/runner.h"

#include <stdio.h>
#include <stdlib.h>

#define HOUSE_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define CHECKPOINT_BYTES_MAX ((size_t)64 * 1024 * 1024)
enum { FEED_AT_ONCE = 2000, TURNS_MAX = 100000, REOPEN_PERCENT = 30 };

struct house {
	char path[200];
	struct clock *clock;
	struct store *store;
	struct ward *ward;
	struct arena arena;
	int64_t copied; /* feed number */
};

static bool open_store(struct house *house)
{
	struct issues issues;
	const struct store_options options = { .path = str_from_c(house->path),
					       .clock = house->clock,
					       .reader_count = 2 };
	arena_reset(&house->arena);
	issues_init(&issues, &house->arena);
	if (store_open(&options, &issues, &house->store) == ERROR_OK)
		return true;
	fprintf(stderr, "homeward simulate: %.*s\n", STR_ARG(issues.first->diagnostics));
	return false;
}

static void open_ward(struct house *house)
{
	const struct ward_options options = { .store = house->store,
					      .clock = house->clock,
					      .folder = str_from_c(house->path) };
	house->ward = runner_create(&options);
}

/* A new empty folder below `folder`. */
static bool make_folder(struct house *house, struct str folder)
{
	char above[100], name[40];
	uint64_t number = 0;
	int outer, inner;
	random_bytes(&number, sizeof(number));
	snprintf(above, sizeof(above), "%.*s", STR_ARG(folder));
	snprintf(name, sizeof(name), "homeward-wards-%016llx", (unsigned long long)number);
	snprintf(house->path, sizeof(house->path), "%s/%s", above, name);
	if (file_open_folder(above, &outer) != ERROR_OK)
		return false;
	bool made = file_open_folder_below(outer, name, true, &inner) == ERROR_OK;
	if (made)
		file_close(inner);
	file_close(outer);
	return made;
}

struct house *house_open(struct str folder, int64_t start_us)
{
	struct house *house = calloc(1, sizeof(*house));
	if (house == NULL)
		return NULL;
	log_set_level(LOG_LEVEL_ERROR);
	arena_init(&house->arena, HOUSE_BYTES_MAX);
	house->clock = clock_create_simulated(start_us);
	if (house->clock != NULL && make_folder(house, folder) && open_store(house)) {
		open_ward(house);
		return house;
	}
	house_close(house);
	return NULL;
}

void house_close(struct house *house)
{
	static const char *const names[] = { "store.lock", "store.sqlite", "store.sqlite-wal",
					     "store.sqlite-shm", "ward.checkpoint" };
	int folder;
	if (house == NULL)
		return;
	ward_stop(house->ward);
	store_close(house->store);
	clock_destroy(house->clock);
	if (file_open_folder(house->path, &folder) == ERROR_OK) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			(void)!file_remove(folder, names[i]);
		file_close(folder);
	}
	(void)remove(house->path);
	arena_done(&house->arena);
	free(house);
}

struct ward_core *house_core(const struct house *house)
{
	return house->ward == NULL ? NULL : house->ward->core;
}

/* --- the feed into the trial's record --------------------------------------------------------- */

static void copy_one(struct house *house, struct engine *engine,
		     const struct store_version *version)
{
	bool own = str_equal(version->origin, STR(WARD_ORIGIN));
	struct json *tree;
	const struct record_version copy = { .type = fhir_resource_name(version->type),
					     .id = version->id,
					     .body = version->body,
					     .version = version->version,
					     .feed = version->feed,
					     .at_us = version->at_us,
					     .own = own };
	record_copy(engine->record, &copy);
	if (!own || engine->see == NULL)
		return;
	enum error error = json_parse(&house->arena, version->body, NULL, NULL, &tree);
	ASSERT(error == ERROR_OK);
	engine->see(engine->context, copy.type, tree);
	engine->versions++;
}

static void copy_feed(struct house *house, struct engine *engine)
{
	size_t count = 1;
	while (count > 0) {
		struct store_version *versions;
		arena_reset(&house->arena);
		struct store_reader *reader = store_reader_borrow(house->store);
		ASSERT(reader != NULL);
		enum error error = store_feed(reader, &house->arena, house->copied, FEED_AT_ONCE,
					      &versions, &count);
		store_reader_return(reader);
		ASSERT(error == ERROR_OK);
		for (size_t i = 0; i < count; i++) {
			copy_one(house, engine, &versions[i]);
			house->copied = versions[i].feed;
		}
	}
	engine->seen = (int64_t)engine->record->count;
}

static void set_clock(struct house *house, const struct engine *engine, int64_t at_us)
{
	int64_t by_us = at_us - clock_now_us(house->clock);
	(void)engine;
	if (by_us > 0)
		clock_advance(house->clock, by_us);
}

/* --- writing -------------------------------------------------------------------------------- */

enum error house_commit(struct house *house, struct engine *engine,
			const struct record_write *write, int64_t *ret_version)
{
	struct json *resource;
	struct fhir_index index;
	struct text body;
	set_clock(house, engine, write->at_us);
	arena_reset(&house->arena);
	enum error error = json_parse(&house->arena, write->body, NULL, NULL, &resource);
	if (error == ERROR_OK)
		error = fhir_index_extract(&house->arena, resource, &index);
	if (error != ERROR_OK)
		return error;
	text_init(&body, &house->arena, (size_t)4 * 1024 * 1024);
	store_body_print(&body, &house->arena, resource, write->id);
	struct store_write one = {
		.method = STORE_UPDATE,
		.type = fhir_resource_find(write->type),
		.id = write->id,
		.version_expected =
			write->expected == RECORD_ANY ? STORE_VERSION_ANY : write->expected,
		.body = text_view(&body),
		.index = &index,
	};
	struct store_commit commit = {
		.writes = &one, .write_count = 1, .origin = STR("api"), .feed_expected = -1
	};
	error = store_commit_wait(house->store, &commit);
	*ret_version = error == ERROR_OK ? one.version : commit.version_found;
	copy_feed(house, engine);
	return error;
}

void house_turn(struct house *house, struct engine *engine)
{
	set_clock(house, engine, engine->now_us);
	for (size_t turns = 0; turns < TURNS_MAX; turns++) {
		if (!runner_turn(house->ward))
			continue;
		copy_feed(house, engine);
		if (house->ward->seen >= house->copied)
			return; /* its own last writes have been read as well */
	}
	copy_feed(house, engine);
}

/* --- dying and starting ------------------------------------------------------------------------ */

static void damage(struct house *house)
{
	struct str text;
	int folder;
	arena_reset(&house->arena);
	if (file_open_folder(house->path, &folder) != ERROR_OK)
		return;
	if (file_read_whole(&house->arena, folder, "ward.checkpoint", CHECKPOINT_BYTES_MAX,
			    &text) == ERROR_OK) {
		char *bytes = arena_take(&house->arena, text.len, 1);
		ASSERT(bytes != NULL);
		memcpy(bytes, text.ptr, text.len);
		bytes[text.len / 2] ^= 1;
		(void)!file_write_whole(folder, "ward.checkpoint", (struct str){ bytes, text.len });
	}
	file_close(folder);
}

void house_keep(struct house *house, bool damaged)
{
	keeper_save(house->ward);
	if (damaged)
		damage(house);
}

void house_die(struct house *house, struct engine *engine)
{
	ward_stop(house->ward);
	house->ward = NULL;
	if (!dice_percent(&engine->dice, REOPEN_PERCENT))
		return;
	store_close(house->store);
	house->store = NULL;
}

bool house_start(struct house *house, struct engine *engine, enum engine_wake wake)
{
	int folder;
	set_clock(house, engine, engine->now_us);
	if (house->store == NULL && !open_store(house))
		return false;
	if (wake == WAKE_DAMAGED)
		damage(house);
	if (wake == WAKE_NOTHING && file_open_folder(house->path, &folder) == ERROR_OK) {
		(void)!file_remove(folder, "ward.checkpoint");
		file_close(folder);
	}
	open_ward(house);
	engine->rebuilt += house->ward->seen == 0;
	return true;
}

bool house_verify(struct house *house)
{
	struct issues issues;
	struct ward_replayed alerts = { 0 };
	arena_reset(&house->arena);
	issues_init(&issues, &house->arena);
	if (ward_replay(house->store, &issues, &alerts) == ERROR_OK && alerts.carried == 0 &&
	    alerts.earlier == 0)
		return true;
	if (alerts.carried > 0 || alerts.earlier > 0)
		fputs("homeward simulate: one version of the program carried alerts over.\n",
		      stderr);
	for (const struct issue *issue = issues.first; issue != NULL; issue = issue->next)
		fprintf(stderr, "homeward simulate: %.*s\n", STR_ARG(issue->diagnostics));
	return false;
}
