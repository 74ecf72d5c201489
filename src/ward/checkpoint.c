/* SPDX-License-Identifier: Apache-2.0
 * The core as text and back. One function a struct names its fields once and serves both directions. Each thing is
 * one line, a JSON array whose first element says what it is; what belongs to a stay or an alert follows
 * it. Lists of things that stand in maps are printed in the order of their ids. */
#include "ward/awaited.h"
#include "ward/bridge.h"
#include "ward/device.h"
#include "ward/handover.h"
#include "ward/limit.h"
#include "ward/merge.h"
#include "ward/metric.h"
#include "ward/model.h"
#include "ward/place.h"
#include "ward/quarantine.h"
#include "ward/question.h"
#include "ward/shown.h"
#include "ward/stamp.h"
#include "ward/team.h"
#include "ward/timeline.h"
#include "ward/walker.h"

#include <stdlib.h>

#define CHECKPOINT_FORMAT 22

static void walk_core(struct walker *walker, struct ward_core *core)
{
	WALK(core->now_us);
	WALK(core->feed);
	WALK(core->channels);
}

static void walk_handover(struct walker *walker, struct handover *handover)
{
	WALK_TEXT(handover->id);
	WALK_TEXT(handover->from);
	WALK_TEXT(handover->from_name);
	WALK_TEXT(handover->to_name);
	WALK(handover->at_us);
	WALK(handover->deadline_us);
}

struct stay_links {
	char patient[MODEL_ID_BYTES];
	char ward[MODEL_ID_BYTES];
};

static void walk_charts(struct walker *walker, struct stay *stay)
{
	WALK(stay->chart_count);
	if (stay->chart_count > STAY_ORDERS_MAX) {
		walker->failed = true;
		return;
	}
	for (unsigned i = 0; i < stay->chart_count; i++) {
		WALK(stay->charts[i].at_us);
		WALK(stay->charts[i].until_us);
		WALK(stay->charts[i].band);
		WALK_TEXT(stay->charts[i].by);
		WALK_TEXT(stay->charts[i].reason);
		if (stay->charts[i].band >= score_band_count(SCORE_NPEWS))
			walker->failed = true;
	}
}

static void walk_stay(struct walker *walker, struct stay *stay, struct stay_links *links)
{
	WALK_TEXT(stay->id);
	WALK_TEXT(links->patient);
	WALK_TEXT(links->ward);
	WALK(stay->is_place);
	WALK(stay->status);
	WALK(stay->start_us);
	WALK(stay->end_us);
	WALK(stay->resumed_us);
	WALK(stay->opened_us);
	WALK_TEXT(stay->plan);
	WALK_TEXT(stay->canonical);
	WALK(stay->period_us);
	walk_times(walker, &stay->times);
	WALK(stay->order_count);
	if (stay->order_count > STAY_ORDERS_MAX) {
		walker->failed = true;
		return;
	}
	for (unsigned i = 0; i < stay->order_count; i++) {
		WALK(stay->orders[i].at_us);
		WALK(stay->orders[i].scale);
		WALK_TEXT(stay->orders[i].by);
	}
	walk_charts(walker, stay);
	WALK(stay->reassess_us);
	for (unsigned i = 0; i < POLICY_QUESTIONS_MAX; i++) {
		WALK(stay->answered_us[i]);
		WALK(stay->unanswered_us[i]);
		WALK(stay->asked_us[i]);
	}
	WALK(stay->photograph_count);
	WALK(stay->photograph_us);
	WALK(stay->page_count);
	WALK(stay->page_due_us);
	WALK(stay->last_enough_us);
	WALK(stay->group_us);
	WALK(stay->group_last_us);
	for (unsigned i = 0; i < STAY_UPLOAD_COUNT; i++)
		WALK(stay->upload_us[i]);
	WALK(stay->overdue);
	for (unsigned i = 0; i < READING_INPUT_COUNT; i++)
		WALK(stay->repeat_us[i]);
	WALK(stay->stated_us);
	WALK(stay->deferral.at_us);
	WALK(stay->deferral.until_us);
	WALK_TEXT(stay->deferral.reason);
	WALK_TEXT(stay->deferral.by);
	WALK(stay->band);
	WALK(stay->band_chosen);
	WALK(stay->deceased);
	WALK(stay->merge_said);
	WALK(stay->sequence);
	WALK(stay->due_us);
	if (stay->overdue >= OVERDUE_COUNT || stay->status > STAY_FINISHED)
		walker->failed = true;
}

