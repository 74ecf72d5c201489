/* SPDX-License-Identifier: Apache-2.0
 * The ward's thread. One step: read what is new in the feed, apply it, fire the timers that nothing unread can come
 * before, write what changed, show it. When a step fails what changed stays changed and the next step tries
 * again; the board says so meanwhile. */
#include "ward/runner.h"

#include "os/log.h"
#include "ward/channel.h"
#include "ward/model.h"
#include "ward/stock.h"
#include "ward/trial_runner.h"

#define RUNNER_BATCH \
	2000 /* what is behind is taken in larger bites: a score is then written once for many */
#define RUNNER_ARENA_BYTES ((size_t)512 * 1024 * 1024)
#define RUNNER_WAIT_MS_MAX 200 /* a clock that was moved forward is seen this soon */
#define RUNNER_BEHIND_US (5 * INT64_C(1000000))
#define RUNNER_STAFF_US (1 * INT64_C(1000000))
#define RUNNER_TURN_MS 5 /* while rows or scores wait for their turn */
#define RUNNER_SCORES_AT_ONCE 250
/* So many versions in one to two turns are load; then a score waits as long for the other readings of its set. */
#define RUNNER_BUSY 8000
#define RUNNER_IDLE_US (100 * INT64_C(1000)) /* without anything read: the load is over */
#define RUNNER_LATE 500  /* versions in one step: what came during a step that took too long */
#define RUNNER_LEVEL 150 /* and this many are few again */
#define RUNNER_CALM_TURN_US (5 * INT64_C(1000000))
#define RUNNER_ROWS_PER_S 4000
#define RUNNER_ROWS_AT_ONCE 500
#define RUNNER_LINES_AT_ONCE 500 /* of the equipment lists, a step */
#define RUNNER_ROW_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* Everything there is, and nothing of it is written yet. */
static const struct runner_reach runner_all = { INT64_MAX, false };

/* --- feed ----------------------------------------------------------------------------------- */

/* Of a score that the ward wrote only the version counts. */
static struct json own_score = { .type = JSON_OBJECT };

static enum error apply(struct ward_core *core, struct arena *arena,
			const struct store_version *version)
{
	struct json *resource = &own_score;
	bool oversize = false;
	struct str type = fhir_resource_name(version->type);
	if (!ward_core_reads(type, version->body))
		return ERROR_OK;
	if (!str_equal(type, STR("Observation")) || !str_equal(version->origin, STR(WARD_ORIGIN)) ||
	    version->method == STORE_DELETE) {
		enum error error =
			ward_core_read(arena, version->body, version->method == STORE_DELETE,
				       &resource, &oversize);
		if (error != ERROR_OK)
			return error;
	}
	if (oversize) /* the ward is told too */
		LOG_WITH(EVENT_WARD_SKIPPED, LOG_COUNT("feed", version->feed),
			 LOG_COUNT("bytes", version->body.len));
	const struct ward_event event = {
		.type = type,
		.id = version->id,
		.version = version->version,
		.feed = version->feed,
		.at_us = version->at_us,
		.origin = version->origin,
		.resource = resource,
		.oversize = oversize,
	};
	ward_core_apply(core, &event);
	return ERROR_OK;
}

enum error runner_read(struct store *store, struct ward_core *core, struct arena *arena,
		       int64_t *seen, struct runner_reach reach, size_t *ret_count)
{
	struct store_version *versions;
	size_t count, done = 0;
	arena_reset(arena);
	struct store_reader *reader = store_reader_borrow(store);
	if (reader == NULL)
		return ERROR_BUSY;
	enum error error = store_feed(reader, arena, *seen, RUNNER_BATCH, &versions, &count);
	store_reader_return(reader);
	if (error != ERROR_OK)
		return error;
	for (size_t i = 0; i < count && versions[i].feed <= reach.until; i++) {
		error = apply(core, arena, &versions[i]);
		if (error != ERROR_OK)
			return error;
		/* At once, or what is old could not be forgotten on the way: the state would not be that of a
		 * ward that never stopped, and a long feed would fill the memory. */
		if (reach.settled)
			ward_core_settle(core);
		*seen = versions[i].feed;
		done++;
	}
	*ret_count = done;
	return ERROR_OK;
}

static int64_t feed_last(struct ward *ward, int64_t *ret_cursor)
{
	struct store_reader *reader = store_reader_borrow(ward->options.store);
	if (reader == NULL)
		return -1;
	int64_t last = store_feed_last(reader);
	*ret_cursor = store_cursor(reader, STR(RUNNER_CURSOR));
	store_reader_return(reader);
	return last;
}

