/* SPDX-License-Identifier: Apache-2.0
 * Speed of reading and printing JSON, on one thread, beside two floors of the same run: copying the
 * same bytes, and looking at each byte once. Usage: json_bench FOLDER [ROUNDS], by default on the
 * published FHIR R4 examples. Every file is read into an arena that was reset. Best round counts. */
#include "json/json.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FILES_MAX 20000
#define ARENA_BYTES_MAX ((size_t)2 << 30)

struct corpus {
	struct str files[FILES_MAX];
	size_t count;
	size_t bytes;
	char *copy; /* room for the largest file */
};

/* Seconds of the best round. */
struct times {
	double copy;
	double scan;
	double parse;
	double print;
	size_t printed_bytes;
	size_t corpus_bytes;
};

static double now_s(void)
{
	struct timespec now = { 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool load_file(struct corpus *corpus, const char *folder, const char *name)
{
	char path[4096];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return false;
	long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
	char *bytes = size > 0 ? calloc((size_t)size, 1) : NULL;
	bool whole = bytes != NULL && fseek(file, 0, SEEK_SET) == 0 &&
		     fread(bytes, 1, (size_t)size, file) == (size_t)size;
	(void)fclose(file);
	if (!whole) {
		free(bytes);
		return false;
	}
	corpus->files[corpus->count++] = (struct str){ bytes, (size_t)size };
	corpus->bytes += (size_t)size;
	return true;
}

static bool load(struct corpus *corpus, const char *folder)
{
	size_t largest = 0;
	DIR *directory = opendir(folder);
	if (directory == NULL)
		return false;
	for (const struct dirent *entry = readdir(directory); entry != NULL;
	     entry = readdir(directory)) {
		if (!str_ends_with(str_from_c(entry->d_name), STR(".json")) ||
		    corpus->count == FILES_MAX || !load_file(corpus, folder, entry->d_name))
			continue;
		size_t size = corpus->files[corpus->count - 1].len;
		largest = size > largest ? size : largest;
	}
	(void)closedir(directory);
	corpus->copy = largest > 0 ? calloc(largest, 1) : NULL;
	return corpus->copy != NULL;
}

static double measure_copy(const struct corpus *corpus)
{
	double start = now_s();
	for (size_t i = 0; i < corpus->count; i++) {
		memcpy(corpus->copy, corpus->files[i].ptr, corpus->files[i].len);
		__asm__ volatile("" : : "r"(corpus->copy) : "memory");
	}
	return now_s() - start;
}

static double measure_scan(const struct corpus *corpus)
{
	double start = now_s();
	for (size_t i = 0; i < corpus->count; i++) {
		size_t quotes = 0;
		for (size_t at = 0; at < corpus->files[i].len; at++) {
			quotes += corpus->files[i].ptr[at] == '"';
			/* One byte at a time is what this floor stands for. */
			__asm__ volatile("" : "+r"(quotes));
		}
	}
	return now_s() - start;
}

static bool measure_json(const struct corpus *corpus, struct arena *arena, struct times *times)
{
	double parse = 0;
	double print = 0;
	size_t printed = 0;
	for (size_t i = 0; i < corpus->count; i++) {
		struct json *root;
		struct text text;
		struct json_options options = { .bytes_max = corpus->files[i].len };
		arena_reset(arena);
		double start = now_s();
		if (json_parse(arena, corpus->files[i], &options, NULL, &root) != ERROR_OK)
			return false;
		double middle = now_s();
		text_init(&text, arena, SIZE_MAX / 2);
		json_print(&text, root);
		print += now_s() - middle;
		parse += middle - start;
		printed += text_view(&text).len;
	}
	times->parse = parse < times->parse ? parse : times->parse;
	times->print = print < times->print ? print : times->print;
	times->printed_bytes = printed;
	return true;
}

static void show(const char *what, double bytes, double seconds, const struct times *times)
{
	double corpus_bytes = (double)times->corpus_bytes;
	double rate = bytes / seconds;
	printf("%-10s %8.0f MB/s   %5.2f of byte scan   %5.3f of copy\n", what, rate / 1e6,
	       rate * times->scan / corpus_bytes, rate * times->copy / corpus_bytes);
}

int main(int argument_count, char **arguments)
{
	static struct corpus corpus;
	const char *folder =
		argument_count > 1 ? arguments[1] : "node_modules/hl7.fhir.r4.examples";
	uint64_t rounds = 5;
	struct times times = { 1e9, 1e9, 1e9, 1e9, 0, 0 };
	struct arena arena;
	if (argument_count > 2 && !str_to_u64(str_from_c(arguments[2]), &rounds))
		return 2;
	if (!load(&corpus, folder)) {
		fprintf(stderr, "json_bench: no JSON files in %s\n", folder);
		return 1;
	}
	times.corpus_bytes = corpus.bytes;
	arena_init(&arena, ARENA_BYTES_MAX);
	for (uint64_t round = 0; round < rounds; round++) {
		double copy = measure_copy(&corpus);
		double scan = measure_scan(&corpus);
		times.copy = copy < times.copy ? copy : times.copy;
		times.scan = scan < times.scan ? scan : times.scan;
		if (!measure_json(&corpus, &arena, &times)) {
			fputs("json_bench: a file is not JSON as we read it\n", stderr);
			return 1;
		}
	}
	printf("%zu files, %.1f MB; printed %.1f MB; best of %llu rounds\n", corpus.count,
	       (double)corpus.bytes / 1e6, (double)times.printed_bytes / 1e6,
	       (unsigned long long)rounds);
	show("copy", (double)corpus.bytes, times.copy, &times);
	show("byte scan", (double)corpus.bytes, times.scan, &times);
	show("parse", (double)corpus.bytes, times.parse, &times);
	show("print", (double)times.printed_bytes, times.print, &times);
	arena_done(&arena);
	return 0;
}
