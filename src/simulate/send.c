/* SPDX-License-Identifier: Apache-2.0
 * Readings as FHIR, as decision 0002 codes them. Ids are made of the plan's numbers, so that a request
 * may be repeated after a broken connection without storing anything twice. */
#include "simulate/remote.h"

#include <stdio.h>

struct form {
	const char *system, *code, *display, *unit_code, *unit;
};
static const struct form forms[SCORE_INPUT_COUNT] = {
	[SCORE_RESPIRATORY_RATE] = { "http://loinc.org", "9279-1", "Respiratory rate", "/min",
				     "breaths/min" },
	[SCORE_HEART_RATE] = { "http://loinc.org", "8867-4", "Heart rate", "/min", "beats/min" },
	[SCORE_SYSTOLIC] = { "http://loinc.org", "8480-6", "Systolic blood pressure", "mm[Hg]",
			     "mmHg" },
	[SCORE_SPO2] = { "http://loinc.org", "59408-5", "Oxygen saturation by pulse oximetry", "%",
			 "%" },
	[SCORE_TEMPERATURE] = { "http://loinc.org", "8310-5", "Body temperature", "Cel", "C" },
};

static void put_quantity(struct text *text, enum score_input input,
			 const struct home_vitals *vitals)
{
	const struct form *form = &forms[input];
	int value = input == SCORE_RESPIRATORY_RATE ? vitals->respiratory_rate
		    : input == SCORE_HEART_RATE     ? vitals->heart_rate
		    : input == SCORE_SYSTOLIC       ? vitals->systolic
		    : input == SCORE_SPO2           ? vitals->spo2
						    : vitals->temperature_tenths / 10;
	text_put_format(text, "\"valueQuantity\":{\"value\":%d", value);
	if (input == SCORE_TEMPERATURE)
		text_put_format(text, ".%d", vitals->temperature_tenths % 10);
	text_put_format(
		text, ",\"unit\":\"%s\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\"}",
		form->unit, form->unit_code);
}

static void put_code(struct text *text, const char *system, const char *code, const char *display)
{
	text_put_format(
		text,
		"\"code\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\",\"display\":\"%s\"}]}",
		system, code, display);
}

static void put_value(struct text *text, const struct home_set *set, enum score_input input)
{
	static const char *const distress[] = { "none", "mild", "moderate", "severe" };
	const char *snomed = "http://snomed.info/sct";
	if (input == SCORE_RESPIRATORY_DISTRESS) {
		put_code(text, snomed, "1364081000000103", "Respiratory distress level");
		text_put_format(
			text,
			",\"valueCodeableConcept\":{\"coding\":[{\"system\":\"" REMOTE_HOMEWARD
			"CodeSystem/respiratory-distress\",\"code\":\"%s\"}]}",
			distress[set->vitals.distress]);
	} else if (input == SCORE_OXYGEN && set->litres_tenths == 0) {
		put_code(text, snomed, "722742002", "Breathing room air");
	} else if (input == SCORE_OXYGEN) {
		put_code(text, "http://loinc.org", "3151-8", "Inhaled oxygen flow rate");
		text_put_format(text,
				",\"method\":{\"coding\":[{\"system\":\"" REMOTE_HOMEWARD
				"CodeSystem/oxygen-device\",\"code\":"
				"\"NP\"}]},\"valueQuantity\":{\"value\":%d.%d,\"unit\":\"L/"
				"min\",\"system\":"
				"\"http://unitsofmeasure.org\",\"code\":\"L/min\"}",
				set->litres_tenths / 10, set->litres_tenths % 10);
	} else {
		put_code(text, forms[input].system, forms[input].code, forms[input].display);
		text_put_byte(text, ',');
		put_quantity(text, input, &set->vitals);
	}
}

/* One entry. `part` tells the readings of a set apart. */
static void put_entry(struct text *text, const struct remote *remote, const struct plan *plan,
		      const struct home_set *set, unsigned part)
{
	const struct home_child *child = &plan->children[set->child];
	char id[64], at[25];
	snprintf(id, sizeof(id), "%s-r%zu-%u", remote->prefix, set->number, part);
	date_write_instant(
		set->worried ? set->measured_us : home_reading_us(set, (enum score_input)part), at);
	text_put_format(text,
			"{\"request\":{\"method\":\"PUT\",\"url\":\"Observation/"
			"%s\"},\"resource\":{\"resourceType\":\"Observation\","
			"\"id\":\"%s\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
			"\"http://terminology.hl7.org/CodeSystem/"
			"observation-category\",\"code\":\"%s\"}]}],",
			id, id, set->worried ? "survey" : "vital-signs");
	if (set->worried) {
		put_code(text, REMOTE_HOMEWARD "CodeSystem/observation", "worried",
			 "Parent or carer is worried");
		text_put_format(text,
				",\"valueBoolean\":true,\"performer\":[{\"reference\":"
				"\"RelatedPerson/%s\"}]",
				child->id);
	} else {
		put_value(text, set, (enum score_input)part);
		text_put_format(text, ",\"device\":{\"reference\":\"Device/%s\"}", child->id);
	}
	text_put_format(
		text, ",\"subject\":{\"reference\":\"Patient/%s\"},\"effectiveDateTime\":\"%s\"}}",
		child->id, at);
}

/* Entries of a transaction share one commit; its time stands in each answer. */
static bool note_arrival(const struct json *answer, struct home_set *set)
{
	const struct json *entries = json_get(answer, STR("entry"));
	for (const struct json *entry = entries != NULL ? entries->child : NULL; entry != NULL;
	     entry = entry->next) {
		const struct json *response = json_get(entry, STR("response"));
		int64_t at_us = 0;
		if (!remote_instant(json_get_text(response, STR("lastModified")), &at_us)) {
			fputs("homeward simulate: the server does not say when it stored a "
			      "reading\n",
			      stderr);
			return false;
		}
		if (!set->arrived)
			set->first_arrival_us = at_us;
		set->arrived = true;
		set->last_arrival_us = at_us;
	}
	return true;
}

static bool send_parts(struct remote *remote, const struct plan *plan, struct home_set *set,
		       const unsigned *parts, size_t count)
{
	remote_begin(remote);
	struct text text = remote_text(remote);
	text_put(&text, STR("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["));
	for (size_t i = 0; i < count; i++) {
		text_put(&text, i > 0 ? STR(",") : STR(""));
		put_entry(&text, remote, plan, set, parts[i]);
	}
	text_put(&text, STR("]}"));
	struct client_request request = { .method = CLIENT_POST,
					  .body = text_view(&text),
					  .repeatable = true,
					  .prefer = STR("return=minimal") };
	const struct json *answer = remote_send(remote, &request, 0, NULL);
	return answer != NULL && note_arrival(answer, set);
}

bool remote_send_set(struct remote *remote, const struct plan *plan, struct home_set *set)
{
	unsigned parts[SCORE_INPUT_COUNT];
	size_t count = 0;
	for (unsigned input = 0; input < SCORE_INPUT_COUNT; input++) {
		if (set->has[input])
			parts[count++] = input;
	}
	if (set->worried)
		parts[count++] = SCORE_INPUT_COUNT;
	for (size_t i = 0; set->backward && i < count / 2; i++) {
		unsigned kept = parts[i];
		parts[i] = parts[count - 1 - i];
		parts[count - 1 - i] = kept;
	}
	if (!set->singly)
		return send_parts(remote, plan, set, parts, count);
	for (size_t i = 0; i < count; i++) {
		if (!send_parts(remote, plan, set, &parts[i], 1))
			return false;
	}
	return true;
}
