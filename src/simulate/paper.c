/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/paper.h"

#include "json/json.h"

#include <stdio.h>

#define HOUSE "https://fhir.homeward.example/"
#define PAPER_BYTES_MAX ((size_t)1024 * 1024)

static const struct {
	const char *system, *code, *unit;
	uint32_t device; /* kind; 0: none */
} signs[SIGN_KINDS] = {
	[SIGN_BREATHS] = { "http://loinc.org", "9279-1", "/min", 0 },
	[SIGN_PULSE] = { "http://loinc.org", "8867-4", "/min", 1 },
	[SIGN_SPO2] = { "http://loinc.org", "2708-6", "%", 1 },
	[SIGN_TEMPERATURE] = { "http://loinc.org", "8310-5", "Cel", 2 },
	[SIGN_SYSTOLIC] = { "http://loinc.org", "8480-6", "mm[Hg]", 3 },
	[SIGN_REFILL] = { "http://loinc.org", "44963-7", "s", 0 },
	[SIGN_OXYGEN] = { "http://loinc.org", "3151-8", "L/min", 0 },
	[SIGN_DISTRESS] = { "http://snomed.info/sct", "1364081000000103", "", 0 },
	[SIGN_MIND] = { "http://snomed.info/sct", "1104441000000107", "", 0 },
	[SIGN_WORRY] = { HOUSE "CodeSystem/observation", "worried", "", 0 },
};

static struct str finish(struct text *text)
{
	struct str view = text_view(text);
	ASSERT(!text->failed);
	return view;
}

static struct text begin(struct arena *arena, const char *type)
{
	struct text text;
	text_init(&text, arena, PAPER_BYTES_MAX);
	text_put_format(&text, "{\"resourceType\":\"%s\",\"id\":\"", type);
	return text;
}

struct str paper_id(struct arena *arena, const char *prefix, uint64_t number)
{
	struct text text;
	text_init(&text, arena, 64);
	text_put_format(&text, "%s%llu", prefix, (unsigned long long)number);
	return finish(&text);
}

struct str paper_patient(struct arena *arena, const struct paper_person *person)
{
	char died[25];
	struct text text = begin(arena, "Patient");
	text_put_format(&text,
			"p%zu\",\"name\":[{\"family\":\"Example\",\"given\":[\"P%zu\"]}],"
			"\"birthDate\":\"%s\"",
			person->patient, person->patient, person->birth_date);
	date_write_instant(person->died_us, died);
	if (person->dead && person->died_us != 0)
		text_put_format(&text, ",\"deceasedDateTime\":\"%s\"", died);
	else if (person->dead)
		text_put_c(&text, ",\"deceasedBoolean\":true");
	if (person->link != NULL)
		text_put_format(&text,
				",\"link\":[{\"other\":{\"reference\":\"Patient/p%zu\"},"
				"\"type\":\"%s\"}]",
				person->other, person->link);
	text_put_c(&text, "}");
	return finish(&text);
}

struct str paper_contact(struct arena *arena, size_t patient)
{
	struct text text = begin(arena, "RelatedPerson");
	text_put_format(&text,
			"c%zu\",\"patient\":{\"reference\":\"Patient/p%zu\"},\"relationship\":[{"
			"\"text\":\"parent\"}],\"name\":[{\"text\":\"Parent %zu\"}],\"telecom\":[{"
			"\"system\":\"phone\",\"value\":\"07700 900000\",\"rank\":1}]}",
			patient, patient, patient);
	return finish(&text);
}

struct str paper_device(struct arena *arena, size_t patient, uint32_t kind, size_t holder)
{
	static const char *const kinds[] = { "hub", "oximeter", "thermometer", "blood-pressure",
					     "patch" };
	struct text text = begin(arena, "Device");
	text_put_format(&text,
			"d%zu-%u\",\"status\":\"active\",\"type\":{\"coding\":[{\"system\":\"" HOUSE
			"CodeSystem/device-type\",\"code\":\"%s\"}]},\"owner\":{\"reference\":"
			"\"Organization/ward-1\"}",
			patient, kind, kinds[kind]);
	if (holder != IDEAL_NOBODY)
		text_put_format(&text, ",\"patient\":{\"reference\":\"Patient/p%zu\"}", holder);
	else
		text_put_c(&text, ",\"location\":{\"display\":\"Store\"}");
	text_put_c(&text, "}");
	return finish(&text);
}

