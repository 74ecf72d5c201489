/* SPDX-License-Identifier: Apache-2.0
 * The same trial over the real thing: room store in a temporary folder and the ward's own runner (ward/runner.h), given
 * its turns by hand under a simulated clock. What the feed holds is copied into the trial's record, so that everything
 * else sees no difference. */
#ifndef SIMULATE_HOUSE_H
#define SIMULATE_HOUSE_H

#include "simulate/engine.h"

struct house;
/* A new store below `folder`; NULL with a line on stderr when it cannot be had. */
struct house *house_open(struct str folder, int64_t start_us);
void house_close(struct house *house); /* and the folder goes */
MUST_CHECK enum error house_commit(struct house *house, struct engine *engine,
				   const struct record_write *write, int64_t *ret_version);
/* Turns until nothing is left to do. */
void house_turn(struct house *house, struct engine *engine);
/* The process dies: by chance the store with it. */
void house_die(struct house *house, struct engine *engine);
MUST_CHECK bool house_start(struct house *house, struct engine *engine, enum engine_wake wake);
void house_keep(struct house *house, bool damaged);
struct ward_core *house_core(const struct house *house); /* NULL while it is down */
/* What `homeward verify` says of the alerts. */
bool house_verify(struct house *house);

#endif
