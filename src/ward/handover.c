/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/handover.h"

#include "ward/cover.h"

static struct handover *find(const struct stay *stay, struct str id)
{
	for (struct handover *at = stay->handovers; at != NULL; at = at->next) {
		if (str_equal(str_from_c(at->id), id))
			return at;
	}
	return NULL;
}

static void take_out(struct stay *stay, struct handover *handover)
{
	struct handover **link = &stay->handovers;
	while (*link != handover)
		link = &(*link)->next;
	*link = handover->next;
	model_give(handover);
}

void handover_destroy(struct stay *stay)
{
	while (stay->handovers != NULL)
		take_out(stay, stay->handovers);
}

/* --- a person's Task ------------------------------------------------------------------------ */

static void transfer(struct ward_core *core, struct stay *stay, const struct json *task)
{
	const struct json *from = json_get(task, STR("requester"));
	const struct json *to = json_get(task, STR("owner"));
	struct str leaving = json_get_text(from, STR("reference"));
	char note[MODEL_TEXT_BYTES];
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (!alert_is_open(alert) || leaving.len == 0 ||
		    !cover_is_person(core, stay->ward, leaving, alert))
			continue;
		model_format(note, sizeof(note), "Handed over from %s to %.*s, who accepted it.",
			     alert->owner_name, STR_ARG(json_get_text(to, STR("display"))));
		alert_note(core, alert, note);
		MODEL_PUT(alert->owner, json_get_text(to, STR("reference")));
		MODEL_PUT(alert->owner_name, json_get_text(to, STR("display")));
		alert_own(alert, core->now_us);
		alert_touch(core, alert);
		if (alert->status != ALERT_ACCEPTED && !snooze_is_on(alert))
			page_owner(core, alert);
	}
}

static void begin(struct ward_core *core, struct stay *stay, const struct ward_event *event)
{
	const struct policy *policy = stay_policy(core, stay);
	const struct json *from = json_get(event->resource, STR("requester"));
	struct handover *handover = MODEL_NEW(struct handover);
	struct handover **tail = &stay->handovers;
	MODEL_PUT(handover->id, event->id);
	MODEL_PUT(handover->from, json_get_text(from, STR("reference")));
	MODEL_PUT(handover->from_name, json_get_text(from, STR("display")));
	MODEL_PUT(handover->to_name,
		  json_get_text(json_get(event->resource, STR("owner")), STR("display")));
	handover->at_us = core->now_us;
	handover->deadline_us =
		core->now_us + (policy == NULL ? 15 * DATE_US_PER_MIN : policy->handover_us);
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = handover;
}

static bool is_waiting(struct str status)
{
	return str_equal(status, STR("requested")) || str_equal(status, STR("received")) ||
	       str_equal(status, STR("ready"));
}

static bool is_accepted(struct str status)
{
	return str_equal(status, STR("accepted")) || str_equal(status, STR("in-progress")) ||
	       str_equal(status, STR("completed"));
}

static struct stay *stay_of(struct ward_core *core, const struct ward_event *event)
{
	struct str episode = model_reference_id(
		json_get(model_extension(event->resource, STR("episode")), STR("valueReference")),
		STR("EpisodeOfCare"));
	if (episode.len > 0)
		return map_get(&core->stay_by_id, episode);
	/* Deleted: the stay that knows it. */
	for (struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		if (find(stay, event->id) != NULL)
			return stay;
	}
	return NULL;
}

void handover_event(struct ward_core *core, const struct ward_event *event)
{
	struct str code = model_code(json_get(event->resource, STR("code")),
				     STR(HOMEWARD_URL "CodeSystem/ward-task"));
	struct str status = json_get_text(event->resource, STR("status"));
	if (event->resource != NULL && !str_equal(code, STR("hand-over")))
		return;
	struct stay *stay = stay_of(core, event);
	if (stay == NULL || stay->is_place)
		return;
	struct handover *handover = find(stay, event->id);
	if (stay->status != STAY_FINISHED && is_waiting(status)) {
		if (handover == NULL)
			begin(core, stay, event);
	} else {
		if (is_accepted(status) && (handover != NULL || event->version == 1))
			transfer(core, stay, event->resource);
		if (handover != NULL)
			take_out(stay, handover);
	}
	handover_settle(core, stay);
	stay_mark(core, stay);
	stay_timers(core, stay);
}

/* --- telling the nurse in charge ------------------------------------------------------------ */

