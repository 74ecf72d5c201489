/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/summary.h"
#include "ward/print.h"
#include "ward/site.h"

#define LOINC "http://loinc.org"

/* --- readings ------------------------------------------------------------------------------- */

static const struct {
	const char *code, *label;
} labels[] = {
	{ "9279-1", "Respiratory rate" },
	{ "8867-4", "Heart rate" },
	{ "2708-6", "Oxygen saturation" },
	{ "59408-5", "Oxygen saturation" },
	{ "8310-5", "Temperature" },
	{ "8480-6", "Systolic blood pressure" },
	{ "8462-4", "Diastolic blood pressure" },
	{ "44963-7", "Capillary refill" },
	{ "3151-8", "Oxygen flow" },
	{ "3150-6", "Inspired oxygen" },
	{ "29463-7", "Weight" },
	{ "1363261000000104", "National PEWS total" },
	{ "1104051000000101", "NEWS2 total" },
};

static struct str label_of(struct str code, const struct json *concept)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (str_equal(code, str_from_c(labels[i].code)))
			return str_from_c(labels[i].label);
	}
	struct str text =
		json_get_text(json_at(json_get(concept, STR("coding")), 0), STR("display"));
	if (text.len == 0)
		text = json_get_text(concept, STR("text"));
	return text.len > 0 ? text : code;
}

static bool is_temperature(const struct json *concept)
{
	unsigned sign;
	return reading_sign(concept, &sign) && sign == SCORE_TEMPERATURE;
}

static struct str sign_label(struct arena *arena, struct str code, const struct json *concept,
			     struct str site)
{
	struct text text;
	text_init(&text, arena, 4 * MODEL_TEXT_BYTES);
	text_put(&text, label_of(code, concept));
	if (site.len > 0)
		text_put_format(&text, " (%.*s)", STR_ARG(site));
	return text.failed ? arena_copy(arena, code) : text_view(&text);
}

/* Temperatures of different sites do not compare: each site is a sign of its own, whatever its code. */
static struct summary_sign *sign_of(struct summary *summary, const struct json *reading,
				    const struct json *element)
{
	const struct json *concept = json_get(element, STR("code"));
	struct str code = json_get_text(json_at(json_get(concept, STR("coding")), 0), STR("code"));
	char words[MODEL_SITE_BYTES] = "";
	if (code.len == 0)
		return NULL;
	if (is_temperature(concept)) {
		code = STR("8310-5");
		site_words(reading, element, words, sizeof(words));
	}
	struct str site = str_from_c(words);
	for (size_t i = 0; i < summary->sign_count; i++) {
		if (str_equal(summary->signs[i].code, code) &&
		    str_equal(summary->signs[i].site, site))
			return &summary->signs[i];
	}
	if (summary->sign_count == SUMMARY_SIGNS_MAX)
		return NULL;
	struct summary_sign *sign = &summary->signs[summary->sign_count++];
	sign->code = arena_copy(summary->arena, code);
	sign->site = arena_copy(summary->arena, site);
	sign->label = sign_label(summary->arena, code, concept, site);
	return sign;
}

/* Readings come newest first. */
static void add_value(struct summary *summary, const struct json *reading,
		      const struct json *element, int64_t at_us)
{
	struct arena *arena = summary->arena;
	const struct json *quantity = json_get(element, STR("valueQuantity"));
	struct str text = json_get_text(quantity, STR("value"));
	struct decimal value;
	if (!decimal_read(text, &value))
		return;
	struct summary_sign *sign = sign_of(summary, reading, element);
	if (sign == NULL)
		return;
	text = arena_copy(arena, text);
	if (sign->count == 0) {
		struct str unit = json_get_text(quantity, STR("unit"));
		sign->unit = arena_copy(arena,
					unit.len > 0 ? unit : json_get_text(quantity, STR("code")));
		sign->least = sign->most = value;
		sign->least_text = sign->most_text = sign->last = text;
		sign->last_us = at_us;
	}
	sign->first = text;
	sign->count++;
	if (decimal_compare(value, sign->least) < 0) {
		sign->least = value;
		sign->least_text = text;
	}
	if (decimal_compare(value, sign->most) > 0) {
		sign->most = value;
		sign->most_text = text;
	}
}

