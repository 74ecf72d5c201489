/* SPDX-License-Identifier: Apache-2.0
 * One patient's time on the ward: what arrives for it, and its timers. */
#include "ward/chart.h"
#include "ward/cover.h"
#include "ward/deceased.h"
#include "ward/device.h"
#include "ward/disposition.h"
#include "ward/drill.h"
#include "ward/handover.h"
#include "ward/limit.h"
#include "ward/merge.h"
#include "ward/model.h"
#include "ward/move.h"
#include "ward/policy_setting.h"
#include "ward/quarantine.h"
#include "ward/sampled.h"
#include "ward/shown.h"
#include "ward/stamp.h"
#include "ward/stray.h"
#include "ward/timeline.h"
#include "ward/unanswered.h"
#include "ward/unread.h"

#define STAY_GROUP_US \
	(15 * DATE_US_PER_MIN) /* late readings closer together than this are one upload */
#define STAY_BEFORE_US (60 * DATE_US_PER_MIN) /* readings taken just before the admission count */

struct stay *stay_get(struct ward_core *core, struct str id)
{
	struct stay *stay = map_get(&core->stay_by_id, id);
	if (stay != NULL)
		return stay;
	stay = MODEL_NEW(struct stay);
	MODEL_PUT(stay->id, id);
	stay->due_us = stay->stale_us = stay->page_due_us = MODEL_NEVER;
	stay->band = -1;
	stay->sequence = core->stay_count++;
	if (core->stays_last == NULL)
		core->stays = stay;
	else
		core->stays_last->next = stay;
	core->stays_last = stay;
	map_put(&core->stay_by_id, str_from_c(stay->id), stay);
	stay_take_policy(core, stay);
	return stay;
}

void stay_mark(struct ward_core *core, struct stay *stay)
{
	shown_mark(core, stay, false);
	stay_mark_calm(core, stay);
	if (stay->pressing)
		return;
	stay->pressing = true;
	stay->next_pressing = NULL;
	if (core->pressing_last == NULL)
		core->pressing_first = stay;
	else
		core->pressing_last->next_pressing = stay;
	core->pressing_last = stay;
}

void stay_mark_calm(struct ward_core *core, struct stay *stay)
{
	shown_mark(core, stay, true);
	if (stay->dirty)
		return;
	stay->dirty = true;
	stay->dirty_feed = core->feed;
	stay->next_dirty = NULL;
	if (core->dirty_last == NULL)
		core->dirty_first = stay;
	else
		core->dirty_last->next_dirty = stay;
	core->dirty_last = stay;
}

/* How soon the newest set asks for the next, by the policy of now: were it that of the set's day, whatever comes next
 * (a reading once more, say) would move the schedule. */
static void take_interval(struct stay *stay)
{
	const struct set *newest = set_newest_enough(stay);
	if (newest != NULL && newest->start_us != 0)
		stay->reassess_us = interval_of_set(stay->policy, newest);
}

void stay_take_policy(const struct ward_core *core, struct stay *stay)
{
	const struct policy *policy = policy_find(core, str_from_c(stay->canonical));
	if (policy == NULL && stay->ward != NULL)
		policy = policy_find(core, str_from_c(stay->ward->canonical));
	const struct policy *before = stay->policy;
	stay->policy = policy != NULL ? policy : core->policies;
	unanswered_policy(core, stay, before);
	take_interval(stay);
}

const struct policy *stay_policy(const struct ward_core *core, const struct stay *stay)
{
	(void)core;
	return stay->policy;
}

/* --- timers --------------------------------------------------------------------------------- */

static int64_t forget_us(const struct stay *stay)
{
	return stay->status == STAY_FINISHED && stay->readings != NULL
		       ? stay->end_us + MODEL_WINDOW_US
		       : MODEL_NEVER;
}

static int64_t people_next_us(const struct ward_core *core, const struct stay *stay)
{
	int64_t next_us = handover_next_us(core, stay);
	int64_t limit_us = limit_next_us(stay);
	int64_t cover_us = cover_next_us(core, stay);
	int64_t drill_us = drill_next_us(core, stay);
	int64_t unanswered_us = unanswered_next_us(core, stay);
	if (limit_us < next_us)
		next_us = limit_us;
	if (unanswered_us < next_us)
		next_us = unanswered_us;
	if (drill_us < next_us)
		next_us = drill_us;
	return cover_us < next_us ? cover_us : next_us;
}

