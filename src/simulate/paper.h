/* SPDX-License-Identifier: Apache-2.0
 * FHIR bodies of a simulated town, as room store keeps them but for `meta`. All people are invented.
 * Memory: the arena. */
#ifndef SIMULATE_PAPER_H
#define SIMULATE_PAPER_H

#include "base/text.h"
#include "simulate/ideal.h"
#include "simulate/ladder.h"

/* Patient, RelatedPerson and Device ids are made of the patient's number. */
struct paper_person {
	size_t patient;
	const char *birth_date;
	bool dead;
	int64_t died_us;  /* 0: nobody says when */
	const char *link; /* its type; NULL: none */
	size_t other;     /* the patient that it names */
};
struct str paper_patient(struct arena *arena, const struct paper_person *person);
struct str paper_contact(struct arena *arena, size_t patient);
/* `holder`: a patient's number, or IDEAL_NOBODY. */
struct str paper_device(struct arena *arena, size_t patient, uint32_t kind, size_t holder);
/* A heartbeat, or with `battery` from 0 on how full it is. */
struct str paper_sign_of_life(struct arena *arena, struct str id, const struct ideal_device *device,
			      int64_t at_us, int battery);
/* `policy`: a PlanDefinition by name and version; NULL: none of its own. */
struct str paper_ward(struct arena *arena, size_t ward, const char *policy);
struct str paper_ward_id(struct arena *arena, size_t ward);
struct str paper_channel(struct arena *arena, enum way way);
/* The page with its receipt, as a sender writes it. */
struct str paper_received(struct arena *arena, struct str communication, int64_t at_us);
struct str paper_practitioner(struct arena *arena, const struct rota_person *person);
struct str paper_role(struct arena *arena, const struct rota_person *person);
struct str paper_schedule(struct arena *arena, const struct rota_person *person);
struct str paper_slot(struct arena *arena, const struct rota_person *person,
		      const struct rota_shift *shift, struct str id);
struct str paper_episode(struct arena *arena, const struct ideal_stay *stay, const char *status);
/* The shipped policy `plan` with these hours and brisk ladders (ladder.h), as its version "hours". */
struct str paper_policy(struct arena *arena, struct str plan, const struct office *office);
struct str paper_plan(struct arena *arena, const struct ideal_stay *stay);
struct str paper_observation(struct arena *arena, const struct delivery *sent, const char *status);
struct str paper_id(struct arena *arena, const char *prefix, uint64_t number);
/* The Task as a person leaves it: acknowledged, or resolved. */
struct paper_answer {
	const char *by;
	const char *role;         /* NULL: signed by name */
	int64_t at_us, review_us; /* review_us 0: resolved */
};
struct str paper_answered(struct arena *arena, struct str task, const struct paper_answer *answer);
/* As $hand-over writes it, and $accept or a newer wish leaves it. */
struct paper_hand_over {
	struct str id;
	const struct ideal_stay *stay;
	const char *status, *from, *to; /* people of the rota */
	int64_t asked_us, accepted_us;
};
struct str paper_hand_over(struct arena *arena, const struct paper_hand_over *asked);
/* As $snooze leaves it. */
struct paper_snooze {
	const char *by; /* a PractitionerRole */
	int64_t at_us, until_us;
	uint32_t count;
};
struct str paper_snoozed(struct arena *arena, struct str task, const struct paper_snooze *snooze);

#endif
