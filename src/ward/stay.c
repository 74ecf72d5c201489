/* SPDX-License-Identifier: Apache-2.0
 * One patient's time on the ward: its record, its policy and its timers. */
#include "ward/bridge.h"
#include "ward/chart.h"
#include "ward/cover.h"
#include "ward/deceased.h"
#include "ward/device.h"
#include "ward/drill.h"
#include "ward/handover.h"
#include "ward/limit.h"
#include "ward/merge.h"
#include "ward/model.h"
#include "ward/move.h"
#include "ward/place.h"
#include "ward/policy_setting.h"
#include "ward/shown.h"
#include "ward/timeline.h"
#include "ward/unanswered.h"

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

void stay_take_interval(struct stay *stay)
{
	const struct set *newest = set_newest_enough(stay);
	if (newest != NULL && newest->start_us != 0)
		stay->reassess_us = interval_of_set(stay->policy, newest);
}

void stay_take_policy(const struct ward_core *core, struct stay *stay)
{
	const struct policy *policy = policy_find(core, str_from_c(stay->canonical));
	const struct policy *before = stay->policy;
	if (policy == NULL)
		policy = stay->ward != NULL ? place_policy_of(core, stay->ward) : core->policies;
	stay->policy = policy;
	unanswered_policy(core, stay, before);
	stay_take_interval(stay);
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
		bridge_forget(core, stay, MODEL_NEVER);
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
	bridge_forget(core, stay, before_us);
	if (!core->options.keep_alerts)
		forget_alerts(core, stay, before_us);
	forget_pages(core, stay, before_us);
}

void stay_destroy(struct stay *stay)
{
	watch_forget(stay, MODEL_NEVER);
	timeline_destroy(stay);
	bridge_destroy(stay);
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

bool stay_is_open(const struct stay *stay)
{
	return stay->status == STAY_ACTIVE || stay->status == STAY_ONHOLD;
}

bool stay_is_of_ward(const struct json *episode)
{
	return model_is_typed(episode, STR(HOMEWARD_URL "CodeSystem/episode-type"),
			      STR("virtual-ward"));
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
		rule_unscored(core, stay, RULE_UNSCORED_POLICY);
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
		struct patient *was = stay->patient;
		stay_link_patient(core, stay, patient);
		if (was != NULL && was != stay->patient)
			device_follow(core, was);
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
		    stay_is_open(stay)) {
			move_stay(core, stay, from);
			cover_look_soon(core, from);
		}
		check_policy(core, stay);
	}
	deceased_stay_event(core, stay); /* first: of somebody who has died nothing else is said */
	overdue_update(core, stay);
	unanswered_update(core, stay);
	if (stay->patient != NULL)
		device_follow(core, stay->patient);
	merge_stay_event(core, stay);
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
