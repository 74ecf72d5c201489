/* SPDX-License-Identifier: Apache-2.0
 * What the ward itself puts into the record: the policies and questionnaires that come with the program, and which
 * channels are set up. It is written at the start. What could not be written then is tried again while the ward runs:
 * at once when the store can be written again, else once a minute of real time. A channel that the record says is off
 * is written anew in the same way. */
#ifndef WARD_SETUP_H
#define WARD_SETUP_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct ward;

struct setup {
	enum error error; /* of the last try; not ERROR_OK: not all of it stands in the record */
	bool tried;
	bool writable;    /* the store, as far as it is known */
	int64_t tried_us; /* monotonic */
};

/* Whether to try now; `wanted`: something is missing, `writable`: the store says that it can be written. */
bool setup_is_due(struct setup *setup, bool wanted, bool writable, int64_t now_us);
void setup_tried(struct setup *setup, enum error error, int64_t now_us);
/* Writes what is missing, when it is due. For the ward's thread; ward->arena is used. */
void setup_turn(struct ward *ward);
/* Whether something is missing for a reason that somebody must know: not that another wrote it in between. */
bool setup_fails(const struct setup *setup);

#endif
