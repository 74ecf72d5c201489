/* SPDX-License-Identifier: Apache-2.0
 * The readings of a stay in the order of (measured_us, feed, input), found by time, by input, by their Observation and
 * by what they say. Everything that puts a reading into a stay or takes it out comes through here; `stay->readings` is
 * the head of the same readings as a list. None of this is part of the state: it follows from the readings. */
#ifndef WARD_TIMELINE_H
#define WARD_TIMELINE_H

#include "ward/model.h"

/* The reading becomes the stay's. Its times, feed, input, Observation, device and value stand still from now on. */
void timeline_add(struct ward_core *core, struct stay *stay, struct reading *reading);
/* Takes a reading out and frees it. */
void timeline_drop(struct ward_core *core, struct reading *reading);
/* Frees the oldest reading. */
void timeline_forget(struct ward_core *core, struct stay *stay);
/* Frees all readings of a stay whose core is ending. */
void timeline_destroy(struct stay *stay);
void timeline_done(struct ward_core *core);

/* The first reading measured at `from_us` or later. */
struct reading *timeline_from(const struct stay *stay, int64_t from_us);
/* The same among those of one input: its number; timeline_at walks on from there and ends with NULL. */
uint32_t timeline_find(const struct stay *stay, unsigned input, int64_t from_us);
struct reading *timeline_at(const struct stay *stay, unsigned input, uint32_t number);
/* One of the readings of this Observation, or NULL. */
const struct reading *timeline_of(const struct ward_core *core, struct str observation);
/* The newest of an input that has a value and repeats no other, or NULL. */
struct reading *timeline_newest(const struct stay *stay, unsigned input);
/* Takes all readings of this Observation out of the stay in which they stand; the list, newest first, becomes the
 * caller's. NULL, and *ret_stay as it was, when there are none. */
struct reading *timeline_take(struct ward_core *core, struct str observation,
			      struct stay **ret_stay);
/* The next reading of the stay after `after` (NULL: the first) that says what `reading` says. */
struct reading *timeline_like(const struct ward_core *core, const struct stay *stay,
			      const struct reading *reading, const struct reading *after);
/* Whether an earlier reading of the stay says the same (reading_same). */
bool timeline_repeats(const struct ward_core *core, const struct reading *reading);

#endif
