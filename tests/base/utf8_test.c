/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/utf8.h"

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 8 << 20);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void every_code_point_goes_there_and_back(void **state)
{
	(void)state;
	char bytes[12] = "12345678";
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		size_t length = utf8_write(code, bytes);
		size_t at = 0;
		struct str text = { bytes, length };
		assert_true(utf8_is_valid(text));
		assert_int_equal(utf8_next(text, &at), code);
		assert_int_equal(at, length);
		assert_true(length == 1 || !utf8_is_valid((struct str){ bytes, length - 1 }));
	}
}

static void what_is_not_utf8_is_refused(void **state)
{
	(void)state;
	static const struct str bad[] = {
		STR_INIT("\x80"),
		STR_INIT("\xc0\xaf"),
		STR_INIT("\xc1\xbf"),
		STR_INIT("\xe0\x9f\xbf"),
		STR_INIT("\xed\xa0\x80"),
		STR_INIT("\xed\xbf\xbf"),
		STR_INIT("\xf0\x8f\xbf\xbf"),
		STR_INIT("\xf4\x90\x80\x80"),
		STR_INIT("\xf5\x80\x80\x80"),
		STR_INIT("\xff"),
		STR_INIT("\xfe"),
		STR_INIT("\xc3"),
		STR_INIT("\xe2\x82"),
		STR_INIT("\xf0\x9f\x98"),
		STR_INIT("\xc3("),
		STR_INIT("12345678\xe2\x28\xa1"),
		STR_INIT("abcdefgh\x80"),
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(utf8_is_valid(bad[i]));
	assert_true(utf8_is_valid(STR("")));
	assert_true(
		utf8_is_valid(STR("12345678 gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80")));
}

static void names_fold(void **state)
{
	(void)state;
	assert_str_equal(utf8_fold(&arena, STR("Bj\xc3\x96rn")), "bjorn");
	assert_str_equal(utf8_fold(&arena, STR("M\xc3\xbcller-Stra\xc3\x9f"
					       "e")),
			 "muller-strasse");
	assert_str_equal(utf8_fold(&arena, STR("\xc3\x86ther \xc5\x93uvre \xc3\x98rsted")),
			 "aether oeuvre orsted");
	assert_str_equal(utf8_fold(&arena, STR("\xc5\x81\xc3\xb3"
					       "d\xc5\xba \xc5\xa0imon")),
			 "lodz simon");
	assert_str_equal(utf8_fold(&arena, STR("Nguy\xe1\xbb\x85n")), "nguyen");
	assert_str_equal(utf8_fold(&arena, STR("\xc8\x98tefan \xc4\xb0stanbul")),
			 "stefan istanbul");
	/* Alpha with tonos, final sigma; capital Io and short I. */
	assert_str_equal(utf8_fold(&arena, STR("\xce\x86\xce\x91\xcf\x82")),
			 "\xce\xb1\xce\xb1\xcf\x83");
	assert_str_equal(utf8_fold(&arena, STR("\xd0\x81\xd0\x99\xd0\x96")),
			 "\xd0\xb5\xd0\xb8\xd0\xb6");
}

static void marks_fall_away_and_spaces_join(void **state)
{
	(void)state;
	assert_str_equal(utf8_fold(&arena, STR("e\xcc\x81t\xcc\x82")), "et");
	assert_str_equal(utf8_fold(&arena, STR("a \t\n b\xc2\xa0\xe2\x80\x83"
					       "c")),
			 "a b c");
	assert_str_equal(utf8_fold(&arena, STR("a \xcc\x81 b")), "a b");
	assert_str_equal(utf8_fold(&arena, STR("\xcd\xba ")), "\xcd\xba ");
	assert_str_equal(utf8_fold(&arena, STR(" a ")), " a ");
	assert_int_equal(utf8_fold(&arena, STR("")).len, 0);
}

static void other_scripts_are_kept(void **state)
{
	(void)state;
	assert_str_equal(
		utf8_fold(&arena,
			  STR("\xe6\x9d\x8e \xd9\x85\xd8\xad\xd9\x85\xd8\xaf \xf0\x9f\x98\x80")),
		"\xe6\x9d\x8e \xd9\x85\xd8\xad\xd9\x85\xd8\xaf \xf0\x9f\x98\x80");
}

static void folding_twice_changes_nothing_and_never_grows(void **state)
{
	(void)state;
	char bytes[4];
	for (uint32_t code = 0; code < 0x30000; code++) {
		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		struct str letter = { bytes, utf8_write(code, bytes) };
		struct str once = utf8_fold(&arena, letter);
		assert_true(once.len <= letter.len);
		assert_true(utf8_is_valid(once));
		assert_true(str_equal(utf8_fold(&arena, once), once));
		arena_reset(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_goes_there_and_back),
		cmocka_unit_test(what_is_not_utf8_is_refused),
		cmocka_unit_test(names_fold),
		cmocka_unit_test(marks_fall_away_and_spaces_join),
		cmocka_unit_test(other_scripts_are_kept),
		cmocka_unit_test(folding_twice_changes_nothing_and_never_grows),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