struct str paper_sign_of_life(struct arena *arena, struct str id, const struct ideal_device *device,
			      int64_t at_us, int battery)
{
	char at[25];
	struct text text = begin(arena, "Observation");
	date_write_instant(at_us, at);
	text_put_format(&text,
			"%.*s\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"%s\","
			"\"code\":\"%s\"}]},\"device\":{\"reference\":\"Device/d%zu-%u\"},"
			"\"effectiveDateTime\":\"%s\"",
			STR_ARG(id),
			battery < 0 ? HOUSE "CodeSystem/observation"
				    : "urn:iso:std:iso:11073:10101",
			battery < 0 ? "heartbeat" : "67996", device->of, device->kind, at);
	if (battery >= 0)
		text_put_format(&text,
				",\"valueQuantity\":{\"value\":%d,\"system\":"
				"\"http://unitsofmeasure.org\",\"code\":\"%%\"}",
				battery);
	text_put_c(&text, "}");
	return finish(&text);
}

struct str paper_ward_id(struct arena *arena, size_t ward)
{
	return paper_id(arena, "ward-", ward + 1);
}

struct str paper_ward(struct arena *arena, size_t ward, const char *policy)
{
	struct text text = begin(arena, "Organization");
	text_put_format(&text, "ward-%zu\"", ward + 1);
	if (policy != NULL)
		text_put_format(&text,
				",\"extension\":[{\"url\":\"" HOUSE
				"StructureDefinition/ward-policy\",\"valueCanonical\":\"" HOUSE
				"PlanDefinition/%s\"}]",
				policy);
	text_put_c(&text, ",\"type\":[{\"coding\":[{\"system\":\"" HOUSE
			  "CodeSystem/organization-type\",\"code\":\"virtual-ward\"}]}],\"name\":"
			  "\"Simulated ward\"}");
	return finish(&text);
}

struct str paper_channel(struct arena *arena, enum way way)
{
	static const char *const codes[WAY_COUNT] = { "", "sms", "voice", "email" };
	struct text text = begin(arena, "Endpoint");
	text_put_format(&text,
			"channel-%s\",\"status\":\"active\",\"connectionType\":{\"system\":\"" HOUSE
			"CodeSystem/channel\",\"code\":\"%s\"},\"payloadType\":[{\"text\":"
			"\"page\"}],\"address\":\"https://gateway.example\"}",
			codes[way], codes[way]);
	return finish(&text);
}

struct str paper_received(struct arena *arena, struct str communication, int64_t at_us)
{
	struct json *tree;
	struct text text;
	enum error error = json_parse(arena, communication, NULL, NULL, &tree);
	ASSERT(error == ERROR_OK);
	json_put(tree, STR("status"), json_new_string(arena, STR("completed")));
	json_put(tree, STR("received"), json_new_string(arena, date_print_instant(arena, at_us)));
	text_init(&text, arena, PAPER_BYTES_MAX);
	json_print(&text, tree);
	return finish(&text);
}

struct str paper_practitioner(struct arena *arena, const struct rota_person *person)
{
	struct text text = begin(arena, "Practitioner");
	text_put_format(&text, "%s\",\"name\":[{\"text\":\"%s\"}]}", person->id, person->id);
	return finish(&text);
}

struct str paper_role(struct arena *arena, const struct rota_person *person)
{
	static const char *const duties[] = { "nurse",     "shift-lead", "nurse-in-charge",
					      "registrar", "consultant", "switchboard" };
	struct text text = begin(arena, "PractitionerRole");
	text_put_format(&text,
			"%s\",\"practitioner\":{\"reference\":\"Practitioner/%s\"},"
			"\"organization\":{\"reference\":\"Organization/ward-%zu\"},\"code\":[{"
			"\"coding\":[{\"system\":\"" HOUSE
			"CodeSystem/ward-role\",\"code\":\"%s\"}]}]",
			person->id, person->id, person->ward + 1, duties[person->duty]);
	for (unsigned i = 0; i < WAY_COUNT && person->ways[i] != WAY_NONE; i++) {
		enum way way = person->ways[i];
		text_put_format(&text, "%s{\"system\":\"%s\"%s,\"value\":\"%s\",\"rank\":%u}",
				i == 0 ? ",\"telecom\":[" : ",",
				way == WAY_MAIL ? "email" : "phone",
				way == WAY_SMS ? ",\"use\":\"mobile\"" : "",
				way == WAY_MAIL ? "someone@example.org" : "07700 900001", i + 1);
	}
	text_put_c(&text, person->ways[0] == WAY_NONE ? "}" : "]}");
	return finish(&text);
}

