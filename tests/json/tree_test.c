/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "json/json.h"

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
	return root;
}

static struct str printed(const struct json *node)
{
	struct text text;
	text_init(&text, &arena, 64 << 20);
	json_print(&text, node);
	assert_false(text.failed);
	return text_view(&text);
}

static void printing_gives_back_what_was_read(void **state)
{
	(void)state;
	static const struct str rows[] = {
		STR_INIT("{\"a\":[1.50,-0e+5,true,false,null,\"x\",{},[],[[]],{\"b\":{}}],\"\":"
			 "\"\"}"),
		STR_INIT("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\xf0\x9f\x98\x80\""),
		STR_INIT("null"),
		STR_INIT("[{\"a\\\"b\":1}]"),
		STR_INIT("-12.5e3"),
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(str_equal(printed(read(rows[i])), rows[i]));
}

static void every_character_survives_printing(void **state)
{
	(void)state;
	char bytes[127];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i + 1);
	for (size_t from = 0; from < sizeof(bytes); from++) {
		struct str value = { bytes + from, sizeof(bytes) - from };
		struct json *back = read(printed(json_new_string(&arena, value)));
		assert_true(str_equal(json_text(back), value));
	}
}

static void pretty_printing_indents_by_two(void **state)
{
	(void)state;
	struct text text;
	text_init(&text, &arena, 1000);
	json_print_pretty(&text, read(STR("{\"a\":[1,{\"b\":2}],\"c\":{},\"d\":[]}")));
	assert_str_equal(text_view(&text),
			 "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    }\n  ],\n"
			 "  \"c\": {},\n  \"d\": []\n}");
}

static void a_part_of_a_tree_prints_alone(void **state)
{
	(void)state;
	struct json *root = read(STR("{\"a\":{\"x\":1},\"b\":2}"));
	assert_str_equal(printed(json_get(root, STR("a"))), "{\"x\":1}");
}

static void a_full_text_fails(void **state)
{
	(void)state;
	struct text text;
	text_init(&text, &arena, 5);
	json_print(&text, read(STR("[1,2,3]")));
	assert_true(text.failed);
}

static void building(void **state)
{
	(void)state;
	struct json *root = json_new(&arena, JSON_OBJECT);
	(void)json_add(root, STR("s"), json_new_string(&arena, STR("t")));
	struct json *array = json_add(root, STR("a"), json_new(&arena, JSON_ARRAY));
	(void)json_append(array, json_new_i64(&arena, INT64_MIN));
	(void)json_append(array, json_new_bool(&arena, true));
	(void)json_append(array, json_new_number(&arena, STR("1.00")));
	(void)json_append(array, json_new(&arena, JSON_NULL));
	assert_str_equal(printed(root),
			 "{\"s\":\"t\",\"a\":[-9223372036854775808,true,1.00,null]}");
	assert_int_equal(array->count, 4);
	assert_null(json_add(root, STR("n"), NULL));
	assert_null(json_append(NULL, array));
}

static void editing_keeps_order_and_counts(void **state)
{
	(void)state;
	struct json *root = read(STR("{\"a\":1,\"b\":2,\"c\":3}"));
	(void)json_put(root, STR("b"), json_new_i64(&arena, 20));
	assert_str_equal(printed(root), "{\"a\":1,\"b\":20,\"c\":3}");
	(void)json_put(root, STR("c"), json_new_i64(&arena, 30));
	(void)json_put(root, STR("d"), json_new_i64(&arena, 4));
	(void)json_put(root, STR("a"), json_new_i64(&arena, 10));
	assert_str_equal(printed(root), "{\"a\":10,\"b\":20,\"c\":30,\"d\":4}");
	(void)json_put_first(root, STR("c"), json_new_i64(&arena, 0));
	assert_str_equal(printed(root), "{\"c\":0,\"a\":10,\"b\":20,\"d\":4}");
	assert_true(json_remove(root, STR("d")));
	assert_true(json_remove(root, STR("c")));
	assert_false(json_remove(root, STR("x")));
	(void)json_add(root, STR("e"), json_new_i64(&arena, 5));
	assert_str_equal(printed(root), "{\"a\":10,\"b\":20,\"e\":5}");
	assert_int_equal(root->count, 3);
	assert_true(json_remove(root, STR("a")));
	assert_true(json_remove(root, STR("e")));
	assert_true(json_remove(root, STR("b")));
	assert_str_equal(printed(root), "{}");
	(void)json_put_first(root, STR("z"), json_new_i64(&arena, 1));
	(void)json_add(root, STR("y"), json_new_i64(&arena, 2));
	assert_str_equal(printed(root), "{\"z\":1,\"y\":2}");
	struct json *same = json_get(root, STR("y"));
	assert_ptr_equal(json_put(root, STR("y"), same), same);
	assert_str_equal(printed(root), "{\"z\":1,\"y\":2}");
}

static void adding_to_a_tree_that_was_read(void **state)
{
	(void)state;
	struct json *root = read(STR("{\"a\":[1,[]]}"));
	struct json *array = json_get(root, STR("a"));
	(void)json_append(array, json_new_i64(&arena, 2));
	(void)json_append(json_at(array, 1), json_new_i64(&arena, 3));
	(void)json_add(root, STR("b"), json_new_bool(&arena, false));
	assert_str_equal(printed(root), "{\"a\":[1,[3],2],\"b\":false}");
}

