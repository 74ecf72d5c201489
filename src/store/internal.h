/* SPDX-License-Identifier: Apache-2.0
 * What the files of this room share: the open store, its writer and its readers. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "base/limits.h"
#include "os/thread.h"
#include "store/body.h"
#include "store/row.h"
#include "store/store.h"

#include <stdatomic.h>

#define STORE_READERS_DEFAULT 8
#define STORE_READERS_MAX 64
#define STORE_QUEUE_DEFAULT 4096
#define STORE_ORIGINS_MAX 64
#define STORE_FILE_MAX 4096

/* One resource of a commit, made ready on the submitter's thread. */
struct prepared {
	struct str packed;
	struct draft *drafts;
	size_t draft_count;
};

struct job {
	struct job *next;
	struct store_commit *commit;
	struct prepared *prepared; /* commit->write_count of them */
	struct arena arena;
};

struct job_queue {
	struct job *first, *last;
};

struct store_reader {
	struct store *store;
	struct store_reader *next;
	struct database *database;
	struct database own; /* what `database` points to, except in the writer */
	struct body_packer *packer;
	struct symbols symbols;
	unsigned snapshot_depth;
	bool transaction; /* begun by this reader */
	struct str origins[STORE_ORIGINS_MAX];
	char origin_bytes[STORE_ORIGINS_MAX][32];
};

struct packer_slot {
	struct packer_slot *next;
	struct body_packer *packer;
};

/* What commits count, to be taken back with them. */
struct numbers {
	int64_t feed_last;
	int64_t counts[CATALOGUE_TYPES_MAX + 1]; /* current resources by type code */
	int64_t origin_feeds[STORE_ORIGINS_MAX]; /* last feed number by origin number */
};

struct writer {
	struct database database;
	struct store_reader reader; /* for conditions, inside the transaction */
	struct symbols symbols;
	struct numbers numbers;
	int64_t at_us; /* of the group at hand, and of the last one */
	bool counts_changed[CATALOGUE_TYPES_MAX + 1];
	bool origin_changed[STORE_ORIGINS_MAX];
	struct arena arena;  /* of the commit at hand */
	int code;            /* SQLite's first error in this group */
	int wal_pages;       /* in the log after the last commit */
	int wal_pages_asked; /* when the checkpoint thread was last asked */
	int64_t probe_at_us; /* monotonic; when the next probe is due */
};

struct store {
	char file[STORE_FILE_MAX];
	char folder[STORE_FILE_MAX];
	int lock_fd;
	bool read_only;
	struct clock *clock;
	struct catalogue catalogue;

	/* queue: guarded by mutex */
	struct mutex mutex;
	struct condition queue_filled;
	struct condition queue_gathered;
	struct condition feed_moved;
	struct job_queue queues[STORE_PRIORITIES];
	size_t queue_length, queue_max;
	unsigned groups_of_bulk; /* since one held anything else */
	size_t last_group;       /* how many of the last one were no bulk */
	bool bulk_is_slow;
	int64_t bulk_us; /* monotonic; when bulk was taken last */
	bool stopping;
	int64_t feed_last;
	int64_t commits, groups, writes;
	struct job *jobs_free;
	size_t jobs_free_count;
	struct packer_slot *packers_free;

	/* readers: guarded by readers_mutex */
	struct mutex readers_mutex;
	struct condition reader_free;
	struct store_reader *readers_free;
	size_t reader_count;
	struct store_reader *readers;

	atomic_int state;
	struct writer *writer;
	struct thread writer_thread;

	/* checkpoints: guarded by checkpoint_mutex */
	struct mutex checkpoint_mutex;
	struct condition checkpoint_wanted;
	bool checkpoint_asked, checkpoint_passed, checkpoint_stopping;
	struct database checkpoint_database;
	struct thread checkpoint_thread;
};

/* store.c: what a failed opening means, as an issue; `number`: errno. */
enum error store_refusal(int code, int number, struct issues *issues);

/* writer.c */
MUST_CHECK enum error writer_start(struct store *store, struct issues *issues);
void writer_stop(struct store *store);
void writer_close(struct store *store);
/* commit.c: applies one commit inside the open transaction. */
MUST_CHECK enum error commit_apply(struct store *store, struct job *job);
/* Takes the writer's counters back to what is on disk after a rollback. */
MUST_CHECK int writer_load(struct store *store);

/* Writes the counters that changed, inside the open transaction. SQLite's code. */
MUST_CHECK int writer_save_numbers(struct store *store);
/* reindex.c: finishes what catalogue_open found missing, before the writer's thread starts. */
MUST_CHECK enum error reindex_run(struct store *store, struct issues *issues);

/* reader.c */
MUST_CHECK enum error reader_open(struct store *store, struct store_reader *reader);
void reader_close(struct store_reader *reader);
/* A version from a row of (feed, key, version, at_us, method, origin, body). */
MUST_CHECK enum error reader_version(struct store_reader *reader, struct arena *arena,
				     sqlite3_stmt *row, struct store_version *ret_version);
MUST_CHECK enum error reader_version_at(struct store_reader *reader, struct arena *arena,
					int64_t feed, struct store_version *ret_version);

/* First feed number at or after a time; one past the last when there is none. */
int64_t reader_feed_from(struct store_reader *reader, int64_t at_us);

#endif
