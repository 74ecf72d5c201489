/* SPDX-License-Identifier: Apache-2.0
 * The writer's thread: takes what is queued as one group, one transaction and one fsync, and answers
 * after it. When the disk is full nothing is answered as stored; it tries again each second. */
#include "store/internal.h"

#include "os/log.h"

#include <stdlib.h>

#define GROUP_JOBS_MAX 512
#define GROUP_JOBS_SHORT 32 /* of a lower priority beside those of a higher one */
#define GROUP_JOBS_BULK 96  /* of bulk alone, where others were seen in the last groups */
#define GROUPS_AMONG_OTHERS 16
/* After a group of so many the next one waits a moment for as many: its pages are then written, and the disk asked,
 * once for all of them. Who comes alone never waits. */
#define GATHER_FROM 24
#define GATHER_JOBS 96
#define GATHER_US 4000
#define GROUP_JOBS_TRICKLE 4 /* of bulk while it is slow */
#define TRICKLE_US 20000
#define GROUP_WRITES_MAX \
	4096 /* a group of large transactions ends here, so that others need not wait */
#define JOBS_KEPT_MAX 256
#define JOB_ARENA_KEPT_BYTES ((size_t)256 * 1024)
/* Pages that change often are moved once a checkpoint: a few large ones cost less than many small. */
/* Each 48 MiB of log the checkpoint thread is asked: what comes while it works still fits what the log keeps when
 * it starts over (database.c). */
#define WAL_PAGES_CHECKPOINT 12288
#define WAL_PAGES_MAX 65536 /* 256 MiB: the writer does it itself, so that the log can restart */
#define PROBE_US INT64_C(1000000)

/* --- submitting (any thread) ---------------------------------------------------------------- */

static struct job *job_take(struct store *store)
{
	struct job *job;

