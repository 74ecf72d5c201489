/* SPDX-License-Identifier: Apache-2.0
 * What the record says about one ward over one span of time, gathered once for all figures: stays, people,
 * referrals, alerts with their history, escalations, rounds of readings, beds, shifts. Nothing is kept between calls:
 * each figure is counted from the record anew (issue 3, item 8). All times in microseconds UTC, cut to the millisecond
 * that a client sees.
 *
 * A stay fills a bed over [start, end). While its EpisodeOfCare stood at onhold (versions of the record, not what the
 * resource says of itself) the patient was in a hospital bed: the ward's bed is held, and no reading is expected.
 * Which ward's stay it was at an instant the versions say too: a stay that moved is of the ward that it stood on
 * then, and so is whatever happened to it. */
#ifndef FLOW_FACTS_H
#define FLOW_FACTS_H

#include "flow/record.h"
#include "ward/map.h"

#define FACTS_OPEN INT64_MAX
/* An alert is judged by what was done within this time, a fever by what became of the patient. */
#define FACTS_ACTION_US (24 * DATE_US_PER_HOUR)
#define FACTS_FEVER_US (48 * DATE_US_PER_HOUR)
/* Readings are judged for so long after a stay (docs/decisions/0004), so alerts may be younger than their stay. */
#define FACTS_AFTER_US (4 * DATE_US_PER_DAY)
/* A round is missed when no set came by so long after it was due: the ward's first alert. */
#define FACTS_GRACE_US (60 * DATE_US_PER_MIN)

struct facts_span {
	struct facts_span *next;
	int64_t start_us, end_us;
	int64_t amount; /* of a schedule: its period */
};

struct facts_person {
	struct str id, name;
	struct date birth;
	bool has_birth;
	struct str language, deprivation; /* "unknown" when the record does not say */
};

struct facts_stay {
	struct facts_stay *next;
	struct str id, referral, plan, status;
	struct facts_person *person;
	int64_t start_us, end_us;
	struct str source, destination; /* codes, "unknown" when the record does not say */
	struct facts_span *holds;       /* oldest first */
	struct facts_span
		*away; /* of another ward, oldest first; before the first version as in it */
	struct facts_span *schedules;
	struct facts_set *sets; /* newest first */
	struct facts_event *events;
	int64_t fever_us; /* first fever alert in the span, 0: none */
	struct str channel;
	int64_t sets_count, missed_count; /* in the span asked for */
	int64_t declined_count, uncoded_count;
};

struct facts_set {
	struct facts_set *next; /* earlier */
	struct str id, reading;
	int64_t at_us;
	int64_t total, low, high;
	bool complete;
	struct str level;
};

struct facts_referral {
	struct facts_referral *next;
	struct str id, status, source, outcome, reason; /* outcome: waiting, accepted, refused */
	struct facts_person *person;
	int64_t authored_us, decided_us; /* decided_us 0: not yet */
};

struct facts_alert {
	struct facts_alert *next;
	struct facts_stay *stay; /* NULL: the ward's own */
	struct str id, rule, level, status, title;
	int64_t raised_us, deadline_us; /* the first deadline to acknowledge */
	int64_t acknowledged_us;        /* first human answer, 0: none */
	int64_t closed_us;              /* FACTS_OPEN while open */
	int64_t raised_again, snoozes;
	bool is_actioned; /* answered, or review, escalation or step-up within FACTS_ACTION_US */
	/* while its history is read */
	int64_t snoozed_us;
	bool was_accepted;
};

struct facts_event {
	struct facts_event *next;
	struct facts_event *next_of_stay;
	struct facts_stay *stay;
	struct str id, kind; /* kind: review, escalation */
	struct str to, outcome, by, text;
	int64_t at_us;
};

struct facts_bed {
	struct facts_bed *next;
	struct str id;
	struct facts_span *open; /* oldest first: could take a patient of this ward */
};

