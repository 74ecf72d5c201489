/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/stray.h"

#include "ward/disposition.h"
#include "ward/merge.h"
#include "ward/place.h"
#include "ward/question.h"
#include "ward/severity.h"
#include "ward/unread.h"

/* --- whose ---------------------------------------------------------------------------------- */

struct stay *stray_stay(const struct ward_core *core, const struct patient *patient, bool from_home)
{
	struct stay *found = merge_stay(core, patient);
	if (patient == NULL || found != NULL || !from_home)
		return found;
	const struct patient *at = patient;
	do {
		for (struct stay *stay = at->stays; stay != NULL; stay = stay->next_of_patient)
			found = merge_sooner(found, stay);
		at = merge_next(at);
	} while (at != patient);
	return found;
}

static bool is_person_of_home(const struct json *reference)
{
	return model_reference_id(reference, STR("RelatedPerson")).len > 0 ||
	       model_reference_id(reference, STR("Patient")).len > 0;
}

/* Who measured it, filled it in, took it or sent it. */
static bool is_by_home(const struct json *resource)
{
	static const struct str names[] = { STR_INIT("performer"), STR_INIT("source"),
					    STR_INIT("author"), STR_INIT("operator"),
					    STR_INIT("sender") };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct json *people = json_get(resource, names[i]);
		const struct json *one = people;
		if (people != NULL && people->type == JSON_ARRAY)
			one = people->child;
		for (; one != NULL && one->type == JSON_OBJECT;
		     one = one == people ? NULL : one->next) {
			if (is_person_of_home(one))
				return true;
		}
	}
	return false;
}

bool stray_is_said_by_home(const struct json *resource)
{
	return json_get_text(model_extension(resource, STR("source")), STR("valueCode")).len > 0 ||
	       is_by_home(resource);
}

struct str stray_patient(const struct json *resource)
{
	static const struct str names[] = { STR_INIT("subject"), STR_INIT("patient"),
					    STR_INIT("for") };
	struct str patient = STR("");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && patient.len == 0; i++)
		patient = model_reference_id(json_get(resource, names[i]), STR("Patient"));
	return patient;
}

static bool says_concern(const struct reading *first)
{
	while (first != NULL && first->input != READING_CONCERN)
		first = first->next;
	return first != NULL;
}

bool stray_sent_by_home(const struct json *observation)
{
	return json_get(observation, STR("device")) != NULL || stray_is_said_by_home(observation);
}

bool stray_from_home(const struct json *observation)
{
	bool cut;
	if (stray_sent_by_home(observation))
		return true;
	struct reading *first = reading_parse(observation, NULL, NULL, &cut);
	bool concern = says_concern(first);
	reading_free(first);
	return concern;
}

/* --- of nobody's stay ----------------------------------------------------------------------- */

/* By the stays themselves: the ward's own counts are the board's, and a replay has no board. */
static bool has_patients(const struct ward_core *core, const struct ward_place *ward)
{
	for (const struct stay *stay = core->stays; stay != NULL; stay = stay->next) {
		if (stay->ward == ward && !self_test_is(stay) && stay_is_open(stay))
			return true;
	}
	return false;
}

/* A ward with patients, else any: which one it was meant for cannot be known. */
static struct ward_place *some_ward(const struct ward_core *core)
{
	struct ward_place *found = NULL;
	for (struct ward_place *ward = core->wards; ward != NULL; ward = ward->next) {
		if (ward->is_ward && has_patients(core, ward))
			return ward;
		if (ward->is_ward && found == NULL)
			found = ward;
	}
	return found;
}

void stray_say(struct ward_core *core, struct ward_place *ward, enum alert_level level,
	       const char *title, const char *focus)
{
	if (ward == NULL)
		ward = some_ward(core);
	if (ward == NULL)
		return;
	struct stay *place = place_stay(core, ward);
	struct alert *alert = alert_open(place, ALERT_CAUSE_STRAY);
	if (alert == NULL) {
		alert = alert_raise(core, place, ALERT_CAUSE_STRAY, level, str_from_c(title));
	} else {
		/* It may be somebody else: said anew, whatever was answered. */
		MODEL_PUT(alert->title, str_from_c(title));
		alert_worsen(core, alert,
			     level > alert->level ? level : (enum alert_level)alert->level, title);
	}
	MODEL_PUT(alert->focus, str_from_c(focus));
	stay_timers(core, place);
}

static void say_subject(const struct json *resource, const char *what, char title[MODEL_TEXT_BYTES])
{
	struct str subject = json_get_text(json_get(resource, STR("subject")), STR("reference"));
	if (subject.len == 0)
		model_format(title, MODEL_TEXT_BYTES,
			     "%s, and says of no patient: find out whose it is", what);
	else
		model_format(title, MODEL_TEXT_BYTES, "%s for somebody who is on no ward: %.*s",
			     what, STR_ARG(subject));
}

