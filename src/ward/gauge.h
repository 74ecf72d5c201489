/* SPDX-License-Identifier: Apache-2.0
 * What an operator wants to know of all wards at one instant, in numbers alone: nobody's name, id or ward is in it.
 * Times are instants and no ages, so that who reads them later still sees the age grow when the ward's thread has
 * stopped. The synthetic patient's own alerts and pages are not counted, nor is its stay. */
#ifndef WARD_GAUGE_H
#define WARD_GAUGE_H

#include "ward/model.h"

#define GAUGE_STATES (ALERT_ACCEPTED + 1) /* of an open alert */

struct gauge {
	uint32_t open[ALERT_LEVEL_COUNT][GAUGE_STATES];
	/* Since when the oldest unanswered alert has its level; MODEL_NEVER: there is none. Snoozed is answered. */
	int64_t unanswered_us[ALERT_LEVEL_COUNT];
	/* Unanswered for longer than the first rung of the level had, or since the time for review ran out. */
	uint32_t overdue[ALERT_LEVEL_COUNT];
	uint32_t pages[CHANNEL_COUNT]; /* that no sender has taken */
	int64_t page_us
		[CHANNEL_COUNT]; /* when the oldest of them was made; MODEL_NEVER: there is none */
	uint32_t stays[STAY_FINISHED + 1];
	uint32_t wards;
	uint32_t wards_unstaffed; /* with patients and no clinician on shift */
	uint32_t self_tests_failed;
	int64_t self_test_us; /* the newest set of the synthetic patient; 0: none is known */
};
/* As at `now_us`. ward_core_wards has counted the patients of each ward before. */
void gauge_take(const struct ward_core *core, int64_t now_us, struct gauge *ret_gauge);

#endif
