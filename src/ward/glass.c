/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/glass.h"

#include "ward/stray.h"

static struct str reason_of(const struct json *event)
{
	const struct json *purposes = json_get(event, STR("purposeOfEvent"));
	for (const struct json *at = purposes == NULL ? NULL : purposes->child; at != NULL;
	     at = at->next) {
		if (str_equal(model_code(at,
					 STR("http://terminology.hl7.org/CodeSystem/v3-ActReason")),
			      STR("BTG")))
			return json_get_text(at, STR("text"));
	}
	return (struct str){ NULL, 0 };
}

/* The open stay, under whichever id of the child, else the newest. */
static struct stay *stay_of(const struct ward_core *core, const struct patient *patient)
{
	struct stay *found = stray_stay(core, patient, true);
	bool open = found != NULL && stay_is_open(found);
	return open || patient->stays == NULL ? found : patient->stays;
}

static void say(struct ward_core *core, struct stay *stay, struct str who, struct str reason)
{
	char title[MODEL_TEXT_BYTES];
	struct alert *alert = alert_open(stay, ALERT_CAUSE_ACCESS);
	model_format(title, sizeof(title), "Opened from another ward by %.*s: %.*s", STR_ARG(who),
		     STR_ARG(reason));
	if (alert == NULL) {
		(void)alert_raise(core, stay, ALERT_CAUSE_ACCESS, ALERT_LEVEL_TECHNICAL,
				  str_from_c(title));
	} else if (strcmp(alert->title, title) != 0) {
		/* Somebody else, or another reason: said anew. */
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert, (enum alert_level)alert->level, title);
	}
	stay_timers(core, stay);
}

void glass_event(struct ward_core *core, const struct ward_event *event)
{
	struct str reason = reason_of(event->resource);
	const struct json *agent = json_at(json_get(event->resource, STR("agent")), 0);
	const struct json *who = json_get(agent, STR("who"));
	const struct json *entities = json_get(event->resource, STR("entity"));
	struct str name = json_get_text(who, STR("display"));
	if (reason.len == 0 || event->version != 1)
		return;
	if (name.len == 0)
		name = json_get_text(who, STR("reference"));
	for (const struct json *at = entities == NULL ? NULL : entities->child; at != NULL;
	     at = at->next) {
		struct str id = model_reference_id(json_get(at, STR("what")), STR("Patient"));
		const struct patient *patient =
			id.len == 0 ? NULL : map_get(&core->patient_by_id, id);
		struct stay *stay = patient == NULL ? NULL : stay_of(core, patient);
		if (stay != NULL)
			say(core, stay, name, reason);
	}
}
