/* SPDX-License-Identifier: Apache-2.0
 * The public JSON parsing suite (318 texts, from the folder of shared data): y_ must be read, n_
 * must be refused, i_ is ours to decide. Two y_ texts are refused on purpose, because this reader
 * allows no duplicate member names. */
#include "unit.h"

#include "json/json.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define SUITE_FILES 318

static const char *const refused_on_purpose[] = {
	"y_object_duplicated_key.json",
	"y_object_duplicated_key_and_value.json",
};

static bool is_refused_on_purpose(const char *name)
{
	for (size_t i = 0; i < sizeof(refused_on_purpose) / sizeof(refused_on_purpose[0]); i++) {
		if (strcmp(name, refused_on_purpose[i]) == 0)
			return true;
	}
	return false;
}

static enum error read_file(const char *folder, const char *name)
{
	char path[4096];
	assert_in_range(snprintf(path, sizeof(path), "%s/%s", folder, name), 1, sizeof(path) - 1);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	char *bytes = malloc(1 << 20);
	assert_non_null(bytes);
	size_t length = fread(bytes, 1, 1 << 20, file);
	(void)fclose(file);
	/* As large as the text and not a byte more. */
	char *exact = realloc(bytes, length == 0 ? 1 : length);
	assert_non_null(exact);
	struct arena arena;
	struct issues issues;
	struct json *root = NULL;
	arena_init(&arena, 64 << 20);
	issues_init(&issues, &arena);
	enum error error = json_parse(&arena, (struct str){ exact, length }, NULL, &issues, &root);
	assert_int_equal(error == ERROR_OK, root != NULL);
	assert_int_equal(issues.count, error == ERROR_OK ? 0 : 1);
	arena_done(&arena);
	free(exact);
	return error;
}

static void the_suite_is_read_and_refused_as_it_must_be(void **state)
{
	(void)state;
	const char *shared = getenv("HOMEWARD_SHARED");
	char folder[2048];
	if (shared == NULL)
		SKIP_BECAUSE("HOMEWARD_SHARED is not set");
	assert_in_range(
		snprintf(folder, sizeof(folder), "%s/data/json-test-suite/test_parsing", shared), 1,
		sizeof(folder) - 1);
	DIR *directory = opendir(folder);
	if (directory == NULL)
		SKIP_BECAUSE("the JSON suite is not in the shared data");
	unsigned total = 0;
	unsigned wrong = 0;
	unsigned accepted[3] = { 0 };
	unsigned refused[3] = { 0 };
	for (const struct dirent *entry = readdir(directory); entry != NULL;
	     entry = readdir(directory)) {
		const char *kinds = "yni";
		const char *kind = entry->d_name[1] == '_' ? strchr(kinds, entry->d_name[0]) : NULL;
		if (kind == NULL)
			continue;
		bool good = read_file(folder, entry->d_name) == ERROR_OK;
		bool must = *kind == 'y' && !is_refused_on_purpose(entry->d_name);
		total++;
		accepted[kind - kinds] += good;
		refused[kind - kinds] += !good;
		if (*kind != 'i' && good != must) {
			wrong++;
			print_message("# wrong: %s\n", entry->d_name);
		}
	}
	(void)closedir(directory);
	print_message("# y_: %u read, %u refused (2 on purpose); n_: %u read, %u refused; i_: %u "
		      "read, %u refused\n",
		      accepted[0], refused[0], accepted[1], refused[1], accepted[2], refused[2]);
	assert_int_equal(wrong, 0);
	assert_int_equal(total, SUITE_FILES);
	assert_int_equal(refused[0], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_suite_is_read_and_refused_as_it_must_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
