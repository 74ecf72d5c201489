/* SPDX-License-Identifier: Apache-2.0
 * NEWS2 is not for pregnancy (ward.md 1.1, 1.4, S22): its normal ranges are not those of a pregnant woman. Whoever says
 * that a patient is pregnant (a Condition, a Flag, an Observation of pregnancy status) ends her NEWS2; the ward is told
 * to use a maternity tool. When sources disagree she counts as pregnant. What is said under either id of a merged
 * record (merge.h) is said of her. */
#include "ward/merge.h"
#include "ward/model.h"

#define LOINC "http://loinc.org"
#define SNOMED "http://snomed.info/sct"

/* SNOMED CT 77386006 pregnant; LOINC answer LA15173-0 pregnant, LA26683-5 not pregnant. */
bool pregnancy_says(const struct json *concept)
{
	return str_equal(model_code(concept, STR(SNOMED)), STR("77386006")) ||
	       str_equal(model_code(concept, STR(LOINC)), STR("LA15173-0"));
}

static bool says_not_pregnant(const struct json *concept)
{
	/* 60001007 not pregnant */
	return str_equal(model_code(concept, STR(SNOMED)), STR("60001007")) ||
	       str_equal(model_code(concept, STR(LOINC)), STR("LA26683-5"));
}

static bool is_over(const struct json *condition)
{
	struct str status =
		model_code(json_get(condition, STR("clinicalStatus")),
			   STR("http://terminology.hl7.org/CodeSystem/condition-clinical"));
	struct str verified =
		model_code(json_get(condition, STR("verificationStatus")),
			   STR("http://terminology.hl7.org/CodeSystem/condition-ver-status"));
	return str_equal(status, STR("inactive")) || str_equal(status, STR("remission")) ||
	       str_equal(status, STR("resolved")) || str_equal(verified, STR("refuted")) ||
	       str_equal(verified, STR("entered-in-error"));
}

/* Whether the resource speaks of pregnancy at all, and what it says. */
static bool read_source(const struct ward_event *event, struct pregnancy *ret_pregnancy)
{
	const struct json *resource = event->resource;
	const struct json *code = json_get(resource, STR("code"));
	struct str status = json_get_text(resource, STR("status"));
	struct date date;
	ret_pregnancy->at_us = event->at_us;
	if (str_equal(event->type, STR("Condition"))) {
		ret_pregnancy->pregnant = !is_over(resource);
		return pregnancy_says(code);
	}
	if (str_equal(event->type, STR("Flag"))) {
		ret_pregnancy->pregnant = str_equal(status, STR("active"));
		return pregnancy_says(code);
	}
	const struct json *value = json_get(resource, STR("valueCodeableConcept"));
	ret_pregnancy->is_observation = true;
	ret_pregnancy->pregnant = pregnancy_says(value);
	if (!str_equal(model_code(code, STR(LOINC)), STR("82810-3")) ||
	    str_equal(status, STR("entered-in-error")) || str_equal(status, STR("cancelled")) ||
	    (!ret_pregnancy->pregnant && !says_not_pregnant(value)))
		return false;
	if (date_parse(json_get_text(resource, STR("effectiveDateTime")), DATE_KIND_DATETIME,
		       &date) == ERROR_OK &&
	    date.low_us < event->at_us)
		ret_pregnancy->at_us = date.low_us;
	return true;
}

void pregnancy_insert(struct ward_core *core, struct patient *patient, struct pregnancy *pregnancy)
{
	struct pregnancy **link = &patient->pregnancies;
	while (*link != NULL && strcmp((*link)->source, pregnancy->source) < 0)
		link = &(*link)->next;
	pregnancy->next = *link;
	pregnancy->patient = patient;
	*link = pregnancy;
	map_put(&core->pregnancy_by_source, str_from_c(pregnancy->source), pregnancy);
}

static void remove_source(struct ward_core *core, const char *source)
{
	struct pregnancy *gone = map_get(&core->pregnancy_by_source, str_from_c(source));
	if (gone == NULL)
		return;
	struct pregnancy **link = &gone->patient->pregnancies;
	while (*link != gone)
		link = &(*link)->next;
	*link = gone->next;
	const struct patient *at = gone->patient;
	do {
		for (struct stay *stay = at->stays; stay != NULL; stay = stay->next_of_patient)
			stay_mark(core, stay);
		at = merge_next(at);
	} while (at != gone->patient);
	map_remove(&core->pregnancy_by_source, str_from_c(source));
	model_give(gone);
}

/* Of two observations the one that counts: the newer, of two of one instant the one that says pregnant. */
static const struct pregnancy *newer(const struct pregnancy *found, const struct pregnancy *one)
{
	if (found == NULL || one->at_us > found->at_us)
		return one;
	return one->at_us == found->at_us && one->pregnant ? one : found;
}

bool pregnancy_known(const struct patient *patient)
{
	const struct pregnancy *newest = NULL;
	const struct patient *at = patient;
	if (patient == NULL)
		return false;
	do {
		for (const struct pregnancy *one = at->pregnancies; one != NULL; one = one->next) {
			if (!one->is_observation && one->pregnant)
				return true;
			if (one->is_observation)
				newest = newer(newest, one);
		}
		at = merge_next(at);
	} while (at != patient);
	return newest != NULL && newest->pregnant;
}

bool pregnancy_refuses(const struct ward_core *core, const struct stay *stay)
{
	const struct policy *policy = stay_policy(core, stay);
	return policy != NULL && policy->scale == SCORE_NEWS2 && pregnancy_known(stay->patient);
}

void pregnancy_check(struct ward_core *core, struct stay *stay)
{
	if (!stay_is_open(stay))
		return;
	if (pregnancy_refuses(core, stay))
		rule_unscored(core, stay, RULE_UNSCORED_PREGNANT);
	stay_mark(core, stay);
}

void pregnancy_update(struct ward_core *core, const struct patient *patient)
{
	const struct patient *at = patient;
	do {
		for (struct stay *stay = at->stays; stay != NULL; stay = stay->next_of_patient)
			pregnancy_check(core, stay);
		at = merge_next(at);
	} while (at != patient);
}

void pregnancy_event(struct ward_core *core, const struct ward_event *event)
{
	struct pregnancy read = { 0 };
	struct str about =
		model_reference_id(json_get(event->resource, STR("subject")), STR("Patient"));
	bool speaks = event->resource != NULL && about.len > 0 && read_source(event, &read);
	if (!speaks && event->version <= 1)
		return;
	model_format(read.source, sizeof(read.source), "%.*s/%.*s", STR_ARG(event->type),
		     STR_ARG(event->id));
	remove_source(core, read.source); /* an earlier version, of this patient or of another */
	if (!speaks)
		return;
	struct patient *patient = core_patient(core, about);
	struct pregnancy *pregnancy = MODEL_NEW(struct pregnancy);
	*pregnancy = read;
	pregnancy_insert(core, patient, pregnancy);
	pregnancy_update(core, patient);
}
