/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/deceased.h"

#include "ward/device.h"
#include "ward/merge.h"
#include "ward/unanswered.h"

bool deceased_read(const struct json *patient)
{
	const struct json *said = json_get(patient, STR("deceasedBoolean"));
	return (said != NULL && said->type == JSON_TRUE) ||
	       json_get_text(patient, STR("deceasedDateTime")).len > 0;
}

bool deceased_is(const struct patient *patient)
{
	const struct patient *at = patient;
	do {
		if (at->deceased)
			return true;
		at = merge_next(at);
	} while (at != patient);
	return false;
}

static void stop_pages(struct page *page)
{
	for (; page != NULL; page = page->next) {
		if (!page->family ||
		    (page->status != PAGE_PREPARATION && page->status != PAGE_IN_PROGRESS))
			continue;
		page->status = PAGE_STOPPED;
		page->dirty = true;
	}
}

/* What the family was to be told, and has not been. */
static void stop_family(struct ward_core *core, struct stay *stay)
{
	stop_pages(stay->pages);
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next)
		stop_pages(alert->pages);
	stay_mark(core, stay);
}

static void say(struct ward_core *core, struct stay *stay)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_DECEASED);
	if (alert == NULL && stay->deceased) {
		alert = alert_raise(
			core, stay, ALERT_CAUSE_DECEASED, ALERT_LEVEL_LOW,
			STR("The record says that this patient has died: no message goes to the "
			    "family any more. End the stay (discharge: died), or have the record "
			    "corrected"));
		model_format(alert->focus, sizeof(alert->focus), "Patient/%s", stay->patient->id);
	} else if (alert != NULL && !stay->deceased) {
		alert_close(core, alert, ALERT_END_IMPROVED,
			    STR("The record no longer says that the patient has died."));
	}
}

/* What it says now, and what follows. */
static void follow(struct ward_core *core, struct stay *stay)
{
	bool deceased = deceased_is(stay->patient) && !self_test_is(stay);
	if (deceased)
		stop_family(core, stay);
	if (stay->deceased == deceased || !stay_is_open(stay))
		return;
	stay->deceased = deceased;
	if (deceased)
		memset(stay->repeat_us, 0, sizeof(stay->repeat_us));
	say(core, stay);
	overdue_update(core, stay);
	unanswered_update(core, stay);
	(void)device_update(core, stay);
	stay_mark(core, stay);
	stay_timers(core, stay);
}

void deceased_stay_event(struct ward_core *core, struct stay *stay)
{
	if (stay->patient != NULL)
		follow(core, stay);
}

void deceased_update(struct ward_core *core, struct patient *patient)
{
	struct patient *at = patient;
	do {
		for (struct stay *stay = at->stays; stay != NULL; stay = stay->next_of_patient)
			follow(core, stay);
		at = merge_next(at);
	} while (at != patient);
}