void stay_timers(struct ward_core *core, struct stay *stay)
{
	int64_t due_us = overdue_next_us(core, stay);
	int64_t forget = forget_us(stay);
	int64_t device_us = device_next_us(core, stay);
	if (forget < due_us)
		due_us = forget;
	if (stay->page_due_us < due_us)
		due_us = stay->page_due_us;
	if (device_us < due_us)
		due_us = device_us;
	if (stay->stated_us != 0 && stay->stated_us < due_us)
		due_us = stay->stated_us;
	for (unsigned i = 0; i < READING_INPUT_COUNT; i++) {
		if (stay->repeat_us[i] != 0 && stay->repeat_us[i] < due_us)
			due_us = stay->repeat_us[i];
	}
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (alert_is_open(alert) && alert->deadline_us < due_us)
			due_us = alert->deadline_us;
		if (alert_is_open(alert) && alert->call_us != 0 && alert->call_us < due_us)
			due_us = alert->call_us;
	}
	int64_t people_us = people_next_us(core, stay);
	if (people_us < due_us)
		due_us = people_us;
	timer_set(core, stay, due_us);
}

static void repeat_missed(struct ward_core *core, struct stay *stay, unsigned input)
{
	char title[MODEL_TEXT_BYTES];
	struct alert *alert = alert_open(stay, ALERT_CAUSE_IMPLAUSIBLE);
	model_format(title, sizeof(title),
		     "Unusable value for %.*s and no repeat: phone the family",
		     STR_ARG(reading_input_label(input)));
	stay->repeat_us[input] = 0;
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_IMPLAUSIBLE, ALERT_LEVEL_MEDIUM,
				    str_from_c(title));
	} else {
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert, (enum alert_level)alert->level, title);
	}
	alert->inputs |= 1u << input;
	for (uint32_t at = stay->timeline_of[input].count; at > 0; at--) {
		const struct reading *reading = timeline_at(stay, input, at - 1);
		if (!(reading->impossible || reading->poor_signal) || reading->duplicate)
			continue;
		MODEL_PUT(alert->focus, str_from_c(reading->observation));
		break;
	}
}

void stay_fire(struct ward_core *core, struct stay *stay)
{
	for (unsigned i = 0; i < READING_INPUT_COUNT; i++) {
		if (stay->repeat_us[i] != 0 && stay->repeat_us[i] <= core->now_us)
			repeat_missed(core, stay, i);
	}
	if (stay->stated_us != 0 && stay->stated_us <= core->now_us)
		stated_judge(core, stay);
	overdue_fire(core, stay);
	limit_fire(core, stay);
	handover_fire(core, stay);
	cover_fire(core, stay);
	drill_fire(core, stay);
	unanswered_fire(core, stay);
	device_update(core, stay);
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (alert_is_open(alert) && alert->call_us != 0 && alert->call_us <= core->now_us)
			page_hours_begin(core, alert);
		if (alert_is_open(alert) && alert->deadline_us <= core->now_us)
			alert_expire(core, alert);
	}
	page_fire(core, stay); /* after the ladders: what they made in this instant stands */
	if (forget_us(stay) <= core->now_us) {
		stay_forget(core, stay);
		/* What stands at the edge of the window goes as well, so that this timer is done. */
		while (stay->readings != NULL)
			timeline_forget(core, stay);
		set_forget(core, stay, MODEL_NEVER);
	}
	stay_timers(core, stay);
}

/* --- what is forgotten ---------------------------------------------------------------------- */

static void free_alert(struct ward_core *core, struct alert *alert)
{
	while (alert->notes != NULL) {
		struct note *note = alert->notes;
		alert->notes = note->next;
		model_give(note);
	}
	while (alert->pages != NULL) {
		struct page *page = alert->pages;
		alert->pages = page->next;
		if (core != NULL)
			map_remove(&core->page_by_id, str_from_c(page->id));
		model_give(page);
	}
	if (core != NULL)
		map_remove(&core->alert_by_id, str_from_c(alert->id));
	model_give(alert);
}

static void forget_alerts(struct ward_core *core, struct stay *stay, int64_t before_us)
{
	struct alert **link = &stay->alerts;
	stay->alerts_last = NULL;
	while (*link != NULL) {
		struct alert *alert = *link;
		if (!alert_is_open(alert) && alert->closed_us < before_us && !alert->dirty) {
			*link = alert->next;
			free_alert(core, alert);
			continue;
		}
		stay->alerts_last = alert;
		link = &alert->next;
	}
}

