/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/absence.h"

static void put(struct role *role, const struct term *absence)
{
	uint32_t at = role->absence_count;
	if (at == ROLE_ABSENCES_MAX) {
		if (role->absences[at - 1].from_us <= absence->from_us)
			return;
		at--;
	} else {
		role->absence_count++;
	}
	for (; at > 0 && role->absences[at - 1].from_us > absence->from_us; at--)
		role->absences[at] = role->absences[at - 1];
	role->absences[at] = *absence;
}

void absence_read(struct role *role, const struct json *resource, int64_t now_us)
{
	const struct json *list = json_get(resource, STR("notAvailable"));
	role->absence_count = 0;
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		const struct json *during = json_get(one, STR("during"));
		struct term absence = term_of_period(during);
		if (during != NULL && absence.until_us > now_us &&
		    absence.from_us < absence.until_us)
			put(role, &absence);
	}
}

const struct term *absence_at(const struct role *role, int64_t at_us)
{
	for (uint32_t i = 0; i < role->absence_count; i++) {
		if (term_holds(&role->absences[i], at_us))
			return &role->absences[i];
	}
	return NULL;
}

bool absence_is_here(const struct role *role, int64_t at_us)
{
	return term_holds(&role->term, at_us) && absence_at(role, at_us) == NULL;
}

int64_t absence_leaves_us(const struct role *role, int64_t at_us)
{
	for (uint32_t i = 0; i < role->absence_count; i++) {
		int64_t from_us = role->absences[i].from_us;
		if (from_us > at_us)
			return from_us < role->term.until_us ? from_us : role->term.until_us;
	}
	return role->term.until_us;
}
