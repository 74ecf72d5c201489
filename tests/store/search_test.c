/* SPDX-License-Identifier: Apache-2.0
 * Searches over a small record, each with the ids it must find. */
#include "support.h"

#include "os/thread.h"
#include "store/database.h"
#include "store/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const record[] = {
	"{\"resourceType\":\"Organization\",\"id\":\"org\",\"name\":\"Ward One\"}",
	"{\"resourceType\":\"Practitioner\",\"id\":\"doc\",\"name\":[{\"family\":\"Grün\"}]}",
	"{\"resourceType\":\"Patient\",\"id\":\"p1\",\"meta\":{\"tag\":[{\"system\":\"urn:t\","
	"\"code\":\"red\"}],\"profile\":[\"http://x.example/Profile/a|2\"],\"source\":\"urn:src\"},"
	"\"identifier\":[{\"type\":{\"coding\":[{\"system\":\"urn:types\",\"code\":\"MR\"}]},"
	"\"system\":\"urn:nhs\",\"value\":\"123\"}],\"active\":true,\"name\":[{\"family\":"
	"\"Müller\","
	"\"given\":[\"Anna\",\"Lena\"]}],\"gender\":\"female\",\"birthDate\":\"2020-03-05\","
	"\"managingOrganization\":{\"reference\":\"Organization/org\"},"
	"\"generalPractitioner\":[{\"reference\":\"Practitioner/doc\"}]}",
	"{\"resourceType\":\"Patient\",\"id\":\"p2\",\"identifier\":[{\"system\":\"urn:nhs\","
	"\"value\":\"456\"},{\"value\":\"789\"}],\"name\":[{\"family\":\"Mullen, "
	"Jr\",\"given\":[\"Ben\"]}],"
	"\"gender\":\"male\",\"birthDate\":\"2020-03\"}",
	"{\"resourceType\":\"Patient\",\"id\":\"p3\",\"name\":[{\"family\":\"Adams\"}]}",
	"{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\",\"code\":{\"coding\":"
	"[{"
	"\"system\":\"http://loinc.org\",\"code\":\"8867-4\",\"display\":\"Heart rate\"}]},"
	"\"subject\":{\"reference\":\"Patient/p1\"},\"effectiveDateTime\":\"2026-01-01T08:00:00Z\","
	"\"valueQuantity\":{\"value\":120,\"unit\":\"/min\",\"system\":\"http://"
	"unitsofmeasure.org\","
	"\"code\":\"/min\"}}",
	"{\"resourceType\":\"Observation\",\"id\":\"o2\",\"status\":\"final\",\"code\":{\"coding\":"
	"[{"
	"\"system\":\"http://loinc.org\",\"code\":\"8867-4\"}]},"
	"\"subject\":{\"reference\":\"Patient/p1\"},\"effectiveDateTime\":\"2026-01-02T08:00:00Z\","
	"\"valueQuantity\":{\"value\":98,\"unit\":\"/min\",\"system\":\"http://"
	"unitsofmeasure.org\","
	"\"code\":\"/min\"}}",
	"{\"resourceType\":\"Observation\",\"id\":\"o3\",\"status\":\"amended\",\"code\":{"
	"\"coding\":[{"
	"\"system\":\"http://loinc.org\",\"code\":\"29463-7\"}]},"
	"\"subject\":{\"reference\":\"Patient/p1\"},\"effectivePeriod\":{\"start\":\"2025-12-01\","
	"\"end\":\"2026-02-01\"},"
	"\"valueQuantity\":{\"value\":1500,\"unit\":\"g\",\"system\":\"http://unitsofmeasure.org\","
	"\"code\":\"g\"}}",
	"{\"resourceType\":\"Observation\",\"id\":\"o4\",\"status\":\"final\",\"code\":{\"coding\":"
	"[{"
	"\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}]},"
	"\"subject\":{\"reference\":\"Patient/p2\"},\"performer\":[{\"reference\":\"Practitioner/"
	"doc\"}],"
	"\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://"
	"loinc.org\",\"code\":\"8480-6\"}]},"
	"\"valueQuantity\":{\"value\":140,\"system\":\"http://"
	"unitsofmeasure.org\",\"code\":\"mm[Hg]\"}},"
	"{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}]},"
	"\"valueQuantity\":{\"value\":90,\"system\":\"http://"
	"unitsofmeasure.org\",\"code\":\"mm[Hg]\"}}]}",
	"{\"resourceType\":\"Observation\",\"id\":\"o5\",\"status\":\"final\",\"code\":{\"text\":"
	"\"other\"},"
	"\"subject\":{\"identifier\":{\"system\":\"urn:nhs\",\"value\":\"123\"}},"
	"\"effectiveDateTime\":\"2026-01\"}",
	"{\"resourceType\":\"ValueSet\",\"id\":\"v1\",\"url\":\"http://x.example/ValueSet/a\","
	"\"status\":\"draft\"}",
	"{\"resourceType\":\"ValueSet\",\"id\":\"v2\",\"url\":\"http://x.example/ValueSet/a/b\","
	"\"status\":\"draft\"}",
	"{\"resourceType\":\"CarePlan\",\"id\":\"c1\",\"status\":\"active\",\"intent\":\"plan\","
	"\"subject\":{\"reference\":\"Patient/p1\"},"
	"\"instantiatesCanonical\":[\"http://x.example/PlanDefinition/k|1\"]}",
};

