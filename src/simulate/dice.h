/* SPDX-License-Identifier: Apache-2.0
 * A seeded generator (splitmix64: Steele, Lea, Flood 2014): the same seed plays the same ward. Not for secrets. */
#ifndef SIMULATE_DICE_H
#define SIMULATE_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

static inline uint64_t dice_roll(struct dice *dice)
{
	uint64_t mixed = dice->state += UINT64_C(0x9e3779b97f4a7c15);
	mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ (mixed >> 31);
}
/* Dice of their own for one purpose, so that what one part rolls does not move another. */
static inline struct dice dice_for(uint64_t seed, uint64_t purpose, uint64_t number)
{
	struct dice dice = { seed * UINT64_C(0xd1342543de82ef95) +
			     purpose * UINT64_C(0x2545f4914f6cdd1d) + number };
	dice_roll(&dice);
	return dice;
}
/* Both ends included; high >= low. */
static inline int64_t dice_between(struct dice *dice, int64_t low, int64_t high)
{
	return low + (int64_t)(dice_roll(dice) % (uint64_t)(high - low + 1));
}
static inline bool dice_percent(struct dice *dice, int64_t percent)
{
	return dice_between(dice, 0, 99) < percent;
}

#endif
