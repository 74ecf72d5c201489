/* SPDX-License-Identifier: Apache-2.0 */
#include "story.h"

#include "deed.h"

#include <stdio.h>

static struct world *world;
static uint64_t state_of_random;
static bool given[3];         /* d-PATIENT is in the record */
static unsigned stamps;       /* every one has an id of its own */
static unsigned handovers[4]; /* versions of hand-N, as the record counts them */

unsigned story_draw(unsigned below)
{
	state_of_random =
		state_of_random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state_of_random >> 33) % below;
}

static const char *patient_of(unsigned n)
{
	static const char *const patients[] = { "girl", "man", "boy" };
	return patients[n];
}

static const char *episode_of(unsigned n)
{
	static const char *const episodes[] = { "e1", "e2", "e3" };
	return episodes[n];
}

static void number(unsigned n, const char *code, unsigned low, unsigned span, int64_t measured_us)
{
	char value[16];
	if (strcmp(code, TEMPERATURE) == 0)
		snprintf(value, sizeof(value), "%u.%u", low + story_draw(span), story_draw(10));
	else
		snprintf(value, sizeof(value), "%u", low + story_draw(span));
	world_number(world, patient_of(n), code, value, measured_us);
}

static void step_readings(unsigned n)
{
	int64_t measured_us = world->now_us;
	if (story_draw(4) == 0)
		measured_us -= (int64_t)story_draw(600) * MIN;
	if (story_draw(30) == 0)
		measured_us += (int64_t)story_draw(600) * MIN;
	if (story_draw(3) > 0)
		number(n, RR, 12, 50, measured_us);
	if (story_draw(3) > 0)
		number(n, HR, 50, 140, measured_us - (int64_t)story_draw(15) * MIN);
	if (story_draw(3) > 0)
		number(n, SPO2, 86, 15, measured_us);
	if (story_draw(3) > 0)
		number(n, TEMPERATURE, 35, 7, measured_us);
	if (story_draw(6) == 0)
		number(n, SYSTOLIC, 60, 100, measured_us);
	if (story_draw(25) == 0)
		number(n, HR, 330, 100, measured_us);
}

static void step_words(unsigned n)
{
	static const char *const minds[] = { "A", "A", "A", "asleep", "V", "P", "C" };
	switch (story_draw(4)) {
	case 0:
		world_code(world, patient_of(n), "consciousness", minds[story_draw(7)],
			   world->now_us);
		break;
	case 1:
		world_code(world, patient_of(n), "worried", story_draw(2) == 0 ? "true" : "false",
			   world->now_us);
		break;
	case 2:
		world_code(world, patient_of(n), "distress",
			   story_draw(2) == 0 ? "none" : "moderate", world->now_us);
		break;
	default:
		world_code(world, patient_of(n), "air", "", world->now_us);
		break;
	}
}

static void step_person(unsigned n)
{
	static const char *const rules[] = { "score",   "fever",     "overdue",
					     "concern", "parameter", "implausible" };
	const struct json *task = world_task(world, episode_of(n), rules[story_draw(6)]);
	if (task == NULL)
		return;
	if (story_draw(3) > 0)
		world_acknowledge(world, task, story_draw(2) == 0 ? "Nora" : "Nora Nurse", "plan");
	else
		world_resolve(world, task, "done");
}

static void step_stay(unsigned n, int64_t version)
{
	static const char *const states[] = { "active", "active", "onhold" };
	world_put(
		world, "EpisodeOfCare", episode_of(n), version,
		"\"status\":\"%s\",\"type\":[{\"coding\":[{\"system\":\"https://"
		"fhir.homeward.example/"
		"CodeSystem/"
		"episode-type\",\"code\":\"virtual-ward\"}]}],\"patient\":{\"reference\":"
		"\"Patient/%s\"},\"managingOrganization\":{\"reference\":\"Organization/ward-1\"},"
		"\"period\":{\"start\":\"2026-11-22T08:00:00Z\"}",
		states[story_draw(3)], patient_of(n));
}

static void step_correction(unsigned n)
{
	char id[16], at[25];
	if (world->next_id == 0)
		return;
	snprintf(id, sizeof(id), "o%u", 1 + story_draw(world->next_id));
	date_write_instant(world->now_us - (int64_t)story_draw(60) * MIN, at);
	if (story_draw(3) == 0) {
		world_delete(world, "Observation", id, 9);
		return;
	}
	world_put(world, "Observation", id, 2,
		  "\"status\":\"corrected\",\"code\":{\"coding\":[{\"system\":\"http://"
		  "loinc.org\",\"code\":"
		  "\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/"
		  "%s\"},\"effectiveDateTime\":\"%s\","
		  "\"valueQuantity\":{\"value\":%u,\"code\":\"/min\"}",
		  patient_of(n), at, 60 + story_draw(120));
}