static int setup(void **state)
{
	struct support *support = calloc(1, sizeof(*support));

	support_init(support);
	support_open(support);
	for (size_t i = 0; i < sizeof(record) / sizeof(record[0]); i++) {
		support_put(support, record[i]);
		clock_advance(support->clock, DATE_US_PER_S);
	}
	*state = support;
	return 0;
}

static int teardown(void **state)
{
	support_done(*state);
	free(*state);
	return 0;
}

static size_t split(struct support *support, const char *query, struct search_argument *arguments)
{
	struct str rest = str_from_c(query);
	size_t count = 0;

	(void)support;
	while (rest.ptr != NULL && rest.len > 0) {
		struct str pair = str_cut(&rest, '&');

		arguments[count].name = str_cut(&pair, '=');
		arguments[count++].value = pair;
	}
	return count;
}

static enum error parse(struct support *support, const char *type, const char *query,
			struct search_request **ret_request)
{
	struct search_parse_options options = { .base_url = STR("http://own.example/fhir"),
						.now_us = SUPPORT_START_US };
	struct search_argument *arguments = ARENA_NEW(&support->arena, struct search_argument, 70);
	size_t count = split(support, query, arguments);

	issues_init(&support->issues, &support->arena);
	return search_parse(&support->arena, fhir_resource_find(str_from_c(type)), arguments, count,
			    &options, &support->issues, ret_request);
}

static struct search_result run(struct support *support, const char *type, const char *query)
{
	struct store_reader *reader = store_reader_borrow(support->store);
	struct search_request *request = NULL;
	struct search_result result = { .total = -1 };

	if (parse(support, type, query, &request) != ERROR_OK)
		fail_msg("%s?%s: %.*s", type, query, STR_ARG(support->issues.first->diagnostics));
	assert_int_equal(search_run(reader, &support->arena, request, &support->issues, &result),
			 ERROR_OK);
	store_reader_return(reader);
	return result;
}

static const char *ids_of(struct support *support, const struct store_version *versions,
			  size_t count)
{
	struct text text;

	text_init(&text, &support->arena, 65536);
	for (size_t i = 0; i < count; i++) {
		text_put(&text, i == 0 ? STR("") : STR(" "));
		text_put(&text, versions[i].id);
	}
	return text_view(&text).ptr == NULL ? "" : text_view(&text).ptr;
}

struct expectation {
	const char *type, *query, *ids;
};

