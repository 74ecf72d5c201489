/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/carried.h"

#include "ward/merge.h"
#include "ward/place.h"

bool carried_is(const struct alert *alert)
{
	return alert->cause == ALERT_CAUSE_CARRIED;
}

enum alert_cause carried_cause(const struct alert *alert)
{
	return (enum alert_cause)(carried_is(alert) ? alert->rule : alert->cause);
}

/* Never nowhere: a Task whose stay and patient are unknown is the first ward's. */
static struct stay *stay_of(struct ward_core *core, const struct json *task)
{
	const struct json *episode =
		json_get(model_extension(task, STR("episode")), STR("valueReference"));
	const struct json *place =
		json_get(model_extension(task, STR("ward")), STR("valueReference"));
	struct stay *stay =
		map_get(&core->stay_by_id, model_reference_id(episode, STR("EpisodeOfCare")));
	const struct patient *patient =
		map_get(&core->patient_by_id,
			model_reference_id(json_get(task, STR("for")), STR("Patient")));
	struct ward_place *ward =
		map_get(&core->ward_by_id, model_reference_id(place, STR("Organization")));
	if (stay == NULL && patient != NULL)
		stay = merge_stay(core, patient);
	if (stay == NULL && patient != NULL)
		stay = patient->stays;
	if (stay != NULL)
		return stay;
	for (struct ward_place *at = core->wards; at != NULL && ward == NULL; at = at->next)
		ward = at->is_ward ? at : NULL;
	return ward == NULL ? NULL : place_stay(core, ward);
}

static int64_t instant_of(struct str text, int64_t otherwise_us)
{
	struct date date;
	bool read = date_parse(text, DATE_KIND_DATETIME, &date) == ERROR_OK &&
		    date.precision >= DATE_MINUTE;
	return read ? date.low_us : otherwise_us;
}

/* The start is the end of its identifier, EPISODE/RULE/START. */
static int64_t start_of(const struct json *task, int64_t otherwise_us)
{
	struct str text =
		json_get_text(json_at(json_get(task, STR("identifier")), 0), STR("value"));
	size_t at = text.len;
	while (at > 0 && text.ptr[at - 1] != '/')
		at--;
	return instant_of(str_slice(text, at, text.len), otherwise_us);
}

static void read_policy(const struct ward_core *core, struct alert *alert, const struct json *task)
{
	struct str canonical =
		json_get_text(model_extension(task, STR("policy")), STR("valueCanonical"));
	alert->policy = policy_find(core, canonical);
	alert->own_policy = alert->policy != NULL;
	if (alert->policy == NULL)
		alert->policy = stay_policy(core, alert->stay);
}

static void read_task(struct ward_core *core, struct alert *alert, const struct json *task)
{
	enum alert_level level = ALERT_LEVEL_NONE;
	struct str rule =
		model_code(json_get(task, STR("code")), STR(HOMEWARD_URL "CodeSystem/ward-rule"));
	const struct json *focus = json_get(task, STR("focus"));
	struct str observation = model_reference_id(focus, STR("Observation"));
	if (!alert_level_find(
		    json_get_text(model_extension(task, STR("alert-level")), STR("valueCode")),
		    &level) ||
	    level == ALERT_LEVEL_NONE)
		level = ALERT_LEVEL_MEDIUM;
	alert->level = (uint8_t)level;
	alert->rule = (uint8_t)alert_cause_of_rule(rule);
	alert->raised_us = instant_of(json_get_text(task, STR("authoredOn")), core->now_us);
	alert->start_us = start_of(task, alert->raised_us);
	MODEL_PUT(alert->title, json_get_text(task, STR("description")));
	alert->latest[0] = '\0';
	MODEL_PUT(alert->focus,
		  observation.len > 0 ? observation : json_get_text(focus, STR("reference")));
	read_policy(core, alert, task);
	(void)alert_take_notes(alert, json_get(task, STR("note")));
}

/* Whatever had been answered was answered under other rules: it is looked at anew. */
static void open_anew(struct ward_core *core, struct alert *alert)
{
	alert->cause = ALERT_CAUSE_CARRIED;
	alert->status = ALERT_REQUESTED;
	alert->end = ALERT_END_OPEN;
	alert->closed_us = alert->acknowledged_us = alert->call_us = 0;
	alert->level_us = core->now_us;
	alert->reason[0] = '\0';
	alert_note(core, alert, "Carried over from an earlier version: called anew.");
	alert_touch(core, alert);
	page_ladder_start(core, alert, page_first_rung(alert));
}

void carried_event(struct ward_core *core, const struct ward_event *event)
{
	struct alert *alert = map_get(&core->alert_by_id, event->id);
	struct stay *stay = alert != NULL ? alert->stay : stay_of(core, event->resource);
	if (stay == NULL || event->resource == NULL)
		return;
	if (alert == NULL) {
		alert = MODEL_NEW(struct alert);
		alert->stay = stay;
		alert->deadline_us = MODEL_NEVER;
		MODEL_PUT(alert->id, event->id);
		map_put(&core->alert_by_id, str_from_c(alert->id), alert);
		alert_append(stay, alert);
	} else if (alert_is_open(alert)) {
		alert->version = event->version;
		alert_touch(core, alert); /* today's rules hold it: their word stands */
		return;
	}
	alert->version = event->version;
	read_task(core, alert, event->resource);
	open_anew(core, alert);
}