	mutex_lock(&store->mutex);
	job = store->jobs_free;
	if (job != NULL) {
		store->jobs_free = job->next;
		store->jobs_free_count--;
	}
	mutex_unlock(&store->mutex);
	if (job == NULL) {
		job = calloc(1, sizeof(*job));
		if (job != NULL)
			arena_init(&job->arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	}
	return job;
}

/* Gives a chain of jobs back. */
static void jobs_return(struct store *store, struct job *jobs)
{
	while (jobs != NULL) {
		struct job *job = jobs;
		bool keep;

		jobs = job->next;
		if (job->arena.used > JOB_ARENA_KEPT_BYTES) {
			arena_done(&job->arena);
			arena_init(&job->arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
		} else {
			arena_reset(&job->arena);
		}
		mutex_lock(&store->mutex);
		keep = store->jobs_free_count < JOBS_KEPT_MAX;
		if (keep) {
			job->next = store->jobs_free;
			store->jobs_free = job;
			store->jobs_free_count++;
		}
		mutex_unlock(&store->mutex);
		if (!keep) {
			arena_done(&job->arena);
			free(job);
		}
	}
}

static struct packer_slot *packer_take(struct store *store)
{
	struct packer_slot *slot;

	mutex_lock(&store->mutex);
	slot = store->packers_free;
	if (slot != NULL)
		store->packers_free = slot->next;
	mutex_unlock(&store->mutex);
	if (slot != NULL)
		return slot;
	slot = calloc(1, sizeof(*slot));
	if (slot == NULL)
		return NULL;
	slot->packer = body_packer_create();
	if (slot->packer == NULL) {
		free(slot);
		return NULL;
	}
	return slot;
}

static void packer_return(struct store *store, struct packer_slot *slot)
{
	mutex_lock(&store->mutex);
	slot->next = store->packers_free;
	store->packers_free = slot;
	mutex_unlock(&store->mutex);
}

/* A delete keeps the start of a body, which says whose it was. */
static struct str deleted_body(struct arena *arena, const struct store_write *write)
{
	struct text text;

	text_init(&text, arena, 512);
	text_put(&text, STR("{\"resourceType\":\""));
	text_put(&text, fhir_resource_name(write->type));
	text_put(&text, STR("\",\"id\":\""));
	text_put(&text, write->id);
	text_put(&text, STR("\",\"meta\":{}}"));
	return text_view(&text);
}

static enum error prepare(struct store *store, struct job *job)
{
	struct store_commit *commit = job->commit;
	struct packer_slot *slot = packer_take(store);

	if (slot == NULL)
		return ERROR_LIMIT;
	job->prepared = ARENA_NEW(&job->arena, struct prepared, commit->write_count + 1);
	for (size_t i = 0; i < commit->write_count && !job->arena.failed; i++) {
		const struct store_write *write = &commit->writes[i];
		struct prepared *prepared = &job->prepared[i];
		struct str type, id;
		bool deleted = write->method == STORE_DELETE;

		ASSERT(write->type != FHIR_TYPE_NONE && fhir_id_is_valid(write->id));
		/* Not in the stored form: the caller's mistake, which no reader could undo. */
		ASSERT(deleted ||
		       (body_identity(write->body, &type, &id) && str_equal(id, write->id) &&
			str_equal(type, fhir_resource_name(write->type))));
		prepared->packed =
			body_pack(slot->packer, &job->arena,
				  deleted ? deleted_body(&job->arena, write) : write->body);
		if (!deleted && write->index != NULL)
			prepared->drafts = entry_drafts(&job->arena, &store->catalogue,
							write->index, &prepared->draft_count);
	}
	packer_return(store, slot);
	return job->arena.failed ? ERROR_LIMIT : ERROR_OK;
}

static enum error state_error(struct store *store)
{
	switch (atomic_load(&store->state)) {
	case STORE_READY:
		return ERROR_OK;
	case STORE_FULL:
		return ERROR_STORAGE_FULL;
	default:
		return ERROR_STORAGE;
	}
}

static void append(struct job_queue *queue, struct job *job)
{
	job->next = NULL;
	if (queue->last == NULL)
		queue->first = job;
	else
		queue->last->next = job;
	queue->last = job;
}

enum error store_submit(struct store *store, struct store_commit *commit)
{
	enum error error = store->read_only ? ERROR_STORAGE : state_error(store);
	struct job *job;

	ASSERT(commit->done != NULL);
	ASSERT(commit->origin.len > 0 && commit->origin.len <= 32);
	if (error != ERROR_OK)
		return error;
	job = job_take(store);
	if (job == NULL)
		return ERROR_LIMIT;
	job->commit = commit;
	job->next = NULL; /* refused, it is given back alone */
	error = prepare(store, job);
	if (error != ERROR_OK) {
		jobs_return(store, job);
		return error;
	}
	mutex_lock(&store->mutex);
	if (store->stopping ||
	    (store->queue_length >= store->queue_max && commit->priority != STORE_URGENT)) {
		mutex_unlock(&store->mutex);
		jobs_return(store, job);
		return ERROR_BUSY;
	}
	append(&store->queues[commit->priority], job);
	store->queue_length++;
	condition_signal(&store->queue_filled);
	if (store->queue_length >= GATHER_JOBS || commit->priority == STORE_URGENT)
		condition_signal(&store->queue_gathered);
	mutex_unlock(&store->mutex);
	return ERROR_OK;
}

struct waiting {
	struct mutex mutex;
	struct condition answered;
	bool done;
};

static void wake(struct store_commit *commit)
{
	struct waiting *waiting = commit->context;

	mutex_lock(&waiting->mutex);
	waiting->done = true;
	condition_signal(&waiting->answered);
	mutex_unlock(&waiting->mutex);
}

enum error store_commit_wait(struct store *store, struct store_commit *commit)
{
	struct waiting waiting = { .done = false };
	enum error error;

	mutex_init(&waiting.mutex);
	condition_init(&waiting.answered);
	commit->done = wake;
	commit->context = &waiting;
	error = store_submit(store, commit);
	if (error == ERROR_OK) {
		mutex_lock(&waiting.mutex);
		while (!waiting.done)
			condition_wait(&waiting.answered, &waiting.mutex);
		mutex_unlock(&waiting.mutex);
		error = commit->error;
	}
	commit->error = error;
	condition_destroy(&waiting.answered);
	mutex_destroy(&waiting.mutex);
	return error;
}

/* --- the writer's thread -------------------------------------------------------------------- */

int writer_load(struct store *store)
{
	struct writer *writer = store->writer;
	struct database *database = &writer->database;
	sqlite3_stmt *row;
	int code;

	memset(&writer->numbers, 0, sizeof(writer->numbers));
	memset(writer->counts_changed, 0, sizeof(writer->counts_changed));
	memset(writer->origin_changed, 0, sizeof(writer->origin_changed));
	row = database_statement(database, STATEMENT_VERSION_LAST);
	code = sqlite3_step(row);
	if (code == SQLITE_ROW) {
		writer->numbers.feed_last = sqlite3_column_int64(row, 0);
		if (writer->at_us < sqlite3_column_int64(row, 1))
			writer->at_us = sqlite3_column_int64(row, 1);
	}
	sqlite3_reset(row);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return code;
	row = database_statement(database, STATEMENT_TYPE_ALL);
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		int64_t type = sqlite3_column_int64(row, 0);

		if (type < 1 || type > CATALOGUE_TYPES_MAX)
			return SQLITE_CORRUPT;
		/* A sequence may have run ahead of a transaction that failed: gaps are harmless. */
		if (writer->symbols.next[type] < sqlite3_column_int64(row, 1))
			writer->symbols.next[type] = sqlite3_column_int64(row, 1);
		writer->numbers.counts[type] = sqlite3_column_int64(row, 2);
	}
	sqlite3_reset(row);
	if (code != SQLITE_DONE)
		return code;
	row = database_statement(database, STATEMENT_ORIGIN_ALL);
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		if (sqlite3_column_int64(row, 0) < 1 ||
		    sqlite3_column_int64(row, 0) >= STORE_ORIGINS_MAX)
			return SQLITE_CORRUPT;
		writer->numbers.origin_feeds[sqlite3_column_int64(row, 0)] =
			sqlite3_column_int64(row, 1);
	}
	sqlite3_reset(row);
	for (int kind = SYMBOL_TYPE; kind <= SYMBOL_UNIT; kind++) {
		row = database_statement(database, STATEMENT_SYMBOL_LAST);
		sqlite3_bind_int(row, 1, kind);
		writer->symbols.last[kind] = database_integer(row, 0);
	}
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* `code` is SQLite's extended result code, which tells the operator which step of its work met the disk. */
static void set_state(struct store *store, enum store_state state, int code)
{
	if ((enum store_state)atomic_exchange(&store->state, state) == state)
		return;
	if (state == STORE_READY)
		LOG(EVENT_STORE_RECOVERED);
	else if (state == STORE_FULL)
		LOG_WITH(EVENT_STORE_FAILED, LOG_WORD("why", "full"), LOG_COUNT("sqlite", code));
	else
		LOG_WITH(EVENT_STORE_FAILED, LOG_WORD("why", "failed"), LOG_COUNT("sqlite", code));
}

/* Takes everything back; the numbers are those of the disk again. SQLite's code: without success the numbers are
 * not known and nothing may be written. */
static int roll_back(struct store *store)
{
	struct writer *writer = store->writer;
	int code = SQLITE_OK;

	if (sqlite3_get_autocommit(writer->database.handle) == 0)
		code = database_do(&writer->database, STATEMENT_ROLLBACK);
	symbol_cache_clear(writer->symbols.cache);
	writer->symbols.code = SQLITE_OK;
	writer->code = SQLITE_OK;
	return code == SQLITE_OK ? writer_load(store) : code;
}

int writer_save_numbers(struct store *store)
{
	struct writer *writer = store->writer;
	int code = SQLITE_OK;

	for (int type = 1; type <= CATALOGUE_TYPES_MAX && code == SQLITE_OK; type++) {
		sqlite3_stmt *row;

		if (!writer->counts_changed[type] && !writer->symbols.next_changed[type])
			continue;
		row = database_statement(&writer->database, STATEMENT_TYPE_SET);
		sqlite3_bind_int(row, 1, type);
		sqlite3_bind_int64(row, 2, writer->symbols.next[type]);
		sqlite3_bind_int64(row, 3, writer->numbers.counts[type]);
		code = database_step_done(row);
	}
	for (int origin = 1; origin < STORE_ORIGINS_MAX && code == SQLITE_OK; origin++) {
		sqlite3_stmt *row;

		if (!writer->origin_changed[origin])
			continue;
		row = database_statement(&writer->database, STATEMENT_ORIGIN_SET);
		sqlite3_bind_int(row, 1, origin);
		sqlite3_bind_int64(row, 2, writer->numbers.origin_feeds[origin]);
		code = database_step_done(row);
	}
	return code;
}

/* One transaction over a chain of jobs: each has its own error, and `code` says whether all of it is
 * on disk. */
static int group_try(struct store *store, struct job *jobs)
{
	struct writer *writer = store->writer;
	int64_t now_us = clock_now_us(store->clock);
	int code = database_do(&writer->database, STATEMENT_BEGIN_WRITE);

	/* Whole milliseconds: what lastUpdated shows is what is searched. */
	now_us -= now_us % 1000;
	if (now_us > writer->at_us)
		writer->at_us = now_us;
	for (struct job *job = jobs; job != NULL && code == SQLITE_OK; job = job->next) {
		job->commit->error = commit_apply(store, job);
		arena_reset(&writer->arena);
		code = writer->code;
	}
	if (code == SQLITE_OK)
		code = writer_save_numbers(store);
	if (code == SQLITE_OK)
		code = database_do(&writer->database, STATEMENT_COMMIT);
	if (code != SQLITE_OK)
		return code;
	memset(writer->counts_changed, 0, sizeof(writer->counts_changed));
	memset(writer->symbols.next_changed, 0, sizeof(writer->symbols.next_changed));
	memset(writer->origin_changed, 0, sizeof(writer->origin_changed));
	return SQLITE_OK;
}

/* After a failed fsync nobody knows what is on disk until the log has been read again, and a damaged
 * file does not heal: only a restart helps. */
static bool is_final(int code)
{
	return code == SQLITE_IOERR_FSYNC || (code & 0xff) == SQLITE_CORRUPT ||
	       (code & 0xff) == SQLITE_NOTADB;
}

static void answer(struct store *store, struct job *jobs)
{
	struct writer *writer = store->writer;
	int64_t commits = 0, writes = 0;

	for (struct job *job = jobs; job != NULL; job = job->next) {
		commits += job->commit->error == ERROR_OK ? 1 : 0;
		writes += job->commit->error == ERROR_OK ? (int64_t)job->commit->write_count : 0;
	}
	mutex_lock(&store->mutex);
	store->commits += commits;
	store->writes += writes;
	store->groups += commits > 0 ? 1 : 0;
	if (store->feed_last != writer->numbers.feed_last) {
		store->feed_last = writer->numbers.feed_last;
		condition_broadcast(&store->feed_moved);
	}
	mutex_unlock(&store->mutex);
	for (struct job *job = jobs; job != NULL; job = job->next)
		job->commit->done(job->commit); /* the commit is the caller's again */
	jobs_return(store, jobs);
}

static void answer_failed(struct store *store, struct job *jobs, enum error error)
{
	for (struct job *job = jobs; job != NULL; job = job->next) {
		job->commit->error = error;
		job->commit->failed_write = job->commit->write_count;
	}
	answer(store, jobs);
}

/* Nothing is written until a probe works. What is neither the disk nor its space leaves the reason as it was. */
static void stop_writing(struct store *store, int code)
{
	struct writer *writer = store->writer;
	enum error error = database_error(&writer->database, code);

	if (error == ERROR_STORAGE_FULL)
		set_state(store, STORE_FULL, code);
	else if (error == ERROR_STORAGE || state_error(store) == ERROR_OK)
		set_state(store, STORE_FAILED, code);
	writer->probe_at_us = is_final(code) ? INT64_MAX : clock_monotonic_us() + PROBE_US;
}

static void group_run(struct store *store, struct job *jobs)
{
	struct writer *writer = store->writer;
	int code = group_try(store, jobs), code_back;
	enum error error = database_error(&writer->database, code);

	if (code == SQLITE_OK) {
		answer(store, jobs);
		return;
	}
	if (error == ERROR_STORAGE_FULL || error == ERROR_STORAGE)
		stop_writing(store, code);
	code_back = roll_back(store);
	if (code_back != SQLITE_OK && state_error(store) == ERROR_OK)
		stop_writing(store, code_back);
	if (state_error(store) != ERROR_OK) {
		answer_failed(store, jobs, state_error(store));
		return;
	}
	if (jobs->next == NULL) {
		answer_failed(store, jobs, error == ERROR_OK ? ERROR_INTERNAL : error);
		return;
	}
	/* One of them did it: each alone, so that the others are not harmed. */
	while (jobs != NULL) {
		struct job *job = jobs;

		jobs = job->next;
		job->next = NULL;
		if (state_error(store) == ERROR_OK)
			group_run(store, job);
		else
			answer_failed(store, job, state_error(store));
	}
}

/* Whether a transaction of some size can be written again. */
static void probe(struct store *store)
{
	struct writer *writer = store->writer;
	int code = database_do(&writer->database, STATEMENT_BEGIN_WRITE), code_back;

	if (code == SQLITE_OK)
		code = database_do(&writer->database, STATEMENT_PROBE_WRITE);
	if (code == SQLITE_OK)
		code = database_do(&writer->database, STATEMENT_COMMIT);
	if (code == SQLITE_OK)
		code = database_do(&writer->database, STATEMENT_PROBE_DELETE);
	if (code != SQLITE_OK)
		stop_writing(store, code); /* perhaps for another reason than before */
	code_back = roll_back(store);
	if (code == SQLITE_OK && code_back == SQLITE_OK)
		set_state(store, STORE_READY, code);
	else if (code == SQLITE_OK)
		stop_writing(store, code_back);
}

/* The thread beside has moved all but the newest frames. With those done here, while nothing new comes,
 * the log starts over in the same blocks: a log that only grew would cost new blocks with every sync, and
 * its index makes reading slower. A failure harms nothing: the log stays. */
static void checkpoint_finish(struct store *store)
{
	sqlite3_wal_checkpoint_v2(store->writer->database.handle, NULL, SQLITE_CHECKPOINT_PASSIVE,
				  NULL, NULL);
}

static void checkpoint_ask(struct store *store)
{
	struct writer *writer = store->writer;
	bool passed;

	if (writer->wal_pages < writer->wal_pages_asked)
		writer->wal_pages_asked = 0; /* the log has started over */
	mutex_lock(&store->checkpoint_mutex);
	passed = store->checkpoint_passed;
	store->checkpoint_passed = false;
	if (writer->wal_pages - writer->wal_pages_asked > WAL_PAGES_CHECKPOINT) {
		writer->wal_pages_asked = writer->wal_pages;
		store->checkpoint_asked = true;
		condition_signal(&store->checkpoint_wanted);
	}
	mutex_unlock(&store->checkpoint_mutex);
	if (passed || writer->wal_pages > WAL_PAGES_MAX)
		checkpoint_finish(store);
}

void store_slow_bulk(struct store *store, bool slow)
{
	mutex_lock(&store->mutex);
	store->bulk_is_slow = slow;
	condition_signal(&store->queue_filled);
	mutex_unlock(&store->mutex);
}

struct group {
	struct job_queue jobs;
	size_t count, writes;
};

/* Moves jobs of one queue to the group until it has `count_max`. */
static void group_fill(struct store *store, struct group *group, enum store_priority priority,
		       size_t count_max)
{
	struct job_queue *queue = &store->queues[priority];

	while (queue->first != NULL && group->count < count_max &&
	       group->writes < GROUP_WRITES_MAX) {
		struct job *job = queue->first;

		queue->first = job->next;
		if (queue->first == NULL)
			queue->last = NULL;
		append(&group->jobs, job);
		group->count++;
		group->writes += job->commit->write_count;
		store->queue_length--;
	}
}

/* Whether bulk must not be taken yet. */
static bool bulk_waits(const struct store *store)
{
	return store->bulk_is_slow && !store->stopping &&
	       clock_monotonic_us() < store->bulk_us + TRICKLE_US;
}

static bool is_only_bulk(const struct store *store)
{
	return store->queues[STORE_URGENT].first == NULL &&
	       store->queues[STORE_NORMAL].first == NULL;
}

/* A group is as long as the wait of those in it and of those that come meanwhile: beside an urgent commit it is short,
 * and the many of a batch make it no longer for those that stand alone than need be. */
static struct job *group_form(struct store *store)
{
	struct group group = { .count = 0 };
	size_t most = GROUP_JOBS_MAX;

