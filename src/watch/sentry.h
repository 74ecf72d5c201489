/* SPDX-License-Identifier: Apache-2.0
 * When to call for help. A state machine without clock or network: it is told how each look at the server
 * ended and what time it is, and says whether somebody has to be told. Source of the times: docs/reference/ward.md
 * section 4, "Dead-man" (a beat every 30 s, a page after 120 s without one). Thread: one. */
#ifndef WATCH_SENTRY_H
#define WATCH_SENTRY_H

#include "client/beat.h"

struct sentry_times {     /* microseconds */
	int64_t after_us; /* without a good beat: page */
	int64_t again_us; /* still without: page again */
};
enum sentry_act {
	SENTRY_NOTHING,
	SENTRY_PAGE,     /* the server is lost */
	SENTRY_AGAIN,    /* it still is */
	SENTRY_RECOVERED /* it is back */
};
struct sentry {
	struct sentry_times times;
	int64_t good_us;  /* the last good beat; the start when there was none */
	int64_t paged_us; /* 0: not lost */
	enum beat_result last;
	char failing[BEAT_WORDS_BYTES];
};
/* Times are monotonic. The start counts as a good beat: a server that never was there is lost too. */
void sentry_start(struct sentry *sentry, struct sentry_times times, int64_t now_us);
void sentry_beat(struct sentry *sentry, const struct beat *beat, int64_t now_us);
enum sentry_act sentry_act(struct sentry *sentry, int64_t now_us);
/* When sentry_act has to be asked again even if no beat comes before. */
int64_t sentry_due_us(const struct sentry *sentry);

#endif
