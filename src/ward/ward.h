/* SPDX-License-Identifier: Apache-2.0
 * The virtual ward of a running server: a thread that follows the feed, lets the core decide and writes what
 * changed; and the board that pages read. See docs/decisions/0003 for what is stored where. */
#ifndef WARD_WARD_H
#define WARD_WARD_H

#include "api/guard.h"
#include "api/metrics.h"
#include "api/router.h"
#include "base/issue.h"
#include "store/store.h"

struct ward;

struct ward_options {
	struct store *store; /* outlives the ward */
	struct clock *clock;
	struct str folder; /* where the checkpoint lies; empty: none is kept */
	bool dev;          /* the board says so */
	uint32_t channels; /* bit per enum channel (ward/channel.h) that has a sender */
	struct str
		watch_secret; /* shared with the watcher; empty: none is expected. Copied, at most 255 bytes */
	struct str
		downtime_folder; /* where printable boards are kept; empty: in `folder`, below downtime */
	int64_t trial_memory_mib; /* of the process in which a policy is tried; 0: trial_runner.h */
};

/* Puts the shipped policies into a store that lacks them and starts the thread. NULL when there is no
 * memory or no thread for it. */
struct ward *ward_start(const struct ward_options *options);
/* From now on streams of this server are woken when the board changes; NULL: no longer. */
void ward_connect(struct ward *ward, struct server *server);
/* Ends the thread; what it had decided is written or will be decided again at the next start. The board can still be
 * read. */
void ward_halt(struct ward *ward);
/* ward_halt, and gives everything back. No route may be running. */
void ward_stop(struct ward *ward);

/* Waits until everything up to this feed number has been taken in and written; false after `timeout_ms`. */
bool ward_wait(struct ward *ward, int64_t feed, int timeout_ms);

/* `homeward verify`: plays the whole feed through a fresh core and compares each alert with the stored Task. Each
 * difference is an issue. ERROR_CONFLICT when there is one. What another version of the program left behind is none
 * (docs/decisions/0017) and is counted. */
struct ward_replayed {
	int64_t alerts;
	int64_t carried; /* of them, carried over from an earlier version */
	int64_t earlier; /* ended under an earlier version, whose rules said otherwise */
};
MUST_CHECK enum error ward_replay(struct store *store, struct issues *issues,
				  struct ward_replayed *ret_replayed);

/* How large a stored resource of this type may be so that the ward reads it; 0: it need not. */
size_t ward_bytes_max(struct str type);

/* What nobody may do past the operations: ward/guard.h. */
#define WARD_GUARD_COUNT 12
extern const struct change_guard ward_guards[WARD_GUARD_COUNT];

extern const struct route_table ward_routes;

/* GET /metrics: the wards in numbers, as they were at the last turn of the thread. */
metrics_room ward_metrics;

#endif