struct str paper_schedule(struct arena *arena, const struct rota_person *person)
{
	struct text text = begin(arena, "Schedule");
	text_put_format(&text, "s-%s\",\"actor\":[{\"reference\":\"PractitionerRole/%s\"}]}",
			person->id, person->id);
	return finish(&text);
}

struct str paper_slot(struct arena *arena, const struct rota_person *person,
		      const struct rota_shift *shift, struct str id)
{
	char start[25], end[25];
	struct text text = begin(arena, "Slot");
	date_write_instant(shift->start_us, start);
	date_write_instant(shift->end_us, end);
	text_put_format(&text,
			"%.*s\",\"schedule\":{\"reference\":\"Schedule/s-%s\"},\"status\":\"busy\","
			"\"start\":\"%s\",\"end\":\"%s\"}",
			STR_ARG(id), person->id, start, end);
	return finish(&text);
}

struct str paper_episode(struct arena *arena, const struct ideal_stay *stay, const char *status)
{
	char start[25], end[25];
	struct text text = begin(arena, "EpisodeOfCare");
	date_write_instant(stay->start_us, start);
	text_put_format(&text,
			"%s\",\"status\":\"%s\",\"type\":[{\"coding\":[{\"system\":\"" HOUSE
			"CodeSystem/episode-type\",\"code\":\"virtual-ward\"}]}],\"patient\":{"
			"\"reference\":\"Patient/p%zu\"},\"managingOrganization\":{\"reference\":"
			"\"Organization/ward-%zu\"},\"period\":{\"start\":\"%s\"",
			stay->episode, status, stay->patient, stay->ward + 1, start);
	if (stay->state == STATE_ENDED) {
		date_write_instant(stay->end_us, end);
		text_put_format(&text, ",\"end\":\"%s\"", end);
	}
	text_put_c(&text, "}}");
	return finish(&text);
}

static void put_setting(struct text *text, const char *name, const char *type, const char *value)
{
	if (text->ptr[text->len - 1] != '[')
		text_put_c(text, ",");
	text_put_format(text,
			"{\"url\":\"" HOUSE
			"StructureDefinition/setting\",\"extension\":[{\"url\":\"name\","
			"\"valueCode\":\"%s\"},{\"url\":\"value\",\"%s\":\"%s\"}]}",
			name, type, value);
}

static void put_office(struct text *text, const struct office *office)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	static const char *const waits[] = { "battery", "time-suspect", "conflict", "age-band" };
	char value[25];
	text_put_c(text, "{\"id\":\"office-hours\",\"extension\":[");
	for (unsigned day = 0; day < 7; day++) {
		if ((office->days >> day & 1) != 0)
			put_setting(text, "open", "valueCode", days[day]);
	}
	snprintf(value, sizeof(value), "%02d:%02d:00", office->from_min / 60,
		 office->from_min % 60);
	put_setting(text, "from", "valueTime", value);
	snprintf(value, sizeof(value), "%02d:%02d:00", office->until_min / 60,
		 office->until_min % 60);
	put_setting(text, "until", "valueTime", value);
	for (size_t i = 0; i < office->closed_count; i++) {
		date_write_instant(office->closed[i] * DATE_US_PER_DAY, value);
		value[10] = '\0';
		put_setting(text, "closed", "valueDate", value);
	}
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		put_setting(text, "waits", "valueCode", waits[i]);
	text_put_c(text, "]}");
}

static struct json *setting_of(struct json *action, struct str name)
{
	struct json *list = json_get(action, STR("extension"));
	struct json *one = list == NULL ? NULL : list->child;
	while (one != NULL && !str_equal(json_get_text(json_at(json_get(one, STR("extension")), 0),
						       STR("valueCode")),
					 name))
		one = one->next;
	return json_get(json_at(json_get(one, STR("extension")), 1), STR("valueDuration"));
}

