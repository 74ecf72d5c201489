/* SPDX-License-Identifier: Apache-2.0
 * The state machine itself: events in, timers in between, changed things out. */
#include "ward/awaited.h"
#include "ward/carried.h"
#include "ward/channel.h"
#include "ward/cover.h"
#include "ward/deceased.h"
#include "ward/device.h"
#include "ward/disposition.h"
#include "ward/drill.h"
#include "ward/glass.h"
#include "ward/handover.h"
#include "ward/merge.h"
#include "ward/metric.h"
#include "ward/model.h"
#include "ward/oversize.h"
#include "ward/place.h"
#include "ward/quarantine.h"
#include "ward/question.h"
#include "ward/stamp.h"
#include "ward/team.h"
#include "ward/timeline.h"
#include "ward/wrapping.h"

struct ward_core *ward_core_create(const struct ward_core_options *options)
{
	struct ward_core *core = MODEL_NEW(struct ward_core);
	if (options != NULL)
		core->options = *options;
	core->messages = message_create();
	return core;
}

static void destroy_people(struct ward_core *core)
{
	size_t at = 0;
	void *thing;
	while (map_next(&core->patient_by_id, &at, &thing)) {
		merge_done(thing);
		model_give(thing);
	}
	for (at = 0; map_next(&core->contact_by_id, &at, &thing);)
		model_give(thing);
	for (at = 0; map_next(&core->practitioner_by_id, &at, &thing);)
		model_give(thing);
	for (at = 0; map_next(&core->slot_by_id, &at, &thing);)
		model_give(thing);
	for (at = 0; map_next(&core->schedule_by_id, &at, &thing);) {
		rota_schedule_done(thing);
		model_give(thing);
	}
	for (at = 0; map_next(&core->role_by_id, &at, &thing);)
		model_give(thing);
	for (at = 0; map_next(&core->ward_by_id, &at, &thing);)
		model_give(thing);
	for (at = 0; map_next(&core->dose_by_id, &at, &thing);)
		model_give(thing);
	for (at = 0; map_next(&core->pregnancy_by_source, &at, &thing);)
		model_give(thing);
	for (at = 0; map_next(&core->subscription_by_id, &at, &thing);)
		model_give(thing);
	message_destroy(core->messages);
	for (at = 0; map_next(&core->team_by_id, &at, &thing);)
		model_give(thing);
	for (at = 0; map_next(&core->device_by_id, &at, &thing);)
		model_give(thing);
	for (at = 0; map_next(&core->metric_by_id, &at, &thing);)
		model_give(thing);
	awaited_done(core);
	while (core->held != NULL) {
		struct held *held = core->held;
		core->held = held->next;
		model_give(held);
	}
	disposition_settle(core);
	stamp_done(core);
}

void ward_core_destroy(struct ward_core *core)
{
	if (core == NULL)
		return;
	while (core->stays != NULL) {
		struct stay *stay = core->stays;
		core->stays = stay->next;
		stay_destroy(stay);
	}
	while (core->policies != NULL) {
		struct policy *policy = core->policies;
		core->policies = policy->next;
		model_give(policy);
	}
	while (core->questionnaires != NULL) {
		struct questionnaire *questionnaire = core->questionnaires;
		core->questionnaires = questionnaire->next;
		model_give(questionnaire);
	}
	destroy_people(core);
	struct map *maps[] = { &core->patient_by_id,
			       &core->contact_by_id,
			       &core->practitioner_by_id,
			       &core->slot_by_id,
			       &core->schedule_by_id,
			       &core->role_by_id,
			       &core->stay_by_id,
			       &core->ward_by_id,
			       &core->alert_by_id,
			       &core->page_by_id,
			       &core->set_by_id,
			       &core->pregnancy_by_source,
			       &core->subscription_by_id,
			       &core->team_by_id,
			       &core->device_by_id,
			       &core->disposition_by_id,
			       &core->held_by_id,
			       &core->held_by_signature,
			       &core->stamp_by_id,
			       &core->dose_by_id,
			       &core->metric_by_id,
			       &core->awaited_by_reference,
			       &core->strand_by_observation };
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		map_done(maps[i]);
	timeline_done(core);
	model_give(core->heap);
	model_give(core);
}

struct patient *core_patient(struct ward_core *core, struct str id)
{
	struct patient *patient = map_get(&core->patient_by_id, id);
	if (patient == NULL) {
		patient = MODEL_NEW(struct patient);
		MODEL_PUT(patient->id, id);
		map_put(&core->patient_by_id, str_from_c(patient->id), patient);
	}
	return patient;
}

