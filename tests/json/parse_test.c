/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/limits.h"
#include "json/json.h"

#include <stdio.h>

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 256 << 20);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct json *read(struct str text)
{
	struct json *root = NULL;
	assert_int_equal(json_parse(&arena, text, NULL, NULL, &root), ERROR_OK);
	assert_non_null(root);
	return root;
}

static enum error refuse(struct str text)
{
	struct json *root = NULL;
	enum error error = json_parse(&arena, text, NULL, NULL, &root);
	assert_null(root);
	return error;
}

static void values_of_every_type(void **state)
{
	(void)state;
	struct json *root =
		read(STR(" {\"a\":[1.50,-0,true,false,null,\"x\",{},[]] , \"b\" :\t\"\"}\r\n"));
	assert_int_equal(root->type, JSON_OBJECT);
	assert_int_equal(root->count, 2);
	assert_null(root->name_ptr);
	struct json *array = json_get(root, STR("a"));
	static const enum json_type types[] = { JSON_NUMBER, JSON_NUMBER, JSON_TRUE,   JSON_FALSE,
						JSON_NULL,   JSON_STRING, JSON_OBJECT, JSON_ARRAY };
	assert_int_equal(array->count, 8);
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(json_at(array, i)->type, types[i]);
		assert_null(json_at(array, i)->name_ptr);
		assert_int_equal(json_at(array, i)->mark, 0);
		assert_int_equal(json_at(array, i)->tag, 0);
	}
	assert_str_equal(json_text(json_at(array, 0)), "1.50");
	assert_str_equal(json_text(json_at(array, 1)), "-0");
	assert_int_equal(json_text(json_at(array, 6)).len, 0);
	assert_null(json_text(root).ptr);
	assert_int_equal(json_get(root, STR("b"))->type, JSON_STRING);
	assert_null(json_at(array, 8));
}

