/* SPDX-License-Identifier: Apache-2.0
 * The whole way, tried from outside: a worried parent's reading of the ward's synthetic patient (meta.tag HTEST)
 * is sent as any home sends it; it must become an alert and the alert a page that is delivered. Nobody is called:
 * all of its pages go to a role self-test of the ward (src/ward/self_test.c). Source: docs/reference/ward.md
 * section 4, "Dead-man". Thread: one a client. */
#ifndef WATCH_SELF_TEST_H
#define WATCH_SELF_TEST_H

#include "client/client.h"

#include <stdatomic.h>

struct self_test {
	struct client *client;
	struct arena *arena; /* reset by every run */
	struct str secret;   /* of the beat, whose time the readings carry */
	const char *ward;    /* id of the Organization */
	int limit_ms;        /* for the alert, and again for its page */
	const atomic_bool *stopping;
};
/* NULL: it works, or was stopped. Else what did not, in plain words. */
const char *self_test_run(const struct self_test *test);

#endif
