/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/cover.h"

#include "ward/absence.h"
#include "ward/hours.h"
#include "ward/place.h"

/* A rota comes as many resources: it is looked at when they have come. */
#define COVER_SETTLE_US DATE_US_PER_MIN

/* --- gaps ----------------------------------------------------------------------------------- */

/* Until when somebody is there without a break in one shift; `at_us` itself when nobody is. */
static int64_t covered_until_us(const struct role *role, int64_t at_us)
{
	int64_t until_us = at_us;
	int64_t leaves_us = absence_leaves_us(role, at_us);
	if (!absence_is_here(role, at_us))
		return at_us;
	if (role->schedules == NULL)
		return leaves_us;
	for (const struct schedule_part *part = role->schedules; part != NULL; part = part->next) {
		for (const struct slot *slot = rota_slots(part);
		     slot != NULL && slot->start_us <= at_us; slot = slot->next) {
			if (slot->busy && at_us < slot->end_us && slot->end_us > until_us)
				until_us = slot->end_us;
		}
	}
	return until_us < leaves_us ? until_us : leaves_us;
}

static void look_at_start(const struct role *role, int64_t start_us, int64_t after_us,
			  int64_t *next_us)
{
	if (start_us > after_us && start_us < *next_us && rota_on_shift(role, start_us))
		*next_us = start_us;
}

/* A time on shift begins with a shift, with the role, or when somebody is back. */
static int64_t next_start_us(const struct role *role, int64_t after_us)
{
	int64_t next_us = MODEL_NEVER;
	look_at_start(role, role->term.from_us, after_us, &next_us);
	for (uint32_t i = 0; i < role->absence_count; i++)
		look_at_start(role, role->absences[i].until_us, after_us, &next_us);
	for (const struct schedule_part *part = role->schedules; part != NULL; part = part->next) {
		for (const struct slot *slot = rota_slots(part); slot != NULL; slot = slot->next)
			look_at_start(role, slot->start_us, after_us, &next_us);
	}
	return next_us;
}

static bool holds(const struct role *role, struct str ward, uint32_t roles)
{
	return role->known && (role->roles & roles) != 0 && str_equal(str_from_c(role->ward), ward);
}

bool cover_gap_next(const struct ward_core *core, struct str ward, uint32_t roles,
		    const struct cover_gap *within, struct cover_gap *ret_gap)
{
	int64_t at_us = within->from_us;
	while (at_us < within->until_us) {
		int64_t until_us = at_us, start_us = MODEL_NEVER;
		for (const struct role *role = core->roles; role != NULL; role = role->next) {
			if (!holds(role, ward, roles))
				continue;
			int64_t covered_us = covered_until_us(role, at_us);
			int64_t next_us = next_start_us(role, at_us);
			until_us = covered_us > until_us ? covered_us : until_us;
			start_us = next_us < start_us ? next_us : start_us;
		}
		if (until_us == at_us) {
			*ret_gap = (struct cover_gap){ at_us, start_us };
			return true;
		}
		at_us = until_us;
	}
	return false;
}

void cover_roles_text(uint32_t roles, char *text, size_t size)
{
	size_t at = 0;
	model_put(text, size, STR(""));
	for (unsigned role = 0; role < ROLE_COUNT && at + 1 < size; role++) {
		if ((roles & 1u << role) == 0)
			continue;
		model_format(text + at, size - at, "%s%.*s", at == 0 ? "" : ", ",
			     STR_ARG(role_name((enum ward_role)role)));
		at += strlen(text + at);
	}
}

/* --- whose shift ---------------------------------------------------------------------------- */

/* The practitioner of a reference; empty when it names none that is known. */
static struct str practitioner_of(const struct ward_core *core, struct str reference)
{
	struct str rest = reference;
	struct str type = str_cut(&rest, '/');
	if (str_equal(type, STR("Practitioner")))
		return rest;
	const struct role *role =
		str_equal(type, STR("PractitionerRole")) ? map_get(&core->role_by_id, rest) : NULL;
	return role == NULL ? STR("") : str_from_c(role->practitioner);
}

