/* SPDX-License-Identifier: Apache-2.0 */
#include "deed.h"

#include <stdio.h>

#define HW "https://fhir.homeward.example/"
#define ID_BYTES 40

static const char *next_id(struct world *world)
{
	char id[ID_BYTES];
	snprintf(id, sizeof(id), "o%u", ++world->next_id);
	char *kept = ARENA_NEW(&world->arena, char, ID_BYTES);
	ASSERT(kept != NULL);
	memcpy(kept, id, sizeof(id));
	return kept;
}

static const struct json *put_extension(struct world *world, const struct json *task,
					const char *text)
{
	struct json *copy = json_copy(&world->arena, task), *added = NULL;
	struct json *list = json_get(copy, STR("extension"));
	/* The tree points into its text. */
	ASSERT(json_parse(&world->arena, arena_copy(&world->arena, str_from_c(text)), NULL, NULL,
			  &added) == ERROR_OK);
	json_append(list, added);
	world_write(world, copy);
	return copy;
}

static void put_note(struct world *world, struct json *task, const char *role, const char *now)
{
	char text[400];
	struct json *note = NULL, *notes = json_get(task, STR("note"));
	if (notes == NULL)
		notes = json_put(task, STR("note"), json_new(&world->arena, JSON_ARRAY));
	snprintf(text, sizeof(text),
		 "{\"authorReference\":{\"reference\":\"PractitionerRole/%s\"},\"time\":\"%s\","
		 "\"text\":\"Snoozed.\"}",
		 role, now);
	/* The tree points into its text. */
	ASSERT(json_parse(&world->arena, arena_copy(&world->arena, str_from_c(text)), NULL, NULL,
			  &note) == ERROR_OK);
	json_append(notes, note);
}

const struct json *deed_snooze(struct world *world, const struct json *task, const char *role,
			       int minutes, const char *reason)
{
	char now[25], until[25], text[800];
	date_write_instant(world->now_us, now);
	date_write_instant(world->now_us + minutes * MIN, until);
	snprintf(text, sizeof(text),
		 "{\"url\":\"" HW "StructureDefinition/snooze\",\"extension\":["
		 "{\"url\":\"at\",\"valueInstant\":\"%s\"},"
		 "{\"url\":\"until\",\"valueInstant\":\"%s\"},"
		 "{\"url\":\"by\",\"valueReference\":{\"reference\":\"PractitionerRole/%s\"}},"
		 "{\"url\":\"reason\",\"valueString\":\"%s\"}]}",
		 now, until, role, reason);
	struct json *copy = json_copy(&world->arena, task);
	struct json *kept = json_new(&world->arena, JSON_ARRAY);
	for (const struct json *one = json_get(task, STR("extension"))->child; one != NULL;
	     one = one->next) {
		if (!str_ends_with(json_get_text(one, STR("url")), STR("/snooze")))
			json_append(kept, json_copy(&world->arena, one));
	}
	json_put(copy, STR("extension"), kept);
	put_note(world, copy, role, now);
	return put_extension(world, copy, text);
}

void deed_opinion(struct world *world, const struct json *task, const char *by)
{
	char now[25], text[600];
	date_write_instant(world->now_us, now);
	snprintf(text, sizeof(text),
		 "{\"url\":\"" HW "StructureDefinition/second-opinion\",\"extension\":["
		 "{\"url\":\"at\",\"valueInstant\":\"%s\"},{\"url\":\"by\",\"valueString\":\"%s\"}]"
		 "}",
		 now, by);
	struct json *copy = json_copy(&world->arena, task);
	struct json *kept = json_new(&world->arena, JSON_ARRAY);
	for (const struct json *one = json_get(task, STR("extension"))->child; one != NULL;
	     one = one->next) {
		if (!str_ends_with(json_get_text(one, STR("url")), STR("/second-opinion")))
			json_append(kept, json_copy(&world->arena, one));
	}
	json_put(copy, STR("extension"), kept);
	(void)put_extension(world, copy, text);
}

