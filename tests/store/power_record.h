/* SPDX-License-Identifier: Apache-2.0
 * What the store does to its files, written down in order: a layer over SQLite's own file system that passes
 * everything on and changes nothing of what the store sees. From it power_disk.h makes what a disk may hold after
 * the power has failed at any moment. */
#ifndef TESTS_STORE_POWER_RECORD_H
#define TESTS_STORE_POWER_RECORD_H

#include "os/thread.h"

#include <stddef.h>
#include <stdint.h>

enum record_kind {
	RECORD_CREATE, /* the name stands for a new file from now on */
	RECORD_DELETE, /* the name is gone */
	RECORD_WRITE,
	RECORD_TRUNCATE,
	RECORD_SYNC,        /* the file's content is on the disk */
	RECORD_SYNC_FAILED, /* and what it should have covered will not get there by a later one */
	RECORD_SYNC_FOLDER, /* the names are on the disk */
	RECORD_INDEX, /* what the log's index held: a file in shared memory that is never synced */
	RECORD_NOTE,  /* the caller's own */
};

struct record_event {
	enum record_kind kind;
	int file;       /* its number */
	int64_t offset; /* of a write; the size after a truncate; the note */
	size_t length;
	char *bytes;
	size_t ended; /* how many events there were when it was done */
	size_t covers; /* of a sync: how many there were when it began; what had not ended by then may be lost */
};

#define RECORD_FILES_MAX 64
#define RECORD_NAME_BYTES 32
struct record {
	struct mutex mutex;
	struct record_event *events;
	size_t count, capacity;
	char names[RECORD_FILES_MAX][RECORD_NAME_BYTES]; /* of each file that ever was */
	int file_count;
	int log_syncs; /* since the first note */
	bool noted;
	char folder[64];
};

/* Puts the layer under every connection that is opened from now on. Call it once, before threads start. */
void record_install(void);
/* What happens in `folder` is written to `record` until record_stop; connections are opened and closed between. */
void record_start(struct record *record, const char *folder);
/* A file that stands in the folder before. */
int record_add_file(struct record *record, const char *name);
void record_stop(void);
void record_free(struct record *record);
void record_note(struct record *record, int64_t note);

/* What a weak program would do instead; NULL: as it is. The texts are those of the pragmas. */
struct record_weakness {
	const char *synchronous;
	const char *
		journal_size_limit; /* no weakness: a small one lets the log shrink in a small run */
	int log_sync_failing; /* which sync of a log fails, counted after the first note; 0: none */
	bool no_sync; /* syncs are not passed on: only for speed, where nothing is recorded */
};
void record_weaken(const struct record_weakness *weakness);

#endif