static void step_rota(void)
{
	static const char *const roles[] = { "nurse-1", "charge-1", "registrar-1" };
	static unsigned slots;
	const char *role = roles[story_draw(3)];
	char schedule[40], slot[40], start[25], end[25];
	snprintf(schedule, sizeof(schedule), "schedule-%s", role);
	snprintf(slot, sizeof(slot), "slot-%u", slots++ % 20);
	int64_t from_us = world->now_us + ((int64_t)story_draw(24) - 12) * HOUR;
	date_write_instant(from_us, start);
	date_write_instant(from_us + 8 * HOUR, end);
	world_put(world, "Schedule", schedule, 1,
		  "\"actor\":[{\"reference\":\"PractitionerRole/%s\"}]", role);
	world_put(world, "Slot", slot, 1,
		  "\"schedule\":{\"reference\":\"Schedule/"
		  "%s\"},\"status\":\"busy\",\"start\":\"%s\",\"end\":\"%s\"",
		  schedule, start, end);
}

/* The second text of a line of the dump: its id. */
static struct str id_of(struct str line)
{
	(void)str_cut(&line, ',');
	(void)str_cut(&line, '"');
	return str_cut(&line, '"');
}

/* What a sender, a gateway or a person's browser writes about a page. */
static void step_sender(void)
{
	static const char *const words[] = { "in-progress", "in-progress", "stopped", "completed" };
	struct str dump = world_dump(world->core, &world->arena);
	struct str stay = { NULL, 0 }, alert = { NULL, 0 };
	unsigned left = 1 + story_draw(30);
	char at[25];
	while (dump.len > 0) {
		struct str line = str_cut(&dump, '\n');
		if (str_starts_with(line, STR("[\"stay\""))) {
			stay = id_of(line);
			alert = (struct str){ NULL, 0 };
		}
		if (str_starts_with(line, STR("[\"alert\"")))
			alert = id_of(line);
		if (!str_starts_with(line, STR("[\"page\"")) || --left > 0)
			continue;
		date_write_instant(world->now_us, at);
		world_put(world, "Communication", arena_copy(&world->arena, id_of(line)).ptr, 2,
			  "\"status\":\"%s\",\"received\":\"%s\",\"about\":[{\"reference\":\"Task/"
			  "%.*s\"}],"
			  "\"extension\":[{\"url\":\"https://fhir.homeward.example/"
			  "StructureDefinition/"
			  "episode\",\"valueReference\":{\"reference\":\"EpisodeOfCare/%.*s\"}},"
			  "{\"url\":\"https://fhir.homeward.example/StructureDefinition/"
			  "channel-time\","
			  "\"extension\":[{\"url\":\"seen\",\"valueInstant\":\"%s\"}]}]",
			  words[story_draw(4)], at, STR_ARG(alert), STR_ARG(stay), at);
		return;
	}
}

/* A reading and the stamp of its gateway, in any order, at times a time fault, at times an hour out. */
static void step_stamp(unsigned n, const char *device)
{
	char stamp[24], reading[24], at[25], said[25];
	unsigned number = stamps++, first = story_draw(2), fault = story_draw(3);
	int64_t skew_us = ((int64_t)story_draw(120) - 60) * MIN;
	snprintf(stamp, sizeof(stamp), "stamp-%u", number);
	snprintf(reading, sizeof(reading), "stamped-%u", number);
	date_write_instant(world->now_us, at);
	date_write_instant(world->now_us - skew_us, said);
	for (unsigned turn = 0; turn < 2; turn++) {
		if (turn == first)
			world_put(
				world, "Observation", stamp, 1,
				"\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"urn:iso:"
				"std:"
				"iso:11073:10101\",\"code\":\"67975\"}]},\"device\":{\"reference\":"
				"\"Device/%s\"},\"effectiveDateTime\":\"%s\",%s\"%s\"%s",
				device, at,
				fault == 0 ? "\"dataAbsentReason\":{\"text\":"
					   : "\"valueDateTime\":",
				fault == 0 ? "time fault" : said, fault == 0 ? "}" : "");
		else
			world_put(world, "Observation", reading, 1,
				  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://"
				  "loinc.org\",\"code\":\"9279-1\"}]},\"subject\":{\"reference\":"
				  "\"Patient/"
				  "%s\"},\"effectiveDateTime\":\"%s\",\"derivedFrom\":[{"
				  "\"reference\":"
				  "\"Observation/%s\"}],\"extension\":[{\"url\":\"https://"
				  "fhir.homeward.example/StructureDefinition/"
				  "time-line\",\"valueCode\":\"%s\"}],"
				  "\"valueQuantity\":{\"value\":%u,\"code\":\"/min\"}",
				  patient_of(n), said, stamp,
				  story_draw(2) == 0 ? "device" : "gateway", 12 + story_draw(50));
		if (story_draw(2) == 0)
			world_wait(world, (int64_t)story_draw(20) * MIN);
	}
}