static void escapes_are_resolved(void **state)
{
	(void)state;
	struct json *root =
		read(STR("[\"a\\\"\\\\\\/"
			 "\\b\\f\\n\\r\\tz\",\"\\u00e9\\u20AC\\ud83d\\ude00\",\"x\\u0041\"]"));
	assert_str_equal(json_text(json_at(root, 0)), "a\"\\/\b\f\n\r\tz");
	assert_str_equal(json_text(json_at(root, 1)), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_str_equal(json_text(json_at(root, 2)), "xA");
}

static void plain_strings_look_into_the_source(void **state)
{
	(void)state;
	static const char source[] = "[\"plain\"]";
	struct json *root = read(str_from_c(source));
	assert_ptr_equal(json_text(json_at(root, 0)).ptr, source + 2);
}

static void broken_text_is_refused(void **state)
{
	(void)state;
	static const struct str bad[] = {
		STR_INIT(""),
		STR_INIT(" "),
		STR_INIT("{"),
		STR_INIT("["),
		STR_INIT("[1,]"),
		STR_INIT("{\"a\":1,}"),
		STR_INIT("[,1]"),
		STR_INIT("[1 2]"),
		STR_INIT("{\"a\" 1}"),
		STR_INIT("{a:1}"),
		STR_INIT("{1:1}"),
		STR_INIT("[1]x"),
		STR_INIT("[1}"),
		STR_INIT("{\"a\":1]"),
		STR_INIT("tru"),
		STR_INIT("truex"),
		STR_INIT("nul"),
		STR_INIT("\"abc"),
		STR_INIT("\"abc\\"),
		STR_INIT("\"abc\\\""),
		STR_INIT("\"\\x\""),
		STR_INIT("\"\\u12\""),
		STR_INIT("\"\\u12G4\""),
		STR_INIT("\"\\ud800\""),
		STR_INIT("\"\\udc00\""),
		STR_INIT("\"\\ud800\\u0041\""),
		STR_INIT("\"\\ud800x\""),
		STR_INIT("\"a\0b\""),
		STR_INIT("[1\0]"),
		STR_INIT("\"\n\""),
		STR_INIT("\"\x1f\""),
		STR_INIT("\"\xff\""),
		STR_INIT("\"\xc0\xaf\""),
		STR_INIT("\"\xed\xa0\x80\""),
		STR_INIT("\"\xf4\x90\x80\x80\""),
		STR_INIT("\"\xe2\x82\""),
		STR_INIT("\"\\\xc3\xa9\""),
		STR_INIT("\xef\xbb\xbf{}"),
		STR_INIT("\xc2\xa0{}"),
		STR_INIT("01"),
		STR_INIT("-"),
		STR_INIT("+1"),
		STR_INIT("1."),
		STR_INIT(".1"),
		STR_INIT("1e"),
		STR_INIT("1e+"),
		STR_INIT("-01"),
		STR_INIT("0x1"),
		STR_INIT("NaN"),
		STR_INIT("Infinity"),
		STR_INIT("'a'"),
		STR_INIT("[1]//"),
		STR_INIT("{\"a\":}"),
		STR_INIT("{\"a\"}"),
		STR_INIT("}"),
		STR_INIT("]"),
		STR_INIT("[\v1]"),
		STR_INIT("[\f]"),
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(refuse(bad[i]), ERROR_MALFORMED);
}

static void duplicate_names_are_refused_in_small_objects(void **state)
{
	(void)state;
	static const struct str bad[] = {
		STR_INIT("{\"a\":1,\"a\":2}"),
		STR_INIT("{\"\":1,\"b\":2,\"\":2}"),
		STR_INIT("{\"a\":1,\"\\u0061\":2}"),
		STR_INIT("{\"\\u00e9\":1,\"\xc3\xa9\":2}"),
		STR_INIT("[{\"x\":{\"a\":1,\"bcdefghijkl\":1,\"c\":2,\"bcdefghijk\\u006c\":3}}]"),
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(refuse(bad[i]), ERROR_MALFORMED);
	(void)read(STR("{\"a\":{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]}},\"b\":1,\"A\":2}"));
}

static struct str numbered_object(size_t count, size_t twice, bool escaped)
{
	struct text text;
	text_init(&text, &arena, 64 << 20);
	text_put_byte(&text, '{');
	for (size_t i = 0; i < count; i++)
		text_put_format(&text, "%s\"name%zu\":%zu", i == 0 ? "" : ",", i, i);
	if (twice < count)
		text_put_format(&text, ",\"%s%zu\":0", escaped ? "\\u006eame" : "name", twice);
	text_put_byte(&text, '}');
	return text_view(&text);
}

static void duplicate_names_are_refused_in_objects_of_any_size(void **state)
{
	(void)state;
	for (size_t count = 1; count <= 70; count++) {
		(void)read(numbered_object(count, count, false));
		for (size_t twice = 0; twice < count; twice++) {
			assert_int_equal(refuse(numbered_object(count, twice, false)),
					 ERROR_MALFORMED);
			assert_int_equal(refuse(numbered_object(count, twice, true)),
					 ERROR_MALFORMED);
		}
		arena_reset(&arena);
	}
	(void)read(numbered_object(100000, 100000, false));
	assert_int_equal(refuse(numbered_object(100000, 77777, false)), ERROR_MALFORMED);
	arena_reset(&arena);
}

static void depth_is_limited_exactly(void **state)
{
	(void)state;
	static const size_t limits[] = { 1, 5, 100, JSON_DEPTH_CEILING };
	char deep[600];
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct json_options options = { .depth_max = limits[i] };
		struct json *root;
		for (size_t depth = limits[i]; depth <= limits[i] + 1; depth++) {
			memset(deep, '[', depth);
			memset(deep + depth, ']', depth);
			enum error error = json_parse(&arena, (struct str){ deep, 2 * depth },
						      &options, NULL, &root);
			assert_int_equal(error, depth == limits[i] ? ERROR_OK : ERROR_LIMIT);
		}
	}
	memset(deep, '[', sizeof(deep));
	assert_int_equal(refuse((struct str){ deep, sizeof(deep) }), ERROR_LIMIT);
	assert_int_equal(refuse((struct str){ deep, LIMIT_JSON_DEPTH_MAX }), ERROR_MALFORMED);
}

static void size_is_limited_before_memory_is_taken(void **state)
{
	(void)state;
	struct arena small;
	struct json *root;
	struct json_options options = { .bytes_max = 4 };
	arena_init(&small, 1 << 20);
	assert_int_equal(json_parse(&small, STR("[1,2]"), &options, NULL, &root), ERROR_TOO_LARGE);
	assert_int_equal(small.used, 0);
	assert_int_equal(json_parse(&small, STR("[1,]"), &options, NULL, &root), ERROR_MALFORMED);
	struct str huge = { "x", LIMIT_BODY_BYTES_MAX + 1 };
	assert_int_equal(json_parse(&small, huge, NULL, NULL, &root), ERROR_TOO_LARGE);
	arena_done(&small);
}

static void the_number_of_values_is_limited(void **state)
{
	(void)state;
	static char text[20000];
	struct arena small;
	struct json *root;
	const struct json_options few = { .values_max = 4000 };
	const struct json_options more = { .values_max = 12000 };
	memset(text, ' ', sizeof(text));
	text[0] = '[';
	for (size_t i = 1; i < sizeof(text) - 2; i += 2)
		memcpy(text + i, "1,", 2);
	text[sizeof(text) - 2] = '1';
	text[sizeof(text) - 1] = ']';
	const struct str source = { text, sizeof(text) };
	arena_init(&small, 1 << 20);
	assert_int_equal(json_parse(&small, source, &few, NULL, &root), ERROR_LIMIT);
	assert_int_equal(json_parse(&small, source, &more, NULL, &root), ERROR_OK);
	arena_done(&small);
}

static void a_full_arena_is_a_limit(void **state)
{
	(void)state;
	struct arena small;
	struct json *root = NULL;
	struct str text = numbered_object(10000, 10000, false);
	arena_init(&small, 100 * 1024);
	assert_int_equal(json_parse(&small, text, NULL, NULL, &root), ERROR_LIMIT);
	assert_null(root);
	arena_done(&small);
	arena_reset(&arena);
}

static void issues_give_line_and_column_and_no_content(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		struct str words;
	} rows[] = {
		{ STR_INIT("{\n  \"family\": Smith\n}"),
		  STR_INIT("JSON line 2, column 13: a value was expected.") },
		{ STR_INIT("[\"\xc3\xa9\xc3\xa9\" 1]"),
		  STR_INIT("JSON line 1, column 7: a comma or a closing bracket was expected.") },
		{ STR_INIT("{\"a\":1,\n\"a\":2}"),
		  STR_INIT("JSON line 2, column 1: an object has two members of the same name.") },
		{ STR_INIT("[\"ab\\qc\"]"),
		  STR_INIT("JSON line 1, column 5: this escape does not exist.") },
		{ STR_INIT("[1]\n\n  []"),
		  STR_INIT("JSON line 3, column 3: text stands behind the end of the value.") },
		{ STR_INIT(""), STR_INIT("JSON line 1, column 1: the text is empty.") },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct issues issues;
		struct json *root;
		issues_init(&issues, &arena);
		assert_int_equal(json_parse(&arena, rows[i].text, NULL, &issues, &root),
				 ERROR_MALFORMED);
		assert_int_equal(issues.count, 1);
		assert_int_equal(issues.first->error, ERROR_MALFORMED);
		assert_true(str_equal(issues.first->diagnostics, rows[i].words));
	}
}

static void every_cut_of_a_good_text_is_refused(void **state)
{
	(void)state;
	static const char good[] = "{\"a\":[1,{\"b\\n\":\"\xe2\x82\xac\\u20ac\"},true,null],\"c\":"
				   "\"plain text of some length\"}";
	for (size_t length = 0; length < sizeof(good) - 1; length++)
		assert_int_equal(refuse((struct str){ good, length }), ERROR_MALFORMED);
	(void)read(str_from_c(good));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_every_type),
		cmocka_unit_test(escapes_are_resolved),
		cmocka_unit_test(plain_strings_look_into_the_source),
		cmocka_unit_test(broken_text_is_refused),
		cmocka_unit_test(duplicate_names_are_refused_in_small_objects),
		cmocka_unit_test(duplicate_names_are_refused_in_objects_of_any_size),
		cmocka_unit_test(depth_is_limited_exactly),
		cmocka_unit_test(size_is_limited_before_memory_is_taken),
		cmocka_unit_test(the_number_of_values_is_limited),
		cmocka_unit_test(a_full_arena_is_a_limit),
		cmocka_unit_test(issues_give_line_and_column_and_no_content),
		cmocka_unit_test(every_cut_of_a_good_text_is_refused),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