void deed_defer(struct world *world, const char *episode, const char *patient, const char *policy,
		const char *reason, int64_t until_us)
{
	char id[ID_BYTES], now[25], until[25];
	snprintf(id, sizeof(id), "plan-%s", episode);
	date_write_instant(world->now_us, now);
	date_write_instant(until_us, until);
	world_put(world, "CarePlan", id, 2,
		  "\"status\":\"active\",\"intent\":\"plan\",\"extension\":[{\"url\":\"" HW
		  "StructureDefinition/defer\",\"extension\":["
		  "{\"url\":\"reason\",\"valueCode\":\"%s\"},"
		  "{\"url\":\"until\",\"valueInstant\":\"%s\"},"
		  "{\"url\":\"at\",\"valueInstant\":\"%s\"},"
		  "{\"url\":\"by\",\"valueString\":\"Nora\"}]}],"
		  "\"subject\":{\"reference\":\"Patient/%s\"},\"instantiatesCanonical\":[\"%s\"],"
		  "\"supportingInfo\":[{\"reference\":\"EpisodeOfCare/%s\"}],"
		  "\"activity\":[{\"detail\":{\"status\":\"in-progress\",\"scheduledTiming\":"
		  "{\"repeat\":{\"period\":4,\"periodUnit\":\"h\"}}}}]",
		  reason, until, now, patient, policy, episode);
}

void deed_dose(struct world *world, const char *id, const char *patient, const char *what,
	       const char *status, int64_t at_us)
{
	char at[25];
	date_write_instant(at_us, at);
	world_put(world, "MedicationAdministration", id, 1,
		  "\"status\":\"%s\",\"medicationCodeableConcept\":{\"text\":\"%s\"},"
		  "\"subject\":{\"reference\":\"Patient/%s\"},\"effectiveDateTime\":\"%s\"",
		  status, what, patient, at);
}

void deed_sign(struct world *world, const char *patient, const char *what, const char *answer)
{
	bool intuition = strcmp(what, "intuition") == 0;
	char at[25];
	date_write_instant(world->now_us, at);
	world_put(
		world, "Observation", next_id(world), 1,
		"\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]},"
		"\"subject\":{\"reference\":\"Patient/%s\"},\"effectiveDateTime\":\"%s\","
		"\"valueCodeableConcept\":{\"coding\":[{\"system\":\"" HW
		"CodeSystem/%s\",\"code\":\"%s\"}]}",
		intuition ? "http://snomed.info/sct" : HW "CodeSystem/observation",
		intuition ? "1364131000000103" : what, patient, at,
		intuition ? "alert-level" : what, answer);
}

void deed_total(struct world *world, const char *patient, const char *snomed, const char *total,
		int64_t at_us)
{
	char at[25];
	date_write_instant(at_us, at);
	world_put(world, "Observation", next_id(world), 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
		  "\"http://snomed.info/sct\",\"code\":\"%s\"}]},\"subject\":{\"reference\":"
		  "\"Patient/%s\"},\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%s,"
		  "\"code\":\"{ScoreOf}\"}",
		  snomed, patient, at, total);
}

void deed_declined(struct world *world, const char *patient, const char *loinc, const char *reason)
{
	char at[25];
	date_write_instant(world->now_us, at);
	world_put(world, "Observation", next_id(world), 1,
		  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
		  "\"code\":\"%s\"}]},\"subject\":{\"reference\":\"Patient/%s\"},"
		  "\"effectiveDateTime\":\"%s\",\"dataAbsentReason\":{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/not-done\",\"code\":\"%s\"}]}",
		  loinc, patient, at, reason);
}

void deed_discharge(struct world *world, const char *episode, const char *patient, int64_t version,
		    int64_t end_us)
{
	char end[25];
	date_write_instant(end_us, end);
	world_put(world, "EpisodeOfCare", episode, version,
		  "\"status\":\"finished\",\"type\":[{\"coding\":[{\"system\":\"" HW
		  "CodeSystem/episode-type\",\"code\":\"virtual-ward\"}]}],"
		  "\"patient\":{\"reference\":\"Patient/%s\"},"
		  "\"managingOrganization\":{\"reference\":\"Organization/ward-1\"},"
		  "\"period\":{\"start\":\"2026-11-22T08:00:00Z\",\"end\":\"%s\"}",
		  patient, end);
}