/* Devices change hands, go back, are deleted, run low. The readings of a patient come from d-PATIENT. */
static void step_device(unsigned n, int64_t version)
{
	static const char *const types[] = { "kit", "hub", "oximeter", "patch" };
	char id[16], at[25];
	snprintf(id, sizeof(id), "d-%s", patient_of(n));
	date_write_instant(world->now_us - (int64_t)story_draw(30) * MIN, at);
	switch (story_draw(7)) {
	case 0:
		if (given[n]) /* the record deletes only what it has */
			world_delete(world, "Device", id, version);
		given[n] = false;
		return;
	case 1:
		world_put(
			world, "Observation", "battery", version,
			"\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"urn:iso:std:iso:"
			"11073:10101\",\"code\":\"67996\"}]},\"device\":{\"reference\":\"Device/"
			"%s\"},"
			"\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%u,\"code\":\"%%"
			"\"}",
			id, at, story_draw(40));
		return;
	case 6:
		step_stamp(n, id);
		return;
	case 2:
		given[n] = true;
		world_device(world, id, version, types[story_draw(4)], NULL, "kit-1");
		return;
	case 3:
		world_device(world, "kit-1", version, "kit", patient_of(story_draw(3)), NULL);
		return;
	default:
		given[n] = true;
		world_device(world, id, version, types[story_draw(4)], patient_of(story_draw(3)),
			     NULL);
		return;
	}
}

static void set_up_channels(void)
{
	static const char *const channels[] = { "webhook", "sms", "voice", "email", "web-push" };
	for (unsigned i = 0; i < 5; i++) {
		char id[40];
		snprintf(id, sizeof(id), "channel-%s", channels[i]);
		world_put(world, "Endpoint", id, 1, "\"status\":\"active\"");
	}
	world_put(
		world, "PractitionerRole", "nurse-1", 2,
		"\"practitioner\":{\"reference\":\"Practitioner/nurse-1\"},\"organization\":{"
		"\"reference\":\"Organization/ward-1\"},\"telecom\":[{\"system\":\"phone\",\"use\":"
		"\"mobile\",\"value\":\"07700900001\"},{\"system\":\"email\",\"value\":\"n@a."
		"example\","
		"\"rank\":1}],\"code\":[{\"coding\":[{\"system\":\"https://fhir.homeward.example/"
		"CodeSystem/ward-role\",\"code\":\"nurse\"}]}]");
	world_put(world, "RelatedPerson", "mother", 1,
		  "\"patient\":{\"reference\":\"Patient/girl\"},\"telecom\":[{\"system\":\"phone\","
		  "\"value\":\"01632960001\"}],\"communication\":[{\"language\":{\"coding\":[{"
		  "\"code\":"
		  "\"ar\"}]}}]");
	world_put(
		world, "Endpoint", "browser-1", 1,
		"\"status\":\"active\",\"connectionType\":{\"system\":\"https://"
		"fhir.homeward.example/CodeSystem/channel\",\"code\":\"web-push\"},\"extension\":[{"
		"\"url\":\"https://fhir.homeward.example/StructureDefinition/recipient\","
		"\"valueReference\":{\"reference\":\"PractitionerRole/nurse-1\"}}]");
}

static void step_handover(unsigned n)
{
	static const char *const states[] = { "requested", "requested", "accepted", "cancelled" };
	char id[16];
	unsigned number = story_draw(4);
	snprintf(id, sizeof(id), "hand-%u", number);
	world_put(world, "Task", id, ++handovers[number],
		  "\"status\":\"%s\",\"intent\":\"order\",\"code\":{\"coding\":[{\"system\":"
		  "\"https://"
		  "fhir.homeward.example/CodeSystem/ward-task\",\"code\":\"hand-over\"}]},"
		  "\"extension\":[{\"url\":\"https://fhir.homeward.example/StructureDefinition/"
		  "episode\",\"valueReference\":{\"reference\":\"EpisodeOfCare/%s\"}}],"
		  "\"requester\":{\"reference\":\"PractitionerRole/nurse-1\",\"display\":\"Nora "
		  "Nurse\"},"
		  "\"owner\":{\"reference\":\"PractitionerRole/lead-1\",\"display\":\"Leo Lead\"}",
		  states[story_draw(4)], episode_of(n));
}