struct ward_place *core_ward(struct ward_core *core, struct str id)
{
	if (id.len == 0)
		return NULL;
	struct ward_place *ward = map_get(&core->ward_by_id, id);
	if (ward != NULL)
		return ward;
	ward = MODEL_NEW(struct ward_place);
	MODEL_PUT(ward->id, id);
	ward->look_us = MODEL_NEVER;
	struct ward_place **link = &core->wards;
	while (*link != NULL && strcmp((*link)->id, ward->id) < 0)
		link = &(*link)->next;
	ward->next = *link;
	*link = ward;
	map_put(&core->ward_by_id, str_from_c(ward->id), ward);
	return ward;
}

/* --- events --------------------------------------------------------------------------------- */

static void mark_patient(struct ward_core *core, const struct patient *patient)
{
	for (struct stay *stay = patient->stays; stay != NULL; stay = stay->next_of_patient)
		stay_mark(core, stay);
}

static void patient_event(struct ward_core *core, const struct ward_event *event)
{
	struct patient *patient = core_patient(core, event->id);
	struct arena arena;
	char born[sizeof(patient->birth_date)];
	if (event->resource == NULL)
		return; /* what is on the ward keeps its name */
	arena_init(&arena, 64 * 1024);
	MODEL_PUT(patient->name, model_human_name(&arena, json_get(event->resource, STR("name"))));
	memcpy(born, patient->birth_date, sizeof(born));
	MODEL_PUT(patient->birth_date, json_get_text(event->resource, STR("birthDate")));
	patient->deceased = deceased_read(event->resource);
	patient->test = self_test_patient(event->resource);
	patient->reach = channel_reach(event->resource, core->now_us);
	message_language(event->resource, patient->language);
	arena_done(&arena);
	merge_event(core, patient, event->resource);
	deceased_update(core, patient);
	mark_patient(core, patient);
	for (struct stay *stay = patient->stays;
	     stay != NULL && strcmp(born, patient->birth_date) != 0; stay = stay->next_of_patient)
		stay_born(core, stay);
}

static void contact_unlink(struct ward_core *core, struct contact *contact)
{
	struct patient *patient = core_patient(core, str_from_c(contact->patient));
	struct contact **link = &patient->contacts;
	while (*link != contact)
		link = &(*link)->next;
	*link = contact->next;
	mark_patient(core, patient);
}

void core_contact_link(struct ward_core *core, struct contact *contact)
{
	struct patient *patient = core_patient(core, str_from_c(contact->patient));
	struct contact **link = &patient->contacts;
	while (*link != NULL &&
	       ((*link)->rank < contact->rank ||
		((*link)->rank == contact->rank && strcmp((*link)->id, contact->id) < 0)))
		link = &(*link)->next;
	contact->next = *link;
	*link = contact;
	mark_patient(core, patient);
}

static void contact_read(struct contact *contact, const struct json *resource, int64_t at_us)
{
	struct arena arena;
	const struct json *telecoms = json_get(resource, STR("telecom"));
	const struct json *relation = json_at(json_get(resource, STR("relationship")), 0);
	arena_init(&arena, 64 * 1024);
	MODEL_PUT(contact->name, model_human_name(&arena, json_get(resource, STR("name"))));
	arena_done(&arena);
	struct str words = json_get_text(relation, STR("text"));
	if (words.len == 0)
		words = json_get_text(json_at(json_get(relation, STR("coding")), 0),
				      STR("display"));
	MODEL_PUT(contact->relationship, words);
	contact->term = term_read(resource);
	contact->reach = channel_reach(resource, at_us);
	message_language(resource, contact->language);
	contact->phone[0] = '\0';
	contact->rank = 1000;
	for (const struct json *telecom = telecoms == NULL ? NULL : telecoms->child;
	     telecom != NULL; telecom = telecom->next) {
		uint32_t rank = channel_telecom_rank(telecom);
		if (!channel_is_phone(telecom, at_us) || rank >= contact->rank)
			continue;
		contact->rank = rank;
		MODEL_PUT(contact->phone, json_get_text(telecom, STR("value")));
	}
}

static void contact_event(struct ward_core *core, const struct ward_event *event)
{
	struct contact *contact = map_get(&core->contact_by_id, event->id);
	struct str patient =
		model_reference_id(json_get(event->resource, STR("patient")), STR("Patient"));
	const struct json *active = json_get(event->resource, STR("active"));
	if (contact != NULL) {
		contact_unlink(core, contact);
		map_remove(&core->contact_by_id, event->id);
		model_give(contact);
	}
	if (event->resource == NULL || patient.len == 0 ||
	    (active != NULL && active->type == JSON_FALSE))
		return;
	contact = MODEL_NEW(struct contact);
	MODEL_PUT(contact->id, event->id);
	MODEL_PUT(contact->patient, patient);
	contact_read(contact, event->resource, core->now_us);
	map_put(&core->contact_by_id, str_from_c(contact->id), contact);
	core_contact_link(core, contact);
}