static void walk_measure(struct walker *walker, struct measure *measure)
{
	WALK(measure->at_us);
	WALK(measure->value);
	WALK(measure->input);
	WALK_TEXT(measure->observation);
	if (measure->input >= READING_INPUT_COUNT)
		walker->failed = true;
}

static void walk_pregnancy(struct walker *walker, struct pregnancy *pregnancy, char patient[65])
{
	walk_text(walker, patient, MODEL_ID_BYTES);
	WALK_TEXT(pregnancy->source);
	WALK(pregnancy->is_observation);
	WALK(pregnancy->pregnant);
	WALK(pregnancy->at_us);
}

/* --- saving --------------------------------------------------------------------------------- */

#define SAVE(kind, call) \
	do { \
		text_put_c(text, "[\"" kind "\""); \
		(call); \
		text_put_c(text, "]\n"); \
	} while (0)

/* Things of a map in the order of their ids; every such struct has `next` first, if any, and an id. */
struct sorted {
	const char *id;
	void *thing;
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct sorted *)a)->id, ((const struct sorted *)b)->id);
}

static struct sorted *sort_map(const struct map *map, size_t id_offset)
{
	struct sorted *list = model_take((map->count + 1) * sizeof(*list));
	size_t at = 0, count = 0;
	void *thing;
	while (map_next(map, &at, &thing)) {
		list[count].id = (const char *)thing + id_offset;
		list[count++].thing = thing;
	}
	qsort(list, count, sizeof(*list), by_id);
	return list;
}

#define SAVE_MAP(kind, map, type, walk) \
	do { \
		struct sorted *list = sort_map(&(map), offsetof(struct type, id)); \
		for (size_t i = 0; i < (map).count; i++) \
			SAVE(kind, walk(walker, list[i].thing)); \
		model_give(list); \
	} while (0)

static void save_schedules(struct walker *walker, const struct ward_core *core)
{
	struct text *text = walker->text;
	struct sorted *list = sort_map(&core->schedule_by_id, offsetof(struct schedule, id));
	for (size_t i = 0; i < core->schedule_by_id.count; i++) {
		struct schedule *schedule = list[i].thing;
		SAVE("schedule", walker_schedule(walker, schedule));
		for (struct schedule_part *part = schedule->parts; part != NULL; part = part->also)
			SAVE("schedule-part", walker_schedule_part(walker, part));
	}
	model_give(list);
}

static void save_pages(struct walker *walker, struct page *first)
{
	struct text *text = walker->text;
	for (struct page *page = first; page != NULL; page = page->next)
		SAVE("page", walker_page(walker, page));
}

static void save_alert(struct walker *walker, struct alert *alert)
{
	struct text *text = walker->text;
	char policy[200] = "";
	if (alert->policy != NULL)
		model_format(policy, sizeof(policy), "%s|%s", alert->policy->url,
			     alert->policy->version);
	SAVE("alert", walker_alert(walker, alert, policy));
	for (struct note *note = alert->notes; note != NULL; note = note->next)
		SAVE("note", walker_note(walker, note));
	save_pages(walker, alert->pages);
}

static void save_device(struct walker *walker, struct device *device)
{
	struct text *text = walker->text;
	char parent[MODEL_ID_BYTES] = "";
	if (device->parent != NULL)
		MODEL_PUT(parent, str_from_c(device->parent->id));
	SAVE("device", walker_device(walker, device, parent));
}

