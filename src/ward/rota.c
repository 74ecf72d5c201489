/* SPDX-License-Identifier: Apache-2.0
 * Who works when: PractitionerRole (which roles on which ward), Schedule (of a role), Slot (busy: a
 * shift). A role without any Schedule is always on shift (a switchboard). Outside its `period` no role is. */
#include "ward/cover.h"
#include "ward/drill.h"
#include "ward/model.h"

static const struct {
	struct str code;
	struct str name;
} role_rows[ROLE_COUNT] = {
	[ROLE_NURSE] = { STR_INIT("nurse"), STR_INIT("Nurse") },
	[ROLE_SHIFT_LEAD] = { STR_INIT("shift-lead"), STR_INIT("Shift lead") },
	[ROLE_NURSE_IN_CHARGE] = { STR_INIT("nurse-in-charge"), STR_INIT("Nurse in charge") },
	[ROLE_REGISTRAR] = { STR_INIT("registrar"), STR_INIT("Registrar") },
	[ROLE_CONSULTANT] = { STR_INIT("consultant"), STR_INIT("Consultant") },
	[ROLE_SWITCHBOARD] = { STR_INIT("switchboard"), STR_INIT("Switchboard") },
	[ROLE_SELF_TEST] = { STR_INIT("self-test"), STR_INIT("Self-test") },
	[ROLE_OUTREACH] = { STR_INIT("outreach"), STR_INIT("Critical care outreach") },
	[ROLE_TECHNICAL_DESK] = { STR_INIT("technical-desk"), STR_INIT("Technical desk") },
	[ROLE_MIDWIFE] = { STR_INIT("midwife"), STR_INIT("Midwife") },
	[ROLE_OBSTETRICIAN] = { STR_INIT("obstetrician"), STR_INIT("Obstetrician") },
	[ROLE_COMMUNITY_NURSE] = { STR_INIT("community-nurse"), STR_INIT("Community nurse") },
	[ROLE_SPECIALIST_NURSE] = { STR_INIT("specialist-nurse"), STR_INIT("Specialist nurse") },
	[ROLE_GENERAL_PRACTITIONER] = { STR_INIT("general-practitioner"),
					STR_INIT("General practitioner") },
	[ROLE_CARE_HOME] = { STR_INIT("care-home"), STR_INIT("Care home") },
};

struct str role_name(enum ward_role role)
{
	ASSERT(role < ROLE_COUNT);
	return role_rows[role].name;
}

struct str role_code(enum ward_role role)
{
	ASSERT(role < ROLE_COUNT);
	return role_rows[role].code;
}

static struct role *role_get(struct ward_core *core, struct str id)
{
	struct role *role = map_get(&core->role_by_id, id);
	if (role != NULL)
		return role;
	role = MODEL_NEW(struct role);
	MODEL_PUT(role->id, id);
	struct role **link = &core->roles;
	while (*link != NULL && strcmp((*link)->id, role->id) < 0)
		link = &(*link)->next;
	role->next = *link;
	*link = role;
	map_put(&core->role_by_id, str_from_c(role->id), role);
	return role;
}

static struct schedule *schedule_get(struct ward_core *core, struct str id)
{
	struct schedule *schedule = map_get(&core->schedule_by_id, id);
	if (schedule != NULL)
		return schedule;
	schedule = MODEL_NEW(struct schedule);
	MODEL_PUT(schedule->id, id);
	map_put(&core->schedule_by_id, str_from_c(schedule->id), schedule);
	return schedule;
}