static void make_brisk(struct arena *arena, struct json *plan)
{
	struct json *actions = json_get(plan, STR("action"));
	for (struct json *action = actions->child; action != NULL; action = action->next) {
		struct str id = json_get_text(action, STR("id"));
		bool high = str_equal(id, STR("ladder-high"));
		if (!high && !str_equal(id, STR("ladder-medium")))
			continue;
		struct json *limit = setting_of(action, STR("acknowledge"));
		ASSERT(limit != NULL);
		json_put(limit, STR("value"),
			 json_new_i64(arena,
				      high ? LADDER_BRISK_HIGH_MIN : LADDER_BRISK_MEDIUM_MIN));
	}
}

struct str paper_policy(struct arena *arena, struct str plan, const struct office *office)
{
	struct json *tree, *hours;
	struct text text, id;
	text_init(&text, arena, PAPER_BYTES_MAX);
	put_office(&text, office);
	enum error error = json_parse(arena, plan, NULL, NULL, &tree);
	ASSERT(error == ERROR_OK);
	error = json_parse(arena, finish(&text), NULL, NULL, &hours);
	ASSERT(error == ERROR_OK);
	struct str shipped = json_get_text(tree, STR("id"));
	text_init(&id, arena, 100);
	text_put_format(&id, "%.*s-hours", STR_ARG(str_slice(shipped, 0, shipped.len - 2)));
	json_put(tree, STR("id"), json_new_string(arena, finish(&id)));
	json_put(tree, STR("version"), json_new_string(arena, STR("hours")));
	json_append(json_get(tree, STR("action")), hours);
	make_brisk(arena, tree);
	text_init(&text, arena, PAPER_BYTES_MAX);
	json_print(&text, tree);
	return finish(&text);
}

struct str paper_plan(struct arena *arena, const struct ideal_stay *stay)
{
	struct text text = begin(arena, "CarePlan");
	text_put_format(&text,
			"plan-%s\",\"status\":\"active\",\"intent\":\"plan\",\"subject\":{"
			"\"reference\":\"Patient/p%zu\"},\"instantiatesCanonical\":[\"" HOUSE
			"PlanDefinition/%s|%s\"],\"supportingInfo\":[{\"reference\":"
			"\"EpisodeOfCare/%s\"}],\"activity\":[{\"detail\":{\"status\":"
			"\"in-progress\",\"scheduledTiming\":{\"repeat\":{\"frequency\":1,"
			"\"period\":4,\"periodUnit\":\"h\"}}}}]}",
			stay->episode, stay->patient,
			stay->adult ? "adult-acute" : "childrens-cancer",
			stay->office ? "hours" : "1", stay->episode);
	return finish(&text);
}

static void put_quantity(struct text *text, const struct delivery *sent)
{
	text_put_format(text, ",\"valueQuantity\":{\"value\":%d", sent->value / 10);
	if (sent->value % 10 != 0 || sent->sign == SIGN_TEMPERATURE)
		text_put_format(text, ".%d", sent->value % 10);
	text_put_format(text, ",\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\"}",
			sent->unreadable ? "K" : signs[sent->sign].unit);
}

static void put_code(struct text *text, const char *system, const char *code)
{
	text_put_format(text,
			",\"valueCodeableConcept\":{\"coding\":[{\"system\":\"" HOUSE
			"CodeSystem/%s\",\"code\":\"%s\"}]}",
			system, code);
}