static void forget_pages(struct ward_core *core, struct stay *stay, int64_t before_us)
{
	while (stay->pages != NULL && stay->pages->at_us < before_us && !stay->pages->dirty) {
		struct page *page = stay->pages;
		stay->pages = page->next;
		map_remove(&core->page_by_id, str_from_c(page->id));
		model_give(page);
	}
}

void stay_forget(struct ward_core *core, struct stay *stay)
{
	int64_t before_us = core->now_us - MODEL_WINDOW_US;
	const struct policy *policy = stay_policy(core, stay);
	/* Whole sets only: a cut through a set would make another set of its rest. */
	if (stay->readings != NULL && stay->readings->measured_us < before_us && policy != NULL) {
		int64_t set_end_us = stay->readings->measured_us + policy->set_us;
		while (stay->readings != NULL && (stay->readings->measured_us < before_us ||
						  stay->readings->measured_us <= set_end_us)) {
			const struct reading *reading = stay->readings;
			if (reading->measured_us > set_end_us)
				set_end_us = reading->measured_us + policy->set_us;
			timeline_forget(core, stay);
		}
		set_forget(core, stay,
			   stay->readings == NULL ? before_us : stay->readings->measured_us);
	}
	if (!core->options.keep_alerts)
		forget_alerts(core, stay, before_us);
	forget_pages(core, stay, before_us);
}

void stay_destroy(struct stay *stay)
{
	watch_forget(stay, MODEL_NEVER);
	timeline_destroy(stay);
	set_destroy(stay);
	while (stay->alerts != NULL) {
		struct alert *alert = stay->alerts;
		stay->alerts = alert->next;
		free_alert(NULL, alert);
	}
	while (stay->pages != NULL) {
		struct page *page = stay->pages;
		stay->pages = page->next;
		model_give(page);
	}
	limit_destroy(stay);
	handover_destroy(stay);
	model_give(stay);
}

/* --- EpisodeOfCare and CarePlan ------------------------------------------------------------- */

bool stay_is_of_ward(const struct json *episode)
{
	const struct json *types = json_get(episode, STR("type"));
	for (const struct json *type = types == NULL ? NULL : types->child; type != NULL;
	     type = type->next) {
		if (str_equal(model_code(type, STR(HOMEWARD_URL "CodeSystem/episode-type")),
			      STR("virtual-ward")))
			return true;
	}
	return false;
}

static enum stay_status status_of(const struct json *episode)
{
	struct str status = json_get_text(episode, STR("status"));
	if (str_equal(status, STR("active")))
		return STAY_ACTIVE;
	if (str_equal(status, STR("onhold")))
		return STAY_ONHOLD;
	if (str_equal(status, STR("planned")) || str_equal(status, STR("waitlist")))
		return STAY_UNKNOWN;
	return STAY_FINISHED;
}

static void instant_read(const struct json *object, struct str name, int64_t *at_us)
{
	struct date date;
	if (date_parse(json_get_text(object, name), DATE_KIND_DATETIME, &date) == ERROR_OK)
		*at_us = date.low_us;
}

void stay_link_patient(struct ward_core *core, struct stay *stay, struct str id)
{
	struct patient *patient = core_patient(core, id);
	if (stay->patient == patient)
		return;
	if (stay->patient != NULL) {
		struct stay **link = &stay->patient->stays;
		while (*link != stay)
			link = &(*link)->next_of_patient;
		*link = stay->next_of_patient;
	}
	stay->patient = patient;
	stay->next_of_patient = patient->stays;
	patient->stays = stay;
}

static void change_status(struct ward_core *core, struct stay *stay, enum stay_status status)
{
	enum stay_status before = (enum stay_status)stay->status;
	stay->status = (uint8_t)status;
	if (status == before)
		return;
	if (status == STAY_ACTIVE && before == STAY_ONHOLD)
		stay->resumed_us = core->now_us;
	if (status == STAY_ACTIVE && stay->opened_us == 0)
		stay->opened_us = core->now_us;
	if (status == STAY_ONHOLD || status == STAY_FINISHED)
		memset(stay->repeat_us, 0, sizeof(stay->repeat_us));
	if (status != STAY_FINISHED)
		return;
	stay->end_us = core->now_us;
	limit_destroy(stay);
	handover_destroy(stay);
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (alert_is_open(alert))
			alert_close(core, alert, ALERT_END_DISCHARGED, STR("The stay has ended."));
	}
}