bool cover_is_same_person(const struct ward_core *core, struct str a, struct str b)
{
	if (str_equal(a, b))
		return true;
	struct str one = practitioner_of(core, a);
	return one.len > 0 && str_equal(one, practitioner_of(core, b));
}

/* Whether this role is one of the owner's; who signed by name alone is found by name. */
static bool is_role_of(const struct ward_core *core, const struct role *role,
		       const struct alert *alert)
{
	char reference[MODEL_REFERENCE_BYTES];
	if (alert->owner[0] == '\0')
		return alert->owner_name[0] != '\0' &&
		       str_equal(rota_person_name(core, role), str_from_c(alert->owner_name));
	model_format(reference, sizeof(reference), "PractitionerRole/%s", role->id);
	return cover_is_same_person(core, str_from_c(reference), str_from_c(alert->owner));
}

bool cover_is_person(const struct ward_core *core, const struct ward_place *ward,
		     struct str reference, const struct alert *alert)
{
	if (alert->owner[0] != '\0')
		return cover_is_same_person(core, reference, str_from_c(alert->owner));
	for (const struct role *role = core->roles; role != NULL && ward != NULL;
	     role = role->next) {
		char own[MODEL_REFERENCE_BYTES];
		model_format(own, sizeof(own), "PractitionerRole/%s", role->id);
		if (strcmp(role->ward, ward->id) == 0 && is_role_of(core, role, alert) &&
		    cover_is_same_person(core, reference, str_from_c(own)))
			return true;
	}
	return false;
}

/* The ward by whose rota the owner comes and goes: the patient's, where they have a place there; else, of who answered
 * from elsewhere by a role, that role's. */
static const char *ward_of_owner(const struct ward_core *core, const struct alert *alert)
{
	const char *own = alert->stay->ward->id;
	struct str rest = str_from_c(alert->owner);
	struct str type = str_cut(&rest, '/');
	const struct role *role =
		str_equal(type, STR("PractitionerRole")) ? map_get(&core->role_by_id, rest) : NULL;
	if (role == NULL || strcmp(role->ward, own) == 0)
		return own;
	for (const struct role *other = core->roles; other != NULL; other = other->next) {
		if (other->known && strcmp(other->ward, own) == 0 && is_role_of(core, other, alert))
			return own;
	}
	return role->ward;
}

static bool is_there(const struct ward_core *core, const struct alert *alert, int64_t at_us)
{
	const char *ward = ward_of_owner(core, alert);
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		if (role->known && strcmp(role->ward, ward) == 0 && is_role_of(core, role, alert) &&
		    rota_on_shift(role, at_us))
			return true;
	}
	return false;
}

static void look_at_end(const struct ward_core *core, const struct alert *alert, int64_t at_us,
			int64_t *end_us)
{
	if (at_us >= alert->owned_us && at_us < *end_us && is_there(core, alert, at_us - 1) &&
	    !is_there(core, alert, at_us))
		*end_us = at_us;
}

int64_t cover_shift_end_us(const struct ward_core *core, const struct alert *alert)
{
	int64_t end_us = alert->left_us == 0 ? MODEL_NEVER : alert->left_us;
	if (alert->stay->ward == NULL || (alert->owner[0] == '\0' && alert->owner_name[0] == '\0'))
		return MODEL_NEVER;
	const char *ward = ward_of_owner(core, alert);
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		if (!role->known || strcmp(role->ward, ward) != 0 || !is_role_of(core, role, alert))
			continue;
		look_at_end(core, alert, role->term.until_us, &end_us);
		for (uint32_t i = 0; i < role->absence_count; i++)
			look_at_end(core, alert, role->absences[i].from_us, &end_us);
		for (const struct schedule_part *part = role->schedules; part != NULL;
		     part = part->next) {
			for (const struct slot *slot = rota_slots(part); slot != NULL;
			     slot = slot->next)
				look_at_end(core, alert, slot->end_us, &end_us);
		}
	}
	return end_us;
}

/* --- the look ahead ------------------------------------------------------------------------- */