static void organization_event(struct ward_core *core, const struct ward_event *event)
{
	struct ward_place *ward = map_get(&core->ward_by_id, event->id);
	bool is_ward = place_is_ward(event->resource);
	if (ward == NULL && !is_ward)
		return;
	ward = core_ward(core, event->id);
	ward->is_ward = is_ward;
	if (event->resource == NULL)
		return;
	MODEL_PUT(ward->name, json_get_text(event->resource, STR("name")));
	MODEL_PUT(ward->phone, model_phone(event->resource, core->now_us));
	place_policy(core, ward,
		     json_get_text(model_extension(event->resource, STR("ward-policy")),
				   STR("valueCanonical")));
	cover_look_soon(core, ward);
	opinion_ward(ward, event->resource);
	for (struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		if (stay->ward != ward)
			continue;
		stay_take_policy(core, stay);
		overdue_update(core, stay);
		stay_mark(core, stay);
		stay_timers(core, stay);
	}
}

/* A version of a policy that has been used never changes: what is known stays, also when it is retired. A draft is no
 * policy yet, and one that was withdrawn never was. */
static void policy_event(struct ward_core *core, const struct ward_event *event)
{
	struct policy read;
	if (event->resource == NULL || !policy_was_in_force(event->resource) ||
	    !policy_read(event->resource, NULL, &read))
		return;
	for (const struct policy *policy = core->policies; policy != NULL; policy = policy->next) {
		if (strcmp(policy->url, read.url) == 0 &&
		    strcmp(policy->version, read.version) == 0)
			return;
	}
	struct policy *policy = MODEL_NEW(struct policy);
	*policy = read;
	MODEL_PUT(policy->id, event->id);
	policy->next = core->policies;
	core->policies = policy;
	for (struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		stay_take_policy(core, stay);
		overdue_update(core, stay);
		stay_timers(core, stay);
	}
	for (struct ward_place *ward = core->wards; ward != NULL; ward = ward->next)
		cover_look_soon(core, ward);
}

static void task_event(struct ward_core *core, const struct ward_event *event, bool own)
{
	struct alert *alert = map_get(&core->alert_by_id, event->id);
	if (str_equal(event->origin, STR(CARRIED_ORIGIN))) {
		carried_event(core, event);
		return;
	}
	if (alert == NULL) {
		if (!own)
			handover_event(core, event);
		return;
	}
	alert->version = event->resource == NULL ? 0 : event->version;
	if (own)
		return;
	if (event->resource == NULL)
		alert_touch(core, alert); /* an alert cannot be deleted: it is written again */
	else
		alert_human(core, alert, event->resource);
}

/* A page belongs to the alert it is about, or to the stay named beside it. */
static void communication_event(struct ward_core *core, const struct ward_event *event, bool own)
{
	struct page *page = map_get(&core->page_by_id, event->id);
	if (page == NULL)
		return;
	page->version = event->resource == NULL ? 0 : event->version;
	if (own || event->resource == NULL)
		return;
	const struct json *about = json_at(json_get(event->resource, STR("about")), 0);
	const struct json *episode =
		json_get(model_extension(event->resource, STR("episode")), STR("valueReference"));
	struct alert *alert = map_get(&core->alert_by_id, model_reference_id(about, STR("Task")));
	const struct json *place =
		json_get(model_extension(event->resource, STR("ward")), STR("valueReference"));
	struct ward_place *ward =
		map_get(&core->ward_by_id, model_reference_id(place, STR("Organization")));
	struct stay *stay = alert != NULL
				    ? alert->stay
				    : map_get(&core->stay_by_id,
					      model_reference_id(episode, STR("EpisodeOfCare")));
	if (stay == NULL && ward != NULL)
		stay = ward->stay;
	if (stay != NULL)
		page_event(core, stay, alert, page, event->resource);
}

static void observation_event(struct ward_core *core, const struct ward_event *event, bool own)
{
	struct set *set = map_get(&core->set_by_id, event->id);
	if (set != NULL)
		set->version = event->resource == NULL ? 0 : event->version;
	if (own)
		return;
	if (set == NULL) {
		pregnancy_event(core, event);
		stay_observation(core, event);
		return;
	}
	set->dirty = true; /* a score is what the ward computed, whoever wrote another */
	stay_mark_calm(core, set->stay);
}