static void check(struct support *support, const struct expectation *expected, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct search_result result = run(support, expected[i].type, expected[i].query);
		const char *ids = ids_of(support, result.matches, result.match_count);

		if (strcmp(ids, expected[i].ids) != 0)
			fail_msg("%s?%s: found \"%s\", not \"%s\"", expected[i].type,
				 expected[i].query, ids, expected[i].ids);
		if (result.total != (int64_t)result.match_count)
			fail_msg("%s?%s: total %lld", expected[i].type, expected[i].query,
				 (long long)result.total);
	}
}

#define CHECK(table) check(*state, table, sizeof(table) / sizeof((table)[0]))

static void strings(void **state)
{
	static const struct expectation table[] = {
		{ "Patient", "family=mul", "p1 p2" },
		{ "Patient", "family=MÜLL", "p1 p2" },
		{ "Patient", "family:exact=Müller", "p1" },
		{ "Patient", "family:exact=Muller", "" },
		{ "Patient", "family:contains=ULLE", "p1 p2" },
		{ "Patient", "name=lena", "p1" },
		{ "Patient", "name=ann,ben", "p1 p2" },
		{ "Patient", "name=ann&name=len", "p1" },
		{ "Patient", "name=ann&name=ben", "" },
		{ "Patient", "family=mullen\\, j", "p2" },
		{ "Patient", "family=x%", "" },
		{ "Patient", "family:missing=false", "p1 p2 p3" },
		{ "Patient", "given:missing=true", "p3" },
	};

	CHECK(table);
}

static void tokens(void **state)
{
	static const struct expectation table[] = {
		{ "Patient", "identifier=123", "p1" },
		{ "Patient", "identifier=urn:nhs|123", "p1" },
		{ "Patient", "identifier=urn:nhs|", "p1 p2" },
		{ "Patient", "identifier=|789", "p2" },
		{ "Patient", "identifier=|123", "" },
		{ "Patient", "identifier=urn:other|123", "" },
		{ "Patient", "identifier:of-type=urn:types|MR|123", "p1" },
		{ "Patient", "identifier:of-type=urn:types|XX|123", "" },
		{ "Patient", "gender=female", "p1" },
		{ "Patient", "gender:not=female", "p2 p3" },
		{ "Patient", "gender=male,female", "p1 p2" },
		{ "Patient", "active=true", "p1" },
		{ "Observation", "code=8867-4", "o1 o2" },
		{ "Observation", "code=http://loinc.org|8867-4&status=final", "o1 o2" },
		{ "Observation", "code:text=heart", "o1" },
		{ "Observation", "code:text=other", "o5" },
		{ "Observation", "code:not=8867-4", "o3 o4 o5" },
		{ "Patient", "_tag=urn:t|red", "p1" },
		{ "Patient", "_id=p3,p1,nobody", "p1 p3" },
		{ "Patient", "_source=urn:src", "p1" },
		{ "Patient", "_profile=http://x.example/Profile/a", "p1" },
		{ "Patient", "_profile=http://x.example/Profile/a|2", "p1" },
		{ "Patient", "_profile=http://x.example/Profile/a|1", "" },
	};

	CHECK(table);
}

static void references(void **state)
{
	static const struct expectation table[] = {
		{ "Observation", "patient=p1&_sort=date", "o3 o1 o2" },
		{ "Observation", "patient=Patient/p1&_sort=-date", "o2 o1 o3" },
		{ "Observation", "subject=http://own.example/fhir/Patient/p2", "o4" },
		{ "Observation", "subject=http://other.example/fhir/Patient/p2", "" },
		{ "Observation", "subject:Patient=p2", "o4" },
		{ "Observation", "subject:Group=p2", "" },
		{ "Observation", "subject:identifier=urn:nhs|123", "o5" },
		{ "Observation", "patient=p1,p2", "o1 o2 o3 o4" },
		{ "Observation", "performer=doc", "o4" },
		{ "Observation", "patient=nobody", "" },
		{ "CarePlan", "instantiates-canonical=http://x.example/PlanDefinition/k", "c1" },
		{ "CarePlan", "instantiates-canonical=http://x.example/PlanDefinition/k|1", "c1" },
		{ "CarePlan", "instantiates-canonical=http://x.example/PlanDefinition", "" },
		{ "Patient", "organization=org", "p1" },
		{ "ValueSet", "url=http://x.example/ValueSet/a", "v1" },
		{ "ValueSet", "url:below=http://x.example/ValueSet/a", "v1 v2" },
		{ "ValueSet", "url:below=http://x.example/ValueSet/", "v1 v2" },
		{ "ValueSet", "url:above=http://x.example/ValueSet/a/b/c", "v1 v2" },
	};

	CHECK(table);
}

