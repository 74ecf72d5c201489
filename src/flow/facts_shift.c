/* SPDX-License-Identifier: Apache-2.0
 * Shifts of a ward's nurses: busy Slots of the Schedules of its PractitionerRoles, as they stand now, so that a shift
 * that was closed early ends when it was. Who has no Schedule is always on call and works no counted hours. */
#include "flow/facts.h"

#include <stdlib.h>

/* A longer shift is none (room ward, roster.c). */
#define SHIFT_MAX_US (31 * DATE_US_PER_DAY)

static const char *const nurses[] = { "nurse",   "shift-lead",      "nurse-in-charge",
				      "midwife", "community-nurse", "specialist-nurse",
				      NULL };

struct facts_role {
	struct facts_role *next;
	struct str id, person, code;
};
struct gathering {
	struct facts *facts;
	struct facts_role *roles;
	const struct facts_role *role; /* whose schedules are read */
	struct facts_schedule {
		struct facts_schedule *next;
		struct str id;
		const struct facts_role *role;
	} * schedules;
	const struct facts_schedule *schedule; /* whose slots are read */
	size_t shift_count;
};

static bool visit_role(void *context, const struct store_version *version, const struct json *role)
{
	struct gathering *gathering = context;
	struct arena *arena = gathering->facts->arena;
	struct str person = json_get_text(json_get(role, STR("practitioner")), STR("reference"));
	const struct json *codes = json_get(role, STR("code"));
	struct str code = { NULL, 0 };
	for (const struct json *one = codes == NULL ? NULL : codes->child;
	     one != NULL && code.len == 0; one = one->next) {
		if (record_code_is_known(record_code(one, "ward-role"), nurses))
			code = record_code(one, "ward-role");
	}
	struct facts_role *made = code.len == 0 ? NULL : ARENA_NEW(arena, struct facts_role, 1);
	if (made == NULL)
		return !arena->failed;
	made->id = arena_copy(arena, version->id);
	made->person = arena_copy(arena, person.len > 0 ? person : version->id);
	made->code = arena_copy(arena, code);
	made->next = gathering->roles;
	gathering->roles = made;
	return !arena->failed;
}

static bool visit_schedule(void *context, const struct store_version *version,
			   const struct json *schedule)
{
	struct gathering *gathering = context;
	struct arena *arena = gathering->facts->arena;
	const struct json *active = json_get(schedule, STR("active"));
	if (active != NULL && active->type == JSON_FALSE)
		return true; /* its shifts are nobody's */
	struct facts_schedule *made = ARENA_NEW(arena, struct facts_schedule, 1);
	if (made == NULL)
		return false;
	*made = (struct facts_schedule){ gathering->schedules, arena_copy(arena, version->id),
					 gathering->role };
	gathering->schedules = made;
	return !arena->failed;
}

static bool visit_slot(void *context, const struct store_version *version, const struct json *slot)
{
	struct gathering *gathering = context;
	struct facts *facts = gathering->facts;
	int64_t start_us = record_instant(slot, STR("start"), INT64_MAX);
	int64_t end_us = record_instant(slot, STR("end"), INT64_MIN);
	if (!str_equal(json_get_text(slot, STR("status")), STR("busy")) || start_us >= end_us ||
	    end_us <= facts->from_us || start_us >= facts->to_us)
		return true;
	struct facts_shift *shift = ARENA_NEW(facts->arena, struct facts_shift, 1);
	if (shift == NULL)
		return false;
	shift->id = arena_copy(facts->arena, version->id);
	shift->person = gathering->schedule->role->person;
	shift->role = gathering->schedule->role->code;
	shift->start_us = start_us;
	shift->end_us = end_us;
	shift->next = facts->shifts;
	facts->shifts = shift;
	gathering->shift_count++;
	return !facts->arena->failed;
}

static int compare(const void *left, const void *right)
{
	const struct facts_shift *a = *(const struct facts_shift *const *)left;
	const struct facts_shift *b = *(const struct facts_shift *const *)right;
	int person = str_compare(a->person, b->person);
	if (person != 0)
		return person;
	if (a->start_us != b->start_us)
		return a->start_us < b->start_us ? -1 : 1;
	return str_compare(a->id, b->id);
}

/* One person works an hour once, in whatever role: of shifts that overlap the earlier counts. */
static bool count_hours(struct gathering *gathering)
{
	struct facts *facts = gathering->facts;
	int64_t to_us = facts->to_us < facts->now_us ? facts->to_us : facts->now_us;
	struct facts_shift **list =
		ARENA_NEW(facts->arena, struct facts_shift *, gathering->shift_count + 1);
	size_t count = 0;
	if (list == NULL)
		return false;
	for (struct facts_shift *shift = facts->shifts; shift != NULL; shift = shift->next)
		list[count++] = shift;
	if (count > 1)
		qsort(list, count, sizeof(*list), compare);
	for (size_t i = 0, first = 0; i < count; i++) {
		int64_t from_us = facts->from_us;
		if (!str_equal(list[i]->person, list[first]->person))
			first = i;
		for (size_t k = first; k < i; k++)
			from_us = list[k]->end_us > from_us ? list[k]->end_us : from_us;
		if (list[i]->start_us > from_us)
			from_us = list[i]->start_us;
		int64_t end_us = list[i]->end_us < to_us ? list[i]->end_us : to_us;
		list[i]->worked_us = end_us > from_us ? end_us - from_us : 0;
	}
	return true;
}

static enum error gather_slots(struct gathering *gathering)
{
	struct facts *facts = gathering->facts;
	struct arena *arena = facts->arena;
	enum error error = ERROR_OK;
	for (const struct facts_schedule *at = gathering->schedules;
	     at != NULL && error == ERROR_OK; at = at->next) {
		const struct search_argument arguments[] = {
			{ STR("schedule"), record_reference(arena, "Schedule", at->id) },
			{ STR("start"), record_bound(arena, "ge", facts->from_us - SHIFT_MAX_US) },
			{ STR("start"), record_bound(arena, "lt", facts->to_us) },
		};
		const struct record_search search = { "Slot", arguments, 3, visit_slot, gathering };
		gathering->schedule = at;
		error = record_each(facts->record, &search);
	}
	return error;
}

enum error facts_shifts(struct facts *facts)
{
	struct arena *arena = facts->arena;
	struct gathering gathering = { .facts = facts };
	const struct search_argument ward[] = {
		{ STR("organization"), record_reference(arena, "Organization", facts->ward) },
	};
	const struct record_search roles = { "PractitionerRole", ward, 1, visit_role, &gathering };
	enum error error = record_each(facts->record, &roles);
	for (const struct facts_role *role = gathering.roles; role != NULL && error == ERROR_OK;
	     role = role->next) {
		const struct search_argument actor[] = {
			{ STR("actor"), record_reference(arena, "PractitionerRole", role->id) },
		};
		const struct record_search search = { "Schedule", actor, 1, visit_schedule,
						      &gathering };
		gathering.role = role;
		error = record_each(facts->record, &search);
	}
	if (error == ERROR_OK)
		error = gather_slots(&gathering);
	return error == ERROR_OK && !count_hours(&gathering) ? ERROR_LIMIT : error;
}
