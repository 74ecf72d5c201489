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
	CAUSE_UNPROVED, /* a page without a receipt */
	CAUSE_MUTE,     /* a device is silent */
	CAUSE_BATTERY,
	CAUSE_STRANGE, /* a reading of somebody else's device, or of nobody's */
	CAUSE_MOVED,   /* the stay has come to another ward */
	CAUSE_DIED,    /* so the record says */
	CAUSE_MERGED,  /* another record is of the same child, or no longer */
	CAUSE_OTHER,   /* not modelled here: general invariants alone */
	CAUSE_COUNT,
};

enum { IDEAL_FEVER_TENTHS = 380, IDEAL_COLD_TENTHS = 360 }; /* from; below */
enum stay_state { STATE_ACTIVE, STATE_PAUSED, STATE_ENDED };

/* One value as the record took it. */
struct delivery {
	size_t stay;    /* of ideal->stays: where the sender believes it belongs */
	size_t subject; /* the patient of whom it says it is */
	enum sign sign;
	int value; /* tenths, or a code */
	bool unreadable;
	enum grade picked;   /* of a worry */
	int64_t stated_us;   /* by the device's clock */
	int64_t received_us; /* commit */
	int64_t feed;
	uint32_t observation; /* its number; the id in the record is made of it */
	uint32_t device;      /* its kind; 0: keyed in by a person */
	size_t device_of;     /* the patient whose number its id bears */
};