static void role_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *resource = event->resource;
	const struct json *active = json_get(resource, STR("active"));
	struct role *role = role_get(core, event->id);
	role->known = resource != NULL && (active == NULL || active->type == JSON_TRUE);
	role->roles = 0;
	role->term = term_read(resource);
	if (resource == NULL)
		return;
	const struct json *practitioner = json_get(resource, STR("practitioner"));
	const struct json *codes = json_get(resource, STR("code"));
	MODEL_PUT(role->ward,
		  model_reference_id(json_get(resource, STR("organization")), STR("Organization")));
	MODEL_PUT(role->practitioner, model_reference_id(practitioner, STR("Practitioner")));
	MODEL_PUT(role->display, json_get_text(practitioner, STR("display")));
	role->reach = channel_reach_staff(resource);
	drill_telephones(core, role, resource);
	for (const struct json *concept = codes == NULL ? NULL : codes->child; concept != NULL;
	     concept = concept->next) {
		struct str code = model_code(concept, STR(HOMEWARD_URL "CodeSystem/ward-role"));
		for (unsigned i = 0; i < ROLE_COUNT; i++) {
			if (str_equal(code, role_rows[i].code))
				role->roles |= 1u << i;
		}
	}
}

static void schedule_event(struct ward_core *core, const struct ward_event *event)
{
	struct schedule *schedule = schedule_get(core, event->id);
	const struct json *actors = json_get(event->resource, STR("actor"));
	if (schedule->known) {
		struct role *old = role_get(core, str_from_c(schedule->role));
		struct schedule **link = &old->schedules;
		while (*link != schedule)
			link = &(*link)->next;
		*link = schedule->next;
		schedule->next = NULL;
		schedule->known = false;
	}
	for (const struct json *actor = actors == NULL ? NULL : actors->child; actor != NULL;
	     actor = actor->next) {
		struct str id = model_reference_id(actor, STR("PractitionerRole"));
		if (id.len == 0)
			continue;
		struct role *role = role_get(core, id);
		MODEL_PUT(schedule->role, id);
		struct schedule **link = &role->schedules;
		while (*link != NULL && strcmp((*link)->id, schedule->id) < 0)
			link = &(*link)->next;
		schedule->next = *link;
		*link = schedule;
		schedule->known = true;
		return;
	}
}

static void slot_unlink(struct ward_core *core, struct slot *slot)
{
	struct schedule *schedule = schedule_get(core, str_from_c(slot->schedule));
	struct slot **link = &schedule->slots;
	while (*link != slot)
		link = &(*link)->next;
	*link = slot->next;
	slot->next = NULL;
}

void rota_slot_link(struct ward_core *core, struct slot *slot)
{
	struct schedule *schedule = schedule_get(core, str_from_c(slot->schedule));
	struct slot **link = &schedule->slots;
	while (*link != NULL &&
	       ((*link)->start_us < slot->start_us ||
		((*link)->start_us == slot->start_us && strcmp((*link)->id, slot->id) < 0)))
		link = &(*link)->next;
	slot->next = *link;
	*link = slot;
}

static bool instant_of(const struct json *resource, struct str name, int64_t *ret_us)
{
	struct date date;
	if (date_parse(json_get_text(resource, name), DATE_KIND_INSTANT, &date) != ERROR_OK)
		return false;
	*ret_us = date.low_us;
	return true;
}

static void slot_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *resource = event->resource;
	struct slot *slot = map_get(&core->slot_by_id, event->id);
	if (slot != NULL) {
		slot_unlink(core, slot);
		if (resource == NULL) {
			map_remove(&core->slot_by_id, event->id);
			model_give(slot);
			return;
		}
	} else {
		if (resource == NULL)
			return;
		slot = MODEL_NEW(struct slot);
		MODEL_PUT(slot->id, event->id);
		map_put(&core->slot_by_id, str_from_c(slot->id), slot);
	}
	MODEL_PUT(slot->schedule,
		  model_reference_id(json_get(resource, STR("schedule")), STR("Schedule")));
	slot->busy = str_equal(json_get_text(resource, STR("status")), STR("busy")) &&
		     instant_of(resource, STR("start"), &slot->start_us) &&
		     instant_of(resource, STR("end"), &slot->end_us);
	rota_slot_link(core, slot);
}