/* The stay ended when the record says, not when that was written down. */
static void ended_at(const struct ward_core *core, struct stay *stay, const struct json *episode)
{
	struct str end = json_get_text(json_get(episode, STR("period")), STR("end"));
	struct date date;
	if (stay->status == STAY_FINISHED &&
	    date_parse(end, DATE_KIND_DATETIME, &date) == ERROR_OK &&
	    date.precision >= DATE_MINUTE && date.low_us >= stay->start_us &&
	    date.low_us <= core->now_us)
		stay->end_us = date.low_us;
}

static void check_policy(struct ward_core *core, struct stay *stay)
{
	const struct policy *policy = policy_find(core, str_from_c(stay->canonical));
	char exact[200] = "";
	if (policy != NULL)
		model_format(exact, sizeof(exact), "%s|%s", policy->url, policy->version);
	if (stay->status == STAY_ACTIVE && stay->canonical[0] != '\0' &&
	    strcmp(exact, stay->canonical) != 0)
		rule_unscored(
			core, stay,
			"The ward policy of this stay is not in the record; another one stands in");
	pregnancy_check(core, stay);
}

void stay_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *episode = event->resource;
	struct stay *stay = map_get(&core->stay_by_id, event->id);
	if (episode == NULL) {
		if (stay == NULL)
			return;
		change_status(core, stay, STAY_FINISHED);
	} else {
		struct str patient =
			model_reference_id(json_get(episode, STR("patient")), STR("Patient"));
		if (!stay_is_of_ward(episode) || patient.len == 0)
			return;
		stay = stay_get(core, event->id);
		struct ward_place *from = stay->ward;
		stay_link_patient(core, stay, patient);
		stay->ward = core_ward(
			core, model_reference_id(json_get(episode, STR("managingOrganization")),
						 STR("Organization")));
		stay_take_policy(core, stay);
		if (stay->start_us == 0)
			stay->start_us = event->at_us;
		instant_read(json_get(episode, STR("period")), STR("start"), &stay->start_us);
		change_status(core, stay, status_of(episode));
		ended_at(core, stay, episode);
		if (from != NULL && stay->ward != NULL && from != stay->ward &&
		    (stay->status == STAY_ACTIVE || stay->status == STAY_ONHOLD)) {
			move_stay(core, stay, from);
			cover_look_soon(core, from);
		}
		check_policy(core, stay);
	}
	overdue_update(core, stay);
	unanswered_update(core, stay);
	device_update(core, stay);
	merge_stay_event(core, stay);
	deceased_stay_event(core, stay);
	stay_mark(core, stay);
	stay_timers(core, stay);
	if (stay->ward != NULL)
		cover_look_soon(core, stay->ward);
}

void stay_plan_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *plan = event->resource;
	const struct json *about = json_get(plan, STR("supportingInfo"));
	const struct json *canonical = json_at(json_get(plan, STR("instantiatesCanonical")), 0);
	const struct json *activity = json_at(json_get(plan, STR("activity")), 0);
	const struct json *timing =
		json_get(json_get(activity, STR("detail")), STR("scheduledTiming"));
	const struct json *repeat = json_get(timing, STR("repeat"));
	struct decimal period;
	int64_t thousandths;
	struct str status = json_get_text(plan, STR("status"));
	struct str episode = { NULL, 0 };
	for (const struct json *item = about == NULL ? NULL : about->child;
	     item != NULL && episode.len == 0; item = item->next)
		episode = model_reference_id(item, STR("EpisodeOfCare"));
	if (episode.len == 0 || json_text(canonical).len == 0 ||
	    !(str_equal(status, STR("active")) || str_equal(status, STR("on-hold")) ||
	      str_equal(status, STR("completed"))))
		return;
	struct stay *stay = stay_get(core, episode);
	MODEL_PUT(stay->plan, event->id);
	MODEL_PUT(stay->canonical, json_text(canonical));
	stay_take_policy(core, stay);
	stay->period_us = 0;
	if (str_equal(json_get_text(repeat, STR("periodUnit")), STR("h")) &&
	    decimal_parse(json_get_text(repeat, STR("period")), &period) == ERROR_OK &&
	    decimal_to_scaled(period, 3, &thousandths) && thousandths > 0 && thousandths <= 168000)
		stay->period_us = thousandths * (DATE_US_PER_HOUR / 1000);
	stay->times.count = 0;
	(void)policy_times(repeat, &stay->times);
	scale_read(stay, plan);
	chart_read(stay, plan);
	limit_plan(core, stay, plan);
	defer_read(stay, plan);
	check_policy(core, stay);
	overdue_update(core, stay);
	stay_mark(core, stay);
	stay_timers(core, stay);
}