static void save_devices(struct walker *walker, struct ward_core *core)
{
	struct text *text = walker->text;
	struct sorted *list = sort_map(&core->device_by_id, offsetof(struct device, id));
	for (size_t i = 0; i < core->device_by_id.count; i++)
		save_device(walker, list[i].thing);
	model_give(list);
	for (struct held *held = core->held; held != NULL; held = held->next)
		SAVE("held", walker_held(walker, held));
	for (struct stamp *stamp = core->stamps; stamp != NULL; stamp = stamp->next)
		SAVE("stamp", walker_stamp(walker, stamp));
	for (struct stamp_wait *wait = core->stamp_waits; wait != NULL; wait = wait->next)
		SAVE("stamp-wait", walker_stamp_wait(walker, wait));
}

static void save_metrics(struct walker *walker, struct ward_core *core)
{
	struct text *text = walker->text;
	SAVE_MAP("metric", core->metric_by_id, metric, walker_metric);
	for (struct awaited *at = core->awaited; at != NULL; at = at->next)
		SAVE("awaited", walker_awaited(walker, at));
}

static void save_stay(struct walker *walker, struct stay *stay)
{
	struct text *text = walker->text;
	struct stay_links links = { "", "" };
	if (stay->patient != NULL)
		MODEL_PUT(links.patient, str_from_c(stay->patient->id));
	if (stay->ward != NULL)
		MODEL_PUT(links.ward, str_from_c(stay->ward->id));
	SAVE("stay", walk_stay(walker, stay, &links));
	for (struct limit *limit = stay->limits; limit != NULL; limit = limit->next)
		SAVE("limit", walker_limit(walker, limit));
	for (struct handover *at = stay->handovers; at != NULL; at = at->next)
		SAVE("handover", walk_handover(walker, at));
	save_pages(walker, stay->pages);
	for (struct reading *reading = stay->readings; reading != NULL; reading = reading->next)
		SAVE("reading", walker_reading(walker, reading));
	for (struct strand *at = stay->strands_last; at != NULL; at = at->newer)
		SAVE("strand", walker_strand(walker, at)); /* oldest first */
	for (struct measure *measure = stay->measures; measure != NULL; measure = measure->next)
		SAVE("measure", walk_measure(walker, measure));
	for (struct set *set = stay->sets; set != NULL; set = set->next)
		SAVE("set", walker_set(walker, set));
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next)
		save_alert(walker, alert);
}

static void walk_merge(struct walker *walker, char patient[65], char other[65])
{
	walk_text(walker, patient, MODEL_ID_BYTES);
	walk_text(walker, other, MODEL_ID_BYTES);
}

static void save_merges(struct walker *walker, struct ward_core *core)
{
	struct text *text = walker->text;
	struct sorted *list = sort_map(&core->patient_by_id, offsetof(struct patient, id));
	for (size_t i = 0; i < core->patient_by_id.count; i++) {
		struct patient *patient = list[i].thing;
		for (struct merge_link *link = patient->links; link != NULL; link = link->next)
			SAVE("merge", walk_merge(walker, patient->id, link->other->id));
	}
	model_give(list);
}

static void save_pregnancies(struct walker *walker, struct ward_core *core)
{
	struct text *text = walker->text;
	struct sorted *list =
		sort_map(&core->pregnancy_by_source, offsetof(struct pregnancy, source));
	for (size_t i = 0; i < core->pregnancy_by_source.count; i++) {
		struct pregnancy *pregnancy = list[i].thing;
		SAVE("pregnancy", walk_pregnancy(walker, pregnancy, pregnancy->patient->id));
	}
	model_give(list);
}

static void save_policies(struct walker *walker, struct policy *newest)
{
	struct text *text = walker->text;
	size_t count = 0;
	for (const struct policy *policy = newest; policy != NULL; policy = policy->next)
		count++;
	for (; count > 0; count--) { /* oldest first */
		struct policy *policy = newest;
		for (size_t i = 1; i < count; i++)
			policy = policy->next;
		SAVE("policy", walker_policy(walker, policy));
	}
}

