/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/shown.h"

bool shown_is(const struct stay *stay)
{
	if ((stay->patient == NULL && !stay->is_place) || stay->ward == NULL)
		return false;
	if (self_test_is(stay))
		return alert_open(stay, ALERT_CAUSE_SELF_TEST) != NULL;
	if (stay_is_open(stay))
		return true;
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (alert_is_open(alert))
			return true;
	}
	return false;
}

void shown_mark(struct ward_core *core, struct stay *stay, bool calm)
{
	stay->urgent = stay->urgent || !calm;
	if (stay->changed)
		return;
	stay->changed = true;
	stay->next_changed = NULL;
	if (core->changed_last == NULL)
		core->changed_first = stay;
	else
		core->changed_last->next_changed = stay;
	core->changed_last = stay;
}

/* Takes out of the ward's counts what the stay last put in, and puts in what it is now. */
static void count(struct stay *stay)
{
	if (stay->counted_ward != NULL) {
		stay->counted_ward->patients -= stay->counted_patients;
		stay->counted_ward->open_alerts -= stay->counted_alerts;
	}
	stay->counted_ward = stay->ward;
	stay->counted_patients = stay->counted_alerts = 0;
	if (!shown_is(stay))
		return;
	stay->counted_patients =
		stay->status != STAY_FINISHED && !stay->is_place && !self_test_is(stay);
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next)
		stay->counted_alerts += alert_is_open(alert);
	stay->ward->patients += stay->counted_patients;
	stay->ward->open_alerts += stay->counted_alerts;
}

size_t ward_core_rows(struct ward_core *core, size_t calm_max,
		      void (*visit)(void *context, const struct ward_row *row), void *context)
{
	struct stay **link = &core->changed_first;
	size_t calm = 0;
	core->changed_last = NULL;
	while (*link != NULL) {
		struct stay *stay = *link;
		if (!stay->urgent && calm == calm_max) {
			core->changed_last = stay;
			link = &stay->next_changed;
			continue;
		}
		calm += !stay->urgent;
		*link = stay->next_changed;
		stay->next_changed = NULL;
		stay->changed = stay->urgent = false;
		count(stay);
		struct ward_row row = { .episode = str_from_c(stay->id),
					.present = shown_is(stay) };
		if (stay->ward != NULL)
			row.ward = str_from_c(stay->ward->id);
		visit(context, &row);
	}
	return calm;
}

bool ward_core_rows_wait(const struct ward_core *core)
{
	return core->changed_first != NULL;
}

bool ward_core_staff_changed(struct ward_core *core)
{
	bool changed = core->staff_changed;
	core->staff_changed = false;
	return changed;
}

void ward_core_wards(struct ward_core *core,
		     void (*visit)(void *context, const struct ward_summary *summary),
		     void *context)
{
	for (struct stay *stay = core->changed_first; stay != NULL; stay = stay->next_changed)
		count(stay);
	for (const struct ward_place *ward = core->wards; ward != NULL; ward = ward->next) {
		const struct ward_summary summary = {
			.id = str_from_c(ward->id),
			.name = str_from_c(ward->name),
			.patients = ward->patients,
			.open_alerts = ward->open_alerts,
		};
		if (ward->is_ward || summary.patients > 0)
			visit(context, &summary);
	}
}

void ward_core_stale(struct ward_core *core, int64_t now_us)
{
	core->shown_us = now_us;
	if (core->stale_us >= now_us)
		return; /* no row has a value that turned stale since */
	core->stale_us = MODEL_NEVER;
	for (struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		if (stay->stale_us < now_us) {
			shown_mark(core, stay, true);
			stay->stale_us = MODEL_NEVER;
		} else if (stay->stale_us < core->stale_us) {
			core->stale_us = stay->stale_us;
		}
	}
}
