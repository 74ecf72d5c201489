/* SPDX-License-Identifier: Apache-2.0
 * Who works when: PractitionerRole (which roles on which ward), Schedule (of a role), Slot (busy: a
 * shift). A role without any Schedule is always on shift (a switchboard). Outside its `period`, and while its person is
 * away (absence.h), no role is. */
#include "ward/absence.h"
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

/* Who has left the house holds no role of it, whatever the role says. */
static void take_term(const struct ward_core *core, struct role *role)
{
	const struct practitioner *person =
		map_get(&core->practitioner_by_id, str_from_c(role->practitioner));
	role->term = role->period;
	if (person != NULL && person->left)
		role->term.from_us = role->term.until_us = MODEL_NEVER;
}

static void role_event(struct ward_core *core, const struct ward_event *event)
{
	const struct json *resource = event->resource;
	const struct json *active = json_get(resource, STR("active"));
	struct role *role = role_get(core, event->id);
	role->known = resource != NULL && (active == NULL || active->type == JSON_TRUE);
	role->roles = 0;
	role->period = role->term = term_read(resource);
	role->absence_count = 0;
	if (resource == NULL)
		return;
	const struct json *practitioner = json_get(resource, STR("practitioner"));
	const struct json *codes = json_get(resource, STR("code"));
	MODEL_PUT(role->ward,
		  model_reference_id(json_get(resource, STR("organization")), STR("Organization")));
	MODEL_PUT(role->practitioner, model_reference_id(practitioner, STR("Practitioner")));
	take_term(core, role);
	absence_read(role, resource, core->now_us);
	MODEL_PUT(role->display, json_get_text(practitioner, STR("display")));
	role->reach = channel_reach_staff(resource, core->now_us);
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

void rota_schedule_link(struct ward_core *core, struct schedule *schedule, struct str role_id)
{
	struct role *role = role_get(core, role_id);
	struct schedule_part *part = MODEL_NEW(struct schedule_part);
	struct schedule_part **link = &role->schedules, **tail = &schedule->parts;
	part->schedule = schedule;
	MODEL_PUT(part->role, role_id);
	while (*link != NULL && strcmp((*link)->schedule->id, schedule->id) < 0)
		link = &(*link)->next;
	part->next = *link;
	*link = part;
	while (*tail != NULL)
		tail = &(*tail)->also;
	*tail = part;
}

void rota_schedule_done(struct schedule *schedule)
{
	while (schedule->parts != NULL) {
		struct schedule_part *part = schedule->parts;
		schedule->parts = part->also;
		model_give(part);
	}
}

const struct slot *rota_slots(const struct schedule_part *part)
{
	return part->schedule->active ? part->schedule->slots : NULL;
}

static bool is_part(const struct schedule *schedule, struct str role)
{
	const struct schedule_part *part = schedule->parts;
	while (part != NULL && !str_equal(str_from_c(part->role), role))
		part = part->also;
	return part != NULL;
}

/* Everybody whom it names works its shifts. */
static void schedule_event(struct ward_core *core, const struct ward_event *event)
{
	struct schedule *schedule = schedule_get(core, event->id);
	const struct json *actors = json_get(event->resource, STR("actor"));
	const struct json *active = json_get(event->resource, STR("active"));
	for (struct schedule_part *part = schedule->parts; part != NULL; part = part->also) {
		struct schedule_part **link = &role_get(core, str_from_c(part->role))->schedules;
		while (*link != part)
			link = &(*link)->next;
		*link = part->next;
	}
	rota_schedule_done(schedule);
	schedule->active = active == NULL || active->type == JSON_TRUE;
	for (const struct json *actor = actors == NULL ? NULL : actors->child; actor != NULL;
	     actor = actor->next) {
		struct str id = model_reference_id(actor, STR("PractitionerRole"));
		if (id.len > 0 && !is_part(schedule, id))
			rota_schedule_link(core, schedule, id);
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
	const struct json *active = json_get(event->resource, STR("active"));
	bool left = active != NULL && active->type == JSON_FALSE;
	if (left == practitioner->left)
		return;
	practitioner->left = left;
	for (struct role *role = core->roles; role != NULL; role = role->next) {
		if (strcmp(role->practitioner, practitioner->id) != 0)
			continue;
		cover_rota_changing(core, str_from_c(role->ward));
		take_term(core, role);
		cover_rota_changed(core, str_from_c(role->ward));
	}
	snooze_rota(core);
}

static void mark_ward(struct ward_core *core, struct str role_id)
{
	const struct role *role = map_get(&core->role_by_id, role_id);
	struct ward_place *ward =
		role == NULL ? NULL : map_get(&core->ward_by_id, str_from_c(role->ward));
	if (ward != NULL)
		ward->rota_changed = true;
}

/* Marks the wards whose rota the thing belongs to as it stands. */
static void mark_wards(struct ward_core *core, const struct ward_event *event)
{
	const struct slot *slot = map_get(&core->slot_by_id, event->id);
	struct str schedule_id = str_equal(event->type, STR("Schedule")) ? event->id
				 : slot == NULL                          ? STR("")
						: str_from_c(slot->schedule);
	const struct schedule *schedule = map_get(&core->schedule_by_id, schedule_id);
	if (str_equal(event->type, STR("PractitionerRole"))) {
		mark_ward(core, event->id);
		return;
	}
	for (const struct schedule_part *part = schedule == NULL ? NULL : schedule->parts;
	     part != NULL; part = part->also)
		mark_ward(core, str_from_c(part->role));
}

static void change_rota(struct ward_core *core, const struct ward_event *event)
{
	mark_wards(core, event);
	for (struct ward_place *ward = core->wards; ward != NULL; ward = ward->next) {
		if (ward->rota_changed)
			cover_rota_changing(core, str_from_c(ward->id));
	}
	if (str_equal(event->type, STR("PractitionerRole")))
		role_event(core, event);
	else if (str_equal(event->type, STR("Schedule")))
		schedule_event(core, event);
	else
		slot_event(core, event);
	mark_wards(core, event);
	for (struct ward_place *ward = core->wards; ward != NULL; ward = ward->next) {
		if (!ward->rota_changed)
			continue;
		ward->rota_changed = false;
		cover_rota_changed(core, str_from_c(ward->id));
	}
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
	if (!absence_is_here(role, at_us))
		return false;
	if (role->schedules == NULL)
		return true;
	for (const struct schedule_part *part = role->schedules; part != NULL; part = part->next) {
		for (const struct slot *slot = rota_slots(part);
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
	if (!absence_is_here(role, at_us))
		return 0;
	if (role->schedules == NULL)
		return absence_leaves_us(role, at_us);
	while (longer) {
		longer = false;
		for (const struct schedule_part *part = role->schedules; part != NULL;
		     part = part->next) {
			for (const struct slot *slot = rota_slots(part);
			     slot != NULL && slot->start_us <= end_us; slot = slot->next) {
				if (slot->busy && slot->end_us > end_us) {
					end_us = slot->end_us;
					longer = true;
				}
			}
		}
	}
	int64_t leaves_us = absence_leaves_us(role, at_us);
	if (end_us > leaves_us)
		end_us = leaves_us;
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
