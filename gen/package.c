/* SPDX-License-Identifier: Apache-2.0
 * The files of the definitions' package. */
#include "gen.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static int compare_names(const void *left, const void *right)
{
	return str_compare(*(const struct str *)left, *(const struct str *)right);
}

void gen_package_list(struct gen *gen)
{
	DIR *folder = opendir(gen->folder);
	struct dirent *entry;

	if (folder == NULL)
		gen_fail("cannot open the package folder (run npm ci)", str_from_c(gen->folder));
	gen->files = ARENA_NEW(&gen->arena, struct str, GEN_FILES_MAX);
	while (gen->files != NULL && (entry = readdir(folder)) != NULL) {
		struct str name = str_from_c(entry->d_name);

		if (!str_ends_with(name, STR(".json")))
			continue;
		if (gen->file_count == GEN_FILES_MAX)
			gen_fail("too many files", name);
		gen->files[gen->file_count++] = arena_copy(&gen->arena, name);
	}
	closedir(folder);
	if (gen->arena.failed)
		gen_fail("out of memory", STR(""));
	qsort(gen->files, gen->file_count, sizeof *gen->files, compare_names);
}

static struct str read_whole(struct gen *gen, struct str name)
{
	struct text path;
	long size;
	char *bytes;

	text_init(&path, &gen->scratch, 4096);
	text_put_c(&path, gen->folder);
	text_put_byte(&path, '/');
	text_put(&path, name);
	FILE *file = fopen(text_view(&path).ptr, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
		gen_fail("cannot read", name);
	rewind(file);
	bytes = arena_take(&gen->scratch, (size_t)size + 1, 1);
	if (bytes == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size)
		gen_fail("cannot read", name);
	fclose(file);
	return (struct str){ bytes, (size_t)size };
}

struct json *gen_package_read(struct gen *gen, struct str file)
{
	struct json *root;

	arena_reset(&gen->scratch);
	struct str bytes = read_whole(gen, file);
	if (json_parse(&gen->scratch, bytes, NULL, NULL, &root) != ERROR_OK)
		gen_fail("is not JSON", file);
	return root;
}

struct json *gen_package_find(struct gen *gen, struct str kind, struct str url)
{
	char name[256];
	size_t slash = url.len;

	while (slash > 0 && url.ptr[slash - 1] != '/')
		slash--;
	int length = snprintf(name, sizeof name, "%.*s-%.*s.json", STR_ARG(kind),
			      (int)(url.len - slash), url.ptr + slash);
	struct str guess = { name, length > 0 ? (size_t)length : 0 };
	for (size_t i = 0; i < gen->file_count; i++) {
		if (!str_equal(gen->files[i], guess))
			continue;
		struct json *root = gen_package_read(gen, gen->files[i]);
		if (str_equal(json_get_text(root, STR("url")), url))
			return root;
	}
	for (size_t i = 0; i < gen->file_count; i++) { /* three code systems have other names */
		if (!str_starts_with(gen->files[i], kind) || gen->files[i].ptr[kind.len] != '-')
			continue;
		struct json *root = gen_package_read(gen, gen->files[i]);
		if (str_equal(json_get_text(root, STR("url")), url))
			return root;
	}
	return NULL;
}
