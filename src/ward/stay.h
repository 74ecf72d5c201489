/* SPDX-License-Identifier: Apache-2.0
 * A stay, who works when, and what is due: what the files named here offer to the rest of the core.
 * Only the files of this room's core include this header, through model.h. */
#ifndef WARD_STAY_H
#define WARD_STAY_H

#include "ward/model.h"

/* rota.c */
void rota_event(struct ward_core *core, const struct ward_event *event);
void rota_slot_link(struct ward_core *core, struct slot *slot);
void rota_schedule_link(struct ward_core *core, struct schedule *schedule, struct str role);
void rota_schedule_done(struct schedule *schedule); /* frees its parts */
/* Its shifts; none while the schedule is not in use. */
const struct slot *rota_slots(const struct schedule_part *part);
bool rota_on_shift(const struct role *role, int64_t at_us);
/* When the shift at `at_us` ends, shifts that join counted as one: MODEL_NEVER for a role that is always on, 0 for one
 * that is off. */
int64_t rota_shift_end_us(const struct role *role, int64_t at_us);
/* Name to show: the practitioner's, else the display, else the role's. */
struct str rota_person_name(const struct ward_core *core, const struct role *role);

/* intake.c */
void stay_observation(struct ward_core *core, const struct ward_event *event);
/* The birth date of its patient has changed: the newest set is scored anew. */
void stay_born(struct ward_core *core, struct stay *stay);
/* The stamp that the readings of this Observation waited for has come. */
struct stamp;
void stay_retime(struct ward_core *core, struct str observation, const struct stamp *stamp);
/* Takes the readings of this Observation off the chart of their stay; they become the caller's. */
struct reading *stay_take_off(struct ward_core *core, struct str observation);

/* stay.c */
struct stay *stay_get(struct ward_core *core, struct str id);   /* made when absent */
void stay_mark(struct ward_core *core, struct stay *stay);      /* something of it changed */
void stay_mark_calm(struct ward_core *core, struct stay *stay); /* only values and scores did */
bool stay_is_open(const struct stay *stay);                     /* it runs, or rests */
bool stay_is_of_ward(const struct json *episode); /* by its type: a stay on a virtual ward */
void stay_event(struct ward_core *core, const struct ward_event *event);
void stay_plan_event(struct ward_core *core, const struct ward_event *event);
const struct policy *stay_policy(const struct ward_core *core, const struct stay *stay);
/* The policy its plan names; one in its place while that is not known: the ward's own, else the newest of the record.
 * Looked up when its name, its ward or the policies of the record change, for it is asked for with every reading. */
void stay_take_policy(const struct ward_core *core, struct stay *stay);
/* How soon the newest set asks for the next, by the policy of now: were it that of the set's day, whatever comes next
 * (a reading once more, say) would move the schedule. */
void stay_take_interval(struct stay *stay);
void stay_forget(struct ward_core *core, struct stay *stay); /* what is older than the window */
void stay_timers(struct ward_core *core, struct stay *stay); /* sets due_us and the heap */
void stay_fire(struct ward_core *core, struct stay *stay);   /* what is due at now_us */
void stay_destroy(struct stay *stay);
void stay_link_patient(struct ward_core *core, struct stay *stay, struct str id);

/* interval.c */
int64_t stay_period_us(const struct ward_core *core, const struct stay *stay);
/* It runs, and the record knows: nobody is asked for what was due before. */
int64_t stay_known_us(const struct stay *stay);
/* Readings and answers are waited for: neither paused nor finished, and nobody has died. */
bool stay_is_asked(const struct stay *stay);
/* When the next set is due; MODEL_NEVER while none is waited for. */
int64_t stay_due_us(const struct ward_core *core, const struct stay *stay);
int64_t stay_due_regular_us(const struct ward_core *core, const struct stay *stay);

/* self_test.c: the ward's synthetic patient, whose alerts prove the way to people without calling them */
bool self_test_is(const struct stay *stay);
/* Who is paged for an alert of this stay when a rung names `roles`. */
uint32_t self_test_roles(const struct alert *alert, uint32_t roles);
bool self_test_patient(const struct json *patient);

/* overdue.c */
void overdue_update(struct ward_core *core, struct stay *stay);
void overdue_fire(struct ward_core *core, struct stay *stay);
int64_t overdue_next_us(const struct ward_core *core, const struct stay *stay);
struct str overdue_stage_name(unsigned stage);

/* core.c: found or made */
struct patient *core_patient(struct ward_core *core, struct str id);
struct ward_place *core_ward(struct ward_core *core, struct str id); /* NULL for an empty id */
void core_contact_link(struct ward_core *core, struct contact *contact);

/* timer.c: stays by (due_us, sequence) */
void timer_set(struct ward_core *core, struct stay *stay, int64_t due_us);
struct stay *timer_first(const struct ward_core *core);

#endif