static void put_value(struct text *text, const struct delivery *sent)
{
	static const char *const distress[] = { "none", "mild", "moderate", "severe" };
	static const char *const minds[] = { "A", "C", "V", "P", "U", "asleep" };
	switch (sent->sign) {
	case SIGN_DISTRESS:
		put_code(text, "respiratory-distress", distress[sent->value]);
		break;
	case SIGN_MIND:
		put_code(text, "consciousness", minds[sent->value]);
		break;
	case SIGN_WORRY:
		text_put_format(text, ",\"valueBoolean\":%s", sent->value != 0 ? "true" : "false");
		if (sent->picked != GRADE_NONE)
			text_put_format(text,
					",\"extension\":[{\"url\":\"" HOUSE
					"StructureDefinition/alert-level\",\"valueCode\":\"%s\"}]",
					grade_name(sent->picked));
		break;
	case SIGN_OXYGEN:
		text_put_format(text,
				",\"method\":{\"coding\":[{\"system\":\"" HOUSE
				"CodeSystem/oxygen-device\",\"code\":\"%s\"}]}",
				sent->value > 0 ? "NP" : "air");
		put_quantity(text, sent);
		break;
	case SIGN_BREATHS:
	case SIGN_PULSE:
	case SIGN_SPO2:
	case SIGN_TEMPERATURE:
	case SIGN_SYSTOLIC:
	case SIGN_REFILL:
	case SIGN_KINDS:
	default:
		put_quantity(text, sent);
		break;
	}
}

struct str paper_observation(struct arena *arena, const struct delivery *sent, const char *status)
{
	char at[25];
	struct text text = begin(arena, "Observation");
	date_write_instant(sent->stated_us, at);
	text_put_format(&text,
			"o%u\",\"status\":\"%s\",\"code\":{\"coding\":[{\"system\":\"%s\","
			"\"code\":\"%s\"}]},\"subject\":{\"reference\":\"Patient/p%zu\"},"
			"\"effectiveDateTime\":\"%s\"",
			sent->observation, status, signs[sent->sign].system, signs[sent->sign].code,
			sent->subject, at);
	if (sent->device != 0)
		text_put_format(&text, ",\"device\":{\"reference\":\"Device/d%zu-%u\"}",
				sent->device_of, sent->device);
	put_value(&text, sent);
	text_put_c(&text, "}");
	return finish(&text);
}

struct str paper_hand_over(struct arena *arena, const struct paper_hand_over *asked)
{
	char asked_at[25], accepted_at[25];
	struct text text = begin(arena, "Task");
	date_write_instant(asked->asked_us, asked_at);
	text_put_format(&text,
			"%.*s\",\"extension\":[{\"url\":\"" HOUSE
			"StructureDefinition/episode\",\"valueReference\":{\"reference\":"
			"\"EpisodeOfCare/%s\"}}],\"status\":\"%s\",\"intent\":\"order\",\"code\":{"
			"\"coding\":[{\"system\":\"" HOUSE
			"CodeSystem/ward-task\",\"code\":\"hand-over\"}]},\"for\":{\"reference\":"
			"\"Patient/p%zu\"},\"authoredOn\":\"%s\",",
			STR_ARG(asked->id), asked->stay->episode, asked->status,
			asked->stay->patient, asked_at);
	text_put_format(&text,
			"\"requester\":{\"reference\":\"PractitionerRole/%s\",\"display\":\"%s\"},"
			"\"owner\":{\"reference\":\"PractitionerRole/%s\",\"display\":\"%s\"}",
			asked->from, asked->from, asked->to, asked->to);
	if (asked->accepted_us != 0) {
		date_write_instant(asked->accepted_us, accepted_at);
		text_put_format(&text, ",\"executionPeriod\":{\"start\":\"%s\"}", accepted_at);
	}
	text_put_c(&text, "}");
	return finish(&text);
}

/* --- answers -------------------------------------------------------------------------------- */

static struct json *object(struct arena *arena, struct json *parent, struct str name)
{
	struct json *found = json_get(parent, name);
	return found != NULL ? found : json_put(parent, name, json_new(arena, JSON_OBJECT));
}

static struct json *role(struct arena *arena, const char *id)
{
	struct text text;
	struct json *reference = json_new(arena, JSON_OBJECT);
	text_init(&text, arena, 128);
	text_put_format(&text, "PractitionerRole/%s", id);
	json_add(reference, STR("reference"), json_new_string(arena, finish(&text)));
	json_add(reference, STR("display"), json_new_string(arena, str_from_c(id)));
	return reference;
}

