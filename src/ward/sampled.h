/* SPDX-License-Identifier: Apache-2.0
 * Readings of up to one a second: Observation.valueSampledData. Only the files of this room's core include this
 * header. */
#ifndef WARD_SAMPLED_H
#define WARD_SAMPLED_H

#include "ward/model.h"

struct strand;

/* One reading a window of the stream, in order, with `stated_us` and `sampled` set; NULL when the data cannot be read
 * as evenly spaced samples. `observation` gives the start. *ret_cut is set when there is more than is read.
 * *ret_strand, unless it is not asked for: what of it later streams may follow (bridge.h), or as it was. */
struct reading *sampled_read(const struct json *data, unsigned input,
			     const struct json *observation, const struct policy *policy,
			     struct strand **ret_strand, bool *ret_cut);

struct sampled_window {
	unsigned input;
	int64_t *values; /* the usable ones; sampled_value sorts them */
	size_t count;    /* of them */
	size_t samples;  /* with those that are not usable; more than 0 */
};
int64_t sampled_window_us(const struct policy *policy);
bool sampled_is_poor(const struct sampled_window *window, const struct policy *policy);
/* What a window that is not poor counts as. */
struct decimal sampled_value(struct sampled_window *window);
void sampled_put(struct reading *reading, struct decimal value);
/* Keeps of the continuous readings of the sets that changed what these sets need: the first, and of each input the
 * newest and the worst. The record keeps them all. */
void sampled_thin(struct ward_core *core, struct stay *stay, struct set_changes changes);
/* Windows whose time cannot be trusted, or lies ahead of now, all count as of their arrival: of those with a value the
 * lowest, the highest and the last stay in the list (and its first), for they decide. The record keeps them all. */
void sampled_ahead(struct reading *first, const struct policy *policy, int64_t now_us);

#endif