void ward_core_save(const struct ward_core *core, struct text *text)
{
	struct ward_core *all =
		(struct ward_core *)(uintptr_t)core; /* walking to save changes nothing */
	struct walker whole = { .text = text };
	struct walker *walker = &whole;
	text_put_format(text, "[\"homeward-ward\",%d,\"" HOMEWARD_VERSION "\"]\n",
			CHECKPOINT_FORMAT);
	SAVE("core", walk_core(walker, all));
	save_policies(walker, all->policies);
	for (struct questionnaire *at = all->questionnaires; at != NULL; at = at->next)
		SAVE("questionnaire", walker_questionnaire(walker, at));
	for (struct ward_place *ward = all->wards; ward != NULL; ward = ward->next)
		SAVE("ward", walker_ward(walker, ward));
	SAVE_MAP("practitioner", all->practitioner_by_id, practitioner, walker_practitioner);
	SAVE_MAP("role", all->role_by_id, role, walker_role);
	save_schedules(walker, all);
	SAVE_MAP("slot", all->slot_by_id, slot, walker_slot);
	SAVE_MAP("patient", all->patient_by_id, patient, walker_patient);
	save_merges(walker, all);
	SAVE_MAP("contact", all->contact_by_id, contact, walker_contact);
	save_pregnancies(walker, all);
	SAVE_MAP("subscription", all->subscription_by_id, subscription, walker_subscription);
	SAVE_MAP("team", all->team_by_id, team, walker_team);
	save_devices(walker, all);
	save_metrics(walker, all);
	SAVE_MAP("dose", all->dose_by_id, dose, walker_dose);
	for (struct stay *stay = all->stays; stay != NULL; stay = stay->next)
		save_stay(walker, stay);
	text_put_c(text, "[\"end\"]\n");
}

/* --- loading -------------------------------------------------------------------------------- */

struct loader {
	struct ward_core *core;
	struct stay *stay;
	struct alert *alert;
	bool ended;
};

static void load_policy(struct loader *loader, struct walker *walker)
{
	struct policy *policy = MODEL_NEW(struct policy);
	walker_policy(walker, policy);
	policy->next = loader->core->policies;
	loader->core->policies = policy;
}

static void load_questionnaire(struct loader *loader, struct walker *walker)
{
	struct questionnaire *questionnaire = MODEL_NEW(struct questionnaire);
	walker_questionnaire(walker, questionnaire);
	question_insert(loader->core, questionnaire);
}

static void load_ward(struct loader *loader, struct walker *walker)
{
	struct ward_place read = { 0 };
	walker_ward(walker, &read);
	struct ward_place *ward = core_ward(loader->core, str_from_c(read.id));
	if (ward == NULL) {
		walker->failed = true;
		return;
	}
	memcpy(ward->name, read.name, sizeof(ward->name));
	memcpy(ward->canonical, read.canonical, sizeof(ward->canonical));
	ward->is_ward = read.is_ward;
	ward->look_us = read.look_us;
	memcpy(ward->opinion_text, read.opinion_text, sizeof(ward->opinion_text));
	memcpy(ward->opinion_phone, read.opinion_phone, sizeof(ward->opinion_phone));
	memcpy(ward->phone, read.phone, sizeof(ward->phone));
}

static void load_practitioner(struct loader *loader, struct walker *walker)
{
	struct practitioner *practitioner = MODEL_NEW(struct practitioner);
	walker_practitioner(walker, practitioner);
	map_put(&loader->core->practitioner_by_id, str_from_c(practitioner->id), practitioner);
}

static void load_role(struct loader *loader, struct walker *walker)
{
	struct role *role = MODEL_NEW(struct role);
	walker_role(walker, role);
	struct role **link = &loader->core->roles;
	while (*link != NULL && strcmp((*link)->id, role->id) < 0)
		link = &(*link)->next;
	role->next = *link;
	*link = role;
	map_put(&loader->core->role_by_id, str_from_c(role->id), role);
}

static void load_schedule(struct loader *loader, struct walker *walker)
{
	struct schedule *schedule = MODEL_NEW(struct schedule);
	walker_schedule(walker, schedule);
	map_put(&loader->core->schedule_by_id, str_from_c(schedule->id), schedule);
}

/* Lines come in the order of the schedules' ids. */
static void load_schedule_part(struct loader *loader, struct walker *walker)
{
	char ids[2][MODEL_ID_BYTES] = { "", "" };
	walk_text(walker, ids[0], sizeof(ids[0]));
	walk_text(walker, ids[1], sizeof(ids[1]));
	struct schedule *schedule = map_get(&loader->core->schedule_by_id, str_from_c(ids[0]));
	if (schedule == NULL || map_get(&loader->core->role_by_id, str_from_c(ids[1])) == NULL) {
		walker->failed = true;
		return;
	}
	rota_schedule_link(loader->core, schedule, str_from_c(ids[1]));
}

