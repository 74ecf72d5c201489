/* SPDX-License-Identifier: Apache-2.0
 * The record: immutable versions, history, search indexes, one feed, durable cursors and timers.
 * One writer thread commits in groups; a write is answered after its commit is on disk. Readers
 * see snapshots and never wait for the writer. All SQL lives in this room.
 *
 * Bodies. A resource is stored as printed JSON that starts exactly with
 *   {"resourceType":"T","id":"I","meta":{
 * without versionId and lastUpdated; reading splices those two in as the first members of meta, so
 * a read never parses or re-serialises (store_body_print makes that form from a tree).
 *
 * Feed. Each version takes the next number of one sequence, without gaps, in commit order; its time
 * at_us never goes back along the feed. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/issue.h"
#include "fhir/fhir.h"
#include "os/clock.h"

struct store;
struct store_reader; /* a snapshot connection; belongs to one thread while borrowed */

struct store_options {
	struct str path;     /* folder; created when absent */
	struct clock *clock; /* outlives the store */
	size_t reader_count; /* connections kept; 0: 8 */
	size_t queue_max;    /* commits waiting for the writer; 0: 4096; more get ERROR_BUSY */
	bool read_only;
};
/* Opens or creates, migrates, recovers. Refuses a store of a newer version, one that another process has
 * open, or a damaged one, each with an issue that says what to do. */
MUST_CHECK enum error store_open(const struct store_options *options, struct issues *issues,
				 struct store **ret_store);
/* Finishes queued commits, then closes. */
void store_close(struct store *store);

/* Its folder, as it was given; as long as the store is open. */
struct str store_folder(const struct store *store);

enum store_state { STORE_READY, STORE_FULL, STORE_FAILED };
/* STORE_FULL while the last commit met a full disk; the writer probes by itself (every second) and
 * returns to READY without a restart. */
enum store_state store_state(struct store *store);

/* --- writing -------------------------------------------------------------------------------- */
enum store_method { STORE_CREATE, STORE_UPDATE, STORE_DELETE };
#define STORE_VERSION_ANY INT64_C(-1)
#define STORE_VERSION_NONE INT64_C(0) /* must not exist (a deleted resource does not exist) */

struct store_write {
	enum store_method method;
	uint16_t type;
	struct str id;
	int64_t version_expected; /* ANY, NONE, or the current version's number; else ERROR_PRECONDITION */
	struct str body;          /* as above; empty for delete */
	const struct fhir_index *index;
	/* results */
	int64_t version; /* after: the new (or, when unchanged, the current) version */
	int64_t feed;    /* its feed number */
	int64_t at_us;
	bool created;   /* no current version was there before */
	bool unchanged; /* update with an identical body, or delete of nothing: no version was made */
};
/* Something found by a search before the commit that must still be so inside it. */
struct search_request;
struct store_condition {
	const struct search_request *search;
	bool found;
	uint16_t type; /* the one match when found */
	struct str id;
};
struct store_timer {
	struct str name; /* unique key; setting again replaces */
	int64_t due_us;  /* INT64_MIN deletes it */
};
/* All of it happens or nothing. Memory is the caller's until `done` has been called. */
/* Which queue a commit waits in. Each keeps its own order, and none can starve another: a group of the writer takes
 * urgent ones first, then normal ones, and some bulk always. */
enum store_priority {
	STORE_NORMAL, /* one person or device waits for the answer */
	STORE_URGENT, /* somebody is to be called; taken by a full queue too */
	STORE_BULK,   /* one of very many that come together */
	STORE_PRIORITIES
};
struct store_commit {
	struct store_write *writes;
	size_t write_count;
	const struct store_condition *conditions; /* broken: ERROR_CONFLICT, prepare again */
	size_t condition_count;
	const struct store_timer *timers;
	size_t timer_count;
	struct str origin;      /* who wrote: "api", "ward"; kept in the feed */
	struct str cursor_name; /* empty: none */
	int64_t cursor;
	int64_t feed_expected; /* >= 0: no version of another origin may have a higher feed number, else
				   ERROR_CONFLICT; -1: no such condition. Set it in every commit. */
	enum store_priority priority;
	/* results, set before `done`: */
	enum error error;
	size_t failed_write;   /* index of the write that failed, or write_count */
	int64_t version_found; /* of the failed write, 0 when there is none */
	void (*done)(
		struct store_commit *commit); /* on the writer's thread: be brief, never block */
	void *context;
	struct store_commit *next; /* the store's own */
};
/* Hands a commit to the writer; ERROR_BUSY when the queue is full, ERROR_STORAGE(_FULL) when writing is
 * known to be impossible: `done` is then not called. Thread: any. */
