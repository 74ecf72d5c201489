/* SPDX-License-Identifier: Apache-2.0
 * Early-warning scores as pure functions over tables made from data/score (each file names its
 * official chart). Nothing missing scores as normal: a partial set gives its total so far, the lowest and the
 * highest it could be, and what is missing. A value in a published gap, or a fraction the chart does not
 * define, takes the worse neighbouring score. */
#ifndef SCORE_SCORE_H
#define SCORE_SCORE_H

#include "base/date.h"
#include "base/decimal.h"
#include "base/issue.h"

/* NEWS2 and National PEWS add points. MEOWS (maternity) is a colour scale: a part is white, yellow or red. Its points
 * are no score to show: a yellow counts 1 and a red 2, so that one red or two yellows together reach its trigger, 2. */
enum score_scale { SCORE_NEWS2, SCORE_NPEWS, SCORE_MEOWS, SCORE_SCALE_COUNT };
struct str score_scale_name(enum score_scale scale);  /* "news2" */
struct str score_scale_label(enum score_scale scale); /* "NEWS2", "PEWS", "MEOWS" */
bool score_scale_find(struct str name, enum score_scale *ret_scale);
#define SCORE_YELLOW 1
#define SCORE_RED 2

enum score_input {
	SCORE_RESPIRATORY_RATE,
	SCORE_HEART_RATE,
	SCORE_SYSTOLIC,
	SCORE_SPO2,
	SCORE_TEMPERATURE,
	SCORE_CONSCIOUSNESS,
	SCORE_OXYGEN,
	SCORE_RESPIRATORY_DISTRESS,
	SCORE_CAPILLARY_REFILL,
	SCORE_DIASTOLIC,
	SCORE_INPUT_COUNT,
};
struct str score_input_name(
	enum score_input input); /* "respiratoryRate" …: the words of the CLI and the board */

enum score_consciousness {
	SCORE_ALERT,
	SCORE_CONFUSION,
	SCORE_VOICE,
	SCORE_PAIN,
	SCORE_UNRESPONSIVE,
	SCORE_ASLEEP
};
enum score_oxygen_device {
	SCORE_AIR,
	SCORE_NP,
	SCORE_FM,
	SCORE_HB,
	SCORE_NRB,
	SCORE_HF,
	SCORE_BIPAP,
	SCORE_CPAP
};
enum score_distress {
	SCORE_DISTRESS_NONE,
	SCORE_DISTRESS_MILD,
	SCORE_DISTRESS_MODERATE,
	SCORE_DISTRESS_SEVERE
};
enum score_bp_not_done { SCORE_BP_NCO, SCORE_BP_U0, SCORE_BP_U4 };

/* Measurements in the units of ward.md section 4: /min, mmHg, %, Cel, s, L/min. Numbers are decimals, never
 * doubles, so that 38.0 is 38.0. `has` tells which inputs are present. */
struct score_set {
	bool has[SCORE_INPUT_COUNT];
	struct decimal respiratory_rate, heart_rate, systolic, spo2, temperature, capillary_refill,
		diastolic;
	enum score_consciousness consciousness;
	enum score_oxygen_device oxygen_device;
	bool has_oxygen_litres, has_oxygen_fio2;
	struct decimal oxygen_litres, oxygen_fio2;
	enum score_distress distress;
	bool has_bp_not_done;
	enum score_bp_not_done bp_not_done;
	int spo2_scale; /* 1 or 2; NEWS2 only */
	bool has_birth_date;
	struct date birth_date;
	bool has_at;
	int64_t at_us;
	bool has_chart; /* somebody chose the chart; National PEWS only */
	int chart;      /* a band next to that of the age (SPOT specification V2.0, C2.2) */
	bool has_band; /* by this band's tables, whatever age and chart: for values of whom the age is not known */
	int band;
};
enum score_level {
	SCORE_LEVEL_NONE,
	SCORE_LEVEL_LOW,
	SCORE_LEVEL_LOW_MEDIUM,
	SCORE_LEVEL_MEDIUM,
	SCORE_LEVEL_HIGH,
	SCORE_LEVEL_EMERGENCY,
};
struct str score_level_name(enum score_level level); /* "low-medium" … */

#define SCORE_PART_UNKNOWN (-1)
struct score_result {
	int total; /* of the parts that are known */
	bool complete;
	int low, high;                /* bounds of the true total */
	int parts[SCORE_INPUT_COUNT]; /* SCORE_PART_UNKNOWN: missing or not scored on this scale */
	bool missing[SCORE_INPUT_COUNT]; /* scored inputs that are absent */
	enum score_level level;          /* of `total`, single-parameter rules included */
	int band;                        /* NPEWS age band 0..3; -1 for the others */
	struct str band_name;            /* "1-4 years" */
};
/* ERROR_INVALID with an issue when a value is impossible (hard limits of ward.md section 4), a birth date or
 * instant is needed and absent (NPEWS), the chart chosen is not next to that of the age, or the scale does not
 * apply. */
MUST_CHECK enum error score_compute(enum score_scale scale, const struct score_set *set,
				    struct issues *issues, struct score_result *ret_result);
/* The band of an age, -1 when the scale has no bands or is not for that age. Before the birth it is the first one. */
int score_band_at(enum score_scale scale, struct date birth, int64_t at_us);
/* How many bands the scale has; 0: one chart for all. */
int score_band_count(enum score_scale scale);
struct str score_band_name(enum score_scale scale, int band); /* "1-4 years" */
/* The hard and soft plausibility limits, for the ward: */
enum score_plausibility { SCORE_PLAUSIBLE, SCORE_SUSPECT, SCORE_IMPOSSIBLE };
enum score_plausibility score_plausibility(enum score_input input, struct decimal value);

/* Reds and yellows of a result on a colour scale. */
void score_colours(const struct score_result *result, unsigned *ret_red, unsigned *ret_yellow);

/* `homeward score news2|npews|meows`: JSON objects, one a line. Exit code. */
int score_command(int argument_count, char **arguments);

#endif