struct str paper_answered(struct arena *arena, struct str task, const struct paper_answer *answer)
{
	struct json *tree;
	struct text text;
	struct str now = date_print_instant(arena, answer->at_us);
	enum error error = json_parse(arena, task, NULL, NULL, &tree);
	ASSERT(error == ERROR_OK);
	struct json *owner = json_put(tree, STR("owner"), json_new(arena, JSON_OBJECT));
	json_put(owner, STR("display"), json_new_string(arena, str_from_c(answer->by)));
	if (answer->role != NULL)
		json_put(tree, STR("owner"), role(arena, answer->role));
	if (answer->review_us == 0) {
		struct json *reason = object(arena, tree, STR("statusReason"));
		json_put(tree, STR("status"), json_new_string(arena, STR("completed")));
		json_put(reason, STR("text"), json_new_string(arena, STR("Seen and settled.")));
	} else {
		struct json *period = object(arena, tree, STR("executionPeriod"));
		struct json *limit =
			object(arena, object(arena, tree, STR("restriction")), STR("period"));
		struct json *notes = json_get(tree, STR("note"));
		if (notes == NULL)
			notes = json_put(tree, STR("note"), json_new(arena, JSON_ARRAY));
		struct json *note = json_append(notes, json_new(arena, JSON_OBJECT));
		json_put(tree, STR("status"), json_new_string(arena, STR("accepted")));
		json_put(period, STR("start"), json_new_string(arena, now));
		json_put(limit, STR("end"),
			 json_new_string(arena, date_print_instant(arena, answer->review_us)));
		json_put(note, STR("authorString"), json_new_string(arena, str_from_c(answer->by)));
		json_put(note, STR("time"), json_new_string(arena, now));
		json_put(note, STR("text"), json_new_string(arena, STR("Will phone.")));
	}
	text_init(&text, arena, PAPER_BYTES_MAX);
	json_print(&text, tree);
	return finish(&text);
}

static void put_part(struct arena *arena, struct json *parts, const char *url, const char *name,
		     struct json *value)
{
	struct json *part = json_append(parts, json_new(arena, JSON_OBJECT));
	json_add(part, STR("url"), json_new_string(arena, str_from_c(url)));
	json_add(part, str_from_c(name), value);
}

static struct json *without(struct arena *arena, const struct json *extensions, struct str url)
{
	struct json *kept = json_new(arena, JSON_ARRAY);
	for (const struct json *one = extensions == NULL ? NULL : extensions->child; one != NULL;
	     one = one->next) {
		if (!str_equal(json_get_text(one, STR("url")), url))
			json_append(kept, json_copy(arena, one));
	}
	return kept;
}

struct str paper_snoozed(struct arena *arena, struct str task, const struct paper_snooze *snooze)
{
	struct str url = STR(HOUSE "StructureDefinition/snooze");
	struct json *tree;
	struct text text;
	struct json *now = json_new_string(arena, date_print_instant(arena, snooze->at_us));
	enum error error = json_parse(arena, task, NULL, NULL, &tree);
	ASSERT(error == ERROR_OK);
	struct json *kept = without(arena, json_get(tree, STR("extension")), url);
	struct json *extension = json_append(kept, json_new(arena, JSON_OBJECT));
	json_add(extension, STR("url"), json_new_string(arena, url));
	struct json *parts = json_add(extension, STR("extension"), json_new(arena, JSON_ARRAY));
	put_part(arena, parts, "until", "valueInstant",
		 json_new_string(arena, date_print_instant(arena, snooze->until_us)));
	put_part(arena, parts, "at", "valueInstant", now);
	put_part(arena, parts, "by", "valueReference", role(arena, snooze->by));
	put_part(arena, parts, "reason", "valueString", json_new_string(arena, STR("Asleep.")));
	put_part(arena, parts, "count", "valueInteger", json_new_i64(arena, snooze->count));
	json_put(tree, STR("extension"), kept);
	struct json *notes = json_get(tree, STR("note"));
	if (notes == NULL)
		notes = json_put(tree, STR("note"), json_new(arena, JSON_ARRAY));
	struct json *note = json_append(notes, json_new(arena, JSON_OBJECT));
	json_add(note, STR("authorReference"), role(arena, snooze->by));
	json_add(note, STR("time"), json_copy(arena, now));
	json_add(note, STR("text"), json_new_string(arena, STR("Snoozed: asleep.")));
	text_init(&text, arena, PAPER_BYTES_MAX);
	json_print(&text, tree);
	return finish(&text);
}
