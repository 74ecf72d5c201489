/* SPDX-License-Identifier: Apache-2.0
 * The perfect ward: fed with what homes truly sent and when the record took it, it says which alert must stand open
 * from which instant on. Written from reference/ward.md section 4 and docs/decisions/0004; shares no code with room
 * ward or room score. It holds nothing about alerts themselves: those are the inspector's. */
#ifndef SIMULATE_IDEAL_H
#define SIMULATE_IDEAL_H

#include "base/date.h"
#include "simulate/chart.h"

enum cause {
	CAUSE_SCORE,
	CAUSE_LATE,
	CAUSE_FEVER,
	CAUSE_COLD,
	CAUSE_WORRY,
	CAUSE_MIND,
	CAUSE_ASLEEP,
	CAUSE_SILENCE,
	CAUSE_UNUSABLE,
	CAUSE_TIME,
	CAUSE_CONFLICT,
	CAUSE_BAND,
	CAUSE_AFTER, /* of a stay that has ended */
	CAUSE_NOBODY,
	CAUSE_HANDOVER,
	CAUSE_OTHER, /* not modelled here: general invariants alone */
	CAUSE_COUNT,
};

enum stay_state { STATE_ACTIVE, STATE_PAUSED, STATE_ENDED };

/* One value as the record took it. */
struct delivery {
	size_t stay; /* of ideal->stays: where the sender believes it belongs */
	enum sign sign;
	int value; /* tenths, or a code */
	bool unreadable;
	enum grade picked;   /* of a worry */
	int64_t stated_us;   /* by the device's clock */
	int64_t received_us; /* commit */
	int64_t feed;
	uint32_t observation; /* its number; the id in the record is made of it */
	uint32_t device;
};

struct ideal_reading {
	int64_t measured_us, received_us, stated_us, feed;
	uint32_t observation, device;
	enum sign sign;
	int value;
	enum grade picked;
	bool impossible, suspect, late, duplicate, charted;
};
struct ideal_set {
	int64_t start_us;
	int64_t group_us;    /* late: the upload it came with */
	int64_t received_us; /* the newest of its readings */
	uint64_t signature;
	struct chart_sum sum;
	uint32_t signs, members;
	int chart;
	bool late, enough;
	bool fresh;   /* changed by the last delivery */
	bool touched; /* changed since the last settling */
};
struct ideal_stay {
	char episode[40];
	size_t patient;
	bool adult;
	struct date birth;
	enum stay_state state;
	int64_t start_us, end_us, resumed_us, last_enough_us;
	int64_t group_us, group_last_us;
	int64_t repeat_us[SIGN_KINDS]; /* 0: no repeat asked for */
	uint32_t came_again;           /* signs plausibly measured since the last settling */
	unsigned stage;                /* of silence, 0 to 5 */
	int chart;                     /* of the newest set; -1: none yet */
	struct ideal_reading *readings;
	size_t reading_count, reading_capacity;
	struct ideal_set *sets;
	size_t set_count, set_capacity;
};

/* From `at_us` on an alert of this cause must stand open at `grade` or higher. */
struct ideal_demand {
	size_t stay;
	enum cause cause;
	enum grade grade;
	int64_t at_us;
	bool required; /* else it only explains what the ward may do */
	bool again;    /* an acknowledgement from before does not silence it */
	int value;     /* temperature */
	int total;
	uint32_t abnormal;
	int64_t set_us; /* of the set behind it; 0: none */
	int64_t group_us;
};

/* At this instant the newest set held these signs, all of them normal. */
struct ideal_calm {
	size_t stay;
	int64_t at_us, start_us;
	uint32_t signs;
};

/* An Observation that is not plainly charted: the record must say what became of it. */
struct ideal_aside {
	size_t stay; /* SIZE_MAX: of nobody on the ward */
	uint32_t observation;
	int64_t at_us;
};

/* A wish that somebody takes a patient over, which nobody has accepted. */
struct ideal_handover {
	size_t stay;
	uint32_t number;
	size_t from, to;     /* of the rota */
	int64_t deadline_us; /* INT64_MAX: it has passed */
};

struct ideal {
	struct ideal_stay *stays;
	size_t stay_count, stay_capacity;
	struct ideal_demand *demands; /* since the last settling */
	size_t demand_count, demand_capacity;
	struct ideal_calm *calms; /* likewise */
	size_t calm_count, calm_capacity;
	struct ideal_aside *asides; /* likewise */
	size_t aside_count, aside_capacity;
	struct ideal_handover *handovers;
	size_t handover_count, handover_capacity;
	int64_t now_us;
	bool failed; /* no memory */
};
void ideal_done(struct ideal *ideal);
/* Index of the new stay. */
size_t ideal_admit(struct ideal *ideal, const struct ideal_stay *stay);
void ideal_state(struct ideal *ideal, size_t stay, enum stay_state state, int64_t at_us);
void ideal_take(struct ideal *ideal, const struct delivery *delivery);
/* A later version of an Observation that stands on a chart: another value, or `withdrawn`. False: it stands on none. */
bool ideal_is_charted(const struct ideal *ideal, size_t stay, uint32_t observation);
void ideal_correct(struct ideal *ideal, const struct delivery *delivery, bool withdrawn);
int64_t ideal_next_us(const struct ideal *ideal);
/* Lets what time alone demands come due. */
void ideal_advance(struct ideal *ideal, int64_t until_us);
/* The inspector has compared everything. */
void ideal_settled(struct ideal *ideal);
/* INT64_MAX: no schedule runs. */
int64_t ideal_due_us(const struct ideal_stay *stay);
/* The current set that starts at this instant, or NULL. */
struct ideal_set *ideal_set_at(struct ideal_stay *stay, int64_t start_us);

/* Adds a demand in its place by time, after others of that instant. */
void ideal_demand(struct ideal *ideal, const struct ideal_demand *demand);

/* ideal_people.c */
void ideal_hand_over(struct ideal *ideal, const struct ideal_handover *handover, int64_t at_us);
/* Accepted, or withdrawn. */
void ideal_handed(struct ideal *ideal, uint32_t number, int64_t at_us);
struct ideal_handover *ideal_handover(const struct ideal *ideal, uint32_t number); /* or NULL */
bool ideal_waits_for_handover(const struct ideal *ideal, size_t stay); /* beyond its time */
int64_t ideal_people_next_us(const struct ideal *ideal);
void ideal_people_advance(struct ideal *ideal);
void ideal_people_end(struct ideal *ideal, size_t stay);

/* ideal_set.c: groups readings anew; marks sets that changed. */
void ideal_group(struct ideal *ideal, struct ideal_stay *stay);
bool ideal_room(struct ideal *ideal, void **list, size_t *capacity, const size_t count_size[2]);

#endif
