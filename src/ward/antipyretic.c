/* SPDX-License-Identifier: Apache-2.0
 * Medicines that lower a temperature. A dose makes a normal temperature say less: for some hours (a policy
 * setting) every temperature carries that beside it. It never closes and never lowers an alert. Codes: SNOMED CT
 * UK edition (substance, and the medicinal product that is also the dm+d VTM), RxNorm ingredients, ATC. dm+d and
 * local products carry the name of what is in them, so a medicine counts by its words as well: a note too many
 * does no harm. */
#include "ward/merge.h"
#include "ward/model.h"
#include "ward/timeline.h"

#define SNOMED "http://snomed.info/sct"
#define DMD "https://dmd.nhs.uk"
#define RXNORM "http://www.nlm.nih.gov/research/umls/rxnorm"
#define ATC "http://www.whocc.no/atc"
#define DOSE_AHEAD_US \
	(2 * DATE_US_PER_MIN) /* clocks differ; what lies further ahead was given now */

static const struct {
	struct str system;
	struct str code;
} codes[] = {
	{ STR_INIT(SNOMED), STR_INIT("387517004") }, /* paracetamol, substance */
	{ STR_INIT(SNOMED), STR_INIT("90332006") },  /* product containing paracetamol */
	{ STR_INIT(SNOMED), STR_INIT("322236009") }, /* paracetamol 500 mg oral tablet */
	{ STR_INIT(SNOMED), STR_INIT("387207008") }, /* ibuprofen, substance */
	{ STR_INIT(SNOMED), STR_INIT("38268001") },  /* product containing ibuprofen */
	{ STR_INIT(DMD), STR_INIT("90332006") },     { STR_INIT(DMD), STR_INIT("322236009") },
	{ STR_INIT(DMD), STR_INIT("38268001") },     { STR_INIT(RXNORM), STR_INIT("161") },
	{ STR_INIT(RXNORM), STR_INIT("5640") },      { STR_INIT(ATC), STR_INIT("N02BE01") },
	{ STR_INIT(ATC), STR_INIT("M01AE01") },
};
static const struct str names[] = { STR_INIT("paracetamol"), STR_INIT("acetaminophen"),
				    STR_INIT("ibuprofen"), STR_INIT("calpol"),
				    STR_INIT("nurofen") };

static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool holds_name(struct str text)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (size_t at = 0; at + names[i].len <= text.len; at++) {
			size_t same = 0;
			while (same < names[i].len &&
			       lower(text.ptr[at + same]) == names[i].ptr[same])
				same++;
			if (same == names[i].len)
				return true;
		}
	}
	return false;
}

static bool concept_is(const struct json *concept)
{
	const struct json *codings = json_get(concept, STR("coding"));
	if (holds_name(json_get_text(concept, STR("text"))))
		return true;
	for (const struct json *coding = codings == NULL ? NULL : codings->child; coding != NULL;
	     coding = coding->next) {
		struct str system = json_get_text(coding, STR("system"));
		struct str code = json_get_text(coding, STR("code"));
		if (holds_name(json_get_text(coding, STR("display"))))
			return true;
		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
			if (str_equal(codes[i].system, system) && str_equal(codes[i].code, code))
				return true;
		}
	}
	return false;
}

/* The medicine itself, a contained Medication, or one named by its words. */
static bool is_antipyretic(const struct json *resource)
{
	const struct json *reference = json_get(resource, STR("medicationReference"));
	const struct json *contained = json_get(resource, STR("contained"));
	struct str target = json_get_text(reference, STR("reference"));
	if (concept_is(json_get(resource, STR("medicationCodeableConcept"))) ||
	    holds_name(json_get_text(reference, STR("display"))))
		return true;
	for (const struct json *one = contained == NULL ? NULL : contained->child; one != NULL;
	     one = one->next) {
		if (str_starts_with(target, STR("#")) &&
		    str_equal(str_slice(target, 1, target.len), json_get_text(one, STR("id"))))
			return concept_is(json_get(one, STR("code")));
	}
	return false;
}

static bool was_given(const struct json *resource)
{
	static const struct str not_given[] = { STR_INIT("not-done"), STR_INIT("not-taken"),
						STR_INIT("on-hold"), STR_INIT("intended"),
						STR_INIT("entered-in-error") };
	struct str status = json_get_text(resource, STR("status"));
	for (size_t i = 0; i < sizeof(not_given) / sizeof(not_given[0]); i++) {
		if (str_equal(status, not_given[i]))
			return false;
	}
	return true;
}

/* A date without a time of day is the whole day; a period without an end goes on. */
static void times_of(const struct json *resource, int64_t now_us, struct dose *dose)
{
	const struct json *period = json_get(resource, STR("effectivePeriod"));
	struct str text = json_get_text(resource, STR("effectiveDateTime"));
	struct date from, to;
	if (text.len == 0)
		text = json_get_text(period, STR("start"));
	if (text.len == 0)
		text = json_get_text(resource, STR("dateAsserted"));
	dose->at_us = dose->until_us = now_us;
	if (date_parse(text, DATE_KIND_DATETIME, &from) != ERROR_OK)
		return;
	dose->at_us = from.low_us;
	dose->until_us = from.precision >= DATE_MINUTE ? from.low_us : from.high_us - 1;
	text = json_get_text(period, STR("end"));
	if (date_parse(text, DATE_KIND_DATETIME, &to) == ERROR_OK && to.low_us > dose->at_us)
		dose->until_us = to.precision >= DATE_MINUTE ? to.low_us : to.high_us - 1;
	else if (period != NULL && str_equal(json_get_text(resource, STR("status")), STR("active")))
		dose->until_us = MODEL_NEVER;
	if (dose->at_us > now_us + DOSE_AHEAD_US)
		dose->at_us = dose->until_us = now_us;
}