static void step_limit(unsigned n)
{
	static const char *const signs[] = { "temperature", "heartRate", "spo2" };
	static const char *const values[] = { "37.4", "120", "95" };
	unsigned sign = story_draw(3);
	char set[25], expires[25];
	date_write_instant(world->now_us, set);
	date_write_instant(world->now_us + (int64_t)(1 + story_draw(40)) * HOUR, expires);
	world_limit(world, episode_of(n), patient_of(n),
		    &(struct world_limit){ signs[sign], sign == 2 ? "below" : "above", values[sign],
					   "medium", set, expires });
}

static void step_task(unsigned n)
{
	static const char *const rules[] = { "score", "fever", "overdue", "parameter",
					     "after-stay" };
	static const char *const roles[] = { "nurse-1", "charge-1", "registrar-1" };
	const struct json *task = world_task(world, episode_of(n), rules[story_draw(5)]);
	if (task == NULL)
		return;
	if (story_draw(4) == 0)
		deed_opinion(world, task, "Mum Test");
	else
		deed_snooze(world, task, roles[story_draw(3)], (int)story_draw(90), "asleep");
}

/* What no score counts, and what people agree on. */
static void step_life(unsigned n, int64_t version)
{
	static const char *const medicines[] = { "Paracetamol 120mg/5ml", "Calpol", "Ondansetron" };
	static const char *const totals[] = { "1363261000000104", "1104051000000101" };
	static const char *const levels[] = { "none", "low", "high" };
	static const char *const signs[] = { SPO2, TEMPERATURE, HR };
	char id[16], total[16];
	switch (story_draw(9)) {
	case 0:
		snprintf(id, sizeof(id), "dose-%u", story_draw(6));
		deed_dose(world, id, patient_of(n), medicines[story_draw(3)],
			  story_draw(5) == 0 ? "entered-in-error" : "completed",
			  world->now_us - (int64_t)story_draw(300) * MIN);
		break;
	case 1:
		deed_sign(world, patient_of(n), "pupils",
			  story_draw(4) == 0 ? "abnormal" : "normal");
		break;
	case 2:
		deed_sign(world, patient_of(n), "sepsis",
			  story_draw(2) == 0 ? "suspected" : "shock");
		break;
	case 3:
		deed_sign(world, patient_of(n), "intuition", levels[story_draw(3)]);
		break;
	case 4:
		snprintf(total, sizeof(total), "%u", story_draw(12));
		deed_total(world, patient_of(n), totals[n == 1 || story_draw(5) == 0], total,
			   world->now_us - (int64_t)story_draw(20) * MIN);
		break;
	case 5:
		deed_declined(world, patient_of(n), signs[story_draw(3)], "refused");
		break;
	case 6:
		deed_defer(world, episode_of(n), patient_of(n), n == 1 ? ADULT : CHILD, "asleep",
			   world->now_us + (int64_t)story_draw(900) * MIN);
		break;
	case 7:
		if (story_draw(4) == 0)
			deed_discharge(world, episode_of(n), patient_of(n), version,
				       world->now_us - (int64_t)story_draw(10) * MIN);
		break;
	default:
		step_task(n);
		break;
	}
}

void story_play(struct world *target, uint64_t seed, unsigned steps, bool corrections)
{
	world = target;
	state_of_random = seed * 2654435761u + 1;
	memset(given, 0, sizeof(given));
	memset(handovers, 0, sizeof(handovers));
	stamps = 0;
	world_open(world);
	world->settles = true;
	world_patient(world, "girl", "2023-05-10");
	world_patient(world, "man", "1960-02-01");
	world_patient(world, "boy", "2021-11-24");
	world_admit(world, "e1", "girl", CHILD);
	world_admit(world, "e2", "man", ADULT);
	world_admit(world, "e3", "boy", CHILD_3);
	set_up_channels();
	for (unsigned step = 0; step < steps; step++) {
		unsigned n = story_draw(3), what = story_draw(100);
		world_wait(world,
			   (int64_t)story_draw(1000) * MIN / 50 * (story_draw(5) == 0 ? 10 : 1));
		if (what < 55)
			step_readings(n);
		else if (what < 64)
			step_words(n);
		else if (what < 72)
			step_life(n, (int64_t)step + 2);
		else if (what < 85)
			step_person(n);
		else if (what < 88)
			step_stay(n, (int64_t)step + 2);
		else if (what < 94 && corrections)
			step_correction(n);
		else if (what < 95)
			step_rota();
		else if (what < 96)
			step_handover(n);
		else if (what < 97)
			step_limit(n);
		else if (story_draw(2) == 0)
			step_sender();
		else if (corrections)
			step_device(n, (int64_t)step + 2);
	}
}
