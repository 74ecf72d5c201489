/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/chart.h"

#include <stddef.h>

/* Up to and without this value (tenths) these points count; the last row has no limit. */
struct step {
	int below, points;
};
enum { STEPS = 7, END = 1000000 };

static const struct step breaths[5][STEPS] = {
	{ { 100, 4 }, { 200, 2 }, { 300, 1 }, { 500, 0 }, { 600, 1 }, { 700, 2 }, { END, 4 } },
	{ { 100, 4 }, { 200, 2 }, { 400, 0 }, { 500, 1 }, { 600, 2 }, { END, 4 } },
	{ { 100, 4 }, { 150, 2 }, { 200, 1 }, { 250, 0 }, { 400, 1 }, { 500, 2 }, { END, 4 } },
	{ { 100, 4 }, { 150, 1 }, { 250, 0 }, { 300, 1 }, { 400, 2 }, { END, 4 } },
	{ { 90, 3 }, { 120, 1 }, { 210, 0 }, { 250, 2 }, { END, 3 } },
};
static const struct step pulse[5][STEPS] = {
	{ { 800, 4 }, { 900, 2 }, { 1100, 1 }, { 1500, 0 }, { 1700, 1 }, { 1800, 2 }, { END, 4 } },
	{ { 600, 4 }, { 700, 2 }, { 900, 1 }, { 1400, 0 }, { 1500, 1 }, { 1700, 2 }, { END, 4 } },
	{ { 600, 4 }, { 700, 2 }, { 800, 1 }, { 1200, 0 }, { 1400, 1 }, { 1600, 2 }, { END, 4 } },
	{ { 500, 4 }, { 600, 2 }, { 700, 1 }, { 1000, 0 }, { 1200, 1 }, { 1300, 2 }, { END, 4 } },
	{ { 410, 3 }, { 510, 1 }, { 910, 0 }, { 1110, 1 }, { 1310, 2 }, { END, 3 } },
};
static const struct step systolic[5][STEPS] = {
	{ { 500, 4 }, { 600, 2 }, { 700, 1 }, { 900, 0 }, { 1000, 1 }, { 1100, 2 }, { END, 4 } },
	{ { 500, 4 }, { 600, 2 }, { 800, 1 }, { 1000, 0 }, { 1200, 1 }, { 1300, 2 }, { END, 4 } },
	{ { 700, 4 }, { 800, 2 }, { 900, 1 }, { 1100, 0 }, { 1200, 1 }, { 1300, 2 }, { END, 4 } },
	{ { 800, 4 }, { 900, 2 }, { 1000, 1 }, { 1200, 0 }, { 1300, 1 }, { 1400, 2 }, { END, 4 } },
	{ { 910, 3 }, { 1010, 2 }, { 1110, 1 }, { 2200, 0 }, { END, 3 } },
};
static const struct step spo2[2][STEPS] = {
	{ { 911, 4 }, { 950, 1 }, { END, 0 } }, /* 91.01 to 94.99 is 1 */
	{ { 920, 3 }, { 940, 2 }, { 960, 1 }, { END, 0 } },
};
static const struct step warmth[STEPS] = {
	{ 351, 3 }, { 361, 1 }, { 381, 0 }, { 391, 1 }, { END, 2 }
};
static const struct step flow[STEPS] = { { 1, 0 }, { 20, 1 }, { 60, 2 }, { END, 4 } };

static const uint32_t scored_child = 1u << SIGN_BREATHS | 1u << SIGN_PULSE | 1u << SIGN_SPO2 |
				     1u << SIGN_SYSTOLIC | 1u << SIGN_REFILL | 1u << SIGN_OXYGEN |
				     1u << SIGN_DISTRESS;
static const uint32_t scored_adult = 1u << SIGN_BREATHS | 1u << SIGN_PULSE | 1u << SIGN_SPO2 |
				     1u << SIGN_SYSTOLIC | 1u << SIGN_OXYGEN | 1u << SIGN_MIND |
				     1u << SIGN_TEMPERATURE;

