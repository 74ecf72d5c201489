/* SPDX-License-Identifier: Apache-2.0
 * Observations that arrive for a stay: what they say goes in, in the place of what an earlier version said, and the
 * rules look at it. */
#include "ward/bridge.h"
#include "ward/device.h"
#include "ward/disposition.h"
#include "ward/merge.h"
#include "ward/quarantine.h"
#include "ward/sampled.h"
#include "ward/stamp.h"
#include "ward/stray.h"
#include "ward/timeline.h"
#include "ward/unread.h"

#define INTAKE_GROUP_US \
	(15 * DATE_US_PER_MIN) /* late readings closer together than this are one upload */
#define INTAKE_BEFORE_US (60 * DATE_US_PER_MIN) /* readings taken just before the admission count */

static void set_changed(struct ward_core *core, struct stay *stay, struct set *set)
{
	rule_set(core, stay, set);
}

/* After readings came or went. */
static void settle(struct ward_core *core, struct stay *stay, struct set_changes changes)
{
	set_regroup(core, stay, changes, set_changed);
	const struct set *newest = set_newest_enough(stay);
	int64_t newest_us = newest == NULL ? 0 : newest->start_us;
	/* 0 with a remembered set inside the window: that set was withdrawn. */
	if (newest_us != 0 || stay->last_enough_us >= core->now_us - MODEL_WINDOW_US)
		stay->last_enough_us = newest_us;
	stay_take_interval(stay);
}

static void finish(struct ward_core *core, struct stay *stay)
{
	if (stay->group_us != 0 && core->now_us - stay->group_last_us > INTAKE_GROUP_US)
		stay->group_us = 0;
	rule_late(core, stay);
	stated_judge(core, stay);
	overdue_update(core, stay);
	stay_forget(core, stay);
	stay_mark_calm(core, stay);
	stay_timers(core, stay);
}

static void add_change(struct set_changes *changes, const struct reading *reading)
{
	if (reading->measured_us < changes->from_us)
		changes->from_us = reading->measured_us;
	if (reading->measured_us > changes->to_us)
		changes->to_us = reading->measured_us;
}

/* When a reading went, a later one that repeated it may now be the first. */
static void went(struct ward_core *core, struct stay *stay, const struct reading *old,
		 struct set_changes *changes)
{
	for (; old != NULL; old = old->next) {
		add_change(changes, old);
		for (struct reading *like = timeline_like(core, stay, old, NULL); like != NULL;
		     like = timeline_like(core, stay, old, like)) {
			bool repeats = timeline_repeats(core, like);
			if (repeats != like->duplicate)
				add_change(changes, like);
			like->duplicate = repeats;
		}
	}
}

static struct stay *stay_of(struct ward_core *core, const struct json *observation)
{
	struct str id = model_reference_id(json_get(observation, STR("subject")), STR("Patient"));
	const struct patient *patient = id.len == 0 ? NULL : map_get(&core->patient_by_id, id);
	struct stay *stay = stray_stay(core, patient, false);
	if (stay != NULL) {
		merge_taken(core, stay, patient);
		return stay;
	}
	if (patient == NULL || (patient->stays == NULL && patient->next_merged == NULL))
		return NULL;
	return stray_stay(core, patient, stray_from_home(observation));
}

static bool is_withdrawn(const struct json *observation)
{
	struct str status = json_get_text(observation, STR("status"));
	return observation == NULL || str_equal(status, STR("entered-in-error")) ||
	       str_equal(status, STR("cancelled"));
}

/* What an earlier version of an Observation left behind, taken out. */
struct earlier {
	struct reading *readings;
	struct strand *strand; /* of a stream */
};

/* The reading that a correction takes the place of: of a stream the one of the same instant, if it is still kept. */
static const struct reading *earlier_of(const struct reading *old, const struct reading *reading)
{
	const struct reading *found = NULL;
	for (; old != NULL; old = old->next) {
		if (old->input != reading->input)
			continue;
		if (found == NULL || (!reading_same(found, reading) && reading_same(old, reading)))
			found = old;
	}
	return found;
}

/* Not charted, and not dropped in silence either: it may be a fever of now on a clock that was reset to another year,
 * a device's or a telephone's. No home can have measured this patient before the stay; what came from elsewhere may
 * be history. */
static void too_old(struct ward_core *core, struct stay *stay, const struct reading *reading,
		    bool by_home)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_TIME);
	bool before = reading->measured_us < stay->start_us - INTAKE_BEFORE_US;
	bool history = before && !by_home;
	enum alert_level level = history ? ALERT_LEVEL_TECHNICAL : ALERT_LEVEL_MEDIUM;
	struct str title = before ? STR("A reading dated before the stay arrived: look at the "
					"chart and check the device's clock")
				  : STR("Readings more than three days old arrived: look at the "
					"chart");
	disposition_too_old(core, stay, reading);
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_TIME, level, title);
	} else if (level > alert->level) {
		MODEL_PUT(alert->title, title);
		alert_worsen(core, alert, level, title.ptr);
	} else {
		return;
	}
	MODEL_PUT(alert->focus, str_from_c(reading->observation));
}