static void load_slot(struct loader *loader, struct walker *walker)
{
	struct slot *slot = MODEL_NEW(struct slot);
	walker_slot(walker, slot);
	map_put(&loader->core->slot_by_id, str_from_c(slot->id), slot);
	if (map_get(&loader->core->schedule_by_id, str_from_c(slot->schedule)) == NULL) {
		walker->failed = true;
		return;
	}
	rota_slot_link(loader->core, slot);
}

static void load_patient(struct loader *loader, struct walker *walker)
{
	struct patient *patient = MODEL_NEW(struct patient);
	walker_patient(walker, patient);
	map_put(&loader->core->patient_by_id, str_from_c(patient->id), patient);
}

static void load_merge(struct loader *loader, struct walker *walker)
{
	char patient[MODEL_ID_BYTES] = "", other[MODEL_ID_BYTES] = "";
	walk_merge(walker, patient, other);
	if (patient[0] == '\0' || other[0] == '\0')
		walker->failed = true;
	else
		merge_load(core_patient(loader->core, str_from_c(patient)),
			   core_patient(loader->core, str_from_c(other)));
}

static void load_contact(struct loader *loader, struct walker *walker)
{
	struct contact *contact = MODEL_NEW(struct contact);
	walker_contact(walker, contact);
	map_put(&loader->core->contact_by_id, str_from_c(contact->id), contact);
	core_contact_link(loader->core, contact);
}

static void load_dose(struct loader *loader, struct walker *walker)
{
	struct dose *dose = MODEL_NEW(struct dose);
	walker_dose(walker, dose);
	antipyretic_link(loader->core, dose);
}

static void load_subscription(struct loader *loader, struct walker *walker)
{
	struct subscription *subscription = MODEL_NEW(struct subscription);
	walker_subscription(walker, subscription);
	map_put(&loader->core->subscription_by_id, str_from_c(subscription->id), subscription);
}

static void load_team(struct loader *loader, struct walker *walker)
{
	struct team *team = MODEL_NEW(struct team);
	walker_team(walker, team);
	team_link(loader->core, team);
}

static void load_limit(struct loader *loader, struct walker *walker)
{
	struct limit *limit = MODEL_NEW(struct limit);
	struct limit **link = &loader->stay->limits;
	walker_limit(walker, limit);
	while (*link != NULL)
		link = &(*link)->next;
	*link = limit;
}

static void load_handover(struct loader *loader, struct walker *walker)
{
	struct handover *handover = MODEL_NEW(struct handover);
	struct handover **link = &loader->stay->handovers;
	walk_handover(walker, handover);
	while (*link != NULL)
		link = &(*link)->next;
	*link = handover;
}

static void load_device(struct loader *loader, struct walker *walker)
{
	struct device read = { 0 };
	char parent[MODEL_ID_BYTES] = "";
	walker_device(walker, &read, parent);
	if (walker->failed || !device_load(loader->core, &read, str_from_c(parent)))
		walker->failed = true;
}

static void load_metric(struct loader *loader, struct walker *walker)
{
	struct metric *metric = MODEL_NEW(struct metric);
	walker_metric(walker, metric);
	if (!metric_load(loader->core, metric)) {
		walker->failed = true;
		model_give(metric);
	}
}

static void load_awaited(struct loader *loader, struct walker *walker)
{
	struct awaited *awaited = MODEL_NEW(struct awaited);
	walker_awaited(walker, awaited);
	awaited_link(loader->core, awaited);
}

static void load_held(struct loader *loader, struct walker *walker)
{
	struct held *held = MODEL_NEW(struct held);
	walker_held(walker, held);
	quarantine_link(loader->core, held);
}

static void load_stamp(struct loader *loader, struct walker *walker)
{
	struct stamp *stamp = MODEL_NEW(struct stamp);
	walker_stamp(walker, stamp);
	stamp_link(loader->core, stamp);
}