struct facts_shift {
	struct facts_shift *next;
	struct str id, person, role; /* Slot; who works it; code ward-role */
	int64_t start_us, end_us;
	int64_t worked_us; /* of it in the span asked for and up to now, not counted by an earlier one */
};

struct facts {
	struct record *record;
	struct arena *arena;
	struct str ward;
	int64_t from_us, to_us, now_us;
	struct map persons; /* id to struct facts_person */
	struct map stays_by_id;
	struct facts_stay *stays;
	struct facts_referral *referrals;
	struct facts_alert *alerts;
	struct facts_event *events;
	struct facts_bed *beds;
	struct facts_shift *shifts;
};

enum facts_part {
	FACTS_PERSONS = 1, /* language and deprivation; age and name always */
	FACTS_REFERRALS = 2,
	FACTS_ALERTS = 4, /* and events */
	FACTS_SETS = 8,
	FACTS_BEDS = 16,
	FACTS_CHANNELS = 32,  /* with FACTS_SETS: one reading of each set is read */
	FACTS_SHIFTS = 64,    /* of nurses */
	FACTS_DECLINED = 128, /* every reading of the span is read */
};

/* `facts` has record, ward, from_us and to_us set. Gathers stays that touch [from - FACTS_AFTER_US, to] and were of
 * the ward in it, and what `parts` (bits) asks for. facts_done gives the tables back (the rest lies in the call's
 * arena), after an error too. */
MUST_CHECK enum error facts_gather(struct facts *facts, unsigned parts);
void facts_done(struct facts *facts);

/* facts_person.c */
MUST_CHECK enum error facts_person(struct facts *facts, struct str id, bool whole,
				   struct facts_person **ret_person);
/* facts_alert.c */
MUST_CHECK enum error facts_alerts(struct facts *facts);
/* facts_set.c */
MUST_CHECK enum error facts_sets(struct facts *facts, bool channels);
/* facts_declined.c */
MUST_CHECK enum error facts_declined(struct facts *facts);
/* facts_bed.c */
MUST_CHECK enum error facts_beds(struct facts *facts);
/* facts_shift.c */
MUST_CHECK enum error facts_shifts(struct facts *facts);
/* facts_referral.c; reads one ServiceRequest too. */
MUST_CHECK enum error facts_referrals(struct facts *facts);
struct str facts_referral_source(const struct json *referral);

/* --- questions ------------------------------------------------------------------------------ */
bool facts_in(const struct facts *facts, int64_t at_us); /* from <= at < to */
/* Whether the stay was of the ward asked about; what comes after its end is of the ward that it ended on. */
bool facts_is_ours(const struct facts_stay *stay, int64_t at_us);
bool facts_fills(const struct facts_stay *stay, int64_t at_us); /* a bed of this ward */
bool facts_is_held(const struct facts_stay *stay, int64_t at_us);
bool facts_bed_is_open(const struct facts_bed *bed, int64_t at_us);
/* Time in [from, to) in which the patient was at home in this stay on this ward, up to now. */
int64_t facts_home_us(const struct facts *facts, const struct facts_stay *stay);
/* Of a stay that has ended: its time on this ward. */
int64_t facts_length_us(const struct facts_stay *stay);
/* Whether it ended in [from, to) and on this ward. */
bool facts_has_ended(const struct facts *facts, const struct facts_stay *stay);
/* Whether the patient went to hospital from this stay in [from, until): held, escalated, discharged to
 * hospital, died. */
bool facts_left_home(const struct facts_stay *stay, int64_t from_us, int64_t until_us);
/* "step-up", "step-down" or "unknown", by where the referral came from. */
struct str facts_direction(const struct facts_stay *stay);
/* "0", "1-4", "5-12", "13-17", "18-64", "65-79", "80+", "unknown" at that time. */
struct str facts_age_group(const struct facts_person *person, int64_t at_us);

#endif
