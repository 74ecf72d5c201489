/* SPDX-License-Identifier: Apache-2.0
 * How one alert must climb while nobody answers: reference/ward.md section 4, table of levels, rungs and times, with
 * the ladders of the published policies. A model to compare Tasks with; shares nothing with room ward. Pure. */
#ifndef SIMULATE_LADDER_H
#define SIMULATE_LADDER_H

#include "base/date.h"
#include "simulate/chart.h"
#include "simulate/office.h"

enum duty { DUTY_NURSE, DUTY_LEAD, DUTY_CHARGE, DUTY_REGISTRAR, DUTY_CONSULTANT, DUTY_SWITCHBOARD };
/* Ways to a person that leave the house, as the medium of a page names them. */
enum way { WAY_NONE, WAY_SMS, WAY_VOICE, WAY_MAIL, WAY_COUNT };
enum {
	ROTA_PEOPLE_MAX = 20,
	ROTA_WARDS = 2, /* of one hospital */
	ROTA_SHIFTS_MAX = 400,
	LADDER_CLIMBS_MAX = 128,
	LADDER_HOMES_MAX = 16
};
/* What a policy of simulated wards asks for instead of the shipped limits, to answer Medium and High. */
enum { LADDER_BRISK_MEDIUM_MIN = 10, LADDER_BRISK_HIGH_MIN = 4 };
struct rota_person {
	char id[32]; /* of the PractitionerRole */
	enum duty duty;
	size_t ward;
	bool always;              /* has no schedule */
	enum way ways[WAY_COUNT]; /* in the order in which they are tried; WAY_NONE ends */
	size_t shift_count;
	struct rota_shift {
		int64_t start_us, end_us;
	} shifts[ROTA_SHIFTS_MAX];
};
struct rota {
	struct office office; /* of the technical desk, by the ward's policy */
	size_t count;
	struct rota_person people[ROTA_PEOPLE_MAX];
};
bool rota_is_on_shift(const struct rota_person *person, int64_t at_us);
/* When the shift of this instant ends, shifts that follow at once counted in; `at_us` itself: is not there. */
int64_t rota_home_us(const struct rota_person *person, int64_t at_us);

#define LADDER_OTHER SIZE_MAX
/* Where one alert stands. */
struct ladder_place {
	enum grade grade;
	size_t ward; /* whose people are called */
	bool brisk;  /* by the policy that it was raised under */
	bool accepted;
	bool reached; /* somebody answers for it */
	size_t owner; /* of the rota, who was paged first or took it; LADDER_OTHER: nobody, or somebody by name */
	int64_t owned_us;
	uint32_t rung;
	int64_t rung_us; /* when it was reached */
	int64_t deadline_us;
	bool keeps_hours; /* as long as it is technical */
	int64_t call_us;  /* it waits for the hours, and its rung is called then; 0: it does not */
	bool snoozed;     /* until the deadline */
	uint32_t snoozes; /* in a row */
};
/* Every rung reached on the way, for the pages that must have gone out. */
struct ladder_climb {
	int64_t at_us;
	uint32_t duties; /* bits of the rung that was reached; 0: nobody on any */
	uint32_t empty;  /* bits of rungs skipped because nobody was on shift */
	size_t only;     /* LADDER_OTHER, or the one person who was paged, on shift or not */
	enum grade grade;
	size_t ward;
	int64_t deadline_us; /* for a proof that the page arrived */
};
struct ladder_walk {
	struct ladder_climb climbs[LADDER_CLIMBS_MAX];
	size_t count;
	/* Whoever answered for it went home. */
	struct ladder_home {
		int64_t at_us;
		enum grade grade;
	} homes[LADDER_HOMES_MAX], lowers[LADDER_HOMES_MAX]; /* and where it was lowered, to what */
	size_t home_count, lower_count;
	struct ladder_office {
		int64_t waited, called, left, stretched; /* left: whoever had it went home */
	} office;
};

int64_t ladder_review_us(enum grade grade);
/* `brisk`: by the policy of a simulated ward that asks sooner for an answer. */
int64_t ladder_acknowledge_us(enum grade grade, bool brisk);
uint32_t ladder_rungs(enum grade grade);
/* The first rung with this duty; 0 when there is none. */
uint32_t ladder_rung_of(enum grade grade, enum duty duty);
/* Where an alert goes on that is called out anew, perhaps as worse: with whom it had reached, if they come earlier
 * here, else no lower than it was; what had reached nobody, at the bottom. */
uint32_t ladder_rung_in(enum grade grade, const struct ladder_place *place);
/* Raised, or raised anew, at `at_us` from this rung on. */
void ladder_start(const struct rota *rota, struct ladder_place *place, uint32_t rung, int64_t at_us,
		  struct ladder_walk *walk);
/* Lets every deadline up to `until_us` pass, and every end of the shift of who answers for it: then it is called out
 * again on the same rung, and nobody gains time by that. */
void ladder_wait(const struct rota *rota, struct ladder_place *place, int64_t until_us,
		 struct ladder_walk *walk);
/* When something happens to it next by time alone. */
int64_t ladder_next_us(const struct rota *rota, const struct ladder_place *place);
/* `by`: of the rota; LADDER_OTHER: signed by name. */
void ladder_accept(const struct rota *rota, struct ladder_place *place, int64_t at_us,
		   int64_t wished_us, size_t by);
/* The patient of this alert was taken over; nothing happens to what is another's. False: it was. */
bool ladder_take_over(struct ladder_place *place, const size_t from_to[2], int64_t at_us,
		      struct ladder_walk *walk);
/* The patient is of another ward from `at_us` on: whoever is there is called from this rung, whatever was answered or
 * silenced, and nobody gains time by that. */
void ladder_move(const struct rota *rota, struct ladder_place *place, const size_t ward_rung[2],
		 int64_t at_us, struct ladder_walk *walk);
/* Silent until `wished_us`, the level's longest time or the end of the person's shift, whichever comes first. False: an
 * Emergency, nobody on shift, somebody of another ward, or the second in a row by anybody but a nurse in charge. */
bool ladder_snooze(struct ladder_place *place, const struct rota_person *person, int64_t at_us,
		   int64_t wished_us);

#endif