	group_fill(store, &group, STORE_URGENT, GROUP_JOBS_MAX);
	if (group.count > 0)
		most = group.count + GROUP_JOBS_SHORT;
	group_fill(store, &group, STORE_NORMAL, most);
	store->groups_of_bulk = group.count > 0 ? 0 : store->groups_of_bulk + 1;
	if (group.count > 0)
		most = group.count + GROUP_JOBS_SHORT;
	else if (store->groups_of_bulk < GROUPS_AMONG_OTHERS)
		most = GROUP_JOBS_BULK;
	if (store->bulk_is_slow)
		most = group.count + (bulk_waits(store) ? 0 : GROUP_JOBS_TRICKLE);
	if (store->queues[STORE_BULK].first != NULL && group.count < most)
		store->bulk_us = clock_monotonic_us();
	store->last_group = group.count;
	group_fill(store, &group, STORE_BULK, most);
	return group.jobs.first;
}

static void gather(struct store *store)
{
	int64_t until_us = clock_monotonic_us() + GATHER_US;

	if (store->last_group < GATHER_FROM)
		return;
	while (store->queue_length < GATHER_JOBS && !store->stopping &&
	       store->queues[STORE_URGENT].first == NULL && clock_monotonic_us() < until_us)
		(void)condition_wait_until(&store->queue_gathered, &store->mutex, until_us);
}

/* Cuts a group off the queues, or NULL when the thread should look around. */
static struct job *group_take(struct store *store, bool *ret_stop)
{
	struct job *first;