/* At the start: up to the cursor everything that follows from the feed stands in the record already; after it the
 * core reads to the end before the first word is written, so that no older state is ever printed over a newer one. */
static bool rebuild(struct ward *ward)
{
	int64_t cursor = 0;
	int64_t last = feed_last(ward, &cursor);
	size_t count;
	if (last < 0)
		return false;
	ward->written = cursor;
	while (ward->seen < last && !atomic_load(&ward->stopping)) {
		bool settled = ward->seen < cursor;
		const struct runner_reach reach = { settled ? cursor : last, settled };
		if (runner_read(ward->options.store, ward->core, &ward->arena, &ward->seen, reach,
				&count) != ERROR_OK)
			return false;
		if (count == 0)
			ward->seen = reach.until; /* nothing stands between */
	}
	return ward->seen >= last;
}

/* --- pace ----------------------------------------------------------------------------------- */

/* Under load values and scores that nobody is called for wait their turn: many readings then make one row and one
 * score. */
static size_t allowance(struct runner_pace *pace, double per_s, double at_once)
{
	int64_t now_us = clock_monotonic_us();
	pace->left += (double)(now_us - pace->at_us) * per_s / 1e6;
	if (pace->left > at_once)
		pace->left = at_once;
	pace->at_us = now_us;
	return pace->left < 1 ? 0 : (size_t)pace->left;
}

/* --- the board ------------------------------------------------------------------------------ */

static void show_line(void *context, const struct ward_line *line)
{
	struct ward *ward = context;
	struct text text;
	arena_reset(&ward->arena);
	text_init(&text, &ward->arena, RUNNER_ROW_BYTES_MAX);
	if (!line->present || !ward_core_line_print(ward->core, line->device, &text)) {
		stock_remove(ward->stock, line->device);
		return;
	}
	struct str view = text_view(&text);
	if (!text.failed)
		stock_put(ward->stock, line->ward, line->device, view);
}

static void show_row(void *context, const struct ward_row *row)
{
	struct ward *ward = context;
	struct text text;
	arena_reset(&ward->arena);
	text_init(&text, &ward->arena, RUNNER_ROW_BYTES_MAX);
	if (!row->present || !ward_core_row_print(ward->core, row->episode, &text)) {
		board_row_remove(ward->board, row->episode);
		return;
	}
	struct str view = text_view(&text);
	if (!text.failed)
		board_row_put(ward->board, row->ward, row->episode,
			      ward_core_row_urgency(ward->core, row->episode), view);
}

static void show_counts(void *context, const struct ward_summary *summary)
{
	struct ward *ward = context;
	board_ward_put(ward->board, summary, (struct str){ NULL, 0 });
}

static void show_ward(void *context, const struct ward_summary *summary)
{
	struct ward *ward = context;
	struct text text;
	arena_reset(&ward->arena);
	text_init(&text, &ward->arena, RUNNER_ROW_BYTES_MAX);
	ward_core_staff_print(ward->core, summary->id, &text);
	struct str view = text_view(&text);
	if (!text.failed)
		board_ward_put(ward->board, summary, view);
}

bool runner_is_serious(enum error error)
{
	return error != ERROR_OK && error != ERROR_CONFLICT && error != ERROR_PRECONDITION;
}

static void put_line(struct text *text, const char *level, const char *line)
{
	text_put_format(text, "%s{\"level\":\"%s\",\"text\":\"%s\"}", text->len > 1 ? "," : "",
			level, line);
}

static void put_missing_channels(const struct ward *ward, struct text *text)
{
	uint32_t missing = runner_missing_channels(ward);
	for (unsigned channel = CHANNEL_WEBHOOK; channel < CHANNEL_COUNT; channel++) {
		char line[160];
		if ((missing & UINT32_C(1) << channel) == 0)
			continue;
		model_format(line, sizeof(line),
			     "No page leaves by %.*s: the record says that it is off. Phone who is "
			     "called; the ward switches it on again by itself, in a minute.",
			     STR_ARG(channel_code((enum channel)channel)));
		put_line(text, "emergency", line);
	}
}

