/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/move.h"

#include "ward/place.h"

static const char *name_of(const struct ward_place *ward)
{
	return ward->name[0] != '\0' ? ward->name : ward->id;
}

/* Who answered or silenced it is of a ward that no longer sees it. */
static void call_anew(struct ward_core *core, struct alert *alert, const struct ward_place *from)
{
	char note[MODEL_NOTE_BYTES];
	bool waited = alert->status != ALERT_ACCEPTED && !snooze_is_on(alert);
	int64_t deadline_us = waited ? alert->deadline_us : MODEL_NEVER;
	const char *was = snooze_is_on(alert)               ? " Its snooze has ended."
			  : alert->status == ALERT_ACCEPTED ? " The acknowledgement counts no more."
							    : "";
	model_format(note, sizeof(note), "Moved from %s to %s: called anew there.%s", name_of(from),
		     name_of(alert->stay->ward), was);
	alert_note(core, alert, note);
	snooze_end(core, alert, false);
	alert_stop_pages(alert, 0);
	alert->status = ALERT_REQUESTED;
	alert->acknowledged_us = 0;
	alert_touch(core, alert);
	page_ladder_start(core, alert, page_first_rung(alert));
	/* Nobody gains time by a move. */
	if (deadline_us < alert->deadline_us && deadline_us > alert->call_us)
		alert->deadline_us = deadline_us;
}

static void say(struct ward_core *core, struct stay *stay, const char *title, const char *episode)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_MOVED);
	if (alert == NULL) {
		alert = alert_raise(core, stay, ALERT_CAUSE_MOVED, ALERT_LEVEL_TECHNICAL,
				    str_from_c(title));
	} else {
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert, ALERT_LEVEL_TECHNICAL, title);
	}
	model_format(alert->focus, sizeof(alert->focus), "EpisodeOfCare/%s", episode);
}

void move_stay(struct ward_core *core, struct stay *stay, struct ward_place *from)
{
	char title[MODEL_TEXT_BYTES];
	unsigned count = 0;
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (!alert_is_open(alert))
			continue;
		call_anew(core, alert, from);
		count += alert->cause != ALERT_CAUSE_MOVED;
	}
	if (count == 0)
		return;
	model_format(title, sizeof(title), "Has come from %s with %u open alert%s", name_of(from),
		     count, count == 1 ? "" : "s");
	say(core, stay, title, stay->id);
	model_format(title, sizeof(title), "A patient has gone to %s with %u open alert%s",
		     name_of(stay->ward), count, count == 1 ? "" : "s");
	say(core, place_stay(core, from), title, stay->id);
}
