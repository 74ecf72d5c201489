/* SPDX-License-Identifier: Apache-2.0
 * Every official example: parses, validates, prints back the same value, gives index values. */
#include "unit.h"

#include "base/limits.h"
#include "fhir/fhir.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* Examples that break a rule of R4 themselves. */
static const struct {
	struct str file;
	const char *reason;
} exceptions[] = {
	{ STR_INIT("SearchParameter-codesystem-extensions-CodeSystem-author.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-codesystem-extensions-CodeSystem-effective.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-codesystem-extensions-CodeSystem-end.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-codesystem-extensions-CodeSystem-keyword.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-codesystem-extensions-CodeSystem-workflow.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-valueset-extensions-ValueSet-author.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-valueset-extensions-ValueSet-effective.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-valueset-extensions-ValueSet-end.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-valueset-extensions-ValueSet-keyword.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-valueset-extensions-ValueSet-workflow.json"),
	  "has no base, which is mandatory" },
	{ STR_INIT("SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-"
		   "subject.json"),
	  "its id has more than 64 characters" },
	{ STR_INIT("ig-r4.json"), "has no name and no status, which are mandatory" },
	{ STR_INIT("ImplementationGuide-fhir.json"),
	  "has no name and no status, which are mandatory" },
	{ STR_INIT("Questionnaire-qs1.json"), "has items without linkId, which is mandatory" },
	{ STR_INIT("ActivityDefinition-blood-tubes-supply.json"),
	  "its narrative has no content (txt-2)" },
	{ STR_INIT("ActivityDefinition-heart-valve-replacement.json"),
	  "its narrative has no content (txt-2)" },
	{ STR_INIT("EventDefinition-example.json"), "its narrative has no content (txt-2)" },
	{ STR_INIT("Questionnaire-zika-virus-exposure-assessment.json"),
	  "its narrative has no content (txt-2)" },
	{ STR_INIT("Observation-clinical-gender.json"),
	  "performer is an Encounter, which is no allowed target" },
	{ STR_INIT("DeviceUseStatement-example.json"),
	  "reasonReference is a Procedure, which is no allowed target" },
	{ STR_INIT("MedicationRequest-medrx0301.json"),
	  "dispenseRequest.performer is a Practitioner; an Organization is due" },
	{ STR_INIT("DeviceMetric-example.json"), "parent is a DeviceDefinition; a Device is due" },
};

struct figures {
	size_t files;
	size_t resources;
	size_t failed;
	size_t excused;
	size_t values;
	double bytes;
};

static const char *reason_of(struct str file)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (str_equal(exceptions[i].file, file))
			return exceptions[i].reason;
	return NULL;
}

static struct str read_file(struct arena *arena, const char *folder, const char *name)
{
	struct text path;
	text_init(&path, arena, 4096);
	text_put_c(&path, folder);
	text_put_byte(&path, '/');
	text_put_c(&path, name);
	FILE *file = fopen(text_view(&path).ptr, "rb");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	long size = ftell(file);
	assert_true(size >= 0);
	rewind(file);
	char *bytes = arena_take(arena, (size_t)size + 1, 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)size, file), (size_t)size);
	fclose(file);
	return (struct str){ bytes, (size_t)size };
}

static bool prints_back(struct arena *arena, const struct json *root)
{
	struct text text;
	struct json *again;
	text_init(&text, arena, LIMIT_BODY_BYTES_MAX);
	json_print(&text, root);
	return json_parse(arena, text_view(&text), NULL, NULL, &again) == ERROR_OK &&
	       json_equal(root, again);
}

static void check_file(struct arena *arena, const char *folder, const char *name,
		       struct figures *figures)
{
	struct str bytes = read_file(arena, folder, name);
	struct issues issues;
	struct json *root;
	struct fhir_index index;
	issues_init(&issues, arena);
	assert_int_equal(json_parse(arena, bytes, NULL, &issues, &root), ERROR_OK);
	figures->files++;
	if (json_get(root, STR("resourceType")) == NULL)
		return; /* package.json */
	figures->resources++;
	figures->bytes += (double)bytes.len;
	enum error error = fhir_validate(arena, root, &issues);
	const char *reason = reason_of(str_from_c(name));
	if (error != ERROR_OK && reason != NULL) {
		figures->excused++;
	} else if (error != ERROR_OK) {
		figures->failed++;
		for (const struct issue *issue = issues.first; issue != NULL; issue = issue->next)
			print_message("# %s: %.*s: %.*s\n", name, STR_ARG(issue->expression),
				      STR_ARG(issue->diagnostics));
	} else {
		assert_null(reason); /* an exception that is none must go */
	}
	assert_true(prints_back(arena, root));
	assert_int_equal(fhir_index_extract(arena, root, &index), ERROR_OK);
	figures->values += index.count;
}

static void every_official_example_is_valid(void **state)
{
	const char *folder = getenv("HOMEWARD_FHIR_PACKAGE");
	struct figures figures = { 0 };
	struct arena arena;
	struct dirent *entry;
	(void)state;
	assert_non_null(folder);
	DIR *directory = opendir(folder);
	assert_non_null(directory);
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	while ((entry = readdir(directory)) != NULL) {
		if (!str_ends_with(str_from_c(entry->d_name), STR(".json")))
			continue;
		arena_reset(&arena);
		check_file(&arena, folder, entry->d_name, &figures);
	}
	closedir(directory);
	arena_done(&arena);
	print_message(
		"# %zu files, %zu resources, %.0f MB, %zu index values; %zu excused by name\n",
		figures.files, figures.resources, figures.bytes / 1e6, figures.values,
		figures.excused);
	assert_true(figures.resources > 5000);
	assert_int_equal(figures.failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_official_example_is_valid),
	};
	return cmocka_run_group_tests_name("fhir/examples", tests, NULL, NULL);
}
