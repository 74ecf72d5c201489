/* SPDX-License-Identifier: Apache-2.0
 * What people see and no score counts. National PEWS (chart of September 2023) takes the highest of score,
 * specific concern, carer question and clinical intuition: abnormal pupils are an Emergency, new suspicion of
 * septic shock is High and of sepsis Medium; a clinician who is uneasy picks the level. No score, low or
 * falling, takes any of them back. */
#include "ward/model.h"

#define CODES(name) HOMEWARD_URL "CodeSystem/" name

static void words(struct reading *reading, enum concern_answer answer, const char *text)
{
	reading->code = (uint8_t)answer;
	MODEL_PUT(reading->text, str_from_c(text));
}

static bool pupils_read(const struct json *concept, struct reading *reading)
{
	struct str code = model_code(concept, STR(CODES("pupils")));
	if (str_equal(code, STR("normal")))
		words(reading, CONCERN_NO, "normal");
	else if (str_equal(code, STR("abnormal")))
		words(reading, CONCERN_YES, "abnormal");
	return reading->text[0] != '\0';
}

static bool sepsis_read(const struct json *concept, struct reading *reading)
{
	struct str code = model_code(concept, STR(CODES("sepsis")));
	if (str_equal(code, STR("none")))
		words(reading, CONCERN_NO, "not suspected");
	else if (str_equal(code, STR("suspected")))
		words(reading, CONCERN_YES, "suspected");
	else if (str_equal(code, STR("shock")))
		words(reading, CONCERN_SHOCK, "septic shock suspected");
	return reading->text[0] != '\0';
}

/* "Yes" alone leaves the level to the policy; a level picked with it counts, "none" too: a clinician decides. */
static bool intuition_read(const struct json *element, struct reading *reading)
{
	const struct json *concept = json_get(element, STR("valueCodeableConcept"));
	const struct json *yes = json_get(element, STR("valueBoolean"));
	struct str code = model_code(concept, STR(CODES("alert-level")));
	enum alert_level level;
	if (code.len == 0)
		code = json_get_text(model_extension(element, STR("alert-level")),
				     STR("valueCode"));
	bool picked = alert_level_find(code, &level) && level != ALERT_LEVEL_TECHNICAL;
	if (yes != NULL && yes->type == JSON_FALSE) {
		words(reading, CONCERN_NO, "no");
		return true;
	}
	if (!picked && yes == NULL)
		return false;
	words(reading, picked && level == ALERT_LEVEL_NONE ? CONCERN_NO : CONCERN_YES, "yes");
	if (picked) {
		reading->level = (uint8_t)level;
		MODEL_PUT(reading->text, alert_level_name(level));
	}
	return true;
}

bool concern_read(const struct json *element, struct reading *reading)
{
	const struct json *concept = json_get(element, STR("valueCodeableConcept"));
	if (reading->input == READING_PUPILS)
		return pupils_read(concept, reading);
	if (reading->input == READING_SEPSIS)
		return sepsis_read(concept, reading);
	return intuition_read(element, reading);
}

enum alert_level concern_sign_level(const struct policy *policy, const struct reading *reading)
{
	if (reading->code == CONCERN_NO)
		return ALERT_LEVEL_NONE;
	if (reading->code == CONCERN_UNREADABLE)
		return ALERT_LEVEL_MEDIUM;
	if (reading->input == READING_PUPILS)
		return policy->pupils_level;
	if (reading->input == READING_SEPSIS)
		return reading->code == CONCERN_SHOCK ? policy->shock_level : policy->sepsis_level;
	return reading->level != ALERT_LEVEL_NONE ? (enum alert_level)reading->level
						  : policy->intuition_level;
}

static void sign_title(const struct reading *reading, char ret_title[MODEL_TEXT_BYTES])
{
	char time[48];
	const char *text;
	if (reading->code == CONCERN_UNREADABLE)
		text = "An answer about pupils, sepsis or concern cannot be read: look at the "
		       "chart,";
	else if (reading->input == READING_PUPILS)
		text = "Abnormal pupils";
	else if (reading->input == READING_SEPSIS)
		text = reading->code == CONCERN_SHOCK ? "New suspicion of septic shock"
						      : "New suspicion of sepsis";
	else
		text = "A clinician is concerned whatever the score";
	rule_when(reading, time);
	model_format(ret_title, MODEL_TEXT_BYTES, "%s %s", text, time);
}

void concern_sign(struct ward_core *core, struct stay *stay, const struct reading *reading)
{
	enum alert_cause cause = reading->input == READING_PUPILS   ? ALERT_CAUSE_PUPILS
				 : reading->input == READING_SEPSIS ? ALERT_CAUSE_SEPSIS
								    : ALERT_CAUSE_INTUITION;
	enum alert_level level = concern_sign_level(stay_policy(core, stay), reading);
	struct alert *alert = alert_open(stay, cause);
	char title[MODEL_TEXT_BYTES];
	sign_title(reading, title);
	if (level == ALERT_LEVEL_NONE) {
		if (alert == NULL)
			return;
		rule_latest(stay, alert, reading);
		alert_touch(core, alert);
		return;
	}
	if (alert == NULL) {
		alert = alert_raise(core, stay, cause, level, str_from_c(title));
	} else if (level > alert->level || cause == ALERT_CAUSE_INTUITION) {
		/* Each new unease of a clinician is heard, whatever was acknowledged before. */
		if (level < alert->level)
			level = (enum alert_level)alert->level;
		MODEL_PUT(alert->title, str_from_c(title));
		alert->latest[0] = '\0';
		alert_worsen(core, alert, level, title);
	} else {
		rule_latest(stay, alert, reading);
		alert_touch(core, alert);
		return;
	}
	MODEL_PUT(alert->focus, str_from_c(reading->observation));
}

struct str concern_reason(const struct alert *alert)
{
	switch (alert->cause) {
	case ALERT_CAUSE_SCORE:
	case ALERT_CAUSE_LATE:
		return set_scale_name(alert->policy);
	case ALERT_CAUSE_CONSCIOUSNESS:
	case ALERT_CAUSE_PUPILS:
	case ALERT_CAUSE_SEPSIS:
		return STR("SC");
	case ALERT_CAUSE_CONCERN:
	case ALERT_CAUSE_OPINION:
		return STR("CQ");
	case ALERT_CAUSE_INTUITION:
		return STR("CI");
	default:
		return STR("");
	}
}
