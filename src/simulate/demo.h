/* SPDX-License-Identifier: Apache-2.0
 * The demonstration ward's script. Internal to the room. */
#ifndef SIMULATE_DEMO_H
#define SIMULATE_DEMO_H

#include "simulate/play.h"

enum { DEMO_CHILDREN = 12 };
/* Children and all that they send from plan->start_us over present_us up to plan->end_us. */
void demo_plan(struct plan *plan, uint64_t seed, int64_t present_us, const char *prefix);
/* What the nurse does just before the present: the child with a middling score is acknowledged with a plan. */
MUST_CHECK bool demo_acknowledge(struct play *play);
/* When that is. */
int64_t demo_acknowledge_us(int64_t present_us);
/* From then on the nurse leaves the board to whoever looks at it. */
int64_t demo_hands_off_us(int64_t present_us);

#endif
