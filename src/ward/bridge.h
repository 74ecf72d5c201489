/* SPDX-License-Identifier: Apache-2.0
 * Over the end of a stream. Of each continuous Observation a stay keeps a strand: its first and its last samples, as
 * many as a window has. Where strands of one device, sign and pace follow each other with no more than one sample
 * missing, the windows that lie across the end of the earlier one are looked at as well, and a bridge is what such a
 * window says: a reading of the later Observation. Bridges are a function of the strands that stand, in whatever
 * order they came, so a correction or a withdrawal of either side makes them anew. What is kept is bounded: the
 * newest BRIDGE_STRANDS_MAX of a stay, no longer than its readings. docs/decisions/0007.
 * Only the files of this room's core include this header. */
#ifndef WARD_BRIDGE_H
#define WARD_BRIDGE_H

#include "ward/model.h"

/* An hour of four signs, a stream a minute: so far out of order may an outage's streams come. */
#define BRIDGE_STRANDS_MAX 256
#define BRIDGE_SAMPLES_MAX 120 /* of a window; of a faster stream each n-th sample is kept */
#define BRIDGE_MADE_MAX 4      /* two windows, and two strands that end alike */
#define BRIDGE_NONE INT64_MAX  /* a sample without a value */

struct strand {
	struct strand *newer, *older; /* of the stay, as they came */
	struct stay *stay;
	char observation[MODEL_ID_BYTES];
	char device[MODEL_REFERENCE_BYTES];
	char site[MODEL_SITE_BYTES];
	uint8_t input, source;
	int16_t quality;
	bool stamped, device_clock, time_suspect;
	int64_t skew_us, shift_us; /* stamp.h; what it moved the readings by */
	int64_t received_us;
	int64_t start_us, end_us;   /* by the device; the end of the last sample's time */
	int64_t first_us;           /* of its first reading, before any stamp */
	int64_t period_us, step_us; /* between two samples, and between two that are kept */
	bool whole;                 /* the tail is all of it */
	uint32_t count;             /* of head and of tail each */
	int64_t *head, *tail; /* scaled as sampled.c does, or BRIDGE_NONE; one piece of memory */
	uint32_t made_count;
	struct bridge_made {       /* what it says now */
		int64_t stated_us; /* by the device */
		struct decimal value;
	} made[BRIDGE_MADE_MAX];
};

/* All samples of a stream; NULL when it is too short, or too slow, to be bridged. Owner: the caller. */
struct bridge_samples {
	unsigned input;
	int64_t start_us, period_us;
	const int64_t *values;
	const bool *usable;
	size_t count, window; /* samples; of a window */
};
struct strand *bridge_strand(const struct bridge_samples *samples);
/* Of a strand that is no stay's; NULL: none. */
void bridge_free(struct strand *strand);

/* Takes the strand of this Observation out of the stay of which it is; NULL, and *ret_stay as it was, when there is
 * none. Owner: the caller. */
struct strand *bridge_take(struct ward_core *core, struct str observation, struct stay **ret_stay);
/* The strand, of an Observation that has none, becomes the stay's; `first` is the first reading of that, stamped. */
void bridge_join(struct ward_core *core, struct stay *stay, struct strand *strand,
		 const struct reading *first);
/* Makes the bridges of everything that stands on or after `strand` anew, which has come or gone. *ret_gone: readings
 * that stand no longer, taken out; result: new ones. Both lists are the caller's. */
struct reading *bridge_renew(struct ward_core *core, struct stay *stay, const struct strand *strand,
			     struct reading **ret_gone);
/* A stamp has moved this reading from `before_us`, and with it all of its Observation. */
void bridge_stamp(struct ward_core *core, const struct reading *reading, int64_t before_us);
/* What came before this instant is forgotten. */
void bridge_forget(struct ward_core *core, struct stay *stay, int64_t before_us);
void bridge_destroy(struct stay *stay); /* the core is ending */
/* Checkpoint: as the newest of the stay, with head and tail of `count`. */
void bridge_link(struct ward_core *core, struct stay *stay, struct strand *strand);
bool bridge_room(struct strand *strand); /* for its samples; false: more than there can be */

#endif