static bool visit_reading(void *context, const struct store_version *version,
			  const struct json *reading)
{
	struct summary *summary = context;
	int64_t at_us = record_instant(
		reading, STR("effectiveDateTime"),
		record_instant(reading, STR("effectiveInstant"), record_ms(version->at_us)));
	struct str status = json_get_text(reading, STR("status"));
	if (str_equal(status, STR("entered-in-error")) || str_equal(status, STR("cancelled")))
		return true;
	if (summary->reading_count == SUMMARY_READINGS_MAX) {
		summary->readings_cut = true;
		return false; /* enough: see read_readings */
	}
	summary->reading_count++;
	add_value(summary, reading, reading, at_us);
	const struct json *parts = json_get(reading, STR("component"));
	/* The parts of a score are points, not values. */
	if (model_extension(reading, STR("score-complete")) != NULL)
		return !summary->arena->failed;
	for (const struct json *at = parts == NULL ? NULL : parts->child; at != NULL; at = at->next)
		add_value(summary, reading, at, at_us);
	return !summary->arena->failed;
}

static enum error read_readings(struct summary *summary, struct record *record, struct str patient)
{
	const struct search_argument arguments[] = {
		{ STR("subject"), patient },
		{ STR("date"), record_bound(summary->arena, "ge", summary->start_us) },
		{ STR("_sort"), STR("-date") },
	};
	const struct record_search search = { "Observation", arguments, 3, visit_reading, summary };
	enum error error = record_each(record, &search);
	return error == ERROR_LIMIT && summary->readings_cut && !summary->arena->failed ? ERROR_OK
											: error;
}

/* --- alerts --------------------------------------------------------------------------------- */

static bool visit_task(void *context, const struct store_version *version, const struct json *task)
{
	struct summary *summary = context;
	struct arena *arena = summary->arena;
	const struct json *episode =
		json_get(model_extension(task, STR("episode")), STR("valueReference"));
	if (!str_equal(model_reference_id(episode, STR("EpisodeOfCare")), summary->episode_id))
		return true;
	struct str kind = record_code(json_get(task, STR("code")), "ward-task");
	summary->review_count += str_equal(kind, STR("review")) ? 1 : 0;
	if (str_equal(kind, STR("escalation")))
		json_append(summary->escalations, json_copy(arena, task));
	if (record_code(json_get(task, STR("code")), "ward-rule").len == 0)
		return !arena->failed;
	summary->alert_total++;
	if (summary->alert_count == SUMMARY_ALERTS_MAX)
		return true;
	struct summary_alert *alert = &summary->alerts[summary->alert_count++];
	const struct json *notes = json_get(task, STR("note"));
	alert->id = arena_copy(arena, version->id);
	alert->raised_us = record_instant(task, STR("authoredOn"), record_ms(version->at_us));
	alert->title = arena_copy(arena, json_get_text(task, STR("description")));
	alert->level = arena_copy(
		arena, json_get_text(model_extension(task, STR("alert-level")), STR("valueCode")));
	alert->status = arena_copy(arena, json_get_text(task, STR("status")));
	alert->answer = arena_copy(arena, json_get_text(json_at(notes, 0), STR("text")));
	alert->task = json_copy(arena, task);
	return !arena->failed;
}

static enum error read_tasks(struct summary *summary, struct record *record, struct str patient)
{
	const struct search_argument arguments[] = {
		{ STR("patient"), patient },
		{ STR("authored-on"),
		  record_bound(summary->arena, "ge", summary->start_us - DATE_US_PER_DAY) },
		{ STR("_sort"), STR("-authored-on") },
	};
	const struct record_search search = { "Task", arguments, 3, visit_task, summary };
	return record_each(record, &search);
}

/* --- what the summary is about -------------------------------------------------------------- */

static bool visit_plan(void *context, const struct store_version *version, const struct json *plan)
{
	struct summary *summary = context;
	const struct json *about = json_get(plan, STR("supportingInfo"));
	(void)version;
	for (const struct json *at = about == NULL ? NULL : about->child; at != NULL;
	     at = at->next) {
		if (str_equal(model_reference_id(at, STR("EpisodeOfCare")), summary->episode_id))
			summary->plan = json_copy(summary->arena, plan);
	}
	return !summary->arena->failed;
}