	mutex_lock(&store->mutex);
	if (store->queue_length == 0 && !store->stopping) {
		if (atomic_load(&store->state) == STORE_READY)
			condition_wait(&store->queue_filled, &store->mutex);
		else
			condition_wait_until(&store->queue_filled, &store->mutex,
					     clock_monotonic_us() + 50000);
	}
	while (is_only_bulk(store) && store->queue_length > 0 && bulk_waits(store))
		(void)condition_wait_until(&store->queue_filled, &store->mutex,
					   store->bulk_us + TRICKLE_US);
	if (atomic_load(&store->state) == STORE_READY)
		gather(store);
	*ret_stop = store->stopping && store->queue_length == 0;
	first = group_form(store);
	mutex_unlock(&store->mutex);
	return first;
}

static void writer_main(void *context)
{
	struct store *store = context;
	bool stop = false;

	while (!stop) {
		struct job *jobs = group_take(store, &stop);
		enum error error = state_error(store);

		if (jobs != NULL && error == ERROR_OK)
			group_run(store, jobs);
		else if (jobs != NULL)
			answer_failed(store, jobs, error);
		if (atomic_load(&store->state) == STORE_READY)
			checkpoint_ask(store);
		else if (clock_monotonic_us() >= store->writer->probe_at_us)
			probe(store);
	}
}

/* Moves the log into the file beside the writer, so that a commit does not wait for it. */
static void checkpoint_main(void *context)
{
	struct store *store = context;

	mutex_lock(&store->checkpoint_mutex);
	while (!store->checkpoint_stopping) {
		if (!store->checkpoint_asked) {
			condition_wait(&store->checkpoint_wanted, &store->checkpoint_mutex);
			continue;
		}
		store->checkpoint_asked = false;
		mutex_unlock(&store->checkpoint_mutex);
		sqlite3_wal_checkpoint_v2(store->checkpoint_database.handle, NULL,
					  SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
		mutex_lock(&store->checkpoint_mutex);
		store->checkpoint_passed = true;
	}
	mutex_unlock(&store->checkpoint_mutex);
}

static int on_commit(void *context, sqlite3 *handle, const char *name, int pages)
{
	struct writer *writer = context;

	(void)handle;
	(void)name;
	writer->wal_pages = pages;
	return SQLITE_OK;
}

enum error writer_start(struct store *store, struct issues *issues)
{
	struct writer *writer = store->writer;

	writer->symbols.database = &writer->database;
	writer->symbols.catalogue = &store->catalogue;
	writer->symbols.may_write = true;
	writer->symbols.cache = symbol_cache_create();
	arena_init(&writer->arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	writer->reader.database = &writer->database;
	if (writer->symbols.cache == NULL || reader_open(store, &writer->reader) != ERROR_OK)
		return issue_add(issues, ERROR_LIMIT, STR(""), "There is not enough memory.");
	if (writer_load(store) != SQLITE_OK)
		return issue_add(issues, ERROR_STORAGE, STR(""),
				 "The store is damaged. Restore it from a backup.");
	if (reindex_run(store, issues) != ERROR_OK)
		return ERROR_STORAGE;
	store->feed_last = writer->numbers.feed_last;
	clock_set_floor(store->clock, writer->at_us);
	sqlite3_wal_hook(writer->database.handle, on_commit, writer);
	if (database_open(&store->checkpoint_database, store->file, DATABASE_CHECKPOINT) !=
		    SQLITE_OK ||
	    !thread_start(&store->checkpoint_thread, "checkpoint", checkpoint_main, store))
		return issue_add(issues, ERROR_LIMIT, STR(""),
				 "The checkpoint thread could not be started.");
	if (!thread_start(&store->writer_thread, "store", writer_main, store))
		return issue_add(issues, ERROR_LIMIT, STR(""),
				 "The writer's thread could not be started.");
	return ERROR_OK;
}

void writer_stop(struct store *store)
{
	mutex_lock(&store->mutex);
	store->stopping = true;
	condition_broadcast(&store->queue_filled);
	condition_broadcast(&store->queue_gathered);
	condition_broadcast(&store->feed_moved);
	mutex_unlock(&store->mutex);
	thread_join(&store->writer_thread);
	mutex_lock(&store->checkpoint_mutex);
	store->checkpoint_stopping = true;
	condition_signal(&store->checkpoint_wanted);
	mutex_unlock(&store->checkpoint_mutex);
	thread_join(&store->checkpoint_thread);
}

/* The last connection to close, so that it can fold the log into the file. */
void writer_close(struct store *store)
{
	struct writer *writer = store->writer;

	database_close(&store->checkpoint_database);
	if (writer == NULL)
		return;
	reader_close(&writer->reader);
	symbol_cache_destroy(writer->symbols.cache);
	arena_done(&writer->arena);
	database_close(&writer->database);
	while (store->jobs_free != NULL) {
		struct job *job = store->jobs_free;

		store->jobs_free = job->next;
		arena_done(&job->arena);
		free(job);
	}
	while (store->packers_free != NULL) {
		struct packer_slot *slot = store->packers_free;

		store->packers_free = slot->next;
		body_packer_destroy(slot->packer);
		free(slot);
	}
	free(writer);
	store->writer = NULL;
}