static void dates(void **state)
{
	static const struct expectation table[] = {
		{ "Patient", "birthdate=2020-03", "p1 p2" },
		{ "Patient", "birthdate=2020-03-05", "p1" },
		{ "Patient", "birthdate=ne2020-03-05", "p2" },
		{ "Patient", "birthdate=gt2020-03-05", "p2" },
		{ "Patient", "birthdate=lt2020-03-05", "p2" },
		{ "Patient", "birthdate=ge2020-03-05", "p1 p2" },
		{ "Patient", "birthdate=sa2020-03-04", "p1" },
		{ "Patient", "birthdate=eb2020-04", "p1 p2" },
		{ "Patient", "birthdate=ap2020-03-20", "p1 p2" },
		{ "Observation", "date=2026-01-01", "o1" },
		{ "Observation", "date=gt2026-01-01&_sort=date", "o3 o5 o2" },
		{ "Observation", "date=ge2026-01-01T08:00:00Z&_sort=date", "o3 o5 o1 o2" },
		{ "Observation", "patient=p1&date=ge2026-01-01&_sort=-date", "o2 o1 o3" },
		{ "Observation", "patient=p1&date=le2026-01-01&_sort=-date", "o1 o3" },
		{ "Observation", "patient=p1&date=lt2026-01-01&_sort=-date", "o3" },
		{ "Observation", "patient=p1&code=8867-4&date=ge2026-01-02&_sort=-date", "o2" },
		{ "Observation", "patient=p1&code=8867-4&date=sa2026-01-01&_sort=date", "o2" },
		{ "Observation", "patient=p1&code=http://loinc.org|8867-4&_sort=date", "o1 o2" },
		{ "Observation", "patient=p1&code=urn:x|8867-4&_sort=date", "" },
		{ "Observation", "_sort=date", "o3 o5 o1 o2 o4" },
		{ "Observation", "_sort=-date", "o2 o1 o5 o3 o4" },
		{ "Observation", "date:missing=true", "o4" },
		{ "Patient", "_lastUpdated=ge2026-01-01T00:00:03Z", "p2 p3" },
		{ "Patient", "_lastUpdated=2026-01-01T00:00:03.000Z", "p2" },
		{ "Patient", "_lastUpdated=lt2026-01-01T00:00:03Z", "p1" },
	};

	CHECK(table);
}

static void numbers(void **state)
{
	static const struct expectation table[] = {
		{ "Observation", "value-quantity=120", "o1" },
		{ "Observation", "value-quantity=gt100|http://unitsofmeasure.org|/min", "o1" },
		{ "Observation", "value-quantity=ge98||/min", "o1 o2" },
		{ "Observation", "value-quantity=1.5|http://unitsofmeasure.org|kg", "o3" },
		{ "Observation", "value-quantity=gt1|http://unitsofmeasure.org|kg", "o3" },
		{ "Observation", "value-quantity=gt2|http://unitsofmeasure.org|kg", "" },
		{ "Observation", "value-quantity=ap105", "o2" },
		{ "Observation", "value-quantity=ne120", "o2 o3" },
		{ "Observation", "combo-value-quantity=lt95", "o4" },
		{ "Observation", "component-code-value-quantity=8480-6$140", "o4" },
		{ "Observation", "component-code-value-quantity=8480-6$90", "" },
		{ "Observation", "component-code-value-quantity=8480-6$lt100,8462-4$lt100", "o4" },
		{ "Observation", "code-value-quantity=http://loinc.org|8867-4$gt100", "o1" },
		{ "Observation", "_sort=-value-quantity", "o3 o1 o2 o5 o4" },
		{ "Observation", "_sort=value-quantity", "o2 o1 o3 o4 o5" },
	};

	CHECK(table);
}

