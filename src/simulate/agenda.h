/* SPDX-License-Identifier: Apache-2.0
 * What will happen in a simulated town, by true time; of one instant first in, first out. */
#ifndef SIMULATE_AGENDA_H
#define SIMULATE_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum thing_kind {
	THING_ADMIT,
	THING_MEASURE,
	THING_SEND,
	THING_AGAIN, /* the last upload once more */
	THING_WORRY,
	THING_CORRECT,
	THING_PAUSE,
	THING_RETURN,
	THING_DISCHARGE,
	THING_NURSE,
	THING_ROTA,
	THING_RECEIPT, /* of a page, by its number at the provider */
	THING_BEAT,    /* of the patch of a bed */
	THING_SWAP,    /* devices, of a bed */
	THING_SWAP_BACK,
	THING_GIVE_BACK,     /* a device, of a bed */
	THING_ASSIGN,        /* a device, by its patient's number and kind */
	THING_MOVE_ON,       /* of a bed, to the other ward; from TRIAL_BEDS_MAX on: once */
	THING_DEATH,         /* of the patient of a stay */
	THING_LIVING,        /* it was a wrong entry */
	THING_SECOND_RECORD, /* of the patient of a bed */
	THING_MERGE,
	THING_PART,      /* the merge is taken back */
	THING_HAND_OVER, /* of a bed */
	THING_ACCEPT,    /* a handover, by its number */
	THING_KEEP,
	THING_DIE,
	THING_CUT, /* the same, once */
	THING_BACK,
	THING_LAG,
	THING_CAUGHT_UP,
	THING_CLOCK_AHEAD,
	THING_CLOCK_RIGHT,
	THING_COMPARE,
};
struct thing {
	int64_t at_us;
	uint64_t number;
	enum thing_kind kind;
	size_t of; /* bed, or alert */
};
struct agenda {
	struct thing *heap;
	size_t count, capacity;
	uint64_t next_number;
};
void agenda_done(struct agenda *agenda);
/* False when memory is short. */
bool agenda_put(struct agenda *agenda, int64_t at_us, enum thing_kind kind, size_t of);
const struct thing *agenda_first(const struct agenda *agenda); /* NULL: empty */
struct thing agenda_take(struct agenda *agenda);

#endif
