/* SPDX-License-Identifier: Apache-2.0
 * People and places, one way and the other. */
#include "ward/team.h"
#include "ward/walker.h"

void walker_ward(struct walker *walker, struct ward_place *ward)
{
	WALK_TEXT(ward->id);
	WALK_TEXT(ward->name);
	WALK_TEXT(ward->canonical);
	WALK(ward->is_ward);
	WALK(ward->look_us);
	WALK_TEXT(ward->opinion_text);
	WALK_TEXT(ward->opinion_phone);
	WALK_TEXT(ward->phone);
}

void walker_practitioner(struct walker *walker, struct practitioner *practitioner)
{
	WALK_TEXT(practitioner->id);
	WALK_TEXT(practitioner->name);
	WALK(practitioner->left);
}

void walker_role(struct walker *walker, struct role *role)
{
	WALK_TEXT(role->id);
	WALK_TEXT(role->ward);
	WALK_TEXT(role->practitioner);
	WALK_TEXT(role->display);
	WALK(role->roles);
	WALK(role->reach);
	WALK(role->known);
	WALK(role->period.from_us);
	WALK(role->period.until_us);
	WALK(role->term.from_us);
	WALK(role->term.until_us);
	WALK(role->absence_count);
	for (uint32_t i = 0; i < role->absence_count && i < ROLE_ABSENCES_MAX; i++) {
		WALK(role->absences[i].from_us);
		WALK(role->absences[i].until_us);
	}
	if (role->absence_count > ROLE_ABSENCES_MAX)
		walker->failed = true;
	WALK(role->telephones);
	WALK(role->test_from_us);
}

void walker_schedule(struct walker *walker, struct schedule *schedule)
{
	WALK_TEXT(schedule->id);
	WALK(schedule->active);
}

void walker_schedule_part(struct walker *walker, struct schedule_part *part)
{
	WALK_TEXT(part->schedule->id);
	WALK_TEXT(part->role);
}

void walker_slot(struct walker *walker, struct slot *slot)
{
	WALK_TEXT(slot->id);
	WALK_TEXT(slot->schedule);
	WALK(slot->start_us);
	WALK(slot->end_us);
	WALK(slot->busy);
}

void walker_patient(struct walker *walker, struct patient *patient)
{
	WALK_TEXT(patient->id);
	WALK_TEXT(patient->name);
	WALK_TEXT(patient->birth_date);
	WALK(patient->deceased);
	WALK(patient->test);
	WALK(patient->reach);
	WALK_TEXT(patient->language);
}

void walker_subscription(struct walker *walker, struct subscription *subscription)
{
	WALK_TEXT(subscription->id);
	WALK_TEXT(subscription->recipient);
}

void walker_contact(struct walker *walker, struct contact *contact)
{
	WALK_TEXT(contact->id);
	WALK_TEXT(contact->patient);
	WALK_TEXT(contact->name);
	WALK_TEXT(contact->relationship);
	WALK_TEXT(contact->phone);
	WALK(contact->rank);
	WALK(contact->term.from_us);
	WALK(contact->term.until_us);
	WALK(contact->reach);
	WALK_TEXT(contact->language);
}

void walker_team(struct walker *walker, struct team *team)
{
	WALK_TEXT(team->id);
	WALK_TEXT(team->patient);
	WALK(team->count);
	for (unsigned i = 0; i < TEAM_MEMBERS_MAX; i++) {
		WALK_TEXT(team->members[i].role);
		WALK_TEXT(team->members[i].name);
		WALK_TEXT(team->members[i].reference);
	}
	if (team->count > TEAM_MEMBERS_MAX)
		walker->failed = true;
}

void walker_dose(struct walker *walker, struct dose *dose)
{
	WALK_TEXT(dose->id);
	WALK_TEXT(dose->patient);
	WALK(dose->at_us);
	WALK(dose->until_us);
}