static void show_system(struct ward *ward)
{
	struct text text;
	enum store_state state = store_state(ward->options.store);
	int64_t now_us = clock_monotonic_us();
	bool behind =
		ward->behind_since_us != 0 && now_us - ward->behind_since_us > RUNNER_BEHIND_US;
	arena_reset(&ward->arena);
	text_init(&text, &ward->arena, 4096);
	text_put_byte(&text, '[');
	if (state == STORE_FULL)
		put_line(&text, "emergency",
			 "The disk is full: new readings are refused and devices keep them. Phone "
			 "the families. "
			 "Free space on the server; the ward goes on by itself.");
	else if (state == STORE_FAILED)
		put_line(&text, "emergency",
			 "The record cannot be written: new readings are refused. Phone the "
			 "families and call "
			 "the server's operator.");
	else if (runner_is_serious(ward->trouble))
		put_line(&text, "emergency",
			 "The ward engine cannot write alerts; it tries again.");
	if (beat_is_unwatched(ward))
		put_line(&text, "high",
			 "The independent watcher has not looked at this server for three minutes: "
			 "if it stops now, nobody will be told.");
	if (behind)
		put_line(&text, "high",
			 "The ward engine is more than 5 seconds behind: values may be old.");
	if (setup_fails(&ward->setup))
		put_line(
			&text, "emergency",
			"Policies, questions or channels of this version could not be written into "
			"the record. The ward tries again every minute; until then look at the "
			"policy of each patient, and phone who is called.");
	put_missing_channels(ward, &text);
	text_put_byte(&text, ']');
	board_system_put(ward->board, text_view(&text));
}

static void publish_gauge(struct ward *ward)
{
	struct gauge gauge;
	gauge_take(ward->core, clock_now_us(ward->options.clock), &gauge);
	mutex_lock(&ward->mutex);
	ward->gauge = gauge;
	mutex_unlock(&ward->mutex);
}

static void show(struct ward *ward)
{
	int64_t now_us = clock_monotonic_us();
	/* Before anybody has seen a board all rows go there at once: a part of them would look like the whole. */
	bool shown = atomic_load(&ward->shown);
	size_t calm_max = allowance(&ward->rows, RUNNER_ROWS_PER_S, RUNNER_ROWS_AT_ONCE);
	size_t calm = ward_core_rows(ward->core, shown ? calm_max : SIZE_MAX, show_row, ward);
	ward->rows.left = shown ? ward->rows.left - (double)calm : 0;
	ward_core_lines(ward->core, RUNNER_LINES_AT_ONCE, show_line, ward);
	if (board_has_changed(ward->board))
		ward_core_wards(ward->core, show_counts, ward);
	if (now_us - ward->staff_us >= RUNNER_STAFF_US || ward_core_staff_changed(ward->core)) {
		ward_core_wards(ward->core, show_ward, ward);
		publish_gauge(ward);
		ward->staff_us = now_us;
	}
	show_system(ward);
	if (board_take_changed(ward->board)) {
		mutex_lock(&ward->mutex);
		if (ward->server != NULL)
			server_stream_wake(ward->server);
		mutex_unlock(&ward->mutex);
	}
}

/* --- steps ---------------------------------------------------------------------------------- */

static void note_trouble(struct ward *ward, enum error error)
{
	if (runner_is_serious(error) && ward->trouble != error)
		LOG_WITH(EVENT_WARD_FAILED, LOG_ERROR("error", error));
	ward->trouble = error;
}

static void note_done(struct ward *ward)
{
	int64_t written = runner_written(ward);
	mutex_lock(&ward->mutex);
	ward->done_feed = written;
	condition_broadcast(&ward->moved);
	mutex_unlock(&ward->mutex);
}

/* While nothing can be written nothing older than now can come either: what was written before that is in the feed. */
static bool is_quiet(struct ward *ward)
{
	size_t count = 1;
	enum error error = runner_barrier(ward);
	if (error != ERROR_STORAGE_FULL && error != ERROR_STORAGE)
		return error == ERROR_OK;
	error = runner_read(ward->options.store, ward->core, &ward->arena, &ward->seen, runner_all,
			    &count);
	return error == ERROR_OK && count == 0;
}

/* Fires what is due once it is certain that nothing older than now can still come. On a full disk too: the board
 * goes on climbing, and the record catches up when it can. */
static void fire(struct ward *ward)
{
	int64_t now_us = clock_now_us(ward->options.clock);
	now_us -= now_us % 1000; /* commits have whole milliseconds */
	if (ward_core_next_us(ward->core) <= now_us && is_quiet(ward))
		ward_core_advance(ward->core, now_us);
}

static void note_behind(struct ward *ward, bool level)
{
	if (level) {
		ward->behind_since_us = 0;
	} else if (ward->behind_since_us == 0) {
		ward->behind_since_us = clock_monotonic_us();
	}
}

/* Behind by so many versions the ward has the writer hold back what comes in bulk, until it is level again. */
static void hold_back(struct ward *ward, size_t count)
{
	bool slow = count > (ward->bulk_is_slow ? RUNNER_LEVEL : RUNNER_LATE);
	if (slow == ward->bulk_is_slow)
		return;
	ward->bulk_is_slow = slow;
	store_slow_bulk(ward->options.store, slow);
}

