/* SPDX-License-Identifier: Apache-2.0
 * Resources per second and MB/s of what a create does to a body before it is stored: parse, validate,
 * extract, print; and of each part.
 *
 * usage: fhir_bench SECONDS FILE...     (FILE "-" is stdin; the resources of Bundles count singly)
 *   fhir_bench 3 node_modules/hl7.fhir.r4.examples/Observation-*.json
 *   bzcat ../shared/data/synthea/057aa36e*.json.bz2 | fhir_bench 3 - */
#include "base/limits.h"
#include "fhir/fhir.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RESOURCES_MAX 200000

struct bench {
	struct arena keep;
	struct arena work;
	struct str *bodies;
	size_t count;
	double bytes;
	size_t invalid;
	size_t values;
};

/* Processor time: other programs on the machine do not count. */
static double now_s(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static _Noreturn void fail(const char *what, const char *where)
{
	fprintf(stderr, "fhir_bench: %s: %s\n", what, where);
	exit(1);
}

static struct str read_all(struct bench *bench, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	struct text text;
	char buffer[8192];
	size_t got;

	if (file == NULL)
		fail("cannot open", path);
	text_init(&text, &bench->keep, (size_t)1 << 30);
	while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0)
		text_put(&text, (struct str){ buffer, got });
	if (file != stdin)
		fclose(file);
	if (text.failed)
		fail("too large", path);
	return text_view(&text);
}

static void add_body(struct bench *bench, const struct json *resource)
{
	struct text text;

	if (bench->count == RESOURCES_MAX || json_get(resource, STR("resourceType")) == NULL)
		return;
	text_init(&text, &bench->keep, LIMIT_BODY_BYTES_MAX);
	json_print(&text, resource);
	bench->bodies[bench->count] = text_view(&text);
	bench->bytes += (double)bench->bodies[bench->count].len;
	bench->count++;
}

static void add_file(struct bench *bench, const char *path)
{
	struct str body = read_all(bench, path);
	struct json *root;

	arena_reset(&bench->work);
	if (json_parse(&bench->work, body, NULL, NULL, &root) != ERROR_OK)
		fail("is not JSON", path);
	const struct json *entry = json_get(root, STR("entry"));
	if (entry == NULL)
		add_body(bench, root);
	for (entry = entry == NULL ? NULL : entry->child; entry != NULL; entry = entry->next)
		add_body(bench, json_get(entry, STR("resource")));
}

enum { STAGE_PARSE, STAGE_VALIDATE, STAGE_EXTRACT, STAGE_PRINT, STAGES };

static void run_one(struct bench *bench, struct str body, int last)
{
	struct issues issues;
	struct fhir_index index = { NULL, 0 };
	struct json *root;
	struct text text;

	arena_reset(&bench->work);
	issues_init(&issues, &bench->work);
	if (json_parse(&bench->work, body, NULL, &issues, &root) != ERROR_OK)
		fail("is not JSON", "a body");
	if (last < STAGE_VALIDATE)
		return;
	if (fhir_validate(&bench->work, root, &issues) != ERROR_OK)
		bench->invalid++;
	if (last < STAGE_EXTRACT)
		return;
	if (fhir_index_extract(&bench->work, root, &index) != ERROR_OK)
		fail("gives no index values", "a body");
	bench->values += index.count;
	if (last < STAGE_PRINT)
		return;
	text_init(&text, &bench->work, LIMIT_BODY_BYTES_MAX);
	json_print(&text, root);
	if (text.failed)
		fail("cannot be printed", "a body");
}

/* Microseconds a resource with the stages up to `last`. */
static double measure(struct bench *bench, int last, double seconds)
{
	double start = now_s();
	double passed;
	size_t done = 0;

	bench->invalid = 0;
	bench->values = 0;
	do {
		do { /* the clock is asked rarely, or it would count */
			for (size_t i = 0; i < bench->count; i++)
				run_one(bench, bench->bodies[i], last);
			done += bench->count;
		} while (done % 1024 >= bench->count);
		passed = now_s() - start;
	} while (passed < seconds);
	bench->values = bench->values * bench->count / done;
	bench->invalid = bench->invalid * bench->count / done;
	return passed * 1e6 / (double)done;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "parse", "validate", "extract", "print" };
	struct bench bench = { .count = 0 };
	double before = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: fhir_bench SECONDS FILE...\n");
		return 2;
	}
	arena_init(&bench.keep, (size_t)8 << 30);
	arena_init(&bench.work, LIMIT_REQUEST_ARENA_BYTES_MAX);
	bench.bodies = ARENA_NEW(&bench.keep, struct str, RESOURCES_MAX);
	if (bench.bodies == NULL)
		fail("out of memory", "start");
	for (int i = 2; i < argc; i++)
		add_file(&bench, argv[i]);
	if (bench.count == 0)
		fail("no resources", argv[2]);
	double size = bench.bytes / (double)bench.count;
	printf("%zu resources of %.0f bytes on average\n", bench.count, size);
	for (int last = STAGE_PARSE; last < STAGES; last++) {
		double us = measure(&bench, last, strtod(argv[1], NULL));

		printf("%-9s %8.2f us\n", names[last], us - before);
		before = us;
	}
	printf("together  %8.2f us: %.0f resources/s, %.0f MB/s; %.1f index values a resource, "
	       "%zu of %zu not valid\n",
	       before, 1e6 / before, size / before, (double)bench.values / (double)bench.count,
	       bench.invalid, bench.count);
	arena_done(&bench.work);
	arena_done(&bench.keep);
	return 0;
}
