/* SPDX-License-Identifier: Apache-2.0
 * The checkpoint: the core's state at a feed number, so that a start reads the rest of the feed and not all
 * of it. It is a copy of nothing but what the feed says: without it, or when it is damaged, the feed is
 * played from its start. First line: hash of the rest, feed number. */
#include "ward/runner.h"

#include "base/hash.h"
#include "os/clock.h"
#include "os/file.h"

#define KEEPER_NAME "ward.checkpoint"
#define KEEPER_BYTES_MAX ((size_t)2 * 1024 * 1024 * 1024)

static bool first_line(struct str *rest, uint64_t *ret_hash, int64_t *ret_seen)
{
	struct str line = str_cut(rest, '\n');
	struct str hash = str_cut(&line, ' ');
	return str_to_u64(hash, ret_hash) && str_to_i64(line, ret_seen) && *ret_seen >= 0;
}

static struct ward_core *read_file(struct arena *arena, int folder, int64_t *ret_seen)
{
	struct str rest;
	uint64_t hash;
	if (file_read_whole(arena, folder, KEEPER_NAME, KEEPER_BYTES_MAX, &rest) != ERROR_OK ||
	    !first_line(&rest, &hash, ret_seen) || hash_str(rest) != hash)
		return NULL;
	return ward_core_load(NULL, rest);
}

void keeper_load(struct ward *ward)
{
	struct arena arena;
	int folder;
	int64_t seen = 0;
	if (ward->folder_path == NULL || file_open_folder(ward->folder_path, &folder) != ERROR_OK)
		return;
	arena_init(&arena, KEEPER_BYTES_MAX);
	struct ward_core *core = read_file(&arena, folder, &seen);
	struct store_reader *reader =
		core == NULL ? NULL : store_reader_borrow(ward->options.store);
	/* A checkpoint of another record, or of a record that was put back to an older state, is none. */
	bool fits = reader != NULL && seen <= store_cursor(reader, STR(RUNNER_CURSOR));
	if (reader != NULL)
		store_reader_return(reader);
	if (fits) {
		ward_core_destroy(ward->core);
		ward->core = core;
		ward->seen = ward->kept_feed = seen;
	} else {
		ward_core_destroy(core);
	}
	arena_done(&arena);
	file_close(folder);
}

void keeper_save(struct ward *ward)
{
	struct arena arena;
	struct text body, whole;
	int folder;
	ward->kept_us = clock_monotonic_us();
	if (ward->folder_path == NULL || ward->kept_feed == ward->seen ||
	    ward_core_dirty_count(ward->core) > 0 ||
	    /* A checkpoint ahead of the cursor would be taken for one of another record. */
	    runner_mark(ward) != ERROR_OK ||
	    file_open_folder(ward->folder_path, &folder) != ERROR_OK)
		return;
	arena_init(&arena, 2 * KEEPER_BYTES_MAX);
	text_init(&body, &arena, KEEPER_BYTES_MAX);
	text_init(&whole, &arena, KEEPER_BYTES_MAX);
	ward_core_save(ward->core, &body);
	struct str state = text_view(&body);
	text_put_format(&whole, "%llu %lld\n", (unsigned long long)hash_str(state),
			(long long)ward->seen);
	text_put(&whole, state);
	if (!body.failed && !whole.failed &&
	    file_write_whole(folder, KEEPER_NAME, text_view(&whole)) == ERROR_OK)
		ward->kept_feed = ward->seen;
	arena_done(&arena);
	file_close(folder);
}