static bool is_occupied(const struct ward_core *core, const struct ward_place *ward)
{
	for (const struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		if (stay->ward == ward && stay_is_open(stay))
			return true;
	}
	return false;
}

/* A rung that nobody of the ward was ever to stand on is no gap of the rota: the publication of the rota and the
 * admission say that. */
static bool has_rota(const struct ward_core *core, const struct ward_place *ward, uint32_t roles)
{
	for (const struct role *role = core->roles; role != NULL; role = role->next) {
		if (holds(role, str_from_c(ward->id), roles) && role->schedules != NULL)
			return true;
	}
	return false;
}

#define MASKS_MAX (ALERT_LEVEL_COUNT * POLICY_RUNGS_MAX)

static size_t masks_of(const struct policy *policy, uint32_t masks[MASKS_MAX])
{
	size_t count = 0;
	for (unsigned level = ALERT_LEVEL_TECHNICAL; level < ALERT_LEVEL_COUNT; level++) {
		for (uint32_t rung = 0; rung < policy->ladders[level].rung_count; rung++) {
			uint32_t roles = policy->ladders[level].rungs[rung].roles;
			size_t at = 0;
			while (at < count && masks[at] != roles)
				at++;
			if (at == count)
				masks[count++] = roles;
		}
	}
	return count;
}

/* The technical desk is expected in its hours alone: what calls at all hours goes on to the nurse at once. */
static bool gap_next(const struct ward_core *core, const struct ward_place *ward,
		     const struct policy *policy, uint32_t roles, struct cover_gap *ret_gap)
{
	struct cover_gap rest = { core->now_us, MODEL_NEVER };
	bool keeps_hours = policy->hours.days != 0 && roles == 1u << ROLE_TECHNICAL_DESK;
	for (;;) {
		if (!cover_gap_next(core, str_from_c(ward->id), roles, &rest, ret_gap))
			return false;
		int64_t open_us = keeps_hours ? hours_after_us(&policy->hours, ret_gap->from_us, 0)
					      : ret_gap->from_us;
		if (open_us < ret_gap->until_us) {
			ret_gap->from_us = open_us;
			return true;
		}
		rest.from_us = ret_gap->until_us;
	}
}

static void put_gap(const struct ward_core *core, uint32_t roles, const struct cover_gap *gap,
		    char title[MODEL_TEXT_BYTES])
{
	char who[120], from[MODEL_CLOCK_BYTES], until[MODEL_CLOCK_BYTES];
	size_t at = strlen(title);
	if (at + 1 >= MODEL_TEXT_BYTES)
		return;
	cover_roles_text(roles, who, sizeof(who));
	model_format(title + at, MODEL_TEXT_BYTES - at, "%s%s ",
		     at == 0 ? "Nobody on the rota: " : "; ", who);
	at = strlen(title);
	model_clock_time(gap->from_us, from);
	if (gap->from_us <= core->now_us)
		model_format(title + at, MODEL_TEXT_BYTES - at, "now");
	else
		model_format(title + at, MODEL_TEXT_BYTES - at, "from %s", from);
	at = strlen(title);
	if (gap->until_us == MODEL_NEVER || at + 1 >= MODEL_TEXT_BYTES)
		return;
	model_clock_time(gap->until_us, until);
	model_format(title + at, MODEL_TEXT_BYTES - at, " until %s", until);
}

/* Answered once, it is said again only when more roles have nobody. */
static void say(struct ward_core *core, struct ward_place *ward, uint32_t roles, const char *title)
{
	struct stay *place = place_stay(core, ward);
	struct alert *alert = alert_open(place, ALERT_CAUSE_ROTA);
	if (alert == NULL) {
		alert = alert_raise(core, place, ALERT_CAUSE_ROTA, ALERT_LEVEL_TECHNICAL,
				    str_from_c(title));
	} else if (strcmp(alert->title, title) != 0) {
		MODEL_PUT(alert->title, str_from_c(title));
		alert_touch(core, alert);
		if ((roles & ~alert->inputs) != 0)
			alert_worsen(core, alert, ALERT_LEVEL_TECHNICAL, title);
	}
	alert->inputs = roles;
}

