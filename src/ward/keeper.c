/* SPDX-License-Identifier: Apache-2.0
 * The checkpoint: the core's state at a feed number, so that a start reads the rest of the feed and not all
 * of it. It is a copy of nothing but what the feed says: without it, or when it is damaged, the feed is
 * played from its start. First line: hash of the rest, feed number. */
#include "ward/runner.h"

#include "base/hash.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "ward/model.h"

#define KEEPER_NAME "ward.checkpoint"
#define KEEPER_NEXT "ward.checkpoint.next"
#define KEEPER_FEED 200000
#define KEEPER_US (600 * INT64_C(1000000))
#define KEEPER_TIMEOUT_US (300 * INT64_C(1000000))
#define KEEPER_REST 10 /* saving takes a tenth of the time at most */
#define KEEPER_BYTES_MAX ((size_t)2 * 1024 * 1024 * 1024)

static bool first_line(struct str *rest, uint64_t *ret_hash, int64_t *ret_seen)
{
	struct str line = str_cut(rest, '\n');
	struct str hash = str_cut(&line, ' ');
	return str_to_u64(hash, ret_hash) && str_to_i64(line, ret_seen) && *ret_seen >= 0;
}

static struct ward_core *read_file(struct arena *arena, int folder, const char *name,
				   int64_t *ret_seen)
{
	struct str rest;
	uint64_t hash;
	if (file_read_whole(arena, folder, name, KEEPER_BYTES_MAX, &rest) != ERROR_OK ||
	    !first_line(&rest, &hash, ret_seen) || hash_str(rest) != hash)
		return NULL;
	return ward_core_load(NULL, rest);
}

/* A checkpoint of another record, of a record that was put back to an older state, or of a state whose scores do not
 * all stand in the record yet, is none. */
static bool load_one(struct ward *ward, int folder, const char *name)
{
	struct arena arena;
	int64_t seen = 0;
	arena_init(&arena, KEEPER_BYTES_MAX);
	struct ward_core *core = read_file(&arena, folder, name, &seen);
	arena_done(&arena);
	struct store_reader *reader =
		core == NULL ? NULL : store_reader_borrow(ward->options.store);
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
	return fits;
}

void keeper_load(struct ward *ward)
{
	int folder;
	if (ward->folder_path == NULL || file_open_folder(ward->folder_path, &folder) != ERROR_OK)
		return;
	if (!load_one(ward, folder, KEEPER_NEXT))
		(void)load_one(ward, folder, KEEPER_NAME);
	file_close(folder);
}

/* --- saving --------------------------------------------------------------------------------- */

#define HEAD_BYTES 41 /* two numbers of twenty digits and nineteen, and what stands between them */

/* The core as it is, as the file NEXT. */
static bool write_next(void *context)
{
	struct ward *ward = context;
	struct arena arena;
	struct text text;
	int folder;
	if (file_open_folder(ward->folder_path, &folder) != ERROR_OK)
		return false;
	arena_init(&arena, 2 * KEEPER_BYTES_MAX);
	text_init(&text, &arena, KEEPER_BYTES_MAX);
	text_put_format(&text, "%020llu %019lld\n", 0ULL, (long long)ward->seen);
	ward_core_save(ward->core, &text);
	struct str whole = text_view(&text);
	bool fine = !text.failed && whole.len > HEAD_BYTES;
	if (fine) {
		char head[HEAD_BYTES + 1];
		uint64_t hash = hash_str(str_slice(whole, HEAD_BYTES, whole.len));
		model_format(head, sizeof(head), "%020llu", (unsigned long long)hash);
		memcpy(text.ptr, head, strlen(head));
		fine = file_write_whole(folder, KEEPER_NEXT, whole) == ERROR_OK;
	}
	arena_done(&arena);
	file_close(folder);
	return fine;
}

/* NEXT becomes the checkpoint once everything that follows from the feed up to it stands in the record. */
static void adopt_next(struct ward *ward)
{
	int folder;
	if (ward->cursor < ward->keep_feed &&
	    (ward_core_written(ward->core) < ward->seen || runner_mark(ward) != ERROR_OK))
		return;
	ward->keep_waits = false;
	if (file_open_folder(ward->folder_path, &folder) != ERROR_OK)
		return;
	if (file_rename(folder, KEEPER_NEXT, KEEPER_NAME) == ERROR_OK)
		ward->kept_feed = ward->keep_feed;
	file_close(folder);
}

static bool is_due(const struct ward *ward, int64_t now_us)
{
	int64_t since_us = now_us - ward->kept_us;
	if (ward->seen == ward->kept_feed || since_us < KEEPER_REST * ward->keep_took_us)
		return false;
	return ward->seen - ward->kept_feed > KEEPER_FEED || since_us > KEEPER_US;
}

/* A long ward is a second's work and more to print: a copy of the process does it, while this one goes on. */
void keeper_turn(struct ward *ward)
{
	int64_t now_us = clock_monotonic_us();
	bool done = false;
	if (ward->folder_path == NULL)
		return;
	if (ward->keep_process != 0) {
		if (!process_ended(ward->keep_process, &done)) {
			if (now_us - ward->kept_us < KEEPER_TIMEOUT_US)
				return;
			process_end(ward->keep_process);
		}
		ward->keep_process = 0;
		ward->keep_waits = done;
		ward->keep_took_us = now_us - ward->kept_us;
	}
	if (ward->keep_waits) {
		adopt_next(ward);
		return;
	}
	if (!is_due(ward, now_us))
		return;
	ward->kept_us = now_us;
	ward->keep_feed = ward->seen;
	int process = process_copy(write_next, ward);
	ward->keep_process = process == PROCESS_FAILED ? 0 : process;
}

void keeper_save(struct ward *ward)
{
	const struct ward_output_limits all = { RUNNER_WRITES_MAX, SIZE_MAX, INT64_MAX };
	size_t calm;
	if (ward->folder_path == NULL)
		return;
	if (ward->keep_process != 0)
		process_end(ward->keep_process);
	ward->keep_process = 0;
	if (ward->kept_feed == ward->seen || runner_write(ward, &all, &calm) != ERROR_OK)
		return;
	ward->keep_feed = ward->seen;
	if (write_next(ward))
		adopt_next(ward);
}
