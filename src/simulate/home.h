/* SPDX-License-Identifier: Apache-2.0
 * A child at home and what its family measures. Pure: all chance comes from dice. */
#ifndef SIMULATE_HOME_H
#define SIMULATE_HOME_H

#include "base/date.h"
#include "score/score.h"
#include "simulate/dice.h"

enum { HOME_ID_BYTES = 48, HOME_NAME_BYTES = 40, HOME_CHILDREN_MAX = 2000 };

struct home_vitals {
	int respiratory_rate, heart_rate, spo2, temperature_tenths, systolic;
	enum score_distress distress;
};
struct home_child {
	char id[HOME_ID_BYTES]; /* of the Patient; Device and RelatedPerson ids are made of it */
	char given[HOME_NAME_BYTES], family[HOME_NAME_BYTES];
	char birth_date[11];
	struct date birth;
	char contact_given[HOME_NAME_BYTES];
	bool female, mother;
	struct home_vitals usual; /* at rest by day */
	int litres_tenths;        /* oxygen by nasal prongs at home; 0: air */
	bool measures_pressure, states_oxygen;
	int64_t admitted_us; /* by the server */
};
/* How ill: 0 well, 1000 as ill as a child at home gets; and how many tenths of a degree above usual. */
struct home_course {
	int severity;
	int fever_tenths;
};

/* What a home sends at one time. */
struct home_set {
	size_t child;
	size_t number;       /* in the plan, for ids */
	int64_t measured_us; /* of its first reading; each further one 15 s later */
	int64_t send_us;
	bool has[SCORE_INPUT_COUNT];
	struct home_vitals vitals;
	int litres_tenths;
	bool worried;   /* a call for help instead of readings */
	bool singly;    /* one request a reading */
	bool backward;  /* last reading first */
	bool is_repeat; /* the same readings again, from a device that missed the answer */
	/* what the server answered */
	bool arrived;
	int64_t first_arrival_us, last_arrival_us;
};
#define HOME_READING_STEP_US (15 * DATE_US_PER_S)

/* A child of that age in whole years (0..17) at `at_us`, well, with a name that no one bears. */
void home_child_make(struct home_child *child, struct dice *dice, int age_years, int64_t at_us);
/* Usual values with the rhythm of the day, chance, and the course of an illness. */
void home_measure(const struct home_child *child, struct dice *dice,
		  const struct home_course *course, struct home_set *set);
/* The readings as the scores want them, in tenths and whole numbers. */
void home_score_set(const struct home_child *child, const struct home_set *set,
		    struct score_set *ret_set);
/* Time of a reading of the set. */
int64_t home_reading_us(const struct home_set *set, enum score_input input);

#endif