static enum error optional(struct record *record, const char *type, struct str id,
			   struct json **ret_resource)
{
	int64_t version;
	enum error error = record_read(record, type, id, ret_resource, &version);
	return error == ERROR_NOT_FOUND ? ERROR_OK : error;
}

static enum error read_author(struct summary *summary, struct record *record)
{
	static const char *const types[] = { "PractitionerRole", "Practitioner" };
	struct fhir_reference reference = { 0 };
	if (!fhir_reference_parse(summary->person->reference, &reference))
		return ERROR_OK;
	for (size_t i = 0; i < 2; i++) {
		if (reference.type == fhir_resource_find(str_from_c(types[i])))
			return optional(record, types[i], reference.id, &summary->author);
	}
	return ERROR_OK;
}

static enum error read_all(struct summary *summary, struct record *record)
{
	const struct json *episode = summary->part->episode;
	struct str patient = json_get_text(json_get(episode, STR("patient")), STR("reference"));
	struct str patient_id =
		model_reference_id(json_get(episode, STR("patient")), STR("Patient"));
	struct str ward_id = model_reference_id(json_get(episode, STR("managingOrganization")),
						STR("Organization"));
	struct str referral_id = model_reference_id(
		json_at(json_get(episode, STR("referralRequest")), 0), STR("ServiceRequest"));
	const struct search_argument arguments[] = { { STR("subject"), patient } };
	const struct record_search plans = { "CarePlan", arguments, 1, visit_plan, summary };
	enum error error = optional(record, "Patient", patient_id, &summary->patient);
	if (error == ERROR_OK)
		error = optional(record, "Organization", ward_id, &summary->ward);
	if (error == ERROR_OK)
		error = optional(record, "ServiceRequest", referral_id, &summary->referral);
	if (error == ERROR_OK)
		error = read_author(summary, record);
	if (error == ERROR_OK)
		error = record_each(record, &plans);
	if (error == ERROR_OK)
		error = read_readings(summary, record, patient);
	if (error == ERROR_OK)
		error = read_tasks(summary, record, patient);
	return error;
}

/* --- Composition and Bundle ----------------------------------------------------------------- */

/* Like a reference of ours, but only when the Bundle holds what it names. */
static struct json *held_reference(struct arena *arena, const char *type,
				   const struct json *resource, struct str display)
{
	struct json *reference = json_new(arena, JSON_OBJECT);
	if (reference == NULL)
		return NULL;
	if (resource != NULL)
		json_add(reference, STR("reference"),
			 json_new_string(arena,
					 record_reference(arena, type,
							  json_get_text(resource, STR("id")))));
	print_string_maybe(arena, reference, STR("display"), display);
	return reference;
}

static struct json *composition_json(const struct summary *summary)
{
	struct arena *arena = summary->arena;
	const struct json *episode = summary->part->episode;
	struct json *composition = print_resource(arena, STR("Composition"), summary->id.ptr);
	struct json *event = json_new(arena, JSON_OBJECT);
	struct json *sections = summary_sections(summary);
	if (composition == NULL || event == NULL || sections == NULL)
		return NULL;
	print_string(arena, composition, STR("status"), STR("final"));
	json_add(composition, STR("type"),
		 print_concept(arena, STR(LOINC), STR("18842-5"), STR("Discharge summary")));
	json_add(composition, STR("subject"),
		 held_reference(arena, "Patient", summary->patient,
				record_patient_name(arena, summary->patient)));
	print_instant(arena, composition, STR("date"), summary->end_us);
	const char *author = str_starts_with(summary->person->reference, STR("Practitioner/"))
				     ? "Practitioner"
				     : "PractitionerRole";
	print_one(arena, composition, STR("author"),
		  held_reference(arena, author, summary->author, act_person_text(summary->person)));
	print_string(arena, composition, STR("title"), STR("Discharge summary, virtual ward"));
	json_add(composition, STR("custodian"),
		 held_reference(arena, "Organization", summary->ward,
				json_get_text(summary->ward, STR("name"))));
	json_add(event, STR("period"), json_copy(arena, json_get(episode, STR("period"))));
	print_one(arena, event, STR("detail"),
		  print_reference(arena, "EpisodeOfCare", summary->episode_id.ptr, ""));
	print_one(arena, composition, STR("event"), event);
	/* The alerts behind their section. */
	struct json *entries = json_new(arena, JSON_ARRAY);
	for (size_t i = 0; i < summary->alert_count; i++)
		json_append(entries, print_reference(arena, "Task", summary->alerts[i].id.ptr, ""));
	if (entries != NULL && entries->count > 0)
		json_add(json_at(sections, 3), STR("entry"), entries);
	json_add(composition, STR("section"), sections);
	return composition;
}

