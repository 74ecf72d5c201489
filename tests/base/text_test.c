/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/issue.h"
#include "base/limits.h"
#include "base/text.h"
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

static void pieces_join(void **state)
{
	(void)state;
	struct text text;
	text_init(&text, &arena, 1000);
	text_put(&text, STR("a"));
	text_put_c(&text, "bc");
	text_put_byte(&text, '-');
	text_put_u64(&text, UINT64_MAX);
	text_put_i64(&text, INT64_MIN);
	text_put_i64(&text, 0);
	text_put_format(&text, "%04d%s", 7, "x");
	assert_str_equal(text_view(&text), "abc-18446744073709551615-922337203685477580800007x");
	assert_int_equal(text.ptr[text.len], 0);
	assert_false(text.failed);
}

static void an_empty_text_is_empty(void **state)
{
	(void)state;
	struct text text;
	text_init(&text, &arena, 10);
	struct str view = text_view(&text);
	assert_int_equal(view.len, 0);
	assert_int_equal(view.ptr[0], 0);
}

static void growth_keeps_what_was_put(void **state)
{
	(void)state;
	struct text text;
	text_init(&text, &arena, 1 << 20);
	for (unsigned i = 0; i < 100000; i++)
		text_put_byte(&text, (char)('a' + i % 26));
	struct str view = text_view(&text);
	assert_int_equal(view.len, 100000);
	for (unsigned i = 0; i < 100000; i++)
		assert_int_equal(view.ptr[i], 'a' + i % 26);
}

static void the_ceiling_is_exact_and_sticky(void **state)
{
	(void)state;
	struct text text;
	text_init(&text, &arena, 5);
	text_put(&text, STR("12345"));
	assert_str_equal(text_view(&text), "12345");
	text_put_byte(&text, '6');
	assert_true(text.failed);
	text_put(&text, STR(""));
	assert_int_equal(text_view(&text).len, 0);
	text_init(&text, &arena, 4);
	text_put_format(&text, "%d", 12345);
	assert_true(text.failed);
	text_init(&text, &arena, 600);
	for (unsigned i = 0; i < 600; i++)
		text_put_byte(&text, 'x');
	assert_int_equal(text_view(&text).len, 600);
	text_put_byte(&text, 'x');
	assert_true(text.failed);
}

static void issues_are_kept_in_order_up_to_the_limit(void **state)
{
	(void)state;
	struct issues issues;
	issues_init(&issues, &arena);
	char expression[] = "Patient.name";
	assert_int_equal(issue_add(&issues, ERROR_INVALID, str_from_c(expression), "at most %d", 3),
			 ERROR_INVALID);
	expression[0] = 'X';
	issue_add_as(&issues, ISSUE_WARNING, ERROR_OK, STR("code-invalid"), STR(""), "odd");
	assert_str_equal(issues.first->expression, "Patient.name");
	assert_str_equal(issues.first->diagnostics, "at most 3");
	assert_str_equal(issues.first->code, "invalid");
	assert_int_equal(issues.first->severity, ISSUE_ERROR);
	assert_str_equal(issues.last->code, "code-invalid");
	for (unsigned i = 0; i < 200; i++)
		(void)issue_add(&issues, ERROR_INVALID, STR(""), "more");
	assert_int_equal(issues.count, 202);
	size_t kept = 0;
	for (const struct issue *issue = issues.first; issue != NULL; issue = issue->next)
		kept++;
	assert_int_equal(kept, LIMIT_ISSUES_MAX);
	assert_int_equal(issue_add(NULL, ERROR_GONE, STR(""), "nowhere"), ERROR_GONE);
}

static void long_diagnostics_are_cut_between_characters(void **state)
{
	(void)state;
	struct issues issues;
	issues_init(&issues, &arena);
	char words[3001];
	for (unsigned i = 0; i < 1000; i++)
		memcpy(words + i * 3, "\xe2\x82\xac", 3);
	words[3000] = '\0';
	(void)issue_add(&issues, ERROR_INVALID, STR(""), "%s", words);
	assert_true(utf8_is_valid(issues.first->diagnostics));
	assert_in_range(issues.first->diagnostics.len, 1000, 1023);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_join),
		cmocka_unit_test(an_empty_text_is_empty),
		cmocka_unit_test(growth_keeps_what_was_put),
		cmocka_unit_test(the_ceiling_is_exact_and_sticky),
		cmocka_unit_test(issues_are_kept_in_order_up_to_the_limit),
		cmocka_unit_test(long_diagnostics_are_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