static void load_stamp_wait(struct loader *loader, struct walker *walker)
{
	struct stamp_wait *wait = MODEL_NEW(struct stamp_wait);
	walker_stamp_wait(walker, wait);
	stamp_link_wait(loader->core, wait);
}

static void load_stay(struct loader *loader, struct walker *walker)
{
	struct stay read = { 0 };
	struct stay_links links = { "", "" };
	walk_stay(walker, &read, &links);
	struct stay *stay = stay_get(loader->core, str_from_c(read.id));
	if (stay->sequence != read.sequence || stay->changed) {
		walker->failed = true;
		return;
	}
	read.next = stay->next;
	*stay = read;
	/* The map's key stands in the stay itself: same place, same text. */
	if (links.patient[0] != '\0')
		stay_link_patient(loader->core, stay, str_from_c(links.patient));
	stay->ward = core_ward(loader->core, str_from_c(links.ward));
	stay_take_policy(loader->core, stay);
	place_link(stay);
	int64_t due_us = stay->due_us;
	stay->due_us = MODEL_NEVER;
	timer_set(loader->core, stay, due_us);
	shown_mark(loader->core, stay, false);
	loader->stay = stay;
	loader->alert = NULL;
}

static void load_reading(struct loader *loader, struct walker *walker)
{
	struct reading *reading = MODEL_NEW(struct reading);
	walker_reading(walker, reading);
	if (walker->failed)
		model_give(reading);
	else
		timeline_add(loader->core, loader->stay, reading);
}

static void load_strand(struct loader *loader, struct walker *walker)
{
	struct strand *strand = MODEL_NEW(struct strand);
	walker_strand(walker, strand);
	if (map_get(&loader->core->strand_by_observation, str_from_c(strand->observation)) != NULL)
		walker->failed = true;
	if (walker->failed)
		bridge_free(strand);
	else
		bridge_link(loader->core, loader->stay, strand);
}

static void load_measure(struct loader *loader, struct walker *walker)
{
	struct measure *measure = MODEL_NEW(struct measure);
	walk_measure(walker, measure);
	watch_insert(loader->stay, measure);
}

static void load_pregnancy(struct loader *loader, struct walker *walker)
{
	struct pregnancy *pregnancy = MODEL_NEW(struct pregnancy);
	char patient[MODEL_ID_BYTES] = "";
	walk_pregnancy(walker, pregnancy, patient);
	struct patient *about = map_get(&loader->core->patient_by_id, str_from_c(patient));
	if (about == NULL ||
	    map_get(&loader->core->pregnancy_by_source, str_from_c(pregnancy->source)) != NULL) {
		walker->failed = true;
		model_give(pregnancy);
		return;
	}
	pregnancy_insert(loader->core, about, pregnancy);
}

static void load_set(struct loader *loader, struct walker *walker)
{
	struct set *set = MODEL_NEW(struct set);
	walker_set(walker, set);
	set_append(loader->core, loader->stay, set);
}

static void load_alert(struct loader *loader, struct walker *walker)
{
	struct alert *alert = MODEL_NEW(struct alert);
	struct stay *stay = loader->stay;
	char policy[200] = "";
	walker_alert(walker, alert, policy);
	alert->stay = stay;
	if (policy[0] != '\0')
		alert->policy = policy_find(loader->core, str_from_c(policy));
	alert_append(stay, alert);
	map_put(&loader->core->alert_by_id, str_from_c(alert->id), alert);
	if (alert_is_open(alert) && snooze_is_on(alert))
		loader->core->snoozed++;
	loader->alert = alert;
}

static void load_note(struct loader *loader, struct walker *walker)
{
	struct note *note = MODEL_NEW(struct note);
	walker_note(walker, note);
	if (loader->alert == NULL) {
		walker->failed = true;
		model_give(note);
		return;
	}
	struct note **link = &loader->alert->notes;
	while (*link != NULL)
		link = &(*link)->next;
	*link = note;
}

