/* SPDX-License-Identifier: Apache-2.0
 * A second opinion. Whoever is worried about a patient, at home or on the ward, can have a team from outside the
 * ward look at them, and is told how without asking (NHS England, "Martha's Rule": around the clock, for staff
 * and for families). Asking pages critical care outreach at once, at least High, before anybody of the ward. */
#include "ward/model.h"

void opinion_ward(struct ward_place *ward, const struct json *organization)
{
	const struct json *setting = model_extension(organization, STR("second-opinion"));
	MODEL_PUT(ward->opinion_text,
		  json_get_text(model_part(setting, STR("text")), STR("valueString")));
	MODEL_PUT(ward->opinion_phone,
		  json_get_text(model_part(setting, STR("phone")), STR("valueString")));
}

void opinion_tell(struct ward_core *core, struct alert *concern)
{
	const struct ward_place *ward = concern->stay->ward;
	char text[MODEL_TEXT_BYTES];
	int minutes = (int)(page_ladder(concern)->acknowledge_us / DATE_US_PER_MIN);
	bool known = ward != NULL && ward->opinion_phone[0] != '\0';
	if (concern->stay->status == STAY_FINISHED)
		return; /* they are told to phone the hospital */
	model_format(text, sizeof(text),
		     "The ward knows that you are worried and phones you within %d minutes. For a "
		     "second opinion from another team %s%s%s%s",
		     minutes, known ? "phone " : "ask the nurse who phones.",
		     known ? ward->opinion_phone : "", known ? ". " : "",
		     known ? ward->opinion_text : "");
	page_family(core, concern->stay, concern, false, text);
}

/* What one person asks twice within a millisecond is one request. */
static bool is_known(const struct alert *alert, struct str time, struct str by)
{
	char kept_time[sizeof(alert->opinion_time)], kept_by[sizeof(alert->opinion_by)];
	MODEL_PUT(kept_time, time); /* both are kept up to a length */
	MODEL_PUT(kept_by, by);
	return strcmp(kept_time, alert->opinion_time) == 0 &&
	       strcmp(kept_by, alert->opinion_by) == 0;
}

void opinion_take(struct ward_core *core, struct alert *alert, const struct json *task)
{
	const struct json *asked = model_extension(task, STR("second-opinion"));
	struct stay *stay = alert->stay;
	struct str time = json_get_text(model_part(asked, STR("at")), STR("valueInstant"));
	struct str by = json_get_text(model_part(asked, STR("by")), STR("valueString"));
	struct str reason =
		str_trim(json_get_text(model_part(asked, STR("reason")), STR("valueString")));
	char title[MODEL_TEXT_BYTES];
	if (time.len == 0 || is_known(alert, time, by))
		return;
	MODEL_PUT(alert->opinion_time, time);
	MODEL_PUT(alert->opinion_by, by);
	alert_touch(core, alert);
	enum alert_level level =
		alert->level > ALERT_LEVEL_HIGH ? ALERT_LEVEL_EMERGENCY : ALERT_LEVEL_HIGH;
	model_format(title, sizeof(title), "Second opinion asked for by %.*s%s%.*s: %s",
		     STR_ARG(by), reason.len > 0 ? ", " : "", STR_ARG(reason), alert->title);
	struct alert *open = alert_open(stay, ALERT_CAUSE_OPINION);
	if (open == NULL) {
		open = alert_raise(core, stay, ALERT_CAUSE_OPINION, level, str_from_c(title));
	} else {
		if (level < open->level)
			level = (enum alert_level)open->level;
		MODEL_PUT(open->title, str_from_c(title));
		alert_worsen(core, open, level, title);
	}
	MODEL_PUT(open->focus, str_from_c(alert->focus));
}
