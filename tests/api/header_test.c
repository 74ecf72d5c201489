/* SPDX-License-Identifier: Apache-2.0
 * Meaning of request headers. */
#include "unit.h"

#include "api/header.h"

static void a_date_is_written_as_http_wants_it_and_read_back(void **state)
{
	(void)state;
	static const struct {
		int64_t at_us;
		const char *text;
	} dates[] = {
		{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ INT64_C(784111777) * 1000000, "Sun, 06 Nov 1994 08:49:37 GMT" },
		{ INT64_C(1709164799) * 1000000, "Wed, 28 Feb 2024 23:59:59 GMT" },
		{ INT64_C(1709164800) * 1000000, "Thu, 29 Feb 2024 00:00:00 GMT" },
		{ INT64_C(-86400) * 1000000, "Wed, 31 Dec 1969 00:00:00 GMT" },
	};
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		char text[HEADER_DATE_SIZE];
		int64_t read_us = 1;
		header_date_write(dates[i].at_us, text);
		assert_string_equal(text, dates[i].text);
		assert_true(header_date_parse(str_from_c(text), &read_us));
		assert_int_equal(read_us, dates[i].at_us);
	}
}

static void other_dates_count_as_absent(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"2026-11-22",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37 CET",
		"Sun, 06 Xxx 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, -6 Nov 1994 08:49:37 GMT",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t read_us = 7;
		assert_false(header_date_parse(str_from_c(texts[i]), &read_us));
		assert_int_equal(read_us, 7);
	}
}

static void an_entity_tag_is_a_version(void **state)
{
	(void)state;
	int64_t version = 0;
	assert_true(header_etag_version(STR("W/\"3\""), &version));
	assert_int_equal(version, 3);
	assert_true(header_etag_version(STR(" \"14\" "), &version));
	assert_int_equal(version, 14);
	static const char *const wrong[] = { "",        "3",
					     "W/3",     "W/\"\"",
					     "W/\"x\"", "W/\"-1\"",
					     "W/\"0\"", "W/\"99999999999999999999\"" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(header_etag_version(str_from_c(wrong[i]), &version));
}

static void a_list_of_tags_matches_by_any_of_them(void **state)
{
	(void)state;
	assert_true(header_etag_matches(STR("W/\"1\", W/\"2\""), 2));
	assert_true(header_etag_matches(STR("*"), 9));
	assert_false(header_etag_matches(STR("W/\"1\", W/\"2\""), 3));
	assert_false(header_etag_matches(STR(""), 1));
}

static void json_in_all_its_names_is_accepted_and_nothing_else(void **state)
{
	(void)state;
	static const char *const good[] = {
		"",
		"*/*",
		"application/*",
		"application/fhir+json",
		"Application/FHIR+JSON; fhirVersion=4.0",
		"application/json;q=0.1",
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
		"application/fhir+xml, application/fhir+json; fhirVersion=\"4.0\"",
	};
	static const char *const bad[] = {
		"application/fhir+xml",
		"text/html",
		"application/json;q=0",
		"*/*;q=0.0",
		"application/pdf",
		"application/fhir+json; fhirVersion=3.0",
		"application/fhir+json; fhirVersion=5.0",
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(header_accept(str_from_c(good[i])), HEADER_FORMAT_JSON);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(header_accept(str_from_c(bad[i])), HEADER_FORMAT_NONE);
	assert_int_equal(header_format_of(STR("")), HEADER_FORMAT_NONE);
	assert_int_equal(header_format_of(STR("text/plain")), HEADER_FORMAT_NONE);
	assert_int_equal(header_format_of(STR("application/fhir+json; charset=utf-8")),
			 HEADER_FORMAT_JSON);
}

static void preferences_are_read_wherever_they_stand(void **state)
{
	(void)state;
	struct prefer prefer =
		header_prefer(STR("respond-async, return=minimal; handling=lenient"));
	assert_int_equal(prefer.answer, PREFER_MINIMAL);
	assert_int_equal(prefer.handling, PREFER_LENIENT);
	prefer = header_prefer(STR("handling=strict,return=\"representation\""));
	assert_int_equal(prefer.answer, PREFER_REPRESENTATION);
	assert_int_equal(prefer.handling, PREFER_STRICT);
	prefer = header_prefer(STR("return=OperationOutcome, return=minimal"));
	assert_int_equal(prefer.answer, PREFER_OUTCOME);
	prefer = header_prefer(STR("return=nothing, depth-noroot, =, ;;"));
	assert_int_equal(prefer.answer, PREFER_DEFAULT);
	assert_int_equal(prefer.handling, PREFER_HANDLING_DEFAULT);
}

static void a_key_is_read_with_and_without_quotes(void **state)
{
	(void)state;
	static const struct {
		const char *text, *key;
	} keys[] = {
		{ "abc", "abc" },
		{ "\"abc\"", "abc" },
		{ "  \"a b\" ", "a b" },
		{ "\"a\\\"b\\\\\"", "a\"b\\" },
		{ "8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324" },
		{ "a;b=c,d", "a;b=c,d" },
	};
	static const char *const none[] = { "",     " ",        "\"",   "\"\"",      "a b",
					    "a\"b", "\"a",      "a\"",  "\"a\\\"",   "\"a\\b\"",
					    "a\\b", "\"a\"b\"", "a\tb", "\"a\x7f\"", "\xc3\xa9" };
	char key[HEADER_KEY_BYTES_MAX];
	char longest[HEADER_KEY_BYTES_MAX + 1];
	size_t length = 0;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_true(header_key(str_from_c(keys[i].text), key, &length));
		assert_true(str_equal((struct str){ key, length }, str_from_c(keys[i].key)));
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(header_key(str_from_c(none[i]), key, &length));
	memset(longest, 'k', sizeof(longest));
	assert_true(header_key((struct str){ longest, HEADER_KEY_BYTES_MAX }, key, &length));
	assert_int_equal(length, HEADER_KEY_BYTES_MAX);
	assert_false(header_key((struct str){ longest, sizeof(longest) }, key, &length));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_written_as_http_wants_it_and_read_back),
		cmocka_unit_test(other_dates_count_as_absent),
		cmocka_unit_test(an_entity_tag_is_a_version),
		cmocka_unit_test(a_list_of_tags_matches_by_any_of_them),
		cmocka_unit_test(json_in_all_its_names_is_accepted_and_nothing_else),
		cmocka_unit_test(preferences_are_read_wherever_they_stand),
		cmocka_unit_test(a_key_is_read_with_and_without_quotes),
	};
	return cmocka_run_group_tests_name("api header", tests, NULL, NULL);
}