static bool is_too_old(const struct ward_core *core, const struct stay *stay,
		       const struct reading *reading)
{
	/* A stay that is planned has no time before it: it takes what a home sends now (stray.h). */
	bool before = stay->status != STAY_UNKNOWN &&
		      reading->measured_us < stay->start_us - INTAKE_BEFORE_US;
	return before || reading->measured_us < core->now_us - MODEL_WINDOW_US;
}

/* A call for help is heard when it comes: whatever the clock of the telephone says, it is no history. */
static void hear_now(struct reading *reading)
{
	reading->time_suspect = true;
	reading->late = false;
	reading->measured_us = reading->received_us;
}

/* Puts new readings into the stay and marks those that the rules look at. What is not kept is given back. */
static void admit(struct ward_core *core, struct stay *stay, struct reading *first,
		  const struct reading *old, struct set_changes *changes)
{
	const struct policy *policy = stay_policy(core, stay);
	const bool by_home = first != NULL && first->by_home;
	while (first != NULL) {
		struct reading *reading = first;
		const struct reading *before = earlier_of(old, reading);
		first = reading->next;
		reading->next = NULL;
		reading_judge(reading, policy, before == NULL ? core->now_us : before->received_us);
		if (is_too_old(core, stay, reading) && reading->input == READING_CONCERN &&
		    reading->code != 0)
			hear_now(reading);
		if (is_too_old(core, stay, reading)) {
			too_old(core, stay, reading, by_home);
			model_give(reading);
			continue;
		}
		timeline_add(core, stay, reading);
		add_change(changes, reading);
		reading->duplicate = timeline_repeats(core, reading);
		/* A correction that leaves this value as it was says nothing new about it. */
		reading->fresh = before == NULL || !reading_same(before, reading);
	}
}

/* What streams that follow each other say across their ends, after `strand` has come (NULL: none has) and the earlier
 * one has gone. Result: what stands no longer, the caller's. */
static struct reading *bridge_over(struct ward_core *core, struct stay *stay,
				   const struct strand *strand, const struct earlier *old,
				   struct set_changes *changes)
{
	const struct strand *ends[] = { old->strand, strand };
	struct reading *gone = NULL;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (ends[i] == NULL)
			continue;
		struct reading *come = bridge_renew(core, stay, ends[i], &gone);
		admit(core, stay, come, old->readings, changes);
	}
	went(core, stay, gone, changes);
	return gone;
}

/* What an Observation said has gone from this stay, and nothing came for it. */
static void left(struct ward_core *core, struct stay *stay, const struct earlier *old)
{
	struct set_changes changes = SET_UNCHANGED;
	went(core, stay, old->readings, &changes);
	struct reading *gone = bridge_over(core, stay, NULL, old, &changes);
	settle(core, stay, changes);
	standing_review(core, stay, old->readings);
	standing_review(core, stay, gone);
	reading_free(gone);
	finish(core, stay);
}

/* Takes out what an Observation said, wherever it stands. */
static struct earlier take_out(struct ward_core *core, struct str observation,
			       struct stay **ret_stay)
{
	struct earlier old = { NULL, NULL };
	old.strand = bridge_take(core, observation, ret_stay);
	old.readings = timeline_take(core, observation, ret_stay);
	return old;
}

struct reading *stay_take_off(struct ward_core *core, struct str observation)
{
	struct stay *stay = NULL;
	struct earlier old = take_out(core, observation, &stay);
	if (stay == NULL)
		return NULL;
	watch_withdraw(core, observation, stay);
	left(core, stay, &old);
	bridge_free(old.strand);
	return old.readings;
}

/* A correction or a withdrawal: the old readings go, wherever they stood. */
static struct earlier withdraw(struct ward_core *core, const struct ward_event *event,
			       const struct stay *target)
{
	struct stay *stay = NULL;
	struct earlier old = { NULL, NULL };
	if (event->version <= 1)
		return old;
	old = take_out(core, event->id, &stay);
	watch_withdraw(core, event->id, stay);
	if (stay == NULL || stay == target)
		return old;
	left(core, stay, &old);
	reading_free(old.readings);
	bridge_free(old.strand);
	return (struct earlier){ NULL, NULL };
}

/* The next new reading after `reading`, or the first one. */
static struct reading *next_fresh(const struct stay *stay, struct reading *reading,
				  struct set_changes changes)
{
	reading = reading == NULL ? timeline_from(stay, changes.from_us) : reading->next;
	while (reading != NULL && reading->measured_us <= changes.to_us) {
		if (reading->fresh)
			return reading;
		reading = reading->next;
	}
	return NULL;
}