/* Whether much has come lately: then the feed number of one to two turns ago, else INT64_MAX. */
static int64_t busy_since(struct ward *ward, size_t count)
{
	int64_t now_us = clock_monotonic_us();
	if (count > 0)
		ward->read_us = now_us;
	if (now_us - ward->turn_us >= RUNNER_CALM_TURN_US) {
		ward->before_feed = ward->turn_feed;
		ward->turn_feed = ward->seen;
		ward->turn_us = now_us;
	}
	bool busy = ward->seen - ward->before_feed > RUNNER_BUSY &&
		    now_us - ward->read_us < RUNNER_IDLE_US && !ward->by_hand;
	return busy ? ward->before_feed : INT64_MAX;
}

/* How many scores of stays in which nobody is called go into the record. */
static const struct {
	double per_s;
	size_t least,
		most; /* of one commit: each is a wait, and others wait for it; fewer wait themselves */
} score_paces[2][2] = {
	/* While alerts may stand unread in the feed: second row. While much comes in: second column. */
	{ { 1000, 0, RUNNER_SCORES_AT_ONCE }, { 500, 0, 50 } },
	{ { 100, 25, RUNNER_SCORES_AT_ONCE }, { 100, 25, 50 } },
};

static size_t score_allowance(struct ward *ward, bool behind, bool busy)
{
	size_t most = score_paces[behind][busy].most;
	size_t count =
		allowance(&ward->scores, score_paces[behind][busy].per_s, RUNNER_SCORES_AT_ONCE);
	if (count < score_paces[behind][busy].least)
		return 0;
	return count < most ? count : most;
}

/* What has changed goes into the record; `count` versions were read in this step. Under load a score waits until its
 * set has come together: written with each reading it would cost more than the readings themselves. */
static enum error write_changes(struct ward *ward, size_t count)
{
	struct ward_output_limits limits = { RUNNER_WRITES_MAX, 0, busy_since(ward, count) };
	bool busy = limits.calm_feed != INT64_MAX;
	size_t calm = 0;
	limits.calm_max = score_allowance(ward, count == RUNNER_BATCH, busy);
	if ((count == 0 && !busy) || ward->by_hand)
		limits.calm_max = RUNNER_SCORES_AT_ONCE; /* nobody waits for it */
	enum error error = runner_write(ward, &limits, &calm);
	ward->scores.left -= (double)calm;
	if (ward->scores.left < 0)
		ward->scores.left = 0;
	return error;
}

/* True when there was nothing to do. */
static bool step(struct ward *ward)
{
	size_t count = 0;
	enum error error = runner_read(ward->options.store, ward->core, &ward->arena, &ward->seen,
				       runner_all, &count);
	bool read_to_its_end = error == ERROR_OK && count < RUNNER_BATCH;
	note_behind(ward, read_to_its_end);
	hold_back(ward, error == ERROR_OK ? count : 0);
	if (error == ERROR_OK && count < RUNNER_BATCH)
		fire(ward);
	if (error == ERROR_OK && count < RUNNER_BATCH && !ward->took_over)
		error = runner_take_over(ward);
	if (error == ERROR_OK)
		error = write_changes(ward, count);
	note_trouble(ward, error);
	setup_turn(ward);
	ward_core_stale(ward->core, clock_now_us(ward->options.clock));
	show(ward);
	atomic_store(&ward->troubled,
		     runner_is_serious(ward->trouble) || setup_fails(&ward->setup));
	atomic_store(&ward->lagging_us, ward->behind_since_us);
	atomic_store(&ward->seen_feed, ward->seen);
	atomic_store(&ward->stepped_us, clock_monotonic_us());
	if (read_to_its_end)
		atomic_store(&ward->shown, true);
	if (error == ERROR_OK)
		note_done(ward);
	if (error == ERROR_OK)
		keeper_turn(ward);
	return count == 0 ||
	       (error != ERROR_OK && error != ERROR_CONFLICT && error != ERROR_PRECONDITION);
}

static int wait_ms(const struct ward *ward)
{
	int64_t next_us = ward_core_next_us(ward->core);
	double rate = clock_rate(ward->options.clock);
	if (ward_core_rows_wait(ward->core) || ward_core_written(ward->core) < ward->seen)
		return RUNNER_TURN_MS;
	if (next_us == MODEL_NEVER || rate <= 0)
		return RUNNER_WAIT_MS_MAX;
	double real_ms = (double)(next_us - clock_now_us(ward->options.clock)) / rate / 1000.0;
	if (real_ms < 1)
		return 1;
	return real_ms < RUNNER_WAIT_MS_MAX ? (int)real_ms + 1 : RUNNER_WAIT_MS_MAX;
}

