/* SPDX-License-Identifier: Apache-2.0
 * The published early warning charts once more, typed from reference/ward.md sections 1.1, 1.2 and 4 and not from
 * room score: the ward is compared with these. Values are tenths of the sign's unit, codes are codes. Pure. */
#ifndef SIMULATE_CHART_H
#define SIMULATE_CHART_H

#include <stdbool.h>
#include <stdint.h>

enum sign {
	SIGN_BREATHS,
	SIGN_PULSE,
	SIGN_SPO2,
	SIGN_TEMPERATURE,
	SIGN_SYSTOLIC,
	SIGN_REFILL,
	SIGN_OXYGEN,   /* tenths of a litre a minute by nasal prongs; 0: air */
	SIGN_DISTRESS, /* 0 none, 1 mild, 2 moderate, 3 severe */
	SIGN_MIND,     /* enum mind */
	SIGN_COUNT,
	SIGN_WORRY = SIGN_COUNT, /* 1: worried; no part of a chart */
	SIGN_KINDS,
};
enum mind { MIND_ALERT, MIND_CONFUSED, MIND_VOICE, MIND_PAIN, MIND_UNRESPONSIVE, MIND_ASLEEP };

enum grade {
	GRADE_NONE,
	GRADE_TECHNICAL,
	GRADE_LOW,
	GRADE_MEDIUM,
	GRADE_HIGH,
	GRADE_EMERGENCY,
	GRADE_COUNT
};
const char *grade_name(enum grade grade); /* as the extension alert-level has it */

/* Children 0 to 3 by age band, adults beyond. */
enum { CHART_ADULT = 4 };
int chart_of_age(int age_years, bool adult);

struct chart_sum {
	int total;
	bool complete;
	uint32_t abnormal; /* bit per sign with points */
	enum grade grade;  /* of the alert: total and single value together */
};
/* Points of one value; 0 also for signs that the chart does not score. */
int chart_points(int chart, enum sign sign, int value);
/* `signs`: bit per sign present in `points`. */
struct chart_sum chart_add(int chart, uint32_t signs, const int points[SIGN_COUNT]);

enum plausibility { PLAUSIBLE, DOUBTFUL, IMPOSSIBLE };
enum plausibility chart_plausibility(enum sign sign, int value);

#endif
