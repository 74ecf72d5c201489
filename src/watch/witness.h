/* SPDX-License-Identifier: Apache-2.0
 * What the watcher remembers of the server's access log, so that nobody can make it anew unseen: the end of its chain
 * as each signed beat says it (docs/decisions/0014). A line of it an hour goes to a file. Thread: one. */
#ifndef WATCH_WITNESS_H
#define WATCH_WITNESS_H

#include "client/anchor.h"
#include "client/beat.h"

#define WITNESS_EVERY_US (INT64_C(3600) * 1000000)

struct witness {
	const char *path;   /* NULL: nothing is kept beyond this run */
	struct anchor seen; /* number -1: nothing yet */
	int64_t kept;       /* the number of the last line; -1: none */
	int64_t kept_us;    /* monotonic: when it was written */
	bool cut;           /* the log is not the one that was seen */
};
/* Reads what was kept. False: the file is there and cannot be used; `stderr` is told. */
MUST_CHECK bool witness_start(struct witness *witness, struct arena *arena, const char *path);
enum witness_act {
	WITNESS_NOTHING,
	WITNESS_CUT, /* the log ends before what was seen, or is another: people are to be told */
	WITNESS_NOT_KEPT, /* the line could not be written; tried again with the next beat */
};
/* `now_us` monotonic, `wall_us` for the line. The arena is the caller's to reset. */
enum witness_act witness_beat(struct witness *witness, struct arena *arena, const struct beat *beat,
			      int64_t now_us, int64_t wall_us);

#endif