/* Up to the end of the feed, before the first word is written. */
static void make_ready(struct ward *ward)
{
	setup_turn(ward);
	ward->ready = rebuild(ward);
	if (ward->ready)
		LOG_WITH(EVENT_WARD_STARTED, LOG_COUNT("feed", ward->seen));
}

static void run(void *argument)
{
	struct ward *ward = argument;
	keeper_load(ward);
	while (!atomic_load(&ward->stopping)) {
		if (!ward->ready) {
			make_ready(ward);
			if (!ward->ready)
				store_feed_wait(ward->options.store, INT64_MAX, RUNNER_WAIT_MS_MAX);
			continue;
		}
		if (step(ward))
			store_feed_wait(ward->options.store,
					ward->trouble == ERROR_OK ? ward->seen : INT64_MAX,
					wait_ms(ward));
	}
	hold_back(ward, 0);
	if (ward->ready)
		keeper_save(ward);
}

/* --- life ----------------------------------------------------------------------------------- */

static struct ward *create(const struct ward_options *options)
{
	struct ward *ward = MODEL_NEW(struct ward);
	ward->options = *options;
	if (options->folder.len > 0) {
		ward->folder_path = model_take(options->folder.len + 1);
		memcpy(ward->folder_path, options->folder.ptr, options->folder.len);
	}
	MODEL_PUT(ward->watch_secret, options->watch_secret);
	ward->watched_us = clock_monotonic_us(); /* a watcher has three minutes to appear */
	ward->options.folder = ward->options.watch_secret = ward->options.downtime_folder =
		(struct str){ NULL, 0 };
	ward->downtime_folder = -1;
	arena_init(&ward->arena, RUNNER_ARENA_BYTES);
	mutex_init(&ward->mutex);
	condition_init(&ward->moved);
	condition_init(&ward->halted);
	ward->board = board_create(clock_now_us(options->clock) / 1000);
	ward->stock = stock_create();
	ward->core = ward_core_create(NULL);
	ward->trial = trial_runner_create(options->store, options->clock, &ward->lagging_us,
					  options->trial_memory_mib);
	ward->kept_us = clock_monotonic_us();
	return ward;
}

struct ward *ward_start(const struct ward_options *options)
{
	struct ward *ward = create(options);
	if (downtime_start(ward, options->downtime_folder) &&
	    thread_start(&ward->thread, "ward", run, ward))
		return ward;
	ward_stop(ward);
	return NULL;
}

struct ward *runner_create(const struct ward_options *options)
{
	struct ward *ward = create(options);
	ward->by_hand = true;
	keeper_load(ward);
	return ward;
}

bool runner_turn(struct ward *ward)
{
	if (!ward->ready) {
		make_ready(ward);
		return false;
	}
	return step(ward) && ward_core_written(ward->core) == INT64_MAX;
}

void ward_connect(struct ward *ward, struct server *server)
{
	mutex_lock(&ward->mutex);
	ward->server = server;
	mutex_unlock(&ward->mutex);
}

void ward_halt(struct ward *ward)
{
	mutex_lock(&ward->mutex);
	atomic_store(&ward->stopping, true);
	condition_broadcast(&ward->halted);
	mutex_unlock(&ward->mutex);
	trial_runner_halt(ward->trial);
	thread_join(&ward->thread);
	ward_connect(ward, NULL);
}

void ward_stop(struct ward *ward)
{
	if (ward == NULL)
		return;
	ward_halt(ward);
	trial_runner_destroy(ward->trial);
	ward_core_destroy(ward->core);
	downtime_stop(ward);
	board_destroy(ward->board);
	stock_destroy(ward->stock);
	arena_done(&ward->arena);
	condition_destroy(&ward->moved);
	condition_destroy(&ward->halted);
	mutex_destroy(&ward->mutex);
	model_give(ward->folder_path);
	model_give(ward);
}

bool ward_wait(struct ward *ward, int64_t feed, int timeout_ms)
{
	int64_t deadline_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
	bool in_time = true;
	mutex_lock(&ward->mutex);
	while (ward->done_feed < feed && in_time)
		in_time = condition_wait_until(&ward->moved, &ward->mutex, deadline_us);
	bool done = ward->done_feed >= feed;
	mutex_unlock(&ward->mutex);
	return done;
}