MUST_CHECK enum error store_submit(struct store *store, struct store_commit *commit);
/* While a follower of the feed is behind, bulk comes in at a trickle: what is stored and not yet judged is no safer
 * than what still waits to be stored. Thread: any. */
void store_slow_bulk(struct store *store, bool slow);
/* Submits and waits; `done` and `context` are used by the call. Returns commit->error. */
MUST_CHECK enum error store_commit_wait(struct store *store, struct store_commit *commit);
/* Prints a tree in the stored form: resourceType, id, meta first; versionId and lastUpdated removed. */
void store_body_print(struct text *text, struct arena *arena, struct json *resource, struct str id);

/* --- reading -------------------------------------------------------------------------------- */
struct store_version {
	uint16_t type;
	struct str id;
	int64_t version;
	int64_t feed;
	int64_t at_us;
	enum store_method method;
	struct str origin;
	struct str body; /* complete JSON with versionId and lastUpdated; empty for a delete */
};
/* Waits up to LIMIT_QUERY_MS_MAX for a free connection; NULL when none came free. */
struct store_reader *store_reader_borrow(struct store *store);
void store_reader_return(struct store_reader *reader);
/* Answers between begin and end come from one snapshot. */
void store_snapshot_begin(struct store_reader *reader);
void store_snapshot_end(struct store_reader *reader);
/* Highest feed number in the snapshot, 0 when empty. */
int64_t store_feed_last(struct store_reader *reader);

/* ERROR_NOT_FOUND, or ERROR_GONE with *ret set when deleted. Results live in the arena. */
MUST_CHECK enum error store_read(struct store_reader *reader, struct arena *arena, uint16_t type,
				 struct str id, struct store_version *ret_version);
MUST_CHECK enum error store_read_version(struct store_reader *reader, struct arena *arena,
					 uint16_t type, struct str id, int64_t version,
					 struct store_version *ret_version);
struct store_history {
	uint16_t type;      /* NONE: all types */
	struct str id;      /* empty: all ids */
	int64_t since_us;   /* at or after; INT64_MIN: from the start */
	int64_t before_us;  /* _at upper bound, INT64_MAX: none */
	int64_t feed_max;   /* pin of page one; INT64_MAX: now */
	int64_t feed_below; /* keyset: only rows under this number; INT64_MAX: first page */
	size_t count;
};
/* Newest first. *ret_total counts all rows that match under the pin. */
MUST_CHECK enum error store_history(struct store_reader *reader, struct arena *arena,
				    const struct store_history *history,
				    struct store_version **ret_versions, size_t *ret_count,
				    int64_t *ret_total);
/* Versions with feed number > after, oldest first; fewer than there are when their bodies are large, but
 * at least one when there is one. */
MUST_CHECK enum error store_feed(struct store_reader *reader, struct arena *arena, int64_t after,
				 size_t count_max, struct store_version **ret_versions,
				 size_t *ret_count);
/* Returns at once when the feed is past `after`, else when it moves or after timeout_ms. */
void store_feed_wait(struct store *store, int64_t after, int timeout_ms);
int64_t store_cursor(struct store_reader *reader, struct str name); /* 0 when never set */
struct store_timer_row {
	struct str name;
	int64_t due_us;
};
MUST_CHECK enum error store_timers(struct store_reader *reader, struct arena *arena,
				   struct str name_prefix, int64_t due_until_us,
				   struct store_timer_row **ret_rows, size_t *ret_count);
/* Counts of current resources by type, indexed by type number, fhir_resource_count() + 1 long. */
MUST_CHECK enum error store_counts(struct store_reader *reader, struct arena *arena,
				   int64_t **ret_counts);

struct store_figures {
	int64_t commits, groups, writes, queue_length, bytes_on_disk, feed_last;
};
void store_figures(struct store *store, struct store_figures *ret_figures);
/* `homeward verify`: the feed has no gap, every body parses and validates, every index row equals what the
 * body gives, current versions are the newest. Each fault is an issue; reports progress 0..1. ERROR_CONFLICT: there are
 * faults; any other error: none was found, and not everything could be read. */
MUST_CHECK enum error store_verify(struct store *store, struct issues *issues,
				   void (*progress)(void *context, double share), void *context);

/* `homeward backup`: the record of the folder `from`, as it is at one instant, as a new one in the folder `to`, which
 * is there and empty; another process may write `from` meanwhile. The copy is one file, store.sqlite, on the disk.
 * *ret_feed: its last feed number. What was begun stays when it fails, with an issue. Reports progress 0..1. */
MUST_CHECK enum error store_copy(struct str from, struct str to, struct issues *issues,
				 void (*progress)(void *context, double share), void *context,
				 int64_t *ret_feed);
/* The number of this build's tables: it opens stores of no higher one. */
int store_schema(void);

#endif