struct ideal_reading {
	int64_t measured_us, received_us, stated_us, feed;
	uint32_t observation, device;
	size_t device_of;
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
enum { IDEAL_MOVES_MAX = 12 };
struct ideal_stay {
	char episode[40];
	size_t patient;
	size_t ward; /* now */
	struct ideal_move {
		int64_t at_us;
		size_t from;
	} moves[IDEAL_MOVES_MAX]; /* oldest first */
	size_t move_count;
	bool adult;
	bool office;     /* its policy has office hours */
	int64_t plan_us; /* since then; before: */
	bool office_before;
	struct date birth;
	enum stay_state state;
	bool merged_said;           /* its ward knows of the other record */
	bool dead;                  /* as the record says now */
	int64_t died_us, living_us; /* when it was said last, and taken back; 0: never */
	int64_t start_us, end_us, resumed_us, last_enough_us;
	int64_t group_us, group_last_us;
	int64_t repeat_us[SIGN_KINDS]; /* 0: no repeat asked for */
	uint32_t came_again;           /* signs plausibly measured since the last settling */
	unsigned stage;                /* of silence, 0 to 5 */
	/* Of the equipment: something is silent, or low; since when nothing is any more; when the next falls silent. */
	bool mute, low;
	int64_t mute_over_us, low_over_us, mute_next_us;
	int chart;        /* of the newest set; -1: none yet */
	enum grade filed; /* the worst that this delivery brings to a stay that has ended */
	struct ideal_reading *readings;
	size_t reading_count, reading_capacity;
	struct ideal_set *sets;
	size_t set_count, set_capacity;
};

/* Who had a device from an instant on. */
#define IDEAL_NOBODY SIZE_MAX
enum { IDEAL_HOLDINGS_MAX = 6, IDEAL_PATCH = 4 /* the kind that speaks all the time */ };
struct ideal_device {
	size_t of; /* with its kind: its name */
	uint32_t kind;
	unsigned holding_count;
	struct ideal_holding {
		size_t patient;
		int64_t from_us;
	} holdings[IDEAL_HOLDINGS_MAX]; /* oldest first; the oldest holds for all time before */
	int64_t heard_us, battery_us;
	int battery; /* per cent */
	bool mute;
	enum { BATTERY_FINE, BATTERY_LOW, BATTERY_AMBER } low;
};
/* A reading that was held back: once more it is nothing new. */
struct ideal_held {
	size_t device_of, patient;
	uint32_t device;
	enum sign sign;
	int value;
	int64_t stated_us, at_us;
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
	/* It demands nothing: a reading went, and of what an alert of this cause is compared with only this still
	 * stands, of ideal->stands. Grade none. */
	bool went;
	size_t stand_first, stand_count;
};
/* What stood on a chart at one instant. */
struct ideal_stand {
	int64_t set_us, received_us; /* set_us 0: a temperature */
	int value;                   /* of a temperature */
	int total;
	uint32_t abnormal;
	bool late;
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

/* Two records of one child, or a record that says that its patient has died. */
struct ideal_merge {
	size_t one, other;
};
enum { IDEAL_RECORDS_MAX = 200 };
/* Something was sent that is on nobody's chart: a ward hears of it. */
struct ideal_stray {
	int64_t at_us;
	enum grade grade; /* at least */
	bool equipment;   /* by a device of the first ward; else by a person at home */
};

struct ideal {
	struct ideal_merge merges[IDEAL_RECORDS_MAX];
	size_t merge_count;
	size_t dead[IDEAL_RECORDS_MAX]; /* patients, as their own records say */
	size_t dead_count;
	struct ideal_stray *strays; /* since the last settling */
	size_t stray_count, stray_capacity;
	struct ideal_stay *stays;
	size_t stay_count, stay_capacity;
	struct ideal_demand *demands; /* since the last settling */
	size_t demand_count, demand_capacity;
	struct ideal_stand *stands; /* likewise */
	size_t stand_count, stand_capacity;
	struct ideal_calm *calms; /* likewise */
	size_t calm_count, calm_capacity;
	struct ideal_aside *asides; /* likewise */
	size_t aside_count, aside_capacity;
	struct ideal_handover *handovers;
	size_t handover_count, handover_capacity;
	struct ideal_device *devices;
	size_t device_count, device_capacity;
	struct ideal_held *held;
	size_t held_count, held_capacity;
	int64_t held_back[2]; /* readings of somebody else's device, of nobody's */
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

/* The open stay of a patient; else the one that ended last, for 72 hours; or NULL. */
struct ideal_stay *ideal_stay_of(struct ideal *ideal, size_t patient);
/* That takes what is sent from the home: also one that ended long ago. */
struct ideal_stay *ideal_stay_for_home(struct ideal *ideal, size_t patient);
/* What the value alone would raise for whoever lies in this stay. */
enum grade ideal_grade_alone(const struct ideal_stay *stay, const struct ideal_reading *one);
struct ideal_reading ideal_judge(const struct delivery *sent);
void ideal_set_aside(struct ideal *ideal, const struct ideal_stay *stay, uint32_t observation);
/* ideal_device.c */
void ideal_assign(struct ideal *ideal, size_t of, uint32_t kind, size_t patient, int64_t at_us);
struct ideal_device *ideal_device(const struct ideal *ideal, size_t of, uint32_t kind);
size_t ideal_holder(const struct ideal_device *device); /* now; IDEAL_NOBODY */
/* It gave a sign of life at that time by its own clock, and perhaps said how full its battery is; -1: it did not. */
void ideal_hear(struct ideal *ideal, struct ideal_device *device, int64_t stated_us, int battery);
/* What its equipment now asks for; the newest stay of each patient is looked at. */
void ideal_equipment(struct ideal *ideal, struct ideal_stay *stay);
/* What this record's equipment asks for is another stay's to hear, or nobody's. */
void ideal_forget_told(struct ideal *ideal, size_t patient);
/* True: the device was not the patient's, and everybody concerned is told; it is on no chart. */
bool ideal_hold_back(struct ideal *ideal, const struct delivery *sent);
/* Adds a demand in its place by time, after others of that instant. */
void ideal_demand(struct ideal *ideal, const struct ideal_demand *demand);
/* An alert of this stay must be called now, answered before or not. */
void ideal_ask(struct ideal *ideal, const struct ideal_stay *stay, enum cause cause,
	       enum grade grade);

/* ideal_move.c */
void ideal_move(struct ideal *ideal, size_t stay, size_t ward, int64_t at_us);
/* The stay's plan names another policy from then on: with office hours, or without. */
void ideal_plan(struct ideal *ideal, size_t stay, bool office, int64_t at_us);
size_t ideal_ward_at(const struct ideal_stay *stay, int64_t at_us);
/* Whether what is raised then waits for office hours, if the policy lets it. */
bool ideal_office_at(const struct ideal_stay *stay, int64_t at_us);
/* The first move after this instant; INT64_MAX: none. */
int64_t ideal_moved_us(const struct ideal_stay *stay, int64_t after_us);

/* ideal_death.c */
/* The record says of this patient that they have died, or no longer says it. */
void ideal_die(struct ideal *ideal, size_t patient, bool dead, int64_t at_us);
/* A record was written, or joined, or a stay begins: whether they are dead may be another thing now. */
void ideal_look_who_is_dead(struct ideal *ideal);
/* Whether anything is asked of the home: neither paused nor ended, and nobody has died. */
bool ideal_is_asked(const struct ideal_stay *stay);
/* Nobody writes to the family of whoever was dead for the record at that instant. */
bool ideal_was_dead(const struct ideal_stay *stay, int64_t at_us);
/* The schedule moved: what is silent by it now is said. */
void ideal_schedule(struct ideal *ideal, struct ideal_stay *stay);

/* ideal_merge.c */
bool ideal_same(const struct ideal *ideal, size_t patient, size_t other); /* one child */
/* The records are of one child from then on; or no longer. */
void ideal_merge(struct ideal *ideal, size_t patient, size_t other, int64_t at_us);
void ideal_part(struct ideal *ideal, size_t patient, size_t other, int64_t at_us);
/* Something came: under the other record for the first time, its stay's ward is told. */
void ideal_tell_merged(struct ideal *ideal, size_t subject);
void ideal_stray(struct ideal *ideal, enum grade grade, bool equipment);

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
