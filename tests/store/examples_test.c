/* SPDX-License-Identifier: Apache-2.0
 * Every official example goes through the store: written, indexed, read back the same, found by its id,
 * written again as something else, and the store then agrees with itself. */
#include "support.h"

#include "store/search.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *file_read(const char *path, size_t *ret_length)
{
	FILE *file = fopen(path, "rb");
	char *bytes;
	long length;

	if (file == NULL)
		return NULL;
	fseek(file, 0, SEEK_END);
	length = ftell(file);
	rewind(file);
	bytes = malloc((size_t)length + 1);
	*ret_length = fread(bytes, 1, (size_t)length, file);
	fclose(file);
	return bytes;
}

/* False for what is no resource with an id. */
static bool write_one(struct support *support, struct str source, struct store_write *ret_write)
{
	struct arena *arena = &support->arena;
	struct fhir_index *index = ARENA_NEW(arena, struct fhir_index, 1);
	struct store_commit commit;
	struct json *resource;
	struct text text;

	*ret_write = (struct store_write){ .method = STORE_UPDATE,
					   .version_expected = STORE_VERSION_ANY,
					   .index = index };
	if (json_parse(arena, source, NULL, NULL, &resource) != ERROR_OK)
		return false;
	ret_write->type = fhir_resource_type_of(resource);
	ret_write->id = arena_copy(arena, json_get_text(resource, STR("id")));
	if (ret_write->type == FHIR_TYPE_NONE || !fhir_id_is_valid(ret_write->id) ||
	    fhir_validate(arena, resource, &support->issues) != ERROR_OK ||
	    fhir_index_extract(arena, resource, index) != ERROR_OK)
		return false;
	text_init(&text, arena, LIMIT_BODY_BYTES_MAX);
	store_body_print(&text, arena, resource, ret_write->id);
	ret_write->body = text_view(&text);
	commit = support_commit_of(ret_write, 1);
	assert_int_equal(store_commit_wait(support->store, &commit), ERROR_OK);
	return true;
}

/* The body read back is the body written, apart from the two that the store puts in. */
static void read_one(struct support *support, const struct store_write *write)
{
	struct store_reader *reader = store_reader_borrow(support->store);
	struct search_argument argument = { STR("_id"), write->id };
	struct search_parse_options options = { .now_us = SUPPORT_START_US };
	struct search_request *request;
	struct search_result result;
	struct store_version version;
	struct json *before, *after;

	assert_int_equal(store_read(reader, &support->arena, write->type, write->id, &version),
			 ERROR_OK);
	assert_int_equal(json_parse(&support->arena, version.body, NULL, NULL, &after), ERROR_OK);
	assert_int_equal(json_parse(&support->arena, write->body, NULL, NULL, &before), ERROR_OK);
	assert_true(json_remove(json_get(after, STR("meta")), STR("versionId")));
	assert_true(json_remove(json_get(after, STR("meta")), STR("lastUpdated")));
	assert_true(json_equal(before, after));
	assert_int_equal(search_parse(&support->arena, write->type, &argument, 1, &options,
				      &support->issues, &request),
			 ERROR_OK);
	assert_int_equal(search_run(reader, &support->arena, request, &support->issues, &result),
			 ERROR_OK);
	assert_int_equal(result.match_count, 1);
	store_reader_return(reader);
}

static void every_example_is_kept_and_indexed(void **state)
{
	struct support *support = *state;
	const char *source = getenv("HOMEWARD_SOURCE");
	char folder[1024], path[2048];
	struct dirent *entry;
	int stored = 0, passed_over = 0;
	DIR *directory;
	enum error error;

	snprintf(folder, sizeof(folder), "%s/node_modules/hl7.fhir.r4.examples",
		 source == NULL ? "." : source);
	directory = opendir(folder);
	if (directory == NULL)
		skip();
	while ((entry = readdir(directory)) != NULL) {
		struct store_write write;
		size_t length = 0;
		char *bytes;

		if (strstr(entry->d_name, ".json") == NULL)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		bytes = file_read(path, &length);
		arena_reset(&support->arena);
		issues_init(&support->issues, &support->arena);
		if (bytes != NULL && write_one(support, (struct str){ bytes, length }, &write)) {
			read_one(support, &write);
			stored++;
		} else {
			passed_over++;
		}
		free(bytes);
	}
	closedir(directory);
	printf("# %d examples stored, %d files passed over (no resource, no id, or not valid)\n",
	       stored, passed_over);
	assert_true(stored > 4000);
	arena_reset(&support->arena);
	issues_init(&support->issues, &support->arena);
	error = store_verify(support->store, &support->issues, NULL, NULL);
	if (error != ERROR_OK && support->issues.first != NULL)
		fail_msg("%.*s", STR_ARG(support->issues.first->diagnostics));
	assert_int_equal(error, ERROR_OK);
}

static int setup(void **state)
{
	struct support *support = calloc(1, sizeof(*support));

	support_init(support);
	support_open(support);
	*state = support;
	return 0;
}

static int teardown(void **state)
{
	support_done(*state);
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_example_is_kept_and_indexed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