static void chains(void **state)
{
	static const struct expectation table[] = {
		{ "Observation", "patient.name=anna&_sort=date", "o3 o1 o2" },
		{ "Observation", "subject:Patient.family=mullen", "o4" },
		{ "Observation", "subject.identifier=123&code=8867-4", "o1 o2" },
		{ "Observation", "patient.name=zoe", "" },
		{ "Patient", "general-practitioner.family=grun", "p1" },
		{ "Patient", "_has:Observation:patient:code=8867-4", "p1" },
		{ "Patient", "_has:Observation:patient:status=final", "p1 p2" },
		{ "Patient", "_has:Observation:patient:code=nothing", "" },
		{ "Patient", "organization._id=org", "p1" },
	};

	CHECK(table);
}

static void sorts(void **state)
{
	static const struct expectation table[] = {
		{ "Patient", "_sort=family", "p3 p2 p1" },
		{ "Patient", "_sort=-family", "p1 p2 p3" },
		{ "Patient", "_sort=gender,-birthdate", "p1 p2 p3" },
		{ "Patient", "_sort=given", "p1 p2 p3" },
		{ "Patient", "_sort=-given", "p2 p1 p3" },
		{ "Patient", "_sort=-_id", "p3 p2 p1" },
		{ "Patient", "_sort=_lastUpdated", "p1 p2 p3" },
		{ "Patient", "_sort=-_lastUpdated", "p3 p2 p1" },
		{ "Patient", "", "p1 p2 p3" },
	};

	CHECK(table);
}

static void all_types(void **state)
{
	static const struct expectation table[] = {
		{ "", "_id=p1,o1,v1&_type=Patient,Observation", "o1 p1" },
		{ "", "_tag=red", "p1" },
		{ "", "_type=Patient&_sort=-_lastUpdated", "p3 p2 p1" },
	};
	struct support *support = *state;
	struct search_result result = run(support, "", "_lastUpdated=ge2026-01-01T00:00:12Z");

	CHECK(table);
	assert_string_equal(ids_of(support, result.matches, result.match_count), "c1");
}

static void includes(void **state)
{
	struct support *support = *state;
	struct search_result result =
		run(support, "Observation", "_id=o1,o2&_include=Observation:subject");

	assert_string_equal(ids_of(support, result.included, result.included_count), "p1");
	result = run(support, "Observation", "_id=o4&_include=Observation:performer:Organization");
	assert_int_equal(result.included_count, 0);
	result = run(support, "Observation", "_id=o4&_include=*");
	assert_int_equal(result.included_count, 2);
	result = run(support, "Observation",
		     "_id=o1&_include=Observation:patient&_include:iterate=Patient:organization");
	assert_string_equal(ids_of(support, result.included, result.included_count), "p1 org");
	result = run(support, "Patient", "_id=p1&_revinclude=Observation:patient");
	assert_int_equal(result.included_count, 3);
	result = run(support, "Patient", "_id=p1&_revinclude=CarePlan:subject");
	assert_string_equal(ids_of(support, result.included, result.included_count), "c1");
	result = run(support, "Patient", "_id=p1&_revinclude=Observation:performer");
	assert_int_equal(result.included_count, 0);
}

static void counts(void **state)
{
	struct support *support = *state;
	struct search_result result = run(support, "Observation", "_summary=count");

	assert_int_equal(result.total, 5);
	assert_int_equal(result.match_count, 0);
	result = run(support, "Observation", "code=8867-4&_count=0");
	assert_int_equal(result.total, 2);
	result = run(support, "Observation", "patient=p1&_count=1&_total=accurate");
	assert_int_equal(result.total, 3);
	assert_int_equal(result.match_count, 1);
	result = run(support, "Observation", "patient=p1&_count=1&_total=none");
	assert_int_equal(result.total, -1);
	result = run(support, "Observation", "patient=p1&_summary=count");
	assert_int_equal(result.total, 3);
}

