/* SPDX-License-Identifier: Apache-2.0
 * Random days on the ward under a seed: readings in time, late and impossible, worry, acknowledgements, pauses,
 * corrections, a changing rota. */
#ifndef TESTS_WARD_STORY_H
#define TESTS_WARD_STORY_H

#include "world.h"

/* Opens `target` and plays one stream; `corrections` may change what was sent before. */
void story_play(struct world *target, uint64_t seed, unsigned steps, bool corrections);
/* The stream's own random numbers, for tests that go on from there. */
unsigned story_draw(unsigned below);

#endif
