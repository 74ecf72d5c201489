/* SPDX-License-Identifier: Apache-2.0
 * Whether a store that was opened after the power had failed is what its ledger says. */
#ifndef TESTS_STORE_POWER_CHECK_H
#define TESTS_STORE_POWER_CHECK_H

#include "power_load.h"

struct check {
	struct support *support; /* its folder holds the image */
	const struct ledger *ledger;
	int64_t feed_min; /* acknowledged, or seen by a reader: must be there */
	/* results */
	int64_t feed_last;
	char fault[200]; /* empty: none */
};
/* Opens the store; false when it does not open, or is not whole: `feed_last` then means nothing. The store stays open
 * when it could be opened. */
bool check_open(struct check *check);
/* New commits of two clients' kinds: that it takes them, and numbers them on from where it was. */
bool check_goes_on(struct check *check, struct ledger *ledger, struct record *record,
		   uint64_t seed);

#endif