static const struct {
	struct str type;
	void (*handle)(struct ward_core *core, const struct ward_event *event);
	void (*handle_own)(struct ward_core *core, const struct ward_event *event, bool own);
} handlers[] = {
	{ STR_INIT("Observation"), NULL, observation_event },
	{ STR_INIT("Task"), NULL, task_event },
	{ STR_INIT("Communication"), NULL, communication_event },
	{ STR_INIT("Patient"), patient_event, NULL },
	{ STR_INIT("RelatedPerson"), contact_event, NULL },
	{ STR_INIT("Organization"), organization_event, NULL },
	{ STR_INIT("Device"), device_event, NULL },
	{ STR_INIT("DeviceMetric"), metric_event, NULL },
	{ STR_INIT("PlanDefinition"), policy_event, NULL },
	{ STR_INIT("MedicationAdministration"), antipyretic_event, NULL },
	{ STR_INIT("MedicationStatement"), antipyretic_event, NULL },
	{ STR_INIT("EpisodeOfCare"), stay_event, NULL },
	{ STR_INIT("CarePlan"), stay_plan_event, NULL },
	{ STR_INIT("Condition"), pregnancy_event, NULL },
	{ STR_INIT("Flag"), pregnancy_event, NULL },
	{ STR_INIT("Questionnaire"), question_definition_event, NULL },
	{ STR_INIT("QuestionnaireResponse"), question_response_event, NULL },
	{ STR_INIT("Media"), question_media_event, NULL },
	{ STR_INIT("CareTeam"), team_event, NULL },
	{ STR_INIT("AuditEvent"), glass_event, NULL },
	{ STR_INIT("Practitioner"), rota_event, NULL },
	{ STR_INIT("PractitionerRole"), rota_event, NULL },
	{ STR_INIT("Schedule"), rota_event, NULL },
	{ STR_INIT("Slot"), rota_event, NULL },
	{ STR_INIT("Endpoint"), channel_event, NULL },
	{ STR_INIT("CommunicationRequest"), drill_event, NULL },
};
#define HANDLERS (sizeof(handlers) / sizeof(handlers[0]))

bool ward_core_judges(struct str type)
{
	for (size_t i = 0; i < HANDLERS; i++) {
		if (str_equal(handlers[i].type, type))
			return true;
	}
	return false;
}

bool ward_core_reads(struct str type, struct str body)
{
	return ward_core_judges(type) || wrapping_may_hold(body);
}

enum error ward_core_read(struct arena *arena, struct str body, bool deleted,
			  struct json **ret_resource, bool *ret_oversize)
{
	*ret_resource = NULL;
	*ret_oversize = !deleted && body.len > OVERSIZE_BODY_BYTES_MAX;
	if (deleted)
		return ERROR_OK;
	if (!*ret_oversize)
		return json_parse(arena, body, NULL, NULL, ret_resource);
	*ret_resource = oversize_outline(arena, body);
	return *ret_resource == NULL ? ERROR_LIMIT : ERROR_OK;
}

void ward_core_apply(struct ward_core *core, const struct ward_event *event)
{
	bool own = str_equal(event->origin, STR(WARD_ORIGIN));
	ward_core_advance(core, event->at_us);
	ASSERT(event->feed > core->feed);
	core->feed = event->feed;
	size_t i = 0;
	while (i < HANDLERS && !str_equal(handlers[i].type, event->type))
		i++;
	/* Of a photograph only whose and when counts, and that stands in the outline. */
	if (i < HANDLERS && event->oversize && !str_equal(event->type, STR("Media"))) {
		oversize_event(core, event);
		return;
	}
	if (i < HANDLERS && handlers[i].handle_own != NULL)
		handlers[i].handle_own(core, event, own);
	else if (i < HANDLERS)
		handlers[i].handle(core, event);
	if (!own)
		wrapping_event(core, event);
}

void ward_core_advance(struct ward_core *core, int64_t until_us)
{
	for (struct stay *stay = timer_first(core); stay != NULL && stay->due_us <= until_us;
	     stay = timer_first(core)) {
		if (stay->due_us > core->now_us)
			core->now_us = stay->due_us;
		stay_fire(core, stay);
	}
	if (until_us > core->now_us)
		core->now_us = until_us;
}

int64_t ward_core_now_us(const struct ward_core *core)
{
	return core->now_us;
}

int64_t ward_core_next_us(const struct ward_core *core)
{
	const struct stay *stay = timer_first(core);
	return stay == NULL ? MODEL_NEVER : stay->due_us;
}

int64_t ward_core_feed(const struct ward_core *core)
{
	return core->feed;
}