static void compartments(void **state)
{
	struct support *support = *state;
	struct store_reader *reader = store_reader_borrow(support->store);
	struct search_parse_options options = { .compartment = fhir_resource_find(STR("Patient")),
						.compartment_id = STR("p1") };
	struct search_request *request;
	struct search_result result;

	assert_int_equal(search_parse(&support->arena, fhir_resource_find(STR("Observation")), NULL,
				      0, &options, &support->issues, &request),
			 ERROR_OK);
	assert_int_equal(search_run(reader, &support->arena, request, &support->issues, &result),
			 ERROR_OK);
	assert_string_equal(ids_of(support, result.matches, result.match_count), "o2 o1 o3");
	store_reader_return(reader);
}

/* A comma with a backslash before it was counted as none and cut as one. */
static void a_list_holds_what_was_counted(void **state)
{
	struct support *support = *state;
	struct search_request *request;

	assert_int_equal(
		parse(support, "Patient", "_elements=id,name\\,\\,x&_elements=a\\,b,c", &request),
		ERROR_OK);
	assert_int_equal(request->element_count, 2);
	assert_true(str_equal(request->elements[0], STR("a\\,b")));
	assert_true(str_equal(request->elements[1], STR("c")));
}

static void what_is_not_offered_is_refused(void **state)
{
	static const struct {
		const char *type, *query;
		enum error error;
	} table[] = {
		{ "Patient", "colour=red", ERROR_NOT_SUPPORTED },
		{ "Patient", "family:phonetic=x", ERROR_NOT_SUPPORTED },
		{ "Patient", "birthdate:exact=2020", ERROR_NOT_SUPPORTED },
		{ "Patient", "birthdate=yesterday", ERROR_BAD_REQUEST },
		{ "Patient", "family=", ERROR_BAD_REQUEST },
		{ "Observation", "value-quantity=many", ERROR_BAD_REQUEST },
		{ "Patient", "_sort=colour", ERROR_NOT_SUPPORTED },
		{ "Patient", "_count=x", ERROR_BAD_REQUEST },
		{ "Patient", "_cursor=00", ERROR_BAD_REQUEST },
		{ "Patient", "_include=Patient:colour", ERROR_NOT_SUPPORTED },
		{ "Observation", "patient.organization.name=x", ERROR_NOT_SUPPORTED },
		{ "Observation", "patient.colour=x", ERROR_NOT_SUPPORTED },
		{ "", "family=x", ERROR_NOT_SUPPORTED },
		{ "", "_type=Patient&_type=Patient,Task", ERROR_NOT_SUPPORTED },
		{ "Patient", "_elements=id,", ERROR_BAD_REQUEST },
		{ "Patient", "Family=x", ERROR_NOT_SUPPORTED },
		{ "Patient", "gender:missing=maybe", ERROR_BAD_REQUEST },
		{ "Location", "near=1|2|3|km", ERROR_NOT_SUPPORTED },
	};
	struct support *support = *state;
	struct search_request *request;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		enum error error = parse(support, table[i].type, table[i].query, &request);

		if (error != table[i].error)
			fail_msg("%s?%s: error %d", table[i].type, table[i].query, (int)error);
		assert_true(support->issues.count > 0);
	}
}

