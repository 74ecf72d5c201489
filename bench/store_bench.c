/* SPDX-License-Identifier: Apache-2.0
 * How fast the store is: durable creates by 64 submitters, reads by id, and the patient + code + date
 * query, beside raw SQLite inserts of the same bytes in groups of the same size.
 * store_bench [resources=1000000] [folder [fill]]; the store stays when a folder is named. With `fill` it is
 * only filled, as fast as it goes: by more submitters, so that a group is larger. */
#include "../tests/store/support.h"

#include "os/thread.h"
#include "store/search.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define SLOTS_MAX 2048 /* of a fill */
#define SLOTS 64
/* With six codes two pages of each: the same answer whatever the size of the store. */
#define RESOURCES_PER_PATIENT 240

static const struct str codes[] = {
	STR_INIT("8867-4"), STR_INIT("9279-1"), STR_INIT("59408-5"),
	STR_INIT("8310-5"), STR_INIT("8480-6"), STR_INIT("44963-7"),
};
#define CODE_COUNT (sizeof(codes) / sizeof(codes[0]))

struct slot {
	struct store_commit commit;
	struct store_write write;
	struct arena arena;
	int64_t submitted_us;
	struct slot *next;
	struct load *load;
};

struct load {
	struct support support;
	struct mutex mutex;
	struct condition answered;
	struct slot slots[SLOTS_MAX];
	size_t slot_count;
	uint64_t patients;
	struct slot *ready; /* answered ones */
	int64_t *latencies_us;
	int64_t answers, errors;
	uint64_t random;
};