static void look_done(struct ward_core *core, struct ward_place *ward, uint32_t roles,
		      const char *title)
{
	struct alert *alert = ward->stay == NULL ? NULL : alert_open(ward->stay, ALERT_CAUSE_ROTA);
	if (title[0] != '\0')
		say(core, ward, roles, title);
	else if (alert != NULL)
		alert_close(core, alert, ALERT_END_COVERED,
			    STR("The rota has somebody for every rung in the hours to come."));
	if (ward->look_us != MODEL_NEVER)
		(void)place_stay(core, ward);
	if (ward->stay != NULL)
		stay_timers(core, ward->stay);
}

static void look(struct ward_core *core, struct ward_place *ward)
{
	const struct policy *policy = place_policy_of(core, ward);
	uint32_t masks[MASKS_MAX], roles = 0;
	char title[MODEL_TEXT_BYTES] = "";
	ward->look_us = MODEL_NEVER;
	size_t count = policy == NULL || !ward->is_ward || !is_occupied(core, ward)
			       ? 0
			       : masks_of(policy, masks);
	for (size_t i = 0; i < count; i++) {
		struct cover_gap gap;
		if (!has_rota(core, ward, masks[i]) ||
		    !gap_next(core, ward, policy, masks[i], &gap))
			continue;
		int64_t next_us = gap.from_us - policy->rota_ahead_us;
		if (next_us <= core->now_us) {
			put_gap(core, masks[i], &gap, title);
			roles |= masks[i];
			next_us = gap.until_us;
		}
		if (next_us < ward->look_us)
			ward->look_us = next_us;
	}
	look_done(core, ward, roles, title);
}

void cover_look_soon(struct ward_core *core, struct ward_place *ward)
{
	if (ward->look_us <= core->now_us + COVER_SETTLE_US)
		return;
	ward->look_us = core->now_us + COVER_SETTLE_US;
	stay_timers(core, place_stay(core, ward));
}

int64_t cover_next_us(const struct ward_core *core, const struct stay *stay)
{
	(void)core;
	return stay->is_place && stay->ward != NULL ? stay->ward->look_us : MODEL_NEVER;
}

void cover_fire(struct ward_core *core, struct stay *stay)
{
	if (stay->is_place && stay->ward != NULL && stay->ward->look_us <= core->now_us)
		look(core, stay->ward);
}

/* Also of a patient of another ward, whom somebody of this one has answered for. */
static bool is_by_rota(const struct ward_core *core, const struct alert *alert, struct str ward)
{
	return alert_is_open(alert) && alert->stay->ward != NULL &&
	       (str_equal(str_from_c(alert->stay->ward->id), ward) ||
		str_equal(str_from_c(ward_of_owner(core, alert)), ward));
}

void cover_rota_changing(struct ward_core *core, struct str ward)
{
	for (struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
			if (is_by_rota(core, alert, ward))
				alert->owner_there = is_there(core, alert, core->now_us);
		}
	}
}

/* A Slot that was freed, a role or a Schedule that ended: no shift is left whose end would hand the alert on. */
static void look_for_owner(const struct ward_core *core, struct alert *alert)
{
	if (alert->left_us == 0 && !alert->owner_there)
		return;
	if (is_there(core, alert, core->now_us))
		alert->left_us = 0;
	else if (alert->left_us == 0)
		alert->left_us = core->now_us + COVER_SETTLE_US;
	alert->owner_there = false;
}

void cover_rota_changed(struct ward_core *core, struct str ward)
{
	struct ward_place *place = map_get(&core->ward_by_id, ward);
	for (struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		bool concerned = false;
		for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
			if (!alert->owner_there && !is_by_rota(core, alert, ward))
				continue;
			look_for_owner(core, alert);
			concerned = true;
		}
		if (concerned)
			stay_timers(core, stay);
	}
	if (place == NULL)
		return;
	cover_look_soon(core, place);
	stay_timers(core, place_stay(core, place)); /* who is tested next may be another */
}