/* --- Observation ---------------------------------------------------------------------------- */

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
	take_interval(stay);
}

static void finish(struct ward_core *core, struct stay *stay)
{
	if (stay->group_us != 0 && core->now_us - stay->group_last_us > STAY_GROUP_US)
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

/* Readings have gone from this stay, and none came for them. */
static void left(struct ward_core *core, struct stay *stay, const struct reading *old)
{
	struct set_changes changes = SET_UNCHANGED;
	went(core, stay, old, &changes);
	settle(core, stay, changes);
	standing_review(core, stay, old);
	finish(core, stay);
}

struct reading *stay_take_off(struct ward_core *core, struct str observation)
{
	struct stay *stay = NULL;
	struct reading *old = timeline_take(core, observation, &stay);
	if (old == NULL)
		return NULL;
	watch_withdraw(core, observation, stay);
	left(core, stay, old);
	return old;
}

/* A correction or a withdrawal: the old readings go, wherever they stood. */
static struct reading *withdraw(struct ward_core *core, const struct ward_event *event,
				const struct stay *target)
{
	struct stay *stay = NULL;
	struct reading *old = event->version <= 1 ? NULL : timeline_take(core, event->id, &stay);
	if (event->version > 1)
		watch_withdraw(core, event->id, stay);
	if (old == NULL || stay == target)
		return old;
	left(core, stay, old);
	reading_free(old);
	return NULL;
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

/* The reading of the earlier version with the same input, for a correction. */
static const struct reading *earlier(const struct reading *old, unsigned input)
{
	while (old != NULL && old->input != input)
		old = old->next;
	return old;
}

/* Not charted, and not dropped in silence either: it may be a fever of now on a clock that was reset to another year,
 * a device's or a telephone's. No home can have measured this patient before the stay; what came from elsewhere may
 * be history. */
static void too_old(struct ward_core *core, struct stay *stay, const struct reading *reading,
		    bool by_home)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_TIME);
	bool before = reading->measured_us < stay->start_us - STAY_BEFORE_US;
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
		      reading->measured_us < stay->start_us - STAY_BEFORE_US;
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
		const struct reading *before = earlier(old, reading->input);
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
	if (stay->group_us == 0 || core->now_us - stay->group_last_us > STAY_GROUP_US)
		stay->group_us = core->now_us;
	stay->group_last_us = core->now_us;
}

/* What was scored before stays as it was, but the newest set is how the patient is now. */
void stay_born(struct ward_core *core, struct stay *stay)
{
	struct set *newest = set_newest(stay);
	if (newest == NULL || (stay->status != STAY_ACTIVE && stay->status != STAY_ONHOLD))
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
		first = reading->next;
		reading->next = NULL;
		stamp_apply(stamp, reading);
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
	bool another = stray_is_of_another(observation);
	struct reading *first = stay == NULL || another
					? NULL
					: reading_parse(observation, stay_policy(core, stay), &cut);
	device_name_readings(core, observation, first);
	reading_times(first, observation, event);
	stamp_attach(core, observation, first);
	if (first != NULL) {
		first->by_home = stray_sent_by_home(observation);
		stated_anchor(core, observation, first);
		stay = after_stay(stay, first->stated_us);
	}
	struct reading *old = withdraw(core, event, stay);
	struct set_changes changes = SET_UNCHANGED;
	if (stay == NULL)
		return;
	if (cut)
		rule_unscored(
			core, stay,
			"An Observation holds more values than the ward reads: look at the chart");
	if (!another)
		unread_observation(core, stay, event, first == NULL);
	if (first == NULL && old == NULL) {
		stray_elsewhere(core, stay, event);
		stay_timers(core, stay);
		return;
	}
	admit(core, stay, first, old, &changes);
	went(core, stay, old, &changes);
	group(core, stay, changes);
	settle(core, stay, changes);
	for (struct reading *reading = next_fresh(stay, NULL, changes); reading != NULL;
	     reading = next_fresh(stay, reading, changes)) {
		rule_reading(core, stay, reading);
		disposition_reading(core, stay, reading);
		reading->fresh = false;
	}
	standing_review(core, stay, old);
	reading_free(old);
	sampled_thin(core, stay, changes);
	finish(core, stay);
}