static void tell(struct ward_core *core, struct stay *stay, enum alert_level level,
		 const char *title)
{
	struct alert *alert = alert_open(stay, ALERT_CAUSE_HANDOVER);
	if (alert == NULL) {
		(void)alert_raise(core, stay, ALERT_CAUSE_HANDOVER, level, str_from_c(title));
		return;
	}
	if (level < alert->level)
		level = (enum alert_level)alert->level;
	MODEL_PUT(alert->title, str_from_c(title));
	alert_worsen(core, alert, level, title);
}

void handover_settle(struct ward_core *core, struct stay *stay)
{
	struct alert *told = alert_open(stay, ALERT_CAUSE_HANDOVER);
	if (told == NULL)
		return;
	for (const struct handover *at = stay->handovers; at != NULL; at = at->next) {
		if (at->deadline_us == MODEL_NEVER)
			return;
	}
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (alert != told && alert_is_open(alert) && alert->status != ALERT_ACCEPTED)
			return;
	}
	alert_close(core, told, ALERT_END_COVERED,
		    STR("The patient has been taken over: nothing open is without an answer."));
}

static void not_accepted(struct ward_core *core, struct stay *stay, struct handover *handover)
{
	char title[MODEL_TEXT_BYTES], time[MODEL_CLOCK_BYTES];
	model_clock_time(handover->at_us, time);
	model_format(title, sizeof(title),
		     "Handover from %s to %s, asked for at %s, has not been accepted",
		     handover->from_name, handover->to_name, time);
	handover->deadline_us = MODEL_NEVER;
	tell(core, stay, ALERT_LEVEL_MEDIUM, title);
}

/* --- the end of a shift --------------------------------------------------------------------- */

static int64_t shift_end_us(const struct ward_core *core, const struct alert *alert)
{
	return alert_is_open(alert) ? cover_shift_end_us(core, alert) : MODEL_NEVER;
}

static void shift_ended(struct ward_core *core, struct stay *stay, struct alert *alert)
{
	char who[MODEL_NAME_BYTES], text[MODEL_TEXT_BYTES];
	int64_t deadline_us = alert->status == ALERT_ACCEPTED ? MODEL_NEVER : alert->deadline_us;
	enum alert_level level = alert->level < ALERT_LEVEL_MEDIUM ? (enum alert_level)alert->level
								   : ALERT_LEVEL_MEDIUM;
	MODEL_PUT(who, str_from_c(alert->owner_name));
	model_format(text, sizeof(text), "The shift of %s ended and nobody had taken this over.",
		     who);
	alert_note(core, alert, text);
	alert->status = ALERT_REQUESTED;
	alert->acknowledged_us = 0;
	page_ladder_start(core, alert,
			  alert->rung < page_ladder(alert)->rung_count
				  ? alert->rung
				  : page_ladder(alert)->rung_count - 1);
	/* Nobody gains time by going home. */
	if (deadline_us > core->now_us && deadline_us < alert->deadline_us &&
	    deadline_us > alert->call_us)
		alert->deadline_us = deadline_us;
	alert_touch(core, alert);
	/* What waits for office hours is nobody's to take over: it is called again when they begin. */
	if (alert->cause == ALERT_CAUSE_HANDOVER || alert->call_us != 0)
		return;
	model_format(text, sizeof(text),
		     "The shift of %s ended with an open alert: it is now with %s", who,
		     alert->owner_name[0] == '\0' ? "nobody" : alert->owner_name);
	tell(core, stay, level, text);
}

int64_t handover_next_us(const struct ward_core *core, const struct stay *stay)
{
	int64_t next_us = MODEL_NEVER;
	for (const struct handover *at = stay->handovers; at != NULL; at = at->next) {
		if (at->deadline_us < next_us)
			next_us = at->deadline_us;
	}
	for (const struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		int64_t end_us = shift_end_us(core, alert);
		if (end_us < next_us)
			next_us = end_us;
	}
	return next_us;
}

void handover_fire(struct ward_core *core, struct stay *stay)
{
	for (struct handover *at = stay->handovers; at != NULL; at = at->next) {
		if (at->deadline_us <= core->now_us)
			not_accepted(core, stay, at);
	}
	for (struct alert *alert = stay->alerts; alert != NULL; alert = alert->next) {
		if (shift_end_us(core, alert) <= core->now_us)
			shift_ended(core, stay, alert);
	}
}
