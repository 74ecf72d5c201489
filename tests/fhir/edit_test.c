/* SPDX-License-Identifier: Apache-2.0
 * Links, subsets and OperationOutcome: what edits or makes a tree. */
#include "unit.h"

#include "base/limits.h"
#include "fhir/fhir.h"

static struct json *parse(struct arena *arena, const char *source)
{
	struct json *root;
	assert_int_equal(json_parse(arena, str_from_c(source), NULL, NULL, &root), ERROR_OK);
	return root;
}

static void expect_json(struct arena *arena, const struct json *found, const char *expected)
{
	struct text text;
	text_init(&text, arena, 1 << 20);
	json_print(&text, found);
	if (!json_equal(found, parse(arena, expected)))
		fail_msg("%.*s\n, not\n%s", STR_ARG(text_view(&text)), expected);
}

struct seen {
	struct arena *arena;
	struct text text;
};

/* Notes each link; replaces "urn:a" by "Patient/1". */
static struct str note(void *context, struct str link, bool is_reference)
{
	struct seen *seen = context;
	text_put_format(&seen->text, "%s%.*s\n", is_reference ? "*" : "", STR_ARG(link));
	return str_equal(link, STR("urn:a")) ? STR("Patient/1?a&b") : (struct str){ NULL, 0 };
}

static void every_link_is_visited_and_may_be_replaced(void **state)
{
	struct arena arena;
	struct seen seen;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	struct json *root = parse(&arena, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\","
					  "\"entry\":[{\"fullUrl\":\"urn:a\","
					  "\"resource\":{\"resourceType\":\"CarePlan\","
					  "\"instantiatesCanonical\":[\"http://c\",\"urn:a\"],"
					  "\"text\":{\"status\":\"generated\",\"div\":\"<div "
					  "xmlns='http://www.w3.org/1999/xhtml'>"
					  "<a href='urn:a'>urn:a</a><img "
					  "src=\\\"#b\\\"/></div>\"},\"subject\":{\"reference\":"
					  "\"urn:a\",\"display\":\"urn:a\"},\"contained\":[{"
					  "\"resourceType\":\"Patient\",\"id\":\"p\","
					  "\"managingOrganization\":{\"reference\":\"urn:b\"}}],"
					  "\"identifier\":[{\"system\":\"urn:s\","
					  "\"value\":\"urn:a\"}]}}]}");
	seen.arena = &arena;
	text_init(&seen.text, &arena, 1 << 16);
	assert_int_equal(fhir_links_visit(&arena, root, note, &seen), ERROR_OK);
	assert_str_equal(text_view(&seen.text), "urn:a\n"
						"http://c\n"
						"urn:a\n"
						"urn:a\n"
						"#b\n"
						"*urn:a\n"
						"*urn:b\n"
						"urn:s\n");
	expect_json(&arena, root,
		    "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"fullUrl\":"
		    "\"Patient/1?a&b\","
		    "\"resource\":{\"resourceType\":\"CarePlan\",\"instantiatesCanonical\":[\"http:"
		    "//c\","
		    "\"Patient/1?a&b\"],\"text\":{\"status\":\"generated\",\"div\":\"<div "
		    "xmlns='http://www.w3.org/"
		    "1999/xhtml'><a href='Patient/1?a&amp;b'>urn:a</a><img "
		    "src=\\\"#b\\\"/></div>\"},\"subject\":"
		    "{\"reference\":\"Patient/"
		    "1?a&b\",\"display\":\"urn:a\"},\"contained\":[{\"resourceType\":"
		    "\"Patient\",\"id\":\"p\",\"managingOrganization\":{\"reference\":\"urn:b\"}}],"
		    "\"identifier\":"
		    "[{\"system\":\"urn:s\",\"value\":\"urn:a\"}]}}]}");
	arena_done(&arena);
}

#define TAG \
	"\"tag\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\"," \
	"\"code\":\"SUBSETTED\"}]"

static const char observation[] =
	"{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{\"versionId\":\"1\"},"
	"\"language\":\"en\","
	"\"text\":{\"status\":\"generated\",\"div\":\"<div "
	"xmlns='http://www.w3.org/1999/xhtml'>a</div>\"},"
	"\"extension\":[{\"url\":\"http://"
	"a\",\"valueString\":\"b\"}],\"status\":\"final\",\"_status\":"
	"{\"id\":\"s\"},\"code\":{\"id\":\"c\",\"text\":\"x\"},\"valueQuantity\":{\"value\":1,"
	"\"extension\":"
	"[{\"url\":\"http://"
	"a\",\"valueString\":\"b\"}]},\"note\":[{\"text\":\"n\"}],\"component\":["
	"{\"code\":{\"text\":\"y\"},\"valueString\":\"z\",\"referenceRange\":[{\"text\":\"r\"}]}]}";

static void subset(enum fhir_summary summary, const struct str *elements, size_t count,
		   const char *expected)
{
	struct arena arena;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	struct json *root = parse(&arena, observation);
	assert_int_equal(fhir_subset(&arena, root, summary, elements, count), ERROR_OK);
	expect_json(&arena, root, expected);
	arena_done(&arena);
}

