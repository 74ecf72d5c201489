/* SPDX-License-Identifier: Apache-2.0
 * The ward's core alone, without store or HTTP: what one reading costs as the readings of a stay grow, and what a
 * row of the board, a score to be written and a checkpoint cost.
 *
 * usage: ward_bench HOMES READINGS [ORDER] [WARDS]
 *   READINGS  of each home, one after the other by turns, one vital sign every 15 seconds
 *   ORDER     live (each arrives when it is measured), late (all arrive at the end, oldest first),
 *             shuffled (all arrive at the end, in any order) or corrected (live, each written again)
 * Prints one line for every tenth of the readings. Processor time of this thread. */
#include "base/date.h"
#include "ward/core.h"
#include "ward/policy_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define START_US INT64_C(1795334400000000)
#define EVERY_US (15 * DATE_US_PER_S)
#define BATCH 500

enum order { ORDER_LIVE, ORDER_LATE, ORDER_SHUFFLED, ORDER_CORRECTED, ORDER_COUNT };

struct bench {
	struct arena arena;
	struct ward_core *core;
	int64_t now_us, feed;
	uint64_t chance;
	size_t homes, wards;
	enum order order;
	int64_t *turn; /* which reading comes next */
	double parse_s, apply_s, write_s, show_s;
	size_t events, outputs, rows;
};

static double seconds(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t pick(struct bench *bench, uint64_t below)
{
	bench->chance =
		bench->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (bench->chance >> 33) % below;
}

static void put(struct bench *bench, const char *type, const char *id, int64_t version,
		struct str body)
{
	struct json *resource;
	double start = seconds();
	ASSERT(json_parse(&bench->arena, body, NULL, NULL, &resource) == ERROR_OK);
	double parsed = seconds();
	const struct ward_event event = { str_from_c(type), str_from_c(id), version, ++bench->feed,
					  bench->now_us,    STR("api"),     resource };
	ward_core_apply(bench->core, &event);
	bench->parse_s += parsed - start;
	bench->apply_s += seconds() - parsed;
	bench->events++;
}

#define HW "https://fhir.homeward.example/"

static void make_ward(struct bench *bench, size_t number)
{
	static const char *const roles[] = { "nurse",     "shift-lead", "nurse-in-charge",
					     "registrar", "consultant", "switchboard" };
	char id[32], body[1000];
	snprintf(id, sizeof(id), "w-%zu", number);
	snprintf(body, sizeof(body),
		 "{\"resourceType\":\"Organization\",\"id\":\"%s\",\"name\":\"%s\",\"type\":[{"
		 "\"coding\":[{\"system\":\"" HW "CodeSystem/organization-type\",\"code\":"
		 "\"virtual-ward\"}]}]}",
		 id, id);
	put(bench, "Organization", id, 1, str_from_c(body));
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		char role[64];
		snprintf(role, sizeof(role), "%s-%s", id, roles[i]);
		snprintf(body, sizeof(body),
			 "{\"resourceType\":\"PractitionerRole\",\"id\":\"%s\",\"practitioner\":{"
			 "\"display\":\"%s\"},\"organization\":{\"reference\":\"Organization/%s\"},"
			 "\"code\":[{\"coding\":[{\"system\":\"" HW
			 "CodeSystem/ward-role\",\"code\":\"%s\"}]}]}",
			 role, role, id, roles[i]);
		put(bench, "PractitionerRole", role, 1, str_from_c(body));
	}
}