void antipyretic_link(struct ward_core *core, struct dose *dose)
{
	struct patient *patient = core_patient(core, str_from_c(dose->patient));
	struct dose **link = &patient->doses;
	while (*link != NULL &&
	       ((*link)->at_us < dose->at_us ||
		((*link)->at_us == dose->at_us && strcmp((*link)->id, dose->id) < 0)))
		link = &(*link)->next;
	dose->next = *link;
	*link = dose;
	map_put(&core->dose_by_id, str_from_c(dose->id), dose);
}

static void drop(struct ward_core *core, struct patient *patient, struct dose *dose)
{
	struct dose **link = &patient->doses;
	while (*link != dose)
		link = &(*link)->next;
	*link = dose->next;
	map_remove(&core->dose_by_id, str_from_c(dose->id));
	model_give(dose);
}

static bool is_past(const struct dose *dose, int64_t now_us)
{
	return dose->until_us < now_us - MODEL_WINDOW_US;
}

static void show_one(struct ward_core *core, const struct patient *patient)
{
	for (struct stay *stay = patient->stays; stay != NULL; stay = stay->next_of_patient) {
		struct alert *fever = alert_open(stay, ALERT_CAUSE_FEVER);
		const struct reading *newest = timeline_newest(stay, SCORE_TEMPERATURE);
		stay_mark(core, stay);
		if (fever == NULL || newest == NULL || !reading_counts(newest) ||
		    fever->latest[0] == '\0')
			continue;
		rule_latest(stay, fever, newest);
		antipyretic_beside(core, stay, fever, newest);
		alert_touch(core, fever);
	}
}

void antipyretic_show(struct ward_core *core, const struct patient *patient)
{
	const struct patient *at = patient;
	do {
		show_one(core, at);
		at = merge_next(at);
	} while (at != patient);
}

void antipyretic_event(struct ward_core *core, const struct ward_event *event)
{
	struct dose read = { 0 };
	const struct json *resource = event->resource;
	const struct json *subject = json_get(resource, STR("subject"));
	bool statement = str_equal(event->type, STR("MedicationStatement"));
	model_format(read.id, sizeof(read.id), "%s%.*s", statement ? "s" : "", STR_ARG(event->id));
	struct dose *old = map_get(&core->dose_by_id, str_from_c(read.id));
	if (old != NULL) {
		struct patient *before = core_patient(core, str_from_c(old->patient));
		drop(core, before, old);
		antipyretic_show(core, before);
	}
	MODEL_PUT(read.patient, model_reference_id(subject, STR("Patient")));
	if (resource == NULL || read.patient[0] == '\0' || !was_given(resource) ||
	    !is_antipyretic(resource))
		return;
	times_of(resource, core->now_us, &read);
	if (is_past(&read, core->now_us))
		return;
	struct dose *dose = MODEL_NEW(struct dose);
	*dose = read;
	antipyretic_link(core, dose);
	struct patient *patient = core_patient(core, str_from_c(dose->patient));
	for (struct dose *next, *one = patient->doses; one != NULL; one = next) {
		next = one->next;
		if (is_past(one, core->now_us))
			drop(core, patient, one);
	}
	antipyretic_show(core, patient);
}

/* Under this id alone; 0: none. */
static int64_t newest_before_us(const struct patient *patient, int64_t at_us, int64_t hours_us)
{
	int64_t newest_us = 0;
	for (const struct dose *dose = patient->doses; dose != NULL; dose = dose->next) {
		if (dose->at_us > at_us)
			break;
		if (dose->until_us == MODEL_NEVER || at_us - dose->until_us <= hours_us)
			newest_us = dose->at_us;
	}
	return newest_us;
}

int64_t antipyretic_before_us(const struct ward_core *core, const struct stay *stay, int64_t at_us)
{
	const struct policy *policy = stay_policy(core, stay);
	int64_t hours_us = policy == NULL ? 4 * DATE_US_PER_HOUR : policy->antipyretic_us;
	int64_t newest_us = 0;
	const struct patient *at = stay->patient;
	if (at == NULL)
		return 0;
	do {
		int64_t given_us = newest_before_us(at, at_us, hours_us);
		if (given_us > newest_us)
			newest_us = given_us;
		at = merge_next(at);
	} while (at != stay->patient);
	return newest_us;
}

void antipyretic_words(const struct ward_core *core, const struct stay *stay,
		       const struct reading *reading, char ret_text[40])
{
	const struct policy *policy = stay_policy(core, stay);
	ret_text[0] = '\0';
	if (reading->input != SCORE_TEMPERATURE || policy == NULL || !reading_counts(reading) ||
	    antipyretic_before_us(core, stay, reading->measured_us) == 0)
		return;
	int minutes = (int)(policy->antipyretic_us / DATE_US_PER_MIN);
	if (minutes % 60 == 0)
		model_format(ret_text, 40, "antipyretic within %d h", minutes / 60);
	else
		model_format(ret_text, 40, "antipyretic within %d min", minutes);
}

void antipyretic_beside(const struct ward_core *core, const struct stay *stay, struct alert *alert,
			const struct reading *reading)
{
	char words[40];
	antipyretic_words(core, stay, reading, words);
	size_t at = strlen(alert->latest);
	if (words[0] != '\0' && at > 0 && strstr(alert->latest, words) == NULL)
		model_format(alert->latest + at, sizeof(alert->latest) - at, ", %s", words);
}