/* It stands in the record, and no rule has judged it but by its own value. */
static void say_reading(struct ward_core *core, const struct ward_event *event,
			const struct reading *first)
{
	struct str subject =
		model_reference_id(json_get(event->resource, STR("subject")), STR("Patient"));
	struct severity severity = { .level = ALERT_LEVEL_LOW }; /* what cannot be judged */
	char what[MODEL_TEXT_BYTES / 2], title[MODEL_TEXT_BYTES];
	severity_of_anybody(core, first, &severity);
	model_format(what, sizeof(what), "%.*s %s arrived",
		     STR_ARG(reading_input_label(first->input)), first->text);
	say_subject(event->resource, what, title);
	(void)disposition_add(
		core, DISPOSITION_UNKNOWN_PATIENT, first->observation, subject,
		"No ward knows this patient: it stands in the record, and no rule has judged "
		"it beside its own value.");
	stray_say(core, NULL, severity.level, title, first->observation);
}

/* A sign under a code that no rule reads: as bad as it would be for anybody. */
static void say_unread(struct ward_core *core, const struct ward_event *event)
{
	struct unread unread = { 0 };
	enum alert_level level = ALERT_LEVEL_LOW;
	char what[MODEL_TEXT_BYTES / 2], title[MODEL_TEXT_BYTES], id[MODEL_ID_BYTES];
	if (!unread_find(event->resource, NULL, true, &unread))
		return;
	for (const struct policy *policy = core->policies; policy != NULL; policy = policy->next) {
		if (unread_find(event->resource, policy, true, &unread) && unread.fever &&
		    policy->fever_level > level)
			level = policy->fever_level;
	}
	MODEL_PUT(id, event->id);
	model_format(what, sizeof(what), "What may be a vital sign (%.60s) arrived", unread.label);
	say_subject(event->resource, what, title);
	(void)disposition_add(
		core, DISPOSITION_UNKNOWN_PATIENT, id,
		model_reference_id(json_get(event->resource, STR("subject")), STR("Patient")),
		"No ward knows this patient, and no rule reads this code: it stands "
		"in the record.");
	stray_say(core, NULL, level, title, id);
}

void stray_observation(struct ward_core *core, const struct ward_event *event)
{
	const struct json *observation = event->resource;
	bool device = json_get(observation, STR("device")) != NULL;
	bool whose =
		model_reference_id(json_get(observation, STR("subject")), STR("Patient")).len > 0;
	bool said = stray_is_said_by_home(observation), cut;
	/* A device that says whose it is may be the hospital's; a chart says who, and only concern is a call. What
	 * names no patient, or one by a number alone, may be a child's of a ward. */
	if (event->version != 1 || (!said && device && whose))
		return;
	struct reading *first = reading_parse(observation, NULL, NULL, &cut);
	if (first == NULL && (said || device || !whose))
		say_unread(core, event);
	if (first != NULL && (said || device || !whose || says_concern(first)))
		say_reading(core, event, first);
	reading_free(first);
}

void stray_answers(struct ward_core *core, const struct ward_event *event)
{
	char title[MODEL_TEXT_BYTES], focus[MODEL_REFERENCE_BYTES];
	struct str canonical = json_get_text(event->resource, STR("questionnaire"));
	if (event->version != 1 || question_find(core, canonical) == NULL)
		return; /* no questions of a ward */
	say_subject(event->resource, "Answers to questions arrived", title);
	model_format(focus, sizeof(focus), "QuestionnaireResponse/%.*s", STR_ARG(event->id));
	/* Unread answers count as concern. */
	stray_say(core, NULL, ALERT_LEVEL_MEDIUM, title, focus);
}

/* --- of somebody else ------------------------------------------------------------------------------ */

static bool is_focused_elsewhere(const struct json *observation)
{
	struct str subject =
		model_reference_id(json_get(observation, STR("subject")), STR("Patient"));
	const struct json *list = json_get(observation, STR("focus"));
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		struct str patient = model_reference_id(one, STR("Patient"));
		if (model_reference_id(one, STR("RelatedPerson")).len > 0 ||
		    (patient.len > 0 && !str_equal(patient, subject)))
			return true;
	}
	return false;
}

bool stray_is_of_another(const struct json *observation)
{
	bool cut;
	if (!is_focused_elsewhere(observation))
		return false;
	struct reading *first = reading_parse(observation, NULL, NULL, &cut);
	bool sign = first != NULL && !says_concern(first);
	reading_free(first);
	return sign;
}

void stray_elsewhere(struct ward_core *core, struct stay *stay, const struct ward_event *event)
{
	char id[MODEL_ID_BYTES];
	if (event->version != 1 || stay->patient == NULL || !stray_is_of_another(event->resource))
		return;
	MODEL_PUT(id, event->id);
	(void)disposition_add(core, DISPOSITION_UNREADABLE, id, str_from_c(stay->patient->id),
			      rule_unscored_title(RULE_UNSCORED_ELSEWHERE));
	rule_unscored(core, stay, RULE_UNSCORED_ELSEWHERE);
}
