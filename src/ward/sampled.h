/* SPDX-License-Identifier: Apache-2.0
 * Readings of up to one a second: Observation.valueSampledData. Only the files of this room's core include this
 * header. */
#ifndef WARD_SAMPLED_H
#define WARD_SAMPLED_H

#include "ward/model.h"

/* One reading a window of the stream, in order, with `stated_us` and `sampled` set; NULL when the data cannot be read
 * as evenly spaced samples. `observation` gives the start. *ret_cut is set when there is more than is read. */
struct reading *sampled_read(const struct json *data, unsigned input,
			     const struct json *observation, const struct policy *policy,
			     bool *ret_cut);
/* Keeps of the continuous readings of the sets that changed what these sets need: the first, and of each input the
 * newest and the worst. The record keeps them all. */
void sampled_thin(struct ward_core *core, struct stay *stay, struct set_changes changes);

#endif