static void practitioner_event(struct ward_core *core, const struct ward_event *event)
{
	struct practitioner *practitioner = map_get(&core->practitioner_by_id, event->id);
	struct arena arena;
	if (practitioner == NULL) {
		practitioner = MODEL_NEW(struct practitioner);
		MODEL_PUT(practitioner->id, event->id);
		map_put(&core->practitioner_by_id, str_from_c(practitioner->id), practitioner);
	}
	arena_init(&arena, 64 * 1024);
	MODEL_PUT(practitioner->name,
		  model_human_name(&arena, json_get(event->resource, STR("name"))));
	arena_done(&arena);
}

/* The ward whose rota the thing belongs to as it stands; empty when none is known. */
static void ward_of(const struct ward_core *core, const struct ward_event *event,
		    char ret_ward[MODEL_ID_BYTES])
{
	const struct slot *slot = map_get(&core->slot_by_id, event->id);
	struct str schedule_id = str_equal(event->type, STR("Schedule")) ? event->id
				 : slot == NULL                          ? STR("")
						: str_from_c(slot->schedule);
	const struct schedule *schedule = map_get(&core->schedule_by_id, schedule_id);
	struct str role_id = str_equal(event->type, STR("PractitionerRole")) ? event->id
			     : schedule == NULL || !schedule->known          ? STR("")
								    : str_from_c(schedule->role);
	const struct role *role = map_get(&core->role_by_id, role_id);
	model_put(ret_ward, MODEL_ID_BYTES, role == NULL ? STR("") : str_from_c(role->ward));
}

static void change_rota(struct ward_core *core, const struct ward_event *event)
{
	char before[MODEL_ID_BYTES], after[MODEL_ID_BYTES];
	ward_of(core, event, before);
	if (str_equal(event->type, STR("PractitionerRole")))
		role_event(core, event);
	else if (str_equal(event->type, STR("Schedule")))
		schedule_event(core, event);
	else
		slot_event(core, event);
	ward_of(core, event, after);
	cover_rota_changed(core, str_from_c(after));
	if (strcmp(before, after) != 0)
		cover_rota_changed(core, str_from_c(before));
	snooze_rota(core);
}

void rota_event(struct ward_core *core, const struct ward_event *event)
{
	core->staff_changed = true;
	if (str_equal(event->type, STR("Practitioner")))
		practitioner_event(core, event);
	else
		change_rota(core, event);
}

bool rota_on_shift(const struct role *role, int64_t at_us)
{
	if (!term_holds(&role->term, at_us))
		return false;
	if (role->schedules == NULL)
		return true;
	for (const struct schedule *schedule = role->schedules; schedule != NULL;
	     schedule = schedule->next) {
		for (const struct slot *slot = schedule->slots;
		     slot != NULL && slot->start_us <= at_us; slot = slot->next) {
			if (slot->busy && at_us < slot->end_us)
				return true;
		}
	}
	return false;
}

int64_t rota_shift_end_us(const struct role *role, int64_t at_us)
{
	int64_t end_us = at_us;
	bool longer = true;
	if (!term_holds(&role->term, at_us))
		return 0;
	if (role->schedules == NULL)
		return role->term.until_us;
	while (longer) {
		longer = false;
		for (const struct schedule *schedule = role->schedules; schedule != NULL;
		     schedule = schedule->next) {
			for (const struct slot *slot = schedule->slots;
			     slot != NULL && slot->start_us <= end_us; slot = slot->next) {
				if (slot->busy && slot->end_us > end_us) {
					end_us = slot->end_us;
					longer = true;
				}
			}
		}
	}
	if (end_us > role->term.until_us)
		end_us = role->term.until_us;
	return end_us > at_us ? end_us : 0;
}

struct str rota_person_name(const struct ward_core *core, const struct role *role)
{
	const struct practitioner *practitioner =
		map_get(&core->practitioner_by_id, str_from_c(role->practitioner));
	if (practitioner != NULL && practitioner->name[0] != '\0')
		return str_from_c(practitioner->name);
	if (role->display[0] != '\0')
		return str_from_c(role->display);
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if ((role->roles & 1u << i) != 0)
			return role_rows[i].name;
	}
	return STR("");
}