static void load_page(struct loader *loader, struct walker *walker)
{
	struct page *page = MODEL_NEW(struct page);
	struct page **link = loader->alert != NULL ? &loader->alert->pages : &loader->stay->pages;
	walker_page(walker, page);
	while (*link != NULL)
		link = &(*link)->next;
	*link = page;
	map_put(&loader->core->page_by_id, str_from_c(page->id), page);
}

static const struct {
	struct str kind;
	bool of_stay; /* needs a stay before it */
	void (*load)(struct loader *loader, struct walker *walker);
} kinds[] = {
	{ STR_INIT("policy"), false, load_policy },
	{ STR_INIT("ward"), false, load_ward },
	{ STR_INIT("practitioner"), false, load_practitioner },
	{ STR_INIT("role"), false, load_role },
	{ STR_INIT("schedule"), false, load_schedule },
	{ STR_INIT("schedule-part"), false, load_schedule_part },
	{ STR_INIT("slot"), false, load_slot },
	{ STR_INIT("patient"), false, load_patient },
	{ STR_INIT("merge"), false, load_merge },
	{ STR_INIT("contact"), false, load_contact },
	{ STR_INIT("pregnancy"), false, load_pregnancy },
	{ STR_INIT("subscription"), false, load_subscription },
	{ STR_INIT("team"), false, load_team },
	{ STR_INIT("device"), false, load_device },
	{ STR_INIT("metric"), false, load_metric },
	{ STR_INIT("awaited"), false, load_awaited },
	{ STR_INIT("held"), false, load_held },
	{ STR_INIT("stamp"), false, load_stamp },
	{ STR_INIT("stamp-wait"), false, load_stamp_wait },
	{ STR_INIT("dose"), false, load_dose },
	{ STR_INIT("questionnaire"), false, load_questionnaire },
	{ STR_INIT("stay"), false, load_stay },
	{ STR_INIT("measure"), true, load_measure },
	{ STR_INIT("limit"), true, load_limit },
	{ STR_INIT("handover"), true, load_handover },
	{ STR_INIT("reading"), true, load_reading },
	{ STR_INIT("strand"), true, load_strand },
	{ STR_INIT("set"), true, load_set },
	{ STR_INIT("alert"), true, load_alert },
	{ STR_INIT("note"), true, load_note },
	{ STR_INIT("page"), true, load_page },
};

static bool load_line(struct loader *loader, const struct json *line)
{
	const struct json *first = json_at(line, 0);
	struct str kind = json_text(first);
	struct walker walker = { .at = first == NULL ? NULL : first->next };
	if (str_equal(kind, STR("core"))) {
		walk_core(&walker, loader->core);
		return !walker.failed;
	}
	if (str_equal(kind, STR("end"))) {
		device_loaded(loader->core);
		loader->ended = true;
		return true;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!str_equal(kinds[i].kind, kind))
			continue;
		if (kinds[i].of_stay && loader->stay == NULL)
			return false;
		kinds[i].load(loader, &walker);
		return !walker.failed && walker.at == NULL;
	}
	return false;
}

/* What another version has judged is judged again by this one's rules (docs/decisions/0017). */
static bool is_header(const struct json *line)
{
	int64_t format = 0;
	return str_equal(json_text(json_at(line, 0)), STR("homeward-ward")) &&
	       str_to_i64(json_text(json_at(line, 1)), &format) && format == CHECKPOINT_FORMAT &&
	       str_equal(json_text(json_at(line, 2)), STR(HOMEWARD_VERSION));
}

struct ward_core *ward_core_load(const struct ward_core_options *options, struct str text)
{
	struct loader loader = { .core = ward_core_create(options) };
	struct arena arena;
	bool fine = true, first = true;
	arena_init(&arena, 1024 * 1024);
	while (fine && text.len > 0 && !loader.ended) {
		struct json *line;
		struct str source = str_cut(&text, '\n');
		arena_reset(&arena);
		fine = json_parse(&arena, source, NULL, NULL, &line) == ERROR_OK;
		if (fine)
			fine = first ? is_header(line) : load_line(&loader, line);
		first = false;
	}
	arena_done(&arena);
	if (!fine || !loader.ended) {
		ward_core_destroy(loader.core);
		return NULL;
	}
	return loader.core;
}