const char *grade_name(enum grade grade)
{
	static const char *const names[] = { "none",   "technical", "low",
					     "medium", "high",      "emergency" };
	return names[grade];
}

int chart_of_age(int age_years, bool adult)
{
	if (adult)
		return CHART_ADULT;
	return age_years < 1 ? 0 : age_years < 5 ? 1 : age_years < 13 ? 2 : 3;
}

static int look_up(const struct step *step, int value)
{
	while (value >= step->below)
		step++;
	return step->points;
}

int chart_points(int chart, enum sign sign, int value)
{
	static const int distress[] = { 0, 1, 2, 4 };
	bool adult = chart == CHART_ADULT;
	switch (sign) {
	case SIGN_BREATHS:
		return look_up(breaths[chart], value);
	case SIGN_PULSE:
		return look_up(pulse[chart], value);
	case SIGN_SYSTOLIC:
		return look_up(systolic[chart], value);
	case SIGN_SPO2:
		return look_up(spo2[adult], value);
	case SIGN_TEMPERATURE:
		return adult ? look_up(warmth, value) : 0;
	case SIGN_MIND:
		return adult && value != MIND_ALERT ? 3 : 0;
	case SIGN_OXYGEN:
		return adult ? (value > 0 ? 2 : 0) : look_up(flow, value);
	case SIGN_DISTRESS:
		return adult ? 0 : distress[value];
	case SIGN_REFILL:
		return adult || value <= 20 ? 0 : 2;
	case SIGN_WORRY:
	case SIGN_KINDS:
	default:
		return 0;
	}
}

struct chart_sum chart_add(int chart, uint32_t signs, const int points[SIGN_COUNT])
{
	bool adult = chart == CHART_ADULT;
	uint32_t scored = adult ? scored_adult : scored_child;
	int alone = adult ? 3 : 4;
	bool far = false;
	struct chart_sum sum = { .complete = (signs & scored) == scored };
	for (unsigned sign = 0; sign < SIGN_COUNT; sign++) {
		if ((signs & scored & 1u << sign) == 0 || points[sign] == 0)
			continue;
		sum.total += points[sign];
		sum.abnormal |= 1u << sign;
		far = far || points[sign] >= alone;
	}
	if (adult)
		sum.grade = sum.total >= 7   ? GRADE_EMERGENCY
			    : sum.total >= 5 ? GRADE_HIGH
			    : sum.total >= 1 ? GRADE_LOW
					     : GRADE_NONE;
	else
		sum.grade = sum.total >= 13  ? GRADE_EMERGENCY
			    : sum.total >= 9 ? GRADE_HIGH
			    : sum.total >= 5 ? GRADE_MEDIUM
			    : sum.total >= 1 ? GRADE_LOW
					     : GRADE_NONE;
	/* One value far out: of NEWS2 always, of National PEWS where parts are missing. */
	if (far && (adult || !sum.complete) && sum.grade < GRADE_MEDIUM)
		sum.grade = GRADE_MEDIUM;
	return sum;
}

enum plausibility chart_plausibility(enum sign sign, int value)
{
	static const struct {
		int hard_low, soft_low, soft_high, hard_high;
	} limits[SIGN_KINDS] = {
		[SIGN_BREATHS] = { 1, 1, 1500, 1500 },
		[SIGN_PULSE] = { 150, 150, 3200, 3200 },
		[SIGN_SPO2] = { 300, 700, 1000, 1000 },
		[SIGN_TEMPERATURE] = { 250, 340, 415, 450 },
		[SIGN_SYSTOLIC] = { 300, 300, 3000, 3000 },
	};
	if (limits[sign].hard_high == 0)
		return PLAUSIBLE;
	if (value < limits[sign].hard_low || value > limits[sign].hard_high)
		return IMPOSSIBLE;
	return value < limits[sign].soft_low || value > limits[sign].soft_high ? DOUBTFUL
									       : PLAUSIBLE;
}
