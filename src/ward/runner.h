/* SPDX-License-Identifier: Apache-2.0
 * Inside of a running ward; for runner.c, commit.c, keeper.c and route.c. Fields without a word on it belong to the
 * ward's thread. */
#ifndef WARD_RUNNER_H
#define WARD_RUNNER_H

#include "api/route.h"
#include "os/thread.h"
#include "ward/board.h"
#include "ward/core.h"
#include "ward/gauge.h"
#include "ward/setup.h"
#include "ward/ward.h"

#include <stdatomic.h>

#define RUNNER_CURSOR "ward"
#define RUNNER_TIME \
	"ward-time" /* a timer row: how late it was for the core when the cursor moved */

#define RUNNER_ALERTS \
	"ward-alerts" /* a timer row: the feed number up to which alerts and pages are written */

/* A timer row: the feed number up to which another version may have written: for `homeward verify`. */
#define RUNNER_EARLIER "ward-earlier/" HOMEWARD_VERSION

#define RUNNER_WRITES_MAX 500 /* a commit */

/* So many a second, so many at once. */
struct runner_pace {
	int64_t at_us; /* monotonic */
	double left;
};

struct trial_runner;

/* Whether somebody must know of it: that another wrote in between is no trouble. */
bool runner_is_serious(enum error error);

struct ward {
	struct ward_options options;
	char *folder_path;
	struct trial_runner *trial; /* has its own lock */
	struct board *board;        /* has its own lock */
	struct stock *stock;        /* so has this */
	struct ward_core *core;
	struct thread thread;
	atomic_bool stopping;
	atomic_bool shown;       /* the board has been put once: it says what the record says */
	struct mutex mutex;      /* server, done_feed, gauge */
	struct condition moved;  /* done_feed moved */
	struct condition halted; /* stopping was set */
	struct server *server;
	int64_t done_feed; /* everything up to here is taken in and written */
	struct gauge gauge;
	int64_t seen;    /* feed number read */
	int64_t written; /* what follows from the feed up to here stands in the record */
	int64_t cursor;  /* the last that was committed */
	struct runner_pace scores, rows;
	int64_t read_us;                /* monotonic; when anything was read last */
	int64_t turn_us;                /* monotonic; when turn_feed was taken */
	int64_t turn_feed, before_feed; /* seen then, and a turn before */
	int64_t kept_feed;              /* of the last checkpoint */
	int64_t kept_us;                /* monotonic */
	int keep_process;               /* a copy that writes the next one; 0: none */
	int64_t keep_feed, keep_took_us;
	bool keep_waits;         /* it is written; the record must come up to it */
	int64_t behind_since_us; /* monotonic; 0: level with the feed */
	int64_t staff_us;        /* monotonic: staff and summaries were put */
	enum error trouble;      /* of the last step */
	struct setup setup;
	/* Read by /health/beat and /metrics on any thread; times are monotonic. */
	_Atomic int64_t stepped_us; /* the last step ended */
	_Atomic int64_t seen_feed;  /* `seen` after that step */
	_Atomic int64_t lagging_us; /* behind the feed since then; 0: level with it */
	_Atomic int64_t watched_us; /* a watcher that knows the secret asked */
	atomic_bool troubled;       /* the last step could not write, or setup.h fails */
	char watch_secret[256];
	bool bulk_is_slow;      /* this ward asked for it */
	bool ready;             /* the feed has been read to its end */
	bool took_over;         /* takeover.c has ended */
	bool took_any;          /* and there was something */
	bool by_hand;           /* no thread: runner_turn */
	struct arena arena;     /* of one step */
	int downtime_folder;    /* -1: no files are kept */
	struct thread downtime; /* writes them */
	bool downtime_failed;   /* of that thread */
};

/* A ward without a thread of its own, for simulations: the caller gives it its turns, a step each, without a pace of
 * real time. ward_stop ends it as kill -9 would: nothing more is written. */
struct ward *runner_create(const struct ward_options *options);
/* True when nothing is left to do. */
bool runner_turn(struct ward *ward);

/* commit.c: writes what changed together with the cursor: alerts and pages at once, scores beside them as
 * far as `calm_max` and `calm_feed` allow; `count_max` a commit.
 * ERROR_CONFLICT or ERROR_PRECONDITION: somebody else wrote; read the feed and try again. */
enum error runner_write(struct ward *ward, const struct ward_output_limits *limits,
			size_t *ret_calm);
int64_t runner_written(struct ward *ward);
/* A write of this resource that makes it anew. */
enum error runner_prepare(struct arena *arena, struct str type, struct str id,
			  struct json *resource, struct store_write *ret_write);
/* Moves the cursor to what has been read, when nothing waits to be written: much of a feed may be none of the ward's
 * business, and then no commit of its own has moved it. */
enum error runner_mark(struct ward *ward);
/* ERROR_OK when everything that was committed before the call has been read. */
enum error runner_barrier(struct ward *ward);
enum error runner_policies(struct ward *ward);
/* Writes down which channels are set up, an Endpoint each, where the record says otherwise: what the core decides
 * is a function of the feed. */
enum error runner_channels(struct ward *ward);
/* A bit per enum channel that the settings have and the record says is off: the engine follows the record. */
uint32_t runner_missing_channels(const struct ward *ward);

/* takeover.c: what an earlier version left open in the record becomes the core's, and the other way round; once a
 * start, with nothing unread (docs/decisions/0017). Not ERROR_OK: try again later. */
enum error runner_take_over(struct ward *ward);
/* The feed number RUNNER_EARLIER; 0: this version has not run over the record. */
enum error runner_earlier(struct store_reader *reader, struct arena *arena, int64_t *ret_feed);

/* beat.c: GET /health/beat, and whether a watcher is expected and none looks. */
void beat_handle(struct call *call);
bool beat_is_unwatched(const struct ward *ward);

/* metrics.c: the wards in Prometheus' text. Thread: any. */
void runner_metrics(struct ward *ward, struct arena *arena, struct text *text);

/* home.c: GET /ward/home */
void home_handle(struct call *call);

/* people.c: GET /ward/people */
void people_handle(struct call *call);

/* downtime.c: the board on paper, GET /ward/print, and the same in files. */
void downtime_handle(struct call *call);
/* `folder`: empty for one below the record's. False: it cannot be opened. downtime_stop: after the ward was
 * told to stop. */
bool downtime_start(struct ward *ward, struct str folder);
void downtime_stop(struct ward *ward);

/* keeper.c: the checkpoint file. */
void keeper_load(struct ward *ward);
/* Saves now and then, beside everything else. */
void keeper_turn(struct ward *ward);
/* Writes what waits, and saves; at the end. */
void keeper_save(struct ward *ward);

/* How far to read; `settled`: what follows from it stands in the record already and does not wait to be written. */
struct runner_reach {
	int64_t until;
	bool settled;
};
/* One batch of the feed into the core; *ret_count versions were read. */
enum error runner_read(struct store *store, struct ward_core *core, struct arena *arena,
		       int64_t *seen, struct runner_reach reach, size_t *ret_count);

#endif