static void conditions_hold_inside_the_commit(void **state)
{
	struct support *support = *state;
	struct search_parse_options options = { .conditional = true };
	struct search_argument argument = { STR("identifier"), STR("urn:nhs|999") };
	struct store_condition condition = { .found = false };
	struct search_request *request;
	struct store_write writes[2];
	struct store_commit commits[2];

	assert_int_equal(search_parse(&support->arena, fhir_resource_find(STR("Observation")), NULL,
				      0, &options, &support->issues, &request),
			 ERROR_PRECONDITION);
	argument.value = STR("999");
	assert_int_equal(search_parse(&support->arena, fhir_resource_find(STR("Observation")),
				      &argument, 1, &options, &support->issues, &request),
			 ERROR_OK);
	condition.search = request;
	for (int i = 0; i < 2; i++) {
		struct support_vital vital = { .id = i == 0 ? STR("n0") : STR("n1"),
					       .code = STR("1"),
					       .identifier = STR("999") };

		writes[i] = support_vital(&support->arena, STORE_CREATE, &vital);
		commits[i] = support_commit_of(&writes[i], 1);
		commits[i].conditions = &condition;
		commits[i].condition_count = 1;
	}
	assert_int_equal(store_commit_wait(support->store, &commits[0]), ERROR_OK);
	assert_int_equal(store_commit_wait(support->store, &commits[1]), ERROR_CONFLICT);
	condition.found = true;
	condition.type = writes[0].type;
	condition.id = STR("n0");
	assert_int_equal(store_commit_wait(support->store, &commits[1]), ERROR_OK);
}

/* Every text that SQLite is given is a constant of the table: no outside byte can be in it. */
static void statements_are_constant(void **state)
{
	(void)state;
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		const char *text = database_statement_text((enum statement)i);

		assert_non_null(text);
		assert_null(strchr(text, '%')); /* nothing is formatted into it */
		assert_null(strchr(text, ';')); /* one statement */
	}
}

static void a_page_is_full_and_the_next_goes_on(void **state)
{
	static const char *const queries[] = {
		"_count=2",
		"_count=2&_sort=date",
		"_count=2&_sort=-date",
		"_count=1&patient=p1",
		"_count=1&patient=p1&_sort=date",
		"_count=1&patient=p1&code=8867-4&_sort=-date",
		"_count=2&_sort=-_lastUpdated",
		"_count=2&_sort=_lastUpdated",
		"_count=2&_sort=_id",
		"_count=2&_sort=-_id",
		"_count=2&_sort=-value-quantity",
		"_count=1&code=http://loinc.org|8867-4",
		"_count=2&status=final&_sort=status,-_id",
	};
	struct support *support = *state;

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct search_result all, page;
		const char *whole;
		struct text paged;
		char query[4096];
		size_t pages = 0;

		snprintf(query, sizeof(query), "_count=100&%s",
			 strchr(queries[i], '&') == NULL ? "" : strchr(queries[i], '&') + 1);
		all = run(support, "Observation", query);
		whole = ids_of(support, all.matches, all.match_count);
		text_init(&paged, &support->arena, 65536);
		snprintf(query, sizeof(query), "%s", queries[i]);
		do {
			page = run(support, "Observation", query);
			text_put(&paged, pages == 0 ? STR("") : STR(" "));
			text_put_c(&paged, ids_of(support, page.matches, page.match_count));
			assert_int_equal(page.total, all.total);
			snprintf(query, sizeof(query), "%s&_cursor=%.*s", queries[i],
				 STR_ARG(page.cursor_next));
		} while (page.cursor_next.len > 0 && ++pages < 10);
		if (strcmp(text_view(&paged).ptr, whole) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", queries[i], text_view(&paged).ptr,
				 whole);
	}
}

/* Writers insert before and behind the page while a reader turns pages. */
static void create_many(void *argument)
{
	struct support *support = argument;
	struct arena arena;

	arena_init(&arena, (size_t)256 * 1024 * 1024);
	for (int i = 0; i < 600; i++) {
		struct support_vital vital = {
			.id = support_format(&arena, "w%d", i),
			.patient = STR("busy"),
			.code = STR("8867-4"),
			.at_us = SUPPORT_START_US + (int64_t)(i * 7919 % 1000) * DATE_US_PER_HOUR,
			.value = i
		};
		struct store_write write = support_vital(&arena, STORE_CREATE, &vital);
		struct store_commit commit = support_commit_of(&write, 1);

		ASSERT(store_commit_wait(support->store, &commit) == ERROR_OK);
	}
	arena_done(&arena);
}

