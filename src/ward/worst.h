/* SPDX-License-Identifier: Apache-2.0
 * Scores by every chart that may be meant: what is not known about a patient takes the worse of the charts. Only the
 * files of this room's core include this header. */
#ifndef WARD_WORST_H
#define WARD_WORST_H

#include "ward/model.h"

/* Bit per band whose chart may be the patient's at set->at_us: two around a birthday of which only the year or the
 * month is known, all without a birth date. 0: the scale has no bands, or is not for that age. */
uint32_t worst_bands(enum score_scale scale, const struct score_set *set);
/* score_compute by the worst of these; ERROR_INVALID as there, also without a birth date. */
MUST_CHECK enum error worst_score(enum score_scale scale, const struct score_set *set,
				  struct score_result *ret_result);
/* The highest part of an input by any of these; SCORE_PART_UNKNOWN: none has one. */
int worst_part(enum score_scale scale, const struct score_set *set, unsigned input);
/* A set without a score: the values that are far out by themselves are its abnormal ones and make its level, on the
 * worst of the charts that may be meant; for a pregnant woman under NEWS2 a red of MEOWS is far out as well. */
void worst_unscored(const struct policy *policy, const struct score_set *values, bool pregnant,
		    struct set *set);

#endif