static void null_goes_through_lookups(void **state)
{
	(void)state;
	assert_null(json_get(NULL, STR("a")));
	assert_null(json_get(json_get(read(STR("[1]")), STR("a")), STR("b")));
	assert_int_equal(json_get_text(NULL, STR("a")).len, 0);
	assert_int_equal(json_get_text(read(STR("{\"a\":{}}")), STR("a")).len, 0);
	assert_str_equal(json_get_text(read(STR("{\"a\":1.0}")), STR("a")), "1.0");
}

static void copies_stand_alone(void **state)
{
	(void)state;
	char source[] = "{\"a\":[1,{\"b\":\"text\"},[],[[2]]],\"c\":null}";
	struct json *root = read(str_from_c(source));
	root->tag = 7;
	struct json *copy = json_copy(&arena, root);
	struct json *part = json_copy(&arena, json_get(root, STR("a")));
	assert_int_equal(copy->tag, 7);
	assert_true(json_equal(root, copy));
	memset(source, 'x', sizeof(source) - 1);
	assert_str_equal(printed(copy), "{\"a\":[1,{\"b\":\"text\"},[],[[2]]],\"c\":null}");
	assert_null(part->name_ptr);
	(void)json_append(part, json_new_i64(&arena, 9));
	assert_str_equal(printed(part), "[1,{\"b\":\"text\"},[],[[2]],9]");
	struct arena full;
	arena_init(&full, 10);
	assert_null(json_copy(&full, copy));
	arena_done(&full);
}

static void equality_ignores_member_order_only(void **state)
{
	(void)state;
	static const struct {
		struct str a;
		struct str b;
		bool equal;
	} rows[] = {
		{ STR_INIT("{\"a\":1,\"b\":[1,2]}"), STR_INIT("{\"b\":[1,2],\"a\":1}"), true },
		{ STR_INIT("{\"a\":{\"x\":1,\"y\":{}},\"b\":2}"),
		  STR_INIT("{\"b\":2,\"a\":{\"y\":{},\"x\":1}}"), true },
		{ STR_INIT("[1,2]"), STR_INIT("[2,1]"), false },
		{ STR_INIT("[1]"), STR_INIT("[1,2]"), false },
		{ STR_INIT("1.0"), STR_INIT("1.00"), false },
		{ STR_INIT("\"1\""), STR_INIT("1"), false },
		{ STR_INIT("\"\\u0041\""), STR_INIT("\"A\""), true },
		{ STR_INIT("{\"a\":1}"), STR_INIT("{\"b\":1}"), false },
		{ STR_INIT("{\"a\":1,\"b\":2}"), STR_INIT("{\"a\":1,\"c\":2}"), false },
		{ STR_INIT("{\"a\":[{\"b\":[1]}]}"), STR_INIT("{\"a\":[{\"b\":[2]}]}"), false },
		{ STR_INIT("{}"), STR_INIT("[]"), false },
		{ STR_INIT("null"), STR_INIT("null"), true },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(json_equal(read(rows[i].a), read(rows[i].b)), rows[i].equal);
		assert_int_equal(json_equal(read(rows[i].b), read(rows[i].a)), rows[i].equal);
	}
	assert_true(json_equal(NULL, NULL));
	assert_false(json_equal(NULL, read(STR("1"))));
}

static void large_objects_compare_in_any_order(void **state)
{
	(void)state;
	struct json *forward = json_new(&arena, JSON_OBJECT);
	struct json *backward = json_new(&arena, JSON_OBJECT);
	for (int64_t i = 0; i < 5000; i++) {
		struct text name;
		text_init(&name, &arena, 32);
		text_put_i64(&name, i);
		(void)json_add(forward, text_view(&name), json_new_i64(&arena, i));
		(void)json_put_first(backward, STR("x"), json_new_i64(&arena, i));
		backward->child->name_ptr = text_view(&name).ptr;
		backward->child->name_len = (uint32_t)text_view(&name).len;
	}
	assert_int_equal(backward->count, 5000);
	assert_true(json_equal(forward, backward));
	backward->child->name_ptr = "other";
	assert_false(json_equal(forward, backward));
	arena_reset(&arena);
}

static void the_deepest_tree_can_be_walked_and_a_deeper_one_is_refused(void **state)
{
	(void)state;
	struct json *root = json_new(&arena, JSON_ARRAY);
	struct json *inner = root;
	for (unsigned depth = 1; depth < JSON_DEPTH_CEILING; depth++)
		inner = json_append(inner, json_new(&arena, JSON_ARRAY));
	inner = json_append(inner, json_new_i64(&arena, 1));
	assert_int_equal(printed(root).len, 2 * JSON_DEPTH_CEILING + 1);
	assert_true(json_equal(root, json_copy(&arena, root)));
	inner->type = JSON_ARRAY;
	inner->last = NULL;
	(void)json_append(inner, json_new_i64(&arena, 1));
	struct text text;
	text_init(&text, &arena, 10000);
	json_print(&text, root);
	assert_true(text.failed);
	assert_null(json_copy(&arena, root));
	assert_false(json_equal(root, root));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printing_gives_back_what_was_read),
		cmocka_unit_test(every_character_survives_printing),
		cmocka_unit_test(pretty_printing_indents_by_two),
		cmocka_unit_test(a_part_of_a_tree_prints_alone),
		cmocka_unit_test(a_full_text_fails),
		cmocka_unit_test(building),
		cmocka_unit_test(editing_keeps_order_and_counts),
		cmocka_unit_test(adding_to_a_tree_that_was_read),
		cmocka_unit_test(null_goes_through_lookups),
		cmocka_unit_test(copies_stand_alone),
		cmocka_unit_test(equality_ignores_member_order_only),
		cmocka_unit_test(large_objects_compare_in_any_order),
		cmocka_unit_test(the_deepest_tree_can_be_walked_and_a_deeper_one_is_refused),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