static uint64_t next_random(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = *state;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Ids that begin with the time, as the server gives them. */
static struct str id_of(struct arena *arena, int64_t number)
{
	uint64_t state = (uint64_t)number;
	uint64_t tail = next_random(&state);

	return support_format(arena, "%08llx-%04llx-7%03llx-8%03llx-%012llx",
			      (unsigned long long)(0x019a0000 + (number >> 16)),
			      (unsigned long long)(number & 0xffff),
			      (unsigned long long)(tail >> 52),
			      (unsigned long long)(tail >> 40 & 0xfff),
			      (unsigned long long)(tail & 0xffffffffffff));
}

static void on_done(struct store_commit *commit)
{
	struct slot *slot = commit->context;
	struct load *load = slot->load;

	mutex_lock(&load->mutex);
	slot->next = load->ready;
	load->ready = slot;
	condition_signal(&load->answered);
	mutex_unlock(&load->mutex);
}

static void submit(struct load *load, struct slot *slot, int64_t number)
{
	struct support_vital vital = {
		.code = codes[next_random(&load->random) % CODE_COUNT],
		.at_us = SUPPORT_START_US + number * 250000,
		.value = (double)(60 + next_random(&load->random) % 80),
	};

	arena_reset(&slot->arena);
	vital.id = id_of(&slot->arena, number);
	vital.patient =
		support_format(&slot->arena, "p-%llu",
			       (unsigned long long)(next_random(&load->random) % load->patients));
	vital.device = support_format(&slot->arena, "d%.*s", STR_ARG(vital.patient));
	slot->write = support_vital(&slot->arena, STORE_CREATE, &vital);
	slot->write.version_expected = STORE_VERSION_NONE;
	slot->commit = support_commit_of(&slot->write, 1);
	slot->commit.done = on_done;
	slot->commit.context = slot;
	slot->load = load;
	slot->submitted_us = clock_monotonic_us();
	if (store_submit(load->support.store, &slot->commit) != ERROR_OK)
		abort();
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

/* Says more than the wall on a machine that others use too. */
static double processor_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double create(struct load *load, int64_t first, int64_t count)
{
	int64_t next = first, start = clock_monotonic_us();
	double seconds, processor = processor_us();

	load->answers = 0;
	load->latencies_us = calloc((size_t)count, sizeof(int64_t));
	for (size_t i = 0; i < load->slot_count && next < first + count; i++)
		submit(load, &load->slots[i], next++);
	while (load->answers < count) {
		struct slot *slots;

		mutex_lock(&load->mutex);
		while (load->ready == NULL)
			condition_wait(&load->answered, &load->mutex);
		slots = load->ready;
		load->ready = NULL;
		mutex_unlock(&load->mutex);
		while (slots != NULL) {
			struct slot *slot = slots;

			slots = slot->next;
			load->errors += slot->commit.error != ERROR_OK ? 1 : 0;
			load->latencies_us[load->answers++] =
				clock_monotonic_us() - slot->submitted_us;
			if (next < first + count)
				submit(load, slot, next++);
		}
	}
	seconds = (double)(clock_monotonic_us() - start) / 1e6;
	printf("processor time a create    %9.1f us   all threads, generator included\n",
	       (processor_us() - processor) / (double)count);
	qsort(load->latencies_us, (size_t)count, sizeof(int64_t), compare);
	printf("durable creates            %9.0f /s   p50 %.2f ms  p99 %.2f ms  max %.2f ms  "
	       "errors %lld\n",
	       (double)count / seconds, (double)load->latencies_us[count / 2] / 1e3,
	       (double)load->latencies_us[count * 99 / 100] / 1e3,
	       (double)load->latencies_us[count - 1] / 1e3, (long long)load->errors);
	free(load->latencies_us);
	return (double)count / seconds;
}

static double read_ids(struct load *load, int64_t resources, int64_t count)
{
	struct store_reader *reader = store_reader_borrow(load->support.store);
	int64_t start = clock_monotonic_us();
	uint16_t type = fhir_resource_find(STR("Observation"));
	double rate;

	for (int64_t i = 0; i < count; i++) {
		struct arena *arena = &load->slots[0].arena;
		struct store_version version;

		arena_reset(arena);
		if (store_read(reader, arena, type,
			       id_of(arena,
				     (int64_t)(next_random(&load->random) % (uint64_t)resources)),
			       &version) != ERROR_OK)
			abort();
	}
	rate = (double)count * 1e6 / (double)(clock_monotonic_us() - start);
	store_reader_return(reader);
	printf("reads by id, one thread    %9.0f /s\n", rate);
	return rate;
}

static double query(struct load *load, int64_t count)
{
	struct store_reader *reader = store_reader_borrow(load->support.store);
	int64_t start = clock_monotonic_us(), found = 0;
	double processor = processor_us();
	uint16_t type = fhir_resource_find(STR("Observation"));
	double rate;

	for (int64_t i = 0; i < count; i++) {
		struct arena *arena = &load->slots[0].arena;
		struct search_request *request;
		struct search_result result;
		struct search_parse_options options = { .now_us = SUPPORT_START_US };
		struct search_argument arguments[4];
		struct issues issues;

		arena_reset(arena);
		issues_init(&issues, arena);
		arguments[0] = (struct search_argument){
			STR("patient"),
			support_format(
				arena, "Patient/p-%llu",
				(unsigned long long)(next_random(&load->random) % load->patients))
		};
		arguments[1] = (struct search_argument){
			STR("code"),
			support_format(arena, "http://loinc.org|%.*s",
				       STR_ARG(codes[next_random(&load->random) % CODE_COUNT]))
		};
		arguments[2] = (struct search_argument){ STR("date"), STR("ge2026-01-01") };
		arguments[3] = (struct search_argument){ STR("_sort"), STR("-date") };
		if (search_parse(arena, type, arguments, 4, &options, &issues, &request) !=
			    ERROR_OK ||
		    search_run(reader, arena, request, &issues, &result) != ERROR_OK)
			abort();
		found += (int64_t)result.match_count;
	}
	rate = (double)count * 1e6 / (double)(clock_monotonic_us() - start);
	store_reader_return(reader);
	printf("patient+code+date, sorted  %9.0f /s   %.1f rows a page, one thread, %.1f us of "
	       "processor\n",
	       rate, (double)found / (double)count, (processor_us() - processor) / (double)count);
	return rate;
}

/* The same bytes into one table of SQLite, committed in groups of as many. */
static double raw(struct load *load, int64_t count, int64_t group)
{
	struct arena *arena = &load->slots[0].arena;
	struct support_vital vital = { .code = codes[0], .at_us = SUPPORT_START_US, .value = 80 };
	int64_t start = clock_monotonic_us();
	sqlite3_stmt *insert = NULL;
	sqlite3 *handle = NULL;
	char file[96];
	double rate;

	snprintf(file, sizeof(file), "%s/raw.sqlite", load->support.folder);
	if (sqlite3_open(file, &handle) != SQLITE_OK ||
	    sqlite3_exec(handle,
			 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
			 "CREATE TABLE t (id TEXT PRIMARY KEY, body BLOB)",
			 NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(handle, "INSERT INTO t VALUES (?1, ?2)", -1, &insert, NULL) !=
		    SQLITE_OK)
		abort();
	for (int64_t i = 0; i < count; i++) {
		struct str body;

		arena_reset(arena);
		if (i % group == 0)
			sqlite3_exec(handle, "BEGIN", NULL, NULL, NULL);
		vital.id = id_of(arena, i);
		vital.patient = STR("p-1");
		body = support_vital(arena, STORE_CREATE, &vital).body;
		sqlite3_bind_text(insert, 1, vital.id.ptr, (int)vital.id.len, SQLITE_STATIC);
		sqlite3_bind_blob(insert, 2, body.ptr, (int)body.len, SQLITE_STATIC);
		sqlite3_step(insert);
		sqlite3_reset(insert);
		if (i % group == group - 1 || i == count - 1)
			sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL);
	}
	rate = (double)count * 1e6 / (double)(clock_monotonic_us() - start);
	sqlite3_finalize(insert);
	sqlite3_close(handle);
	printf("raw SQLite, no index       %9.0f /s   groups of %lld\n", rate, (long long)group);
	return rate;
}

int main(int count, char **arguments)
{
	struct load *load = calloc(1, sizeof(*load));
	int64_t resources = count > 1 ? atoll(arguments[1]) : 1000000;
	struct store_figures figures;
	struct rusage usage;
	int64_t start, done;
	double creates, plain;

	bool fill = count > 3 && strcmp(arguments[3], "fill") == 0;

	load->slot_count = fill ? SLOTS_MAX : SLOTS;
	load->patients = (uint64_t)resources / RESOURCES_PER_PATIENT + 1;
	support_init(&load->support);
	mutex_init(&load->mutex);
	condition_init(&load->answered);
	for (size_t i = 0; i < load->slot_count; i++)
		arena_init(&load->slots[i].arena, (size_t)64 * 1024 * 1024);
	if (count > 2)
		snprintf(load->support.folder, sizeof(load->support.folder), "%s", arguments[2]);
	start = clock_monotonic_us();
	support_open(&load->support);
	store_figures(load->support.store, &figures);
	printf("open                       %9.1f ms   %lld resources\n",
	       (double)(clock_monotonic_us() - start) / 1e3, (long long)figures.feed_last);
	done = figures.feed_last;
	creates = done < resources ? create(load, done, resources - done) : 0;
	store_figures(load->support.store, &figures);
	printf("group size %.1f, %.0f bytes on disk each\n",
	       figures.groups == 0 ? 0 : (double)figures.commits / (double)figures.groups,
	       (double)figures.bytes_on_disk / (double)figures.feed_last);
	if (!fill) {
		read_ids(load, resources, 200000);
		query(load, 50000);
	}
	if (creates > 0 && !fill) {
		plain = raw(load, 200000, figures.commits / figures.groups + 1);
		printf("creates / raw SQLite       %9.2f\n", creates / plain);
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("memory at the most         %9.0f MiB\n", (double)usage.ru_maxrss / 1024);
	start = clock_monotonic_us();
	support_close(&load->support);
	printf("close                      %9.1f ms\n",
	       (double)(clock_monotonic_us() - start) / 1e3);
	if (count <= 2)
		support_done(&load->support);
	return load->errors == 0 ? 0 : 1;
}
