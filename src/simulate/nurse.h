/* SPDX-License-Identifier: Apache-2.0
 * The nurse of the simulated ward: looks at the open alerts now and then, acknowledges some with a plan,
 * resolves some that were acknowledged. What she does to an alert depends on the seed, the child and the round. */
#ifndef SIMULATE_NURSE_H
#define SIMULATE_NURSE_H

#include "simulate/alarm.h"

struct nurse {
	uint64_t seed;
	uint64_t round;
	int64_t next_us;  /* of the next round */
	int64_t until_us; /* then she leaves things as they are */
	bool thorough;    /* acknowledges all, resolves soon */
	int64_t acknowledged, resolved;
};
void nurse_init(struct nurse *nurse, uint64_t seed, int64_t start_us, int64_t until_us,
		bool thorough);
/* One round; false when the server was lost. */
MUST_CHECK bool nurse_round(struct nurse *nurse, struct remote *remote, const struct plan *plan);
MUST_CHECK bool nurse_acknowledge(struct nurse *nurse, struct remote *remote, const char *task,
				  const char *plan_text);

#endif
