/* SPDX-License-Identifier: Apache-2.0
 * Follows the feed and seals it (seal.h), a part at a time, so that the log's thread is never long away from who waits
 * for it. Thread: the log's. */
#ifndef ACCESS_SEALER_H
#define ACCESS_SEALER_H

#include "access/chain.h"
#include "access/seal.h"

struct sealer {
	struct clock *clock;
	struct seal seal; /* the one that is being made */
	bool failed;      /* at the last try, which is said once */
	bool known;       /* where it begins has been read */
	int64_t since_us; /* monotonic: the first version in it that is none of the log's own; 0: none is */
};
/* `ending`: a last seal is made at once. True when there is more to do at once. What cannot be done is tried again,
 * from where the record says. */
bool sealer_step(struct sealer *sealer, struct chain *chain, bool ending);

#endif