static void put_entry(const struct summary *summary, struct json *entries,
		      const struct json *resource)
{
	struct arena *arena = summary->arena;
	struct json *entry = json_new(arena, JSON_OBJECT);
	struct text url;
	if (resource == NULL || entry == NULL)
		return;
	text_init(&url, arena, 1000);
	text_put(&url, server_base_url(summary->call->server));
	text_put_format(&url, "/%.*s/%.*s", STR_ARG(json_get_text(resource, STR("resourceType"))),
			STR_ARG(json_get_text(resource, STR("id"))));
	json_add(entry, STR("fullUrl"), json_new_string(arena, text_view(&url)));
	json_add(entry, STR("resource"), json_copy(arena, resource));
	json_append(entries, entry);
}

static struct json *bundle_json(const struct summary *summary, const struct json *composition)
{
	struct arena *arena = summary->arena;
	struct json *bundle = print_resource(arena, STR("Bundle"), summary->id.ptr);
	struct json *identifier = json_new(arena, JSON_OBJECT);
	struct json *entries = json_new(arena, JSON_ARRAY);
	if (bundle == NULL || identifier == NULL || entries == NULL || composition == NULL)
		return NULL;
	print_string(arena, identifier, STR("system"), STR(HOMEWARD_URL "document"));
	print_string(arena, identifier, STR("value"), summary->id);
	json_add(bundle, STR("identifier"), identifier);
	print_string(arena, bundle, STR("type"), STR("document"));
	print_instant(arena, bundle, STR("timestamp"), summary->end_us);
	put_entry(summary, entries, composition);
	put_entry(summary, entries, summary->patient);
	put_entry(summary, entries, summary->ward);
	put_entry(summary, entries, summary->author);
	put_entry(summary, entries, summary->part->episode);
	for (size_t i = 0; i < summary->alert_count; i++)
		put_entry(summary, entries, summary->alerts[i].task);
	json_add(bundle, STR("entry"), entries);
	return bundle;
}

bool summary_make(struct call *call, const struct operation_part *part,
		  const struct act_person *person, struct str id, struct json **ret_composition,
		  struct json **ret_bundle)
{
	struct arena *arena = &call->arena;
	struct summary *summary = ARENA_NEW(arena, struct summary, 1);
	struct record record;
	const struct json *period = json_get(part->episode, STR("period"));
	if (summary == NULL || !record_open(&record, call)) {
		if (summary == NULL)
			call_fail(call, ERROR_LIMIT);
		return false;
	}
	summary->call = call;
	summary->arena = arena;
	summary->part = part;
	summary->person = person;
	summary->id = id;
	summary->episode_id = arena_copy(arena, part->episode_id);
	summary->end_us = record_instant(period, STR("end"), act_now_us(call));
	summary->start_us = record_instant(period, STR("start"), summary->end_us);
	summary->escalations = json_new(arena, JSON_ARRAY);
	enum error error = read_all(summary, &record);
	record_close(&record);
	struct json *composition = error == ERROR_OK ? composition_json(summary) : NULL;
	struct json *bundle = composition == NULL ? NULL : bundle_json(summary, composition);
	if (error == ERROR_OK && bundle == NULL)
		error = ERROR_LIMIT;
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	*ret_composition = composition;
	*ret_bundle = bundle;
	return true;
}