static void make_home(struct bench *bench, size_t number)
{
	char id[32], start[25], body[1000];
	snprintf(id, sizeof(id), "p-%zu", number);
	date_write_instant(START_US, start);
	snprintf(body, sizeof(body),
		 "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"text\":\"%s\"}],"
		 "\"birthDate\":\"2023-03-15\"}",
		 id, id);
	put(bench, "Patient", id, 1, str_from_c(body));
	snprintf(body, sizeof(body),
		 "{\"resourceType\":\"EpisodeOfCare\",\"id\":\"%s\",\"status\":\"active\",\"type\":"
		 "[{\"coding\":[{\"system\":\"" HW "CodeSystem/episode-type\",\"code\":"
		 "\"virtual-ward\"}]}],\"patient\":{\"reference\":\"Patient/%s\"},"
		 "\"managingOrganization\":{\"reference\":\"Organization/w-%zu\"},"
		 "\"period\":{\"start\":\"%s\"}}",
		 id, id, number % bench->wards, start);
	put(bench, "EpisodeOfCare", id, 1, str_from_c(body));
	snprintf(body, sizeof(body),
		 "{\"resourceType\":\"CarePlan\",\"id\":\"%s\",\"status\":\"active\","
		 "\"instantiatesCanonical\":[\"" HW "PlanDefinition/childrens-cancer|1\"],"
		 "\"supportingInfo\":[{\"reference\":\"EpisodeOfCare/%s\"}]}",
		 id, id);
	put(bench, "CarePlan", id, 1, str_from_c(body));
}

static const struct {
	const char *code, *unit;
	double low, width;
} vitals[] = { { "9279-1", "/min", 22, 4 },
	       { "8867-4", "/min", 100, 12 },
	       { "59408-5", "%", 97, 3 },
	       { "8310-5", "Cel", 36.6, 0.6 } };

static void put_reading(struct bench *bench, size_t home, int64_t number, int64_t version)
{
	char id[64], at[25], body[1000];
	snprintf(id, sizeof(id), "%08zx-0000-7000-8000-%012llx", home, (unsigned long long)number);
	date_write_instant(START_US + number * EVERY_US, at);
	size_t vital = (size_t)number % 4;
	snprintf(body, sizeof(body),
		 "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"final\","
		 "\"category\":"
		 "[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
		 "observation-category\",\"code\":\"vital-signs\"}]}],\"code\":{\"coding\":[{"
		 "\"system\":\"http://loinc.org\",\"code\":\"%s\"}]},\"subject\":{\"reference\":"
		 "\"Patient/p-%zu\"},\"effectiveDateTime\":\"%s\",\"device\":{\"reference\":"
		 "\"Device/d-%zu\"},\"valueQuantity\":{\"value\":%.1f,\"unit\":\"unit\",\"system\":"
		 "\"http://unitsofmeasure.org\",\"code\":\"%s\"}}",
		 id, vitals[vital].code, home, at, home,
		 vitals[vital].low + vitals[vital].width * (double)pick(bench, 1000) / 1000,
		 vitals[vital].unit);
	put(bench, "Observation", id, version, str_from_c(body));
}

static void count_row(void *context, const struct ward_row *row)
{
	struct bench *bench = context;
	struct text text;
	arena_reset(&bench->arena);
	text_init(&text, &bench->arena, 1 << 20);
	bench->rows += row->present && ward_core_row_print(bench->core, row->episode, &text);
}

/* As the runner does after a batch, with a store that takes everything. */
static void finish(struct bench *bench)
{
	double start = seconds();
	for (;;) {
		struct ward_output *outputs;
		size_t count;
		arena_reset(&bench->arena);
		ASSERT(ward_core_outputs(bench->core, &bench->arena, 500, &outputs, &count));
		if (count == 0)
			break;
		for (size_t i = 0; i < count; i++)
			ward_output_done(bench->core, &outputs[i], outputs[i].version + 1);
		bench->outputs += count;
	}
	double written = seconds();
	ward_core_rows(bench->core, SIZE_MAX, count_row, bench);
	bench->write_s += written - start;
	bench->show_s += seconds() - written;
}