static void summaries_keep_what_they_must(void **state)
{
	static const struct str elements[] = { STR_INIT("value"), STR_INIT("unknown") };
	(void)state;
	subset(FHIR_SUMMARY_FALSE, NULL, 0, observation);
	subset(FHIR_SUMMARY_TRUE, NULL, 0,
	       "{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{\"versionId\":\"1\"," TAG
	       "},"
	       "\"status\":\"final\",\"_status\":{\"id\":\"s\"},\"code\":{\"id\":\"c\",\"text\":"
	       "\"x\"},"
	       "\"valueQuantity\":{\"value\":1},\"component\":[{\"code\":{\"text\":\"y\"},"
	       "\"valueString\":\"z\"}]}");
	subset(FHIR_SUMMARY_TEXT, NULL, 0,
	       "{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{\"versionId\":\"1\"," TAG
	       "},"
	       "\"text\":{\"status\":\"generated\",\"div\":\"<div "
	       "xmlns='http://www.w3.org/1999/xhtml'>a"
	       "</"
	       "div>\"},\"status\":\"final\",\"_status\":{\"id\":\"s\"},\"code\":{\"id\":\"c\","
	       "\"text\":"
	       "\"x\"}}");
	subset(FHIR_SUMMARY_DATA, NULL, 0,
	       "{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{\"versionId\":\"1\"," TAG
	       "},"
	       "\"language\":\"en\",\"extension\":[{\"url\":\"http://"
	       "a\",\"valueString\":\"b\"}],\"status\":"
	       "\"final\",\"_status\":{\"id\":\"s\"},\"code\":{\"id\":\"c\",\"text\":\"x\"},"
	       "\"valueQuantity\":{\"value\":1,\"extension\":[{\"url\":\"http://"
	       "a\",\"valueString\":\"b\"}]},"
	       "\"note\":[{\"text\":\"n\"}],\"component\":[{\"code\":{\"text\":\"y\"},"
	       "\"valueString\":\"z\","
	       "\"referenceRange\":[{\"text\":\"r\"}]}]}");
	subset(FHIR_SUMMARY_FALSE, elements, 2,
	       "{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{\"versionId\":\"1\"," TAG
	       "},"
	       "\"status\":\"final\",\"_status\":{\"id\":\"s\"},\"code\":{\"id\":\"c\",\"text\":"
	       "\"x\"},"
	       "\"valueQuantity\":{\"value\":1,\"extension\":[{\"url\":\"http://"
	       "a\",\"valueString\":"
	       "\"b\"}]}}");
}

static void a_subset_is_tagged_once_and_stays_valid(void **state)
{
	struct arena arena;
	struct issues issues;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	struct json *root = parse(&arena, "{\"resourceType\":\"Patient\",\"birthDate\":\"2020\","
					  "\"photo\":[{\"title\":\"a\"}]}");
	assert_int_equal(fhir_subset(&arena, root, FHIR_SUMMARY_TRUE, NULL, 0), ERROR_OK);
	assert_int_equal(fhir_subset(&arena, root, FHIR_SUMMARY_TRUE, NULL, 0), ERROR_OK);
	expect_json(&arena, root,
		    "{\"resourceType\":\"Patient\",\"meta\":{" TAG "},\"birthDate\":\"2020\"}");
	issues_init(&issues, &arena);
	assert_int_equal(fhir_validate(&arena, root, &issues), ERROR_OK);
	arena_done(&arena);
}

static void modifiers_stay_whatever_is_asked_for(void **state)
{
	static const struct str elements[] = { STR_INIT("birthDate") };
	struct arena arena;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	struct json *root =
		parse(&arena, "{\"resourceType\":\"Patient\",\"active\":false,\"gender\":"
			      "\"male\",\"birthDate\":\"2020\"}");
	assert_int_equal(fhir_subset(&arena, root, FHIR_SUMMARY_FALSE, elements, 1), ERROR_OK);
	expect_json(&arena, root,
		    "{\"resourceType\":\"Patient\",\"meta\":{" TAG "},\"active\":false,"
		    "\"birthDate\":\"2020\"}");
	arena_done(&arena);
}

static void an_outcome_lists_its_issues(void **state)
{
	struct arena arena;
	struct issues issues;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	issues_init(&issues, &arena);
	expect_json(&arena, fhir_outcome(&arena, ERROR_NOT_FOUND, &issues),
		    "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\","
		    "\"code\":"
		    "\"not-found\",\"diagnostics\":\"No such resource, version or type.\"}]}");
	expect_json(&arena, fhir_outcome(&arena, ERROR_OK, NULL),
		    "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":"
		    "\"information\",\"code\":"
		    "\"informational\",\"diagnostics\":\"Done.\"}]}");
	(void)issue_add(&issues, ERROR_INVALID, STR("Patient.name"), "First.");
	issue_add_as(&issues, ISSUE_WARNING, ERROR_INVALID, STR("value"), STR(""), "Second.");
	struct json *outcome = fhir_outcome(&arena, ERROR_INVALID, &issues);
	expect_json(&arena, outcome,
		    "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\","
		    "\"code\":"
		    "\"invalid\",\"diagnostics\":\"First.\",\"expression\":[\"Patient.name\"]},{"
		    "\"severity\":"
		    "\"warning\",\"code\":\"value\",\"diagnostics\":\"Second.\"}]}");
	assert_int_equal(fhir_validate(&arena, outcome, NULL), ERROR_OK);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_is_visited_and_may_be_replaced),
		cmocka_unit_test(summaries_keep_what_they_must),
		cmocka_unit_test(a_subset_is_tagged_once_and_stays_valid),
		cmocka_unit_test(modifiers_stay_whatever_is_asked_for),
		cmocka_unit_test(an_outcome_lists_its_issues),
	};
	return cmocka_run_group_tests_name("fhir/edit", tests, NULL, NULL);
}
