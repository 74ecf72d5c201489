/* SPDX-License-Identifier: Apache-2.0
 * Defects put between the engine and the core on purpose: a proof that cannot fail proves nothing. Each must be found
 * by the inspector (tests/simulate). */
#ifndef SIMULATE_SABOTAGE_H
#define SIMULATE_SABOTAGE_H

#include "simulate/engine.h"

/* False: the core does not get to see it. May change the resource. */
bool sabotage_event(struct engine *engine, const struct record_version *version,
		    struct json *resource);
/* False: it is not written. May change the resource. */
bool sabotage_output(struct engine *engine, struct ward_output *output);
/* False: the timer does not fire. */
bool sabotage_timer(struct engine *engine);
/* The type's name as a text that outlives the step. */
struct str sabotage_type(struct str type);

#endif