static void report(struct bench *bench, int64_t number)
{
	printf("%8lld readings a home: parse %5.2f us, apply %6.2f us a reading; %6.2f us a "
	       "written output (%zu); %6.2f us a row (%zu)\n",
	       (long long)number, bench->parse_s * 1e6 / (double)bench->events,
	       bench->apply_s * 1e6 / (double)bench->events,
	       bench->write_s * 1e6 / (double)(bench->outputs + 1), bench->outputs,
	       bench->show_s * 1e6 / (double)(bench->rows + 1), bench->rows);
	(void)fflush(stdout);
	bench->parse_s = bench->apply_s = bench->write_s = bench->show_s = 0;
	bench->events = bench->outputs = bench->rows = 0;
}

static void shuffle(struct bench *bench, int64_t readings)
{
	for (int64_t i = 0; i < readings; i++)
		bench->turn[i] = i;
	for (int64_t i = readings - 1; i > 0 && bench->order == ORDER_SHUFFLED; i--) {
		int64_t other = (int64_t)pick(bench, (uint64_t)i + 1);
		int64_t kept = bench->turn[i];
		bench->turn[i] = bench->turn[other];
		bench->turn[other] = kept;
	}
}

static void play(struct bench *bench, int64_t readings)
{
	bool stored = bench->order == ORDER_LATE || bench->order == ORDER_SHUFFLED;
	shuffle(bench, readings);
	if (stored)
		bench->now_us = START_US + readings * EVERY_US;
	finish(bench);
	bench->events = 0;
	bench->parse_s = bench->apply_s = 0;
	for (int64_t i = 0; i < readings; i++) {
		for (size_t home = 0; home < bench->homes; home++) {
			if (!stored)
				bench->now_us =
					START_US + i * EVERY_US + (int64_t)home * 1000 % EVERY_US;
			put_reading(bench, home, bench->turn[i], 1);
			if (bench->order == ORDER_CORRECTED)
				put_reading(bench, home, bench->turn[i], 2);
			if (bench->events % BATCH < 2)
				finish(bench);
		}
		if ((i + 1) % (readings / 10) == 0)
			report(bench, i + 1);
	}
	finish(bench);
}

static void time_save(struct bench *bench)
{
	struct arena arena;
	struct text text;
	double start = seconds();
	arena_init(&arena, (size_t)8 << 30);
	text_init(&text, &arena, (size_t)4 << 30);
	ward_core_save(bench->core, &text);
	printf("checkpoint: %zu bytes in %.2f s\n", text.len, seconds() - start);
	arena_done(&arena);
}

int main(int argument_count, char **arguments)
{
	static const char *const orders[] = { "live", "late", "shuffled", "corrected" };
	struct bench bench = { .now_us = START_US, .chance = 1, .wards = 1 };
	if (argument_count < 3) {
		fprintf(stderr, "usage: ward_bench HOMES READINGS [ORDER] [WARDS]\n");
		return 2;
	}
	bench.homes = strtoul(arguments[1], NULL, 10);
	int64_t readings = strtol(arguments[2], NULL, 10);
	for (unsigned i = 0; i < ORDER_COUNT; i++) {
		if (argument_count > 3 && strcmp(arguments[3], orders[i]) == 0)
			bench.order = (enum order)i;
	}
	if (argument_count > 4)
		bench.wards = strtoul(arguments[4], NULL, 10);
	if (bench.homes < 1 || bench.wards < 1 || readings < 10)
		return 2;
	bench.turn = calloc((size_t)readings, sizeof(*bench.turn));
	ASSERT(bench.turn != NULL);
	arena_init(&bench.arena, (size_t)1 << 30);
	bench.core = ward_core_create(NULL);
	for (size_t i = 0; i < policy_file_count; i++)
		put(&bench, "PlanDefinition", i == 0 ? "childrens-cancer" : "adult-acute", 1,
		    policy_files[i]);
	for (size_t i = 0; i < bench.wards; i++)
		make_ward(&bench, i);
	for (size_t i = 0; i < bench.homes; i++)
		make_home(&bench, i);
	play(&bench, readings);
	time_save(&bench);
	ward_core_destroy(bench.core);
	arena_done(&bench.arena);
	free(bench.turn);
	return 0;
}
