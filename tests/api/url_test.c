/* SPDX-License-Identifier: Apache-2.0
 * Request targets and form bodies. */
#include "unit.h"

#include "api/url.h"
#include "base/limits.h"

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)4 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct url parsed(struct str target)
{
	struct url url = { 0 };
	assert_int_equal(url_parse(&arena, target, &url), ERROR_OK);
	return url;
}

static void a_path_is_split_before_it_is_decoded(void **state)
{
	(void)state;
	struct url url = parsed(STR("/fhir/Patient/a%2Fb/_history"));
	assert_int_equal(url.segment_count, 4);
	assert_str_equal(url.segments[0], "fhir");
	assert_str_equal(url.segments[2], "a/b");
	assert_str_equal(url.path, "/fhir/Patient/a/b/_history");
}

static void empty_segments_do_not_count(void **state)
{
	(void)state;
	assert_int_equal(parsed(STR("//fhir//Patient/")).segment_count, 2);
	assert_int_equal(parsed(STR("/")).segment_count, 0);
	assert_int_equal(parsed(STR("")).segment_count, 0);
}

static void a_query_is_split_at_ampersands_and_the_first_equals_sign(void **state)
{
	(void)state;
	struct url url = parsed(STR("/x?a=1&b=c%3Dd=e&flag&&=v&a=2"));
	assert_int_equal(url.argument_count, 5);
	assert_str_equal(url.arguments[0].name, "a");
	assert_str_equal(url.arguments[0].value, "1");
	assert_str_equal(url.arguments[1].value, "c=d=e");
	assert_str_equal(url.arguments[2].name, "flag");
	assert_int_equal(url.arguments[2].value.len, 0);
	assert_int_equal(url.arguments[3].name.len, 0);
	assert_str_equal(url.arguments[4].value, "2");
}

static void plus_is_a_space_in_a_query_and_a_plus_in_a_path(void **state)
{
	(void)state;
	struct url url = parsed(STR("/a+b?name=Anna+Maria%2B"));
	assert_str_equal(url.segments[0], "a+b");
	assert_str_equal(url.arguments[0].value, "Anna Maria+");
}

static void escaped_separators_stay_data(void **state)
{
	(void)state;
	struct url url = parsed(STR("/x?identifier=http%3A%2F%2Fa%7Cb%26c"));
	assert_int_equal(url.argument_count, 1);
	assert_str_equal(url.arguments[0].value, "http://a|b&c");
}

static void the_absolute_form_is_read_as_its_path(void **state)
{
	(void)state;
	assert_str_equal(parsed(STR("http://host:8080/fhir/Patient")).path, "/fhir/Patient");
	assert_str_equal(parsed(STR("https://host")).path, "/");
}

static void broken_targets_are_refused(void **state)
{
	(void)state;
	static const struct str broken[] = {
		STR_INIT("/%"),          STR_INIT("/%4"),    STR_INIT("/%zz"),
		STR_INIT("/a%00b"),      STR_INIT("/%ff"),   STR_INIT("/%c0%af"),
		STR_INIT("/x?a=%e2%82"), STR_INIT("/x?%=1"), STR_INIT("/\xff"),
	};
	struct url url;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_int_equal(url_parse(&arena, broken[i], &url), ERROR_BAD_REQUEST);
}

static void targets_past_a_limit_are_refused(void **state)
{
	(void)state;
	static char longest[LIMIT_URL_BYTES_MAX + 2];
	struct url url;
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	assert_int_equal(url_parse(&arena, (struct str){ longest, LIMIT_URL_BYTES_MAX }, &url),
			 ERROR_OK);
	assert_int_equal(url_parse(&arena, (struct str){ longest, LIMIT_URL_BYTES_MAX + 1 }, &url),
			 ERROR_URL_TOO_LONG);
	for (size_t i = 0; i < 2 * (URL_SEGMENTS_MAX + 1); i++)
		longest[i] = i % 2 == 0 ? '/' : 'a';
	assert_int_equal(url_parse(&arena, (struct str){ longest, 2 * URL_SEGMENTS_MAX }, &url),
			 ERROR_OK);
	assert_int_equal(url_parse(&arena, (struct str){ longest, 2 * URL_SEGMENTS_MAX + 2 }, &url),
			 ERROR_LIMIT);
	for (size_t i = 0; i < 2 * (URL_ARGUMENTS_MAX + 1); i++)
		longest[i] = i % 2 == 0 ? 'a' : '&';
	struct search_argument *arguments = NULL;
	size_t count = 0;
	assert_int_equal(url_query_parse(&arena, (struct str){ longest, 2 * URL_ARGUMENTS_MAX },
					 &arguments, &count),
			 ERROR_OK);
	assert_int_equal(count, URL_ARGUMENTS_MAX);
	assert_int_equal(url_query_parse(&arena, (struct str){ longest, 2 * URL_ARGUMENTS_MAX + 2 },
					 &arguments, &count),
			 ERROR_LIMIT);
}

static void what_is_printed_reads_back_the_same(void **state)
{
	(void)state;
	const struct search_argument pairs[] = {
		{ STR("name"), STR("Le\xc3\xb3n & S\xc3\xb8n+=%") },
		{ STR("identifier"), STR("http://a|b,c\\,d$e") },
		{ STR("empty"), STR("") },
	};
	struct text text;
	text_init(&text, &arena, 4096);
	url_query_print(&text, pairs, 3);
	struct search_argument *read = NULL;
	size_t count = 0;
	assert_int_equal(url_query_parse(&arena, text_view(&text), &read, &count), ERROR_OK);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(str_equal(read[i].name, pairs[i].name));
		assert_true(str_equal(read[i].value, pairs[i].value));
	}
	assert_true(str_find(text_view(&text), STR("Le%C3%B3n")) < text.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_path_is_split_before_it_is_decoded, setup,
						teardown),
		cmocka_unit_test_setup_teardown(empty_segments_do_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_query_is_split_at_ampersands_and_the_first_equals_sign, setup, teardown),
		cmocka_unit_test_setup_teardown(plus_is_a_space_in_a_query_and_a_plus_in_a_path,
						setup, teardown),
		cmocka_unit_test_setup_teardown(escaped_separators_stay_data, setup, teardown),
		cmocka_unit_test_setup_teardown(the_absolute_form_is_read_as_its_path, setup,
						teardown),
		cmocka_unit_test_setup_teardown(broken_targets_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(targets_past_a_limit_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_printed_reads_back_the_same, setup,
						teardown),
	};
	return cmocka_run_group_tests_name("api url", tests, NULL, NULL);
}