/* Late readings that are no repetition open a group or belong to the one that is open. */
static void group(struct ward_core *core, struct stay *stay, struct set_changes changes)
{
	struct reading *reading = next_fresh(stay, NULL, changes);
	while (reading != NULL && (!reading->late || reading->duplicate))
		reading = next_fresh(stay, reading, changes);
	if (reading == NULL)
		return;
	if (stay->group_us == 0 || core->now_us - stay->group_last_us > INTAKE_GROUP_US)
		stay->group_us = core->now_us;
	stay->group_last_us = core->now_us;
}

/* What was scored before stays as it was, but the newest set is how the patient is now. */
void stay_born(struct ward_core *core, struct stay *stay)
{
	struct set *newest = set_newest(stay);
	if (newest == NULL || !stay_is_open(stay))
		return;
	newest->signature = 0;
	stay->band = -1; /* no birthday: the chart was another child's */
	settle(core, stay, (struct set_changes){ newest->start_us, newest->start_us });
	finish(core, stay);
}

void stay_retime(struct ward_core *core, struct str observation, const struct stamp *stamp)
{
	struct stay *stay = NULL;
	struct set_changes changes = SET_UNCHANGED;
	struct reading *first = timeline_take(core, observation, &stay);
	if (first == NULL)
		return;
	went(core, stay, first, &changes);
	while (first != NULL) {
		struct reading *reading = first;
		bool suspect = reading->time_suspect;
		int64_t stated_us = reading->stated_us;
		first = reading->next;
		reading->next = NULL;
		stamp_apply(stamp, reading);
		bridge_stamp(core, reading, stated_us);
		reading_judge(reading, stay_policy(core, stay), reading->received_us);
		timeline_add(core, stay, reading);
		add_change(&changes, reading);
		reading->duplicate = timeline_repeats(core, reading);
		if (suspect || !reading->time_suspect || reading->duplicate)
			continue;
		rule_time(core, stay, reading);
		disposition_time(core, stay, reading);
	}
	settle(core, stay, changes);
	finish(core, stay);
}

/* Puts what an Observation says into the stay in the place of what its earlier version said. */
static void take_in(struct ward_core *core, struct stay *stay, struct reading *first,
		    struct strand *strand, struct earlier *old)
{
	struct set_changes changes = SET_UNCHANGED;
	if (strand != NULL)
		bridge_join(core, stay, strand, first);
	/* Before the stream's own: of two of one instant the board shows the one that came last. */
	struct reading *gone = bridge_over(core, stay, strand, old, &changes);
	admit(core, stay, first, old->readings, &changes);
	went(core, stay, old->readings, &changes);
	group(core, stay, changes);
	settle(core, stay, changes);
	for (struct reading *reading = next_fresh(stay, NULL, changes); reading != NULL;
	     reading = next_fresh(stay, reading, changes)) {
		rule_reading(core, stay, reading);
		disposition_reading(core, stay, reading);
		reading->fresh = false;
	}
	standing_review(core, stay, old->readings);
	standing_review(core, stay, gone);
	reading_free(gone);
	reading_free(old->readings);
	bridge_free(old->strand);
	sampled_thin(core, stay, changes);
	finish(core, stay);
}

void stay_observation(struct ward_core *core, const struct ward_event *event)
{
	const struct json *observation = event->resource;
	if (stamp_observation(core, event))
		return;
	struct stay *stay = stay_of(core, observation);
	if (quarantine_observation(core, event, stay) || is_withdrawn(observation))
		stay = NULL;
	else if (stay == NULL)
		stray_observation(core, event);
	bool cut = false;
	struct strand *strand = NULL;
	bool another = stray_is_of_another(observation);
	struct reading *first =
		stay == NULL || another
			? NULL
			: reading_parse(observation, stay_policy(core, stay), &strand, &cut);
	device_name_readings(core, observation, first);
	reading_times(first, observation, event);
	stamp_attach(core, observation, first);
	if (first != NULL) {
		first->by_home = stray_sent_by_home(observation);
		stated_anchor(core, observation, first);
		stay = after_stay(stay, first->stated_us);
		sampled_ahead(first, stay_policy(core, stay), core->now_us);
	}
	struct earlier old = withdraw(core, event, stay);
	if (stay == NULL)
		return;
	if (cut)
		rule_unscored(core, stay, RULE_UNSCORED_CUT);
	if (!another)
		unread_observation(core, stay, event, first == NULL);
	if (first != NULL || old.readings != NULL || old.strand != NULL) {
		take_in(core, stay, first, strand, &old);
		return;
	}
	stray_elsewhere(core, stay, event);
	stay_timers(core, stay);
}
