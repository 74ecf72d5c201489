/* SPDX-License-Identifier: Apache-2.0
 * The ward's process of a trial: the real core (ward/core.h), fed from a record with the steps of ward/runner.c: read,
 * fire behind a barrier, write with version guards and the cursor, checkpoint, rebuild. It can be killed between any
 * two of them, and it can be sabotaged on purpose, to see that the inspector would notice. */
#ifndef SIMULATE_ENGINE_H
#define SIMULATE_ENGINE_H

#include "simulate/dice.h"
#include "simulate/record.h"
#include "ward/core.h"

enum engine_point { /* where the process dies */
		    POINT_NONE,
		    POINT_READ,      /* nothing of the batch applied */
		    POINT_APPLIED,   /* applied, no timer fired, nothing written */
		    POINT_FIRED,     /* timers fired, nothing written */
		    POINT_BETWEEN,   /* some outputs written, the cursor not moved */
		    POINT_COMMITTED, /* everything written, the process does not know */
		    POINT_KEPT, /* in the middle of writing a checkpoint: the file is damaged */
		    POINT_COUNT,
};
enum sabotage {
	SABOTAGE_NONE,
	SABOTAGE_DROP_EVENT,
	SABOTAGE_FORGET_TIMER,
	SABOTAGE_DOUBLE_ALERT,
	SABOTAGE_LOSE_PAGE,
	SABOTAGE_SKIP_TAIL,
	SABOTAGE_MISSING_AS_NORMAL,
	SABOTAGE_CLOSE_EARLY,
	SABOTAGE_CURSOR_FIRST,
	SABOTAGE_DEAF_TO_NURSES,
	SABOTAGE_WALL_TIME,
	SABOTAGE_SNOOZE_PAST_SHIFT,
	SABOTAGE_DEAF_TO_ACCEPTANCE,
	SABOTAGE_ANY_DEVICE,
	SABOTAGE_DEAF_TO_HEARTBEATS,
	SABOTAGE_BLIND_TO_BATTERIES,
	SABOTAGE_NO_NEXT_WAY,
	SABOTAGE_NIGHT_DESK,
	SABOTAGE_DEAF_TO_MOVES,
	SABOTAGE_DEAF_TO_DEATH,
	SABOTAGE_DEAF_TO_MERGES,
	SABOTAGE_COUNT,
};
const char *sabotage_name(enum sabotage sabotage);
const char *engine_point_name(enum engine_point point);

struct house;
struct engine {
	struct record *record;
	struct house *house;        /* NULL: everything in memory; else the real store and runner */
	struct ward_core *core;     /* NULL: the process is down */
	struct ward_core *unbroken; /* the same feed without a restart; NULL: not kept */
	int64_t seen, unbroken_seen;
	int64_t now_us;
	struct arena arena; /* of one step */
	struct dice dice;
	enum engine_point die_at;
	enum sabotage sabotage;
	uint64_t turns; /* of what sabotage counts */
	char *kept;     /* checkpoint: text, its hash and feed number */
	size_t kept_length;
	uint64_t kept_hash;
	int64_t kept_seen;
	/* each version that the ward wrote */
	void (*see)(void *context, struct str type, const struct json *resource);
	void *context;
	char difference[400]; /* of the last comparison that failed */
	int64_t commits, restarts, rebuilt, versions;
};
void engine_init(struct engine *engine, struct record *record, uint64_t seed, bool unbroken);
void engine_done(struct engine *engine);
/* From memory into a house, before anything happened; it is the engine's then. */
void engine_move(struct engine *engine, struct house *house);
/* Somebody else's write: a home, a nurse, an office. */
MUST_CHECK enum error engine_commit(struct engine *engine, const struct record_write *write,
				    int64_t *ret_version);
/* What stands in the record now, or NULL. */
const struct record_version *engine_find(struct engine *engine, struct str type, struct str id);
uint64_t engine_digest(const struct engine *engine);
/* False: the process died (engine->die_at is POINT_NONE again). */
MUST_CHECK bool engine_turn(struct engine *engine, int64_t now_us);
int64_t engine_next_us(const struct engine *engine);
enum engine_wake { WAKE_CHECKPOINT, WAKE_DAMAGED, WAKE_NOTHING };
/* Starts again after a death. False when the core cannot be rebuilt. */
MUST_CHECK bool engine_start(struct engine *engine, enum engine_wake wake, int64_t now_us);
void engine_keep(struct engine *engine); /* a checkpoint */
/* Byte for byte the state of the unbroken run. */
bool engine_is_unbroken(struct engine *engine);
/* engine_verify: every stored Task is what a fresh run over the whole feed gives, and no other is there. */
bool engine_verify(struct engine *engine, size_t *ret_alerts);

#endif
