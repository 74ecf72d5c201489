/* SPDX-License-Identifier: Apache-2.0
 * Plays a plan against a server: each home sends when it is time by the server's clock, the nurse looks in. */
#ifndef SIMULATE_PLAY_H
#define SIMULATE_PLAY_H

#include "simulate/nurse.h"

struct play {
	struct remote *remote;
	struct plan *plan;
	struct nurse *nurse;
	double speed;    /* rate of the server's clock that is wished for; 1: real time */
	double rate;     /* now: halved while sending falls behind */
	double rate_max; /* highest that was used */
	size_t next;     /* set of the plan to be sent next */
	size_t sent;
	int64_t shown_us; /* when progress was shown last, monotonic */
	bool terminal;
	bool quiet; /* shows no progress */
};
void play_init(struct play *play, struct remote *remote, struct plan *plan, struct nurse *nurse,
	       double speed);
/* Until the server's clock reads until_us. False when the server was lost. */
MUST_CHECK bool play_until(struct play *play, int64_t until_us);
void play_progress_clear(struct play *play);

#endif
