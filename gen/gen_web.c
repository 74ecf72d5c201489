/* SPDX-License-Identifier: Apache-2.0
 * Puts the files of the web bundle into the program: gen_web OUT.c FILE... writes the table that
 * src/main/web_file.h declares. Runs at build time. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 16, FILE_BYTES_MAX = 4 * 1024 * 1024, BYTES_A_LINE = 20 };

static const struct {
	const char *ending, *content_type;
} content_types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
};

static void stop(const char *name, const char *why)
{
	fprintf(stderr, "gen_web: %s: %s\n", name, why);
	exit(1);
}

static const char *content_type(const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < sizeof(content_types) / sizeof(content_types[0]); i++) {
		size_t ending = strlen(content_types[i].ending);
		if (length > ending && strcmp(name + length - ending, content_types[i].ending) == 0)
			return content_types[i].content_type;
	}
	stop(name, "no content type is known for it");
	return NULL;
}

static size_t read_whole(const char *name, uint8_t *bytes)
{
	FILE *file = fopen(name, "rb");
	if (file == NULL)
		stop(name, "cannot be opened");
	size_t size = fread(bytes, 1, FILE_BYTES_MAX, file);
	if (ferror(file) != 0 || size == 0 || size == FILE_BYTES_MAX)
		stop(name, "empty, too large, or unreadable");
	fclose(file);
	return size;
}

/* FNV-1a: tells one version of a file from another, no more. */
static uint64_t hash(const uint8_t *bytes, size_t size)
{
	uint64_t value = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < size; i++)
		value = (value ^ bytes[i]) * UINT64_C(1099511628211);
	return value;
}

static void write_bytes(FILE *out, int number, const uint8_t *bytes, size_t size)
{
	fprintf(out, "static const char bytes_%d[] = {", number);
	for (size_t i = 0; i < size; i++) {
		int value = bytes[i] < 128 ? bytes[i] : (int)bytes[i] - 256;
		fprintf(out, "%s%d,", i % BYTES_A_LINE == 0 ? "\n\t" : "", value);
	}
	fputs("\n};\n", out);
}

int main(int argument_count, char **arguments)
{
	int count = argument_count - 2;
	if (count < 1 || count > FILES_MAX) {
		fputs("usage: gen_web OUT.c FILE...\n", stderr);
		return 2;
	}
	uint8_t *bytes = malloc(FILE_BYTES_MAX);
	FILE *out = fopen(arguments[1], "wb");
	if (bytes == NULL || out == NULL)
		stop(arguments[1], "cannot be written");
	fputs("/* Written by gen_web. */\n#include \"main/web_file.h\"\n\n", out);
	uint64_t hashes[FILES_MAX];
	for (int i = 0; i < count; i++) {
		size_t size = read_whole(arguments[i + 2], bytes);
		hashes[i] = hash(bytes, size);
		write_bytes(out, i, bytes, size);
	}
	fputs("\nconst struct web_file web_files[] = {\n", out);
	for (int i = 0; i < count; i++) {
		const char *slash = strrchr(arguments[i + 2], '/');
		const char *name = slash == NULL ? arguments[i + 2] : slash + 1;
		fprintf(out,
			"\t{ \"/%s\", \"%s\", \"\\\"%016llx\\\"\", { bytes_%d, sizeof(bytes_%d) } "
			"},\n",
			strcmp(name, "index.html") == 0  ? ""
			: strcmp(name, "home.html") == 0 ? "home"
							 : name,
			content_type(name), (unsigned long long)hashes[i], i, i);
	}
	fprintf(out, "};\nconst size_t web_file_count = %d;\n", count);
	free(bytes);
	if (fclose(out) != 0)
		stop(arguments[1], "cannot be written");
	return 0;
}