static void pages_stay_right_under_writes(void **state)
{
	static const char *const sorts[] = { "date",          "-date", "_lastUpdated",
					     "-_lastUpdated", "_id",   "value-quantity" };
	struct support *support = *state;
	struct thread thread = { .started = false };
	struct store_figures before;

	for (int i = 0; i < 100; i++) {
		struct support_vital vital = { .id = support_format(&support->arena, "b%d", i),
					       .patient = STR("busy"),
					       .code = STR("8867-4"),
					       .at_us = SUPPORT_START_US +
							(int64_t)(i * 31 % 1000) * DATE_US_PER_HOUR,
					       .value = i };
		struct store_write write = support_vital(&support->arena, STORE_CREATE, &vital);

		assert_int_equal(support_commit(support, &write), ERROR_OK);
	}
	assert_true(thread_start(&thread, "create", create_many, support));
	for (size_t i = 0; i < 5 * sizeof(sorts) / sizeof(sorts[0]); i++) {
		const char *sort = sorts[i % (sizeof(sorts) / sizeof(sorts[0]))];
		bool seen[700] = { false };
		struct search_result page = { .match_count = 0 };
		struct str cursor = { NULL, 0 };
		int old = 0, all = 0;
		int64_t total = -1;

		store_figures(support->store, &before);
		do {
			char query[2048];

			snprintf(query, sizeof(query),
				 "patient=busy&_count=7&_total=accurate&_sort=%s%s%.*s", sort,
				 cursor.len > 0 ? "&_cursor=" : "", STR_ARG(cursor));
			page = run(support, "Observation", query);
			assert_true(total == -1 || total == page.total);
			total = page.total;
			for (size_t j = 0; j < page.match_count; j++) {
				uint64_t number = 0;
				struct str id = page.matches[j].id;

				assert_true(str_to_u64(str_slice(id, 1, id.len), &number));
				number += id.ptr[0] == 'w' ? 100 : 0;
				assert_false(seen[number]); /* none twice */
				seen[number] = true;
				old += number < 100 ? 1 : 0;
				all++;
			}
			cursor = page.cursor_next;
		} while (cursor.len > 0);
		assert_int_equal(old, 100);   /* none left out */
		assert_int_equal(all, total); /* and just what page one counted */
	}
	thread_join(&thread);
}

/* As if this build knew a search parameter that the one before did not. */
static void new_parameters_are_indexed_before_the_store_opens(void **state)
{
	static const struct expectation table[] = {
		{ "Patient", "family=mul", "p1 p2" },
		{ "Observation", "patient=p1&code=8867-4&_sort=date", "o1 o2" },
	};
	struct support *support = *state;
	struct str file = support_format(&support->arena, "%s/store.sqlite", support->folder);
	sqlite3 *handle = NULL;

	support_close(support);
	assert_int_equal(sqlite3_open(file.ptr, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(handle,
				      "DELETE FROM symbol WHERE kind = 2 AND (text = "
				      "CAST('Patient.family:string' AS BLOB) OR text = "
				      "CAST('Observation.patient:reference' AS BLOB))",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_changes(handle), 2);
	sqlite3_close(handle);
	support_open(support);
	CHECK(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings),
		cmocka_unit_test(tokens),
		cmocka_unit_test(references),
		cmocka_unit_test(dates),
		cmocka_unit_test(numbers),
		cmocka_unit_test(chains),
		cmocka_unit_test(sorts),
		cmocka_unit_test(all_types),
		cmocka_unit_test(includes),
		cmocka_unit_test(counts),
		cmocka_unit_test(compartments),
		cmocka_unit_test(a_list_holds_what_was_counted),
		cmocka_unit_test(what_is_not_offered_is_refused),
		cmocka_unit_test(statements_are_constant),
		cmocka_unit_test(a_page_is_full_and_the_next_goes_on),
		cmocka_unit_test(conditions_hold_inside_the_commit),
		cmocka_unit_test(pages_stay_right_under_writes),
		cmocka_unit_test(new_parameters_are_indexed_before_the_store_opens),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
